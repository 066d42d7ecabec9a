//! What holds of every form and every answer.

use kada::forms::{
    ChangeClass, Circumstances, Definition, Stage, Version, compare, gravest, settle,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use super::desk::fields;

/// One field of a form, of any kind, in its bounds.
fn field() -> impl Strategy<Value = Value> {
    let options = prop::sample::subsequence(vec!["a", "b", "c", "d"], 1..=4);
    prop_oneof![
        (0u64..5, 5u64..20).prop_map(|(least, most)| json!({ "type": "string", "minLength": least, "maxLength": most })),
        (-5i64..5, 5i64..50).prop_map(|(least, most)| json!({ "type": "integer", "minimum": least, "maximum": most })),
        (0f64..5.0).prop_map(|least| json!({ "type": "number", "exclusiveMinimum": least })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "type": "string", "format": "date" })),
        options.clone().prop_map(|codes| json!({ "type": "string", "enum": codes })),
        (options, 0u64..2).prop_map(|(codes, least)| {
            json!({ "type": "array", "uniqueItems": true, "minItems": least, "items": { "type": "string", "enum": codes } })
        }),
    ]
}

fn form() -> impl Strategy<Value = Value> {
    let names = prop::sample::subsequence(vec!["p", "q", "r", "s", "t"], 1..=5);
    (names, prop::collection::vec((field(), any::<bool>()), 5)).prop_map(|(names, kinds)| {
        let own: Vec<(&str, (Value, bool))> = names.into_iter().zip(kinds).collect();
        let required: Vec<&str> = own
            .iter()
            .filter(|(_, it)| it.1)
            .map(|(name, _)| *name)
            .collect();
        let properties: Map<String, Value> = own
            .iter()
            .map(|(name, it)| ((*name).to_owned(), it.0.clone()))
            .collect();
        let mut form = fields(Value::Object(properties));
        form["schema"]["required"] = json!(required);
        form
    })
}

/// Something that may be an answer, or nearly one.
fn answer() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        (-10i64..60).prop_map(Value::from),
        (-1f64..60.0).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[a-e]{0,6}".prop_map(Value::from),
        prop::sample::select(vec!["a", "b", "c", "d", "2020-02-29", "2021-02-29"])
            .prop_map(Value::from),
        prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4).prop_map(|it| json!(it)),
        Just(Value::Null),
    ];
    prop::collection::btree_map(
        prop::sample::select(vec!["p", "q", "r", "s", "t", "x"]),
        value,
        0..5,
    )
    .prop_map(|it| json!(it))
}

fn version(definition: &Value) -> Version {
    let read = Definition::read(definition);
    Version::new(
        1,
        Stage::Published,
        read.unwrap_or_else(|flaws| panic!("{definition}: {flaws:?}")),
    )
}

fn taken(version: &Version, answer: &Value) -> Option<Value> {
    let circumstances = Circumstances {
        today: "2026-03-01".parse().expect("a date"),
        has_option: &|_, _| true,
        complete: true,
    };
    settle(version, answer, &circumstances).ok()
}

fn run<S: Strategy>(
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(strategy, test)
        .expect("it holds");
}

#[test]
fn an_answer_stays_valid_in_its_own_version_through_fifty_evolutions() {
    let strategy = (form(), prop::collection::vec(form(), 50), answer());
    let valid = std::cell::Cell::new(0);
    run(600, &strategy, |(first, evolutions, given)| {
        let own = version(&first);
        let Some(stored) = taken(&own, &given) else {
            return Ok(());
        };
        valid.set(valid.get() + 1);
        for next in evolutions {
            let next = version(&next);
            let class = gravest(&compare(&own.definition, &next.definition));
            prop_assert_eq!(taken(&own, &stored), Some(stored.clone()));
            // What the server calls compatible is: no answer is refused by it, and nothing of it is lost.
            if class <= ChangeClass::Compatible {
                prop_assert_eq!(taken(&next, &stored), Some(stored.clone()));
            }
        }
        Ok(())
    });
    assert!(
        valid.get() > 5,
        "{} of the answers were answers",
        valid.get()
    );
}

#[test]
fn widening_is_compatible_and_narrowing_is_told() {
    // Small steps, where compatible changes are frequent: one keyword of one field.
    let range = || (0i64..20, 20i64..40);
    run(
        2_000,
        &(range(), range(), -5i64..45),
        |((a, b), (c, d), value)| {
            let of = |least: i64, most: i64| {
                version(&fields(
                    json!({ "n": { "type": "integer", "minimum": least, "maximum": most } }),
                ))
            };
            let (old, new) = (of(a, b), of(c, d));
            let class = gravest(&compare(&old.definition, &new.definition));
            let answer = json!({ "n": value });
            let (before, after) = (taken(&old, &answer), taken(&new, &answer));
            if class <= ChangeClass::Compatible {
                prop_assert!(
                    before.is_none() || after.is_some(),
                    "{a}..{b} to {c}..{d}: {value}"
                );
            } else {
                prop_assert!(c > a || d < b, "{a}..{b} to {c}..{d} is called {class:?}");
            }
            Ok(())
        },
    );
}

#[test]
fn settling_twice_is_settling_once() {
    run(2_000, &(form(), answer()), |(form, given)| {
        let version = version(&form);
        if let Some(once) = taken(&version, &given) {
            prop_assert_eq!(taken(&version, &once), Some(once));
        }
        Ok(())
    });
}

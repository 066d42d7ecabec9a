//! What is hostile is refused. What that costs is seen by `make bench`.

use kada::forms::{DEEPEST, Definition, LARGEST};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::hostile;

#[test]
fn hostile_definitions_are_refused() {
    for (name, definition) in hostile::definitions() {
        assert!(Definition::read(&definition).is_err(), "{name}");
    }
    assert_eq!((DEEPEST, LARGEST), (20, 256 * 1024));
}

/// Any JSON, with words that rules and schemas know among it.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("var".to_owned()),
        Just("reduce".to_owned()),
        Just("map".to_owned()),
        Just("cat".to_owned()),
        Just("if".to_owned()),
        Just("a".to_owned()),
        Just("list".to_owned()),
        Just("$item.x".to_owned()),
        Just("+".to_owned()),
        Just("/".to_owned()),
        Just("substr".to_owned()),
        Just("==".to_owned()),
        Just("filter".to_owned()),
        Just("all".to_owned()),
        Just("in".to_owned()),
        ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9f64..1e9).prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(word.clone(), inner.clone(), 1..2)
                .prop_map(|it| Value::Object(it.into_iter().collect())),
            prop::collection::hash_map(word.clone(), inner, 0..3)
                .prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

#[test]
fn a_thousand_malformed_rules_are_refused_or_evaluated_and_nothing_panics() {
    let mut runner = TestRunner::new(Config {
        cases: 1_000,
        failure_persistence: None,
        ..Config::default()
    });
    let accepted = std::cell::Cell::new(0);
    let strategy = (any_json(), any_json());
    runner
        .run(&strategy, |(rule, answers)| {
            let definition = json!({
                "schema": { "type": "object", "properties": {
                    "a": { "type": "integer" }, "b": { "type": "string" },
                    "list": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ["a"] } } } },
                "rules": { "b": { "computed": rule } },
            });
            if let Ok(definition) = Definition::read(&definition) {
                accepted.set(accepted.get() + 1);
                let rules = definition.rules("b").expect("the rule");
                let _ = rules.computed.as_ref().expect("it").evaluate(&answers);
            }
            Ok(())
        })
        .expect("no panic");
    assert!(
        accepted.get() > 50,
        "{} of the rules were rules",
        accepted.get()
    );
}

//! A second judge of answers: what our validator says of ten thousand of them, `ajv` says too. It sees the definition's own
//! schema, we the one that is made of it. An address at a host without a point (`a@b`) is asked of neither: by RFC 5321 it
//! is one, to `ajv` it is not. It needs Node and its installed packages: `npm ci` in `tests/ajv`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use kada::forms::{Circumstances, Definition, Stage, Version, settle};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::support::node;

const DEFINITIONS: usize = 500;
const ANSWERS: usize = 20;

/// A field in its bounds, with texts, patterns and numbers on which implementations disagree, if they do.
fn field() -> impl Strategy<Value = Value> {
    let codes = prop::sample::subsequence(vec!["a", "b", "é", "1", "true"], 1..=5);
    let pattern = prop::sample::select(vec![
        "^[a-c]+$",
        "[0-9]",
        "^\\d{2}$",
        "^\\w+$",
        "a|^b$",
        "^.{2}$",
        "\\s",
        "^(0|\\+255)[0-9]{2}$",
        "^[^a]$",
        "^é?$",
    ]);
    let step = prop::sample::select(vec![
        json!(2),
        json!(5),
        json!(0.5),
        json!(0.25),
        json!(0.1),
    ]);
    prop_oneof![
        (0u64..4, 4u64..9).prop_map(|(least, most)| json!({ "type": "string", "minLength": least, "maxLength": most })),
        pattern.prop_map(|it| json!({ "type": "string", "pattern": it })),
        (-5i64..5, 5i64..50).prop_map(|(least, most)| json!({ "type": "integer", "minimum": least, "maximum": most })),
        (-2f64..2.0, 2f64..9.0)
            .prop_map(|(least, most)| json!({ "type": "number", "exclusiveMinimum": least, "exclusiveMaximum": most })),
        step.prop_map(|it| json!({ "type": "number", "multipleOf": it })),
        Just(json!({ "type": "boolean", "title": "Yes?" })),
        Just(json!({ "type": "string", "format": "date" })),
        Just(json!({ "type": "string", "format": "email" })),
        codes.clone().prop_map(|it| json!({ "type": "string", "enum": it })),
        codes.clone().prop_map(|codes| {
            let options: Vec<Value> = codes.iter().map(|it| json!({ "const": it, "title": it })).collect();
            json!({ "type": "string", "oneOf": options })
        }),
        (codes, 0u64..3, 3u64..6).prop_map(|(codes, least, most)| json!({
            "type": "array", "uniqueItems": true, "minItems": least, "maxItems": most,
            "items": { "type": "string", "enum": codes },
        })),
    ]
}

fn object(inside: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let names = prop::sample::subsequence(vec!["p", "q", "r", "s"], 1..=4);
    (names, prop::collection::vec((inside, any::<bool>()), 4)).prop_map(|(names, kinds)| {
        let own: Vec<(&str, (Value, bool))> = names.into_iter().zip(kinds).collect();
        let required: Vec<&str> = own.iter().filter(|(_, it)| it.1).map(|(name, _)| *name).collect();
        let properties: Map<String, Value> =
            own.iter().map(|(name, it)| ((*name).to_owned(), it.0.clone())).collect();
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    })
}

/// Fields, groups of them, and groups that repeat.
fn schema() -> impl Strategy<Value = Value> {
    let nested = field().boxed().prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            3 => field(),
            1 => object(inner.clone()),
            1 => (object(inner), 0u64..2, 2u64..4).prop_map(|(items, least, most)| {
                json!({ "type": "array", "minItems": least, "maxItems": most, "items": items })
            }),
        ]
    });
    object(nested)
}

/// Something that fits by accident alone.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-10i64..60).prop_map(Value::from),
        prop::sample::select(vec![0.0, 0.1, 0.3, 0.5, 0.7, 1.0, 1.5, 2.25, 7.0, 1e15])
            .prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "a",
            "b",
            "é",
            "e\u{301}",
            "ab",
            "abc",
            "1",
            "12",
            "٣٤",
            "true",
            "👩‍⚕️",
            "👩",
            " ",
            "\u{a0}",
            "_",
            "+25512",
            "012",
            "b\n",
            "2020-02-29",
            "2021-02-29",
            "2020-13-01",
            "2020-1-1",
            "20200229",
            "a@b.ml",
            "a b@c.d",
            "@b.ml",
            "a@@b.ml",
            "awa.traore+rh@sante.gouv.ml",
            "a.@b.ml",
        ])
        .prop_map(Value::from),
        prop::collection::vec(prop::sample::select(vec!["a", "b", "é", "1", "z"]), 0..4)
            .prop_map(|it| json!(it)),
        Just(json!({ "x": 1 })),
        Just(json!([1])),
    ]
}

/// Something for a schema, which it may or may not take. An answer has no nulls: what is null is not answered.
fn answer(schema: &Value) -> BoxedStrategy<Value> {
    let fitting: BoxedStrategy<Value> = match (schema["type"].as_str(), &schema["items"]["type"]) {
        (Some("object"), _) => {
            let fields = schema["properties"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            let parts: Vec<_> = fields
                .into_iter()
                .map(|(name, field)| {
                    // A group is part of the form, not an answer: to us it is always there, whatever is required in it.
                    let given = answer(&field);
                    let given = if field["type"] == "object" {
                        given.prop_map(Some).boxed()
                    } else {
                        prop::option::weighted(0.85, given).boxed()
                    };
                    (Just(name), given)
                })
                .collect();
            let strange = prop::option::weighted(0.03, Just(("x".to_owned(), json!(1))));
            (parts, strange)
                .prop_map(|(parts, strange)| {
                    let given = parts.into_iter().filter_map(|(name, it)| Some((name, it?)));
                    Value::Object(given.chain(strange).collect())
                })
                .boxed()
        }
        (Some("array"), Value::String(kind)) if kind == "object" => {
            prop::collection::vec(answer(&schema["items"]), 0..4)
                .prop_map(Value::from)
                .boxed()
        }
        (Some("array"), _) => {
            let codes: Vec<Value> = schema["items"]["enum"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let count = codes.len();
            prop::sample::subsequence(codes, 0..=count)
                .prop_map(Value::from)
                .boxed()
        }
        (Some("integer"), _) => {
            let least = schema["minimum"].as_i64().unwrap_or_default();
            let most = schema["maximum"].as_i64().unwrap_or(9);
            (least..=most).prop_map(Value::from).boxed()
        }
        (Some("number"), _) => prop::sample::select(vec![1.0, 1.5, 0.5, 2.0])
            .prop_map(Value::from)
            .boxed(),
        (Some("boolean"), _) => any::<bool>().prop_map(Value::from).boxed(),
        _ => match (
            schema["enum"].as_array(),
            schema["oneOf"].as_array(),
            schema["format"].as_str(),
        ) {
            (Some(codes), ..) => prop::sample::select(codes.clone()).boxed(),
            (_, Some(options), _) => {
                let codes: Vec<Value> = options.iter().map(|it| it["const"].clone()).collect();
                prop::sample::select(codes).boxed()
            }
            (_, _, Some("date")) => "20[0-3][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])"
                .prop_map(Value::from)
                .boxed(),
            (_, _, Some(_)) => "[a-z]{1,4}(\\.[a-z]{1,3})?@[a-z]{1,5}\\.(ml|tz)"
                .prop_map(Value::from)
                .boxed(),
            _ => "[a-c0-9]{1,6}".prop_map(Value::from).boxed(),
        },
    };
    prop_oneof![12 => fitting, 1 => anything()].boxed()
}

fn ours(schema: &Value, answers: &[Value]) -> Vec<bool> {
    let definition = json!({ "schema": schema });
    let read = Definition::read(&definition);
    let read = read.unwrap_or_else(|flaws| panic!("{definition}: {flaws:?}"));
    let version = Version::new(1, Stage::Published, read);
    let circumstances = Circumstances {
        today: "2026-03-01".parse().expect("a date"),
        has_option: &|_, _| true,
        complete: true,
    };
    let verdicts = answers
        .iter()
        .map(|it| settle(&version, it, &circumstances).is_ok());
    verdicts.collect()
}

/// A schema, answers to it, and what we say of each.
type Case = (Value, Vec<Value>, Vec<bool>);

fn cases() -> Vec<Case> {
    let mut runner = TestRunner::deterministic();
    let mut cases = Vec::with_capacity(DEFINITIONS);
    while cases.len() < DEFINITIONS {
        let schema = schema().new_tree(&mut runner).expect("a schema").current();
        let answer = answer(&schema);
        let answers =
            (0..ANSWERS).map(|_| answer.new_tree(&mut runner).expect("an answer").current());
        let answers: Vec<Value> = answers.collect();
        let verdicts = ours(&schema, &answers);
        cases.push((schema, answers, verdicts));
    }
    cases
}

/// What `ajv` says, in one process.
fn theirs(folder: &Path, cases: &[Case]) -> Vec<Vec<bool>> {
    let mut judge = Command::new("node")
        .arg("judge.cjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut lines = judge.stdin.take().expect("its input");
    let asked: Vec<String> = cases
        .iter()
        .map(|(schema, answers, _)| json!({ "schema": schema, "answers": answers }).to_string())
        .collect();
    let asked = asked.join("\n") + "\n";
    let asking = std::thread::spawn(move || lines.write_all(asked.as_bytes()));
    let told = judge.wait_with_output().expect("its answers");
    asking.join().expect("it was asked").expect("it listened");
    assert!(told.status.success());
    let told = String::from_utf8(told.stdout).expect("text");
    told.lines()
        .map(|line| serde_json::from_str(line).expect("verdicts"))
        .collect()
}

#[test]
fn ten_thousand_answers_are_judged_as_ajv_judges_them() {
    let Some(folder) = node::package("ajv", "ajv", true) else {
        return;
    };
    let cases = cases();
    let theirs = theirs(&folder, &cases);
    assert_eq!(theirs.len(), cases.len());
    let (mut valid, mut all, mut disputed) = (0, 0, Vec::new());
    for ((schema, answers, ours), theirs) in cases.iter().zip(&theirs) {
        for ((answer, ours), theirs) in answers.iter().zip(ours).zip(theirs) {
            if ours != theirs {
                disputed.push(format!(
                    "we say {ours}, ajv says {theirs}:\n{schema}\n{answer}\n"
                ));
            }
            (valid, all) = (valid + usize::from(*ours), all + 1);
        }
    }
    let shown: String = disputed.iter().take(5).map(String::as_str).collect();
    assert!(disputed.is_empty(), "{} of {all}:\n{shown}", disputed.len());
    println!(
        "{all} answers to {} forms, {valid} of them valid",
        cases.len()
    );
    assert!(
        all >= 10_000 && valid > all / 5 && valid < all * 4 / 5,
        "{valid} of {all}"
    );
}

//! Definitions made to cost much: the tests see each refused, the bench sees how long that takes.

use kada::forms::LARGEST;
use serde_json::{Value, json};

fn of(properties: &Value) -> Value {
    json!({ "schema": { "type": "object", "properties": properties } })
}

/// Each by what it overdoes.
pub fn definitions() -> Vec<(&'static str, Value)> {
    let nested = (0..120).fold(
        json!({ "type": "string" }),
        |inner, _| json!({ "a": inner }),
    );
    let wide: serde_json::Map<String, Value> = (0..9_000)
        .map(|n| (format!("f{n}"), json!({ "type": "string" })))
        .collect();
    let patterns: serde_json::Map<String, Value> = (0..400)
        .map(|n| {
            (
                format!("f{n}"),
                json!({ "type": "string", "pattern": "(\\w{90}){90}" }),
            )
        })
        .collect();
    let rules: serde_json::Map<String, Value> = (0..400)
        .map(|n| {
            let all: Vec<Value> = (0..190)
                .map(|m| json!({ "var": format!("f{m}") }))
                .collect();
            (format!("f{n}"), json!({ "visible": { "and": all } }))
        })
        .collect();
    let many: serde_json::Map<String, Value> = (0..400)
        .map(|n| (format!("f{n}"), json!({ "type": "string" })))
        .collect();
    let loops = json!({ "map": [{ "var": "list" }, { "map": [{ "var": "list" }, { "map": [{ "var": "list" }, 1] }] }] });
    vec![
        ("nesting", json!({ "schema": nested })),
        (
            "width",
            json!({ "schema": { "type": "object", "properties": wide } }),
        ),
        (
            "size",
            of(&json!({ "a": { "type": "string", "title": "x".repeat(LARGEST) } })),
        ),
        ("patterns", of(&Value::Object(patterns))),
        (
            "backtracking",
            of(&json!({ "a": { "type": "string", "pattern": "(?=(a+)+)\\1" } })),
        ),
        (
            "dependencies",
            json!({ "schema": { "type": "object", "properties": many }, "rules": rules }),
        ),
        (
            "loops",
            json!({
                "schema": { "type": "object", "properties": {
                    "list": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ["a"] } },
                    "x": { "type": "string" } } },
                "rules": { "x": { "computed": loops } },
            }),
        ),
    ]
}

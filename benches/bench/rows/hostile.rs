//! What hostile definitions cost before they are refused: in this process, which is optimised as a server is.

use std::time::Instant;

use anyhow::ensure;
use kada::forms::{Definition, LARGEST};
use serde_json::{Map, Value, json};

use super::{Bound, Seen};
use crate::rounds::Spread;

const ROUNDS: usize = 21;

/// The dearest of them.
pub fn definitions() -> anyhow::Result<Seen> {
    let mut dearest: Option<(&str, Spread)> = None;
    let cases = cases();
    for (name, definition) in &cases {
        let mut took = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let refused = Definition::read(definition).is_err();
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            ensure!(refused, "{name} was taken for a form");
        }
        let spread = Spread::new(took.into_iter());
        if dearest.is_none_or(|(_, most)| most.median < spread.median) {
            dearest = Some((name, spread));
        }
    }
    let Some((name, figure)) = dearest else {
        anyhow::bail!("nothing was measured");
    };
    Ok(Seen {
        figure,
        bound: Bound::AtMost(10.0),
        unit: " ms",
        ours: format!("{name}, the dearest of {}", cases.len()),
        limit: "10 ms".to_owned(),
        besides: None,
    })
}

fn cases() -> Vec<(&'static str, Value)> {
    let nested = (0..120).fold(
        json!({ "type": "string" }),
        |inner, _| json!({ "a": inner }),
    );
    let fields = |count: usize, field: Value| -> Map<String, Value> {
        (0..count)
            .map(|n| (format!("f{n}"), field.clone()))
            .collect()
    };
    let schema =
        |properties: Map<String, Value>| json!({ "type": "object", "properties": properties });
    let text = json!({ "type": "string" });
    let all: Vec<Value> = (0..190)
        .map(|m| json!({ "var": format!("f{m}") }))
        .collect();
    let rules = fields(400, json!({ "visible": { "and": all } }));
    let loops = json!({ "map": [{ "var": "f0" }, { "map": [{ "var": "f0" }, { "map": [{ "var": "f0" }, 1] }] }] });
    let of = |field: Value| json!({ "schema": schema(fields(1, field)) });
    vec![
        ("a schema of 120 levels", json!({ "schema": nested })),
        (
            "a schema of 9,000 fields",
            json!({ "schema": schema(fields(9_000, text.clone())) }),
        ),
        (
            "a title as long as a form may be",
            of(json!({ "type": "string", "title": "x".repeat(LARGEST) })),
        ),
        (
            "400 patterns that compile to too much",
            json!({ "schema": schema(fields(400, json!({ "type": "string", "pattern": "(\\w{90}){90}" }))) }),
        ),
        (
            "a pattern that looks back",
            of(json!({ "type": "string", "pattern": "(?=(a+)+)\\1" })),
        ),
        (
            "400 rules that wait for 190 fields each",
            json!({ "schema": schema(fields(400, text.clone())), "rules": rules }),
        ),
        (
            "a loop in a loop in a loop",
            json!({ "schema": schema(fields(1, text)), "rules": { "f0": { "computed": loops } } }),
        ),
    ]
}

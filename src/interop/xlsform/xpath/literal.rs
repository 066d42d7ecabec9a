//! Literals, and what a rule amounts to.

use serde_json::{Value, json};

use super::compare::var;
use crate::interop::xlsform::names::Kind;

/// A literal as answers to a question of a kind hold it.
pub(super) fn fitted(value: Value, kind: Option<Kind>) -> Value {
    match (kind, &value) {
        (Some(Kind::Boolean), Value::String(text)) if text == "true" => json!(true),
        (Some(Kind::Boolean), Value::String(text)) if text == "false" => json!(false),
        (Some(Kind::Choice | Kind::Choices), Value::Number(code)) => json!(code.to_string()),
        _ => value,
    }
}

/// A number as JSON writes it: whole ones without a point.
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = value as i64;
        return json!(whole);
    }
    json!(value)
}

pub(super) fn parts(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(parts).sum(),
        Value::Object(_) if var(value).is_some() => 0,
        Value::Object(all) => all.values().map(parts).sum(),
        _ => 0,
    }
}

pub(super) fn levels(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(levels).max().unwrap_or(0),
        Value::Object(all) => all.values().map(levels).max().unwrap_or(0),
        _ => 0,
    }
}

//! Single values: as a field takes them, and as they are looked for.

use serde::Serialize;
use serde_json::Value;

use crate::forms::definition::{Definition, Field, FieldKind, is_true};
use crate::kernel::{Date, FileId, Id};

/// A longer text is not looked for.
const LONGEST_INDEXED: usize = 200;

/// One value of an answer, as filters compare it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct IndexedValue {
    pub field: String,
    /// From 0; above it only for several options of one field.
    pub ordinal: i32,
    /// A text, the code of an option, `true` or `false`.
    pub text: Option<String>,
    pub number: Option<f64>,
    pub day: Option<Date>,
}

/// The values of an answer that can be filtered by.
#[must_use]
pub fn indexed(definition: &Definition, answers: &Value) -> Vec<IndexedValue> {
    let mut values = Vec::new();
    for field in definition.all_fields() {
        if !field.is_filterable() {
            continue;
        }
        let mut names = field.path.split('.');
        let Some(answer) = names.try_fold(answers, |value, name| value.get(name)) else {
            continue;
        };
        let several = match answer {
            Value::Array(several) => &several[..],
            one => std::slice::from_ref(one),
        };
        for (ordinal, answer) in (0..).zip(several) {
            let value = IndexedValue {
                field: field.path.clone(),
                ordinal,
                ..value(field, answer)
            };
            if value.text.is_some() || value.number.is_some() || value.day.is_some() {
                values.push(value);
            }
        }
    }
    values
}

fn value(field: &Field, answer: &Value) -> IndexedValue {
    let mut value = IndexedValue::default();
    match (&field.kind, answer) {
        (FieldKind::Date, Value::String(text)) => value.day = text.parse().ok(),
        (_, Value::String(text)) if text.len() <= LONGEST_INDEXED => {
            value.text = Some(text.clone());
        }
        (_, Value::Number(number)) => value.number = number.as_f64(),
        (_, Value::Bool(yes)) => value.text = Some(yes.to_string()),
        _ => {}
    }
    value
}

/// A value of another kind as a field takes it; `None` for one that it cannot take.
#[must_use]
pub fn fitted(field: &Field, value: Value) -> Option<Value> {
    match (&field.kind, value) {
        (_, Value::Null) => None,
        (FieldKind::Number { whole, .. }, value) => number(*whole, &value),
        (FieldKind::Boolean, value) => Some(Value::Bool(is_true(&value))),
        (
            FieldKind::Text { .. } | FieldKind::Choice(_),
            value @ (Value::Number(_) | Value::Bool(_)),
        ) => Some(Value::String(value.to_string())),
        (FieldKind::Choices { .. }, value @ Value::String(_)) => Some(Value::Array(vec![value])),
        (FieldKind::Date, Value::String(text)) => {
            text.parse::<Date>().ok().map(|_| Value::String(text))
        }
        (FieldKind::File { .. }, Value::String(text)) => {
            FileId::decode(&text).ok().map(|_| Value::String(text))
        }
        (FieldKind::Choices { .. }, value @ Value::Array(_))
        | (
            FieldKind::Text { .. } | FieldKind::Choice(_) | FieldKind::Email,
            value @ Value::String(_),
        ) => Some(value),
        _ => None,
    }
}

fn number(whole: bool, value: &Value) -> Option<Value> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Bool(yes) => f64::from(u8::from(*yes)),
        _ => return None,
    };
    let is_exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    if is_exact {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = number as i64;
        return Some(Value::from(whole));
    }
    (!whole && number.is_finite()).then(|| Value::from(number))
}

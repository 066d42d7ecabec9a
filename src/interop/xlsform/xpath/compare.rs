//! Comparisons and blanks: where `XPath` and `JSONLogic` differ about an answer that is not there.
//!
//! To `XPath` a blank is the empty text and no number; to our `JSONLogic` it is null and counts as nought. So `${age} < 5`
//! is `age` being there and below five, and a rule that takes a blank for nought is written `coalesce(${age}, 0) < 5`.

use serde_json::{Value, json};

use super::Operator;
use crate::interop::xlsform::names::{Kind, Known, Scope};

/// What names are looked up in.
#[derive(Clone, Copy)]
pub(in crate::interop) struct Frame<'n> {
    pub scope: Scope<'n>,
    /// The path of the list, inside a condition on its items.
    pub list: Option<&'n str>,
}

impl<'n> Frame<'n> {
    /// The question that a rule names here.
    pub fn named(&self, name: &str) -> Option<&'n Known> {
        match self.list {
            Some(list) => self.scope.part(list, name),
            None => self.scope.named(name),
        }
    }
}

/// What `{"var": …}` names.
pub(in crate::interop) fn var(value: &Value) -> Option<&str> {
    let parts = value.as_object().filter(|it| it.len() == 1)?;
    match parts.get("var")? {
        Value::String(name) => Some(name),
        Value::Array(operands) if operands.len() == 1 => operands[0].as_str(),
        _ => None,
    }
}

/// The kind of a question, or of the day.
pub(in crate::interop) fn kind_of(value: &Value, frame: Frame<'_>) -> Option<Kind> {
    match var(value)? {
        "$today" => Some(Kind::Date),
        "$index" => Some(Kind::Number),
        name => frame.named(name).map(|it| it.kind),
    }
}

/// A value that is no operation.
pub(in crate::interop) fn literal(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

pub(super) fn absent(value: &Value, frame: Frame<'_>) -> Value {
    if kind_of(value, frame).is_some_and(Kind::is_blank_when_false) {
        json!({ "!": value })
    } else {
        json!({ "===": [value, null] })
    }
}

pub(super) fn present(value: &Value, frame: Frame<'_>) -> Value {
    if kind_of(value, frame).is_some_and(Kind::is_blank_when_false) {
        json!({ "!!": value })
    } else {
        json!({ "!==": [value, null] })
    }
}

/// The questions of a comparison that would, left blank, be taken for nought and pass.
pub(in crate::interop) fn hidden_blanks<'v>(
    operator: &str,
    [left, right]: [&'v Value; 2],
    frame: Frame<'_>,
) -> Vec<&'v Value> {
    let is_order = Operator::of_logic(operator).is_some_and(Operator::is_order);
    if !is_order {
        return Vec::new();
    }
    let passes = |left: f64, right: f64| match operator {
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        _ => left >= right,
    };
    let may_pass = |value: &Value, other: &Value, is_left: bool| {
        let is_question = var(value).is_some_and(|name| {
            let known = frame.named(name).filter(|it| it.kind == Kind::Number);
            known.is_some_and(|it| it.path != frame.scope.owner.path)
        });
        is_question
            && match other {
                Value::Number(other) => {
                    let other = other.as_f64().unwrap_or_default();
                    if is_left {
                        passes(0.0, other)
                    } else {
                        passes(other, 0.0)
                    }
                }
                other => !literal(other),
            }
    };
    let mut hidden = Vec::new();
    hidden.extend(may_pass(left, right, true).then_some(left));
    hidden.extend(may_pass(right, left, false).then_some(right));
    hidden
}

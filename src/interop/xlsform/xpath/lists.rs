//! What rules say of whole lists, in the one form that both directions know.

use serde_json::{Value, json};

/// How many items there are.
pub(super) fn counted(list: &Value) -> Value {
    json!({ "reduce": [list, { "+": [{ "var": "accumulator" }, 1] }, 0] })
}

/// What the items have at a place, added up.
pub(super) fn summed(list: &Value, part: &str) -> Value {
    let part = format!("current.{part}");
    json!({ "reduce": [list, { "+": [{ "var": "accumulator" }, { "var": part }] }, 0] })
}

pub(super) fn filtered(list: &Value, condition: &Value) -> Value {
    json!({ "filter": [list, condition] })
}

/// The list whose items a rule counts.
pub(super) fn is_counted(rule: &Value) -> Option<&Value> {
    let list = rule.get("reduce")?.get(0)?;
    (counted(list) == *rule).then_some(list)
}

/// The list, and the place in its items, that a rule adds up.
pub(super) fn is_summed(rule: &Value) -> Option<(&Value, &str)> {
    let operands = rule.get("reduce")?;
    let list = operands.get(0)?;
    let part = operands.pointer("/1/+/1/var")?.as_str()?;
    let part = part.strip_prefix("current.")?;
    (summed(list, part) == *rule).then_some((list, part))
}

/// The list and the condition of a filter.
pub(super) fn is_filtered(rule: &Value) -> Option<(&Value, &Value)> {
    let operands = rule.get("filter")?;
    let (list, condition) = (operands.get(0)?, operands.get(1)?);
    (filtered(list, condition) == *rule).then_some((list, condition))
}

//! A rule as `enableWhen`: comparisons of one answer with one value, all of them or any of them.

use serde_json::{Value, json};

use crate::interop::xlsform::names::{Kind, Scope};
use crate::interop::xlsform::xpath::{Frame, hidden_blanks, kind_of, literal, var};

/// The conditions, and whether all or any of them must hold; `None` when FHIR has no words for the rule.
pub(super) fn enable_when(rule: &Value, scope: Scope<'_>) -> Option<(Vec<Value>, &'static str)> {
    let frame = Frame { scope, list: None };
    if let Some(alternatives) = taken_for_nought(rule, frame) {
        return Some((alternatives, "any"));
    }
    let (operator, operands) = rule.as_object()?.iter().next()?;
    let several = operands.as_array().map(Vec::as_slice);
    match (operator.as_str(), several) {
        ("and", Some(all)) => {
            let guarded = all.split_last().and_then(|(last, guards)| {
                let is_guarded = guards_of(last, frame) == guards;
                is_guarded.then(|| compared(last, frame))
            });
            match guarded.flatten() {
                Some(one) => Some((vec![one], "all")),
                None => Some((each(all, frame)?, "all")),
            }
        }
        ("or", Some(all)) => Some((each(all, frame)?, "any")),
        _ => Some((vec![condition(rule, frame)?], "all")),
    }
}

fn each(rules: &[Value], frame: Frame<'_>) -> Option<Vec<Value>> {
    rules.iter().map(|it| condition(it, frame)).collect()
}

/// One comparison that says the same of a blank as FHIR does: there it never holds, but for `!=`.
fn condition(rule: &Value, frame: Frame<'_>) -> Option<Value> {
    if let Some(all) = rule.get("and").and_then(Value::as_array) {
        let (last, guards) = all.split_last()?;
        let is_guarded = !guards.is_empty() && guards_of(last, frame) == guards;
        return is_guarded.then(|| compared(last, frame)).flatten();
    }
    if !guards_of(rule, frame).is_empty() {
        return None;
    }
    if let Some(name) = var(rule) {
        let is_boolean = kind_of(rule, frame) == Some(Kind::Boolean);
        let link = link(name, frame)?;
        return is_boolean
            .then(|| json!({ "question": link, "operator": "=", "answerBoolean": true }));
    }
    compared(rule, frame)
}

/// What keeps blanks out of a comparison.
fn guards_of(rule: &Value, frame: Frame<'_>) -> Vec<Value> {
    let Some((operator, operands)) = rule.as_object().and_then(|it| it.iter().next()) else {
        return Vec::new();
    };
    let Some([left, right]) = operands.as_array().map(Vec::as_slice) else {
        return Vec::new();
    };
    let hidden = hidden_blanks(operator, [left, right], frame);
    hidden
        .into_iter()
        .map(|it| json!({ "!==": [it, null] }))
        .collect()
}

/// A comparison that holds of a blank: the comparison, or no answer.
fn taken_for_nought(rule: &Value, frame: Frame<'_>) -> Option<Vec<Value>> {
    let guards = guards_of(rule, frame);
    let [guard] = &guards[..] else {
        return None;
    };
    let name = var(guard.pointer("/!==/0")?)?;
    let link = link(name, frame)?;
    let nothing = json!({ "question": link, "operator": "exists", "answerBoolean": false });
    Some(vec![compared(rule, frame)?, nothing])
}

fn compared(rule: &Value, frame: Frame<'_>) -> Option<Value> {
    let (operator, operands) = rule.as_object()?.iter().next()?;
    let operands: Vec<&Value> = match operands {
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    };
    match (operator.as_str(), &operands[..]) {
        ("!" | "!!", [question]) => {
            let link = link(var(question)?, frame)?;
            match kind_of(question, frame)? {
                // Neither no nor nothing is yes.
                Kind::Boolean => {
                    let operator = if operator == "!" { "!=" } else { "=" };
                    Some(json!({ "question": link, "operator": operator, "answerBoolean": true }))
                }
                kind if kind.is_blank_when_false() => {
                    let exists = operator == "!!";
                    Some(json!({ "question": link, "operator": "exists", "answerBoolean": exists }))
                }
                _ => None,
            }
        }
        ("in", [code, question]) if kind_of(question, frame) == Some(Kind::Choices) => {
            let link = link(var(question)?, frame)?;
            let code = code.as_str()?;
            Some(json!({ "question": link, "operator": "=", "answerCoding": { "code": code } }))
        }
        (operator, [question, value]) if literal(value) => {
            comparison(operator, question, value, frame)
        }
        (operator, [value, question]) if literal(value) => {
            let turned = match operator {
                "<" => ">",
                "<=" => ">=",
                ">" => "<",
                ">=" => "<=",
                same => same,
            };
            comparison(turned, question, value, frame)
        }
        _ => None,
    }
}

fn comparison(operator: &str, question: &Value, value: &Value, frame: Frame<'_>) -> Option<Value> {
    let link = link(var(question)?, frame)?;
    let operator = match operator {
        "==" | "===" => "=",
        "!=" | "!==" => "!=",
        "<" | "<=" | ">" | ">=" => operator,
        _ => return None,
    };
    if value.is_null() {
        let exists = operator == "!=";
        let is_equality = matches!(operator, "=" | "!=");
        return is_equality
            .then(|| json!({ "question": link, "operator": "exists", "answerBoolean": exists }));
    }
    let known = frame.named(var(question)?)?;
    let (key, answer) = match (known.kind, value) {
        (Kind::Boolean, Value::Bool(_)) => ("answerBoolean", value.clone()),
        (Kind::Choice, Value::String(code)) => ("answerCoding", json!({ "code": code })),
        (Kind::Text, Value::String(_)) => ("answerString", value.clone()),
        (Kind::Date, Value::String(_)) => ("answerDate", value.clone()),
        (Kind::Number, Value::Number(_)) => {
            let key = if known.whole {
                "answerInteger"
            } else {
                "answerDecimal"
            };
            if known.whole && !value.is_i64() {
                return None;
            }
            (key, value.clone())
        }
        _ => return None,
    };
    Some(json!({ "question": link, "operator": operator, key: answer }))
}

/// The `linkId` of a question.
fn link(name: &str, frame: Frame<'_>) -> Option<String> {
    let known = frame.named(name)?;
    let is_question = !matches!(known.kind, Kind::Group | Kind::Repeat);
    is_question.then(|| known.path.clone())
}

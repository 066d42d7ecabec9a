//! A constraint as the keywords of a schema, as far as it is one limit after the other, and as a check.

use serde_json::{Map, Value, json};

use super::super::names::Kind;
use super::super::xpath::{Expression, Operator};

/// What a constraint comes to.
#[derive(Debug, Default)]
pub(super) struct Limits {
    pub keywords: Map<String, Value>,
    /// What no keyword says.
    pub rest: Vec<Expression>,
    /// Those of `keywords` that a check could say as well.
    pub sayable: Vec<Expression>,
}

impl Limits {
    pub fn of(constraint: Expression, kind: Kind) -> Self {
        let parts = match constraint {
            Expression::Operation(Operator::And, parts) => parts,
            one => vec![one],
        };
        let mut limits = Self::default();
        for part in parts {
            match keyword(&part, kind) {
                Some((key, limit)) if !limits.keywords.contains_key(key) => {
                    limits.keywords.insert(key.to_owned(), limit);
                    if kind == Kind::Number {
                        limits.sayable.push(part);
                    }
                }
                _ => limits.rest.push(part),
            }
        }
        limits
    }
}

fn keyword(part: &Expression, kind: Kind) -> Option<(&'static str, Value)> {
    if let (Kind::Text, Expression::Call(name, operands)) = (kind, part)
        && let ("regex", [Expression::This, Expression::Text(pattern)]) =
            (name.as_str(), &operands[..])
    {
        return Some(("pattern", json!(unanchored(pattern))));
    }
    let Expression::Operation(operator, operands) = part else {
        return None;
    };
    let [left, right] = &operands[..] else {
        return None;
    };
    let (operator, left, limit) = match (number(left), number(right)) {
        (None, Some(limit)) => (*operator, left, limit),
        (Some(limit), None) => (turned(*operator), right, limit),
        _ => return None,
    };
    match (kind, left) {
        (Kind::Number, Expression::This) => Some((bound(operator)?, whole_or_not(limit))),
        (Kind::Number, Expression::Operation(Operator::Modulo, of))
            if operator == Operator::Equal && limit == 0.0 && of[0] == Expression::This =>
        {
            let step = number(&of[1]).filter(|it| *it > 0.0)?;
            Some(("multipleOf", whole_or_not(step)))
        }
        (Kind::Text | Kind::Choices, Expression::Call(name, of))
            if of[..] == [Expression::This] =>
        {
            let keys = match (kind, name.as_str()) {
                (Kind::Text, "string-length") => ["minLength", "maxLength"],
                (Kind::Choices, "count-selected") => ["minItems", "maxItems"],
                _ => return None,
            };
            let (at, limit) = match operator {
                Operator::AtLeast => (0, limit),
                Operator::More => (0, limit + 1.0),
                Operator::AtMost => (1, limit),
                Operator::Less => (1, limit - 1.0),
                _ => return None,
            };
            let limit = whole_or_not(limit);
            limit.as_u64()?;
            Some((keys[at], limit))
        }
        _ => None,
    }
}

fn bound(operator: Operator) -> Option<&'static str> {
    Some(match operator {
        Operator::AtLeast => "minimum",
        Operator::More => "exclusiveMinimum",
        Operator::AtMost => "maximum",
        Operator::Less => "exclusiveMaximum",
        _ => return None,
    })
}

/// The operator when its sides change places.
fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::More,
        Operator::AtMost => Operator::AtLeast,
        Operator::More => Operator::Less,
        Operator::AtLeast => Operator::AtMost,
        other => other,
    }
}

fn number(expression: &Expression) -> Option<f64> {
    match expression {
        Expression::Number(number) => Some(*number),
        Expression::Negative(inside) => number(inside).map(|it| -it),
        _ => None,
    }
}

fn whole_or_not(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = number as i64;
        return json!(whole);
    }
    json!(number)
}

/// A pattern of `XLSForm` is one of the whole text, a pattern of a schema is found anywhere in it.
pub(in super::super) fn unanchored(pattern: &str) -> String {
    if let Some(inside) = pattern
        .strip_prefix(".*(?:")
        .and_then(|it| it.strip_suffix(").*"))
    {
        return inside.to_owned();
    }
    if is_anchored(pattern) {
        pattern.to_owned()
    } else {
        format!("^(?:{pattern})$")
    }
}

/// The other way.
pub(in super::super) fn anchored(pattern: &str) -> String {
    if is_anchored(pattern) {
        pattern.to_owned()
    } else {
        format!(".*(?:{pattern}).*")
    }
}

/// Whether a pattern is one of the whole text already: `^…$`, with no alternative beside it.
fn is_anchored(pattern: &str) -> bool {
    let Some(inside) = pattern
        .strip_prefix('^')
        .and_then(|it| it.strip_suffix('$'))
    else {
        return false;
    };
    let (mut depth, mut escaped, mut in_class) = (0_usize, false, false);
    for letter in inside.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.saturating_sub(1),
            '|' if !in_class && depth == 0 => return false,
            _ => {}
        }
    }
    !escaped
}

#[cfg(test)]
mod tests {
    use super::super::super::xpath::parse;
    use super::*;

    #[test]
    fn limits_become_keywords_and_the_rest_stays() {
        for (kind, text, keywords, rest) in [
            (
                Kind::Number,
                ". >= 0 and . < 10.5",
                json!({ "minimum": 0, "exclusiveMaximum": 10.5 }),
                vec![],
            ),
            (Kind::Number, "-3 <= .", json!({ "minimum": -3 }), vec![]),
            (
                Kind::Number,
                ". mod 5 = 0 and . > ${a}",
                json!({ "multipleOf": 5 }),
                vec![". > ${a}"],
            ),
            (
                Kind::Number,
                ". > 1 or . = 0",
                json!({}),
                vec![". > 1 or . = 0"],
            ),
            (
                Kind::Number,
                ". > 1 and . > 2",
                json!({ "exclusiveMinimum": 1 }),
                vec![". > 2"],
            ),
            (
                Kind::Text,
                "string-length(.) > 2 and regex(., '[a-z]+')",
                json!({ "minLength": 3, "pattern": "^(?:[a-z]+)$" }),
                vec![],
            ),
            (Kind::Text, ". >= 3", json!({}), vec![". >= 3"]),
            (
                Kind::Choices,
                "count-selected(.) <= 2",
                json!({ "maxItems": 2 }),
                vec![],
            ),
            (Kind::Date, ". <= today()", json!({}), vec![". <= today()"]),
            (
                Kind::Choices,
                "count-selected(.) >= -1",
                json!({}),
                vec!["count-selected(.) >= -1"],
            ),
        ] {
            let limits = Limits::of(parse(text).expect(text), kind);
            assert_eq!(Value::Object(limits.keywords), keywords, "{text}");
            let left: Vec<String> = limits.rest.iter().map(ToString::to_string).collect();
            assert_eq!(left, rest, "{text}");
        }
    }

    #[test]
    fn a_pattern_comes_back_as_it_was() {
        for pattern in [
            "^(0|\\+255)[0-9]{9}$",
            "[0-9]",
            "^a|b$",
            "^a",
            "^\\$",
            "^[|]$",
            "^(?:a|b)$",
        ] {
            assert_eq!(unanchored(&anchored(pattern)), pattern);
        }
        assert_eq!(anchored("^a|b$"), ".*(?:^a|b$).*");
        assert_eq!(unanchored("a|b"), "^(?:a|b)$");
    }
}

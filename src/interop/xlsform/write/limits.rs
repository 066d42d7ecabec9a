//! The keywords of a schema as a constraint.

use super::super::read::anchored;
use super::super::xpath::{Expression, Operator, parse};
use crate::forms::{FieldKind, Range};

/// What a schema takes for granted where it says nothing.
const LONG: u64 = 1_000;
pub(super) const MANY: u64 = 100;

/// What a schema's keywords say of `.`.
pub(super) fn limits(kind: &FieldKind) -> Vec<Expression> {
    let this = || Expression::This;
    let mut said = Vec::new();
    let mut limit = |left: Expression, operator: Operator, right: String| {
        // Numbers are written as expressions write them.
        said.extend(parse(&right).map(|right| Expression::Operation(operator, vec![left, right])));
    };
    match kind {
        FieldKind::Number { range, .. } => {
            let Range {
                least,
                most,
                above,
                below,
                multiple_of,
            } = range;
            let bounds = [
                (Operator::AtLeast, least),
                (Operator::More, above),
                (Operator::AtMost, most),
                (Operator::Less, below),
            ];
            for (operator, bound) in bounds {
                if let Some(bound) = bound {
                    limit(this(), operator, bound.to_string());
                }
            }
            if let Some(step) = multiple_of {
                let rest = Expression::Operation(
                    Operator::Modulo,
                    vec![this(), Expression::Number(*step)],
                );
                limit(rest, Operator::Equal, "0".to_owned());
            }
        }
        FieldKind::Text {
            shortest,
            longest,
            pattern,
        } => {
            let length = || Expression::call("string-length", [this()]);
            if *shortest > 0 {
                limit(length(), Operator::AtLeast, shortest.to_string());
            }
            if *longest != LONG {
                limit(length(), Operator::AtMost, longest.to_string());
            }
            if let Some(pattern) = pattern {
                let pattern = Expression::Text(anchored(pattern));
                said.push(Expression::call("regex", [this(), pattern]));
            }
        }
        FieldKind::Choices { fewest, most, .. } => {
            let count = || Expression::call("count-selected", [this()]);
            if *fewest > 0 {
                limit(count(), Operator::AtLeast, fewest.to_string());
            }
            if *most != MANY {
                limit(count(), Operator::AtMost, most.to_string());
            }
        }
        _ => {}
    }
    said
}

//! Writing an expression, with as few parentheses as it needs.

use std::fmt::{Display, Formatter, Result, Write};

use super::{Expression, TIGHTEST};

impl Display for Expression {
    fn fmt(&self, to: &mut Formatter<'_>) -> Result {
        write(self, 1, to)
    }
}

fn write(expression: &Expression, level: u8, to: &mut Formatter<'_>) -> Result {
    match expression {
        Expression::Text(text) => quoted(text, to),
        Expression::Number(number) => write!(to, "{number}"),
        Expression::Question(name) => write!(to, "${{{name}}}"),
        Expression::This => to.write_char('.'),
        Expression::Parent => to.write_str(".."),
        Expression::Part(path) => to.write_str(&path.replace('.', "/")),
        Expression::Those(name, condition) => write!(to, "${{{name}}}[{condition}]"),
        Expression::Call(name, operands) => {
            write!(to, "{name}(")?;
            for (at, operand) in operands.iter().enumerate() {
                if at > 0 {
                    to.write_str(", ")?;
                }
                write(operand, 1, to)?;
            }
            to.write_char(')')
        }
        Expression::Negative(inside) => {
            to.write_char('-')?;
            write(inside, TIGHTEST, to)
        }
        Expression::Operation(operator, operands) => {
            let own = operator.level();
            let parenthesised = own < level;
            if parenthesised {
                to.write_char('(')?;
            }
            for (at, operand) in operands.iter().enumerate() {
                if at > 0 {
                    write!(to, " {} ", operator.as_str())?;
                }
                // Without parentheses the first operand would become part of the same sum.
                let is_same = matches!(operand, Expression::Operation(it, _) if it == operator);
                let is_leading = at == 0 && !(is_same && operator.gathers());
                write(operand, own + u8::from(!is_leading), to)?;
            }
            if parenthesised {
                to.write_char(')')?;
            }
            Ok(())
        }
    }
}

/// In `XPath` no mark can stand in its own quotation: a text with both kinds is put together.
fn quoted(text: &str, to: &mut Formatter<'_>) -> Result {
    if !text.contains('\'') {
        return write!(to, "'{text}'");
    }
    if !text.contains('"') {
        return write!(to, "\"{text}\"");
    }
    to.write_str("concat(")?;
    for (at, part) in text.split('\'').enumerate() {
        if at > 0 {
            to.write_str(", \"'\", ")?;
        }
        write!(to, "'{part}'")?;
    }
    to.write_char(')')
}

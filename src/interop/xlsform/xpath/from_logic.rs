//! A rule as an expression.

use serde_json::Value;

use super::compare::{Frame, hidden_blanks, kind_of, literal, present, var};
use super::lists::{is_counted, is_filtered, is_summed};
use super::{Expression, Operator, Puzzle};
use crate::interop::xlsform::names::{Kind, Known, Scope};
use crate::kernel::Date;

/// Says in `XPath` what a rule says.
///
/// # Errors
/// When it cannot be said, with the operator or the question that is in the way.
pub(in super::super) fn from_logic(rule: &Value, scope: Scope<'_>) -> Result<Expression, Puzzle> {
    of(rule, Frame { scope, list: None })
}

fn of(rule: &Value, frame: Frame<'_>) -> Result<Expression, Puzzle> {
    match rule {
        Value::Null => Ok(Expression::Text(String::new())),
        Value::Bool(true) => Ok(Expression::call("true", [])),
        Value::Bool(false) => Ok(Expression::call("false", [])),
        Value::Number(number) => Ok(number_of(number.as_f64().unwrap_or_default())),
        Value::String(text) => Ok(Expression::Text(text.clone())),
        Value::Array(_) => Err(Puzzle::Function("[]".to_owned())),
        Value::Object(parts) => {
            let Some((operator, operands)) = parts.iter().next() else {
                return Err(Puzzle::Function("{}".to_owned()));
            };
            operation(rule, operator, operands, frame)
        }
    }
}

fn number_of(number: f64) -> Expression {
    if number < 0.0 {
        Expression::Negative(Box::new(Expression::Number(-number)))
    } else {
        Expression::Number(number)
    }
}

fn operation(
    rule: &Value,
    operator: &str,
    operands: &Value,
    frame: Frame<'_>,
) -> Result<Expression, Puzzle> {
    let strange = || Puzzle::Function(operator.chars().take(60).collect());
    let all: Vec<&Value> = match operands {
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    };
    match (operator, &all[..]) {
        ("var", _) => match var(rule) {
            Some(name) => question(name, frame),
            None => Err(strange()),
        },
        ("and" | "or", [one]) => of(one, frame),
        ("and" | "or", [_, _, ..]) => joined(operator, &all, frame),
        ("==" | "===" | "!=" | "!==" | "<" | "<=" | ">" | ">=", [left, right]) => {
            comparison(operator, [left, right], false, frame)
        }
        ("<" | "<=" | ">" | ">=", [least, value, most]) => {
            let below = comparison(operator, [least, value], false, frame)?;
            let above = comparison(operator, [value, most], false, frame)?;
            Ok(Expression::two(Operator::And, below, above))
        }
        ("!", [of_what]) if is_blankable(of_what, frame) => blank(Operator::Equal, of_what, frame),
        ("!!", [of_what]) if is_blankable(of_what, frame) => {
            blank(Operator::Unequal, of_what, frame)
        }
        ("!", [condition]) => Ok(Expression::call("not", [of(condition, frame)?])),
        ("!!", [condition]) => Ok(Expression::call("boolean", [of(condition, frame)?])),
        ("if" | "?:", [_, ..]) => choice(&all, frame),
        ("-", [inside]) => Ok(Expression::Negative(Box::new(of(inside, frame)?))),
        ("-", [whole, rest]) if is_rest(whole, rest) => {
            Ok(Expression::call("int", [of(whole, frame)?]))
        }
        ("+", [index, one]) if var(index) == Some("$index") && **one == 1 => {
            Ok(Expression::call("position", [Expression::Parent]))
        }
        ("+", [text]) => Ok(Expression::call("number", [of(text, frame)?])),
        ("+" | "-" | "*" | "/" | "%", [_, _, ..]) => arithmetic(operator, &all, frame),
        ("in", [part, within]) => membership(part, within, frame),
        ("cat", [_, ..]) => Ok(Expression::call("concat", each(&all, frame)?)),
        ("max" | "min", [_, _, ..]) => Ok(Expression::call(operator, each(&all, frame)?)),
        ("substr", [text, from, rest @ ..]) => part_of_text(text, from, rest, frame),
        ("reduce", _) => over_list(rule, frame).unwrap_or_else(|| Err(strange())),
        ("some" | "none" | "all", [list, condition]) => {
            quantified(operator, list, condition, frame)
        }
        _ => Err(strange()),
    }
}

fn each(operands: &[&Value], frame: Frame<'_>) -> Result<Vec<Expression>, Puzzle> {
    operands.iter().map(|it| of(it, frame)).collect()
}

fn question(name: &str, frame: Frame<'_>) -> Result<Expression, Puzzle> {
    let expression = match (name, frame.list) {
        ("$today", _) => return Ok(Expression::call("today", [])),
        ("$index", _) => {
            let position = Expression::call("position", [Expression::Parent]);
            let one = Expression::Number(1.0);
            return Ok(Expression::two(Operator::Minus, position, one));
        }
        (part, Some(_)) => Expression::Part(part.to_owned()),
        (name, None) => asked(frame.named(name), name, frame.scope)?,
    };
    let is_boolean = frame.named(name).is_some_and(|it| it.kind == Kind::Boolean);
    Ok(if is_boolean {
        Expression::call("boolean-from-string", [expression])
    } else {
        expression
    })
}

/// `${name}`, when there is one question of that name.
fn asked(known: Option<&Known>, name: &str, scope: Scope<'_>) -> Result<Expression, Puzzle> {
    let known = known.ok_or_else(|| Puzzle::Question(name.to_owned()))?;
    if known.path == scope.owner.path {
        return Ok(Expression::This);
    }
    scope.names.called(&known.called)?;
    Ok(Expression::Question(known.called.clone()))
}

/// A question by itself, also one whose answers are yes and no.
fn plain(value: &Value, frame: Frame<'_>) -> Result<Expression, Puzzle> {
    match of(value, frame)? {
        Expression::Call(name, mut operands) if name == "boolean-from-string" => {
            Ok(operands.remove(0))
        }
        other => Ok(other),
    }
}

fn is_blankable(value: &Value, frame: Frame<'_>) -> bool {
    kind_of(value, frame).is_some_and(Kind::is_blank_when_false)
}

fn blank(operator: Operator, value: &Value, frame: Frame<'_>) -> Result<Expression, Puzzle> {
    let blank = Expression::Text(String::new());
    Ok(Expression::two(operator, plain(value, frame)?, blank))
}

/// Conditions, all or any of them; one that only keeps blanks out of a comparison goes without saying.
fn joined(operator: &str, all: &[&Value], frame: Frame<'_>) -> Result<Expression, Puzzle> {
    if let ("and", Some((last, guards))) = (operator, all.split_last())
        && let Some((compared, operands)) = last.as_object().and_then(|it| it.iter().next())
        && let Some([left, right]) = operands.as_array().map(Vec::as_slice)
    {
        let hidden = hidden_blanks(compared, [left, right], frame);
        let wanted = hidden.iter().map(|it| present(it, frame));
        if !hidden.is_empty() && wanted.eq(guards.iter().map(|it| (*it).clone())) {
            return comparison(compared, [left, right], true, frame);
        }
    }
    let operator = if operator == "and" {
        Operator::And
    } else {
        Operator::Or
    };
    Ok(Expression::Operation(operator, each(all, frame)?))
}

/// `guarded` says that blanks do not come so far.
fn comparison(
    operator: &str,
    [left, right]: [&Value; 2],
    guarded: bool,
    frame: Frame<'_>,
) -> Result<Expression, Puzzle> {
    let strange = || Puzzle::Function(operator.to_owned());
    let sign = Operator::of_logic(operator).ok_or_else(strange)?;
    match (left, right) {
        (value, Value::Null) | (Value::Null, value) if !sign.is_order() => {
            return blank(sign, value, frame);
        }
        _ => {}
    }
    let hidden = hidden_blanks(operator, [left, right], frame);
    let side = |value: &Value, other: &Value| {
        let expression = beside(value, other, frame)?;
        Ok(if !guarded && hidden.contains(&value) {
            Expression::call("coalesce", [expression, Expression::Number(0.0)])
        } else {
            expression
        })
    };
    Ok(Expression::two(
        sign,
        side(left, right)?,
        side(right, left)?,
    ))
}

/// One side of a comparison, written as the other side needs it.
fn beside(value: &Value, other: &Value, frame: Frame<'_>) -> Result<Expression, Puzzle> {
    match (kind_of(other, frame), value) {
        (Some(Kind::Boolean), Value::Bool(yes)) => Ok(Expression::Text(yes.to_string())),
        (Some(Kind::Date), Value::String(day)) if day.parse::<Date>().is_ok() => {
            Ok(Expression::call("date", [Expression::Text(day.clone())]))
        }
        _ if other.is_boolean() || kind_of(other, frame) == Some(Kind::Boolean) => {
            plain(value, frame)
        }
        _ => of(value, frame),
    }
}

/// `if … then … else if … else …`
fn choice(arms: &[&Value], frame: Frame<'_>) -> Result<Expression, Puzzle> {
    match arms {
        [] => Ok(Expression::Text(String::new())),
        [otherwise] => of(otherwise, frame),
        [condition, then, rest @ ..] => {
            if let [otherwise] = rest
                && present(then, frame) == **condition
            {
                let operands = [of(then, frame)?, of(otherwise, frame)?];
                return Ok(Expression::call("coalesce", operands));
            }
            let operands = [
                of(condition, frame)?,
                of(then, frame)?,
                choice(rest, frame)?,
            ];
            Ok(Expression::call("if", operands))
        }
    }
}

/// `x % 1`, beside `x`.
fn is_rest(whole: &Value, rest: &Value) -> bool {
    let operands = rest.get("%").and_then(Value::as_array).map(Vec::as_slice);
    matches!(operands, Some([of, one]) if of == whole && one == 1)
}

fn arithmetic(operator: &str, all: &[&Value], frame: Frame<'_>) -> Result<Expression, Puzzle> {
    let strange = || Puzzle::Function(operator.to_owned());
    let sign = Operator::of_logic(operator).ok_or_else(strange)?;
    let operands = each(all, frame)?;
    if sign.gathers() {
        return Ok(Expression::Operation(sign, operands));
    }
    let mut operands = operands.into_iter();
    let first = operands.next().ok_or_else(strange)?;
    Ok(operands.fold(first, |left, right| Expression::two(sign, left, right)))
}

fn membership(part: &Value, within: &Value, frame: Frame<'_>) -> Result<Expression, Puzzle> {
    if let Value::Array(codes) = within
        && !codes.is_empty()
        && codes.iter().all(literal)
    {
        let mut each = codes
            .iter()
            .map(|code| comparison("==", [part, code], false, frame))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(match each.len() {
            1 => each.remove(0),
            _ => Expression::Operation(Operator::Or, each),
        });
    }
    let operands = [of(within, frame)?, of(part, frame)?];
    match kind_of(within, frame) {
        Some(Kind::Choices) => Ok(Expression::call("selected", operands)),
        Some(Kind::Text | Kind::Choice | Kind::Date) => Ok(Expression::call("contains", operands)),
        _ => Err(Puzzle::Function("in".to_owned())),
    }
}

fn part_of_text(
    text: &Value,
    from: &Value,
    rest: &[&Value],
    frame: Frame<'_>,
) -> Result<Expression, Puzzle> {
    let strange = || Puzzle::Function("substr".to_owned());
    let from = from.as_u64().ok_or_else(strange)?;
    let mut operands = vec![of(text, frame)?];
    let mut ends = vec![from];
    match rest {
        [] => {}
        [length] => ends.push(from + length.as_u64().ok_or_else(strange)?),
        _ => return Err(strange()),
    }
    #[expect(clippy::cast_precision_loss, reason = "places in a text")]
    operands.extend(ends.into_iter().map(|it| Expression::Number(it as f64)));
    Ok(Expression::call("substr", operands))
}

/// What a rule says of a whole list; `None` when it is none of the forms that are known.
fn over_list(rule: &Value, frame: Frame<'_>) -> Option<Result<Expression, Puzzle>> {
    if let Some((list, part)) = is_summed(rule) {
        let known = frame.named(var(list)?)?;
        let part = frame.scope.part(&known.path, part)?;
        let question = asked(Some(part), part.path.as_str(), frame.scope);
        return Some(question.map(|it| Expression::call("sum", [it])));
    }
    let list = is_counted(rule)?;
    if let Some((list, condition)) = is_filtered(list) {
        return Some(counted_those(list, condition, false, frame));
    }
    let known = frame.named(var(list)?)?;
    let function = match known.kind {
        Kind::Choices => "count-selected",
        Kind::Repeat => "count",
        _ => return None,
    };
    let question = asked(Some(known), &known.path, frame.scope);
    Some(question.map(|it| Expression::call(function, [it])))
}

/// `count(${list}[condition])`
fn counted_those(
    list: &Value,
    condition: &Value,
    negated: bool,
    frame: Frame<'_>,
) -> Result<Expression, Puzzle> {
    let strange = || Puzzle::Function("filter".to_owned());
    let name = var(list).ok_or_else(strange)?;
    let known = frame.named(name).filter(|it| it.kind == Kind::Repeat);
    let known = known.ok_or_else(strange)?;
    let Expression::Question(called) = asked(Some(known), name, frame.scope)? else {
        return Err(strange());
    };
    let inside = Frame {
        list: Some(&known.path),
        ..frame
    };
    let mut condition = of(condition, inside)?;
    if negated {
        condition = Expression::call("not", [condition]);
    }
    let those = Expression::Those(called, Box::new(condition));
    Ok(Expression::call("count", [those]))
}

/// To a rule, nothing holds of all items of an empty list.
fn quantified(
    operator: &str,
    list: &Value,
    condition: &Value,
    frame: Frame<'_>,
) -> Result<Expression, Puzzle> {
    let count = counted_those(list, condition, operator == "all", frame)?;
    let none = Expression::Number(0.0);
    Ok(match operator {
        "some" => Expression::two(Operator::More, count, none),
        "none" => Expression::two(Operator::Equal, count, none),
        _ => {
            let Expression::Call(_, operands) = &count else {
                return Err(Puzzle::Function(operator.to_owned()));
            };
            let Some(Expression::Those(called, _)) = operands.first() else {
                return Err(Puzzle::Function(operator.to_owned()));
            };
            let all = Expression::call("count", [Expression::Question(called.clone())]);
            let some = Expression::two(Operator::More, all, none.clone());
            let no_other = Expression::two(Operator::Equal, count, none);
            Expression::two(Operator::And, some, no_other)
        }
    })
}

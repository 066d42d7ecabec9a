//! An expression as a rule.

use serde_json::{Value, json};

use super::compare::{Frame, absent, hidden_blanks, kind_of, present};
use super::lists::{counted, filtered, summed};
use super::literal::{fitted, levels, number, parts};
use super::{Expression, Operator, Puzzle};
use crate::forms::LONGEST_RULE;
use crate::interop::xlsform::names::{Kind, Known, Scope};

/// What a rule may have: parts, and levels of its JSON.
const MOST_PARTS: usize = 190;
const DEEPEST_RULE: usize = 13;

/// What an expression is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Sense {
    Truth,
    Value,
}

/// Says in `JSONLogic` what an expression says.
///
/// # Errors
/// When rules cannot say it.
pub(in super::super) fn to_logic(
    expression: &Expression,
    scope: Scope<'_>,
    sense: Sense,
) -> Result<Value, Puzzle> {
    let mut translator = Translator {
        frame: Frame { scope, list: None },
        left: MOST_PARTS,
    };
    let rule = translator.of(expression, sense)?;
    if levels(&rule) > DEEPEST_RULE || rule.to_string().len() > LONGEST_RULE {
        return Err(Puzzle::TooLong);
    }
    Ok(rule)
}

struct Translator<'n> {
    frame: Frame<'n>,
    left: usize,
}

impl Translator<'_> {
    fn spend(&mut self, parts: usize) -> Result<(), Puzzle> {
        self.left = self.left.checked_sub(parts).ok_or(Puzzle::TooLong)?;
        Ok(())
    }

    /// A part that stands in the rule once more.
    fn again(&mut self, value: &Value) -> Result<Value, Puzzle> {
        self.spend(parts(value))?;
        Ok(value.clone())
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, Puzzle> {
        self.of(expression, Sense::Value)
    }

    fn truth(&mut self, expression: &Expression) -> Result<Value, Puzzle> {
        self.of(expression, Sense::Truth)
    }

    fn of(&mut self, expression: &Expression, sense: Sense) -> Result<Value, Puzzle> {
        self.spend(1)?;
        match expression {
            Expression::Text(text) => Ok(json!(text)),
            Expression::Number(value) => Ok(number(*value)),
            Expression::Negative(inside) => match &**inside {
                Expression::Number(value) => Ok(number(-value)),
                inside => Ok(json!({ "-": [self.value(inside)?] })),
            },
            Expression::Call(name, operands) => self.call(name, operands),
            Expression::Operation(operator, operands) => self.operation(*operator, operands),
            Expression::Parent | Expression::Those(..) => {
                Err(Puzzle::Syntax(expression.to_string()))
            }
            _ => {
                let value = self.name(expression)?;
                // `XPath` asks whether there is an answer, a rule whether it is yes.
                let is_asked = sense == Sense::Truth;
                Ok(match kind_of(&value, self.frame) {
                    Some(Kind::Boolean) if is_asked => present(&value, self.frame),
                    _ => value,
                })
            }
        }
    }

    fn name(&self, expression: &Expression) -> Result<Value, Puzzle> {
        let Frame { scope, list } = self.frame;
        let known = match (expression, list) {
            (Expression::Question(called), _) => scope.names.called(called)?,
            (Expression::This, None) => scope.owner,
            (Expression::Part(part), Some(list)) => {
                let known = scope.part(list, part);
                known.ok_or_else(|| Puzzle::Question(part.clone()))?
            }
            _ => return Err(Puzzle::Syntax(expression.to_string())),
        };
        let name = match list {
            None => scope.reference(known)?,
            Some(list) => {
                let part = known.path.strip_prefix(list);
                let part = part.and_then(|it| it.strip_prefix('.'));
                let part = part.filter(|part| scope.part(list, part).is_some());
                part.ok_or_else(|| Puzzle::OutOfReach(known.called.clone()))?
                    .to_owned()
            }
        };
        Ok(json!({ "var": name }))
    }

    fn operation(&mut self, operator: Operator, operands: &[Expression]) -> Result<Value, Puzzle> {
        let is_joining = matches!(operator, Operator::And | Operator::Or);
        if let ([left, right], false) = (operands, is_joining || operator.level() > 4) {
            return self.comparison(operator, left, right);
        }
        if operator == Operator::Minus
            && let [Expression::Call(name, _), Expression::Number(1.0)] = operands
            && name == "position"
        {
            // Items are counted from nought by rules, from one by `XPath`.
            self.value(&operands[0])?;
            return Ok(json!({ "var": "$index" }));
        }
        let translated = operands.iter().map(|operand| {
            if is_joining {
                self.truth(operand)
            } else {
                Ok(self.counting(operand)?.0)
            }
        });
        let translated: Vec<Value> = translated.collect::<Result<_, _>>()?;
        Ok(json!({ operator.logic(): translated }))
    }

    /// An operand that counts as nought when it is blank, which `coalesce(…, 0)` says in so many words.
    fn counting(&mut self, expression: &Expression) -> Result<(Value, bool), Puzzle> {
        if let Expression::Call(name, operands) = expression
            && let ("coalesce", [value, Expression::Number(0.0)]) = (name.as_str(), &operands[..])
            && let Ok(value) = self.name(value)
            && kind_of(&value, self.frame) == Some(Kind::Number)
        {
            self.spend(1)?;
            return Ok((value, true));
        }
        Ok((self.value(expression)?, false))
    }

    fn comparison(
        &mut self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
    ) -> Result<Value, Puzzle> {
        let blank = Expression::Text(String::new());
        if matches!(operator, Operator::Equal | Operator::Unequal)
            && (*left == blank || *right == blank)
        {
            let other = if *right == blank { left } else { right };
            let value = self.value(other)?;
            return Ok(match operator {
                Operator::Equal => absent(&value, self.frame),
                _ => present(&value, self.frame),
            });
        }
        let (left, is_left_nought) = self.counting(left)?;
        let (right, is_right_nought) = self.counting(right)?;
        let kinds = [&left, &right].map(|it| kind_of(it, self.frame));
        let (left, right) = (fitted(left, kinds[1]), fitted(right, kinds[0]));
        let hidden = hidden_blanks(operator.logic(), [&left, &right], self.frame);
        let hidden = hidden.into_iter().filter(|it| {
            let is_nought = if **it == left {
                is_left_nought
            } else {
                is_right_nought
            };
            !is_nought
        });
        let mut all: Vec<Value> = hidden.map(|it| present(it, self.frame)).collect();
        self.spend(3 * all.len())?;
        let compared = json!({ operator.logic(): [left, right] });
        if all.is_empty() {
            return Ok(compared);
        }
        all.push(compared);
        Ok(json!({ "and": all }))
    }

    fn call(&mut self, name: &str, operands: &[Expression]) -> Result<Value, Puzzle> {
        let inside = self.frame.list.is_some();
        match (name, operands) {
            ("true", []) => Ok(json!(true)),
            ("false", []) => Ok(json!(false)),
            ("today", []) if !inside => Ok(json!({ "var": "$today" })),
            ("not", [of]) => Ok(json!({ "!": self.truth(of)? })),
            ("boolean", [of]) => Ok(json!({ "!!": self.truth(of)? })),
            ("boolean-from-string", [of]) => self.yes(of),
            ("if", [condition, then, otherwise]) => self.choice(condition, then, otherwise),
            ("coalesce", [value, otherwise]) => {
                let value = self.value(value)?;
                let given = self.again(&value)?;
                let given = present(&given, self.frame);
                Ok(json!({ "if": [given, value, self.branch(otherwise)?] }))
            }
            ("selected", [question, code]) => self.selected(question, code),
            ("count-selected", [of]) if !inside => {
                let list = self.name(of)?;
                self.of_kind(&list, Kind::Choices, of)?;
                self.spend(4)?;
                Ok(counted(&list))
            }
            ("count" | "count-non-empty", [of]) if !inside => self.count(name, of),
            ("sum", [Expression::Question(called)]) if !inside => {
                let part = self.frame.scope.names.called(called)?;
                let (list, part) = self.list_around(part)?;
                self.spend(4)?;
                Ok(summed(&list, part))
            }
            ("concat", [_, ..]) if !inside => self.text_of(operands),
            ("string", [_]) if !inside => Ok(json!({ "cat": [self.value(&operands[0])?] })),
            ("contains", [text, part]) => {
                let (text, part) = (self.value(text)?, self.value(part)?);
                Ok(json!({ "in": [part, text] }))
            }
            ("max" | "min", [_, _, ..]) => {
                let operands = operands.iter().map(|it| self.value(it));
                Ok(json!({ name: operands.collect::<Result<Vec<_>, _>>()? }))
            }
            ("int", [of]) => {
                let value = self.value(of)?;
                let whole = self.again(&value)?;
                self.spend(2)?;
                Ok(json!({ "-": [whole, { "%": [value, 1] }] }))
            }
            ("number", [of]) => Ok(json!({ "+": [self.value(of)?] })),
            ("date", [Expression::Text(day)]) if day.parse::<crate::kernel::Date>().is_ok() => {
                Ok(json!(day))
            }
            ("date", [Expression::Call(today, none)]) if today == "today" && none.is_empty() => {
                self.call("today", &[])
            }
            ("position", [Expression::Parent])
                if !inside && self.frame.scope.owner.repeat.is_some() =>
            {
                Ok(json!({ "+": [{ "var": "$index" }, 1] }))
            }
            ("substr", [text, Expression::Number(from), rest @ ..]) => {
                self.part_of_text(text, *from, rest)
            }
            _ => Err(Puzzle::Function(name.chars().take(60).collect())),
        }
    }

    /// Yes or no, of a question that has no other answers.
    fn yes(&mut self, of: &Expression) -> Result<Value, Puzzle> {
        let value = self.name(of)?;
        match kind_of(&value, self.frame) {
            Some(Kind::Boolean) => Ok(value),
            _ => Err(Puzzle::Function("boolean-from-string".to_owned())),
        }
    }

    fn choice(
        &mut self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
    ) -> Result<Value, Puzzle> {
        let mut arms = vec![self.truth(condition)?, self.branch(then)?];
        match self.branch(otherwise)? {
            // One after the other, not one inside the other.
            Value::Object(parts) if matches!(otherwise, Expression::Call(name, _) if name == "if") =>
            {
                let more = parts.get("if").and_then(Value::as_array);
                arms.extend(more.into_iter().flatten().cloned());
            }
            other => arms.push(other),
        }
        Ok(json!({ "if": arms }))
    }

    /// What a calculation comes to; the empty text is no answer.
    fn branch(&mut self, expression: &Expression) -> Result<Value, Puzzle> {
        match expression {
            Expression::Text(text) if text.is_empty() => Ok(Value::Null),
            expression => self.value(expression),
        }
    }

    fn selected(&mut self, question: &Expression, code: &Expression) -> Result<Value, Puzzle> {
        let value = self.name(question)?;
        match kind_of(&value, self.frame) {
            Some(Kind::Choices) => {
                let code = self.value(code)?;
                let code = fitted(code, Some(Kind::Choices));
                self.spend(1)?;
                Ok(json!({ "in": [code, value] }))
            }
            _ => self.comparison(Operator::Equal, question, code),
        }
    }

    fn count(&mut self, name: &str, of: &Expression) -> Result<Value, Puzzle> {
        self.spend(5)?;
        match of {
            Expression::Question(_) if name == "count" => {
                let list = self.name(of)?;
                self.of_kind(&list, Kind::Repeat, of)?;
                Ok(counted(&list))
            }
            Expression::Those(called, condition) if name == "count" => {
                let list = self.name(&Expression::Question(called.clone()))?;
                self.of_kind(&list, Kind::Repeat, of)?;
                let known = self.frame.scope.names.called(called)?;
                self.frame.list = Some(&known.path);
                let condition = self.truth(condition);
                self.frame.list = None;
                Ok(counted(&filtered(&list, &condition?)))
            }
            Expression::Question(called) => {
                let known = self.frame.scope.names.called(called)?;
                let (list, part) = self.list_around(known)?;
                let frame = Frame {
                    list: known.repeat.as_deref(),
                    ..self.frame
                };
                let given = present(&json!({ "var": part }), frame);
                Ok(counted(&filtered(&list, &given)))
            }
            _ => Err(Puzzle::Function(name.to_owned())),
        }
    }

    fn of_kind(&self, value: &Value, kind: Kind, told: &Expression) -> Result<(), Puzzle> {
        if kind_of(value, self.frame) == Some(kind) {
            Ok(())
        } else {
            Err(Puzzle::Syntax(told.to_string()))
        }
    }

    /// The list whose items a question is of, and its place in them.
    fn list_around<'k>(&self, known: &'k Known) -> Result<(Value, &'k str), Puzzle> {
        let unreachable = || Puzzle::OutOfReach(known.called.clone());
        let path = known.repeat.as_deref().ok_or_else(unreachable)?;
        let scope = self.frame.scope;
        let list = scope.names.at(path).ok_or_else(unreachable)?;
        let part = &known.path[path.len() + 1..];
        scope.part(path, part).ok_or_else(unreachable)?;
        Ok((json!({ "var": scope.reference(list)? }), part))
    }

    /// Texts put together; literals alone are one text already.
    fn text_of(&mut self, operands: &[Expression]) -> Result<Value, Puzzle> {
        let parts = operands.iter().map(|it| self.value(it));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let literals: Option<String> = parts.iter().map(Value::as_str).collect();
        Ok(literals.map_or_else(|| json!({ "cat": parts }), Value::String))
    }

    /// `XPath` counts to where the part ends, `JSONLogic` how long it is.
    fn part_of_text(
        &mut self,
        text: &Expression,
        from: f64,
        rest: &[Expression],
    ) -> Result<Value, Puzzle> {
        let text = self.value(text)?;
        let is_whole = |it: f64| it >= 0.0 && it.fract() == 0.0 && it < 1e6;
        match rest {
            [] if is_whole(from) => Ok(json!({ "substr": [text, number(from)] })),
            [Expression::Number(to)] if is_whole(from) && is_whole(*to) && *to > from => {
                Ok(json!({ "substr": [text, number(from), number(to - from)] }))
            }
            _ => Err(Puzzle::Function("substr".to_owned())),
        }
    }
}

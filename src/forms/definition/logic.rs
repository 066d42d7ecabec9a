//! Rules in `JSONLogic`: which operators there are, what they may name, what they may cost.
//!
//! A rule is bounded when it is read: a closed list of operators, names that the form has, no loop inside a loop, and no
//! text or list that could grow inside a loop. What is left costs, at most, its length times the longest list.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use datalogic_rs::bumpalo::Bump;
use datalogic_rs::{
    DivisionByZeroHandling, Engine, EvaluationConfig, FromDataValue, Logic, NanHandling,
};
use serde_json::{Map, Value};

use super::field::{Field, FieldKind};
use super::flaw::{Fault, Reading, shortened};
use super::{LONGEST_RULE, is_smaller};

/// Nothing fails on an answer that is not there: it is null, and counts as nought.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let config = EvaluationConfig::safe_arithmetic()
        .with_arithmetic_nan_handling(NanHandling::CoerceToZero)
        .with_division_by_zero(DivisionByZeroHandling::ReturnNull)
        .with_max_recursion_depth(64);
    Engine::builder().with_config(config).build()
});

const PLAIN: [&str; 23] = [
    "==", "===", "!=", "!==", ">", ">=", "<", "<=", "!", "!!", "and", "or", "if", "?:", "+", "-",
    "*", "/", "%", "max", "min", "in", "substr",
];
const LOOPS: [&str; 6] = ["map", "filter", "all", "some", "none", "reduce"];
/// What makes its operands longer has no place inside a loop.
const GROWING: [&str; 2] = ["cat", "merge"];
const MOST_NODES: usize = 200;

/// A rule that can be evaluated.
#[derive(Clone, Debug)]
pub struct Rule {
    source: Value,
    logic: Logic,
    /// The paths of the fields that it looks at.
    uses: BTreeSet<String>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Rule {
    #[must_use]
    pub fn source(&self) -> &Value {
        &self.source
    }

    #[must_use]
    pub fn uses(&self) -> &BTreeSet<String> {
        &self.uses
    }

    /// What the rule says of some data; null where it cannot say anything.
    #[must_use]
    pub fn evaluate(&self, data: &Value) -> Value {
        let arena = Bump::new();
        let result = ENGINE.evaluate(&self.logic, data, &arena);
        result.and_then(Value::from_arena).unwrap_or(Value::Null)
    }

    #[must_use]
    pub fn holds(&self, data: &Value) -> bool {
        is_true(&self.evaluate(data))
    }
}

/// Whether `JSONLogic` takes a value for true.
#[must_use]
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|it| it != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    }
}

/// Reads the rule of a field.
pub(super) fn read(
    reading: &mut Reading,
    source: &Value,
    owner: &Field,
    fields: &HashMap<&str, &Field>,
) -> Option<Rule> {
    let before = reading.flaws.len();
    if !is_smaller(source, LONGEST_RULE) {
        reading.refuse(Fault::TooLong(LONGEST_RULE));
        return None;
    }
    let mut checking = Checking {
        owner,
        fields,
        nodes: 0,
        uses: BTreeSet::new(),
    };
    checking.expression(reading, source, Frame::Answers);
    if reading.flaws.len() > before {
        return None;
    }
    let Ok(logic) = ENGINE.compile(source) else {
        reading.refuse(Fault::BadValue);
        return None;
    };
    Some(Rule {
        source: source.clone(),
        logic,
        uses: checking.uses,
    })
}

/// What a name is looked up in.
#[derive(Clone, Copy)]
enum Frame<'f> {
    /// The answers, and for a field of a repeating group its item.
    Answers,
    /// An item of a list, inside a loop over it.
    Item(Item<'f>),
    /// An item and what came of those before it.
    Reduction(Item<'f>),
}

#[derive(Clone, Copy)]
enum Item<'f> {
    Plain,
    Of(&'f Field),
}

struct Checking<'f> {
    owner: &'f Field,
    fields: &'f HashMap<&'f str, &'f Field>,
    nodes: usize,
    uses: BTreeSet<String>,
}

impl<'f> Checking<'f> {
    fn expression(&mut self, reading: &mut Reading, value: &Value, frame: Frame<'f>) {
        self.nodes += 1;
        if self.nodes == MOST_NODES + 1 {
            reading.refuse(Fault::TooMany(MOST_NODES));
        }
        if self.nodes > MOST_NODES {
            return;
        }
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    reading.at(at, |reading| self.expression(reading, item, frame));
                }
            }
            Value::Object(parts) => self.operation(reading, parts, frame),
            _ => {}
        }
    }

    fn operation(&mut self, reading: &mut Reading, parts: &Map<String, Value>, frame: Frame<'f>) {
        let mut operations = parts.iter();
        let (Some((operator, operands)), None) = (operations.next(), operations.next()) else {
            reading.refuse(Fault::WrongType("{ operator: operands }"));
            return;
        };
        let looping = !matches!(frame, Frame::Answers);
        reading.at(operator, |reading| match operator.as_str() {
            "var" => self.name(reading, operands, frame),
            plain if PLAIN.contains(&plain) => self.operands(reading, operands, frame),
            growing if GROWING.contains(&growing) && !looping => {
                self.operands(reading, operands, frame);
            }
            repeating if LOOPS.contains(&repeating) && !looping => {
                self.repetition(reading, repeating, operands, frame);
            }
            unknown => reading.refuse(Fault::UnknownOperator(shortened(unknown))),
        });
    }

    fn operands(&mut self, reading: &mut Reading, operands: &Value, frame: Frame<'f>) {
        match operands {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    reading.at(at, |reading| self.expression(reading, item, frame));
                }
            }
            one => self.expression(reading, one, frame),
        }
    }

    fn repetition(
        &mut self,
        reading: &mut Reading,
        operator: &str,
        operands: &Value,
        frame: Frame<'f>,
    ) {
        let wanted = if operator == "reduce" { 3 } else { 2 };
        let operands = operands.as_array().map_or(&[][..], Vec::as_slice);
        if operands.len() != wanted {
            reading.refuse(Fault::WrongType("[array, rule] | [array, rule, start]"));
            return;
        }
        let Some(item) = self.item_of(&operands[0]) else {
            reading.refuse_at(0, Fault::WrongType("array"));
            return;
        };
        reading.at(0, |reading| self.expression(reading, &operands[0], frame));
        let inner = if operator == "reduce" {
            Frame::Reduction(item)
        } else {
            Frame::Item(item)
        };
        reading.at(1, |reading| self.expression(reading, &operands[1], inner));
        if let Some(start) = operands.get(2) {
            reading.at(2, |reading| self.expression(reading, start, frame));
        }
    }

    /// What the items of a list are, as far as its expression tells.
    fn item_of(&self, list: &Value) -> Option<Item<'f>> {
        if list.is_array() {
            return Some(Item::Plain);
        }
        let (operator, operands) = list.as_object()?.iter().next()?;
        match operator.as_str() {
            "var" => {
                let name = first(operands).as_str()?;
                let field = match name.strip_prefix("$item.") {
                    Some(rest) => {
                        let path = format!("{}.{rest}", self.owner.repeat.as_deref()?);
                        *self.fields.get(path.as_str())?
                    }
                    None => *self.fields.get(name)?,
                };
                match field.kind {
                    FieldKind::Repeat { .. } => Some(Item::Of(field)),
                    FieldKind::Choices { .. } => Some(Item::Plain),
                    _ => None,
                }
            }
            "filter" => self.item_of(first(operands)),
            "map" | "merge" => Some(Item::Plain),
            _ => None,
        }
    }

    fn name(&mut self, reading: &mut Reading, operands: &Value, frame: Frame<'f>) {
        if let Some([_, absent, ..]) = operands.as_array().map(Vec::as_slice)
            && (absent.is_array() || absent.is_object())
        {
            reading.refuse_at(1, Fault::WrongType("string | number | boolean | null"));
        }
        let Some(name) = first(operands).as_str() else {
            reading.refuse(Fault::WrongType("string"));
            return;
        };
        let known = match frame {
            Frame::Answers => self.of_answers(name),
            Frame::Item(item) => name.is_empty() || self.of_item(name, item),
            Frame::Reduction(item) => {
                matches!(name, "accumulator" | "current")
                    || name
                        .strip_prefix("current.")
                        .is_some_and(|name| self.of_item(name, item))
            }
        };
        if !known {
            reading.refuse(Fault::UnknownField(shortened(name)));
        }
    }

    fn of_answers(&mut self, name: &str) -> bool {
        let own = self.owner.repeat.as_deref();
        let path = match (name, own) {
            ("$today", _) | ("$index", Some(_)) => return true,
            (name, Some(own)) => match name.strip_prefix("$item.") {
                Some(rest) => format!("{own}.{rest}"),
                None => name.to_owned(),
            },
            (name, None) => name.to_owned(),
        };
        let Some(field) = self.fields.get(path.as_str()) else {
            return false;
        };
        let around = field.repeat.as_deref();
        let is_repeat = matches!(field.kind, FieldKind::Repeat { .. });
        // An item that looked at a whole list would make every item cost all of them.
        let reachable = match around {
            None => !is_repeat || own.is_none(),
            Some(_) => around == own && name.starts_with("$item."),
        };
        let fits = reachable && !matches!(field.kind, FieldKind::Group(_));
        if fits {
            self.uses.insert(path);
        }
        fits
    }

    fn of_item(&mut self, name: &str, item: Item<'f>) -> bool {
        let Item::Of(list) = item else {
            return false;
        };
        let path = format!("{}.{name}", list.path);
        let field = self.fields.get(path.as_str());
        field.is_some_and(|field| {
            field.repeat.as_deref() == Some(list.path.as_str()) && field.fields().is_empty()
        })
    }
}

/// The only operand, or the first.
fn first(operands: &Value) -> &Value {
    match operands {
        Value::Array(items) => items.first().unwrap_or(&Value::Null),
        one => one,
    }
}

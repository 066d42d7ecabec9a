//! An answer to a form: what rules make of it, and whether it is one.

mod changed;
mod files;
mod place;
mod shown;
mod value;

use serde_json::{Map, Value, json};

pub use changed::{ChangedAnswer, changed};
pub(super) use files::files;
pub use shown::parted;
pub(super) use value::fitted;
pub use value::{IndexedValue, indexed};

use super::definition::{
    Definition, Field, FieldKind, FieldRules, Options, Rule, is_smaller, is_within,
    validator_options,
};
use super::form::Version;
use crate::kernel::{Date, Text};
use place::Place;

/// The budget of an answer, in bytes of its JSON, and how deep it may nest.
pub const LARGEST_ANSWER: usize = 64 * 1024;
const DEEPEST_ANSWER: usize = 20;
/// So many faults are told.
const TOLD: usize = 100;

/// Why an answer, or a part of it, is refused.
#[derive(Clone, Debug, PartialEq)]
pub enum AnswerFault {
    Missing,
    /// The kind of field that it is.
    WrongType(&'static str),
    NotAnOption,
    OutOfRange,
    WrongLength,
    WrongFormat,
    WrongCount,
    UnknownField,
    TooLarge,
    /// No file that this answer may name.
    NoSuchFile,
    /// A file that this version of the form does not take.
    FileNotAdmitted,
    /// Files of more bytes in all than this.
    FilesTooLarge(u64),
    /// What the form says of it.
    CheckFailed(Text),
}

impl AnswerFault {
    /// The stable code, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            AnswerFault::Missing => "MISSING",
            AnswerFault::WrongType(_) => "WRONG_TYPE",
            AnswerFault::NotAnOption => "NOT_AN_OPTION",
            AnswerFault::OutOfRange => "OUT_OF_RANGE",
            AnswerFault::WrongLength => "WRONG_LENGTH",
            AnswerFault::WrongFormat => "WRONG_FORMAT",
            AnswerFault::WrongCount => "WRONG_COUNT",
            AnswerFault::UnknownField => "NOT_ASKED",
            AnswerFault::TooLarge => "TOO_LONG",
            AnswerFault::NoSuchFile => "FILE_NOT_FOUND",
            AnswerFault::FileNotAdmitted => "FILE_NOT_ADMITTED",
            AnswerFault::FilesTooLarge(_) => "FILES_TOO_LARGE",
            AnswerFault::CheckFailed(_) => "CHECK_FAILED",
        }
    }
}

/// A fault, and where in the answer it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    pub path: Vec<String>,
    pub fault: AnswerFault,
}

impl Misfit {
    fn at(path: Vec<String>, fault: AnswerFault) -> Self {
        Self { path, fault }
    }
}

/// What has to be known to check an answer, besides the form.
pub struct Circumstances<'a> {
    /// The day in the country's time zone.
    pub today: Date,
    /// Whether a list that the country keeps has an entry.
    pub has_option: &'a (dyn Fn(&Options, &str) -> bool + Sync),
    /// Whether everything that is required must be there: not yet for a draft.
    pub complete: bool,
}

/// The compiled schemas of a version.
#[derive(Debug)]
pub struct Validators {
    complete: Option<jsonschema::Validator>,
    partial: Option<jsonschema::Validator>,
}

impl Validators {
    pub(super) fn new(definition: &Definition) -> Self {
        let build = |complete| {
            validator_options()
                .build(&definition.validating(complete))
                .ok()
        };
        Self {
            complete: build(true),
            partial: build(false),
        }
    }

    fn misfits(&self, definition: &Definition, answers: &Value, complete: bool) -> Vec<Misfit> {
        let validator = if complete {
            &self.complete
        } else {
            &self.partial
        };
        let Some(validator) = validator else {
            return vec![Misfit::at(Vec::new(), AnswerFault::WrongFormat)];
        };
        let errors = validator.iter_errors(answers).take(TOLD);
        errors.flat_map(|error| told(definition, &error)).collect()
    }
}

/// Brings an answer to its final form: nothing that is not asked, everything that is computed.
///
/// # Errors
/// All that is wrong with it, a hundred at most.
pub fn settle(
    version: &Version,
    given: &Value,
    circumstances: &Circumstances<'_>,
) -> Result<Value, Vec<Misfit>> {
    let definition = &version.definition;
    let is_small = is_within(given, DEEPEST_ANSWER) && is_smaller(given, LARGEST_ANSWER);
    if !is_small {
        return Err(vec![Misfit::at(Vec::new(), AnswerFault::TooLarge)]);
    }
    let mut answers = given.clone();
    without_nulls(&mut answers);
    for field in definition.all_fields() {
        let computed = definition.rules(&field.path);
        if computed.is_some_and(|it| it.computed.is_some()) {
            for place in Place::all(&answers, &field.path) {
                place.remove(&mut answers);
            }
        }
    }
    let validators = version.validators();
    let misfits = validators.misfits(definition, &answers, false);
    if !misfits.is_empty() {
        return Err(misfits);
    }
    apply_rules(definition, &mut answers, circumstances.today);
    let mut misfits = validators.misfits(definition, &answers, circumstances.complete);
    if circumstances.complete {
        misfits.extend(broken_rules(definition, &answers, circumstances.today));
    }
    misfits.extend(strange_options(definition, &answers, circumstances));
    misfits.truncate(TOLD);
    if misfits.is_empty() {
        without_empty_groups(definition.fields(), &mut answers);
        Ok(answers)
    } else {
        Err(misfits)
    }
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(parts) => {
            parts.retain(|_, part| !part.is_null());
            parts.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// Groups are there for the form's sake: an answer has those alone in which something was answered.
fn without_empty_groups(fields: &[Field], answers: &mut Value) {
    let Some(parts) = answers.as_object_mut() else {
        return;
    };
    for field in fields {
        let Some(part) = parts.get_mut(&field.name) else {
            continue;
        };
        match &field.kind {
            FieldKind::Group(fields) => {
                without_empty_groups(fields, part);
                if part.as_object().is_some_and(Map::is_empty) && !field.required {
                    parts.remove(&field.name);
                }
            }
            FieldKind::Repeat { fields, .. } => {
                let items = part.as_array_mut().into_iter().flatten();
                items.for_each(|item| without_empty_groups(fields, item));
            }
            _ => {}
        }
    }
}

/// Drops what is not asked and computes what is computed, each after what it depends on.
fn apply_rules(definition: &Definition, answers: &mut Value, today: Date) {
    for path in definition.steps() {
        let Some(field) = definition.field(path) else {
            continue;
        };
        let rules = definition.rules(path);
        let is_group = matches!(field.kind, FieldKind::Group(_));
        if rules.is_none_or(|it| it.visible.is_none() && it.computed.is_none()) && !is_group {
            continue;
        }
        for place in Place::all(answers, path) {
            let holds = |rule: &Rule| rule.holds(&data(rule, definition, answers, &place, today));
            let visible = rules.and_then(|it| it.visible.as_ref());
            if visible.is_some_and(|rule| !holds(rule)) {
                place.remove(answers);
            } else if let Some(rule) = rules.and_then(|it| it.computed.as_ref()) {
                let value = rule.evaluate(&data(rule, definition, answers, &place, today));
                match fitted(field, value) {
                    Some(value) => place.set(answers, value),
                    None => place.remove(answers),
                }
            } else if is_group && place.get(answers).is_none() {
                place.set(answers, json!({}));
            }
        }
    }
}

/// Required-if and checks, where the field is asked at all.
fn broken_rules(definition: &Definition, answers: &Value, today: Date) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for field in definition.all_fields() {
        let Some(FieldRules {
            visible,
            required,
            checks,
            ..
        }) = definition.rules(&field.path)
        else {
            continue;
        };
        for place in Place::all(answers, &field.path) {
            if misfits.len() >= TOLD {
                return misfits;
            }
            let holds = |rule: &Rule| rule.holds(&data(rule, definition, answers, &place, today));
            match place.get(answers) {
                None => {
                    let is_asked = visible.as_ref().is_none_or(&holds);
                    if is_asked && required.as_ref().is_some_and(&holds) {
                        misfits.push(Misfit::at(place.told(), AnswerFault::Missing));
                    }
                }
                Some(_) => {
                    for check in checks.iter().filter(|check| !holds(&check.rule)) {
                        let fault = AnswerFault::CheckFailed(check.message.clone());
                        misfits.push(Misfit::at(place.told(), fault));
                    }
                }
            }
        }
    }
    misfits
}

/// Answers that the country's own lists do not have.
fn strange_options(
    definition: &Definition,
    answers: &Value,
    circumstances: &Circumstances<'_>,
) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for field in definition.all_fields() {
        let Some(options @ (Options::CodeList(_) | Options::Cadres)) = field.options() else {
            continue;
        };
        for place in Place::all(answers, &field.path) {
            let given: Vec<&str> = match place.get(answers) {
                Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
                Some(one) => one.as_str().into_iter().collect(),
                None => continue,
            };
            let has_option = circumstances.has_option;
            if given.into_iter().any(|code| !has_option(options, code)) {
                misfits.push(Misfit::at(place.told(), AnswerFault::NotAnOption));
            }
        }
    }
    misfits
}

/// What a rule looks at: the answers that it names, the item that it stands in, the day.
fn data(
    rule: &Rule,
    definition: &Definition,
    answers: &Value,
    place: &Place,
    today: Date,
) -> Value {
    let mut data = json!({ "$today": today.to_string() });
    let item = place.item();
    if let Some(item) = &item {
        data["$index"] = json!(item.index());
    }
    for used in rule.uses() {
        let Some(field) = definition.field(used) else {
            continue;
        };
        let found = match (&field.repeat, &item) {
            (Some(list), Some(item)) => {
                let rest = &used[list.len() + 1..];
                let value = item.get(answers).and_then(|it| below(it, rest));
                value.map(|value| (format!("$item.{rest}"), value))
            }
            _ => below(answers, used).map(|value| (used.clone(), value)),
        };
        if let Some((path, value)) = found {
            put(&mut data, &path, value.clone());
        }
    }
    data
}

/// What stands at a path, outside of repeating groups.
pub(super) fn below<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get(name))
}

fn put(data: &mut Value, path: &str, value: Value) {
    let place = path.split('.').fold(data, |place, name| &mut place[name]);
    *place = value;
}

/// One fault of a validator in our words.
fn told(definition: &Definition, error: &jsonschema::ValidationError<'_>) -> Vec<Misfit> {
    use jsonschema::error::ValidationErrorKind as Kind;
    let pointer = error.instance_path().to_string();
    let path: Vec<String> = (pointer.split('/').skip(1))
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    let beside = |name: &str| [&path[..], &[name.to_owned()]].concat();
    let fault = match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            return vec![Misfit::at(beside(name), AnswerFault::Missing)];
        }
        Kind::AdditionalProperties { unexpected } => {
            let strange = unexpected.iter().take(TOLD);
            let told = strange.map(|it| Misfit::at(beside(it), AnswerFault::UnknownField));
            return told.collect();
        }
        Kind::Type { .. } => {
            let names = path.iter().filter(|it| it.parse::<usize>().is_err());
            let names: Vec<&str> = names.map(String::as_str).collect();
            let field = definition.field(&names.join("."));
            AnswerFault::WrongType(field.map_or("object", |it| it.kind.as_str()))
        }
        Kind::Enum { .. } => AnswerFault::NotAnOption,
        Kind::MaxLength { .. } | Kind::MinLength { .. } => AnswerFault::WrongLength,
        Kind::MaxItems { .. } | Kind::MinItems { .. } | Kind::UniqueItems => {
            AnswerFault::WrongCount
        }
        Kind::Minimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. }
        | Kind::MultipleOf { .. } => AnswerFault::OutOfRange,
        _ => AnswerFault::WrongFormat,
    };
    vec![Misfit::at(path, fault)]
}

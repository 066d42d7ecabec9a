//! What the rules of a form do to its fields, and the order in which they are to be asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::field::Field;
use super::flaw::{Fault, Reading, shortened};
use super::is_smaller;
use super::logic::{self, Rule};
use crate::kernel::Text;

/// The rules of one field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldRules {
    /// It is asked only when this holds; an answer to what is not asked is dropped.
    pub visible: Option<Rule>,
    /// It must be answered when this holds.
    pub required: Option<Rule>,
    /// Its answer comes from here and from nowhere else.
    pub computed: Option<Rule>,
    pub checks: Vec<Check>,
}

/// A condition on an answer, and what is said when it does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub rule: Rule,
    pub message: Text,
}

const MOST_CHECKS: usize = 10;
/// All rules of a form together.
const ALL_RULES: usize = 64 * 1024;
const MOST_DEPENDENCIES: usize = 20_000;

pub(super) fn read(
    reading: &mut Reading,
    given: &Value,
    fields: &HashMap<&str, &Field>,
) -> HashMap<String, FieldRules> {
    let mut rules = HashMap::new();
    if !is_smaller(given, ALL_RULES) {
        reading.refuse(Fault::TooLong(ALL_RULES));
        return rules;
    }
    let Some(given) = reading.object(given) else {
        return rules;
    };
    for (path, given) in given {
        reading.at(path, |reading| match fields.get(path.as_str()) {
            None => reading.refuse(Fault::UnknownField(shortened(path))),
            Some(field) => {
                if let Some(given) = reading.object(given) {
                    rules.insert(path.clone(), of_field(reading, given, field, fields));
                }
            }
        });
    }
    rules
}

fn of_field(
    reading: &mut Reading,
    given: &Map<String, Value>,
    field: &Field,
    fields: &HashMap<&str, &Field>,
) -> FieldRules {
    reading.only(given, &["visible", "required", "computed", "checks"]);
    let mut rule = |key: &str| {
        let source = given.get(key)?;
        reading.at(key, |reading| logic::read(reading, source, field, fields))
    };
    let mut rules = FieldRules {
        visible: rule("visible"),
        required: rule("required"),
        computed: rule("computed"),
        checks: Vec::new(),
    };
    if rules.computed.is_some() && !field.fields().is_empty() {
        reading.refuse_at("computed", Fault::BadValue);
    }
    let Some(checks) = given.get("checks") else {
        return rules;
    };
    reading.at("checks", |reading| {
        for (at, check) in reading.list(checks, MOST_CHECKS).iter().enumerate() {
            reading.at(at, |reading| {
                let Some(check) = reading.object(check) else {
                    return;
                };
                reading.only(check, &["rule", "message"]);
                let message = message(reading, check.get("message"));
                let source = check.get("rule").unwrap_or(&Value::Null);
                let rule = reading.at("rule", |reading| {
                    logic::read(reading, source, field, fields)
                });
                rules
                    .checks
                    .extend(rule.map(|rule| Check { rule, message }));
            });
        }
    });
    rules
}

/// What is said, by language.
fn message(reading: &mut Reading, given: Option<&Value>) -> Text {
    let mut message = Text::default();
    reading.at("message", |reading| {
        let texts = given.and_then(|given| reading.object(given));
        for (language, text) in texts.into_iter().flatten() {
            if let Some(text) = reading.at(language, |reading| reading.text(text, 500)) {
                message.0.insert(language.clone(), text.to_owned());
            }
        }
        if message.0.is_empty() {
            reading.refuse(Fault::WrongType("{ language: string }"));
        }
    });
    message
}

/// The paths of all fields, each after those that its rules depend on.
pub(super) fn steps(
    reading: &mut Reading,
    fields: &[&Field],
    rules: &HashMap<String, FieldRules>,
) -> Vec<String> {
    let places: BTreeMap<&str, usize> = (fields.iter().enumerate())
        .map(|(at, field)| (field.path.as_str(), at))
        .collect();
    let mut waits_for: Vec<BTreeSet<usize>> = Vec::with_capacity(fields.len());
    let mut dependencies = 0;
    for field in fields {
        let mut before = BTreeSet::new();
        if let Some((parent, _)) = field.path.rsplit_once('.') {
            before.extend(places.get(parent));
        }
        let of_field = rules.get(&field.path);
        let decides = of_field.map(|it| [it.visible.as_ref(), it.computed.as_ref()]);
        for used in decides.into_iter().flatten().flatten().flat_map(Rule::uses) {
            let inside = format!("{used}.");
            let below = places.range(used.as_str()..);
            // A field's own path sorts before those inside it, with nothing but its longer namesakes between.
            let below = below.take_while(|(path, _)| path.starts_with(used.as_str()));
            let below = below.filter(|(path, _)| **path == used || path.starts_with(&inside));
            before.extend(below.map(|(_, at)| *at));
            if dependencies + before.len() > MOST_DEPENDENCIES {
                reading.refuse_at("rules", Fault::TooMany(MOST_DEPENDENCIES));
                return Vec::new();
            }
        }
        dependencies += before.len();
        waits_for.push(before);
    }
    in_order(reading, fields, rules, waits_for)
}

fn in_order(
    reading: &mut Reading,
    fields: &[&Field],
    rules: &HashMap<String, FieldRules>,
    mut waits_for: Vec<BTreeSet<usize>>,
) -> Vec<String> {
    let mut frees: Vec<Vec<usize>> = vec![Vec::new(); fields.len()];
    for (at, before) in waits_for.iter().enumerate() {
        for other in before {
            frees[*other].push(at);
        }
    }
    let mut ready: Vec<usize> = (0..fields.len())
        .rev()
        .filter(|at| waits_for[*at].is_empty())
        .collect();
    let mut steps = Vec::with_capacity(fields.len());
    let mut done = vec![false; fields.len()];
    while let Some(at) = ready.pop() {
        done[at] = true;
        steps.push(fields[at].path.clone());
        for freed in &frees[at] {
            waits_for[*freed].remove(&at);
            if waits_for[*freed].is_empty() {
                ready.push(*freed);
            }
        }
    }
    for (at, field) in fields.iter().enumerate() {
        let decided = rules
            .get(&field.path)
            .is_some_and(|it| it.visible.is_some() || it.computed.is_some());
        if !done[at] && decided {
            reading.at("rules", |reading| {
                reading.refuse_at(&field.path, Fault::Circular);
            });
        }
    }
    steps
}

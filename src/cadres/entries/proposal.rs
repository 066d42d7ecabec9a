//! What an admin proposes to make of an entry, and what would become of it by its rules. No SQL.

use chrono::Datelike;
use regex::RegexBuilder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::refusal::{EntryObjection, EntryRefusal};
use crate::cadres::{CodeLists, DEPARTURE_REASON, IDENTIFIER_TYPE, LEAVE_TYPE, RECLASSIFICATION};
use crate::kernel::{Date, LabelFlaw, Reason, Text};

/// Reasons that the register itself gives when it ends a posting.
const OWN_REASONS: [&str; 2] = ["transfer", RECLASSIFICATION];
/// What a departure is, for turnover.
const EXIT_GROUPS: [&str; 3] = ["voluntary", "involuntary", "not_an_exit"];
/// So many bytes may a compiled pattern of identifiers have.
const MOST_PATTERN: usize = 100_000;

/// By what an entry is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryName {
    pub list: String,
    pub code: String,
}

/// All of an entry that a change may touch.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryState {
    pub label: Text,
    pub attributes: Map<String, Value>,
    pub place: Option<i16>,
    pub retired_on: Option<Date>,
}

impl EntryState {
    pub(super) fn of(lists: &CodeLists, name: &EntryName) -> Option<Self> {
        let entry = lists.find(&name.list, &name.code)?;
        let card = lists.card(&name.list, &name.code)?;
        Some(Self {
            label: entry.label.clone(),
            attributes: entry.attributes.clone(),
            place: card.place,
            retired_on: card.retired_on,
        })
    }
}

/// An entry to add. A list that there is not begins with it.
#[derive(Clone, Debug)]
pub struct AddEntry {
    pub name: EntryName,
    pub label: Text,
    pub attributes: Value,
    pub place: Option<i32>,
}

/// An entry to be labelled, placed or described anew. What is absent stays.
#[derive(Clone, Debug)]
pub struct ChangeEntry {
    pub name: EntryName,
    pub base_version: i32,
    pub label: Option<Text>,
    pub attributes: Option<Value>,
    /// `Some(None)` puts it behind those that have a place.
    pub place: Option<Option<i32>>,
}

/// An entry that no new record may name from a day on; without a day it may be named again.
#[derive(Clone, Debug)]
pub struct RetireEntry {
    pub name: EntryName,
    pub base_version: i32,
    pub from: Option<Date>,
}

#[derive(Clone, Debug)]
pub enum EntryProposal {
    Add(AddEntry),
    Change(ChangeEntry),
    Retire(RetireEntry),
}

impl EntryProposal {
    #[must_use]
    pub fn name(&self) -> &EntryName {
        match self {
            EntryProposal::Add(it) => &it.name,
            EntryProposal::Change(it) => &it.name,
            EntryProposal::Retire(it) => &it.name,
        }
    }

    /// What would become of the entry, which stands so at a version.
    pub(super) fn decide(
        &self,
        before: Option<&EntryState>,
        version: i32,
        languages: &[String],
    ) -> Result<EntryState, Vec<EntryRefusal>> {
        let name = self.name();
        let base = match self {
            EntryProposal::Add(it) => return it.decide(before, languages),
            EntryProposal::Change(it) => it.base_version,
            EntryProposal::Retire(it) => it.base_version,
        };
        let Some(before) = before else {
            return Err(vec![EntryObjection::EntryNotFound.at(&["code"])]);
        };
        if base != version {
            return Err(vec![EntryObjection::Stale(base).at(&["baseVersion"])]);
        }
        let mut refusals = Vec::new();
        let after = match self {
            EntryProposal::Change(it) => EntryState {
                label: it.label.clone().unwrap_or_else(|| before.label.clone()),
                attributes: match &it.attributes {
                    None => before.attributes.clone(),
                    Some(given) => attributes(name, given, &mut refusals),
                },
                place: match it.place {
                    None => before.place,
                    Some(given) => place(given, &mut refusals),
                },
                retired_on: before.retired_on,
            },
            EntryProposal::Retire(it) => EntryState {
                retired_on: it.from,
                ..before.clone()
            },
            EntryProposal::Add(_) => unreachable!("it was decided above"),
        };
        if after.label != before.label {
            label(&after.label, languages, &mut refusals);
        }
        if let EntryProposal::Retire(it) = self {
            it.check(before, &mut refusals);
        }
        if refusals.is_empty() && after == *before {
            refusals.push(EntryObjection::NothingChanges.at(&[]));
        }
        if refusals.is_empty() {
            Ok(after)
        } else {
            Err(refusals)
        }
    }
}

impl AddEntry {
    fn decide(
        &self,
        before: Option<&EntryState>,
        languages: &[String],
    ) -> Result<EntryState, Vec<EntryRefusal>> {
        let mut refusals = Vec::new();
        if !is_code(&self.name.list) || self.name.list.contains('.') {
            refusals.push(EntryObjection::InvalidCode.at(&["list"]));
        }
        if !is_code(&self.name.code) {
            refusals.push(EntryObjection::InvalidCode.at(&["code"]));
        } else if before.is_some() {
            let taken = EntryObjection::CodeTaken(self.name.code.clone());
            refusals.push(taken.at(&["code"]));
        }
        label(&self.label, languages, &mut refusals);
        let after = EntryState {
            label: self.label.clone(),
            attributes: attributes(&self.name, &self.attributes, &mut refusals),
            place: place(self.place, &mut refusals),
            retired_on: None,
        };
        if refusals.is_empty() {
            Ok(after)
        } else {
            Err(refusals)
        }
    }
}

impl RetireEntry {
    fn check(&self, before: &EntryState, refusals: &mut Vec<EntryRefusal>) {
        let Some(from) = self.from else {
            return;
        };
        if !(1900..=2200).contains(&from.year()) {
            refusals.push(EntryObjection::InvalidDate.at(&["from"]));
        }
        if let Some(day) = before.retired_on.filter(|day| *day != from) {
            refusals.push(EntryObjection::AlreadyRetired(day).at(&["code"]));
        }
        if self.name.list == DEPARTURE_REASON && OWN_REASONS.contains(&self.name.code.as_str()) {
            let needed = EntryObjection::NeededByTheRegister(self.name.code.clone());
            refusals.push(needed.at(&["code"]));
        }
    }
}

fn is_code(code: &str) -> bool {
    let mut characters = code.chars();
    code.len() <= 40
        && characters.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// A label in the country's first language at least, and in none that it does not write in.
fn label(label: &Text, languages: &[String], refusals: &mut Vec<EntryRefusal>) {
    let objection = match label.label_flaw(languages) {
        None => return,
        Some(LabelFlaw::NoLabel) => EntryObjection::InvalidLabel,
        Some(LabelFlaw::Foreign(language)) => EntryObjection::ForeignLanguage(language),
        Some(LabelFlaw::Missing(language)) => EntryObjection::MissingLanguage(language),
    };
    refusals.push(objection.at(&["labels"]));
}

fn place(given: Option<i32>, refusals: &mut Vec<EntryRefusal>) -> Option<i16> {
    let place = i16::try_from(given?).ok().filter(|it| *it >= 1);
    if place.is_none() {
        refusals.push(EntryObjection::InvalidPlace.at(&["place"]));
    }
    place
}

/// What the list says of its entries: of a departure reason what it is for turnover, of a type of identifier how the
/// numbers are written, of a type of leave how many working days a year there are and how many go over, of any other short
/// texts, numbers and yes or no.
fn attributes(
    name: &EntryName,
    given: &Value,
    refusals: &mut Vec<EntryRefusal>,
) -> Map<String, Value> {
    let mut wrong = |what: &str| {
        let invalid = EntryObjection::InvalidAttribute(what.to_owned());
        refusals.push(invalid.at(&["attributes"]));
    };
    let Value::Object(attributes) = given else {
        if !given.is_null() {
            wrong("attributes");
        }
        return Map::new();
    };
    if attributes.len() > 20 {
        wrong("attributes");
        return Map::new();
    }
    for (key, value) in attributes {
        let is_fit = match (name.list.as_str(), key.as_str(), value) {
            (DEPARTURE_REASON, "exit_group", Value::String(group)) => {
                EXIT_GROUPS.contains(&group.as_str())
            }
            (IDENTIFIER_TYPE, "pattern", Value::String(pattern)) => is_pattern(pattern),
            (LEAVE_TYPE, "days" | "carry_over", Value::Number(days)) => {
                days.as_u64().is_some_and(|days| days <= 366)
            }
            (DEPARTURE_REASON, "exit_group", _)
            | (IDENTIFIER_TYPE, "pattern", _)
            | (LEAVE_TYPE, "days" | "carry_over", _)
            | (_, _, Value::Null | Value::Array(_) | Value::Object(_)) => false,
            (_, _, Value::String(text)) => {
                text.chars().count() <= 500 && !text.chars().any(char::is_control)
            }
            (_, _, Value::Number(_) | Value::Bool(_)) => true,
        };
        // The labels stand beside the attributes where the configuration is written.
        if !is_fit || !is_code(key) || key == "label" {
            let shown: String = key.chars().filter(|it| !it.is_control()).take(40).collect();
            wrong(&shown);
        }
    }
    attributes.clone()
}

fn is_pattern(pattern: &str) -> bool {
    pattern.len() <= 200
        && RegexBuilder::new(&format!("^(?:{pattern})$"))
            .size_limit(MOST_PATTERN)
            .build()
            .is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(list: &str, given: &Value) -> bool {
        let name = EntryName {
            list: list.to_owned(),
            code: "x".to_owned(),
        };
        let mut refusals = Vec::new();
        attributes(&name, given, &mut refusals);
        !refusals.is_empty()
    }

    #[test]
    fn attributes_are_what_the_list_says_of_its_entries() {
        for (list, given) in [
            (DEPARTURE_REASON, json!({ "exit_group": "voluntary" })),
            (IDENTIFIER_TYPE, json!({ "pattern": "[0-9]{6}[A-Z]" })),
            (LEAVE_TYPE, json!({ "days": 20, "carry_over": 0 })),
            (
                "leave",
                json!({ "days": 30, "is_paid": true, "note": "a year" }),
            ),
            ("leave", Value::Null),
        ] {
            assert!(!refused(list, &given), "{list} {given}");
        }
        for (list, given) in [
            (DEPARTURE_REASON, json!({ "exit_group": "whatever" })),
            (DEPARTURE_REASON, json!({ "exit_group": 1 })),
            (IDENTIFIER_TYPE, json!({ "pattern": "[0-9" })),
            (LEAVE_TYPE, json!({ "days": 367 })),
            (LEAVE_TYPE, json!({ "days": "twenty" })),
            (LEAVE_TYPE, json!({ "carry_over": -1 })),
            (
                IDENTIFIER_TYPE,
                json!({ "pattern": "((a{999}){999}){999}" }),
            ),
            ("leave", json!({ "deep": { "er": 1 } })),
            ("leave", json!({ "label": "x" })),
            ("leave", json!({ "a b": 1 })),
            ("leave", json!({ "note": "x".repeat(501) })),
            ("leave", json!(["days"])),
        ] {
            assert!(refused(list, &given), "{list} {given}");
        }
    }
}

//! How a form changes: what differs between two versions, how grave it is, and how answers are carried over.

mod carry;
mod compare;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) use carry::put;
pub use carry::{Carried, carry};
pub use compare::compare;

use super::definition::{Definition, FieldKind};

/// How grave a change is; the gravest of a version's changes is the version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeClass {
    /// Words and layout.
    Cosmetic,
    /// Every answer so far would be one still.
    Compatible,
    /// Some answers so far would be none any more.
    Narrowing,
    /// Answers so far have no place, or another meaning.
    Breaking,
}

impl ChangeClass {
    pub const ALL: [ChangeClass; 4] = [
        ChangeClass::Cosmetic,
        ChangeClass::Compatible,
        ChangeClass::Narrowing,
        ChangeClass::Breaking,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeClass::Cosmetic => "cosmetic",
            ChangeClass::Compatible => "compatible",
            ChangeClass::Narrowing => "narrowing",
            ChangeClass::Breaking => "breaking",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    FieldAdded,
    FieldRemoved,
    TypeChanged,
    OptionAdded,
    OptionRemoved,
    /// Options come from somewhere else.
    OptionsMoved,
    LimitWidened,
    LimitNarrowed,
    RequiredAdded,
    RequiredRemoved,
    SensitivityRaised,
    SensitivityLowered,
    UnitChanged,
    RuleAdded,
    RuleChanged,
    RuleRemoved,
    DefaultChanged,
    TextChanged,
    LayoutChanged,
}

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The path of the field; empty for the form as a whole.
    pub path: String,
    pub kind: ChangeKind,
    pub class: ChangeClass,
    pub before: Value,
    pub after: Value,
}

/// Where the answers to a field go in the next version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapped {
    pub from: String,
    /// Absent: nowhere; they stay readable in their own version.
    pub to: Option<String>,
    /// What single values become; others stay as they are.
    pub values: BTreeMap<String, String>,
}

/// The gravest of some changes.
#[must_use]
pub fn gravest(changes: &[Change]) -> ChangeClass {
    let classes = changes.iter().map(|it| it.class);
    classes.max().unwrap_or(ChangeClass::Cosmetic)
}

/// The fields whose answers need to be told where to go: breaking changes of what holds a value.
#[must_use]
pub fn to_be_mapped<'c>(old: &Definition, changes: &'c [Change]) -> Vec<&'c str> {
    let mut paths: Vec<&str> = Vec::new();
    for change in changes
        .iter()
        .filter(|it| it.class == ChangeClass::Breaking)
    {
        let holds_a_value = old.field(&change.path).is_some_and(|field| {
            !matches!(field.kind, FieldKind::Group(_) | FieldKind::Repeat { .. })
        });
        if holds_a_value && !paths.contains(&change.path.as_str()) {
            paths.push(&change.path);
        }
    }
    paths
}

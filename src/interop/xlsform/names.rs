//! The questions of a form, as expressions call them and as rules do.

use std::collections::BTreeMap;

use super::xpath::Puzzle;
use crate::forms::{Definition, Field, FieldKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::interop) enum Kind {
    Text,
    Date,
    Number,
    Boolean,
    Choice,
    Choices,
    Group,
    Repeat,
}

impl Kind {
    /// Whether an empty answer is nothing, and nothing else is.
    pub fn is_blank_when_false(self) -> bool {
        !matches!(self, Kind::Number | Kind::Boolean)
    }
}

impl From<&FieldKind> for Kind {
    fn from(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Text { .. } | FieldKind::Email | FieldKind::File { .. } => Kind::Text,
            FieldKind::Date => Kind::Date,
            FieldKind::Number { .. } => Kind::Number,
            FieldKind::Boolean => Kind::Boolean,
            FieldKind::Choice(_) => Kind::Choice,
            FieldKind::Choices { .. } => Kind::Choices,
            FieldKind::Group(_) => Kind::Group,
            FieldKind::Repeat { .. } => Kind::Repeat,
        }
    }
}

#[derive(Clone, Debug)]
pub(in crate::interop) struct Known {
    /// What expressions call it.
    pub called: String,
    pub path: String,
    pub kind: Kind,
    /// Of a number: whether it has no fraction.
    pub whole: bool,
    /// The innermost repeating group around it.
    pub repeat: Option<String>,
}

impl From<&Field> for Known {
    fn from(field: &Field) -> Self {
        Self {
            called: field.name.clone(),
            path: field.path.clone(),
            kind: Kind::from(&field.kind),
            whole: matches!(field.kind, FieldKind::Number { whole: true, .. }),
            repeat: field.repeat.clone(),
        }
    }
}

/// All questions of a form, by path.
#[derive(Clone, Debug, Default)]
pub(in crate::interop) struct Names(BTreeMap<String, Known>);

impl From<&Definition> for Names {
    fn from(definition: &Definition) -> Self {
        definition
            .all_fields()
            .into_iter()
            .map(Known::from)
            .collect()
    }
}

impl FromIterator<Known> for Names {
    fn from_iter<I: IntoIterator<Item = Known>>(all: I) -> Self {
        Self(all.into_iter().map(|it| (it.path.clone(), it)).collect())
    }
}

impl Names {
    pub fn at(&self, path: &str) -> Option<&Known> {
        self.0.get(path)
    }

    /// The question that `${called}` means.
    pub fn called(&self, called: &str) -> Result<&Known, Puzzle> {
        let mut found = self.0.values().filter(|it| it.called == called);
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(Puzzle::OutOfReach(called.to_owned())),
            (None, _) => Err(Puzzle::Question(called.chars().take(60).collect())),
        }
    }
}

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(in crate::interop) struct Scope<'n> {
    pub names: &'n Names,
    /// What `.` is.
    pub owner: &'n Known,
}

impl<'n> Scope<'n> {
    /// How a rule of the owner names a question.
    pub fn reference(&self, known: &Known) -> Result<String, Puzzle> {
        let own = self.owner.repeat.as_deref();
        let reference = match known.repeat.as_deref() {
            // An item that looked at a whole list would make every item cost all of them.
            None if own.is_none() || known.kind != Kind::Repeat => Some(known.path.clone()),
            Some(list) if own == Some(list) => Some(format!("$item{}", &known.path[list.len()..])),
            _ => None,
        };
        let reference = reference.filter(|_| known.kind != Kind::Group);
        reference.ok_or_else(|| Puzzle::OutOfReach(known.called.clone()))
    }

    /// The question that a rule of the owner names.
    pub fn named(&self, name: &str) -> Option<&'n Known> {
        match (name.strip_prefix("$item."), &self.owner.repeat) {
            (Some(rest), Some(list)) => self.names.at(&format!("{list}.{rest}")),
            _ => self.names.at(name),
        }
    }

    /// The question that stands at a place inside the items of a list.
    pub fn part(&self, list: &str, part: &str) -> Option<&'n Known> {
        let known = self.names.at(&format!("{list}.{part}"))?;
        let is_value = !matches!(known.kind, Kind::Group | Kind::Repeat);
        (is_value && known.repeat.as_deref() == Some(list)).then_some(known)
    }
}

//! The fields of a form, read from its schema.

use serde_json::Value;

use crate::kernel::{MediaType, Text};

/// One question, or a group of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    /// The names from the top, joined by points; those of a repeating group's items stand below it: `children.age`.
    pub path: String,
    pub kind: FieldKind,
    pub required: bool,
    /// Tells of a person: read, filtered and counted with the permission for it alone.
    pub personal: bool,
    pub title: Text,
    pub description: Text,
    /// What a number counts: `km`, `TZS`.
    pub unit: Option<String>,
    pub default: Option<Value>,
    /// The innermost repeating group around it.
    pub repeat: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    Text {
        shortest: u64,
        longest: u64,
        pattern: Option<String>,
    },
    Date,
    Email,
    Number {
        whole: bool,
        range: Range,
    },
    Boolean,
    /// One of the options.
    Choice(Options),
    /// Several of the options.
    Choices {
        options: Options,
        fewest: u64,
        most: u64,
    },
    /// The id of a file that was sent before.
    File {
        largest: u64,
        types: Vec<MediaType>,
    },
    Group(Vec<Field>),
    Repeat {
        fields: Vec<Field>,
        fewest: u64,
        most: u64,
    },
}

impl FieldKind {
    /// The name in messages and comparisons.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            FieldKind::Text { .. } => "text",
            FieldKind::Date => "date",
            FieldKind::Email => "email",
            FieldKind::Number { whole: true, .. } => "integer",
            FieldKind::Number { whole: false, .. } => "number",
            FieldKind::Boolean => "boolean",
            FieldKind::Choice(_) => "choice",
            FieldKind::Choices { .. } => "choices",
            FieldKind::File { .. } => "file",
            FieldKind::Group(_) => "group",
            FieldKind::Repeat { .. } => "repeat",
        }
    }
}

/// The bounds of a number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    pub least: Option<f64>,
    pub most: Option<f64>,
    pub above: Option<f64>,
    pub below: Option<f64>,
    pub multiple_of: Option<f64>,
}

/// Where the options of a choice come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Options {
    Listed(Vec<Choice>),
    /// One of the country's code lists.
    CodeList(String),
    /// The country's cadres, by code.
    Cadres,
}

/// An option that a form lists itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub code: String,
    pub title: Text,
}

impl Field {
    /// What stands directly in it.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match &self.kind {
            FieldKind::Group(fields) | FieldKind::Repeat { fields, .. } => fields,
            _ => &[],
        }
    }

    #[must_use]
    pub fn options(&self) -> Option<&Options> {
        match &self.kind {
            FieldKind::Choice(options) | FieldKind::Choices { options, .. } => Some(options),
            _ => None,
        }
    }

    /// Whether an answer to it is one value, which can be filtered by: not a group, not inside a repeating one.
    #[must_use]
    pub fn is_filterable(&self) -> bool {
        let is_group = matches!(self.kind, FieldKind::Group(_) | FieldKind::Repeat { .. });
        !is_group && self.repeat.is_none()
    }

    /// Whether every answer falls in exactly one class.
    #[must_use]
    pub fn is_countable(&self) -> bool {
        let classes = matches!(self.kind, FieldKind::Choice(_) | FieldKind::Boolean);
        classes && self.repeat.is_none()
    }
}

/// All fields of a tree, each before those inside it.
pub fn flattened(fields: &[Field]) -> Vec<&Field> {
    let mut all = Vec::new();
    let mut waiting: Vec<&Field> = fields.iter().rev().collect();
    while let Some(field) = waiting.pop() {
        all.push(field);
        waiting.extend(field.fields().iter().rev());
    }
    all
}

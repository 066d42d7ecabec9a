//! A form's definition: one JSON document of a schema, a layout and rules, read with the place of every fault.
//!
//! ```json
//! { "schema": { "type": "object", "properties": { "ward": { "type": "string", "title": "Ward" } } },
//!   "ui": { "type": "VerticalLayout", "elements": [{ "type": "Control", "scope": "#/properties/ward" }] },
//!   "rules": { "ward": { "required": { "==": [{ "var": "placed" }, true] } } } }
//! ```
//!
//! The schema is a closed subset of JSON Schema 2020-12: no references, no conditions (rules have those), every list and
//! text bounded, so that neither reading a definition nor checking an answer can be made to cost much. Reading stops at
//! the budget: size and nesting are measured before anything else is looked at.

mod closed;
mod field;
mod file;
mod flaw;
mod kinds;
mod logic;
mod rules;
mod schema;
mod ui;
mod words;

use std::collections::HashMap;
use std::io::Write;

use serde_json::{Map, Value, json};

pub use field::{Choice, Field, FieldKind, Options, Range};
pub use flaw::{Fault, Flaw};
pub(in crate::forms) use kinds::validator_options;
pub use logic::{Rule, is_true};
pub use rules::FieldRules;

use field::flattened;
use flaw::Reading;

/// The budgets of a definition.
pub const LARGEST: usize = 256 * 1024;
pub const DEEPEST: usize = 20;
pub const LONGEST_RULE: usize = 4 * 1024;
const MOST_FIELDS: usize = 500;
const MOST_PATTERNS: usize = 50;

/// A definition without faults.
#[derive(Clone, Debug)]
pub struct Definition {
    source: Value,
    fields: Vec<Field>,
    rules: HashMap<String, FieldRules>,
    steps: Vec<String>,
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// All its faults, each with its place; a hundred at most.
    pub fn read(source: &Value) -> Result<Self, Vec<Flaw>> {
        let mut reading = Reading::default();
        if !is_within(source, DEEPEST) {
            reading.refuse(Fault::NestedTooDeep(DEEPEST));
            return Err(reading.flaws);
        }
        if !is_smaller(source, LARGEST) {
            reading.refuse(Fault::TooLong(LARGEST));
            return Err(reading.flaws);
        }
        let Some(parts) = reading.object(source) else {
            return Err(reading.flaws);
        };
        reading.only(parts, &["schema", "ui", "rules"]);
        let empty = Value::Object(Map::new());
        let schema = parts.get("schema").unwrap_or(&Value::Null);
        let fields = reading.at("schema", |reading| schema::read(reading, schema));
        let all = flattened(&fields);
        let by_path: HashMap<&str, &Field> = all.iter().map(|it| (it.path.as_str(), *it)).collect();
        let rules = parts.get("rules").unwrap_or(&empty);
        let rules = reading.at("rules", |reading| rules::read(reading, rules, &by_path));
        let steps = rules::steps(&mut reading, &all, &rules);
        if let Some(layout) = parts.get("ui") {
            reading.at("ui", |reading| ui::read(reading, layout, &by_path));
        }
        if reading.flaws.is_empty() {
            Ok(Self {
                source: source.clone(),
                fields,
                rules,
                steps,
            })
        } else {
            Err(reading.flaws)
        }
    }

    /// The document as it was written.
    #[must_use]
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// The fields at the top.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Every field, each before those inside it.
    #[must_use]
    pub fn all_fields(&self) -> Vec<&Field> {
        flattened(&self.fields)
    }

    #[must_use]
    pub fn field(&self, path: &str) -> Option<&Field> {
        let mut fields = &self.fields[..];
        let mut found = None;
        for name in path.split('.') {
            let field = fields.iter().find(|it| it.name == name)?;
            fields = field.fields();
            found = Some(field);
        }
        found
    }

    #[must_use]
    pub fn rules(&self, path: &str) -> Option<&FieldRules> {
        self.rules.get(path)
    }

    /// The paths of all fields, each after those that its rules depend on.
    #[must_use]
    pub fn steps(&self) -> &[String] {
        &self.steps
    }

    /// The code lists that options come from.
    #[must_use]
    pub fn code_lists(&self) -> Vec<(&str, &str)> {
        let named = self.all_fields().into_iter().filter_map(|it| {
            let Some(Options::CodeList(list)) = it.options() else {
                return None;
            };
            Some((it.path.as_str(), list.as_str()))
        });
        named.collect()
    }

    /// The schema that answers are checked by; `complete` demands what is required.
    #[must_use]
    pub fn validating(&self, complete: bool) -> Value {
        let mut schema = closed::closed(&self.fields, complete);
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema
    }
}

/// Whether a value is no longer as JSON; writes no further than that.
#[must_use]
pub fn is_smaller(value: &Value, bytes: usize) -> bool {
    struct Measure(usize);
    impl Write for Measure {
        fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
            match self.0.checked_sub(part.len()) {
                Some(left) => self.0 = left,
                None => return Err(std::io::ErrorKind::StorageFull.into()),
            }
            Ok(part.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Measure(bytes), value).is_ok()
}

/// Whether a value nests no deeper; does not follow it further.
#[must_use]
pub fn is_within(value: &Value, levels: usize) -> bool {
    let Some(below) = levels.checked_sub(1) else {
        return false;
    };
    match value {
        Value::Array(items) => items.iter().all(|it| is_within(it, below)),
        Value::Object(parts) => parts.values().all(|it| is_within(it, below)),
        _ => true,
    }
}

//! What became of a record after a version that somebody saw, read back from the ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Recorded;

/// The changed fields of a record: `{"version": 3, "fields": {"birthDate": {"from": null, "to": "1980-02-01"}}}`.
#[derive(Debug, Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Notes a field whose value differs.
    pub fn note(&mut self, name: impl Into<String>, from: Value, to: Value) {
        if from != to {
            let values = [("from".to_owned(), from), ("to".to_owned(), to)];
            self.0
                .insert(name.into(), Value::Object(values.into_iter().collect()));
        }
    }

    /// Notes what differs between two states, described field by field in one order; without a former one, all of it.
    pub fn compare<const N: usize>(
        &mut self,
        before: Option<[(&str, Value); N]>,
        after: [(&str, Value); N],
    ) {
        let mut before = before;
        for (at, (name, to)) in after.into_iter().enumerate() {
            let from = before.as_mut().map_or(Value::Null, |it| it[at].1.take());
            self.note(name, from, to);
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn into_value(self, version: i32) -> Value {
        let mut change = json!({ "version": version });
        change["fields"] = Value::Object(self.0);
        change
    }
}

/// A field at the caller's version and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedField {
    pub field: String,
    pub base: Value,
    pub current: Value,
}

/// A record that changed since the caller read it, and what differs from what they saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub subject: Uuid,
    pub base_version: i32,
    pub changed: Vec<ChangedField>,
}

/// What changed after a version, from the record's history (newest first). Erased changes cannot tell.
#[must_use]
pub fn since(base_version: i32, history: &[Recorded]) -> Vec<ChangedField> {
    let mut changed: BTreeMap<String, ChangedField> = BTreeMap::new();
    let newest_first = history.iter().filter_map(|row| row.change.as_ref());
    for change in newest_first {
        let version = change.get("version").and_then(Value::as_i64).unwrap_or(0);
        if version <= i64::from(base_version) {
            break;
        }
        for (field, values) in change
            .get("fields")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let entry = changed
                .entry(field.clone())
                .or_insert_with(|| ChangedField {
                    field: field.clone(),
                    base: Value::Null,
                    current: values["to"].clone(),
                });
            entry.base = values["from"].clone();
        }
    }
    changed
        .into_values()
        .filter(|it| it.base != it.current)
        .collect()
}

//! What the ledger says of a record's change: every field that changed, from what to what, and the version it made.
//! Conflicts are read back from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Contact, Identifier, PersonName, Posting, Sex, Worker};
use crate::kernel::{CadreId, Date, FacilityId, Id};
use crate::ledger::Recorded;

type Person<'a> = (&'a PersonName, Sex, Option<Date>);

/// The changed fields of a record: `{"version": 3, "fields": {"birthDate": {"from": null, "to": "1980-02-01"}}}`.
#[derive(Debug, Default)]
pub(super) struct Change(Map<String, Value>);

impl Change {
    fn field(&mut self, name: &str, from: &Value, to: &Value) {
        if from != to {
            let values = json!({ "from": from, "to": to });
            self.0.insert(name.to_owned(), values);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Name, sex and birth date.
    pub(super) fn person(&mut self, from: Option<Person<'_>>, to: Person<'_>) {
        let values = |(name, sex, born): Person<'_>| {
            [
                ("familyName", json!(name.family)),
                ("givenNames", json!(name.given)),
                ("sex", json!(sex)),
                ("birthDate", json!(born)),
            ]
        };
        let from = from.map(values);
        for (at, (name, to)) in values(to).iter().enumerate() {
            let from = from.as_ref().map_or(&Value::Null, |from| &from[at].1);
            self.field(name, from, to);
        }
    }

    pub(super) fn identifiers(&mut self, from: &[Identifier], to: &[Identifier]) {
        let list = |of: &[Identifier]| {
            let entries = of
                .iter()
                .map(|it| json!({ "type": it.type_code, "value": it.value }));
            Value::Array(entries.collect())
        };
        self.field("identifiers", &list(from), &list(to));
    }

    pub(super) fn contacts(&mut self, from: &[Contact], to: &[Contact]) {
        self.field("contacts", &json!(from), &json!(to));
    }

    pub(super) fn posting(&mut self, from: Option<&Posting>, to: &Posting) {
        let name = format!("postings.{}", to.id);
        self.field(&name, &from.map_or(Value::Null, describe), &describe(to));
    }

    pub(super) fn into_value(self, version: i32) -> Value {
        json!({ "version": version, "fields": self.0 })
    }
}

fn describe(posting: &Posting) -> Value {
    json!({
        "facility": FacilityId::encode(posting.facility),
        "cadre": CadreId::encode(posting.cadre),
        "employmentType": posting.employment_type,
        "isPrimary": posting.is_primary,
        "startsOn": posting.starts_on,
        "endsOn": posting.ends_on,
        "endReason": posting.end_reason,
        "supervisor": posting.supervisor.map(FacilityId::encode),
    })
}

/// A record that changed since the caller read it: as it is now, and what differs from what they saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub base_version: i32,
    pub current: Worker,
    pub changed: Vec<ChangedField>,
}

/// A field at the caller's version and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedField {
    pub field: String,
    pub base: Value,
    pub current: Value,
}

/// What changed after a version, from the record's history (newest first). Erased changes cannot tell.
pub(super) fn since(base_version: i32, history: &[Recorded]) -> Vec<ChangedField> {
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

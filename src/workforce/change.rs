//! What the ledger says of a record's change: every field that changed, from what to what, and the version it made.
//! Conflicts are read back from it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Contact, Identifier, Particulars, PersonName, Posting, PostingKind, Sex, Worker};
use crate::kernel::{CadreId, Date, FacilityId, Id, PostId, PostingId, WorkerId};
use crate::ledger::{ChangedField, Fields};

/// How the names of fields begin that tell of conduct, which not everybody may read who reads the record.
pub const CONDUCT: &str = "conduct.";
/// The same of pay.
pub const PAY: &str = "pay.";

pub(super) type Person<'a> = (&'a PersonName, Sex, Option<Date>);

/// The changed fields of a worker's record.
#[derive(Debug, Default)]
pub(super) struct Change(Fields);

impl Change {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Name, sex and birth date.
    pub(super) fn person(&mut self, from: Option<Person<'_>>, to: Person<'_>) {
        self.0
            .compare(from.map(described_person), described_person(to));
    }

    pub(super) fn identifiers(&mut self, from: &[Identifier], to: &[Identifier]) {
        let (from, to) = (described_identifiers(from), described_identifiers(to));
        self.0.note("identifiers", from, to);
    }

    pub(super) fn contacts(&mut self, from: &[Contact], to: &[Contact]) {
        self.0.note("contacts", json!(from), json!(to));
    }

    pub(super) fn particulars(&mut self, from: &Particulars, to: &Particulars) {
        self.0.compare(Some(from.described()), to.described());
    }

    pub(super) fn posting(&mut self, from: Option<&Posting>, to: &Posting) {
        let name = format!("postings.{}", to.id);
        self.0
            .note(name, from.map_or(Value::Null, describe), describe(to));
    }

    /// The post that a posting fills.
    pub(super) fn post(&mut self, posting: PostingId, from: Option<PostId>, to: Option<PostId>) {
        let name = format!("postings.{posting}.post");
        let (from, to) = (from.map(PostId::encode), to.map(PostId::encode));
        self.0.note(name, json!(from), json!(to));
    }

    /// Another record that went into this one, or came back out of it.
    pub(super) fn united(&mut self, gone: WorkerId, is: bool) {
        let id = json!(gone.encode());
        let (from, to) = if is {
            (Value::Null, id)
        } else {
            (id, Value::Null)
        };
        self.0.note(format!("merged.{gone}"), from, to);
    }

    pub(super) fn into_value(self, version: i32) -> Value {
        self.0.into_value(version)
    }
}

/// Who somebody is, field by field.
pub(super) fn described_person((name, sex, born): Person<'_>) -> [(&'static str, Value); 4] {
    [
        ("familyName", json!(name.family)),
        ("givenNames", json!(name.given)),
        ("sex", json!(sex)),
        ("birthDate", json!(born)),
    ]
}

pub(super) fn described_identifiers(identifiers: &[Identifier]) -> Value {
    let entries = identifiers.iter();
    entries
        .map(|it| json!({ "type": it.type_code, "value": it.value }))
        .collect()
}

fn describe(posting: &Posting) -> Value {
    let mut described = json!({
        "facility": FacilityId::encode(posting.facility),
        "cadre": CadreId::encode(posting.cadre),
        "employmentType": posting.employment_type,
        "isPrimary": posting.is_primary,
        "startsOn": posting.starts_on,
        "endsOn": posting.ends_on,
        "endReason": posting.end_reason,
        "supervisor": posting.supervisor.map(FacilityId::encode),
    });
    if posting.kind != PostingKind::Substantive {
        described["kind"] = json!(posting.kind);
    }
    if let Some(grade) = &posting.salary_grade {
        described["salaryGrade"] = json!(grade);
    }
    described
}

/// A record that changed since the caller read it: as it is now, and what differs from what they saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub base_version: i32,
    pub current: Worker,
    pub changed: Vec<ChangedField>,
}

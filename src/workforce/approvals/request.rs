//! A change that waits for a second person: what it is to be, and whether the record is still as it was when somebody
//! asked for it. No SQL, no clock.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FieldGroup;
use crate::kernel::{ChangeRequestId, Fault, Instant, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::conflicts::identifier;
use crate::workforce::correction::CorrectWorker;
use crate::workforce::settle::Standard;
use crate::workforce::{Identifier, Sex};

/// A field with what the record has and what it is to have, as the ledger would tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    pub field: String,
    pub from: Value,
    pub to: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestStatus {
    /// It waits for a decision.
    Open,
    /// The record was given what it asked for.
    Approved,
    Rejected,
    /// Taken back by whoever asked for it.
    Withdrawn,
}

impl RequestStatus {
    pub const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Rejected, Self::Withdrawn];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Corrections of a record that somebody asked for and somebody else decides on. What it asks for never changes.
#[derive(Clone, Debug)]
pub struct ChangeRequest {
    pub id: ChangeRequestId,
    pub worker: WorkerId,
    pub fields: Vec<FieldChange>,
    /// The version of the record that whoever asked for it changed.
    pub base_version: i32,
    pub status: RequestStatus,
    pub requested_by: String,
    pub requested_at: Instant,
    pub act: Option<ActReference>,
    /// Who approved or rejected it, or took it back.
    pub decided_by: Option<String>,
    pub decided_at: Option<Instant>,
    pub comment: Option<String>,
    pub version: i32,
}

/// A field to which somebody else gave another value since a change of it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtaken {
    pub field: String,
    pub from: Value,
    /// What the record has now.
    pub current: Value,
    pub to: Value,
}

impl ChangeRequest {
    #[must_use]
    pub fn groups(&self) -> BTreeSet<FieldGroup> {
        groups(&self.fields)
    }

    /// The fields that are no longer as they were, nor yet as they are to be.
    pub(super) fn overtaken(&self, record: &Standard<'_>) -> Vec<Overtaken> {
        let now = record.described();
        let overtaken = self.fields.iter().filter_map(|it| {
            let (_, current) = now.iter().find(|(field, _)| *field == it.field)?;
            let stands = *current == it.from || *current == it.to;
            (!stands).then(|| Overtaken {
                field: it.field.clone(),
                from: it.from.clone(),
                current: current.clone(),
                to: it.to.clone(),
            })
        });
        overtaken.collect()
    }

    /// The correction that it asks for.
    pub(super) fn correction(&self, record: &Standard<'_>) -> Result<CorrectWorker, Fault> {
        let mut wanted = CorrectWorker::of(record.worker);
        for FieldChange { field, to, .. } in &self.fields {
            let text = || to.as_str().map(str::to_owned);
            match field.as_str() {
                "familyName" => wanted.family_name = text(),
                "givenNames" => wanted.given_names = text(),
                "sex" => wanted.sex = to.as_str().and_then(Sex::parse),
                "birthDate" => wanted.birth_date = Some(serde_json::from_value(to.clone())?),
                "identifiers" => wanted.identifiers = Some(identifiers(to)?),
                "contacts" => wanted.contacts = Some(serde_json::from_value(to.clone())?),
                _ => return Err(Fault::internal("a change of an unknown field")),
            }
        }
        Ok(wanted)
    }
}

pub(super) fn groups(fields: &[FieldChange]) -> BTreeSet<FieldGroup> {
    let of = |it: &FieldChange| FieldGroup::of(&it.field);
    fields.iter().filter_map(of).collect()
}

fn identifiers(list: &Value) -> Result<Vec<Identifier>, Fault> {
    let entries = list.as_array().map_or(&[][..], Vec::as_slice);
    let read: Option<Vec<Identifier>> = entries.iter().map(identifier).collect();
    read.ok_or_else(|| Fault::internal("a number that cannot be read"))
}

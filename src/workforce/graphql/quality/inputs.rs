//! What is given about the quality of records.

use async_graphql::{Enum, ID, InputObject};
use serde::{Deserialize, Serialize};

use crate::graphql::{ActInput, Command, Day, id, optional_id};
use crate::kernel::{Date, Invalid, OrgUnitId};
use crate::workforce::{
    CheckedField, DrawSpotCheck, Finding, QualityFilter, RecordSpotCheck, SpotCheckFilter,
};

/// Whose records; an id or a code that nothing has selects none.
#[derive(Default, InputObject)]
pub struct QualityFilterInput {
    /// Those that are kept in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
}

/// Which spot checks; all conditions hold together.
#[derive(Default, InputObject)]
pub struct SpotCheckFilterInput {
    /// This one.
    check: Option<ID>,
    /// Of this org unit or one below it.
    org_unit: Option<ID>,
    /// Those alone that have records at which nobody has looked yet.
    #[graphql(default)]
    open: bool,
}

/// A part of a record that is compared with the papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[graphql(remote = "CheckedField")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpotCheckField {
    /// The family name.
    FamilyName,
    /// The given names.
    GivenNames,
    /// Sex.
    Sex,
    /// The birth date.
    BirthDate,
    /// The identifiers.
    Identifiers,
    /// Telephones and addresses.
    Contacts,
    /// Where the worker serves.
    Facility,
    /// As what.
    Cadre,
    /// From when to when.
    PostingDates,
}

/// A sample to draw of the records that people entered or corrected.
#[derive(InputObject, Serialize)]
pub struct DrawSpotCheckInput {
    /// The records are drawn from those that are kept in this org unit or below it.
    org_unit: ID,
    /// How many, from 1 to 200; fewer are drawn where there are fewer.
    size: i32,
    /// Whose entries alone, as the ledger names them; absent: everybody's.
    clerk: Option<String>,
    /// The records that were entered or corrected on this day of the country or later.
    changed_since: Day,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What a look at the papers said of a field.
#[derive(InputObject, Serialize)]
pub struct SpotCheckFindingInput {
    /// The field.
    field: SpotCheckField,
    /// Whether the record has it as the papers do.
    is_right: bool,
    /// What the papers say, for a field that is wrong; at most 500 characters. The record itself is corrected by
    /// `correctWorker`.
    right_value: Option<String>,
}

/// What was found in a record of a sample.
#[derive(InputObject, Serialize)]
pub struct RecordSpotCheckInput {
    /// The spot check.
    check: ID,
    /// Whose record.
    worker: ID,
    /// Each field that was looked at.
    fields: Vec<SpotCheckFindingInput>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl QualityFilterInput {
    /// What is asked for.
    ///
    /// # Errors
    /// Bad input for what is no id.
    pub fn read(self) -> Result<QualityFilter, Invalid> {
        Ok(QualityFilter {
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            unit_code: self.org_unit_code,
        })
    }
}

impl SpotCheckFilterInput {
    pub(super) fn read(self) -> Result<SpotCheckFilter, Invalid> {
        Ok(SpotCheckFilter {
            check: optional_id("filter.check", self.check.as_ref())?,
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            open: self.open,
        })
    }
}

/// A sample to draw, but for the chance that decides.
pub struct Drawing {
    unit: OrgUnitId,
    size: i32,
    clerk: Option<String>,
    changed_since: Date,
}

impl Drawing {
    pub(super) fn with(self, seed: i64) -> DrawSpotCheck {
        DrawSpotCheck {
            unit: self.unit,
            size: self.size,
            clerk: self.clerk,
            changed_since: self.changed_since,
            seed,
        }
    }
}

impl Command for DrawSpotCheckInput {
    type Read = Drawing;

    fn read(&self) -> Result<Drawing, Invalid> {
        Ok(Drawing {
            unit: id("input.orgUnit", &self.org_unit)?,
            size: self.size,
            clerk: self.clerk.clone(),
            changed_since: self.changed_since.0,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for RecordSpotCheckInput {
    type Read = RecordSpotCheck;

    fn read(&self) -> Result<RecordSpotCheck, Invalid> {
        let findings = self.fields.iter().map(|it| Finding {
            field: it.field.into(),
            is_right: it.is_right,
            right_value: it.right_value.clone(),
        });
        Ok(RecordSpotCheck {
            check: id("input.check", &self.check)?,
            worker: id("input.worker", &self.worker)?,
            findings: findings.collect(),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

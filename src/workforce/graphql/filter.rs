//! Which workers a list is about, as a filter is given.

use async_graphql::{ID, InputObject};

use super::answers::{AnswerConditionInput, conditions};
use super::objects::{Sex, Status};
use crate::cadres::graphql::WorkerClass;
use crate::graphql::{SectorName, from_json, id, optional_id};
use crate::kernel::{Invalid, Unfit};
use crate::workforce::WorkerFilter;

/// Which workers; all conditions hold together. Conditions on place, cadre and terms are about the postings in force
/// on the day; with the status FORMER, about the last one.
#[derive(Default, InputObject)]
pub struct WorkerFilterInput {
    /// Posted in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// Posted at one of these facilities.
    facilities: Option<Vec<ID>>,
    /// The same by their codes; a code that nothing has selects nobody, here as elsewhere.
    facility_codes: Option<Vec<String>>,
    /// Posted at a facility of one of these types, by code.
    facility_types: Option<Vec<String>>,
    /// Posted under this cadre or any below it.
    cadre: Option<ID>,
    /// The same by the cadre's code.
    cadre_code: Option<String>,
    /// Posted under a cadre of this sector.
    sector: Option<SectorName>,
    /// Posted under a cadre of one of these classes.
    worker_classes: Option<Vec<WorkerClass>>,
    /// Posted on one of these terms, by code.
    employment_types: Option<Vec<String>>,
    /// How they stand on the day; absent: everybody, or the active ones when a condition is about postings.
    status: Option<Status>,
    /// Of this sex.
    sex: Option<Sex>,
    /// Each word begins a part of the name; accents, hyphens and apostrophes do not matter.
    name: Option<String>,
    /// Who answered so to forms about workers, by the newest answers that count.
    answers: Option<Vec<AnswerConditionInput>>,
}

/// A filter that comes outside of GraphQL, as JSON in the shape of `WorkerFilterInput`.
///
/// # Errors
/// Bad input for what is no such filter.
pub fn worker_filter(json: &serde_json::Value) -> Result<WorkerFilter, Invalid> {
    let input: Option<WorkerFilterInput> = from_json(json);
    input
        .ok_or_else(|| Invalid::new("filter", Unfit::NotAFilter))?
        .read()
}

impl WorkerFilterInput {
    /// What is asked for.
    ///
    /// # Errors
    /// Bad input for what is no id.
    pub fn read(self) -> Result<WorkerFilter, Invalid> {
        let facilities = self.facilities.map(|given| {
            let ids = given.iter().map(|it| id("filter.facilities", it));
            ids.collect::<Result<Vec<_>, _>>()
        });
        Ok(WorkerFilter {
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            unit_code: self.org_unit_code,
            facilities: facilities.transpose()?,
            facility_codes: self.facility_codes,
            facility_types: self.facility_types,
            cadre: optional_id("filter.cadre", self.cadre.as_ref())?,
            cadre_code: self.cadre_code,
            sector: self.sector.map(Into::into),
            worker_classes: (self.worker_classes)
                .map(|it| it.into_iter().map(Into::into).collect()),
            employment_types: self.employment_types,
            status: self.status.map(Into::into),
            sex: self.sex.map(Into::into),
            name: self.name,
            answers: conditions(self.answers),
            among: None,
        })
    }
}

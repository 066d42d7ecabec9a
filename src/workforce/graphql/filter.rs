//! Which workers a list is about, as a filter is given.

use async_graphql::{ID, InputObject, InputType, Value};

use super::answers::{AnswerConditionInput, conditions};
use super::objects::{Sex, Status};
use crate::cadres::graphql::WorkerClass;
use crate::graphql::{SectorName, id, optional_id};
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

/// A filter that comes outside of GraphQL, as JSON in the shape of `WorkerFilterInput`. A part that there is none of is
/// refused: left alone, it would let everybody through.
///
/// # Errors
/// Bad input for what is no such filter.
pub fn worker_filter(json: &serde_json::Value) -> Result<WorkerFilter, Invalid> {
    let strange = || Invalid::new("filter", Unfit::NotAFilter);
    let given = Value::from_json(json.clone()).map_err(|_| strange())?;
    let input = WorkerFilterInput::parse(Some(given.clone())).map_err(|_| strange())?;
    if is_part_of(&given, &input.to_value()) {
        resolve(input)
    } else {
        Err(strange())
    }
}

/// Whether all that is given was read.
fn is_part_of(given: &Value, read: &Value) -> bool {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            (given.iter()).all(|(name, it)| read.get(name).is_some_and(|read| is_part_of(it, read)))
        }
        (Value::List(given), Value::List(read)) => {
            (given.iter().zip(read)).all(|(given, read)| is_part_of(given, read))
        }
        (Value::Object(_), _) => false,
        _ => true,
    }
}

pub(super) fn resolve(filter: WorkerFilterInput) -> Result<WorkerFilter, Invalid> {
    let facilities = filter.facilities.map(|given| {
        let ids = given.iter().map(|it| id("filter.facilities", it));
        ids.collect::<Result<Vec<_>, _>>()
    });
    Ok(WorkerFilter {
        unit: optional_id("filter.orgUnit", filter.org_unit.as_ref())?,
        unit_code: filter.org_unit_code,
        facilities: facilities.transpose()?,
        facility_codes: filter.facility_codes,
        facility_types: filter.facility_types,
        cadre: optional_id("filter.cadre", filter.cadre.as_ref())?,
        cadre_code: filter.cadre_code,
        sector: filter.sector.map(Into::into),
        worker_classes: (filter.worker_classes).map(|it| it.into_iter().map(Into::into).collect()),
        employment_types: filter.employment_types,
        status: filter.status.map(Into::into),
        sex: filter.sex.map(Into::into),
        name: filter.name,
        answers: conditions(filter.answers),
        among: None,
    })
}

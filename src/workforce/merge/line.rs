//! A line of a register that comes from elsewhere, and what became of it.

use serde_json::Value;

use crate::kernel::{Date, FormId, Sector, WorkerId};
use crate::workforce::{Contact, Identifier, Refusal, Sex};

/// A person, and at most one posting of theirs, in the words of the file: places, cadres and terms by code, or by a
/// name that only one of them has. Several lines may be about one person. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in its source; comes back with its outcome.
    pub row: u64,
    /// The person's id, when the source has it; a new person gets this one.
    pub worker: Option<WorkerId>,
    /// Any of them recognises the person.
    pub identifiers: Vec<Identifier>,
    pub family_name: Option<String>,
    pub given_names: Option<String>,
    pub sex: Option<Sex>,
    pub birth_date: Option<Date>,
    /// Absent: nothing is said of them.
    pub particulars: Option<Box<LineParticulars>>,
    pub contacts: Vec<Contact>,
    /// The office that keeps the record of a person without posting, and the sector.
    pub org_unit: Option<String>,
    pub sector: Option<Sector>,
    pub posting: Option<LinePosting>,
    /// What the person, or the posting, answers to forms.
    pub answers: Vec<LineAnswer>,
}

/// Who the person is besides. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineParticulars {
    pub name_prefix: Option<String>,
    pub name_suffix: Option<String>,
    /// By ISO 3166-1, as the country of birth.
    pub nationality: Option<String>,
    pub birth_country: Option<String>,
    pub marital_status: Option<String>,
    /// An org unit.
    pub residence: Option<String>,
    pub address: Option<String>,
    /// By ISO 639, all of them.
    pub languages: Option<Vec<String>>,
    pub emergency_contact: Option<LineContact>,
}

/// Somebody to be called, known again by the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineContact {
    pub name: String,
    /// Needed of somebody whom the record does not name yet.
    pub relation: Option<String>,
    pub phone: Option<String>,
}

/// An answer to one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineAnswer {
    pub form: FormId,
    /// The field's path.
    pub path: String,
    pub value: Value,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinePosting {
    pub facility: String,
    pub cadre: String,
    pub employment_type: Option<String>,
    pub salary_grade: Option<String>,
    pub is_additional: bool,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub end_reason: Option<String>,
    pub supervisor: Option<String>,
}

/// What became of a line.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It put a person on the register, or belongs to one who was.
    Accepted,
    Changed,
    Unchanged,
    Refused(Vec<Refusal>),
}

//! A person as a register that comes from elsewhere tells of them: in codes and words, not yet in ids.

use crate::kernel::{Date, Sector};
use crate::workforce::{Contact, Identifier, Sex};

/// One line of a register that comes from elsewhere: a person, and at most one posting of theirs, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the register.
    pub row: u64,
    /// The first one recognises the person.
    pub identifiers: Vec<Identifier>,
    pub family_name: Option<String>,
    pub given_names: Option<String>,
    pub sex: Option<Sex>,
    pub birth_date: Option<Date>,
    pub contacts: Vec<Contact>,
    /// The code of the office that keeps the record, when there is no posting.
    pub org_unit: Option<String>,
    pub sector: Option<Sector>,
    pub posting: Option<LinePosting>,
}

/// A posting by the codes of facility, cadre and lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePosting {
    pub facility: String,
    pub cadre: String,
    pub employment_type: Option<String>,
    pub is_primary: bool,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub end_reason: Option<String>,
    pub supervisor: Option<String>,
}

//! Why a change of a code list is refused. Each mutation offers its own part of these as its codes.

use serde_json::Value;

use crate::kernel::{self, Date, Fault, Reason};

/// One thing that is wrong, and where in the input.
pub type EntryRefusal = kernel::Refusal<EntryObjection>;

/// How a change can fail.
pub type EntryWriteError = kernel::WriteError<EntryObjection>;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryObjection {
    #[error("there is no such entry")]
    EntryNotFound,
    #[error("the code is none")]
    InvalidCode,
    #[error("the list has the code {0}")]
    CodeTaken(String),
    #[error("the label is none")]
    InvalidLabel,
    #[error("{0} is none of the country's languages")]
    ForeignLanguage(String),
    #[error("there is none in {0}, the country's first language")]
    MissingLanguage(String),
    #[error("{0} is nothing that the list says of its entries")]
    InvalidAttribute(String),
    #[error("the place is none")]
    InvalidPlace,
    #[error("the day is out of range")]
    InvalidDate,
    #[error("the entry is retired from {0}")]
    AlreadyRetired(Date),
    #[error("the register itself needs {0}")]
    NeededByTheRegister(String),
    #[error("nothing would change")]
    NothingChanges,
    #[error("the lists are the whole country's")]
    OutsideYourScope,
    #[error("the entry changed since it was read")]
    Stale(i32),
}

impl Reason for EntryObjection {
    fn code(&self) -> &'static str {
        match self {
            EntryObjection::EntryNotFound => "ENTRY_NOT_FOUND",
            EntryObjection::InvalidCode => "INVALID_CODE",
            EntryObjection::CodeTaken(_) => "CODE_TAKEN",
            EntryObjection::InvalidLabel => "INVALID_LABEL",
            EntryObjection::ForeignLanguage(_) => "FOREIGN_LANGUAGE",
            EntryObjection::MissingLanguage(_) => "MISSING_LANGUAGE",
            EntryObjection::InvalidAttribute(_) => "INVALID_ATTRIBUTE",
            EntryObjection::InvalidPlace => "INVALID_PLACE",
            EntryObjection::InvalidDate => "INVALID_DATE",
            EntryObjection::AlreadyRetired(_) => "ENTRY_RETIRED",
            EntryObjection::NeededByTheRegister(_) => "NEEDED_BY_THE_REGISTER",
            EntryObjection::NothingChanges => "NOTHING_CHANGES",
            EntryObjection::OutsideYourScope => "OUTSIDE_YOUR_SCOPE",
            EntryObjection::Stale(_) => "STALE",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            EntryObjection::CodeTaken(value)
            | EntryObjection::ForeignLanguage(value)
            | EntryObjection::MissingLanguage(value)
            | EntryObjection::NeededByTheRegister(value)
            | EntryObjection::InvalidAttribute(value) => vec![("value", value.clone())],
            EntryObjection::AlreadyRetired(day) => vec![("date", day.to_string())],
            _ => Vec::new(),
        }
    }

    fn conflict(&self) -> Result<Option<Value>, Fault> {
        match self {
            EntryObjection::Stale(base) => Ok(Some(serde_json::to_value(base)?)),
            _ => Ok(None),
        }
    }
}

//! Why a change of places is refused. Each mutation offers its own part of these as its codes.

use serde_json::Value;

use crate::kernel::{self, Date, Fault, Reason};
use crate::ledger::Conflict;

/// One thing that is wrong, and where in the input.
pub type Refusal = kernel::Refusal<Objection>;

/// How a change can fail.
pub type WriteError = kernel::WriteError<Objection>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Objection {
    #[error("there is no such org unit")]
    UnitNotFound,
    #[error("there is no such org unit to be part of")]
    ParentNotFound,
    #[error("there is no such org unit to take over")]
    SuccessorNotFound,
    #[error("there is no such org unit to take over from")]
    PredecessorNotFound,
    #[error("there is no such facility")]
    FacilityNotFound,
    #[error("another place has the code {0}")]
    CodeTaken(String),
    #[error("the code is none")]
    InvalidCode,
    #[error("the name is none")]
    InvalidLabel,
    #[error("{0} is none of the country's languages")]
    ForeignLanguage(String),
    #[error("there is none in {0}, the country's first language")]
    MissingLanguage(String),
    #[error("the text is none")]
    InvalidText,
    #[error("the ISO 3166-2 code is none")]
    InvalidIsoCode,
    #[error("at most {0}")]
    TooMany(usize),
    #[error("the day is out of range")]
    InvalidDate,
    #[error("another change holds from {0}")]
    LaterChange(Date),
    #[error("{0} is not there then")]
    NotInForce(String),
    #[error("{0} would be part of itself")]
    Circle(String),
    #[error("the level is not the one below {0}")]
    WrongLevel(String),
    #[error("{0} is part of it")]
    HasUnits(String),
    #[error("{0} works in it")]
    HasFacilities(String),
    #[error("nothing would change")]
    NothingChanges,
    #[error("{0} has not come yet")]
    InTheFuture(Date),
    #[error("{0} is named twice")]
    NamedTwice(String),
    #[error("{0} is no type of facility")]
    UnknownFacilityType(String),
    #[error("{0} is no kind of ownership")]
    UnknownOwnership(String),
    #[error("there is no such class")]
    ClassNotFound,
    #[error("the class changed since it was read")]
    StaleClass,
    #[error("the figure is not the one that was to be corrected")]
    StaleFigure,
    #[error("the facility is closed")]
    FacilityClosed,
    #[error("the facility is not open yet")]
    FacilityNotOpen,
    #[error("the facility is not closed")]
    FacilityNotClosed,
    #[error("the year is out of range")]
    InvalidYear,
    #[error("no country has so many people")]
    InvalidPeople,
    #[error("the change is outside the caller's scope")]
    OutsideYourScope,
    #[error("the place changed since it was read")]
    Stale(Box<Conflict>),
}

impl Reason for Objection {
    fn code(&self) -> &'static str {
        match self {
            Objection::UnitNotFound => "ORG_UNIT_NOT_FOUND",
            Objection::ParentNotFound => "PARENT_UNIT_NOT_FOUND",
            Objection::SuccessorNotFound => "SUCCESSOR_UNIT_NOT_FOUND",
            Objection::PredecessorNotFound => "PREDECESSOR_UNIT_NOT_FOUND",
            Objection::FacilityNotFound => "FACILITY_NOT_FOUND",
            Objection::CodeTaken(_) => "CODE_TAKEN",
            Objection::InvalidCode => "INVALID_CODE",
            Objection::InvalidLabel => "INVALID_LABEL",
            Objection::ForeignLanguage(_) => "FOREIGN_LANGUAGE",
            Objection::MissingLanguage(_) => "MISSING_LANGUAGE",
            Objection::InvalidText => "INVALID_TEXT",
            Objection::InvalidIsoCode => "INVALID_ISO_CODE",
            Objection::TooMany(_) => "TOO_MANY",
            Objection::InvalidDate => "INVALID_DATE",
            Objection::LaterChange(_) => "LATER_CHANGE_OF_PLACE",
            Objection::NotInForce(_) => "ORG_UNIT_NOT_IN_FORCE",
            Objection::Circle(_) => "CIRCLE_OF_UNITS",
            Objection::WrongLevel(_) => "WRONG_LEVEL",
            Objection::HasUnits(_) => "HAS_UNITS",
            Objection::HasFacilities(_) => "HAS_FACILITIES",
            Objection::NothingChanges => "NOTHING_CHANGES",
            Objection::InTheFuture(_) => "IN_THE_FUTURE",
            Objection::NamedTwice(_) => "NAMED_TWICE",
            Objection::UnknownFacilityType(_) => "UNKNOWN_FACILITY_TYPE",
            Objection::UnknownOwnership(_) => "UNKNOWN_OWNERSHIP",
            Objection::ClassNotFound => "CLASS_NOT_FOUND",
            Objection::FacilityClosed => "FACILITY_CLOSED",
            Objection::FacilityNotOpen => "FACILITY_NOT_OPEN",
            Objection::FacilityNotClosed => "FACILITY_NOT_CLOSED",
            Objection::InvalidYear => "INVALID_YEAR",
            Objection::InvalidPeople => "INVALID_PEOPLE",
            Objection::OutsideYourScope => "OUTSIDE_YOUR_SCOPE",
            Objection::Stale(_) | Objection::StaleClass | Objection::StaleFigure => "STALE",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Objection::CodeTaken(value)
            | Objection::ForeignLanguage(value)
            | Objection::MissingLanguage(value)
            | Objection::NotInForce(value)
            | Objection::Circle(value)
            | Objection::WrongLevel(value)
            | Objection::HasUnits(value)
            | Objection::HasFacilities(value)
            | Objection::NamedTwice(value)
            | Objection::UnknownFacilityType(value)
            | Objection::UnknownOwnership(value) => vec![("value", value.clone())],
            Objection::TooMany(limit) => vec![("limit", limit.to_string())],
            Objection::LaterChange(day) | Objection::InTheFuture(day) => {
                vec![("date", day.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn conflict(&self) -> Result<Option<Value>, Fault> {
        match self {
            Objection::Stale(conflict) => Ok(Some(serde_json::to_value(conflict)?)),
            _ => Ok(None),
        }
    }
}

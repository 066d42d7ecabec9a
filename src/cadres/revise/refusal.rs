//! Why a change of the taxonomy is refused. Each mutation offers its own part of these as its codes.

use serde_json::Value;

use crate::kernel::{self, Date, Fault, Reason};
use crate::ledger::Conflict;

/// One thing that is wrong, and where in the input.
pub type Refusal = kernel::Refusal<Objection>;

/// How a change can fail.
pub type WriteError = kernel::WriteError<Objection>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Objection {
    #[error("there is no such cadre")]
    CadreNotFound,
    #[error("there is no such cadre to stand below")]
    ParentNotFound,
    #[error("there is no such cadre to follow")]
    SuccessorNotFound,
    #[error("another cadre has the code {0}")]
    CodeTaken(String),
    #[error("the code is none")]
    InvalidCode,
    #[error("the label is none")]
    InvalidLabel,
    #[error("{0} is none of the country's languages")]
    ForeignLanguage(String),
    #[error("the text is none")]
    InvalidText,
    #[error("at most {0}")]
    TooMany(usize),
    #[error("nobody retires at that age")]
    InvalidRetirementAge,
    #[error("a council licenses it, and it is not licensed")]
    NotLicensed,
    #[error("the day is out of range")]
    InvalidDate,
    #[error("another change holds from {0}")]
    LaterChange(Date),
    #[error("{0} is not in use then")]
    NotInForce(String),
    #[error("{0} is not retired then")]
    NotRetired(String),
    #[error("{0} would stand below itself")]
    Circle(String),
    #[error("people are posted under {0}")]
    PeoplePosted(String),
    #[error("{0} gathers other cadres")]
    GathersCadres(String),
    #[error("nothing would change")]
    NothingChanges,
    #[error("{0} has not come yet")]
    InTheFuture(Date),
    #[error("{0} is of the other sector")]
    AnotherSector(String),
    #[error("{0} is named twice")]
    NamedTwice(String),
    #[error("{0} is no type of facility")]
    UnknownFacilityType(String),
    #[error("{0} is not in the cadre")]
    NotInCadre(String),
    #[error("there is no such mapping")]
    MappingNotFound,
    #[error("the mapping was reviewed")]
    AlreadyReviewed,
    #[error("the author cannot approve it")]
    OwnProposal,
    #[error("another mapping holds from {0}")]
    AlreadyMapped(Date),
    #[error("there is no edition {0}")]
    UnknownEdition(String),
    #[error("there is no unit {0}")]
    UnknownUnit(String),
    #[error("{code} is of {edition}")]
    OfAnotherEdition { code: String, edition: String },
    #[error("the shares are not the whole")]
    InvalidShares,
    #[error("the change is outside the caller's scope")]
    OutsideYourScope,
    #[error("the cadre changed since it was read")]
    Stale(Box<Conflict>),
}

impl Reason for Objection {
    fn code(&self) -> &'static str {
        match self {
            Objection::CadreNotFound => "CADRE_NOT_FOUND",
            Objection::ParentNotFound => "PARENT_NOT_FOUND",
            Objection::SuccessorNotFound => "SUCCESSOR_NOT_FOUND",
            Objection::CodeTaken(_) => "CODE_TAKEN",
            Objection::InvalidCode => "INVALID_CODE",
            Objection::InvalidLabel => "INVALID_LABEL",
            Objection::ForeignLanguage(_) => "FOREIGN_LANGUAGE",
            Objection::InvalidText => "INVALID_TEXT",
            Objection::TooMany(_) => "TOO_MANY",
            Objection::InvalidRetirementAge => "INVALID_RETIREMENT_AGE",
            Objection::NotLicensed => "NOT_LICENSED",
            Objection::InvalidDate => "INVALID_DATE",
            Objection::LaterChange(_) => "LATER_CHANGE",
            Objection::NotInForce(_) => "CADRE_NOT_IN_FORCE",
            Objection::NotRetired(_) => "CADRE_NOT_RETIRED",
            Objection::Circle(_) => "CIRCLE",
            Objection::PeoplePosted(_) => "PEOPLE_POSTED",
            Objection::GathersCadres(_) => "GATHERS_CADRES",
            Objection::NothingChanges => "NOTHING_CHANGES",
            Objection::InTheFuture(_) => "IN_THE_FUTURE",
            Objection::AnotherSector(_) => "ANOTHER_SECTOR",
            Objection::NamedTwice(_) => "NAMED_TWICE",
            Objection::UnknownFacilityType(_) => "UNKNOWN_FACILITY_TYPE",
            Objection::NotInCadre(_) => "NOT_IN_CADRE",
            Objection::MappingNotFound => "MAPPING_NOT_FOUND",
            Objection::AlreadyReviewed => "ALREADY_REVIEWED",
            Objection::OwnProposal => "OWN_PROPOSAL",
            Objection::AlreadyMapped(_) => "ALREADY_MAPPED",
            Objection::UnknownEdition(_) => "UNKNOWN_EDITION",
            Objection::UnknownUnit(_) => "UNKNOWN_UNIT",
            Objection::OfAnotherEdition { .. } => "OF_ANOTHER_EDITION",
            Objection::InvalidShares => "INVALID_SHARES",
            Objection::OutsideYourScope => "OUTSIDE_YOUR_SCOPE",
            Objection::Stale(_) => "STALE",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Objection::CodeTaken(value)
            | Objection::ForeignLanguage(value)
            | Objection::NotInForce(value)
            | Objection::NotRetired(value)
            | Objection::Circle(value)
            | Objection::PeoplePosted(value)
            | Objection::GathersCadres(value)
            | Objection::AnotherSector(value)
            | Objection::NamedTwice(value)
            | Objection::UnknownFacilityType(value)
            | Objection::UnknownEdition(value)
            | Objection::UnknownUnit(value)
            | Objection::NotInCadre(value) => vec![("value", value.clone())],
            Objection::TooMany(limit) => vec![("limit", limit.to_string())],
            Objection::OfAnotherEdition { code, edition } => {
                vec![("value", code.clone()), ("edition", edition.clone())]
            }
            Objection::LaterChange(day)
            | Objection::InTheFuture(day)
            | Objection::AlreadyMapped(day) => {
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

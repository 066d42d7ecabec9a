//! Why a credential is refused. Each mutation offers its own part of these as its codes.

use serde_json::Value;

use crate::kernel::{self, Date, Fault, Reason};
use crate::ledger::Conflict;
use crate::workforce;

/// One thing that is wrong, and where in the input.
pub type Refusal = kernel::Refusal<Objection>;

/// How a change can fail.
pub type WriteError = kernel::WriteError<Objection>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Objection {
    #[error("there is no such credential")]
    CredentialNotFound,
    #[error("there is no such cadre")]
    CadreNotFound,
    #[error("{0} is a group of cadres")]
    CadreIsAGroup(String),
    #[error("{0} is no level of qualifications")]
    UnknownLevel(String),
    #[error("the text is none")]
    InvalidText,
    #[error("this is no country's code")]
    InvalidCountry,
    #[error("the year is still to come")]
    YearToCome,
    #[error("at most {0}")]
    TooMany(usize),
    #[error("no council is named, and none licenses the cadre")]
    NoCouncil,
    #[error("the council has given this number already")]
    NumberTaken,
    #[error("the day is out of range")]
    InvalidDate,
    #[error("the last day is before the first")]
    EndsBeforeItStarts,
    #[error("another term lasts until {0}")]
    TermOverlaps(Date),
    #[error("something was decided from {0} on")]
    LaterDecision(Date),
    #[error("the licence is revoked")]
    LicenceRevoked,
    #[error("the licence is suspended")]
    LicenceSuspended,
    #[error("the licence is not suspended")]
    LicenceNotSuspended,
    #[error("a reason is needed")]
    ReasonMissing,
    #[error("{0} is no reason")]
    UnknownLicenceReason(String),
    #[error("{0} is no kind of clearance")]
    UnknownVettingKind(String),
    #[error("there is no such course")]
    CourseNotFound,
    #[error("the course is retired by then")]
    CourseRetired,
    #[error("there is no such session")]
    SessionNotFound,
    #[error("the session begins on {0}")]
    SessionToCome(Date),
    #[error("there is no such facility")]
    FacilityNotFound,
    #[error("the code is none")]
    InvalidCode,
    #[error("another course has the code {0}")]
    CodeTaken(String),
    #[error("the title is none")]
    InvalidLabel,
    #[error("{0} is none of the country's languages")]
    ForeignLanguage(String),
    #[error("the credits are out of range")]
    InvalidCredits,
    #[error("the months are out of range")]
    InvalidMonths,
    #[error("{0} is named twice")]
    NamedTwice(String),
    #[error("it is on record")]
    AlreadyRecorded,
    #[error("it changed since it was read")]
    Stale(Box<Conflict>),
    #[error("the record does not allow it")]
    OfTheRecord(workforce::Objection),
}

impl Reason for Objection {
    fn code(&self) -> &'static str {
        match self {
            Objection::CredentialNotFound => "CREDENTIAL_NOT_FOUND",
            Objection::CadreNotFound => "CADRE_NOT_FOUND",
            Objection::CadreIsAGroup(_) => "CADRE_IS_A_GROUP",
            Objection::UnknownLevel(_) => "UNKNOWN_QUALIFICATION_LEVEL",
            Objection::InvalidText => "INVALID_TEXT",
            Objection::InvalidCountry => "INVALID_COUNTRY",
            Objection::YearToCome => "YEAR_TO_COME",
            Objection::TooMany(_) => "TOO_MANY",
            Objection::NoCouncil => "NO_COUNCIL",
            Objection::NumberTaken => "NUMBER_TAKEN",
            Objection::InvalidDate => "INVALID_DATE",
            Objection::EndsBeforeItStarts => "ENDS_BEFORE_IT_STARTS",
            Objection::TermOverlaps(_) => "TERM_OVERLAPS",
            Objection::LaterDecision(_) => "LATER_DECISION",
            Objection::LicenceRevoked => "LICENCE_REVOKED",
            Objection::LicenceSuspended => "LICENCE_SUSPENDED",
            Objection::LicenceNotSuspended => "LICENCE_NOT_SUSPENDED",
            Objection::ReasonMissing => "REASON_MISSING",
            Objection::UnknownLicenceReason(_) => "UNKNOWN_LICENCE_REASON",
            Objection::UnknownVettingKind(_) => "UNKNOWN_VETTING_KIND",
            Objection::CourseNotFound => "COURSE_NOT_FOUND",
            Objection::CourseRetired => "COURSE_RETIRED",
            Objection::SessionNotFound => "SESSION_NOT_FOUND",
            Objection::SessionToCome(_) => "SESSION_TO_COME",
            Objection::FacilityNotFound => "FACILITY_NOT_FOUND",
            Objection::InvalidCode => "INVALID_CODE",
            Objection::CodeTaken(_) => "CODE_TAKEN",
            Objection::InvalidLabel => "INVALID_LABEL",
            Objection::ForeignLanguage(_) => "FOREIGN_LANGUAGE",
            Objection::InvalidCredits => "INVALID_CREDITS",
            Objection::InvalidMonths => "INVALID_MONTHS",
            Objection::NamedTwice(_) => "NAMED_TWICE",
            Objection::AlreadyRecorded => "ALREADY_RECORDED",
            Objection::Stale(_) => "STALE",
            Objection::OfTheRecord(objection) => objection.code(),
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Objection::CadreIsAGroup(code) => vec![("cadre", code.clone())],
            Objection::TermOverlaps(day)
            | Objection::LaterDecision(day)
            | Objection::SessionToCome(day) => {
                vec![("date", day.to_string())]
            }
            Objection::UnknownLevel(value)
            | Objection::UnknownLicenceReason(value)
            | Objection::UnknownVettingKind(value)
            | Objection::CodeTaken(value)
            | Objection::ForeignLanguage(value)
            | Objection::NamedTwice(value) => vec![("value", value.clone())],
            Objection::TooMany(limit) => vec![("limit", limit.to_string())],
            Objection::OfTheRecord(objection) => objection.arguments(),
            _ => Vec::new(),
        }
    }

    fn conflict(&self) -> Result<Option<Value>, Fault> {
        match self {
            Objection::OfTheRecord(objection) => objection.conflict(),
            Objection::Stale(conflict) => Ok(Some(serde_json::to_value(conflict)?)),
            _ => Ok(None),
        }
    }
}

/// What the workforce refuses is refused here.
pub(super) fn of_the_record(error: workforce::WriteError) -> WriteError {
    error.map(Objection::OfTheRecord)
}

pub(super) fn is_text(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}

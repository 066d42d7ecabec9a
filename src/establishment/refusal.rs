//! Why a change of the establishment is refused. Each mutation offers its own part of these as its codes.

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
    #[error("there is no such post")]
    PostNotFound,
    #[error("there is no such norm")]
    NormNotFound,
    #[error("there is no such posting")]
    PostingNotFound,
    #[error("there is no such facility")]
    FacilityNotFound,
    #[error("there is no such cadre")]
    CadreNotFound,
    #[error("{0} is a group of cadres")]
    CadreIsAGroup(String),
    #[error("{0} is not in use then")]
    CadreNotInForce(String),
    #[error("the facility is closed")]
    FacilityClosed,
    #[error("the facility is not open yet")]
    FacilityNotOpen,
    #[error("{0} is no type of facility")]
    UnknownFacilityType(String),
    #[error("another post has the code {0}")]
    CodeTaken(String),
    #[error("the code is none")]
    InvalidCode,
    #[error("the text is none")]
    InvalidText,
    #[error("the day is out of range")]
    InvalidDate,
    #[error("the number is out of range")]
    InvalidNumber,
    #[error("a norm is for places in town, or for those that are not")]
    InvalidSetting,
    #[error("another change holds from {0}")]
    LaterChange(Date),
    #[error("nothing would change")]
    NothingChanges,
    #[error("the post is not open yet")]
    PostNotOpen,
    #[error("the post is open")]
    PostIsOpen,
    #[error("the post is frozen")]
    PostFrozen,
    #[error("the post is closed")]
    PostClosed,
    #[error("somebody fills the post")]
    PostFilled,
    #[error("the posting is at another facility, or under another cadre")]
    DoesNotFit,
    #[error("another norm holds on one of these days")]
    NormOverlaps,
    #[error("the change is outside the caller's scope")]
    OutsideYourScope,
    #[error("the record does not allow it")]
    OfTheRecord(workforce::Objection),
    #[error("it changed since it was read")]
    Stale(Box<Conflict>),
}

impl Reason for Objection {
    fn code(&self) -> &'static str {
        match self {
            Objection::PostNotFound => "POST_NOT_FOUND",
            Objection::NormNotFound => "NORM_NOT_FOUND",
            Objection::PostingNotFound => "POSTING_NOT_FOUND",
            Objection::FacilityNotFound => "FACILITY_NOT_FOUND",
            Objection::CadreNotFound => "CADRE_NOT_FOUND",
            Objection::CadreIsAGroup(_) => "CADRE_IS_A_GROUP",
            Objection::CadreNotInForce(_) => "CADRE_NOT_IN_FORCE",
            Objection::FacilityClosed => "FACILITY_CLOSED",
            Objection::FacilityNotOpen => "FACILITY_NOT_OPEN",
            Objection::UnknownFacilityType(_) => "UNKNOWN_FACILITY_TYPE",
            Objection::CodeTaken(_) => "CODE_TAKEN",
            Objection::InvalidCode => "INVALID_POST_CODE",
            Objection::InvalidText => "INVALID_TEXT",
            Objection::InvalidDate => "INVALID_DATE",
            Objection::InvalidNumber => "INVALID_NUMBER",
            Objection::InvalidSetting => "INVALID_SETTING",
            Objection::LaterChange(_) => "LATER_CHANGE_OF_POST",
            Objection::NothingChanges => "NOTHING_CHANGES",
            Objection::PostNotOpen => "POST_NOT_OPEN",
            Objection::PostIsOpen => "POST_IS_OPEN",
            Objection::PostFrozen => "POST_FROZEN",
            Objection::PostClosed => "POST_CLOSED",
            Objection::PostFilled => "POST_FILLED",
            Objection::DoesNotFit => "POSTING_DOES_NOT_FIT",
            Objection::NormOverlaps => "NORM_OVERLAPS",
            Objection::OutsideYourScope => "OUTSIDE_YOUR_SCOPE",
            Objection::OfTheRecord(objection) => objection.code(),
            Objection::Stale(_) => "STALE",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Objection::CadreIsAGroup(code) => vec![("cadre", code.clone())],
            Objection::CadreNotInForce(value)
            | Objection::UnknownFacilityType(value)
            | Objection::CodeTaken(value) => vec![("value", value.clone())],
            Objection::LaterChange(day) => vec![("date", day.to_string())],
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

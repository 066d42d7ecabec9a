//! Why a change of a record is refused. Each mutation offers its own part of these as its codes.

use serde_json::Value;

use super::{CareerFault, Conflict};
use crate::forms::{AnswerFault, LARGEST_ANSWER};
use crate::kernel::{self, Fault, Reason};

/// One thing that is wrong, and where in the input.
pub type Refusal = kernel::Refusal<Objection>;

/// How a change can fail.
pub type WriteError = kernel::WriteError<Objection>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Objection {
    #[error("there is no such worker")]
    WorkerNotFound,
    #[error("there is no such posting")]
    PostingNotFound,
    #[error("there is no such org unit")]
    OrgUnitNotFound,
    #[error("there is no such facility")]
    FacilityNotFound,
    #[error("there is no such supervising office")]
    SupervisorNotFound,
    #[error("there is no such cadre")]
    CadreNotFound,
    #[error("{0} is a group of cadres")]
    CadreIsAGroup(String),
    #[error("{0} takes nobody then")]
    CadreNotInForce(String),
    #[error("no career step leads there from {0}")]
    NoCareerStep(String),
    #[error("the place is outside the caller's scope")]
    OutsideYourScope,
    #[error("the name is none")]
    InvalidName,
    #[error("the birth date is out of range")]
    InvalidBirthDate,
    #[error("{0} is not a telephone number")]
    InvalidPhone(String),
    #[error("{0} is not an e-mail address")]
    InvalidEmail(String),
    #[error("{0} is no type of identifier")]
    UnknownIdentifierType(String),
    #[error("{value} is not written like a {type_code}")]
    InvalidIdentifier { type_code: String, value: String },
    #[error("another person has this identifier")]
    IdentifierTaken,
    #[error("{0} is no term of employment")]
    UnknownEmploymentType(String),
    #[error("{0} is no departure reason")]
    UnknownReason(String),
    #[error("at most {0}")]
    TooMany(usize),
    #[error("another primary posting covers that day")]
    Overlaps,
    #[error("this is needed and not there")]
    Missing,
    #[error("{0} names several")]
    Ambiguous(String),
    #[error("nothing says who this is: neither an identifier nor name and birth date")]
    NobodyNamed,
    #[error("the form is answered no more")]
    NotAnswerable,
    #[error("the form {form} does not take this answer")]
    Answer {
        form: String,
        /// The path of the field.
        path: String,
        fault: AnswerFault,
    },
    #[error("somebody else fills the post on one of these days")]
    PostFilled,
    #[error("the posting fills a post already")]
    FillsAPost,
    #[error("the posting fills no post")]
    FillsNoPost,
    #[error("the career does not allow it")]
    Career(CareerFault),
    #[error("the record changed since it was read")]
    Stale(Box<Conflict>),
}

impl Reason for Objection {
    fn code(&self) -> &'static str {
        match self {
            Objection::WorkerNotFound => "WORKER_NOT_FOUND",
            Objection::PostingNotFound => "POSTING_NOT_FOUND",
            Objection::OrgUnitNotFound => "ORG_UNIT_NOT_FOUND",
            Objection::FacilityNotFound => "FACILITY_NOT_FOUND",
            Objection::SupervisorNotFound => "SUPERVISOR_NOT_FOUND",
            Objection::CadreNotFound => "CADRE_NOT_FOUND",
            Objection::CadreIsAGroup(_) => "CADRE_IS_A_GROUP",
            Objection::CadreNotInForce(_) => "CADRE_NOT_IN_FORCE",
            Objection::NoCareerStep(_) => "NO_CAREER_STEP",
            Objection::OutsideYourScope => "OUTSIDE_YOUR_SCOPE",
            Objection::InvalidName => "INVALID_NAME",
            Objection::InvalidBirthDate => "INVALID_BIRTH_DATE",
            Objection::InvalidPhone(_) => "INVALID_PHONE",
            Objection::InvalidEmail(_) => "INVALID_EMAIL",
            Objection::UnknownIdentifierType(_) => "UNKNOWN_IDENTIFIER_TYPE",
            Objection::InvalidIdentifier { .. } => "INVALID_IDENTIFIER",
            Objection::IdentifierTaken => "IDENTIFIER_TAKEN",
            Objection::UnknownEmploymentType(_) => "UNKNOWN_EMPLOYMENT_TYPE",
            Objection::UnknownReason(_) => "UNKNOWN_REASON",
            Objection::TooMany(_) => "TOO_MANY",
            Objection::Overlaps => "OVERLAPS",
            Objection::Missing => "MISSING",
            Objection::Ambiguous(_) => "AMBIGUOUS",
            Objection::NobodyNamed => "NOBODY_NAMED",
            Objection::NotAnswerable => "NOT_ANSWERABLE",
            Objection::Answer { fault, .. } => fault.code(),
            Objection::PostFilled => "POST_FILLED",
            Objection::FillsAPost => "FILLS_A_POST",
            Objection::FillsNoPost => "FILLS_NO_POST",
            Objection::Stale(_) => "STALE",
            Objection::Career(fault) => match fault {
                CareerFault::NotPosted => "NOT_POSTED",
                CareerFault::SameFacility => "SAME_FACILITY",
                CareerFault::FacilityClosed => "FACILITY_CLOSED",
                CareerFault::FacilityNotOpen => "FACILITY_NOT_OPEN",
                CareerFault::BeforePosting(_) => "BEFORE_POSTING",
                CareerFault::AlreadyEnded(_) => "ALREADY_ENDED",
            },
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Objection::NoCareerStep(code) | Objection::CadreIsAGroup(code) => {
                vec![("cadre", code.clone())]
            }
            Objection::InvalidPhone(value)
            | Objection::InvalidEmail(value)
            | Objection::UnknownIdentifierType(value)
            | Objection::UnknownEmploymentType(value)
            | Objection::UnknownReason(value)
            | Objection::CadreNotInForce(value)
            | Objection::Ambiguous(value) => vec![("value", value.clone())],
            Objection::InvalidIdentifier { type_code, value } => {
                vec![("type", type_code.clone()), ("value", value.clone())]
            }
            Objection::Answer {
                fault: AnswerFault::WrongType(kind),
                ..
            } => vec![("value", (*kind).to_owned())],
            Objection::Answer {
                fault: AnswerFault::TooLarge,
                ..
            } => vec![("limit", LARGEST_ANSWER.to_string())],
            Objection::TooMany(limit) => vec![("limit", limit.to_string())],
            Objection::Career(CareerFault::BeforePosting(day) | CareerFault::AlreadyEnded(day)) => {
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

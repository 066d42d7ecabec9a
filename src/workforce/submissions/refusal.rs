//! Why an answer to a form is refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::forms::{
    AnswerFault, ChangedAnswer, LARGEST_ANSWER, Misfit, Submission, SubmissionError,
};
use crate::kernel::{self, Fault, Reason};

/// One thing that is wrong, and where in the input.
pub type SubmissionRefusal = kernel::Refusal<SubmissionObjection>;

/// How a change can fail.
pub type SubmissionWriteError = kernel::WriteError<SubmissionObjection>;

/// An answer that changed since somebody read it, and what differs from what they saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubmissionConflict {
    /// The answer as it is now.
    pub answer: Submission,
    pub changed: Vec<ChangedAnswer>,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum SubmissionObjection {
    #[error("there is no such form")]
    FormNotFound,
    #[error("there is no such submission")]
    SubmissionNotFound,
    #[error("there is no such worker")]
    WorkerNotFound,
    #[error("there is no such posting")]
    PostingNotFound,
    #[error("there is no such facility")]
    FacilityNotFound,
    #[error("there is no such org unit")]
    OrgUnitNotFound,
    #[error("the form has no such version that may be answered")]
    NotAnswerable,
    #[error("the form is about something else")]
    OtherSubject,
    #[error("the id names an answer already")]
    IdTaken,
    #[error("the answer has been handed in")]
    AlreadySubmitted,
    #[error("only what was handed in can be reviewed")]
    NotSubmitted,
    #[error("the submission changed since it was read")]
    Stale(Box<SubmissionConflict>),
    #[error("an answer does not fit the form")]
    Misfit(AnswerFault),
}

impl Reason for SubmissionObjection {
    fn code(&self) -> &'static str {
        match self {
            SubmissionObjection::FormNotFound => "FORM_NOT_FOUND",
            SubmissionObjection::SubmissionNotFound => "SUBMISSION_NOT_FOUND",
            SubmissionObjection::WorkerNotFound => "WORKER_NOT_FOUND",
            SubmissionObjection::PostingNotFound => "POSTING_NOT_FOUND",
            SubmissionObjection::FacilityNotFound => "FACILITY_NOT_FOUND",
            SubmissionObjection::OrgUnitNotFound => "ORG_UNIT_NOT_FOUND",
            SubmissionObjection::NotAnswerable => "NOT_ANSWERABLE",
            SubmissionObjection::OtherSubject => "OTHER_SUBJECT",
            SubmissionObjection::IdTaken => "ID_TAKEN",
            SubmissionObjection::AlreadySubmitted => "ALREADY_SUBMITTED",
            SubmissionObjection::NotSubmitted => "NOT_SUBMITTED",
            SubmissionObjection::Stale(_) => "STALE",
            SubmissionObjection::Misfit(fault) => fault.code(),
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            SubmissionObjection::Misfit(AnswerFault::WrongType(kind)) => {
                vec![("value", (*kind).to_owned())]
            }
            SubmissionObjection::Misfit(AnswerFault::FilesTooLarge(limit)) => {
                vec![("limit", limit.to_string())]
            }
            SubmissionObjection::Misfit(AnswerFault::TooLarge) => {
                vec![("limit", LARGEST_ANSWER.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn conflict(&self) -> Result<Option<Value>, Fault> {
        match self {
            SubmissionObjection::Stale(conflict) => Ok(Some(serde_json::to_value(conflict)?)),
            _ => Ok(None),
        }
    }
}

impl From<SubmissionError> for SubmissionWriteError {
    fn from(error: SubmissionError) -> Self {
        let refusal = match error {
            SubmissionError::Misfits(misfits) => {
                let refusals = misfits.into_iter().map(|Misfit { path, fault }| {
                    let path = [&["answers".to_owned()], &path[..]].concat();
                    let objection = SubmissionObjection::Misfit(fault);
                    SubmissionRefusal { path, objection }
                });
                return Self::Refused(refusals.collect());
            }
            SubmissionError::Denied(denied) => return Self::Denied(denied),
            SubmissionError::Fault(fault) => return Self::Fault(fault),
            SubmissionError::NotAnswerable => {
                SubmissionObjection::NotAnswerable.at(&["formVersion"])
            }
            SubmissionError::OtherSubject => SubmissionObjection::OtherSubject.at(&["about"]),
            SubmissionError::IdTaken => SubmissionObjection::IdTaken.at(&["id"]),
            SubmissionError::AlreadySubmitted => {
                SubmissionObjection::AlreadySubmitted.at(&["draft"])
            }
            SubmissionError::NotSubmitted => SubmissionObjection::NotSubmitted.at(&["submission"]),
        };
        refusal.into()
    }
}

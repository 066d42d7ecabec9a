//! The codes with which each mutation of answers refuses. Their names are those of
//! [`SubmissionObjection::code`](crate::workforce::SubmissionObjection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubmitFormErrorCode {
    /// There is no such form.
    FormNotFound,
    /// There is no such version, or it is answered no more.
    NotAnswerable,
    /// The form is about something else.
    OtherSubject,
    /// There is no such worker.
    WorkerNotFound,
    /// There is no such posting.
    PostingNotFound,
    /// There is no such facility.
    FacilityNotFound,
    /// There is no such org unit.
    OrgUnitNotFound,
    /// Something that must be answered is not.
    Missing,
    /// A value of another type belongs there.
    WrongType,
    /// None of the options.
    NotAnOption,
    /// Too small, too large, or not a multiple.
    OutOfRange,
    /// Too short or too long.
    WrongLength,
    /// Not written as it must be.
    WrongFormat,
    /// Too few, too many, or one twice.
    WrongCount,
    /// The form does not ask this.
    NotAsked,
    /// More than an answer may hold.
    TooLong,
    /// No file of yours that waits for this field, or of an earlier answer about the same.
    FileNotFound,
    /// A file that this version of the form does not take.
    FileNotAdmitted,
    /// More bytes of files than one answer may have.
    FilesTooLarge,
    /// What the form itself says of the answer.
    CheckFailed,
    /// The id is taken already.
    IdTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an answer was not corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CorrectSubmissionErrorCode {
    /// There is no such answer.
    SubmissionNotFound,
    /// The answer changed since it was read; see `conflict`.
    Stale,
    /// There is no such version, or it is answered no more.
    NotAnswerable,
    /// What was handed in becomes no draft again.
    AlreadySubmitted,
    /// Something that must be answered is not.
    Missing,
    /// A value of another type belongs there.
    WrongType,
    /// None of the options.
    NotAnOption,
    /// Too small, too large, or not a multiple.
    OutOfRange,
    /// Too short or too long.
    WrongLength,
    /// Not written as it must be.
    WrongFormat,
    /// Too few, too many, or one twice.
    WrongCount,
    /// The form does not ask this.
    NotAsked,
    /// More than an answer may hold.
    TooLong,
    /// No file of yours that waits for this field, or of an earlier answer about the same.
    FileNotFound,
    /// A file that this version of the form does not take.
    FileNotAdmitted,
    /// More bytes of files than one answer may have.
    FilesTooLarge,
    /// What the form itself says of the answer.
    CheckFailed,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an answer was not reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewSubmissionErrorCode {
    /// There is no such answer.
    SubmissionNotFound,
    /// The answer changed since it was read; see `conflict`.
    Stale,
    /// Only what was handed in and not reviewed yet can be.
    NotSubmitted,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

//! The codes with which each mutation refuses. Their names are those of [`Objection::code`](crate::workforce::Objection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a person was not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegisterWorkerErrorCode {
    /// The name is empty, too long, or holds no letter.
    InvalidName,
    /// The birth date is before 1900 or in the future.
    InvalidBirthDate,
    /// Not a telephone number.
    InvalidPhone,
    /// Not an e-mail address.
    InvalidEmail,
    /// None of the country's types of identifier, or retired.
    UnknownIdentifierType,
    /// Not written as an identifier of this type is.
    InvalidIdentifier,
    /// Another person on the register has this identifier.
    IdentifierTaken,
    /// Somebody on the register is so alike that they may be the same person; see `likely`. Whoever has made sure that they
    /// are not names them in `distinctFrom`.
    LikelyDuplicate,
    /// More entries than a list may have.
    TooMany,
    /// There is no such org unit.
    OrgUnitNotFound,
    /// There is no such facility.
    FacilityNotFound,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// There is no such supervising office.
    SupervisorNotFound,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// None of the country's terms of employment, or retired by then.
    UnknownEmploymentType,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// Acting duty or a secondment, and no posting of the worker's own that day.
    NotPosted,
    /// Acting duty and secondment stand beside the main duty.
    OnlyBesides,
    /// None of the cadre's salary grades.
    UnknownSalaryGrade,
    /// The id is taken already.
    IdTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a record was not corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CorrectWorkerErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The name is empty, too long, or holds no letter.
    InvalidName,
    /// The birth date is before 1900 or in the future.
    InvalidBirthDate,
    /// Not a telephone number.
    InvalidPhone,
    /// Not an e-mail address.
    InvalidEmail,
    /// None of the country's types of identifier, or retired.
    UnknownIdentifierType,
    /// Not written as an identifier of this type is.
    InvalidIdentifier,
    /// Another person on the register has this identifier.
    IdentifierTaken,
    /// Another change of the field waits for a decision.
    ChangePending,
    /// More entries than a list may have.
    TooMany,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a worker was not posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PostWorkerErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// Another primary posting covers that day.
    Overlaps,
    /// There is no such facility.
    FacilityNotFound,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// There is no such supervising office.
    SupervisorNotFound,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// None of the country's terms of employment, or retired by then.
    UnknownEmploymentType,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// Acting duty or a secondment, and no posting of the worker's own that day.
    NotPosted,
    /// Acting duty and secondment stand beside the main duty.
    OnlyBesides,
    /// None of the cadre's salary grades.
    UnknownSalaryGrade,
    /// The id is taken already.
    IdTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a worker was not transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransferWorkerErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The worker holds no primary posting on that day.
    NotPosted,
    /// The worker is already posted there, and nothing else would change.
    SameFacility,
    /// The current posting began on that day or later.
    BeforePosting,
    /// The posting on that day has an end on record already.
    AlreadyEnded,
    /// There is no such facility.
    FacilityNotFound,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// There is no such supervising office.
    SupervisorNotFound,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// The country has career steps out of the worker's cadre, and none leads to the other one.
    NoCareerStep,
    /// None of the country's terms of employment, or retired by then.
    UnknownEmploymentType,
    /// None of the country's departure reasons, or retired by then.
    UnknownReason,
    /// The place is outside the org units or sectors that the caller works for: propose the transfer to whoever works for it.
    OutsideYourScope,
    /// None of the cadre's salary grades.
    UnknownSalaryGrade,
    /// The id is taken already.
    IdTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a posting was not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndPostingErrorCode {
    /// There is no such posting.
    PostingNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The posting has ended.
    AlreadyEnded,
    /// The posting begins after that day.
    BeforePosting,
    /// None of the country's departure reasons, or retired by then.
    UnknownReason,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a worker was not promoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PromoteWorkerErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The worker holds no primary posting on that day.
    NotPosted,
    /// Neither the cadre nor the salary grade would change.
    NothingChanges,
    /// No career step leads there from the cadre that is left.
    NoCareerStep,
    /// None of the cadre's salary grades.
    UnknownSalaryGrade,
    /// The current posting began on that day or later.
    BeforePosting,
    /// The current posting has an end on record.
    AlreadyEnded,
    /// Another primary posting covers that day.
    Overlaps,
    /// There is no such facility.
    FacilityNotFound,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// None of the country's terms of employment, or retired by then.
    UnknownEmploymentType,
    /// None of the country's departure reasons, or retired by then.
    UnknownReason,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an exit was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordExitErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The worker holds no primary posting on that day.
    NotPosted,
    /// The end of the primary posting is on record.
    AlreadyEnded,
    /// Another posting begins after that day.
    LaterPosting,
    /// None of the country's departure reasons, or retired by then.
    UnknownReason,
    /// Who leaves for this reason stays in the service.
    NotAnExit,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

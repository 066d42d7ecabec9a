//! The codes with which each mutation refuses. Their names are those of
//! [`Objection::code`](crate::credentials::Objection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a registration was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordRegistrationErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody is registered under a group of cadres.
    CadreIsAGroup,
    /// No council is named, and none licenses the cadre.
    NoCouncil,
    /// A text is empty, too long, or has control characters.
    InvalidText,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The council has given the number to somebody already.
    NumberTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a licence was not issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IssueLicenceErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody is licensed for a group of cadres.
    CadreIsAGroup,
    /// No council is named, and none licenses the cadre.
    NoCouncil,
    /// A text is empty, too long, or has control characters.
    InvalidText,
    /// A day is not from 1900 to 2200.
    InvalidDate,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// The council has given the number to another licence.
    NumberTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a licence was not renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RenewLicenceErrorCode {
    /// There is no such licence.
    CredentialNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The licence is revoked.
    LicenceRevoked,
    /// A day is not from 1900 to 2200.
    InvalidDate,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// Another term has the first day, or a later one.
    TermOverlaps,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why nothing was decided about a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DecideOnLicenceErrorCode {
    /// There is no such licence.
    CredentialNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Something was decided from that day on, or from a later one.
    LaterDecision,
    /// The licence is revoked.
    LicenceRevoked,
    /// The licence is suspended already.
    LicenceSuspended,
    /// The licence is not suspended.
    LicenceNotSuspended,
    /// A reason is needed.
    ReasonMissing,
    /// None of the country's reasons, or retired by then.
    UnknownLicenceReason,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

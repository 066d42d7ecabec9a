//! The codes with which each mutation refuses. Their names are those of
//! [`Objection::code`](crate::credentials::Objection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a qualification was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordQualificationErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The worker has no such qualification to correct.
    CredentialNotFound,
    /// None of the country's levels of qualifications, or retired.
    UnknownQualificationLevel,
    /// A text is empty, too long, or has control characters.
    InvalidText,
    /// Not written like the code of a country: two capitals.
    InvalidCountry,
    /// The year is before 1900 or still to come.
    YearToCome,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody is let into a group of cadres.
    CadreIsAGroup,
    /// More cadres than one qualification may name.
    TooMany,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a credential was not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawCredentialErrorCode {
    /// There is no such credential, or it was withdrawn already.
    CredentialNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The reason is empty, too long, or has control characters.
    InvalidText,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

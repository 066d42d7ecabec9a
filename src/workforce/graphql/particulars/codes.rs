//! The codes with which saving particulars refuses. Their names are those of
//! [`Objection::code`](crate::workforce::Objection).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why particulars were not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveParticularsErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// Somebody else changed one of these fields since it was read; see `conflict`.
    Stale,
    /// Not two capitals.
    InvalidCountry,
    /// Not two or three small letters, or a language that is named twice.
    InvalidLanguage,
    /// None of the country's marital statuses, or retired.
    UnknownMaritalStatus,
    /// None of the country's relations, or retired.
    UnknownRelation,
    /// There is no such org unit.
    OrgUnitNotFound,
    /// The text is empty, too long, or has control characters.
    InvalidText,
    /// Not a telephone number.
    InvalidPhone,
    /// The birth date is before 1850 or in the future.
    InvalidBirthDate,
    /// A day is before 1900, in the future, or after 2200.
    InvalidDate,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// More entries than a list may have.
    TooMany,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

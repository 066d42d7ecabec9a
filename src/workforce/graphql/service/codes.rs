//! The codes with which each mutation of a service file refuses. Their names are those of
//! [`Objection::code`](crate::workforce::Objection).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why an entry of a service file was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordServiceEntryErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The worker has no such entry of this kind to say anew.
    ServiceEntryNotFound,
    /// The worker holds no posting on the first day.
    NotServing,
    /// Approved leave takes in one of the days of absence.
    LeaveOverlaps,
    /// Another absence, another suspension, or other pay of this payer takes in one of the days.
    EntryOverlaps,
    /// None of the country's disciplinary actions, or retired by then.
    UnknownDisciplinaryAction,
    /// The text is empty, too long, or has control characters.
    InvalidText,
    /// The score is not from 1 to 5.
    InvalidScore,
    /// Not more than nothing, more than twelve digits, or more than two after the point.
    InvalidAmount,
    /// Not three capital letters.
    InvalidCurrency,
    /// A day is not from 1900 to 2200.
    InvalidDate,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// An appraisal is of days from a first to a last.
    Missing,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an entry of a service file was not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndServiceEntryErrorCode {
    /// There is no such entry.
    ServiceEntryNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// It is neither absence nor suspension nor pay.
    DoesNotGoOn,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// Another absence, another suspension, or other pay of this payer takes in one of the days.
    EntryOverlaps,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an entry of a service file was not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawServiceEntryErrorCode {
    /// There is no such entry.
    ServiceEntryNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The reason is empty or has control characters.
    InvalidText,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

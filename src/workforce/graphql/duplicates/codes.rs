//! The codes with which each mutation refuses.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why two records were not made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MergeWorkersErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// One of the records changed since it was read; see `conflict`.
    Stale,
    /// Both ids are of one record.
    SameRecord,
    /// Something hangs on both records that cannot stand side by side, and others depend on it.
    RecordsClash,
    /// What is to be taken from the other record needs a second person: correct it before, or afterwards.
    NeedsSecondPerson,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a record was not made two again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UnmergeWorkersErrorCode {
    /// The record did not go into another.
    NotMerged,
    /// The record that was kept changed since it was read; see `conflict`.
    Stale,
    /// Another record went into the same one later: that is to be undone first.
    LaterMerge,
    /// Something that was set aside finds its place taken, such as a post that somebody else fills by now.
    PlaceTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a pair waits on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DismissDuplicateErrorCode {
    /// There is no such pair.
    DuplicateNotFound,
    /// The reason is empty, or longer than 500 characters.
    InvalidReason,
    /// Somebody has said already that they are two people.
    AlreadyDecided,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why nothing was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SearchDuplicatesErrorCode {
    /// The key was used before, for another request.
    IdempotencyKeyReused,
}

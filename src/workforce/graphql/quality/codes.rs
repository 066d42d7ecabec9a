//! The codes with which each mutation refuses.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why no sample was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DrawSpotCheckErrorCode {
    /// There is no such org unit.
    OrgUnitNotFound,
    /// The sample would have no record, or more than 200.
    InvalidSampleSize,
    /// The day has not come yet.
    InvalidDate,
    /// Nobody entered or corrected anything since.
    NothingToCheck,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why nothing was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordSpotCheckErrorCode {
    /// There is no such spot check.
    SpotCheckNotFound,
    /// There is no such worker in the sample.
    WorkerNotFound,
    /// Whoever entered a record cannot say that it is right.
    OwnEntry,
    /// Somebody has looked at the record already.
    AlreadyChecked,
    /// No field is named.
    Missing,
    /// A field is named twice.
    FieldTwice,
    /// What would be right is empty, longer than 500 characters, or given for a field that is right.
    InvalidRightValue,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

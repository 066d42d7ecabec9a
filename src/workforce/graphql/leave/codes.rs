//! The codes with which each mutation of leave refuses. Their names are those of
//! [`Objection::code`](crate::workforce::Objection).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why leave was not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestLeaveErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// None of the country's types of leave, or retired by then.
    UnknownLeaveType,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// More than three years.
    LeaveTooLong,
    /// The worker holds no posting on that day.
    NotServing,
    /// None of the days is worked.
    NoWorkingDay,
    /// Approved leave takes in one of the days.
    LeaveOverlaps,
    /// More working days than the worker has left in that year.
    BalanceExceeded,
    /// The id is taken already.
    IdTaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why leave was not approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ApproveLeaveErrorCode {
    /// There is no such leave.
    LeaveNotFound,
    /// The leave changed since it was read; see `conflict`.
    Stale,
    /// It was approved, declined or cancelled.
    NotPending,
    /// Whoever asked for it cannot decide on it.
    OwnRequest,
    /// Other approved leave takes in one of the days.
    LeaveOverlaps,
    /// More working days than the worker has left in that year.
    BalanceExceeded,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why leave was not declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeclineLeaveErrorCode {
    /// There is no such leave.
    LeaveNotFound,
    /// The leave changed since it was read; see `conflict`.
    Stale,
    /// It was approved, declined or cancelled.
    NotPending,
    /// Whoever asked for it cannot decide on it.
    OwnRequest,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why leave was not cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CancelLeaveErrorCode {
    /// There is no such leave.
    LeaveNotFound,
    /// The leave changed since it was read; see `conflict`.
    Stale,
    /// It was declined or cancelled.
    NotPending,
    /// It has begun: the worker can be called back.
    LeaveBegun,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a worker was not called back from leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecallFromLeaveErrorCode {
    /// There is no such leave.
    LeaveNotFound,
    /// The leave changed since it was read; see `conflict`.
    Stale,
    /// It was never approved.
    LeaveNotApproved,
    /// The day is the first of the leave, or not one of its days.
    NotDuringLeave,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

//! The codes with which each mutation of proposed transfers refuses. Their names are those of
//! [`Objection::code`](crate::workforce::Objection).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a transfer was not proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProposeTransferErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// Another transfer of the worker waits for an answer.
    AlreadyProposed,
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
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a proposed transfer was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AcceptTransferErrorCode {
    /// There is no such proposal.
    ProposalNotFound,
    /// The caller works for the releasing side alone.
    OutsideYourScope,
    /// The proposal changed since it was read; see `conflict`.
    Stale,
    /// It was accepted, declined or withdrawn.
    NotPending,
    /// The worker moved or left after it was proposed.
    Overtaken,
    /// The facility is closed on that day by now.
    FacilityClosed,
    /// The facility opens later than that day by now.
    FacilityNotOpen,
    /// The cadre has become a group.
    CadreIsAGroup,
    /// The cadre takes nobody on that day by now.
    CadreNotInForce,
    /// No career step leads to the cadre by now.
    NoCareerStep,
    /// The terms of employment have been retired.
    UnknownEmploymentType,
    /// The departure reason has been retired.
    UnknownReason,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a proposed transfer was not declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeclineTransferErrorCode {
    /// There is no such proposal.
    ProposalNotFound,
    /// The caller works for the releasing side alone.
    OutsideYourScope,
    /// The proposal changed since it was read; see `conflict`.
    Stale,
    /// It was accepted, declined or withdrawn.
    NotPending,
    /// The worker moved or left after it was proposed.
    Overtaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a proposed transfer was not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawTransferErrorCode {
    /// There is no such proposal.
    ProposalNotFound,
    /// The caller works for the receiving side alone.
    OutsideYourScope,
    /// The proposal changed since it was read; see `conflict`.
    Stale,
    /// It was accepted, declined or withdrawn.
    NotPending,
    /// The worker moved or left after it was proposed.
    Overtaken,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

//! What mutations of change requests and of the policy are given, and the codes with which they refuse. Their names are
//! those of [`Objection::code`](crate::workforce::Objection).

use async_graphql::{Enum, ID, InputObject};
use serde::{Deserialize, Serialize};

use super::objects::FieldGroup;
use crate::graphql::{ActInput, Command, id};
use crate::kernel::Invalid;
use crate::workforce::{DecideChange, SaveApprovalPolicy, WithdrawChange};

/// What becomes of a change that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
pub enum ChangeDecision {
    /// The record is given what was asked for.
    Approve,
    /// The record stays as it is.
    Reject,
}

/// A change request to decide on.
#[derive(InputObject, Serialize)]
pub struct DecideChangeRequestInput {
    /// The change request.
    request: ID,
    /// What becomes of it.
    decision: ChangeDecision,
    /// Why.
    #[graphql(validator(max_length = 1000))]
    comment: Option<String>,
    /// The version that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A change request to take back.
#[derive(InputObject, Serialize)]
pub struct WithdrawChangeRequestInput {
    /// The change request.
    request: ID,
    /// Why.
    #[graphql(validator(max_length = 1000))]
    comment: Option<String>,
    /// The version that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// The policy as it is to be.
#[derive(InputObject, Serialize)]
pub struct SaveApprovalPolicyInput {
    /// All groups of fields whose corrections need a second person; empty when none does.
    groups: Vec<FieldGroup>,
    /// The version that you saw.
    base_version: i32,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Why a change request was not decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DecideChangeRequestErrorCode {
    /// There is no such change request.
    ChangeRequestNotFound,
    /// It was approved, rejected or withdrawn.
    NotPending,
    /// Whoever asked for it cannot decide on it.
    OwnRequest,
    /// The change request changed since it was read; see `conflict`.
    Stale,
    /// The record has other values by now than when it was asked for; see `changed`. The request waits on.
    FieldsChanged,
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
    /// More entries than a list may have.
    TooMany,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a change request was not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawChangeRequestErrorCode {
    /// There is no such change request.
    ChangeRequestNotFound,
    /// It was approved, rejected or withdrawn.
    NotPending,
    /// Somebody else asked for it.
    NotYourRequest,
    /// The change request changed since it was read; see `conflict`.
    Stale,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why the policy was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveApprovalPolicyErrorCode {
    /// The policy changed since it was read; see `conflict`.
    Stale,
    /// The policy is the whole country's, and the caller works for a part of it.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

impl Command for DecideChangeRequestInput {
    type Read = DecideChange;

    fn read(&self) -> Result<DecideChange, Invalid> {
        Ok(DecideChange {
            request: id("input.request", &self.request)?,
            approves: self.decision == ChangeDecision::Approve,
            comment: self.comment.clone(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for WithdrawChangeRequestInput {
    type Read = WithdrawChange;

    fn read(&self) -> Result<WithdrawChange, Invalid> {
        Ok(WithdrawChange {
            request: id("input.request", &self.request)?,
            comment: self.comment.clone(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for SaveApprovalPolicyInput {
    type Read = SaveApprovalPolicy;

    fn read(&self) -> Result<SaveApprovalPolicy, Invalid> {
        Ok(SaveApprovalPolicy {
            groups: self.groups.iter().map(|it| (*it).into()).collect(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

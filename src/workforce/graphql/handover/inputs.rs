//! What mutations of proposed transfers are given.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use crate::graphql::{ActInput, Command, Day, id, optional_id};
use crate::kernel::Invalid;
use crate::workforce::{DecideTransfer, Decision, TransferWorker};

/// A transfer to propose to whoever works for the other place. What is absent stays as it is.
#[derive(InputObject, Serialize)]
pub struct ProposeTransferInput {
    /// The worker.
    worker: ID,
    /// The facility to serve at from then on.
    to: ID,
    /// The first day there; the old posting ends the day before.
    on: Day,
    /// Another cadre from then on, to which a career step must lead, as in `transferWorker`.
    cadre: Option<ID>,
    /// Other terms from then on, by a code of the list `EMPLOYMENT_TYPE`.
    employment_type: Option<String>,
    /// The office that supervises the worker from then on; absent at another facility: none.
    supervisor: Option<ID>,
    /// Why the old posting ends, by a code of the list `DEPARTURE_REASON`; `transfer` when absent.
    reason: Option<String>,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A proposed transfer to accept.
#[derive(InputObject, Serialize)]
pub struct AcceptTransferInput {
    /// The proposal.
    proposal: ID,
    /// The version that you saw.
    base_version: i32,
    /// What is to be said about it.
    #[graphql(validator(max_length = 1000))]
    comment: Option<String>,
    /// The legal act behind it; absent: the one of the proposal.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A proposed transfer to decline.
#[derive(InputObject, Serialize)]
pub struct DeclineTransferInput {
    /// The proposal.
    proposal: ID,
    /// The version that you saw.
    base_version: i32,
    /// Why.
    #[graphql(validator(max_length = 1000))]
    comment: Option<String>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A proposed transfer to withdraw.
#[derive(InputObject, Serialize)]
pub struct WithdrawTransferInput {
    /// The proposal.
    proposal: ID,
    /// The version that you saw.
    base_version: i32,
    /// Why.
    #[graphql(validator(max_length = 1000))]
    comment: Option<String>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl Command for ProposeTransferInput {
    type Read = TransferWorker;

    fn read(&self) -> Result<TransferWorker, Invalid> {
        Ok(TransferWorker {
            worker: id("input.worker", &self.worker)?,
            posting: None,
            to: id("input.to", &self.to)?,
            on: self.on.0,
            cadre: optional_id("input.cadre", self.cadre.as_ref())?,
            employment_type: self.employment_type.clone(),
            salary_grade: None,
            supervisor: optional_id("input.supervisor", self.supervisor.as_ref())?,
            reason: self.reason.clone(),
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

/// The three inputs that decide on a proposal say the same.
macro_rules! decides {
    ($($input:ty => $decision:expr),+) => {$(
        impl Command for $input {
            type Read = DecideTransfer;

            fn read(&self) -> Result<DecideTransfer, Invalid> {
                Ok(DecideTransfer {
                    proposal: id("input.proposal", &self.proposal)?,
                    decision: $decision,
                    base_version: self.base_version,
                    comment: self.comment.clone(),
                })
            }

            fn act(&self) -> Option<&ActInput> {
                self.act.as_ref()
            }

            fn key(&self) -> Option<&str> {
                self.idempotency_key.as_deref()
            }
        }
    )+};
}

decides!(
    AcceptTransferInput => Decision::Accept,
    DeclineTransferInput => Decision::Decline,
    WithdrawTransferInput => Decision::Withdraw
);

//! What mutations of leave are given.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use crate::graphql::{ActInput, Command, Day, id, made_id};
use crate::kernel::Invalid;
use crate::workforce::{RequestLeave, Turn, TurnLeave};

/// Leave to ask for.
#[derive(InputObject, Serialize)]
pub struct RequestLeaveInput {
    /// Of your making, for whoever speaks of it before the answer arrives: `lve_` and a UUID of version 7 in 32 small
    /// hexadecimal digits; absent: the service makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ID>,
    /// The worker.
    worker: ID,
    /// The type, by a code of the list `leave_type`.
    leave_type: String,
    /// The first day.
    starts_on: Day,
    /// The last day.
    ends_on: Day,
    /// What is to be said about it.
    #[graphql(validator(max_length = 1000))]
    note: Option<String>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Leave to approve.
#[derive(InputObject, Serialize)]
pub struct ApproveLeaveInput {
    /// The leave.
    leave: ID,
    /// The version that you saw.
    base_version: i32,
    /// What is to be said about it.
    #[graphql(validator(max_length = 1000))]
    comment: Option<String>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Leave to decline.
#[derive(InputObject, Serialize)]
pub struct DeclineLeaveInput {
    /// The leave.
    leave: ID,
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

/// Leave to cancel.
#[derive(InputObject, Serialize)]
pub struct CancelLeaveInput {
    /// The leave.
    leave: ID,
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

/// Leave to cut short.
#[derive(InputObject, Serialize)]
pub struct RecallFromLeaveInput {
    /// The leave.
    leave: ID,
    /// The first day back on duty; the leave ends the day before.
    on: Day,
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

impl Command for RequestLeaveInput {
    type Read = RequestLeave;

    fn read(&self) -> Result<RequestLeave, Invalid> {
        Ok(RequestLeave {
            id: made_id("input.id", self.id.as_ref())?,
            worker: id("input.worker", &self.worker)?,
            leave_type: self.leave_type.clone(),
            starts_on: self.starts_on.0,
            ends_on: self.ends_on.0,
            note: self.note.clone(),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

/// The inputs that turn a leave say the same, but for what becomes of it.
macro_rules! turns {
    ($($input:ty => $turn:expr),+) => {$(
        impl Command for $input {
            type Read = TurnLeave;

            fn read(&self) -> Result<TurnLeave, Invalid> {
                let turn: fn(&Self) -> Turn = $turn;
                Ok(TurnLeave {
                    leave: id("input.leave", &self.leave)?,
                    base_version: self.base_version,
                    turn: turn(self),
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

turns!(
    ApproveLeaveInput => |_| Turn::Approve,
    DeclineLeaveInput => |_| Turn::Decline,
    CancelLeaveInput => |_| Turn::Cancel,
    RecallFromLeaveInput => |input| Turn::Recall(input.on.0)
);

//! Mutations of leave: one input, a payload whose refusals are data.

use async_graphql::{Context, Object, OutputType, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{
    ApproveLeaveErrorCode, CancelLeaveErrorCode, DeclineLeaveErrorCode, RecallFromLeaveErrorCode,
    RequestLeaveErrorCode,
};
use super::inputs::{
    ApproveLeaveInput, CancelLeaveInput, DeclineLeaveInput, RecallFromLeaveInput, RequestLeaveInput,
};
use super::leave_by_id;
use super::objects::Leave;
use crate::graphql::{
    Answer, Beginning, Command, Ended, UserErrorOf, begin, refuse, request, settle, user_errors,
};
use crate::kernel::LeaveId;
use crate::tenancy::Reader;
use crate::workforce::graphql::deed::{Deed, perform};
use crate::workforce::graphql::mutations::prepare;
use crate::workforce::{self, Occasion, RequestLeave, TurnLeave};

/// The answer to `requestLeave`.
#[derive(SimpleObject)]
pub struct RequestLeavePayload {
    /// The leave; absent when it was refused.
    leave: Option<Leave>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RequestLeaveErrorCode>>,
}

/// The answer to `approveLeave`.
#[derive(SimpleObject)]
pub struct ApproveLeavePayload {
    /// The leave; absent when it was refused.
    leave: Option<Leave>,
    /// The leave as it is now, when someone else changed it first.
    conflict: Option<Leave>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ApproveLeaveErrorCode>>,
}

/// The answer to `declineLeave`.
#[derive(SimpleObject)]
pub struct DeclineLeavePayload {
    /// The leave; absent when it was refused.
    leave: Option<Leave>,
    /// The leave as it is now, when someone else changed it first.
    conflict: Option<Leave>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<DeclineLeaveErrorCode>>,
}

/// The answer to `cancelLeave`.
#[derive(SimpleObject)]
pub struct CancelLeavePayload {
    /// The leave; absent when it was refused.
    leave: Option<Leave>,
    /// The leave as it is now, when someone else changed it first.
    conflict: Option<Leave>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<CancelLeaveErrorCode>>,
}

/// The answer to `recallFromLeave`.
#[derive(SimpleObject)]
pub struct RecallFromLeavePayload {
    /// The leave; absent when it was refused.
    leave: Option<Leave>,
    /// The leave as it is now, when someone else changed it first.
    conflict: Option<Leave>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecallFromLeaveErrorCode>>,
}

#[derive(Default)]
pub struct LeaveMutation;

#[Object]
impl LeaveMutation {
    /// Ask for leave of a worker. Somebody else decides on it.
    #[tracing::instrument(name = "mutation requestLeave", skip_all)]
    async fn request_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RequestLeaveInput,
    ) -> Result<RequestLeavePayload> {
        let answer = perform(ctx, &input).await?;
        let (leave, errors) = wire(ctx, answer).await?;
        Ok(RequestLeavePayload { leave, errors })
    }

    /// Approve leave that somebody else asked for.
    #[tracing::instrument(name = "mutation approveLeave", skip_all)]
    async fn approve_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ApproveLeaveInput,
    ) -> Result<ApproveLeavePayload> {
        let (leave, conflict, errors) = turn(ctx, "approveLeave", &input).await?;
        Ok(ApproveLeavePayload {
            leave,
            conflict,
            errors,
        })
    }

    /// Decline leave that somebody else asked for.
    #[tracing::instrument(name = "mutation declineLeave", skip_all)]
    async fn decline_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: DeclineLeaveInput,
    ) -> Result<DeclineLeavePayload> {
        let (leave, conflict, errors) = turn(ctx, "declineLeave", &input).await?;
        Ok(DeclineLeavePayload {
            leave,
            conflict,
            errors,
        })
    }

    /// Call off leave that has not begun, approved or not.
    #[tracing::instrument(name = "mutation cancelLeave", skip_all)]
    async fn cancel_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: CancelLeaveInput,
    ) -> Result<CancelLeavePayload> {
        let (leave, conflict, errors) = turn(ctx, "cancelLeave", &input).await?;
        Ok(CancelLeavePayload {
            leave,
            conflict,
            errors,
        })
    }

    /// Call a worker back from leave: it ends the day before.
    #[tracing::instrument(name = "mutation recallFromLeave", skip_all)]
    async fn recall_from_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RecallFromLeaveInput,
    ) -> Result<RecallFromLeavePayload> {
        let (leave, conflict, errors) = turn(ctx, "recallFromLeave", &input).await?;
        Ok(RecallFromLeavePayload {
            leave,
            conflict,
            errors,
        })
    }
}

impl Deed for RequestLeaveInput {
    const NAME: &'static str = "requestLeave";
    type Done = LeaveId;

    async fn carry_out(
        ctx: &Context<'_>,
        tx: &mut Reader<'_>,
        occasion: &Occasion<'_>,
        command: RequestLeave,
    ) -> std::result::Result<LeaveId, Ended> {
        let settings = request(ctx).tenant()?.settings();
        Ok(workforce::request_leave(tx, occasion, settings, command).await?)
    }

    fn give_key(&mut self, key: &str) {
        self.idempotency_key = Some(key.to_owned());
    }
}

type Settled<C> = (Option<Leave>, Option<Leave>, Vec<UserErrorOf<C>>);

/// What the mutations that turn a leave do alike.
async fn turn<I, C>(ctx: &Context<'_>, name: &'static str, input: &I) -> Result<Settled<C>>
where
    I: Command<Read = TurnLeave>,
    C: OutputType + Copy + Serialize + DeserializeOwned,
{
    let (command, occasion) = prepare(ctx, input)?;
    let tenant = request(ctx).tenant().map_err(|it| refuse(ctx, it))?;
    let id = command.leave;
    let answer = match begin(ctx, name, input.key(), input).await? {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let mut tx = attempt.write().db();
            let settings = tenant.settings();
            let ended = workforce::turn_leave(&mut tx, &occasion, settings, command).await;
            drop(tx);
            settle(ctx, attempt, ended).await?
        }
    };
    let is_stale = answer.refused.iter().any(|it| it.path == ["baseVersion"]);
    let conflict = if is_stale {
        found(ctx, id).await?
    } else {
        None
    };
    let (leave, errors) = wire(ctx, answer).await?;
    Ok((leave, conflict, errors))
}

/// A leave after the commit.
async fn found(ctx: &Context<'_>, id: LeaveId) -> Result<Option<Leave>> {
    let found = leave_by_id(ctx, id).await;
    found.map_err(|error| refuse(ctx, error))
}

async fn wire<C: OutputType + Copy + Serialize>(
    ctx: &Context<'_>,
    answer: Answer<LeaveId, C>,
) -> Result<(Option<Leave>, Vec<UserErrorOf<C>>)> {
    let leave = match answer.value {
        Some(id) => found(ctx, id).await?,
        None => None,
    };
    Ok((leave, user_errors(ctx, answer.refused)?))
}

//! Deciding on changes that somebody else asked for, taking back one's own, and saying which need that.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::inputs::{
    DecideChangeRequestErrorCode, DecideChangeRequestInput, SaveApprovalPolicyErrorCode,
    SaveApprovalPolicyInput, WithdrawChangeRequestErrorCode, WithdrawChangeRequestInput,
};
use super::objects::{ApprovalPolicy, ChangeRequest, OvertakenChange, change_request};
use super::policy;
use crate::graphql::{Command, UserErrorOf, conflict, refuse, user_errors};
use crate::kernel::ChangeRequestId;
use crate::workforce::Overtaken;
use crate::workforce::graphql::deed::perform;

/// The answer to `decideChangeRequest`.
#[derive(SimpleObject)]
pub struct DecideChangeRequestPayload {
    /// The change request, decided, with the worker as they are now; absent when that was refused.
    change_request: Option<ChangeRequest>,
    /// The change request as it is now, when someone else changed it first.
    conflict: Option<ChangeRequest>,
    /// The fields that have other values by now, when it was refused for them.
    changed: Vec<OvertakenChange>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<DecideChangeRequestErrorCode>>,
}

/// The answer to `withdrawChangeRequest`.
#[derive(SimpleObject)]
pub struct WithdrawChangeRequestPayload {
    /// The change request, withdrawn; absent when that was refused.
    change_request: Option<ChangeRequest>,
    /// The change request as it is now, when someone else changed it first.
    conflict: Option<ChangeRequest>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<WithdrawChangeRequestErrorCode>>,
}

/// The answer to `saveApprovalPolicy`.
#[derive(SimpleObject)]
pub struct SaveApprovalPolicyPayload {
    /// The policy; absent when it was refused.
    policy: Option<ApprovalPolicy>,
    /// The policy as it is now, when someone else changed it first.
    conflict: Option<ApprovalPolicy>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveApprovalPolicyErrorCode>>,
}

#[derive(Default)]
pub struct ApprovalsMutation;

#[Object]
impl ApprovalsMutation {
    /// Approve or reject a change that somebody else asked for. What is approved is checked as a correction of now is; of a
    /// record that has other values by now it changes nothing, and waits on.
    #[tracing::instrument(name = "mutation decideChangeRequest", skip_all)]
    async fn decide_change_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: DecideChangeRequestInput,
    ) -> Result<DecideChangeRequestPayload> {
        use DecideChangeRequestErrorCode::{NotPending, Stale};
        let answer = perform::<_, DecideChangeRequestErrorCode>(ctx, &input).await?;
        let is_late = (answer.refused.iter()).any(|it| matches!(it.code, Stale | NotPending));
        let changed: Option<Vec<Overtaken>> = conflict(ctx, &answer.refused)?;
        let asked = input.read().map_err(|error| refuse(ctx, error))?.request;
        Ok(DecideChangeRequestPayload {
            change_request: shown(ctx, answer.value, "changeRequest").await?,
            conflict: shown(ctx, is_late.then_some(asked), "conflict").await?,
            changed: changed
                .unwrap_or_default()
                .into_iter()
                .map(OvertakenChange)
                .collect(),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Take back a change that the caller asked for.
    #[tracing::instrument(name = "mutation withdrawChangeRequest", skip_all)]
    async fn withdraw_change_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: WithdrawChangeRequestInput,
    ) -> Result<WithdrawChangeRequestPayload> {
        use WithdrawChangeRequestErrorCode::{NotPending, Stale};
        let answer = perform::<_, WithdrawChangeRequestErrorCode>(ctx, &input).await?;
        let is_late = (answer.refused.iter()).any(|it| matches!(it.code, Stale | NotPending));
        let asked = input.read().map_err(|error| refuse(ctx, error))?.request;
        Ok(WithdrawChangeRequestPayload {
            change_request: shown(ctx, answer.value, "changeRequest").await?,
            conflict: shown(ctx, is_late.then_some(asked), "conflict").await?,
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Say which corrections of records need a second person, from now on. What waits already waits on.
    #[tracing::instrument(name = "mutation saveApprovalPolicy", skip_all)]
    async fn save_approval_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: SaveApprovalPolicyInput,
    ) -> Result<SaveApprovalPolicyPayload> {
        let answer = perform::<_, SaveApprovalPolicyErrorCode>(ctx, &input).await?;
        let is_stale = |code| code == SaveApprovalPolicyErrorCode::Stale;
        let conflict = if answer.refused.iter().any(|it| is_stale(it.code)) {
            Some(policy(ctx).await.map_err(|error| refuse(ctx, error))?)
        } else {
            None
        };
        Ok(SaveApprovalPolicyPayload {
            policy: answer.value.map(Into::into),
            conflict,
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

/// A request after the commit, as a field of the payload asks for it.
async fn shown(
    ctx: &Context<'_>,
    id: Option<ChangeRequestId>,
    field: &str,
) -> Result<Option<ChangeRequest>> {
    change_request(ctx, id, ctx.look_ahead().field(field)).await
}

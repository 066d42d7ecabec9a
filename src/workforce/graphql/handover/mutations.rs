//! Mutations of proposed transfers: one input, a payload whose refusals are data.

use async_graphql::{Context, Object, OutputType, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{
    AcceptTransferErrorCode, DeclineTransferErrorCode, ProposeTransferErrorCode,
    WithdrawTransferErrorCode,
};
use super::inputs::{
    AcceptTransferInput, DeclineTransferInput, ProposeTransferInput, WithdrawTransferInput,
};
use super::objects::TransferProposal;
use super::transfer_proposal_by_id;
use crate::graphql::{
    Answer, Beginning, Command, UserErrorOf, begin, conflict, refuse, settle, user_errors,
};
use crate::kernel::ProposalId;
use crate::workforce::graphql::Conflict;
use crate::workforce::graphql::mutations::{lists, prepare};
use crate::workforce::{self, DecideTransfer};

/// The answer to `proposeTransfer`.
#[derive(SimpleObject)]
pub struct ProposeTransferPayload {
    /// The new proposal; absent when it was refused.
    proposal: Option<TransferProposal>,
    /// Both versions of the worker's record, when someone else changed it first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ProposeTransferErrorCode>>,
}

/// The answer to `acceptTransfer`.
#[derive(SimpleObject)]
pub struct AcceptTransferPayload {
    /// The proposal, with the worker, whose record is the receiving side's now; absent when it was refused.
    proposal: Option<TransferProposal>,
    /// The proposal as it is now, when someone else decided on it first.
    conflict: Option<TransferProposal>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<AcceptTransferErrorCode>>,
}

/// The answer to `declineTransfer`.
#[derive(SimpleObject)]
pub struct DeclineTransferPayload {
    /// The proposal; absent when it was refused.
    proposal: Option<TransferProposal>,
    /// The proposal as it is now, when someone else decided on it first.
    conflict: Option<TransferProposal>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<DeclineTransferErrorCode>>,
}

/// The answer to `withdrawTransfer`.
#[derive(SimpleObject)]
pub struct WithdrawTransferPayload {
    /// The proposal; absent when it was refused.
    proposal: Option<TransferProposal>,
    /// The proposal as it is now, when someone else decided on it first.
    conflict: Option<TransferProposal>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<WithdrawTransferErrorCode>>,
}

#[derive(Default)]
pub struct HandoverMutation;

#[Object]
impl HandoverMutation {
    /// Propose to transfer a worker to a place that others work for. Nothing moves before they accept.
    #[tracing::instrument(name = "mutation proposeTransfer", skip_all)]
    async fn propose_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ProposeTransferInput,
    ) -> Result<ProposeTransferPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match begin(ctx, "proposeTransfer", input.key(), &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended =
                    workforce::propose_transfer(&mut attempt.write().db(), &occasion, command)
                        .await;
                settle(ctx, attempt, ended).await?
            }
        };
        let conflict: Option<workforce::Conflict> = conflict(ctx, &answer.refused)?;
        let conflict = match conflict {
            Some(conflict) => Some(Conflict::new(conflict, lists(ctx).await?)),
            None => None,
        };
        let (proposal, errors) = wire(ctx, answer).await?;
        Ok(ProposeTransferPayload {
            proposal,
            conflict,
            errors,
        })
    }

    /// Accept a proposed transfer: the worker's posting ends the day before, and the one here begins.
    #[tracing::instrument(name = "mutation acceptTransfer", skip_all)]
    async fn accept_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: AcceptTransferInput,
    ) -> Result<AcceptTransferPayload> {
        let (proposal, conflict, errors) = decide(ctx, "acceptTransfer", &input).await?;
        Ok(AcceptTransferPayload {
            proposal,
            conflict,
            errors,
        })
    }

    /// Decline a proposed transfer: the worker stays.
    #[tracing::instrument(name = "mutation declineTransfer", skip_all)]
    async fn decline_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: DeclineTransferInput,
    ) -> Result<DeclineTransferPayload> {
        let (proposal, conflict, errors) = decide(ctx, "declineTransfer", &input).await?;
        Ok(DeclineTransferPayload {
            proposal,
            conflict,
            errors,
        })
    }

    /// Take a proposed transfer back.
    #[tracing::instrument(name = "mutation withdrawTransfer", skip_all)]
    async fn withdraw_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: WithdrawTransferInput,
    ) -> Result<WithdrawTransferPayload> {
        let (proposal, conflict, errors) = decide(ctx, "withdrawTransfer", &input).await?;
        Ok(WithdrawTransferPayload {
            proposal,
            conflict,
            errors,
        })
    }
}

type Settled<C> = (
    Option<TransferProposal>,
    Option<TransferProposal>,
    Vec<UserErrorOf<C>>,
);

/// What the mutations that decide on a proposal do alike.
async fn decide<I, C>(ctx: &Context<'_>, name: &'static str, input: &I) -> Result<Settled<C>>
where
    I: Command<Read = DecideTransfer>,
    C: OutputType + Copy + Serialize + DeserializeOwned,
{
    let (command, occasion) = prepare(ctx, input)?;
    let id = command.proposal;
    let answer = match begin(ctx, name, input.key(), input).await? {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let ended =
                workforce::decide_transfer(&mut attempt.write().db(), &occasion, command).await;
            settle(ctx, attempt, ended).await?
        }
    };
    let is_stale = answer.refused.iter().any(|it| it.path == ["baseVersion"]);
    let conflict = if is_stale {
        found(ctx, id).await?
    } else {
        None
    };
    let (proposal, errors) = wire(ctx, answer).await?;
    Ok((proposal, conflict, errors))
}

/// A proposal after the commit.
async fn found(ctx: &Context<'_>, id: ProposalId) -> Result<Option<TransferProposal>> {
    let found = transfer_proposal_by_id(ctx, id).await;
    found.map_err(|error| refuse(ctx, error))
}

async fn wire<C: OutputType + Copy + Serialize>(
    ctx: &Context<'_>,
    answer: Answer<ProposalId, C>,
) -> Result<(Option<TransferProposal>, Vec<UserErrorOf<C>>)> {
    let proposal = match answer.value {
        Some(id) => found(ctx, id).await?,
        None => None,
    };
    Ok((proposal, user_errors(ctx, answer.refused)?))
}

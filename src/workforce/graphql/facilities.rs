//! Mutations of facilities, which may move the people in them.

use async_graphql::{Context, Object, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::graphql::{ActInput, Answer, Beginning, UserErrorOf, begin, refuse, settle};
use crate::places::FacilityProposal;
use crate::places::graphql::{
    AddFacilityErrorCode, AddFacilityInput, ChangeFacilityErrorCode, ChangeFacilityInput,
    CloseFacilityErrorCode, CloseFacilityInput, Facility, FacilityConflict,
    ReopenFacilityErrorCode, ReopenFacilityInput, occasion, wire_facility,
};
use crate::workforce::{self, Relocated};

/// The answer to `addFacility`.
#[derive(SimpleObject)]
pub struct AddFacilityPayload {
    /// The new facility, as it is from its first day; absent when it was refused.
    facility: Option<Facility>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<AddFacilityErrorCode>>,
}

/// The answer to `changeFacility`.
#[derive(SimpleObject)]
pub struct ChangeFacilityPayload {
    /// The facility, as it is from that day; absent when it was refused.
    facility: Option<Facility>,
    /// How many records are kept in another org unit than before; absent when it was refused.
    workers: Option<u64>,
    /// Both versions, when someone else changed the facility first.
    conflict: Option<FacilityConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ChangeFacilityErrorCode>>,
}

/// The answer to `closeFacility`.
#[derive(SimpleObject)]
pub struct CloseFacilityPayload {
    /// The facility, as it is from that day; absent when it was refused.
    facility: Option<Facility>,
    /// Both versions, when someone else changed the facility first.
    conflict: Option<FacilityConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<CloseFacilityErrorCode>>,
}

/// The answer to `reopenFacility`.
#[derive(SimpleObject)]
pub struct ReopenFacilityPayload {
    /// The facility, as it is from that day; absent when it was refused.
    facility: Option<Facility>,
    /// Both versions, when someone else changed the facility first.
    conflict: Option<FacilityConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ReopenFacilityErrorCode>>,
}

#[derive(Default)]
pub struct FacilitiesMutation;

#[Object]
impl FacilitiesMutation {
    /// Add a facility that works from a day on.
    #[tracing::instrument(name = "mutation addFacility", skip_all)]
    async fn add_facility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: AddFacilityInput,
    ) -> Result<AddFacilityPayload> {
        let read = input.read().map(FacilityProposal::Add);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let done = run(ctx, "addFacility", said, &input, proposal).await?;
        Ok(AddFacilityPayload {
            facility: done.facility,
            errors: done.errors,
        })
    }

    /// Change a facility from a day on: rename it, class it anew, move it to another org unit with the records of all who
    /// serve there last.
    #[tracing::instrument(name = "mutation changeFacility", skip_all)]
    async fn change_facility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ChangeFacilityInput,
    ) -> Result<ChangeFacilityPayload> {
        let read = input.read().map(FacilityProposal::Change);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let done = run(ctx, "changeFacility", said, &input, proposal).await?;
        Ok(ChangeFacilityPayload {
            facility: done.facility,
            workers: done.workers,
            conflict: done.conflict,
            errors: done.errors,
        })
    }

    /// Close a facility from a day on: nobody is posted there any more. Those who are posted there stay until they are
    /// transferred; `previewFacilityChange` tells how many.
    #[tracing::instrument(name = "mutation closeFacility", skip_all)]
    async fn close_facility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: CloseFacilityInput,
    ) -> Result<CloseFacilityPayload> {
        let read = input.read().map(FacilityProposal::Close);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let done = run(ctx, "closeFacility", said, &input, proposal).await?;
        Ok(CloseFacilityPayload {
            facility: done.facility,
            conflict: done.conflict,
            errors: done.errors,
        })
    }

    /// Reopen a closed facility from a day on.
    #[tracing::instrument(name = "mutation reopenFacility", skip_all)]
    async fn reopen_facility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ReopenFacilityInput,
    ) -> Result<ReopenFacilityPayload> {
        let read = input.read().map(FacilityProposal::Reopen);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let done = run(ctx, "reopenFacility", said, &input, proposal).await?;
        Ok(ReopenFacilityPayload {
            facility: done.facility,
            conflict: done.conflict,
            errors: done.errors,
        })
    }
}

struct Settled<C: async_graphql::OutputType> {
    facility: Option<Facility>,
    workers: Option<u64>,
    conflict: Option<FacilityConflict>,
    errors: Vec<UserErrorOf<C>>,
}

async fn run<I, C>(
    ctx: &Context<'_>,
    name: &'static str,
    (key, act): (Option<&str>, Option<&ActInput>),
    input: &I,
    proposal: FacilityProposal,
) -> Result<Settled<C>>
where
    I: Serialize + Sync,
    C: async_graphql::OutputType + Copy + Serialize + DeserializeOwned,
{
    let occasion = occasion(ctx, act)?;
    let begun = begin::<Relocated, C>(ctx, name, key, input).await?;
    let answer = match begun {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let ended =
                workforce::revise_facility(&mut attempt.write().db(), &occasion, &proposal).await;
            settle(ctx, attempt, ended).await?
        }
    };
    let workers = answer.value.map(|it| it.workers);
    let answer = Answer {
        value: answer.value.map(|it| it.facility),
        refused: answer.refused,
    };
    let (facility, conflict, errors) = wire_facility(ctx, answer, proposal.from()).await?;
    Ok(Settled {
        facility,
        workers,
        conflict,
        errors,
    })
}

//! Mutations of service files: one input, a payload whose refusals are data.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::codes::{
    EndServiceEntryErrorCode, RecordServiceEntryErrorCode, WithdrawServiceEntryErrorCode,
};
use super::inputs::{EndServiceEntryInput, RecordServiceEntryInput, WithdrawServiceEntryInput};
use crate::graphql::UserErrorOf;
use crate::workforce::graphql::deed::perform;
use crate::workforce::graphql::mutations::wire;
use crate::workforce::graphql::{Conflict, Worker};

/// The answer to `recordServiceEntry`.
#[derive(SimpleObject)]
pub struct RecordServiceEntryPayload {
    /// The worker with the entry; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordServiceEntryErrorCode>>,
}

/// The answer to `endServiceEntry`.
#[derive(SimpleObject)]
pub struct EndServiceEntryPayload {
    /// The worker with the entry; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<EndServiceEntryErrorCode>>,
}

/// The answer to `withdrawServiceEntry`.
#[derive(SimpleObject)]
pub struct WithdrawServiceEntryPayload {
    /// The worker without the entry; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<WithdrawServiceEntryErrorCode>>,
}

#[derive(Default)]
pub struct ServiceMutation;

#[Object]
impl ServiceMutation {
    /// Record an absence, a suspension, a disciplinary action, an appraisal or pay, or say one anew.
    #[tracing::instrument(name = "mutation recordServiceEntry", skip_all)]
    async fn record_service_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: RecordServiceEntryInput,
    ) -> Result<RecordServiceEntryPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(RecordServiceEntryPayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Say the last day of an absence, a suspension or pay.
    #[tracing::instrument(name = "mutation endServiceEntry", skip_all)]
    async fn end_service_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: EndServiceEntryInput,
    ) -> Result<EndServiceEntryPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(EndServiceEntryPayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Withdraw an entry of a service file that was made by mistake: it holds no more, and stays in the record's history.
    #[tracing::instrument(name = "mutation withdrawServiceEntry", skip_all)]
    async fn withdraw_service_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: WithdrawServiceEntryInput,
    ) -> Result<WithdrawServiceEntryPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(WithdrawServiceEntryPayload {
            worker,
            conflict,
            errors,
        })
    }
}

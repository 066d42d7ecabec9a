//! Mutations of qualifications, and the withdrawal of any credential.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::codes::{RecordQualificationErrorCode, WithdrawCredentialErrorCode};
use super::inputs::{RecordQualificationInput, WithdrawCredentialInput};
use crate::credentials;
use crate::graphql::{Beginning, UserErrorOf, settle};
use crate::workforce::graphql::{Conflict, Worker, prepare, start, wire};

/// The answer to `recordQualification`.
#[derive(SimpleObject)]
pub struct RecordQualificationPayload {
    /// The worker with the qualification; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordQualificationErrorCode>>,
}

/// The answer to `withdrawCredential`.
#[derive(SimpleObject)]
pub struct WithdrawCredentialPayload {
    /// The worker without the credential; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<WithdrawCredentialErrorCode>>,
}

#[derive(Default)]
pub struct CredentialsMutation;

#[Object]
impl CredentialsMutation {
    /// Record what a worker has passed, or correct it.
    #[tracing::instrument(name = "mutation recordQualification", skip_all)]
    async fn record_qualification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: RecordQualificationInput,
    ) -> Result<RecordQualificationPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "recordQualification", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::record_qualification(&mut tx, &occasion, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(RecordQualificationPayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Withdraw a credential that was entered by mistake: it counts no more, and stays in the record's history.
    #[tracing::instrument(name = "mutation withdrawCredential", skip_all)]
    async fn withdraw_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: WithdrawCredentialInput,
    ) -> Result<WithdrawCredentialPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "withdrawCredential", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::withdraw(&mut tx, &occasion, &command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(WithdrawCredentialPayload {
            worker,
            conflict,
            errors,
        })
    }
}

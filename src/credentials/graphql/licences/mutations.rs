//! Mutations of registrations and licences.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::codes::{
    DecideOnLicenceErrorCode, IssueLicenceErrorCode, RecordRegistrationErrorCode,
    RenewLicenceErrorCode,
};
use super::inputs::{
    DecideOnLicenceInput, IssueLicenceInput, RecordRegistrationInput, RenewLicenceInput,
};
use crate::credentials;
use crate::graphql::{Beginning, UserErrorOf, settle};
use crate::workforce::graphql::{Conflict, Worker, prepare, start, wire};

/// The answer to `recordRegistration`.
#[derive(SimpleObject)]
pub struct RecordRegistrationPayload {
    /// The worker with the registration; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordRegistrationErrorCode>>,
}

/// The answer to `issueLicence`.
#[derive(SimpleObject)]
pub struct IssueLicencePayload {
    /// The worker with the licence; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<IssueLicenceErrorCode>>,
}

/// The answer to `renewLicence`.
#[derive(SimpleObject)]
pub struct RenewLicencePayload {
    /// The worker with the renewed licence; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RenewLicenceErrorCode>>,
}

/// The answer to `decideOnLicence`.
#[derive(SimpleObject)]
pub struct DecideOnLicencePayload {
    /// The worker with the licence; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<DecideOnLicenceErrorCode>>,
}

#[derive(Default)]
pub struct LicencesMutation;

#[Object]
impl LicencesMutation {
    /// Record that a council has a worker on its register.
    #[tracing::instrument(name = "mutation recordRegistration", skip_all)]
    async fn record_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: RecordRegistrationInput,
    ) -> Result<RecordRegistrationPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "recordRegistration", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::record_registration(&mut tx, &occasion, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(RecordRegistrationPayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Issue a licence to practise, for its first term.
    #[tracing::instrument(name = "mutation issueLicence", skip_all)]
    async fn issue_licence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: IssueLicenceInput,
    ) -> Result<IssueLicencePayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "issueLicence", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::issue_licence(&mut tx, &occasion, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(IssueLicencePayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Renew a licence for another term. What was decided about it stays.
    #[tracing::instrument(name = "mutation renewLicence", skip_all)]
    async fn renew_licence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RenewLicenceInput,
    ) -> Result<RenewLicencePayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "renewLicence", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::renew_licence(&mut tx, &occasion, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(RenewLicencePayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Suspend a licence, reinstate a suspended one, or revoke one for good, from a day on.
    #[tracing::instrument(name = "mutation decideOnLicence", skip_all)]
    async fn decide_on_licence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: DecideOnLicenceInput,
    ) -> Result<DecideOnLicencePayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "decideOnLicence", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::decide_on_licence(&mut tx, &occasion, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(DecideOnLicencePayload {
            worker,
            conflict,
            errors,
        })
    }
}

//! Promotions and exits on the wire.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use serde::Serialize;

use super::changes::Conflict;
use super::codes::{PromoteWorkerErrorCode, RecordExitErrorCode};
use super::deed::perform;
use super::mutations::wire;
use super::worker::Worker;
use crate::graphql::{ActInput, Command, Day, UserErrorOf, id, optional_id};
use crate::kernel::Invalid;
use crate::workforce::{PromoteWorker, RecordExit};

/// A worker to promote: to another cadre, another salary grade, or both. What is absent stays as it is.
#[derive(InputObject, Serialize)]
pub struct PromoteWorkerInput {
    /// The worker.
    worker: ID,
    /// The first day; the old posting ends the day before.
    on: Day,
    /// The cadre from then on. When career steps lead out of the cadre that is left, one of them must lead here.
    cadre: Option<ID>,
    /// The salary grade from then on, one of the cadre's.
    salary_grade: Option<String>,
    /// Another facility to serve at from then on.
    to: Option<ID>,
    /// Other terms from then on, by a code of the list `EMPLOYMENT_TYPE`.
    employment_type: Option<String>,
    /// Why the old posting ends, by a code of the list `DEPARTURE_REASON`; `promotion` when absent.
    reason: Option<String>,
    /// The version that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Somebody who leaves the service.
#[derive(InputObject, Serialize)]
pub struct RecordExitInput {
    /// The worker.
    worker: ID,
    /// The last day of service; every posting that is in force ends on it.
    on: Day,
    /// Why, by a code of the list `DEPARTURE_REASON` whose `exit_group` is voluntary or involuntary.
    reason: String,
    /// The version that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// The answer to `promoteWorker`.
#[derive(SimpleObject)]
pub struct PromoteWorkerPayload {
    /// The worker after the promotion; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<PromoteWorkerErrorCode>>,
}

/// The answer to `recordExit`.
#[derive(SimpleObject)]
pub struct RecordExitPayload {
    /// The worker, who is a former one from the day after; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordExitErrorCode>>,
}

#[derive(Default)]
pub struct CareersMutation;

#[Object]
impl CareersMutation {
    /// Promote a worker from a given day.
    #[tracing::instrument(name = "mutation promoteWorker", skip_all)]
    async fn promote_worker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: PromoteWorkerInput,
    ) -> Result<PromoteWorkerPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(PromoteWorkerPayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Record that somebody leaves the service: all their postings end, and with them the leave that would go on after the
    /// last day. Who is posted again later comes back with the same record.
    #[tracing::instrument(name = "mutation recordExit", skip_all)]
    async fn record_exit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RecordExitInput,
    ) -> Result<RecordExitPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(RecordExitPayload {
            worker,
            conflict,
            errors,
        })
    }
}

impl Command for PromoteWorkerInput {
    type Read = PromoteWorker;

    fn read(&self) -> std::result::Result<PromoteWorker, Invalid> {
        Ok(PromoteWorker {
            worker: id("input.worker", &self.worker)?,
            on: self.on.0,
            to: optional_id("input.to", self.to.as_ref())?,
            cadre: optional_id("input.cadre", self.cadre.as_ref())?,
            salary_grade: self.salary_grade.clone(),
            employment_type: self.employment_type.clone(),
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

impl Command for RecordExitInput {
    type Read = RecordExit;

    fn read(&self) -> std::result::Result<RecordExit, Invalid> {
        Ok(RecordExit {
            worker: id("input.worker", &self.worker)?,
            on: self.on.0,
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

//! Clearances on the wire, and who serves without one.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::cadres::VETTING_KIND;
use crate::cadres::graphql::CodeListEntry;
use crate::credentials::{self, Found, RecordVetting};
use crate::graphql::{
    Act, ActInput, Beginning, Command, Connection, Day, Paging, PersonalKind, UserErrorOf, guarded,
    id, optional_id, personal, refuse, request, settle,
};
use crate::kernel::{Id, Invalid};
use crate::workforce::graphql::{
    Conflict, Worker, WorkerFilterInput, prepare, start, wire, workers_among,
};
use crate::workforce::{Lists, Status};

pub struct Vetting {
    of: credentials::Vetting,
    lists: Lists,
}

/// How a clearance was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[graphql(remote = "credentials::VettingStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VettingStatus {
    /// It was asked for, and is not answered yet.
    Pending,
    /// Nothing speaks against the worker.
    Cleared,
    /// Something does.
    Refused,
}

/// Why a clearance was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordVettingErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// The record changed since it was read; see `conflict`.
    Stale,
    /// The worker has no such clearance to say anew.
    CredentialNotFound,
    /// None of the country's kinds of clearance, or retired.
    UnknownVettingKind,
    /// The text is empty, too long, or has control characters.
    InvalidText,
    /// A day is not from 1900 to 2200.
    InvalidDate,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// A clearance to record, or one to say anew.
#[derive(InputObject, Serialize)]
pub struct RecordVettingInput {
    /// The worker.
    worker: ID,
    /// The one to say anew, all of it, as when it is answered or was wrong; absent: a new one.
    vetting: Option<ID>,
    /// Its kind, by a code of the list `vetting_kind`.
    kind: String,
    /// How it was answered.
    status: VettingStatus,
    /// The first day on which it holds; while it is pending, the day on which it was asked for.
    issued_on: Day,
    /// The last day on which it holds; absent: no end is known.
    expires_on: Option<Day>,
    /// Who answers it, at most 200 characters.
    issued_by: String,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// The answer to `recordVetting`.
#[derive(SimpleObject)]
pub struct RecordVettingPayload {
    /// The worker with the clearance; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordVettingErrorCode>>,
}

impl Vetting {
    pub(super) fn new(of: credentials::Vetting, lists: &Lists) -> Self {
        Self {
            of,
            lists: lists.clone(),
        }
    }
}

/// Whether a worker was found fit to be trusted with those whom they serve.
#[Object]
impl Vetting {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.of.id.encode().into()
    }

    /// Its kind, by the country's list `vetting_kind`.
    async fn kind(&self) -> Option<CodeListEntry> {
        CodeListEntry::find(&self.lists.codes, VETTING_KIND, &self.of.found.kind)
    }

    /// How it was answered.
    #[graphql(directive = personal::apply(PersonalKind::Conduct.name()))]
    async fn status(&self, ctx: &Context<'_>) -> Option<Result<VettingStatus>> {
        guarded(
            ctx,
            PersonalKind::Conduct,
            Some(self.of.found.status.into()),
        )
    }

    /// Whether it vouches for the worker on the day that was asked about.
    #[graphql(directive = personal::apply(PersonalKind::Conduct.name()))]
    async fn is_valid(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        let vouches = self.of.found.vouches_on(self.lists.at.day);
        guarded(ctx, PersonalKind::Conduct, Some(vouches))
    }

    /// The first day on which it holds; while it is pending, the day on which it was asked for.
    async fn issued_on(&self) -> Day {
        Day(self.of.found.issued_on)
    }

    /// The last day on which it holds; absent: no end is known.
    async fn expires_on(&self) -> Option<Day> {
        self.of.found.expires_on.map(Day)
    }

    /// Who answers it.
    async fn issued_by(&self) -> &str {
        &self.of.found.issued_by
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.of.act.clone().map(Act::new)
    }
}

impl Command for RecordVettingInput {
    type Read = RecordVetting;

    fn read(&self) -> std::result::Result<RecordVetting, Invalid> {
        Ok(RecordVetting {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            corrects: optional_id("input.vetting", self.vetting.as_ref())?,
            found: Found {
                kind: self.kind.clone(),
                status: self.status.into(),
                issued_on: self.issued_on.0,
                expires_on: self.expires_on.map(|Day(day)| day),
                issued_by: self.issued_by.trim().to_owned(),
            },
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

#[derive(Default)]
pub struct VettingsQuery;

#[Object]
impl VettingsQuery {
    /// Workers within the caller's scope for whom no clearance vouches on the day; at most 100 a page, in the order of
    /// `workers`.
    #[tracing::instrument(name = "query unvettedWorkers", skip_all)]
    async fn unvetted_workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "A clearance of this kind, by a code of the list `vetting_kind`; absent: any."
        )]
        kind: Option<String>,
        #[graphql(desc = "Which of them; absent: all who are active.")] filter: Option<
            WorkerFilterInput,
        >,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Worker>> {
        let among = async {
            let rq = request(ctx);
            let day = rq.as_of(as_of)?.day;
            let mut db = rq.read(true).await?;
            credentials::unvetted(&mut db, rq.actor(), kind.as_deref(), day).await
        };
        let among = among.await.map_err(|error| refuse(ctx, error))?;
        let active = Some(Status::Active);
        let paging = Paging { first, after };
        workers_among(ctx, "unvetted", filter, as_of, paging, (among, active)).await
    }
}

#[derive(Default)]
pub struct VettingsMutation;

#[Object]
impl VettingsMutation {
    /// Record whether a worker was found fit to be trusted with those whom they serve, or say it anew.
    #[tracing::instrument(name = "mutation recordVetting", skip_all)]
    async fn record_vetting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RecordVettingInput,
    ) -> Result<RecordVettingPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "recordVetting", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::record_vetting(&mut tx, &occasion, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(RecordVettingPayload {
            worker,
            conflict,
            errors,
        })
    }
}

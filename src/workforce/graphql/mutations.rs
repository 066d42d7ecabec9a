//! Mutations of the workforce: verb and noun, one input, a payload whose refusals are data.

use std::sync::Arc;

use async_graphql::{Context, Lookahead, Object, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::approvals::{ChangeRequest, change_request};
use super::changes::Conflict;
use super::codes::{
    CorrectWorkerErrorCode, EndPostingErrorCode, PostWorkerErrorCode, RegisterWorkerErrorCode,
    TransferWorkerErrorCode,
};
use super::conflicts::{ConflictItem, conflict_items};
use super::deed::perform;
use super::duplicates::{LikelyDuplicate, likely};
use super::inputs::{
    CorrectWorkerInput, EndPostingInput, PostWorkerInput, RegisterWorkerInput, TransferWorkerInput,
};
use super::worker::Worker;
use crate::graphql::{
    ActInput, Answer, Beginning, Command, UserErrorOf, begin, conflict, refuse, request,
    user_errors,
};
use crate::kernel::{AsOf, ChangeRequestId, ConflictId, ReadError};
use crate::workforce::{self, Corrected, Likely, Lists, Occasion};

/// The answer to `registerWorker`.
#[derive(SimpleObject)]
pub struct RegisterWorkerPayload {
    /// The new record; absent when it was refused.
    worker: Option<Worker>,
    /// Who on the register may be the same person, the likeliest first, when it was refused for them.
    likely: Vec<LikelyDuplicate>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RegisterWorkerErrorCode>>,
}

/// The answer to `correctWorker`.
#[derive(SimpleObject)]
pub struct CorrectWorkerPayload {
    /// The corrected record; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// The corrections that somebody has to decide on, because somebody else gave the field another value: with
    /// `onConflict: MERGE` alone.
    conflicts: Vec<ConflictItem>,
    /// What of the correction waits until somebody else has decided on it, because the ministry's policy wants a second person
    /// for such fields: the record has it not yet. The other fields are corrected.
    change_request: Option<ChangeRequest>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<CorrectWorkerErrorCode>>,
}

/// The answer to `postWorker`.
#[derive(SimpleObject)]
pub struct PostWorkerPayload {
    /// The worker with the new posting; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<PostWorkerErrorCode>>,
}

/// The answer to `transferWorker`.
#[derive(SimpleObject)]
pub struct TransferWorkerPayload {
    /// The worker after the transfer; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<TransferWorkerErrorCode>>,
}

/// The answer to `endPosting`.
#[derive(SimpleObject)]
pub struct EndPostingPayload {
    /// The worker without the posting; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<EndPostingErrorCode>>,
}

#[derive(Default)]
pub struct WorkforceMutation;

#[Object]
impl WorkforceMutation {
    /// Put a person on the register.
    #[tracing::instrument(name = "mutation registerWorker", skip_all)]
    async fn register_worker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RegisterWorkerInput,
    ) -> Result<RegisterWorkerPayload> {
        let answer = perform(ctx, &input).await?;
        let likely: Option<Vec<Likely>> = conflict(ctx, &answer.refused)?;
        let selections = [ctx.look_ahead().field("likely").field("worker")];
        let likely = likely_duplicates(ctx, likely.unwrap_or_default(), &selections).await?;
        let lists = lists(ctx).await?;
        Ok(RegisterWorkerPayload {
            worker: answer
                .value
                .map(|it| Worker::new(it, lists, Arc::default())),
            likely,
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Correct a person's record: name, sex, birth date, identifiers, contacts. What somebody else changed first is refused,
    /// or with `onConflict: MERGE` merged field by field. Fields that need a second person (see `approvalPolicy`) become a
    /// change request, and the others are corrected at once; of a field of which another change waits, nothing is.
    #[tracing::instrument(name = "mutation correctWorker", skip_all)]
    async fn correct_worker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: CorrectWorkerInput,
    ) -> Result<CorrectWorkerPayload> {
        let answer = perform(ctx, &input).await?;
        let (answer, conflicts, waiting) = parted(answer);
        let look = ctx.look_ahead();
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(CorrectWorkerPayload {
            worker,
            conflict,
            conflicts: conflict_items(ctx, conflicts, &[look.field("conflicts")]).await?,
            change_request: change_request(ctx, waiting, look.field("changeRequest")).await?,
            errors,
        })
    }

    /// Post a worker who holds no primary posting, or give another duty besides.
    #[tracing::instrument(name = "mutation postWorker", skip_all)]
    async fn post_worker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: PostWorkerInput,
    ) -> Result<PostWorkerPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(PostWorkerPayload {
            worker,
            conflict,
            errors,
        })
    }

    /// Post a worker to another facility, cadre or terms from a given day.
    #[tracing::instrument(name = "mutation transferWorker", skip_all)]
    async fn transfer_worker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: TransferWorkerInput,
    ) -> Result<TransferWorkerPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(TransferWorkerPayload {
            worker,
            conflict,
            errors,
        })
    }

    /// End a posting, with its last day and a reason. When it is the worker's last, leave that would go on after that day ends
    /// with it.
    #[tracing::instrument(name = "mutation endPosting", skip_all)]
    async fn end_posting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: EndPostingInput,
    ) -> Result<EndPostingPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(EndPostingPayload {
            worker,
            conflict,
            errors,
        })
    }
}

/// An input as its verb takes it, and who acts when.
///
/// # Errors
/// Bad input for what does not even have its form; `Denied` to callers of no country.
pub fn prepare<'a, I: Command>(ctx: &Context<'a>, input: &I) -> Result<(I::Read, Occasion<'a>)> {
    let prepared = || Ok::<_, ReadError>((input.read()?, occasion(ctx, input.act())?));
    prepared().map_err(|error| refuse(ctx, error))
}

/// Who acts, when, and by what legal act.
///
/// # Errors
/// `Denied` to callers of no country.
pub fn occasion<'a>(
    ctx: &Context<'a>,
    act: Option<&ActInput>,
) -> std::result::Result<Occasion<'a>, ReadError> {
    let rq = request(ctx);
    Ok(Occasion {
        actor: rq.actor(),
        now: rq.now(),
        today: rq.today()?,
        phone_region: &rq.tenant()?.settings().phone_region,
        act: act.map(ActInput::read).transpose()?,
        offline: false,
    })
}

/// Begins a mutation that answers with a worker.
///
/// # Errors
/// As [`begin`].
pub async fn start<I, C>(
    ctx: &Context<'_>,
    name: &str,
    input: &I,
) -> Result<Beginning<workforce::Worker, C>>
where
    I: Command,
    C: DeserializeOwned,
{
    begin(ctx, name, input.key(), input).await
}

/// The lists of today, as they are after the commit.
pub(super) async fn lists(ctx: &Context<'_>) -> Result<Lists> {
    let lists = async {
        let rq = request(ctx);
        let today = rq.today()?;
        let mut db = rq.read(false).await?;
        Ok::<_, ReadError>(Lists::current(&mut db, AsOf::now(today)).await?)
    };
    lists.await.map_err(|error| refuse(ctx, error))
}

/// Those for whom somebody was not registered.
pub(super) async fn likely_duplicates(
    ctx: &Context<'_>,
    found: Vec<Likely>,
    selections: &[Lookahead<'_>],
) -> Result<Vec<LikelyDuplicate>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let shown = async {
        let mut db = request(ctx).read(true).await?;
        likely(ctx, &mut db, found, selections).await
    };
    shown.await.map_err(|error| refuse(ctx, error))
}

/// The answer to a correction, and the corrections that wait.
fn parted<C>(
    answer: Answer<Corrected, C>,
) -> (
    Answer<workforce::Worker, C>,
    Vec<ConflictId>,
    Option<ChangeRequestId>,
) {
    let (value, conflicts, request) = match answer.value {
        Some(it) => (Some(it.worker), it.conflicts, it.request),
        None => (None, Vec::new(), None),
    };
    let answer = Answer {
        value,
        refused: answer.refused,
    };
    (answer, conflicts, request)
}

/// What the payload of a change of a worker tells.
pub type Settled<C> = (Option<Worker>, Option<Conflict>, Vec<UserErrorOf<C>>);

/// An answer on the wire. The lists are read after the commit.
///
/// # Errors
/// When they cannot be read.
pub async fn wire<C>(ctx: &Context<'_>, answer: Answer<workforce::Worker, C>) -> Result<Settled<C>>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let conflict: Option<workforce::Conflict> = conflict(ctx, &answer.refused)?;
    let lists = lists(ctx).await?;
    let conflict = conflict.map(|it| Conflict::new(it, lists.clone()));
    let worker = (answer.value).map(|worker| Worker::new(worker, lists, Arc::default()));
    Ok((worker, conflict, user_errors(ctx, answer.refused)?))
}

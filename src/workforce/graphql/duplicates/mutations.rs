//! Mutations about records that may be one person's.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use super::codes::{
    DismissDuplicateErrorCode, MergeWorkersErrorCode, SearchDuplicatesErrorCode,
    UnmergeWorkersErrorCode,
};
use super::inputs::{
    DismissDuplicateInput, MergeWorkersInput, SearchDuplicatesInput, UnmergeWorkersInput,
};
use super::objects::{Duplicate, of_pairs};
use super::preview::MergePreview;
use crate::auth::Permission;
use crate::graphql::{
    Answer, Beginning, UserErrorOf, begin, conflict, refuse, rehearsed, request, settle,
    user_errors,
};
use crate::kernel::ReadError;
use crate::workforce::graphql::changes::Conflict;
use crate::workforce::graphql::mutations::{lists, prepare};
use crate::workforce::graphql::{Posting, Worker};
use crate::workforce::{self, Pair, Rehearsed, Searched, United};

/// The answer to `mergeWorkers`.
#[derive(SimpleObject)]
pub struct MergeWorkersPayload {
    /// The one record; absent when it was refused, and after a dry run.
    worker: Option<Worker>,
    /// The person as they would be, after a dry run of which nothing was refused.
    preview: Option<MergePreview>,
    /// How much of the other record stands with it now, or would: postings, identifiers, contacts and the rest; answers to forms
    /// not counted.
    moved: Option<i32>,
    /// Postings of the other record on days on which the one is posted already. They are told nowhere else, and come
    /// back with the record when the two are made two again.
    set_aside: Vec<Posting>,
    /// Both versions, when someone else changed one of the records first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<MergeWorkersErrorCode>>,
}

/// The answer to `unmergeWorkers`.
#[derive(SimpleObject)]
pub struct UnmergeWorkersPayload {
    /// The record that was kept; absent when it was refused.
    worker: Option<Worker>,
    /// The record that is back; absent when it was refused.
    restored: Option<Worker>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<UnmergeWorkersErrorCode>>,
}

/// The answer to `dismissDuplicate`.
#[derive(SimpleObject)]
pub struct DismissDuplicatePayload {
    /// The pair, which waits no more; absent when it was refused.
    duplicate: Option<Duplicate>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<DismissDuplicateErrorCode>>,
}

/// The answer to `searchDuplicates`.
#[derive(SimpleObject)]
pub struct SearchDuplicatesPayload {
    /// How many records were compared with the register.
    compared: Option<u32>,
    /// How many pairs of them are alike enough to be looked at.
    found: Option<u32>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SearchDuplicatesErrorCode>>,
}

#[derive(Default)]
pub struct DuplicatesMutation;

#[Object]
impl DuplicatesMutation {
    /// Make two records of one person one: all that hangs on the one hangs on the other from now on, and both ids name it.
    /// With `dryRun`, say what would become of them and what would be refused, and change nothing.
    #[tracing::instrument(name = "mutation mergeWorkers", skip_all)]
    async fn merge_workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: MergeWorkersInput,
    ) -> Result<MergeWorkersPayload> {
        let answer = if input.dry_run {
            tried(ctx, &input).await?
        } else {
            merged(ctx, &input).await?
        };
        let lists = lists(ctx).await?;
        let conflict: Option<workforce::Conflict> = conflict(ctx, &answer.refused)?;
        let (united, preview) = match answer.value {
            Some(Fate::United(it)) => (Some(it), None),
            Some(Fate::Tried(it)) => (Some(Box::new(it.united.clone())), Some(it)),
            None => (None, None),
        };
        let moved = united.as_ref().map(|it| it.moved);
        let aside = united.iter().flat_map(|it| it.set_aside.clone());
        let set_aside = aside.map(|it| Posting::new(it, lists.clone())).collect();
        let worker = united.filter(|_| preview.is_none()).map(|it| it.worker);
        Ok(MergeWorkersPayload {
            worker: worker.map(|it| Worker::new(it, lists.clone(), Arc::default())),
            moved: moved.and_then(|it| i32::try_from(it).ok()),
            set_aside,
            conflict: conflict.map(|it| Conflict::new(it, lists.clone())),
            preview: preview.map(|it| MergePreview::new(*it, lists)),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Make a record two again that was made one: what came from the record that went goes back to it, exactly; what was
    /// added or corrected since stays.
    #[tracing::instrument(name = "mutation unmergeWorkers", skip_all)]
    async fn unmerge_workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: UnmergeWorkersInput,
    ) -> Result<UnmergeWorkersPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let key = input.idempotency_key.as_deref();
        type Both = (workforce::Worker, workforce::Worker);
        let answer: Answer<Both, _> = match begin(ctx, "unmergeWorkers", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut db = attempt.write().db();
                let ended = workforce::unmerge_workers(&mut db, &occasion, command).await;
                drop(db);
                settle(ctx, attempt, ended).await?
            }
        };
        let lists = lists(ctx).await?;
        let conflict: Option<workforce::Conflict> = conflict(ctx, &answer.refused)?;
        let shown = |it| Worker::new(it, lists.clone(), Arc::default());
        let (worker, restored) = answer.value.unzip();
        Ok(UnmergeWorkersPayload {
            worker: worker.map(shown),
            restored: restored.map(shown),
            conflict: conflict.map(|it| Conflict::new(it, lists.clone())),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Say that the records of a pair are two people's, and how one knows; the pair waits no more.
    #[tracing::instrument(name = "mutation dismissDuplicate", skip_all)]
    async fn dismiss_duplicate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: DismissDuplicateInput,
    ) -> Result<DismissDuplicatePayload> {
        let ((pair, because), occasion) = prepare(ctx, &input)?;
        let key = input.idempotency_key.as_deref();
        let answer: Answer<Pair, _> = match begin(ctx, "dismissDuplicate", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut db = attempt.write().db();
                let ended = workforce::dismiss(&mut db, &occasion, pair, &because).await;
                drop(db);
                settle(ctx, attempt, ended).await?
            }
        };
        let selections = [ctx.look_ahead().field("duplicate")];
        let shown = async {
            let rq = request(ctx);
            let mut db = rq.read(true).await?;
            let pairs = answer.value.into_iter().collect();
            of_pairs(ctx, &mut db, pairs, &selections).await
        };
        let shown = shown.await.map_err(|error| refuse(ctx, error))?;
        Ok(DismissDuplicatePayload {
            duplicate: shown.into_iter().next(),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Compare those with the register who came in with files and were not compared yet. Imports do so by themselves.
    #[tracing::instrument(name = "mutation searchDuplicates", skip_all)]
    async fn search_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SearchDuplicatesInput,
    ) -> Result<SearchDuplicatesPayload> {
        let rq = request(ctx);
        let may = rq.actor().may(Permission::ResolveDuplicates);
        may.map_err(|denied| refuse(ctx, ReadError::Denied(denied)))?;
        let key = input.idempotency_key.as_deref();
        let answer = match begin(ctx, "searchDuplicates", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut db = attempt.write().db();
                let ended = workforce::search_duplicates(&mut db, rq.now()).await;
                drop(db);
                let ended: Result<_, workforce::WriteError> = ended.map_err(Into::into);
                settle(ctx, attempt, ended).await?
            }
        };
        let searched: Option<Searched> = answer.value;
        let count = |of: fn(&Searched) -> usize| u32::try_from(of(searched.as_ref()?)).ok();
        Ok(SearchDuplicatesPayload {
            compared: count(|it| it.compared),
            found: count(|it| it.found),
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

/// What became of two records, or would.
enum Fate {
    United(Box<United>),
    Tried(Box<Rehearsed>),
}

async fn merged(
    ctx: &Context<'_>,
    input: &MergeWorkersInput,
) -> Result<Answer<Fate, MergeWorkersErrorCode>> {
    let (command, occasion) = prepare(ctx, input)?;
    let key = input.idempotency_key.as_deref();
    let answer: Answer<United, _> = match begin(ctx, "mergeWorkers", key, input).await? {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let mut db = attempt.write().db();
            let ended = workforce::merge_workers(&mut db, &occasion, command).await;
            drop(db);
            settle(ctx, attempt, ended).await?
        }
    };
    Ok(Answer {
        value: answer.value.map(|it| Fate::United(Box::new(it))),
        refused: answer.refused,
    })
}

async fn tried(
    ctx: &Context<'_>,
    input: &MergeWorkersInput,
) -> Result<Answer<Fate, MergeWorkersErrorCode>> {
    let (command, occasion) = prepare(ctx, input)?;
    let answer: Answer<Rehearsed, _> = match begin(ctx, "mergeWorkers", None, input).await? {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let mut db = attempt.write().db();
            let ended = workforce::rehearse_merge(&mut db, &occasion, command).await;
            drop(db);
            rehearsed(ctx, attempt, ended).await?
        }
    };
    Ok(Answer {
        value: answer.value.map(|it| Fate::Tried(Box::new(it))),
        refused: answer.refused,
    })
}

//! Many changes at once, written down without the network: each is done once, however often it is sent.

mod codes;
mod inputs;
mod run;

use std::sync::Arc;

use async_graphql::{Context, Enum, Lookahead, Object, Result, SimpleObject};
use serde::Deserialize;

pub use codes::BatchItemErrorCode;
pub use inputs::SubmitBatchInput;

use run::{Done, Fate, run};

use super::approvals::{ChangeRequest, change_request};
use super::changes::Conflict;
use super::conflicts::{ConflictItem, conflict_items};
use super::duplicates::LikelyDuplicate;
use super::leave::{Leave, leave_by_id};
use super::mutations::{likely_duplicates, lists};
use super::submissions::{ChangedAnswer, Submission};
use super::worker::Worker;
use crate::graphql::{Refused, UserErrorOf, conflict, refuse, user_errors};
use crate::kernel::{LeaveId, ReadError};
use crate::workforce::{self, Likely, Lists, SubmissionConflict};

/// What became of an item of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum BatchState {
    /// It is done, now or when it was sent before.
    Done,
    /// It is done as far as one person may do it: the rest waits for somebody else to decide; see `changeRequest`.
    Requested,
    /// It was refused; see `errors`. Put right, it is sent under another key, unless the code says otherwise.
    Refused,
    /// Something that it builds on is not done yet: send it again.
    Waiting,
    /// Our own fault: send it again.
    Failed,
}

/// What became of one item of a batch.
#[derive(SimpleObject)]
pub struct BatchOutcome {
    /// Its key.
    key: String,
    /// What became of it.
    state: BatchState,
    /// The worker that it changed or made, as they were after it.
    worker: Option<Worker>,
    /// The answer to a form that it changed or made, as it was after it.
    submission: Option<Submission>,
    /// The leave that it asked for, as it is now.
    leave: Option<Leave>,
    /// Who on the register may be the same person, the likeliest first, when it was refused for them.
    likely: Vec<LikelyDuplicate>,
    /// Both versions, when someone else changed the record first.
    conflict: Option<Conflict>,
    /// The answer to a form as it is now, when someone else changed it first.
    submission_conflict: Option<Submission>,
    /// What then differs from the version that the caller saw, question by question.
    changed_answers: Vec<ChangedAnswer>,
    /// The corrections that somebody has to decide on, because somebody else gave the field another value.
    conflicts: Vec<ConflictItem>,
    /// What of a correction waits until somebody else has decided on it: the record has it not yet.
    change_request: Option<ChangeRequest>,
    /// Why it was refused, or failed. Paths are those of the item's own input; empty when it is done.
    errors: Vec<UserErrorOf<BatchItemErrorCode>>,
}

/// The answer to `submitBatch`.
#[derive(SimpleObject)]
pub struct SubmitBatchPayload {
    /// What became of each item, in the order in which they were sent.
    outcomes: Vec<BatchOutcome>,
}

#[derive(Default)]
pub struct BatchMutation;

#[Object]
impl BatchMutation {
    /// Do many things that were written down without the network, each as by the mutation of its name: in a transaction of
    /// its own and once, however often and in whatever order it is sent. One that is refused or fails takes none of the
    /// others with it, but those that build on it. What the caller's own earlier items made of a record since they read it
    /// counts as known to them, whatever `baseVersion` says.
    #[tracing::instrument(name = "mutation submitBatch", skip_all)]
    async fn submit_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done.")] input: SubmitBatchInput,
    ) -> Result<SubmitBatchPayload> {
        let fates = run(ctx, input.items).await;
        let fates = fates.map_err(|error| refuse(ctx, error))?;
        let lists = lists(ctx).await?;
        let mut outcomes = Vec::new();
        for (key, fate) in fates {
            outcomes.push(outcome(ctx, key, fate, &lists).await?);
        }
        Ok(SubmitBatchPayload { outcomes })
    }
}

async fn outcome(
    ctx: &Context<'_>,
    key: String,
    fate: Fate,
    lists: &Lists,
) -> Result<BatchOutcome> {
    let mut outcome = BatchOutcome {
        key,
        state: BatchState::Waiting,
        worker: None,
        submission: None,
        leave: None,
        likely: Vec::new(),
        conflict: None,
        submission_conflict: None,
        changed_answers: Vec::new(),
        conflicts: Vec::new(),
        change_request: None,
        errors: Vec::new(),
    };
    let worker = |it| Some(Worker::new(it, lists.clone(), Arc::default()));
    match fate {
        Fate::Waiting => {}
        Fate::Done(done) => {
            outcome.state = BatchState::Done;
            match done {
                Done::Worker(it) => outcome.worker = worker(*it),
                Done::Corrected(it) => {
                    outcome.worker = worker(it.worker);
                    let selections = [asked(ctx).field("conflicts")];
                    outcome.conflicts = conflict_items(ctx, it.conflicts, &selections).await?;
                    if it.request.is_some() {
                        outcome.state = BatchState::Requested;
                    }
                    let selection = asked(ctx).field("changeRequest");
                    outcome.change_request = change_request(ctx, it.request, selection).await?;
                }
                Done::Submission(it) => {
                    outcome.submission = Some(Submission::new(*it, lists.clone()));
                }
                Done::Leave(id) => outcome.leave = leave(ctx, id).await?,
            }
        }
        Fate::Refused(refused) => {
            outcome.state = BatchState::Refused;
            tell(ctx, &mut outcome, refused, lists).await?;
        }
        Fate::Broken(error) => {
            outcome.state = match error {
                ReadError::Fault(_) => BatchState::Failed,
                ReadError::Denied(_) | ReadError::Invalid(_) => BatchState::Refused,
            };
            outcome.errors = vec![broken(ctx, error)];
        }
    }
    Ok(outcome)
}

/// What is asked for of each outcome.
fn asked<'a>(ctx: &'a Context<'_>) -> Lookahead<'a> {
    ctx.look_ahead().field("outcomes")
}

async fn leave(ctx: &Context<'_>, id: LeaveId) -> Result<Option<Leave>> {
    if !asked(ctx).field("leave").exists() {
        return Ok(None);
    }
    let found = leave_by_id(ctx, id).await;
    found.map_err(|error| refuse(ctx, error))
}

/// What an item came too late for: the one has an answer, the other a worker.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stale {
    Answer(Box<SubmissionConflict>),
    Record(Box<workforce::Conflict>),
}

/// Why an item was refused, with what there is to know besides.
async fn tell(
    ctx: &Context<'_>,
    outcome: &mut BatchOutcome,
    mut refused: Vec<Refused<BatchItemErrorCode>>,
    lists: &Lists,
) -> Result<()> {
    for it in &mut refused {
        if it.code == BatchItemErrorCode::IdempotencyKeyReused {
            it.path = vec!["key".to_owned()];
        }
    }
    let is = |code| refused.iter().any(|it| it.code == code);
    if is(BatchItemErrorCode::LikelyDuplicate) {
        let found: Option<Vec<Likely>> = conflict(ctx, &refused)?;
        let selections = [asked(ctx).field("likely").field("worker")];
        outcome.likely = likely_duplicates(ctx, found.unwrap_or_default(), &selections).await?;
    } else {
        match conflict(ctx, &refused)? {
            None => {}
            Some(Stale::Answer(it)) => {
                outcome.submission_conflict = Some(Submission::new(it.answer, lists.clone()));
                outcome.changed_answers = ChangedAnswer::all(it.changed);
            }
            Some(Stale::Record(it)) => outcome.conflict = Some(Conflict::new(*it, lists.clone())),
        }
    }
    outcome.errors = user_errors(ctx, refused)?;
    Ok(())
}

/// A denial, bad input or a fault, told as the error of one item.
fn broken(ctx: &Context<'_>, error: ReadError) -> UserErrorOf<BatchItemErrorCode> {
    let (code, name, path) = match &error {
        ReadError::Denied(_) => (BatchItemErrorCode::Forbidden, "FORBIDDEN", ""),
        ReadError::Invalid(it) => {
            let field = it.field.strip_prefix("input.").unwrap_or(&it.field);
            (BatchItemErrorCode::BadUserInput, "BAD_USER_INPUT", field)
        }
        ReadError::Fault(it) if it.is_unavailable() => {
            (BatchItemErrorCode::Unavailable, "UNAVAILABLE", "")
        }
        ReadError::Fault(_) => (BatchItemErrorCode::Internal, "INTERNAL", ""),
    };
    let path = if path == "idempotencyKey" {
        "key"
    } else {
        path
    };
    let parts = path.split('.').filter(|it| !it.is_empty());
    UserErrorOf {
        code,
        error_code: name.to_owned(),
        path: parts.map(str::to_owned).collect(),
        message: refuse(ctx, error).message,
    }
}

//! Doing what the items of a batch say, one transaction each.

use std::collections::HashMap;

use async_graphql::Context;

use super::codes::BatchItemErrorCode;
use super::inputs::{BatchDeedInput, BatchItemInput};
use crate::forms;
use crate::graphql::{Answer, Refused, answered};
use crate::kernel::{Fault, Invalid, LeaveId, ReadError, Unfit};
use crate::workforce::graphql::deed::{Deed, attempt};
use crate::workforce::{self, Corrected, Link, MOST_IN_BATCH, plan_batch};

type Refusals = Vec<Refused<BatchItemErrorCode>>;

/// What a mutation did.
pub enum Done {
    Worker(Box<workforce::Worker>),
    Corrected(Box<Corrected>),
    Submission(Box<forms::Submission>),
    Leave(LeaveId),
}

/// What became of an item.
pub enum Fate {
    Done(Done),
    Refused(Refusals),
    /// Of what it builds on, something is not done yet.
    Waiting,
    /// It cannot be said to be done or refused: neither allowed, nor read, nor tried to the end.
    Broken(ReadError),
}

/// How an item stands for those that build on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Done,
    Refused,
    Waiting,
}

impl Fate {
    fn standing(&self) -> Standing {
        match self {
            Self::Done(_) => Standing::Done,
            Self::Refused(_) | Self::Broken(ReadError::Denied(_) | ReadError::Invalid(_)) => {
                Standing::Refused
            }
            Self::Waiting | Self::Broken(ReadError::Fault(_)) => Standing::Waiting,
        }
    }

    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Broken(ReadError::Fault(fault)) => Some(fault),
            _ => None,
        }
    }
}

/// After so many items in a row that the database did not answer for, the others are not tried.
const PATIENCE: usize = 3;

/// What becomes of each item, in the order in which they were sent.
///
/// # Errors
/// Bad input for more items than a batch may have; a fault when it cannot be told what was done before.
pub async fn run(
    ctx: &Context<'_>,
    items: Vec<BatchItemInput>,
) -> Result<Vec<(String, Fate)>, ReadError> {
    if items.len() > MOST_IN_BATCH {
        let unfit = Unfit::NotSoMany { to: MOST_IN_BATCH };
        return Err(Invalid::new("input.items", unfit).into());
    }
    let links: Vec<Link<'_>> = items.iter().map(BatchItemInput::link).collect();
    let plan = plan_batch(&links);
    let before = known(ctx, &items).await?;
    let mut items: Vec<Option<BatchItemInput>> = items.into_iter().map(Some).collect();
    let mut stand: HashMap<String, Standing> = HashMap::new();
    let mut fates: Vec<Option<(String, Fate)>> = items.iter().map(|_| None).collect();
    let mut away: Vec<Fault> = Vec::new();
    for place in plan.order {
        let Some(item) = items[place].take() else {
            continue;
        };
        let circular = plan.circular.contains(&place);
        let key = item.key.clone();
        let fate = match held_up(&item, circular, &before, &stand) {
            Some(fate) => fate,
            None if away.len() >= PATIENCE => Fate::Broken(away[0].clone().into()),
            None => do_it(ctx, &key, item.deed).await,
        };
        match fate.fault().filter(|it| it.is_unavailable()) {
            Some(fault) => away.push(fault.clone()),
            None if away.len() < PATIENCE => away.clear(),
            None => {}
        }
        let standing = fate.standing();
        let known = stand.entry(key.clone()).or_insert(standing);
        if standing == Standing::Done {
            *known = standing;
        }
        fates[place] = Some((key, fate));
    }
    Ok(fates.into_iter().flatten().collect())
}

/// What is known of all keys that a batch names.
async fn known(
    ctx: &Context<'_>,
    items: &[BatchItemInput],
) -> Result<HashMap<String, bool>, ReadError> {
    let named = items.iter().flat_map(|it| it.after.iter().chain([&it.key]));
    let mut keys: Vec<String> = named.cloned().collect();
    keys.sort();
    keys.dedup();
    answered(ctx, &keys).await
}

/// Why an item is not to be tried now. What was answered before is answered again, whatever it is said to build on.
fn held_up(
    item: &BatchItemInput,
    circular: bool,
    before: &HashMap<String, bool>,
    stand: &HashMap<String, Standing>,
) -> Option<Fate> {
    if before.contains_key(&item.key) {
        return None;
    }
    let refused = |code| Some(Fate::Refused(vec![Refused::new(code, &["after"])]));
    if circular {
        return refused(BatchItemErrorCode::WaitsForItself);
    }
    let of_before = |key: &String| match before.get(key) {
        Some(true) => Standing::Done,
        Some(false) => Standing::Refused,
        None => Standing::Waiting,
    };
    let standing = |key: &String| stand.get(key).copied().unwrap_or_else(|| of_before(key));
    let named: Vec<Standing> = item.after.iter().map(standing).collect();
    if named.contains(&Standing::Refused) {
        return refused(BatchItemErrorCode::PredecessorRefused);
    }
    named.contains(&Standing::Waiting).then_some(Fate::Waiting)
}

async fn do_it(ctx: &Context<'_>, key: &str, deed: BatchDeedInput) -> Fate {
    let worker = |it| Done::Worker(Box::new(it));
    let submission = |it| Done::Submission(Box::new(it));
    let corrected = |it| Done::Corrected(Box::new(it));
    // Each of these is large; without the boxes a batch would have room for all of them at once.
    match deed {
        BatchDeedInput::RegisterWorker(it) => Box::pin(one(ctx, key, *it, worker)).await,
        BatchDeedInput::CorrectWorker(it) => Box::pin(one(ctx, key, *it, corrected)).await,
        BatchDeedInput::SaveParticulars(it) => Box::pin(one(ctx, key, *it, worker)).await,
        BatchDeedInput::PostWorker(it) => Box::pin(one(ctx, key, *it, worker)).await,
        BatchDeedInput::TransferWorker(it) => Box::pin(one(ctx, key, *it, worker)).await,
        BatchDeedInput::EndPosting(it) => Box::pin(one(ctx, key, it, worker)).await,
        BatchDeedInput::RequestLeave(it) => Box::pin(one(ctx, key, it, Done::Leave)).await,
        BatchDeedInput::SubmitForm(it) => Box::pin(one(ctx, key, *it, submission)).await,
        BatchDeedInput::CorrectSubmission(it) => Box::pin(one(ctx, key, it, submission)).await,
    }
}

async fn one<D: Deed>(
    ctx: &Context<'_>,
    key: &str,
    mut input: D,
    done: impl FnOnce(D::Done) -> Done,
) -> Fate {
    if input.key().is_some_and(|own| own != key) {
        let refused = Refused::new(BatchItemErrorCode::KeyMismatch, &["idempotencyKey"]);
        return Fate::Refused(vec![refused]);
    }
    input.give_key(key);
    let answer: Answer<D::Done, BatchItemErrorCode> = match attempt(ctx, &input, true).await {
        Ok(answer) => answer,
        Err(error) => return Fate::Broken(error),
    };
    match answer.value {
        Some(value) => Fate::Done(done(value)),
        None => Fate::Refused(answer.refused),
    }
}

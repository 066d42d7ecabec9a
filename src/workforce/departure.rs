//! Leaving the service, and coming back to it.

use super::career::{Occasion, finish, known_reason};
use super::change::Change;
use super::record::locked;
use super::refusal::{Objection, WriteError};
use super::{CareerFault, Lists, Posting, Worker, store, worker};
use crate::auth::Permission;
use crate::cadres::{self, DEPARTURE_REASON};
use crate::kernel::{Date, Reason, WorkerId};
use crate::ledger::Verb;
use crate::tenancy::Reader;

/// How an end of postings counts, by the attribute `exit_group` of its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExitGroup {
    /// By the worker's own will.
    Voluntary,
    /// Retirement, death, dismissal, the end of a contract.
    Involuntary,
    /// The worker stays in the service, or is expected back.
    NotAnExit,
}

/// Somebody who leaves the service.
#[derive(Clone, Debug)]
pub struct RecordExit {
    pub worker: WorkerId,
    /// The last day.
    pub on: Date,
    pub reason: String,
    pub base_version: Option<i32>,
}

impl ExitGroup {
    /// What the country says of a reason; of one that it says nothing of, that it is no exit.
    #[must_use]
    pub fn of(reason: &str, lists: &Lists) -> Self {
        let entry = lists.codes.find(DEPARTURE_REASON, reason);
        let group = entry.and_then(|it| it.attributes.get("exit_group")?.as_str());
        match group {
            Some("voluntary") => Self::Voluntary,
            Some("involuntary") => Self::Involuntary,
            _ => Self::NotAnExit,
        }
    }
}

/// Ends all postings of somebody who leaves the service, with the last day and a reason that is an exit.
///
/// # Errors
/// Its refusals; `Stale` with both versions; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.record_exit", skip_all, fields(worker.id = %exit.worker))]
pub async fn record_exit(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    exit: RecordExit,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let (old, lists) = locked(tx, occasion, exit.worker, exit.base_version).await?;
    let reason = known_reason(&exit.reason, exit.on, &lists)?;
    if ExitGroup::of(&reason, &lists) == ExitGroup::NotAnExit {
        return Err(Objection::NotAnExit(reason).at(&["reason"]).into());
    }
    let postings = store::career(tx, old.id).await?;
    let ended = worker::departure(&postings, exit.on)
        .map_err(|fault: CareerFault| Objection::Career(fault).at(&["on"]))?;
    let mut change = Change::default();
    for posting in ended {
        store::end_posting(tx, posting.id, exit.on, &reason).await?;
        let over = Posting {
            ends_on: Some(exit.on),
            end_reason: Some(reason.clone()),
            ..posting.clone()
        };
        change.posting(Some(posting), &over);
    }
    finish(tx, occasion, Verb::Exit, &old, change).await
}

/// Whether somebody with these postings comes back to the service with a posting from a day.
pub(super) fn returns(postings: &[Posting], from: Date, lists: &Lists) -> bool {
    let before = postings
        .iter()
        .filter(|it| it.is_primary && it.starts_on < from);
    let last = before.max_by_key(|it| it.starts_on);
    let reason = last.and_then(|it| it.end_reason.as_deref());
    reason.is_some_and(|it| ExitGroup::of(it, lists) != ExitGroup::NotAnExit)
}

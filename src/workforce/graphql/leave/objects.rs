//! Leave on the wire. Whoever may not read leave gets no leave at all, so its own fields carry no guard.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Lookahead, Object, Result};

use crate::cadres::LEAVE_TYPE;
use crate::cadres::graphql::CodeListEntry;
use crate::graphql::{Act, Day, refuse, request};
use crate::kernel::{AsOf, Id, Instant, LeaveId, ReadError, WorkerId};
use crate::tenancy::Reader;
use crate::workforce::graphql::Worker;
use crate::workforce::graphql::edges::workers_by_ids;
use crate::workforce::{self, Lists};

/// How far a leave has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "workforce::LeaveStatus")]
pub enum LeaveStatus {
    /// It waits for a decision.
    Requested,
    /// Approved; perhaps cut short since.
    Approved,
    /// Declined.
    Declined,
    /// Called off before it began.
    Cancelled,
}

type Workers = HashMap<WorkerId, Worker>;

#[derive(Clone)]
pub struct Leave {
    shown: Arc<workforce::Leave>,
    lists: Lists,
    /// Those of the whole page; absent where nobody asked for them.
    workers: Option<Arc<Workers>>,
}

impl Leave {
    #[must_use]
    pub fn new(leave: workforce::Leave, lists: Lists, workers: Option<Arc<Workers>>) -> Self {
        Self {
            shown: Arc::new(leave),
            lists,
            workers,
        }
    }

    pub(super) fn key(&self) -> LeaveId {
        self.shown.id
    }

    /// All of one worker.
    #[must_use]
    pub fn all_of(worker: &Worker, lists: &Lists, leaves: &[workforce::Leave]) -> Vec<Self> {
        let own = Arc::new(Workers::from([(worker.domain().id, worker.clone())]));
        let wired = leaves
            .iter()
            .map(|it| Self::new(it.clone(), lists.clone(), Some(Arc::clone(&own))));
        wired.collect()
    }

    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.shown.status == workforce::LeaveStatus::Approved
    }
}

/// The workers of some leaves, with what selections of them ask for.
pub(super) async fn workers(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    of: &[workforce::Leave],
    selections: &[Lookahead<'_>],
) -> Result<Arc<Workers>, ReadError> {
    let ids = of.iter().map(|it| it.worker).collect();
    let at = AsOf::now(request(ctx).today()?);
    Ok(Arc::new(
        workers_by_ids(ctx, db, ids, at, selections).await?,
    ))
}

/// Leave of a worker: days off duty that somebody asked for and somebody else decides on.
#[Object]
impl Leave {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.shown.id.encode().into()
    }

    /// Rises with every change; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.shown.version
    }

    /// The worker's opaque id.
    async fn worker_id(&self) -> ID {
        self.shown.worker.encode().into()
    }

    /// The worker.
    async fn worker(&self, ctx: &Context<'_>) -> Result<Option<Worker>> {
        let id = self.shown.worker;
        if let Some(workers) = &self.workers {
            return Ok(workers.get(&id).cloned());
        }
        let found = async {
            let mut db = request(ctx).read(true).await?;
            let of = std::slice::from_ref(&*self.shown);
            workers(ctx, &mut db, of, &[ctx.look_ahead()]).await
        };
        let found = found.await.map_err(|error| refuse(ctx, error))?;
        Ok(found.get(&id).cloned())
    }

    /// What kind of leave it is.
    #[graphql(name = "type")]
    async fn leave_type(&self) -> Option<CodeListEntry> {
        CodeListEntry::find(&self.lists.codes, LEAVE_TYPE, &self.shown.leave_type)
    }

    /// The first day.
    async fn starts_on(&self) -> Day {
        Day(self.shown.starts_on)
    }

    /// The last day; of leave that was cut short, the day before the worker was back, or the last of their service.
    async fn ends_on(&self) -> Day {
        Day(self.shown.ends_on)
    }

    /// How many of its days are worked, by the country's calendar as it is now: neither of the weekend nor public holidays.
    async fn working_days(&self, ctx: &Context<'_>) -> u32 {
        let Ok(tenant) = request(ctx).tenant() else {
            unreachable!("whoever has no country gets no leave");
        };
        let calendar = self.lists.calendar(tenant.settings());
        calendar.working_days(self.shown.starts_on, self.shown.ends_on)
    }

    /// How far it has come.
    async fn status(&self) -> LeaveStatus {
        self.shown.status.into()
    }

    /// What whoever asked for it said.
    async fn note(&self) -> Option<&str> {
        self.shown.note.as_deref()
    }

    /// When it was asked for.
    async fn requested_at(&self) -> Instant {
        self.shown.requested_at
    }

    /// Who asked for it, and so cannot decide on it.
    async fn requested_by(&self) -> &str {
        &self.shown.requested_by
    }

    /// When it was approved or declined.
    async fn decided_at(&self) -> Option<Instant> {
        self.shown.decided_at
    }

    /// Who approved or declined it.
    async fn decided_by(&self) -> Option<&str> {
        self.shown.decided_by.as_deref()
    }

    /// What was said when it was last decided on, called off or cut short.
    async fn comment(&self) -> Option<&str> {
        self.shown.comment.as_deref()
    }

    /// The first day back on duty of whoever was called back.
    async fn recalled_on(&self) -> Option<Day> {
        self.shown.recalled_on.map(Day)
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.shown.act.clone().map(Act::new)
    }
}

pub struct LeaveBalance {
    pub(super) balance: workforce::Balance,
    pub(super) leave_type: String,
    pub(super) lists: Lists,
}

/// How much leave of a type a worker has in a calendar year, in working days.
#[Object]
impl LeaveBalance {
    /// The type of leave.
    #[graphql(name = "type")]
    async fn leave_type(&self) -> Option<CodeListEntry> {
        CodeListEntry::find(&self.lists.codes, LEAVE_TYPE, &self.leave_type)
    }

    /// The calendar year.
    async fn year(&self) -> i32 {
        self.balance.year
    }

    /// What the ministry grants for the year, by the attribute `days` of the type; nothing before the year of the first
    /// posting.
    async fn entitled(&self) -> u32 {
        self.balance.entitled
    }

    /// What was left of the year before, as far as the attribute `carry_over` of the type lets it go over.
    async fn carried_over(&self) -> u32 {
        self.balance.carried_over
    }

    /// What was approved for days of the year, taken already or not.
    async fn taken(&self) -> u32 {
        self.balance.taken
    }

    /// What can still be approved: entitled and carried over less taken. Below zero when the type was granted more narrowly
    /// later.
    async fn left(&self) -> i64 {
        self.balance.left()
    }
}

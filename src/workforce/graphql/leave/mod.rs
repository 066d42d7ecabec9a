//! Leave on the wire: read, asked for, decided on, cut short.

mod codes;
mod inputs;
mod mutations;
mod objects;

use async_graphql::{Context, ID, InputObject, Object, Result};

pub use codes::{
    ApproveLeaveErrorCode, CancelLeaveErrorCode, DeclineLeaveErrorCode, RecallFromLeaveErrorCode,
    RequestLeaveErrorCode,
};
pub use inputs::RequestLeaveInput;
pub use mutations::LeaveMutation;
pub use objects::{Leave, LeaveBalance, LeaveStatus};

use crate::graphql::{Connection, Day, Paging, connection, id, nullable, optional_id, request};
use crate::kernel::{Invalid, LeaveId, Page, PageRequest, ReadError, Unfit};
use crate::workforce::{self, LeaveFilter};

/// Which leaves; all conditions hold together. An id or a code that nothing has selects none.
#[derive(Default, InputObject)]
pub struct LeaveFilterInput {
    /// Of this worker.
    worker: Option<ID>,
    /// Of those whose record is kept in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// Of one of these types, by code.
    types: Option<Vec<String>>,
    /// That have come so far: REQUESTED are those that wait for a decision.
    statuses: Option<Vec<LeaveStatus>>,
    /// That take in this day: with the status APPROVED, who is on leave then.
    on: Option<Day>,
}

impl LeaveFilterInput {
    fn read(self) -> Result<LeaveFilter, Invalid> {
        Ok(LeaveFilter {
            leave: None,
            worker: optional_id("filter.worker", self.worker.as_ref())?,
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            unit_code: self.org_unit_code,
            types: self.types,
            statuses: (self.statuses).map(|it| it.into_iter().map(Into::into).collect()),
            on: self.on.map(|Day(day)| day),
        })
    }
}

#[derive(Default)]
pub struct LeaveQuery;

#[Object]
impl LeaveQuery {
    /// Leave of those whom the caller may see, the newest request first; at most 100 a page.
    #[tracing::instrument(name = "query leaves", skip_all)]
    async fn leaves(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<LeaveFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Leave>> {
        let page = async |asked: PageRequest<LeaveId>| {
            let filter = filter.unwrap_or_default().read()?;
            page(ctx, &filter, &asked).await
        };
        let paging = Paging { first, after };
        let key = |row: &Leave| row.key();
        connection(ctx, "leaves", paging, page, key, |row| row).await
    }

    /// How much leave a worker has in a calendar year, of each type that the ministry limits; null when there is no such
    /// worker whom the caller may see.
    #[tracing::instrument(name = "query leaveBalances", skip_all)]
    async fn leave_balances(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The worker.")] worker: ID,
        #[graphql(desc = "The calendar year, from 1900 to 2200.")] year: i32,
    ) -> Option<Result<Vec<LeaveBalance>>> {
        let answer = async {
            let worker = id("worker", &worker)?;
            if !(1900..=2200).contains(&year) {
                let unfit = Unfit::NotWithin {
                    from: 1900,
                    to: 2200,
                };
                return Err(Invalid::new("year", unfit).into());
            }
            let rq = request(ctx);
            let settings = rq.tenant()?.settings();
            let mut db = rq.read(true).await?;
            let at = (year, rq.today()?);
            let found =
                workforce::leave_balances(&mut db, rq.actor(), settings, worker, at).await?;
            let wired = found.map(|(balances, lists)| {
                let each = balances
                    .into_iter()
                    .map(|(leave_type, balance)| LeaveBalance {
                        balance,
                        leave_type,
                        lists: lists.clone(),
                    });
                each.collect()
            });
            Ok::<Option<Vec<LeaveBalance>>, ReadError>(wired)
        };
        nullable(ctx, answer.await)
    }
}

/// One leave by id, for `node`.
///
/// # Errors
/// As `leaves`.
pub async fn leave_by_id(ctx: &Context<'_>, id: LeaveId) -> Result<Option<Leave>, ReadError> {
    let rq = request(ctx);
    let mut db = rq.read(true).await?;
    let (found, lists) = workforce::leave(&mut db, rq.actor(), id, rq.today()?).await?;
    Ok(found.map(|found| Leave::new(found, lists, None)))
}

async fn page(
    ctx: &Context<'_>,
    filter: &LeaveFilter,
    asked: &PageRequest<LeaveId>,
) -> Result<Page<Leave>, ReadError> {
    let rq = request(ctx);
    let look = ctx.look_ahead();
    let nodes = [look.field("nodes"), look.field("edges").field("node")];
    let selections = nodes.map(|it| it.field("worker"));
    let mut db = rq.read(true).await?;
    let (page, lists) = workforce::leaves(&mut db, rq.actor(), filter, rq.today()?, asked).await?;
    let workers = if selections.iter().any(async_graphql::Lookahead::exists) {
        Some(objects::workers(ctx, &mut db, &page.rows, &selections).await?)
    } else {
        None
    };
    Ok(page.map(|it| Leave::new(it, lists.clone(), workers.clone())))
}

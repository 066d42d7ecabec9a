//! Service files on the wire.

mod codes;
mod inputs;
mod mutations;
mod objects;

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

pub use codes::{
    EndServiceEntryErrorCode, RecordServiceEntryErrorCode, WithdrawServiceEntryErrorCode,
};
pub(super) use inputs::{EndServiceEntryInput, RecordServiceEntryInput, WithdrawServiceEntryInput};
pub use mutations::ServiceMutation;
pub use objects::{ServiceEntry, ServiceEntryKind};

use super::edges::workers_by_ids;
use crate::graphql::{Connection, Day, Paging, connection, optional_id, request};
use crate::kernel::{AsOf, Invalid, Page, PageRequest, ReadError, ServiceEntryId};
use crate::workforce::{self, ServiceFilter};

/// Which entries of service files; all conditions hold together. An id or a code that nothing has selects none.
#[derive(Default, InputObject)]
pub struct ServiceEntryFilterInput {
    /// Of this worker.
    worker: Option<ID>,
    /// Of those whose record is kept in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// Of these kinds; absent: of all that the caller may read.
    kinds: Option<Vec<ServiceEntryKind>>,
    /// That hold on this day: with the kind SUSPENSION, who is suspended then.
    on: Option<Day>,
}

impl ServiceEntryFilterInput {
    fn read(self) -> Result<ServiceFilter, Invalid> {
        Ok(ServiceFilter {
            worker: optional_id("filter.worker", self.worker.as_ref())?,
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            unit_code: self.org_unit_code,
            kinds: (self.kinds).map(|it| it.into_iter().map(Into::into).collect()),
            on: self.on.map(|Day(day)| day),
        })
    }
}

#[derive(Default)]
pub struct ServiceQuery;

#[Object]
impl ServiceQuery {
    /// Entries of the service files of those whom the caller may see, the newest entry first; at most 100 a page.
    #[tracing::instrument(name = "query serviceEntries", skip_all)]
    async fn service_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<ServiceEntryFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<ServiceEntry>> {
        let page = async |asked: PageRequest<ServiceEntryId>| {
            let filter = filter.unwrap_or_default().read()?;
            page(ctx, &filter, &asked).await
        };
        let paging = Paging { first, after };
        let key = |row: &ServiceEntry| row.key();
        connection(ctx, "serviceEntries", paging, page, key, |row| row).await
    }
}

async fn page(
    ctx: &Context<'_>,
    filter: &ServiceFilter,
    asked: &PageRequest<ServiceEntryId>,
) -> Result<Page<ServiceEntry>, ReadError> {
    let rq = request(ctx);
    let look = ctx.look_ahead();
    let nodes = [look.field("nodes"), look.field("edges").field("node")];
    let selections = nodes.map(|it| it.field("worker"));
    let today = rq.today()?;
    let mut db = rq.read(true).await?;
    let (page, lists) =
        workforce::service_entries(&mut db, rq.actor(), filter, today, asked).await?;
    let workers = if selections.iter().any(async_graphql::Lookahead::exists) {
        let ids = page.rows.iter().map(|it| it.worker).collect();
        let found = workers_by_ids(ctx, &mut db, ids, AsOf::now(today), &selections).await?;
        Some(Arc::new(found))
    } else {
        None
    };
    Ok(page.map(|it| ServiceEntry::new(it, &lists, workers.clone())))
}

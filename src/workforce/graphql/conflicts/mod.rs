//! The inbox of conflicts on the wire.

mod mutations;
mod objects;

use async_graphql::{Context, ID, InputObject, Object, Result};

pub use mutations::{ConflictsMutation, ResolveConflictErrorCode};
pub use objects::{ConflictItem, ConflictState};
pub(super) use objects::{conflict_items, of_items};

use crate::graphql::{Connection, Paging, connection, optional_id, request};
use crate::kernel::{ConflictId, Invalid, Page, PageRequest};
use crate::workforce::{self, ConflictFilter};

/// Which conflicts; all conditions hold together.
#[derive(Default, InputObject)]
pub struct ConflictFilterInput {
    /// About this worker's record.
    worker: Option<ID>,
    /// About records that are kept in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// That have come so far: OPEN are those that wait.
    state: Option<ConflictState>,
}

impl ConflictFilterInput {
    fn read(&self) -> Result<ConflictFilter, Invalid> {
        Ok(ConflictFilter {
            ids: None,
            worker: optional_id("filter.worker", self.worker.as_ref())?,
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            state: self.state.map(Into::into),
        })
    }
}

#[derive(Default)]
pub struct ConflictsQuery;

#[Object]
impl ConflictsQuery {
    /// Fields to which two people gave two values, the newest first: a correction that was merged found that somebody else
    /// had changed the same field meanwhile. The record has the first value until somebody decides.
    #[tracing::instrument(name = "query conflicts", skip_all)]
    async fn conflicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<ConflictFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<ConflictItem>> {
        let page = async |asked: PageRequest<ConflictId>| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let today = rq.today()?;
            let mut db = rq.read(true).await?;
            let page = workforce::conflicts(&mut db, rq.actor(), &filter, today, &asked).await?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let rows = of_items(ctx, &mut db, page.rows, &nodes).await?;
            Ok(Page {
                rows,
                has_next: page.has_next,
                total: page.total,
            })
        };
        let paging = Paging { first, after };
        let key = ConflictItem::place;
        connection(ctx, "conflicts", paging, page, key, |row| row).await
    }
}

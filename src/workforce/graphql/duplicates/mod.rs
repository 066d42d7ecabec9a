//! Records that may be one person's, on the wire.

mod codes;
mod inputs;
mod mutations;
mod objects;
mod preview;

use async_graphql::{Context, ID, InputObject, Object, Result};

pub use codes::{
    DismissDuplicateErrorCode, MergeWorkersErrorCode, SearchDuplicatesErrorCode,
    UnmergeWorkersErrorCode,
};
pub use mutations::DuplicatesMutation;
pub use objects::{Duplicate, LikelyDuplicate, WorkerMerge};

use super::mutations::occasion;
use crate::graphql::{Connection, Paging, connection, optional_id, refuse, request};
use crate::kernel::{AsOf, Invalid, Page, PageRequest, Unfit};
use crate::workforce::{self, PairFilter, PairKey};
use inputs::PersonInput;
pub(super) use objects::likely;
use objects::{of_pairs, workers};

/// Which pairs of records; all conditions hold together.
#[derive(Default, InputObject)]
pub struct DuplicateFilterInput {
    /// At least one of the records is kept in this org unit or below it.
    org_unit: Option<ID>,
    /// One of the records is this worker's.
    worker: Option<ID>,
    /// From this score on, in percent.
    minimum_score: Option<i32>,
    /// Those of which somebody said that they are two people, instead of those that wait.
    #[graphql(default)]
    dismissed: bool,
}

#[derive(Default)]
pub struct DuplicatesQuery;

#[Object]
impl DuplicatesQuery {
    /// Pairs of records that may be one person's, the likeliest first: found whenever somebody is registered or
    /// corrected, and for files after they were taken in. A caller sees the pairs both of whose records are in their scope;
    /// one across two districts is for the office above both.
    #[tracing::instrument(name = "query duplicates", skip_all)]
    async fn duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all that wait.")] filter: Option<
            DuplicateFilterInput,
        >,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Duplicate>> {
        let page = async |asked: PageRequest<PairKey>| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let today = rq.today()?;
            let mut db = rq.read(true).await?;
            let page = workforce::pairs(&mut db, rq.actor(), &filter, today, &asked).await?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let rows = of_pairs(ctx, &mut db, page.rows, &nodes).await?;
            Ok(Page {
                rows,
                has_next: page.has_next,
                total: page.total,
            })
        };
        let paging = Paging { first, after };
        connection(ctx, "duplicates", paging, page, Duplicate::key, |it| it).await
    }

    /// Who on the register may be the person that is about to be registered, the likeliest first, of those in the caller's
    /// scope. Numbers and telephones that are none of the country's are left aside.
    #[tracing::instrument(name = "query likelyDuplicates", skip_all)]
    async fn likely_duplicates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who it is.")] of: PersonInput,
    ) -> Result<Vec<LikelyDuplicate>> {
        let answer = async {
            let occasion = occasion(ctx, None)?;
            let rq = request(ctx);
            let mut db = rq.read(true).await?;
            let found = workforce::likely(&mut db, &occasion, of.read()).await?;
            let selections = [ctx.look_ahead().field("worker")];
            likely(ctx, &mut db, found, &selections).await
        };
        answer.await.map_err(|error| refuse(ctx, error))
    }

    /// The records that went into others, the newest first; those into which they went are in the caller's scope.
    #[tracing::instrument(name = "query workerMerges", skip_all)]
    async fn worker_merges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that went into this worker's; absent: all.")] into: Option<ID>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<WorkerMerge>> {
        let page = async |asked: PageRequest<i64>| {
            let into = optional_id("into", into.as_ref())?;
            let rq = request(ctx);
            let today = rq.today()?;
            let mut db = rq.read(true).await?;
            let page = workforce::merges(&mut db, rq.actor(), into, today, &asked).await?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let kept = page.rows.iter().map(|it| it.kept).collect();
            let selections = nodes.map(|it| it.field("worker"));
            let at = AsOf::now(today);
            let kept = workers(ctx, &mut db, kept, at, &selections).await?;
            Ok(page.map(|it| WorkerMerge::new(it, kept.get(&it.kept).cloned())))
        };
        let paging = Paging { first, after };
        connection(ctx, "workerMerges", paging, page, WorkerMerge::key, |it| it).await
    }
}

impl DuplicateFilterInput {
    fn read(self) -> Result<PairFilter, Invalid> {
        let score = self.minimum_score.map(|given| {
            let score = u8::try_from(given).ok().filter(|it| *it <= 100);
            score.ok_or_else(|| {
                Invalid::new("filter.minimumScore", Unfit::NotWithin { from: 0, to: 100 })
            })
        });
        Ok(PairFilter {
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            minimum_score: score.transpose()?,
            worker: optional_id("filter.worker", self.worker.as_ref())?,
            decided: self.dismissed,
        })
    }
}

//! The quality of records on the wire: how good they are, whom to ask for what, and whether what people enter is right.

mod codes;
mod inputs;
mod mutations;
mod objects;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Lookahead, Object, Result};

pub use codes::{DrawSpotCheckErrorCode, RecordSpotCheckErrorCode};
pub use inputs::QualityFilterInput;
use inputs::SpotCheckFilterInput;
pub use mutations::QualityMutation;
use objects::Sampled;
pub use objects::{ClerkAccuracy, DataQuality, QualityFlaw, RecordQuality, SpotCheck, UnitQuality};

use super::Worker;
use super::edges::workers_by_ids;
use crate::graphql::{Connection, Day, Paging, connection, page_of, refuse, request};
use crate::kernel::{AsOf, Page, PageRequest, ReadError, SpotCheckId, WorkerId};
use crate::workforce::{self, Period, SampledRecord, SpotCheckFilter};

#[derive(Default)]
pub struct QualityQuery;

#[Object]
impl QualityQuery {
    /// How good the records are today that the caller may see, together.
    #[tracing::instrument(name = "query dataQuality", skip_all)]
    async fn data_quality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<QualityFilterInput>,
    ) -> Result<DataQuality> {
        let answer = async {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let (settings, today) = (rq.tenant()?.settings(), rq.today()?);
            let mut db = rq.read(true).await?;
            let figures =
                workforce::data_quality(&mut db, rq.actor(), settings, &filter, today).await?;
            Ok::<_, ReadError>(DataQuality::from(&figures))
        };
        answer.await.map_err(|error| refuse(ctx, error))
    }

    /// The same for each org unit right below one, or below the country, by code; before them the records that the unit's
    /// own office keeps, if it keeps any. Added up they are `dataQuality`.
    #[tracing::instrument(name = "query unitQuality", skip_all)]
    async fn unit_quality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Below which org unit; absent: the country.")] filter: Option<
            QualityFilterInput,
        >,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<UnitQuality>> {
        let page = async |asked: PageRequest<usize>| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let (settings, today) = (rq.tenant()?.settings(), rq.today()?);
            let mut db = rq.read(true).await?;
            let (rows, lists) =
                workforce::unit_quality(&mut db, rq.actor(), settings, &filter, today).await?;
            let rows = rows.into_iter().enumerate();
            let page = page_of(rows, |(at, _)| *at, &asked);
            Ok(page.map(|(at, row)| (at, UnitQuality::new(&row, &lists))))
        };
        let paging = Paging { first, after };
        let key = |row: &(usize, UnitQuality)| row.0;
        connection(ctx, "unitQuality", paging, page, key, |(_, row)| row).await
    }

    /// Those whose records have a flaw, in the order of registration: whom to ask for what. At most 100 a page.
    #[tracing::instrument(name = "query qualityQueue", skip_all)]
    async fn quality_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which flaw.")] flaw: QualityFlaw,
        #[graphql(desc = "Whose records; absent: all.")] filter: Option<QualityFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Worker>> {
        let list = format!("quality {flaw:?}");
        let page = async |asked: PageRequest<WorkerId>| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let (settings, today) = (rq.tenant()?.settings(), rq.today()?);
            let mut db = rq.read(true).await?;
            let wanted = (flaw.into(), &filter);
            let page =
                workforce::quality_queue(&mut db, rq.actor(), settings, wanted, today, &asked)
                    .await?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let (ids, at) = (page.rows.clone(), AsOf::now(today));
            let mut found = workers_by_ids(ctx, &mut db, ids, at, &nodes).await?;
            let rows = page.rows.iter().filter_map(|id| found.remove(id));
            Ok(Page {
                rows: rows.collect(),
                has_next: page.has_next,
                total: page.total,
            })
        };
        let paging = Paging { first, after };
        let key = |worker: &Worker| worker.domain().id;
        connection(ctx, &list, paging, page, key, |worker| worker).await
    }

    /// The spot checks of org units in the caller's scope, the newest first.
    #[tracing::instrument(name = "query spotChecks", skip_all)]
    async fn spot_checks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<SpotCheckFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<SpotCheck>> {
        let page = async |asked: PageRequest<SpotCheckId>| {
            let filter = filter.unwrap_or_default().read()?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            page_of_checks(ctx, &filter, &asked, &nodes).await
        };
        let paging = Paging { first, after };
        connection(ctx, "spotChecks", paging, page, SpotCheck::key, |it| it).await
    }

    /// How well people enter: what each made in a period, what somebody else had to correct soon after, and what spot checks
    /// of the period found wrong; those with the most records first, at most 500.
    #[tracing::instrument(name = "query clerkAccuracy", skip_all)]
    async fn clerk_accuracy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, as the country has days.")] from: Day,
        #[graphql(desc = "The last day.")] to: Day,
        #[graphql(desc = "Of whose records; absent: all in the caller's scope.")] filter: Option<
            QualityFilterInput,
        >,
    ) -> Result<Vec<ClerkAccuracy>> {
        let answer = async {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let period = Period {
                from: from.0,
                to: to.0,
            };
            let (settings, today) = (rq.tenant()?.settings(), rq.today()?);
            let mut db = rq.read(true).await?;
            workforce::clerk_accuracy(&mut db, rq.actor(), settings, &filter, period, today).await
        };
        let found = answer.await.map_err(|error| refuse(ctx, error))?;
        Ok(found.into_iter().map(ClerkAccuracy).collect())
    }
}

/// A page of spot checks, with their records where these are asked for.
async fn page_of_checks(
    ctx: &Context<'_>,
    filter: &SpotCheckFilter,
    asked: &PageRequest<SpotCheckId>,
    selections: &[Lookahead<'_>],
) -> Result<Page<SpotCheck>, ReadError> {
    let rq = request(ctx);
    let today = rq.today()?;
    let mut db = rq.read(true).await?;
    let (page, lists) = workforce::spot_checks(&mut db, rq.actor(), filter, today, asked).await?;
    let mut sampled = Sampled::default();
    if selections.iter().any(|it| it.field("records").exists()) {
        let checks: Vec<SpotCheckId> = page.rows.iter().map(|it| it.id).collect();
        let records = workforce::sampled_records(&mut db, rq.actor(), &checks).await?;
        let ids = records.iter().map(|it| it.worker).collect();
        let workers: Vec<Lookahead<'_>> = selections
            .iter()
            .map(|it| it.field("records").field("worker"))
            .collect();
        sampled.workers = workers_by_ids(ctx, &mut db, ids, AsOf::now(today), &workers).await?;
        let mut of: HashMap<SpotCheckId, Vec<SampledRecord>> = HashMap::new();
        for record in records {
            of.entry(record.check).or_default().push(record);
        }
        sampled.records = of;
    }
    let sampled = Arc::new(sampled);
    Ok(page.map(|it| SpotCheck::new(it, lists.clone(), Arc::clone(&sampled))))
}

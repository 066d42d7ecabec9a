//! Flows on the wire.

use std::borrow::Cow;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::label;
use crate::graphql::{Day, SectorName, optional_id, refuse, request};
use crate::indicators::{self, Counts, FlowFilter};
use crate::kernel::{Invalid, ReadError};

/// What flows are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "indicators::FlowGroup")]
pub enum CareerFlowGroup {
    /// The org unit where the facility stands, at any level.
    OrgUnit,
    /// The cadre, or a group that it belongs to.
    Cadre,
}

/// Whose posts; all conditions hold together. An id or a code that nothing has selects nobody.
#[derive(Default, InputObject)]
pub struct CareerFlowFilter {
    /// In this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// Under this cadre or any below it.
    cadre: Option<ID>,
    /// The same by the cadre's code.
    cadre_code: Option<String>,
    /// Under a cadre of this sector.
    sector: Option<SectorName>,
}

/// Who came into the service, moved within it and left it, from a day to another.
#[derive(SimpleObject)]
pub struct CareerFlows {
    /// The first day.
    from: Day,
    /// The last day.
    to: Day,
    /// All that was counted.
    total: CareerFlow,
    /// A row for each group that anything is counted of, by code, the unknown last.
    rows: Vec<CareerFlow>,
}

/// People in post by their primary postings, before and after, and what made the one of the other: `inPostAfter` is
/// `inPostBefore` and `entries`, `returns` and `movedIn`, less `movedOut`, `voluntaryExits`, `involuntaryExits` and
/// `interruptions`.
#[derive(SimpleObject)]
pub struct CareerFlow {
    /// The code of the group, as filters take it; absent for all, and for what is above the level that was asked for.
    code: Option<String>,
    /// The group in the caller's language.
    label: Option<String>,
    /// At the end of the day before the first.
    in_post_before: u64,
    /// With their first posting ever.
    entries: u64,
    /// Posted again after a day or more out of post.
    returns: u64,
    /// From elsewhere, or another cadre, without a day between.
    moved_in: u64,
    /// To elsewhere, or another cadre, without a day between.
    moved_out: u64,
    /// Last days by the worker's own will, by the reason's `exit_group`.
    voluntary_exits: u64,
    /// Last days by retirement, death, dismissal or the end of a contract.
    involuntary_exits: u64,
    /// Last days for a reason that is no exit, with nothing on the next day.
    interruptions: u64,
    /// At the end of the last day.
    in_post_after: u64,
    /// Postings that follow one that ended with a promotion.
    promotions: u64,
    /// Volunteers who became salaried: under a cadre of volunteers or on such terms before, and neither from then on. They
    /// stay one person and count once.
    conversions: u64,
}

impl CareerFlow {
    fn new(code: Option<String>, label: Option<String>, of: Counts) -> Self {
        Self {
            code,
            label,
            in_post_before: of.before,
            entries: of.entries,
            returns: of.returns,
            moved_in: of.moved_in,
            moved_out: of.moved_out,
            voluntary_exits: of.voluntary_exits,
            involuntary_exits: of.involuntary_exits,
            interruptions: of.interruptions,
            in_post_after: of.after,
            promotions: of.promotions,
            conversions: of.conversions,
        }
    }
}

impl CareerFlowFilter {
    fn read(self) -> std::result::Result<FlowFilter, Invalid> {
        Ok(FlowFilter {
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            unit_code: self.org_unit_code,
            cadre: optional_id("filter.cadre", self.cadre.as_ref())?,
            cadre_code: self.cadre_code,
            sector: self.sector.map(Into::into),
        })
    }
}

#[derive(Default)]
pub struct FlowsQuery;

#[Object]
impl FlowsQuery {
    /// Who came into the service, moved within it and left it from a day to another, both taken in, within the caller's
    /// scope; places and cadres are as on the last day.
    #[tracing::instrument(name = "query careerFlows", skip_all)]
    async fn career_flows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: Day,
        #[graphql(desc = "The last day.")] to: Day,
        #[graphql(
            default_with = "CareerFlowGroup::OrgUnit",
            desc = "What the rows are told apart by."
        )]
        group_by: CareerFlowGroup,
        #[graphql(
            desc = "The level of its tree, from 1 to 9. Of org units, 1 when absent; of cadres, the cadre itself."
        )]
        level: Option<i32>,
        #[graphql(desc = "Whose posts; absent: all.")] filter: Option<CareerFlowFilter>,
    ) -> Result<CareerFlows> {
        let answer = async {
            let rq = request(ctx);
            let filter = filter.unwrap_or_default().read()?;
            // Nought is refused like any other level that no tree has.
            let level = level.map(|it| u8::try_from(it).unwrap_or(0));
            let group = (group_by.into(), level);
            let today = rq.today()?;
            let mut db = rq.read(true).await?;
            let days = (from.0, to.0);
            indicators::flows(&mut db, rq.actor(), days, group, &filter, today).await
        };
        let found: std::result::Result<_, ReadError> = answer.await;
        let found = found.map_err(|error| refuse(ctx, error))?;
        let languages = request(ctx).languages();
        let rows = found.rows.iter().map(|row| {
            let code = row.key.code(&found.lists).map(Cow::into_owned);
            let label = label(&row.key, &found.lists, languages);
            CareerFlow::new(code, Some(label), row.counts)
        });
        Ok(CareerFlows {
            from,
            to,
            total: CareerFlow::new(None, None, found.total),
            rows: rows.collect(),
        })
    }
}

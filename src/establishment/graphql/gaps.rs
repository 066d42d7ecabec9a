//! Staffing against norms, and vacancies, on the wire.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::norms::StaffingNorm;
use super::scope::{StaffingFilter, StaffingGrouping};
use crate::cadres::graphql::Cadre;
use crate::establishment::{self, Gap, GapFilter, GapSum, Place, VacancySum, key};
use crate::graphql::{Connection, Day, Paging, connection, page_of, refuse, request};
use crate::kernel::{AsOf, CadreId, OrgUnitId, ReadError};
use crate::places::graphql::{Facility, OrgUnit};
use crate::workforce::Lists;

/// Where on the way from the most particular norm to the most general one it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "establishment::Rung")]
pub enum NormRung {
    /// For the cadre at the facility.
    CadreAtFacility,
    /// For a group above the cadre at the facility.
    GroupAtFacility,
    /// For the cadre at facilities of the type.
    CadreAtType,
    /// For a group above the cadre at facilities of the type.
    GroupAtType,
    /// For the population of an org unit.
    Population,
}

#[derive(Clone)]
pub struct StaffingGap {
    row: Gap,
    norm: establishment::Norm,
    lists: Lists,
}

/// Who is in post at a place against the norm that stands for them. Each person is counted in one such row at most.
#[Object]
impl StaffingGap {
    /// Where; null for a norm for the population of an org unit.
    async fn facility(&self) -> Option<Facility> {
        match self.row.place {
            Place::Facility(id) => Facility::find(&self.lists.gazetteer, &self.lists.places, id),
            Place::Unit(_) => None,
        }
    }

    /// The org unit where the facility stands, or the one whose population it is about.
    async fn org_unit(&self) -> Option<OrgUnit> {
        let unit = match self.row.place {
            Place::Facility(id) => self.lists.places.facility(id)?.unit,
            Place::Unit(id) => id,
        };
        OrgUnit::find(&self.lists.gazetteer, &self.lists.places, unit)
    }

    /// The cadre that the norm names, or the group whose cadres count together.
    async fn cadre(&self) -> Option<Cadre> {
        Cadre::find(&self.lists.taxonomy, &self.lists.cadres, self.row.cadre)
    }

    /// The norm.
    async fn norm(&self) -> StaffingNorm {
        StaffingNorm::new(self.norm.clone(), self.lists.clone())
    }

    /// Where on the way from the most particular norm to the most general one it was found.
    async fn rung(&self) -> NormRung {
        self.row.rung.into()
    }

    /// How many there ought to be; for a population, beyond those whom the norms of facilities inside ask for.
    async fn required(&self) -> u64 {
        self.row.required
    }

    /// How many there may be; null: as many as there ought to be.
    async fn maximum(&self) -> Option<u64> {
        self.row.maximum
    }

    /// The people in post for whom the norm stands.
    async fn posted(&self) -> u64 {
        self.row.posted
    }

    /// How many are missing.
    async fn gap(&self) -> u64 {
        self.row.gap()
    }

    /// How many are there beyond the maximum.
    async fn surplus(&self) -> u64 {
        self.row.surplus()
    }
}

/// Who is in post against the norms, added up.
#[derive(SimpleObject)]
pub struct StaffingGapTotals {
    /// The day that was counted for.
    as_of: Day,
    /// How many there ought to be.
    required: u64,
    /// The people in post for whom a norm stands.
    posted: u64,
    /// How many are missing, at all places where some are.
    gap: u64,
    /// How many are there beyond the maximum, at all places where some are.
    surplus: u64,
    /// At how many places somebody is missing, for each cadre or group with a norm.
    below_norm: u64,
    /// The people in post for whom no norm stands.
    without_norm: u64,
    /// The same for each group, by the codes of the org unit and the cadre.
    rows: Vec<StaffingGapTotal>,
}

/// Who is in post against the norms, in one org unit and of one cadre.
#[derive(SimpleObject)]
pub struct StaffingGapTotal {
    /// The org unit; null when it was not asked for, and above the level that was.
    org_unit: Option<OrgUnit>,
    /// The cadre; null when it was not asked for.
    cadre: Option<Cadre>,
    /// How many there ought to be.
    required: u64,
    /// The people in post for whom a norm stands.
    posted: u64,
    /// How many are missing.
    gap: u64,
    /// How many are there beyond the maximum.
    surplus: u64,
    /// At how many places somebody is missing, for each cadre or group with a norm.
    below_norm: u64,
}

/// How many posts are approved, and how many of them are vacant.
#[derive(SimpleObject)]
pub struct Vacancies {
    /// The day that was counted for.
    as_of: Day,
    /// The posts that are approved.
    approved: u64,
    /// Those that somebody fills.
    filled: u64,
    /// Those that nobody fills, and somebody may.
    vacant: u64,
    /// Those that nobody fills, and nobody may.
    frozen: u64,
    /// The vacant posts among those that are filled or vacant, from 0 to 1; null when there are none.
    vacancy_rate: Option<f64>,
    /// The same for each group, by the codes of the org unit and the cadre.
    rows: Vec<VacancyRow>,
}

/// The posts in one org unit and of one cadre.
#[derive(SimpleObject)]
pub struct VacancyRow {
    /// The org unit; null when it was not asked for, and above the level that was.
    org_unit: Option<OrgUnit>,
    /// The cadre; null when it was not asked for.
    cadre: Option<Cadre>,
    /// The posts that are approved.
    approved: u64,
    /// Those that somebody fills.
    filled: u64,
    /// Those that nobody fills, and somebody may.
    vacant: u64,
    /// Those that nobody fills, and nobody may.
    frozen: u64,
    /// The vacant posts among those that are filled or vacant, from 0 to 1; null when there are none.
    vacancy_rate: Option<f64>,
}

#[derive(Default)]
pub struct StaffingQuery;

#[Object]
impl StaffingQuery {
    /// The people in post on a day (today when absent) against the norms of that day, within the caller's scope: a row for
    /// each place and each cadre or group with a norm, by the codes of facilities, then of org units; at most 100 a page.
    #[tracing::instrument(name = "query staffingGaps", skip_all)]
    async fn staffing_gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where and of what cadres; absent: everywhere, all.")] filter: Option<
            StaffingFilter,
        >,
        #[graphql(default, desc = "Those rows alone where somebody is missing.")] below_norm: bool,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<StaffingGap>> {
        let page = async |asked| {
            let (staffing, _) = staffing(ctx, filter, below_norm, as_of).await?;
            let establishment::Staffing {
                rows, norms, lists, ..
            } = staffing;
            let rows = rows.into_iter().filter_map(|row| {
                let norm = norms.get(&row.norm)?.clone();
                let lists = lists.clone();
                Some(StaffingGap { row, norm, lists })
            });
            Ok(page_of(rows, |it| key(&it.row, &it.lists), &asked))
        };
        let paging = Paging { first, after };
        let key = |it: &StaffingGap| key(&it.row, &it.lists);
        connection(ctx, "staffing gaps", paging, page, key, |row| row).await
    }

    /// The people in post on a day (today when absent) against the norms of that day, added up by org unit and cadre.
    #[tracing::instrument(name = "query staffingGapTotals", skip_all)]
    async fn staffing_gap_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By what; absent: one sum.")] group_by: Option<StaffingGrouping>,
        #[graphql(desc = "Where and of what cadres; absent: everywhere, all.")] filter: Option<
            StaffingFilter,
        >,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Result<StaffingGapTotals> {
        let answer = async {
            let by = group_by.unwrap_or_default().read()?;
            let (staffing, at) = staffing(ctx, filter, false, as_of).await?;
            let lists = &staffing.lists;
            let (rows, total) = establishment::sum_gaps(&staffing.rows, by, lists);
            let rows = rows.into_iter();
            let rows = rows.map(|((unit, cadre), sum)| gap_total(unit, cadre, sum, lists));
            Ok(StaffingGapTotals {
                as_of: Day(at.day),
                required: total.required,
                posted: total.posted,
                gap: total.gap,
                surplus: total.surplus,
                below_norm: total.below_norm,
                without_norm: staffing.without_norm,
                rows: rows.collect(),
            })
        };
        answer.await.map_err(|error: ReadError| refuse(ctx, error))
    }

    /// The posts that are approved on a day (today when absent) within the caller's scope, and how many of them are vacant.
    #[tracing::instrument(name = "query vacancies", skip_all)]
    async fn vacancies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By what; absent: one sum.")] group_by: Option<StaffingGrouping>,
        #[graphql(desc = "Where and of what cadres; absent: everywhere, all.")] filter: Option<
            StaffingFilter,
        >,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Result<Vacancies> {
        let answer = async {
            let by = group_by.unwrap_or_default().read()?;
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let at = rq.as_of(as_of)?;
            let mut db = rq.read(false).await?;
            let found = establishment::vacancies(&mut db, rq.actor(), &filter, at).await?;
            let (cells, lists) = found;
            let (rows, total) = establishment::sum_vacancies(&cells, by, &lists);
            let rows = rows.into_iter();
            let rows = rows.map(|((unit, cadre), sum)| vacancy_row(unit, cadre, sum, &lists));
            Ok(Vacancies {
                as_of: Day(at.day),
                approved: total.approved,
                filled: total.filled,
                vacant: total.vacant(),
                frozen: total.frozen,
                vacancy_rate: total.rate(),
                rows: rows.collect(),
            })
        };
        answer.await.map_err(|error: ReadError| refuse(ctx, error))
    }
}

async fn staffing(
    ctx: &Context<'_>,
    filter: Option<StaffingFilter>,
    below_norm: bool,
    as_of: Option<Day>,
) -> Result<(establishment::Staffing, AsOf), ReadError> {
    let filter = GapFilter {
        place: filter.unwrap_or_default().read()?,
        below_norm,
    };
    let rq = request(ctx);
    let at = rq.as_of(as_of)?;
    let mut db = rq.read(false).await?;
    let staffing = establishment::staffing(&mut db, rq.actor(), &filter, at).await?;
    Ok((staffing, at))
}

fn unit_of(lists: &Lists, unit: Option<OrgUnitId>) -> Option<OrgUnit> {
    OrgUnit::find(&lists.gazetteer, &lists.places, unit?)
}

fn cadre_of(lists: &Lists, cadre: Option<CadreId>) -> Option<Cadre> {
    Cadre::find(&lists.taxonomy, &lists.cadres, cadre?)
}

fn gap_total(
    unit: Option<OrgUnitId>,
    cadre: Option<CadreId>,
    sum: GapSum,
    lists: &Lists,
) -> StaffingGapTotal {
    StaffingGapTotal {
        org_unit: unit_of(lists, unit),
        cadre: cadre_of(lists, cadre),
        required: sum.required,
        posted: sum.posted,
        gap: sum.gap,
        surplus: sum.surplus,
        below_norm: sum.below_norm,
    }
}

fn vacancy_row(
    unit: Option<OrgUnitId>,
    cadre: Option<CadreId>,
    sum: VacancySum,
    lists: &Lists,
) -> VacancyRow {
    VacancyRow {
        org_unit: unit_of(lists, unit),
        cadre: cadre_of(lists, cadre),
        approved: sum.approved,
        filled: sum.filled,
        vacant: sum.vacant(),
        frozen: sum.frozen,
        vacancy_rate: sum.rate(),
    }
}

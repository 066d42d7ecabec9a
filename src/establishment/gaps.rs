//! Staffing against the norms of a day, and both that and vacancies added up by org unit and cadre.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Datelike;

use super::fallback::{self, Area, Gap, Place, Site, Tree};
use super::norm::{Norm, Norms};
use super::posts::VacancyCell;
use super::scope::{Extent, Filter};
use crate::auth::Actor;
use crate::cadres::{self, Cadres};
use crate::kernel::{AsOf, CadreId, FacilityId, Fault, NormId, OrgUnitId, ReadError};
use crate::places::{Places, UnitStatus};
use crate::tenancy::Reader;
use crate::workforce::{self, Cube, Lists, Reach, Sex};

/// More pairs of a facility and a cadre has no country.
const MOST_PAIRS: usize = 1_000_000;

/// Which rows; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct GapFilter {
    pub place: Filter,
    /// Those alone where somebody is missing.
    pub below_norm: bool,
}

/// Who is there against the norms, with the lists and the norms that it was told by.
pub struct Staffing {
    /// By the codes of their places, facilities first, then by those of their cadres.
    pub rows: Vec<Gap>,
    /// In post, and no norm stands for them.
    pub without_norm: u64,
    pub norms: HashMap<NormId, Norm>,
    pub lists: Lists,
}

/// The people in primary posts on a day within the caller's reach, against the norms of that day.
///
/// # Errors
/// `Denied` without [`crate::auth::Permission::ReadAggregates`].
#[tracing::instrument(name = "establishment.staffing", skip_all)]
pub async fn staffing(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &GapFilter,
    at: AsOf,
) -> Result<Staffing, ReadError> {
    let (mut version, mut norms) = db.remembered::<Norms>().await?;
    let (people, lists) = loop {
        let (people, lists) = people(db, actor, at).await?;
        if version == lists.version {
            break (people, lists);
        }
        if let Some(current) = db.at::<Norms>(lists.version).await? {
            (version, norms) = (lists.version, current);
            break (people, lists);
        }
    };
    debug_assert_eq!(version, lists.version);
    let reach = Reach::of(actor, &lists);
    let standing: Vec<&Norm> = (norms.0.iter())
        .filter(|it| it.is_in_force_on(at.day))
        .collect();
    let sites = sites(&lists, &reach, at, people);
    let found = fallback::gaps(&tree(&lists.cadres), &standing, &sites, &areas(&lists, at));
    let wanted = Wanted::new(filter, &lists, &reach);
    let mut rows: Vec<Gap> = found
        .rows
        .into_iter()
        .filter(|it| wanted.admits(it))
        .collect();
    rows.sort_by_cached_key(|it| key(it, &lists));
    let without = found.without.iter().filter(|it| wanted.takes(it.0, it.1));
    Ok(Staffing {
        without_norm: without.map(|it| it.2).sum(),
        norms: standing.into_iter().map(|it| (it.id, it.clone())).collect(),
        rows,
        lists,
    })
}

/// What orders rows: facilities before org units, by code; then the code of the cadre.
#[must_use]
pub fn key(row: &Gap, lists: &Lists) -> (bool, String, String) {
    let place = match row.place {
        Place::Facility(id) => lists.places.facility(id).map(|it| it.code.clone()),
        Place::Unit(id) => lists.places.unit(id).map(|it| it.code.clone()),
    };
    let cadre = lists.cadres.get(row.cadre).map(|it| it.code.clone());
    (
        matches!(row.place, Place::Unit(_)),
        place.unwrap_or_default(),
        cadre.unwrap_or_default(),
    )
}

type People = HashMap<FacilityId, BTreeMap<CadreId, u64>>;

async fn people(
    db: &mut Reader<'_>,
    actor: &Actor,
    at: AsOf,
) -> Result<(People, Lists), ReadError> {
    let pairs = |lists: &Lists, _: &Reach| {
        let cadres = i64::try_from(lists.cadres.all().len()).map_err(Fault::internal)?;
        let cube = Cube {
            facilities: (0..)
                .take(lists.places.facilities().len())
                .map(|at: i64| Some(at * cadres))
                .collect(),
            cadres: (0..).take(lists.cadres.all().len()).map(Some).collect(),
            sexes: Sex::ALL.map(|_| Some(0)),
            employment: None,
            per_age_band: 0,
            answers: None,
            among: Vec::new(),
        };
        Ok((cube, ()))
    };
    let tally = workforce::count(db, actor, at, MOST_PAIRS, pairs).await?;
    let tally =
        tally.ok_or_else(|| Fault::internal("more facilities and cadres than there are"))?;
    let lists = tally.lists;
    let all = lists.cadres.all();
    let mut people = People::new();
    for (cell, count) in tally.cells {
        let cell = usize::try_from(cell).map_err(Fault::internal)?;
        let facility = lists.places.facilities().get(cell / all.len().max(1));
        if let Some((facility, cadre)) = facility.zip(all.get(cell % all.len().max(1))) {
            people
                .entry(facility.id)
                .or_default()
                .insert(cadre.id, count);
        }
    }
    Ok((people, lists))
}

/// The facilities within reach that work on the day, and those that have people all the same.
fn sites(lists: &Lists, reach: &Reach, at: AsOf, mut people: People) -> Vec<Site> {
    let reached = Extent::new(&Filter::default(), lists, reach).facilities;
    let reached: Option<HashSet<FacilityId>> = reached.map(|it| it.into_iter().collect());
    let within = |id: &FacilityId| reached.as_ref().is_none_or(|it| it.contains(id));
    let facilities = lists.places.facilities().iter().filter(|it| within(&it.id));
    let sites = facilities.filter_map(|facility| {
        let people = people.remove(&facility.id).unwrap_or_default();
        let is_open = facility.is_open_on(at.day);
        (is_open || !people.is_empty()).then(|| Site {
            facility: facility.id,
            type_code: facility.type_code.to_string(),
            setting: facility.setting,
            is_open,
            units: around(&lists.places, facility.unit),
            people,
        })
    });
    sites.collect()
}

/// An org unit and those above it.
fn around(places: &Places, unit: OrgUnitId) -> Vec<OrgUnitId> {
    let mut path = vec![unit];
    while let Some(parent) = path.last().and_then(|it| places.unit(*it)?.parent)
        && !path.contains(&parent)
    {
        path.push(parent);
    }
    path
}

/// The org units of the day whose population is known: by the newest count that is not after the day, or else the oldest.
fn areas(lists: &Lists, at: AsOf) -> Vec<Area> {
    let places = &lists.places;
    let units = places
        .units()
        .iter()
        .filter(|it| it.status == UnitStatus::Active);
    let areas = units.filter_map(|unit| {
        let known = places.populations(unit.id);
        let past = known
            .iter()
            .filter(|it| i32::from(it.year) <= at.day.year());
        let newest = past.max_by_key(|it| (it.year, std::cmp::Reverse(&it.source)));
        let chosen = newest.or_else(|| known.iter().min_by_key(|it| (it.year, &it.source)))?;
        Some(Area {
            unit: unit.id,
            level: unit.level,
            people: chosen.people,
            units: around(places, unit.id),
        })
    });
    areas.collect()
}

fn tree(cadres: &Cadres) -> Tree {
    let all = cadres.all().iter();
    let leaves = all
        .clone()
        .filter(|it| it.status == cadres::Status::Active && !cadres.is_group(it.id));
    Tree {
        parents: all.filter_map(|it| Some((it.id, it.parent?))).collect(),
        leaves: leaves.map(|it| it.id).collect(),
    }
}

/// A filter, resolved once for all rows.
struct Wanted<'a> {
    filter: &'a GapFilter,
    facilities: Option<HashSet<FacilityId>>,
    cadres: Option<HashSet<CadreId>>,
    of_filter: Option<HashSet<OrgUnitId>>,
    of_reach: Option<HashSet<OrgUnitId>>,
}

impl<'a> Wanted<'a> {
    fn new(filter: &'a GapFilter, lists: &Lists, reach: &Reach) -> Self {
        let extent = Extent::new(&filter.place, lists, reach);
        Self {
            facilities: extent.facilities.map(|it| it.into_iter().collect()),
            cadres: extent.cadres.map(|it| it.into_iter().collect()),
            of_filter: filter.place.units(&lists.places),
            of_reach: reach.units.as_ref().map(|it| it.iter().copied().collect()),
            filter,
        }
    }

    fn takes(&self, facility: FacilityId, cadre: CadreId) -> bool {
        self.facilities
            .as_ref()
            .is_none_or(|it| it.contains(&facility))
            && self.cadres.as_ref().is_none_or(|it| it.contains(&cadre))
    }

    /// A group's row is about a cadre when that one is counted in it.
    fn admits(&self, row: &Gap) -> bool {
        let is_there = match row.place {
            Place::Facility(id) => self.facilities.as_ref().is_none_or(|it| it.contains(&id)),
            Place::Unit(id) => {
                let within =
                    |of: &Option<HashSet<OrgUnitId>>| of.as_ref().is_none_or(|it| it.contains(&id));
                !self.filter.place.names_facilities()
                    && within(&self.of_filter)
                    && within(&self.of_reach)
            }
        };
        let is_about = self.cadres.as_ref().is_none_or(|wanted| {
            wanted.contains(&row.cadre) || row.counted.iter().any(|it| wanted.contains(it))
        });
        is_there && is_about && (!self.filter.below_norm || row.gap() > 0)
    }
}

/// By what sums are told: the org unit of a level, and the cadre so deep in the tree.
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupBy {
    pub unit_level: Option<u8>,
    pub cadre_level: Option<u8>,
}

/// What a sum is of. Above the level that was asked for there is no unit; a cadre stands for itself.
pub type Group = (Option<OrgUnitId>, Option<CadreId>);

impl GroupBy {
    fn group(self, unit: Option<OrgUnitId>, cadre: CadreId, lists: &Lists) -> Group {
        let unit = self.unit_level.and_then(|level| {
            let above = around(&lists.places, unit?);
            let of_level =
                |it: &OrgUnitId| lists.places.unit(*it).is_some_and(|it| it.level == level);
            above.into_iter().find(of_level)
        });
        let cadre = self.cadre_level.map(|level| {
            let mut path = vec![cadre];
            while let Some(parent) = path.last().and_then(|it| lists.cadres.get(*it)?.parent) {
                path.push(parent);
            }
            let above = path.len().saturating_sub(usize::from(level));
            path[above.min(path.len() - 1)]
        });
        (unit, cadre)
    }
}

/// Sums of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GapSum {
    pub required: u64,
    pub posted: u64,
    pub gap: u64,
    pub surplus: u64,
    /// The rows in which somebody is missing.
    pub below_norm: u64,
}

impl GapSum {
    fn add(&mut self, row: &Gap) {
        self.required += row.required;
        self.posted += row.posted;
        self.gap += row.gap();
        self.surplus += row.surplus();
        self.below_norm += u64::from(row.gap() > 0);
    }
}

/// Rows added up, in the order of the codes; and all of them.
#[must_use]
pub fn sum_gaps(rows: &[Gap], by: GroupBy, lists: &Lists) -> (Vec<(Group, GapSum)>, GapSum) {
    let (mut groups, mut total) = (HashMap::<Group, GapSum>::new(), GapSum::default());
    for row in rows {
        let unit = match row.place {
            Place::Facility(id) => lists.places.facility(id).map(|it| it.unit),
            Place::Unit(id) => Some(id),
        };
        groups
            .entry(by.group(unit, row.cadre, lists))
            .or_default()
            .add(row);
        total.add(row);
    }
    (ordered(groups, lists), total)
}

/// Sums of posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VacancySum {
    pub approved: u64,
    pub filled: u64,
    pub frozen: u64,
}

impl VacancySum {
    #[must_use]
    pub fn vacant(self) -> u64 {
        self.approved - self.filled - self.frozen
    }

    /// The vacant posts among those that are filled or may be, in ten-thousandths.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        let of = u32::try_from(self.approved - self.frozen)
            .ok()
            .filter(|it| *it > 0)?;
        let vacant = u32::try_from(self.vacant()).ok()?;
        Some((f64::from(vacant) / f64::from(of) * 10_000.0).round() / 10_000.0)
    }
}

/// Posts added up, in the order of the codes; and all of them.
#[must_use]
pub fn sum_vacancies(
    cells: &[VacancyCell],
    by: GroupBy,
    lists: &Lists,
) -> (Vec<(Group, VacancySum)>, VacancySum) {
    let (mut groups, mut total) = (HashMap::<Group, VacancySum>::new(), VacancySum::default());
    for cell in cells {
        let unit = lists.places.facility(cell.facility).map(|it| it.unit);
        let group = groups.entry(by.group(unit, cell.cadre, lists)).or_default();
        for sum in [group, &mut total] {
            sum.approved += cell.posts;
            sum.filled += cell.filled;
            sum.frozen += cell.frozen;
        }
    }
    (ordered(groups, lists), total)
}

fn ordered<S>(groups: HashMap<Group, S>, lists: &Lists) -> Vec<(Group, S)> {
    let mut rows: Vec<(Group, S)> = groups.into_iter().collect();
    rows.sort_by_cached_key(|((unit, cadre), _)| {
        let unit = unit.and_then(|it| Some(lists.places.unit(it)?.code.clone()));
        let cadre = cadre.and_then(|it| Some(lists.cadres.get(it)?.code.clone()));
        (unit.is_none(), unit, cadre)
    });
    rows
}

//! Looking for people: the experienced providers of a cadre, and who is qualified for one and not posted under it.

use std::collections::HashSet;

use super::providers::{Nearness, RankKey, Ranked, rank, years};
use super::scope::{People, PeopleFilter};
use super::store;
use crate::auth::{Actor, Permission};
use crate::cadres::{Cadres, Status};
use crate::kernel::{AsOf, CadreId, Date, OrgUnitId, Page, PageRequest, ReadError};
use crate::tenancy::Reader;
use crate::workforce::{Among, Lists};

/// Which providers; all conditions hold together.
#[derive(Clone, Debug)]
pub struct ProviderFilter {
    /// Who serves or served under this cadre or one below it, and where their records are kept.
    pub people: PeopleFilter,
    /// With a qualification that lets into the cadre.
    pub qualified: bool,
    /// And of one of these levels.
    pub levels: Option<Vec<String>>,
    pub minimum_years: f64,
    /// With a telephone number.
    pub reachable: bool,
    /// Who served in the cadre and does so no more, too.
    pub former: bool,
    /// Those near this org unit stand before others.
    pub near: Option<OrgUnitId>,
}

/// The same resolved against the lists of the moment.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub day: Date,
    pub people: People,
    pub qualifying: Vec<CadreId>,
    pub levels: Option<Vec<String>>,
    pub qualified: bool,
    pub reachable: bool,
    pub former: bool,
    /// The org units that are near, and those beside them.
    pub near: Vec<OrgUnitId>,
    pub beside: Vec<OrgUnitId>,
}

/// A page of the providers whom the caller may see, the best first.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`] and [`Permission::ReadContacts`]: it is a list of people to call.
#[tracing::instrument(name = "credentials.experienced_providers", skip_all)]
pub async fn experienced_providers(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &ProviderFilter,
    at: AsOf,
    request: &PageRequest<RankKey>,
) -> Result<Page<Ranked>, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    actor.may(Permission::ReadContacts)?;
    let lists = Lists::current(db, at).await?;
    let people = People::new(&filter.people, &lists, actor);
    let places = &lists.places_today;
    let near = places.subtrees(filter.near);
    let around = filter.near.and_then(|unit| places.unit(unit)?.parent);
    let wanted = Wanted {
        day: at.day,
        qualifying: qualifying(&lists.cadres, people.cadres.as_deref().unwrap_or_default()),
        people,
        levels: filter.levels.clone(),
        qualified: filter.qualified,
        reachable: filter.reachable,
        former: filter.former,
        near: if filter.near.is_some() {
            near
        } else {
            Vec::new()
        },
        beside: around.map_or_else(Vec::new, |unit| places.subtrees([unit])),
    };
    let asked = wanted.people.cadres.as_deref().unwrap_or_default();
    let mut asked = asked.iter().filter_map(|it| lists.cadres.get(*it));
    let asks_for_licence = asked.any(|it| it.is_licensed);
    let candidates = store::candidates(db, &wanted).await?.into_iter();
    let ranked = candidates.map(|it| Ranked::new(it, asks_for_licence));
    let mut ranked: Vec<Ranked> = ranked
        .filter(|it| years(it.days) >= filter.minimum_years)
        .collect();
    rank(&mut ranked);
    let total = request.count.then_some(ranked.len() as u64);
    if let Some(after) = &request.after {
        ranked.retain(|it| it.follows(after));
    }
    Ok(Page {
        total,
        ..Page::from_rows(ranked, request)
    })
}

impl Wanted {
    /// Where a record that an org unit keeps is, seen from the one that is to be near.
    pub(super) fn nearness(&self, unit: OrgUnitId) -> Nearness {
        if self.near.contains(&unit) {
            Nearness::Within
        } else if self.beside.contains(&unit) {
            Nearness::Beside
        } else {
            Nearness::Elsewhere
        }
    }
}

/// What lets into some cadres on a day: what names one of them, or one whose people went to them alone when it was merged or
/// split.
fn qualifying(cadres: &Cadres, asked: &[CadreId]) -> Vec<CadreId> {
    let mut found: HashSet<CadreId> = asked.iter().copied().collect();
    loop {
        let gone = cadres.all().iter().filter(|it| {
            matches!(it.status, Status::Merged | Status::Split)
                && !found.contains(&it.id)
                && !it.successors.is_empty()
                && it.successors.iter().all(|next| found.contains(next))
        });
        let more: Vec<CadreId> = gone.map(|it| it.id).collect();
        if more.is_empty() {
            return found.into_iter().collect();
        }
        found.extend(more);
    }
}

/// Who has a qualification that lets into a cadre or one below it, and is posted under none of them on the day.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "credentials.qualified_not_posted", skip_all)]
pub async fn qualified_not_posted(
    db: &mut Reader<'_>,
    actor: &Actor,
    cadre: CadreId,
    at: AsOf,
) -> Result<Among, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let lists = Lists::current(db, at).await?;
    let asked = lists.cadres.subtree(cadre);
    let qualifying = qualifying(&lists.cadres, &asked);
    Ok(Among::Of(
        store::qualified_not_posted(db, &qualifying, &asked, at.day).await?,
    ))
}

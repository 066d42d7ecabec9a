//! How much of the workforce a crosswalk reaches: the people in post on a day, by cadre, and what each cadre is mapped to.

use super::{Cube, Lists, Sex, count};
use crate::auth::Actor;
use crate::cadres::{ISCO_08, Mapping};
use crate::kernel::{AsOf, CadreId, ReadError};
use crate::tenancy::Reader;

/// The people in post under one cadre.
#[derive(Clone, Debug, PartialEq)]
pub struct CoveredCadre {
    pub cadre: CadreId,
    pub workers: u64,
    /// Whether the cadre is mapped on the day.
    pub is_mapped: bool,
    /// By which approved mapping; absent where the country's configuration says it.
    pub mapping: Option<Mapping>,
}

/// More cadres has no country.
const MOST_CADRES: usize = 100_000;

/// The cadres that have people in primary posts on a day within the caller's reach, those with the most people first.
///
/// # Errors
/// `Denied` without [`crate::auth::Permission::ReadAggregates`].
#[tracing::instrument(name = "workforce.coverage", skip_all)]
pub async fn coverage(
    db: &mut Reader<'_>,
    actor: &Actor,
    edition: &str,
    at: AsOf,
) -> Result<(Vec<CoveredCadre>, Lists), ReadError> {
    let by_cadre = |lists: &Lists| Cube {
        facilities: vec![Some(0); lists.places.facilities().len()],
        cadres: (0..).take(lists.cadres.all().len()).map(Some).collect(),
        sexes: Sex::ALL.map(|_| Some(0)),
        employment: None,
        per_age_band: 0,
        answers: None,
        among: Vec::new(),
    };
    let arrange = |lists: &Lists, _: &super::Reach| Ok((by_cadre(lists), ()));
    let tally = count(db, actor, at, MOST_CADRES, arrange).await?;
    let tally =
        tally.ok_or_else(|| crate::kernel::Fault::internal("more cadres than there are"))?;
    let lists = tally.lists;
    let covered = tally.cells.into_iter().filter_map(|(cell, workers)| {
        let cadre = lists.cadres.all().get(usize::try_from(cell).ok()?)?;
        let mapping = lists
            .taxonomy
            .get(cadre.id)?
            .mapping(edition, at.day)
            .cloned();
        let configured = edition == ISCO_08 && cadre.configured_isco08.is_some();
        Some(CoveredCadre {
            cadre: cadre.id,
            workers,
            is_mapped: mapping.is_some() || configured,
            mapping,
        })
    });
    let mut covered: Vec<CoveredCadre> = covered.collect();
    covered.sort_by_key(|it| (std::cmp::Reverse(it.workers), it.cadre));
    Ok((covered, lists))
}

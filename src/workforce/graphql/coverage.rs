//! How much of the workforce a crosswalk reaches, on the wire.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::cadres::graphql::{Cadre, CadreMapping};
use crate::graphql::{Day, refuse, request};
use crate::kernel::ReadError;
use crate::workforce;

/// How many people in post are under cadres that are mapped to an edition of a classification.
#[derive(SimpleObject)]
pub struct CrosswalkCoverage {
    /// The edition.
    edition: String,
    /// The day that was counted for.
    as_of: Day,
    /// The people in post.
    workers: u64,
    /// Those of them whose cadre is mapped.
    mapped: u64,
    /// Their share, from 0 to 1; null when nobody is in post.
    share: Option<f64>,
    /// Every cadre that has people in post, those with the most people first.
    cadres: Vec<CoveredCadre>,
}

/// The people in post under one cadre, and what it is mapped to.
#[derive(SimpleObject)]
pub struct CoveredCadre {
    /// The cadre.
    cadre: Cadre,
    /// The people in post under it.
    workers: u64,
    /// Whether it is mapped on the day.
    is_mapped: bool,
    /// By which approved mapping; null where it is not mapped, and where the country's configuration maps it.
    mapping: Option<CadreMapping>,
}

#[derive(Default)]
pub struct CoverageQuery;

#[Object]
impl CoverageQuery {
    /// How much of the workforce within the caller's scope the crosswalk to an edition reaches on a day (today when
    /// absent), by primary posting. An edition that there is not reaches nobody.
    #[tracing::instrument(name = "query crosswalkCoverage", skip_all)]
    async fn crosswalk_coverage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edition: `isco-08`, `isco-88`, `kada-hub-1`.")] edition: String,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Result<CrosswalkCoverage> {
        let answer = covered(ctx, edition, as_of).await;
        answer.map_err(|error| refuse(ctx, error))
    }
}

#[expect(clippy::cast_precision_loss, reason = "people are fewer than 2^52")]
async fn covered(
    ctx: &Context<'_>,
    edition: String,
    as_of: Option<Day>,
) -> Result<CrosswalkCoverage, ReadError> {
    let rq = request(ctx);
    let at = rq.as_of(as_of)?;
    let mut db = rq.read(false).await?;
    let (found, lists) = workforce::coverage(&mut db, rq.actor(), &edition, at).await?;
    let workers = found.iter().map(|it| it.workers).sum();
    let mapped: u64 = (found.iter().filter(|it| it.is_mapped))
        .map(|it| it.workers)
        .sum();
    let share = mapped as f64 / workers as f64;
    let cadres = found.into_iter().filter_map(|it| {
        Some(CoveredCadre {
            cadre: Cadre::find(&lists.taxonomy, &lists.cadres, it.cadre)?,
            workers: it.workers,
            is_mapped: it.is_mapped,
            mapping: it.mapping.map(CadreMapping),
        })
    });
    Ok(CrosswalkCoverage {
        edition,
        as_of: Day(at.day),
        workers,
        mapped,
        share: (workers > 0).then(|| (share * 10_000.0).round() / 10_000.0),
        cadres: cadres.collect(),
    })
}

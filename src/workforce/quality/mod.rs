//! How good the records are: what each lacks or contradicts, how an org unit stands, whom to ask for what; and whether
//! what people enter is right, which only a look at the papers tells.
//!
//! Samples for such a look are in `spot.rs`, and how well clerks did in `accuracy.rs`.

mod accuracy;
mod flaw;
mod spot;
mod store;
mod terms;

use std::collections::HashMap;

pub use accuracy::{Accuracy, Period, clerk_accuracy};
pub use flaw::{Figures, Flaw, Flaws};
pub use spot::{
    CheckedField, DrawSpotCheck, Finding, LARGEST_SAMPLE, RecordSpotCheck, SampledRecord,
    SpotCheck, SpotCheckFilter, draw_spot_check, record_spot_check, sampled_records, spot_checks,
};

use terms::Terms;

use super::store::Extent;
use super::{Lists, Reach};
use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, Date, OrgUnitId, Page, PageRequest, ReadError, WorkerId};
use crate::tenancy::{Reader, Settings};

/// Whose records: those that are kept in an org unit or below it. An id or a code that nothing has selects none.
#[derive(Clone, Debug, Default)]
pub struct QualityFilter {
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
}

impl QualityFilter {
    /// The org unit that is named; `None` where none is.
    #[expect(
        clippy::option_option,
        reason = "none is named, or one that there is not"
    )]
    fn root(&self, lists: &Lists) -> Option<Option<OrgUnitId>> {
        let places = &lists.places_today;
        let coded =
            (self.unit_code.as_deref()).map(|code| places.unit_by_code(code).map(|it| it.id));
        match (self.unit, coded) {
            (None, None) => None,
            (Some(id), None) => Some(places.unit(id).map(|it| it.id)),
            (None, Some(id)) => Some(id),
            (Some(one), Some(other)) => Some(other.filter(|it| *it == one)),
        }
    }

    /// The same within the caller's reach.
    fn extent(&self, lists: &Lists, actor: &Actor) -> Extent {
        let named = (self.unit, self.unit_code.as_deref());
        Extent::new(named, &Reach::of(actor, lists), lists)
    }
}

/// How the records of an org unit are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFigures {
    pub unit: OrgUnitId,
    pub figures: Figures,
}

/// What is wrong with some workers whom the caller was shown; one statement.
///
/// # Errors
/// `Denied` without [`Permission::ReadQuality`].
pub async fn flaws_of(
    db: &mut Reader<'_>,
    actor: &Actor,
    (lists, settings): (&Lists, &Settings),
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Flaws>, ReadError> {
    actor.may(Permission::ReadQuality)?;
    let terms = Terms::new(lists, settings);
    Ok(store::of_workers(db, &terms, workers).await?)
}

/// How the records are that the caller may see, all together.
///
/// # Errors
/// `Denied` without [`Permission::ReadQuality`].
#[tracing::instrument(name = "workforce.data_quality", skip_all)]
pub async fn data_quality(
    db: &mut Reader<'_>,
    actor: &Actor,
    settings: &Settings,
    filter: &QualityFilter,
    today: Date,
) -> Result<Figures, ReadError> {
    actor.may(Permission::ReadQuality)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let terms = Terms::new(&lists, settings);
    let mut all = Figures::default();
    for (_, flaws, records) in store::figures(db, &terms, &filter.extent(&lists, actor)).await? {
        all.add(flaws, records);
    }
    Ok(all)
}

/// How the records are in each org unit right below one, or below the country, by code; and of those that the unit's own
/// office keeps, if it keeps any. Together they are [`data_quality`].
///
/// # Errors
/// As [`data_quality`].
#[tracing::instrument(name = "workforce.unit_quality", skip_all)]
pub async fn unit_quality(
    db: &mut Reader<'_>,
    actor: &Actor,
    settings: &Settings,
    filter: &QualityFilter,
    today: Date,
) -> Result<(Vec<UnitFigures>, Lists), ReadError> {
    actor.may(Permission::ReadQuality)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let terms = Terms::new(&lists, settings);
    let extent = filter.extent(&lists, actor);
    let mut of_units: HashMap<OrgUnitId, Figures> = HashMap::new();
    for (unit, flaws, records) in store::figures(db, &terms, &extent).await? {
        of_units.entry(unit).or_default().add(flaws, records);
    }
    let places = &lists.places_today;
    let root = filter.root(&lists);
    let is_child =
        |parent: Option<OrgUnitId>| root.is_none_or(|it| it.is_some()) && parent == root.flatten();
    let is_seen = |unit: OrgUnitId| {
        let below = places.subtrees([unit]);
        (extent.units.as_ref()).is_none_or(|own| below.iter().any(|it| own.contains(it)))
    };
    let children = places.units().iter();
    let children = children.filter(|it| is_child(it.parent) && is_seen(it.id));
    let mut rows: Vec<UnitFigures> = Vec::new();
    for unit in children {
        let mut figures = Figures::default();
        for below in places.subtrees([unit.id]) {
            figures.join(&of_units.remove(&below).unwrap_or_default());
        }
        rows.push(UnitFigures {
            unit: unit.id,
            figures,
        });
    }
    // The unit's own office, and records of offices that are no part of the tree any more.
    let mut others: Vec<UnitFigures> = of_units
        .into_iter()
        .map(|(unit, figures)| UnitFigures { unit, figures })
        .collect();
    others.sort_by_key(|it| it.unit);
    rows.splice(0..0, others);
    Ok((rows, lists))
}

/// A page of those whose records have a flaw, of the caller's reach, in the order of registration.
///
/// # Errors
/// `Denied` without [`Permission::ReadQuality`].
#[tracing::instrument(name = "workforce.quality_queue", skip_all)]
pub async fn quality_queue(
    db: &mut Reader<'_>,
    actor: &Actor,
    settings: &Settings,
    (flaw, filter): (Flaw, &QualityFilter),
    today: Date,
    request: &PageRequest<WorkerId>,
) -> Result<Page<WorkerId>, ReadError> {
    actor.may(Permission::ReadQuality)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let terms = Terms::new(&lists, settings);
    let extent = filter.extent(&lists, actor);
    let rows = store::page(db, &terms, flaw, &extent, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, &terms, flaw, &extent).await?);
    }
    Ok(page)
}

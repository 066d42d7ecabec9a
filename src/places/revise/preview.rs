//! What a change of places would touch, without making it.

use super::facility::FacilityProposal;
use super::refusal::{Refusal, WriteError};
use super::store::{self, Touched};
use super::unit::UnitProposal;
use super::{decided_facility, decided_units, of_the_country};
use crate::auth::Actor;
use crate::kernel::{Date, FacilityId, OrgUnitId, ReadError};
use crate::places::Gazetteer;
use crate::tenancy::{Reader, Settings};

/// What a change of the org units would touch, and what stands against it.
#[derive(Clone, Debug)]
pub struct UnitPreview {
    pub from: Date,
    pub refusals: Vec<Refusal>,
    /// The people at the facilities below; absent for callers whose scope does not have the whole country.
    pub touched: Option<Touched>,
    /// What is part of the units concerned on the day.
    pub units_below: Vec<OrgUnitId>,
    /// What stands in the units concerned or below them on the day.
    pub facilities: Vec<FacilityId>,
    /// Whether a population of the unit is on record; one that is new has none.
    pub is_population_known: bool,
}

/// What a change of a facility would touch, and what stands against it.
#[derive(Clone, Debug)]
pub struct FacilityPreview {
    pub from: Date,
    pub refusals: Vec<Refusal>,
    /// Absent for callers whose scope does not have the whole country.
    pub touched: Option<Touched>,
}

/// # Errors
/// `Denied` without [`crate::auth::Permission::ConfigurePlaces`].
#[tracing::instrument(name = "places.preview_unit", skip_all)]
pub async fn preview_unit(
    db: &mut Reader<'_>,
    actor: &Actor,
    settings: &Settings,
    proposal: &UnitProposal,
) -> Result<UnitPreview, ReadError> {
    let mut preview = UnitPreview {
        from: proposal.from(),
        refusals: Vec::new(),
        touched: None,
        units_below: Vec::new(),
        facilities: Vec::new(),
        is_population_known: false,
    };
    if let Some(refusals) = outside(actor)? {
        preview.refusals = refusals;
        return Ok(preview);
    }
    let (_, gazetteer) = db.current::<Gazetteer>().await?;
    let decided = decided_units(db, settings, proposal, &gazetteer).await?;
    preview.refusals = decided.err().unwrap_or_default();
    let places = gazetteer.on(proposal.from());
    let subjects: Vec<OrgUnitId> = proposal.subjects().iter().map(|it| it.0).collect();
    let within = places.subtrees(subjects.iter().copied());
    preview.facilities = places.facilities_in(&within);
    preview.touched = Some(store::touched(db, &preview.facilities, proposal.from()).await?);
    let is_new = matches!(proposal, UnitProposal::Add(_));
    let mut below: Vec<OrgUnitId> = within;
    // What moves below a new unit is below it.
    below.retain(|it| is_new || !subjects.contains(it));
    below.sort_by_key(|it| places.unit(*it).map(|unit| unit.code.clone()));
    preview.units_below = below;
    preview.is_population_known = !is_new
        && subjects
            .iter()
            .any(|it| !places.populations(*it).is_empty());
    Ok(preview)
}

/// # Errors
/// `Denied` without [`crate::auth::Permission::ConfigurePlaces`].
#[tracing::instrument(name = "places.preview_facility", skip_all)]
pub async fn preview_facility(
    db: &mut Reader<'_>,
    actor: &Actor,
    proposal: &FacilityProposal,
    today: Date,
) -> Result<FacilityPreview, ReadError> {
    let from = proposal.from();
    if let Some(refusals) = outside(actor)? {
        return Ok(FacilityPreview {
            from,
            refusals,
            touched: None,
        });
    }
    let (_, gazetteer) = db.current::<Gazetteer>().await?;
    let decided = decided_facility(db, proposal, &gazetteer, today).await?;
    let subjects: Vec<FacilityId> = proposal.subject().iter().map(|it| it.0).collect();
    Ok(FacilityPreview {
        from,
        refusals: decided.err().unwrap_or_default(),
        touched: Some(store::touched(db, &subjects, from).await?),
    })
}

/// The refusals for a caller who has no say in it, and who learns nothing else.
fn outside(actor: &Actor) -> Result<Option<Vec<Refusal>>, ReadError> {
    match of_the_country(actor) {
        Ok(()) => Ok(None),
        Err(WriteError::Refused(refusals)) => Ok(Some(refusals)),
        Err(other) => Err(other.into()),
    }
}

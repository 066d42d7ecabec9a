//! Changing places from a day on: proposed, previewed, decided by their rules, written with their legal act.

mod class;
mod describe;
mod facility;
mod population;
mod preview;
mod refusal;
mod rules;
mod store;
mod unit;
mod words;

pub use class::{Class, SaveClass, is_day_of_retirement};
pub use facility::{AddFacility, ChangeFacility, FacilityProposal, FacilityRevision, TurnFacility};
pub use population::Count;
pub use preview::{FacilityPreview, UnitPreview, preview_facility, preview_unit};
pub use refusal::{Objection, Refusal, WriteError};
pub use store::Touched;
pub use unit::{AddUnit, ChangeUnit, CloseUnit, UnitProposal, UnitRevision};

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{FacilityType, Gazetteer, Ownership, store as places_store};
use crate::auth::{Actor, Permission};
use crate::kernel::{Date, Fault, Instant, OrgUnitId, Reason};
use crate::ledger::{self, ActReference, Entry, SubjectKind, Verb};
use crate::tenancy::{Reader, Settings};

/// Who acts, when, and by what legal act.
pub struct Occasion<'a> {
    pub actor: &'a Actor,
    pub now: Instant,
    /// The day in the country's time zone.
    pub today: Date,
    pub settings: &'a Settings,
    pub act: Option<ActReference>,
}

/// Adds, changes or closes an org unit; the unit, and those that moved with it.
///
/// # Errors
/// All refusals of the proposal at once; `Denied` without [`Permission::ConfigurePlaces`].
#[tracing::instrument(name = "places.revise_units", skip_all)]
pub async fn revise_units(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    proposal: &UnitProposal,
) -> Result<Vec<OrgUnitId>, WriteError> {
    let gazetteer = alone(tx, occasion.actor).await?;
    let revisions = decided_units(tx, occasion.settings, proposal, &gazetteer).await?;
    let revisions = revisions.map_err(WriteError::Refused)?;
    let act = occasion.act.as_ref();
    let (new, changed): (Vec<_>, Vec<_>) = revisions.iter().partition(|it| it.before.is_none());
    for unit in new {
        store::insert_unit(tx, unit, act).await?;
    }
    store::change_units(tx, &changed, act).await?;
    let verb = |revision: &UnitRevision| match (proposal, &revision.before) {
        (UnitProposal::Add(_), None) => Verb::AddOrgUnit,
        (UnitProposal::Close(_), _) => Verb::CloseOrgUnit,
        _ => Verb::ChangeOrgUnit,
    };
    let entries = revisions.iter().map(|it| Entry {
        at: occasion.now,
        verb: verb(it),
        subject_kind: SubjectKind::OrgUnit,
        subject: it.unit.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: describe::unit(it),
    });
    let entries: Vec<Entry> = entries.collect();
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(revisions.iter().map(|it| it.unit).collect())
}

/// What a proposal makes of a facility, when nobody else changes the places until the end of the transaction.
///
/// # Errors
/// All refusals of the proposal at once; `Denied` without [`Permission::ConfigurePlaces`].
pub async fn prepare_facility(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    proposal: &FacilityProposal,
) -> Result<FacilityRevision, WriteError> {
    let gazetteer = alone(tx, occasion.actor).await?;
    let decided = decided_facility(tx, proposal, &gazetteer, occasion.today).await?;
    decided.map_err(WriteError::Refused)
}

/// Writes what was decided of a facility; what the ledger is to say of it.
///
/// # Errors
/// When the database refuses.
pub async fn write_facility(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    proposal: &FacilityProposal,
    revision: &FacilityRevision,
) -> Result<Entry, Fault> {
    let act = occasion.act.as_ref();
    if revision.before.is_none() {
        store::insert_facility(tx, revision, act).await?;
    } else {
        store::change_facility(tx, revision, act).await?;
    }
    let verb = match proposal {
        FacilityProposal::Add(_) => Verb::AddFacility,
        FacilityProposal::Change(_) => Verb::ChangeFacility,
        FacilityProposal::Close(_) => Verb::CloseFacility,
        FacilityProposal::Reopen(_) => Verb::ReopenFacility,
    };
    Ok(Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Facility,
        subject: revision.facility.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: describe::facility(revision),
    })
}

/// Records how many people live in some org units, or corrects it; the units.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::ConfigurePlaces`].
#[tracing::instrument(name = "places.record_populations", skip_all)]
pub async fn record_populations(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    counts: &[Count],
) -> Result<Vec<OrgUnitId>, WriteError> {
    let gazetteer = alone(tx, occasion.actor).await?;
    let recorded = population::decide(counts, &gazetteer, occasion.today);
    let recorded = recorded.map_err(WriteError::Refused)?;
    let new: Vec<Count> = recorded.iter().map(|it| it.count.clone()).collect();
    store::record_populations(tx, &new).await?;
    let mut units: Vec<OrgUnitId> = recorded.iter().map(|it| it.count.unit).collect();
    units.sort_unstable();
    units.dedup();
    let entries = units.iter().map(|unit| Entry {
        at: occasion.now,
        verb: Verb::RecordPopulation,
        subject_kind: SubjectKind::OrgUnit,
        subject: (*unit).into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: describe::populations(
            recorded.iter().filter(|it| it.count.unit == *unit),
            gazetteer.unit(*unit).map_or(0, |it| it.version),
        ),
    });
    let entries: Vec<Entry> = entries.collect();
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(units)
}

/// Adds, changes or retires a type of facility; its code.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::ConfigurePlaces`].
#[tracing::instrument(name = "places.save_facility_type", skip_all)]
pub async fn save_facility_type(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    save: &SaveClass<FacilityType>,
) -> Result<String, WriteError> {
    let places = alone(tx, occasion.actor).await?.on(occasion.today);
    let before = places.facility_type(&save.class.code);
    let before = before.zip(places.type_card(&save.class.code));
    let version = save.decide(before, &occasion.settings.languages);
    let version = version.map_err(WriteError::Refused)?;
    store::save_facility_type(tx, save, version).await?;
    let before = before.map(|(class, card)| (json!(class), card.retired_on));
    let change = describe::class(before, (&json!(save.class), save.retired_on), version);
    let entry = of_class(occasion, Verb::SaveFacilityType, change);
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(save.class.code.clone())
}

/// Adds, changes or retires a kind of ownership; its code.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::ConfigurePlaces`].
#[tracing::instrument(name = "places.save_ownership", skip_all)]
pub async fn save_ownership(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    save: &SaveClass<Ownership>,
) -> Result<String, WriteError> {
    let places = alone(tx, occasion.actor).await?.on(occasion.today);
    let before = places.ownership(&save.class.code);
    let before = before.zip(places.ownership_card(&save.class.code));
    let version = save.decide(before, &occasion.settings.languages);
    let version = version.map_err(WriteError::Refused)?;
    store::save_ownership(tx, save, version).await?;
    let before = before.map(|(class, card)| (json!(class), card.retired_on));
    let change = describe::class(before, (&json!(save.class), save.retired_on), version);
    let entry = of_class(occasion, Verb::SaveOwnership, change);
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(save.class.code.clone())
}

fn of_class(occasion: &Occasion<'_>, verb: Verb, change: Value) -> Entry {
    Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Configuration,
        subject: Uuid::nil(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change,
    }
}

/// The places as they stand, which nobody else changes until the end of the transaction.
async fn alone(tx: &mut Reader<'_>, actor: &Actor) -> Result<Arc<Gazetteer>, WriteError> {
    of_the_country(actor)?;
    places_store::lock(tx).await?;
    let (_, gazetteer) = tx.current::<Gazetteer>().await?;
    Ok(gazetteer)
}

/// The places are the whole country's, and both services work in them: whoever changes them works for all of it.
fn of_the_country(actor: &Actor) -> Result<(), WriteError> {
    actor.may(Permission::ConfigurePlaces)?;
    match (&actor.units, &actor.sectors) {
        (None, None) => Ok(()),
        _ => Err(Objection::OutsideYourScope.at(&[]).into()),
    }
}

/// The rules of the tree, and what others changed since the caller read it.
async fn decided_units(
    db: &mut Reader<'_>,
    settings: &Settings,
    proposal: &UnitProposal,
    gazetteer: &Gazetteer,
) -> Result<Result<Vec<UnitRevision>, Vec<Refusal>>, Fault> {
    for (unit, base, path) in proposal.subjects() {
        let current = gazetteer.unit(unit).map(|it| it.version);
        if let Some(conflict) = ledger::conflict(db, unit.into(), current, base).await? {
            return Ok(Err(vec![Objection::Stale(conflict).at(path)]));
        }
    }
    Ok(proposal.decide(gazetteer, &settings.languages, settings.levels.len()))
}

async fn decided_facility(
    db: &mut Reader<'_>,
    proposal: &FacilityProposal,
    gazetteer: &Gazetteer,
    today: Date,
) -> Result<Result<FacilityRevision, Vec<Refusal>>, Fault> {
    if let Some((facility, base)) = proposal.subject() {
        let current = gazetteer.facility(facility).map(|it| it.last().version);
        if let Some(conflict) = ledger::conflict(db, facility.into(), current, base).await? {
            return Ok(Err(vec![Objection::Stale(conflict).at(&["baseVersion"])]));
        }
    }
    Ok(proposal.decide(gazetteer, today))
}

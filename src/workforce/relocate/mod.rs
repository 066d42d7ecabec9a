//! Moving facilities with all that is kept where they are: whoever serves at a facility that moves to another org unit
//! has their record kept there, and so have the answers about it, in the one transaction that moves it.

mod store;

use serde_json::json;

use self::store::Moved;
use crate::auth::Actor;
use crate::cadres;
use crate::forms;
use crate::kernel::{Changes, Date, FacilityId, Fault, Id, OrgUnitId};
use crate::ledger::{self, Entry, Fields, Standing, SubjectKind, Verb};
use crate::places::{self, FacilityProposal, Occasion, PlacesConfiguration, WriteError};
use crate::tenancy::Reader;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Relocated {
    pub facility: FacilityId,
    /// How many records are kept in another org unit than before.
    pub workers: u64,
}

/// Adds, changes, closes or reopens a facility. Nobody is posted meanwhile, so that all who serve there go with it.
///
/// # Errors
/// All refusals of the proposal at once; `Denied` without [`crate::auth::Permission::ConfigurePlaces`].
#[tracing::instrument(name = "workforce.revise_facility", skip_all)]
pub async fn revise_facility(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    proposal: &FacilityProposal,
) -> Result<Relocated, WriteError> {
    let revision = places::prepare_facility(tx, occasion, proposal).await?;
    cadres::hold_alone(tx).await?;
    let mut entries = vec![places::write_facility(tx, occasion, proposal, &revision).await?];
    let on = forms::Occasion {
        actor: occasion.actor,
        now: occasion.now,
        act: occasion.act.clone(),
    };
    let mut workers = 0;
    if let Some(unit) = revision.moves_to() {
        let moved = along(tx, &on, revision.facility, unit).await?;
        workers = moved.workers;
        entries.extend(moved.entries);
    }
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(Relocated {
        facility: revision.facility,
        workers,
    })
}

/// Brings the places up to date with a list, as [`places::configure`] does. Nobody is posted meanwhile. The caller
/// appends the changes to the ledger, and after them what it is to say of records that went along.
///
/// # Errors
/// When the database refuses.
#[tracing::instrument(name = "workforce.configure_places", skip_all)]
pub async fn configure_places(
    tx: &mut Reader<'_>,
    actor: &Actor,
    wanted: &PlacesConfiguration,
    (now, day): (crate::kernel::Instant, Date),
) -> Result<(Changes, Vec<Entry>), Fault> {
    places::hold_alone(tx).await?;
    cadres::hold_alone(tx).await?;
    let changes = places::configure(tx, wanted, day).await?;
    let on = forms::Occasion {
        actor,
        now,
        act: None,
    };
    let mut entries = Vec::new();
    for (facility, unit) in places::moved(tx, &changes, day).await? {
        entries.extend(along(tx, &on, facility, unit).await?.entries);
    }
    Ok((changes, entries))
}

/// What went along with a facility.
struct Along {
    workers: u64,
    entries: Vec<Entry>,
}

async fn along(
    tx: &mut Reader<'_>,
    occasion: &forms::Occasion<'_>,
    facility: FacilityId,
    unit: OrgUnitId,
) -> Result<Along, Fault> {
    let moved = store::relocate(tx, facility, unit).await?;
    let mut entries: Vec<Entry> = moved.iter().map(|it| record(occasion, it, unit)).collect();
    entries.extend(forms::relocate(tx, occasion, facility, unit).await?);
    Ok(Along {
        workers: moved.len() as u64,
        entries,
    })
}

/// A person's own row of the ledger, by which the feed tells those who no longer see the record.
fn record(occasion: &forms::Occasion<'_>, moved: &Moved, to: OrgUnitId) -> Entry {
    let mut fields = Fields::default();
    fields.note("orgUnit", json!(moved.from.encode()), json!(to.encode()));
    let standing = |unit| Standing {
        unit,
        sector: moved.sector,
    };
    Entry {
        at: occasion.now,
        verb: Verb::Relocate,
        subject_kind: SubjectKind::Worker,
        subject: moved.worker.into(),
        before: Some(standing(moved.from)),
        after: Some(standing(to)),
        act: occasion.act.clone(),
        change: fields.into_value(moved.version),
    }
}

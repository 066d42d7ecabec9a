//! Changing facilities with the people in them: whoever serves at a facility that moves to another org unit has their
//! record kept there, in the one transaction that moves it.

mod store;

use serde_json::json;

use self::store::Moved;
use crate::cadres;
use crate::kernel::{FacilityId, Id, OrgUnitId};
use crate::ledger::{self, Entry, Fields, Standing, SubjectKind, Verb};
use crate::places::{self, FacilityProposal, Occasion, WriteError};
use crate::tenancy::Reader;

/// So many rows are appended to the ledger at once.
const BATCH: usize = 5_000;

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
    let entry = places::write_facility(tx, occasion, proposal, &revision).await?;
    let moved = match revision.moves_to() {
        Some(unit) => store::relocate(tx, revision.facility, unit).await?,
        None => Vec::new(),
    };
    let to = revision.after.unit;
    let records = moved.iter().map(|it| record(occasion, it, to));
    let entries: Vec<Entry> = std::iter::once(entry).chain(records).collect();
    for batch in entries.chunks(BATCH) {
        ledger::append(tx, occasion.actor, batch).await?;
    }
    Ok(Relocated {
        facility: revision.facility,
        workers: moved.len() as u64,
    })
}

/// A person's own row of the ledger, by which the feed tells those who no longer see the record.
fn record(occasion: &Occasion<'_>, moved: &Moved, to: OrgUnitId) -> Entry {
    let mut fields = Fields::default();
    fields.note("orgUnit", json!(moved.from.encode()), json!(to.encode()));
    Entry {
        at: occasion.now,
        verb: Verb::Relocate,
        subject_kind: SubjectKind::Worker,
        subject: moved.worker.into(),
        before: Some(Standing {
            unit: moved.from,
            sector: moved.sector,
        }),
        after: Some(Standing {
            unit: to,
            sector: moved.sector,
        }),
        act: occasion.act.clone(),
        change: fields.into_value(moved.version),
    }
}

//! The crosswalk: what the country's cadres are in classifications that others know, from which day, by whose word.

mod mapping;
pub(super) mod store;
mod suggest;

use serde_json::json;

pub(super) use mapping::check_targets;
pub use mapping::{Classifications, ISCO_08, Mapping, ProposeMapping, Relation, Standing, Target};
pub use suggest::{Suggestion, Unit};

use super::revise::of_the_country;
use super::{Objection, Occasion, Refusal, Taxonomy, WriteError, store as taxonomy_store};
use crate::auth::{Actor, Permission};
use crate::kernel::{CadreId, Date, MappingId, ReadError, Reason};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Proposes what a cadre is in an edition from a day on. It counts once somebody else has approved it.
///
/// # Errors
/// All refusals of the proposal at once; `Denied` without [`Permission::ConfigureCadres`].
#[tracing::instrument(name = "cadres.propose_mapping", skip_all)]
pub async fn propose_mapping(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    new: &ProposeMapping,
) -> Result<MappingId, WriteError> {
    of_the_country(occasion.actor)?;
    taxonomy_store::lock(tx).await?;
    let (_, taxonomy) = tx.current::<Taxonomy>().await?;
    let units = store::codes(tx).await?;
    let mut refusals = new.check(&taxonomy, &units);
    refusals.extend(outside(occasion.actor, &taxonomy, new.cadre));
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let id = MappingId::new();
    let author = &occasion.actor.subject;
    store::insert(tx, id, new, author, occasion.now, occasion.act.as_ref()).await?;
    let change = json!({
        "cadre": new.cadre.to_string(), "edition": new.edition, "from": new.from, "targets": new.targets,
    });
    record(tx, occasion, Verb::ProposeMapping, id, change).await?;
    Ok(id)
}

/// Approves a mapping that somebody else proposed, or rejects one; the author may take it back.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::ConfigureCadres`].
#[tracing::instrument(name = "cadres.review_mapping", skip_all)]
pub async fn review_mapping(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: MappingId,
    approve: bool,
) -> Result<MappingId, WriteError> {
    of_the_country(occasion.actor)?;
    taxonomy_store::lock(tx).await?;
    let (_, taxonomy) = tx.current::<Taxonomy>().await?;
    let not_found = || Objection::MappingNotFound.at(&["mapping"]);
    let mapping = taxonomy.mapping(id).ok_or_else(not_found)?;
    if let Some(refusal) = outside(occasion.actor, &taxonomy, mapping.cadre) {
        return Err(refusal.into());
    }
    if mapping.standing != Standing::Proposed {
        return Err(Objection::AlreadyReviewed.at(&["mapping"]).into());
    }
    let reviewer = &occasion.actor.subject;
    if approve && mapping.author == *reviewer {
        return Err(Objection::OwnProposal.at(&["mapping"]).into());
    }
    let standing = if approve {
        Standing::Approved
    } else {
        Standing::Rejected
    };
    store::review(tx, id, standing, reviewer, occasion.now).await?;
    let change = json!({ "cadre": mapping.cadre.to_string(), "status": standing });
    record(tx, occasion, Verb::ReviewMapping, id, change).await?;
    Ok(id)
}

/// The units of an edition that a cadre might be on a day, the likeliest first; `None` when there is no such cadre.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
#[tracing::instrument(name = "cadres.suggest", skip_all)]
pub async fn suggest(
    db: &mut Reader<'_>,
    actor: &Actor,
    cadre: CadreId,
    edition: &str,
    day: Date,
) -> Result<Option<Vec<Suggestion>>, ReadError> {
    actor.may(Permission::ReadReference)?;
    let (_, taxonomy) = db.current::<Taxonomy>().await?;
    let Some(history) = taxonomy.get(cadre) else {
        return Ok(None);
    };
    let units = store::units(db, edition).await?;
    Ok(Some(suggest::rank(history, day, edition, units, &taxonomy)))
}

/// The sectors of the caller have the cadre; whoever has no such cadre is told so elsewhere.
fn outside(actor: &Actor, taxonomy: &Taxonomy, cadre: CadreId) -> Option<Refusal> {
    let sector = taxonomy.get(cadre)?.sector;
    let within = (actor.sectors.as_ref()).is_none_or(|own| own.contains(&sector));
    (!within).then(|| Objection::OutsideYourScope.at(&[]))
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    id: MappingId,
    change: serde_json::Value,
) -> Result<(), WriteError> {
    let entry = Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::CadreMapping,
        subject: id.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change,
    };
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(())
}

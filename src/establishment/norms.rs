//! Reading norms, and changing them: saved with their days, and ended.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::norm::{EndNorm, Norm, NormFilter, Norms, SaveNorm, Target, described};
use super::refusal::{Objection, Refusal, WriteError};
use super::store;
use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, CadreId, Fault, NormId, ReadError, Reason};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::Reader;
use crate::workforce::{Lists, Occasion};

/// The norms in force on a day, by the codes of their cadres.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
#[tracing::instrument(name = "establishment.norms", skip_all)]
pub async fn norms(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &NormFilter,
    at: AsOf,
) -> Result<(Vec<Norm>, Lists), ReadError> {
    actor.may(Permission::ReadReference)?;
    let (norms, lists) = current(db, at).await?;
    let cadres = &lists.cadres;
    let within = |root: Option<CadreId>| -> HashSet<CadreId> {
        let found = root.map(|root| cadres.subtree(root));
        found.into_iter().flatten().collect()
    };
    let named = filter.cadre.map(|root| within(Some(root)));
    let coded =
        (filter.cadre_code.as_deref()).map(|code| within(cadres.by_code(code).map(|it| it.id)));
    let both = match (named, coded) {
        (Some(named), Some(coded)) => Some(named.intersection(&coded).copied().collect()),
        (named, coded) => named.or(coded),
    };
    let found = norms.0.iter();
    let found = found.filter(|it| it.is_in_force_on(at.day) && filter.admits(it, both.as_ref()));
    let mut found: Vec<Norm> = found.cloned().collect();
    let code = |norm: &Norm| cadres.get(norm.cadre).map(|it| it.code.clone());
    found.sort_by_cached_key(|it| (code(it), it.id));
    Ok((found, lists))
}

/// One norm, of whatever days.
///
/// # Errors
/// As [`norms`].
pub async fn find_norm(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: NormId,
    at: AsOf,
) -> Result<(Option<Norm>, Lists), ReadError> {
    actor.may(Permission::ReadReference)?;
    let (norms, lists) = current(db, at).await?;
    Ok((norms.get(id).cloned(), lists))
}

async fn current(db: &mut Reader<'_>, at: AsOf) -> Result<(Arc<Norms>, Lists), Fault> {
    loop {
        let (version, norms) = db.current::<Norms>().await?;
        let lists = Lists::current(db, at).await?;
        if lists.version == version {
            return Ok((norms, lists));
        }
    }
}

/// Saves a norm: a new one, or one in place of what the caller saw; the norm.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::ConfigureEstablishment`].
#[tracing::instrument(name = "establishment.save_norm", skip_all)]
pub async fn save_norm(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    save: &SaveNorm,
) -> Result<NormId, WriteError> {
    let (norms, lists) = alone(tx, occasion).await?;
    let before = match save.replaces {
        Some((id, base)) => Some(standing(tx, &norms, id, base).await?),
        None => None,
    };
    let mut refusals = Vec::new();
    save.terms.check(&mut refusals);
    known(save, &lists, &mut refusals);
    let cadres = [Some(save.cadre), before.map(|it| it.cadre)];
    in_sectors(occasion.actor, &lists, cadres, &mut refusals);
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let after = save.norm(occasion.act.clone());
    let change = described(before, &after).ok_or_else(|| Objection::NothingChanges.at(&[]))?;
    let written = if before.is_some() {
        store::replace_norm(tx, &after).await
    } else {
        store::insert_norm(tx, &after).await
    };
    written.map_err(overlaps)?;
    record(tx, occasion, Verb::SaveStaffingNorm, after.id, change).await?;
    Ok(after.id)
}

/// Ends a norm with its last day; the norm.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::ConfigureEstablishment`].
#[tracing::instrument(name = "establishment.end_norm", skip_all, fields(norm.id = %end.norm))]
pub async fn end_norm(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    end: EndNorm,
) -> Result<NormId, WriteError> {
    let (norms, lists) = alone(tx, occasion).await?;
    let before = standing(tx, &norms, end.norm, end.base_version).await?;
    let mut refusals = Vec::new();
    if end.last_day < before.valid_from {
        refusals.push(Objection::InvalidDate.at(&["lastDay"]));
    }
    in_sectors(
        occasion.actor,
        &lists,
        [Some(before.cadre), None],
        &mut refusals,
    );
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let after = Norm {
        version: before.version + 1,
        valid_to: Some(end.last_day),
        ..before.clone()
    };
    let change = described(Some(before), &after);
    let change = change.ok_or_else(|| Objection::NothingChanges.at(&[]))?;
    // A later last day may be another norm's.
    (store::replace_norm(tx, &after).await).map_err(overlaps)?;
    record(tx, occasion, Verb::EndStaffingNorm, after.id, change).await?;
    Ok(after.id)
}

/// The norms, which nobody else changes until the end of the transaction. They are the whole country's: whoever changes
/// them works for all of it.
async fn alone(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
) -> Result<(Arc<Norms>, Lists), WriteError> {
    occasion.actor.may(Permission::ConfigureEstablishment)?;
    if occasion.actor.units.is_some() {
        return Err(Objection::OutsideYourScope.at(&[]).into());
    }
    store::lock_norms(tx).await?;
    Ok(current(tx, AsOf::now(occasion.today)).await?)
}

/// The norm as the caller saw it.
async fn standing<'a>(
    tx: &mut Reader<'_>,
    norms: &'a Norms,
    id: NormId,
    base_version: i32,
) -> Result<&'a Norm, WriteError> {
    let norm = norms.get(id);
    let norm = norm.ok_or_else(|| Objection::NormNotFound.at(&["norm"]))?;
    match ledger::conflict(tx, id.into(), Some(norm.version), base_version).await? {
        Some(conflict) => Err(Objection::Stale(conflict).at(&["baseVersion"]).into()),
        None => Ok(norm),
    }
}

/// Notes what the norm names and there is not.
fn known(save: &SaveNorm, lists: &Lists, refusals: &mut Vec<Refusal>) {
    if lists.cadres.get(save.cadre).is_none() {
        refusals.push(Objection::CadreNotFound.at(&["cadre"]));
    }
    match &save.terms.target {
        Target::Facility(facility) if lists.places.facility(*facility).is_none() => {
            refusals.push(Objection::FacilityNotFound.at(&["target", "facility"]));
        }
        Target::Type { code, .. } if lists.places.facility_type(code).is_none() => {
            let unknown = Objection::UnknownFacilityType(code.clone());
            refusals.push(unknown.at(&["target", "facilityType", "code"]));
        }
        _ => {}
    }
}

/// Whoever works for one sector sets its norms alone.
fn in_sectors(
    actor: &Actor,
    lists: &Lists,
    cadres: [Option<CadreId>; 2],
    refusals: &mut Vec<Refusal>,
) {
    let mut sectors =
        (cadres.into_iter().flatten()).filter_map(|cadre| Some(lists.cadres.get(cadre)?.sector));
    let own = actor.sectors.as_ref();
    if own.is_some_and(|own| sectors.any(|it| !own.contains(&it))) {
        refusals.push(Objection::OutsideYourScope.at(&["cadre"]));
    }
}

/// The database has the last word on days that two norms would share.
fn overlaps(error: sqlx::Error) -> WriteError {
    match store::violated(&error) {
        Some(store::OVERLAPS) => Objection::NormOverlaps.at(&["from"]).into(),
        _ => WriteError::Fault(error.into()),
    }
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    norm: NormId,
    change: Value,
) -> Result<(), Fault> {
    let entry = Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::StaffingNorm,
        subject: norm.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change,
    };
    ledger::append(tx, occasion.actor, &[entry]).await
}

//! Who somebody is besides name, sex and birth date: nationality, residence, languages, relatives, work before.

mod person;
mod store;
#[cfg(test)]
mod tests;

pub(super) use person::Terms;
pub use person::{Particulars, PastEmployment, Relative, SaidParticulars, SaveParticulars};
pub(super) use store::{of, of_all, save_all};

use super::record::{is_own_since, stale};
use super::refusal::{Objection, WriteError};
use super::{Occasion, Worker, amend, locked};
use crate::auth::Permission;
use crate::kernel::{Fault, Reason, WorkerId};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;

/// Saves particulars; the worker. What somebody else did to other fields of the record meanwhile does not stand against it.
///
/// # Errors
/// All refusals at once; `Stale` with both versions; `Denied` without [`Permission::CorrectWorkers`].
#[tracing::instrument(name = "workforce.save_particulars", skip_all, fields(worker.id = %save.worker))]
pub async fn save_particulars(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    save: SaveParticulars,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::CorrectWorkers)?;
    let (old, lists) = locked(tx, occasion, save.worker, None).await?;
    if save.base_version != old.version {
        unchanged(tx, occasion, &save, &old).await?;
    }
    let before = of(tx, old.id).await?;
    let terms = Terms {
        lists: &lists,
        today: occasion.today,
        phone_region: occasion.phone_region,
    };
    let mut refusals = Vec::new();
    let after = save.said.after(&before, &terms, &mut refusals);
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let mut fields = Fields::default();
    fields.compare(Some(before.described()), after.described());
    save_all(tx, &[(old.id, &before, &after)]).await?;
    let amended = amend(tx, occasion, Verb::SaveParticulars, vec![(old, fields)]).await?;
    let worker = amended.into_iter().next();
    Ok(worker.ok_or_else(|| Fault::internal("a record was amended and is not told of"))?)
}

/// Says of a record what it does not say and another one did: what came in by that, and all that it says now.
pub(super) async fn fill(
    tx: &mut Reader<'_>,
    worker: WorkerId,
    other: &Particulars,
) -> Result<(Particulars, Particulars), Fault> {
    let before = of(tx, worker).await?;
    let filled = before.lacking(other);
    let after = before.with(&filled);
    save_all(tx, &[(worker, &before, &after)]).await?;
    Ok((filled, after))
}

/// Takes out of a record what came in by [`fill`], but for what was said otherwise since; all that it says now.
pub(super) async fn empty(
    tx: &mut Reader<'_>,
    worker: WorkerId,
    filled: &Particulars,
) -> Result<Particulars, Fault> {
    let before = of(tx, worker).await?;
    let after = before.without(filled);
    save_all(tx, &[(worker, &before, &after)]).await?;
    Ok(after)
}

/// Refuses what somebody else has changed since the caller saw the record.
async fn unchanged(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    save: &SaveParticulars,
    current: &Worker,
) -> Result<(), WriteError> {
    let seen = (save.worker, save.base_version);
    if occasion.offline && is_own_since(tx, occasion, current, seen).await? {
        return Ok(());
    }
    let stale = stale(tx, save.base_version, current.clone()).await?;
    // A version of another record, or of none, tells nothing of what was seen.
    let is_of_this = save.worker == current.id && (1..current.version).contains(&save.base_version);
    let is_touched = match &stale {
        Objection::Stale(conflict) => {
            (save.said.named()).any(|name| conflict.changed.iter().any(|it| it.field == name))
        }
        _ => true,
    };
    if is_of_this && !is_touched {
        return Ok(());
    }
    Err(stale.at(&["baseVersion"]).into())
}

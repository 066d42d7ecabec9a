//! Who somebody is besides name, sex and birth date: nationality, residence, languages, relatives, work before.

mod person;
mod store;
#[cfg(test)]
mod tests;

pub(super) use person::Terms;
pub use person::{Particulars, PastEmployment, Relative, SaidParticulars, SaveParticulars};
pub(super) use store::{of, of_all, save_all};

use super::record::untouched;
use super::refusal::WriteError;
use super::{Occasion, Worker, amend, locked};
use crate::auth::Permission;
use crate::kernel::{Fault, WorkerId};
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
        let seen = (save.worker, save.base_version);
        let named: Vec<&str> = save.said.named().collect();
        untouched(tx, occasion, &old, seen, &named).await?;
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

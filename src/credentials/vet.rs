//! Recording clearances, and who serves without one.

use serde_json::Value;

use super::record::amend;
use super::refusal::{Objection, WriteError, of_the_record};
use super::store;
use super::vetting::{RecordVetting, Vetting};
use crate::auth::{Actor, Permission};
use crate::kernel::{Date, ReadError, Reason, VettingId};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;
use crate::workforce::{self, Among, Occasion, Worker};

/// Records a clearance, or says one anew; the worker.
///
/// # Errors
/// All refusals at once; `Stale` with both versions; `Denied` without [`Permission::RecordCredentials`] and
/// [`Permission::ReadConduct`].
#[tracing::instrument(name = "credentials.record_vetting", skip_all, fields(worker.id = %record.worker))]
pub async fn record_vetting(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    record: RecordVetting,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    occasion.actor.may(Permission::ReadConduct)?;
    let held = workforce::locked(tx, occasion, record.worker, record.base_version).await;
    let (old, lists) = held.map_err(of_the_record)?;
    let before = match record.corrects {
        None => None,
        Some(id) => {
            let known = store::vetting(tx, id).await?;
            let own = known.filter(|it| it.worker == old.id);
            Some(own.ok_or_else(|| Objection::CredentialNotFound.at(&["vetting"]))?)
        }
    };
    let mut refusals = Vec::new();
    let was = before.as_ref().map(|it| &it.found);
    (record.found).check(&lists, occasion.today, was, &mut refusals);
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let after = Vetting {
        id: record.corrects.unwrap_or_else(VettingId::new),
        worker: old.id,
        found: record.found,
        act: (occasion.act.clone()).or_else(|| before.as_ref()?.act.clone()),
    };
    let mut fields = Fields::default();
    let described = before.as_ref().map_or(Value::Null, Vetting::describe);
    fields.note(after.field(), described, after.describe());
    if !fields.is_empty() {
        store::save_vetting(tx, &after).await?;
    }
    Ok(amend(tx, occasion, Verb::RecordVetting, old, fields).await?)
}

/// All but those for whom a clearance vouches on a day, of a kind or of any.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`] and [`Permission::ReadConduct`].
#[tracing::instrument(name = "credentials.unvetted", skip_all)]
pub async fn unvetted(
    db: &mut Reader<'_>,
    actor: &Actor,
    kind: Option<&str>,
    day: Date,
) -> Result<Among, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    actor.may(Permission::ReadConduct)?;
    Ok(Among::But(store::vetted(db, kind, day).await?))
}

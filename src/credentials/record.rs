//! Recording what somebody has passed.

use serde_json::Value;

use super::qualification::{Qualification, RecordQualification};
use super::refusal::{Objection, WriteError, of_the_record};
use super::store;
use crate::auth::Permission;
use crate::cadres;
use crate::kernel::{Fault, QualificationId, Reason};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;
use crate::workforce::{self, Occasion, Worker};

/// Records a qualification, or corrects one; the worker. A correction that changes nothing writes nothing.
///
/// # Errors
/// All refusals at once; `Stale` with both versions; `Denied` without [`Permission::RecordCredentials`].
#[tracing::instrument(name = "credentials.record_qualification", skip_all, fields(worker.id = %record.worker))]
pub async fn record_qualification(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    record: RecordQualification,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    cadres::hold(tx).await?;
    let held = workforce::locked(tx, occasion, record.worker, record.base_version).await;
    let (old, lists) = held.map_err(of_the_record)?;
    let before = match record.corrects {
        None => None,
        Some(id) => {
            let known = store::qualification(tx, id).await?;
            let own = known.filter(|it| it.worker == old.id);
            Some(own.ok_or_else(|| Objection::CredentialNotFound.at(&["qualification"]))?)
        }
    };
    let mut refusals = Vec::new();
    let was = before.as_ref().map(|it| &it.passed);
    (record.passed).check(&lists, occasion.today, was, &mut refusals);
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let after = Qualification {
        id: record.corrects.unwrap_or_else(QualificationId::new),
        worker: old.id,
        passed: record.passed,
        act: (occasion.act.clone()).or_else(|| before.as_ref()?.act.clone()),
    };
    let mut fields = Fields::default();
    let described = before.as_ref().map_or(Value::Null, Qualification::describe);
    fields.note(after.field(), described, after.describe());
    if !fields.is_empty() {
        store::save_qualification(tx, &after).await?;
    }
    Ok(amend(tx, occasion, Verb::RecordQualification, old, fields).await?)
}

/// Tells the ledger what changed of one record.
pub(super) async fn amend(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    old: Worker,
    fields: Fields,
) -> Result<Worker, Fault> {
    let amended = workforce::amend(tx, occasion, verb, vec![(old, fields)]).await?;
    let worker = amended.into_iter().next();
    worker.ok_or_else(|| Fault::internal("a record was amended and is not told of"))
}

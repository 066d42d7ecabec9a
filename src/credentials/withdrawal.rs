//! Withdrawing what was entered by mistake: it counts no more, and the history keeps it with the reason.

use serde_json::{Value, json};

use super::record::amend;
use super::refusal::{Objection, WriteError, is_text, of_the_record};
use super::store;
use crate::auth::Permission;
use crate::kernel::{
    AttendanceId, Id, LicenceId, QualificationId, Reason, RegistrationId, VettingId,
};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;
use crate::workforce::{self, Occasion, Worker};

/// Any credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialId {
    Qualification(QualificationId),
    Registration(RegistrationId),
    Licence(LicenceId),
    Attendance(AttendanceId),
    Vetting(VettingId),
}

#[derive(Clone, Debug)]
pub struct WithdrawCredential {
    pub credential: CredentialId,
    pub reason: String,
    pub base_version: Option<i32>,
}

impl CredentialId {
    /// Reads the id of any kind of credential.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let qualification = || Id::decode(text).ok().map(Self::Qualification);
        let registration = || Id::decode(text).ok().map(Self::Registration);
        let licence = || Id::decode(text).ok().map(Self::Licence);
        let attendance = || Id::decode(text).ok().map(Self::Attendance);
        (qualification().or_else(registration))
            .or_else(licence)
            .or_else(attendance)
            .or_else(|| Id::decode(text).ok().map(Self::Vetting))
    }
}

/// Withdraws a credential; the worker.
///
/// # Errors
/// Its refusals; `Stale` with both versions; `Denied` without [`Permission::RecordCredentials`].
#[tracing::instrument(name = "credentials.withdraw", skip_all)]
pub async fn withdraw(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    withdraw: &WithdrawCredential,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    if matches!(withdraw.credential, CredentialId::Vetting(_)) {
        occasion.actor.may(Permission::ReadConduct)?;
    }
    let not_found = || Objection::CredentialNotFound.at(&["credential"]);
    let owner = store::described(tx, withdraw.credential).await?;
    let (owner, ..) = owner.ok_or_else(not_found)?;
    let old = match workforce::locked(tx, occasion, owner, withdraw.base_version).await {
        Ok((old, _)) => old,
        // The caller named a credential, so it is the credential that does not exist for them.
        Err(error) if error.refuses(|it| matches!(it, workforce::Objection::WorkerNotFound)) => {
            return Err(not_found().into());
        }
        Err(error) => return Err(of_the_record(error)),
    };
    // Read again under the lock: another caller may have withdrawn it meanwhile.
    let known = store::described(tx, withdraw.credential).await?;
    let (_, field, described) = known.ok_or_else(not_found)?;
    if withdraw.reason.is_empty() || !is_text(&withdraw.reason, 500) {
        return Err(Objection::InvalidText.at(&["reason"]).into());
    }
    store::withdraw(tx, withdraw.credential, &withdraw.reason).await?;
    let mut fields = Fields::default();
    let reason = format!("{field}.withdrawal");
    fields.note(field, described, Value::Null);
    fields.note(reason, Value::Null, json!(withdraw.reason));
    Ok(amend(tx, occasion, Verb::WithdrawCredential, old, fields).await?)
}

//! All statements about credentials.

mod licence;
mod many;
mod provider;
mod qualification;
mod training;
mod vetting;

use std::collections::HashMap;

use serde_json::Value;
use sqlx::PgConnection;

pub(super) use licence::{
    LICENCE_TAKEN, REGISTRATION_TAKEN, insert_decision, insert_licence, insert_registration,
    insert_term, licence, licence_count, licence_page, registration, status_name, unlicensed,
};
pub(super) use many::{insert_licences, insert_qualifications, insert_registrations};
pub(super) use provider::{candidates, qualified_not_posted};
pub(super) use qualification::{qualification, save_qualification};
pub(super) use training::{
    COURSE_CODE, attendance, attended, course, courses, insert_attendances, insert_session,
    lock_course, save_course, session, session_count, sessions, trained,
};
pub(super) use vetting::{save_vetting, vetted, vetting};

use super::withdrawal::CredentialId;
use crate::kernel::{Fault, WorkerId};

/// The constraint that refused a statement, if one did.
pub(super) fn violated(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}

/// Rows by the worker whom they are about, in their order.
fn by_worker<T>(
    rows: impl IntoIterator<Item = T>,
    worker: impl Fn(&T) -> WorkerId,
) -> HashMap<WorkerId, Vec<T>> {
    let mut of: HashMap<WorkerId, Vec<T>> = HashMap::new();
    for row in rows {
        of.entry(worker(&row)).or_default().push(row);
    }
    of
}

/// Whose a credential is that was not withdrawn, by what the ledger calls it, and all that it says.
pub(super) async fn described(
    connection: &mut PgConnection,
    credential: CredentialId,
) -> Result<Option<(WorkerId, String, Value)>, Fault> {
    Ok(match credential {
        CredentialId::Qualification(id) => {
            (qualification(connection, id).await?).map(|it| (it.worker, it.field(), it.describe()))
        }
        CredentialId::Registration(id) => {
            (registration(connection, id).await?).map(|it| (it.worker, it.field(), it.describe()))
        }
        CredentialId::Licence(id) => {
            (licence(connection, id).await?).map(|it| (it.worker, it.field(), it.describe()))
        }
        CredentialId::Attendance(id) => {
            (attendance(connection, id).await?).map(|it| (it.worker, it.field(), it.describe()))
        }
        CredentialId::Vetting(id) => {
            (vetting(connection, id).await?).map(|it| (it.worker, it.field(), it.describe()))
        }
    })
}

pub(super) async fn withdraw(
    tx: &mut PgConnection,
    credential: CredentialId,
    reason: &str,
) -> Result<(), Fault> {
    match credential {
        CredentialId::Qualification(id) => {
            qualification::withdraw_qualification(tx, id, reason).await
        }
        CredentialId::Registration(id) => licence::withdraw_registration(tx, id, reason).await,
        CredentialId::Licence(id) => licence::withdraw_licence(tx, id, reason).await,
        CredentialId::Attendance(id) => training::withdraw_attendance(tx, id, reason).await,
        CredentialId::Vetting(id) => vetting::withdraw_vetting(tx, id, reason).await,
    }
}

//! Clearances.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::credentials::vetting::{Found, Vetting, VettingStatus};
use crate::kernel::{Date, Fault, ReadError, VettingId, WorkerId};
use crate::ledger::ActReference;
use crate::tenancy::Reader;
use crate::workforce::Edge;

fn status(name: &str) -> VettingStatus {
    match name {
        "cleared" => VettingStatus::Cleared,
        "refused" => VettingStatus::Refused,
        _ => VettingStatus::Pending,
    }
}

fn status_name(status: VettingStatus) -> &'static str {
    match status {
        VettingStatus::Pending => "pending",
        VettingStatus::Cleared => "cleared",
        VettingStatus::Refused => "refused",
    }
}

/// Clearances by worker or by their own ids, the latest first.
async fn vettings(
    connection: &mut PgConnection,
    workers: &[WorkerId],
    ids: &[VettingId],
) -> Result<Vec<Vetting>, Fault> {
    let rows = sqlx::query!(
        r#"select vetting_id as "id: VettingId", worker_id as "worker: WorkerId", kind, status, issued_on, expires_on,
                  issued_by, act as "act: Json<ActReference>"
           from vetting
           where (worker_id = any($1) or vetting_id = any($2)) and withdrawal is null
           order by worker_id, issued_on desc, vetting_id"#,
        workers as &[WorkerId],
        ids as &[VettingId],
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| Vetting {
        id: row.id,
        worker: row.worker,
        found: Found {
            kind: row.kind,
            status: status(&row.status),
            issued_on: row.issued_on,
            expires_on: row.expires_on,
            issued_by: row.issued_by,
        },
        act: row.act.map(|Json(act)| act),
    });
    Ok(found.collect())
}

impl Edge for Vetting {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        let found = vettings(db, workers, &[]).await?;
        Ok(super::by_worker(found, |it| it.worker))
    }
}

pub(in crate::credentials) async fn vetting(
    connection: &mut PgConnection,
    id: VettingId,
) -> Result<Option<Vetting>, Fault> {
    Ok(vettings(connection, &[], &[id]).await?.pop())
}

/// Writes a new one, or one over; what it was, the ledger keeps.
pub(in crate::credentials) async fn save_vetting(
    tx: &mut PgConnection,
    of: &Vetting,
) -> Result<(), Fault> {
    let it = &of.found;
    sqlx::query!(
        "insert into vetting (vetting_id, worker_id, kind, status, issued_on, expires_on, issued_by, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (vetting_id) do update
         set kind = excluded.kind, status = excluded.status, issued_on = excluded.issued_on,
             expires_on = excluded.expires_on, issued_by = excluded.issued_by, act = excluded.act",
        of.id as VettingId,
        of.worker as WorkerId,
        it.kind,
        status_name(it.status),
        it.issued_on,
        it.expires_on,
        it.issued_by,
        of.act.as_ref().map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// For whom a clearance of a kind, or of any, vouches on a day.
pub(in crate::credentials) async fn vetted(
    connection: &mut PgConnection,
    kind: Option<&str>,
    day: Date,
) -> Result<Vec<WorkerId>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select distinct worker_id as "worker: WorkerId" from vetting
           where withdrawal is null and status = 'cleared' and issued_on <= $1
             and (expires_on is null or expires_on >= $1) and ($2::text is null or kind = $2)"#,
        day,
        kind,
    )
    .fetch_all(connection)
    .await?)
}

pub(super) async fn withdraw_vetting(
    tx: &mut PgConnection,
    id: VettingId,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "update vetting set withdrawal = $2 where vetting_id = $1",
        id as VettingId,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

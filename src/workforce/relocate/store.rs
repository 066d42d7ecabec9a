//! The statement that moves records to another org unit.

use sqlx::PgConnection;

use crate::kernel::{FacilityId, Fault, OrgUnitId, Sector, WorkerId};

/// A record that is kept elsewhere from now on.
pub(super) struct Moved {
    pub worker: WorkerId,
    pub from: OrgUnitId,
    pub sector: Sector,
    /// That of the changed record.
    pub version: i32,
}

/// Moves the records of all whose latest primary posting is at a facility; those that were elsewhere.
pub(super) async fn relocate(
    tx: &mut PgConnection,
    facility: FacilityId,
    unit: OrgUnitId,
) -> Result<Vec<Moved>, Fault> {
    let rows = sqlx::query!(
        r#"with moving as (
               select worker_id, org_unit_id
               from worker
               where org_unit_id <> $2
                 and worker_id in (select worker_id from posting where facility_id = $1 and is_primary)
                 and (select facility_id from posting latest
                      where latest.worker_id = worker.worker_id and latest.is_primary
                      order by latest.starts_on desc limit 1) = $1
               order by worker_id for update
           )
           update worker set org_unit_id = $2, version = version + 1
           from moving where worker.worker_id = moving.worker_id
           returning worker.worker_id as "worker: WorkerId", moving.org_unit_id as "from_unit: OrgUnitId",
                     worker.sector, worker.version"#,
        facility as FacilityId,
        unit as OrgUnitId,
    )
    .fetch_all(tx)
    .await?;
    let moved = rows.into_iter().map(|row| {
        Ok(Moved {
            worker: row.worker,
            from: row.from_unit,
            sector: row.sector.parse().map_err(Fault::internal)?,
            version: row.version,
        })
    });
    moved.collect()
}

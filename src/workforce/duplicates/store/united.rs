//! Which record went into which, and what undoing it needs.

use serde_json::Value;
use sqlx::PgConnection;

use super::rows::Aside;
use crate::kernel::{Fault, Instant, OrgUnitId, WorkerId};
use crate::ledger::Standing;
use crate::workforce::Reach;
use crate::workforce::duplicates::{Merge, Undo};

/// Writes that a record went into another.
pub(in crate::workforce::duplicates) async fn note(
    tx: &mut PgConnection,
    gone: WorkerId,
    kept: WorkerId,
    at: Instant,
    undo: &Value,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into worker_merge (gone_id, kept_id, merged_at, undo) values ($1, $2, $3, $4)",
        gone as WorkerId,
        kept as WorkerId,
        at,
        undo,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets that a record went into another: into which, and how it is undone.
pub(in crate::workforce::duplicates) async fn united(
    tx: &mut PgConnection,
    gone: WorkerId,
) -> Result<Option<(WorkerId, Undo)>, Fault> {
    let row = sqlx::query!(
        r#"delete from worker_merge where gone_id = $1 returning kept_id as "kept: WorkerId", undo"#,
        gone as WorkerId,
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some((row.kept, serde_json::from_value(row.undo)?)))
}

/// The record that went into another last, and into which: whoever is to be undone must be this one.
pub(in crate::workforce::duplicates) async fn last_into(
    connection: &mut PgConnection,
    gone: WorkerId,
) -> Result<Option<(WorkerId, WorkerId)>, Fault> {
    let row = sqlx::query!(
        r#"select newest.kept_id as "kept: WorkerId", newest.gone_id as "gone: WorkerId"
           from worker_merge it
           join worker_merge newest on newest.kept_id = it.kept_id
           where it.gone_id = $1 order by newest.number desc limit 1"#,
        gone as WorkerId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|it| (it.kept, it.gone)))
}

/// Who went into whom, the newest first, of the records that a caller reaches.
pub(in crate::workforce::duplicates) async fn merges(
    connection: &mut PgConnection,
    reach: &Reach,
    kept: Option<WorkerId>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Merge>, Fault> {
    let sectors = reach.sector_names();
    Ok(sqlx::query_as!(
        Merge,
        r#"select m.number, m.gone_id as "gone: WorkerId", m.kept_id as "kept: WorkerId", m.merged_at as at
           from worker_merge m join worker w on w.worker_id = m.kept_id
           where ($1::uuid[] is null or w.org_unit_id = any($1))
             and ($2::text[] is null or w.sector = any($2))
             and ($3::uuid is null or m.kept_id = $3)
             and ($4::bigint is null or m.number < $4)
           order by m.number desc limit $5"#,
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        kept as Option<WorkerId>,
        before,
        limit,
    )
    .fetch_all(connection)
    .await?)
}

/// Brings a restored record to a version that nobody has seen, and to where it stands now.
pub(in crate::workforce::duplicates) async fn stand_again(
    tx: &mut PgConnection,
    worker: WorkerId,
    stands: Option<Standing>,
) -> Result<(), Fault> {
    sqlx::query!(
        "update worker set version = version + 1, org_unit_id = coalesce($2, org_unit_id),
                           sector = coalesce($3, sector)
         where worker_id = $1",
        worker as WorkerId,
        stands.map(|it| it.unit) as Option<OrgUnitId>,
        stands.map(|it| it.sector.as_str()),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts back pairs both of whose records are there.
pub(in crate::workforce::duplicates) async fn put_pairs(
    tx: &mut PgConnection,
    pairs: &[Aside],
) -> Result<(), Fault> {
    let rows: Vec<&Value> = pairs.iter().map(|it| &it.row).collect();
    let rows = serde_json::to_value(rows)?;
    sqlx::query!(
        "insert into duplicate_pair
         select was.* from jsonb_populate_recordset(null::duplicate_pair, $1) was
         join worker a on a.worker_id = was.first_id
         join worker b on b.worker_id = was.second_id
         on conflict do nothing",
        rows,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes out all pairs of some records.
pub(in crate::workforce::duplicates) async fn take_pairs(
    tx: &mut PgConnection,
    of: &[WorkerId],
) -> Result<Vec<Aside>, Fault> {
    let rows = sqlx::query_scalar!(
        r#"delete from duplicate_pair where first_id = any($1) or second_id = any($1)
           returning to_jsonb(duplicate_pair) as "row!""#,
        of as &[WorkerId],
    )
    .fetch_all(tx)
    .await?;
    let table = || "duplicate_pair".to_owned();
    let rows = rows.into_iter().map(|row| Aside {
        table: table(),
        row,
    });
    Ok(rows.collect())
}

//! The statements that move postings from cadre to cadre, some thousand at a time.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::rules::Move;
use crate::cadres::RECLASSIFICATION;
use crate::kernel::{CadreId, Date, FacilityId, Fault, OrgUnitId, PostingId, WorkerId};
use crate::ledger::Standing;
use crate::workforce::load::store::postings as insert;
use crate::workforce::store::keep_facts;
use crate::workforce::worker::{Posting, PostingKind};

const BATCH: usize = 5_000;

/// The postings under some cadres on a day or later, by worker.
pub(super) async fn postings(
    connection: &mut PgConnection,
    cadres: &[CadreId],
    on: Date,
) -> Result<Vec<Posting>, Fault> {
    Ok(sqlx::query_as!(
        Posting,
        r#"select posting_id as "id: PostingId", worker_id as "worker: WorkerId",
                  facility_id as "facility: FacilityId", cadre_id as "cadre: CadreId", employment_type,
                  is_primary, kind as "kind: PostingKind", salary_grade, starts_on, ends_on, end_reason,
                  supervisor_id as "supervisor: FacilityId"
           from posting where cadre_id = any($1) and (ends_on is null or ends_on >= $2)
           order by worker_id, starts_on, posting_id"#,
        cadres as &[CadreId],
        on,
    )
    .fetch_all(connection)
    .await?)
}

/// Locks the records of all who hold such postings; the version of each, and where it stands.
pub(super) async fn lock(
    tx: &mut PgConnection,
    cadres: &[CadreId],
    on: Date,
) -> Result<HashMap<WorkerId, (i32, Standing)>, Fault> {
    let rows = sqlx::query!(
        r#"select worker_id as "worker: WorkerId", version, org_unit_id as "unit: OrgUnitId", sector
           from worker where worker_id in (
               select worker_id from posting where cadre_id = any($1) and (ends_on is null or ends_on >= $2))
           order by worker_id for update"#,
        cadres as &[CadreId],
        on,
    )
    .fetch_all(tx)
    .await?;
    let known = rows.into_iter().map(|row| {
        let standing = Standing {
            unit: row.unit,
            sector: row.sector.parse().map_err(Fault::internal)?,
        };
        Ok((row.worker, (row.version, standing)))
    });
    known.collect()
}

/// Ends, begins and changes postings; their facts follow, and the versions of the records rise.
pub(super) async fn write(
    tx: &mut PgConnection,
    moves: &[Move],
    workers: &[WorkerId],
) -> Result<(), Fault> {
    for batch in moves.chunks(BATCH) {
        let ended = batch.iter().filter_map(|it| it.ended.as_ref());
        let (ids, days): (Vec<PostingId>, Vec<Option<Date>>) =
            ended.map(|it| (it.id, it.ends_on)).unzip();
        sqlx::query!(
            "update posting set ends_on = row.ends_on, end_reason = $3
             from unnest($1::uuid[], $2::date[]) as row (id, ends_on) where posting_id = row.id",
            &ids as &[PostingId],
            &days as &[Option<Date>],
            RECLASSIFICATION,
        )
        .execute(&mut *tx)
        .await?;
        let whole = batch.iter().filter(|it| it.ended.is_none());
        let (ids, cadres): (Vec<PostingId>, Vec<CadreId>) =
            whole.map(|it| (it.after.id, it.after.cadre)).unzip();
        sqlx::query!(
            "update posting set cadre_id = row.cadre_id
             from unnest($1::uuid[], $2::uuid[]) as row (id, cadre_id) where posting_id = row.id",
            &ids as &[PostingId],
            &cadres as &[CadreId],
        )
        .execute(&mut *tx)
        .await?;
        let begun = batch.iter().filter(|it| it.ended.is_some());
        let begun: Vec<&Move> = begun.collect();
        insert(tx, &begun.iter().map(|it| &it.after).collect::<Vec<_>>()).await?;
        // Who fills a post goes on filling it.
        let (ended, after): (Vec<PostingId>, Vec<PostingId>) =
            (begun.iter()).map(|it| (it.before.id, it.after.id)).unzip();
        sqlx::query!(
            "update posting set post_id = ended.post_id
             from unnest($1::uuid[], $2::uuid[]) as row (ended_id, id)
             join posting ended on ended.posting_id = row.ended_id
             where posting.posting_id = row.id and ended.post_id is not null",
            &ended as &[PostingId],
            &after as &[PostingId],
        )
        .execute(&mut *tx)
        .await?;
    }
    for batch in workers.chunks(BATCH) {
        sqlx::query!(
            "update worker set version = version + 1 where worker_id = any($1)",
            batch as &[WorkerId],
        )
        .execute(&mut *tx)
        .await?;
        keep_facts(tx, batch).await?;
    }
    Ok(())
}

//! All statements about `conflict_item`.

use serde_json::Value;
use sqlx::PgConnection;

use super::{Clash, ConflictFilter, ConflictItem, ConflictState};
use crate::kernel::{ConflictId, Fault, Instant, OrgUnitId, PageRequest, WorkerId};
use crate::workforce::Reach;

/// Puts a clash into the inbox, into the item of the same writer that waits where there is one; which, at what version.
pub(super) async fn put(
    tx: &mut PgConnection,
    worker: WorkerId,
    clash: &Clash,
    (me, now): (&str, Instant),
    key: Option<&str>,
) -> Result<(ConflictId, i32), Fault> {
    let row = sqlx::query!(
        r#"insert into conflict_item (conflict_id, worker_id, field, base, theirs, mine, their_actor, their_at,
                                      their_seq, my_actor, my_at, key)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           on conflict (worker_id, field, my_actor) where state = 'open' do update
           set base = excluded.base, theirs = excluded.theirs, mine = excluded.mine,
               their_actor = excluded.their_actor, their_at = excluded.their_at, their_seq = excluded.their_seq,
               my_at = excluded.my_at, key = excluded.key, version = conflict_item.version + 1
           returning conflict_id as "id: ConflictId", version"#,
        ConflictId::new() as ConflictId,
        worker as WorkerId,
        clash.field,
        clash.base,
        clash.theirs,
        clash.mine,
        clash.their_actor,
        clash.their_at,
        clash.their_seq,
        me,
        now,
        key,
    )
    .fetch_one(tx)
    .await?;
    Ok((row.id, row.version))
}

pub(super) async fn one(
    connection: &mut PgConnection,
    id: ConflictId,
) -> Result<Option<ConflictItem>, Fault> {
    let filter = ConflictFilter {
        ids: Some(vec![id]),
        ..ConflictFilter::default()
    };
    let everywhere = Reach {
        units: None,
        sectors: None,
        person: None,
    };
    let request = PageRequest {
        first: 1,
        after: None,
        count: false,
    };
    let found = page(connection, &filter, &everywhere, &request).await?;
    Ok(found.into_iter().next())
}

/// Those of a filter within a reach, the newest first.
pub(super) async fn page(
    connection: &mut PgConnection,
    filter: &ConflictFilter,
    reach: &Reach,
    request: &PageRequest<ConflictId>,
) -> Result<Vec<ConflictItem>, Fault> {
    let sectors = reach.sector_names();
    let rows = sqlx::query_as!(
        Row,
        r#"select c.conflict_id as "conflict_id: ConflictId", c.worker_id as "worker_id: WorkerId", c.field, c.base,
                  c.theirs, c.mine, c.their_actor, c.their_at, c.their_seq, c.my_actor, c.my_at, c.key, c.state,
                  c.decided_by, c.decided_at, c.version
           from conflict_item c join worker w on w.worker_id = c.worker_id
           where ($1::uuid[] is null or c.conflict_id = any($1))
             and ($2::uuid is null
                  or c.worker_id = coalesce((select kept_id from worker_merge where gone_id = $2), $2))
             and ($3::text is null or c.state = $3)
             and ($4::uuid[] is null or w.org_unit_id = any($4))
             and ($5::text[] is null or w.sector = any($5))
             and ($6::uuid is null or c.worker_id = $6)
             and ($7::uuid is null or c.conflict_id < $7)
           order by c.conflict_id desc
           limit $8"#,
        filter.ids.as_deref() as Option<&[ConflictId]>,
        filter.worker as Option<WorkerId>,
        filter.state.map(ConflictState::as_str),
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        reach.person as Option<WorkerId>,
        request.after as Option<ConflictId>,
        request.limit(),
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn count(
    connection: &mut PgConnection,
    filter: &ConflictFilter,
    reach: &Reach,
) -> Result<u64, Fault> {
    let sectors = reach.sector_names();
    let count: i64 = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from conflict_item c join worker w on w.worker_id = c.worker_id
           where ($1::uuid is null
                  or c.worker_id = coalesce((select kept_id from worker_merge where gone_id = $1), $1))
             and ($2::text is null or c.state = $2)
             and ($3::uuid[] is null or w.org_unit_id = any($3))
             and ($4::text[] is null or w.sector = any($4))
             and ($5::uuid is null or c.worker_id = $5)"#,
        filter.worker as Option<WorkerId>,
        filter.state.map(ConflictState::as_str),
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        reach.person as Option<WorkerId>,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

/// Writes what was decided; the record is locked by the caller.
pub(super) async fn decide(
    tx: &mut PgConnection,
    id: ConflictId,
    state: ConflictState,
    (by, at): (&str, Instant),
) -> Result<(), Fault> {
    sqlx::query!(
        "update conflict_item set state = $2, decided_by = $3, decided_at = $4, version = version + 1
         where conflict_id = $1",
        id as ConflictId,
        state.as_str(),
        by,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

struct Row {
    conflict_id: ConflictId,
    worker_id: WorkerId,
    field: String,
    base: Value,
    theirs: Value,
    mine: Value,
    their_actor: String,
    their_at: Instant,
    their_seq: i64,
    my_actor: String,
    my_at: Instant,
    key: Option<String>,
    state: String,
    decided_by: Option<String>,
    decided_at: Option<Instant>,
    version: i32,
}

impl TryFrom<Row> for ConflictItem {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        Ok(ConflictItem {
            id: row.conflict_id,
            worker: row.worker_id,
            field: row.field,
            base: row.base,
            theirs: row.theirs,
            mine: row.mine,
            their_actor: row.their_actor,
            their_at: row.their_at,
            their_seq: row.their_seq,
            my_actor: row.my_actor,
            my_at: row.my_at,
            key: row.key,
            state: ConflictState::parse(&row.state)
                .ok_or_else(|| Fault::internal("a conflict of an unknown state"))?,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            version: row.version,
        })
    }
}

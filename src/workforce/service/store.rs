//! All statements about `service_entry`.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;

use super::{Matter, ServiceEntry, ServiceFilter, ServiceKind};
use crate::kernel::{Date, Fault, PageRequest, ReadError, ServiceEntryId, WorkerId};
use crate::ledger::ActReference;
use crate::tenancy::Reader;
use crate::workforce::Edge;
use crate::workforce::store::Extent;

pub(super) const ONE_A_DAY: &str = "one_such_entry_a_day";

struct Row {
    id: ServiceEntryId,
    worker: WorkerId,
    starts_on: Date,
    ends_on: Option<Date>,
    matter: Json<Matter>,
    act: Option<Json<ActReference>>,
}

impl From<Row> for ServiceEntry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            worker: row.worker,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            matter: row.matter.0,
            act: row.act.map(|Json(act)| act),
        }
    }
}

/// Writes a new one, or one over; what it was, the ledger keeps.
pub(super) async fn save(tx: &mut PgConnection, entry: &ServiceEntry) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into service_entry (entry_id, worker_id, kind, starts_on, ends_on, exclusive, matter, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (entry_id) do update
         set starts_on = excluded.starts_on, ends_on = excluded.ends_on, exclusive = excluded.exclusive,
             matter = excluded.matter, act = excluded.act",
        entry.id as ServiceEntryId,
        entry.worker as WorkerId,
        entry.matter.kind().as_str(),
        entry.starts_on,
        entry.ends_on,
        entry.matter.exclusive(),
        Json(&entry.matter) as Json<&Matter>,
        entry.act.as_ref().map(Json) as Option<Json<&ActReference>>,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn withdraw(
    tx: &mut PgConnection,
    id: ServiceEntryId,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "update service_entry set withdrawal = $2 where entry_id = $1",
        id as ServiceEntryId,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Entries by worker or by their own ids, the latest first.
async fn entries(
    connection: &mut PgConnection,
    workers: &[WorkerId],
    ids: &[ServiceEntryId],
) -> Result<Vec<ServiceEntry>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        r#"select entry_id as "id: ServiceEntryId", worker_id as "worker: WorkerId", starts_on, ends_on,
                  matter as "matter: Json<Matter>", act as "act: Json<ActReference>"
           from service_entry
           where (worker_id = any($1) or entry_id = any($2)) and withdrawal is null
           order by worker_id, starts_on desc, entry_id desc"#,
        workers as &[WorkerId],
        ids as &[ServiceEntryId],
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn entry(
    connection: &mut PgConnection,
    id: ServiceEntryId,
) -> Result<Option<ServiceEntry>, Fault> {
    Ok(entries(connection, &[], &[id]).await?.pop())
}

impl Edge for ServiceEntry {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        let mut of: HashMap<WorkerId, Vec<Self>> = HashMap::new();
        for entry in entries(db, workers, &[]).await? {
            of.entry(entry.worker).or_default().push(entry);
        }
        Ok(of)
    }
}

pub(super) async fn page(
    connection: &mut PgConnection,
    filter: &ServiceFilter,
    kinds: &[ServiceKind],
    extent: &Extent,
    request: &PageRequest<ServiceEntryId>,
) -> Result<Vec<ServiceEntry>, Fault> {
    let kinds: Vec<&str> = kinds.iter().map(|it| it.as_str()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select e.entry_id as "id: ServiceEntryId", e.worker_id as "worker: WorkerId", e.starts_on, e.ends_on,
                  e.matter as "matter: Json<Matter>", e.act as "act: Json<ActReference>"
           from service_entry e join worker w on w.worker_id = e.worker_id
           where e.withdrawal is null and e.kind = any($1)
             and ($2::uuid[] is null or w.org_unit_id = any($2))
             and ($3::text[] is null or w.sector = any($3))
             and ($4::uuid is null or e.worker_id = $4) and ($5::uuid is null or e.worker_id = $5)
             and ($6::date is null or (e.starts_on <= $6 and (e.ends_on is null or e.ends_on >= $6)))
             and ($7::uuid is null or e.entry_id < $7)
           order by e.entry_id desc limit $8"#,
        &kinds as &[&str],
        extent.units.as_deref() as _,
        extent.sectors.as_deref() as _,
        extent.person as Option<WorkerId>,
        filter.worker as Option<WorkerId>,
        filter.on,
        request.after as Option<ServiceEntryId>,
        request.limit(),
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(super) async fn count(
    connection: &mut PgConnection,
    filter: &ServiceFilter,
    kinds: &[ServiceKind],
    extent: &Extent,
) -> Result<u64, Fault> {
    let kinds: Vec<&str> = kinds.iter().map(|it| it.as_str()).collect();
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from service_entry e join worker w on w.worker_id = e.worker_id
           where e.withdrawal is null and e.kind = any($1)
             and ($2::uuid[] is null or w.org_unit_id = any($2))
             and ($3::text[] is null or w.sector = any($3))
             and ($4::uuid is null or e.worker_id = $4) and ($5::uuid is null or e.worker_id = $5)
             and ($6::date is null or (e.starts_on <= $6 and (e.ends_on is null or e.ends_on >= $6)))"#,
        &kinds as &[&str],
        extent.units.as_deref() as _,
        extent.sectors.as_deref() as _,
        extent.person as Option<WorkerId>,
        filter.worker as Option<WorkerId>,
        filter.on,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

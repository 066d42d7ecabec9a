//! All statements about `leave`.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::{Leave, LeaveFilter, LeaveStatus};
use crate::kernel::{Date, Fault, Instant, LeaveId, PageRequest, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::store::Extent;

pub(super) const OVERLAPS: &str = "one_leave_a_day";

type Sql = QueryBuilder<Postgres>;

pub(super) async fn insert(tx: &mut PgConnection, leave: &Leave) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into leave (leave_id, worker_id, leave_type, starts_on, ends_on, status, note, requested_by,
                            requested_at, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        leave.id as LeaveId,
        leave.worker as WorkerId,
        leave.leave_type,
        leave.starts_on,
        leave.ends_on,
        leave.status.as_str(),
        leave.note,
        leave.requested_by,
        leave.requested_at,
        leave.act.as_ref().map(Json) as Option<Json<&ActReference>>,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut PgConnection, leave: &Leave) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update leave set ends_on = $2, status = $3, decided_by = $4, decided_at = $5, comment = $6,
                          recalled_on = $7, act = $8, version = $9
         where leave_id = $1",
        leave.id as LeaveId,
        leave.ends_on,
        leave.status.as_str(),
        leave.decided_by,
        leave.decided_at,
        leave.comment,
        leave.recalled_on,
        leave.act.as_ref().map(Json) as Option<Json<&ActReference>>,
        leave.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn worker_of(
    connection: &mut PgConnection,
    leave: LeaveId,
) -> Result<Option<WorkerId>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select worker_id as "worker: WorkerId" from leave where leave_id = $1"#,
        leave as LeaveId,
    )
    .fetch_optional(connection)
    .await?)
}

/// All leaves of some workers, the latest first.
pub(in crate::workforce) async fn of_workers(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<Leave>>, Fault> {
    let mut sql = columns();
    sql.push(" and l.worker_id = any(").push_bind(workers);
    sql.push(") order by l.starts_on desc, l.leave_id desc");
    let mut of: HashMap<WorkerId, Vec<Leave>> = HashMap::new();
    for leave in fetch(connection, sql).await? {
        of.entry(leave.worker).or_default().push(leave);
    }
    Ok(of)
}

pub(super) async fn page(
    connection: &mut PgConnection,
    filter: &LeaveFilter,
    extent: &Extent,
    request: &PageRequest<LeaveId>,
) -> Result<Vec<Leave>, Fault> {
    let mut sql = columns();
    conditions(&mut sql, filter, extent);
    if let Some(after) = request.after {
        sql.push(" and l.leave_id < ").push_bind(after);
    }
    sql.push(" order by l.leave_id desc limit ")
        .push_bind(request.limit());
    fetch(connection, sql).await
}

pub(super) async fn count(
    connection: &mut PgConnection,
    filter: &LeaveFilter,
    extent: &Extent,
) -> Result<u64, Fault> {
    let mut sql = Sql::new(format!("select count(*){FROM}"));
    conditions(&mut sql, filter, extent);
    let count: i64 = sql.build_query_scalar().fetch_one(connection).await?;
    Ok(count.unsigned_abs())
}

const FROM: &str = " from leave l join worker w on w.worker_id = l.worker_id where true";

fn columns() -> Sql {
    Sql::new(format!(
        "select l.leave_id, l.worker_id, l.leave_type, l.starts_on, l.ends_on, l.status, l.note, l.requested_by,
                l.requested_at, l.decided_by, l.decided_at, l.comment, l.recalled_on, l.act, l.version{FROM}"
    ))
}

fn conditions(sql: &mut Sql, filter: &LeaveFilter, extent: &Extent) {
    if let Some(units) = &extent.units {
        sql.push(" and w.org_unit_id = any(")
            .push_bind(units.clone())
            .push(")");
    }
    if let Some(sectors) = &extent.sectors {
        sql.push(" and w.sector = any(")
            .push_bind(sectors.clone())
            .push(")");
    }
    for worker in extent.person.iter().chain(&filter.worker) {
        sql.push(" and l.worker_id = ").push_bind(*worker);
    }
    if let Some(leave) = filter.leave {
        sql.push(" and l.leave_id = ").push_bind(leave);
    }
    if let Some(types) = &filter.types {
        sql.push(" and l.leave_type = any(")
            .push_bind(types.clone())
            .push(")");
    }
    if let Some(statuses) = &filter.statuses {
        let statuses: Vec<&str> = statuses.iter().map(|it| it.as_str()).collect();
        sql.push(" and l.status = any(")
            .push_bind(statuses)
            .push(")");
    }
    if let Some(day) = filter.on {
        sql.push(" and l.starts_on <= ").push_bind(day);
        sql.push(" and l.ends_on >= ").push_bind(day);
    }
}

async fn fetch(connection: &mut PgConnection, mut sql: Sql) -> Result<Vec<Leave>, Fault> {
    let rows: Vec<Row> = sql.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

#[derive(FromRow)]
struct Row {
    leave_id: LeaveId,
    worker_id: WorkerId,
    leave_type: String,
    starts_on: Date,
    ends_on: Date,
    status: String,
    note: Option<String>,
    requested_by: String,
    requested_at: Instant,
    decided_by: Option<String>,
    decided_at: Option<Instant>,
    comment: Option<String>,
    recalled_on: Option<Date>,
    act: Option<Json<Value>>,
    version: i32,
}

impl TryFrom<Row> for Leave {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let act = row.act.map(|Json(act)| serde_json::from_value(act));
        Ok(Leave {
            id: row.leave_id,
            worker: row.worker_id,
            leave_type: row.leave_type,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            status: LeaveStatus::parse(&row.status)
                .ok_or_else(|| Fault::internal("a leave of an unknown status"))?,
            note: row.note,
            requested_by: row.requested_by,
            requested_at: row.requested_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            comment: row.comment,
            recalled_on: row.recalled_on,
            act: act.transpose()?,
            version: row.version,
        })
    }
}

//! Samples of records, and what was found in them.

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::kernel::{Fault, Instant, OrgUnitId, PageRequest, SpotCheckId, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::quality::{
    DrawSpotCheck, Finding, SampledRecord, SpotCheck, SpotCheckFilter,
};
use crate::workforce::{Occasion, Reach};

/// A record that was drawn, and who entered or corrected it last, or asked for the correction that somebody else approved.
pub(in crate::workforce::quality) struct Record {
    pub worker: WorkerId,
    pub clerk: String,
}

/// The sample: the records in an order that the seed decides, the first of those that were entered from a moment on.
pub(in crate::workforce::quality) async fn draw(
    connection: &mut PgConnection,
    draw: &DrawSpotCheck,
    (since, size): (Instant, i16),
    (units, reach): (&[OrgUnitId], &Reach),
) -> Result<Vec<Record>, Fault> {
    let sectors = reach.sector_names();
    Ok(sqlx::query_as!(
        Record,
        r#"with entered as (
               select distinct on (worker_id) worker_id, clerk
               from worker_entry
               where verb in ('register', 'correct') and at >= $1
               order by worker_id, seq desc
           )
           select w.worker_id as "worker: WorkerId", entered.clerk as "clerk!"
           from entered join worker w on w.worker_id = entered.worker_id
           where w.org_unit_id = any($2)
             and ($3::text[] is null or w.sector = any($3))
             and ($4::text is null or entered.clerk = $4)
           order by hashtextextended(w.worker_id::text, $5), w.worker_id limit $6"#,
        since,
        units as &[OrgUnitId],
        sectors.as_deref() as Option<&[&str]>,
        draw.clerk,
        draw.seed,
        i64::from(size),
    )
    .fetch_all(connection)
    .await?)
}

pub(in crate::workforce::quality) async fn insert(
    tx: &mut PgConnection,
    occasion: &Occasion<'_>,
    id: SpotCheckId,
    draw: &DrawSpotCheck,
    size: i16,
    sample: &[Record],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into spot_check (check_id, org_unit_id, clerk, changed_since, size, seed, drawn_by, drawn_at, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id as SpotCheckId,
        draw.unit as OrgUnitId,
        draw.clerk,
        draw.changed_since,
        size,
        draw.seed,
        occasion.actor.subject,
        occasion.now,
        occasion.act.as_ref().map(Json) as Option<Json<&ActReference>>,
    )
    .execute(&mut *tx)
    .await?;
    let workers: Vec<Uuid> = sample.iter().map(|it| it.worker.into()).collect();
    let clerks: Vec<&str> = sample.iter().map(|it| it.clerk.as_str()).collect();
    sqlx::query!(
        "insert into spot_check_record (check_id, worker_id, clerk)
         select $1, worker_id, clerk from unnest($2::uuid[], $3::text[]) as row (worker_id, clerk)",
        id as SpotCheckId,
        &workers,
        &clerks as &[&str],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether there is such a check of an org unit that the caller reaches.
pub(in crate::workforce::quality) async fn check(
    connection: &mut PgConnection,
    id: SpotCheckId,
    units: Option<&[OrgUnitId]>,
) -> Result<Option<SpotCheckId>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select check_id as "id: SpotCheckId" from spot_check
           where check_id = $1 and ($2::uuid[] is null or org_unit_id = any($2))"#,
        id as SpotCheckId,
        units as Option<&[OrgUnitId]>,
    )
    .fetch_optional(connection)
    .await?)
}

/// The checks of some org units, the newest first; and how many there are, where that is asked for.
pub(in crate::workforce::quality) async fn checks(
    connection: &mut PgConnection,
    filter: &SpotCheckFilter,
    units: Option<&[OrgUnitId]>,
    request: &PageRequest<SpotCheckId>,
) -> Result<(Vec<SpotCheck>, Option<u64>), Fault> {
    let rows = sqlx::query!(
        r#"select s.check_id as "id: SpotCheckId", s.org_unit_id as "unit: OrgUnitId", s.clerk, s.changed_since, s.size,
                  s.seed, s.drawn_by, s.drawn_at, s.act as "act: Json<ActReference>", of.records as "records!",
                  of.checked as "checked!"
           from spot_check s
           cross join lateral (
               select count(*) as records, count(checked_at) as checked
               from spot_check_record r where r.check_id = s.check_id) of
           where ($1::uuid[] is null or s.org_unit_id = any($1))
             and ($2::uuid is null or s.check_id = $2)
             and (not $3 or of.checked < of.records)
             and ($4::uuid is null or s.check_id < $4)
           order by s.check_id desc limit $5"#,
        units as Option<&[OrgUnitId]>,
        filter.check as Option<SpotCheckId>,
        filter.open,
        request.after as Option<SpotCheckId>,
        request.limit(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = if request.count {
        Some(count(connection, filter, units).await?)
    } else {
        None
    };
    let checks = rows.into_iter().map(|row| SpotCheck {
        id: row.id,
        unit: row.unit,
        clerk: row.clerk,
        changed_since: row.changed_since,
        size: row.size,
        seed: row.seed,
        drawn_by: row.drawn_by,
        drawn_at: row.drawn_at,
        act: row.act.map(|Json(act)| act),
        records: row.records,
        checked: row.checked,
    });
    Ok((checks.collect(), total))
}

async fn count(
    connection: &mut PgConnection,
    filter: &SpotCheckFilter,
    units: Option<&[OrgUnitId]>,
) -> Result<u64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from spot_check s
           where ($1::uuid[] is null or s.org_unit_id = any($1))
             and ($2::uuid is null or s.check_id = $2)
             and (not $3 or exists (
                 select from spot_check_record r where r.check_id = s.check_id and r.checked_at is null))"#,
        units as Option<&[OrgUnitId]>,
        filter.check as Option<SpotCheckId>,
        filter.open,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

/// One record of a sample, locked until the end of the transaction.
pub(in crate::workforce::quality) async fn find_record(
    tx: &mut PgConnection,
    check: SpotCheckId,
    worker: WorkerId,
) -> Result<Option<SampledRecord>, Fault> {
    let row = sqlx::query_as!(
        Row,
        r#"select check_id as "check: SpotCheckId", worker_id as "worker: WorkerId", clerk, checked_by, checked_at,
                  findings as "findings: Json<Value>"
           from spot_check_record where check_id = $1 and worker_id = $2 for update"#,
        check as SpotCheckId,
        worker as WorkerId,
    )
    .fetch_optional(tx)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// All records of some samples.
pub(in crate::workforce::quality) async fn records(
    connection: &mut PgConnection,
    checks: &[SpotCheckId],
) -> Result<Vec<SampledRecord>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        r#"select check_id as "check: SpotCheckId", worker_id as "worker: WorkerId", clerk, checked_by, checked_at,
                  findings as "findings: Json<Value>"
           from spot_check_record where check_id = any($1) order by check_id, worker_id"#,
        checks as &[SpotCheckId],
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

struct Row {
    check: SpotCheckId,
    worker: WorkerId,
    clerk: String,
    checked_by: Option<String>,
    checked_at: Option<Instant>,
    findings: Option<Json<Value>>,
}

impl TryFrom<Row> for SampledRecord {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let findings = row.findings.map(|Json(it)| serde_json::from_value(it));
        Ok(Self {
            check: row.check,
            worker: row.worker,
            clerk: row.clerk,
            checked: row.checked_by.zip(row.checked_at),
            findings: findings.transpose()?.unwrap_or_default(),
        })
    }
}

/// Writes what was found in a record.
pub(in crate::workforce::quality) async fn settle(
    tx: &mut PgConnection,
    occasion: &Occasion<'_>,
    (check, worker): (SpotCheckId, WorkerId),
    findings: &[Finding],
) -> Result<(), Fault> {
    sqlx::query!(
        "update spot_check_record set checked_by = $3, checked_at = $4, findings = $5, act = $6
         where check_id = $1 and worker_id = $2",
        check as SpotCheckId,
        worker as WorkerId,
        occasion.actor.subject,
        occasion.now,
        Json(findings) as _,
        occasion.act.as_ref().map(Json) as Option<Json<&ActReference>>,
    )
    .execute(tx)
    .await?;
    Ok(())
}

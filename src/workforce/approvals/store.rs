//! All statements about `approval_policy` and `change_request`.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::request::{RequestStatus, groups};
use super::{ApprovalPolicy, ChangeRequest, ChangeRequestFilter, FieldGroup};
use crate::kernel::{ChangeRequestId, Fault, Instant, OrgUnitId, PageRequest, WorkerId};
use crate::ledger::ActReference;
use crate::tenancy::Reference;
use crate::workforce::Reach;

impl Reference for ApprovalPolicy {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let row = sqlx::query!("select groups, version from approval_policy where only_row")
            .fetch_one(connection)
            .await?;
        policy(&row.groups, row.version)
    }
}

fn policy(groups: &[String], version: i32) -> Result<ApprovalPolicy, Fault> {
    let groups: Option<BTreeSet<FieldGroup>> =
        groups.iter().map(|it| FieldGroup::parse(it)).collect();
    let groups = groups.ok_or_else(|| Fault::internal("an unknown group of fields"))?;
    Ok(ApprovalPolicy { groups, version })
}

/// The policy, against whoever else changes it.
pub(super) async fn lock_policy(tx: &mut PgConnection) -> Result<ApprovalPolicy, Fault> {
    let row = sqlx::query!("select groups, version from approval_policy where only_row for update")
        .fetch_one(tx)
        .await?;
    policy(&row.groups, row.version)
}

pub(super) async fn save_policy(
    tx: &mut PgConnection,
    policy: &ApprovalPolicy,
) -> Result<(), Fault> {
    sqlx::query!(
        "update approval_policy set groups = $1, version = $2 where only_row",
        &policy.names() as &[&str],
        policy.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The fields of a record of which a change waits; the record is locked by the caller.
pub(super) async fn waiting_fields(
    tx: &mut PgConnection,
    worker: WorkerId,
) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select distinct change ->> 'field' as "field!"
           from change_request, jsonb_array_elements(fields) change
           where worker_id = $1 and status = 'open'"#,
        worker as WorkerId,
    )
    .fetch_all(tx)
    .await?)
}

pub(super) async fn insert(tx: &mut PgConnection, request: &ChangeRequest) -> Result<(), Fault> {
    let groups: Vec<&str> = (groups(&request.fields).iter())
        .map(|it| it.as_str())
        .collect();
    sqlx::query!(
        "insert into change_request (request_id, worker_id, groups, fields, base_version, requested_by, requested_at,
                                     act)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        request.id as ChangeRequestId,
        request.worker as WorkerId,
        &groups as &[&str],
        serde_json::to_value(&request.fields)?,
        request.base_version,
        request.requested_by,
        request.requested_at,
        request.act.as_ref().map(Json) as Option<Json<&ActReference>>,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes what became of a request; its record is locked by the caller.
pub(super) async fn decide(tx: &mut PgConnection, request: &ChangeRequest) -> Result<(), Fault> {
    sqlx::query!(
        "update change_request set status = $2, decided_by = $3, decided_at = $4, comment = $5, version = $6
         where request_id = $1",
        request.id as ChangeRequestId,
        request.status.as_str(),
        request.decided_by,
        request.decided_at,
        request.comment,
        request.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn one(
    connection: &mut PgConnection,
    id: ChangeRequestId,
) -> Result<Option<ChangeRequest>, Fault> {
    let filter = ChangeRequestFilter {
        ids: Some(vec![id]),
        ..ChangeRequestFilter::default()
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
    let found = page(connection, &filter, ("", &everywhere), &request).await?;
    Ok(found.into_iter().next())
}

/// Those of a filter within the reach of a caller, the newest first.
pub(super) async fn page(
    connection: &mut PgConnection,
    filter: &ChangeRequestFilter,
    (me, reach): (&str, &Reach),
    request: &PageRequest<ChangeRequestId>,
) -> Result<Vec<ChangeRequest>, Fault> {
    let sectors = reach.sector_names();
    let rows = sqlx::query_as!(
        Row,
        r#"select r.request_id as "request_id: ChangeRequestId", r.worker_id as "worker_id: WorkerId", r.fields,
                  r.base_version, r.status, r.requested_by, r.requested_at, r.act, r.decided_by, r.decided_at,
                  r.comment, r.version
           from change_request r join worker w on w.worker_id = r.worker_id
           where ($1::uuid[] is null or r.request_id = any($1))
             and ($2::uuid is null
                  or r.worker_id = coalesce((select kept_id from worker_merge where gone_id = $2), $2))
             and ($3::text is null or r.status = $3)
             and ($4::text is null or $4 = any(r.groups))
             and ($5::bool is null or (r.requested_by = $6) = $5)
             and ($7::uuid[] is null or w.org_unit_id = any($7))
             and ($8::text[] is null or w.sector = any($8))
             and ($9::uuid is null or r.worker_id = $9)
             and ($10::uuid is null or r.request_id < $10)
           order by r.request_id desc
           limit $11"#,
        filter.ids.as_deref() as Option<&[ChangeRequestId]>,
        filter.worker as Option<WorkerId>,
        filter.status.map(RequestStatus::as_str),
        filter.group.map(FieldGroup::as_str),
        filter.mine,
        me,
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        reach.person as Option<WorkerId>,
        request.after as Option<ChangeRequestId>,
        request.limit(),
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn count(
    connection: &mut PgConnection,
    filter: &ChangeRequestFilter,
    (me, reach): (&str, &Reach),
) -> Result<u64, Fault> {
    let sectors = reach.sector_names();
    let count: i64 = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from change_request r join worker w on w.worker_id = r.worker_id
           where ($1::uuid is null
                  or r.worker_id = coalesce((select kept_id from worker_merge where gone_id = $1), $1))
             and ($2::text is null or r.status = $2)
             and ($3::text is null or $3 = any(r.groups))
             and ($4::bool is null or (r.requested_by = $5) = $4)
             and ($6::uuid[] is null or w.org_unit_id = any($6))
             and ($7::text[] is null or w.sector = any($7))
             and ($8::uuid is null or r.worker_id = $8)"#,
        filter.worker as Option<WorkerId>,
        filter.status.map(RequestStatus::as_str),
        filter.group.map(FieldGroup::as_str),
        filter.mine,
        me,
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        reach.person as Option<WorkerId>,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

struct Row {
    request_id: ChangeRequestId,
    worker_id: WorkerId,
    fields: Value,
    base_version: i32,
    status: String,
    requested_by: String,
    requested_at: Instant,
    act: Option<Value>,
    decided_by: Option<String>,
    decided_at: Option<Instant>,
    comment: Option<String>,
    version: i32,
}

impl TryFrom<Row> for ChangeRequest {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        Ok(ChangeRequest {
            id: row.request_id,
            worker: row.worker_id,
            fields: serde_json::from_value(row.fields)?,
            base_version: row.base_version,
            status: RequestStatus::parse(&row.status)
                .ok_or_else(|| Fault::internal("a change request of an unknown status"))?,
            requested_by: row.requested_by,
            requested_at: row.requested_at,
            act: row.act.map(serde_json::from_value).transpose()?,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            comment: row.comment,
            version: row.version,
        })
    }
}

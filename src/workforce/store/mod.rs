//! All statements about `worker`, `worker_identifier`, `worker_contact`, `posting` and `posting_fact`.

mod answers;
mod documented;
mod extent;
mod fact;
mod listed;
mod page;
mod write;

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

pub(super) use answers::tally_answers;
pub(super) use documented::documented;
pub(super) use extent::Extent;
pub(super) use fact::{forget_facts, keep_facts, tally};
pub(super) use listed::Listed;
pub(super) use page::{by_ids, count, page};
pub(super) use write::{
    IDENTIFIER_TAKEN, LEAVE_ID, ONE_HOLDER, OVERLAPS, POSTING_ID, WORKER_ID, bump, bump_all,
    end_posting, fill_post, filled_post, insert_contacts, insert_identifiers, insert_posting,
    insert_worker, lock, lock_all, names_somebody, replace_contacts, replace_identifiers,
    update_worker, violated,
};

use super::worker::{
    Contact, ContactKind, Identifier, PersonName, Posting, PostingKind, Sex, Status, Worker,
};
use crate::kernel::{CadreId, Date, FacilityId, Fault, OrgUnitId, PostingId, WorkerId};
use crate::tenancy::ReferenceVersion;

/// The columns that make a [`Worker`], wherever they come from.
pub(super) struct WorkerRow {
    pub worker_id: WorkerId,
    pub family_name: String,
    pub given_names: String,
    pub sex: String,
    pub birth_date: Option<Date>,
    pub unit: OrgUnitId,
    pub sector: String,
    pub version: i32,
    pub active: Option<bool>,
    pub posting: Option<Posting>,
}

impl TryFrom<WorkerRow> for Worker {
    type Error = Fault;

    fn try_from(row: WorkerRow) -> Result<Self, Fault> {
        Ok(Worker {
            id: row.worker_id,
            name: PersonName {
                family: row.family_name,
                given: row.given_names,
            },
            sex: Sex::parse(&row.sex).ok_or_else(|| Fault::internal("unknown sex"))?,
            birth_date: row.birth_date,
            unit: row.unit,
            sector: row.sector.parse().map_err(Fault::internal)?,
            version: row.version,
            status: match row.active {
                Some(true) => Status::Active,
                Some(false) => Status::Former,
                None => Status::Unposted,
            },
            posting: row.posting,
        })
    }
}

/// One worker by id or by identifier, on a day, with the version of the reference lists; one statement. The id of a
/// record that went into another finds that.
pub(super) async fn find(
    connection: &mut PgConnection,
    by: &super::Lookup,
    day: Date,
) -> Result<(ReferenceVersion, Option<Worker>), Fault> {
    let (id, type_code, value_key) = match by {
        super::Lookup::Id(id) => (Some(*id), None, None),
        super::Lookup::Identifier(identifier) => (
            None,
            Some(identifier.type_code.as_str()),
            Some(identifier.key()),
        ),
    };
    let row = sqlx::query!(
        r#"select head.epoch, head.reference_seq,
                  w.worker_id as "worker_id?: WorkerId", w.family_name as "family_name?",
                  w.given_names as "given_names?", w.sex as "sex?", w.birth_date,
                  w.org_unit_id as "unit?: OrgUnitId", w.sector as "sector?", w.version as "version?",
                  case when p.posting_id is not null then true
                       else (select bool_or(held.ends_on is null or held.ends_on >= $4)
                             from posting held where held.worker_id = w.worker_id and held.starts_on <= $4)
                  end as active,
                  p.posting_id as "posting_id?: PostingId", p.facility_id as "facility_id?: FacilityId",
                  p.cadre_id as "cadre_id?: CadreId", p.employment_type as "employment_type?",
                  p.starts_on as "starts_on?", p.salary_grade, p.ends_on, p.end_reason,
                  p.supervisor_id as "supervisor_id: FacilityId"
           from (select epoch, reference_seq from ledger_head where only_row limit 1) head
           left join worker w on w.worker_id = coalesce(
               (select kept_id from worker_merge where gone_id = $1), $1, (
               select worker_id from worker_identifier where type_code = $2 and value_key = $3))
           left join posting p
               on p.worker_id = w.worker_id and p.is_primary
              and p.starts_on <= $4 and (p.ends_on is null or p.ends_on >= $4)"#,
        id.map(Uuid::from),
        type_code,
        value_key,
        day,
    )
    .fetch_one(connection)
    .await?;
    let version = ReferenceVersion {
        epoch: row.epoch,
        reference_seq: row.reference_seq,
    };
    let (Some(worker_id), Some(family_name), Some(unit)) =
        (row.worker_id, row.family_name, row.unit)
    else {
        return Ok((version, None));
    };
    let posting = match (row.posting_id, row.facility_id, row.cadre_id, row.starts_on) {
        (Some(id), Some(facility), Some(cadre), Some(starts_on)) => Some(Posting {
            id,
            worker: worker_id,
            facility,
            cadre,
            employment_type: row.employment_type.unwrap_or_default(),
            is_primary: true,
            kind: PostingKind::Substantive,
            salary_grade: row.salary_grade,
            starts_on,
            ends_on: row.ends_on,
            end_reason: row.end_reason,
            supervisor: row.supervisor_id,
        }),
        _ => None,
    };
    let worker = WorkerRow {
        worker_id,
        family_name,
        given_names: row.given_names.unwrap_or_default(),
        sex: row.sex.unwrap_or_default(),
        birth_date: row.birth_date,
        unit,
        sector: row.sector.unwrap_or_default(),
        version: row.version.unwrap_or_default(),
        active: row.active,
        posting,
    };
    Ok((version, Some(worker.try_into()?)))
}

/// All postings of some workers, the latest first.
pub(super) async fn postings(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<Posting>>, Fault> {
    let rows = sqlx::query_as!(
        Posting,
        r#"select posting_id as "id: PostingId", worker_id as "worker: WorkerId",
                  facility_id as "facility: FacilityId", cadre_id as "cadre: CadreId", employment_type,
                  is_primary, kind as "kind: PostingKind", salary_grade, starts_on, ends_on, end_reason,
                  supervisor_id as "supervisor: FacilityId"
           from posting where worker_id = any($1)
           order by worker_id, starts_on desc, posting_id"#,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    let mut of: HashMap<WorkerId, Vec<Posting>> = HashMap::new();
    for posting in rows {
        of.entry(posting.worker).or_default().push(posting);
    }
    Ok(of)
}

/// All postings of one worker, the latest first.
pub(super) async fn career(
    connection: &mut PgConnection,
    worker: WorkerId,
) -> Result<Vec<Posting>, Fault> {
    let mut of = postings(connection, &[worker]).await?;
    Ok(of.remove(&worker).unwrap_or_default())
}

/// One posting by its id.
pub(super) async fn posting(
    connection: &mut PgConnection,
    id: PostingId,
) -> Result<Option<Posting>, Fault> {
    Ok(sqlx::query_as!(
        Posting,
        r#"select posting_id as "id: PostingId", worker_id as "worker: WorkerId",
                  facility_id as "facility: FacilityId", cadre_id as "cadre: CadreId", employment_type,
                  is_primary, kind as "kind: PostingKind", salary_grade, starts_on, ends_on, end_reason,
                  supervisor_id as "supervisor: FacilityId"
           from posting where posting_id = $1"#,
        id as PostingId,
    )
    .fetch_optional(connection)
    .await?)
}

pub(super) async fn identifiers(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<Identifier>>, Fault> {
    let rows = sqlx::query!(
        r#"select worker_id as "worker: WorkerId", type_code, value from worker_identifier
           where worker_id = any($1) order by type_code, value_key"#,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    let mut of: HashMap<WorkerId, Vec<Identifier>> = HashMap::new();
    for row in rows {
        of.entry(row.worker).or_default().push(Identifier {
            type_code: row.type_code,
            value: row.value,
        });
    }
    Ok(of)
}

pub(super) async fn contacts(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<Contact>>, Fault> {
    let rows = sqlx::query!(
        r#"select worker_id as "worker: WorkerId", kind, value, preferred from worker_contact
           where worker_id = any($1) order by preferred desc, kind desc, value"#,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    let mut of: HashMap<WorkerId, Vec<Contact>> = HashMap::new();
    for row in rows {
        of.entry(row.worker).or_default().push(Contact {
            kind: ContactKind::parse(&row.kind)
                .ok_or_else(|| Fault::internal("unknown kind of contact"))?,
            value: row.value,
            preferred: row.preferred,
        });
    }
    Ok(of)
}

/// The records that went into some workers', each with the one that it went into.
pub(super) async fn gone_into(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, WorkerId>, Fault> {
    let rows = sqlx::query!(
        r#"select gone_id as "gone: WorkerId", kept_id as "kept: WorkerId" from worker_merge
           where kept_id = any($1)"#,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.gone, row.kept)).collect())
}

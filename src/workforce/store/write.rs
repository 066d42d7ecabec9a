//! Statements that change a record. Constraints have the last word; [`violated`] names the one that spoke.

use sqlx::PgConnection;

use crate::kernel::{Date, Fault, OrgUnitId, PostId, PostingId, Sector, WorkerId};
use crate::workforce::worker::{Contact, Identifier, PersonName, Posting, Sex, Worker};

pub(in crate::workforce) const IDENTIFIER_TAKEN: &str = "identifier_is_one_persons";
pub(in crate::workforce) const OVERLAPS: &str = "one_primary_posting_a_day";
pub(in crate::workforce) const WORKER_ID: &str = "worker_pkey";
pub(in crate::workforce) const POSTING_ID: &str = "posting_pkey";
pub(in crate::workforce) const LEAVE_ID: &str = "leave_pkey";
pub(in crate::workforce) const ONE_HOLDER: &str = "one_holder_a_day";

/// The constraint that refused a statement, if one did.
pub(in crate::workforce) fn violated(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}

/// Locks a record against other writers until the end of the transaction; the version it is at. The id of a record that
/// went into another locks that.
pub(in crate::workforce) async fn lock(
    tx: &mut PgConnection,
    worker: WorkerId,
) -> Result<Option<i32>, Fault> {
    Ok(sqlx::query_scalar!(
        "select version from worker
         where worker_id = coalesce((select kept_id from worker_merge where gone_id = $1), $1) for update",
        worker as WorkerId
    )
    .fetch_optional(tx)
    .await?)
}

/// Locks records against other writers until the end of the transaction, always in the same order.
pub(in crate::workforce) async fn lock_all(
    tx: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<(), Fault> {
    sqlx::query!(
        "select worker_id from worker where worker_id = any($1) order by worker_id for update",
        workers as &[WorkerId],
    )
    .fetch_all(tx)
    .await?;
    Ok(())
}

/// Raises the versions of records of which something changed that does not move them, each by as much as was done to it.
pub(in crate::workforce) async fn bump_all(
    tx: &mut PgConnection,
    raised: &[(WorkerId, i32)],
) -> Result<(), Fault> {
    let (workers, steps): (Vec<WorkerId>, Vec<i32>) = raised.iter().copied().unzip();
    sqlx::query!(
        "update worker set version = version + row.steps
         from unnest($1::uuid[], $2::int[]) as row (worker_id, steps)
         where worker.worker_id = row.worker_id",
        &workers as &[WorkerId],
        &steps,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether an id names a record, or one that went into another.
pub(in crate::workforce) async fn names_somebody(
    connection: &mut PgConnection,
    id: WorkerId,
) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from worker where worker_id = $1)
               or exists (select from worker_merge where gone_id = $1) as "is!""#,
        id as WorkerId,
    )
    .fetch_one(connection)
    .await?)
}

pub(in crate::workforce) async fn insert_worker(
    tx: &mut PgConnection,
    id: WorkerId,
    name: &PersonName,
    sex: Sex,
    birth_date: Option<Date>,
    unit: OrgUnitId,
    sector: Sector,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into worker (worker_id, family_name, given_names, name_key, sex, birth_date, org_unit_id, sector)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id as WorkerId,
        name.family,
        name.given,
        name.key(),
        sex.as_str(),
        birth_date,
        unit as OrgUnitId,
        sector.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes a corrected record; the row is locked by the caller, so it is there.
pub(in crate::workforce) async fn update_worker(
    tx: &mut PgConnection,
    worker: &Worker,
) -> Result<(), Fault> {
    sqlx::query!(
        "update worker set family_name = $2, given_names = $3, name_key = $4, sex = $5, birth_date = $6, version = $7
         where worker_id = $1",
        worker.id as WorkerId,
        worker.name.family,
        worker.name.given,
        worker.name.key(),
        worker.sex.as_str(),
        worker.birth_date,
        worker.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Raises the version of a record whose career changed, and moves it to where it is kept from now on.
pub(in crate::workforce) async fn bump(
    tx: &mut PgConnection,
    id: WorkerId,
    unit: OrgUnitId,
    sector: Sector,
) -> Result<(), Fault> {
    sqlx::query!(
        "update worker set version = version + 1, org_unit_id = $2, sector = $3 where worker_id = $1",
        id as WorkerId,
        unit as OrgUnitId,
        sector.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::workforce) async fn replace_identifiers(
    tx: &mut PgConnection,
    worker: WorkerId,
    identifiers: &[Identifier],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from worker_identifier where worker_id = $1",
        worker as WorkerId
    )
    .execute(&mut *tx)
    .await?;
    insert_identifiers(tx, worker, identifiers).await
}

pub(in crate::workforce) async fn insert_identifiers(
    tx: &mut PgConnection,
    worker: WorkerId,
    identifiers: &[Identifier],
) -> Result<(), sqlx::Error> {
    if identifiers.is_empty() {
        return Ok(());
    }
    let types: Vec<&str> = identifiers.iter().map(|it| it.type_code.as_str()).collect();
    let values: Vec<&str> = identifiers.iter().map(|it| it.value.as_str()).collect();
    let keys: Vec<String> = identifiers.iter().map(Identifier::key).collect();
    sqlx::query!(
        "insert into worker_identifier (worker_id, type_code, value, value_key)
         select $1, type_code, value, value_key
         from unnest($2::text[], $3::text[], $4::text[]) as row (type_code, value, value_key)",
        worker as WorkerId,
        &types as &[&str],
        &values as &[&str],
        &keys,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::workforce) async fn replace_contacts(
    tx: &mut PgConnection,
    worker: WorkerId,
    contacts: &[Contact],
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from worker_contact where worker_id = $1",
        worker as WorkerId
    )
    .execute(&mut *tx)
    .await?;
    insert_contacts(tx, worker, contacts).await
}

pub(in crate::workforce) async fn insert_contacts(
    tx: &mut PgConnection,
    worker: WorkerId,
    contacts: &[Contact],
) -> Result<(), Fault> {
    if contacts.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = contacts.iter().map(|it| it.kind.as_str()).collect();
    let values: Vec<&str> = contacts.iter().map(|it| it.value.as_str()).collect();
    let preferred: Vec<bool> = contacts.iter().map(|it| it.preferred).collect();
    sqlx::query!(
        "insert into worker_contact (worker_id, kind, value, preferred)
         select $1, kind, value, preferred
         from unnest($2::text[], $3::text[], $4::boolean[]) as row (kind, value, preferred)",
        worker as WorkerId,
        &kinds as &[&str],
        &values as &[&str],
        &preferred,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::workforce) async fn insert_posting(
    tx: &mut PgConnection,
    posting: &Posting,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into posting (posting_id, worker_id, facility_id, cadre_id, employment_type, is_primary,
                              starts_on, ends_on, end_reason, supervisor_id, kind, salary_grade)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        posting.id as PostingId,
        posting.worker as WorkerId,
        posting.facility as crate::kernel::FacilityId,
        posting.cadre as crate::kernel::CadreId,
        posting.employment_type,
        posting.is_primary,
        posting.starts_on,
        posting.ends_on,
        posting.end_reason,
        posting.supervisor as Option<crate::kernel::FacilityId>,
        posting.kind.as_str(),
        posting.salary_grade,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::workforce) async fn end_posting(
    tx: &mut PgConnection,
    posting: PostingId,
    last_day: Date,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "update posting set ends_on = $2, end_reason = $3 where posting_id = $1",
        posting as PostingId,
        last_day,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The post that a posting fills.
pub(in crate::workforce) async fn filled_post(
    connection: &mut PgConnection,
    posting: PostingId,
) -> Result<Option<PostId>, Fault> {
    let post = sqlx::query_scalar!(
        r#"select post_id as "post: PostId" from posting where posting_id = $1"#,
        posting as PostingId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(post.flatten())
}

pub(in crate::workforce) async fn fill_post(
    tx: &mut PgConnection,
    posting: PostingId,
    post: Option<PostId>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update posting set post_id = $2 where posting_id = $1",
        posting as PostingId,
        post as Option<PostId>,
    )
    .execute(tx)
    .await?;
    Ok(())
}

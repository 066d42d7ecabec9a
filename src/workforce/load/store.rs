//! The statements of bulk registration: one for each table, a column at a time.

use sqlx::PgConnection;
use uuid::Uuid;

use super::NewWorker;
use crate::kernel::{Date, Fault, WorkerId};
use crate::workforce::{Contact, Identifier, Posting};

pub(super) async fn is_any_registered(connection: &mut PgConnection) -> Result<bool, Fault> {
    let any = sqlx::query_scalar!(r#"select exists (select from worker) as "any!""#)
        .fetch_one(connection)
        .await?;
    Ok(any)
}

pub(super) async fn workers(tx: &mut PgConnection, batch: &[NewWorker]) -> Result<(), Fault> {
    let families: Vec<&str> = batch.iter().map(|it| it.name.family.as_str()).collect();
    let given: Vec<&str> = batch.iter().map(|it| it.name.given.as_str()).collect();
    let sexes: Vec<&str> = batch.iter().map(|it| it.sex.as_str()).collect();
    let sectors: Vec<&str> = batch.iter().map(|it| it.sector.as_str()).collect();
    let births: Vec<Option<Date>> = batch.iter().map(|it| it.birth_date).collect();
    let keys: Vec<String> = batch.iter().map(|it| it.name.key()).collect();
    sqlx::query!(
        "insert into worker (worker_id, family_name, given_names, name_key, sex, birth_date, org_unit_id, sector)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[],
                              $7::uuid[], $8::text[])",
        &ids(batch.iter().map(|it| it.id)),
        &families as &[&str],
        &given as &[&str],
        &keys,
        &sexes as &[&str],
        &births as &[Option<Date>],
        &ids(batch.iter().map(|it| it.unit)),
        &sectors as &[&str],
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::workforce) async fn identifiers(
    tx: &mut PgConnection,
    rows: &[(WorkerId, &Identifier)],
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let types: Vec<&str> = rows.iter().map(|it| it.1.type_code.as_str()).collect();
    let values: Vec<&str> = rows.iter().map(|it| it.1.value.as_str()).collect();
    let keys: Vec<String> = rows.iter().map(|it| it.1.key()).collect();
    sqlx::query!(
        "insert into worker_identifier (worker_id, type_code, value, value_key)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[])",
        &ids(rows.iter().map(|it| it.0)),
        &types as &[&str],
        &values as &[&str],
        &keys,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::workforce) async fn contacts(
    tx: &mut PgConnection,
    rows: &[(WorkerId, &Contact)],
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = rows.iter().map(|it| it.1.kind.as_str()).collect();
    let values: Vec<&str> = rows.iter().map(|it| it.1.value.as_str()).collect();
    let preferred: Vec<bool> = rows.iter().map(|it| it.1.preferred).collect();
    sqlx::query!(
        "insert into worker_contact (worker_id, kind, value, preferred)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[])",
        &ids(rows.iter().map(|it| it.0)),
        &kinds as &[&str],
        &values as &[&str],
        &preferred,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::workforce) async fn postings(
    tx: &mut PgConnection,
    rows: &[&Posting],
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let employment: Vec<&str> = rows.iter().map(|it| it.employment_type.as_str()).collect();
    let primary: Vec<bool> = rows.iter().map(|it| it.is_primary).collect();
    let starts: Vec<Date> = rows.iter().map(|it| it.starts_on).collect();
    let ends: Vec<Option<Date>> = rows.iter().map(|it| it.ends_on).collect();
    let reasons: Vec<Option<&str>> = rows.iter().map(|it| it.end_reason.as_deref()).collect();
    let kinds: Vec<&str> = rows.iter().map(|it| it.kind.as_str()).collect();
    let grades: Vec<Option<&str>> = (rows.iter()).map(|it| it.salary_grade.as_deref()).collect();
    let supervisors: Vec<Option<Uuid>> = rows
        .iter()
        .map(|it| it.supervisor.map(Uuid::from))
        .collect();
    sqlx::query!(
        "insert into posting (posting_id, worker_id, facility_id, cadre_id, employment_type, is_primary,
                              starts_on, ends_on, end_reason, supervisor_id, kind, salary_grade)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::boolean[],
                              $7::date[], $8::date[], $9::text[], $10::uuid[], $11::text[], $12::text[])",
        &ids(rows.iter().map(|it| it.id)),
        &ids(rows.iter().map(|it| it.worker)),
        &ids(rows.iter().map(|it| it.facility)),
        &ids(rows.iter().map(|it| it.cadre)),
        &employment as &[&str],
        &primary,
        &starts,
        &ends as &[Option<Date>],
        &reasons as &[Option<&str>],
        &supervisors as &[Option<Uuid>],
        &kinds as &[&str],
        &grades as &[Option<&str>],
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn ids<I: Into<Uuid>>(ids: impl Iterator<Item = I>) -> Vec<Uuid> {
    ids.map(Into::into).collect()
}

//! New credentials of many people, in one statement each kind.

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::credentials::licence::{Licence, Registration};
use crate::credentials::qualification::Qualification;
use crate::kernel::{CadreId, Date, Fault, LicenceId, QualificationId, RegistrationId, WorkerId};
use crate::ledger::ActReference;

/// Arrays of arrays have to be of one length in Postgres: cadres go as text, as Postgres writes arrays.
fn written(cadres: &[CadreId]) -> String {
    let cadres: Vec<String> = cadres
        .iter()
        .map(|it| uuid::Uuid::from(*it).to_string())
        .collect();
    format!("{{{}}}", cadres.join(","))
}

pub(in crate::credentials) async fn insert_qualifications(
    tx: &mut PgConnection,
    of: &[Qualification],
) -> Result<(), Fault> {
    let ids: Vec<QualificationId> = of.iter().map(|it| it.id).collect();
    let workers: Vec<WorkerId> = of.iter().map(|it| it.worker).collect();
    let levels: Vec<&str> = of.iter().map(|it| it.passed.level.as_str()).collect();
    let titles: Vec<&str> = of.iter().map(|it| it.passed.title.as_str()).collect();
    let majors: Vec<&str> = of.iter().map(|it| it.passed.major.as_str()).collect();
    let institutions: Vec<&str> = of.iter().map(|it| it.passed.institution.as_str()).collect();
    let countries: Vec<Option<&str>> = of.iter().map(|it| it.passed.country.as_deref()).collect();
    let years: Vec<Option<i16>> = (of.iter())
        .map(|it| it.passed.year.and_then(|year| i16::try_from(year).ok()))
        .collect();
    let cadres: Vec<String> = of.iter().map(|it| written(&it.passed.cadres)).collect();
    let act: Option<&ActReference> = of.first().and_then(|it| it.act.as_ref());
    sqlx::query!(
        "insert into qualification (qualification_id, worker_id, level, title, major, institution, country, year,
                                    cadre_ids, act)
         select qualification_id, worker_id, level, title, major, institution, country, year, cadres::uuid[], $10
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::smallint[], $9::text[])
              as row (qualification_id, worker_id, level, title, major, institution, country, year, cadres)",
        &ids as &[QualificationId],
        &workers as &[WorkerId],
        &levels as &[&str],
        &titles as &[&str],
        &majors as &[&str],
        &institutions as &[&str],
        &countries as &[Option<&str>],
        &years as &[Option<i16>],
        &cadres,
        act.map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::credentials) async fn insert_registrations(
    tx: &mut PgConnection,
    of: &[Registration],
) -> Result<(), sqlx::Error> {
    let ids: Vec<RegistrationId> = of.iter().map(|it| it.id).collect();
    let workers: Vec<WorkerId> = of.iter().map(|it| it.worker).collect();
    let cadres: Vec<CadreId> = of.iter().map(|it| it.entry.cadre).collect();
    let councils: Vec<&str> = of.iter().map(|it| it.entry.council.as_str()).collect();
    let numbers: Vec<&str> = of.iter().map(|it| it.entry.number.as_str()).collect();
    let keys: Vec<String> = of.iter().map(|it| it.entry.key()).collect();
    let days: Vec<Date> = of.iter().map(|it| it.registered_on).collect();
    let act: Option<&ActReference> = of.first().and_then(|it| it.act.as_ref());
    sqlx::query!(
        "insert into registration (registration_id, worker_id, cadre_id, council, number, number_key, registered_on, act)
         select registration_id, worker_id, cadre_id, council, number, number_key, registered_on, $8
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[])
              as row (registration_id, worker_id, cadre_id, council, number, number_key, registered_on)",
        &ids as &[RegistrationId],
        &workers as &[WorkerId],
        &cadres as &[CadreId],
        &councils as &[&str],
        &numbers as &[&str],
        &keys,
        &days,
        act.map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Licences with their terms; nothing has been decided about them.
pub(in crate::credentials) async fn insert_licences(
    tx: &mut PgConnection,
    of: &[Licence],
) -> Result<(), sqlx::Error> {
    let ids: Vec<LicenceId> = of.iter().map(|it| it.id).collect();
    let workers: Vec<WorkerId> = of.iter().map(|it| it.worker).collect();
    let cadres: Vec<CadreId> = of.iter().map(|it| it.entry.cadre).collect();
    let councils: Vec<&str> = of.iter().map(|it| it.entry.council.as_str()).collect();
    let numbers: Vec<&str> = of.iter().map(|it| it.entry.number.as_str()).collect();
    let keys: Vec<String> = of.iter().map(|it| it.entry.key()).collect();
    sqlx::query!(
        "insert into licence (licence_id, worker_id, cadre_id, council, number, number_key)
         select licence_id, worker_id, cadre_id, council, number, number_key
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])
              as row (licence_id, worker_id, cadre_id, council, number, number_key)",
        &ids as &[LicenceId],
        &workers as &[WorkerId],
        &cadres as &[CadreId],
        &councils as &[&str],
        &numbers as &[&str],
        &keys,
    )
    .execute(&mut *tx)
    .await?;
    insert_terms(tx, of).await
}

async fn insert_terms(tx: &mut PgConnection, of: &[Licence]) -> Result<(), sqlx::Error> {
    let terms = || {
        of.iter()
            .flat_map(|it| it.terms.iter().map(move |term| (it.id, term)))
    };
    let licences: Vec<LicenceId> = terms().map(|(id, _)| id).collect();
    let firsts: Vec<Date> = terms().map(|(_, term)| term.starts_on).collect();
    let lasts: Vec<Date> = terms().map(|(_, term)| term.ends_on).collect();
    let act: Option<&ActReference> = terms().next().and_then(|(_, term)| term.act.as_ref());
    sqlx::query!(
        "insert into licence_term (licence_id, starts_on, ends_on, act)
         select licence_id, starts_on, ends_on, $4
         from unnest($1::uuid[], $2::date[], $3::date[]) as row (licence_id, starts_on, ends_on)",
        &licences as &[LicenceId],
        &firsts,
        &lasts,
        act.map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

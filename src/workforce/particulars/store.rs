//! All statements about `particulars`, `relative` and `past_employment`.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Particulars, PastEmployment, Relative};
use crate::kernel::{Fault, OrgUnitId, ReadError, WorkerId};
use crate::tenancy::Reader;
use crate::workforce::Edge;

impl Edge for Particulars {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        let found = of_all(db, workers).await?;
        Ok(found.into_iter().map(|(id, it)| (id, vec![it])).collect())
    }
}

/// One record's; of whom nothing is known, nothing.
pub(in crate::workforce) async fn of(
    connection: &mut PgConnection,
    worker: WorkerId,
) -> Result<Particulars, Fault> {
    let found = of_all(connection, &[worker]).await?;
    Ok(found.into_values().next().unwrap_or_default())
}

/// Those of some records, each of them.
pub(in crate::workforce) async fn of_all(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Particulars>, Fault> {
    let rows = sqlx::query!(
        r#"select asked.id as "worker!: WorkerId", name_prefix as "name_prefix?", name_suffix as "name_suffix?",
                  nationality as "nationality?", birth_country as "birth_country?", marital_status as "marital_status?",
                  residence_id as "residence?: OrgUnitId", address as "address?",
                  languages as "languages?",
                  (select coalesce(jsonb_agg(to_jsonb(r) order by r.place, r.relative_id), '[]')
                   from relative r where r.worker_id = asked.id) as "relatives!: Json<Vec<Relative>>",
                  (select coalesce(jsonb_agg(to_jsonb(e) order by e.starts_on desc, e.employer), '[]')
                   from past_employment e where e.worker_id = asked.id)
                      as "past_employments!: Json<Vec<PastEmployment>>"
           from unnest($1::uuid[]) as asked (id)
           left join particulars p on p.worker_id = asked.id"#,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let particulars = Particulars {
            name_prefix: row.name_prefix,
            name_suffix: row.name_suffix,
            nationality: row.nationality,
            birth_country: row.birth_country,
            marital_status: row.marital_status,
            residence: row.residence,
            address: row.address,
            languages: row.languages.unwrap_or_default(),
            relatives: row.relatives.0,
            past_employments: row.past_employments.0,
        };
        (row.worker, particulars)
    });
    Ok(rows.collect())
}

/// Writes what differs between what records said and what they say.
pub(in crate::workforce) async fn save_all(
    tx: &mut PgConnection,
    changed: &[(WorkerId, &Particulars, &Particulars)],
) -> Result<(), Fault> {
    let mut plain: Vec<Plain<'_>> = Vec::new();
    let mut relatives: Vec<(WorkerId, &[Relative])> = Vec::new();
    let mut employments: Vec<(WorkerId, &[PastEmployment])> = Vec::new();
    for (worker, before, after) in changed {
        if Plain::of(*worker, before) != Plain::of(*worker, after) {
            plain.push(Plain::of(*worker, after));
        }
        if after.relatives != before.relatives {
            relatives.push((*worker, &after.relatives));
        }
        if after.past_employments != before.past_employments {
            employments.push((*worker, &after.past_employments));
        }
    }
    save_plain(tx, plain).await?;
    replace_relatives(tx, &relatives).await?;
    replace_employments(tx, &employments).await
}

/// What stands in a row of `particulars`.
#[derive(PartialEq, Serialize)]
struct Plain<'a> {
    worker_id: Uuid,
    name_prefix: Option<&'a str>,
    name_suffix: Option<&'a str>,
    nationality: Option<&'a str>,
    birth_country: Option<&'a str>,
    marital_status: Option<&'a str>,
    residence_id: Option<Uuid>,
    address: Option<&'a str>,
    languages: &'a [String],
}

impl<'a> Plain<'a> {
    fn of(worker: WorkerId, particulars: &'a Particulars) -> Self {
        Self {
            worker_id: worker.into(),
            name_prefix: particulars.name_prefix.as_deref(),
            name_suffix: particulars.name_suffix.as_deref(),
            nationality: particulars.nationality.as_deref(),
            birth_country: particulars.birth_country.as_deref(),
            marital_status: particulars.marital_status.as_deref(),
            residence_id: particulars.residence.map(Uuid::from),
            address: particulars.address.as_deref(),
            languages: &particulars.languages,
        }
    }
}

async fn save_plain(tx: &mut PgConnection, rows: Vec<Plain<'_>>) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into particulars (worker_id, name_prefix, name_suffix, nationality, birth_country, marital_status,
                                  residence_id, address, languages)
         select worker_id, name_prefix, name_suffix, nationality, birth_country, marital_status, residence_id, address,
                languages
         from jsonb_to_recordset($1)
             as row (worker_id uuid, name_prefix text, name_suffix text, nationality text, birth_country text,
                     marital_status text, residence_id uuid, address text, languages text[])
         on conflict (worker_id) do update
         set name_prefix = excluded.name_prefix, name_suffix = excluded.name_suffix,
             nationality = excluded.nationality, birth_country = excluded.birth_country,
             marital_status = excluded.marital_status, residence_id = excluded.residence_id,
             address = excluded.address, languages = excluded.languages",
        Json(rows) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A row of a list that is replaced whole.
#[derive(Serialize)]
struct Row<'a, T> {
    id: Uuid,
    worker: Uuid,
    place: usize,
    #[serde(flatten)]
    of: &'a T,
}

fn rows<'a, T>(lists: &[(WorkerId, &'a [T])]) -> (Vec<Uuid>, Json<Vec<Row<'a, T>>>) {
    let workers = lists.iter().map(|(worker, _)| Uuid::from(*worker));
    let rows = lists.iter().flat_map(|(worker, list)| {
        let entries = list.iter().enumerate();
        entries.map(|(place, of)| Row {
            id: Uuid::now_v7(),
            worker: (*worker).into(),
            place,
            of,
        })
    });
    (workers.collect(), Json(rows.collect()))
}

async fn replace_relatives(
    tx: &mut PgConnection,
    lists: &[(WorkerId, &[Relative])],
) -> Result<(), Fault> {
    if lists.is_empty() {
        return Ok(());
    }
    let (workers, rows) = rows(lists);
    sqlx::query!("delete from relative where worker_id = any($1)", &workers)
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "insert into relative (relative_id, worker_id, place, name, relation, birth_date, phone, is_dependant,
                               is_emergency_contact)
         select id, worker, place, name, relation, birth_date, phone, is_dependant, is_emergency_contact
         from jsonb_to_recordset($1)
             as row (id uuid, worker uuid, place smallint, name text, relation text, birth_date date, phone text,
                     is_dependant boolean, is_emergency_contact boolean)",
        rows as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn replace_employments(
    tx: &mut PgConnection,
    lists: &[(WorkerId, &[PastEmployment])],
) -> Result<(), Fault> {
    if lists.is_empty() {
        return Ok(());
    }
    let (workers, rows) = rows(lists);
    sqlx::query!(
        "delete from past_employment where worker_id = any($1)",
        &workers
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into past_employment (employment_id, worker_id, employer, occupation, starts_on, ends_on, why_left)
         select id, worker, employer, occupation, starts_on, ends_on, why_left
         from jsonb_to_recordset($1)
             as row (id uuid, worker uuid, employer text, occupation text, starts_on date, ends_on date,
                     why_left text)",
        rows as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

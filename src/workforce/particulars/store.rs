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
        Ok(of_workers(db, workers).await?)
    }
}

/// One record's; of whom nothing is known, nothing.
pub(super) async fn of(
    connection: &mut PgConnection,
    worker: WorkerId,
) -> Result<Particulars, Fault> {
    let found = of_workers(connection, &[worker]).await?.remove(&worker);
    Ok(found
        .and_then(|it| it.into_iter().next())
        .unwrap_or_default())
}

async fn of_workers(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<Particulars>>, Fault> {
    let rows = sqlx::query!(
        r#"select asked.id as "worker!: WorkerId", nationality as "nationality?", birth_country as "birth_country?",
                  marital_status as "marital_status?", residence_id as "residence?: OrgUnitId", address as "address?",
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
            nationality: row.nationality,
            birth_country: row.birth_country,
            marital_status: row.marital_status,
            residence: row.residence,
            address: row.address,
            languages: row.languages.unwrap_or_default(),
            relatives: row.relatives.0,
            past_employments: row.past_employments.0,
        };
        (row.worker, vec![particulars])
    });
    Ok(rows.collect())
}

/// Writes what differs.
pub(super) async fn save(
    tx: &mut PgConnection,
    worker: WorkerId,
    before: &Particulars,
    after: &Particulars,
) -> Result<(), Fault> {
    let plain = Particulars {
        relatives: before.relatives.clone(),
        past_employments: before.past_employments.clone(),
        ..after.clone()
    };
    if plain != *before {
        save_plain(tx, worker, after).await?;
    }
    if after.relatives != before.relatives {
        replace_relatives(tx, worker, &after.relatives).await?;
    }
    if after.past_employments != before.past_employments {
        replace_employments(tx, worker, &after.past_employments).await?;
    }
    Ok(())
}

async fn save_plain(
    tx: &mut PgConnection,
    worker: WorkerId,
    particulars: &Particulars,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into particulars (worker_id, nationality, birth_country, marital_status, residence_id, address, languages)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (worker_id) do update
         set nationality = excluded.nationality, birth_country = excluded.birth_country,
             marital_status = excluded.marital_status, residence_id = excluded.residence_id,
             address = excluded.address, languages = excluded.languages",
        worker as WorkerId,
        particulars.nationality,
        particulars.birth_country,
        particulars.marital_status,
        particulars.residence as Option<OrgUnitId>,
        particulars.address,
        &particulars.languages,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A row of a list that is replaced whole.
#[derive(Serialize)]
struct Row<'a, T> {
    id: Uuid,
    place: usize,
    #[serde(flatten)]
    of: &'a T,
}

fn rows<T>(of: &[T]) -> Json<Vec<Row<'_, T>>> {
    let rows = of.iter().enumerate().map(|(place, of)| Row {
        id: Uuid::now_v7(),
        place,
        of,
    });
    Json(rows.collect())
}

async fn replace_relatives(
    tx: &mut PgConnection,
    worker: WorkerId,
    relatives: &[Relative],
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from relative where worker_id = $1",
        worker as WorkerId
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into relative (relative_id, worker_id, place, name, relation, birth_date, phone, is_dependant,
                               is_emergency_contact)
         select id, $1, place, name, relation, birth_date, phone, is_dependant, is_emergency_contact
         from jsonb_to_recordset($2)
             as row (id uuid, place smallint, name text, relation text, birth_date date, phone text,
                     is_dependant boolean, is_emergency_contact boolean)",
        worker as WorkerId,
        rows(relatives) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn replace_employments(
    tx: &mut PgConnection,
    worker: WorkerId,
    employments: &[PastEmployment],
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from past_employment where worker_id = $1",
        worker as WorkerId
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into past_employment (employment_id, worker_id, employer, occupation, starts_on, ends_on, why_left)
         select id, $1, employer, occupation, starts_on, ends_on, why_left
         from jsonb_to_recordset($2)
             as row (id uuid, employer text, occupation text, starts_on date, ends_on date, why_left text)",
        worker as WorkerId,
        rows(employments) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

//! Qualifications.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::credentials::qualification::{Passed, Qualification};
use crate::kernel::{CadreId, Fault, QualificationId, ReadError, WorkerId};
use crate::ledger::ActReference;
use crate::tenancy::Reader;
use crate::workforce::Edge;

struct Row {
    id: QualificationId,
    worker: WorkerId,
    level: String,
    title: String,
    major: String,
    institution: String,
    country: Option<String>,
    year: Option<i16>,
    cadres: Vec<CadreId>,
    act: Option<Json<ActReference>>,
}

impl From<Row> for Qualification {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            worker: row.worker,
            passed: Passed {
                level: row.level,
                title: row.title,
                major: row.major,
                institution: row.institution,
                country: row.country,
                year: row.year.map(Into::into),
                cadres: row.cadres,
            },
            act: row.act.map(|Json(act)| act),
        }
    }
}

/// One that was not withdrawn.
pub(in crate::credentials) async fn qualification(
    connection: &mut PgConnection,
    id: QualificationId,
) -> Result<Option<Qualification>, Fault> {
    let row = sqlx::query_as!(
        Row,
        r#"select qualification_id as "id: QualificationId", worker_id as "worker: WorkerId", level, title, major,
                  institution, country, year, cadre_ids as "cadres: Vec<CadreId>", act as "act: Json<ActReference>"
           from qualification where qualification_id = $1 and withdrawal is null"#,
        id as QualificationId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Into::into))
}

/// The latest first; those of no known year before them.
impl Edge for Qualification {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        let rows = sqlx::query_as!(
            Row,
            r#"select qualification_id as "id: QualificationId", worker_id as "worker: WorkerId", level, title, major,
                      institution, country, year, cadre_ids as "cadres: Vec<CadreId>", act as "act: Json<ActReference>"
               from qualification where worker_id = any($1) and withdrawal is null
               order by worker_id, year desc, qualification_id"#,
            workers as &[WorkerId],
        )
        .fetch_all(&mut **db)
        .await
        .map_err(Fault::from)?;
        Ok(super::by_worker(rows.into_iter().map(Self::from), |it| {
            it.worker
        }))
    }
}

/// Writes a new one, or one over; what it was, the ledger keeps.
pub(in crate::credentials) async fn save_qualification(
    tx: &mut PgConnection,
    of: &Qualification,
) -> Result<(), Fault> {
    let it = &of.passed;
    let year = it.year.and_then(|year| i16::try_from(year).ok());
    sqlx::query!(
        "insert into qualification (qualification_id, worker_id, level, title, major, institution, country, year,
                                    cadre_ids, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (qualification_id) do update
         set level = excluded.level, title = excluded.title, major = excluded.major,
             institution = excluded.institution, country = excluded.country, year = excluded.year,
             cadre_ids = excluded.cadre_ids, act = excluded.act",
        of.id as QualificationId,
        of.worker as WorkerId,
        it.level,
        it.title,
        it.major,
        it.institution,
        it.country,
        year,
        &it.cadres as &[CadreId],
        of.act.as_ref().map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn withdraw_qualification(
    tx: &mut PgConnection,
    id: QualificationId,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "update qualification set withdrawal = $2 where qualification_id = $1",
        id as QualificationId,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

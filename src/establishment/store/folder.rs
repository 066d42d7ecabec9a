//! Norms by the codes of what they are about, as a country's folder has them.

use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::norm::{columns, count, number, target};
use crate::establishment::configure::NormRow;
use crate::establishment::norm::Terms;
use crate::kernel::{Date, Fault, NormId};

/// The norms of all days, by the codes of their cadres.
pub(in crate::establishment) async fn rows(
    connection: &mut PgConnection,
) -> Result<Vec<(NormId, NormRow)>, Fault> {
    let rows = sqlx::query!(
        r#"select norm_id as "id: NormId", cadre.code as cadre, facility.code as "facility?", norm.type_code, norm.setting,
                  unit_level, people, minimum, maximum, norm.valid_from, norm.valid_to, norm.source
           from staffing_norm norm
           join cadre on cadre.cadre_id = norm.cadre_id
           left join facility on facility.facility_id = norm.facility_id
           order by cadre.code, norm_id"#
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let terms = Terms {
            target: target(
                row.facility,
                (row.type_code, row.setting),
                (row.unit_level, row.people),
            )?,
            minimum: count(row.minimum),
            maximum: count(row.maximum),
            from: row.valid_from,
            until: row.valid_to,
            source: row.source,
        };
        let cadre = row.cadre;
        Ok((row.id, NormRow { cadre, terms }))
    });
    rows.collect()
}

#[derive(Serialize)]
struct Row<'a> {
    id: NormId,
    cadre: &'a str,
    facility: Option<&'a str>,
    type_code: Option<&'a str>,
    setting: Option<&'static str>,
    level: Option<i16>,
    people: Option<i32>,
    minimum: Option<i32>,
    maximum: Option<i32>,
    valid_from: Date,
    valid_to: Option<Date>,
    source: &'a str,
}

impl<'a> Row<'a> {
    fn of(id: NormId, row: &'a NormRow) -> Self {
        let (facility, type_code, setting, level, people) = columns(&row.terms.target);
        Self {
            id,
            cadre: &row.cadre,
            facility: facility.map(String::as_str),
            type_code,
            setting,
            level,
            people,
            minimum: number(row.terms.minimum),
            maximum: number(row.terms.maximum),
            valid_from: row.terms.from,
            valid_to: row.terms.until,
            source: &row.terms.source,
        }
    }
}

pub(in crate::establishment) async fn add_rows(
    tx: &mut PgConnection,
    rows: &[&NormRow],
) -> Result<(), Fault> {
    let rows: Vec<Row<'_>> = (rows.iter())
        .map(|row| Row::of(NormId::new(), row))
        .collect();
    sqlx::query!(
        "insert into staffing_norm (norm_id, cadre_id, facility_id, type_code, setting, unit_level, people, minimum,
                                    maximum, valid_from, valid_to, source)
         select row.id, cadre_id, facility_id, row.type_code, row.setting, row.level, row.people, row.minimum,
                row.maximum, row.valid_from, row.valid_to, row.source
         from jsonb_to_recordset($1)
             as row (id uuid, cadre text, facility text, type_code text, setting text, level smallint, people int,
                     minimum int, maximum int, valid_from date, valid_to date, source text)
         join cadre on cadre.code = row.cadre
         left join facility on facility.code = row.facility",
        Json(rows) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Their cadres, targets and first days are what they were. No act stands behind what a folder changes.
pub(in crate::establishment) async fn change_rows(
    tx: &mut PgConnection,
    rows: &[(NormId, &NormRow)],
) -> Result<(), Fault> {
    let rows: Vec<Row<'_>> = rows.iter().map(|(id, row)| Row::of(*id, row)).collect();
    sqlx::query!(
        "update staffing_norm norm
         set people = row.people, minimum = row.minimum, maximum = row.maximum, valid_to = row.valid_to,
             source = row.source, act = null, version = version + 1
         from jsonb_to_recordset($1)
             as row (id uuid, people int, minimum int, maximum int, valid_to date, source text)
         where norm.norm_id = row.id",
        Json(rows) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

//! All statements about `cadre` and `code_list_entry`.

use serde_json::{Map, Value};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::cadre::{Cadre, Cadres, CodeListEntry, CodeLists, Isco08, WorkerClass};
use crate::kernel::{CadreId, Fault, Text};
use crate::tenancy::Reference;

impl Reference for Cadres {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let rows = sqlx::query!(
            r#"select cadre_id as "id: CadreId", number, cadre.code, parent_id as "parent: CadreId",
                      label as "label: Json<Text>", sector, worker_class, isco08,
                      title as "title?: Json<Text>", source
               from cadre left join isco08 on isco08.code = cadre.isco08"#
        )
        .fetch_all(connection)
        .await?;
        let cadres = rows.into_iter().map(|row| {
            Ok(Cadre {
                id: row.id,
                number: row.number,
                code: row.code,
                parent: row.parent,
                label: row.label.0,
                sector: row.sector.parse().map_err(Fault::internal)?,
                worker_class: WorkerClass::parse(&row.worker_class)
                    .ok_or_else(|| Fault::internal("a cadre has an unknown class"))?,
                isco08: row.isco08.map(|code| Isco08 {
                    code,
                    title: row.title.map(|Json(title)| title).unwrap_or_default(),
                }),
                source: row.source,
            })
        });
        Ok(Cadres::new(cadres.collect::<Result<_, Fault>>()?))
    }
}

impl Reference for CodeLists {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let rows = sqlx::query!(
            r#"select list, code, number, label as "label: Json<Text>",
                      attributes as "attributes: Json<Map<String, Value>>"
               from code_list_entry"#
        )
        .fetch_all(connection)
        .await?;
        let numbered = rows.into_iter().map(|row| {
            let entry = CodeListEntry {
                list: row.list,
                code: row.code,
                label: row.label.0,
                attributes: row.attributes.0,
            };
            (entry, row.number)
        });
        Ok(CodeLists::new(numbered.collect()))
    }
}

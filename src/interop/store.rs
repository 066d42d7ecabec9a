//! All statements about `import_mapping`.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::mapping::Columns;
use crate::kernel::Fault;

pub(super) async fn mapping(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Option<Columns>, Fault> {
    let found = sqlx::query_scalar!(
        r#"select columns as "columns: Json<Columns>" from import_mapping where name = $1"#,
        name
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|Json(columns)| columns))
}

pub(super) async fn mappings(
    connection: &mut PgConnection,
) -> Result<Vec<(String, Columns)>, Fault> {
    let rows = sqlx::query!(
        r#"select name, columns as "columns: Json<Columns>" from import_mapping order by name"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|it| (it.name, it.columns.0)).collect())
}

pub(super) async fn save(
    tx: &mut PgConnection,
    name: &str,
    columns: &Columns,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into import_mapping (name, columns) values ($1, $2)
         on conflict (name) do update set columns = excluded.columns",
        name,
        Json(columns) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

//! Tenants made from one another, inside Postgres: what the production path loaded once need not be loaded twenty
//! times. Constraints and indexes are kept up row by row as ever; foreign keys hold because they held in the source.

use anyhow::Context;
use kada::kernel::TenantCode;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// What a copy takes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Every row of every table.
    Whole,
    /// Places, cadres and code lists, with the head of the ledger; no person.
    Lists,
    /// Every row; the people so many times, each time with other ids and staff numbers. The ledger tells of the first.
    Times(usize),
}

/// Empties a tenant and fills it from another. `superuser` is a connection to Kada's database.
pub async fn copy(
    superuser: &mut PgConnection,
    from: &TenantCode,
    to: &TenantCode,
    content: Content,
) -> anyhow::Result<()> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class
         where relnamespace = $1::regnamespace and relkind = 'r' order by relname",
    )
    .bind(from.schema())
    .fetch_all(&mut *superuser)
    .await?;
    let mut tx = superuser.begin().await?;
    tx.execute(
        "set local session_replication_role = replica; set local synchronous_commit = off;
         set local maintenance_work_mem = '256MB'",
    )
    .await?;
    let all: Vec<String> = tables
        .iter()
        .map(|table| format!("{}.{table}", to.schema()))
        .collect();
    tx.execute(AssertSqlSafe(format!("truncate {}", all.join(", "))))
        .await?;
    for table in &tables {
        let columns = columns(&mut tx, from, table).await?;
        if let Some(sql) = statement(from, to, table, &columns, content) {
            tx.execute(AssertSqlSafe(sql))
                .await
                .with_context(|| format!("copying {table}"))?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn columns(
    connection: &mut PgConnection,
    tenant: &TenantCode,
    table: &str,
) -> anyhow::Result<Vec<String>> {
    let columns = sqlx::query_scalar(
        "select attname::text from pg_attribute
         where attrelid = ($1 || '.' || $2)::regclass and attnum > 0 and not attisdropped
           and attgenerated = '' order by attnum",
    )
    .bind(tenant.schema())
    .bind(table);
    Ok(columns.fetch_all(connection).await?)
}

fn statement(
    from: &TenantCode,
    to: &TenantCode,
    table: &str,
    columns: &[String],
    content: Content,
) -> Option<String> {
    let (from, to) = (from.schema(), to.schema());
    let named = columns.join(", ");
    let personal = (columns.iter()).any(|it| matches!(it.as_str(), "worker_id" | "posting_id"));
    match content {
        Content::Lists if personal || table == "ledger" || table == "answered" => None,
        Content::Times(times) if personal => {
            let values: Vec<String> = columns.iter().map(|it| again(it)).collect();
            Some(format!(
                "insert into {to}.{table} ({named}) overriding system value
                 select {} from generate_series(1, {times}) as n, {from}.{table} order by n",
                values.join(", ")
            ))
        }
        _ => Some(format!(
            "insert into {to}.{table} ({named}) overriding system value select {named} from {from}.{table}"
        )),
    }
}

/// A column of the n-th copy of a person. The ids' first byte is the same in all of the source.
fn again(column: &str) -> String {
    match column {
        "worker_id" | "posting_id" => {
            format!("(lpad(to_hex(n), 2, '0') || substr({column}::text, 3))::uuid")
        }
        "value_key" => "value_key || lpad(n::text, 2, '0')".to_owned(),
        column => column.to_owned(),
    }
}

//! Rows that go from one record to another, whatever table they are in: a table that names a worker is moved because
//! the database knows that it does, so none can be forgotten.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::error::DatabaseError;
use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::kernel::{Fault, WorkerId};

/// What hangs on a worker by other rules than the rest: pairs are found anew.
const OF_THEIR_OWN: &str = "duplicate_pair";

/// A row that hangs on another record now, as it was before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::workforce::duplicates) struct Moved {
    pub table: String,
    /// The column that names the worker.
    pub column: String,
    pub row: Value,
}

/// A row that could not hang on the other record besides what that has already.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::workforce::duplicates) struct Aside {
    pub table: String,
    pub row: Value,
}

/// A column that names a worker, and the key of its table. The names are quoted where they have to be.
struct Reference {
    table: String,
    column: String,
    key: Vec<String>,
}

async fn references(connection: &mut PgConnection) -> Result<Vec<Reference>, sqlx::Error> {
    sqlx::query_as!(
        Reference,
        r#"select c.conrelid::regclass::text as "table!", quote_ident(named.attname) as "column!",
                  (select array_agg(quote_ident(part.attname) order by part.attnum)
                   from pg_index i
                   join pg_attribute part on part.attrelid = i.indrelid and part.attnum = any(i.indkey)
                   where i.indrelid = c.conrelid and i.indisprimary) as "key!"
           from pg_constraint c
           join pg_attribute named on named.attrelid = c.conrelid and named.attnum = c.conkey[1]
           where c.contype = 'f' and c.confrelid = 'worker'::regclass
             and c.conrelid <> to_regclass($1)
           order by 1, 2"#,
        OF_THEIR_OWN,
    )
    .fetch_all(connection)
    .await
}

/// How the row of a table is found again, given as `row`: by its key, with the worker whom the column names now.
fn found_again(reference: &Reference) -> String {
    let key = reference.key.iter();
    let parts = key.filter(|it| **it != reference.column);
    let mut conditions: Vec<String> = parts.map(|it| format!("own.{it} = was.{it}")).collect();
    conditions.push(format!("own.{} = $1", reference.column));
    conditions.join(" and ")
}

/// Hangs all that names one record on another. What a constraint does not let stand there is taken out of its table.
///
/// # Errors
/// When a row neither moves nor can be taken out, because others name it (23503).
pub(in crate::workforce::duplicates) async fn move_rows(
    tx: &mut PgConnection,
    from: WorkerId,
    to: WorkerId,
) -> Result<(Vec<Moved>, Vec<Aside>), sqlx::Error> {
    let (mut moved, mut aside) = (Vec::new(), Vec::new());
    let references = references(tx).await?;
    for reference in references {
        let Reference { table, column, .. } = &reference;
        let again = found_again(&reference);
        let all =
            format!("select to_jsonb(own) from {table} own where own.{column} = $1 order by 1");
        let rows: Vec<Value> = sqlx::query_scalar(AssertSqlSafe(all))
            .bind(from)
            .fetch_all(&mut *tx)
            .await?;
        let was = format!("from jsonb_populate_record(null::{table}, $2) was where {again}");
        let update = format!("update {table} own set {column} = $3 {was}");
        let delete = format!(
            "delete from {table} own using jsonb_populate_record(null::{table}, $2) was where {again}"
        );
        for row in rows {
            tx.execute("savepoint row").await?;
            let done = sqlx::query(AssertSqlSafe(update.clone()))
                .bind(from)
                .bind(&row)
                .bind(to)
                .execute(&mut *tx)
                .await;
            let table = table.clone();
            match done {
                Ok(_) => {
                    tx.execute("release savepoint row").await?;
                    let column = column.clone();
                    moved.push(Moved { table, column, row });
                }
                Err(error) if stands_already(&error) => {
                    tx.execute("rollback to savepoint row").await?;
                    sqlx::query(AssertSqlSafe(delete.clone()))
                        .bind(from)
                        .bind(&row)
                        .execute(&mut *tx)
                        .await?;
                    aside.push(Aside { table, row });
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok((moved, aside))
}

/// Whether a constraint says that the like is there already, or on the same days.
fn stands_already(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("23505" | "23P01"))
}

/// Takes out the row of a worker on whom nothing hangs.
pub(in crate::workforce::duplicates) async fn take_row(
    tx: &mut PgConnection,
    worker: WorkerId,
) -> Result<Value, Fault> {
    Ok(sqlx::query_scalar!(
        r#"delete from worker where worker_id = $1 returning to_jsonb(worker) as "row!""#,
        worker as WorkerId,
    )
    .fetch_one(tx)
    .await?)
}

/// Puts back a worker's row, what was set aside, and what moved and is still there.
///
/// # Errors
/// When something that was set aside finds its place taken meanwhile.
pub(in crate::workforce::duplicates) async fn restore(
    tx: &mut PgConnection,
    gone: (WorkerId, &Value),
    kept: WorkerId,
    moved: &[Moved],
    aside: &[Aside],
) -> Result<(), sqlx::Error> {
    put_back(tx, "worker", gone.1).await?;
    let references = references(tx).await?;
    for it in moved {
        let named =
            |reference: &&Reference| reference.table == it.table && reference.column == it.column;
        let Some(reference) = references.iter().find(named) else {
            continue;
        };
        let (table, column, again) = (&it.table, &it.column, found_again(reference));
        let back = format!(
            "update {table} own set {column} = $3
             from jsonb_populate_record(null::{table}, $2) was where {again}"
        );
        sqlx::query(AssertSqlSafe(back))
            .bind(kept)
            .bind(&it.row)
            .bind(gone.0)
            .execute(&mut *tx)
            .await?;
    }
    for it in aside {
        put_back(tx, &it.table, &it.row).await?;
    }
    Ok(())
}

/// Inserts a row as it was. Columns that the database computes, it computes again.
async fn put_back(tx: &mut PgConnection, table: &str, row: &Value) -> Result<(), sqlx::Error> {
    let columns: Vec<String> = sqlx::query_scalar!(
        r#"select quote_ident(attname) as "name!" from pg_attribute
           where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = ''
           order by attnum"#,
        table,
    )
    .fetch_all(&mut *tx)
    .await?;
    let columns = columns.join(", ");
    let insert = format!(
        "insert into {table} ({columns}) overriding system value
         select {columns} from jsonb_populate_record(null::{table}, $1)"
    );
    sqlx::query(AssertSqlSafe(insert))
        .bind(row)
        .execute(tx)
        .await?;
    Ok(())
}

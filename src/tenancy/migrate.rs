//! The migrations runner. sqlx's own takes one lock per database and keeps one table per schema; here one table says
//! what every schema has, so that a thousand tenants that need nothing cost one question, and each tenant has a lock
//! of its own, so that the others go on.
//!
//! A schema's migrations and the row that records them commit together: a process killed halfway leaves the schema as
//! it was, and the next run resumes.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::{Connection, Executor, PgConnection};

use super::provision;
use crate::kernel::{Fault, TenantCode};
use crate::platform::database::{Address, literal};

static CONTROL: Migrator = sqlx::migrate!("migrations/control");
static SHARED: Migrator = sqlx::migrate!("migrations/shared");
pub(super) static TENANT: Migrator = sqlx::migrate!("migrations/tenant");

/// The schema that statements are checked against when Kada is built; it holds no data.
pub(super) const TEMPLATE: &str = "tenant_template";
/// How many schemas are migrated side by side.
const PARALLEL: usize = 4;

/// What a schema has: its newest migration, and a digest of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub version: i64,
    pub digest: Vec<u8>,
}

/// What happened to each schema that needed something.
#[derive(Debug, Default)]
pub struct Report {
    pub migrated: Vec<String>,
    pub failed: BTreeMap<String, String>,
}

/// What this binary needs every tenant's schema to have.
#[must_use]
pub fn wanted() -> Applied {
    wanted_of(&TENANT)
}

fn wanted_of(migrator: &Migrator) -> Applied {
    let mut digest = Sha256::new();
    let mut version = 0;
    for migration in migrator.iter() {
        digest.update(migration.version.to_be_bytes());
        digest.update(&migration.checksum);
        version = version.max(migration.version);
    }
    Applied {
        version,
        digest: digest.finalize().to_vec(),
    }
}

fn migrator_of<'a>(schema: &str, tenant: &'a Migrator) -> &'a Migrator {
    match schema {
        "control" => &CONTROL,
        "shared" => &SHARED,
        _ => tenant,
    }
}

/// Brings every schema up to this binary: `control`, `shared`, the template, then all tenants.
///
/// # Errors
/// A fault in the common schemas; a tenant's failure is in the report and stops no other tenant.
pub async fn run(owner: &Address) -> Result<Report, Fault> {
    run_with(owner, &TENANT).await
}

/// As [`run`], with other migrations for the tenants' schemas: those of the binary before this one, or after it.
///
/// # Errors
/// As [`run`].
pub async fn run_with(owner: &Address, tenant: &Migrator) -> Result<Report, Fault> {
    let mut connection = owner.connect().await?;
    begin(&mut connection).await?;
    let mut report = Report::default();
    for schema in ["control", "shared", TEMPLATE] {
        let migrator = migrator_of(schema, tenant);
        if needs(&mut connection, schema, migrator).await? {
            apply(&mut connection, schema, None, migrator).await?;
            report.migrated.push(schema.to_owned());
        }
    }
    provision::serving_role(&mut connection, owner).await?;
    let behind = behind(&mut connection, wanted_of(tenant).version).await?;
    connection.close().await.ok();
    let outcomes: Vec<(String, Result<(), Fault>)> = stream::iter(behind)
        .map(async |code| {
            let schema = code.schema();
            let outcome = async {
                let mut connection = owner.connect().await?;
                apply(&mut connection, &schema, Some(&code), tenant).await?;
                connection.close().await.ok();
                Ok(())
            };
            (code.to_string(), outcome.await)
        })
        .buffer_unordered(PARALLEL)
        .collect()
        .await;
    for (code, outcome) in outcomes {
        match outcome {
            Ok(()) => report.migrated.push(code),
            Err(fault) => {
                record_failure(owner, &code, &fault).await?;
                report.failed.insert(code, fault.to_string());
            }
        }
    }
    Ok(report)
}

/// Makes the table of migrations, for whoever comes first.
async fn begin(connection: &mut PgConnection) -> Result<(), Fault> {
    let made: bool = sqlx::query_scalar("select to_regclass('control.migration') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if made {
        return Ok(());
    }
    connection
        .execute(
            "begin;
             select pg_advisory_xact_lock(hashtextextended('kada schemas', 0));
             create schema if not exists control;
             create schema if not exists shared;
             create schema if not exists tenant_template;
             revoke all on schema public from public;
             grant usage on schema shared to public;
             create table if not exists control.migration (
                 schema_name text primary key,
                 version     bigint not null,
                 digest      bytea not null,
                 migrated_at timestamptz not null,
                 failure     text
             );
             commit;",
        )
        .await?;
    Ok(())
}

async fn needs(
    connection: &mut PgConnection,
    schema: &str,
    migrator: &Migrator,
) -> Result<bool, Fault> {
    let wanted = wanted_of(migrator);
    let version: Option<i64> =
        sqlx::query_scalar("select version from control.migration where schema_name = $1")
            .bind(schema)
            .fetch_optional(connection)
            .await?;
    Ok(version.unwrap_or(0) < wanted.version)
}

/// The tenants whose schema is behind a version; one question, however many there are.
async fn behind(connection: &mut PgConnection, version: i64) -> Result<Vec<TenantCode>, Fault> {
    let codes: Vec<String> = sqlx::query_scalar(
        "select code from control.tenant
         left join control.migration on schema_name = 'tenant_' || code
         where coalesce(version, 0) < $1 order by code",
    )
    .bind(version)
    .fetch_all(connection)
    .await?;
    codes
        .iter()
        .map(|code| code.parse().map_err(Fault::internal))
        .collect()
}

/// Applies what one schema lacks and records it, in one transaction under the schema's own lock.
pub(super) async fn apply(
    connection: &mut PgConnection,
    schema: &str,
    tenant: Option<&TenantCode>,
    migrator: &Migrator,
) -> Result<(), Fault> {
    let mut tx = connection.begin().await?;
    // `schema` is one of ours or a `TenantCode`: safe as an identifier.
    let path = match schema {
        "control" => "control".to_owned(),
        "shared" => "shared".to_owned(),
        tenant => format!("{tenant}, shared"),
    };
    tx.execute(sqlx::AssertSqlSafe(format!(
        "select pg_advisory_xact_lock(hashtextextended({}, 0));
             set local lock_timeout = '10s'; set local search_path = {path};",
        literal(schema)
    )))
    .await?;
    let applied: Option<i64> =
        sqlx::query_scalar("select version from control.migration where schema_name = $1")
            .bind(schema)
            .fetch_optional(&mut *tx)
            .await?;
    let applied = applied.unwrap_or(0);
    for migration in migrator
        .iter()
        .filter(|migration| migration.version > applied)
    {
        tx.execute(migration.sql.clone()).await?;
    }
    if let Some(code) = tenant {
        provision::grant(&mut tx, code).await?;
    }
    if schema == "control" || schema == "shared" {
        provision::grant_common(&mut tx, schema).await?;
    }
    let wanted = wanted_of(migrator);
    sqlx::query(
        "insert into control.migration (schema_name, version, digest, migrated_at) values ($1, $2, $3, now())
         on conflict (schema_name) do update
         set version = excluded.version, digest = excluded.digest, migrated_at = excluded.migrated_at, failure = null
         where control.migration.version < excluded.version",
    )
    .bind(schema)
    .bind(wanted.version)
    .bind(wanted.digest)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn record_failure(owner: &Address, code: &str, fault: &Fault) -> Result<(), Fault> {
    let mut connection = owner.connect().await?;
    sqlx::query(
        "insert into control.migration (schema_name, version, digest, migrated_at, failure)
         values ('tenant_' || $1, 0, '', now(), $2)
         on conflict (schema_name) do update set failure = excluded.failure",
    )
    .bind(code)
    .bind(fault.to_string())
    .execute(&mut connection)
    .await?;
    connection.close().await.ok();
    Ok(())
}

/// The schemas that are behind this binary, by name; empty when a serving process may start.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pending(connection: &mut PgConnection) -> Result<Vec<String>, Fault> {
    let made: bool = sqlx::query_scalar("select to_regclass('control.tenant') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !made {
        return Ok(vec!["control".to_owned(), "shared".to_owned()]);
    }
    let mut pending = Vec::new();
    for schema in ["control", "shared"] {
        if needs(connection, schema, migrator_of(schema, &TENANT)).await? {
            pending.push(schema.to_owned());
        }
    }
    let behind = behind(connection, wanted().version).await?;
    pending.extend(behind.iter().map(TenantCode::schema));
    Ok(pending)
}

/// Schemas whose migrations differ from this binary's although their version is the same: a shipped file was edited.
///
/// # Errors
/// When the database cannot be asked.
pub async fn diverged(connection: &mut PgConnection) -> Result<Vec<String>, Fault> {
    let wanted = wanted();
    let rows: Vec<String> = sqlx::query_scalar(
        "select schema_name from control.migration
         where schema_name like 'tenant\\_%' and version = $1 and digest <> $2 order by 1",
    )
    .bind(wanted.version)
    .bind(wanted.digest)
    .fetch(connection)
    .try_collect()
    .await?;
    Ok(rows)
}

/// Tables, columns, constraints and indexes in which a tenant's schema differs from the template.
///
/// # Errors
/// When the catalogs cannot be read.
pub async fn drift(connection: &mut PgConnection) -> Result<Vec<String>, Fault> {
    let rows: Vec<String> = sqlx::query_scalar(
        "with shape as (
             select n.nspname as schema, c.relname as object,
                    a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull as part
             from pg_class c
             join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where n.nspname like 'tenant\\_%' and c.relkind = 'r'
             union all
             select n.nspname, c.relname, con.conname || ' ' ||
                    replace(pg_get_constraintdef(con.oid), n.nspname || '.', '')
             from pg_constraint con
             join pg_class c on c.oid = con.conrelid
             join pg_namespace n on n.oid = c.relnamespace
             where n.nspname like 'tenant\\_%'
             union all
             select schemaname, tablename, replace(indexdef, schemaname || '.', '')
             from pg_indexes where schemaname like 'tenant\\_%'
         ), template as (
             select object, part from shape where schema = $1
         ), tenant as (
             select 'tenant_' || code as schema from control.tenant
         )
         select schema || ' lacks ' || object || ': ' || part from (
             select tenant.schema, template.object, template.part from tenant cross join template
             except select schema, object, part from shape) lacking
         union all
         select schema || ' has besides ' || object || ': ' || part from (
             select shape.schema, object, part from shape join tenant on tenant.schema = shape.schema
             except select tenant.schema, object, part from tenant cross join template) besides
         order by 1",
    )
    .bind(TEMPLATE)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

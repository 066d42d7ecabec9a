//! Making a tenant: its entry in the registry, its login role, its schema.

use sqlx::migrate::Migrator;
use sqlx::types::Json;
use sqlx::{Connection, Executor, PgConnection};

use super::{Settings, migrate};
use crate::kernel::{Fault, TenantCode};
use crate::platform::database::{Address, identifier, literal, password_verifier};

/// The role of serving processes: it reads the registry and nothing else.
pub(super) const SERVING_ROLE: &str = "kada_serve";
/// Roles and their settings live in catalogs that all tenants share.
const ONE_AT_A_TIME: &str = "select pg_advisory_xact_lock(hashtextextended('kada schemas', 0))";

/// Makes a tenant that does not exist yet, or brings the settings of one that does up to date.
/// Any number may be made at once.
///
/// # Errors
/// When the database refuses; the tenant then does not exist, or stays as it was.
pub async fn provision(owner: &Address, settings: &Settings) -> Result<(), Fault> {
    provision_with(owner, settings, &migrate::TENANT).await
}

/// As [`provision`], with other migrations than this binary's.
///
/// # Errors
/// As [`provision`].
pub async fn provision_with(
    owner: &Address,
    settings: &Settings,
    migrator: &Migrator,
) -> Result<(), Fault> {
    let mut connection = owner.connect().await?;
    let code = &settings.code;
    let mut tx = connection.begin().await?;
    tx.execute(ONE_AT_A_TIME).await?;
    role(
        &mut tx,
        owner,
        &code.schema(),
        &format!("{}, shared", code.schema()),
    )
    .await?;
    tx.execute(sqlx::AssertSqlSafe(format!(
        "create schema if not exists {}",
        code.schema()
    )))
    .await?;
    sqlx::query(
        "insert into control.tenant (code, settings) values ($1, $2)
         on conflict (code) do update set settings = excluded.settings
         where control.tenant.settings <> excluded.settings",
    )
    .bind(code.as_str())
    .bind(Json(settings))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    migrate::apply(&mut connection, &code.schema(), Some(code), migrator).await?;
    connection.close().await.ok();
    Ok(())
}

/// Gives Kada's roles the passwords that follow from the configured secret, all of them or none; how many there are.
/// A process that has the older secret keeps its connections and cannot open new ones.
///
/// # Errors
/// When the registry cannot be read, or a role belongs to somebody else.
pub async fn rotate(owner: &Address) -> Result<usize, Fault> {
    let mut connection = owner.connect().await?;
    let mut tx = connection.begin().await?;
    tx.execute(ONE_AT_A_TIME).await?;
    let mut roles: Vec<String> =
        sqlx::query_scalar("select 'tenant_' || code from control.tenant order by code")
            .fetch_all(&mut *tx)
            .await?;
    roles.push(SERVING_ROLE.to_owned());
    for role in &roles {
        let verifier = literal(&password_verifier(&owner.password(role)));
        tx.execute(sqlx::AssertSqlSafe(format!(
            "alter role {role} password {verifier}"
        )))
        .await?;
    }
    tx.commit().await?;
    connection.close().await.ok();
    Ok(roles.len())
}

pub(super) async fn serving_role(
    connection: &mut PgConnection,
    owner: &Address,
) -> Result<(), Fault> {
    let mut tx = connection.begin().await?;
    tx.execute(ONE_AT_A_TIME).await?;
    role(&mut tx, owner, SERVING_ROLE, "control").await?;
    tx.execute("grant usage on schema control to kada_serve; grant select on all tables in schema control to kada_serve;")
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a login role that is a member of nothing, with its search path and limits set for this database.
async fn role(tx: &mut PgConnection, owner: &Address, role: &str, path: &str) -> Result<(), Fault> {
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(&mut *tx)
            .await?;
    if !exists {
        let verifier = literal(&password_verifier(&owner.password(role)));
        tx.execute(sqlx::AssertSqlSafe(format!(
            "create role {role} login noinherit nocreatedb nocreaterole password {verifier}"
        )))
        .await?;
    }
    let database: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&mut *tx)
        .await?;
    let set = format!(
        "alter role {role} in database {} set",
        identifier(&database)
    );
    tx.execute(sqlx::AssertSqlSafe(format!(
        "{set} search_path = {path};
         {set} idle_in_transaction_session_timeout = '30s';
         {set} statement_timeout = '10s';
         {set} lock_timeout = '5s';"
    )))
    .await?;
    Ok(())
}

/// A tenant's rights: its own rows, and no way to change what the ledger says.
pub(super) async fn grant(tx: &mut PgConnection, code: &TenantCode) -> Result<(), Fault> {
    let schema = code.schema();
    tx.execute(sqlx::AssertSqlSafe(format!(
        "grant usage on schema {schema} to {schema};
         grant select, insert, update, delete on all tables in schema {schema} to {schema};
         revoke update, delete on {schema}.ledger from {schema};
         revoke insert, delete on {schema}.ledger_head from {schema};"
    )))
    .await?;
    Ok(())
}

/// `shared` holds public reference lists; `control` is for the serving role alone.
pub(super) async fn grant_common(tx: &mut PgConnection, schema: &str) -> Result<(), Fault> {
    if schema == "shared" {
        tx.execute("grant select on all tables in schema shared to public")
            .await?;
    }
    Ok(())
}

//! SQL on a tenant's own connection, as if somebody had found a way to run some: it ends at the tenant's own schema.

use kada::auth::Role;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Row};

use crate::support::world::{TestCountry, World};

/// A name that stands in the neighbour's register and nowhere else.
const SECRET: &str = "Zoungrana";

/// What the last of some statements said: its rows as text, or the code of its error.
async fn run(connection: &mut PgConnection, statements: &[String]) -> Result<String, String> {
    let mut last = Ok(String::new());
    for statement in statements {
        last = match connection
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(statement.clone())))
            .await
        {
            Ok(rows) => {
                let mut text = String::new();
                for row in rows {
                    for column in 0..row.len() {
                        let raw = row.try_get_raw(column).ok();
                        let bytes = raw.and_then(|it| it.as_bytes().ok().map(<[u8]>::to_vec));
                        text += &String::from_utf8_lossy(&bytes.unwrap_or_default());
                        text.push(' ');
                    }
                }
                Ok(text)
            }
            Err(error) => {
                let code = error
                    .as_database_error()
                    .and_then(|it| it.code().map(Into::into));
                Err(code.unwrap_or_else(|| error.to_string()))
            }
        };
    }
    last
}

async fn neighbours(world: &World) -> [TestCountry<'_>; 2] {
    let mut countries = world.countries().await;
    let there = countries.pop().expect("two");
    let here = countries.pop().expect("two");
    here.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    there.register(SECRET, "F-A1", "MW", "2020-01-01").await;
    [here, there]
}

async fn tables(world: &World, schema: &str) -> Vec<String> {
    let mut superuser = world.database.superuser().await;
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = $1")
            .bind(schema)
            .fetch_all(&mut superuser)
            .await
            .expect("the tables");
    superuser.close().await.ok();
    assert!(!tables.is_empty(), "{schema}");
    tables
}

#[tokio::test]
async fn a_tenants_connection_reaches_no_table_but_its_own() {
    let world = World::with(2, |_| {}).await;
    let [here, there] = neighbours(&world).await;
    let (own, other) = (here.code.schema(), there.code.schema());
    let mut connection = connect(&world, &own).await;
    let own_name = run(
        &mut connection,
        &["select family_name from worker".to_owned()],
    )
    .await;
    assert_eq!(own_name, Ok("Traoré ".to_owned()));
    for schema in [&other, "tenant_template", "control"] {
        for table in tables(&world, schema).await {
            for statement in [
                format!("select * from {schema}.{table}"),
                format!("select count(*) from {schema}.{table}"),
                format!("table {schema}.{table} for update"),
                format!("insert into {schema}.{table} default values"),
                format!("delete from {schema}.{table}"),
                format!("truncate {schema}.{table}"),
                format!("alter table {schema}.{table} add column x int"),
                format!("drop table {schema}.{table}"),
                format!("copy {schema}.{table} to stdout"),
                format!("select query_to_xml('select * from {schema}.{table}', true, true, '')"),
                format!("select table_to_xml('{schema}.{table}', true, true, '')"),
            ] {
                let said = run(&mut connection, std::slice::from_ref(&statement)).await;
                assert_eq!(said, Err("42501".to_owned()), "{statement}");
            }
        }
    }
    for table in tables(&world, "shared").await {
        for statement in [
            format!("insert into shared.{table} default values"),
            format!("delete from shared.{table}"),
            format!("truncate shared.{table}"),
        ] {
            let said = run(&mut connection, std::slice::from_ref(&statement)).await;
            assert_eq!(said, Err("42501".to_owned()), "{statement}");
        }
    }
}

#[tokio::test]
async fn no_statement_makes_a_tenants_connection_another_ones() {
    let world = World::with(2, |_| {}).await;
    let [here, there] = neighbours(&world).await;
    let (own, other) = (here.code.schema(), there.code.schema());
    let database = &world.database.name;
    let read = format!("select * from {other}.worker");
    let unqualified = "select family_name from worker".to_owned();

    // These are refused.
    let mut refused: Vec<Vec<String>> = Vec::new();
    for role in [
        &other,
        "kada_serve",
        "kada_test_owner",
        "postgres",
        "pg_read_all_data",
    ] {
        refused.push(vec![format!("set role {role}")]);
        refused.push(vec![format!("set local role {role}")]);
        refused.push(vec![format!("set session authorization {role}")]);
        refused.push(vec![format!("select set_config('role', '{role}', false)")]);
        refused.push(vec![format!(
            "select set_config('session_authorization', '{role}', false)"
        )]);
        refused.push(vec![format!("grant {role} to {own}")]);
        refused.push(vec![format!("alter role {role} password 'x'")]);
        refused.push(vec![format!("drop role {role}")]);
    }
    for statement in [
        format!("do $$ begin perform * from {other}.worker; end $$"),
        format!("do $$ begin execute 'set role {other}'; end $$"),
        format!(
            "create function {own}.f() returns int language sql security definer as 'select 1'"
        ),
        "create function public.f() returns int language sql security definer as 'select 1'"
            .to_owned(),
        format!("create function {other}.f() returns int language sql as 'select 1'"),
        "create function f() returns int language sql as 'select 1'".to_owned(),
        format!("create table {own}.x (y int)"),
        "create table public.x (y int)".to_owned(),
        format!("create view {own}.x as select 1"),
        "create schema x".to_owned(),
        format!("create schema authorization {own}"),
        format!("drop schema {other} cascade"),
        format!("alter schema {own} rename to x"),
        format!("alter role {own} superuser"),
        format!("alter role {own} createrole"),
        "create role x".to_owned(),
        format!("alter database {database} set search_path = {other}"),
        "create extension dblink".to_owned(),
        "create extension postgres_fdw".to_owned(),
        "create language plpython3u".to_owned(),
        "copy (select 1) to '/tmp/kada'".to_owned(),
        "copy (select 1) to program 'true'".to_owned(),
        "create temp table t (x text); copy t from program 'id'".to_owned(),
        "create temp table u (x text); copy u from '/etc/passwd'".to_owned(),
        "select pg_read_file('/etc/passwd')".to_owned(),
        "select pg_read_binary_file('PG_VERSION')".to_owned(),
        "select pg_ls_dir('.')".to_owned(),
        "select lo_import('/etc/passwd')".to_owned(),
        "select lo_export(1, '/tmp/kada')".to_owned(),
        "select * from pg_authid".to_owned(),
        "select * from pg_statistic".to_owned(),
        "select pg_reload_conf()".to_owned(),
        "alter system set log_statement = 'all'".to_owned(),
        "set log_statement = 'all'".to_owned(),
        "update pg_class set relowner = 10".to_owned(),
        "checkpoint".to_owned(),
        "select pg_create_physical_replication_slot('x')".to_owned(),
        "create publication x for all tables".to_owned(),
        "create event trigger x on ddl_command_start execute function pg_catalog.now()".to_owned(),
    ] {
        refused.push(vec![statement]);
    }
    for statements in refused {
        let mut connection = connect(&world, &own).await;
        let said = run(&mut connection, &statements).await;
        assert!(
            matches!(said.as_deref(), Err(code) if code.len() == 5 && code != "42601"),
            "{statements:?}: {said:?}"
        );
        connection.close().await.ok();
    }

    // These are allowed and lead nowhere.
    let harmless: Vec<Vec<String>> = vec![
        vec!["reset role".to_owned(), read.clone()],
        vec!["set role none".to_owned(), read.clone()],
        vec!["reset session authorization".to_owned(), read.clone()],
        vec!["discard all".to_owned(), read.clone()],
        vec!["reset all".to_owned(), read.clone()],
        vec![format!("set search_path = {other}"), unqualified.clone()],
        vec![
            format!("select set_config('search_path', '{other}', false)"),
            unqualified.clone(),
        ],
        vec![
            "begin".to_owned(),
            format!("select set_config('search_path', '{other}', true)"),
            unqualified.clone(),
        ],
        vec!["set row_security = off".to_owned(), read.clone()],
        vec![
            "set session_replication_role = replica".to_owned(),
            read.clone(),
        ],
        vec!["select dblink('', 'select 1')".to_owned()],
        vec![
            format!(
                "create function pg_temp.f() returns setof text language sql security definer
                     as 'select family_name from {other}.worker'"
            ),
            "select pg_temp.f()".to_owned(),
        ],
        vec![
            format!("create temp view v as select * from {other}.worker"),
            "table v".to_owned(),
        ],
    ];
    for statements in harmless {
        let mut connection = connect(&world, &own).await;
        let said = run(&mut connection, &statements).await;
        assert!(said.is_err(), "{statements:?}: {said:?}");
        connection.close().await.ok();
    }

    // These answer, and what they say holds nothing of the neighbour.
    let mut superuser = world.database.superuser().await;
    superuser.execute("analyze").await.expect("statistics");
    let mut busy = connect(&world, &other).await;
    let watched = format!("select family_name from worker where family_name = '{SECRET}'");
    run(&mut busy, &[watched])
        .await
        .expect("the neighbour reads");
    for statement in [
        "select database_to_xml(true, true, '')".to_owned(),
        format!("select schema_to_xml('{other}', true, true, '')"),
        "select query from pg_stat_activity".to_owned(),
        "select most_common_vals::text, histogram_bounds::text from pg_stats".to_owned(),
        "select * from information_schema.tables".to_owned(),
        "select * from information_schema.columns".to_owned(),
        "select * from pg_largeobject_metadata".to_owned(),
        "select * from pg_prepared_statements".to_owned(),
        "select * from pg_cursors".to_owned(),
    ] {
        let mut connection = connect(&world, &own).await;
        if let Ok(said) = run(&mut connection, std::slice::from_ref(&statement)).await {
            assert!(!said.contains(SECRET), "{statement}");
            let lists = statement.contains("information_schema");
            assert!(!lists || !said.contains(&other), "{statement}");
        }
        connection.close().await.ok();
    }
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut busy)
        .await
        .expect("a process id");
    let mut connection = connect(&world, &own).await;
    for verb in ["pg_terminate_backend", "pg_cancel_backend"] {
        let said = run(&mut connection, &[format!("select {verb}({pid})")]).await;
        assert_eq!(said, Err("42501".to_owned()), "{verb}");
    }
    // After all of that, everything is where it was.
    let still: String = sqlx::query_scalar("select family_name from worker")
        .fetch_one(&mut busy)
        .await
        .expect("the neighbour's register");
    assert_eq!(still, SECRET);
    superuser.close().await.ok();
}

#[tokio::test]
async fn a_tenants_own_connection_cannot_change_what_the_ledger_says() {
    let world = World::with(2, |_| {}).await;
    let [here, _] = neighbours(&world).await;
    let mut connection = connect(&world, &here.code.schema()).await;
    for statement in [
        "update ledger set actor = 'nobody'",
        "update ledger set change = null, salt = null",
        "delete from ledger",
        "truncate ledger",
        "truncate ledger cascade",
        "drop table ledger",
        "alter table ledger disable trigger all",
        "alter table ledger owner to current_user",
        "insert into ledger_head (only_row, seq, hash, epoch, reference_seq) values (true, 0, '', 1, 0)",
        "delete from ledger_head",
        "truncate ledger_head",
        "create rule r as on insert to ledger do instead nothing",
        "merge into ledger using (select 1) x on true when matched then delete",
        "with gone as (delete from ledger returning *) select * from gone",
        "select * from ledger for update",
    ] {
        let said = run(&mut connection, &[statement.to_owned()]).await;
        assert_eq!(said, Err("42501".to_owned()), "{statement}");
    }
    let feed = "{ changes(first: 5) { nodes { seq } } }";
    let data = here
        .caller(Role::Auditor)
        .data(feed, serde_json::json!({}))
        .await;
    assert!(
        !data["changes"]["nodes"]
            .as_array()
            .expect("changes")
            .is_empty()
    );
}

#[tokio::test]
async fn the_serving_role_reads_the_registry_and_no_tenant() {
    let world = World::with(2, |_| {}).await;
    let [here, there] = neighbours(&world).await;
    let mut connection = connect(&world, "kada_serve").await;
    let codes = run(
        &mut connection,
        &["select code from control.tenant".to_owned()],
    )
    .await;
    assert!(codes.expect("the registry").contains(there.code.as_str()));
    for schema in [
        here.code.schema(),
        there.code.schema(),
        "tenant_template".to_owned(),
    ] {
        for table in tables(&world, &schema).await {
            for verb in ["select * from", "delete from", "truncate"] {
                let statement = format!("{verb} {schema}.{table}");
                let said = run(&mut connection, std::slice::from_ref(&statement)).await;
                assert_eq!(said, Err("42501".to_owned()), "{statement}");
            }
        }
        let said = run(&mut connection, &[format!("set role {schema}")]).await;
        assert!(said.is_err(), "set role {schema}");
    }
    for statement in [
        "update control.tenant set code = 'x'",
        "delete from control.migration",
        "insert into control.tenant (code, settings) values ('x1', '{}')",
        "create table control.x (y int)",
        "create role x",
    ] {
        let said = run(&mut connection, &[statement.to_owned()]).await;
        assert_eq!(said, Err("42501".to_owned()), "{statement}");
    }
}

async fn connect(world: &World, role: &str) -> PgConnection {
    let options = world.database.of_role(role);
    options.connect().await.expect("the role may log in")
}

//! A database of its own for a test, made by the production migrations, with an owner who is no superuser.
//!
//! `KADA_TEST_POSTGRES_URL` names a superuser of a server that the tests may fill. Roles belong to the whole server,
//! so each test gives its tenants codes of their own ([`TestDatabase::code`]).

use std::str::FromStr;

use kada::kernel::TenantCode;
use kada::platform::config::{self, Config};
use kada::platform::database::Address;
use kada::tenancy::{self, Tenants};
use rand::Rng;
use rand::distr::Alphanumeric;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

pub struct TestDatabase {
    pub owner: Address,
    pub tenants: Tenants,
    name: String,
    server: PgConnectOptions,
}

impl TestDatabase {
    pub async fn new() -> Self {
        let url = std::env::var("KADA_TEST_POSTGRES_URL")
            .expect("KADA_TEST_POSTGRES_URL names a Postgres superuser; make test sets it");
        let server = PgConnectOptions::from_str(&url).expect("a Postgres URL");
        let name = format!("kada_test_{}", letters(10));
        let mut connection = server.connect().await.expect("the test server answers");
        // The serving role belongs to the whole server: tests that start at once must not make it twice. Passwords are
        // not asked for on the test server.
        for statement in [
            "select pg_advisory_lock(20120301)".to_owned(),
            "do $$ begin create role kada_serve login noinherit;
             exception when duplicate_object then null; end $$"
                .to_owned(),
            "select pg_advisory_unlock(20120301)".to_owned(),
            format!("create role {name} login createrole"),
            format!("create database {name} owner {name}"),
        ] {
            connection
                .execute(sqlx::AssertSqlSafe(statement))
                .await
                .expect("the superuser makes a role and a database");
        }
        connection.close().await.ok();
        let options = server.clone().database(&name);
        let secret = letters(32);
        let owner = Address::from_options(options.clone().username(&name), &secret);
        tenancy::migrate(&owner).await.expect("the migrations");
        let serving = Address::from_options(options, &secret);
        let config = config::Database {
            tenant_secret: secret,
            ..Config::defaults().database
        };
        Self {
            owner,
            tenants: Tenants::new(serving, &config),
            name,
            server,
        }
    }

    /// A tenant's code that no other test has.
    #[must_use]
    pub fn code(&self) -> TenantCode {
        letters(12).parse().expect("lower-case letters")
    }

    /// A connection that may do anything in this database, to look behind the door.
    pub async fn superuser(&self) -> PgConnection {
        let options = self.server.clone().database(&self.name);
        options.connect().await.expect("the test server answers")
    }
}

fn letters(count: usize) -> String {
    let symbols = rand::rng().sample_iter(Alphanumeric).map(char::from);
    symbols
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .take(count)
        .collect()
}

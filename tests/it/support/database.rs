//! A database of its own for a test, made by the production migrations, with an owner who is no superuser.
//!
//! `KADA_TEST_POSTGRES_URL` names a superuser of a server that the tests may fill. Roles belong to the whole server:
//! all tests share one owner and one secret, and each gives its tenants codes of their own ([`TestDatabase::code`]).

use std::str::FromStr;

use kada::kernel::TenantCode;
use kada::platform::config::{self, Config};
use kada::platform::database::{Address, literal, password_verifier};
use kada::tenancy::{self, Settings, Tenants};
use rand::Rng;
use rand::distr::Alphanumeric;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

pub const SECRET: &str = "the secret that all tests of one server share";
const OWNER: &str = "kada_test_owner";

pub struct TestDatabase {
    pub owner: Address,
    pub tenants: Tenants,
    pub name: String,
    server: PgConnectOptions,
}

impl TestDatabase {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other limits than the defaults.
    pub async fn with(change: impl FnOnce(&mut config::Database)) -> Self {
        let url = std::env::var("KADA_TEST_POSTGRES_URL")
            .expect("KADA_TEST_POSTGRES_URL names a Postgres superuser; make test sets it");
        let server = PgConnectOptions::from_str(&url).expect("a Postgres URL");
        let name = format!("kada_test_{}", letters(10));
        let password = Address::from_options(server.clone(), SECRET).password(OWNER);
        let verifier = literal(&password_verifier(&password));
        let mut connection = server.connect().await.expect("the test server answers");
        for statement in [
            "select pg_advisory_lock(20120301)".to_owned(),
            format!(
                "do $$ begin create role {OWNER} login createrole password {verifier};
                 exception when duplicate_object then null; end $$"
            ),
            format!("create database {name} owner {OWNER}"),
            "select pg_advisory_unlock(20120301)".to_owned(),
        ] {
            connection
                .execute(sqlx::AssertSqlSafe(statement))
                .await
                .expect("the superuser makes a role and a database");
        }
        let options = server.clone().database(&name);
        let owner = options.clone().username(OWNER).password(&password);
        let owner = Address::from_options(owner, SECRET);
        // Databases have advisory locks of their own, but they share the serving role: one migrates at a time.
        let one_at_a_time = "select pg_advisory_lock(20120302)";
        connection.execute(one_at_a_time).await.expect("a lock");
        tenancy::migrate(&owner).await.expect("the migrations");
        connection.close().await.ok();
        let serving = Address::from_options(options, SECRET);
        let mut config = config::Database {
            url: url.clone(),
            tenant_secret: SECRET.to_owned(),
            ..Config::defaults().database
        };
        change(&mut config);
        Self {
            owner,
            tenants: Tenants::new(serving, &config),
            name,
            server,
        }
    }

    /// The tenants as another process of the same deployment knows them.
    #[must_use]
    pub fn another_process(&self) -> Tenants {
        let serving = self.server.clone().database(&self.name);
        let config = config::Database {
            tenant_secret: SECRET.to_owned(),
            ..Config::defaults().database
        };
        Tenants::new(Address::from_options(serving, SECRET), &config)
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

    /// Where this database is, for a role with its derived password.
    #[must_use]
    pub fn of_role(&self, role: &str) -> PgConnectOptions {
        let options = self.server.clone().database(&self.name);
        Address::from_options(options, SECRET).of_role(role)
    }
}

/// A country with nothing but a name.
pub fn settings(code: &TenantCode) -> Settings {
    let settings = serde_json::json!({
        "code": code.as_str(), "name": { "en": code.as_str() }, "languages": ["en"],
        "currency": "XOF", "currency_minor_units": 0, "time_zone": "Africa/Bamako",
        "phone_region": "ML", "fiscal_year_start": "01-01",
    });
    serde_json::from_value(settings).expect("settings")
}

pub fn letters(count: usize) -> String {
    let symbols = rand::rng().sample_iter(Alphanumeric).map(char::from);
    symbols
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .take(count)
        .collect()
}

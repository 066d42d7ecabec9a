//! Addresses of one Postgres database and the passwords of the roles that Kada makes there.

use std::str::FromStr;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::kernel::Fault;
use crate::platform::config;

/// Where the database is; each role logs in under its own name.
#[derive(Clone)]
pub struct Address {
    options: PgConnectOptions,
    secret: String,
}

impl Address {
    /// # Errors
    /// When the URL in the configuration cannot be read.
    pub fn new(config: &config::Database) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(&config.url)?;
        Ok(Self::from_options(options, &config.tenant_secret))
    }

    #[must_use]
    pub fn from_options(options: PgConnectOptions, secret: &str) -> Self {
        let options = options
            .application_name("kada")
            .statement_cache_capacity(256)
            .log_slow_statements(log::LevelFilter::Warn, Duration::from_secs(1));
        Self {
            options,
            secret: secret.to_owned(),
        }
    }

    /// The address as it was configured.
    #[must_use]
    pub fn configured(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// The address for one of the roles that Kada makes, with its derived password.
    #[must_use]
    pub fn of_role(&self, role: &str) -> PgConnectOptions {
        self.options
            .clone()
            .username(role)
            .password(&self.password(role))
    }

    /// `HMAC-SHA256(secret, role)`: nobody stores it, every process can derive it.
    #[must_use]
    pub fn password(&self, role: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(b"kada role ");
        mac.update(role.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// # Errors
    /// When the server does not answer or refuses the configured role.
    pub async fn connect(&self) -> Result<PgConnection, Fault> {
        Ok(PgConnection::connect_with(&self.options).await?)
    }
}

/// A name as an SQL identifier. Kada's own names need no quotes; this is for those that come from outside.
#[must_use]
pub fn identifier(name: &str) -> String {
    postgres_protocol::escape::escape_identifier(name)
}

/// A text as an SQL literal, for the few statements that take no parameters.
#[must_use]
pub fn literal(text: &str) -> String {
    postgres_protocol::escape::escape_literal(text)
}

/// The stored form of a password, so that the password itself never stands in a statement or a log.
#[must_use]
pub fn password_verifier(password: &str) -> String {
    postgres_protocol::password::scram_sha_256(password.as_bytes())
}

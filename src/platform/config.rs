//! Configuration: commented defaults (`default.toml`) ← a file ← the environment, checked at the start.
//!
//! Environment: `KADA_CONFIG` names the file; `KADA_<SECTION>__<KEY>` sets any key;
//! `DATABASE_URL`, `DATABASE_OWNER_URL`, `REDIS_URL` and `OTEL_EXPORTER_OTLP_ENDPOINT` set the four addresses.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub http: Http,
    pub database: Database,
    pub redis: Redis,
    pub cache: Cache,
    pub graphql: GraphQl,
    pub rate: Rate,
    pub log: Log,
    pub telemetry: Telemetry,
    #[serde(default)]
    pub issuer: Vec<Issuer>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub listen: SocketAddr,
    pub header_timeout_ms: u64,
    pub body_timeout_ms: u64,
    pub body_limit_bytes: usize,
    pub upload_limit_bytes: usize,
    pub upload_timeout_ms: u64,
    pub shutdown_seconds: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub owner_url: String,
    pub tenant_secret: String,
    pub cap: usize,
    pub per_tenant: usize,
    pub idle_seconds: u64,
    pub lifetime_seconds: u64,
    pub acquire_timeout_ms: u64,
    pub statement_timeout_ms: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    pub url: String,
    pub timeout_ms: u64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    pub memory_mb: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphQl {
    pub introspection: bool,
    pub graphiql: bool,
    pub trusted_documents: PathBuf,
    pub signing_secret: String,
    pub limits: Limits,
}

/// What one request may ask for; each is checked before anything is executed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub tokens: usize,
    pub depth: usize,
    pub aliases: usize,
    pub root_fields: usize,
    pub directives: usize,
    pub batch: usize,
    pub list_items: usize,
    pub cost: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub capacity: u32,
    pub refill_per_second: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    pub otlp_endpoint: String,
    pub trace_ratio: f64,
}

/// Who may issue tokens for which tenants, and where its tokens keep what Kada needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    pub issuer: String,
    /// The only tenants that this issuer may speak for; empty for an issuer of hub or platform tokens.
    #[serde(default)]
    pub tenants: Vec<String>,
    /// Whether it issues tokens of the regional hub, and so of no tenant.
    #[serde(default)]
    pub hub: bool,
    /// Whether it issues tokens of the operators, and so of no tenant.
    #[serde(default)]
    pub platform: bool,
    pub jwks_url: String,
    pub audience: String,
    pub algorithms: Vec<String>,
    #[serde(default)]
    pub claims: Claims,
    /// The issuer's role names where they differ from Kada's.
    #[serde(default)]
    pub roles: BTreeMap<String, String>,
}

/// Dotted paths into a token's claims.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Claims {
    pub tenant: String,
    pub roles: String,
    pub scope: String,
    pub sectors: String,
    pub person: String,
}

impl Default for Claims {
    fn default() -> Self {
        Self {
            tenant: "tenant".into(),
            roles: "roles".into(),
            scope: "units".into(),
            sectors: "sectors".into(),
            person: "worker".into(),
        }
    }
}

/// Variables of the environment that other programs know by these names, too.
const ADDRESSES: [(&str, &str); 4] = [
    ("DATABASE_URL", "database.url"),
    ("DATABASE_OWNER_URL", "database.owner_url"),
    ("REDIS_URL", "redis.url"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "telemetry.otlp_endpoint"),
];

const DEFAULTS: &str = include_str!("default.toml");

impl Config {
    /// Reads and merges the three layers.
    ///
    /// # Errors
    /// Names the key that is unknown, missing or of the wrong type.
    pub fn load() -> anyhow::Result<Self> {
        let file = std::env::var_os("KADA_CONFIG")
            .map_or_else(|| PathBuf::from("kada.toml"), PathBuf::from);
        let own = Env::prefixed("KADA_").ignore(&["CONFIG", "PG_BIN"]);
        let mut figment = Figment::from(Toml::string(DEFAULTS))
            .merge(Toml::file(file))
            .merge(own.split("__"));
        for (variable, key) in ADDRESSES {
            let known = Env::raw().only(&[variable]);
            figment = figment.merge(known.map(|_| key.into()).split("."));
        }
        Ok(figment.extract()?)
    }

    /// The defaults alone, for tests and for `kada dev`, which sets the rest itself.
    ///
    /// # Panics
    /// Never: a test proves that the defaults can be read.
    #[must_use]
    pub fn defaults() -> Self {
        Figment::from(Toml::string(DEFAULTS))
            .extract()
            .expect("the embedded defaults are complete")
    }

    /// What a serving process cannot do without.
    ///
    /// # Errors
    /// Lists every fault at once, by key.
    pub fn check_for_serving(&self) -> anyhow::Result<()> {
        let mut faults = Vec::new();
        let mut need = |holds: bool, fault: &str| {
            if !holds {
                faults.push(fault.to_owned());
            }
        };
        need(
            !self.database.url.is_empty(),
            "database.url (DATABASE_URL) is not set",
        );
        need(
            self.database.tenant_secret.len() >= 32,
            "database.tenant_secret needs at least 32 characters",
        );
        need(
            self.graphql.signing_secret.len() >= 32,
            "graphql.signing_secret needs at least 32 characters",
        );
        need(self.database.cap >= 1, "database.cap must be at least 1");
        need(
            self.database.per_tenant >= 1,
            "database.per_tenant must be at least 1",
        );
        need(
            self.rate.refill_per_second >= 1,
            "rate.refill_per_second must be at least 1",
        );
        need(
            (0.0..=1.0).contains(&self.telemetry.trace_ratio),
            "telemetry.trace_ratio must lie between 0 and 1",
        );
        need(
            !self.issuer.is_empty(),
            "no [[issuer]] is configured: nobody could sign in",
        );
        for issuer in &self.issuer {
            for (holds, key) in [
                (!issuer.audience.is_empty(), "audience"),
                (!issuer.algorithms.is_empty(), "algorithms"),
                (!issuer.jwks_url.is_empty(), "jwks_url"),
            ] {
                need(holds, &format!("issuer {}: {key} is empty", issuer.issuer));
            }
            for algorithm in &issuer.algorithms {
                need(
                    matches!(algorithm.as_str(), "EdDSA" | "ES256" | "RS256"),
                    &format!(
                        "issuer {}: {algorithm} is none of EdDSA, ES256, RS256",
                        issuer.issuer
                    ),
                );
            }
        }
        anyhow::ensure!(
            faults.is_empty(),
            "the configuration is not complete:\n  {}",
            faults.join("\n  ")
        );
        Ok(())
    }
}

impl Http {
    #[must_use]
    pub fn header_timeout(&self) -> Duration {
        Duration::from_millis(self.header_timeout_ms)
    }

    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.body_timeout_ms)
    }

    #[must_use]
    pub fn upload_timeout(&self) -> Duration {
        Duration::from_millis(self.upload_timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete_and_serving_asks_for_the_rest() {
        let config = Config::defaults();
        assert_eq!(config.database.cap, 40);
        let faults = config
            .check_for_serving()
            .expect_err("no secret is a default")
            .to_string();
        assert!(
            faults.contains("database.tenant_secret") && faults.contains("issuer"),
            "{faults}"
        );
    }
}

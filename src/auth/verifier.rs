//! From the `Authorization` header to the caller. Every refusal of a token is the same refusal: why it was
//! refused goes to the debug log, and the token nowhere.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, ensure};
use moka::future::Cache;
use sha2::{Digest, Sha256};

use super::claims::Mapping;
pub use super::claims::Realm;
use super::jwks::{self, Jwks, Place};
use super::keys::Algorithm;
use super::token::{Reason, Token, bearer, is_current};
use super::{Actor, Caller};
use crate::kernel::{Clock, Fault, Instant, TenantCode};
use crate::platform::config;
use crate::tenancy::{OpenError, Tenants};

const MOST_REMEMBERED: u64 = 10_000;

/// No token, or none that holds. Says no more than that, whatever the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs a valid access token")]
pub struct Unauthorized;

impl Unauthorized {
    /// `extensions.code` of the answer, whose status is 401.
    pub const CODE: &str = "UNAUTHENTICATED";
    /// The answer's `WWW-Authenticate`: no `error` and no `error_description`, which would tell the reason.
    pub const CHALLENGE: &str = "Bearer";
}

/// Why there is no caller.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// 503 `TENANT_MIGRATING`: worth another try in a few seconds.
    #[error("this country's register is being brought up to date")]
    TenantMigrating,
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a token was found to say.
#[derive(Clone, Debug)]
pub struct Verified {
    pub realm: Realm,
    pub actor: Arc<Actor>,
    pub expires_at: Instant,
}

impl Verified {
    /// The country that the token speaks for; hub and platform tokens speak for none.
    #[must_use]
    pub fn tenant(&self) -> Option<&TenantCode> {
        match &self.realm {
            Realm::Tenant(code) => Some(code),
            Realm::Hub | Realm::Platform => None,
        }
    }

    /// Whether the token is of the tenant that a header or the host names, if one does.
    #[must_use]
    pub fn agrees_with(&self, claimed_tenant: Option<&str>) -> bool {
        claimed_tenant.is_none_or(|claimed| {
            self.tenant()
                .is_some_and(|tenant| tenant.as_str() == claimed)
        })
    }
}

/// Verifies tokens of the configured issuers, each against its own keys and no other's.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    issuers: HashMap<String, Issuer>,
    clock: Clock,
    /// By the token's SHA-256: no bearer token is kept.
    remembered: Cache<[u8; 32], Remembered>,
}

#[derive(Clone)]
struct Remembered {
    verified: Verified,
    keys: Arc<Jwks>,
    generation: u64,
}

struct Issuer {
    /// What follows `sub@` in the ledger.
    short_name: String,
    audience: String,
    algorithms: Vec<Algorithm>,
    mapping: Mapping,
    keys: Arc<Jwks>,
}

impl Verifier {
    /// # Errors
    /// Names the issuer whose configuration cannot hold.
    pub fn new(issuers: Vec<config::Issuer>, clock: Clock) -> anyhow::Result<Self> {
        let client = jwks::client()?;
        let mut known = HashMap::new();
        let mut short_names = HashSet::new();
        for config in issuers {
            let issuer = Issuer::new(&config, &client, &clock)
                .with_context(|| format!("issuer {}", config.issuer))?;
            ensure!(
                short_names.insert(issuer.short_name.clone()),
                "issuer {}: there is another of this name",
                config.issuer
            );
            known.insert(config.issuer, issuer);
        }
        Ok(Self(Arc::new(Inner {
            issuers: known,
            clock,
            remembered: Cache::new(MOST_REMEMBERED),
        })))
    }

    /// What the token in an `Authorization` header says.
    ///
    /// # Errors
    /// `Unauthorized`, whatever is wrong with it.
    pub async fn verify(&self, authorization: Option<&str>) -> Result<Verified, Unauthorized> {
        self.check(authorization).await.map_err(|reason| {
            tracing::debug!(%reason, "a token was refused");
            Unauthorized
        })
    }

    /// The caller behind a request. `claimed_tenant` is what a header or the host says: it may only agree.
    ///
    /// # Errors
    /// `Unauthorized` also for a tenant that is not there: a token for it is worth nothing.
    pub async fn caller(
        &self,
        tenants: &Tenants,
        authorization: Option<&str>,
        claimed_tenant: Option<&str>,
    ) -> Result<Caller, Refused> {
        let verified = self.verify(authorization).await?;
        if !verified.agrees_with(claimed_tenant) {
            tracing::debug!("the request names another tenant than its token");
            return Err(Unauthorized.into());
        }
        let actor = verified.actor;
        match verified.realm {
            Realm::Hub => Ok(Caller::Hub(actor)),
            Realm::Platform => Ok(Caller::Platform(actor)),
            Realm::Tenant(code) => match tenants.open(&code).await {
                Ok(tenant) => Ok(Caller::Tenant(tenant, actor)),
                Err(OpenError::Migrating) => Err(Refused::TenantMigrating),
                Err(OpenError::Fault(fault)) => Err(fault.into()),
                Err(OpenError::Unknown) => {
                    tracing::debug!(tenant = %code, "a token for a tenant that is not there");
                    Err(Unauthorized.into())
                }
            },
        }
    }

    async fn check(&self, authorization: Option<&str>) -> Result<Verified, Reason> {
        let text = bearer(authorization.ok_or(Reason("no Authorization header"))?)?;
        let digest: [u8; 32] = Sha256::digest(text).into();
        if let Some(remembered) = self.0.remembered.get(&digest).await {
            if remembered.holds(self.0.clock.now()).await {
                return Ok(remembered.verified);
            }
            self.0.remembered.invalidate(&digest).await;
        }
        let token = Token::read(text)?;
        let issuer = self
            .0
            .issuers
            .get(token.issuer()?)
            .ok_or(Reason("the issuer is not configured"))?;
        let remembered = issuer.verify(&token, &self.0.clock).await?;
        let verified = remembered.verified.clone();
        self.0.remembered.insert(digest, remembered).await;
        Ok(verified)
    }
}

impl Remembered {
    /// Until it expires, or the issuer's key set changes: then its key may be the one that was withdrawn.
    async fn holds(&self, now: Instant) -> bool {
        is_current(self.verified.expires_at, now) && self.keys.generation().await == self.generation
    }
}

impl Issuer {
    fn new(
        config: &config::Issuer,
        client: &reqwest::Client,
        clock: &Clock,
    ) -> anyhow::Result<Self> {
        ensure!(!config.audience.is_empty(), "audience is empty");
        let algorithms = config
            .algorithms
            .iter()
            .map(|name| {
                Algorithm::named(name)
                    .with_context(|| format!("{name} is none of EdDSA, ES256, RS256"))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        ensure!(!algorithms.is_empty(), "algorithms is empty");
        let short_name = config
            .issuer
            .trim_start_matches("https://")
            .trim_start_matches("http://");
        // Then `sub@short_name` is read back from its last `@` alone, and no two callers share it.
        ensure!(
            !short_name.is_empty() && !short_name.contains('@'),
            "an issuer's name is not empty and holds no @"
        );
        let place = Place::new(&config.jwks_url, client)
            .with_context(|| format!("jwks_url {}", config.jwks_url))?;
        Ok(Self {
            short_name: short_name.to_owned(),
            audience: config.audience.clone(),
            algorithms,
            mapping: Mapping::new(config)?,
            keys: Jwks::new(place, clock.clone()),
        })
    }

    async fn verify(&self, token: &Token<'_>, clock: &Clock) -> Result<Remembered, Reason> {
        let algorithm = token.algorithm(&self.algorithms)?;
        let (key, generation) = self
            .keys
            .key(token.kid()?, algorithm)
            .await
            .ok_or(Reason("the issuer has no such key for this algorithm"))?;
        token.check_signature(&key)?;
        let standing = token.check(&self.audience, clock.now())?;
        let subject = format!("{}@{}", standing.subject, self.short_name);
        let verified = Verified {
            realm: self.mapping.realm(&token.claims)?,
            actor: Arc::new(self.mapping.actor(subject, &token.claims)?),
            expires_at: standing.expires_at,
        };
        Ok(Remembered {
            verified,
            keys: Arc::clone(&self.keys),
            generation,
        })
    }
}

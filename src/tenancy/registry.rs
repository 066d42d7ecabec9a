//! The tenants as a serving process knows them: settings and schema version, never older than two seconds.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sqlx::types::Json;

use super::door::Memory;
use super::pools::{Pools, Role};
use super::{OpenError, Settings, TenantDb, migrate, provision};
use crate::kernel::{Fault, TenantCode};
use crate::platform::config;
use crate::platform::database::Address;

const FRESH: Duration = Duration::from_secs(2);

/// All tenants of a deployment, and the connections to them.
#[derive(Clone)]
pub struct Tenants {
    pools: Pools,
    known: Arc<RwLock<HashMap<TenantCode, Entry>>>,
}

#[derive(Clone)]
struct Entry {
    settings: Arc<Settings>,
    version: i64,
    read: Instant,
    memory: Arc<Memory>,
}

impl Tenants {
    /// The tenants of a database. Opens no connection yet.
    #[must_use]
    pub fn new(address: Address, config: &config::Database) -> Self {
        Self {
            pools: Pools::new(address, config),
            known: Arc::default(),
        }
    }

    /// The door to one tenant's data. Only `auth` and the commands of an operator may ask for it.
    ///
    /// # Errors
    /// `Unknown` when the registry has no such tenant, `Migrating` when its schema is behind this binary.
    pub async fn open(&self, code: &TenantCode) -> Result<TenantDb, OpenError> {
        let entry = match self.remembered(code) {
            Some(entry) if entry.read.elapsed() < FRESH => entry,
            stale => self.look_up(code, stale).await?,
        };
        if entry.version < migrate::wanted().version {
            return Err(OpenError::Migrating);
        }
        Ok(TenantDb::new(
            entry.settings,
            entry.memory,
            self.pools.clone(),
        ))
    }

    /// Every tenant's settings, for commands and for pages that list the countries.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn list(&self) -> Result<Vec<Settings>, Fault> {
        let mut lease = self.pools.acquire(&serving_role()).await?;
        let rows: Vec<Json<Settings>> =
            sqlx::query_scalar("select settings from tenant order by code")
                .fetch_all(&mut *lease)
                .await?;
        Ok(rows.into_iter().map(|Json(settings)| settings).collect())
    }

    /// The schemas that are behind this binary.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn pending(&self) -> Result<Vec<String>, Fault> {
        let mut lease = self.pools.acquire(&serving_role()).await?;
        migrate::pending(&mut lease).await
    }

    fn remembered(&self, code: &TenantCode) -> Option<Entry> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(code).cloned()
    }

    async fn look_up(&self, code: &TenantCode, stale: Option<Entry>) -> Result<Entry, OpenError> {
        let mut lease = self.pools.acquire(&serving_role()).await?;
        let row: Option<(Json<Settings>, i64)> = sqlx::query_as(
            "select settings, coalesce(version, 0) from tenant
             left join migration on schema_name = 'tenant_' || code where code = $1",
        )
        .bind(code.as_str())
        .fetch_optional(&mut *lease)
        .await
        .map_err(Fault::from)?;
        drop(lease);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let Some((Json(settings), version)) = row else {
            known.remove(code);
            return Err(OpenError::Unknown);
        };
        let entry = Entry {
            settings: Arc::new(settings),
            version,
            read: Instant::now(),
            memory: stale.map(|entry| entry.memory).unwrap_or_default(),
        };
        known.insert(code.clone(), entry.clone());
        Ok(entry)
    }
}

fn serving_role() -> Role {
    Role::from(provision::SERVING_ROLE)
}

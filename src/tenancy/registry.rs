//! The tenants as a serving process knows them: settings and schema version, never older than two seconds.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sqlx::types::Json;
use tokio::sync::Mutex;

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
    known: Arc<RwLock<Known>>,
    reading: Arc<Mutex<()>>,
}

#[derive(Default)]
struct Known {
    read: Option<Instant>,
    entries: HashMap<TenantCode, Entry>,
}

#[derive(Clone)]
struct Entry {
    settings: Arc<Settings>,
    version: i64,
    memory: Arc<Memory>,
}

impl Tenants {
    /// The tenants of a database. Opens no connection yet.
    #[must_use]
    pub fn new(address: Address, config: &config::Database) -> Self {
        Self {
            pools: Pools::new(address, config),
            known: Arc::default(),
            reading: Arc::default(),
        }
    }

    /// The door to one tenant's data. Only `auth` and the commands of an operator may ask for it.
    ///
    /// # Errors
    /// `Unknown` when the registry has no such tenant, `Migrating` when its schema is behind this binary.
    pub async fn open(&self, code: &TenantCode) -> Result<TenantDb, OpenError> {
        let entry = match self.remembered(code) {
            Some(entry) => entry,
            None => self.look_up(code).await?,
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
        let fresh = known.read.is_some_and(|read| read.elapsed() < FRESH);
        known.entries.get(code).filter(|_| fresh).cloned()
    }

    /// Reads the registry anew; whoever comes while it is read waits for that reading.
    async fn look_up(&self, code: &TenantCode) -> Result<Entry, OpenError> {
        let _alone = self.reading.lock().await;
        if let Some(entry) = self.remembered(code) {
            return Ok(entry);
        }
        let read = Instant::now();
        let mut lease = self.pools.acquire(&serving_role()).await?;
        let rows: Vec<(Json<Settings>, i64)> = sqlx::query_as(
            "select settings, coalesce(version, 0) from tenant
             left join migration on schema_name = 'tenant_' || code",
        )
        .fetch_all(&mut *lease)
        .await
        .map_err(Fault::from)?;
        drop(lease);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut known.entries);
        known.read = Some(read);
        known.entries = rows
            .into_iter()
            .map(|(Json(settings), version)| {
                let memory = before.remove(&settings.code).map(|entry| entry.memory);
                let entry = Entry {
                    version,
                    memory: memory.unwrap_or_default(),
                    settings: Arc::new(settings),
                };
                (entry.settings.code.clone(), entry)
            })
            .collect();
        known.entries.get(code).cloned().ok_or(OpenError::Unknown)
    }
}

fn serving_role() -> Role {
    Role::from(provision::SERVING_ROLE)
}

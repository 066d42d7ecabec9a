//! Who the tenants are, and the only door to their data.

mod settings;

use std::sync::Arc;

pub use settings::{Level, Settings};

use crate::kernel::{Clock, Fault, TenantCode};
use crate::platform::config;

#[derive(Clone)]
pub struct Tenants;

/// Why a tenant cannot be entered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpenError {
    #[error("there is no such tenant")]
    Unknown,
    #[error("the tenant's schema is behind this binary")]
    Migrating,
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Tenants {
    pub async fn connect(_config: &config::Database, _clock: Clock) -> Result<Self, Fault> {
        Ok(Self)
    }
    pub async fn open(&self, _code: &TenantCode) -> Result<TenantDb, OpenError> {
        Err(OpenError::Unknown)
    }
}

#[derive(Clone)]
pub struct TenantDb {
    settings: Arc<Settings>,
}

impl TenantDb {
    #[must_use]
    pub fn code(&self) -> &TenantCode {
        &self.settings.code
    }
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

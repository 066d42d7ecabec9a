//! Who the tenants are, and the only door to their data.
//!
//! One Postgres schema and one login role per country. A [`TenantDb`] is the only way to a country's rows, and this
//! module alone can make one.

mod door;
mod lease;
mod migrate;
mod once;
mod pools;
mod provision;
mod registry;
mod settings;

pub use door::{Reader, Reference, ReferenceVersion, Snapshot, TenantDb, Write};
pub use migrate::{
    Report, diverged, drift, pending, run as migrate, run_with as migrate_with, wanted,
};
pub use once::{Attempt, Begun, Once, answered};
pub use provision::{provision, provision_with, rotate};
pub use registry::Tenants;
pub use settings::{Level, Settings, saturday_and_sunday};

use crate::kernel::Fault;

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

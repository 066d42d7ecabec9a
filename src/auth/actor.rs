//! The caller as the verbs see it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Permission, Role};
use crate::kernel::{Denied, Sector, WorkerId};
use crate::tenancy::TenantDb;

/// A verified caller: of one country, of the regional hub, or of the platform.
#[derive(Clone)]
pub enum Caller {
    Tenant(TenantDb, Arc<Actor>),
    Hub(Arc<Actor>),
    Platform(Arc<Actor>),
}

impl Caller {
    #[must_use]
    pub fn actor(&self) -> &Arc<Actor> {
        match self {
            Caller::Tenant(_, actor) | Caller::Hub(actor) | Caller::Platform(actor) => actor,
        }
    }
}

/// Who acts, what they may do, and how far it reaches.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `sub@issuer`, unique across issuers: what the ledger names.
    pub subject: String,
    pub roles: BTreeSet<Role>,
    pub permissions: BTreeSet<Permission>,
    /// Codes of the org units whose subtrees the caller reaches; `None` is the whole country.
    pub units: Option<Vec<String>>,
    /// `None` is every sector.
    pub sectors: Option<Vec<Sector>>,
    /// The only record that the caller reaches: set for the role `worker`.
    pub person: Option<WorkerId>,
}

impl Actor {
    #[must_use]
    pub fn new(subject: impl Into<String>, roles: impl IntoIterator<Item = Role>) -> Self {
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        let permissions = roles.iter().flat_map(|role| role.permissions()).collect();
        Self {
            subject: subject.into(),
            roles,
            permissions,
            units: None,
            sectors: None,
            person: None,
        }
    }

    /// A caller whose only role is `worker` reaches their own record; one whose token names no record reaches
    /// nothing, so that a missing claim never opens the country.
    #[must_use]
    pub fn confined_to(mut self, person: Option<WorkerId>) -> Self {
        self.person = person;
        if person.is_none() {
            self.units = Some(Vec::new());
            self.sectors = Some(Vec::new());
        }
        self
    }

    /// # Errors
    /// `Denied`, naming the permission that none of the caller's roles gives.
    pub fn may(&self, permission: Permission) -> Result<(), Denied> {
        if self.permissions.contains(&permission) {
            Ok(())
        } else {
            Err(Denied {
                permission: permission.as_str(),
            })
        }
    }
}

//! What is lent: a connection of one tenant's role, and the place under the cap that it takes.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use super::pools::{Pools, Role};
use crate::kernel::Fault;

/// A connection that lay idle for longer is tried before it is lent.
const TRUSTED: Duration = Duration::from_secs(1);
/// The server cuts a statement off after ten seconds (see `provision`).
const LONGEST_STATEMENT: Duration = Duration::from_secs(12);

/// An open connection.
pub(super) struct Backend {
    connection: PgConnection,
    opened: Instant,
    pub(super) returned: Instant,
    /// How often the link had failed when this connection was last known to work.
    link_failures: u64,
}

impl Backend {
    async fn open(pools: &Pools, role: &Role) -> Result<Self, Fault> {
        let link_failures = Fault::link_failures();
        let connection = PgConnection::connect_with(&pools.address().of_role(role)).await?;
        let now = Instant::now();
        Ok(Self {
            connection,
            opened: now,
            returned: now,
            link_failures,
        })
    }

    /// Ends it after what it still does, because the server goes on with that whether anybody listens or not.
    pub(super) async fn end(mut self) {
        let quiet = tokio::time::timeout(LONGEST_STATEMENT, self.connection.ping()).await;
        if matches!(quiet, Ok(Ok(()))) {
            self.connection.close().await.ok();
        } else {
            self.connection.close_hard().await.ok();
        }
    }
}

/// One place under the cap: the right to open a connection, in place of an older one if that still stands. Dropping it
/// gives the place to the next in line.
pub(super) struct Permit {
    pools: Pools,
    role: Role,
    replaces: Option<Backend>,
    spent: bool,
}

impl Permit {
    pub(super) fn new(pools: Pools, role: Role, replaces: Option<Backend>) -> Self {
        Self {
            pools,
            role,
            replaces,
            spent: false,
        }
    }

    pub(super) async fn open(mut self) -> Result<Lease, Fault> {
        if let Some(replaced) = self.replaces.take() {
            // The place is free only when the old connection is closed.
            replaced.end().await;
        }
        let backend = Backend::open(&self.pools, &self.role).await?;
        self.spent = true;
        Ok(Lease::new(self.pools.clone(), self.role.clone(), backend))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.spent {
            return;
        }
        let (pools, role) = (self.pools.clone(), self.role.clone());
        pools.withdraw(&role);
        match (self.replaces.take(), tokio::runtime::Handle::try_current()) {
            (Some(replaced), Ok(runtime)) => {
                runtime.spawn(async move {
                    replaced.end().await;
                    pools.give_up(&role);
                });
            }
            _ => pools.give_up(&role),
        }
    }
}

/// A borrowed connection. It goes back on drop; left inside a transaction, it is closed instead.
pub(super) struct Lease {
    pools: Pools,
    role: Role,
    backend: Option<Backend>,
    /// Whether the connection is inside a transaction.
    pub(super) in_transaction: bool,
}

impl Lease {
    pub(super) fn new(pools: Pools, role: Role, backend: Backend) -> Self {
        Self {
            pools,
            role,
            backend: Some(backend),
            in_transaction: false,
        }
    }

    /// The connection itself, when nobody wants it lent.
    pub(super) fn take_back(mut self) -> Option<Backend> {
        self.backend.take()
    }

    /// Whether the connection still works; asked only of one that rested, or after the link has failed.
    pub(super) async fn is_sound(&mut self) -> bool {
        let link_failures = Fault::link_failures();
        let Some(backend) = self.backend.as_mut() else {
            return false;
        };
        if backend.returned.elapsed() < TRUSTED && backend.link_failures == link_failures {
            return true;
        }
        backend.link_failures = link_failures;
        backend.connection.ping().await.is_ok()
    }

    /// Gives up a connection that is broken for the right to open another.
    pub(super) fn exchange(mut self) -> Permit {
        let broken = self.backend.take();
        Permit::new(self.pools.clone(), self.role.clone(), broken)
    }
}

impl Deref for Lease {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match &self.backend {
            Some(backend) => &backend.connection,
            None => unreachable!("a lease holds its connection until it is dropped"),
        }
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match &mut self.backend {
            Some(backend) => &mut backend.connection,
            None => unreachable!("a lease holds its connection until it is dropped"),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut backend) = self.backend.take() else {
            return;
        };
        let worn = backend.opened.elapsed() > self.pools.lifetime();
        let ends = self.in_transaction || worn;
        if !ends && backend.link_failures == Fault::link_failures() {
            backend.returned = Instant::now();
            self.pools.give_back(&self.role, backend);
            return;
        }
        let (pools, role) = (self.pools.clone(), self.role.clone());
        if ends {
            pools.withdraw(&role);
        }
        // What follows takes a round trip, so it happens behind the caller's back.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if !ends {
                    if backend.connection.ping().await.is_ok() {
                        backend.link_failures = Fault::link_failures();
                        backend.returned = Instant::now();
                        pools.give_back(&role, backend);
                        return;
                    }
                    pools.withdraw(&role);
                }
                backend.end().await;
                pools.give_up(&role);
            });
        }
    }
}

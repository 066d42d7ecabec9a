//! Connections: each belongs to one tenant for life, all together stay under one cap.
//!
//! sqlx's pool knows one database user; here many users share one budget. So a tenant that asks while the budget is
//! spent takes the place of an idle connection of the tenant used least recently, and else waits in line. A returned
//! connection goes to the tenant's own queue unless another tenant is poorer and waits too.

use std::collections::{HashMap, VecDeque};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tokio::sync::oneshot;

use crate::kernel::Fault;
use crate::platform::config;
use crate::platform::database::Address;

/// After this long in line, a tenant without any connection is served before one that has some.
const PATIENCE: Duration = Duration::from_millis(25);
/// A connection that lay idle for longer is tried before it is lent.
const TRUSTED: Duration = Duration::from_secs(1);
/// The server cuts a statement off after ten seconds (see `provision`).
const LONGEST_STATEMENT: Duration = Duration::from_secs(12);

/// A database user; each tenant has its own.
pub(super) type Role = Arc<str>;

#[derive(Clone)]
pub(super) struct Pools(Arc<Shared>);

struct Shared {
    address: Address,
    cap: usize,
    per_tenant: usize,
    idle: Duration,
    lifetime: Duration,
    patience: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: usize,
    shares: HashMap<Role, Share>,
    line: VecDeque<Waiter>,
}

#[derive(Default)]
struct Share {
    open: usize,
    idle: Vec<Backend>,
    used: Option<Instant>,
}

struct Waiter {
    role: Role,
    since: Instant,
    grant: oneshot::Sender<Grant>,
}

struct Backend {
    connection: PgConnection,
    opened: Instant,
    returned: Instant,
    /// How often the link had failed when this connection was last known to work.
    link_failures: u64,
}

enum Grant {
    Lend(Lease),
    /// The right to open a connection, in place of the one that came back with it, if any.
    Open(Permit),
}

/// One place under the cap. Dropping it gives the place to the next in line.
struct Permit {
    pools: Pools,
    role: Role,
    replaces: Option<PgConnection>,
    spent: bool,
}

/// A borrowed connection. It goes back on drop; left inside a transaction, it is closed instead.
pub(super) struct Lease {
    pools: Pools,
    role: Role,
    backend: Option<Backend>,
    /// Whether the connection is inside a transaction.
    pub(super) in_transaction: bool,
}

impl Pools {
    pub(super) fn new(address: Address, config: &config::Database) -> Self {
        let pools = Self(Arc::new(Shared {
            address,
            cap: config.cap,
            per_tenant: config.per_tenant.min(config.cap),
            idle: Duration::from_secs(config.idle_seconds),
            lifetime: Duration::from_secs(config.lifetime_seconds),
            patience: Duration::from_millis(config.acquire_timeout_ms),
            state: Mutex::default(),
        }));
        tokio::spawn(reap(Arc::downgrade(&pools.0)));
        pools
    }

    /// Borrows a connection of the tenant's own role.
    pub(super) async fn acquire(&self, role: &Role) -> Result<Lease, Fault> {
        let permit = match self.ask(role) {
            Asked::Lend(mut lease) => {
                if lease.is_sound().await {
                    return Ok(lease);
                }
                lease.exchange()
            }
            Asked::Open(permit) => permit,
            Asked::Wait(line) => match tokio::time::timeout(self.0.patience, line).await {
                Ok(Ok(Grant::Lend(lease))) => return Ok(lease),
                Ok(Ok(Grant::Open(permit))) => permit,
                Ok(Err(_)) | Err(_) => return Err(Fault::unavailable("no connection became free")),
            },
        };
        // In a task of its own: a caller who leaves midway must not leave a connection that nobody counts.
        let opening = tokio::spawn(permit.open());
        opening.await.map_err(Fault::internal)?
    }

    fn ask(&self, role: &Role) -> Asked {
        let mut state = self.state();
        let cap = self.0.cap;
        let open = state.open;
        let share = state.shares.entry(role.clone()).or_default();
        share.used = Some(Instant::now());
        if let Some(backend) = share.idle.pop() {
            return Asked::Lend(self.lease(role, backend));
        }
        if share.open < self.0.per_tenant {
            if open < cap {
                share.open += 1;
                state.open += 1;
                return Asked::Open(self.permit(role, None));
            }
            if let Some(evicted) = state.evict() {
                state.share(role).open += 1;
                return Asked::Open(self.permit(role, Some(evicted)));
            }
        }
        let (grant, line) = oneshot::channel();
        state.line.push_back(Waiter {
            role: role.clone(),
            since: Instant::now(),
            grant,
        });
        Asked::Wait(line)
    }

    /// Passes a sound connection on: to a waiter, or to rest.
    fn give_back(&self, role: &Role, backend: Backend) {
        let mut backend = Some(backend);
        while let Some(returned) = backend.take() {
            let mut state = self.state();
            let Some(waiter) = state.next_in_line(Some(role), self.0.per_tenant) else {
                state.share(role).idle.push(returned);
                return;
            };
            if waiter.role == *role {
                drop(state);
                let lease = self.lease(role, returned);
                if let Err(Grant::Lend(mut lease)) = waiter.grant.send(Grant::Lend(lease)) {
                    backend = lease.backend.take();
                }
            } else {
                state.share(role).open -= 1;
                state.share(&waiter.role).open += 1;
                drop(state);
                let permit = self.permit(&waiter.role, Some(returned.connection));
                // A waiter that has left drops the permit, which passes the place on.
                drop(waiter.grant.send(Grant::Open(permit)));
            }
        }
    }

    /// Passes on the place of a connection that is gone.
    fn give_up(&self, role: &Role) {
        let mut state = self.state();
        state.share(role).open -= 1;
        let Some(waiter) = state.next_in_line(None, self.0.per_tenant) else {
            state.open -= 1;
            return;
        };
        state.share(&waiter.role).open += 1;
        drop(state);
        let permit = self.permit(&waiter.role, None);
        drop(waiter.grant.send(Grant::Open(permit)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lease(&self, role: &Role, backend: Backend) -> Lease {
        Lease {
            pools: self.clone(),
            role: role.clone(),
            backend: Some(backend),
            in_transaction: false,
        }
    }

    fn permit(&self, role: &Role, replaces: Option<PgConnection>) -> Permit {
        Permit {
            pools: self.clone(),
            role: role.clone(),
            replaces,
            spent: false,
        }
    }
}

enum Asked {
    Lend(Lease),
    Open(Permit),
    Wait(oneshot::Receiver<Grant>),
}

impl State {
    fn share(&mut self, role: &Role) -> &mut Share {
        self.shares.entry(role.clone()).or_default()
    }

    /// Takes an idle connection from the tenant used least recently.
    fn evict(&mut self) -> Option<PgConnection> {
        let share = self
            .shares
            .values_mut()
            .filter(|share| !share.idle.is_empty())
            .min_by_key(|share| share.used)?;
        share.open -= 1;
        share.idle.pop().map(|backend| backend.connection)
    }

    /// Who gets a place that `from` returns: a tenant that waits with nothing, then `from`'s own queue, then anyone
    /// whose share is not full.
    fn next_in_line(&mut self, from: Option<&Role>, per_tenant: usize) -> Option<Waiter> {
        self.line.retain(|waiter| !waiter.grant.is_closed());
        let open = |role: &Role| self.shares.get(role).map_or(0, |share| share.open);
        let own = from.map_or(0, open);
        let poorer = |waiter: &Waiter| {
            Some(&waiter.role) != from && {
                let theirs = open(&waiter.role);
                theirs + 1 < own || (theirs == 0 && waiter.since.elapsed() > PATIENCE)
            }
        };
        let place = self
            .line
            .iter()
            .position(poorer)
            .or_else(|| {
                self.line
                    .iter()
                    .position(|waiter| Some(&waiter.role) == from)
            })
            .or_else(|| {
                self.line
                    .iter()
                    .position(|waiter| open(&waiter.role) < per_tenant)
            })?;
        self.line.remove(place)
    }
}

impl Permit {
    async fn open(mut self) -> Result<Lease, Fault> {
        if let Some(replaced) = self.replaces.take() {
            // The place is free only when the old connection is closed.
            end(replaced).await;
        }
        let options = self.pools.0.address.of_role(&self.role);
        let link_failures = Fault::link_failures();
        let connection = PgConnection::connect_with(&options).await?;
        self.spent = true;
        let now = Instant::now();
        let backend = Backend {
            connection,
            opened: now,
            returned: now,
            link_failures,
        };
        Ok(self.pools.lease(&self.role, backend))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.spent {
            return;
        }
        let (pools, role) = (self.pools.clone(), self.role.clone());
        match (self.replaces.take(), tokio::runtime::Handle::try_current()) {
            (Some(replaced), Ok(runtime)) => {
                runtime.spawn(async move {
                    end(replaced).await;
                    pools.give_up(&role);
                });
            }
            _ => pools.give_up(&role),
        }
    }
}

/// Ends a connection: after what it still does, because the server goes on with that whether anybody listens or not.
async fn end(mut connection: PgConnection) {
    let quiet = tokio::time::timeout(LONGEST_STATEMENT, connection.ping()).await;
    if matches!(quiet, Ok(Ok(()))) {
        connection.close().await.ok();
    } else {
        connection.close_hard().await.ok();
    }
}

impl Lease {
    /// Whether the connection still works; asked only of one that rested, or after the link has failed.
    async fn is_sound(&mut self) -> bool {
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
    fn exchange(mut self) -> Permit {
        let broken = self.backend.take().map(|backend| backend.connection);
        self.pools.permit(&self.role, broken)
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
        let suspect = backend.link_failures != Fault::link_failures();
        let worn = backend.opened.elapsed() > self.pools.0.lifetime;
        if self.in_transaction || suspect || worn {
            let inside = self.in_transaction;
            let pools = self.pools.clone();
            let role = self.role.clone();
            // Closing takes a round trip, so it happens behind the caller's back; the place is free after it.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move {
                    if !inside && !worn && backend.connection.ping().await.is_ok() {
                        backend.link_failures = Fault::link_failures();
                        backend.returned = Instant::now();
                        pools.give_back(&role, backend);
                    } else {
                        end(backend.connection).await;
                        pools.give_up(&role);
                    }
                });
            }
            return;
        }
        backend.returned = Instant::now();
        self.pools.give_back(&self.role, backend);
    }
}

/// Closes connections that nobody asked for in a while, as long as the pools live.
async fn reap(pools: Weak<Shared>) {
    loop {
        let Some(pause) = pools.upgrade().map(|shared| shared.idle / 4) else {
            return;
        };
        tokio::time::sleep(pause.max(Duration::from_millis(100))).await;
        let Some(shared) = pools.upgrade() else {
            return;
        };
        let pools = Pools(shared);
        for (role, backend) in pools.take_rested() {
            end(backend.connection).await;
            pools.give_up(&role);
        }
    }
}

impl Pools {
    fn take_rested(&self) -> Vec<(Role, Backend)> {
        let mut state = self.state();
        let mut rested = Vec::new();
        for (role, share) in &mut state.shares {
            let (keep, close) = std::mem::take(&mut share.idle)
                .into_iter()
                .partition(|backend| backend.returned.elapsed() < self.0.idle);
            share.idle = keep;
            rested.extend(close.into_iter().map(|backend| (role.clone(), backend)));
        }
        state.shares.retain(|_, share| share.open > 0);
        rested
    }
}

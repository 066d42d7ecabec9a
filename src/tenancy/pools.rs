//! Connections: each belongs to one tenant for life, all together stay under one cap.
//!
//! sqlx's pool knows one database user; here many users share one budget. While the budget is spent, a tenant that asks
//! takes the place of a connection that rests, and else waits in line. A returned connection goes to its own tenant's
//! queue, unless a poorer tenant waits. A place that changes hands costs a new connection, with plans to make again, so
//! nothing is taken at once from a tenant that is at work.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::lease::{Backend, Lease, Permit};
use crate::kernel::Fault;
use crate::platform::config;
use crate::platform::database::Address;

/// How long a connection lies idle before a poorer tenant may have its place, and how long a tenant without any waits
/// before it is served ahead of one that has some.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a connection lies idle before even a tenant that has as many may have its place. New connections are dear:
/// twenty tenants who took them from each other at every pause would do little else.
const AT_REST: Duration = Duration::from_secs(5);

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
    /// Those that nobody can use any more, and whose places are not free before they are closed.
    ending: usize,
    idle: Vec<Backend>,
    used: Option<Instant>,
}

struct Waiter {
    role: Role,
    since: Instant,
    grant: oneshot::Sender<Grant>,
}

enum Grant {
    Lend(Lease),
    Open(Permit),
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
            Asked::Wait(line) => match tokio::time::timeout(self.0.patience, self.wait(line)).await
            {
                Ok(Some(Grant::Lend(lease))) => return Ok(lease),
                Ok(Some(Grant::Open(permit))) => permit,
                Ok(None) | Err(_) => return Err(Fault::unavailable("no connection became free")),
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
        if share.places() < self.0.per_tenant && open < cap {
            share.open += 1;
            state.open += 1;
            return Asked::Open(self.permit(role, None));
        }
        let (grant, line) = oneshot::channel();
        state.line.push_back(Waiter {
            role: role.clone(),
            since: Instant::now(),
            grant,
        });
        drop(state);
        self.move_rested();
        Asked::Wait(line)
    }

    /// Waits for what the line brings; looks now and then whether a connection has come to rest meanwhile.
    async fn wait(&self, mut line: oneshot::Receiver<Grant>) -> Option<Grant> {
        loop {
            match tokio::time::timeout(PATIENCE, &mut line).await {
                Ok(granted) => return granted.ok(),
                Err(_) => self.move_rested(),
            }
        }
    }

    /// Gives the place of a connection that rests to the poorest in line.
    fn move_rested(&self) {
        let mut state = self.state();
        if let Some((open, place)) = state.poorest(|_| true, self.0.per_tenant)
            && let Some(rested) = state.evict(open)
            && let Some(waiter) = state.line.remove(place)
        {
            self.grant_place(state, waiter, Some(rested));
        }
    }

    /// Lets a waiter open a connection, in place of an older one if that still stands.
    fn grant_place(
        &self,
        mut state: MutexGuard<'_, State>,
        waiter: Waiter,
        replaces: Option<Backend>,
    ) {
        state.share(&waiter.role).open += 1;
        drop(state);
        let permit = self.permit(&waiter.role, replaces);
        // A waiter that has left drops the permit, which passes the place on.
        drop(waiter.grant.send(Grant::Open(permit)));
    }

    /// Passes a sound connection on: to a waiter, or to rest.
    pub(super) fn give_back(&self, role: &Role, backend: Backend) {
        let mut backend = Some(backend);
        while let Some(returned) = backend.take() {
            let mut state = self.state();
            let Some(waiter) = state.next_after(role, self.0.per_tenant) else {
                state.share(role).idle.push(returned);
                return;
            };
            if waiter.role == *role {
                drop(state);
                let lease = self.lease(role, returned);
                if let Err(Grant::Lend(lease)) = waiter.grant.send(Grant::Lend(lease)) {
                    backend = lease.take_back();
                }
            } else {
                state.share(role).open -= 1;
                self.grant_place(state, waiter, Some(returned));
            }
        }
    }

    /// Notes that a connection is of no more use to its tenant, who may be poor without it.
    pub(super) fn withdraw(&self, role: &Role) {
        self.state().share(role).withdraw();
    }

    /// Passes on the place of a connection that was withdrawn and is gone.
    pub(super) fn give_up(&self, role: &Role) {
        let mut state = self.state();
        state.share(role).ending -= 1;
        let Some(waiter) = state.next_in_line(self.0.per_tenant) else {
            state.open -= 1;
            return;
        };
        self.grant_place(state, waiter, None);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lease(&self, role: &Role, backend: Backend) -> Lease {
        Lease::new(self.clone(), role.clone(), backend)
    }

    fn permit(&self, role: &Role, replaces: Option<Backend>) -> Permit {
        Permit::new(self.clone(), role.clone(), replaces)
    }

    pub(super) fn address(&self) -> &Address {
        &self.0.address
    }

    /// How long a connection is kept.
    pub(super) fn lifetime(&self) -> Duration {
        self.0.lifetime
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

    /// Takes a resting connection from the tenant used least recently, for one that has `open` of them.
    fn evict(&mut self, open: usize) -> Option<Backend> {
        let share = self
            .shares
            .values_mut()
            .filter(|share| {
                let richer = open == 0 || share.open > open + 1;
                share.rests(if richer { PATIENCE } else { AT_REST })
            })
            .min_by_key(|share| share.used)?;
        share.open -= 1;
        // The others were returned later.
        Some(share.idle.remove(0))
    }

    /// Who gets the place of a connection that `from` returns: a tenant that stays poorer than `from`, or that has
    /// nothing and has waited; else `from`'s own queue, and while that is empty nobody.
    fn next_after(&mut self, from: &Role, per_tenant: usize) -> Option<Waiter> {
        let poorest = self.poorest(|role| role != from, per_tenant);
        let own = self.line.iter().position(|waiter| waiter.role == *from);
        let place = match poorest {
            Some((theirs, place)) => {
                let richer = theirs + 1 < self.open_of(from);
                let waited = self.line[place].since.elapsed() > PATIENCE;
                let passes = richer || (theirs == 0 && waited);
                if passes { Some(place) } else { own }
            }
            None => own,
        };
        self.line.remove(place?)
    }

    /// Who gets a place that nobody holds: the poorest, unless its share is full.
    fn next_in_line(&mut self, per_tenant: usize) -> Option<Waiter> {
        let (_, place) = self.poorest(|_| true, per_tenant)?;
        self.line.remove(place)
    }

    /// The waiter whose tenant has the fewest connections, and how many those are; among equals who came first. Not one
    /// whose share is full.
    fn poorest(&mut self, of: impl Fn(&Role) -> bool, per_tenant: usize) -> Option<(usize, usize)> {
        self.line.retain(|waiter| !waiter.grant.is_closed());
        let waiters = self.line.iter().enumerate();
        waiters
            .filter(|(_, waiter)| {
                let share = self.shares.get(&waiter.role);
                of(&waiter.role) && share.is_none_or(|share| share.places() < per_tenant)
            })
            .map(|(place, waiter)| (self.open_of(&waiter.role), place))
            .min()
    }

    fn open_of(&self, role: &Role) -> usize {
        self.shares.get(role).map_or(0, |share| share.open)
    }
}

impl Share {
    /// How many places under the cap it takes.
    fn places(&self) -> usize {
        self.open + self.ending
    }

    fn withdraw(&mut self) {
        self.open -= 1;
        self.ending += 1;
    }

    fn rests(&self, at_least: Duration) -> bool {
        self.idle
            .first()
            .is_some_and(|backend| backend.returned.elapsed() > at_least)
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
            backend.end().await;
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
            for _ in &close {
                share.withdraw();
            }
            rested.extend(close.into_iter().map(|backend| (role.clone(), backend)));
        }
        state.shares.retain(|_, share| share.places() > 0);
        rested
    }
}

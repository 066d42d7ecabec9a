//! The door: reads that see one snapshot, writes that are one transaction, and what a process may remember of a tenant.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::{Executor, PgConnection};
use tokio::sync::{Mutex, MutexGuard};

use super::Settings;
use super::lease::Lease;
use super::pools::{Pools, Role};
use crate::kernel::{Fault, TenantCode};

/// A tenant's data. Nobody can make one but this module, and it is handed out for a verified caller.
#[derive(Clone)]
pub struct TenantDb {
    settings: Arc<Settings>,
    memory: Arc<Memory>,
    pools: Pools,
    role: Role,
}

impl TenantDb {
    pub(super) fn new(settings: Arc<Settings>, memory: Arc<Memory>, pools: Pools) -> Self {
        let role = Role::from(settings.code.schema());
        Self {
            settings,
            memory,
            pools,
            role,
        }
    }

    #[must_use]
    pub fn code(&self) -> &TenantCode {
        &self.settings.code
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// One request's view of the data. Costs nothing until it is read.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            db: self.clone(),
            lease: Mutex::new(None),
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Write, Fault> {
        let mut lease = self.pools.acquire(&self.role).await?;
        lease.in_transaction = true;
        lease.execute("begin").await?;
        Ok(Write {
            lease,
            memory: Arc::clone(&self.memory),
        })
    }

    /// One transaction: committed when `work` succeeds, undone when it refuses or fails.
    ///
    /// # Errors
    /// What `work` answers, or a fault of the database.
    pub async fn write<T, E: From<Fault>>(
        &self,
        work: impl AsyncFnOnce(&mut Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut write = self.begin().await?;
        let done = work(&mut write.db()).await;
        match &done {
            Ok(_) => write.commit().await?,
            Err(_) => write.undo().await?,
        }
        done
    }
}

/// A transaction. Dropped before its end, it is undone: the connection is closed instead of lent again.
pub struct Write {
    lease: Lease,
    memory: Arc<Memory>,
}

impl Write {
    /// The connection inside the transaction.
    pub fn db(&mut self) -> Reader<'_> {
        Reader {
            place: Place::Borrowed(&mut self.lease),
            memory: &self.memory,
        }
    }

    /// # Errors
    /// When the database does not confirm; whether it happened is then not known.
    pub async fn commit(mut self) -> Result<(), Fault> {
        self.lease.execute("commit").await?;
        self.lease.in_transaction = false;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer; it undoes the work by itself then.
    pub async fn undo(mut self) -> Result<(), Fault> {
        self.lease.execute("rollback").await?;
        self.lease.in_transaction = false;
        Ok(())
    }

    /// What comes from here on can be undone by itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mark(&mut self) -> Result<(), Fault> {
        self.lease.execute("savepoint work").await?;
        Ok(())
    }

    /// Undoes what came since the mark, which stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn undo_to_mark(&mut self) -> Result<(), Fault> {
        self.lease.execute("rollback to savepoint work").await?;
        Ok(())
    }
}

/// One request's view: a single statement runs by itself, several see the same moment of the data.
pub struct Snapshot {
    db: TenantDb,
    lease: Mutex<Option<Lease>>,
}

impl Snapshot {
    /// A connection that sees the request's moment: opened at the first call, in a read-only transaction.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<Reader<'_>, Fault> {
        let mut held = self.lease.lock().await;
        if held.is_none() {
            let mut lease = self.db.pools.acquire(&self.db.role).await?;
            lease.in_transaction = true;
            lease
                .execute("begin isolation level repeatable read, read only")
                .await?;
            *held = Some(lease);
        }
        Ok(Reader {
            place: Place::Held(held),
            memory: &self.db.memory,
        })
    }

    /// A connection for the one statement of a request that asks for nothing else: no transaction around it.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read_once(&self) -> Result<Reader<'_>, Fault> {
        let held = self.lease.lock().await;
        if held.is_some() {
            return Ok(Reader {
                place: Place::Held(held),
                memory: &self.db.memory,
            });
        }
        drop(held);
        let lease = self.db.pools.acquire(&self.db.role).await?;
        Ok(Reader {
            place: Place::Owned(Box::new(lease)),
            memory: &self.db.memory,
        })
    }

    /// Ends the view and returns its connection; the next read sees the data as it then is.
    pub async fn end(&self) {
        let held = self.lease.lock().await.take();
        if let Some(mut lease) = held
            && lease.execute("commit").await.is_ok()
        {
            lease.in_transaction = false;
        }
    }
}

/// A connection in use, and what this process remembers of the tenant.
pub struct Reader<'a> {
    place: Place<'a>,
    memory: &'a Memory,
}

enum Place<'a> {
    Held(MutexGuard<'a, Option<Lease>>),
    Owned(Box<Lease>),
    Borrowed(&'a mut PgConnection),
}

impl Deref for Reader<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match &self.place {
            Place::Held(held) => match held.as_ref() {
                Some(lease) => lease,
                None => unreachable!("a reader is made for a lease that is there"),
            },
            Place::Owned(lease) => lease,
            Place::Borrowed(connection) => connection,
        }
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match &mut self.place {
            Place::Held(held) => match held.as_mut() {
                Some(lease) => lease,
                None => unreachable!("a reader is made for a lease that is there"),
            },
            Place::Owned(lease) => lease,
            Place::Borrowed(connection) => connection,
        }
    }
}

/// The moment of a tenant's reference lists: restore count, and the last ledger row that changed one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ReferenceVersion {
    pub epoch: i64,
    pub reference_seq: i64,
}

/// A small list that every process keeps in memory: places, cadres, code lists.
///
/// It is never trusted by age. A statement that used it also reads the version it was true for, and is repeated with
/// a newer list when that differs: so a warm request costs one statement and a stale one is never answered.
pub trait Reference: Sized + Send + Sync + 'static {
    fn load(connection: &mut PgConnection) -> impl Future<Output = Result<Self, Fault>> + Send;
}

/// The remembered lists of one tenant, by type.
#[derive(Default)]
pub(super) struct Memory {
    lists: RwLock<HashMap<TypeId, Remembered>>,
    /// Who loads a list does so alone: of many who find none, the others take what the first one loaded.
    loading: RwLock<HashMap<TypeId, Arc<Mutex<()>>>>,
}

type Remembered = (ReferenceVersion, Arc<dyn Any + Send + Sync>);

impl Memory {
    fn get<R: Reference>(&self) -> Option<(ReferenceVersion, Arc<R>)> {
        let lists = self.lists.read().unwrap_or_else(PoisonError::into_inner);
        let (version, list) = lists.get(&TypeId::of::<R>())?;
        Some((*version, Arc::clone(list).downcast().ok()?))
    }

    fn loading<R: Reference>(&self) -> Arc<Mutex<()>> {
        let mut loading = self.loading.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(loading.entry(TypeId::of::<R>()).or_default())
    }

    /// The list, when it is of this version.
    fn at<R: Reference>(&self, version: ReferenceVersion) -> Option<Arc<R>> {
        let (_, list) = self.get::<R>().filter(|(seen, _)| *seen == version)?;
        Some(list)
    }

    /// Keeps the newest: a slow reader of an old moment must not undo what a later one has seen.
    fn put<R: Reference>(&self, version: ReferenceVersion, list: &Arc<R>) {
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        let newer = lists.get(&TypeId::of::<R>()).is_some_and(|(held, _)| {
            (held.epoch, held.reference_seq) > (version.epoch, version.reference_seq)
        });
        if !newer {
            lists.insert(TypeId::of::<R>(), (version, Arc::clone(list) as _));
        }
    }
}

impl Reader<'_> {
    /// The list as this process last saw it; loaded when it never did. Check the version of what you read with it.
    ///
    /// # Errors
    /// When it has to be loaded and cannot be.
    pub async fn remembered<R: Reference>(&mut self) -> Result<(ReferenceVersion, Arc<R>), Fault> {
        match self.memory.get::<R>() {
            Some(known) => Ok(known),
            None => self.current::<R>().await,
        }
    }

    /// The list as it is in this connection's view; asks for its version, and loads it only when that is new.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn current<R: Reference>(&mut self) -> Result<(ReferenceVersion, Arc<R>), Fault> {
        loop {
            let version = self.reference_version().await?;
            if let Some(list) = self.at(version).await? {
                return Ok((version, list));
            }
        }
    }

    /// The list as of a version that was just read; `None` when it has changed since, outside a transaction.
    ///
    /// # Errors
    /// When it has to be loaded and cannot be.
    pub async fn at<R: Reference>(
        &mut self,
        version: ReferenceVersion,
    ) -> Result<Option<Arc<R>>, Fault> {
        if let Some(list) = self.memory.at(version) {
            return Ok(Some(list));
        }
        let loading = self.memory.loading::<R>();
        let _alone = loading.lock().await;
        if let Some(list) = self.memory.at(version) {
            return Ok(Some(list));
        }
        let list = Arc::new(R::load(self).await?);
        if self.reference_version().await? != version {
            return Ok(None);
        }
        self.memory.put(version, &list);
        Ok(Some(list))
    }

    /// The version of the reference lists in this connection's view.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn reference_version(&mut self) -> Result<ReferenceVersion, Fault> {
        Ok(
            sqlx::query_as("select epoch, reference_seq from ledger_head where only_row")
                .fetch_one(&mut **self)
                .await?,
        )
    }
}

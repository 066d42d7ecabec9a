//! A worker on the wire is made of parts: what the workforce resolves itself is in `objects.rs`.

use std::ops::Deref;
use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Result};

use super::leave::Leave;
use super::particulars::Particulars;
use super::photos::Photo;
use super::service::ServiceEntry;
use crate::graphql::{PersonalKind, check, refuse, request};
use crate::kernel::WorkerId;
use crate::workforce::{self, Attached, Edge, Edges, Flaws, Lists, ServiceKind, attach};

/// A person on the register: employed, once employed, or serving as a volunteer.
#[derive(Clone, MergedObject)]
pub struct Worker(WorkerCredentials, WorkerRecord);

/// What of a worker the workforce itself resolves.
#[derive(Clone)]
pub struct WorkerRecord(Arc<Shown>);

/// What of a worker `credentials` resolves. The parts of one type stand together, and what resolves this one stands above
/// the workforce, which knows nothing of credentials.
#[derive(Clone)]
pub struct WorkerCredentials(Arc<Shown>);

pub struct Shown {
    pub(super) record: workforce::Worker,
    pub(super) lists: Lists,
    /// What was fetched for the whole page together with this worker.
    pub(super) attached: Arc<Attached>,
}

impl Worker {
    #[must_use]
    pub fn new(record: workforce::Worker, lists: Lists, attached: Arc<Attached>) -> Self {
        let shown = Arc::new(Shown {
            record,
            lists,
            attached,
        });
        Self(WorkerCredentials(Arc::clone(&shown)), WorkerRecord(shown))
    }

    #[must_use]
    pub fn domain(&self) -> &workforce::Worker {
        &self.1.record
    }

    /// The opaque id, for whoever takes the worker as a node.
    ///
    /// # Errors
    /// None.
    pub async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        self.1.id(ctx).await
    }
}

impl Deref for WorkerRecord {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.0
    }
}

impl WorkerRecord {
    /// What the page fetched for all its workers; for a worker that is resolved alone, fetched now.
    pub(super) async fn attached(&self, ctx: &Context<'_>, asked: Edges) -> Result<Arc<Attached>> {
        if self.attached.holds(asked) {
            return Ok(Arc::clone(&self.attached));
        }
        let rq = request(ctx);
        let attached = async {
            let mut db = rq.read(true).await?;
            attach(&mut db, rq.actor(), &[self.record.id], asked).await
        };
        let attached = attached.await.map_err(|error| refuse(ctx, error))?;
        Ok(Arc::new(attached))
    }

    /// What the service file says of some kinds.
    pub(super) async fn service_file(
        &self,
        ctx: &Context<'_>,
        is_asked: impl Fn(ServiceKind) -> bool,
    ) -> Result<Vec<ServiceEntry>> {
        let id = self.record.id;
        let fetched = (self.attached.others)
            .fetch::<workforce::ServiceEntry>(id, request(ctx).read(true))
            .await;
        let fetched = fetched.map_err(|error| refuse(ctx, error))?;
        let own = fetched.get(&id).map_or(&[][..], Vec::as_slice);
        let whole = Worker(WorkerCredentials(Arc::clone(&self.0)), self.clone());
        let shown = own.iter().filter(|it| is_asked(it.matter.kind()));
        Ok(ServiceEntry::all_of(&whole, &self.lists, shown))
    }

    /// Nothing of whom nothing is known.
    pub(super) async fn known_particulars(&self, ctx: &Context<'_>) -> Result<Option<Particulars>> {
        let id = self.record.id;
        let fetched = (self.attached.others)
            .fetch::<workforce::Particulars>(id, request(ctx).read(true))
            .await;
        let fetched = fetched.map_err(|error| refuse(ctx, error))?;
        let own = fetched.get(&id).and_then(|it| it.first());
        let known = own.filter(|it| **it != workforce::Particulars::default());
        Ok(known.map(|it| Particulars::new(it.clone(), self.lists.clone())))
    }

    pub(super) async fn kept_photo(&self, ctx: &Context<'_>) -> Result<Option<Photo>> {
        let id = self.record.id;
        let fetched = (self.attached.others)
            .fetch::<workforce::Photo>(id, request(ctx).read(true))
            .await;
        let fetched = fetched.map_err(|error| refuse(ctx, error))?;
        let own = fetched.get(&id).and_then(|it| it.first());
        Ok(own.map(Photo::from))
    }

    pub(super) async fn flaws(&self, ctx: &Context<'_>) -> Result<Flaws> {
        check(ctx, PersonalKind::Quality)?;
        let rq = request(ctx);
        let fetch = |together: Vec<WorkerId>| async move {
            let settings = rq.tenant()?.settings();
            let mut db = rq.read(true).await?;
            let terms = (&self.lists, settings);
            workforce::flaws_of(&mut db, rq.actor(), terms, &together).await
        };
        let flaws = self.attached.flaws(self.record.id, fetch).await;
        flaws.map_err(|error| refuse(ctx, error))
    }

    pub(super) async fn all_leaves(&self, ctx: &Context<'_>) -> Result<Vec<Leave>> {
        check(ctx, PersonalKind::Leave)?;
        let asked = Edges {
            leaves: true,
            ..Edges::default()
        };
        let attached = self.attached(ctx, asked).await?;
        let own = attached
            .leaves
            .as_ref()
            .and_then(|it| it.get(&self.record.id));
        let leaves = own.map_or(&[][..], Vec::as_slice);
        let whole = Worker(WorkerCredentials(Arc::clone(&self.0)), self.clone());
        Ok(Leave::all_of(&whole, &self.lists, leaves))
    }
}

impl WorkerCredentials {
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.0.lists
    }

    /// What another room keeps of this worker, made into objects; fetched for all who are shown together at once.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn edge<E: Edge, T>(
        &self,
        ctx: &Context<'_>,
        wire: impl Fn(&E) -> T,
    ) -> Result<Vec<T>> {
        let id = self.0.record.id;
        let fetched = (self.0.attached.others)
            .fetch::<E>(id, request(ctx).read(true))
            .await;
        let fetched = fetched.map_err(|error| refuse(ctx, error))?;
        let own = fetched.get(&id).map_or(&[][..], Vec::as_slice);
        Ok(own.iter().map(wire).collect())
    }
}

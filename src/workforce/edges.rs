//! What hangs on workers: their careers, numbers, ways to reach them, their leave, what happened to their
//! records.

use std::collections::HashMap;

use tokio::sync::OnceCell;

use super::leave::{self, Leave};
use super::others::Others;
use super::quality::Flaws;
use super::store;
use super::worker::{Contact, Identifier, Posting, Worker};
use super::{Lists, Lookup, find};
use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, Date, Page, PostingId, ReadError, WorkerId};
use crate::ledger::{self, Recorded};
use crate::tenancy::Reader;

/// What hangs on some workers: fetched for all of them at once, one statement for each kind that is asked for.
/// The workers are ones that the caller was shown.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each kind is asked for or not, whatever the others"
)]
pub struct Edges {
    pub postings: bool,
    pub identifiers: bool,
    pub contacts: bool,
    pub leaves: bool,
    /// The newest changes, at most so many for each.
    pub history: Option<u16>,
    /// What is fetched when it is resolved: what other rooms keep of them, and service files.
    pub others: bool,
}

impl Edges {
    #[must_use]
    pub fn any(self) -> bool {
        let own = self.postings || self.identifiers || self.contacts || self.leaves;
        own || self.history.is_some() || self.others
    }

    /// Those that a page fetches with statements of their own; the others come with its rows.
    #[must_use]
    pub fn of_their_own(self) -> Self {
        Self {
            identifiers: false,
            contacts: false,
            ..self
        }
    }

    pub(super) fn readable_by(self, actor: &Actor) -> Self {
        let may = |permission| actor.may(permission).is_ok();
        Self {
            postings: self.postings,
            identifiers: self.identifiers && may(Permission::ReadIdentifiers),
            contacts: self.contacts && may(Permission::ReadContacts),
            leaves: self.leaves && may(Permission::ReadLeave),
            history: self.history.filter(|_| may(Permission::ReadHistory)),
            others: self.others,
        }
    }
}

/// The edges of some workers; a kind that was not asked for, or that the caller may not read, is absent.
#[derive(Debug, Default)]
pub struct Attached {
    pub postings: Option<HashMap<WorkerId, Vec<Posting>>>,
    pub identifiers: Option<HashMap<WorkerId, Vec<Identifier>>>,
    pub contacts: Option<HashMap<WorkerId, Vec<Contact>>>,
    /// The latest first.
    pub leaves: Option<HashMap<WorkerId, Vec<Leave>>>,
    pub history: Option<(u16, HashMap<WorkerId, Vec<Recorded>>)>,
    pub others: Others,
    flaws: OnceCell<HashMap<WorkerId, Flaws>>,
}

impl Attached {
    /// Whether all that is asked for is here.
    #[must_use]
    pub fn holds(&self, asked: Edges) -> bool {
        let history = self.history.as_ref().map_or(0, |(first, _)| *first);
        (!asked.postings || self.postings.is_some())
            && (!asked.identifiers || self.identifiers.is_some())
            && (!asked.contacts || self.contacts.is_some())
            && (!asked.leaves || self.leaves.is_some())
            && asked.history.is_none_or(|first| history >= first)
    }

    /// What is wrong with one of them, fetched for all who are shown together by the first who is asked.
    ///
    /// # Errors
    /// As `fetch`, which is given them.
    pub async fn flaws<F>(
        &self,
        of: WorkerId,
        fetch: impl FnOnce(Vec<WorkerId>) -> F,
    ) -> Result<Flaws, ReadError>
    where
        F: Future<Output = Result<HashMap<WorkerId, Flaws>, ReadError>>,
    {
        let together = self.others.shown_with(of);
        let found = self.flaws.get_or_try_init(|| fetch(together)).await?;
        Ok(found.get(&of).copied().unwrap_or_default())
    }

    /// Takes from the rows of a page what came with them.
    pub(super) fn take(&mut self, page: Page<store::Listed>, edges: Edges) -> Page<Worker> {
        self.identifiers = edges.identifiers.then(HashMap::new);
        self.contacts = edges.contacts.then(HashMap::new);
        page.map(|row| {
            let id = row.worker.id;
            if let Some(identifiers) = &mut self.identifiers {
                identifiers.insert(id, row.identifiers);
            }
            if let Some(contacts) = &mut self.contacts {
                contacts.insert(id, row.contacts);
            }
            row.worker
        })
    }
}

/// # Errors
/// When the database cannot be asked.
pub async fn attach(
    db: &mut Reader<'_>,
    actor: &Actor,
    workers: &[WorkerId],
    edges: Edges,
) -> Result<Attached, ReadError> {
    let edges = edges.readable_by(actor);
    let mut attached = Attached {
        others: Others::of(workers),
        ..Attached::default()
    };
    if edges.postings {
        attached.postings = Some(store::postings(db, workers).await?);
    }
    if edges.identifiers {
        attached.identifiers = Some(store::identifiers(db, workers).await?);
    }
    if edges.contacts {
        attached.contacts = Some(store::contacts(db, workers).await?);
    }
    if edges.leaves {
        attached.leaves = Some(leave::of_workers(db, workers).await?);
    }
    if let Some(first) = edges.history {
        attached.history = Some((first, history(db, actor, workers, first).await?));
    }
    Ok(attached)
}

/// What happened to some records, and to those that went into them.
async fn history(
    db: &mut Reader<'_>,
    actor: &Actor,
    workers: &[WorkerId],
    first: u16,
) -> Result<HashMap<WorkerId, Vec<Recorded>>, ReadError> {
    let gone = store::gone_into(db, workers).await?;
    let ids = workers.iter().chain(gone.keys());
    let ids: Vec<uuid::Uuid> = ids.map(|id| (*id).into()).collect();
    let mut of: HashMap<WorkerId, Vec<Recorded>> = HashMap::new();
    for row in ledger::history(db, actor, &ids, first).await? {
        let subject = WorkerId::from(row.subject_id);
        let kept = gone.get(&subject).copied().unwrap_or(subject);
        of.entry(kept).or_default().push(row);
    }
    for rows in of.values_mut() {
        rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
        rows.truncate(first.into());
    }
    Ok(of)
}

/// One posting, with its worker, when the caller may see them.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
pub async fn find_posting(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: PostingId,
    today: Date,
) -> Result<Option<(Posting, Lists)>, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let Some(posting) = store::posting(db, id).await? else {
        return Ok(None);
    };
    let (worker, lists) = find(db, actor, &Lookup::Id(posting.worker), AsOf::now(today)).await?;
    Ok(worker.map(|_| (posting, lists)))
}

//! The tenant's ledger: every write appends to it in its own transaction, as the last statement before the commit.
//!
//! The append locks the head, takes the next number and chains the hash. So numbers have no gap and stand in commit
//! order, and writers of one tenant queue for the commit alone. History and the change feed are reads of it.

mod document;
mod entry;
mod heads;
mod since;
mod store;

pub use document::{
    Document, DocumentObjection, DocumentUpload, UnknownDocument, document, document_content,
    keep_document,
};
pub use entry::{ActReference, Digest, Entry, Standing, SubjectKind, Verb};
pub use heads::Heads;
pub use since::{ChangedField, Conflict, Fields, since};
pub use store::Recorded;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::auth::{Actor, Permission};
use crate::kernel::{Fault, Instant, OrgUnitId, Page, PageRequest, ReadError, Sector};

/// The newest row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Head {
    pub seq: i64,
    pub epoch: i64,
}

/// What is wrong with a ledger, at the first row where it shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("row {0} is missing")]
    Gap(i64),
    #[error("the content of row {0} is not what was recorded")]
    Content(i64),
    #[error("row {0} does not follow from the row before it")]
    Chain(i64),
    #[error("the head does not match the last row, {0}")]
    Head(i64),
}

/// Whose changes a caller of the feed may see.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// `None`: the whole country.
    pub units: Option<Vec<OrgUnitId>>,
    /// `None`: every sector.
    pub sectors: Option<Vec<Sector>>,
    /// The one record that the caller may see.
    pub person: Option<Uuid>,
}

/// So many rows are appended by one statement.
const BATCH: usize = 5_000;

/// Appends changes, in order. Call it last: it holds the tenant's head until the commit. The documents that their acts name
/// are kept from then on.
///
/// # Errors
/// When the database refuses; [`UnknownDocument`] for a document that is not there for the act, which is the writer's
/// mistake. The transaction is then to be undone.
pub async fn append(tx: &mut PgConnection, actor: &Actor, entries: &[Entry]) -> Result<(), Fault> {
    document::claim(tx, actor, entries).await?;
    match entries {
        [] => Ok(()),
        [entry] => store::append_one(tx, &actor.subject, entry).await,
        many => {
            for batch in many.chunks(BATCH) {
                store::append_many(tx, &actor.subject, batch).await?;
            }
            Ok(())
        }
    }
}

/// What an append would refuse, of changes that are to be undone: nothing is appended, and the head is left to others.
///
/// # Errors
/// As [`append`].
pub async fn rehearse(
    tx: &mut PgConnection,
    actor: &Actor,
    entries: &[Entry],
) -> Result<(), Fault> {
    document::claim(tx, actor, entries).await
}

/// # Errors
/// When the database cannot be asked.
pub async fn head(connection: &mut PgConnection) -> Result<Head, Fault> {
    store::head(connection).await
}

/// What happened to some records, newest first, at most `first` rows each; for callers who may read history.
/// Whether the caller may see the records themselves is the caller's own check.
///
/// # Errors
/// `Denied` without [`Permission::ReadHistory`].
pub async fn history(
    connection: &mut PgConnection,
    actor: &Actor,
    subjects: &[Uuid],
    first: u16,
) -> Result<Vec<Recorded>, ReadError> {
    actor.may(Permission::ReadHistory)?;
    Ok(store::history(connection, subjects, i64::from(first)).await?)
}

/// Whose records were made or corrected after a row.
///
/// # Errors
/// When the database cannot be asked.
pub async fn workers_since(connection: &mut PgConnection, seq: i64) -> Result<Vec<Uuid>, Fault> {
    store::workers_since(connection, seq).await
}

/// The newest changes of one record, newest first, for telling a writer what changed under their hands.
///
/// # Errors
/// When the database cannot be asked.
pub async fn record(connection: &mut PgConnection, subject: Uuid) -> Result<Vec<Recorded>, Fault> {
    store::history(connection, &[subject], 100).await
}

/// What a writer did not see of a record that has gone beyond their version; `None` where it has not, or there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn conflict(
    connection: &mut PgConnection,
    subject: Uuid,
    current: Option<i32>,
    base_version: i32,
) -> Result<Option<Box<Conflict>>, Fault> {
    if current.is_none_or(|version| version == base_version) {
        return Ok(None);
    }
    let history = record(connection, subject).await?;
    Ok(Some(Box::new(Conflict {
        subject,
        base_version,
        changed: since(base_version, &history),
    })))
}

/// When the rows of a feed were recorded: from the one moment on, before the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    pub from: Option<Instant>,
    pub to: Option<Instant>,
}

/// The feed: rows after a number, in commit order, that the caller's reach touches before or after the change, and those
/// about what reaches are made of.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
pub async fn changes(
    connection: &mut PgConnection,
    actor: &Actor,
    (reach, window): (&Reach, Window),
    page: &PageRequest<i64>,
) -> Result<Page<Recorded>, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let after = page.after.unwrap_or(0);
    let rows = store::changes(connection, reach, window, after, page.limit()).await?;
    Ok(Page::from_rows(rows, page))
}

/// Walks the whole chain and names the first row that is wrong.
///
/// # Errors
/// When the database cannot be asked.
pub async fn verify(connection: &mut PgConnection) -> Result<Result<i64, Broken>, Fault> {
    store::verify(connection).await
}

impl Recorded {
    /// Whether the record left the caller's reach with this change: the feed then says so instead of showing it.
    #[must_use]
    pub fn is_tombstone_for(&self, reach: &Reach) -> bool {
        let records = [SubjectKind::Worker, SubjectKind::Submission];
        let is_record = records
            .map(SubjectKind::as_str)
            .contains(&self.subject_kind.as_str());
        if reach.person.is_some() || !is_record {
            return false;
        }
        let unit_left = reach.units.as_ref().is_some_and(|units| {
            self.unit_after
                .is_none_or(|unit| !units.contains(&OrgUnitId::from(unit)))
        });
        let sector_left = reach.sectors.as_ref().is_some_and(|sectors| {
            self.sector_after
                .as_deref()
                .is_none_or(|after| !sectors.iter().any(|sector| sector.as_str() == after))
        });
        unit_left || sector_left
    }
}

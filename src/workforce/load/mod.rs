//! Bulk registration: thousands of persons with their whole careers in a handful of statements.

pub(super) mod store;

use sqlx::PgConnection;

use super::change::Change;
use super::store::keep_facts;
use super::{Contact, Identifier, PersonName, Posting, Sex};
use crate::auth::Actor;
use crate::cadres;
use crate::kernel::{Date, Fault, Instant, OrgUnitId, Sector, WorkerId};
use crate::ledger::{self, Entry, Standing, SubjectKind, Verb};

/// A person to be registered, with everything that is known of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWorker {
    pub id: WorkerId,
    pub name: PersonName,
    pub sex: Sex,
    pub birth_date: Option<Date>,
    /// Whose office keeps the record: the unit of the facility of the latest primary posting.
    pub unit: OrgUnitId,
    /// The sector of the cadre of the latest primary posting.
    pub sector: Sector,
    pub identifiers: Vec<Identifier>,
    pub contacts: Vec<Contact>,
    pub postings: Vec<Posting>,
}

/// Registers a batch of some thousand persons. Rows are taken as they are: a date that breaks a rule of the database
/// refuses the whole batch.
///
/// # Errors
/// When the database refuses; the transaction is then to be undone.
pub async fn load(
    tx: &mut PgConnection,
    actor: &Actor,
    at: Instant,
    batch: &[NewWorker],
) -> Result<(), Fault> {
    cadres::hold(tx).await?;
    write(tx, batch).await?;
    let entries: Vec<Entry> = batch.iter().map(|worker| worker.registration(at)).collect();
    ledger::append(tx, actor, &entries).await
}

/// Writes a batch of new persons; the ledger is the caller's.
pub(super) async fn write(tx: &mut PgConnection, batch: &[NewWorker]) -> Result<(), Fault> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut identifiers: Vec<(WorkerId, &Identifier)> = Vec::with_capacity(batch.len());
    let mut contacts: Vec<(WorkerId, &Contact)> = Vec::with_capacity(batch.len());
    let mut postings: Vec<&Posting> = Vec::with_capacity(batch.len());
    for worker in batch {
        identifiers.extend(worker.identifiers.iter().map(|it| (worker.id, it)));
        contacts.extend(worker.contacts.iter().map(|it| (worker.id, it)));
        postings.extend(&worker.postings);
    }
    store::workers(tx, batch).await?;
    store::identifiers(tx, &identifiers).await?;
    store::contacts(tx, &contacts).await?;
    store::postings(tx, &postings).await?;
    let workers: Vec<WorkerId> = batch.iter().map(|it| it.id).collect();
    keep_facts(tx, &workers).await
}

/// Whether the tenant holds any worker.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_any_registered(connection: &mut PgConnection) -> Result<bool, Fault> {
    store::is_any_registered(connection).await
}

impl NewWorker {
    fn registration(&self, at: Instant) -> Entry {
        let mut change = Change::default();
        change.person(None, (&self.name, self.sex, self.birth_date));
        change.identifiers(&[], &self.identifiers);
        change.contacts(&[], &self.contacts);
        for posting in &self.postings {
            change.posting(None, posting);
        }
        Entry {
            at,
            verb: Verb::Register,
            subject_kind: SubjectKind::Worker,
            subject: self.id.into(),
            before: None,
            after: Some(Standing {
                unit: self.unit,
                sector: self.sector,
            }),
            act: None,
            change: change.into_value(1),
        }
    }
}

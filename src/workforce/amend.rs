//! Changing what other rooms keep of people: under the lock of the record, and told as a change of it.

use super::career::Occasion;
use super::refusal::WriteError;
use super::{Lists, Worker, by_ids, store};
use crate::kernel::{AsOf, Fault, WorkerId};
use crate::ledger::{self, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Locks those of some records that the caller may see.
///
/// # Errors
/// `Denied` without [`crate::auth::Permission::ReadWorkers`].
pub async fn locked_all(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    ids: &[WorkerId],
) -> Result<(Vec<Worker>, Lists), WriteError> {
    store::lock_all(tx, ids).await?;
    Ok(by_ids(tx, occasion.actor, ids, AsOf::now(occasion.today)).await?)
}

/// Raises the versions of locked records and tells the ledger what changed of each; the workers. What changes nothing
/// writes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn amend(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    changes: Vec<(Worker, Fields)>,
) -> Result<Vec<Worker>, Fault> {
    let changes = changes.into_iter();
    let changes = changes.map(|(old, fields)| (old, vec![(verb, fields)]));
    amend_each(tx, occasion, changes.collect()).await
}

/// The same where several things were done to a record, one after the other: each is an entry and a version of its own.
///
/// # Errors
/// When the database refuses.
pub async fn amend_each(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    changes: Vec<(Worker, Vec<(Verb, Fields)>)>,
) -> Result<Vec<Worker>, Fault> {
    let mut workers = Vec::with_capacity(changes.len());
    let mut entries = Vec::new();
    let mut raised = Vec::new();
    for (old, done) in changes {
        let standing = Some(old.standing());
        let mut version = old.version;
        for (verb, fields) in done.into_iter().filter(|(_, fields)| !fields.is_empty()) {
            version += 1;
            entries.push(Entry {
                at: occasion.now,
                verb,
                subject_kind: SubjectKind::Worker,
                subject: old.id.into(),
                before: standing,
                after: standing,
                act: occasion.act.clone(),
                change: fields.into_value(version),
            });
        }
        if version > old.version {
            raised.push((old.id, version - old.version));
        }
        workers.push(Worker { version, ..old });
    }
    store::bump_all(tx, &raised).await?;
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(workers)
}

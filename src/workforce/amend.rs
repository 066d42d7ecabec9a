//! Changing what other rooms keep of people: under the lock of the record, and told as a change of it.

use super::career::Occasion;
use super::refusal::WriteError;
use super::{Lists, Worker, by_ids, store};
use crate::kernel::{AsOf, Fault, WorkerId};
use crate::ledger::{self, Entry, Fields, Standing, SubjectKind, Verb};
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
    let mut workers = Vec::new();
    let mut entries = Vec::new();
    let mut raised = Vec::new();
    for (old, fields) in changes {
        if fields.is_empty() {
            workers.push(old);
            continue;
        }
        let standing = Some(Standing {
            unit: old.unit,
            sector: old.sector,
        });
        let version = old.version + 1;
        raised.push(old.id);
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
        workers.push(Worker { version, ..old });
    }
    store::bump_all(tx, &raised).await?;
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(workers)
}

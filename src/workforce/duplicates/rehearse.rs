//! What would become of two records if they were made one, told before anybody does it.

use serde::{Deserialize, Serialize};

use super::unite::{MergeWorkers, United, unite};
use crate::ledger;
use crate::tenancy::Reader;
use crate::workforce::career::Occasion;
use crate::workforce::correction::lists_of;
use crate::workforce::refusal::WriteError;
use crate::workforce::{Contact, Identifier, Posting, store as workers};

/// What would become of two records, with what would hang on the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsed {
    pub united: United,
    pub postings: Vec<Posting>,
    pub identifiers: Vec<Identifier>,
    pub contacts: Vec<Contact>,
}

/// Makes two records one in a transaction that the caller undoes: so whatever a merge meets, this meets as well. Only the
/// ledger is told nothing, and whoever else writes does not wait for it.
///
/// # Errors
/// Those of [`merge_workers`](super::merge_workers).
#[tracing::instrument(name = "workforce.rehearse_merge", skip_all, fields(worker.id = %merge.keep))]
pub async fn rehearse_merge(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    merge: MergeWorkers,
) -> Result<Rehearsed, WriteError> {
    let (united, entries) = unite(tx, occasion, merge).await?;
    ledger::rehearse(tx, occasion.actor, &entries).await?;
    let id = united.worker.id;
    let (identifiers, contacts) = lists_of(tx, occasion.actor, id).await?;
    let postings = workers::postings(tx, &[id]).await?.remove(&id);
    Ok(Rehearsed {
        united,
        postings: postings.unwrap_or_default(),
        identifiers,
        contacts,
    })
}

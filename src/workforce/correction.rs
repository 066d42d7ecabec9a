//! Correcting a person's record: as it was seen, or merged by field with what others made of it meanwhile. What needs a
//! second person is not corrected, but asked for.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::approvals;
use super::career::Occasion;
use super::change::Change;
use super::conflicts::{self, Since};
use super::duplicates;
use super::record::{locked, stale, taken};
use super::refusal::WriteError;
use super::settle::{Settled, Standard, settle};
use super::{Contact, Edges, Identifier, Sex, Worker, attach, store};
use crate::auth::{Actor, Permission};
use crate::kernel::{ChangeRequestId, ConflictId, Date, ReadError, Reason, WorkerId};
use crate::ledger::{self, Entry, Recorded, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Corrections of a record; what is absent stays.
#[derive(Clone, Debug)]
pub struct CorrectWorker {
    pub worker: WorkerId,
    pub base_version: i32,
    pub family_name: Option<String>,
    pub given_names: Option<String>,
    pub sex: Option<Sex>,
    /// `Some(None)` says that the date is not known after all.
    pub birth_date: Option<Option<Date>>,
    pub identifiers: Option<Vec<Identifier>>,
    pub contacts: Option<Vec<Contact>>,
    /// Absent: as is usual for the occasion.
    pub on_conflict: Option<OnConflict>,
    /// The idempotency key of the request.
    pub key: Option<String>,
}

/// What becomes of a correction when somebody else changed the record first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict {
    Refuse,
    /// Merged by field; where both changed one, the correction of it waits for somebody to look at both values.
    Merge,
}

/// A corrected record, and the corrections of it that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    #[serde(flatten)]
    pub worker: Worker,
    #[serde(default)]
    pub conflicts: Vec<ConflictId>,
    /// What waits for a second person.
    #[serde(default)]
    pub request: Option<ChangeRequestId>,
}

/// How many people stand behind a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Authors {
    One,
    Two,
}

/// Corrects a person's record. A correction that changes nothing writes nothing.
///
/// # Errors
/// All refusals of the input at once; `Stale` with both versions; `Denied` without [`Permission::CorrectWorkers`].
#[tracing::instrument(name = "workforce.correct", skip_all, fields(worker.id = %correction.worker))]
pub async fn correct(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    correction: CorrectWorker,
) -> Result<Corrected, WriteError> {
    carry_out(tx, occasion, correction, Authors::One).await
}

/// The same of what somebody asked for and somebody else approves: nothing of it waits.
pub(super) async fn correct_for_two(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    correction: CorrectWorker,
) -> Result<Corrected, WriteError> {
    carry_out(tx, occasion, correction, Authors::Two).await
}

async fn carry_out(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    correction: CorrectWorker,
    authors: Authors,
) -> Result<Corrected, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::CorrectWorkers)?;
    let usual = if occasion.offline {
        OnConflict::Merge
    } else {
        OnConflict::Refuse
    };
    let base = correction.base_version;
    let merges = correction.on_conflict.unwrap_or(usual) == OnConflict::Merge;
    let version = Some(base).filter(|_| !merges);
    let (old, lists) = locked(tx, occasion, correction.worker, version).await?;
    let history = if merges && base != old.version {
        ledger::record(tx, old.id.into()).await?
    } else {
        Vec::new()
    };
    let since = since(&history, (&old, &correction), actor);
    if merges && base != old.version && since.is_none() {
        return Err(stale(tx, base, old).await?.at(&["baseVersion"]).into());
    }
    let (old_identifiers, old_contacts) = lists_of(tx, actor, old.id).await?;
    let standing = Standard {
        worker: &old,
        identifiers: old_identifiers,
        contacts: old_contacts,
    };
    let key = correction.key.clone();
    let new = settle(&standing, occasion, &lists, correction, since.as_ref());
    let mut new = new.map_err(WriteError::Refused)?;
    let waiting = match authors {
        Authors::One => new.hold_back(&standing, &lists.approvals),
        Authors::Two => Vec::new(),
    };
    let changed = write(tx, occasion, &standing, &new).await?;
    let is_changed = changed.is_some();
    let (conflicts, noted) = conflicts::note(tx, occasion, &old, key, new.clashes).await?;
    let mut entries: Vec<Entry> = changed.into_iter().chain(noted).collect();
    let request = if waiting.is_empty() {
        None
    } else {
        let (id, asked) = approvals::ask(tx, occasion, &old, waiting).await?;
        entries.push(asked);
        Some(id)
    };
    ledger::append(tx, actor, &entries).await?;
    Ok(Corrected {
        worker: if is_changed { new.worker } else { old },
        conflicts,
        request,
    })
}

/// What others made of a record, when that can be told: the id of a record that went into another has versions of its
/// own.
fn since<'a>(
    history: &'a [Recorded],
    (old, correction): (&Worker, &CorrectWorker),
    actor: &'a Actor,
) -> Option<Since<'a>> {
    let since = Since::new(
        correction.base_version,
        old.version,
        history,
        &actor.subject,
    );
    since.filter(|_| correction.worker == old.id)
}

/// The numbers of a person, and the ways to reach them.
pub(super) async fn lists_of(
    tx: &mut Reader<'_>,
    actor: &Actor,
    id: WorkerId,
) -> Result<(Vec<Identifier>, Vec<Contact>), ReadError> {
    let all = Edges {
        identifiers: true,
        contacts: true,
        ..Edges::default()
    };
    let mut attached = attach(tx, actor, &[id], all).await?;
    let of_worker = |it: &mut HashMap<WorkerId, _>| it.remove(&id);
    let identifiers = (attached.identifiers.as_mut().and_then(of_worker)).unwrap_or_default();
    let of_worker = |it: &mut HashMap<WorkerId, _>| it.remove(&id);
    let contacts = (attached.contacts.as_mut().and_then(of_worker)).unwrap_or_default();
    Ok((identifiers, contacts))
}

impl CorrectWorker {
    /// A correction of nothing yet, by somebody who has the record before them.
    #[must_use]
    pub fn of(worker: &Worker) -> Self {
        Self {
            worker: worker.id,
            base_version: worker.version,
            family_name: None,
            given_names: None,
            sex: None,
            birth_date: None,
            identifiers: None,
            contacts: None,
            on_conflict: None,
            key: None,
        }
    }
}

/// Writes what changed of a record; what the ledger is to say of it, if anything changed.
async fn write(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    old: &Standard<'_>,
    new: &Settled,
) -> Result<Option<Entry>, WriteError> {
    let (was, worker) = (old.worker, &new.worker);
    let mut change = Change::default();
    let before = (&was.name, was.sex, was.birth_date);
    change.person(Some(before), (&worker.name, worker.sex, worker.birth_date));
    if let Some(new) = &new.identifiers {
        change.identifiers(&old.identifiers, new);
    }
    if let Some(new) = &new.contacts {
        change.contacts(&old.contacts, new);
    }
    if change.is_empty() {
        return Ok(None);
    }
    store::update_worker(tx, worker).await?;
    if let Some(new) = &new.identifiers {
        let replaced = store::replace_identifiers(tx, worker.id, new).await;
        replaced.map_err(taken)?;
    }
    if let Some(new) = &new.contacts {
        store::replace_contacts(tx, worker.id, new).await?;
    }
    if (worker.sex, worker.birth_date) != (was.sex, was.birth_date) {
        store::keep_facts(tx, &[worker.id]).await?;
    }
    duplicates::compare(tx, worker.id, &worker.name.key(), occasion.now).await?;
    let standing = Some(worker.standing());
    Ok(Some(Entry {
        at: occasion.now,
        verb: Verb::Correct,
        subject_kind: SubjectKind::Worker,
        subject: worker.id.into(),
        before: standing,
        after: standing,
        act: occasion.act.clone(),
        change: change.into_value(worker.version),
    }))
}

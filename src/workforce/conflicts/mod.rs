//! The inbox of conflicts: two people gave one field of a record two values, and a third looks at both. What makes a
//! conflict is in `three_way.rs`; [`note`] is called by whoever corrects.

mod store;
mod three_way;

use serde_json::{Value, json};

pub(super) use three_way::{Clash, Since, identifier};

use super::career::{Occasion, is_not_found};
use super::correction::{CorrectWorker, OnConflict, correct, lists_of};
use super::record::locked;
use super::refusal::{Objection, Refusal, WriteError};
use super::{Identifier, Lists, Reach, Sex, Worker};
use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, ConflictId, Date, Fault, Id, Instant, OrgUnitId, Page, PageRequest, ReadError, Reason,
    WorkerId,
};
use crate::ledger::{self, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Two values of one field, of which the record has the one that came first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictItem {
    pub id: ConflictId,
    pub worker: WorkerId,
    /// As the ledger names it; `identifiers.<type>` for a number of that type.
    pub field: String,
    /// What the later writer had seen.
    pub base: Value,
    /// What somebody else made of it meanwhile.
    pub theirs: Value,
    /// What the later writer wanted.
    pub mine: Value,
    pub their_actor: String,
    pub their_at: Instant,
    /// The row of the ledger that has their change.
    pub their_seq: i64,
    pub my_actor: String,
    pub my_at: Instant,
    /// The idempotency key under which the later change was sent.
    pub key: Option<String>,
    pub state: ConflictState,
    pub decided_by: Option<String>,
    pub decided_at: Option<Instant>,
    pub version: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictState {
    Open,
    /// The record kept what it had.
    Kept,
    /// The later value was taken.
    Taken,
    /// The later value was taken, and waits for a second person.
    Requested,
}

/// Which conflicts; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct ConflictFilter {
    pub ids: Option<Vec<ConflictId>>,
    pub worker: Option<WorkerId>,
    /// Of records that are kept in this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub state: Option<ConflictState>,
}

#[derive(Clone, Debug)]
pub struct ResolveConflict {
    pub conflict: ConflictId,
    /// Whether the later value is taken.
    pub takes_mine: bool,
    pub base_version: i32,
}

impl ConflictState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Kept, Self::Taken, Self::Requested];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Kept => "kept",
            Self::Taken => "taken",
            Self::Requested => "requested",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Puts into the inbox what clashes with a record; which items, and what the ledger is to say of them. Whoever wants
/// another value still, for the same field, says so in the item that waits.
pub(super) async fn note(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    worker: &Worker,
    key: Option<String>,
    clashes: Vec<Clash>,
) -> Result<(Vec<ConflictId>, Vec<Entry>), Fault> {
    let (mut ids, mut entries) = (Vec::new(), Vec::new());
    for clash in clashes {
        let me = (occasion.actor.subject.as_str(), occasion.now);
        let (id, version) = store::put(tx, worker.id, &clash, me, key.as_deref()).await?;
        let mut fields = Fields::default();
        fields.note("worker", Value::Null, json!(WorkerId::encode(worker.id)));
        fields.note("field", Value::Null, json!(clash.field));
        fields.note("base", Value::Null, clash.base);
        fields.note("theirs", Value::Null, clash.theirs);
        fields.note("mine", Value::Null, clash.mine);
        ids.push(id);
        entries.push(entry(
            occasion,
            Verb::NoteConflict,
            worker,
            (id, version),
            fields,
        ));
    }
    Ok((ids, entries))
}

fn entry(
    occasion: &Occasion<'_>,
    verb: Verb,
    worker: &Worker,
    (id, version): (ConflictId, i32),
    fields: Fields,
) -> Entry {
    let standing = Some(worker.standing());
    Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Conflict,
        subject: id.into(),
        before: standing,
        after: standing,
        act: occasion.act.clone(),
        change: fields.into_value(version),
    }
}

/// A page of the conflicts about records that the caller may see, the newest first.
///
/// # Errors
/// `Denied` without [`Permission::CorrectWorkers`].
#[tracing::instrument(name = "workforce.conflicts", skip_all)]
pub async fn conflicts(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &ConflictFilter,
    today: Date,
    request: &PageRequest<ConflictId>,
) -> Result<Page<ConflictItem>, ReadError> {
    actor.may(Permission::CorrectWorkers)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let reach = Reach::of(actor, &lists).narrowed(&lists.places_today, filter.unit, None);
    let rows = store::page(db, filter, &reach, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, filter, &reach).await?);
    }
    Ok(page)
}

/// Decides which of two values a record is to have. The later one is a correction, as of now.
///
/// # Errors
/// Its refusals, those of the correction among them; `Denied` without [`Permission::CorrectWorkers`].
#[tracing::instrument(name = "workforce.resolve_conflict", skip_all, fields(conflict.id = %resolve.conflict))]
pub async fn resolve_conflict(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    resolve: ResolveConflict,
) -> Result<ConflictId, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::CorrectWorkers)?;
    let not_found = || Objection::ConflictNotFound.at(&["conflict"]);
    let seen = store::one(tx, resolve.conflict).await?;
    let seen = seen.ok_or_else(not_found)?;
    let (worker, _) = match locked(tx, occasion, seen.worker, None).await {
        // The caller named a conflict, so it is the conflict that does not exist for them.
        Err(WriteError::Refused(refusals)) if is_not_found(&refusals) => {
            return Err(not_found().into());
        }
        other => other?,
    };
    // Read again under the lock of the record: somebody else may have decided meanwhile.
    let item = store::one(tx, resolve.conflict).await?;
    let item = item.ok_or_else(not_found)?;
    if item.state != ConflictState::Open {
        return Err(Objection::ConflictDecided.at(&["conflict"]).into());
    }
    if item.version != resolve.base_version {
        return Err(Objection::ConflictChanged.at(&["baseVersion"]).into());
    }
    let state = if resolve.takes_mine {
        let taken = taking(tx, occasion, &worker, &item).await?;
        let corrected = correct(tx, occasion, taken)
            .await
            .map_err(of_the_conflict)?;
        match corrected.request {
            None => ConflictState::Taken,
            Some(_) => ConflictState::Requested,
        }
    } else {
        ConflictState::Kept
    };
    let decided = (actor.subject.as_str(), occasion.now);
    store::decide(tx, item.id, state, decided).await?;
    let mut fields = Fields::default();
    let was = ConflictState::Open;
    fields.note("state", json!(was.as_str()), json!(state.as_str()));
    let version = item.version + 1;
    let entry = entry(
        occasion,
        Verb::ResolveConflict,
        &worker,
        (item.id, version),
        fields,
    );
    ledger::append(tx, actor, &[entry]).await?;
    Ok(item.id)
}

/// The correction that gives a record the later value.
async fn taking(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    worker: &Worker,
    item: &ConflictItem,
) -> Result<CorrectWorker, WriteError> {
    let mut taken = CorrectWorker::of(worker);
    taken.on_conflict = Some(OnConflict::Refuse);
    let text = || item.mine.as_str().map(str::to_owned);
    match item.field.as_str() {
        "familyName" => taken.family_name = text(),
        "givenNames" => taken.given_names = text(),
        "sex" => taken.sex = item.mine.as_str().and_then(Sex::parse),
        "birthDate" => {
            let day = serde_json::from_value(item.mine.clone());
            taken.birth_date = Some(day.map_err(Fault::from)?);
        }
        _ => {
            let (mut identifiers, _) = lists_of(tx, occasion.actor, worker.id).await?;
            if let Some(theirs) = three_way::identifier(&item.theirs) {
                identifiers.retain(|it| !is_same(it, &theirs));
            }
            identifiers.extend(three_way::identifier(&item.mine));
            taken.identifiers = Some(identifiers);
        }
    }
    Ok(taken)
}

fn is_same(one: &Identifier, other: &Identifier) -> bool {
    one.type_code == other.type_code && one.key() == other.key()
}

/// The caller named a conflict: what is wrong with its value is wrong with that.
fn of_the_conflict(error: WriteError) -> WriteError {
    match error {
        WriteError::Refused(refusals) => {
            let refusals = refusals.into_iter().map(|it| Refusal {
                path: vec!["conflict".to_owned()],
                ..it
            });
            WriteError::Refused(refusals.collect())
        }
        other => other,
    }
}

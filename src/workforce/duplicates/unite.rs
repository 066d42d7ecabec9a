//! Two records of one person become one, and two again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::error::DatabaseError;

use super::person::{Person, Taken, needs_two};
use super::store::{Aside, Moved};
use super::{compare, store};
use crate::auth::Permission;
use crate::cadres;
use crate::forms;
use crate::kernel::{AsOf, Fault, Id, OrgUnitId, Reason, Sector, SubmissionId, WorkerId};
use crate::ledger::{self, Entry, Fields, Standing, SubjectKind, Verb};
use crate::tenancy::Reader;
use crate::workforce::career::{Occasion, finish_at, finished_at, is_not_found};
use crate::workforce::change::Change;
use crate::workforce::record::locked_as;
use crate::workforce::refusal::{Objection, WriteError};
use crate::workforce::{
    Lists, Lookup, Particulars, Posting, Worker, particulars, store as workers,
};

/// Two records that are one person's.
#[derive(Clone, Debug)]
pub struct MergeWorkers {
    pub keep: WorkerId,
    pub keep_version: i32,
    /// The record that goes into the other; its id resolves to that from then on.
    pub absorb: WorkerId,
    pub absorb_version: i32,
    /// What the record that goes has right.
    pub take: Vec<Taken>,
}

#[derive(Clone, Debug)]
pub struct UnmergeWorkers {
    /// The id of the record that went into another.
    pub absorbed: WorkerId,
    /// The version of the other that the caller saw.
    pub base_version: i32,
}

/// What became of two records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct United {
    pub worker: Worker,
    /// How many rows of the record that went stand with the other now.
    pub moved: usize,
    /// Its postings on days on which the other is posted already: they are kept for undoing, and told nowhere else.
    pub set_aside: Vec<Posting>,
}

/// All that undoing needs, personal content as in the records themselves.
#[derive(Serialize, Deserialize)]
pub(super) struct Undo {
    /// The row of the record that went.
    gone: Value,
    moved: Vec<Moved>,
    aside: Vec<Aside>,
    /// The pairs that either stood in.
    pairs: Vec<Aside>,
    submissions: Vec<SubmissionId>,
    /// Who the kept person was, and who they were afterwards.
    before: Person,
    after: Person,
    unit: OrgUnitId,
    sector: Sector,
    /// What was not known of the kept person and was of the other.
    #[serde(default)]
    filled: Particulars,
}

/// Makes two records one: all that hangs on the one hangs on the other from now on, and both ids name it.
///
/// # Errors
/// Its refusals; `Stale` with both versions; `Denied` without [`Permission::ResolveDuplicates`].
#[tracing::instrument(name = "workforce.merge_workers", skip_all, fields(worker.id = %merge.keep))]
pub async fn merge_workers(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    merge: MergeWorkers,
) -> Result<United, WriteError> {
    let (united, entries) = unite(tx, occasion, merge).await?;
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(united)
}

/// The same, but that what the ledger is to say of it is not said yet.
pub(super) async fn unite(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    merge: MergeWorkers,
) -> Result<(United, Vec<Entry>), WriteError> {
    occasion.actor.may(Permission::ResolveDuplicates)?;
    cadres::hold(tx).await?;
    // In one order, whichever way round two callers name them.
    for id in [merge.keep.min(merge.absorb), merge.keep.max(merge.absorb)] {
        workers::lock(tx, id).await?;
    }
    let version = Some(merge.keep_version);
    let (kept, lists) =
        locked_as(tx, occasion, merge.keep, version, ["keep", "keepVersion"]).await?;
    let version = Some(merge.absorb_version);
    let fields = ["absorb", "absorbVersion"];
    let (gone, _) = locked_as(tx, occasion, merge.absorb, version, fields).await?;
    if kept.id == gone.id {
        return Err(Objection::SameRecord.at(&["absorb"]).into());
    }
    let (before, other) = (Person::of(&kept), Person::of(&gone));
    if needs_two(&before, &other, &merge.take, &lists.approvals) {
        return Err(Objection::NeedsSecondPerson.at(&["take"]).into());
    }
    let after = before.with(&other, &merge.take);
    let pairs = store::take_pairs(tx, &[kept.id, gone.id]).await?;
    let postings = workers::postings(tx, &[gone.id]).await?.remove(&gone.id);
    let of_kept = particulars::of(tx, kept.id).await?;
    let of_other = particulars::of(tx, gone.id).await?;
    workers::forget_facts(tx, gone.id).await?;
    let (moved, aside) = store::move_rows(tx, gone.id, kept.id)
        .await
        .map_err(clash(Objection::RecordsClash, "absorb"))?;
    let submissions = hand_over(tx, &lists, gone.id, kept.id, None).await?;
    let (filled, told) = particulars::fill(tx, kept.id, &of_other).await?;
    let row = store::take_row(tx, gone.id).await?;
    let worker = after.on(&kept);
    workers::update_worker(tx, &worker).await?;
    let set_aside = of_rows(postings.unwrap_or_default(), &aside);
    let count = moved.len();
    let mut change = Change::default();
    let was = (&kept.name, kept.sex, kept.birth_date);
    change.person(Some(was), (&worker.name, worker.sex, worker.birth_date));
    change.particulars(&of_kept, &told);
    change.united(gone.id, true);
    let undo = Undo {
        gone: row,
        moved,
        aside,
        pairs,
        submissions,
        before,
        after,
        unit: kept.unit,
        sector: kept.sector,
        filled,
    };
    let undo = serde_json::to_value(undo).map_err(Fault::internal)?;
    store::note(tx, gone.id, kept.id, occasion.now, &undo).await?;
    compare(tx, kept.id, &worker.name.key(), occasion.now).await?;
    let (stood, stands) = (gone.standing(), kept.standing());
    let verb = Verb::MergeWorkers;
    let (worker, mut entries) = finished_at(tx, occasion, verb, (&worker, stands), change).await?;
    let entry = of_gone(occasion, verb, (&gone, kept.id), (Some(stood), None));
    entries.push(entry);
    let united = United {
        worker,
        moved: count,
        set_aside,
    };
    Ok((united, entries))
}

/// Makes the two records that were made one two again: what came from the record that went goes back to it, what was
/// added since stays. The record that was kept, and the other.
///
/// # Errors
/// Its refusals; `Stale` with both versions; `Denied` without [`Permission::ResolveDuplicates`].
#[tracing::instrument(name = "workforce.unmerge_workers", skip_all, fields(worker.id = %unmerge.absorbed))]
pub async fn unmerge_workers(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    unmerge: UnmergeWorkers,
) -> Result<(Worker, Worker), WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::ResolveDuplicates)?;
    cadres::hold(tx).await?;
    let not_merged = || Objection::NotMerged.at(&["absorbed"]);
    let (into, _) = (store::last_into(tx, unmerge.absorbed).await?).ok_or_else(not_merged)?;
    let version = Some(unmerge.base_version);
    let fields = ["absorbed", "baseVersion"];
    let (kept, lists) = match locked_as(tx, occasion, into, version, fields).await {
        Err(WriteError::Refused(refusals)) if is_not_found(&refusals) => {
            return Err(not_merged().into());
        }
        other => other?,
    };
    // Looked at again under the lock.
    let last = store::last_into(tx, unmerge.absorbed).await?;
    match last {
        Some((into, last)) if into == kept.id && last == unmerge.absorbed => {}
        Some((into, last)) if into == kept.id => {
            return Err(Objection::LaterMerge(last).at(&["absorbed"]).into());
        }
        _ => return Err(not_merged().into()),
    }
    let (_, undo) = (store::united(tx, unmerge.absorbed).await?).ok_or_else(not_merged)?;
    let gone = unmerge.absorbed;
    store::take_pairs(tx, &[kept.id]).await?;
    let told = particulars::of(tx, kept.id).await?;
    store::restore(tx, (gone, &undo.gone), kept.id, &undo.moved, &undo.aside)
        .await
        .map_err(clash(Objection::PlaceTaken, "absorbed"))?;
    hand_over(tx, &lists, kept.id, gone, Some(&undo.submissions)).await?;
    let left = particulars::empty(tx, kept.id, &undo.filled).await?;
    let person = Person::of(&kept).without(&undo.before, &undo.after);
    let worker = person.on(&kept);
    workers::update_worker(tx, &worker).await?;
    store::put_pairs(tx, &undo.pairs).await?;
    let restored = stand_again(tx, occasion, gone).await?;
    compare(tx, gone, &restored.name.key(), occasion.now).await?;
    compare(tx, kept.id, &worker.name.key(), occasion.now).await?;
    let mut change = Change::default();
    let was = (&kept.name, kept.sex, kept.birth_date);
    change.person(Some(was), (&worker.name, worker.sex, worker.birth_date));
    change.particulars(&told, &left);
    change.united(gone, false);
    let otherwise = Standing {
        unit: undo.unit,
        sector: undo.sector,
    };
    let done = (&worker, otherwise);
    let worker = finish_at(tx, occasion, Verb::UnmergeWorkers, done, change).await?;
    let stands = Some(restored.standing());
    let entry = of_gone(
        occasion,
        Verb::UnmergeWorkers,
        (&restored, kept.id),
        (None, stands),
    );
    ledger::append(tx, actor, &[entry]).await?;
    Ok((worker, restored))
}

/// Those of some postings whose rows were set aside.
fn of_rows(postings: Vec<Posting>, aside: &[Aside]) -> Vec<Posting> {
    let is_aside = |it: &Posting| {
        let id = uuid::Uuid::from(it.id).to_string();
        aside.iter().any(|row| row.row["posting_id"] == id)
    };
    postings.into_iter().filter(is_aside).collect()
}

/// The answers about one person are about the other from now on: all of them, or those that are named.
async fn hand_over(
    tx: &mut Reader<'_>,
    lists: &Lists,
    from: WorkerId,
    to: WorkerId,
    only: Option<&[SubmissionId]>,
) -> Result<Vec<SubmissionId>, Fault> {
    forms::hand_over(tx, &lists.forms, from.into(), to.into(), only).await
}

/// A record that is back: at a version that nobody has seen, and where its latest posting is.
async fn stand_again(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: WorkerId,
) -> Result<Worker, WriteError> {
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let postings = workers::postings(tx, &[id]).await?.remove(&id);
    let latest = postings
        .unwrap_or_default()
        .into_iter()
        .find(|it| it.is_primary);
    let stands = latest.and_then(|it| {
        let unit = lists.places.facility(it.facility)?.unit;
        let sector = lists.cadres.get(it.cadre)?.sector;
        Some(Standing { unit, sector })
    });
    store::stand_again(tx, id, stands).await?;
    workers::keep_facts(tx, &[id]).await?;
    let lookup = Lookup::Id(id);
    let (_, found) = workers::find(tx, &lookup, occasion.today).await?;
    Ok(found.ok_or_else(|| Fault::internal("a restored record is not there"))?)
}

/// What the ledger says of the record that goes into another, or comes back out of it.
fn of_gone(
    occasion: &Occasion<'_>,
    verb: Verb,
    (gone, kept): (&Worker, WorkerId),
    (before, after): (Option<Standing>, Option<Standing>),
) -> Entry {
    let (from, to) = match verb {
        Verb::MergeWorkers => (json!(null), json!(kept.encode())),
        _ => (json!(kept.encode()), json!(null)),
    };
    let mut fields = Fields::default();
    fields.note("mergedInto", from, to);
    let version = match verb {
        Verb::MergeWorkers => gone.version + 1,
        _ => gone.version,
    };
    Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Worker,
        subject: gone.id.into(),
        before,
        after,
        act: occasion.act.clone(),
        change: fields.into_value(version),
    }
}

/// What others name cannot be set aside, and what was set aside may find its place taken.
fn clash(objection: Objection, field: &'static str) -> impl FnOnce(sqlx::Error) -> WriteError {
    move |error| {
        let code = error.as_database_error().and_then(DatabaseError::code);
        match code.as_deref() {
            Some("23503" | "23505" | "23P01") => objection.at(&[field]).into(),
            _ => WriteError::Fault(error.into()),
        }
    }
}

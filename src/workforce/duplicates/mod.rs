//! Records that may be one person's: told before one is made, waiting to be looked at, made one and two again.
//!
//! [`merge_workers`] and [`unmerge_workers`] are in `unite.rs`, what a merge would do in `rehearse.rs`, comparing whole files of people in `search.rs`; what
//! makes two records alike, in `likeness.rs`.

mod likeness;
mod person;
mod rehearse;
mod search;
mod store;
mod unite;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

pub use likeness::{Likeness, Profile, QUEUED, REFUSED, Sign};
pub use person::Taken;
pub use rehearse::{Rehearsed, rehearse_merge};
pub use search::{Searched, search};
pub use unite::{MergeWorkers, United, UnmergeWorkers, merge_workers, unmerge_workers};

use unite::Undo;

use super::career::Occasion;
use super::check::{Patterns, contacts, identifiers};
use super::refusal::{Objection, WriteError};
use super::{Contact, ContactKind, Identifier, Lists, PersonName, Reach, Sex};
use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, Date, DuplicateId, Fault, Id, Instant, Invalid, OrgUnitId, Page, PageRequest, ReadError,
    Reason, Unfit, WorkerId,
};
use crate::ledger::{self, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;

/// With so many others at most a record makes pairs: with those that it is most like.
const MOST: usize = 20;

/// Two records that may be one person's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pair {
    pub id: DuplicateId,
    pub first: WorkerId,
    pub second: WorkerId,
    pub likeness: Likeness,
    pub found_at: Instant,
    /// Who said that they are two people, and why.
    pub verdict: Option<Verdict>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    pub because: String,
    pub by: String,
    pub at: Instant,
}

/// Which pairs; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct PairFilter {
    /// At least one of the records is kept in this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub minimum_score: Option<u8>,
    /// One of the records is this.
    pub worker: Option<WorkerId>,
    /// Those of which somebody said that they are two people, instead of those that wait.
    pub decided: bool,
}

/// Where a page of pairs begins: the pair before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PairKey {
    pub score: u8,
    pub id: DuplicateId,
}

/// One who may be the person that somebody is about to register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likely {
    pub worker: WorkerId,
    pub likeness: Likeness,
}

/// A record that went into another.
#[derive(Clone, Copy, Debug)]
pub struct Merge {
    pub number: i64,
    pub gone: WorkerId,
    pub kept: WorkerId,
    pub at: Instant,
}

/// Two records that were found to be alike.
pub(super) struct Found {
    pub one: WorkerId,
    pub other: WorkerId,
    pub likeness: Likeness,
}

/// Who somebody is, before they are on the register.
#[derive(Clone, Debug)]
pub struct Stranger {
    pub family_name: String,
    pub given_names: String,
    pub sex: Sex,
    pub birth_date: Option<Date>,
    pub identifiers: Vec<Identifier>,
    pub contacts: Vec<Contact>,
}

impl From<&Found> for Likely {
    fn from(found: &Found) -> Self {
        Self {
            worker: found.other,
            likeness: found.likeness.clone(),
        }
    }
}

/// Who on the register may be the same person, the likeliest first; of those whom the caller reaches.
///
/// # Errors
/// `Denied` without [`Permission::RegisterWorkers`]; bad input for what is no name.
#[tracing::instrument(name = "workforce.likely", skip_all)]
pub async fn likely(
    db: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    stranger: Stranger,
) -> Result<Vec<Likely>, ReadError> {
    occasion.actor.may(Permission::RegisterWorkers)?;
    let lists = Lists::current(db, AsOf::now(occasion.today)).await?;
    let name = PersonName::try_new(&stranger.family_name, &stranger.given_names);
    let unfit = Unfit::NotSoLong { from: 1, to: 100 };
    let name = name.ok_or_else(|| Invalid::new("of.familyName", unfit))?;
    // What is no number or telephone finds nobody.
    let (mut patterns, mut refusals) = (Patterns::default(), Vec::new());
    let identifiers = identifiers(
        stranger.identifiers,
        None,
        &lists,
        &mut patterns,
        &mut refusals,
    );
    let contacts = contacts(stranger.contacts, occasion.phone_region, &mut refusals);
    let of_person = (stranger.sex, stranger.birth_date);
    let profile = Profile::new(
        WorkerId::new(),
        None,
        &name,
        of_person,
        phones(&contacts),
        &identifiers,
    );
    let reach = Reach::of(occasion.actor, &lists);
    let mut found = found(db, &profile, &name.key()).await?;
    found.retain(|(_, other)| other.is_within(&reach));
    Ok(found.iter().map(|(found, _)| found.into()).collect())
}

pub(super) fn phones(contacts: &[Contact]) -> Vec<String> {
    let phones = contacts.iter().filter(|it| it.kind == ContactKind::Phone);
    phones.map(|it| it.value.clone()).collect()
}

impl Profile {
    fn is_within(&self, reach: &Reach) -> bool {
        let stands = |it: ledger::Standing| reach.admits_place(it.unit, it.sector);
        self.standing.is_some_and(stands) && reach.person.is_none_or(|it| it == self.id)
    }
}

/// Those who are alike enough to wait, the likeliest first.
async fn found(
    db: &mut Reader<'_>,
    profile: &Profile,
    name_key: &str,
) -> Result<Vec<(Found, Profile)>, Fault> {
    let (phones, identifiers) = (&profile.phones, &profile.identifiers);
    let mut ids = store::alike(db, name_key, profile.birth_date, phones, identifiers).await?;
    ids.retain(|it| *it != profile.id);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let others = store::profiles(db, Some(&ids)).await?;
    let shared = |other: &Profile| profile.phones.iter().any(|it| other.phones.contains(it));
    let holders = if others.iter().any(shared) {
        store::holders(db, &profile.phones).await?
    } else {
        HashMap::new()
    };
    let holders = |phone: &str| holders.get(phone).copied().unwrap_or_default();
    let compared = others.into_iter().map(|other| {
        let found = Found {
            one: profile.id,
            other: other.id,
            likeness: profile.likeness(&other, holders),
        };
        (found, other)
    });
    let mut found: Vec<(Found, Profile)> = compared
        .filter(|(it, _)| it.likeness.score >= QUEUED)
        .collect();
    found.sort_by_key(|(it, _)| (std::cmp::Reverse(it.likeness.score), it.other));
    found.truncate(MOST);
    Ok(found)
}

/// Who is so likely to be the person that is about to be registered that somebody has to say otherwise, of those whom
/// the caller reaches.
pub(super) async fn doubts(
    tx: &mut Reader<'_>,
    profile: &Profile,
    name_key: &str,
    reach: &Reach,
    distinct_from: &[WorkerId],
) -> Result<(Vec<Found>, Vec<Likely>), Fault> {
    let found = found(tx, profile, name_key).await?;
    let doubts = found.iter().filter(|(found, other)| {
        // Of a number that somebody else has, the register itself tells.
        found.likeness.score >= REFUSED
            && !found.likeness.signs.contains(&Sign::SameIdentifier)
            && other.is_within(reach)
            && !distinct_from.contains(&other.id)
    });
    let doubts = doubts.map(|(found, _)| found.into()).collect();
    Ok((found.into_iter().map(|(found, _)| found).collect(), doubts))
}

pub(super) async fn keep(tx: &mut Reader<'_>, found: &[Found], at: Instant) -> Result<(), Fault> {
    store::keep(tx, found, at).await
}

/// Compares a record that changed with the register once more.
pub(super) async fn compare(
    tx: &mut Reader<'_>,
    worker: WorkerId,
    name_key: &str,
    at: Instant,
) -> Result<(), Fault> {
    let mut own = store::profiles(tx, Some(&[worker])).await?;
    let Some(own) = own.pop() else {
        return Ok(());
    };
    let found = found(tx, &own, name_key).await?;
    let found: Vec<Found> = found.into_iter().map(|(found, _)| found).collect();
    let others: Vec<WorkerId> = found.iter().map(|it| it.other).collect();
    store::forget(tx, worker, &others).await?;
    store::keep(tx, &found, at).await
}

/// A page of the pairs both of whose records the caller reaches, the likeliest first.
///
/// # Errors
/// `Denied` without [`Permission::ResolveDuplicates`].
#[tracing::instrument(name = "workforce.duplicates", skip_all)]
pub async fn pairs(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &PairFilter,
    today: Date,
    request: &PageRequest<PairKey>,
) -> Result<Page<Pair>, ReadError> {
    actor.may(Permission::ResolveDuplicates)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let reach = Reach::of(actor, &lists);
    let units = filter.unit.map(|root| lists.places_today.subtrees([root]));
    let after = request.after.as_ref();
    let rows = store::page(
        db,
        (filter, units.as_deref()),
        &reach,
        after,
        request.limit(),
    )
    .await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, (filter, units.as_deref()), &reach).await?);
    }
    Ok(page)
}

/// A page of the records that went into others whom the caller reaches, the newest first.
///
/// # Errors
/// `Denied` without [`Permission::ResolveDuplicates`].
#[tracing::instrument(name = "workforce.merges", skip_all)]
pub async fn merges(
    db: &mut Reader<'_>,
    actor: &Actor,
    kept: Option<WorkerId>,
    today: Date,
    request: &PageRequest<i64>,
) -> Result<Page<Merge>, ReadError> {
    actor.may(Permission::ResolveDuplicates)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let reach = Reach::of(actor, &lists);
    let rows = store::merges(db, &reach, kept, request.after, request.limit()).await?;
    Ok(Page::from_rows(rows, request))
}

/// Says that the records of a pair are two people's, and why; the pair waits no more.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::ResolveDuplicates`].
#[tracing::instrument(name = "workforce.dismiss", skip_all, fields(duplicate.id = %id))]
pub async fn dismiss(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: DuplicateId,
    because: &str,
) -> Result<Pair, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::ResolveDuplicates)?;
    let not_found = || Objection::DuplicateNotFound.at(&["duplicate"]);
    let mut pair = store::pair(tx, id).await?.ok_or_else(not_found)?;
    let both = [pair.first, pair.second];
    let at = AsOf::now(occasion.today);
    let (seen, _) = super::by_ids(tx, actor, &both, at).await?;
    let [one, _] = &seen[..] else {
        return Err(not_found().into());
    };
    let because = because.trim();
    if because.is_empty() || because.chars().count() > LONGEST_REASON {
        return Err(Objection::InvalidReason.at(&["because"]).into());
    }
    if pair.verdict.is_some() {
        return Err(Objection::AlreadyDecided.at(&["duplicate"]).into());
    }
    let verdict = Verdict {
        because: because.to_owned(),
        by: actor.subject.clone(),
        at: occasion.now,
    };
    store::decide(tx, id, &verdict).await?;
    let standing = Some(one.standing());
    let mut fields = Fields::default();
    fields.note("records", json!(null), json!(both.map(WorkerId::encode)));
    fields.note("distinctBecause", json!(null), json!(verdict.because));
    let entry = Entry {
        at: occasion.now,
        verb: Verb::DismissDuplicate,
        subject_kind: SubjectKind::Duplicate,
        subject: id.into(),
        before: standing,
        after: standing,
        act: occasion.act.clone(),
        change: fields.into_value(2),
    };
    ledger::append(tx, actor, &[entry]).await?;
    pair.verdict = Some(verdict);
    Ok(pair)
}

/// More than anybody has to say about it.
const LONGEST_REASON: usize = 500;

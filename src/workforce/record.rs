//! Registering a person, and locking a record that is there.

use super::career::{self, Continues, NewPosting, Occasion};
use super::change::{Change, Conflict};
use super::check::{Patterns, birth_date, contacts, identifiers, name};
use super::conflicts::Since;
use super::duplicates::{self, Found, Profile};
use super::refusal::{Objection, WriteError};
use super::{
    CareerFault, Contact, Identifier, Lists, Lookup, PostingKind, Reach, Sex, Status, Worker, store,
};
use crate::auth::Permission;
use crate::cadres;
use crate::kernel::{AsOf, Date, Fault, OrgUnitId, Reason, Sector, WorkerId};
use crate::ledger::{self, Entry, Standing, SubjectKind, Verb};
use crate::tenancy::Reader;

/// A person to put on the register.
#[derive(Clone, Debug)]
pub struct RegisterWorker {
    /// Of the client's making.
    pub id: Option<WorkerId>,
    pub family_name: String,
    pub given_names: String,
    pub sex: Sex,
    pub birth_date: Option<Date>,
    pub identifiers: Vec<Identifier>,
    pub contacts: Vec<Contact>,
    pub placement: Placement,
    /// Who is alike and somebody else.
    pub distinct_from: Vec<WorkerId>,
}

/// Where a new record belongs.
#[derive(Clone, Debug)]
pub enum Placement {
    /// With the first posting.
    Posted(NewPosting),
    /// Not posted yet: the office that keeps the record, and the sector.
    Kept(OrgUnitId, Sector),
}

/// Puts a person on the register.
///
/// # Errors
/// All refusals of the input at once; `Denied` without [`Permission::RegisterWorkers`], and without
/// [`Permission::PostWorkers`] when the record begins with a posting.
#[tracing::instrument(name = "workforce.register", skip_all)]
pub async fn register(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    new: RegisterWorker,
) -> Result<Worker, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::RegisterWorkers)?;
    if matches!(new.placement, Placement::Posted(_)) {
        actor.may(Permission::PostWorkers)?;
    }
    cadres::hold(tx).await?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let mut refusals = Vec::new();
    let name = name(&new.family_name, &new.given_names, &mut refusals);
    birth_date(new.birth_date, occasion.today, &mut refusals);
    let mut patterns = Patterns::default();
    let fresh = Some((occasion.today, &[][..]));
    let identifiers = identifiers(new.identifiers, fresh, &lists, &mut patterns, &mut refusals);
    let contacts = contacts(new.contacts, occasion.phone_region, &mut refusals);
    let id = new.id.unwrap_or_else(WorkerId::new);
    if new.id.is_some() && store::names_somebody(tx, id).await? {
        refusals.push(Objection::IdTaken.at(&["id"]));
    }
    let (standing, posting) = match new.placement {
        Placement::Posted(new) => {
            if new.kind != PostingKind::Substantive {
                let fault = Objection::Career(CareerFault::NotPosted);
                refusals.push(fault.at(&["posting", "kind"]));
            }
            match career::draft(id, &new, &lists, &["posting"], Continues::default()) {
                Ok((posting, standing)) => (Some(standing), Some(posting)),
                Err(objections) => {
                    refusals.extend(objections);
                    (None, None)
                }
            }
        }
        Placement::Kept(unit, sector) if lists.places.unit(unit).is_some() => {
            (Some(Standing { unit, sector }), None)
        }
        Placement::Kept(..) => {
            refusals.push(Objection::OrgUnitNotFound.at(&["orgUnit"]));
            (None, None)
        }
    };
    let reach = Reach::of(actor, &lists);
    if standing.is_some_and(|it| !reach.admits_place(it.unit, it.sector)) {
        refusals.push(Objection::OutsideYourScope.at(&[]));
    }
    let (Some(name), Some(standing), []) = (name, standing, &refusals[..]) else {
        return Err(WriteError::Refused(refusals));
    };
    let worker = Worker {
        id,
        name,
        sex: new.sex,
        birth_date: new.birth_date,
        unit: standing.unit,
        sector: standing.sector,
        version: 1,
        status: Status::Unposted,
        posting: None,
    };
    let of_person = (&identifiers[..], &contacts[..]);
    let alike = others(tx, &worker, of_person, &reach, &new.distinct_from).await?;
    insert(tx, &worker, of_person).await?;
    duplicates::keep(tx, &alike, occasion.now).await?;
    let mut change = Change::default();
    change.person(None, (&worker.name, worker.sex, worker.birth_date));
    change.identifiers(&[], &identifiers);
    change.contacts(&[], &contacts);
    if let Some(posting) = &posting {
        career::open(tx, posting, &["posting", "startsOn"], &["posting", "id"]).await?;
        change.posting(None, posting);
        store::keep_facts(tx, &[id]).await?;
    }
    let entry = Entry {
        at: occasion.now,
        verb: Verb::Register,
        subject_kind: SubjectKind::Worker,
        subject: id.into(),
        before: None,
        after: Some(standing),
        act: occasion.act.clone(),
        change: change.into_value(1),
    };
    ledger::append(tx, actor, &[entry]).await?;
    Ok(Worker {
        status: posting.as_ref().map_or(Status::Unposted, |it| {
            if it.is_in_force_on(occasion.today) {
                Status::Active
            } else {
                Status::Unposted
            }
        }),
        posting: posting.filter(|it| it.is_in_force_on(occasion.today)),
        ..worker
    })
}

/// Who else on the register may be this person; refused while nobody has said that the likeliest are not.
async fn others(
    tx: &mut Reader<'_>,
    new: &Worker,
    (identifiers, contacts): (&[Identifier], &[Contact]),
    reach: &Reach,
    distinct_from: &[WorkerId],
) -> Result<Vec<Found>, WriteError> {
    let standing = new.standing();
    let profile = Profile::new(
        new.id,
        Some(standing),
        &new.name,
        (new.sex, new.birth_date),
        duplicates::phones(contacts),
        identifiers,
    );
    let key = new.name.key();
    let (alike, doubts) = duplicates::doubts(tx, &profile, &key, reach, distinct_from).await?;
    if doubts.is_empty() {
        return Ok(alike);
    }
    Err(Objection::LikelyDuplicate(doubts)
        .at(&["distinctFrom"])
        .into())
}

async fn insert(
    tx: &mut Reader<'_>,
    new: &Worker,
    (identifiers, contacts): (&[Identifier], &[Contact]),
) -> Result<(), WriteError> {
    let inserted = store::insert_worker(
        tx,
        new.id,
        &new.name,
        new.sex,
        new.birth_date,
        new.unit,
        new.sector,
    );
    inserted.await.map_err(id_taken(&["id"]))?;
    let inserted = store::insert_identifiers(tx, new.id, identifiers).await;
    inserted.map_err(taken)?;
    store::insert_contacts(tx, new.id, contacts).await?;
    Ok(())
}

/// Locks a record that the caller may see, at the version they saw.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::ReadWorkers`].
pub async fn locked(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: WorkerId,
    base_version: Option<i32>,
) -> Result<(Worker, Lists), WriteError> {
    locked_as(tx, occasion, id, base_version, ["worker", "baseVersion"]).await
}

/// The same, by the fields of the input that name the record and its version.
pub(super) async fn locked_as(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: WorkerId,
    base_version: Option<i32>,
    [field, version]: [&'static str; 2],
) -> Result<(Worker, Lists), WriteError> {
    let not_found = || Objection::WorkerNotFound.at(&[field]);
    store::lock(tx, id).await?.ok_or_else(not_found)?;
    let (found, lists) = super::find(
        tx,
        occasion.actor,
        &Lookup::Id(id),
        AsOf::now(occasion.today),
    )
    .await?;
    let worker = found.ok_or_else(not_found)?;
    match base_version {
        Some(base) if base != worker.version => {
            if occasion.offline && is_own_since(tx, occasion, &worker, (id, base)).await? {
                return Ok((worker, lists));
            }
            Err(stale(tx, base, worker).await?.at(&[version]).into())
        }
        _ => Ok((worker, lists)),
    }
}

/// Refuses what somebody else has changed of some fields since the caller saw the record; what was done to others does not
/// stand against it.
pub(super) async fn untouched(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    current: &Worker,
    seen: (WorkerId, i32),
    named: &[&str],
) -> Result<(), WriteError> {
    if occasion.offline && is_own_since(tx, occasion, current, seen).await? {
        return Ok(());
    }
    let (id, base) = seen;
    let stale = stale(tx, base, current.clone()).await?;
    // A version of another record, or of none, tells nothing of what was seen.
    let is_of_this = id == current.id && (1..current.version).contains(&base);
    let is_touched = match &stale {
        Objection::Stale(conflict) => {
            (conflict.changed.iter()).any(|it| named.contains(&it.field.as_str()))
        }
        _ => true,
    };
    if is_of_this && !is_touched {
        return Ok(());
    }
    Err(stale.at(&["baseVersion"]).into())
}

/// Whether nobody but the caller has changed a record since they saw it, so that it is as they know it.
async fn is_own_since(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    worker: &Worker,
    (id, base): (WorkerId, i32),
) -> Result<bool, Fault> {
    let history = ledger::record(tx, worker.id.into()).await?;
    let since = Since::new(base, worker.version, &history, &occasion.actor.subject);
    Ok(id == worker.id && since.is_some_and(|it| it.is_own()))
}

pub(super) async fn stale(
    tx: &mut Reader<'_>,
    base: i32,
    current: Worker,
) -> Result<Objection, Fault> {
    let history = ledger::record(tx, current.id.into()).await?;
    Ok(Objection::Stale(Box::new(Conflict {
        base_version: base,
        changed: ledger::since(base, &history),
        current,
    })))
}

/// An id of a client's making; the database has the last word on whether it is free.
pub(super) fn id_taken(path: &'static [&'static str]) -> impl Fn(sqlx::Error) -> WriteError {
    move |error| match store::violated(&error) {
        Some(store::WORKER_ID | store::POSTING_ID | store::LEAVE_ID) => {
            Objection::IdTaken.at(path).into()
        }
        _ => WriteError::Fault(error.into()),
    }
}

/// Identifiers are unique in the country; the database has the last word.
pub(super) fn taken(error: sqlx::Error) -> WriteError {
    match store::violated(&error) {
        Some(store::IDENTIFIER_TAKEN) => Objection::IdentifierTaken.at(&["identifiers"]).into(),
        _ => WriteError::Fault(error.into()),
    }
}

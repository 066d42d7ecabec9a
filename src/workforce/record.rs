//! Registering a person and correcting their record.

use std::collections::HashMap;

use super::career::{self, Continues, NewPosting, Occasion};
use super::change::{Change, Conflict};
use super::check::{Patterns, birth_date, contacts, identifiers, name};
use super::duplicates::{self, Found, Profile};
use super::refusal::{Objection, WriteError};
use super::{
    CareerFault, Contact, Edges, Identifier, Lists, Lookup, PostingKind, Reach, Sex, Status,
    Worker, attach, store,
};
use crate::auth::Permission;
use crate::cadres;
use crate::kernel::{AsOf, Date, Fault, OrgUnitId, Reason, Sector, WorkerId};
use crate::ledger::{self, Entry, Standing, SubjectKind, Verb};
use crate::tenancy::Reader;

/// A person to put on the register.
#[derive(Clone, Debug)]
pub struct RegisterWorker {
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
    let id = WorkerId::new();
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
        career::open(tx, posting, &["posting", "startsOn"]).await?;
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
    let standing = Standing {
        unit: new.unit,
        sector: new.sector,
    };
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
    store::insert_worker(
        tx,
        new.id,
        &new.name,
        new.sex,
        new.birth_date,
        new.unit,
        new.sector,
    )
    .await?;
    let inserted = store::insert_identifiers(tx, new.id, identifiers).await;
    inserted.map_err(taken)?;
    store::insert_contacts(tx, new.id, contacts).await?;
    Ok(())
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
) -> Result<Worker, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::CorrectWorkers)?;
    let (old, lists) = locked(
        tx,
        occasion,
        correction.worker,
        Some(correction.base_version),
    )
    .await?;
    let all = Edges {
        identifiers: true,
        contacts: true,
        ..Edges::default()
    };
    let mut attached = attach(tx, actor, &[old.id], all).await?;
    let of_worker = |it: &mut HashMap<WorkerId, _>| it.remove(&old.id);
    let old_identifiers = (attached.identifiers.as_mut().and_then(of_worker)).unwrap_or_default();
    let of_worker = |it: &mut HashMap<WorkerId, _>| it.remove(&old.id);
    let old_contacts = (attached.contacts.as_mut().and_then(of_worker)).unwrap_or_default();

    let mut refusals = Vec::new();
    let family = correction
        .family_name
        .as_deref()
        .unwrap_or(&old.name.family);
    let given = correction.given_names.as_deref().unwrap_or(&old.name.given);
    let name = name(family, given, &mut refusals);
    let born = correction.birth_date.unwrap_or(old.birth_date);
    birth_date(born, occasion.today, &mut refusals);
    let mut patterns = Patterns::default();
    let identifiers = (correction.identifiers).map(|new| {
        identifiers(
            new,
            Some((occasion.today, &old_identifiers)),
            &lists,
            &mut patterns,
            &mut refusals,
        )
    });
    let contacts =
        (correction.contacts).map(|new| contacts(new, occasion.phone_region, &mut refusals));
    let (Some(name), []) = (name, &refusals[..]) else {
        return Err(WriteError::Refused(refusals));
    };
    let worker = Worker {
        name,
        sex: correction.sex.unwrap_or(old.sex),
        birth_date: born,
        version: old.version + 1,
        ..old.clone()
    };
    let mut change = Change::default();
    let before = (&old.name, old.sex, old.birth_date);
    change.person(Some(before), (&worker.name, worker.sex, worker.birth_date));
    if let Some(new) = &identifiers {
        change.identifiers(&old_identifiers, new);
    }
    if let Some(new) = &contacts {
        change.contacts(&old_contacts, new);
    }
    if change.is_empty() {
        return Ok(old);
    }
    store::update_worker(tx, &worker).await?;
    if let Some(new) = &identifiers {
        let replaced = store::replace_identifiers(tx, worker.id, new).await;
        replaced.map_err(taken)?;
    }
    if let Some(new) = &contacts {
        store::replace_contacts(tx, worker.id, new).await?;
    }
    if (worker.sex, worker.birth_date) != (old.sex, old.birth_date) {
        store::keep_facts(tx, &[worker.id]).await?;
    }
    duplicates::compare(tx, worker.id, &worker.name.key(), occasion.now).await?;
    let standing = Some(Standing {
        unit: worker.unit,
        sector: worker.sector,
    });
    let entry = Entry {
        at: occasion.now,
        verb: Verb::Correct,
        subject_kind: SubjectKind::Worker,
        subject: worker.id.into(),
        before: standing,
        after: standing,
        act: occasion.act.clone(),
        change: change.into_value(worker.version),
    };
    ledger::append(tx, actor, &[entry]).await?;
    Ok(worker)
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
            Err(stale(tx, base, worker).await?.at(&[version]).into())
        }
        _ => Ok((worker, lists)),
    }
}

async fn stale(tx: &mut Reader<'_>, base: i32, current: Worker) -> Result<Objection, Fault> {
    let history = ledger::record(tx, current.id.into()).await?;
    Ok(Objection::Stale(Box::new(Conflict {
        base_version: base,
        changed: ledger::since(base, &history),
        current,
    })))
}

/// Identifiers are unique in the country; the database has the last word.
fn taken(error: sqlx::Error) -> WriteError {
    match store::violated(&error) {
        Some(store::IDENTIFIER_TAKEN) => Objection::IdentifierTaken.at(&["identifiers"]).into(),
        _ => WriteError::Fault(error.into()),
    }
}

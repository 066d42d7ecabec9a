//! Entering people on the registers of councils, issuing their licences, renewing them and deciding about them; and who
//! practises without one.

use serde_json::Value;

use super::licence::{
    DecideOnLicence, Decision, Entry, IssueLicence, Licence, LicenceStatus, RecordRegistration,
    Registration, RenewLicence, Term, is_date,
};
use super::record::amend;
use super::refusal::{Objection, WriteError, of_the_record};
use super::scope::{People, PeopleFilter};
use super::store;
use crate::auth::{Actor, Permission};
use crate::cadres;
use crate::kernel::{
    AsOf, CadreId, Date, Fault, LicenceId, Page, PageRequest, ReadError, Reason, RegistrationId,
};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;
use crate::workforce::{self, Among, Lists, Occasion, Worker};

/// Which licences; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct LicenceFilter {
    pub people: PeopleFilter,
    pub council: Option<String>,
    /// Absent: all, or the active ones where they are to expire.
    pub statuses: Option<Vec<LicenceStatus>>,
    /// Whose last day is not later than so many days after the day that is asked about.
    pub expires_within: Option<u16>,
}

/// The same resolved against the lists of the moment.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub day: Date,
    pub people: People,
    pub council: Option<String>,
    pub statuses: Option<Vec<&'static str>>,
    pub expires_by: Option<Date>,
}

/// Where a page of licences begins: after this last day, and this licence.
pub type LicenceKey = (Date, LicenceId);

/// Records that a council has somebody on its register; the worker.
///
/// # Errors
/// All refusals at once; `Stale` with both versions; `Denied` without [`Permission::RecordCredentials`].
#[tracing::instrument(name = "credentials.record_registration", skip_all, fields(worker.id = %record.worker))]
pub async fn record_registration(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    record: RecordRegistration,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    cadres::hold(tx).await?;
    let held = workforce::locked(tx, occasion, record.worker, record.base_version).await;
    let (old, lists) = held.map_err(of_the_record)?;
    let mut refusals = Vec::new();
    let entry = Entry::read(
        record.cadre,
        record.council,
        record.number,
        &lists,
        &mut refusals,
    );
    if !is_date(record.registered_on) {
        refusals.push(Objection::InvalidDate.at(&["registeredOn"]));
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let registration = Registration {
        id: RegistrationId::new(),
        worker: old.id,
        entry,
        registered_on: record.registered_on,
        act: occasion.act.clone(),
    };
    store::insert_registration(tx, &registration)
        .await
        .map_err(taken)?;
    let mut fields = Fields::default();
    fields.note(registration.field(), Value::Null, registration.describe());
    Ok(amend(tx, occasion, Verb::RecordRegistration, old, fields).await?)
}

/// Issues a licence for its first term; the worker.
///
/// # Errors
/// As [`record_registration`].
#[tracing::instrument(name = "credentials.issue_licence", skip_all, fields(worker.id = %issue.worker))]
pub async fn issue_licence(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    issue: IssueLicence,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    cadres::hold(tx).await?;
    let held = workforce::locked(tx, occasion, issue.worker, issue.base_version).await;
    let (old, lists) = held.map_err(of_the_record)?;
    let mut refusals = Vec::new();
    let entry = Entry::read(
        issue.cadre,
        issue.council,
        issue.number,
        &lists,
        &mut refusals,
    );
    let term = Term {
        starts_on: issue.starts_on,
        ends_on: issue.ends_on,
        act: occasion.act.clone(),
    };
    term.check(&mut refusals);
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let licence = Licence {
        id: LicenceId::new(),
        worker: old.id,
        entry,
        terms: vec![term],
        decisions: Vec::new(),
    };
    store::insert_licence(tx, &licence).await.map_err(taken)?;
    let mut fields = Fields::default();
    fields.note(licence.field(), Value::Null, licence.describe());
    Ok(amend(tx, occasion, Verb::IssueLicence, old, fields).await?)
}

/// Renews a licence for another term; the worker.
///
/// # Errors
/// As [`record_registration`].
#[tracing::instrument(name = "credentials.renew_licence", skip_all, fields(licence.id = %renew.licence))]
pub async fn renew_licence(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    renew: RenewLicence,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    let (old, _, before) = held(tx, occasion, renew.licence, renew.base_version).await?;
    let term = before.renewal(&renew, occasion.act.clone());
    let term = term.map_err(WriteError::Refused)?;
    let written = store::insert_term(tx, before.id, &term).await;
    written.map_err(Fault::from)?;
    let mut after = before.clone();
    after.terms.push(term);
    change(tx, occasion, Verb::RenewLicence, old, &before, &after).await
}

/// Suspends a licence, reinstates or revokes it from a day on; the worker.
///
/// # Errors
/// As [`record_registration`]; `Denied` without [`Permission::ReadConduct`].
#[tracing::instrument(name = "credentials.decide_on_licence", skip_all, fields(licence.id = %decide.licence))]
pub async fn decide_on_licence(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    decide: DecideOnLicence,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    occasion.actor.may(Permission::ReadConduct)?;
    let (old, lists, before) = held(tx, occasion, decide.licence, decide.base_version).await?;
    let legal = before.can_be_decided(&decide, &lists);
    legal.map_err(WriteError::Refused)?;
    let decision = Decision {
        from: decide.from,
        ruling: decide.ruling,
        reason: decide.reason,
        act: occasion.act.clone(),
    };
    store::insert_decision(tx, before.id, &decision).await?;
    let mut after = before.clone();
    after.decisions.push(decision);
    change(tx, occasion, Verb::DecideOnLicence, old, &before, &after).await
}

/// A licence and the record that it is part of, locked.
async fn held(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    licence: LicenceId,
    base_version: Option<i32>,
) -> Result<(Worker, Lists, Licence), WriteError> {
    let not_found = || Objection::CredentialNotFound.at(&["licence"]);
    let seen = store::licence(tx, licence).await?.ok_or_else(not_found)?;
    let (old, lists) = match workforce::locked(tx, occasion, seen.worker, base_version).await {
        // The caller named a licence, so it is the licence that does not exist for them.
        Err(error) if error.refuses(|it| matches!(it, workforce::Objection::WorkerNotFound)) => {
            return Err(not_found().into());
        }
        other => other.map_err(of_the_record)?,
    };
    // Read again under the lock: another caller may have changed it meanwhile.
    let licence = store::licence(tx, licence).await?.ok_or_else(not_found)?;
    Ok((old, lists, licence))
}

async fn change(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    old: Worker,
    before: &Licence,
    after: &Licence,
) -> Result<Worker, WriteError> {
    let mut fields = Fields::default();
    fields.note(after.field(), before.describe(), after.describe());
    let conduct = (before.describe_decisions(), after.describe_decisions());
    fields.note(after.conduct(), conduct.0, conduct.1);
    Ok(amend(tx, occasion, verb, old, fields).await?)
}

/// Numbers are a council's own; the database has the last word.
pub(super) fn taken(error: sqlx::Error) -> WriteError {
    match store::violated(&error) {
        Some(store::REGISTRATION_TAKEN | store::LICENCE_TAKEN) => {
            Objection::NumberTaken.at(&["number"]).into()
        }
        _ => WriteError::Fault(error.into()),
    }
}

/// A page of the licences of people whom the caller may see, those that expire first before the others.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "credentials.licences", skip_all)]
pub async fn licences(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &LicenceFilter,
    at: AsOf,
    request: &PageRequest<LicenceKey>,
) -> Result<(Page<Licence>, Lists), ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let lists = Lists::current(db, at).await?;
    let within = filter.expires_within;
    let only_active = within.map(|_| vec![LicenceStatus::Active]);
    let statuses = filter.statuses.clone().or(only_active);
    let selection = Selection {
        day: at.day,
        people: People::new(&filter.people, &lists, actor),
        council: filter.council.clone(),
        statuses: statuses.map(|it| it.into_iter().map(store::status_name).collect()),
        expires_by: within.and_then(|days| at.day.checked_add_days(chrono::Days::new(days.into()))),
    };
    let rows = store::licence_page(db, &selection, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::licence_count(db, &selection).await?);
    }
    Ok((page, lists))
}

/// Who serves in a cadre that asks for a licence and has none for it that is active on the day.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "credentials.unlicensed", skip_all)]
pub async fn unlicensed(db: &mut Reader<'_>, actor: &Actor, at: AsOf) -> Result<Among, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let lists = Lists::current(db, at).await?;
    let licensed = lists.cadres.all().iter().filter(|it| it.is_licensed);
    let licensed: Vec<CadreId> = licensed.map(|it| it.id).collect();
    Ok(Among::Of(store::unlicensed(db, &licensed, at.day).await?))
}

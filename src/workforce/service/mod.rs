//! The service file of a worker: absences, suspensions, disciplinary actions, appraisals, and pay with its payer. Who may
//! read of conduct may not for that read of pay.

mod entry;
mod store;

use serde_json::{Value, json};

pub use entry::{Frequency, Matter, Pay, PayType, ServiceEntry, ServiceKind};

use super::refusal::{Objection, WriteError};
use super::store::Extent;
use super::{Lists, Occasion, Reach, Worker, amend, leave, locked};
use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, Date, Denied, Fault, OrgUnitId, Page, PageRequest, ReadError, Reason, ServiceEntryId,
    WorkerId,
};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;

/// An entry to make, or one to say anew.
#[derive(Clone, Debug)]
pub struct RecordServiceEntry {
    pub worker: WorkerId,
    pub base_version: Option<i32>,
    pub corrects: Option<ServiceEntryId>,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub matter: Matter,
}

/// The last day of an entry that goes on.
#[derive(Clone, Debug)]
pub struct EndServiceEntry {
    pub entry: ServiceEntryId,
    pub ends_on: Date,
    pub base_version: Option<i32>,
}

#[derive(Clone, Debug)]
pub struct WithdrawServiceEntry {
    pub entry: ServiceEntryId,
    pub reason: String,
    pub base_version: Option<i32>,
}

/// Which entries; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct ServiceFilter {
    pub worker: Option<WorkerId>,
    /// Of those whose record is kept in this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
    /// `None`: all that the caller may read.
    pub kinds: Option<Vec<ServiceKind>>,
    /// That hold on this day.
    pub on: Option<Date>,
}

impl ServiceKind {
    fn reading(self) -> Permission {
        match self {
            Self::Pay => Permission::ReadPay,
            _ => Permission::ReadConduct,
        }
    }

    fn recording(self) -> Permission {
        match self {
            Self::Pay => Permission::RecordPay,
            _ => Permission::RecordConduct,
        }
    }

    fn verb(self) -> Verb {
        match self {
            Self::Absence => Verb::RecordAbsence,
            Self::Suspension => Verb::Suspend,
            Self::DisciplinaryAction => Verb::Discipline,
            Self::Appraisal => Verb::Appraise,
            Self::Pay => Verb::RecordPay,
        }
    }
}

/// Makes an entry, or says one anew; the worker.
///
/// # Errors
/// All refusals at once; `Stale` with both versions; `Denied` without [`Permission::RecordConduct`] and
/// [`Permission::ReadConduct`], for pay [`Permission::RecordPay`] and [`Permission::ReadPay`].
#[tracing::instrument(name = "workforce.record_service_entry", skip_all, fields(worker.id = %record.worker))]
pub async fn record_service_entry(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    record: RecordServiceEntry,
) -> Result<Worker, WriteError> {
    let kind = record.matter.kind();
    allowed(occasion, kind)?;
    let (old, lists) = locked(tx, occasion, record.worker, record.base_version).await?;
    let before = match record.corrects {
        None => None,
        Some(id) => {
            let known = store::entry(tx, id).await?;
            let own = known.filter(|it| it.worker == old.id && it.matter.kind() == kind);
            Some(own.ok_or_else(|| Objection::ServiceEntryNotFound.at(&["serviceEntry"]))?)
        }
    };
    let entry = ServiceEntry {
        id: record.corrects.unwrap_or_else(ServiceEntryId::new),
        worker: old.id,
        starts_on: record.starts_on,
        ends_on: record.ends_on,
        matter: record.matter,
        act: (occasion.act.clone()).or_else(|| before.as_ref()?.act.clone()),
    };
    let mut refusals = Vec::new();
    entry.check(&lists, before.as_ref().map(|it| &it.matter), &mut refusals);
    if refusals.is_empty() {
        refusals.extend(beside_the_career(tx, &entry).await?);
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    write(tx, occasion, kind.verb(), (old, before.as_ref()), &entry).await
}

/// Says the last day of an absence, a suspension or pay; the worker.
///
/// # Errors
/// Its refusals; `Stale` with both versions; `Denied` as [`record_service_entry`].
#[tracing::instrument(name = "workforce.end_service_entry", skip_all)]
pub async fn end_service_entry(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    end: EndServiceEntry,
) -> Result<Worker, WriteError> {
    let (old, before) = opened(tx, occasion, end.entry, end.base_version).await?;
    if !before.matter.kind().goes_on() {
        return Err(Objection::DoesNotGoOn.at(&["serviceEntry"]).into());
    }
    if end.ends_on < before.starts_on {
        return Err(Objection::EndsBeforeItStarts.at(&["endsOn"]).into());
    }
    let entry = ServiceEntry {
        ends_on: Some(end.ends_on),
        ..before.clone()
    };
    let verb = Verb::EndServiceEntry;
    write(tx, occasion, verb, (old, Some(&before)), &entry).await
}

/// Withdraws an entry that was made by mistake: it holds no more, and the history keeps it with the reason; the worker.
///
/// # Errors
/// Its refusals; `Stale` with both versions; `Denied` as [`record_service_entry`].
#[tracing::instrument(name = "workforce.withdraw_service_entry", skip_all)]
pub async fn withdraw_service_entry(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    withdraw: WithdrawServiceEntry,
) -> Result<Worker, WriteError> {
    let (old, before) = opened(tx, occasion, withdraw.entry, withdraw.base_version).await?;
    if withdraw.reason.is_empty() || withdraw.reason.chars().any(char::is_control) {
        return Err(Objection::InvalidText.at(&["reason"]).into());
    }
    store::withdraw(tx, before.id, &withdraw.reason).await?;
    let mut fields = Fields::default();
    let reason = format!("{}.withdrawal", before.field());
    fields.note(before.field(), before.describe(), Value::Null);
    fields.note(reason, Value::Null, json!(withdraw.reason));
    amended(tx, occasion, Verb::WithdrawServiceEntry, old, fields).await
}

/// A page of the entries of those whom the caller may see, the newest first, with the lists of today. Of kinds that the
/// caller may not read there are none.
///
/// # Errors
/// `Denied` without the permission to read a kind that is asked for, or any.
#[tracing::instrument(name = "workforce.service_entries", skip_all)]
pub async fn service_entries(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &ServiceFilter,
    today: Date,
    request: &PageRequest<ServiceEntryId>,
) -> Result<(Page<ServiceEntry>, Lists), ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let kinds = readable(actor, filter)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let reach = Reach::of(actor, &lists);
    let named = (filter.unit, filter.unit_code.as_deref());
    let extent = Extent::new(named, &reach, &lists);
    let rows = store::page(db, filter, &kinds, &extent, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, filter, &kinds, &extent).await?);
    }
    Ok((page, lists))
}

/// The kinds of entries that a caller reads: those asked for, or all that they may.
fn readable(actor: &Actor, filter: &ServiceFilter) -> Result<Vec<ServiceKind>, Denied> {
    if let Some(asked) = &filter.kinds {
        for kind in asked {
            actor.may(kind.reading())?;
        }
        return Ok(asked.clone());
    }
    let may = |kind: &ServiceKind| actor.may(kind.reading()).is_ok();
    let kinds: Vec<ServiceKind> = ServiceKind::ALL.into_iter().filter(may).collect();
    if kinds.is_empty() {
        actor.may(Permission::ReadConduct)?;
    }
    Ok(kinds)
}

fn allowed(occasion: &Occasion<'_>, kind: ServiceKind) -> Result<(), WriteError> {
    occasion.actor.may(kind.recording())?;
    occasion.actor.may(kind.reading())?;
    Ok(())
}

/// An entry by its own id, with its worker locked.
async fn opened(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: ServiceEntryId,
    base_version: Option<i32>,
) -> Result<(Worker, ServiceEntry), WriteError> {
    let records = |it: Permission| occasion.actor.may(it);
    records(Permission::RecordConduct).or_else(|denied| {
        // Whoever records pay alone ends pay alone, which is seen below.
        records(Permission::RecordPay).map_err(|_| denied)
    })?;
    let not_found = || Objection::ServiceEntryNotFound.at(&["serviceEntry"]);
    let seen = store::entry(tx, id).await?.ok_or_else(not_found)?;
    let (old, _) = match locked(tx, occasion, seen.worker, base_version).await {
        // The caller named an entry, so it is the entry that does not exist for them.
        Err(error) if error.refuses(|it| matches!(it, Objection::WorkerNotFound)) => {
            return Err(not_found().into());
        }
        other => other?,
    };
    allowed(occasion, seen.matter.kind())?;
    // Read again under the lock: another caller may have withdrawn it meanwhile.
    let entry = store::entry(tx, id).await?.ok_or_else(not_found)?;
    Ok((old, entry))
}

/// Why an entry does not go with where its worker served and what leave they had.
async fn beside_the_career(
    tx: &mut Reader<'_>,
    entry: &ServiceEntry,
) -> Result<Option<super::Refusal>, Fault> {
    let postings = super::store::career(tx, entry.worker).await?;
    let day = entry.starts_on;
    if !postings.iter().any(|it| it.is_in_force_on(day)) {
        return Ok(Some(Objection::NotServing(day).at(&["startsOn"])));
    }
    if entry.matter.kind() != ServiceKind::Absence {
        return Ok(None);
    }
    let mut leaves = leave::of_workers(tx, &[entry.worker]).await?;
    let on_leave = |leave: leave::Leave| {
        let approved = leave.status == leave::LeaveStatus::Approved;
        approved && day <= leave.ends_on && entry.ends_on.is_none_or(|last| leave.starts_on <= last)
    };
    let mut leaves = leaves.remove(&entry.worker).unwrap_or_default().into_iter();
    Ok(leaves
        .any(on_leave)
        .then(|| Objection::LeaveOverlaps.at(&["startsOn"])))
}

async fn write(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    (old, before): (Worker, Option<&ServiceEntry>),
    entry: &ServiceEntry,
) -> Result<Worker, WriteError> {
    let mut fields = Fields::default();
    let described = before.map_or(Value::Null, ServiceEntry::describe);
    fields.note(entry.field(), described, entry.describe());
    if !fields.is_empty() {
        let saved = store::save(tx, entry).await;
        saved.map_err(|error| match super::store::violated(&error) {
            Some(store::ONE_A_DAY) => Objection::EntryOverlaps.at(&["startsOn"]).into(),
            _ => WriteError::Fault(error.into()),
        })?;
    }
    amended(tx, occasion, verb, old, fields).await
}

async fn amended(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    old: Worker,
    fields: Fields,
) -> Result<Worker, WriteError> {
    let amended = amend(tx, occasion, verb, vec![(old, fields)]).await?;
    let worker = amended.into_iter().next();
    Ok(worker.ok_or_else(|| Fault::internal("a record was amended and is not told of"))?)
}

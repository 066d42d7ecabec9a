//! Leave: asked for, decided on by somebody else, called off, cut short. Its days are counted as the calendar has them
//! today, so that a public holiday that is declared later gives the day back.

mod balance;
mod file;
mod request;
mod store;

use serde_json::json;

pub use balance::Balance;
pub use request::{LONGEST, Leave, LeaveStatus};
pub(super) use store::of_workers;

use balance::Entitlement;
use file::open;

use super::record::id_taken;
use super::refusal::{Objection, WriteError};
use super::store::Extent;
use super::{Lists, Lookup, Occasion, Reach, Worker};
use crate::auth::{Actor, Permission};
use crate::cadres::LEAVE_TYPE;
use crate::kernel::{
    AsOf, Date, Fault, Id, LeaveId, OrgUnitId, Page, PageRequest, ReadError, Reason, WorkerId,
};
use crate::ledger::{self, Entry, Fields, Standing, SubjectKind, Verb};
use crate::tenancy::{Reader, Settings};

/// Leave to ask for.
#[derive(Clone, Debug)]
pub struct RequestLeave {
    /// Of the client's making.
    pub id: Option<LeaveId>,
    pub worker: WorkerId,
    pub leave_type: String,
    pub starts_on: Date,
    pub ends_on: Date,
    pub note: Option<String>,
}

/// What becomes of a leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Approve,
    Decline,
    Cancel,
    /// The worker is back on duty from a day on.
    Recall(Date),
}

#[derive(Clone, Debug)]
pub struct TurnLeave {
    pub leave: LeaveId,
    pub base_version: i32,
    pub turn: Turn,
    pub comment: Option<String>,
}

/// Which leaves; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct LeaveFilter {
    pub leave: Option<LeaveId>,
    pub worker: Option<WorkerId>,
    /// Of those whose record is kept in this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
    pub types: Option<Vec<String>>,
    pub statuses: Option<Vec<LeaveStatus>>,
    /// That take in this day.
    pub on: Option<Date>,
}

impl Turn {
    fn verb(self) -> Verb {
        match self {
            Self::Approve => Verb::ApproveLeave,
            Self::Decline => Verb::DeclineLeave,
            Self::Cancel => Verb::CancelLeave,
            Self::Recall(_) => Verb::RecallFromLeave,
        }
    }

    fn permission(self) -> Permission {
        match self {
            Self::Cancel => Permission::RequestLeave,
            Self::Approve | Self::Decline | Self::Recall(_) => Permission::DecideLeave,
        }
    }
}

/// Asks for leave.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::RequestLeave`].
#[tracing::instrument(name = "workforce.request_leave", skip_all, fields(worker.id = %request.worker))]
pub async fn request_leave(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    settings: &Settings,
    request: RequestLeave,
) -> Result<LeaveId, WriteError> {
    occasion.actor.may(Permission::RequestLeave)?;
    let file = open(tx, occasion, request.worker).await?;
    let leave = Leave {
        id: request.id.unwrap_or_else(LeaveId::new),
        worker: file.worker.id,
        leave_type: request.leave_type,
        starts_on: request.starts_on,
        ends_on: request.ends_on,
        status: LeaveStatus::Requested,
        note: request.note,
        requested_by: occasion.actor.subject.clone(),
        requested_at: occasion.now,
        decided_by: None,
        decided_at: None,
        comment: None,
        recalled_on: None,
        act: occasion.act.clone(),
        version: 1,
    };
    let mut refusals = Vec::new();
    let codes = &file.lists.codes;
    if codes
        .admitted(LEAVE_TYPE, &leave.leave_type, leave.starts_on)
        .is_none()
    {
        let unknown = Objection::UnknownLeaveType(leave.leave_type.clone());
        refusals.push(unknown.at(&["leaveType"]));
    }
    let days = (leave.starts_on, leave.ends_on);
    match request::fits(days, &file.postings, &file.calendar(settings)) {
        Err((objection, field)) => refusals.push(objection.at(&[field])),
        Ok(()) if refusals.is_empty() => refusals.extend(file.objection(&leave, settings)),
        Ok(()) => {}
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let inserted = store::insert(tx, &leave).await;
    inserted.map_err(id_taken(&["id"]))?;
    record(
        tx,
        occasion,
        Verb::RequestLeave,
        &file.worker,
        (None, &leave),
    )
    .await?;
    Ok(leave.id)
}

/// Approves a leave, declines it, calls it off, or cuts it short.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::DecideLeave`], and without [`Permission::RequestLeave`] for what is called
/// off.
#[tracing::instrument(name = "workforce.turn_leave", skip_all, fields(leave.id = %turn.leave))]
pub async fn turn_leave(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    settings: &Settings,
    turn: TurnLeave,
) -> Result<LeaveId, WriteError> {
    occasion.actor.may(turn.turn.permission())?;
    let not_found = || Objection::LeaveNotFound.at(&["leave"]);
    let seen = store::worker_of(tx, turn.leave)
        .await?
        .ok_or_else(not_found)?;
    let file = match open(tx, occasion, seen).await {
        // The caller named a leave, so it is the leave that does not exist for them.
        Err(WriteError::Refused(_)) => return Err(not_found().into()),
        other => other?,
    };
    let old = file.leaves.iter().find(|it| it.id == turn.leave);
    let old = old.ok_or_else(not_found)?;
    if old.version != turn.base_version {
        return Err(Objection::LeaveChanged.at(&["baseVersion"]).into());
    }
    let new = file.turned(old, &turn, occasion, settings)?;
    let written = store::update(tx, &new).await;
    written.map_err(|error| match super::store::violated(&error) {
        Some(store::OVERLAPS) => Objection::LeaveOverlaps.at(&["leave"]).into(),
        _ => WriteError::Fault(error.into()),
    })?;
    record(
        tx,
        occasion,
        turn.turn.verb(),
        &file.worker,
        (Some(old), &new),
    )
    .await?;
    Ok(new.id)
}

/// A page of the leaves of those whom the caller may see, the newest request first, with the lists of today.
///
/// # Errors
/// `Denied` without [`Permission::ReadLeave`].
#[tracing::instrument(name = "workforce.leaves", skip_all)]
pub async fn leaves(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &LeaveFilter,
    today: Date,
    request: &PageRequest<LeaveId>,
) -> Result<(Page<Leave>, Lists), ReadError> {
    actor.may(Permission::ReadLeave)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let named = (filter.unit, filter.unit_code.as_deref());
    let extent = Extent::new(named, &Reach::of(actor, &lists), &lists);
    let rows = store::page(db, filter, &extent, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, filter, &extent).await?);
    }
    Ok((page, lists))
}

/// One leave, when the caller may see it, with the lists of today.
///
/// # Errors
/// As [`leaves`].
pub async fn leave(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: LeaveId,
    today: Date,
) -> Result<(Option<Leave>, Lists), ReadError> {
    let filter = LeaveFilter {
        leave: Some(id),
        ..LeaveFilter::default()
    };
    let request = PageRequest {
        first: 1,
        after: None,
        count: false,
    };
    let (page, lists) = leaves(db, actor, &filter, today, &request).await?;
    Ok((page.rows.into_iter().next(), lists))
}

/// Balances by the code of the type of leave.
pub type Balances = Vec<(String, Balance)>;

/// The balances of a year, of each type of leave that the ministry limits; `None` when there is no such worker
/// whom the caller may see.
///
/// # Errors
/// `Denied` without [`Permission::ReadLeave`].
#[tracing::instrument(name = "workforce.leave_balances", skip_all)]
pub async fn leave_balances(
    db: &mut Reader<'_>,
    actor: &Actor,
    settings: &Settings,
    worker: WorkerId,
    (year, today): (i32, Date),
) -> Result<Option<(Balances, Lists)>, ReadError> {
    actor.may(Permission::ReadLeave)?;
    let (found, lists) = super::find(db, actor, &Lookup::Id(worker), AsOf::now(today)).await?;
    // The id of a record that went into another names that.
    let Some(worker) = found.map(|it| it.id) else {
        return Ok(None);
    };
    let mut postings = super::store::postings(db, &[worker]).await?;
    let postings = postings.remove(&worker).unwrap_or_default();
    let mut leaves = store::of_workers(db, &[worker]).await?;
    let leaves = leaves.remove(&worker).unwrap_or_default();
    let calendar = lists.calendar(settings);
    let mut balances = Vec::new();
    for entry in lists.codes.shown(LEAVE_TYPE) {
        let approved: Vec<&Leave> = (leaves.iter())
            .filter(|it| it.status == LeaveStatus::Approved && it.leave_type == entry.code)
            .collect();
        if let Some(entitlement) = Entitlement::of(entry) {
            let balance = request::balance_of(entitlement, year, &postings, &approved, &calendar);
            balances.push((entry.code.clone(), balance));
        }
    }
    Ok(Some((balances, lists)))
}

/// Somebody whose service ended.
pub(super) struct EndedService {
    pub worker: WorkerId,
    pub standing: Standing,
    pub last_day: Date,
}

/// Nobody is on leave after the last day of their service: what would begin later is called off, what goes on after it
/// ends with it. What the ledger is to say of these leaves.
pub(super) async fn end_with_service(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    ended: &[EndedService],
) -> Result<Vec<Entry>, Fault> {
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    let workers: Vec<WorkerId> = ended.iter().map(|it| it.worker).collect();
    let leaves = store::of_workers(tx, &workers).await?;
    let mut entries = Vec::new();
    for service in ended {
        for old in leaves.get(&service.worker).into_iter().flatten() {
            if let Some(new) = old.ended_with_service(service.last_day) {
                store::update(tx, &new).await?;
                entries.push(entry(occasion, verb, service.standing, (Some(old), &new)));
            }
        }
    }
    Ok(entries)
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    worker: &Worker,
    change: (Option<&Leave>, &Leave),
) -> Result<(), WriteError> {
    let entry = entry(occasion, verb, worker.standing(), change);
    Ok(ledger::append(tx, occasion.actor, &[entry]).await?)
}

fn entry(
    occasion: &Occasion<'_>,
    verb: Verb,
    standing: Standing,
    (old, new): (Option<&Leave>, &Leave),
) -> Entry {
    let described = |it: &Leave| {
        [
            ("worker", json!(WorkerId::encode(it.worker))),
            ("leaveType", json!(it.leave_type)),
            ("startsOn", json!(it.starts_on)),
            ("endsOn", json!(it.ends_on)),
            ("status", json!(it.status.as_str())),
            ("note", json!(it.note)),
            ("comment", json!(it.comment)),
            ("recalledOn", json!(it.recalled_on)),
        ]
    };
    let mut fields = Fields::default();
    fields.compare(old.map(described), described(new));
    Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Leave,
        subject: new.id.into(),
        before: Some(standing),
        after: Some(standing),
        act: occasion.act.clone(),
        change: fields.into_value(new.version),
    }
}

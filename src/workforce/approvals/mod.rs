//! A second person: where the ministry's policy asks for it, corrections of a group of fields wait until somebody else has
//! decided on them. The other fields of the same correction are changed at once.
//!
//! A field waits for one decision at a time: a correction of a field of which another change waits is refused, whoever
//! asked for it. What was asked for never changes; whoever thinks better of it withdraws it and asks anew. A request
//! hangs on its record: it goes with that into another, and comes back out of it.

mod policy;
mod request;
mod store;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

pub use policy::{ApprovalPolicy, FieldGroup, changes};
pub use request::{ChangeRequest, FieldChange, Overtaken, RequestStatus};

use super::career::{Occasion, is_not_found};
use super::correction::{correct_for_two, lists_of};
use super::record::locked;
use super::refusal::{Objection, Refusal, WriteError};
use super::settle::Standard;
use super::{Lists, Reach, Worker};
use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, ChangeRequestId, Changes, Date, Fault, Id, OrgUnitId, Page, PageRequest, ReadError,
    Reason, WorkerId,
};
use crate::ledger::{self, ActReference, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Which requests; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct ChangeRequestFilter {
    pub ids: Option<Vec<ChangeRequestId>>,
    pub worker: Option<WorkerId>,
    /// About records that are kept in this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub status: Option<RequestStatus>,
    pub group: Option<FieldGroup>,
    /// Whether the caller asked for it.
    pub mine: Option<bool>,
}

#[derive(Clone, Debug)]
pub struct DecideChange {
    pub request: ChangeRequestId,
    pub approves: bool,
    pub comment: Option<String>,
    pub base_version: Option<i32>,
}

#[derive(Clone, Debug)]
pub struct WithdrawChange {
    pub request: ChangeRequestId,
    pub comment: Option<String>,
    pub base_version: Option<i32>,
}

/// The policy as it is to be.
#[derive(Clone, Debug)]
pub struct SaveApprovalPolicy {
    pub groups: BTreeSet<FieldGroup>,
    pub base_version: i32,
}

/// Asks for changes of a record, which the caller has locked; the request, and what the ledger is to say of it.
pub(super) async fn ask(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    worker: &Worker,
    fields: Vec<FieldChange>,
) -> Result<(ChangeRequestId, Entry), WriteError> {
    let waiting = store::waiting_fields(tx, worker.id).await?;
    let pending: Vec<Refusal> = (fields.iter())
        .filter(|it| waiting.contains(&it.field))
        .map(|it| Objection::ChangePending.at(&[&it.field]))
        .collect();
    if !pending.is_empty() {
        return Err(WriteError::Refused(pending));
    }
    let request = ChangeRequest {
        id: ChangeRequestId::new(),
        worker: worker.id,
        fields,
        base_version: worker.version,
        status: RequestStatus::Open,
        requested_by: occasion.actor.subject.clone(),
        requested_at: occasion.now,
        act: occasion.act.clone(),
        decided_by: None,
        decided_at: None,
        comment: None,
        version: 1,
    };
    store::insert(tx, &request).await?;
    let mut told = Fields::default();
    told.note("worker", Value::Null, json!(WorkerId::encode(worker.id)));
    told.note("status", Value::Null, json!(request.status.as_str()));
    for it in &request.fields {
        told.note(&it.field, it.from.clone(), it.to.clone());
    }
    let entry = entry(occasion, Verb::RequestChange, worker, &request, told);
    Ok((request.id, entry))
}

fn entry(
    occasion: &Occasion<'_>,
    verb: Verb,
    worker: &Worker,
    request: &ChangeRequest,
    told: Fields,
) -> Entry {
    let standing = Some(worker.standing());
    Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::ChangeRequest,
        subject: request.id.into(),
        before: standing,
        after: standing,
        act: occasion.act.clone(),
        change: told.into_value(request.version),
    }
}

/// Approves a change that somebody else asked for, or rejects it. What is approved is a correction as of now: of a record
/// that has other values by now it changes nothing, and waits on.
///
/// # Errors
/// Its refusals, those of the correction among them; `Denied` without [`Permission::DecideChanges`].
#[tracing::instrument(name = "workforce.decide_change", skip_all, fields(request.id = %decide.request))]
pub async fn decide_change(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    decide: DecideChange,
) -> Result<ChangeRequestId, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::DecideChanges)?;
    let (request, worker) = open(tx, occasion, decide.request, decide.base_version).await?;
    if request.requested_by == actor.subject {
        return Err(Objection::OwnRequest.at(&["request"]).into());
    }
    // What was asked for by a legal act is done by it, unless another one decides.
    let act = (occasion.act.clone()).or_else(|| request.act.clone().map(ActReference::taken_over));
    let occasion = &Occasion { act, ..*occasion };
    let (status, verb) = if decide.approves {
        approve(tx, occasion, &request, &worker).await?;
        (RequestStatus::Approved, Verb::ApproveChange)
    } else {
        (RequestStatus::Rejected, Verb::RejectChange)
    };
    close(
        tx,
        occasion,
        (request, &worker),
        (status, verb),
        decide.comment,
    )
    .await
}

/// Takes back what the caller asked for.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::CorrectWorkers`].
#[tracing::instrument(name = "workforce.withdraw_change", skip_all, fields(request.id = %withdraw.request))]
pub async fn withdraw_change(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    withdraw: WithdrawChange,
) -> Result<ChangeRequestId, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::CorrectWorkers)?;
    let (request, worker) = open(tx, occasion, withdraw.request, withdraw.base_version).await?;
    if request.requested_by != actor.subject {
        return Err(Objection::NotYourRequest.at(&["request"]).into());
    }
    let end = (RequestStatus::Withdrawn, Verb::WithdrawChange);
    close(tx, occasion, (request, &worker), end, withdraw.comment).await
}

/// A request that waits, at the version that the caller saw, with its record, locked.
async fn open(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: ChangeRequestId,
    base_version: Option<i32>,
) -> Result<(ChangeRequest, Worker), WriteError> {
    let not_found = || Objection::ChangeRequestNotFound.at(&["request"]);
    let seen = store::one(tx, id).await?.ok_or_else(not_found)?;
    let (worker, _) = match locked(tx, occasion, seen.worker, None).await {
        // The caller named a request, so it is the request that does not exist for them.
        Err(WriteError::Refused(refusals)) if is_not_found(&refusals) => {
            return Err(not_found().into());
        }
        other => other?,
    };
    // Read again under the lock of the record: somebody else may have decided meanwhile.
    let request = store::one(tx, id).await?.ok_or_else(not_found)?;
    if request.status != RequestStatus::Open {
        return Err(Objection::NotPending.at(&["request"]).into());
    }
    if base_version.is_some_and(|it| it != request.version) {
        return Err(Objection::RequestChanged.at(&["baseVersion"]).into());
    }
    Ok((request, worker))
}

/// Gives a record what was asked for, where nobody has given it anything else since.
async fn approve(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    request: &ChangeRequest,
    worker: &Worker,
) -> Result<(), WriteError> {
    let (identifiers, contacts) = lists_of(tx, occasion.actor, worker.id).await?;
    let record = Standard {
        worker,
        identifiers,
        contacts,
    };
    let overtaken = request.overtaken(&record);
    if !overtaken.is_empty() {
        return Err(Objection::FieldsChanged(overtaken).at(&["request"]).into());
    }
    let correction = request.correction(&record)?;
    let corrected = correct_for_two(tx, occasion, correction).await;
    corrected.map(|_| ()).map_err(of_the_request)
}

async fn close(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    (request, worker): (ChangeRequest, &Worker),
    (status, verb): (RequestStatus, Verb),
    comment: Option<String>,
) -> Result<ChangeRequestId, WriteError> {
    let mut told = Fields::default();
    let was = json!(request.status.as_str());
    told.note("status", was, json!(status.as_str()));
    told.note("comment", Value::Null, json!(comment));
    let request = ChangeRequest {
        status,
        decided_by: Some(occasion.actor.subject.clone()),
        decided_at: Some(occasion.now),
        comment,
        version: request.version + 1,
        ..request
    };
    store::decide(tx, &request).await?;
    let entry = entry(occasion, verb, worker, &request, told);
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(request.id)
}

/// The caller named a request: what is wrong with its values is wrong with that.
fn of_the_request(error: WriteError) -> WriteError {
    match error {
        WriteError::Refused(refusals) => {
            let refusals = refusals.into_iter().map(|it| Refusal {
                path: vec!["request".to_owned()],
                ..it
            });
            WriteError::Refused(refusals.collect())
        }
        other => other,
    }
}

/// A page of the requests about records that the caller may see, the newest first.
///
/// # Errors
/// `Denied` without [`Permission::CorrectWorkers`].
#[tracing::instrument(name = "workforce.change_requests", skip_all)]
pub async fn change_requests(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &ChangeRequestFilter,
    today: Date,
    request: &PageRequest<ChangeRequestId>,
) -> Result<Page<ChangeRequest>, ReadError> {
    actor.may(Permission::CorrectWorkers)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let reach = Reach::of(actor, &lists).narrowed(&lists.places_today, filter.unit, None);
    let whose = (actor.subject.as_str(), &reach);
    let rows = store::page(db, filter, whose, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, filter, whose).await?);
    }
    Ok(page)
}

/// Which corrections need a second person.
///
/// # Errors
/// `Denied` without [`Permission::CorrectWorkers`].
pub async fn approval_policy(
    db: &mut Reader<'_>,
    actor: &Actor,
    today: Date,
) -> Result<ApprovalPolicy, ReadError> {
    actor.may(Permission::CorrectWorkers)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    Ok((*lists.approvals).clone())
}

/// Says which corrections need a second person, from now on. What waits already waits on.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::ConfigureApprovals`].
#[tracing::instrument(name = "workforce.save_approval_policy", skip_all)]
pub async fn save_approval_policy(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    save: SaveApprovalPolicy,
) -> Result<ApprovalPolicy, WriteError> {
    occasion.actor.may(Permission::ConfigureApprovals)?;
    let old = store::lock_policy(tx).await?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    if !Reach::of(occasion.actor, &lists).is_whole() {
        return Err(Objection::OutsideYourScope.at(&[]).into());
    }
    if old.version != save.base_version {
        return Err(Objection::EntryChanged.at(&["baseVersion"]).into());
    }
    if old.groups == save.groups {
        return Ok(old);
    }
    let new = old.after(save.groups);
    store::save_policy(tx, &new).await?;
    let mut fields = Fields::default();
    fields.note("groups", json!(old.names()), json!(new.names()));
    let entry = Entry {
        at: occasion.now,
        verb: Verb::SaveApprovalPolicy,
        subject_kind: SubjectKind::Configuration,
        subject: Uuid::nil(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: fields.into_value(new.version),
    };
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(new)
}

/// Brings the policy up to a country's folder. The caller appends the changes to the ledger.
///
/// # Errors
/// When the database refuses.
pub async fn configure_approvals(
    tx: &mut Reader<'_>,
    wanted: Option<&BTreeSet<FieldGroup>>,
) -> Result<Changes, Fault> {
    let standing = store::lock_policy(tx).await?;
    let changes = changes(wanted, &standing);
    if let Some(wanted) = wanted.filter(|_| !changes.is_empty()) {
        store::save_policy(tx, &standing.after(wanted.clone())).await?;
    }
    Ok(changes)
}

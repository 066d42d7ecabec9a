//! Transfers between two offices: the releasing side proposes, the receiving side accepts or declines, and until then
//! nothing has moved. Acceptance writes what a transfer in one step writes, so on every day each worker is counted once.
//!
//! Both sides see a proposal, and nobody else. Of a worker who is not theirs yet the receiving side sees what stands in
//! the proposal: name, cadre, where from, where to, on what terms.

mod proposal;
mod store;

use serde_json::json;

pub use proposal::{Decision, Proposal, ProposalStatus, Side};

use super::record::locked;
use super::refusal::{Objection, Refusal, WriteError};
use super::transfer::{self, TransferWorker};
use super::{CareerFault, Lists, Lookup, Occasion, Reach};
use crate::auth::{Actor, Permission};
use crate::cadres;
use crate::kernel::{
    AsOf, CadreId, Date, FacilityId, Id, Page, PageRequest, ProposalId, ReadError, Reason, WorkerId,
};
use crate::ledger::{self, ActReference, Entry, Fields, Standing, SubjectKind, Verb};
use crate::tenancy::Reader;

/// What a side says to a proposal.
#[derive(Clone, Debug)]
pub struct DecideTransfer {
    pub proposal: ProposalId,
    pub decision: Decision,
    pub base_version: i32,
    pub comment: Option<String>,
}

/// Which proposals; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct ProposalFilter {
    pub proposal: Option<ProposalId>,
    pub worker: Option<WorkerId>,
    /// Those in which the caller works for this side.
    pub side: Option<Side>,
    pub statuses: Option<Vec<ProposalStatus>>,
}

/// Proposes to transfer a worker. Nothing moves before the receiving side accepts.
///
/// # Errors
/// What a transfer would be refused for; `AlreadyProposed`; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.propose_transfer", skip_all, fields(worker.id = %transfer.worker))]
pub async fn propose_transfer(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    transfer: TransferWorker,
) -> Result<ProposalId, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let (old, lists) = locked(tx, occasion, transfer.worker, transfer.base_version).await?;
    let postings = super::store::career(tx, old.id).await?;
    let planned = transfer::plan(&old, &lists, &postings, &transfer)?;
    let id = ProposalId::new();
    let inserted = store::insert(tx, id, &planned, occasion).await;
    inserted.map_err(|error| match super::store::violated(&error) {
        Some(store::ONE_PENDING) => Objection::AlreadyProposed.at(&["worker"]).into(),
        _ => WriteError::Fault(error.into()),
    })?;
    let mut fields = Fields::default();
    let next = &planned.next;
    let described = [
        ("worker", json!(WorkerId::encode(old.id))),
        ("from", json!(FacilityId::encode(planned.left.facility))),
        ("to", json!(FacilityId::encode(next.facility))),
        ("on", json!(next.starts_on)),
        ("cadre", json!(CadreId::encode(next.cadre))),
        ("employmentType", json!(next.employment_type)),
        ("supervisor", json!(next.supervisor.map(FacilityId::encode))),
        ("reason", json!(planned.reason)),
        ("status", json!(ProposalStatus::Pending.as_str())),
    ];
    fields.compare(None, described);
    let before = old.standing();
    let standings = (Some(before), Some(planned.standing));
    record(
        tx,
        occasion,
        Verb::ProposeTransfer,
        id,
        standings,
        (1, fields),
    )
    .await?;
    Ok(id)
}

/// Accepts a proposal, whether its day has come or not: the worker is transferred. Or declines it, or takes it back: the
/// worker stays.
///
/// # Errors
/// `Overtaken` when the worker moved or left meanwhile, and what else stands against the transfer by now; `Denied`
/// without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.decide_transfer", skip_all, fields(proposal.id = %decide.proposal))]
pub async fn decide_transfer(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    decide: DecideTransfer,
) -> Result<ProposalId, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    let accepts = decide.decision == Decision::Accept;
    if accepts {
        cadres::hold(tx).await?;
        let (seen, _) = shown(tx, occasion, decide.proposal).await?;
        // Before the proposal itself, as whoever transfers the worker in one step does.
        super::store::lock(tx, seen.worker).await?;
    }
    let (proposal, lists) = pending(tx, occasion, &decide).await?;
    if accepts {
        move_worker(tx, occasion, &lists, &proposal).await?;
    }
    conclude(tx, occasion, &lists, &proposal, decide).await?;
    Ok(proposal.id)
}

/// Writes the transfer of a proposal. The record is not the receiving side's yet: that they see the proposal lets them
/// move it.
async fn move_worker(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    lists: &Lists,
    proposal: &Proposal,
) -> Result<(), WriteError> {
    let lookup = Lookup::Id(proposal.worker);
    let (_, old) = super::store::find(tx, &lookup, occasion.today).await?;
    let old = old.ok_or_else(not_found)?;
    let postings = super::store::career(tx, old.id).await?;
    let planned = transfer::plan(&old, lists, &postings, &proposal.transfer());
    let planned = planned.map_err(at_acceptance)?;
    let act = (occasion.act.clone()).or_else(|| proposal.act.clone().map(ActReference::taken_over));
    let moving = Occasion { act, ..*occasion };
    transfer::carry_out(tx, &moving, Verb::Transfer, &old, &planned).await?;
    Ok(())
}

/// A page of the proposals that the caller has a side in, the newest first, with the lists of today.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "workforce.transfer_proposals", skip_all)]
pub async fn transfer_proposals(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &ProposalFilter,
    today: Date,
    request: &PageRequest<ProposalId>,
) -> Result<(Page<Proposal>, Lists), ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let extent = store::Extent::new(&Reach::of(actor, &lists), &lists);
    let rows = store::page(db, filter, &extent, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, filter, &extent).await?);
    }
    Ok((page, lists))
}

/// One proposal, when the caller has a side in it, with the lists of today.
///
/// # Errors
/// As [`transfer_proposals`].
pub async fn transfer_proposal(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: ProposalId,
    today: Date,
) -> Result<(Option<Proposal>, Lists), ReadError> {
    let filter = ProposalFilter {
        proposal: Some(id),
        ..ProposalFilter::default()
    };
    let request = PageRequest {
        first: 1,
        after: None,
        count: false,
    };
    let (page, lists) = transfer_proposals(db, actor, &filter, today, &request).await?;
    Ok((page.rows.into_iter().next(), lists))
}

fn not_found() -> Refusal {
    Objection::ProposalNotFound.at(&["proposal"])
}

async fn shown(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: ProposalId,
) -> Result<(Proposal, Lists), WriteError> {
    let (found, lists) = transfer_proposal(tx, occasion.actor, id, occasion.today).await?;
    Ok((found.ok_or_else(not_found)?, lists))
}

/// Locks a proposal that waits for the caller's side, at the version they saw.
async fn pending(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    decide: &DecideTransfer,
) -> Result<(Proposal, Lists), WriteError> {
    store::lock(tx, decide.proposal).await?;
    let (proposal, lists) = shown(tx, occasion, decide.proposal).await?;
    let reach = Reach::of(occasion.actor, &lists);
    let objection = if !proposal.is_on(decide.decision.side(), &reach, &lists) {
        Objection::OutsideYourScope.at(&["proposal"])
    } else if proposal.version != decide.base_version {
        Objection::ProposalChanged.at(&["baseVersion"])
    } else {
        match proposal.status {
            ProposalStatus::Pending => return Ok((proposal, lists)),
            ProposalStatus::Overtaken => Objection::Overtaken.at(&["proposal"]),
            _ => Objection::NotPending.at(&["proposal"]),
        }
    };
    Err(objection.into())
}

/// What stands against a transfer by now, told of the proposal; that the career went another way is one thing.
fn at_acceptance(error: WriteError) -> WriteError {
    let WriteError::Refused(refusals) = error else {
        return error;
    };
    let told = refusals.into_iter().map(|it| {
        let objection = match it.objection {
            Objection::Career(
                CareerFault::NotPosted
                | CareerFault::SameFacility
                | CareerFault::BeforePosting(_)
                | CareerFault::AlreadyEnded(_),
            ) => Objection::Overtaken,
            other => other,
        };
        objection.at(&["proposal"])
    });
    WriteError::Refused(told.collect())
}

/// Writes a decision, and the ledger's row of it, which both sides are told of.
async fn conclude(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    lists: &Lists,
    proposal: &Proposal,
    decide: DecideTransfer,
) -> Result<(), WriteError> {
    let (decision, comment) = (decide.decision, decide.comment);
    store::settle(
        tx,
        proposal.id,
        decision.status(),
        comment.as_deref(),
        occasion,
    )
    .await?;
    let mut fields = Fields::default();
    let (from, to) = (proposal.status.as_str(), decision.status().as_str());
    fields.note("status", json!(from), json!(to));
    fields.note("comment", json!(proposal.comment), json!(comment));
    let standings = (
        proposal.standing(Side::Releasing, lists),
        proposal.standing(Side::Receiving, lists),
    );
    let change = (proposal.version + 1, fields);
    record(
        tx,
        occasion,
        decision.verb(),
        proposal.id,
        standings,
        change,
    )
    .await
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    proposal: ProposalId,
    (before, after): (Option<Standing>, Option<Standing>),
    (version, fields): (i32, Fields),
) -> Result<(), WriteError> {
    let entry = Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::TransferProposal,
        subject: proposal.into(),
        before,
        after,
        act: occasion.act.clone(),
        change: fields.into_value(version),
    };
    Ok(ledger::append(tx, occasion.actor, &[entry]).await?)
}

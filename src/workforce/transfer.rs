//! From one primary posting to the next: in one step by whoever works for both places, or as a proposal of one side that
//! the other accepts (`handover/`). Both write the same.

use super::career::{Continues, NewPosting, Occasion, draft, finish, known_reason, open};
use super::change::Change;
use super::record::locked;
use super::refusal::{Objection, Refusal, WriteError};
use super::{CareerFault, Lists, Posting, PostingKind, Reach, Worker, store, worker};
use crate::auth::Permission;
use crate::cadres;
use crate::kernel::{CadreId, Date, FacilityId, PostingId, Reason, WorkerId};
use crate::ledger::{Standing, Verb};
use crate::tenancy::Reader;

/// Why a posting ends with a promotion, when nothing else is said.
const PROMOTION: &str = "promotion";

/// From one primary posting to the next, without a day between. What is absent stays as it is.
#[derive(Clone, Debug)]
pub struct TransferWorker {
    pub worker: WorkerId,
    /// The new posting's, of the client's making.
    pub posting: Option<PostingId>,
    pub to: FacilityId,
    pub on: Date,
    pub cadre: Option<CadreId>,
    pub employment_type: Option<String>,
    pub salary_grade: Option<String>,
    pub supervisor: Option<FacilityId>,
    /// Why the old posting ends; `transfer` when absent.
    pub reason: Option<String>,
    pub base_version: Option<i32>,
}

/// A promotion: another cadre, another salary grade, or both; at another facility, or where the worker serves.
#[derive(Clone, Debug)]
pub struct PromoteWorker {
    pub worker: WorkerId,
    pub on: Date,
    pub to: Option<FacilityId>,
    pub cadre: Option<CadreId>,
    pub salary_grade: Option<String>,
    pub employment_type: Option<String>,
    /// Why the old posting ends; `promotion` when absent.
    pub reason: Option<String>,
    pub base_version: Option<i32>,
}

/// A transfer that nothing stands against.
pub(super) struct Planned {
    /// The posting in force, as it is.
    pub left: Posting,
    pub last_day: Date,
    pub reason: String,
    pub next: Posting,
    /// Where the record stands after it.
    pub standing: Standing,
}

/// Transfers a worker on a day: the primary posting in force ends the day before, the new one begins.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.transfer", skip_all, fields(worker.id = %transfer.worker))]
pub async fn transfer(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    transfer: TransferWorker,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let (old, lists) = locked(tx, occasion, transfer.worker, transfer.base_version).await?;
    let postings = store::career(tx, old.id).await?;
    let planned = plan(&old, &lists, &postings, &transfer)?;
    within_reach(occasion, &lists, &planned)?;
    carry_out(tx, occasion, Verb::Transfer, &old, &planned).await
}

/// Promotes a worker from a day on.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.promote", skip_all, fields(worker.id = %promotion.worker))]
pub async fn promote(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    promotion: PromoteWorker,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let (old, lists) = locked(tx, occasion, promotion.worker, promotion.base_version).await?;
    let postings = store::career(tx, old.id).await?;
    let current = (postings.iter())
        .find(|it| it.is_primary && it.is_in_force_on(promotion.on))
        .ok_or_else(|| Objection::Career(CareerFault::NotPosted).at(&["on"]))?;
    let (cadre, grade) = (promotion.cadre, &promotion.salary_grade);
    let is_higher = cadre.is_some_and(|it| it != current.cadre)
        || (grade.is_some() && *grade != current.salary_grade);
    if !is_higher {
        return Err(Objection::NothingChanges.at(&["cadre"]).into());
    }
    let transfer = TransferWorker {
        worker: old.id,
        posting: None,
        to: promotion.to.unwrap_or(current.facility),
        on: promotion.on,
        cadre,
        employment_type: promotion.employment_type,
        salary_grade: promotion.salary_grade,
        supervisor: None,
        reason: Some(promotion.reason.unwrap_or_else(|| PROMOTION.to_owned())),
        base_version: None,
    };
    let planned = plan(&old, &lists, &postings, &transfer)?;
    within_reach(occasion, &lists, &planned)?;
    carry_out(tx, occasion, Verb::Promote, &old, &planned).await
}

/// Whether the caller works for the place where the record would stand.
fn within_reach(occasion: &Occasion<'_>, lists: &Lists, planned: &Planned) -> Result<(), Refusal> {
    let Standing { unit, sector } = planned.standing;
    if Reach::of(occasion.actor, lists).admits_place(unit, sector) {
        Ok(())
    } else {
        Err(Objection::OutsideYourScope.at(&["to"]))
    }
}

/// What a transfer of somebody with these postings would be, or why it may not happen.
pub(super) fn plan(
    old: &Worker,
    lists: &Lists,
    postings: &[Posting],
    transfer: &TransferWorker,
) -> Result<Planned, WriteError> {
    let reason = transfer.reason.as_deref().unwrap_or("transfer");
    let reason = known_reason(reason, transfer.on, lists)?;
    let to = (lists.places.facility(transfer.to))
        .ok_or_else(|| Objection::FacilityNotFound.at(&["to"]))?;
    let changes_terms = |current: &Posting| {
        transfer.cadre.is_some_and(|it| it != current.cadre)
            || transfer
                .supervisor
                .is_some_and(|it| Some(it) != current.supervisor)
            || (transfer.salary_grade.as_ref())
                .is_some_and(|it| Some(it) != current.salary_grade.as_ref())
            || (transfer.employment_type.as_ref()).is_some_and(|it| *it != current.employment_type)
    };
    let (current, last_day) = worker::transfer(postings, to, transfer.on, changes_terms)
        .map_err(|fault| Objection::Career(fault.clone()).at(field(&fault)))?;
    let next = NewPosting {
        id: transfer.posting,
        facility: to.id,
        cadre: transfer.cadre.unwrap_or(current.cadre),
        employment_type: (transfer.employment_type.clone())
            .unwrap_or_else(|| current.employment_type.clone()),
        is_primary: true,
        kind: PostingKind::Substantive,
        // Another cadre has other grades.
        salary_grade: (transfer.salary_grade.clone()).or_else(|| {
            let stays = transfer.cadre.is_none_or(|it| it == current.cadre);
            current.salary_grade.clone().filter(|_| stays)
        }),
        starts_on: transfer.on,
        // Another facility has other supervisors.
        supervisor: (transfer.supervisor)
            .or(current.supervisor.filter(|_| current.facility == to.id)),
    };
    let continues = Continues {
        cadre: next.cadre == current.cadre,
        terms: next.employment_type == current.employment_type,
    };
    let drafted = draft(old.id, &next, lists, &[], continues);
    let (next, standing) = drafted.map_err(WriteError::Refused)?;
    step(lists, current.cadre, &next)?;
    Ok(Planned {
        left: current.clone(),
        last_day,
        reason,
        next,
        standing,
    })
}

/// Writes a transfer.
pub(super) async fn carry_out(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    old: &Worker,
    planned: &Planned,
) -> Result<Worker, WriteError> {
    let Planned { left, next, .. } = planned;
    store::end_posting(tx, left.id, planned.last_day, &planned.reason).await?;
    open(tx, next, &["on"], &["posting"]).await?;
    let ended = Posting {
        ends_on: Some(planned.last_day),
        end_reason: Some(planned.reason.clone()),
        ..left.clone()
    };
    let mut change = Change::default();
    change.posting(Some(left), &ended);
    change.posting(None, next);
    finish(tx, occasion, verb, old, change).await
}

/// The career steps out of a cadre, as it is on the first day of the next posting, must have the cadre of that one.
fn step(lists: &Lists, left: CadreId, next: &Posting) -> Result<(), Refusal> {
    let cadres = lists.taxonomy.on(next.starts_on);
    match cadres.get(left).filter(|it| !it.leads_to(next.cadre)) {
        Some(left) => Err(Objection::NoCareerStep(left.code.clone()).at(&["cadre"])),
        None => Ok(()),
    }
}

fn field(fault: &CareerFault) -> &'static [&'static str] {
    match fault {
        CareerFault::SameFacility | CareerFault::FacilityClosed | CareerFault::FacilityNotOpen => {
            &["to"]
        }
        CareerFault::NotPosted
        | CareerFault::BeforePosting(_)
        | CareerFault::LaterPosting(_)
        | CareerFault::AlreadyEnded(_) => &["on"],
    }
}

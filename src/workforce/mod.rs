//! The people on the register: who they are, how they are reached, where they serve and served.
//!
//! Reading is here, counting in `tally.rs`; [`register`] is in `record.rs`, [`correct`] in `correction.rs`, what two people
//! corrected at once in `conflicts/`, what takes a second person in `approvals/`; [`post`], [`end_posting`] are in
//! `career.rs`, [`transfer`] and [`promote`] in `transfer.rs`, [`record_exit`] in `departure.rs`, and the transfers that
//! take two offices in `handover/`; leave is in `leave/`, by the days of `calendar/`, what a service file says besides in
//! `service/`, who somebody is besides in `particulars/`, photos in `photos/`, records that may be one person's in
//! `duplicates/`, what records lack and contradict in `quality/`, and the order of what was written down without the network
//! in `batch.rs`.

mod amend;
mod answered;
mod approvals;
mod batch;
mod calendar;
mod career;
mod change;
mod check;
mod conflicts;
mod correction;
mod coverage;
mod departure;
mod documents;
mod duplicates;
mod edges;
mod feed;
mod filling;
mod flow;
pub mod graphql;
mod handover;
mod leave;
mod lists;
mod load;
mod merge;
mod others;
mod particulars;
mod photos;
mod quality;
mod record;
mod refusal;
mod regroup;
mod relocate;
mod selection;
mod service;
mod settle;
mod store;
mod submissions;
mod tally;
mod transfer;
mod worker;

use serde::{Deserialize, Serialize};

pub use amend::{amend, amend_each, locked_all};
pub use answered::{AnswerCondition, AnswerField, Answered, CountedField, answered, counted};
pub use approvals::{
    ApprovalPolicy, ChangeRequest, ChangeRequestFilter, DecideChange, FieldChange, FieldGroup,
    Overtaken, RequestStatus, SaveApprovalPolicy, WithdrawChange, approval_policy, change_requests,
    changes as approval_changes, configure_approvals, decide_change, save_approval_policy,
    withdraw_change,
};
pub use batch::{Link, MOST as MOST_IN_BATCH, Plan, plan as plan_batch};
pub use calendar::{
    Calendar, Holiday, HolidayRow, Holidays, RemoveHoliday, SaveHoliday, calendar,
    changes as calendar_changes, configure_calendar, remove_holiday, save_holiday,
};
pub use career::{EndPosting, NewPosting, Occasion, PostWorker, end_posting, post};
pub use change::{CONDUCT, Conflict, PAY};
pub use conflicts::{
    ConflictFilter, ConflictItem, ConflictState, ResolveConflict, conflicts, resolve_conflict,
};
pub use correction::{CorrectWorker, Corrected, OnConflict, correct};
pub use coverage::{CoveredCadre, coverage};
pub use departure::{ExitGroup, RecordExit, record_exit};
pub use documents::act_document;
pub use duplicates::{
    Likely, Merge, MergeWorkers, Pair, PairFilter, PairKey, Rehearsed, Searched, Sign, Stranger,
    Taken, United, UnmergeWorkers, dismiss, likely, merge_workers, merges, pairs, rehearse_merge,
    search as search_duplicates, unmerge_workers,
};
pub use edges::{Attached, Edges, attach, find_posting};
pub use feed::{ChangeFilter, Told, changes, changes_start};
pub use filling::fill;
pub use flow::{Duty, Ended, Flow, Step, Stock, flow};
pub use handover::{
    DecideTransfer, Decision, Proposal, ProposalFilter, ProposalStatus, Side, decide_transfer,
    propose_transfer, transfer_proposal, transfer_proposals,
};
pub use leave::{
    Balance, LONGEST as LONGEST_LEAVE, Leave, LeaveFilter, LeaveStatus, RequestLeave, Turn,
    TurnLeave, leave, leave_balances, leaves, request_leave, turn_leave,
};
pub use lists::{Lists, Reach};
pub use load::{NewWorker, is_any_registered, load};
pub use merge::{
    Earnest, Line, LineAnswer, LineContact, LineParticulars, LinePosting, Outcome, merge,
};
pub use others::{Edge, Others};
pub use particulars::{
    Particulars, PastEmployment, Relative, SaidParticulars, SaveParticulars, save_particulars,
};
pub use photos::{Paint, Photo, PhotoFault, Picture, SavePhoto, photo, photo_contents, save_photo};
pub use quality::{
    Accuracy, CheckedField, DrawSpotCheck, Figures, Finding, Flaw, Flaws, LARGEST_SAMPLE, Period,
    QualityFilter, RecordSpotCheck, SampledRecord, SpotCheck, SpotCheckFilter, UnitFigures,
    clerk_accuracy, data_quality, draw_spot_check, flaws_of, quality_queue, record_spot_check,
    sampled_records, spot_checks, unit_quality,
};
pub use record::{Placement, RegisterWorker, locked, register};
pub use refusal::{Objection, Refusal, WriteError};
pub use regroup::{Regrouped, RegroupingPreview, preview, regroup};
pub use relocate::{Relocated, configure_places, revise_facility};
pub use service::{
    EndServiceEntry, Frequency, Matter, Pay, PayType, RecordServiceEntry, ServiceEntry,
    ServiceFilter, ServiceKind, WithdrawServiceEntry, end_service_entry, record_service_entry,
    service_entries, withdraw_service_entry,
};
pub use submissions::{
    AnswerSubject, CorrectSubmission, ReviewSubmission, SubmissionConflict, SubmissionFilter,
    SubmissionObjection, SubmissionRefusal, SubmissionWriteError, SubmitForm, correct_submission,
    form_file, review_submission, submission, submissions, submit_form,
};
pub use tally::{AgeBand, AnswerAxis, Cube, Tally, count};
pub use transfer::{PromoteWorker, TransferWorker, promote, transfer};
pub use worker::{
    CareerFault, Contact, ContactKind, Identifier, PersonName, Posting, PostingKind, Sex, Status,
    Worker,
};

use selection::{Selection, resolve};

use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, CadreId, Date, FacilityId, OrgUnitId, Page, PageRequest, ReadError, WorkerId,
};
use crate::tenancy::Reader;

/// How one worker is looked up.
#[derive(Clone, Debug)]
pub enum Lookup {
    Id(WorkerId),
    Identifier(Identifier),
}

/// Which workers; all conditions hold together. Conditions on postings are about those in force on the day; with
/// [`Status::Former`], about the last one.
#[derive(Clone, Debug, Default)]
pub struct WorkerFilter {
    /// Posted in this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
    pub facilities: Option<Vec<FacilityId>>,
    pub facility_codes: Option<Vec<String>>,
    pub facility_types: Option<Vec<String>>,
    /// This cadre or below it.
    pub cadre: Option<CadreId>,
    pub cadre_code: Option<String>,
    pub sector: Option<crate::kernel::Sector>,
    pub worker_classes: Option<Vec<crate::cadres::WorkerClass>>,
    pub employment_types: Option<Vec<String>>,
    pub status: Option<Status>,
    pub sex: Option<Sex>,
    /// Every word begins some part of the name, with or without accents.
    pub name: Option<String>,
    /// About what was answered to forms.
    pub answers: Vec<AnswerCondition>,
    /// Whom another room chooses.
    pub among: Option<Among>,
}

/// A choice of workers that the workforce cannot make itself.
#[derive(Clone, Debug)]
pub enum Among {
    /// These alone.
    Of(Vec<WorkerId>),
    /// All but these.
    But(Vec<WorkerId>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Name,
    NameDescending,
    BirthDate,
    BirthDateDescending,
    /// The order in which records were made.
    Registered,
    RegisteredDescending,
}

impl Sort {
    fn is_by_name(self) -> bool {
        matches!(self, Sort::Name | Sort::NameDescending)
    }
}

/// Where a page begins: the sort key of the row before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub text: Option<String>,
    pub day: Option<Date>,
    pub id: WorkerId,
}

/// One worker on a day; `None` when there is none whom the caller may see.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`], or without [`Permission::ReadIdentifiers`] for a look-up by identifier.
#[tracing::instrument(name = "workforce.find", skip_all)]
pub async fn find(
    db: &mut Reader<'_>,
    actor: &Actor,
    by: &Lookup,
    at: AsOf,
) -> Result<(Option<Worker>, Lists), ReadError> {
    actor.may(Permission::ReadWorkers)?;
    if matches!(by, Lookup::Identifier(_)) {
        actor.may(Permission::ReadIdentifiers)?;
    }
    let mut lists = Lists::remembered(db, at).await?;
    let found = loop {
        let (version, found) = store::find(db, by, at.day).await?;
        if version == lists.version {
            break found;
        }
        lists = Lists::current(db, at).await?;
    };
    let reach = Reach::of(actor, &lists);
    Ok((found.filter(|worker| reach.admits(worker)), lists))
}

/// Some workers on a day: those whom the caller may see.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
pub async fn by_ids(
    db: &mut Reader<'_>,
    actor: &Actor,
    ids: &[WorkerId],
    at: AsOf,
) -> Result<(Vec<Worker>, Lists), ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let lists = Lists::current(db, at).await?;
    let reach = Reach::of(actor, &lists);
    let found = store::by_ids(db, ids, &reach, at.day).await?;
    Ok((found, lists))
}

/// A page of the workers whom the caller may see, on a day, with the edges that are asked for.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`], and without the permission to read what is filtered or sorted by.
#[tracing::instrument(name = "workforce.list", skip_all)]
pub async fn list(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &WorkerFilter,
    sort: Sort,
    at: AsOf,
    request: &PageRequest<Key>,
    edges: Edges,
) -> Result<(Page<Worker>, Lists, Attached), ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let edges = edges.readable_by(actor);
    if filter.name.is_some() || matches!(sort, Sort::Name | Sort::NameDescending) {
        actor.may(Permission::ReadNames)?;
    }
    if matches!(sort, Sort::BirthDate | Sort::BirthDateDescending) {
        actor.may(Permission::ReadBirthDates)?;
    }
    let mut lists = Lists::remembered(db, at).await?;
    let rows = loop {
        let selection = resolve(filter, sort, at.day, &lists, actor)?;
        let reach = Reach::of(actor, &lists);
        let (version, rows) = store::page(db, &selection, &reach, request, edges).await?;
        if version == lists.version {
            break rows;
        }
        lists = Lists::current(db, at).await?;
    };
    let mut page = Page::from_rows(rows, request);
    if request.count {
        let selection = resolve(filter, sort, at.day, &lists, actor)?;
        let reach = Reach::of(actor, &lists);
        page.total = Some(store::count(db, &selection, &reach).await?);
    }
    let ids: Vec<WorkerId> = page.rows.iter().map(|it| it.worker.id).collect();
    let mut attached = attach(db, actor, &ids, edges.of_their_own()).await?;
    let page = attached.take(page, edges);
    Ok((page, lists, attached))
}

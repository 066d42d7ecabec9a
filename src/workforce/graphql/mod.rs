//! The workforce on the wire: looking up, listing, following.

mod answers;
mod approvals;
mod batch;
mod calendar;
mod careers;
mod changes;
mod codes;
mod conflicts;
mod coverage;
mod deed;
mod documents;
mod duplicates;
mod edges;
mod facilities;
mod filter;
mod handover;
mod inputs;
mod leave;
mod mutations;
mod objects;
mod particulars;
mod photos;
mod posting;
mod quality;
mod regroup;
mod service;
mod submissions;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};

pub use crate::graphql::ActInput;
pub use answers::{AnswerConditionInput, AnswerFieldInput, conditions};
pub use approvals::{
    ApprovalsMutation, ApprovalsQuery, ChangeRequest, DecideChangeRequestErrorCode,
    SaveApprovalPolicyErrorCode, WithdrawChangeRequestErrorCode,
};
pub use batch::{BatchItemErrorCode, BatchMutation};
pub use calendar::{CalendarMutation, CalendarQuery, RemoveHolidayErrorCode, SaveHolidayErrorCode};
pub use careers::CareersMutation;
pub use changes::{Change, ChangedField, Conflict};
pub use codes::{
    CorrectWorkerErrorCode, EndPostingErrorCode, PostWorkerErrorCode, PromoteWorkerErrorCode,
    RecordExitErrorCode, RegisterWorkerErrorCode, TransferWorkerErrorCode,
};
pub use conflicts::{ConflictItem, ConflictsMutation, ConflictsQuery, ResolveConflictErrorCode};
pub use coverage::CoverageQuery;
pub use documents::{DocumentsMutation, UploadActDocumentErrorCode};
pub use duplicates::{
    DismissDuplicateErrorCode, Duplicate, DuplicatesMutation, DuplicatesQuery,
    MergeWorkersErrorCode, SearchDuplicatesErrorCode, UnmergeWorkersErrorCode, WorkerMerge,
};
pub use edges::workers_by_ids;
pub use facilities::FacilitiesMutation;
pub use filter::{WorkerFilterInput, worker_filter};
pub use handover::{
    AcceptTransferErrorCode, DeclineTransferErrorCode, HandoverMutation, HandoverQuery,
    ProposeTransferErrorCode, TransferProposal, WithdrawTransferErrorCode, transfer_proposal_by_id,
};
pub use leave::{
    ApproveLeaveErrorCode, CancelLeaveErrorCode, DeclineLeaveErrorCode, Leave, LeaveMutation,
    LeaveQuery, RecallFromLeaveErrorCode, RequestLeaveErrorCode, leave_by_id,
};
pub use mutations::{
    CorrectWorkerPayload, EndPostingPayload, PostWorkerPayload, RegisterWorkerPayload,
    TransferWorkerPayload, WorkforceMutation, occasion, prepare, start, wire,
};
pub use objects::{Contact, ContactKind, Identifier, Sex, Status};
pub use particulars::{ParticularsMutation, SaveParticularsErrorCode};
pub use photos::{PhotosMutation, SavePhotoErrorCode};
pub use posting::{Posting, PostingKind};
pub use quality::{
    DrawSpotCheckErrorCode, QualityFilterInput, QualityFlaw, QualityMutation, QualityQuery,
    RecordSpotCheckErrorCode, SpotCheck, UnitQuality,
};
pub use regroup::{MergeCadresErrorCode, RegroupMutation, RegroupQuery, SplitCadreErrorCode};
pub use service::{
    EndServiceEntryErrorCode, RecordServiceEntryErrorCode, ServiceEntry, ServiceMutation,
    ServiceQuery, WithdrawServiceEntryErrorCode,
};
pub use submissions::{
    CorrectSubmissionErrorCode, ReviewSubmissionErrorCode, Submission, SubmissionStatus,
    SubmissionsMutation, SubmissionsQuery, SubmitFormErrorCode, submission_by_id,
};
pub use worker::{Worker, WorkerCredentials};

use changes::ChangeFilterInput;
use edges::{by_ids, wanted};

use super::{Among, Edges, Key, Lookup, WorkerFilter, attach};
use crate::auth::Permission;
use crate::graphql::{Connection, Day, Paging, connection, cursor, id, nullable, refuse, request};
use crate::kernel::{AsOf, Invalid, Page, PageRequest, PostingId, ReadError, WorkerId};

/// One worker, by exactly one of these.
#[derive(OneofObject)]
pub enum WorkerLookup {
    /// The opaque id.
    Id(ID),
    /// A number by which an authority knows the person.
    Identifier(IdentifierLookup),
}

/// An identifier to look for.
#[derive(InputObject)]
pub struct IdentifierLookup {
    /// The code of its type.
    #[graphql(name = "type")]
    type_code: String,
    /// The number; spaces, points and hyphens do not matter.
    value: String,
}

/// The order of a list of workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(remote = "super::Sort")]
pub enum WorkerSort {
    /// By family name, then given names.
    Name,
    /// By family name, backwards.
    NameDescending,
    /// By birth date, the oldest person first; unknown dates last.
    BirthDate,
    /// By birth date, unknown dates first, then the youngest person.
    BirthDateDescending,
    /// In the order in which the records were made.
    Registered,
    /// The newest record first.
    RegisteredDescending,
}

#[derive(Default)]
pub struct WorkforceQuery;

#[Object]
impl WorkforceQuery {
    /// One worker whom the caller may see, as of a day (today when absent); null when there is none.
    #[tracing::instrument(name = "query worker", skip_all)]
    async fn worker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: WorkerLookup,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Option<Result<Worker>> {
        let answer = async {
            let lookup = lookup(by)?;
            let edges = wanted(&[ctx.look_ahead()])?;
            by_lookup(ctx, &lookup, as_of, edges).await
        };
        nullable(ctx, answer.await)
    }

    /// Workers whom the caller may see, as of a day (today when absent); at most 100 a page. Without `sort` they come
    /// by name, or in the order of registration for callers who may not read names.
    #[tracing::instrument(name = "query workers", skip_all)]
    async fn workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<WorkerFilterInput>,
        #[graphql(desc = "The order.")] sort: Option<WorkerSort>,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Worker>> {
        let sort = sort.unwrap_or_else(|| usual_sort(ctx));
        let list = format!("workers by {sort:?}");
        let page = async |asked: PageRequest<Key>| {
            let filter = filter
                .map(WorkerFilterInput::read)
                .transpose()?
                .unwrap_or_default();
            page(ctx, &filter, sort.into(), as_of, &asked).await
        };
        let key = |worker: &Worker| key(worker.domain(), sort.into());
        let paging = Paging { first, after };
        connection(ctx, &list, paging, page, key, |worker| worker).await
    }

    /// Everything that happened to the records in the caller's scope, in commit order: for clients that keep a copy.
    /// Follow it with the last cursor; a record that leaves the scope comes as a tombstone. When the scope itself becomes
    /// another, because an org unit goes to another region with all its records, no record has a row of its own: the
    /// change of the unit says by `readAgainFrom` that the copy is to be made anew.
    #[tracing::instrument(name = "query changes", skip_all)]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<ChangeFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Change>> {
        let page = async |asked: PageRequest<(i64, i64)>| {
            let filter = filter.unwrap_or_default().read()?;
            feed(ctx, &filter, &asked).await
        };
        let paging = Paging { first, after };
        let key = |(key, _): &((i64, i64), Change)| *key;
        connection(ctx, FEED, paging, page, key, |(_, change)| change).await
    }

    /// Where `changes` stands now, as a cursor of it. Whoever wants a copy asks for this first, then for all that they want
    /// to keep, page by page, then for `changes` after it: whatever happened meanwhile is told there.
    #[tracing::instrument(name = "query changesStart", skip_all)]
    async fn changes_start(&self, ctx: &Context<'_>) -> Result<String> {
        let answer = async {
            let rq = request(ctx);
            let mut db = rq.read(false).await?;
            let head = super::changes_start(&mut db, rq.actor()).await?;
            cursor(ctx, FEED, &(head.epoch, head.seq))
        };
        answer.await.map_err(|error| refuse(ctx, error))
    }
}

/// By name, for whoever may read names.
fn usual_sort(ctx: &Context<'_>) -> WorkerSort {
    if request(ctx).actor().may(Permission::ReadNames).is_ok() {
        WorkerSort::Name
    } else {
        WorkerSort::Registered
    }
}

/// A page of those workers of a filter whom another room chooses, in the order of `workers`: of those who usually stand
/// so, where the filter does not say how. `list` names the choice.
///
/// # Errors
/// As `workers`.
pub async fn workers_among(
    ctx: &Context<'_>,
    list: &str,
    filter: Option<WorkerFilterInput>,
    as_of: Option<Day>,
    paging: Paging,
    (among, usual): (Among, Option<super::Status>),
) -> Result<Connection<Worker>> {
    let sort = usual_sort(ctx);
    let list = format!("{list} workers by {sort:?}");
    let page = async |asked: PageRequest<Key>| {
        let filter = filter
            .map(WorkerFilterInput::read)
            .transpose()?
            .unwrap_or_default();
        let filter = WorkerFilter {
            status: filter.status.or(usual),
            among: Some(among),
            ..filter
        };
        page(ctx, &filter, sort.into(), as_of, &asked).await
    };
    let key = |worker: &Worker| key(worker.domain(), sort.into());
    connection(ctx, &list, paging, page, key, |worker| worker).await
}

/// One worker by id, for `node`.
///
/// # Errors
/// As `worker`.
pub async fn worker_by_id(ctx: &Context<'_>, id: WorkerId) -> Result<Option<Worker>, ReadError> {
    let several = Edges {
        postings: true,
        ..Edges::default()
    };
    by_lookup(ctx, &Lookup::Id(id), None, several).await
}

/// One posting by id, for `node`.
///
/// # Errors
/// As `worker`.
pub async fn posting_by_id(ctx: &Context<'_>, id: PostingId) -> Result<Option<Posting>, ReadError> {
    let rq = request(ctx);
    let today = rq.today()?;
    let mut db = rq.read(true).await?;
    let found = super::find_posting(&mut db, rq.actor(), id, today).await?;
    Ok(found.map(|(posting, lists)| Posting::new(posting, lists)))
}

async fn by_lookup(
    ctx: &Context<'_>,
    lookup: &Lookup,
    as_of: Option<Day>,
    edges: Edges,
) -> Result<Option<Worker>, ReadError> {
    let rq = request(ctx);
    let at = rq.as_of(as_of)?;
    let mut db = rq.read(edges.any()).await?;
    let (found, lists) = super::find(&mut db, rq.actor(), lookup, at).await?;
    let Some(worker) = found else {
        return Ok(None);
    };
    let attached = attach(&mut db, rq.actor(), &[worker.id], edges).await?;
    Ok(Some(Worker::new(worker, lists, Arc::new(attached))))
}

async fn page(
    ctx: &Context<'_>,
    filter: &WorkerFilter,
    sort: super::Sort,
    as_of: Option<Day>,
    asked: &PageRequest<Key>,
) -> Result<Page<Worker>, ReadError> {
    let rq = request(ctx);
    let look = ctx.look_ahead();
    let edges = wanted(&[look.field("nodes"), look.field("edges").field("node")])?;
    let at = rq.as_of(as_of)?;
    let several = edges.of_their_own().any() || asked.count;
    let mut db = rq.read(several).await?;
    let (found, lists, attached) =
        super::list(&mut db, rq.actor(), filter, sort, at, asked, edges).await?;
    let attached = Arc::new(attached);
    Ok(found.map(|worker| Worker::new(worker, lists.clone(), Arc::clone(&attached))))
}

/// The list of changes, as its cursors name it.
const FEED: &str = "changes";

type Followed = ((i64, i64), Change);

async fn feed(
    ctx: &Context<'_>,
    filter: &super::ChangeFilter,
    asked: &PageRequest<(i64, i64)>,
) -> Result<Page<Followed>, ReadError> {
    let rq = request(ctx);
    let today = rq.today()?;
    let mut db = rq.read(true).await?;
    let page = super::changes(&mut db, rq.actor(), filter, asked, today).await?;
    let look = ctx.look_ahead();
    let nodes = [look.field("nodes"), look.field("edges").field("node")];
    let workers = if nodes.iter().any(|node| node.field("worker").exists()) {
        let edges = wanted(&nodes.map(|node| node.field("worker")))?;
        let ids = page.rows.iter().map(|it| it.row.subject_id.into());
        by_ids(rq.actor(), &mut db, ids.collect(), AsOf::now(today), edges).await?
    } else {
        HashMap::new()
    };
    Ok(page.map(|told| {
        let worker = workers.get(&told.row.subject_id.into());
        let worker = worker.filter(|_| !told.tombstone).cloned();
        ((told.epoch, told.row.seq), Change::told(told, worker))
    }))
}

fn lookup(by: WorkerLookup) -> Result<Lookup, Invalid> {
    Ok(match by {
        WorkerLookup::Id(given) => Lookup::Id(id("by.id", &given)?),
        WorkerLookup::Identifier(it) => Lookup::Identifier(super::Identifier {
            type_code: it.type_code,
            value: it.value,
        }),
    })
}

fn key(worker: &super::Worker, sort: super::Sort) -> Key {
    let by_name = matches!(sort, super::Sort::Name | super::Sort::NameDescending);
    let by_day = matches!(
        sort,
        super::Sort::BirthDate | super::Sort::BirthDateDescending
    );
    Key {
        text: by_name.then(|| worker.name.key()),
        day: worker.birth_date.filter(|_| by_day),
        id: worker.id,
    }
}

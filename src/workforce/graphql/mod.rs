//! The workforce on the wire: looking up, listing, following.

mod answers;
mod changes;
mod codes;
mod coverage;
mod edges;
mod facilities;
mod inputs;
mod mutations;
mod objects;
mod regroup;
mod submissions;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, InputType, Object, OneofObject, Result, Value};

pub use crate::graphql::ActInput;
pub use answers::{AnswerConditionInput, AnswerFieldInput, conditions};
pub use changes::{Change, ChangedField, Conflict};
pub use codes::{
    CorrectWorkerErrorCode, EndPostingErrorCode, PostWorkerErrorCode, RegisterWorkerErrorCode,
    TransferWorkerErrorCode,
};
pub use coverage::CoverageQuery;
pub use edges::workers_by_ids;
pub use facilities::FacilitiesMutation;
pub use mutations::{
    CorrectWorkerPayload, EndPostingPayload, PostWorkerPayload, RegisterWorkerPayload,
    TransferWorkerPayload, WorkforceMutation, occasion,
};
pub use objects::{Contact, ContactKind, Identifier, Posting, Sex, Status, Worker};
pub use regroup::{MergeCadresErrorCode, RegroupMutation, RegroupQuery, SplitCadreErrorCode};
pub use submissions::{
    CorrectSubmissionErrorCode, ReviewSubmissionErrorCode, Submission, SubmissionStatus,
    SubmissionsMutation, SubmissionsQuery, SubmitFormErrorCode, submission_by_id,
};

use edges::{by_ids, wanted};

use super::{Edges, Key, Lookup, WorkerFilter, attach};
use crate::auth::Permission;
use crate::cadres::graphql::WorkerClass;
use crate::graphql::{
    Connection, Day, Paging, SectorName, connection, id, nullable, optional_id, request,
};
use crate::kernel::{AsOf, Invalid, Page, PageRequest, PostingId, ReadError, Unfit, WorkerId};

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

/// Which workers; all conditions hold together. Conditions on place, cadre and terms are about the postings in force
/// on the day; with the status FORMER, about the last one.
#[derive(Default, InputObject)]
pub struct WorkerFilterInput {
    /// Posted in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// Posted at one of these facilities.
    facilities: Option<Vec<ID>>,
    /// The same by their codes; a code that nothing has selects nobody, here as elsewhere.
    facility_codes: Option<Vec<String>>,
    /// Posted at a facility of one of these types, by code.
    facility_types: Option<Vec<String>>,
    /// Posted under this cadre or any below it.
    cadre: Option<ID>,
    /// The same by the cadre's code.
    cadre_code: Option<String>,
    /// Posted under a cadre of this sector.
    sector: Option<SectorName>,
    /// Posted under a cadre of one of these classes.
    worker_classes: Option<Vec<WorkerClass>>,
    /// Posted on one of these terms, by code.
    employment_types: Option<Vec<String>>,
    /// How they stand on the day; absent: everybody, or the active ones when a condition is about postings.
    status: Option<Status>,
    /// Of this sex.
    sex: Option<Sex>,
    /// Each word begins a part of the name; accents, hyphens and apostrophes do not matter.
    name: Option<String>,
    /// Who answered so to forms about workers, by the newest answers that count.
    answers: Option<Vec<AnswerConditionInput>>,
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
        let sort = sort.unwrap_or_else(|| {
            if request(ctx).actor().may(Permission::ReadNames).is_ok() {
                WorkerSort::Name
            } else {
                WorkerSort::Registered
            }
        });
        let list = format!("workers by {sort:?}");
        let page = async |asked: PageRequest<Key>| {
            let filter = filter.map(resolve).transpose()?.unwrap_or_default();
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
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Change>> {
        let page = async |asked: PageRequest<(i64, i64)>| feed(ctx, &asked).await;
        let paging = Paging { first, after };
        let key = |(key, _): &((i64, i64), Change)| *key;
        connection(ctx, "changes", paging, page, key, |(_, change)| change).await
    }
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

type Followed = ((i64, i64), Change);

async fn feed(
    ctx: &Context<'_>,
    asked: &PageRequest<(i64, i64)>,
) -> Result<Page<Followed>, ReadError> {
    let rq = request(ctx);
    let today = rq.today()?;
    let mut db = rq.read(true).await?;
    let page = super::changes(&mut db, rq.actor(), asked, today).await?;
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
        let worker = workers.get(&told.row.subject_id.into()).cloned();
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

/// A filter that comes outside of GraphQL, as JSON in the shape of `WorkerFilterInput`. A part that there is none of is
/// refused: left alone, it would let everybody through.
///
/// # Errors
/// Bad input for what is no such filter.
pub fn worker_filter(json: &serde_json::Value) -> Result<WorkerFilter, Invalid> {
    let strange = || Invalid::new("filter", Unfit::NotAFilter);
    let given = Value::from_json(json.clone()).map_err(|_| strange())?;
    let input = WorkerFilterInput::parse(Some(given.clone())).map_err(|_| strange())?;
    if is_part_of(&given, &input.to_value()) {
        resolve(input)
    } else {
        Err(strange())
    }
}

/// Whether all that is given was read.
fn is_part_of(given: &Value, read: &Value) -> bool {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            (given.iter()).all(|(name, it)| read.get(name).is_some_and(|read| is_part_of(it, read)))
        }
        (Value::List(given), Value::List(read)) => {
            (given.iter().zip(read)).all(|(given, read)| is_part_of(given, read))
        }
        (Value::Object(_), _) => false,
        _ => true,
    }
}

fn resolve(filter: WorkerFilterInput) -> Result<WorkerFilter, Invalid> {
    let facilities = filter.facilities.map(|given| {
        let ids = given.iter().map(|it| id("filter.facilities", it));
        ids.collect::<Result<Vec<_>, _>>()
    });
    Ok(WorkerFilter {
        unit: optional_id("filter.orgUnit", filter.org_unit.as_ref())?,
        unit_code: filter.org_unit_code,
        facilities: facilities.transpose()?,
        facility_codes: filter.facility_codes,
        facility_types: filter.facility_types,
        cadre: optional_id("filter.cadre", filter.cadre.as_ref())?,
        cadre_code: filter.cadre_code,
        sector: filter.sector.map(Into::into),
        worker_classes: (filter.worker_classes).map(|it| it.into_iter().map(Into::into).collect()),
        employment_types: filter.employment_types,
        status: filter.status.map(Into::into),
        sex: filter.sex.map(Into::into),
        name: filter.name,
        answers: conditions(filter.answers),
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

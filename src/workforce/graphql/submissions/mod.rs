//! Answers to forms, on the wire: read, handed in, corrected, reviewed.

mod codes;
mod inputs;
mod mutations;
mod objects;

use async_graphql::{Context, ID, InputObject, Object, Result};

pub use codes::{CorrectSubmissionErrorCode, ReviewSubmissionErrorCode, SubmitFormErrorCode};
pub use inputs::{CorrectSubmissionInput, SubmitFormInput};
pub use mutations::SubmissionsMutation;
pub use objects::{ChangedAnswer, Submission, SubmissionStatus};

use crate::graphql::{Connection, Paging, connection, nullable, optional_id, request};
use crate::kernel::{PageRequest, ReadError, SubmissionId};
use crate::workforce::{self, SubmissionFilter};

/// Which answers; all conditions hold together.
#[derive(Default, InputObject)]
pub struct SubmissionFilterInput {
    /// To this form.
    form: Option<ID>,
    /// About this worker.
    worker: Option<ID>,
    /// About this posting.
    posting: Option<ID>,
    /// About this facility.
    facility: Option<ID>,
    /// That have come so far.
    statuses: Option<Vec<SubmissionStatus>>,
}

#[derive(Default)]
pub struct SubmissionsQuery;

#[Object]
impl SubmissionsQuery {
    /// Answers to forms that the caller may see, the newest first; at most 100 a page. Who sees the worker, the posting
    /// or the facility sees the answers about them; what stands alone is seen with its office, a draft by its author.
    #[tracing::instrument(name = "query submissions", skip_all)]
    async fn submissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<SubmissionFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Submission>> {
        let filter = filter.unwrap_or_default();
        let page = async |asked: PageRequest<SubmissionId>| {
            let filter = SubmissionFilter {
                form: optional_id("filter.form", filter.form.as_ref())?,
                worker: optional_id("filter.worker", filter.worker.as_ref())?,
                posting: optional_id("filter.posting", filter.posting.as_ref())?,
                facility: optional_id("filter.facility", filter.facility.as_ref())?,
                statuses: (filter.statuses).map(|it| it.into_iter().map(Into::into).collect()),
            };
            let rq = request(ctx);
            let mut db = rq.read(true).await?;
            let (page, lists) =
                workforce::submissions(&mut db, rq.actor(), &filter, rq.today()?, &asked).await?;
            Ok(page.map(|it| Submission::new(it, lists.clone())))
        };
        let paging = Paging { first, after };
        let key = |row: &Submission| row.key();
        connection(ctx, "submissions", paging, page, key, |row| row).await
    }

    /// One answer to a form; null when the caller may see no such one.
    #[tracing::instrument(name = "query submission", skip_all)]
    async fn submission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its opaque id.")] id: ID,
    ) -> Option<Result<Submission>> {
        let answer = async {
            let id = crate::graphql::id("id", &id)?;
            submission_by_id(ctx, id).await
        };
        nullable(ctx, answer.await)
    }
}

/// One answer by id, for `node`.
///
/// # Errors
/// As `submission`.
pub async fn submission_by_id(
    ctx: &Context<'_>,
    id: SubmissionId,
) -> Result<Option<Submission>, ReadError> {
    let rq = request(ctx);
    let mut db = rq.read(true).await?;
    let found = workforce::submission(&mut db, rq.actor(), id, rq.today()?).await?;
    Ok(found.map(|(found, lists)| Submission::new(found, lists)))
}

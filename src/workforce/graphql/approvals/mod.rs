//! What takes a second person, on the wire: the policy, and the changes that wait.

mod inputs;
mod mutations;
mod objects;

use async_graphql::{Context, ID, InputObject, Object, Result};

pub use inputs::{
    DecideChangeRequestErrorCode, DecideChangeRequestInput, SaveApprovalPolicyErrorCode,
    SaveApprovalPolicyInput, WithdrawChangeRequestErrorCode, WithdrawChangeRequestInput,
};
pub use mutations::ApprovalsMutation;
pub(super) use objects::change_request;
pub use objects::{ApprovalPolicy, ChangeRequest, ChangeRequestStatus, FieldGroup};

use objects::of_requests;

use crate::graphql::{Connection, Paging, connection, optional_id, refuse, request};
use crate::kernel::{ChangeRequestId, Invalid, Page, PageRequest, ReadError};
use crate::workforce::{self, ChangeRequestFilter};

/// Which change requests; all conditions hold together.
#[derive(Default, InputObject)]
pub struct ChangeRequestFilterInput {
    /// About this worker's record.
    worker: Option<ID>,
    /// About records that are kept in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// That have come so far: OPEN are those that wait.
    status: Option<ChangeRequestStatus>,
    /// That ask for a change of fields of this group.
    group: Option<FieldGroup>,
    /// Whether the caller asked for them: false for those that the caller may decide on.
    mine: Option<bool>,
}

impl ChangeRequestFilterInput {
    fn read(&self) -> Result<ChangeRequestFilter, Invalid> {
        Ok(ChangeRequestFilter {
            ids: None,
            worker: optional_id("filter.worker", self.worker.as_ref())?,
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            status: self.status.map(Into::into),
            group: self.group.map(Into::into),
            mine: self.mine,
        })
    }
}

#[derive(Default)]
pub struct ApprovalsQuery;

#[Object]
impl ApprovalsQuery {
    /// Which corrections of records need a second person. A correction of such fields becomes a change request; the other
    /// fields of the same correction are changed at once. Whoever is new is registered by one person; a row of a file that
    /// would change such fields of somebody known is refused, and so is a merge that is told to take them.
    #[tracing::instrument(name = "query approvalPolicy", skip_all)]
    async fn approval_policy(&self, ctx: &Context<'_>) -> Result<ApprovalPolicy> {
        let policy = policy(ctx).await;
        policy.map_err(|error| refuse(ctx, error))
    }

    /// Corrections that somebody asked for and somebody else decides on, the newest first; at most 100 a page.
    #[tracing::instrument(name = "query changeRequests", skip_all)]
    async fn change_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<ChangeRequestFilterInput>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<ChangeRequest>> {
        let page = async |asked: PageRequest<ChangeRequestId>| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let today = rq.today()?;
            let mut db = rq.read(true).await?;
            let page =
                workforce::change_requests(&mut db, rq.actor(), &filter, today, &asked).await?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let rows = of_requests(ctx, &mut db, page.rows, &nodes).await?;
            Ok(Page {
                rows,
                has_next: page.has_next,
                total: page.total,
            })
        };
        let paging = Paging { first, after };
        let key = ChangeRequest::place;
        connection(ctx, "changeRequests", paging, page, key, |row| row).await
    }
}

async fn policy(ctx: &Context<'_>) -> Result<ApprovalPolicy, ReadError> {
    let rq = request(ctx);
    let mut db = rq.read(true).await?;
    let policy = workforce::approval_policy(&mut db, rq.actor(), rq.today()?).await?;
    Ok(policy.into())
}

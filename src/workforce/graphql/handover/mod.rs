//! Proposed transfers on the wire: read, proposed, accepted, declined, withdrawn.

mod codes;
mod inputs;
mod mutations;
mod objects;

use async_graphql::{Context, ID, InputObject, Object, Result};

pub use codes::{
    AcceptTransferErrorCode, DeclineTransferErrorCode, ProposeTransferErrorCode,
    WithdrawTransferErrorCode,
};
pub use mutations::HandoverMutation;
pub use objects::{TransferDirection, TransferProposal, TransferProposalStatus};

use crate::graphql::{Connection, Paging, connection, optional_id, request};
use crate::kernel::{Page, PageRequest, ProposalId, ReadError};
use crate::workforce::{self, ProposalFilter, ProposalStatus};

/// Which proposed transfers; all conditions hold together.
#[derive(Default, InputObject)]
pub struct TransferProposalFilter {
    /// To a place that the caller works for, or from one; absent: both.
    direction: Option<TransferDirection>,
    /// That have come so far.
    statuses: Option<Vec<TransferProposalStatus>>,
    /// Of this worker.
    worker: Option<ID>,
}

#[derive(Default)]
pub struct HandoverQuery;

#[Object]
impl HandoverQuery {
    /// Proposed transfers that wait for their receiving side, the newest first; at most 100 a page. Those from places that
    /// the caller works for, and those to such places.
    #[tracing::instrument(name = "query pendingTransfers", skip_all)]
    async fn pending_transfers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To a place that the caller works for, or from one; absent: both.")]
        direction: Option<TransferDirection>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<TransferProposal>> {
        let filter = ProposalFilter {
            side: direction.map(Into::into),
            statuses: Some(vec![ProposalStatus::Pending]),
            ..ProposalFilter::default()
        };
        let page = async |asked: PageRequest<ProposalId>| page(ctx, &filter, &asked).await;
        let paging = Paging { first, after };
        let key = |row: &TransferProposal| row.key();
        connection(ctx, "pending transfers", paging, page, key, |row| row).await
    }

    /// Proposed transfers in which the caller has a side, whatever became of them, the newest first; at most 100 a page.
    #[tracing::instrument(name = "query transferProposals", skip_all)]
    async fn transfer_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<TransferProposalFilter>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<TransferProposal>> {
        let filter = filter.unwrap_or_default();
        let page = async |asked: PageRequest<ProposalId>| {
            let filter = ProposalFilter {
                proposal: None,
                worker: optional_id("filter.worker", filter.worker.as_ref())?,
                side: filter.direction.map(Into::into),
                statuses: (filter.statuses).map(|it| it.into_iter().map(Into::into).collect()),
            };
            page(ctx, &filter, &asked).await
        };
        let paging = Paging { first, after };
        let key = |row: &TransferProposal| row.key();
        connection(ctx, "transfer proposals", paging, page, key, |row| row).await
    }
}

/// One proposed transfer by id, for `node`.
///
/// # Errors
/// As `transferProposals`.
pub async fn transfer_proposal_by_id(
    ctx: &Context<'_>,
    id: ProposalId,
) -> Result<Option<TransferProposal>, ReadError> {
    let rq = request(ctx);
    let mut db = rq.read(true).await?;
    let (found, lists) = workforce::transfer_proposal(&mut db, rq.actor(), id, rq.today()?).await?;
    Ok(found.map(|found| TransferProposal::new(found, lists, None)))
}

async fn page(
    ctx: &Context<'_>,
    filter: &ProposalFilter,
    asked: &PageRequest<ProposalId>,
) -> Result<Page<TransferProposal>, ReadError> {
    let rq = request(ctx);
    let look = ctx.look_ahead();
    let nodes = [look.field("nodes"), look.field("edges").field("node")];
    let selections = nodes.map(|it| it.field("worker"));
    let mut db = rq.read(true).await?;
    let (page, lists) =
        workforce::transfer_proposals(&mut db, rq.actor(), filter, rq.today()?, asked).await?;
    let workers = if selections.iter().any(async_graphql::Lookahead::exists) {
        Some(objects::workers(ctx, &mut db, &page.rows, &selections).await?)
    } else {
        None
    };
    Ok(page.map(|it| TransferProposal::new(it, lists.clone(), workers.clone())))
}

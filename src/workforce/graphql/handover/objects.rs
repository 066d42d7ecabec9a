//! A proposed transfer on the wire.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Lookahead, Object, Result};

use crate::cadres::graphql::{Cadre, CodeListEntry};
use crate::cadres::{DEPARTURE_REASON, EMPLOYMENT_TYPE};
use crate::graphql::{Act, Day, PersonalKind, guarded, personal, refuse, request};
use crate::kernel::{AsOf, Id, Instant, ProposalId, ReadError, WorkerId};
use crate::places::graphql::Facility;
use crate::tenancy::Reader;
use crate::workforce::graphql::Worker;
use crate::workforce::graphql::edges::workers_by_ids;
use crate::workforce::{Lists, Proposal, ProposalStatus, Reach, Side};

/// How far a proposed transfer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ProposalStatus")]
pub enum TransferProposalStatus {
    /// It waits for the receiving side.
    Pending,
    /// It waited, and the worker moved or left meanwhile: it can be accepted no more.
    Overtaken,
    /// Accepted by the receiving side: the worker is transferred.
    Accepted,
    /// Declined by the receiving side.
    Declined,
    /// Taken back by the releasing side.
    Withdrawn,
}

/// From where a proposed transfer is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TransferDirection {
    /// To a place that the caller works for.
    Incoming,
    /// From a place that the caller works for.
    Outgoing,
}

impl From<TransferDirection> for Side {
    fn from(direction: TransferDirection) -> Self {
        match direction {
            TransferDirection::Incoming => Side::Receiving,
            TransferDirection::Outgoing => Side::Releasing,
        }
    }
}

type Workers = HashMap<WorkerId, Worker>;

#[derive(Clone)]
pub struct TransferProposal {
    proposal: Arc<Proposal>,
    lists: Lists,
    /// Those of the whole page whom the caller may see; absent where nobody asked for them.
    workers: Option<Arc<Workers>>,
}

impl TransferProposal {
    #[must_use]
    pub fn new(proposal: Proposal, lists: Lists, workers: Option<Arc<Workers>>) -> Self {
        Self {
            proposal: Arc::new(proposal),
            lists,
            workers,
        }
    }

    pub(super) fn key(&self) -> ProposalId {
        self.proposal.id
    }

    fn is_on(&self, ctx: &Context<'_>, side: Side) -> bool {
        let reach = Reach::of(request(ctx).actor(), &self.lists);
        self.proposal.is_on(side, &reach, &self.lists)
    }
}

/// The workers of some proposals, with what selections of them ask for.
pub(super) async fn workers(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    of: &[Proposal],
    selections: &[Lookahead<'_>],
) -> Result<Arc<Workers>, ReadError> {
    let ids = of.iter().map(|it| it.worker).collect();
    let at = AsOf::now(request(ctx).today()?);
    Ok(Arc::new(
        workers_by_ids(ctx, db, ids, at, selections).await?,
    ))
}

/// A transfer that the office that releases a worker proposes to the office that is to receive them. Both see it, and
/// nobody else; of a worker whose record is not theirs yet, the receiving side sees what stands here: the name, the cadre,
/// and the transfer itself.
#[Object]
impl TransferProposal {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.proposal.id.encode().into()
    }

    /// Rises when it is decided on; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.proposal.version
    }

    /// How far it has come.
    async fn status(&self) -> TransferProposalStatus {
        self.proposal.status.into()
    }

    /// Whether the caller works for the place that the worker is to serve at, and so may accept or decline it.
    async fn is_incoming(&self, ctx: &Context<'_>) -> bool {
        self.is_on(ctx, Side::Receiving)
    }

    /// Whether the caller works for the place that the worker served at when it was proposed, and so may withdraw it.
    async fn is_outgoing(&self, ctx: &Context<'_>) -> bool {
        self.is_on(ctx, Side::Releasing)
    }

    /// The worker's opaque id.
    async fn worker_id(&self) -> ID {
        self.proposal.worker.encode().into()
    }

    /// The worker's whole name, given names first.
    #[graphql(directive = personal::apply(PersonalKind::Name.name()))]
    async fn worker_name(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        guarded(ctx, PersonalKind::Name, Some(self.proposal.name.full()))
    }

    /// The worker's record; null while it is outside the caller's scope.
    async fn worker(&self, ctx: &Context<'_>) -> Result<Option<Worker>> {
        let id = self.proposal.worker;
        if let Some(workers) = &self.workers {
            return Ok(workers.get(&id).cloned());
        }
        let found = async {
            let mut db = request(ctx).read(true).await?;
            let of = std::slice::from_ref(&*self.proposal);
            workers(ctx, &mut db, of, &[ctx.look_ahead()]).await
        };
        let found = found.await.map_err(|error| refuse(ctx, error))?;
        Ok(found.get(&id).cloned())
    }

    /// Where the worker served when it was proposed.
    async fn from(&self) -> Option<Facility> {
        Facility::find(
            &self.lists.gazetteer,
            &self.lists.places,
            self.proposal.from,
        )
    }

    /// The cadre under which the worker served there.
    async fn from_cadre(&self) -> Option<Cadre> {
        let cadre = self.proposal.from_cadre;
        Cadre::find(&self.lists.taxonomy, &self.lists.cadres, cadre)
    }

    /// Where the worker is to serve.
    async fn to(&self) -> Option<Facility> {
        Facility::find(&self.lists.gazetteer, &self.lists.places, self.proposal.to)
    }

    /// The first day there; the old posting would end the day before.
    async fn on(&self) -> Day {
        Day(self.proposal.on)
    }

    /// As what the worker is to serve there.
    async fn cadre(&self) -> Option<Cadre> {
        Cadre::find(
            &self.lists.taxonomy,
            &self.lists.cadres,
            self.proposal.cadre,
        )
    }

    /// On what terms the worker is to serve there.
    async fn employment_type(&self) -> Option<CodeListEntry> {
        let code = &self.proposal.employment_type;
        CodeListEntry::find(&self.lists.codes, EMPLOYMENT_TYPE, code)
    }

    /// The office that is to supervise the worker there.
    async fn supervisor(&self) -> Option<Facility> {
        let office = self.proposal.supervisor?;
        Facility::find(&self.lists.gazetteer, &self.lists.places, office)
    }

    /// Why the old posting would end.
    async fn reason(&self) -> Option<CodeListEntry> {
        CodeListEntry::find(&self.lists.codes, DEPARTURE_REASON, &self.proposal.reason)
    }

    /// The legal act behind the proposal.
    async fn act(&self) -> Option<Act> {
        self.proposal.act.clone().map(Act::new)
    }

    /// When it was proposed.
    async fn proposed_at(&self) -> Instant {
        self.proposal.proposed_at
    }

    /// Who proposed it.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn proposed_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let author = self.proposal.proposed_by.as_str();
        guarded(ctx, PersonalKind::Trail, Some(author))
    }

    /// When it was accepted, declined or withdrawn.
    async fn decided_at(&self) -> Option<Instant> {
        self.proposal.decided_at
    }

    /// Who accepted, declined or withdrew it.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(
            ctx,
            PersonalKind::Trail,
            self.proposal.decided_by.as_deref(),
        )
    }

    /// What whoever accepted, declined or withdrew it said.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn comment(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Record, self.proposal.comment.as_deref())
    }
}

//! One conflict on the wire.

use async_graphql::{Context, Enum, ID, Lookahead, Object, Result};

use crate::auth::Permission;
use crate::graphql::{Json, PersonalKind, guarded, personal, refuse, request};
use crate::kernel::{AsOf, ConflictId, Id, Instant, PageRequest, ReadError};
use crate::tenancy::Reader;
use crate::workforce::graphql::{Worker, workers_by_ids};
use crate::workforce::{self, ConflictFilter};

/// How far a conflict has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "workforce::ConflictState")]
pub enum ConflictState {
    /// It waits for somebody to decide.
    Open,
    /// The record kept the first value.
    Kept,
    /// The record was given the later value.
    Taken,
    /// The later value was taken and waits for a second person: see `changeRequests` of the worker.
    Requested,
}

pub struct ConflictItem {
    item: workforce::ConflictItem,
    worker: Option<Worker>,
}

/// Conflicts with the workers that selections of them ask for.
pub(in crate::workforce::graphql) async fn of_items(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    items: Vec<workforce::ConflictItem>,
    selections: &[Lookahead<'_>],
) -> Result<Vec<ConflictItem>, ReadError> {
    let selections: Vec<Lookahead<'_>> = selections.iter().map(|it| it.field("worker")).collect();
    let of = if selections.iter().any(Lookahead::exists) {
        let at = AsOf::now(request(ctx).today()?);
        let ids = items.iter().map(|it| it.worker).collect();
        workers_by_ids(ctx, db, ids, at, &selections).await?
    } else {
        std::collections::HashMap::new()
    };
    let items = items.into_iter().map(|item| ConflictItem {
        worker: of.get(&item.worker).cloned(),
        item,
    });
    Ok(items.collect())
}

/// Those that a change has made, read after it; none for whoever may not correct.
pub(in crate::workforce::graphql) async fn conflict_items(
    ctx: &Context<'_>,
    ids: Vec<ConflictId>,
    selections: &[Lookahead<'_>],
) -> Result<Vec<ConflictItem>> {
    let rq = request(ctx);
    if ids.is_empty() || rq.actor().may(Permission::CorrectWorkers).is_err() {
        return Ok(Vec::new());
    }
    let found = async {
        let asked = PageRequest {
            first: u16::try_from(ids.len()).unwrap_or(u16::MAX),
            after: None,
            count: false,
        };
        let filter = ConflictFilter {
            ids: Some(ids),
            ..ConflictFilter::default()
        };
        let today = rq.today()?;
        let mut db = rq.read(true).await?;
        let page = workforce::conflicts(&mut db, rq.actor(), &filter, today, &asked).await?;
        of_items(ctx, &mut db, page.rows, selections).await
    };
    found.await.map_err(|error| refuse(ctx, error))
}

impl ConflictItem {
    pub(in crate::workforce::graphql) fn place(&self) -> ConflictId {
        self.item.id
    }
}

/// A field to which two people gave two values. The record has the one that came first, until somebody decides.
#[Object]
impl ConflictItem {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.item.id.encode().into()
    }

    /// The worker whose record it is about; absent where nobody sees it any more.
    async fn worker(&self) -> Option<&Worker> {
        self.worker.as_ref()
    }

    /// The field, as `changes` names it; `identifiers.` and the code of a type for a number of that type.
    async fn field(&self) -> &str {
        &self.item.field
    }

    /// What the later writer had seen.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn base(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(
            ctx,
            PersonalKind::Record,
            Some(Json(self.item.base.clone())),
        )
    }

    /// What somebody else had made of it meanwhile.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn theirs(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(
            ctx,
            PersonalKind::Record,
            Some(Json(self.item.theirs.clone())),
        )
    }

    /// What the later writer wanted.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn mine(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(
            ctx,
            PersonalKind::Record,
            Some(Json(self.item.mine.clone())),
        )
    }

    /// Who gave the first value.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn their_actor(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(
            ctx,
            PersonalKind::Trail,
            Some(self.item.their_actor.as_str()),
        )
    }

    /// When.
    async fn their_at(&self) -> Instant {
        self.item.their_at
    }

    /// The place of that change in the country's ledger.
    async fn their_seq(&self) -> i64 {
        self.item.their_seq
    }

    /// Who wanted the later value.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn my_actor(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, Some(self.item.my_actor.as_str()))
    }

    /// When it reached the service.
    async fn my_at(&self) -> Instant {
        self.item.my_at
    }

    /// The idempotency key under which it was sent.
    async fn key(&self) -> Option<&str> {
        self.item.key.as_deref()
    }

    /// How far it has come.
    async fn state(&self) -> ConflictState {
        self.item.state.into()
    }

    /// Who decided.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, self.item.decided_by.as_deref())
    }

    /// When.
    async fn decided_at(&self) -> Option<Instant> {
        self.item.decided_at
    }

    /// Rises with every change; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.item.version
    }
}

//! Posts on the wire, and what a page fetches for all of them at once.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Lookahead, Object, Result};
use uuid::Uuid;

use crate::auth::Permission;
use crate::cadres::graphql::Cadre;
use crate::establishment::{self, PostKey, Sort};
use crate::graphql::{Act, Day, PersonalKind, check, personal, refuse, request};
use crate::kernel::{AsOf, Id, Invalid, PostingId, ReadError, Unfit, WorkerId};
use crate::ledger::{self, Recorded};
use crate::places::graphql::Facility;
use crate::tenancy::Reader;
use crate::workforce::Lists;
use crate::workforce::graphql::{Change, Worker, workers_by_ids};

/// How a post stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "establishment::Status")]
pub enum PostStatus {
    /// Its first day has not come yet.
    Planned,
    /// Nobody fills it, and somebody may.
    Open,
    /// Somebody fills it on the day.
    Filled,
    /// Nobody fills it, and nobody may.
    Frozen,
    /// It is no more.
    Closed,
}

#[derive(Clone)]
pub struct Post {
    shown: Arc<establishment::Post>,
    lists: Lists,
    at: AsOf,
    /// What was fetched for the whole page; absent for a post that is resolved alone.
    attached: Option<Arc<Attached>>,
}

/// What a selection asks for of some posts, besides what is on their rows.
pub(super) struct Edges<'a> {
    holders: Vec<Lookahead<'a>>,
    history: Option<u16>,
}

/// The edges of some posts.
#[derive(Default)]
pub(super) struct Attached {
    holders: HashMap<WorkerId, Worker>,
    history: HashMap<Uuid, Vec<Recorded>>,
}

impl Edges<'_> {
    pub fn any(&self) -> bool {
        !self.holders.is_empty() || self.history.is_some()
    }
}

/// The edges that selections ask for on posts.
pub(super) fn wanted<'a>(posts: &[Lookahead<'a>]) -> Result<Edges<'a>, Invalid> {
    let holders = posts.iter().map(|it| it.field("holder"));
    let mut history = None;
    for chosen in posts.iter().flat_map(Lookahead::selection_fields) {
        for field in chosen.selection_set().filter(|it| it.name() == "history") {
            let arguments = field.arguments().unwrap_or_default();
            let first = arguments.into_iter().find(|(name, _)| name == "first");
            if let Some((_, async_graphql::Value::Number(first))) = first {
                history = history.max(Some(page_size(first.as_i64().unwrap_or(0))?));
            }
        }
    }
    Ok(Edges {
        holders: holders.filter(Lookahead::exists).collect(),
        history,
    })
}

fn page_size(first: i64) -> Result<u16, Invalid> {
    let size = u16::try_from(first).ok();
    size.filter(|first| (1..=100).contains(first))
        .ok_or_else(|| Invalid::new("first", Unfit::NotWithin { from: 1, to: 100 }))
}

/// Fetches the edges of some posts, one statement for each kind.
pub(super) async fn attach(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    posts: &[establishment::Post],
    at: AsOf,
    edges: &Edges<'_>,
) -> Result<Arc<Attached>, ReadError> {
    let mut attached = Attached::default();
    if !edges.holders.is_empty() {
        let holders = posts.iter().filter_map(|it| Some(it.holder?.0)).collect();
        attached.holders = workers_by_ids(ctx, db, holders, at, &edges.holders).await?;
    }
    let actor = request(ctx).actor();
    if let Some(first) = edges.history
        && actor.may(Permission::ReadHistory).is_ok()
    {
        let ids: Vec<Uuid> = posts.iter().map(|it| it.id.into()).collect();
        for row in ledger::history(db, actor, &ids, first).await? {
            attached
                .history
                .entry(row.subject_id)
                .or_default()
                .push(row);
        }
    }
    Ok(Arc::new(attached))
}

impl Post {
    pub(super) fn new(
        post: establishment::Post,
        lists: Lists,
        at: AsOf,
        attached: Option<Arc<Attached>>,
    ) -> Self {
        Self {
            shown: Arc::new(post),
            lists,
            at,
            attached,
        }
    }

    /// What it is listed by.
    pub(super) fn key(&self, sort: Sort) -> PostKey {
        PostKey::of(&self.shown, sort, &self.lists)
    }

    /// What the page fetched for all its posts; for a post that is resolved alone, fetched now.
    async fn attached(&self, ctx: &Context<'_>, edges: &Edges<'_>) -> Result<Arc<Attached>> {
        if let Some(attached) = &self.attached {
            return Ok(Arc::clone(attached));
        }
        let attached = async {
            let mut db = request(ctx).read(true).await?;
            let posts = std::slice::from_ref(&*self.shown);
            attach(ctx, &mut db, posts, self.at, edges).await
        };
        attached.await.map_err(|error| refuse(ctx, error))
    }
}

/// One approved position of a cadre at a facility, as it is on the day that was asked about.
#[Object]
impl Post {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.shown.id.encode().into()
    }

    /// The number that the establishment knows it by; for ever the same.
    async fn code(&self) -> &str {
        &self.shown.code
    }

    /// Rises with every change of the post, of whatever day; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.shown.version
    }

    /// Where it is.
    async fn facility(&self) -> Option<Facility> {
        Facility::find(
            &self.lists.gazetteer,
            &self.lists.places,
            self.shown.facility,
        )
    }

    /// What whoever fills it works as.
    async fn cadre(&self) -> Option<Cadre> {
        Cadre::find(&self.lists.taxonomy, &self.lists.cadres, self.shown.cadre)
    }

    /// What it is called, where that is more than its cadre.
    async fn title(&self) -> Option<&str> {
        Some(self.shown.title.as_str()).filter(|it| !it.is_empty())
    }

    /// How it stands on the day.
    async fn status(&self) -> PostStatus {
        self.shown.status.into()
    }

    /// The first day on which it is approved.
    async fn valid_from(&self) -> Day {
        Day(self.shown.opened_on)
    }

    /// The last day, once it is closed for good.
    async fn valid_to(&self) -> Option<Day> {
        self.shown.closes_on.map(Day)
    }

    /// The first day of the state in which it is described here.
    async fn since(&self) -> Day {
        Day(self.shown.since)
    }

    /// The last day of that state; absent: no end is known.
    async fn until(&self) -> Option<Day> {
        self.shown.until.map(Day)
    }

    /// The legal act behind that state.
    async fn act(&self) -> Option<Act> {
        self.shown.act.clone().map(Act::new)
    }

    /// Who fills it on the day; null when nobody does, and when that person's record is outside the caller's scope.
    async fn holder(&self, ctx: &Context<'_>) -> Result<Option<Worker>> {
        let Some((holder, _)) = self.shown.holder else {
            return Ok(None);
        };
        let edges = Edges {
            holders: vec![ctx.look_ahead()],
            history: None,
        };
        let attached = self.attached(ctx, &edges).await?;
        Ok(attached.holders.get(&holder).cloned())
    }

    /// The posting that fills it on the day, as `vacatePost` takes it.
    async fn posting_id(&self) -> Option<ID> {
        let (_, posting) = self.shown.holder?;
        Some(PostingId::encode(posting).into())
    }

    /// What happened to the post, the newest change first; at most 100.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
    ) -> Option<Result<Vec<Change>>> {
        let first = match check(ctx, PersonalKind::Trail)
            .and_then(|()| page_size(first.into()).map_err(|invalid| refuse(ctx, invalid)))
        {
            Ok(first) => first,
            Err(refused) => return Some(Err(refused)),
        };
        let edges = Edges {
            holders: Vec::new(),
            history: Some(first),
        };
        let attached = self.attached(ctx, &edges).await;
        Some(attached.map(|attached| {
            let rows = attached.history.get(&self.shown.id.into());
            let rows = rows.into_iter().flatten().take(usize::from(first));
            rows.map(|row| Change::of(row.clone())).collect()
        }))
    }
}

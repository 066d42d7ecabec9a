//! Change requests on the wire. Whoever may not correct records gets none.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, Lookahead, Object, Result, SimpleObject};

use crate::auth::Permission;
use crate::graphql::{Act, Json, PersonalKind, guarded, personal, refuse, request};
use crate::kernel::{AsOf, ChangeRequestId, Id, Instant, PageRequest, ReadError};
use crate::tenancy::Reader;
use crate::workforce::graphql::{Worker, workers_by_ids};
use crate::workforce::{self, ChangeRequestFilter};

/// Fields of a record whose corrections are decided on together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "workforce::FieldGroup")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldGroup {
    /// Family name and given names.
    Names,
    /// Birth date and sex.
    Birth,
    /// Numbers by which authorities know the person.
    Identifiers,
    /// Ways to reach the person.
    Contacts,
}

/// How far a change request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "workforce::RequestStatus")]
pub enum ChangeRequestStatus {
    /// It waits for a decision.
    Open,
    /// The record was given what it asked for.
    Approved,
    /// The record stayed as it was.
    Rejected,
    /// Taken back by whoever asked for it.
    Withdrawn,
}

/// Which corrections of records need a second person.
#[derive(SimpleObject)]
pub struct ApprovalPolicy {
    /// The groups of fields whose corrections wait until somebody else has approved them; none unless the ministry asks for
    /// it.
    groups: Vec<FieldGroup>,
    /// Rises with every change; give it back as `baseVersion`.
    version: i32,
}

impl From<workforce::ApprovalPolicy> for ApprovalPolicy {
    fn from(policy: workforce::ApprovalPolicy) -> Self {
        Self {
            groups: policy.groups.into_iter().map(Into::into).collect(),
            version: policy.version,
        }
    }
}

pub struct ChangeRequest {
    shown: workforce::ChangeRequest,
    worker: Option<Worker>,
}

pub struct RequestedChange(workforce::FieldChange);

pub struct OvertakenChange(pub(super) workforce::Overtaken);

/// What a field tells of a person.
fn kind(field: &str) -> PersonalKind {
    match workforce::FieldGroup::of(field) {
        Some(workforce::FieldGroup::Names) => PersonalKind::Name,
        Some(workforce::FieldGroup::Birth) => PersonalKind::BirthDate,
        Some(workforce::FieldGroup::Identifiers) => PersonalKind::Identifier,
        Some(workforce::FieldGroup::Contacts) => PersonalKind::Contact,
        None => PersonalKind::Record,
    }
}

fn value(ctx: &Context<'_>, field: &str, value: &serde_json::Value) -> Option<Result<Json>> {
    guarded(ctx, kind(field), Some(Json(value.clone())))
}

/// Requests with the workers that selections of them ask for.
pub(super) async fn of_requests(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    requests: Vec<workforce::ChangeRequest>,
    selections: &[Lookahead<'_>],
) -> Result<Vec<ChangeRequest>, ReadError> {
    let selections: Vec<Lookahead<'_>> = selections.iter().map(|it| it.field("worker")).collect();
    let of = if selections.iter().any(Lookahead::exists) {
        let at = AsOf::now(request(ctx).today()?);
        let ids = requests.iter().map(|it| it.worker).collect();
        workers_by_ids(ctx, db, ids, at, &selections).await?
    } else {
        HashMap::new()
    };
    let requests = requests.into_iter().map(|shown| ChangeRequest {
        worker: of.get(&shown.worker).cloned(),
        shown,
    });
    Ok(requests.collect())
}

/// One after the commit that made or changed it, where a selection asks for it; none for whoever may not correct.
pub(in crate::workforce::graphql) async fn change_request(
    ctx: &Context<'_>,
    id: Option<ChangeRequestId>,
    selection: Lookahead<'_>,
) -> Result<Option<ChangeRequest>> {
    let rq = request(ctx);
    let may_read = rq.actor().may(Permission::CorrectWorkers).is_ok();
    let Some(id) = id.filter(|_| may_read && selection.exists()) else {
        return Ok(None);
    };
    let found = async {
        let asked = PageRequest {
            first: 1,
            after: None,
            count: false,
        };
        let filter = ChangeRequestFilter {
            ids: Some(vec![id]),
            ..ChangeRequestFilter::default()
        };
        let today = rq.today()?;
        let mut db = rq.read(true).await?;
        let page = workforce::change_requests(&mut db, rq.actor(), &filter, today, &asked).await?;
        of_requests(ctx, &mut db, page.rows, &[selection]).await
    };
    let found = found.await.map_err(|error| refuse(ctx, error))?;
    Ok(found.into_iter().next())
}

impl ChangeRequest {
    pub(super) fn place(&self) -> ChangeRequestId {
        self.shown.id
    }
}

/// Corrections of a record that somebody asked for and somebody else decides on, because the ministry's policy wants two
/// people for such fields. The record is as it was until then.
#[Object]
impl ChangeRequest {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.shown.id.encode().into()
    }

    /// Rises when it is decided on or withdrawn; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.shown.version
    }

    /// The worker whose record it is about; absent where the caller sees the record no more.
    async fn worker(&self) -> Option<&Worker> {
        self.worker.as_ref()
    }

    /// The groups that its fields are of.
    async fn groups(&self) -> Vec<FieldGroup> {
        self.shown.groups().into_iter().map(Into::into).collect()
    }

    /// What is to change.
    async fn fields(&self) -> Vec<RequestedChange> {
        let fields = self.shown.fields.iter().cloned();
        fields.map(RequestedChange).collect()
    }

    /// The version of the record that whoever asked for it changed.
    async fn base_version(&self) -> i32 {
        self.shown.base_version
    }

    /// How far it has come.
    async fn status(&self) -> ChangeRequestStatus {
        self.shown.status.into()
    }

    /// Whether the caller asked for it, and so cannot decide on it.
    async fn is_mine(&self, ctx: &Context<'_>) -> bool {
        self.shown.requested_by == request(ctx).actor().subject
    }

    /// Who asked for it.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn requested_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let by = Some(self.shown.requested_by.as_str());
        guarded(ctx, PersonalKind::Trail, by)
    }

    /// When it was asked for.
    async fn requested_at(&self) -> Instant {
        self.shown.requested_at
    }

    /// The legal act on the grounds of which it was asked for.
    async fn act(&self) -> Option<Act> {
        self.shown.act.clone().map(Act::new)
    }

    /// Who approved or rejected it, or took it back.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, self.shown.decided_by.as_deref())
    }

    /// When.
    async fn decided_at(&self) -> Option<Instant> {
        self.shown.decided_at
    }

    /// What was said then.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn comment(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Record, self.shown.comment.as_deref())
    }
}

/// A field that somebody wants to correct.
#[Object]
impl RequestedChange {
    /// The field, as `correctWorker` names it.
    async fn field(&self) -> &str {
        &self.0.field
    }

    /// What the record had when the change was asked for.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn from(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        value(ctx, &self.0.field, &self.0.from)
    }

    /// What it is to have.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn to(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        value(ctx, &self.0.field, &self.0.to)
    }
}

/// A field that was given another value since a change of it was asked for.
#[Object]
impl OvertakenChange {
    /// The field, as `correctWorker` names it.
    async fn field(&self) -> &str {
        &self.0.field
    }

    /// What the record had when the change was asked for.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn from(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        value(ctx, &self.0.field, &self.0.from)
    }

    /// What it has now.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn current(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        value(ctx, &self.0.field, &self.0.current)
    }

    /// What it is to have.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn to(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        value(ctx, &self.0.field, &self.0.to)
    }
}

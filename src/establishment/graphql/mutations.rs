//! Mutations of posts: verb and noun, one input, a payload whose refusals are data.

use async_graphql::{Context, Object, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{
    AssignPostErrorCode, ChangePostErrorCode, ClosePostErrorCode, FreezePostErrorCode,
    OpenPostErrorCode, ReopenPostErrorCode, VacatePostErrorCode,
};
use super::inputs::{
    AssignPostInput, ChangePostInput, ClosePostInput, FreezePostInput, OpenPostInput,
    ReopenPostInput, VacatePostInput,
};
use super::objects::Post;
use crate::establishment::{self, ChangePost};
use crate::graphql::{
    ActInput, Answer, Beginning, Day, Json, UserErrorOf, begin, conflict, refuse, request, settle,
    user_errors,
};
use crate::kernel::{AsOf, Date, PostId, ReadError};
use crate::ledger::{self, Conflict};
use crate::workforce::graphql::occasion;

/// A change of a post that someone else made first.
#[derive(SimpleObject)]
pub struct PostConflict {
    /// The version that the caller saw.
    base_version: i32,
    /// The post today, with the version that it has now.
    current: Post,
    /// What differs between the two versions.
    changed: Vec<EstablishmentChangedField>,
}

/// A field at the version that the caller saw, and now.
#[derive(SimpleObject)]
pub struct EstablishmentChangedField {
    /// The field.
    field: String,
    /// Its value at the version that the caller saw.
    base: Json,
    /// Its value now.
    current: Json,
}

impl From<ledger::ChangedField> for EstablishmentChangedField {
    fn from(changed: ledger::ChangedField) -> Self {
        Self {
            field: changed.field,
            base: Json(changed.base),
            current: Json(changed.current),
        }
    }
}

/// The answer to `openPost`.
#[derive(SimpleObject)]
pub struct OpenPostPayload {
    /// The new post, as it is from its first day; absent when it was refused.
    post: Option<Post>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<OpenPostErrorCode>>,
}

/// The answer to `changePost`.
#[derive(SimpleObject)]
pub struct ChangePostPayload {
    /// The post, as it is from that day; absent when it was refused.
    post: Option<Post>,
    /// Both versions, when someone else changed the post first.
    conflict: Option<PostConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ChangePostErrorCode>>,
}

/// The answer to `freezePost`.
#[derive(SimpleObject)]
pub struct FreezePostPayload {
    /// The post, as it is from that day; absent when it was refused.
    post: Option<Post>,
    /// Both versions, when someone else changed the post first.
    conflict: Option<PostConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<FreezePostErrorCode>>,
}

/// The answer to `reopenPost`.
#[derive(SimpleObject)]
pub struct ReopenPostPayload {
    /// The post, as it is from that day; absent when it was refused.
    post: Option<Post>,
    /// Both versions, when someone else changed the post first.
    conflict: Option<PostConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ReopenPostErrorCode>>,
}

/// The answer to `closePost`.
#[derive(SimpleObject)]
pub struct ClosePostPayload {
    /// The post, as it is from that day; absent when it was refused.
    post: Option<Post>,
    /// Both versions, when someone else changed the post first.
    conflict: Option<PostConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ClosePostErrorCode>>,
}

/// The answer to `assignPost`.
#[derive(SimpleObject)]
pub struct AssignPostPayload {
    /// The post, as it is today; absent when it was refused.
    post: Option<Post>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<AssignPostErrorCode>>,
}

/// The answer to `vacatePost`.
#[derive(SimpleObject)]
pub struct VacatePostPayload {
    /// The post that it filled, as it is today; absent when it was refused.
    post: Option<Post>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<VacatePostErrorCode>>,
}

#[derive(Default)]
pub struct EstablishmentMutation;

#[Object]
impl EstablishmentMutation {
    /// Open a post from a day on: a position of a cadre at a facility that is approved.
    #[tracing::instrument(name = "mutation openPost", skip_all)]
    async fn open_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: OpenPostInput,
    ) -> Result<OpenPostPayload> {
        let open = input.read().map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref()).map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let answer = match begin(ctx, "openPost", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended =
                    establishment::open_post(&mut attempt.write().db(), &occasion, &open).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (post, _, errors) = wire(ctx, answer, input.from.0).await?;
        Ok(OpenPostPayload { post, errors })
    }

    /// Change the cadre or the title of a post from a day on.
    #[tracing::instrument(name = "mutation changePost", skip_all)]
    async fn change_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ChangePostInput,
    ) -> Result<ChangePostPayload> {
        let change = input.read().map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (post, conflict, errors) = turn(ctx, "changePost", said, &input, &change).await?;
        Ok(ChangePostPayload {
            post,
            conflict,
            errors,
        })
    }

    /// Freeze a post from a day on: nobody new may fill it, and whoever fills it stays.
    #[tracing::instrument(name = "mutation freezePost", skip_all)]
    async fn freeze_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: FreezePostInput,
    ) -> Result<FreezePostPayload> {
        let change = input.read().map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (post, conflict, errors) = turn(ctx, "freezePost", said, &input, &change).await?;
        Ok(FreezePostPayload {
            post,
            conflict,
            errors,
        })
    }

    /// Reopen a post that is frozen or closed, from a day on.
    #[tracing::instrument(name = "mutation reopenPost", skip_all)]
    async fn reopen_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ReopenPostInput,
    ) -> Result<ReopenPostPayload> {
        let change = input.read().map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (post, conflict, errors) = turn(ctx, "reopenPost", said, &input, &change).await?;
        Ok(ReopenPostPayload {
            post,
            conflict,
            errors,
        })
    }

    /// Close a post that nobody fills, from a day on.
    #[tracing::instrument(name = "mutation closePost", skip_all)]
    async fn close_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ClosePostInput,
    ) -> Result<ClosePostPayload> {
        let change = input.read().map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (post, conflict, errors) = turn(ctx, "closePost", said, &input, &change).await?;
        Ok(ClosePostPayload {
            post,
            conflict,
            errors,
        })
    }

    /// Let a posting fill a post, on all of its days.
    #[tracing::instrument(name = "mutation assignPost", skip_all)]
    async fn assign_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: AssignPostInput,
    ) -> Result<AssignPostPayload> {
        let (posting, post) = input.read().map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref()).map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let answer = match begin(ctx, "assignPost", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = establishment::assign(&mut tx, &occasion, posting, post).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (post, _, errors) = wire(ctx, answer, occasion.today).await?;
        Ok(AssignPostPayload { post, errors })
    }

    /// Take a posting off its post, on all of its days, because it never filled it. Whoever leaves a post is transferred, or
    /// their posting ends.
    #[tracing::instrument(name = "mutation vacatePost", skip_all)]
    async fn vacate_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: VacatePostInput,
    ) -> Result<VacatePostPayload> {
        let posting = input.read().map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref()).map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let answer = match begin(ctx, "vacatePost", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended =
                    establishment::vacate(&mut attempt.write().db(), &occasion, posting).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (post, _, errors) = wire(ctx, answer, occasion.today).await?;
        Ok(VacatePostPayload { post, errors })
    }
}

type Settled<C> = (Option<Post>, Option<PostConflict>, Vec<UserErrorOf<C>>);

/// What the mutations that change a post from a day on do alike.
async fn turn<I, C>(
    ctx: &Context<'_>,
    name: &'static str,
    (key, act): (Option<&str>, Option<&ActInput>),
    input: &I,
    change: &ChangePost,
) -> Result<Settled<C>>
where
    I: Serialize + Sync,
    C: async_graphql::OutputType + Copy + Serialize + DeserializeOwned,
{
    let occasion = occasion(ctx, act).map_err(|error| refuse(ctx, error))?;
    let answer = match begin(ctx, name, key, input).await? {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let ended =
                establishment::change_post(&mut attempt.write().db(), &occasion, change).await;
            settle(ctx, attempt, ended).await?
        }
    };
    wire(ctx, answer, change.from).await
}

/// The post of an answer as it is on a day, and its refusals.
async fn wire<C>(ctx: &Context<'_>, answer: Answer<PostId, C>, day: Date) -> Result<Settled<C>>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let conflict: Option<Conflict> = conflict(ctx, &answer.refused)?;
    let shown = async {
        let post = match answer.value {
            Some(id) => found(ctx, id, Some(day)).await?,
            None => None,
        };
        let current = match &conflict {
            Some(it) => found(ctx, it.subject.into(), None).await?,
            None => None,
        };
        Ok::<_, ReadError>((post, current))
    };
    let (post, current) = shown.await.map_err(|error| refuse(ctx, error))?;
    let conflict = conflict.zip(current).map(|(it, current)| PostConflict {
        base_version: it.base_version,
        current,
        changed: it.changed.into_iter().map(Into::into).collect(),
    });
    Ok((post, conflict, user_errors(ctx, answer.refused)?))
}

/// A post after the commit, as it is on a day (today when absent).
async fn found(
    ctx: &Context<'_>,
    post: PostId,
    day: Option<Date>,
) -> Result<Option<Post>, ReadError> {
    let rq = request(ctx);
    let at: AsOf = rq.as_of(day.map(Day))?;
    let mut db = rq.read(false).await?;
    let (found, lists) = establishment::find(&mut db, rq.actor(), post, at).await?;
    Ok(found.map(|post| Post::new(post, lists, at, None)))
}

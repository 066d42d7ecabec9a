//! Which post of the establishment a posting fills. Whether the post fits is for the establishment to say.

use super::career::{Occasion, finish};
use super::change::Change;
use super::record::locked;
use super::refusal::{Objection, WriteError};
use super::{Worker, store};
use crate::auth::Permission;
use crate::kernel::{PostId, PostingId, Reason};
use crate::ledger::Verb;
use crate::tenancy::Reader;

/// Lets a posting fill a post, on all of its days, or none any more; the worker, and the post that it filled before.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.fill", skip_all, fields(posting.id = %posting))]
pub async fn fill(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    posting: PostingId,
    post: Option<PostId>,
) -> Result<(Worker, Option<PostId>), WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    let not_found = || Objection::PostingNotFound.at(&["posting"]);
    let seen = (store::posting(tx, posting).await?).ok_or_else(not_found)?;
    let (old, _) = locked(tx, occasion, seen.worker, None).await?;
    let before = store::filled_post(tx, posting).await?;
    match (before, post) {
        (Some(_), Some(_)) => return Err(Objection::FillsAPost.at(&["posting"]).into()),
        (None, None) => return Err(Objection::FillsNoPost.at(&["posting"]).into()),
        _ => {}
    }
    let filled = store::fill_post(tx, posting, post).await;
    filled.map_err(|error| match store::violated(&error) {
        Some(store::ONE_HOLDER) => Objection::PostFilled.at(&["post"]).into(),
        _ => WriteError::Fault(error.into()),
    })?;
    let verb = if post.is_some() {
        Verb::AssignPost
    } else {
        Verb::VacatePost
    };
    let mut change = Change::default();
    change.post(posting, before, post);
    let worker = finish(tx, occasion, verb, &old, change).await?;
    Ok((worker, before))
}

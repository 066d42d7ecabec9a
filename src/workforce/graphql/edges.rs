//! What hangs on workers, fetched for all who are shown at once.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Lookahead};

use super::objects;
use super::worker::Worker;
use crate::auth::Actor;
use crate::graphql::request;
use crate::kernel::{AsOf, Invalid, ReadError, WorkerId};
use crate::tenancy::Reader;
use crate::workforce::{self, Edges, attach};

/// Fields of a worker that are fetched when they are resolved, for all who are shown together.
const OF_OTHERS: [&str; 10] = [
    "conduct",
    "pay",
    "particulars",
    "photo",
    "quality",
    "qualifications",
    "registrations",
    "licences",
    "trainings",
    "vettings",
];

/// Those of some workers whom the caller may see, as of a day, with the edges that some selections ask for on them.
///
/// # Errors
/// As `worker`.
pub async fn workers_by_ids(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    ids: Vec<WorkerId>,
    at: AsOf,
    selections: &[Lookahead<'_>],
) -> Result<HashMap<WorkerId, Worker>, ReadError> {
    by_ids(request(ctx).actor(), db, ids, at, wanted(selections)?).await
}

pub(super) async fn by_ids(
    actor: &Actor,
    db: &mut Reader<'_>,
    mut ids: Vec<WorkerId>,
    at: AsOf,
    edges: Edges,
) -> Result<HashMap<WorkerId, Worker>, ReadError> {
    ids.sort();
    ids.dedup();
    let (found, lists) = workforce::by_ids(db, actor, &ids, at).await?;
    let attached = Arc::new(attach(db, actor, &ids, edges).await?);
    let wired = found.into_iter().map(|worker| {
        let id = worker.id;
        (
            id,
            Worker::new(worker, lists.clone(), Arc::clone(&attached)),
        )
    });
    Ok(wired.collect())
}

/// The edges that a selection asks for on its workers.
pub(super) fn wanted(workers: &[Lookahead<'_>]) -> Result<Edges, Invalid> {
    let asks = |name: &str| workers.iter().any(|it| it.field(name).exists());
    let mut history = None;
    for field in workers.iter().flat_map(Lookahead::selection_fields) {
        for chosen in field.selection_set().filter(|it| it.name() == "history") {
            let arguments = chosen.arguments().unwrap_or_default();
            let first = arguments.into_iter().find(|(name, _)| name == "first");
            if let Some((_, async_graphql::Value::Number(first))) = first {
                let first = i32::try_from(first.as_i64().unwrap_or(0)).unwrap_or(0);
                history = history.max(Some(objects::page_size(first)?));
            }
        }
    }
    Ok(Edges {
        postings: asks("postings"),
        identifiers: asks("identifiers"),
        contacts: asks("contacts"),
        leaves: asks("leaves") || asks("lastLeave"),
        history,
        others: OF_OTHERS.into_iter().any(asks),
    })
}

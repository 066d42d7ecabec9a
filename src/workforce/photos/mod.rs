//! The photos of people: one each, kept with the record, told of in the ledger by its digest.

mod bare;
mod photo;
mod picture;
mod store;
mod turn;

use std::collections::HashMap;

use serde_json::json;

pub use photo::{Photo, PhotoFault, SavePhoto};
pub use picture::{Paint, Picture};

use super::record::untouched;
use super::refusal::WriteError;
use super::{Lookup, Occasion, Worker, amend, find, locked};
use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, Date, Fault, PhotoId, ReadError, WorkerId};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;

/// As the ledger names it.
const FIELD: &str = "photo";

/// Saves somebody's photo in the place of the one before, or takes that away; the worker. What somebody else did to other
/// fields of the record meanwhile does not stand against it.
///
/// # Errors
/// Its refusals; `Stale` with both versions; `Denied` without [`Permission::CorrectWorkers`].
#[tracing::instrument(name = "workforce.save_photo", skip_all, fields(worker.id = %save.worker))]
pub async fn save_photo(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    save: SavePhoto,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::CorrectWorkers)?;
    let (old, _) = locked(tx, occasion, save.worker, None).await?;
    if save.base_version != old.version {
        let seen = (save.worker, save.base_version);
        untouched(tx, occasion, &old, seen, &[FIELD]).await?;
    }
    // Unpacking a picture takes longer than others may wait for this thread.
    let read = tokio::task::spawn_blocking(move || save.read()).await;
    let after = read.map_err(Fault::internal)??;
    let before = store::of(tx, old.id).await?;
    let digest = |of: Option<&Photo>| json!(of.map(|it| &it.sha256));
    let mut fields = Fields::default();
    let now = after.as_ref().map(|(photo, _)| photo);
    fields.note(FIELD, digest(before.as_ref()), digest(now));
    if !fields.is_empty() {
        store::replace(tx, old.id, after.as_ref()).await?;
    }
    let amended = amend(tx, occasion, Verb::SavePhoto, vec![(old, fields)]).await?;
    let worker = amended.into_iter().next();
    Ok(worker.ok_or_else(|| Fault::internal("a record was amended and is not told of"))?)
}

/// A photo with its bytes, when the caller may see whose it is; one that another has taken the place of is nobody's.
///
/// # Errors
/// `Denied` without [`Permission::ReadNames`], for a face names somebody too, and [`Permission::ReadWorkers`].
#[tracing::instrument(name = "workforce.photo", skip_all)]
pub async fn photo(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: PhotoId,
    today: Date,
) -> Result<Option<(Photo, Vec<u8>)>, ReadError> {
    actor.may(Permission::ReadNames)?;
    let Some((photo, worker)) = store::by_id(db, id).await? else {
        return Ok(None);
    };
    let (seen, _) = find(db, actor, &Lookup::Id(worker), AsOf::now(today)).await?;
    if seen.is_none() {
        return Ok(None);
    }
    let content = store::contents(db, &[worker]).await?.remove(&worker);
    Ok(content.map(|content| (photo, content)))
}

/// The bytes of the photos of some workers whom the caller was shown.
///
/// # Errors
/// `Denied` without [`Permission::ReadNames`].
pub async fn photo_contents(
    db: &mut Reader<'_>,
    actor: &Actor,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<u8>>, ReadError> {
    actor.may(Permission::ReadNames)?;
    Ok(store::contents(db, workers).await?)
}

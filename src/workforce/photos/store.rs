//! All statements about `photo` and `photo_content`.

use std::collections::HashMap;

use bytes::Bytes;
use sqlx::PgConnection;

use super::Photo;
use crate::kernel::{Fault, PhotoId, ReadError, WorkerId};
use crate::tenancy::Reader;
use crate::workforce::Edge;

impl Edge for Photo {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        Ok(of_workers(db, workers).await?)
    }
}

struct Row {
    id: PhotoId,
    worker: WorkerId,
    media_type: String,
    size: i32,
    sha256: String,
}

impl From<Row> for Photo {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            media_type: row.media_type,
            size: u64::from(row.size.unsigned_abs()),
            sha256: row.sha256,
        }
    }
}

/// One record's.
pub(super) async fn of(
    connection: &mut PgConnection,
    worker: WorkerId,
) -> Result<Option<Photo>, Fault> {
    let found = of_workers(connection, &[worker]).await?.remove(&worker);
    Ok(found.and_then(|it| it.into_iter().next()))
}

async fn of_workers(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<Photo>>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        r#"select photo_id as "id: PhotoId", worker_id as "worker: WorkerId", media_type, size,
                  encode(sha256, 'hex') as "sha256!"
           from photo where worker_id = any($1)"#,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    let photos = rows.into_iter().map(|row| (row.worker, vec![row.into()]));
    Ok(photos.collect())
}

pub(super) async fn by_id(
    connection: &mut PgConnection,
    id: PhotoId,
) -> Result<Option<(Photo, WorkerId)>, Fault> {
    let row = sqlx::query_as!(
        Row,
        r#"select photo_id as "id: PhotoId", worker_id as "worker: WorkerId", media_type, size,
                  encode(sha256, 'hex') as "sha256!"
           from photo where photo_id = $1"#,
        id as PhotoId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let worker = row.worker;
        (row.into(), worker)
    }))
}

/// The bytes of the photos of some workers.
pub(super) async fn contents(
    connection: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Vec<u8>>, Fault> {
    let rows = sqlx::query!(
        r#"select worker_id as "worker: WorkerId", bytes from photo join photo_content using (photo_id)
           where worker_id = any($1)"#,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.worker, row.bytes))
        .collect())
}

/// Puts a photo, or none, in the place of the one before.
pub(super) async fn replace(
    tx: &mut PgConnection,
    worker: WorkerId,
    photo: Option<&(Photo, Bytes)>,
) -> Result<(), Fault> {
    sqlx::query!(
        "with gone as (delete from photo where worker_id = $1 returning photo_id)
         delete from photo_content using gone where photo_content.photo_id = gone.photo_id",
        worker as WorkerId,
    )
    .execute(&mut *tx)
    .await?;
    let Some((photo, bytes)) = photo else {
        return Ok(());
    };
    sqlx::query!(
        "with content as (insert into photo_content (photo_id, bytes) values ($1, $6))
         insert into photo (photo_id, worker_id, media_type, size, sha256)
         values ($1, $2, $3, $4, decode($5, 'hex'))",
        photo.id as PhotoId,
        worker as WorkerId,
        photo.media_type,
        i32::try_from(photo.size).map_err(Fault::internal)?,
        photo.sha256,
        &bytes[..],
    )
    .execute(tx)
    .await?;
    Ok(())
}

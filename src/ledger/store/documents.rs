//! Statements about the documents of acts.

use sqlx::PgConnection;

use crate::kernel::{DocumentId, Fault, Instant};
use crate::ledger::document::Document;
use crate::ledger::entry::ActReference;

/// Forgets what no act has named in time.
pub(in crate::ledger) async fn forget_documents(
    tx: &mut PgConnection,
    before: Instant,
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from act_document where act_number is null and uploaded_at < $1",
        before
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// One person's documents come in one after another, so that all of them are counted.
pub(in crate::ledger) async fn lock_documents(
    tx: &mut PgConnection,
    author: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada documents ' || current_schema() || $1, 0))",
        author,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// How many documents of somebody wait for an act, and their size.
pub(in crate::ledger) async fn waiting_documents(
    connection: &mut PgConnection,
    author: &str,
) -> Result<(u64, u64), Fault> {
    let row = sqlx::query!(
        r#"select count(*) as "documents!", coalesce(sum(size), 0)::bigint as "size!" from act_document
           where author = $1 and act_number is null"#,
        author,
    )
    .fetch_one(connection)
    .await?;
    Ok((row.documents.unsigned_abs(), row.size.unsigned_abs()))
}

pub(in crate::ledger) async fn insert_document(
    tx: &mut PgConnection,
    document: &Document,
    bytes: &[u8],
) -> Result<(), Fault> {
    let size = i32::try_from(document.size).map_err(Fault::internal)?;
    sqlx::query!(
        "insert into act_document (document_id, media_type, size, sha256, bytes, author, uploaded_at)
         values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7)",
        document.id as DocumentId,
        document.media_type,
        size,
        document.sha256,
        bytes,
        document.author,
        document.uploaded_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Gives a document of an author's to an act; whether it is the act's now. Without an author it has to be that already.
pub(in crate::ledger) async fn claim_document(
    tx: &mut PgConnection,
    id: DocumentId,
    act: &ActReference,
    (author, since): (Option<&str>, Instant),
) -> Result<bool, Fault> {
    let claimed = sqlx::query!(
        "update act_document set act_number = $2, act_date = $3
         where document_id = $1
           and (act_number = $2 and act_date is not distinct from $3 and ($4::text is null or author = $4)
                or act_number is null and author = $4 and uploaded_at > $5)",
        id as DocumentId,
        act.number,
        act.date,
        author,
        since,
    )
    .execute(tx)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

pub(in crate::ledger) async fn document(
    connection: &mut PgConnection,
    id: DocumentId,
) -> Result<Option<Document>, Fault> {
    let row = sqlx::query!(
        r#"select document_id as "id: DocumentId", media_type, size, encode(sha256, 'hex') as "sha256!", author,
                  uploaded_at as "uploaded_at: Instant", act_number is not null as "is_named!"
           from act_document where document_id = $1"#,
        id as DocumentId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Document {
        id: row.id,
        media_type: row.media_type,
        size: u64::from(row.size.unsigned_abs()),
        sha256: row.sha256,
        author: row.author,
        uploaded_at: row.uploaded_at,
        is_named: row.is_named,
    }))
}

pub(in crate::ledger) async fn document_bytes(
    connection: &mut PgConnection,
    id: DocumentId,
) -> Result<Option<Vec<u8>>, Fault> {
    let bytes = sqlx::query_scalar!(
        "select bytes from act_document where document_id = $1",
        id as DocumentId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(bytes)
}

//! Statements about files that are answers.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::forms::files::StoredFile;
use crate::kernel::{Fault, FileId, FormId, Instant, SubmissionId};

/// Forgets what no answer has named in time.
pub(in crate::forms) async fn forget_files(
    tx: &mut PgConnection,
    before: Instant,
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from attachment where submission_id is null and uploaded_at < $1",
        before
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// One person's files come in one after another, so that all of them are counted.
pub(in crate::forms) async fn lock_uploads(
    tx: &mut PgConnection,
    author: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada uploads ' || current_schema() || $1, 0))",
        author,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// How many files of somebody wait for an answer, and their size.
pub(in crate::forms) async fn waiting_files(
    connection: &mut PgConnection,
    author: &str,
) -> Result<(u64, u64), Fault> {
    let row = sqlx::query!(
        r#"select count(*) as "files!", coalesce(sum(size), 0)::bigint as "size!" from attachment
           where author = $1 and submission_id is null"#,
        author,
    )
    .fetch_one(connection)
    .await?;
    Ok((row.files.unsigned_abs(), row.size.unsigned_abs()))
}

pub(in crate::forms) async fn insert_file(
    tx: &mut PgConnection,
    file: &StoredFile,
    bytes: &[u8],
) -> Result<(), Fault> {
    let size = i32::try_from(file.size).map_err(Fault::internal)?;
    sqlx::query!(
        "insert into attachment (attachment_id, form_id, field, media_type, size, sha256, bytes, author, uploaded_at)
         values ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8, $9)",
        file.id as FileId,
        file.form as FormId,
        file.field,
        file.media_type,
        size,
        file.sha256,
        bytes,
        file.author,
        file.uploaded_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

struct Row {
    id: FileId,
    form: FormId,
    field: String,
    media_type: String,
    size: i32,
    sha256: String,
    author: String,
    uploaded_at: Instant,
    submission: Option<SubmissionId>,
    subject: Option<Uuid>,
}

impl From<Row> for StoredFile {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            form: row.form,
            field: row.field,
            media_type: row.media_type,
            size: u64::from(row.size.unsigned_abs()),
            sha256: row.sha256,
            author: row.author,
            uploaded_at: row.uploaded_at,
            submission: row.submission,
            subject: row.subject,
        }
    }
}

/// Some files, locked until the end of the transaction.
pub(in crate::forms) async fn lock_files(
    tx: &mut PgConnection,
    ids: &[FileId],
) -> Result<Vec<StoredFile>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        r#"select attachment_id as "id: FileId", form_id as "form: FormId", field, media_type, size,
                  encode(sha256, 'hex') as "sha256!", author, uploaded_at as "uploaded_at: Instant",
                  submission_id as "submission: SubmissionId",
                  (select s.subject_id from submission s where s.submission_id = a.submission_id) as subject
           from attachment a where attachment_id = any($1) order by attachment_id for update"#,
        ids as &[FileId],
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Gives files to an answer; those that another one has stay with it.
pub(in crate::forms) async fn claim_files(
    tx: &mut PgConnection,
    ids: &[FileId],
    submission: SubmissionId,
) -> Result<(), Fault> {
    sqlx::query!(
        "update attachment set submission_id = $2 where attachment_id = any($1) and submission_id is null",
        ids as &[FileId],
        submission as SubmissionId,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::forms) async fn file(
    connection: &mut PgConnection,
    id: FileId,
) -> Result<Option<StoredFile>, Fault> {
    let row = sqlx::query_as!(
        Row,
        r#"select attachment_id as "id: FileId", form_id as "form: FormId", field, media_type, size,
                  encode(sha256, 'hex') as "sha256!", author, uploaded_at as "uploaded_at: Instant",
                  submission_id as "submission: SubmissionId",
                  (select s.subject_id from submission s where s.submission_id = a.submission_id) as subject
           from attachment a where attachment_id = $1"#,
        id as FileId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Into::into))
}

pub(in crate::forms) async fn file_bytes(
    connection: &mut PgConnection,
    id: FileId,
) -> Result<Option<Vec<u8>>, Fault> {
    let bytes = sqlx::query_scalar!(
        "select bytes from attachment where attachment_id = $1",
        id as FileId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(bytes)
}

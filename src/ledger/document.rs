//! The scanned documents of legal acts: sent first, then named by the act of a change, and forgotten after a day if none
//! names them. One act may stand behind many changes, and its document with it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::entry::{ActReference, Entry, SubjectKind, Verb};
use super::store;
use crate::auth::{Actor, Permission};
use crate::kernel::{
    DocumentId, FILE_WAITS, Fault, Instant, LARGEST_FILE, LARGEST_FILES_WAITING,
    MOST_FILES_WAITING, MediaType, Reason, WriteError,
};

/// What a document may be.
const TYPES: [MediaType; 3] = [MediaType::Pdf, MediaType::Jpeg, MediaType::Png];

/// A document to be kept for an act.
#[derive(Clone, Debug)]
pub struct DocumentUpload {
    pub bytes: Bytes,
    /// What its sender takes it for.
    pub declared: Option<String>,
}

/// A document that is kept; its bytes are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub id: DocumentId,
    pub media_type: String,
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
    pub author: String,
    pub uploaded_at: Instant,
    /// Whether an act has named it.
    pub is_named: bool,
}

/// Why a document is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentObjection {
    TooLarge,
    TypeNotAdmitted,
    /// It is something else than what its sender takes it for.
    OtherType(String),
    TooManyWaiting,
}

impl Reason for DocumentObjection {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "FILE_TOO_HEAVY",
            Self::TypeNotAdmitted => "DOCUMENT_TYPE_NOT_ADMITTED",
            Self::OtherType(_) => "OTHER_TYPE",
            Self::TooManyWaiting => "TOO_MANY_DOCUMENTS_WAITING",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLarge => vec![("limit", LARGEST_FILE.to_string())],
            Self::OtherType(declared) => vec![("value", declared.clone())],
            Self::TypeNotAdmitted | Self::TooManyWaiting => Vec::new(),
        }
    }
}

/// An act names a document that is not there for it: none at all, somebody else's, or another act's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the act names a document that is not there for it")]
pub struct UnknownDocument;

impl DocumentUpload {
    /// What the document is, if it is one of those that are taken.
    fn media_type(&self) -> Result<MediaType, WriteError<DocumentObjection>> {
        if self.bytes.len() as u64 > LARGEST_FILE {
            return Err(DocumentObjection::TooLarge.at(&["file"]).into());
        }
        let found = MediaType::of(&self.bytes).filter(|it| TYPES.contains(it));
        let found = found.ok_or_else(|| DocumentObjection::TypeNotAdmitted.at(&["file"]))?;
        match &self.declared {
            Some(declared) if !declared.eq_ignore_ascii_case(found.as_str()) => {
                let declared = declared.chars().take(60).collect();
                Err(DocumentObjection::OtherType(declared)
                    .at(&["mediaType"])
                    .into())
            }
            _ => Ok(found),
        }
    }
}

/// Keeps a document for an act that is to come. Those that have waited too long are forgotten.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::SendDocuments`].
#[tracing::instrument(name = "ledger.keep_document", skip_all)]
pub async fn keep_document(
    tx: &mut PgConnection,
    (actor, now): (&Actor, Instant),
    upload: &DocumentUpload,
) -> Result<Document, WriteError<DocumentObjection>> {
    actor.may(Permission::SendDocuments)?;
    let media_type = upload.media_type()?;
    store::forget_documents(tx, now - FILE_WAITS).await?;
    let document = Document {
        id: DocumentId::new(),
        media_type: media_type.as_str().to_owned(),
        size: upload.bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(&upload.bytes)),
        author: actor.subject.clone(),
        uploaded_at: now,
        is_named: false,
    };
    store::lock_documents(tx, &document.author).await?;
    let (waiting, size) = store::waiting_documents(tx, &document.author).await?;
    if waiting >= MOST_FILES_WAITING || size + document.size > LARGEST_FILES_WAITING {
        return Err(DocumentObjection::TooManyWaiting.at(&["file"]).into());
    }
    store::insert_document(tx, &document, &upload.bytes).await?;
    let entry = Entry {
        at: now,
        verb: Verb::Upload,
        subject_kind: SubjectKind::File,
        subject: document.id.into(),
        before: None,
        after: None,
        act: None,
        change: json!({ "mediaType": document.media_type, "size": document.size, "sha256": document.sha256 }),
    };
    super::append(tx, actor, &[entry]).await?;
    Ok(document)
}

/// Gives the acts of some entries their documents: those that the writer sent and no act has named yet, or that are this
/// act's already. Who decides on what somebody else asked for does so by that act, and did not send its document.
pub(super) async fn claim(
    tx: &mut PgConnection,
    actor: &Actor,
    entries: &[Entry],
) -> Result<(), Fault> {
    let mut claimed: Option<&ActReference> = None;
    for entry in entries {
        let Some((act, id)) = entry.act.as_ref().and_then(|it| Some((it, it.document?))) else {
            continue;
        };
        if claimed == Some(act) {
            continue;
        }
        let since = entry.at - FILE_WAITS;
        let author = (!act.is_taken_over).then_some(actor.subject.as_str());
        if !store::claim_document(tx, id, act, (author, since)).await? {
            return Err(Fault::internal(UnknownDocument));
        }
        claimed = Some(act);
    }
    Ok(())
}

/// What is known of a document, but for its bytes. Whether the caller may see it is decided above.
///
/// # Errors
/// When the database cannot be asked.
pub async fn document(
    connection: &mut PgConnection,
    id: DocumentId,
) -> Result<Option<Document>, Fault> {
    store::document(connection, id).await
}

/// The bytes of a document.
///
/// # Errors
/// When the database cannot be asked.
pub async fn document_content(
    connection: &mut PgConnection,
    id: DocumentId,
) -> Result<Option<Vec<u8>>, Fault> {
    store::document_bytes(connection, id).await
}

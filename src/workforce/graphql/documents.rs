//! The documents of legal acts, on the wire: sent here, named by an act, read at `/files/{id}`.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::graphql::{Answer, Beginning, Upload, UserErrorOf, begin, request, settle, user_errors};
use crate::kernel::Id;
use crate::ledger::{self, Document, DocumentUpload};

/// A document to be kept for a legal act.
#[derive(InputObject)]
pub struct UploadActDocumentInput {
    /// The scan: a PDF, or a picture (JPEG, PNG), of at most 5 MiB.
    file: Upload,
    /// What you take it for, `application/pdf`; refused when the file is something else.
    #[graphql(validator(max_length = 100))]
    media_type: Option<String>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// Why a document was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UploadActDocumentErrorCode {
    /// More bytes than a document may have.
    FileTooHeavy,
    /// Neither a PDF nor a JPEG or PNG picture.
    DocumentTypeNotAdmitted,
    /// Something else than what you take it for.
    OtherType,
    /// Too many of your documents wait for an act that names them.
    TooManyDocumentsWaiting,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
}

/// A document that is kept: an act names its id within a day, or it is forgotten.
#[derive(SimpleObject)]
pub struct ActDocument {
    /// What an act names, and what `/files/{id}` is asked for.
    id: ID,
    /// What it is, by its content.
    media_type: String,
    /// Its bytes.
    size: u64,
    /// The SHA-256 of its content, in hexadecimal.
    sha256: String,
}

/// The answer to `uploadActDocument`.
#[derive(SimpleObject)]
pub struct UploadActDocumentPayload {
    /// The document; absent when it was refused.
    document: Option<ActDocument>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<UploadActDocumentErrorCode>>,
}

#[derive(Default)]
pub struct DocumentsMutation;

#[Object]
impl DocumentsMutation {
    /// Send the scan of a legal act. The act of a change that is sent after this, alone or in a batch, names its id; further
    /// changes by the same act may name it too.
    #[graphql(complexity = "100 + child_complexity")]
    #[tracing::instrument(name = "mutation uploadActDocument", skip_all)]
    async fn upload_act_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: UploadActDocumentInput,
    ) -> Result<UploadActDocumentPayload> {
        let rq = request(ctx);
        let upload = DocumentUpload {
            bytes: input.file.0,
            declared: input.media_type,
        };
        let body = json!([upload.declared, hex::encode(Sha256::digest(&upload.bytes))]);
        let key = input.idempotency_key.as_deref();
        let begun = begin(ctx, "uploadActDocument", key, &body);
        let answer: Answer<Document, _> = match begun.await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let by = (rq.actor(), rq.now());
                let kept = ledger::keep_document(&mut attempt.write().db(), by, &upload).await;
                settle(ctx, attempt, kept).await?
            }
        };
        Ok(UploadActDocumentPayload {
            document: answer.value.map(|it| ActDocument {
                id: it.id.encode().into(),
                media_type: it.media_type,
                size: it.size,
                sha256: it.sha256,
            }),
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

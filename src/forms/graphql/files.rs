//! Files as answers, on the wire: sent here, named by an answer, read at `/files/{id}`.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::forms::{self, Occasion, StoredFile, UploadError};
use crate::graphql::{
    ActInput, Answer, Beginning, Ended, Told, Upload, UserErrorOf, begin, id, refuse, request,
    settle, user_errors,
};
use crate::kernel::Id;

/// A file to be kept for an answer.
#[derive(InputObject)]
pub struct UploadFormFileInput {
    /// The form.
    form: ID,
    /// The path of the field that it answers.
    #[graphql(validator(max_length = 200))]
    field: String,
    /// The file.
    file: Upload,
    /// What you take it for, `image/png`; refused when the file is something else.
    #[graphql(validator(max_length = 100))]
    media_type: Option<String>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// Why a file was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UploadFormFileErrorCode {
    /// There is no such form.
    FormNotFound,
    /// The form is answered no more.
    NotAnswerable,
    /// The form asks for no file there.
    NotAsked,
    /// More bytes than the field takes.
    FileTooHeavy,
    /// Not of a type that the field takes.
    TypeNotAdmitted,
    /// Something else than what you take it for.
    OtherType,
    /// Too many of your files wait for an answer that names them.
    TooManyWaiting,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// A file that is kept: an answer names its id within a day, or it is forgotten.
#[derive(SimpleObject)]
pub struct FormFile {
    /// What an answer names, and what `/files/{id}` is asked for.
    id: ID,
    /// What it is, by its content.
    media_type: String,
    /// Its bytes.
    size: u64,
    /// The SHA-256 of its content, in hexadecimal.
    sha256: String,
}

/// The answer to `uploadFormFile`.
#[derive(SimpleObject)]
pub struct UploadFormFilePayload {
    /// The file; absent when it was refused.
    file: Option<FormFile>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<UploadFormFileErrorCode>>,
}

#[derive(Default)]
pub struct FormFilesMutation;

#[Object]
impl FormFilesMutation {
    /// Send a file that answers a field of a form: a picture or a PDF. The answer, handed in or saved after this, has
    /// its id as the field's value.
    #[graphql(complexity = "100 + child_complexity")]
    #[tracing::instrument(name = "mutation uploadFormFile", skip_all)]
    async fn upload_form_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and where it belongs.")] input: UploadFormFileInput,
    ) -> Result<UploadFormFilePayload> {
        let rq = request(ctx);
        let form = id("input.form", &input.form).map_err(|error| refuse(ctx, error))?;
        let act = input.act.as_ref().map(ActInput::read).transpose();
        let occasion = Occasion {
            actor: rq.actor(),
            now: rq.now(),
            act: act.map_err(|invalid| refuse(ctx, invalid))?,
        };
        let upload = forms::Upload {
            form,
            field: input.field,
            bytes: input.file.0,
            declared: input.media_type,
        };
        let body = json!([
            form,
            upload.field,
            upload.declared,
            input.act,
            hex::encode(Sha256::digest(&upload.bytes))
        ]);
        let key = input.idempotency_key.as_deref();
        let begun = begin(ctx, "uploadFormFile", key, &body);
        let answer: Answer<StoredFile, _> = match begun.await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended = forms::upload(&mut attempt.write().db(), &occasion, &upload).await;
                settle(ctx, attempt, ended).await?
            }
        };
        Ok(UploadFormFilePayload {
            file: answer.value.map(|it| FormFile {
                id: it.id.encode().into(),
                media_type: it.media_type,
                size: it.size,
                sha256: it.sha256,
            }),
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

impl From<UploadError> for Ended {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Refused(objection) => {
                let told = Told::new(objection.code(), &[objection.path()]);
                Ended::Refused(vec![match objection.argument() {
                    Some((name, value)) => told.with(name, &value),
                    None => told,
                }])
            }
            UploadError::Denied(denied) => denied.into(),
            UploadError::Fault(fault) => fault.into(),
        }
    }
}

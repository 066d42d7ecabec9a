//! Files that are given as answers: sent first, then named by an answer, and forgotten after a day if none names them.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::answer::{AnswerFault, Misfit, files};
use super::definition::FieldKind;
use super::form::{Form, Forms, Version};
use super::submission::{Submission, SubmissionError};
use super::{Occasion, store};
use crate::auth::Permission;
use crate::kernel::{
    Denied, FILE_WAITS, Fault, FileId, FormId, Instant, LARGEST_FILE, LARGEST_FILES_WAITING,
    MOST_FILES_WAITING, MediaType, ReadError, SubmissionId,
};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::Reader;

/// What the files of one answer may come to.
const LARGEST_OF_ANSWER: u64 = 20 * 1024 * 1024;

/// A file to be kept for an answer.
#[derive(Clone, Debug)]
pub struct Upload {
    pub form: FormId,
    /// The path of the field.
    pub field: String,
    pub bytes: Bytes,
    /// What its sender takes it for.
    pub declared: Option<String>,
}

/// A file that is kept; its bytes are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    pub id: FileId,
    pub form: FormId,
    pub field: String,
    pub media_type: String,
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
    pub author: String,
    pub uploaded_at: Instant,
    pub submission: Option<SubmissionId>,
    /// What that answer is about.
    pub subject: Option<Uuid>,
}

/// Why a file is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadObjection {
    #[error("there is no such form")]
    FormNotFound,
    #[error("the form is answered no more")]
    NotAnswerable,
    #[error("the form asks for no file there")]
    NotAsked,
    #[error("more than {0} bytes")]
    FileTooLarge(u64),
    #[error("the form takes no file of this type")]
    TypeNotAdmitted,
    #[error("the file is no {0}")]
    OtherType(String),
    #[error("too much waits for answers already")]
    TooManyWaiting,
}

impl UploadObjection {
    /// The stable code, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::FormNotFound => "FORM_NOT_FOUND",
            Self::NotAnswerable => "NOT_ANSWERABLE",
            Self::NotAsked => "NOT_ASKED",
            Self::FileTooLarge(_) => "FILE_TOO_HEAVY",
            Self::TypeNotAdmitted => "TYPE_NOT_ADMITTED",
            Self::OtherType(_) => "OTHER_TYPE",
            Self::TooManyWaiting => "TOO_MANY_WAITING",
        }
    }

    /// The path of the input field.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::FormNotFound | Self::NotAnswerable => "form",
            Self::NotAsked => "field",
            Self::OtherType(_) => "mediaType",
            Self::FileTooLarge(_) | Self::TypeNotAdmitted | Self::TooManyWaiting => "file",
        }
    }

    /// What the message names.
    #[must_use]
    pub fn argument(&self) -> Option<(&'static str, String)> {
        match self {
            Self::FileTooLarge(limit) => Some(("limit", limit.to_string())),
            Self::OtherType(declared) => Some(("value", declared.clone())),
            _ => None,
        }
    }
}

/// How keeping a file can fail.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error(transparent)]
    Refused(#[from] UploadObjection),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Upload {
    /// What the file is, if the form takes it.
    fn media_type(&self, forms: &Forms) -> Result<MediaType, UploadObjection> {
        let form = forms.get(self.form).ok_or(UploadObjection::FormNotFound)?;
        let version = form.answerable().ok_or(UploadObjection::NotAnswerable)?;
        let field = version.definition.field(&self.field);
        let Some(FieldKind::File { largest, types }) = field.map(|it| &it.kind) else {
            return Err(UploadObjection::NotAsked);
        };
        let largest = *largest.min(&LARGEST_FILE);
        if self.bytes.len() as u64 > largest {
            return Err(UploadObjection::FileTooLarge(largest));
        }
        let found = MediaType::of(&self.bytes).filter(|it| types.contains(it));
        let found = found.ok_or(UploadObjection::TypeNotAdmitted)?;
        match &self.declared {
            Some(declared) if !declared.eq_ignore_ascii_case(found.as_str()) => {
                let declared = declared.chars().take(60).collect();
                Err(UploadObjection::OtherType(declared))
            }
            _ => Ok(found),
        }
    }
}

/// Keeps a file for an answer that is to come. Those that have waited too long are forgotten.
///
/// # Errors
/// Its objections; `Denied` without [`Permission::SubmitForms`].
#[tracing::instrument(name = "forms.upload", skip_all, fields(form.id = %upload.form))]
pub async fn upload(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    upload: &Upload,
) -> Result<StoredFile, UploadError> {
    occasion.actor.may(Permission::SubmitForms)?;
    let (_, forms) = tx.current::<Forms>().await?;
    let media_type = upload.media_type(&forms)?;
    store::forget_files(tx, occasion.now - FILE_WAITS).await?;
    let file = StoredFile {
        id: FileId::new(),
        form: upload.form,
        field: upload.field.clone(),
        media_type: media_type.as_str().to_owned(),
        size: upload.bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(&upload.bytes)),
        author: occasion.actor.subject.clone(),
        uploaded_at: occasion.now,
        submission: None,
        subject: None,
    };
    store::lock_uploads(tx, &file.author).await?;
    let (waiting, size) = store::waiting_files(tx, &file.author).await?;
    if waiting >= MOST_FILES_WAITING || size + file.size > LARGEST_FILES_WAITING {
        return Err(UploadObjection::TooManyWaiting.into());
    }
    store::insert_file(tx, &file, &upload.bytes).await?;
    let entry = Entry {
        at: occasion.now,
        verb: Verb::Upload,
        subject_kind: SubjectKind::File,
        subject: file.id.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: json!({ "form": forms.get(file.form).map(|it| &it.code), "field": file.field,
            "mediaType": file.media_type, "size": file.size, "sha256": file.sha256 }),
    };
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(file)
}

/// Gives the files that an answer names to it. They are its author's own and name the same field, or stand in an
/// earlier answer about the same.
pub(super) async fn claim(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    (form, version): (&Form, &Version),
    submission: &Submission,
) -> Result<(), SubmissionError> {
    let named = files(&version.definition, &submission.answers);
    if named.is_empty() {
        return Ok(());
    }
    let ids: Vec<FileId> = named.iter().map(|it| it.id).collect();
    let known = store::lock_files(tx, &ids).await?;
    let mut misfits = Vec::new();
    let mut size = 0;
    let mut claimed = Vec::new();
    for file in named {
        let standing = known
            .iter()
            .find(|it| it.id == file.id && it.form == form.id);
        let standing = standing.filter(|it| {
            if let Some(of) = it.submission {
                return of == submission.id
                    || (it.subject.is_some() && it.subject == submission.subject_id);
            }
            let is_own = it.author == occasion.actor.subject && it.field == file.field.path;
            is_own && it.uploaded_at > occasion.now - FILE_WAITS
        });
        let Some(standing) = standing else {
            misfits.push(Misfit {
                path: file.path,
                fault: AnswerFault::NoSuchFile,
            });
            continue;
        };
        let FieldKind::File { largest, types } = &file.field.kind else {
            continue;
        };
        let admitted = types.iter().any(|it| it.as_str() == standing.media_type);
        size += standing.size;
        if !admitted || standing.size > *largest {
            misfits.push(Misfit {
                path: file.path,
                fault: AnswerFault::FileNotAdmitted,
            });
        } else if size > LARGEST_OF_ANSWER {
            misfits.push(Misfit {
                path: file.path,
                fault: AnswerFault::FilesTooLarge(LARGEST_OF_ANSWER),
            });
        }
        claimed.push(file.id);
    }
    if misfits.is_empty() {
        store::claim_files(tx, &claimed, submission.id).await?;
        Ok(())
    } else {
        Err(SubmissionError::Misfits(misfits))
    }
}

/// What is known of a file, but for its bytes. Whether the caller may see it is decided above.
///
/// # Errors
/// When the database cannot be asked.
pub async fn file(db: &mut Reader<'_>, id: FileId) -> Result<Option<StoredFile>, ReadError> {
    Ok(store::file(db, id).await?)
}

/// The bytes of a file.
///
/// # Errors
/// When the database cannot be asked.
pub async fn content(db: &mut Reader<'_>, id: FileId) -> Result<Option<Vec<u8>>, ReadError> {
    Ok(store::file_bytes(db, id).await?)
}

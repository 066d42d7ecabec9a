//! Photos of people on the wire. Whoever may not read names gets none, so a photo's own fields carry no guard.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::changes::Conflict;
use super::deed::perform;
use super::mutations::wire;
use super::worker::Worker;
use crate::graphql::{ActInput, Command, Upload, UserErrorOf, id};
use crate::kernel::{Id, Invalid};
use crate::workforce::{self, SavePhoto};

/// The photo of a person.
#[derive(SimpleObject)]
pub struct Photo {
    /// What `/files/{id}` is asked for. A photo that takes the place of another has another id.
    id: ID,
    /// What it is, by its content: `image/jpeg` or `image/png`.
    media_type: String,
    /// Its bytes.
    size: u64,
}

impl From<&workforce::Photo> for Photo {
    fn from(photo: &workforce::Photo) -> Self {
        Self {
            id: photo.id.encode().into(),
            media_type: photo.media_type.clone(),
            size: photo.size,
        }
    }
}

/// A photo to save, or that there is none any more.
#[derive(InputObject, Serialize)]
pub struct SavePhotoInput {
    /// The worker.
    worker: ID,
    /// The version of the worker's record that you saw. What others did to other fields since does not matter.
    base_version: i32,
    /// A JPEG or PNG picture of at most 512 KiB and 2,000 pixels a side; null takes away the photo that there is.
    #[serde(serialize_with = "digest")]
    file: MaybeUndefined<Upload>,
    /// What you take it for, `image/jpeg`; refused when the file is something else.
    #[graphql(validator(max_length = 100))]
    media_type: Option<String>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Stands for the file, where one input is compared with another.
fn digest<S: Serializer>(file: &MaybeUndefined<Upload>, serializer: S) -> Result<S::Ok, S::Error> {
    let said = file.as_opt_ref().into_iter();
    let digests = said.map(|it| it.map(|Upload(bytes)| hex::encode(Sha256::digest(bytes))));
    serializer.collect_seq(digests)
}

impl Command for SavePhotoInput {
    type Read = SavePhoto;

    fn read(&self) -> Result<SavePhoto, Invalid> {
        let file = self.file.as_opt_ref();
        Ok(SavePhoto {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            file: file.map(|it| it.map(|Upload(bytes)| bytes.clone())),
            declared: self.media_type.clone(),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

/// Why a photo was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SavePhotoErrorCode {
    /// There is no such worker.
    WorkerNotFound,
    /// Somebody else changed the photo since it was read; see `conflict`.
    Stale,
    /// There is neither a file nor null in its place.
    Missing,
    /// More bytes than a photo may have.
    FileTooHeavy,
    /// Neither a JPEG nor a PNG picture.
    PhotoTypeNotAdmitted,
    /// Something else than what you take it for.
    OtherType,
    /// More pixels than a photo may have a side.
    TooManyPixels,
    /// It is cut off, or cannot be read as a picture.
    PictureDamaged,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// The answer to `savePhoto`.
#[derive(SimpleObject)]
pub struct SavePhotoPayload {
    /// The worker with the photo; absent when it was refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed the photo first.
    conflict: Option<Conflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SavePhotoErrorCode>>,
}

#[derive(Default)]
pub struct PhotosMutation;

#[Object]
impl PhotosMutation {
    /// Save somebody's photo in the place of the one before, or take that away. No item of a batch does this: the file comes
    /// with a request of its own.
    #[graphql(complexity = "100 + child_complexity")]
    #[tracing::instrument(name = "mutation savePhoto", skip_all)]
    async fn save_photo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SavePhotoInput,
    ) -> Result<SavePhotoPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(SavePhotoPayload {
            worker,
            conflict,
            errors,
        })
    }
}

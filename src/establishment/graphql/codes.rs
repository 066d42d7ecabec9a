//! The codes with which each mutation refuses. Their names are those of
//! [`Objection::code`](crate::establishment::Objection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a post was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OpenPostErrorCode {
    /// The code is empty, longer than 40 characters, or has others than letters, digits, points, hyphens, underscores and slashes.
    InvalidPostCode,
    /// Another post has the code, or once had it.
    CodeTaken,
    /// There is no such facility.
    FacilityNotFound,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// The title is too long, or has control characters.
    InvalidText,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a post was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangePostErrorCode {
    /// There is no such post.
    PostNotFound,
    /// The post changed since it was read; see `conflict`.
    Stale,
    /// Another change of the post holds from a later day.
    LaterChangeOfPost,
    /// The post is not yet open on that day.
    PostNotOpen,
    /// The post is closed.
    PostClosed,
    /// Nothing would change.
    NothingChanges,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// Whoever fills the post is in another cadre.
    PostingDoesNotFit,
    /// The title is too long, or has control characters.
    InvalidText,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a post was not frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FreezePostErrorCode {
    /// There is no such post.
    PostNotFound,
    /// The post changed since it was read; see `conflict`.
    Stale,
    /// Another change of the post holds from a later day.
    LaterChangeOfPost,
    /// The post is not yet open on that day.
    PostNotOpen,
    /// The post is closed.
    PostClosed,
    /// The post is frozen.
    PostFrozen,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a post was not reopened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReopenPostErrorCode {
    /// There is no such post.
    PostNotFound,
    /// The post changed since it was read; see `conflict`.
    Stale,
    /// Another change of the post holds from a later day.
    LaterChangeOfPost,
    /// The post is not yet open on that day.
    PostNotOpen,
    /// The post is neither frozen nor closed.
    PostIsOpen,
    /// There is no such facility.
    FacilityNotFound,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a post was not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClosePostErrorCode {
    /// There is no such post.
    PostNotFound,
    /// The post changed since it was read; see `conflict`.
    Stale,
    /// Another change of the post holds from a later day.
    LaterChangeOfPost,
    /// The post is not yet open on that day.
    PostNotOpen,
    /// The post is closed.
    PostClosed,
    /// Somebody fills the post on that day or later.
    PostFilled,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a post was not assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssignPostErrorCode {
    /// Somebody else fills the post on one of the posting's days.
    PostFilled,
    /// There is no such post.
    PostNotFound,
    /// There is no such posting.
    PostingNotFound,
    /// The post is approved on none of the posting's days.
    PostNotOpen,
    /// The post is frozen at the end of the posting, or now.
    PostFrozen,
    /// The post is closed on one of the posting's days.
    PostClosed,
    /// The posting is at another facility, or under another cadre.
    PostingDoesNotFit,
    /// The posting fills a post already.
    FillsAPost,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a post was not vacated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VacatePostErrorCode {
    /// There is no such posting.
    PostingNotFound,
    /// The posting fills no post.
    FillsNoPost,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

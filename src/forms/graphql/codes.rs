//! The codes with which each mutation of forms refuses. Their names are those of
//! [`FormObjection::code`](crate::forms::FormObjection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a draft was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveFormDraftErrorCode {
    /// A code has lower-case letters, digits and hyphens, a letter first.
    InvalidFormCode,
    /// The form has no title.
    NoTitle,
    /// The title is given in a language that is none of the country's.
    ForeignLanguage,
    /// The form has this code already, and its answers are about something else.
    OtherSubject,
    /// There is no form with this code, and a base version was given.
    FormNotFound,
    /// The form changed since it was read, or is there already.
    Stale,
    /// A value of another type belongs there.
    WrongType,
    /// A keyword that the closed subset does not have.
    UnknownKeyword,
    /// Not the name of a field.
    BadName,
    /// A value that does not fit its place, or the values around it.
    BadValue,
    /// No pattern, or one that costs too much.
    BadPattern,
    /// References to other schemas are not followed.
    ReferenceRefused,
    /// The form has no such field, or not where it is named.
    UnknownField,
    /// An operator that rules do not have, or not at this place.
    UnknownOperator,
    /// More levels than a definition may have.
    NestedTooDeep,
    /// Longer than it may be.
    TooLong,
    /// More than there may be.
    TooMany,
    /// The same option twice.
    Twice,
    /// Rules that wait for each other.
    Circular,
    /// The country has no such code list.
    UnknownList,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a form was not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PublishFormErrorCode {
    /// There is no such form.
    FormNotFound,
    /// The form changed since it was read.
    Stale,
    /// There is no draft to publish.
    NoDraft,
    /// The draft is the same as what is published.
    NothingChanged,
    /// Nothing says where the answers to a field go.
    MappingNeeded,
    /// The form has no such field.
    UnknownField,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a form was not rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RollBackFormErrorCode {
    /// There is no such form.
    FormNotFound,
    /// The form changed since it was read.
    Stale,
    /// There is no such version.
    VersionNotFound,
    /// The version is the same as what is published.
    NothingChanged,
    /// Nothing says where the answers to a field go.
    MappingNeeded,
    /// The form has no such field.
    UnknownField,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a version was not retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RetireFormErrorCode {
    /// There is no such form.
    FormNotFound,
    /// The form changed since it was read.
    Stale,
    /// There is no such version.
    VersionNotFound,
    /// The version is retired.
    AlreadyRetired,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

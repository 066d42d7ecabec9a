//! The codes with which each mutation refuses. Their names are those of [`Objection::code`](crate::cadres::Objection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a cadre was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AddCadreErrorCode {
    /// The code is empty, longer than 40 characters, or has others than letters, digits, points, hyphens and underscores.
    InvalidCode,
    /// Another cadre has the code, or once had it.
    CodeTaken,
    /// No label, one that is empty or too long, or a language that is none.
    InvalidLabel,
    /// A label or a description is given in a language that is none of the country's.
    ForeignLanguage,
    /// A text is empty, too long, or has control characters.
    InvalidText,
    /// More entries than a list may have.
    TooMany,
    /// The retirement age is not from 30 to 99.
    InvalidRetirementAge,
    /// A council is named for a cadre that needs no licence.
    NotLicensed,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// There is no such cadre to stand below.
    ParentNotFound,
    /// The cadre to stand below is not in use from that day on.
    CadreNotInForce,
    /// There is no such cadre to follow in a career.
    CadreNotFound,
    /// A cadre to follow in a career is named twice.
    NamedTwice,
    /// A cadre cannot stand below itself.
    Circle,
    /// People are posted under the cadre to stand below.
    PeoplePosted,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a cadre was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeCadreErrorCode {
    /// There is no such cadre, or none to follow in a career.
    CadreNotFound,
    /// The cadre changed since it was read; see `conflict`.
    Stale,
    /// A cadre to follow in a career is named twice, or is the cadre itself.
    NamedTwice,
    /// Another change of the cadre holds from a later day.
    LaterChange,
    /// The cadre, or the one to stand below, is not in use from that day on.
    CadreNotInForce,
    /// Nothing would change.
    NothingChanges,
    /// No label, one that is empty or too long, or a language that is none.
    InvalidLabel,
    /// A label or a description is given in a language that is none of the country's.
    ForeignLanguage,
    /// A text is empty, too long, or has control characters.
    InvalidText,
    /// More entries than a list may have.
    TooMany,
    /// The retirement age is not from 30 to 99.
    InvalidRetirementAge,
    /// A council is named for a cadre that needs no licence.
    NotLicensed,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// There is no such cadre to stand below.
    ParentNotFound,
    /// The cadre would stand below itself.
    Circle,
    /// People are posted under the cadre to stand below.
    PeoplePosted,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a cadre was not retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RetireCadreErrorCode {
    /// There is no such cadre.
    CadreNotFound,
    /// The cadre changed since it was read; see `conflict`.
    Stale,
    /// Another change of the cadre holds from a later day.
    LaterChange,
    /// The cadre is not in use on that day.
    CadreNotInForce,
    /// The cadre gathers others that are in use: retire or move them first.
    GathersCadres,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a cadre was not brought back into use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReinstateCadreErrorCode {
    /// There is no such cadre.
    CadreNotFound,
    /// The cadre changed since it was read; see `conflict`.
    Stale,
    /// Another change of the cadre holds from a later day.
    LaterChange,
    /// The cadre is not retired on that day.
    CadreNotRetired,
    /// The group that it stands in is not in use from that day on.
    CadreNotInForce,
    /// The cadre would stand below itself.
    Circle,
    /// People are posted under the cadre that it would stand below.
    PeoplePosted,
    /// There is no such cadre to stand below.
    ParentNotFound,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

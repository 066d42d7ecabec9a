//! The codes with which each mutation refuses. Their names are those of [`Objection::code`](crate::places::Objection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why an org unit was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AddOrgUnitErrorCode {
    /// The code is empty, longer than 40 characters, or has others than letters, digits, points, hyphens and underscores.
    InvalidCode,
    /// Another org unit has the code, or once had it.
    CodeTaken,
    /// No name, or one that is empty or too long.
    InvalidLabel,
    /// A name is in none of the country's languages.
    ForeignLanguage,
    /// There is no name in the country's first language.
    MissingLanguage,
    /// A text is too long, or has control characters.
    InvalidText,
    /// The ISO 3166-2 code is not written like one.
    InvalidIsoCode,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// There is no such org unit to be part of.
    ParentUnitNotFound,
    /// There is no such org unit to take over from.
    PredecessorUnitNotFound,
    /// There is no such org unit to move below the new one.
    OrgUnitNotFound,
    /// The org unit to be part of, or one that moves below the new one, is not there from that day on.
    OrgUnitNotInForce,
    /// A unit that moves is not of the level below the new one, one that it takes over from not of its own, or the country
    /// has no such level.
    WrongLevel,
    /// The new unit would be part of itself.
    CircleOfUnits,
    /// A unit that moves below the new one changed since it was read; see `conflict`.
    Stale,
    /// Another change of a unit that moves holds from a later day.
    LaterChangeOfPlace,
    /// An org unit is named twice.
    NamedTwice,
    /// More entries than a list may have.
    TooMany,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an org unit was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeOrgUnitErrorCode {
    /// There is no such org unit.
    OrgUnitNotFound,
    /// The unit changed since it was read; see `conflict`.
    Stale,
    /// Another change of the unit holds from a later day.
    LaterChangeOfPlace,
    /// The unit, or the one to be part of, is not there from that day on.
    OrgUnitNotInForce,
    /// Nothing would change.
    NothingChanges,
    /// No name, or one that is empty or too long.
    InvalidLabel,
    /// A name is in none of the country's languages.
    ForeignLanguage,
    /// There is no name in the country's first language.
    MissingLanguage,
    /// A text is too long, or has control characters.
    InvalidText,
    /// The ISO 3166-2 code is not written like one.
    InvalidIsoCode,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// There is no such org unit to be part of.
    ParentUnitNotFound,
    /// The unit would change its level: it may move below another unit of the same level as the one before.
    WrongLevel,
    /// The unit would be part of itself.
    CircleOfUnits,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an org unit was not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CloseOrgUnitErrorCode {
    /// There is no such org unit.
    OrgUnitNotFound,
    /// The unit changed since it was read; see `conflict`.
    Stale,
    /// Another change of the unit holds from a later day.
    LaterChangeOfPlace,
    /// The unit, or one that takes over from it, is not there from that day on.
    OrgUnitNotInForce,
    /// Other units are part of it: move or close them first.
    HasUnits,
    /// Facilities work in it: move or close them first.
    HasFacilities,
    /// There is no such org unit to take over.
    SuccessorUnitNotFound,
    /// An org unit is named twice, or takes over from itself.
    NamedTwice,
    /// More entries than a list may have.
    TooMany,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a facility was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AddFacilityErrorCode {
    /// The code is empty, longer than 40 characters, or has others than letters, digits, points, hyphens and underscores.
    InvalidCode,
    /// Another facility has the code, or once had it.
    CodeTaken,
    /// The name is empty, too long, or has control characters.
    InvalidText,
    /// None of the country's types of facility.
    UnknownFacilityType,
    /// None of the country's kinds of ownership.
    UnknownOwnership,
    /// There is no such org unit to stand in.
    OrgUnitNotFound,
    /// The org unit to stand in is not there from that day on.
    OrgUnitNotInForce,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a facility was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeFacilityErrorCode {
    /// There is no such facility.
    FacilityNotFound,
    /// The facility changed since it was read; see `conflict`.
    Stale,
    /// Another change of the facility holds from a later day.
    LaterChangeOfPlace,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// Nothing would change.
    NothingChanges,
    /// The name is empty, too long, or has control characters.
    InvalidText,
    /// None of the country's types of facility.
    UnknownFacilityType,
    /// None of the country's kinds of ownership.
    UnknownOwnership,
    /// There is no such org unit to stand in.
    OrgUnitNotFound,
    /// The org unit to stand in is not there from that day on.
    OrgUnitNotInForce,
    /// The day has not come yet: a facility moves to another org unit today or before.
    InTheFuture,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a facility was not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CloseFacilityErrorCode {
    /// There is no such facility.
    FacilityNotFound,
    /// The facility changed since it was read; see `conflict`.
    Stale,
    /// Another change of the facility holds from a later day.
    LaterChangeOfPlace,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a facility was not reopened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReopenFacilityErrorCode {
    /// There is no such facility.
    FacilityNotFound,
    /// The facility changed since it was read; see `conflict`.
    Stale,
    /// Another change of the facility holds from a later day.
    LaterChangeOfPlace,
    /// The facility is not closed on that day.
    FacilityNotClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// The org unit that it stands in is not there from that day on.
    OrgUnitNotInForce,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why populations were not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordPopulationsErrorCode {
    /// There is no such org unit.
    OrgUnitNotFound,
    /// The year is not from 1900 to 2200.
    InvalidYear,
    /// Fewer than none, or more than two thousand million people.
    InvalidPeople,
    /// The source is empty, too long, or has control characters.
    InvalidText,
    /// An org unit is named twice with the same year and source.
    NamedTwice,
    /// No figure, or more than may come at once.
    TooMany,
    /// All of it is on record.
    NothingChanges,
    /// The figure on record is not the one that is to be corrected, or there is none.
    Stale,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

//! The codes with which an item of a batch is refused: those of all mutations that an item can be, and its own.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why an item of a batch was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BatchItemErrorCode {
    /// The name is empty, too long, or holds no letter.
    InvalidName,
    /// The birth date is before 1900 or in the future.
    InvalidBirthDate,
    /// Not a telephone number.
    InvalidPhone,
    /// Not an e-mail address.
    InvalidEmail,
    /// None of the country's types of identifier, or retired.
    UnknownIdentifierType,
    /// Not written as an identifier of this type is.
    InvalidIdentifier,
    /// Another person on the register has this identifier.
    IdentifierTaken,
    /// Another change of the field waits for a decision.
    ChangePending,
    /// Somebody on the register is so alike that they may be the same person; see `likely`. Whoever has made sure that they
    /// are not names them in `distinctFrom`.
    LikelyDuplicate,
    /// Not two capitals.
    InvalidCountry,
    /// Not two or three small letters, or a language that is named twice.
    InvalidLanguage,
    /// None of the country's marital statuses, or retired.
    UnknownMaritalStatus,
    /// None of the country's relations, or retired.
    UnknownRelation,
    /// The text is empty, too long, or has control characters.
    InvalidText,
    /// A day is out of range.
    InvalidDate,
    /// More entries than a list may have.
    TooMany,
    /// There is no such org unit.
    OrgUnitNotFound,
    /// There is no such facility.
    FacilityNotFound,
    /// The facility is closed on that day.
    FacilityClosed,
    /// The facility is not yet open on that day.
    FacilityNotOpen,
    /// There is no such supervising office.
    SupervisorNotFound,
    /// There is no such cadre.
    CadreNotFound,
    /// Nobody can be posted under a group of cadres.
    CadreIsAGroup,
    /// The cadre takes nobody from that day on: it is retired, merged, split or still to come.
    CadreNotInForce,
    /// None of the country's terms of employment, or retired by then.
    UnknownEmploymentType,
    /// The place is outside the org units or sectors that the caller works for.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
    /// There is no such worker.
    WorkerNotFound,
    /// What it changes changed since it was read; see `conflict`.
    Stale,
    /// Another primary posting covers that day.
    Overlaps,
    /// The worker holds no primary posting on that day.
    NotPosted,
    /// Acting duty and secondment stand beside the main duty.
    OnlyBesides,
    /// None of the cadre's salary grades.
    UnknownSalaryGrade,
    /// The worker is already posted there, and nothing else would change.
    SameFacility,
    /// The current posting began on that day or later.
    BeforePosting,
    /// The posting on that day has an end on record already.
    AlreadyEnded,
    /// The country has career steps out of the worker's cadre, and none leads to the other one.
    NoCareerStep,
    /// None of the country's departure reasons, or retired by then.
    UnknownReason,
    /// There is no such posting.
    PostingNotFound,
    /// None of the country's types of leave, or retired by then.
    UnknownLeaveType,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// More than three years.
    LeaveTooLong,
    /// The worker holds no posting on that day.
    NotServing,
    /// None of the days is worked.
    NoWorkingDay,
    /// Approved leave takes in one of the days.
    LeaveOverlaps,
    /// More working days than the worker has left in that year.
    BalanceExceeded,
    /// There is no such form.
    FormNotFound,
    /// There is no such version, or it is answered no more.
    NotAnswerable,
    /// The form is about something else.
    OtherSubject,
    /// Something that must be answered is not.
    Missing,
    /// A value of another type belongs there.
    WrongType,
    /// None of the options.
    NotAnOption,
    /// Too small, too large, or not a multiple.
    OutOfRange,
    /// Too short or too long.
    WrongLength,
    /// Not written as it must be.
    WrongFormat,
    /// Too few, too many, or one twice.
    WrongCount,
    /// The form does not ask this.
    NotAsked,
    /// More than an answer may hold.
    TooLong,
    /// No file of yours that waits for this field, or of an earlier answer about the same.
    FileNotFound,
    /// A file that this version of the form does not take.
    FileNotAdmitted,
    /// More bytes of files than one answer may have.
    FilesTooLarge,
    /// What the form itself says of the answer.
    CheckFailed,
    /// There is no such answer.
    SubmissionNotFound,
    /// What was handed in becomes no draft again.
    AlreadySubmitted,
    /// The id is taken already.
    IdTaken,
    /// Something that it builds on was refused: send it again once that is put right, after the new key.
    PredecessorRefused,
    /// It waits for itself, or for others that wait for it.
    WaitsForItself,
    /// The input has another `idempotencyKey` than the item.
    KeyMismatch,
    /// The caller may not do this.
    Forbidden,
    /// A value that cannot be read: an id that is none, a key that is too short.
    BadUserInput,
    /// Something failed on our side: send it again.
    Internal,
    /// The service could not do it just now: send it again.
    Unavailable,
}

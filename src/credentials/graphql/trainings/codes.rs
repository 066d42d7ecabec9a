//! The codes with which each mutation refuses. Their names are those of
//! [`Objection::code`](crate::credentials::Objection::code).

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Why a course was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveCourseErrorCode {
    /// There is no course with this code to change.
    CourseNotFound,
    /// Another course has the code; with its version it is changed.
    CodeTaken,
    /// The course changed since it was read; see `conflict`.
    Stale,
    /// Not 1 to 40 letters, digits, points, hyphens and underscores.
    InvalidCode,
    /// There is no title, or one that is none.
    InvalidLabel,
    /// A title is in a language that is none of the country's.
    ForeignLanguage,
    /// The credits are not from 0 to 1000.
    InvalidCredits,
    /// The months are not from 1 to 600.
    InvalidMonths,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a session was not scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ScheduleSessionErrorCode {
    /// There is no such course.
    CourseNotFound,
    /// No session of the course begins on that day.
    CourseRetired,
    /// There is no such facility.
    FacilityNotFound,
    /// A text is empty, too long, or has control characters.
    InvalidText,
    /// A day is not from 1900 to 2200.
    InvalidDate,
    /// The last day is before the first.
    EndsBeforeItStarts,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why no attendance was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordAttendanceErrorCode {
    /// There is no such session.
    SessionNotFound,
    /// The session has not begun yet.
    SessionToCome,
    /// There is no such worker.
    WorkerNotFound,
    /// The worker is named twice.
    NamedTwice,
    /// The worker's attendance of this session is on record.
    AlreadyRecorded,
    /// The credits are not from 0 to 1000.
    InvalidCredits,
    /// More people than one request may name.
    TooMany,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

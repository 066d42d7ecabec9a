//! What mutations of courses, sessions and attendances take.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::objects::Outcome;
use crate::credentials::{Attended, RecordAttendance, SaveCourse, ScheduleSession};
use crate::graphql::{ActInput, Command, Day, LocalizedTextInput, id, optional_id, text};
use crate::kernel::Invalid;

/// A course to add, or to change.
#[derive(InputObject, Serialize)]
pub struct SaveCourseInput {
    /// Its code: 1 to 40 letters, digits, points, hyphens and underscores.
    code: String,
    /// The version that you saw of the course to change; absent: a new one.
    base_version: Option<i32>,
    /// Its title, in one language at least, each at most 200 characters.
    titles: Vec<LocalizedTextInput>,
    /// What whoever completes it is credited with, in points of continuing education, from 0 to 1000.
    #[graphql(default)]
    credits: i32,
    /// For how many months it counts once it is completed, from 1 to 600; absent: for good.
    valid_months: Option<i32>,
    /// The first day on which no session of it begins; absent: none is known.
    retired_on: Option<Day>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A session of a course.
#[derive(InputObject, Serialize)]
pub struct ScheduleSessionInput {
    /// What is taught.
    course: ID,
    /// Who teaches it, at most 200 characters.
    provider: String,
    /// Where, when that is a facility.
    facility: Option<ID>,
    /// Where, in words, at most 200 characters; needed where no facility is named.
    #[graphql(default)]
    place: String,
    /// The first day.
    starts_on: Day,
    /// The last day.
    ends_on: Day,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Who attended a session: all of them are recorded, or nobody.
#[derive(InputObject, Serialize)]
pub struct RecordAttendanceInput {
    /// The session, which has begun.
    session: ID,
    /// The workers, at most 500, each once.
    attendances: Vec<AttendanceInput>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// How it went for one worker.
#[derive(InputObject, Serialize)]
pub struct AttendanceInput {
    /// The worker.
    worker: ID,
    /// How it went.
    outcome: Outcome,
    /// What the worker is credited with, from 0 to 1000; absent: what the course gives, when it was completed.
    credits: Option<i32>,
}

impl Command for SaveCourseInput {
    type Read = SaveCourse;

    fn read(&self) -> Result<SaveCourse, Invalid> {
        Ok(SaveCourse {
            code: self.code.clone(),
            base_version: self.base_version,
            title: text(&self.titles),
            credits: self.credits,
            valid_months: self.valid_months,
            retired_on: self.retired_on.map(|Day(day)| day),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for ScheduleSessionInput {
    type Read = ScheduleSession;

    fn read(&self) -> Result<ScheduleSession, Invalid> {
        Ok(ScheduleSession {
            course: id("input.course", &self.course)?,
            provider: self.provider.trim().to_owned(),
            facility: optional_id("input.facility", self.facility.as_ref())?,
            place: self.place.trim().to_owned(),
            starts_on: self.starts_on.0,
            ends_on: self.ends_on.0,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for RecordAttendanceInput {
    type Read = RecordAttendance;

    fn read(&self) -> Result<RecordAttendance, Invalid> {
        let attendances = self.attendances.iter().map(|it| {
            Ok(Attended {
                worker: id("input.attendances.worker", &it.worker)?,
                outcome: it.outcome.into(),
                credits: it.credits,
            })
        });
        Ok(RecordAttendance {
            session: id("input.session", &self.session)?,
            attendances: attendances.collect::<Result<_, Invalid>>()?,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

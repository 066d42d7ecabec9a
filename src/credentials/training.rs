//! In-service training: courses, their sessions, and who attended. No SQL, no clock.

use chrono::Months;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusal::{Objection, Refusal, is_text};
use crate::kernel::{
    AttendanceId, CourseId, Date, FacilityId, Id, Reason, SessionId, Text, WorkerId,
};
use crate::ledger::ActReference;

/// What is taught, as the ministry names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    pub id: CourseId,
    /// For ever the same.
    pub code: String,
    pub title: Text,
    /// What whoever completes it is credited with, unless a session says otherwise.
    pub credits: i32,
    /// For how many months it counts; absent: for good.
    pub valid_months: Option<i32>,
    /// The first day on which no session of it begins.
    pub retired_on: Option<Date>,
    /// Rises with every change.
    pub version: i32,
}

/// A course, taught once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub course: Course,
    pub provider: String,
    /// Where, when that is a facility.
    pub facility: Option<FacilityId>,
    /// Where, in words.
    pub place: String,
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    pub act: Option<ActReference>,
}

/// That somebody was at a session, or was to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendance {
    pub id: AttendanceId,
    pub worker: WorkerId,
    pub session: Session,
    pub outcome: Outcome,
    pub credits: i32,
    pub act: Option<ActReference>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Completed,
    /// Was there, and did not pass or did not stay.
    Failed,
    /// Was to be there, and was not.
    Absent,
}

/// A course to add, or with the version that was seen one to change.
#[derive(Clone, Debug)]
pub struct SaveCourse {
    pub code: String,
    pub base_version: Option<i32>,
    pub title: Text,
    pub credits: i32,
    pub valid_months: Option<i32>,
    pub retired_on: Option<Date>,
}

/// A session to hold.
#[derive(Clone, Debug)]
pub struct ScheduleSession {
    pub course: CourseId,
    pub provider: String,
    pub facility: Option<FacilityId>,
    pub place: String,
    pub starts_on: Date,
    pub ends_on: Date,
}

/// Who attended a session.
#[derive(Clone, Debug)]
pub struct RecordAttendance {
    pub session: SessionId,
    pub attendances: Vec<Attended>,
}

#[derive(Clone, Debug)]
pub struct Attended {
    pub worker: WorkerId,
    pub outcome: Outcome,
    /// Absent: those of the course for who completed it, none for the others.
    pub credits: Option<i32>,
}

/// As many as any course gives, and as any one is credited with.
pub(super) const MOST_CREDITS: i32 = 1_000;
/// Fifty years.
const MOST_MONTHS: i32 = 600;

impl SaveCourse {
    /// Notes what is wrong with it, in a country that writes in some languages.
    pub(super) fn check(&self, languages: &[String], refusals: &mut Vec<Refusal>) {
        if !is_code(&self.code) {
            refusals.push(Objection::InvalidCode.at(&["code"]));
        }
        let texts = self.title.0.iter();
        let mut wrong = texts.filter(|(language, text)| {
            let named = (2..=3).contains(&language.len())
                && language.bytes().all(|it| it.is_ascii_lowercase());
            !named || text.is_empty() || !is_text(text, 200)
        });
        if self.title.0.is_empty() || wrong.next().is_some() {
            refusals.push(Objection::InvalidLabel.at(&["titles"]));
        } else if let Some(foreign) = self.title.foreign_to(languages) {
            let foreign = Objection::ForeignLanguage(foreign.to_owned());
            refusals.push(foreign.at(&["titles"]));
        }
        if !(0..=MOST_CREDITS).contains(&self.credits) {
            refusals.push(Objection::InvalidCredits.at(&["credits"]));
        }
        if self
            .valid_months
            .is_some_and(|it| !(1..=MOST_MONTHS).contains(&it))
        {
            refusals.push(Objection::InvalidMonths.at(&["validMonths"]));
        }
    }
}

impl Course {
    pub(super) fn describe(&self) -> [(&'static str, Value); 4] {
        [
            ("titles", json!(self.title)),
            ("credits", json!(self.credits)),
            ("validMonths", json!(self.valid_months)),
            ("retiredOn", json!(self.retired_on)),
        ]
    }
}

impl Attendance {
    pub(super) fn field(&self) -> String {
        format!("trainings.{}", self.id)
    }

    pub(super) fn describe(&self) -> Value {
        json!({
            "course": self.session.course.code,
            "session": SessionId::encode(self.session.id),
            "endsOn": self.session.ends_on,
            "outcome": self.outcome,
            "credits": self.credits,
        })
    }

    /// The last day on which what was completed counts; `None` where it does not count, or counts for good.
    #[must_use]
    pub fn counts_until(&self) -> Option<Date> {
        let months = self.session.course.valid_months?;
        let months = u32::try_from(months)
            .ok()
            .filter(|_| self.outcome == Outcome::Completed)?;
        let after = self
            .session
            .ends_on
            .checked_add_months(Months::new(months))?;
        after.pred_opt()
    }
}

fn is_code(code: &str) -> bool {
    let mut characters = code.chars();
    code.len() <= 40
        && characters.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

//! Courses, their sessions, and that somebody attended one.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use crate::credentials::{self, SessionKey};
use crate::graphql::{Act, Day, Json, LocalizedText, labels, request};
use crate::kernel::Id;
use crate::ledger::Conflict;
use crate::places::graphql::Facility;
use crate::workforce::Lists;

pub struct Course(pub(super) credentials::Course);

pub struct TrainingSession {
    of: credentials::Session,
    lists: Lists,
}

pub struct Training {
    of: credentials::Attendance,
    lists: Lists,
}

/// How it went for somebody at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(name = "TrainingOutcome", remote = "credentials::Outcome")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Was there and passed.
    Completed,
    /// Was there, and did not pass or did not stay.
    Failed,
    /// Was to be there, and was not.
    Absent,
}

/// A change of a course that someone else made first.
#[derive(SimpleObject)]
pub struct CourseConflict {
    /// The version that the caller saw.
    base_version: i32,
    /// What differs between the two versions.
    changed: Vec<CourseChangedField>,
}

/// A field at the version that the caller saw, and now.
#[derive(SimpleObject)]
pub struct CourseChangedField {
    /// The field.
    field: String,
    /// Its value at the version that the caller saw.
    base: Json,
    /// Its value now.
    current: Json,
}

impl From<Conflict> for CourseConflict {
    fn from(conflict: Conflict) -> Self {
        let changed = conflict.changed.into_iter().map(|it| CourseChangedField {
            field: it.field,
            base: Json(it.base),
            current: Json(it.current),
        });
        Self {
            base_version: conflict.base_version,
            changed: changed.collect(),
        }
    }
}

/// Something that is taught in service.
#[Object]
impl Course {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.0.id.encode().into()
    }

    /// The code that the country uses; for ever the same.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The title in the caller's language.
    async fn title(&self, ctx: &Context<'_>) -> &str {
        self.0.title.get(request(ctx).languages())
    }

    /// The title in every language it is known in.
    async fn titles(&self) -> Vec<LocalizedText> {
        labels(&self.0.title)
    }

    /// What whoever completes it is credited with, in points of continuing education.
    async fn credits(&self) -> i32 {
        self.0.credits
    }

    /// For how many months it counts once it is completed; absent: for good.
    async fn valid_months(&self) -> Option<i32> {
        self.0.valid_months
    }

    /// The first day on which no session of it begins.
    async fn retired_on(&self) -> Option<Day> {
        self.0.retired_on.map(Day)
    }

    /// Rises with every change; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl TrainingSession {
    pub(super) fn new(of: credentials::Session, lists: &Lists) -> Self {
        Self {
            of,
            lists: lists.clone(),
        }
    }

    pub(super) fn key(&self) -> SessionKey {
        (self.of.starts_on, self.of.id)
    }
}

/// A course, taught once.
#[Object]
impl TrainingSession {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.of.id.encode().into()
    }

    /// What is taught.
    async fn course(&self) -> Course {
        Course(self.of.course.clone())
    }

    /// Who teaches it.
    async fn provider(&self) -> &str {
        &self.of.provider
    }

    /// Where, when that is a facility.
    async fn facility(&self) -> Option<Facility> {
        Facility::find(&self.lists.gazetteer, &self.lists.places, self.of.facility?)
    }

    /// Where, in words.
    async fn place(&self) -> Option<&str> {
        Some(self.of.place.as_str()).filter(|it| !it.is_empty())
    }

    /// The first day.
    async fn starts_on(&self) -> Day {
        Day(self.of.starts_on)
    }

    /// The last day.
    async fn ends_on(&self) -> Day {
        Day(self.of.ends_on)
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.of.act.clone().map(Act::new)
    }
}

impl Training {
    pub(in crate::credentials::graphql) fn new(of: credentials::Attendance, lists: &Lists) -> Self {
        Self {
            of,
            lists: lists.clone(),
        }
    }
}

/// That a worker was at a session of a course, or was to be.
#[Object]
impl Training {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.of.id.encode().into()
    }

    /// The session, with its course.
    async fn session(&self) -> TrainingSession {
        TrainingSession::new(self.of.session.clone(), &self.lists)
    }

    /// How it went.
    async fn outcome(&self) -> Outcome {
        self.of.outcome.into()
    }

    /// What the worker is credited with, in points of continuing education.
    async fn credits(&self) -> i32 {
        self.of.credits
    }

    /// The last day on which it counts; absent where it was not completed, and where it counts for good.
    async fn counts_until(&self) -> Option<Day> {
        self.of.counts_until().map(Day)
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.of.act.clone().map(Act::new)
    }
}

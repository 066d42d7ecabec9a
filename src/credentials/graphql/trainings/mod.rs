//! Courses, sessions and attendances on the wire, and who was never trained.

mod codes;
mod inputs;
mod mutations;
mod objects;

use async_graphql::{Context, ID, Object, Result};

pub use codes::{RecordAttendanceErrorCode, SaveCourseErrorCode, ScheduleSessionErrorCode};
pub use mutations::TrainingsMutation;
pub(super) use objects::Training;
pub use objects::TrainingSession;

use objects::Course;

use crate::credentials::{self, SessionKey};
use crate::graphql::{Connection, Day, Paging, connection, optional_id, refuse, request};
use crate::kernel::{AsOf, PageRequest, ReadError};
use crate::workforce::graphql::{Worker, WorkerFilterInput, workers_among};
use crate::workforce::{Lists, Status};

#[derive(Default)]
pub struct TrainingsQuery;

#[Object]
impl TrainingsQuery {
    /// What the country teaches in service, by code; what is retired too.
    #[tracing::instrument(name = "query courses", skip_all)]
    async fn courses(&self, ctx: &Context<'_>) -> Result<Vec<Course>> {
        let courses = async {
            let rq = request(ctx);
            let mut db = rq.read(false).await?;
            credentials::courses(&mut db, rq.actor()).await
        };
        let courses = courses.await.map_err(|error| refuse(ctx, error))?;
        Ok(courses.into_iter().map(Course).collect())
    }

    /// When courses were and will be taught, the latest first; at most 100 a page.
    #[tracing::instrument(name = "query trainingSessions", skip_all)]
    async fn training_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this course; absent: of all.")] course: Option<ID>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<TrainingSession>> {
        let page = async |asked: PageRequest<SessionKey>| {
            let course = optional_id("course", course.as_ref())?;
            let rq = request(ctx);
            let at = AsOf::now(rq.today()?);
            let mut db = rq.read(true).await?;
            let page = credentials::sessions(&mut db, rq.actor(), course, &asked).await?;
            let lists = Lists::current(&mut db, at).await?;
            Ok(page.map(|session| TrainingSession::new(session, &lists)))
        };
        let key = |session: &TrainingSession| session.key();
        let paging = Paging { first, after };
        connection(ctx, "sessions", paging, page, key, |session| session).await
    }

    /// Workers within the caller's scope who have never completed a course, or any at all, by a day; at most 100 a page, in
    /// the order of `workers`.
    #[tracing::instrument(name = "query untrainedWorkers", skip_all)]
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn untrained_workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The course; absent: any.")] course: Option<ID>,
        #[graphql(
            desc = "Tell those too for whom what they completed counts no more on the day.",
            default = false
        )]
        lapsed: bool,
        #[graphql(desc = "Which of them; absent: all who are active.")] filter: Option<
            WorkerFilterInput,
        >,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Worker>> {
        let among = async {
            let course = optional_id("course", course.as_ref())?;
            let rq = request(ctx);
            let at = rq.as_of(as_of)?;
            let mut db = rq.read(true).await?;
            credentials::untrained(&mut db, rq.actor(), course, lapsed, at.day).await
        };
        let among = among.await.map_err(|error: ReadError| refuse(ctx, error))?;
        let active = Some(Status::Active);
        let paging = Paging { first, after };
        workers_among(ctx, "untrained", filter, as_of, paging, (among, active)).await
    }
}

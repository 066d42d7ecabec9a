//! Mutations of courses, sessions and attendances.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::codes::{RecordAttendanceErrorCode, SaveCourseErrorCode, ScheduleSessionErrorCode};
use super::inputs::{RecordAttendanceInput, SaveCourseInput, ScheduleSessionInput};
use super::objects::{Course, CourseConflict, TrainingSession};
use crate::credentials;
use crate::graphql::{
    Answer, Beginning, UserErrorOf, begin, conflict, refuse, request, settle, user_errors,
};
use crate::kernel::{AsOf, ReadError};
use crate::ledger::Conflict;
use crate::workforce::Lists;
use crate::workforce::graphql::prepare;

/// The answer to `saveCourse`.
#[derive(SimpleObject)]
pub struct SaveCoursePayload {
    /// The course; absent when it was refused.
    course: Option<Course>,
    /// What differs, when someone else changed the course first.
    conflict: Option<CourseConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveCourseErrorCode>>,
}

/// The answer to `scheduleSession`.
#[derive(SimpleObject)]
pub struct ScheduleSessionPayload {
    /// The session; absent when it was refused.
    session: Option<TrainingSession>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ScheduleSessionErrorCode>>,
}

/// The answer to `recordAttendance`.
#[derive(SimpleObject)]
pub struct RecordAttendancePayload {
    /// Of how many workers it was recorded; absent when it was refused.
    recorded: Option<usize>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordAttendanceErrorCode>>,
}

#[derive(Default)]
pub struct TrainingsMutation;

#[Object]
impl TrainingsMutation {
    /// Add a course to what is taught in service, or change one by its code.
    #[tracing::instrument(name = "mutation saveCourse", skip_all)]
    async fn save_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SaveCourseInput,
    ) -> Result<SaveCoursePayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let tenant = request(ctx)
            .tenant()
            .map_err(|denied| refuse(ctx, denied))?;
        let languages = &tenant.settings().languages;
        let key = input.idempotency_key.as_deref();
        let answer: Answer<credentials::Course, _> = match begin(ctx, "saveCourse", key, &input)
            .await?
        {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::save_course(&mut tx, &occasion, languages, command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let conflict: Option<Conflict> = conflict(ctx, &answer.refused)?;
        Ok(SaveCoursePayload {
            course: answer.value.map(Course),
            conflict: conflict.map(Into::into),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Schedule a session of a course, or record one that was held.
    #[tracing::instrument(name = "mutation scheduleSession", skip_all)]
    async fn schedule_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ScheduleSessionInput,
    ) -> Result<ScheduleSessionPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let key = input.idempotency_key.as_deref();
        let answer: Answer<credentials::Session, _> =
            match begin(ctx, "scheduleSession", key, &input).await? {
                Beginning::Answered(answer) => answer,
                Beginning::Attempt(mut attempt) => {
                    let mut tx = attempt.write().db();
                    let ended = credentials::schedule_session(&mut tx, &occasion, command).await;
                    drop(tx);
                    settle(ctx, attempt, ended).await?
                }
            };
        let lists = async {
            let mut db = request(ctx).read(false).await?;
            Ok::<_, ReadError>(Lists::current(&mut db, AsOf::now(occasion.today)).await?)
        };
        let lists = lists.await.map_err(|error| refuse(ctx, error))?;
        Ok(ScheduleSessionPayload {
            session: answer.value.map(|it| TrainingSession::new(it, &lists)),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Record who attended a session, up to 500 workers at once.
    #[tracing::instrument(name = "mutation recordAttendance", skip_all)]
    async fn record_attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RecordAttendanceInput,
    ) -> Result<RecordAttendancePayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let key = input.idempotency_key.as_deref();
        let answer: Answer<usize, _> = match begin(ctx, "recordAttendance", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = credentials::record_attendance(&mut tx, &occasion, &command).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        Ok(RecordAttendancePayload {
            recorded: answer.value,
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

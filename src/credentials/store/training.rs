//! Courses, sessions and attendances.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::credentials::courses::SessionKey;
use crate::credentials::training::{Attendance, Course, Outcome, Session};
use crate::kernel::{
    AttendanceId, CourseId, Date, FacilityId, Fault, PageRequest, ReadError, SessionId, Text,
    WorkerId,
};
use crate::ledger::ActReference;
use crate::tenancy::Reader;
use crate::workforce::Edge;

pub(in crate::credentials) const COURSE_CODE: &str = "course_code_key";

fn outcome(name: &str) -> Outcome {
    match name {
        "completed" => Outcome::Completed,
        "failed" => Outcome::Failed,
        _ => Outcome::Absent,
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Failed => "failed",
        Outcome::Absent => "absent",
    }
}

struct CourseRow {
    id: CourseId,
    code: String,
    title: Json<Text>,
    credits: i32,
    valid_months: Option<i32>,
    retired_on: Option<Date>,
    version: i32,
}

impl From<CourseRow> for Course {
    fn from(row: CourseRow) -> Self {
        Self {
            id: row.id,
            code: row.code,
            title: row.title.0,
            credits: row.credits,
            valid_months: row.valid_months,
            retired_on: row.retired_on,
            version: row.version,
        }
    }
}

/// A session as the view joins it with its course.
struct SessionRow {
    session: SessionId,
    course: CourseId,
    code: String,
    title: Json<Text>,
    course_credits: i32,
    valid_months: Option<i32>,
    retired_on: Option<Date>,
    version: i32,
    provider: String,
    facility: Option<FacilityId>,
    place: String,
    starts_on: Date,
    ends_on: Date,
    act: Option<Json<ActReference>>,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.session,
            course: Course {
                id: row.course,
                code: row.code,
                title: row.title.0,
                credits: row.course_credits,
                valid_months: row.valid_months,
                retired_on: row.retired_on,
                version: row.version,
            },
            provider: row.provider,
            facility: row.facility,
            place: row.place,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            act: row.act.map(|Json(act)| act),
        }
    }
}

pub(in crate::credentials) async fn courses(
    connection: &mut PgConnection,
) -> Result<Vec<Course>, Fault> {
    let rows = sqlx::query_as!(
        CourseRow,
        r#"select course_id as "id: CourseId", code, title as "title: Json<Text>", credits, valid_months, retired_on,
                  version
           from course order by code"#,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(in crate::credentials) async fn course(
    connection: &mut PgConnection,
    id: CourseId,
) -> Result<Option<Course>, Fault> {
    let row = sqlx::query_as!(
        CourseRow,
        r#"select course_id as "id: CourseId", code, title as "title: Json<Text>", credits, valid_months, retired_on,
                  version
           from course where course_id = $1"#,
        id as CourseId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Into::into))
}

/// A course, which nobody else changes until the end of the transaction.
pub(in crate::credentials) async fn lock_course(
    tx: &mut PgConnection,
    code: &str,
) -> Result<Option<Course>, Fault> {
    let row = sqlx::query_as!(
        CourseRow,
        r#"select course_id as "id: CourseId", code, title as "title: Json<Text>", credits, valid_months, retired_on,
                  version
           from course where code = $1 for update"#,
        code,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Into::into))
}

pub(in crate::credentials) async fn save_course(
    tx: &mut PgConnection,
    of: &Course,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into course (course_id, code, title, credits, valid_months, retired_on, version)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (course_id) do update
         set title = excluded.title, credits = excluded.credits, valid_months = excluded.valid_months,
             retired_on = excluded.retired_on, version = excluded.version",
        of.id as CourseId,
        of.code,
        Json(&of.title) as _,
        of.credits,
        of.valid_months,
        of.retired_on,
        of.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::credentials) async fn insert_session(
    tx: &mut PgConnection,
    of: &Session,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into training_session (session_id, course_id, provider, facility_id, place, starts_on, ends_on, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        of.id as SessionId,
        of.course.id as CourseId,
        of.provider,
        of.facility as Option<FacilityId>,
        of.place,
        of.starts_on,
        of.ends_on,
        of.act.as_ref().map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::credentials) async fn session(
    connection: &mut PgConnection,
    id: SessionId,
) -> Result<Option<Session>, Fault> {
    let row = sqlx::query_as!(
        SessionRow,
        r#"select session_id as "session!: SessionId", course_id as "course!: CourseId", code as "code!",
                  title as "title!: Json<Text>", course_credits as "course_credits!", valid_months, retired_on,
                  version as "version!", provider as "provider!", facility_id as "facility: FacilityId",
                  place as "place!", starts_on as "starts_on!", ends_on as "ends_on!", act as "act: Json<ActReference>"
           from session_of_course where session_id = $1"#,
        id as SessionId,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Into::into))
}

/// Sessions of a course, or of all, the latest first.
pub(in crate::credentials) async fn sessions(
    connection: &mut PgConnection,
    course: Option<CourseId>,
    request: &PageRequest<SessionKey>,
) -> Result<Vec<Session>, Fault> {
    let (day, id) = request.after.unzip();
    let rows = sqlx::query_as!(
        SessionRow,
        r#"select session_id as "session!: SessionId", course_id as "course!: CourseId", code as "code!",
                  title as "title!: Json<Text>", course_credits as "course_credits!", valid_months, retired_on,
                  version as "version!", provider as "provider!", facility_id as "facility: FacilityId",
                  place as "place!", starts_on as "starts_on!", ends_on as "ends_on!", act as "act: Json<ActReference>"
           from session_of_course
           where ($1::uuid is null or course_id = $1) and ($2::date is null or (starts_on, session_id) < ($2, $3))
           order by starts_on desc, session_id desc limit $4"#,
        course as Option<CourseId>,
        day,
        id as Option<SessionId>,
        request.limit(),
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(in crate::credentials) async fn session_count(
    connection: &mut PgConnection,
    course: Option<CourseId>,
) -> Result<u64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from training_session where $1::uuid is null or course_id = $1"#,
        course as Option<CourseId>,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

/// Who of some workers is known to have been at a session, or not to have been.
pub(in crate::credentials) async fn attended(
    connection: &mut PgConnection,
    session: SessionId,
    workers: &[WorkerId],
) -> Result<HashSet<WorkerId>, Fault> {
    let known = sqlx::query_scalar!(
        r#"select worker_id as "worker: WorkerId" from attendance
           where session_id = $1 and worker_id = any($2) and withdrawal is null"#,
        session as SessionId,
        workers as &[WorkerId],
    )
    .fetch_all(connection)
    .await?;
    Ok(known.into_iter().collect())
}

pub(in crate::credentials) async fn insert_attendances(
    tx: &mut PgConnection,
    of: &[Attendance],
) -> Result<(), Fault> {
    let ids: Vec<AttendanceId> = of.iter().map(|it| it.id).collect();
    let sessions: Vec<SessionId> = of.iter().map(|it| it.session.id).collect();
    let workers: Vec<WorkerId> = of.iter().map(|it| it.worker).collect();
    let outcomes: Vec<&str> = of.iter().map(|it| outcome_name(it.outcome)).collect();
    let credits: Vec<i32> = of.iter().map(|it| it.credits).collect();
    let act = of.first().and_then(|it| it.act.as_ref());
    sqlx::query!(
        "insert into attendance (attendance_id, session_id, worker_id, outcome, credits, act)
         select attendance_id, session_id, worker_id, outcome, credits, $6
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[])
              as row (attendance_id, session_id, worker_id, outcome, credits)",
        &ids as &[AttendanceId],
        &sessions as &[SessionId],
        &workers as &[WorkerId],
        &outcomes as &[&str],
        &credits,
        act.map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Attendances by worker or by their own ids, the latest first.
async fn attendances(
    connection: &mut PgConnection,
    workers: &[WorkerId],
    ids: &[AttendanceId],
) -> Result<Vec<Attendance>, Fault> {
    let rows = sqlx::query!(
        r#"select a.attendance_id as "id: AttendanceId", a.worker_id as "worker: WorkerId", a.outcome, a.credits,
                  a.act as "own_act: Json<ActReference>",
                  s.session_id as "session!: SessionId", s.course_id as "course!: CourseId", s.code as "code!",
                  s.title as "title!: Json<Text>", s.course_credits as "course_credits!", s.valid_months, s.retired_on,
                  s.version as "version!", s.provider as "provider!", s.facility_id as "facility: FacilityId",
                  s.place as "place!", s.starts_on as "starts_on!", s.ends_on as "ends_on!",
                  s.act as "act: Json<ActReference>"
           from attendance a
           join session_of_course s on s.session_id = a.session_id
           where (a.worker_id = any($1) or a.attendance_id = any($2)) and a.withdrawal is null
           order by a.worker_id, s.starts_on desc, a.attendance_id"#,
        workers as &[WorkerId],
        ids as &[AttendanceId],
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| Attendance {
        id: row.id,
        worker: row.worker,
        outcome: outcome(&row.outcome),
        credits: row.credits,
        act: row.own_act.map(|Json(act)| act),
        session: Session::from(SessionRow {
            session: row.session,
            course: row.course,
            code: row.code,
            title: row.title,
            course_credits: row.course_credits,
            valid_months: row.valid_months,
            retired_on: row.retired_on,
            version: row.version,
            provider: row.provider,
            facility: row.facility,
            place: row.place,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            act: row.act,
        }),
    });
    Ok(found.collect())
}

pub(in crate::credentials) async fn attendance(
    connection: &mut PgConnection,
    id: AttendanceId,
) -> Result<Option<Attendance>, Fault> {
    Ok(attendances(connection, &[], &[id]).await?.pop())
}

impl Edge for Attendance {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        let found = attendances(db, workers, &[]).await?;
        Ok(super::by_worker(found, |it| it.worker))
    }
}

/// Who has completed a course, or any, by a day; when `lapsed`, those alone for whom it still counts then.
pub(in crate::credentials) async fn trained(
    connection: &mut PgConnection,
    course: Option<CourseId>,
    lapsed: bool,
    day: Date,
) -> Result<Vec<WorkerId>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select distinct a.worker_id as "worker: WorkerId"
           from attendance a
           join training_session s on s.session_id = a.session_id
           join course c on c.course_id = s.course_id
           where a.withdrawal is null and a.outcome = 'completed' and s.ends_on <= $1
             and ($2::uuid is null or c.course_id = $2)
             and (not $3 or c.valid_months is null or s.ends_on + make_interval(months => c.valid_months) > $1)"#,
        day,
        course as Option<CourseId>,
        lapsed,
    )
    .fetch_all(connection)
    .await?)
}

pub(super) async fn withdraw_attendance(
    tx: &mut PgConnection,
    id: AttendanceId,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "update attendance set withdrawal = $2 where attendance_id = $1",
        id as AttendanceId,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

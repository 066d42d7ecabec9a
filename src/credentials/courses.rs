//! Saving courses, scheduling sessions, recording who attended; and who was never trained.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::licence::is_date;
use super::refusal::{Objection, Refusal, WriteError, is_text, of_the_record};
use super::store;
use super::training::{
    Attendance, Course, MOST_CREDITS, Outcome, RecordAttendance, SaveCourse, ScheduleSession,
    Session,
};
use crate::auth::{Actor, Permission};
use crate::cadres;
use crate::kernel::{
    AsOf, AttendanceId, CourseId, Date, Id, Page, PageRequest, ReadError, Reason, SessionId,
    WorkerId,
};
use crate::ledger::{self, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;
use crate::workforce::{self, Among, Lists, Occasion, Worker};

/// So many people may one request record.
pub const MOST_ATTENDANCES: usize = 500;

/// Where a page of sessions begins.
pub type SessionKey = (Date, SessionId);

/// Adds a course to what a country teaches, in the languages in which it writes, or changes one; the course.
///
/// # Errors
/// All refusals at once; `Stale` with what changed; `Denied` without [`Permission::ConfigureCourses`].
#[tracing::instrument(name = "credentials.save_course", skip_all)]
pub async fn save_course(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    languages: &[String],
    save: SaveCourse,
) -> Result<Course, WriteError> {
    occasion.actor.may(Permission::ConfigureCourses)?;
    let mut refusals = Vec::new();
    save.check(languages, &mut refusals);
    let before = store::lock_course(tx, &save.code).await?;
    match (&before, save.base_version) {
        (None, Some(_)) => refusals.push(Objection::CourseNotFound.at(&["code"])),
        (Some(_), None) => {
            refusals.push(Objection::CodeTaken(save.code.clone()).at(&["code"]));
        }
        (Some(before), Some(base)) => {
            let (id, current) = (before.id.into(), Some(before.version));
            if let Some(conflict) = ledger::conflict(tx, id, current, base).await? {
                return Err(Objection::Stale(conflict).at(&["baseVersion"]).into());
            }
        }
        (None, None) => {}
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let after = Course {
        id: before.as_ref().map_or_else(CourseId::new, |it| it.id),
        code: save.code,
        title: save.title,
        credits: save.credits,
        valid_months: save.valid_months,
        retired_on: save.retired_on,
        version: before.as_ref().map_or(1, |it| it.version + 1),
    };
    let mut fields = Fields::default();
    fields.compare(before.as_ref().map(Course::describe), after.describe());
    if let Some(unchanged) = before.filter(|_| fields.is_empty()) {
        return Ok(unchanged);
    }
    let mut change = fields.into_value(after.version);
    change["code"] = json!(after.code);
    store::save_course(tx, &after)
        .await
        .map_err(|error| match store::violated(&error) {
            Some(store::COURSE_CODE) => Objection::CodeTaken(after.code.clone())
                .at(&["code"])
                .into(),
            _ => WriteError::Fault(error.into()),
        })?;
    let entry = entry(
        occasion,
        Verb::SaveCourse,
        SubjectKind::Course,
        after.id.into(),
        change,
    );
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(after)
}

fn entry(
    occasion: &Occasion<'_>,
    verb: Verb,
    subject_kind: SubjectKind,
    subject: uuid::Uuid,
    change: Value,
) -> Entry {
    Entry {
        at: occasion.now,
        verb,
        subject_kind,
        subject,
        before: None,
        after: None,
        act: occasion.act.clone(),
        change,
    }
}

/// Schedules a session of a course; the session.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::RecordCredentials`].
#[tracing::instrument(name = "credentials.schedule_session", skip_all)]
pub async fn schedule_session(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    schedule: ScheduleSession,
) -> Result<Session, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let course = store::course(tx, schedule.course).await?;
    let mut refusals = Vec::new();
    match &course {
        None => refusals.push(Objection::CourseNotFound.at(&["course"])),
        Some(it) if it.retired_on.is_some_and(|from| from <= schedule.starts_on) => {
            refusals.push(Objection::CourseRetired.at(&["course"]));
        }
        Some(_) => {}
    }
    if (schedule.facility).is_some_and(|it| lists.places.facility(it).is_none()) {
        refusals.push(Objection::FacilityNotFound.at(&["facility"]));
    }
    for (field, text, is_needed) in [
        ("provider", &schedule.provider, true),
        ("place", &schedule.place, schedule.facility.is_none()),
    ] {
        if !is_text(text, 200) || (is_needed && text.is_empty()) {
            refusals.push(Objection::InvalidText.at(&[field]));
        }
    }
    check_days(&schedule, &mut refusals);
    let (Some(course), []) = (course, &refusals[..]) else {
        return Err(WriteError::Refused(refusals));
    };
    let session = Session {
        id: SessionId::new(),
        course,
        provider: schedule.provider,
        facility: schedule.facility,
        place: schedule.place,
        starts_on: schedule.starts_on,
        ends_on: schedule.ends_on,
        act: occasion.act.clone(),
    };
    store::insert_session(tx, &session).await?;
    let mut fields = Fields::default();
    fields.note("course", Value::Null, json!(session.course.code));
    fields.note("provider", Value::Null, json!(session.provider));
    fields.note("startsOn", Value::Null, json!(session.starts_on));
    fields.note("endsOn", Value::Null, json!(session.ends_on));
    let (kind, change) = (SubjectKind::TrainingSession, fields.into_value(1));
    let entry = entry(
        occasion,
        Verb::ScheduleSession,
        kind,
        session.id.into(),
        change,
    );
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(session)
}

fn check_days(schedule: &ScheduleSession, refusals: &mut Vec<Refusal>) {
    for (field, day) in [
        ("startsOn", schedule.starts_on),
        ("endsOn", schedule.ends_on),
    ] {
        if !is_date(day) {
            refusals.push(Objection::InvalidDate.at(&[field]));
        }
    }
    if schedule.ends_on < schedule.starts_on {
        refusals.push(Objection::EndsBeforeItStarts.at(&["endsOn"]));
    }
}

/// Records who attended a session, all of them or nobody; how many.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::RecordCredentials`].
#[tracing::instrument(name = "credentials.record_attendance", skip_all, fields(session.id = %record.session))]
pub async fn record_attendance(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    record: &RecordAttendance,
) -> Result<usize, WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    if record.attendances.len() > MOST_ATTENDANCES {
        return Err(Objection::TooMany(MOST_ATTENDANCES)
            .at(&["attendances"])
            .into());
    }
    cadres::hold(tx).await?;
    let ids: Vec<WorkerId> = record.attendances.iter().map(|it| it.worker).collect();
    let held = workforce::locked_all(tx, occasion, &ids).await;
    let (workers, _) = held.map_err(of_the_record)?;
    let workers: HashMap<WorkerId, Worker> = workers.into_iter().map(|it| (it.id, it)).collect();
    let session = store::session(tx, record.session).await?;
    let session = session.ok_or_else(|| Objection::SessionNotFound.at(&["session"]))?;
    if session.starts_on > occasion.today {
        return Err(Objection::SessionToCome(session.starts_on)
            .at(&["session"])
            .into());
    }
    let known = store::attended(tx, session.id, &ids).await?;
    check_attended(record, &workers, &known)?;
    let attendances: Vec<Attendance> = (record.attendances.iter())
        .map(|it| Attendance {
            id: AttendanceId::new(),
            worker: it.worker,
            outcome: it.outcome,
            credits: it.credits.unwrap_or(match it.outcome {
                Outcome::Completed => session.course.credits,
                Outcome::Failed | Outcome::Absent => 0,
            }),
            session: session.clone(),
            act: occasion.act.clone(),
        })
        .collect();
    store::insert_attendances(tx, &attendances).await?;
    let changes = attendances.iter().filter_map(|it| {
        let mut fields = Fields::default();
        fields.note(it.field(), Value::Null, it.describe());
        Some((workers.get(&it.worker)?.clone(), fields))
    });
    let amended = workforce::amend(tx, occasion, Verb::RecordAttendance, changes.collect()).await?;
    Ok(amended.len())
}

/// All that is against some attendances, each by its place in the list.
fn check_attended(
    record: &RecordAttendance,
    workers: &HashMap<WorkerId, Worker>,
    known: &HashSet<WorkerId>,
) -> Result<(), WriteError> {
    let mut refusals = Vec::new();
    let mut seen = HashSet::new();
    for (place, it) in record.attendances.iter().enumerate() {
        let place = place.to_string();
        let path = ["attendances", place.as_str(), "worker"];
        if !workers.contains_key(&it.worker) {
            let not_found = workforce::Objection::WorkerNotFound;
            refusals.push(Objection::OfTheRecord(not_found).at(&path));
        } else if !seen.insert(it.worker) {
            refusals.push(Objection::NamedTwice(it.worker.encode()).at(&path));
        } else if known.contains(&it.worker) {
            refusals.push(Objection::AlreadyRecorded.at(&path));
        }
        if it
            .credits
            .is_some_and(|it| !(0..=MOST_CREDITS).contains(&it))
        {
            refusals.push(Objection::InvalidCredits.at(&["attendances", &place, "credits"]));
        }
    }
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(WriteError::Refused(refusals))
    }
}

/// All courses of the country, by code.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn courses(db: &mut Reader<'_>, actor: &Actor) -> Result<Vec<Course>, ReadError> {
    actor.may(Permission::ReadReference)?;
    Ok(store::courses(db).await?)
}

/// A page of the sessions of a course, or of all, the latest first.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn sessions(
    db: &mut Reader<'_>,
    actor: &Actor,
    course: Option<CourseId>,
    request: &PageRequest<SessionKey>,
) -> Result<Page<Session>, ReadError> {
    actor.may(Permission::ReadReference)?;
    let rows = store::sessions(db, course, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::session_count(db, course).await?);
    }
    Ok(page)
}

/// All but those who have completed a course, or any, by a day; `lapsed` leaves in those for whom it counts no more then.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "credentials.untrained", skip_all)]
pub async fn untrained(
    db: &mut Reader<'_>,
    actor: &Actor,
    course: Option<CourseId>,
    lapsed: bool,
    day: Date,
) -> Result<Among, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    Ok(Among::But(store::trained(db, course, lapsed, day).await?))
}

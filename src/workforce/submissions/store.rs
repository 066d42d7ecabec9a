//! Answers with those whom they are about: read through the view that forms offer, by whoever sees the subject today.

use serde_json::Value;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::SubmissionFilter;
use crate::forms::{Status, Subject, Submission};
use crate::kernel::{Fault, FormId, Instant, OrgUnitId, PageRequest, SubmissionId};
use crate::workforce::Reach;

type Sql = QueryBuilder<Postgres>;

const SUBJECTS: &str = " from form_submission s
    left join posting p on s.subject = 'posting' and p.posting_id = s.subject_id
    left join worker w on w.worker_id = case s.subject when 'worker' then s.subject_id else p.worker_id end
    where true";

pub(super) async fn page(
    connection: &mut PgConnection,
    filter: &SubmissionFilter,
    reach: &Reach,
    author: &str,
    request: &PageRequest<SubmissionId>,
) -> Result<Vec<Submission>, Fault> {
    let mut sql = columns();
    conditions(&mut sql, filter, reach, author);
    if let Some(after) = request.after {
        sql.push(" and s.submission_id < ").push_bind(after);
    }
    sql.push(" order by s.submission_id desc limit ")
        .push_bind(request.limit());
    let rows: Vec<Row> = sql.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn count(
    connection: &mut PgConnection,
    filter: &SubmissionFilter,
    reach: &Reach,
    author: &str,
) -> Result<u64, Fault> {
    let mut sql = Sql::new(format!("select count(*){SUBJECTS}"));
    conditions(&mut sql, filter, reach, author);
    let count: i64 = sql.build_query_scalar().fetch_one(connection).await?;
    Ok(count.unsigned_abs())
}

pub(super) async fn one(
    connection: &mut PgConnection,
    id: SubmissionId,
    reach: &Reach,
    author: &str,
) -> Result<Option<Submission>, Fault> {
    let mut sql = columns();
    sql.push(" and s.submission_id = ").push_bind(id);
    within(&mut sql, reach, author);
    let row: Option<Row> = sql.build_query_as().fetch_optional(connection).await?;
    row.map(TryInto::try_into).transpose()
}

fn columns() -> Sql {
    Sql::new(format!(
        "select s.submission_id, s.form_id, s.number, s.subject, s.subject_id, s.org_unit_id, s.sector, s.status,
                s.answers, s.author, s.comment, s.saved_at, s.submitted_at, s.version{SUBJECTS}"
    ))
}

fn conditions(sql: &mut Sql, filter: &SubmissionFilter, reach: &Reach, author: &str) {
    within(sql, reach, author);
    if let Some(form) = filter.form {
        sql.push(" and s.form_id = ").push_bind(form);
    }
    for (subject, id) in [
        ("worker", filter.worker.map(Uuid::from)),
        ("posting", filter.posting.map(Uuid::from)),
        ("facility", filter.facility.map(Uuid::from)),
    ] {
        if let Some(id) = id {
            sql.push(" and s.subject = ").push_bind(subject);
            sql.push(" and s.subject_id = ").push_bind(id);
        }
    }
    if let Some(statuses) = &filter.statuses {
        let statuses: Vec<&str> = statuses.iter().map(|it| it.as_str()).collect();
        sql.push(" and s.status = any(")
            .push_bind(statuses)
            .push(")");
    }
}

/// By where the subject stands today, with which answers about facilities move; a draft is its author's.
fn within(sql: &mut Sql, reach: &Reach, author: &str) {
    sql.push(" and (s.status <> 'draft' or s.author = ")
        .push_bind(author.to_owned())
        .push(")");
    if let Some(units) = &reach.units {
        sql.push(" and coalesce(w.org_unit_id, s.org_unit_id) = any(")
            .push_bind(units)
            .push(")");
    }
    if let Some(sectors) = reach.sector_names() {
        sql.push(" and coalesce(w.sector, s.sector) = any(")
            .push_bind(sectors)
            .push(")");
    }
    if let Some(person) = reach.person {
        sql.push(" and w.worker_id = ").push_bind(person);
    }
}

#[derive(FromRow)]
struct Row {
    submission_id: SubmissionId,
    form_id: FormId,
    number: i32,
    subject: String,
    subject_id: Option<Uuid>,
    org_unit_id: OrgUnitId,
    sector: String,
    status: String,
    answers: Value,
    author: String,
    comment: Option<String>,
    saved_at: Instant,
    submitted_at: Option<Instant>,
    version: i32,
}

impl TryFrom<Row> for Submission {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let unknown = || Fault::internal("a submission of an unknown kind");
        Ok(Submission {
            id: row.submission_id,
            form: row.form_id,
            number: row.number,
            subject: Subject::parse(&row.subject).ok_or_else(unknown)?,
            subject_id: row.subject_id,
            unit: row.org_unit_id,
            sector: row.sector.parse().map_err(Fault::internal)?,
            status: Status::parse(&row.status).ok_or_else(unknown)?,
            answers: row.answers,
            author: row.author,
            comment: row.comment,
            saved_at: row.saved_at,
            submitted_at: row.submitted_at,
            version: row.version,
        })
    }
}

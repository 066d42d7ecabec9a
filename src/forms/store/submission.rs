//! Statements about answers, and about what filters and counts look at of them.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::forms::answer::IndexedValue;
use crate::forms::form::Subject;
use crate::forms::many::Counting;
use crate::forms::relocate::Moved;
use crate::forms::submission::{Status, Submission};
use crate::kernel::{Date, FacilityId, Fault, FormId, Instant, OrgUnitId, SubmissionId};

pub(in crate::forms) const SUBMISSION_ID: &str = "submission_pkey";

pub(in crate::forms) async fn insert_submission(
    tx: &mut PgConnection,
    new: &Submission,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into submission (submission_id, form_id, number, subject, subject_id, org_unit_id, sector, status,
                                 answers, author, saved_at, submitted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        new.id as SubmissionId,
        new.form as FormId,
        new.number,
        new.subject.as_str(),
        new.subject_id,
        new.unit as OrgUnitId,
        new.sector.as_str(),
        new.status.as_str(),
        new.answers,
        new.author,
        new.saved_at,
        new.submitted_at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes many new ones, a column at a time.
pub(in crate::forms) async fn insert_submissions(
    tx: &mut PgConnection,
    new: &[Submission],
) -> Result<(), Fault> {
    let ids: Vec<Uuid> = new.iter().map(|it| it.id.into()).collect();
    let forms: Vec<Uuid> = new.iter().map(|it| it.form.into()).collect();
    let numbers: Vec<i32> = new.iter().map(|it| it.number).collect();
    let kinds: Vec<&str> = new.iter().map(|it| it.subject.as_str()).collect();
    let subjects: Vec<Option<Uuid>> = new.iter().map(|it| it.subject_id).collect();
    let units: Vec<Uuid> = new.iter().map(|it| it.unit.into()).collect();
    let sectors: Vec<&str> = new.iter().map(|it| it.sector.as_str()).collect();
    let statuses: Vec<&str> = new.iter().map(|it| it.status.as_str()).collect();
    let answers: Vec<Value> = new.iter().map(|it| it.answers.clone()).collect();
    let authors: Vec<&str> = new.iter().map(|it| it.author.as_str()).collect();
    let saved: Vec<Instant> = new.iter().map(|it| it.saved_at).collect();
    let submitted: Vec<Option<Instant>> = new.iter().map(|it| it.submitted_at).collect();
    sqlx::query!(
        "insert into submission (submission_id, form_id, number, subject, subject_id, org_unit_id, sector, status,
                                 answers, author, saved_at, submitted_at)
         select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::uuid[], $6::uuid[], $7::text[],
                              $8::text[], $9::jsonb[], $10::text[], $11::timestamptz[], $12::timestamptz[])",
        &ids,
        &forms,
        &numbers,
        &kinds as &[&str],
        &subjects as &[Option<Uuid>],
        &units,
        &sectors as &[&str],
        &statuses as &[&str],
        &answers,
        &authors as &[&str],
        &saved,
        &submitted as &[Option<Instant>],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes what changed of a submission; the row is locked by the caller, so it is there.
pub(in crate::forms) async fn update_submission(
    tx: &mut PgConnection,
    new: &Submission,
) -> Result<(), Fault> {
    sqlx::query!(
        "update submission
         set number = $2, status = $3, answers = $4, comment = $5, saved_at = $6, submitted_at = $7, version = $8
         where submission_id = $1",
        new.id as SubmissionId,
        new.number,
        new.status.as_str(),
        new.answers,
        new.comment,
        new.saved_at,
        new.submitted_at,
        new.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Moves the answers about a facility to an org unit; those that were elsewhere.
pub(in crate::forms) async fn relocate_submissions(
    tx: &mut PgConnection,
    facility: FacilityId,
    unit: OrgUnitId,
) -> Result<Vec<Moved>, Fault> {
    let rows = sqlx::query!(
        r#"with moving as (
               select submission_id, org_unit_id from submission
               where subject = 'facility' and subject_id = $1 and org_unit_id <> $2
               order by submission_id for update
           )
           update submission set org_unit_id = $2, version = version + 1
           from moving where submission.submission_id = moving.submission_id
           returning submission.submission_id as "submission: SubmissionId",
                     moving.org_unit_id as "from_unit: OrgUnitId", submission.sector, submission.version"#,
        facility as FacilityId,
        unit as OrgUnitId,
    )
    .fetch_all(tx)
    .await?;
    let moved = rows.into_iter().map(|row| {
        Ok(Moved {
            submission: row.submission,
            from: row.from_unit,
            sector: row.sector.parse().map_err(Fault::internal)?,
            version: row.version,
        })
    });
    moved.collect()
}

pub(in crate::forms) async fn lock_submission(
    tx: &mut PgConnection,
    id: SubmissionId,
) -> Result<Option<Submission>, Fault> {
    let row = sqlx::query!(
        r#"select form_id as "form: FormId", number, subject, subject_id, org_unit_id as "unit: OrgUnitId", sector,
                  status, answers, author, comment, saved_at as "saved_at: Instant",
                  submitted_at as "submitted_at: Instant", version
           from submission where submission_id = $1 for update"#,
        id as SubmissionId,
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let (Some(subject), Some(status)) = (Subject::parse(&row.subject), Status::parse(&row.status))
    else {
        return Err(Fault::internal("a submission of an unknown kind"));
    };
    Ok(Some(Submission {
        id,
        form: row.form,
        number: row.number,
        subject,
        subject_id: row.subject_id,
        unit: row.unit,
        sector: row.sector.parse().map_err(Fault::internal)?,
        status,
        answers: row.answers,
        author: row.author,
        comment: row.comment,
        saved_at: row.saved_at,
        submitted_at: row.submitted_at,
        version: row.version,
    }))
}

/// Those who answer a form for one subject queue here, so that the last sees what the others made; and behind whoever
/// answers it for many ([`lock_form`]).
pub(in crate::forms) async fn lock_subject(
    tx: &mut PgConnection,
    form: FormId,
    subject: Uuid,
) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock_shared(hashtextextended('kada answers ' || current_schema() || $1, 0)),
                pg_advisory_xact_lock(hashtextextended('kada answers ' || current_schema() || $1 || $2, 0))",
        Uuid::from(form).to_string(),
        subject.to_string(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whoever answers a form for many subjects does so alone: a lock for each of them would be more than Postgres keeps.
pub(in crate::forms) async fn lock_form(tx: &mut PgConnection, form: FormId) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada answers ' || current_schema() || $1, 0))",
        Uuid::from(form).to_string(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The newest answers of some subjects to some forms that count.
pub(in crate::forms) async fn counting_of(
    connection: &mut PgConnection,
    forms: &[FormId],
    subjects: &[Uuid],
) -> Result<HashMap<(FormId, Uuid), Counting>, Fault> {
    let rows = sqlx::query!(
        r#"select distinct on (subject_id, form_id) form_id as "form: FormId", subject_id as "subject!", number, answers
           from submission
           where subject_id = any($2) and form_id = any($1) and status in ('submitted', 'accepted')
           order by subject_id, form_id, submission_id desc"#,
        forms as &[FormId],
        subjects,
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| {
        let counting = Counting {
            number: row.number,
            answers: row.answers,
        };
        ((row.form, row.subject), counting)
    });
    Ok(found.collect())
}

/// The newest answer of a subject to a form that counts: its version and its answers.
pub(in crate::forms) async fn counting(
    connection: &mut PgConnection,
    form: FormId,
    subject: Uuid,
) -> Result<Option<(i32, Value)>, Fault> {
    let row = sqlx::query!(
        "select number, answers from submission
         where form_id = $1 and subject_id = $2 and status in ('submitted', 'accepted')
         order by submission_id desc limit 1",
        form as FormId,
        subject,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.number, row.answers)))
}

/// The newest answers that count of so many subjects after one, in the order of the subjects.
pub(in crate::forms) async fn counting_after(
    connection: &mut PgConnection,
    form: FormId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(Uuid, i32, Value)>, Fault> {
    let rows = sqlx::query!(
        r#"select distinct on (subject_id) subject_id as "subject!", number, answers from submission
           where form_id = $1 and subject_id > $2 and status in ('submitted', 'accepted')
           order by subject_id, submission_id desc limit $3"#,
        form as FormId,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|it| (it.subject, it.number, it.answers)).collect())
}

/// How many answers to a form were handed in.
pub(in crate::forms) async fn count_submitted(
    connection: &mut PgConnection,
    form: FormId,
) -> Result<u64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from submission where form_id = $1 and status in ('submitted', 'accepted')"#,
        form as FormId,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

pub(in crate::forms) async fn newest_submitted(
    connection: &mut PgConnection,
    form: FormId,
    limit: i64,
) -> Result<Vec<(SubmissionId, i32, Value)>, Fault> {
    let rows = sqlx::query!(
        r#"select submission_id as "id: SubmissionId", number, answers from submission
           where form_id = $1 and status in ('submitted', 'accepted')
           order by submission_id desc limit $2"#,
        form as FormId,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|it| (it.id, it.number, it.answers)).collect())
}

/// What filters and counts look at of some subjects, written anew.
pub(in crate::forms) async fn replace_values(
    tx: &mut PgConnection,
    form: FormId,
    of: &[(Uuid, Vec<IndexedValue>)],
) -> Result<(), Fault> {
    let subjects: Vec<Uuid> = of.iter().map(|(subject, _)| *subject).collect();
    sqlx::query!(
        "delete from answer_value where form_id = $1 and subject_id = any($2)",
        form as FormId,
        &subjects,
    )
    .execute(&mut *tx)
    .await?;
    let values = || {
        of.iter()
            .flat_map(|(subject, values)| values.iter().map(move |it| (*subject, it)))
    };
    if values().next().is_none() {
        return Ok(());
    }
    let subjects: Vec<Uuid> = values().map(|(subject, _)| subject).collect();
    let fields: Vec<&str> = values().map(|(_, it)| it.field.as_str()).collect();
    let ordinals: Vec<i32> = values().map(|(_, it)| it.ordinal).collect();
    let texts: Vec<Option<&str>> = values().map(|(_, it)| it.text.as_deref()).collect();
    let numbers: Vec<Option<f64>> = values().map(|(_, it)| it.number).collect();
    let days: Vec<Option<Date>> = values().map(|(_, it)| it.day).collect();
    sqlx::query!(
        "insert into answer_value (form_id, subject_id, field, ordinal, text, number, day)
         select $1, subject_id, field, ordinal, text, number, day
         from unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::double precision[], $7::date[])
              as row (subject_id, field, ordinal, text, number, day)",
        form as FormId,
        &subjects,
        &fields as &[&str],
        &ordinals,
        &texts as &[Option<&str>],
        &numbers as &[Option<f64>],
        &days as &[Option<Date>],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Hands answers about one worker over to another: which, and to which forms.
pub(in crate::forms) async fn hand_over(
    tx: &mut PgConnection,
    from: Uuid,
    to: Uuid,
    only: Option<&[SubmissionId]>,
) -> Result<Vec<(SubmissionId, FormId)>, Fault> {
    let rows = sqlx::query!(
        r#"update submission set subject_id = $2
           where subject = 'worker' and subject_id = $1 and ($3::uuid[] is null or submission_id = any($3))
           returning submission_id as "id: SubmissionId", form_id as "form: FormId""#,
        from,
        to,
        only as Option<&[SubmissionId]>,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.form)).collect())
}

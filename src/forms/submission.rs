//! Answers to forms: saved, handed in, reviewed, corrected. Whether the caller may see the subject is decided above.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Circumstances, IndexedValue, Misfit, indexed, settle};
use super::evolution::carry;
use super::files::claim;
use super::form::{Form, Stage, Subject, Version};
use super::{Occasion, store};
use crate::auth::Permission;
use crate::kernel::{Denied, Fault, FormId, Instant, OrgUnitId, Sector, SubmissionId};
use crate::ledger::{self, Entry, Standing, SubjectKind, Verb};
use crate::tenancy::Reader;

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be finished by its author.
    Draft,
    /// Handed in: it counts, and waits for a reviewer.
    Submitted,
    Accepted,
    /// The reviewer wants it mended; it does not count.
    SentBack,
}

impl Status {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Submitted => "submitted",
            Status::Accepted => "accepted",
            Status::SentBack => "sent_back",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Status::Draft,
            Status::Submitted,
            Status::Accepted,
            Status::SentBack,
        ]
        .into_iter()
        .find(|it| it.as_str() == text)
    }
}

/// One answer to a form, in the version that was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    pub id: SubmissionId,
    pub form: FormId,
    pub number: i32,
    pub subject: Subject,
    pub subject_id: Option<Uuid>,
    pub unit: OrgUnitId,
    pub sector: Sector,
    pub status: Status,
    pub answers: Value,
    pub author: String,
    pub comment: Option<String>,
    pub saved_at: Instant,
    pub submitted_at: Option<Instant>,
    pub version: i32,
}

/// What an answer is about, as those know who know the subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    pub subject: Subject,
    pub id: Option<Uuid>,
    pub unit: OrgUnitId,
    pub sector: Sector,
}

/// Answers to a form, to be finished later or handed in.
#[derive(Clone, Debug)]
pub struct HandIn {
    /// Of the client's making.
    pub id: Option<SubmissionId>,
    /// The newest that may be answered when absent.
    pub number: Option<i32>,
    pub about: About,
    pub answers: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Accept,
    SendBack,
}

/// How answering can fail.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    #[error("the form has no such version that may be answered")]
    NotAnswerable,
    #[error("the form is about something else")]
    OtherSubject,
    #[error("the id names an answer already")]
    IdTaken,
    #[error("the answer has been handed in")]
    AlreadySubmitted,
    #[error("only what was handed in can be reviewed")]
    NotSubmitted,
    #[error("the answers do not fit the form")]
    Misfits(Vec<Misfit>),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Saves answers as a draft, or hands them in.
///
/// # Errors
/// All that is wrong with the answers; `Denied` without [`Permission::SubmitForms`].
pub async fn hand_in(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    form: &Form,
    new: &HandIn,
    circumstances: &Circumstances<'_>,
) -> Result<Submission, SubmissionError> {
    occasion.actor.may(Permission::SubmitForms)?;
    let version = answerable(form, new.number)?;
    if form.subject != new.about.subject {
        return Err(SubmissionError::OtherSubject);
    }
    let answers = settle(version, &new.answers, circumstances).map_err(SubmissionError::Misfits)?;
    let is_final = circumstances.complete;
    let submission = Submission {
        id: new.id.unwrap_or_else(SubmissionId::new),
        form: form.id,
        number: version.number,
        subject: new.about.subject,
        subject_id: new.about.id,
        unit: new.about.unit,
        sector: new.about.sector,
        status: if is_final {
            Status::Submitted
        } else {
            Status::Draft
        },
        answers,
        author: occasion.actor.subject.clone(),
        comment: None,
        saved_at: occasion.now,
        submitted_at: is_final.then_some(occasion.now),
        version: 1,
    };
    let inserted = store::insert_submission(tx, &submission).await;
    inserted.map_err(|error| {
        let constraint = error.as_database_error().and_then(|it| it.constraint());
        match constraint {
            Some(store::SUBMISSION_ID) => SubmissionError::IdTaken,
            _ => SubmissionError::Fault(error.into()),
        }
    })?;
    claim(tx, occasion, (form, version), &submission).await?;
    if is_final {
        index(tx, form, &submission).await?;
    }
    let verb = if is_final { Verb::Submit } else { Verb::Draft };
    record(tx, occasion, verb, None, &submission).await?;
    Ok(submission)
}

/// Replaces the answers of a submission. A draft stays one until it is complete; what was handed in stays handed in and
/// is to be reviewed again. Without a version, it stays with the one that it has, retired or not.
///
/// # Errors
/// All that is wrong with the answers; `Denied` without [`Permission::SubmitForms`].
pub async fn correct(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    form: &Form,
    old: &Submission,
    (number, answers): (Option<i32>, &Value),
    circumstances: &Circumstances<'_>,
) -> Result<Submission, SubmissionError> {
    occasion.actor.may(Permission::SubmitForms)?;
    if !circumstances.complete && old.status != Status::Draft {
        return Err(SubmissionError::AlreadySubmitted);
    }
    let version = match number {
        Some(number) if number != old.number => answerable(form, Some(number))?,
        _ => (form.version(old.number)).ok_or(SubmissionError::NotAnswerable)?,
    };
    let answers = settle(version, answers, circumstances).map_err(SubmissionError::Misfits)?;
    let is_final = circumstances.complete;
    let was_final = old.status != Status::Draft;
    let is_same = answers == old.answers && version.number == old.number;
    if is_same && (!is_final || matches!(old.status, Status::Submitted | Status::Accepted)) {
        return Ok(old.clone());
    }
    let submission = Submission {
        number: version.number,
        status: if is_final {
            Status::Submitted
        } else {
            Status::Draft
        },
        answers,
        comment: None,
        saved_at: occasion.now,
        submitted_at: if is_final {
            Some(occasion.now)
        } else {
            old.submitted_at
        },
        version: old.version + 1,
        ..old.clone()
    };
    store::update_submission(tx, &submission).await?;
    claim(tx, occasion, (form, version), &submission).await?;
    if is_final {
        index(tx, form, &submission).await?;
    }
    let verb = match (is_final, was_final) {
        (false, _) => Verb::Draft,
        (true, false) => Verb::Submit,
        (true, true) => Verb::Correct,
    };
    record(tx, occasion, verb, Some(old), &submission).await?;
    Ok(submission)
}

/// Accepts what was handed in, or sends it back with a word.
///
/// # Errors
/// `NotSubmitted`; `Denied` without [`Permission::ReviewSubmissions`].
pub async fn review(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    form: &Form,
    old: &Submission,
    (decision, comment): (Decision, Option<String>),
) -> Result<Submission, SubmissionError> {
    occasion.actor.may(Permission::ReviewSubmissions)?;
    if old.status != Status::Submitted {
        return Err(SubmissionError::NotSubmitted);
    }
    let submission = Submission {
        status: match decision {
            Decision::Accept => Status::Accepted,
            Decision::SendBack => Status::SentBack,
        },
        comment,
        version: old.version + 1,
        ..old.clone()
    };
    store::update_submission(tx, &submission).await?;
    if decision == Decision::SendBack {
        index(tx, form, &submission).await?;
    }
    record(tx, occasion, Verb::Review, Some(old), &submission).await?;
    Ok(submission)
}

/// Locks a submission against other writers until the end of the transaction.
///
/// # Errors
/// When the database cannot be asked.
pub async fn locked(tx: &mut Reader<'_>, id: SubmissionId) -> Result<Option<Submission>, Fault> {
    store::lock_submission(tx, id).await
}

fn answerable(form: &Form, number: Option<i32>) -> Result<&Version, SubmissionError> {
    let version = match number {
        Some(number) => form.version(number),
        None => form.answerable(),
    };
    let published = version.filter(|it| it.stage == Stage::Published);
    published.ok_or(SubmissionError::NotAnswerable)
}

/// Brings what filters look at up to date with the newest answer of a subject that counts.
async fn index(tx: &mut Reader<'_>, form: &Form, changed: &Submission) -> Result<(), Fault> {
    let Some(subject) = changed.subject_id else {
        return Ok(());
    };
    store::lock_subject(tx, form.id, subject).await?;
    let counting = store::counting(tx, form.id, subject).await?;
    let values = counting.map_or_else(Vec::new, |(number, answers)| values(form, number, &answers));
    store::replace_values(tx, form.id, &[(subject, values)]).await
}

/// The values of an answer: as its own version names them, and as the mappings since have renamed them.
pub(super) fn values(form: &Form, number: i32, answers: &Value) -> Vec<IndexedValue> {
    let Some(own) = form.version(number) else {
        return Vec::new();
    };
    let mut values = indexed(&own.definition, answers);
    let (mut version, mut answers) = (own, answers.clone());
    for next in form.issued().filter(|it| it.number > number) {
        let carried = carry(
            &version.definition,
            &next.definition,
            &next.mapping,
            &answers,
        );
        answers = carried.answers;
        version = next;
        for (from, to, ..) in carried.moved {
            if from == to {
                values.retain(|it| it.field != from);
            }
            let moved = indexed(&version.definition, &answers);
            let moved = moved.into_iter().filter(|it| it.field == to);
            let moved: Vec<IndexedValue> = moved.collect();
            if !values.iter().any(|it| it.field == to) {
                values.extend(moved);
            }
        }
    }
    values
}

const BATCH: i64 = 1_000;

/// Looks at every answer that counts once more, after a mapping.
pub(super) async fn index_again(tx: &mut Reader<'_>, form: &Form) -> Result<(), Fault> {
    let mut after = Uuid::nil();
    loop {
        let batch = store::counting_after(tx, form.id, after, BATCH).await?;
        let Some(last) = batch.last() else {
            return Ok(());
        };
        after = last.0;
        let values: Vec<(Uuid, Vec<IndexedValue>)> = batch
            .iter()
            .map(|(subject, number, answers)| (*subject, values(form, *number, answers)))
            .collect();
        store::replace_values(tx, form.id, &values).await?;
    }
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    old: Option<&Submission>,
    new: &Submission,
) -> Result<(), Fault> {
    let entry = entry(occasion, verb, old, new);
    ledger::append(tx, occasion.actor, &[entry]).await
}

/// What the ledger says of an answer that changed, or came to be.
pub(super) fn entry(
    occasion: &Occasion<'_>,
    verb: Verb,
    old: Option<&Submission>,
    new: &Submission,
) -> Entry {
    let standing = |of: &Submission| Standing {
        unit: of.unit,
        sector: of.sector,
    };
    Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Submission,
        subject: new.id.into(),
        before: old.map(standing),
        after: Some(standing(new)),
        act: occasion.act.clone(),
        change: json!({
            "version": new.version,
            "fields": {
                "status": { "from": old.map(|it| it.status), "to": new.status },
                "formVersion": { "from": old.map(|it| it.number), "to": new.number },
                "answers": { "from": old.map(|it| &it.answers), "to": new.answers },
                "comment": { "from": old.and_then(|it| it.comment.as_ref()), "to": new.comment },
            },
        }),
    }
}

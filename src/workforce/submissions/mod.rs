//! Answers to forms about workers, postings and facilities, and to those that stand alone: who sees the subject sees the
//! answers, and what stands alone is seen with its office.

mod refusal;
mod store;

use serde_json::Value;

pub use refusal::{
    SubmissionConflict, SubmissionObjection, SubmissionRefusal, SubmissionWriteError,
};

use super::conflicts::Since;
use super::{Lists, Lookup, Occasion, Reach};
use crate::auth::{Actor, Permission};
use crate::forms::{
    self, About, Circumstances, Decision, Form, HandIn, Options, Status, StoredFile, Subject,
    Submission,
};
use crate::kernel::{
    AsOf, Date, FacilityId, Fault, FileId, FormId, OrgUnitId, Page, PageRequest, PostingId,
    ReadError, Reason, Sector, SubmissionId, WorkerId,
};
use crate::ledger;
use crate::places;
use crate::tenancy::Reader;

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerSubject {
    Worker(WorkerId),
    Posting(PostingId),
    Facility(FacilityId),
    /// Stands alone: the office that keeps it.
    Office(OrgUnitId, Sector),
}

#[derive(Clone, Debug)]
pub struct SubmitForm {
    /// Of the client's making.
    pub id: Option<SubmissionId>,
    pub form: FormId,
    /// The newest that may be answered when absent.
    pub number: Option<i32>,
    pub about: AnswerSubject,
    pub answers: Value,
    /// To be finished later.
    pub draft: bool,
}

#[derive(Clone, Debug)]
pub struct CorrectSubmission {
    pub submission: SubmissionId,
    pub base_version: i32,
    /// Another version of the form; absent: the one that was answered.
    pub number: Option<i32>,
    /// All answers, as they are to be.
    pub answers: Value,
    pub draft: bool,
}

#[derive(Clone, Debug)]
pub struct ReviewSubmission {
    pub submission: SubmissionId,
    pub base_version: i32,
    pub decision: Decision,
    pub comment: Option<String>,
}

/// Which answers; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct SubmissionFilter {
    pub form: Option<FormId>,
    pub worker: Option<WorkerId>,
    pub posting: Option<PostingId>,
    pub facility: Option<FacilityId>,
    pub statuses: Option<Vec<Status>>,
}

/// Answers a form, or begins to.
///
/// # Errors
/// All refusals of the answers at once; `Denied` without [`Permission::SubmitForms`].
#[tracing::instrument(name = "workforce.submit_form", skip_all, fields(form.id = %submit.form))]
pub async fn submit_form(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    submit: SubmitForm,
) -> Result<Submission, SubmissionWriteError> {
    occasion.actor.may(Permission::SubmitForms)?;
    if matches!(submit.about, AnswerSubject::Facility(_)) {
        // The facility must not move away from the unit that the answer is kept by.
        places::hold(tx).await?;
    }
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let form = (lists.forms.get(submit.form))
        .ok_or_else(|| SubmissionObjection::FormNotFound.at(&["form"]))?;
    let about = subject(tx, occasion, &lists, submit.about).await?;
    let new = HandIn {
        id: submit.id,
        number: submit.number,
        about,
        answers: submit.answers,
    };
    let has_option = |options: &Options, code: &str| has_option(&lists, options, code);
    let circumstances = Circumstances {
        today: occasion.today,
        has_option: &has_option,
        complete: !submit.draft,
    };
    let done = forms::hand_in(tx, &forms_occasion(occasion), form, &new, &circumstances).await;
    Ok(done?)
}

/// Replaces the answers of a submission.
///
/// # Errors
/// All refusals of the answers at once; `Stale` with what differs; `Denied` without [`Permission::SubmitForms`].
#[tracing::instrument(name = "workforce.correct_submission", skip_all, fields(submission.id = %correct.submission))]
pub async fn correct_submission(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    correct: CorrectSubmission,
) -> Result<Submission, SubmissionWriteError> {
    occasion.actor.may(Permission::SubmitForms)?;
    let (old, lists) = locked(tx, occasion, correct.submission, correct.base_version).await?;
    let form = form_of(&lists, &old)?;
    let has_option = |options: &Options, code: &str| has_option(&lists, options, code);
    let circumstances = Circumstances {
        today: occasion.today,
        has_option: &has_option,
        complete: !correct.draft,
    };
    let answers = (correct.number, &correct.answers);
    let occasion = forms_occasion(occasion);
    Ok(forms::correct(tx, &occasion, form, &old, answers, &circumstances).await?)
}

/// Accepts a submission, or sends it back.
///
/// # Errors
/// `NotSubmitted`, `Stale` with what differs; `Denied` without [`Permission::ReviewSubmissions`].
#[tracing::instrument(name = "workforce.review_submission", skip_all, fields(submission.id = %review.submission))]
pub async fn review_submission(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    review: ReviewSubmission,
) -> Result<Submission, SubmissionWriteError> {
    occasion.actor.may(Permission::ReviewSubmissions)?;
    let (old, lists) = locked(tx, occasion, review.submission, review.base_version).await?;
    let form = form_of(&lists, &old)?;
    let verdict = (review.decision, review.comment);
    Ok(forms::review(tx, &forms_occasion(occasion), form, &old, verdict).await?)
}

/// A page of the answers that the caller may see, the newest first, with the lists of today. Drafts are seen by their
/// authors.
///
/// # Errors
/// `Denied` without [`Permission::ReadSubmissions`].
#[tracing::instrument(name = "workforce.submissions", skip_all)]
pub async fn submissions(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &SubmissionFilter,
    today: Date,
    request: &PageRequest<SubmissionId>,
) -> Result<(Page<Submission>, Lists), ReadError> {
    actor.may(Permission::ReadSubmissions)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let reach = Reach::of(actor, &lists);
    let rows = store::page(db, filter, &reach, &actor.subject, request).await?;
    let mut page = Page::from_rows(rows, request);
    if request.count {
        page.total = Some(store::count(db, filter, &reach, &actor.subject).await?);
    }
    Ok((page, lists))
}

/// One answer, when the caller may see it, with the lists of today.
///
/// # Errors
/// `Denied` without [`Permission::ReadSubmissions`].
pub async fn submission(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: SubmissionId,
    today: Date,
) -> Result<Option<(Submission, Lists)>, ReadError> {
    actor.may(Permission::ReadSubmissions)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let reach = Reach::of(actor, &lists);
    let found = store::one(db, id, &reach, &actor.subject).await?;
    Ok(found.map(|found| (found, lists)))
}

/// A file that an answer names, with its bytes, for whoever may see the answer; while no answer names it, for whoever
/// sent it.
///
/// # Errors
/// `Denied` without [`Permission::ReadSubmissions`], and without [`Permission::ReadPersonalAnswers`] for a field that
/// tells of a person.
#[tracing::instrument(name = "workforce.form_file", skip_all)]
pub async fn form_file(
    db: &mut Reader<'_>,
    actor: &Actor,
    id: FileId,
    today: Date,
) -> Result<Option<(StoredFile, Vec<u8>)>, ReadError> {
    actor.may(Permission::ReadSubmissions)?;
    let Some(file) = forms::file(db, id).await? else {
        return Ok(None);
    };
    let is_seen = match file.submission {
        Some(answer) => submission(db, actor, answer, today).await?.is_some(),
        None => file.author == actor.subject,
    };
    if !is_seen {
        return Ok(None);
    }
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let form = lists.forms.get(file.form);
    if form.is_none_or(|form| form.is_personal(&file.field)) {
        actor.may(Permission::ReadPersonalAnswers)?;
    }
    let content = forms::content(db, id).await?;
    Ok(content.map(|content| (file, content)))
}

pub(super) fn forms_occasion<'a>(occasion: &Occasion<'a>) -> forms::Occasion<'a> {
    forms::Occasion {
        actor: occasion.actor,
        now: occasion.now,
        act: occasion.act.clone(),
    }
}

fn form_of<'l>(lists: &'l Lists, of: &Submission) -> Result<&'l Form, SubmissionRefusal> {
    let form = lists.forms.get(of.form);
    form.ok_or_else(|| SubmissionObjection::SubmissionNotFound.at(&["submission"]))
}

/// Whether one of the country's own lists has an entry that can be chosen.
pub(super) fn has_option(lists: &Lists, options: &Options, code: &str) -> bool {
    match options {
        Options::CodeList(list) => lists.codes.find(list, code).is_some(),
        Options::Cadres => {
            let cadre = lists.cadres.by_code(code);
            cadre.is_some_and(|cadre| !lists.cadres.is_group(cadre.id))
        }
        Options::Listed(choices) => choices.iter().any(|choice| choice.code == code),
    }
}

/// The subject of an answer as it stands, when the caller may see it.
async fn subject(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    lists: &Lists,
    about: AnswerSubject,
) -> Result<About, SubmissionWriteError> {
    let actor = occasion.actor;
    let reach = Reach::of(actor, lists);
    let at = AsOf::now(occasion.today);
    let by_person = reach.person.is_some();
    let found = match about {
        AnswerSubject::Worker(id) => {
            let (found, _) = super::find(tx, actor, &Lookup::Id(id), at).await?;
            found.map(|it| (Subject::Worker, Some(it.id.into()), it.unit, it.sector))
        }
        AnswerSubject::Posting(id) => {
            let posting = super::store::posting(tx, id).await?;
            let worker = match posting {
                None => None,
                Some(posting) => {
                    let lookup = Lookup::Id(posting.worker);
                    super::find(tx, actor, &lookup, at).await?.0
                }
            };
            worker.map(|it| (Subject::Posting, Some(id.into()), it.unit, it.sector))
        }
        AnswerSubject::Facility(id) => lists.places.facility(id).map(|facility| {
            let kind = lists.places.facility_type(&facility.type_code);
            let sector = kind.map_or(Sector::Health, |it| it.sector);
            (Subject::Facility, Some(id.into()), facility.unit, sector)
        }),
        AnswerSubject::Office(unit, sector) => {
            let known = lists.places.unit(unit);
            known.map(|_| (Subject::Alone, None, unit, sector))
        }
    };
    let is_place = matches!(
        about,
        AnswerSubject::Facility(_) | AnswerSubject::Office(..)
    );
    let found = found.filter(|(_, _, unit, sector)| {
        !is_place || (!by_person && reach.admits_place(*unit, *sector))
    });
    let (subject, id, unit, sector) = found.ok_or_else(|| match about {
        AnswerSubject::Worker(_) => SubmissionObjection::WorkerNotFound.at(&["about", "worker"]),
        AnswerSubject::Posting(_) => SubmissionObjection::PostingNotFound.at(&["about", "posting"]),
        AnswerSubject::Facility(_) => {
            SubmissionObjection::FacilityNotFound.at(&["about", "facility"])
        }
        AnswerSubject::Office(..) => {
            SubmissionObjection::OrgUnitNotFound.at(&["about", "office", "orgUnit"])
        }
    })?;
    Ok(About {
        subject,
        id,
        unit,
        sector,
    })
}

/// Locks a submission that the caller may see, at the version they saw.
async fn locked(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    id: SubmissionId,
    base_version: i32,
) -> Result<(Submission, Lists), SubmissionWriteError> {
    let not_found = || SubmissionObjection::SubmissionNotFound.at(&["submission"]);
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let reach = Reach::of(occasion.actor, &lists);
    let seen = store::one(tx, id, &reach, &occasion.actor.subject).await?;
    seen.ok_or_else(not_found)?;
    let old = forms::locked(tx, id).await?.ok_or_else(not_found)?;
    if old.version != base_version && !is_own_since(tx, occasion, &old, base_version).await? {
        let conflict = conflict(tx, &lists, old, base_version).await?;
        let stale = SubmissionObjection::Stale(Box::new(conflict));
        return Err(stale.at(&["baseVersion"]).into());
    }
    Ok((old, lists))
}

/// What became of an answer after a version that somebody saw, as far as the ledger remembers.
async fn conflict(
    tx: &mut Reader<'_>,
    lists: &Lists,
    answer: Submission,
    base: i32,
) -> Result<SubmissionConflict, SubmissionWriteError> {
    let form = form_of(lists, &answer)?;
    let history = ledger::record(tx, answer.id.into()).await?;
    let since = ledger::since(base, &history);
    let seen = |field: &str| since.iter().find(|it| it.field == field).map(|it| &it.base);
    let fields = |number: i32| {
        let version = form.version(number);
        version.map_or(&[][..], |it| it.definition.fields())
    };
    let number = seen("formVersion").and_then(Value::as_i64);
    let number = number.and_then(|it| i32::try_from(it).ok());
    let then = (
        fields(number.unwrap_or(answer.number)),
        seen("answers").unwrap_or(&answer.answers),
    );
    let now = (fields(answer.number), &answer.answers);
    let changed = forms::changed(then, now, &|path| form.is_personal(path));
    Ok(SubmissionConflict { answer, changed })
}

/// Whether an answer that was corrected without the network has been changed by nobody but the caller since.
async fn is_own_since(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    old: &Submission,
    base: i32,
) -> Result<bool, Fault> {
    if !occasion.offline {
        return Ok(false);
    }
    let history = ledger::record(tx, old.id.into()).await?;
    let since = Since::new(base, old.version, &history, &occasion.actor.subject);
    Ok(since.is_some_and(|it| it.is_own()))
}

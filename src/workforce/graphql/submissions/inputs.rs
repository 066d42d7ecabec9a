//! What mutations of answers are given.

use async_graphql::{Enum, ID, InputObject, OneofObject};
use serde::Serialize;

use crate::forms;
use crate::graphql::{ActInput, Command, Json, SectorName, id, made_id};
use crate::kernel::Invalid;
use crate::workforce::{AnswerSubject, CorrectSubmission, ReviewSubmission, SubmitForm};

/// The office that keeps an answer which stands alone.
#[derive(InputObject, Serialize)]
pub struct SubmissionOfficeInput {
    /// Its org unit.
    org_unit: ID,
    /// The sector.
    sector: SectorName,
}

/// What an answer is about, as the form says.
#[derive(OneofObject, Serialize)]
pub enum SubmissionSubjectInput {
    /// A worker.
    Worker(ID),
    /// A posting.
    Posting(ID),
    /// A facility.
    Facility(ID),
    /// Nothing on record: the office that keeps it.
    Office(SubmissionOfficeInput),
}

/// A form to answer.
#[derive(InputObject, Serialize)]
pub struct SubmitFormInput {
    /// Of your making, for whoever speaks of it before the answer arrives: `sub_` and a UUID of version 7 in 32 small
    /// hexadecimal digits; absent: the service makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ID>,
    /// The form.
    form: ID,
    /// The number of the version that was answered; absent: the newest that may be.
    form_version: Option<i32>,
    /// What it is about.
    about: SubmissionSubjectInput,
    /// The answers, as the form's schema has them; at most 64 kB. What rules hide is dropped, what they compute is added.
    answers: Json,
    /// Whether it is to be finished later.
    #[graphql(default)]
    draft: bool,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// An answer to correct, or a draft to finish.
#[derive(InputObject, Serialize)]
pub struct CorrectSubmissionInput {
    /// The answer.
    pub submission: ID,
    /// The version that you saw.
    base_version: i32,
    /// The number of another version of the form, which the answers are for from now on; absent: as it was.
    form_version: Option<i32>,
    /// All answers, as they are to be.
    answers: Json,
    /// Whether a draft stays one.
    #[graphql(default)]
    draft: bool,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What a reviewer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[graphql(remote = "forms::Decision")]
pub enum ReviewDecision {
    /// It is right.
    Accept,
    /// It is to be mended.
    SendBack,
}

/// An answer to review.
#[derive(InputObject, Serialize)]
pub struct ReviewSubmissionInput {
    /// The answer.
    pub submission: ID,
    /// The version that you saw.
    base_version: i32,
    /// What is decided.
    decision: ReviewDecision,
    /// A word to the author.
    #[graphql(validator(max_length = 1000))]
    comment: Option<String>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

impl Command for SubmitFormInput {
    type Read = SubmitForm;

    fn read(&self) -> Result<SubmitForm, Invalid> {
        Ok(SubmitForm {
            id: made_id("input.id", self.id.as_ref())?,
            form: id("input.form", &self.form)?,
            number: self.form_version,
            about: match &self.about {
                SubmissionSubjectInput::Worker(it) => {
                    AnswerSubject::Worker(id("input.about.worker", it)?)
                }
                SubmissionSubjectInput::Posting(it) => {
                    AnswerSubject::Posting(id("input.about.posting", it)?)
                }
                SubmissionSubjectInput::Facility(it) => {
                    AnswerSubject::Facility(id("input.about.facility", it)?)
                }
                SubmissionSubjectInput::Office(office) => AnswerSubject::Office(
                    id("input.about.office.orgUnit", &office.org_unit)?,
                    office.sector.into(),
                ),
            },
            answers: self.answers.0.clone(),
            draft: self.draft,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for CorrectSubmissionInput {
    type Read = CorrectSubmission;

    fn read(&self) -> Result<CorrectSubmission, Invalid> {
        Ok(CorrectSubmission {
            submission: id("input.submission", &self.submission)?,
            base_version: self.base_version,
            number: self.form_version,
            answers: self.answers.0.clone(),
            draft: self.draft,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for ReviewSubmissionInput {
    type Read = ReviewSubmission;

    fn read(&self) -> Result<ReviewSubmission, Invalid> {
        Ok(ReviewSubmission {
            submission: id("input.submission", &self.submission)?,
            base_version: self.base_version,
            decision: self.decision.into(),
            comment: self.comment.clone(),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

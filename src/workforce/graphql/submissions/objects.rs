//! An answer to a form, in two halves: what everybody who sees it may read, and what tells of a person.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};

use crate::forms::graphql::{Form, FormSubject, FormVersion};
use crate::forms::{self, Subject};
use crate::graphql::{Json, PersonalKind, guarded, personal};
use crate::kernel::{FacilityId, Id, Instant, PostingId, SubmissionId, WorkerId};
use crate::places::graphql::Facility;
use crate::workforce::Lists;

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "forms::Status")]
pub enum SubmissionStatus {
    /// To be finished by its author.
    Draft,
    /// Handed in: it counts, and waits for a reviewer.
    Submitted,
    /// Accepted by a reviewer.
    Accepted,
    /// To be mended; it does not count.
    SentBack,
}

#[derive(Clone)]
pub struct Submission {
    submission: Arc<forms::Submission>,
    lists: Lists,
}

impl Submission {
    #[must_use]
    pub fn new(submission: forms::Submission, lists: Lists) -> Self {
        Self {
            submission: Arc::new(submission),
            lists,
        }
    }

    pub(super) fn key(&self) -> SubmissionId {
        self.submission.id
    }

    /// What everybody may read, and what tells of a person.
    fn halves(&self) -> (serde_json::Value, serde_json::Value) {
        let form = self.lists.forms.get(self.submission.form);
        let version = form.and_then(|form| form.version(self.submission.number));
        match form.zip(version) {
            Some((form, version)) => forms::parted(
                version.definition.fields(),
                &self.submission.answers,
                &|path| form.is_personal(path),
            ),
            None => unreachable!("an answer on the wire has its form in its lists"),
        }
    }

    fn about(&self, subject: Subject) -> Option<uuid::Uuid> {
        let is_about = self.submission.subject == subject;
        self.submission.subject_id.filter(|_| is_about)
    }
}

/// An answer to a form, in the version that was answered.
#[Object]
impl Submission {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.submission.id.encode().into()
    }

    /// The form.
    async fn form(&self) -> Option<Form> {
        Form::find(&self.lists.forms, self.submission.form)
    }

    /// The version that was answered, and by whose questions the answers are read.
    async fn form_version(&self) -> Option<FormVersion> {
        let form = Form::find(&self.lists.forms, self.submission.form)?;
        form.version_of(self.submission.number)
    }

    /// What it is about.
    async fn subject(&self) -> FormSubject {
        self.submission.subject.into()
    }

    /// The worker that it is about.
    async fn worker_id(&self) -> Option<ID> {
        let id = self.about(Subject::Worker)?;
        Some(WorkerId::from(id).encode().into())
    }

    /// The posting that it is about.
    async fn posting_id(&self) -> Option<ID> {
        let id = self.about(Subject::Posting)?;
        Some(PostingId::from(id).encode().into())
    }

    /// The facility that it is about.
    async fn facility(&self) -> Option<Facility> {
        let id = FacilityId::from(self.about(Subject::Facility)?);
        Facility::find(&self.lists.gazetteer, &self.lists.places, id)
    }

    /// How far it has come.
    async fn status(&self) -> SubmissionStatus {
        self.submission.status.into()
    }

    /// The answers, but for those that tell of a person.
    async fn answers(&self) -> Json {
        Json(self.halves().0)
    }

    /// The answers that tell of a person, at the same places.
    #[graphql(directive = personal::apply(PersonalKind::Answer.name()))]
    async fn personal_answers(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(ctx, PersonalKind::Answer, Some(Json(self.halves().1)))
    }

    /// Who answered.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let author = self.submission.author.as_str();
        guarded(ctx, PersonalKind::Trail, Some(author))
    }

    /// What the reviewer said.
    #[graphql(directive = personal::apply(PersonalKind::Answer.name()))]
    async fn comment(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let comment = self.submission.comment.as_deref();
        guarded(ctx, PersonalKind::Answer, comment)
    }

    /// When it was last written.
    async fn saved_at(&self) -> Instant {
        self.submission.saved_at
    }

    /// When it was handed in.
    async fn submitted_at(&self) -> Option<Instant> {
        self.submission.submitted_at
    }

    /// Rises with every change; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.submission.version
    }
}

pub struct ChangedAnswer(forms::ChangedAnswer);

impl ChangedAnswer {
    /// What differs between an answer as somebody saw it and as it is.
    #[must_use]
    pub fn all(changed: Vec<forms::ChangedAnswer>) -> Vec<Self> {
        changed.into_iter().map(Self).collect()
    }

    /// The value, as it is for everybody or for those alone who may read what tells of a person.
    fn shown(&self, ctx: &Context<'_>, value: &serde_json::Value) -> Option<Result<Json>> {
        let value = Json(value.clone());
        if self.0.is_personal {
            guarded(ctx, PersonalKind::Answer, Some(value))
        } else {
            Some(Ok(value))
        }
    }
}

/// A question to which somebody else gave another answer first.
#[Object]
impl ChangedAnswer {
    /// Where it stands in the input: `answers`, the names from the top, the places of items of repeating groups, the first
    /// being 0.
    async fn path(&self) -> Vec<String> {
        let within = self.0.path.iter().cloned();
        std::iter::once("answers".to_owned())
            .chain(within)
            .collect()
    }

    /// What was answered at the version that the caller saw; null: nothing. Of a question that tells of a person, for those
    /// alone who may read that.
    #[graphql(directive = personal::apply(PersonalKind::Answer.name()))]
    async fn base(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        self.shown(ctx, &self.0.base)
    }

    /// What is answered now; null: nothing.
    #[graphql(directive = personal::apply(PersonalKind::Answer.name()))]
    async fn current(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        self.shown(ctx, &self.0.current)
    }
}

//! Mutations of answers: one input, a payload whose refusals are data.

use async_graphql::{Context, Object, OutputType, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{CorrectSubmissionErrorCode, ReviewSubmissionErrorCode, SubmitFormErrorCode};
use super::inputs::{CorrectSubmissionInput, ReviewSubmissionInput, SubmitFormInput};
use super::objects::{ChangedAnswer, Submission};
use crate::forms::{self, AnswerFault};
use crate::graphql::{
    Answer, Beginning, Command, Ended, Refused, Told, UserErrorOf, begin, conflict, request,
    settle, user_errors,
};
use crate::tenancy::Reader;
use crate::workforce::graphql::deed::{Deed, perform};
use crate::workforce::graphql::mutations::{lists, prepare};
use crate::workforce::{
    self, CorrectSubmission, Occasion, SubmissionConflict, SubmissionObjection, SubmissionRefusal,
    SubmissionWriteError, SubmitForm,
};

/// The answer to `submitForm`.
#[derive(SimpleObject)]
pub struct SubmitFormPayload {
    /// The new answer; absent when it was refused.
    submission: Option<Submission>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SubmitFormErrorCode>>,
}

/// The answer to `correctSubmission`.
#[derive(SimpleObject)]
pub struct CorrectSubmissionPayload {
    /// The corrected answer; absent when it was refused.
    submission: Option<Submission>,
    /// The answer as it is now, when someone else changed it first.
    conflict: Option<Submission>,
    /// What then differs from the version that the caller saw, question by question; empty where only how far it has come
    /// does.
    changed: Vec<ChangedAnswer>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<CorrectSubmissionErrorCode>>,
}

/// The answer to `reviewSubmission`.
#[derive(SimpleObject)]
pub struct ReviewSubmissionPayload {
    /// The reviewed answer; absent when it was refused.
    submission: Option<Submission>,
    /// The answer as it is now, when someone else changed it first.
    conflict: Option<Submission>,
    /// What then differs from the version that the caller saw, question by question; empty where only how far it has come
    /// does.
    changed: Vec<ChangedAnswer>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ReviewSubmissionErrorCode>>,
}

#[derive(Default)]
pub struct SubmissionsMutation;

#[Object]
impl SubmissionsMutation {
    /// Answer a form, or begin to.
    #[tracing::instrument(name = "mutation submitForm", skip_all)]
    async fn submit_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SubmitFormInput,
    ) -> Result<SubmitFormPayload> {
        let answer = perform(ctx, &input).await?;
        let (submission, errors) = wire(ctx, answer).await?;
        Ok(SubmitFormPayload { submission, errors })
    }

    /// Correct an answer, or finish a draft. What was handed in is to be reviewed again.
    #[tracing::instrument(name = "mutation correctSubmission", skip_all)]
    async fn correct_submission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: CorrectSubmissionInput,
    ) -> Result<CorrectSubmissionPayload> {
        let answer = perform(ctx, &input).await?;
        let (conflict, changed) = conflicting(ctx, &answer.refused).await?;
        let (submission, errors) = wire(ctx, answer).await?;
        Ok(CorrectSubmissionPayload {
            submission,
            conflict,
            changed,
            errors,
        })
    }

    /// Accept an answer, or send it back.
    #[tracing::instrument(name = "mutation reviewSubmission", skip_all)]
    async fn review_submission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ReviewSubmissionInput,
    ) -> Result<ReviewSubmissionPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "reviewSubmission", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut db = attempt.write().db();
                let ended = workforce::review_submission(&mut db, &occasion, command).await;
                drop(db);
                settle(ctx, attempt, ended.map_err(|it| told(ctx, it))).await?
            }
        };
        let (conflict, changed) = conflicting(ctx, &answer.refused).await?;
        let (submission, errors) = wire(ctx, answer).await?;
        Ok(ReviewSubmissionPayload {
            submission,
            conflict,
            changed,
            errors,
        })
    }
}

impl Deed for SubmitFormInput {
    const NAME: &'static str = "submitForm";
    type Done = forms::Submission;

    async fn carry_out(
        ctx: &Context<'_>,
        tx: &mut Reader<'_>,
        occasion: &Occasion<'_>,
        command: SubmitForm,
    ) -> std::result::Result<forms::Submission, Ended> {
        let ended = workforce::submit_form(tx, occasion, command).await;
        ended.map_err(|error| told(ctx, error))
    }

    fn give_key(&mut self, key: &str) {
        self.idempotency_key = Some(key.to_owned());
    }
}

impl Deed for CorrectSubmissionInput {
    const NAME: &'static str = "correctSubmission";
    type Done = forms::Submission;

    async fn carry_out(
        ctx: &Context<'_>,
        tx: &mut Reader<'_>,
        occasion: &Occasion<'_>,
        command: CorrectSubmission,
    ) -> std::result::Result<forms::Submission, Ended> {
        let ended = workforce::correct_submission(tx, occasion, command).await;
        ended.map_err(|error| told(ctx, error))
    }

    fn give_key(&mut self, key: &str) {
        self.idempotency_key = Some(key.to_owned());
    }
}

/// A verb's error; what a form says of an answer, in the caller's language.
fn told(ctx: &Context<'_>, error: SubmissionWriteError) -> Ended {
    let languages = request(ctx).languages();
    Ended::telling(error, |refusal: &SubmissionRefusal| {
        let told = Told::of(refusal)?;
        Ok(match &refusal.objection {
            SubmissionObjection::Misfit(AnswerFault::CheckFailed(text)) => {
                told.with("value", text.get(languages))
            }
            _ => told,
        })
    })
}

async fn start<I, C>(
    ctx: &Context<'_>,
    name: &str,
    input: &I,
) -> Result<Beginning<forms::Submission, C>>
where
    I: Command,
    C: DeserializeOwned,
{
    begin(ctx, name, input.key(), input).await
}

/// The answer as it is now with what differs, for those who came too late.
async fn conflicting<C>(
    ctx: &Context<'_>,
    refused: &[Refused<C>],
) -> Result<(Option<Submission>, Vec<ChangedAnswer>)> {
    let found: Option<SubmissionConflict> = conflict(ctx, refused)?;
    let Some(found) = found else {
        return Ok((None, Vec::new()));
    };
    let now = Submission::new(found.answer, lists(ctx).await?);
    Ok((Some(now), ChangedAnswer::all(found.changed)))
}

/// An answer on the wire. The lists are read after the commit.
async fn wire<C: OutputType + Copy + Serialize>(
    ctx: &Context<'_>,
    answer: Answer<forms::Submission, C>,
) -> Result<(Option<Submission>, Vec<UserErrorOf<C>>)> {
    let lists = lists(ctx).await?;
    let submission = answer.value.map(|it| Submission::new(it, lists));
    Ok((submission, user_errors(ctx, answer.refused)?))
}

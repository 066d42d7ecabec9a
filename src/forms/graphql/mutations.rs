//! Mutations of forms: verb and noun, one input, a payload whose refusals are data.

use async_graphql::{Context, Object, OutputType, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{
    PublishFormErrorCode, RetireFormErrorCode, RollBackFormErrorCode, SaveFormDraftErrorCode,
};
use super::form_by_id;
use super::inputs::{PublishFormInput, RetireFormInput, RollBackFormInput, SaveFormDraftInput};
use super::objects::Form;
use crate::forms::{self, Occasion};
use crate::graphql::{
    ActInput, Answer, Beginning, Command, UserErrorOf, begin, refuse, request, settle, user_errors,
};
use crate::kernel::FormId;

/// The answer to `saveFormDraft`.
#[derive(SimpleObject)]
pub struct SaveFormDraftPayload {
    /// The form with its draft; absent when it was refused.
    form: Option<Form>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveFormDraftErrorCode>>,
}

/// The answer to `publishForm`.
#[derive(SimpleObject)]
pub struct PublishFormPayload {
    /// The form with its new version; absent when it was refused.
    form: Option<Form>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<PublishFormErrorCode>>,
}

/// The answer to `rollBackForm`.
#[derive(SimpleObject)]
pub struct RollBackFormPayload {
    /// The form with the old version as its newest; absent when it was refused.
    form: Option<Form>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RollBackFormErrorCode>>,
}

/// The answer to `retireForm`.
#[derive(SimpleObject)]
pub struct RetireFormPayload {
    /// The form; absent when it was refused.
    form: Option<Form>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RetireFormErrorCode>>,
}

#[derive(Default)]
pub struct FormsMutation;

#[Object]
impl FormsMutation {
    /// Write a form: its draft is checked and kept, and nobody answers it before it is published. When the form changed
    /// since you read it, read it again: its draft is there.
    #[tracing::instrument(name = "mutation saveFormDraft", skip_all)]
    async fn save_form_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form, and on what grounds.")] input: SaveFormDraftInput,
    ) -> Result<SaveFormDraftPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let tenant = request(ctx).tenant();
        let tenant = tenant.map_err(|denied| refuse(ctx, denied))?;
        let languages = &tenant.settings().languages;
        let answer = match start(ctx, "saveFormDraft", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut db = attempt.write().db();
                let ended = forms::save_draft(&mut db, &occasion, languages, command).await;
                drop(db);
                settle(ctx, attempt, ended).await?
            }
        };
        let (form, errors) = wire(ctx, answer).await?;
        Ok(SaveFormDraftPayload { form, errors })
    }

    /// Publish the draft of a form: at once it can be answered, filtered and counted, and it changes no more.
    #[graphql(complexity = "200 + child_complexity")]
    #[tracing::instrument(name = "mutation publishForm", skip_all)]
    async fn publish_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: PublishFormInput,
    ) -> Result<PublishFormPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "publishForm", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended = forms::publish(&mut attempt.write().db(), &occasion, command).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (form, errors) = wire(ctx, answer).await?;
        Ok(PublishFormPayload { form, errors })
    }

    /// Publish an old version of a form once more, as its newest.
    #[graphql(complexity = "200 + child_complexity")]
    #[tracing::instrument(name = "mutation rollBackForm", skip_all)]
    async fn roll_back_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RollBackFormInput,
    ) -> Result<RollBackFormPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "rollBackForm", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended = forms::roll_back(&mut attempt.write().db(), &occasion, command).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (form, errors) = wire(ctx, answer).await?;
        Ok(RollBackFormPayload { form, errors })
    }

    /// Retire a version of a form: it is answered no more, and its answers stay as they are.
    #[tracing::instrument(name = "mutation retireForm", skip_all)]
    async fn retire_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RetireFormInput,
    ) -> Result<RetireFormPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let answer = match start(ctx, "retireForm", &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended = forms::retire(&mut attempt.write().db(), &occasion, command).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (form, errors) = wire(ctx, answer).await?;
        Ok(RetireFormPayload { form, errors })
    }
}

/// An input as its verb takes it, and who acts when.
fn prepare<'a, I: Command>(ctx: &Context<'a>, input: &I) -> Result<(I::Read, Occasion<'a>)> {
    let rq = request(ctx);
    let act = input.act().map(ActInput::read).transpose();
    let occasion = Occasion {
        actor: rq.actor(),
        now: rq.now(),
        act: act.map_err(|invalid| refuse(ctx, invalid))?,
    };
    let read = input.read().map_err(|error| refuse(ctx, error))?;
    Ok((read, occasion))
}

async fn start<I, C>(ctx: &Context<'_>, name: &str, input: &I) -> Result<Beginning<FormId, C>>
where
    I: Command,
    C: DeserializeOwned,
{
    begin(ctx, name, input.key(), input).await
}

/// An answer on the wire. The form is read after the commit.
async fn wire<C: OutputType + Copy + Serialize>(
    ctx: &Context<'_>,
    answer: Answer<FormId, C>,
) -> Result<(Option<Form>, Vec<UserErrorOf<C>>)> {
    let form = match answer.value {
        Some(id) => form_by_id(ctx, id)
            .await
            .map_err(|error| refuse(ctx, error))?,
        None => None,
    };
    Ok((form, user_errors(ctx, answer.refused)?))
}

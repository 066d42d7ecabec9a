//! Forms as files, by GraphQL.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::form_codes::{FormLoss, ImportXlsFormErrorCode};
use crate::forms::Occasion;
use crate::forms::graphql::{Form, FormSubject, form_by_id};
use crate::graphql::{
    ActInput, Answer, Beginning, Ended, Json, LocalizedTextInput, Told, Upload, UserErrorOf, begin,
    id, nullable, refuse, request, settle, text, user_errors,
};
use crate::interop::{self, Base, Draft, DraftError, Loss, Named, NotAForm, WantedForm};
use crate::kernel::{Fault, FormId, ReadError};

/// A workbook to make a draft of.
#[derive(InputObject)]
pub struct ImportXlsFormInput {
    /// The workbook (`.xlsx`), with the sheets `survey`, `choices` and `settings` of `XLSForm`.
    file: Upload,
    /// The code of the form: of a new one, or of the one whose next version this is.
    code: String,
    /// What its answers are about; absent: what the workbook says, or what they are about already.
    subject: Option<FormSubject>,
    /// The title in languages of the country in which the workbook has none. Titles of the workbook in other languages are
    /// left aside.
    #[graphql(default)]
    title: Vec<LocalizedTextInput>,
    /// The version of the form that you saw; absent for a new one.
    base_version: Option<i32>,
    /// Say what would become of it, and change nothing.
    #[graphql(default)]
    dry_run: bool,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// What makes two requests the same: a file by its digest.
#[derive(Serialize)]
struct Body<'i> {
    file: String,
    code: &'i str,
    subject: Option<FormSubject>,
    title: &'i [LocalizedTextInput],
    base_version: Option<i32>,
    dry_run: bool,
    act: Option<&'i ActInput>,
}

/// What became of a workbook.
#[derive(SimpleObject)]
pub struct FormImportReport {
    /// Whether nothing was changed.
    dry_run: bool,
    /// How many fields the form has.
    fields: usize,
    /// The definition that was made of it.
    definition: Json,
    /// What was not carried over, in the order of the workbook; the first thousand.
    losses: Vec<FormLoss>,
}

/// The answer to `importXlsForm`.
#[derive(SimpleObject)]
pub struct ImportXlsFormPayload {
    /// The form with its draft; absent when it was refused, and after a dry run.
    form: Option<Form>,
    /// What became of the workbook; absent when no form could be made out in it.
    report: Option<FormImportReport>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ImportXlsFormErrorCode>>,
}

/// A form as a workbook.
#[derive(SimpleObject)]
pub struct XlsFormFile {
    /// What to call it: `<code>.xlsx`.
    file_name: String,
    /// The workbook, in base64.
    content: String,
    /// What `XLSForm` cannot say of it.
    losses: Vec<FormLoss>,
}

/// A form as a FHIR R4 Questionnaire.
#[derive(SimpleObject)]
pub struct FormQuestionnaire {
    /// The resource.
    resource: Json,
    /// What a Questionnaire cannot say of it.
    losses: Vec<FormLoss>,
}

fn losses(all: Vec<Loss>) -> Vec<FormLoss> {
    all.into_iter().map(FormLoss).collect()
}

#[derive(Default)]
pub struct FormFilesQuery;

#[Object]
impl FormFilesQuery {
    /// A form as an `XLSForm` workbook, for ODK and `KoboToolbox`; null when there is no such form or version.
    #[graphql(complexity = "200 + child_complexity")]
    #[tracing::instrument(name = "query formAsXlsForm", skip_all)]
    async fn form_as_xls_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] form: ID,
        #[graphql(
            desc = "The number of the version; absent: the one that is answered now, else the newest, else the draft."
        )]
        version: Option<i32>,
    ) -> Option<Result<XlsFormFile>> {
        let answer = async {
            let wanted = wanted(ctx, &form, version)?;
            let rq = request(ctx);
            let mut db = rq.read(true).await?;
            interop::form_as_xlsform(&mut db, rq.actor(), &wanted).await
        };
        let found = answer.await.map(|found| {
            found.map(|(code, written)| XlsFormFile {
                file_name: format!("{code}.xlsx"),
                content: STANDARD.encode(written.file),
                losses: losses(written.losses),
            })
        });
        nullable(ctx, found)
    }

    /// A form as a FHIR R4 Questionnaire; null when there is no such form or version.
    #[graphql(complexity = "200 + child_complexity")]
    #[tracing::instrument(name = "query formAsQuestionnaire", skip_all)]
    async fn form_as_questionnaire(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] form: ID,
        #[graphql(
            desc = "The number of the version; absent: the one that is answered now, else the newest, else the draft."
        )]
        version: Option<i32>,
    ) -> Option<Result<FormQuestionnaire>> {
        let answer = async {
            let wanted = wanted(ctx, &form, version)?;
            let rq = request(ctx);
            let mut db = rq.read(true).await?;
            interop::form_as_questionnaire(&mut db, rq.actor(), &wanted).await
        };
        let found = answer.await.map(|found| {
            found.map(|it| FormQuestionnaire {
                resource: Json(it.resource),
                losses: losses(it.losses),
            })
        });
        nullable(ctx, found)
    }
}

fn wanted(
    ctx: &Context<'_>,
    form: &ID,
    version: Option<i32>,
) -> std::result::Result<WantedForm, ReadError> {
    Ok(WantedForm {
        form: Named::Id(id("form", form)?),
        version,
        day: request(ctx).today()?,
    })
}

#[derive(Default)]
pub struct XlsFormMutation;

#[Object]
impl XlsFormMutation {
    /// Make a draft of an `XLSForm` workbook, and tell what of it was not carried over. The draft is checked as one of
    /// `saveFormDraft` is; what is refused is told by the row of the sheet.
    #[graphql(complexity = "500 + child_complexity")]
    #[tracing::instrument(name = "mutation importXlsForm", skip_all)]
    async fn import_xls_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The workbook, and which form it is.")] input: ImportXlsFormInput,
    ) -> Result<ImportXlsFormPayload> {
        let rq = request(ctx);
        // Whoever may not write forms does not even get their file read.
        (rq.actor().may(crate::auth::Permission::ConfigureForms))
            .map_err(|denied| refuse(ctx, denied))?;
        let languages = rq.tenant().map(|it| it.settings().languages.clone());
        let languages = languages.map_err(|denied| refuse(ctx, denied))?;
        let file = input.file.0.clone();
        let read = move || interop::read_xlsform(&file, &languages);
        let read = tokio::task::spawn_blocking(read).await;
        let read = read.map_err(|fault| refuse(ctx, Fault::internal(fault)))?;
        let read = match read {
            Ok(read) => read,
            Err(why) => {
                let refused = not_a_form(&why).coded();
                let refused = refused.map_err(|fault| refuse(ctx, fault))?;
                return Ok(ImportXlsFormPayload {
                    form: None,
                    report: None,
                    errors: user_errors(ctx, vec![refused])?,
                });
            }
        };
        let answer = saved(ctx, &input, &read).await?;
        let form = match answer.value {
            Some(form) if !input.dry_run => form_by_id(ctx, form)
                .await
                .map_err(|error| refuse(ctx, error))?,
            _ => None,
        };
        Ok(ImportXlsFormPayload {
            form,
            report: Some(FormImportReport {
                dry_run: input.dry_run,
                fields: read.rows.len(),
                definition: Json(read.definition),
                losses: losses(read.losses),
            }),
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

async fn saved(
    ctx: &Context<'_>,
    input: &ImportXlsFormInput,
    read: &interop::FormRead,
) -> Result<Answer<FormId, ImportXlsFormErrorCode>> {
    let rq = request(ctx);
    let tenant = rq.tenant().map_err(|denied| refuse(ctx, denied))?;
    let languages = &tenant.settings().languages;
    let act = input.act.as_ref().map(ActInput::read).transpose();
    let occasion = Occasion {
        actor: rq.actor(),
        now: rq.now(),
        act: act.map_err(|invalid| refuse(ctx, invalid))?,
    };
    let body = Body {
        file: hex::encode(Sha256::digest(&input.file.0)),
        code: &input.code,
        subject: input.subject,
        title: &input.title,
        base_version: input.base_version,
        dry_run: input.dry_run,
        act: input.act.as_ref(),
    };
    let draft = Draft {
        code: input.code.clone(),
        subject: input.subject.map(Into::into),
        title: text(&input.title),
        base: Base::Seen(input.base_version),
    };
    let key = input.idempotency_key.as_deref().filter(|_| !input.dry_run);
    match begin(ctx, "importXlsForm", key, &body).await? {
        Beginning::Answered(answer) => Ok(answer),
        Beginning::Attempt(mut attempt) => {
            let mut db = attempt.write().db();
            let ended = interop::save_form_read(&mut db, &occasion, languages, read, draft).await;
            drop(db);
            if !input.dry_run {
                return settle(ctx, attempt, ended).await;
            }
            let answer = match ended {
                Ok(form) => Ok(Answer {
                    value: Some(form),
                    refused: Vec::new(),
                }),
                Err(error) => Ended::from(error).coded().map(|refused| Answer {
                    value: None,
                    refused,
                }),
            };
            (attempt.abandon().await).map_err(|fault| refuse(ctx, fault))?;
            answer.map_err(|error| refuse(ctx, error))
        }
    }
}

impl From<DraftError> for Ended {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::NotAForm(why) => Ended::Refused(vec![not_a_form(&why)]),
            DraftError::NoSubject => Ended::Refused(vec![Told::new("NO_SUBJECT", &["subject"])]),
            DraftError::Write(error) => error.into(),
        }
    }
}

fn not_a_form(why: &NotAForm) -> Told {
    let told = Told::new(why.code(), &["file"]);
    match why.argument() {
        Some((name, value)) => told.with(name, &value),
        None => told,
    }
}

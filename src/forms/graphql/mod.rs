//! Forms on the wire: reading them, comparing their versions, trying a publication.

mod changes;
mod codes;
mod files;
mod inputs;
mod mutations;
mod objects;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, OneofObject, Result};

pub use changes::{FormChange, FormComparison, FormPreview};
pub use codes::{
    PublishFormErrorCode, RetireFormErrorCode, RollBackFormErrorCode, SaveFormDraftErrorCode,
};
pub use files::{FormFilesMutation, UploadFormFileErrorCode};
pub use inputs::FormMappingInput;
pub use mutations::FormsMutation;
pub use objects::{ChangeClass, Form, FormField, FormStage, FormSubject, FormVersion};

use super::{Forms, compare, gravest};
use crate::graphql::{id, nullable, refuse, request};
use crate::kernel::{FormId, ReadError};

/// One form, by exactly one of these.
#[derive(OneofObject)]
pub enum FormLookup {
    /// Its opaque id.
    Id(ID),
    /// The country's code.
    Code(String),
}

#[derive(Default)]
pub struct FormsQuery;

#[Object]
impl FormsQuery {
    /// One form; null when there is none.
    #[tracing::instrument(name = "query form", skip_all)]
    async fn form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: FormLookup,
    ) -> Option<Result<Form>> {
        let answer = async {
            let forms = picture(ctx).await?;
            let found = match &by {
                FormLookup::Id(given) => Some(id("by.id", given)?),
                FormLookup::Code(code) => forms.by_code(code).map(|it| it.id),
            };
            Ok(found.and_then(|found| Form::find(&forms, found)))
        };
        nullable(ctx, answer.await)
    }

    /// The country's forms, by code; 200 at most.
    #[tracing::instrument(name = "query forms", skip_all)]
    async fn forms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those alone whose answers are about this.")] subject: Option<FormSubject>,
    ) -> Result<Vec<Form>> {
        let forms = picture(ctx).await.map_err(|error| refuse(ctx, error))?;
        let wanted = forms
            .all()
            .iter()
            .filter(|form| subject.is_none_or(|it| it == form.subject.into()));
        Ok(wanted
            .filter_map(|form| Form::find(&forms, form.id))
            .collect())
    }

    /// What differs between two versions of a form, and how grave it is; null when there is no such form or version.
    #[tracing::instrument(name = "query compareFormVersions", skip_all)]
    async fn compare_form_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] form: ID,
        #[graphql(desc = "The number of the version before.")] from: i32,
        #[graphql(desc = "The number of the version after; absent: the draft.")] to: Option<i32>,
    ) -> Option<Result<FormComparison>> {
        let answer = async {
            let form: FormId = id("form", &form)?;
            let forms = picture(ctx).await?;
            let Some(form) = forms.get(form) else {
                return Ok(None);
            };
            let before = form.version(from);
            let after = to.map_or_else(|| form.draft(), |to| form.version(to));
            Ok(before.zip(after).map(|(before, after)| {
                let changes = compare(&before.definition, &after.definition);
                FormComparison::new(gravest(&changes), changes)
            }))
        };
        nullable(ctx, answer.await)
    }

    /// What publishing the draft of a form would do to the answers there are, without doing it; null when there is no
    /// such form, or no draft of it. The newest 2,000 answers are tried.
    #[graphql(complexity = "200 + child_complexity")]
    #[tracing::instrument(name = "query previewFormPublication", skip_all)]
    async fn preview_form_publication(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] form: ID,
        #[graphql(default, desc = "Where answers would go that lose their field.")] mapping: Vec<
            FormMappingInput,
        >,
    ) -> Option<Result<FormPreview>> {
        let answer = async {
            let form = id("form", &form)?;
            let mapping = inputs::mapping(&mapping);
            let rq = request(ctx);
            let today = rq.today()?;
            let mut db = rq.read(true).await?;
            super::preview(&mut db, rq.actor(), form, &mapping, today).await
        };
        let found = answer.await.map(|found| found.map(FormPreview::from));
        nullable(ctx, found)
    }
}

/// One form by id, for `node`.
///
/// # Errors
/// As `form`.
pub async fn form_by_id(ctx: &Context<'_>, id: FormId) -> Result<Option<Form>, ReadError> {
    Ok(Form::find(&picture(ctx).await?, id))
}

async fn picture(ctx: &Context<'_>) -> Result<Arc<Forms>, ReadError> {
    let rq = request(ctx);
    super::all(&mut rq.read(false).await?, rq.actor()).await
}

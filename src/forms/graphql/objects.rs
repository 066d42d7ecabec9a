//! Forms, their versions and what differs between them, on the wire.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use crate::forms::{self, Field, FieldKind, Forms, Options, Stage, Subject};
use crate::graphql::{Json, LocalizedText, labels, request};
use crate::kernel::{FormId, Id, Instant, Text};

/// What a form's answers are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize, serde::Deserialize)]
#[graphql(remote = "Subject")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FormSubject {
    /// A worker: more fields of the record.
    Worker,
    /// A facility.
    Facility,
    /// A posting.
    Posting,
    /// Nothing on record: a survey, an assessment, kept by an office.
    Alone,
}

/// How far a version has come; it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Stage")]
pub enum FormStage {
    /// Being written.
    Draft,
    /// Answered; it changes no more.
    Published,
    /// Answered no more.
    Retired,
}

/// How grave a change is, as the server judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "forms::ChangeClass")]
pub enum ChangeClass {
    /// Words and layout.
    Cosmetic,
    /// Every answer so far would be one still.
    Compatible,
    /// Some answers so far would be none any more.
    Narrowing,
    /// Answers so far have no place, or another meaning: they need a mapping.
    Breaking,
}

#[derive(Clone)]
pub struct Form {
    forms: Arc<Forms>,
    id: FormId,
}

impl Form {
    /// The form, if there is one with this id.
    #[must_use]
    pub fn find(forms: &Arc<Forms>, id: FormId) -> Option<Self> {
        forms.get(id)?;
        Some(Self {
            forms: Arc::clone(forms),
            id,
        })
    }

    fn form(&self) -> &forms::Form {
        match self.forms.get(self.id) {
            Some(form) => form,
            None => unreachable!("a form on the wire was found in its picture"),
        }
    }

    /// One of its versions, if it has one with this number.
    #[must_use]
    pub fn version_of(&self, number: i32) -> Option<FormVersion> {
        self.form().version(number)?;
        Some(FormVersion {
            form: self.clone(),
            number,
        })
    }
}

/// A form that the ministry wrote itself.
#[Object]
impl Form {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.encode().into()
    }

    /// What filters, columns and files call it.
    async fn code(&self) -> &str {
        &self.form().code
    }

    /// What its answers are about.
    async fn subject(&self) -> FormSubject {
        self.form().subject.into()
    }

    /// The title in the caller's language.
    async fn title(&self, ctx: &Context<'_>) -> &str {
        self.form().title.get(request(ctx).languages())
    }

    /// The title in every language it is known in.
    async fn titles(&self) -> Vec<LocalizedText> {
        labels(&self.form().title)
    }

    /// Rises with every change of the form; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.form().version
    }

    /// The version that is answered now; absent while none is published, and when all are retired.
    async fn published(&self) -> Option<FormVersion> {
        self.version_of(self.form().answerable()?.number)
    }

    /// The version that is being written.
    async fn draft(&self) -> Option<FormVersion> {
        self.version_of(self.form().draft()?.number)
    }

    /// All versions, the newest first.
    async fn versions(&self) -> Vec<FormVersion> {
        let versions = self.form().versions.iter().rev();
        versions
            .filter_map(|it| self.version_of(it.number))
            .collect()
    }
}

#[derive(Clone)]
pub struct FormVersion {
    form: Form,
    number: i32,
}

impl FormVersion {
    fn version(&self) -> &forms::Version {
        match self.form.form().version(self.number) {
            Some(version) => version,
            None => unreachable!("a version on the wire was found in its form"),
        }
    }
}

/// A version of a form. Once it is published, nothing of it changes.
#[Object]
impl FormVersion {
    /// Its number; answers name it.
    async fn number(&self) -> i32 {
        self.number
    }

    /// How far it has come.
    async fn stage(&self) -> FormStage {
        self.version().stage.into()
    }

    /// When it was published.
    async fn published_at(&self) -> Option<Instant> {
        self.version().published_at
    }

    /// How grave the step from the version before it was; absent for drafts.
    async fn change_class(&self) -> Option<ChangeClass> {
        self.version().class.map(Into::into)
    }

    /// Schema (JSON Schema 2020-12), layout (JSON Forms) and rules (`JSONLogic`), as renderers take them.
    async fn definition(&self) -> Json {
        Json(self.version().definition.source().clone())
    }

    /// Every field, each before those inside it.
    async fn fields(&self) -> Vec<FormField> {
        let fields = self.version().definition.all_fields();
        fields
            .into_iter()
            .map(|field| FormField(field.clone()))
            .collect()
    }
}

pub struct FormField(Field);

/// A question of a form, or a group of them.
#[Object]
impl FormField {
    /// The names from the top, joined by points: what filters, columns and rules call it.
    async fn path(&self) -> &str {
        &self.0.path
    }

    /// What it holds: `text`, `date`, `email`, `integer`, `number`, `boolean`, `choice`, `choices`, `file`,
    /// `group`, `repeat`.
    async fn kind(&self) -> &str {
        self.0.kind.as_str()
    }

    /// The title in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        self.0.title.get(request(ctx).languages())
    }

    /// The title in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        labels(&self.0.title)
    }

    /// Whether it must be answered whenever it is asked.
    async fn required(&self) -> bool {
        self.0.required
    }

    /// Whether it tells of a person, and is read, filtered and counted with the permission for that alone.
    async fn is_personal(&self) -> bool {
        self.0.personal
    }

    /// Whether `workers(filter: {answers: …})` takes it.
    async fn is_filterable(&self) -> bool {
        self.0.is_filterable()
    }

    /// Whether `headcount` groups by it.
    async fn is_countable(&self) -> bool {
        self.0.is_countable()
    }

    /// What a number counts.
    async fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// How many bytes a file may have.
    async fn largest_file(&self) -> Option<u64> {
        match &self.0.kind {
            FieldKind::File { largest, .. } => Some(*largest),
            _ => None,
        }
    }

    /// The types that a file may be of: `image/jpeg`, `application/pdf`.
    async fn file_types(&self) -> Option<Vec<&'static str>> {
        match &self.0.kind {
            FieldKind::File { types, .. } => Some(types.iter().map(|it| it.as_str()).collect()),
            _ => None,
        }
    }

    /// The options that the form lists itself.
    async fn options(&self, ctx: &Context<'_>) -> Vec<FormOption> {
        let Some(Options::Listed(choices)) = self.0.options() else {
            return Vec::new();
        };
        let languages = request(ctx).languages();
        let told = choices.iter().map(|choice| FormOption {
            code: choice.code.clone(),
            label: worded(&choice.title, &choice.code, languages),
        });
        told.collect()
    }

    /// The code list of the country that the options come from.
    async fn code_list(&self) -> Option<&str> {
        match self.0.options() {
            Some(Options::CodeList(list)) => Some(list),
            _ => None,
        }
    }
}

/// A title, or the code where there is none.
fn worded(title: &Text, code: &str, languages: &crate::kernel::Languages) -> String {
    match title.get(languages) {
        "" => code.to_owned(),
        title => title.to_owned(),
    }
}

/// An option of a choice.
#[derive(SimpleObject)]
pub struct FormOption {
    /// What answers hold.
    code: String,
    /// The title in the caller's language.
    label: String,
}

//! What differs between two versions, and what publishing would do, on the wire.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::objects::ChangeClass;
use crate::forms;
use crate::graphql::{Json, PersonalKind, guarded, message, personal, request};
use crate::kernel::{Id, Reason};

/// What changed between two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "forms::ChangeKind")]
pub enum FormChangeKind {
    /// A field is new.
    FieldAdded,
    /// A field is gone.
    FieldRemoved,
    /// A field is of another kind.
    TypeChanged,
    /// A choice has one option more.
    OptionAdded,
    /// A choice has one option less; old answers still have it.
    OptionRemoved,
    /// The options come from somewhere else.
    OptionsMoved,
    /// A limit leaves more room.
    LimitWidened,
    /// A limit leaves less room.
    LimitNarrowed,
    /// An answer is demanded.
    RequiredAdded,
    /// An answer is demanded no more.
    RequiredRemoved,
    /// The field tells of a person from now on.
    SensitivityRaised,
    /// The field tells of a person no more; what was collected so far still does.
    SensitivityLowered,
    /// A number counts something else.
    UnitChanged,
    /// A rule is new.
    RuleAdded,
    /// A rule says something else.
    RuleChanged,
    /// A rule is gone.
    RuleRemoved,
    /// Another value is suggested.
    DefaultChanged,
    /// Other words.
    TextChanged,
    /// Another layout.
    LayoutChanged,
}

/// What differs between two versions.
#[derive(SimpleObject)]
pub struct FormComparison {
    /// The gravest of the changes.
    change_class: ChangeClass,
    /// Each by itself, by the paths of the fields.
    changes: Vec<FormChange>,
}

impl FormComparison {
    pub(super) fn new(class: forms::ChangeClass, changes: Vec<forms::Change>) -> Self {
        Self {
            change_class: class.into(),
            changes: changes.into_iter().map(FormChange).collect(),
        }
    }
}

pub struct FormChange(forms::Change);

/// One difference between two versions.
#[Object]
impl FormChange {
    /// The path of the field; empty for the form as a whole.
    async fn path(&self) -> &str {
        &self.0.path
    }

    /// What changed.
    async fn kind(&self) -> FormChangeKind {
        self.0.kind.into()
    }

    /// How grave it is.
    async fn change_class(&self) -> ChangeClass {
        self.0.class.into()
    }

    /// What it was.
    async fn before(&self) -> Json {
        Json(self.0.before.clone())
    }

    /// What it is.
    async fn after(&self) -> Json {
        Json(self.0.after.clone())
    }
}

/// What publishing a draft would do.
#[derive(SimpleObject)]
pub struct FormPreview {
    /// The gravest of the changes; absent for a form that was never published.
    change_class: Option<ChangeClass>,
    /// Each by itself.
    changes: Vec<FormChange>,
    /// Why it would be refused; empty when it would not.
    obstacles: Vec<FormObstacle>,
    /// How many answers were handed in so far.
    answers: u64,
    /// How many of them were tried, the newest first.
    tried: u64,
    /// How many would be valid as they are.
    valid: u64,
    /// How many would be valid once the mapping has moved or changed values.
    converted: u64,
    /// How many would be valid without some value that has no place.
    shortened: u64,
    /// How many would be no answer any more. All answers stay valid in their own version, whatever comes.
    invalid: u64,
    /// A few of those that would not stay as they are.
    examples: Vec<FormPreviewExample>,
}

impl From<forms::Preview> for FormPreview {
    fn from(preview: forms::Preview) -> Self {
        Self {
            change_class: preview.class.map(Into::into),
            changes: preview.changes.into_iter().map(FormChange).collect(),
            obstacles: preview.refusals.into_iter().map(FormObstacle).collect(),
            answers: preview.answers,
            tried: preview.tried,
            valid: preview.valid,
            converted: preview.converted,
            shortened: preview.shortened,
            invalid: preview.invalid,
            examples: preview
                .examples
                .into_iter()
                .map(FormPreviewExample)
                .collect(),
        }
    }
}

pub struct FormObstacle(forms::FormRefusal);

/// Why a draft would not be published.
#[Object]
impl FormObstacle {
    /// A code of `PublishFormErrorCode`.
    async fn code(&self) -> &str {
        self.0.objection.code()
    }

    /// The same in the caller's language.
    async fn message(&self, ctx: &Context<'_>) -> String {
        let arguments = self.0.objection.arguments();
        let arguments = arguments
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        message(self.0.objection.code(), arguments, request(ctx).languages())
    }

    /// The path of the input field of `publishForm` that it is about.
    async fn path(&self) -> &[String] {
        &self.0.path
    }
}

pub struct FormPreviewExample(forms::Example);

/// One answer as it would fare.
#[Object]
impl FormPreviewExample {
    /// The answer's opaque id.
    async fn submission_id(&self) -> ID {
        self.0.submission.encode().into()
    }

    /// The path of the field.
    async fn field(&self) -> &str {
        &self.0.field
    }

    /// What was answered.
    #[graphql(directive = personal::apply(PersonalKind::Answer.name()))]
    async fn before(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(ctx, PersonalKind::Answer, Some(Json(self.0.before.clone())))
    }

    /// What it would become; null where it would be lost or refused.
    #[graphql(directive = personal::apply(PersonalKind::Answer.name()))]
    async fn after(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(ctx, PersonalKind::Answer, Some(Json(self.0.after.clone())))
    }

    /// Why it would be refused, as a code of `SubmitFormErrorCode`.
    async fn fault(&self) -> Option<&str> {
        self.0.fault
    }
}

//! What mutations of forms are given.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::objects::FormSubject;
use crate::forms::{Mapped, Publish, Retire, RollBack, SaveDraft};
use crate::graphql::{ActInput, Command, Json, LocalizedTextInput, id, text};
use crate::kernel::{Invalid, Unfit};

const LONGEST_TITLE: usize = 500;

/// What single values become.
#[derive(InputObject, Serialize)]
pub struct FormValueMappingInput {
    /// The value as it was answered.
    from: String,
    /// The value in the next version.
    to: String,
}

/// Where the answers to a field go in the next version.
#[derive(InputObject, Serialize)]
pub struct FormMappingInput {
    /// The path of the field so far.
    from: String,
    /// The path of the field in the next version; null: nowhere, they stay readable in their own version.
    to: Option<String>,
    /// What single values become; others stay as they are.
    #[graphql(default)]
    values: Vec<FormValueMappingInput>,
}

/// A form to write: a new one, or the next version of one.
#[derive(InputObject, Serialize)]
pub struct SaveFormDraftInput {
    /// What filters, columns and files call it: lower-case letters, digits and hyphens, a letter first.
    code: String,
    /// What its answers are about; it stays so.
    subject: FormSubject,
    /// The title, in one of the country's languages at least and in no other.
    title: Vec<LocalizedTextInput>,
    /// Schema (a closed subset of JSON Schema 2020-12), layout (JSON Forms) and rules (`JSONLogic`); at most 256 kB.
    definition: Json,
    /// The version of the form that you saw; absent for a new one.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A draft to publish.
#[derive(InputObject, Serialize)]
pub struct PublishFormInput {
    /// The form.
    form: ID,
    /// The version of the form that you saw.
    base_version: i32,
    /// Where the answers to fields go that lose their place; a breaking change needs it.
    #[graphql(default)]
    mapping: Vec<FormMappingInput>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// An old version to publish once more, as the newest.
#[derive(InputObject, Serialize)]
pub struct RollBackFormInput {
    /// The form.
    form: ID,
    /// The number of the old version.
    to: i32,
    /// The version of the form that you saw.
    base_version: i32,
    /// Where the answers to fields go that lose their place; a breaking change needs it.
    #[graphql(default)]
    mapping: Vec<FormMappingInput>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A version to retire.
#[derive(InputObject, Serialize)]
pub struct RetireFormInput {
    /// The form.
    form: ID,
    /// The number of the version.
    version: i32,
    /// The version of the form that you saw.
    base_version: i32,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

pub(super) fn mapping(given: &[FormMappingInput]) -> Vec<Mapped> {
    let mapped = given.iter().map(|it| Mapped {
        from: it.from.clone(),
        to: it.to.clone(),
        values: (it.values.iter())
            .map(|it| (it.from.clone(), it.to.clone()))
            .collect(),
    });
    mapped.collect()
}

impl Command for SaveFormDraftInput {
    type Read = SaveDraft;

    fn read(&self) -> Result<SaveDraft, Invalid> {
        let title = text(&self.title);
        if (title.0.values()).any(|it| it.chars().count() > LONGEST_TITLE) {
            let unfit = Unfit::NotSoLong {
                from: 1,
                to: LONGEST_TITLE,
            };
            return Err(Invalid::new("input.title", unfit));
        }
        Ok(SaveDraft {
            code: self.code.clone(),
            subject: self.subject.into(),
            title,
            definition: self.definition.0.clone(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for PublishFormInput {
    type Read = Publish;

    fn read(&self) -> Result<Publish, Invalid> {
        Ok(Publish {
            form: id("input.form", &self.form)?,
            base_version: self.base_version,
            mapping: mapping(&self.mapping),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for RollBackFormInput {
    type Read = RollBack;

    fn read(&self) -> Result<RollBack, Invalid> {
        Ok(RollBack {
            form: id("input.form", &self.form)?,
            to: self.to,
            base_version: self.base_version,
            mapping: mapping(&self.mapping),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for RetireFormInput {
    type Read = Retire;

    fn read(&self) -> Result<Retire, Invalid> {
        Ok(Retire {
            form: id("input.form", &self.form)?,
            number: self.version,
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

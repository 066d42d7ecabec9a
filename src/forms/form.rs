//! Forms, their versions, and how an answer is looked at by them.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::answer::Validators;
use super::definition::{Definition, Field, Options};
use super::evolution::{ChangeClass, Mapped};
use crate::kernel::{FormId, Instant, Text};

/// What a form's answers are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Worker,
    Facility,
    Posting,
    /// A survey, an assessment: kept by an office.
    Alone,
}

impl Subject {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Worker => "worker",
            Subject::Facility => "facility",
            Subject::Posting => "posting",
            Subject::Alone => "alone",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Subject::Worker,
            Subject::Facility,
            Subject::Posting,
            Subject::Alone,
        ]
        .into_iter()
        .find(|it| it.as_str() == text)
    }
}

/// How far a version has come; it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Being written.
    Draft,
    /// Answered.
    Published,
    /// Answered no more.
    Retired,
}

impl Stage {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Published => "published",
            Stage::Retired => "retired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Stage::Draft, Stage::Published, Stage::Retired]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// One version of a form. Once published, nothing of it changes but that it may be retired.
#[derive(Debug)]
pub struct Version {
    pub number: i32,
    pub stage: Stage,
    pub definition: Definition,
    /// How it differs from the version before it, as the server judged; absent for drafts.
    pub class: Option<ChangeClass>,
    /// How answers to the version before are carried over.
    pub mapping: Vec<Mapped>,
    pub published_at: Option<Instant>,
    pub(super) validators: OnceLock<Validators>,
}

impl Version {
    #[must_use]
    pub fn new(number: i32, stage: Stage, definition: Definition) -> Self {
        Self {
            number,
            stage,
            definition,
            class: None,
            mapping: Vec::new(),
            published_at: None,
            validators: OnceLock::new(),
        }
    }

    pub(super) fn validators(&self) -> &Validators {
        self.validators
            .get_or_init(|| Validators::new(&self.definition))
    }
}

/// A form with all its versions, the oldest first.
#[derive(Debug)]
pub struct Form {
    pub id: FormId,
    pub code: String,
    pub subject: Subject,
    pub title: Text,
    /// Rises with every change of the form; what a writer gives back as their base.
    pub version: i32,
    pub versions: Vec<Version>,
}

impl Form {
    #[must_use]
    pub fn version(&self, number: i32) -> Option<&Version> {
        self.versions.iter().find(|it| it.number == number)
    }

    #[must_use]
    pub fn draft(&self) -> Option<&Version> {
        self.versions.iter().find(|it| it.stage == Stage::Draft)
    }

    /// The last version that was published, retired or not.
    #[must_use]
    pub fn newest(&self) -> Option<&Version> {
        self.issued().last()
    }

    /// The newest version that may be answered.
    #[must_use]
    pub fn answerable(&self) -> Option<&Version> {
        let mut published = self.versions.iter().rev();
        published.find(|it| it.stage == Stage::Published)
    }

    /// Every version that was published, the oldest first.
    #[must_use]
    pub fn issued(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions.iter().filter(|it| it.stage != Stage::Draft)
    }

    /// A field as the newest version that has it says.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&Field> {
        self.issued()
            .rev()
            .find_map(|version| version.definition.field(path))
    }

    /// What one version has collected as personal stays personal.
    #[must_use]
    pub fn is_personal(&self, path: &str) -> bool {
        self.issued().any(|version| {
            let field = version.definition.field(path);
            field.is_some_and(|field| field.personal)
        })
    }

    /// Every option that a field of the form's own has ever had, the newest wording first; a removed one is still told.
    #[must_use]
    pub fn options(&self, path: &str) -> Vec<(&str, &Text)> {
        let mut options: Vec<(&str, &Text)> = Vec::new();
        for version in self.issued().rev() {
            let field = version.definition.field(path);
            if let Some(Options::Listed(choices)) = field.and_then(Field::options) {
                for choice in choices {
                    if !options.iter().any(|(code, _)| *code == choice.code) {
                        options.push((&choice.code, &choice.title));
                    }
                }
            }
        }
        options
    }
}

/// All forms of a country, by code.
#[derive(Debug, Default)]
pub struct Forms {
    all: Vec<Form>,
    index: HashMap<FormId, usize>,
}

impl Forms {
    #[must_use]
    pub fn new(mut all: Vec<Form>) -> Self {
        all.sort_by(|a, b| a.code.cmp(&b.code));
        let index = all.iter().enumerate().map(|(at, it)| (it.id, at)).collect();
        Self { all, index }
    }

    #[must_use]
    pub fn all(&self) -> &[Form] {
        &self.all
    }

    #[must_use]
    pub fn get(&self, id: FormId) -> Option<&Form> {
        self.index.get(&id).map(|at| &self.all[*at])
    }

    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&Form> {
        let at = self.all.binary_search_by(|it| it.code.as_str().cmp(code));
        at.ok().map(|at| &self.all[at])
    }
}

/// Lower-case letters, digits and `-`, a letter first: what a form is called in filters, columns and files.
#[must_use]
pub fn is_form_code(code: &str) -> bool {
    code.len() <= 60
        && code.starts_with(|it: char| it.is_ascii_lowercase())
        && code
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
}

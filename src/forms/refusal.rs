//! Why a change of a form is refused.

use super::definition;
use crate::kernel::{self, Reason};

/// One thing that is wrong, and where in the input.
pub type FormRefusal = kernel::Refusal<FormObjection>;

/// How a change can fail.
pub type WriteError = kernel::WriteError<FormObjection>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum FormObjection {
    #[error("there is no such form")]
    FormNotFound,
    #[error("{0} cannot be a form's code")]
    InvalidFormCode(String),
    #[error("the form has no title")]
    NoTitle,
    #[error("{0} is none of the country's languages")]
    ForeignLanguage(String),
    #[error("the answers of the form are about something else")]
    OtherSubject,
    #[error("there may be at most {0} forms")]
    TooManyForms(usize),
    #[error("there is no draft to publish")]
    NoDraft,
    #[error("the draft is the same as the version that is published")]
    NothingChanged,
    #[error("there is no such version")]
    VersionNotFound,
    #[error("the version is retired")]
    AlreadyRetired,
    #[error("nothing says where the answers to {0} go")]
    MappingNeeded(String),
    #[error("the form has no field {0}")]
    UnknownField(String),
    #[error("the form changed since it was read")]
    Stale,
    #[error("{0}")]
    Flawed(definition::Fault),
}

impl Reason for FormObjection {
    fn code(&self) -> &'static str {
        match self {
            FormObjection::FormNotFound => "FORM_NOT_FOUND",
            FormObjection::InvalidFormCode(_) => "INVALID_FORM_CODE",
            FormObjection::NoTitle => "NO_TITLE",
            FormObjection::ForeignLanguage(_) => "FOREIGN_LANGUAGE",
            FormObjection::OtherSubject => "OTHER_SUBJECT",
            FormObjection::TooManyForms(_) => "TOO_MANY",
            FormObjection::NoDraft => "NO_DRAFT",
            FormObjection::NothingChanged => "NOTHING_CHANGED",
            FormObjection::VersionNotFound => "VERSION_NOT_FOUND",
            FormObjection::AlreadyRetired => "ALREADY_RETIRED",
            FormObjection::MappingNeeded(_) => "MAPPING_NEEDED",
            FormObjection::UnknownField(_) => "UNKNOWN_FIELD",
            FormObjection::Stale => "STALE",
            FormObjection::Flawed(fault) => fault.code(),
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            FormObjection::InvalidFormCode(value)
            | FormObjection::ForeignLanguage(value)
            | FormObjection::MappingNeeded(value)
            | FormObjection::UnknownField(value) => vec![("value", value.clone())],
            FormObjection::TooManyForms(limit) => vec![("limit", limit.to_string())],
            FormObjection::Flawed(fault) => fault.argument().into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

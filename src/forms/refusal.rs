//! Why a change of a form is refused.

use super::definition;
use crate::kernel::{Denied, Fault, ReadError};

/// One thing that is wrong, and where in the input.
#[derive(Clone, Debug)]
pub struct FormRefusal {
    /// The path of the input field; empty when it is about no single field.
    pub path: Vec<String>,
    pub objection: FormObjection,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum FormObjection {
    #[error("there is no such form")]
    FormNotFound,
    #[error("{0} cannot be a form's code")]
    InvalidFormCode(String),
    #[error("the form has no title")]
    NoTitle,
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

impl FormObjection {
    #[must_use]
    pub fn at(self, path: &[&str]) -> FormRefusal {
        FormRefusal {
            path: path.iter().map(|it| (*it).to_owned()).collect(),
            objection: self,
        }
    }

    /// The stable code, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            FormObjection::FormNotFound => "FORM_NOT_FOUND",
            FormObjection::InvalidFormCode(_) => "INVALID_FORM_CODE",
            FormObjection::NoTitle => "NO_TITLE",
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

    /// What the message names.
    #[must_use]
    pub fn argument(&self) -> Option<(&'static str, String)> {
        match self {
            FormObjection::InvalidFormCode(value)
            | FormObjection::MappingNeeded(value)
            | FormObjection::UnknownField(value) => Some(("value", value.clone())),
            FormObjection::TooManyForms(limit) => Some(("limit", limit.to_string())),
            FormObjection::Flawed(fault) => fault.argument(),
            _ => None,
        }
    }
}

/// How a change can fail.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("refused")]
    Refused(Vec<FormRefusal>),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<FormRefusal> for WriteError {
    fn from(refusal: FormRefusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<ReadError> for WriteError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Denied(denied) => Self::Denied(denied),
            ReadError::Fault(fault) => Self::Fault(fault),
            ReadError::Invalid(invalid) => Self::Fault(Fault::internal(invalid)),
        }
    }
}

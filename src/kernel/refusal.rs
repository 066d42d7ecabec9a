//! What a verb refuses, and how a change can fail. What it objects to, each domain says itself.

use serde_json::Value;

use super::error::{Denied, Fault, ReadError};

/// What a verb objects to in an input. Each mutation offers its own part of a domain's reasons as its codes.
pub trait Reason: Sized {
    /// The stable code, as it stands in the catalogue of messages.
    fn code(&self) -> &'static str;

    /// What the message names.
    fn arguments(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// For a record that changed since it was read: both versions, as the domain describes them.
    ///
    /// # Errors
    /// When they are none of JSON, which is our own fault.
    fn conflict(&self) -> Result<Option<Value>, Fault> {
        Ok(None)
    }

    /// The same about an input field.
    #[must_use]
    fn at(self, path: &[&str]) -> Refusal<Self> {
        Refusal {
            path: path.iter().map(|it| (*it).to_owned()).collect(),
            objection: self,
        }
    }
}

/// One thing that is wrong, and where in the input.
#[derive(Clone, Debug)]
pub struct Refusal<R> {
    /// The path of the input field; empty when it is about no single field.
    pub path: Vec<String>,
    pub objection: R,
}

impl<R> Refusal<R> {
    /// The same about a part of a larger input.
    #[must_use]
    pub fn below(mut self, part: &str) -> Self {
        self.path.insert(0, part.to_owned());
        self
    }
}

/// How a change can fail.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<R> {
    #[error("refused")]
    Refused(Vec<Refusal<R>>),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl<R> WriteError<R> {
    /// The same in the reasons of a domain that asked another one.
    #[must_use]
    pub fn map<S>(self, of: impl Fn(R) -> S) -> WriteError<S> {
        match self {
            Self::Denied(denied) => WriteError::Denied(denied),
            Self::Fault(fault) => WriteError::Fault(fault),
            Self::Refused(refusals) => {
                let refusals = refusals.into_iter().map(|refusal| Refusal {
                    path: refusal.path,
                    objection: of(refusal.objection),
                });
                WriteError::Refused(refusals.collect())
            }
        }
    }

    /// Whether a reason is among its refusals.
    #[must_use]
    pub fn refuses(&self, is_it: impl Fn(&R) -> bool) -> bool {
        match self {
            Self::Refused(refusals) => refusals.iter().any(|it| is_it(&it.objection)),
            Self::Denied(_) | Self::Fault(_) => false,
        }
    }
}

impl<R> From<Refusal<R>> for WriteError<R> {
    fn from(refusal: Refusal<R>) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl<R> From<ReadError> for WriteError<R> {
    /// For what a verb reads before it writes; its own input was read before.
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Denied(denied) => Self::Denied(denied),
            ReadError::Fault(fault) => Self::Fault(fault),
            ReadError::Invalid(invalid) => Self::Fault(Fault::internal(invalid)),
        }
    }
}

impl<R> From<WriteError<R>> for ReadError {
    /// For previews, which have taken the refusals out.
    fn from(error: WriteError<R>) -> Self {
        match error {
            WriteError::Denied(denied) => denied.into(),
            WriteError::Fault(fault) => fault.into(),
            WriteError::Refused(_) => Fault::internal("a refusal that nobody told").into(),
        }
    }
}

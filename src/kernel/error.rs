//! Refusal, denial, fault. A verb's own enum holds its refusals; these are what all verbs share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The caller is known and may not do this. Says which permission was missing, nothing about the record.
#[derive(Clone, Debug, thiserror::Error)]
#[error("this needs the permission {permission}")]
pub struct Denied {
    pub permission: &'static str,
}

/// An argument that cannot be read, named by its path in the input.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{field}: {}", unfit.code())]
pub struct Invalid {
    pub field: String,
    pub unfit: Unfit,
}

impl Invalid {
    pub fn new(field: impl Into<String>, unfit: Unfit) -> Self {
        Self {
            field: field.into(),
            unfit,
        }
    }
}

/// Why an argument cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Not an id of the kind that belongs there.
    NotAnId,
    /// An id of a client's making that is no UUID of version 7.
    NotVersion7,
    /// Not a cursor of this list.
    NotACursor,
    /// A cursor from before the register was restored.
    OldCursor,
    /// A number outside of these bounds.
    NotWithin { from: usize, to: usize },
    /// A text with fewer or more characters.
    NotSoLong { from: usize, to: usize },
    /// No words with letters, or more than this.
    NotWords { to: usize },
    /// Neither of the two sectors.
    NotASector,
    /// Neither a first posting, nor an org unit and a sector.
    NoPlace,
    /// More entries than a list may have.
    NotSoMany { to: usize },
    /// The same entry twice.
    Repeated,
    /// A level of something that has none.
    NoLevels,
    /// The country has no such form about workers.
    NoSuchForm,
    /// The form has no such field, or not one that can be used so.
    NoSuchFormField,
    /// It would make more rows than an answer may have.
    TooManyRows { to: usize },
    /// A last day before the first, or more than a hundred years after it.
    NotAfter,
    /// Not in the shape of a filter.
    NotAFilter,
    /// No list of workers with its arguments.
    NotAList,
}

impl Unfit {
    /// Part of the API, and of the messages' catalogue.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnId => "NOT_AN_ID",
            Self::NotVersion7 => "WRONG_ID_VERSION",
            Self::NotACursor => "NOT_A_CURSOR",
            Self::OldCursor => "OLD_CURSOR",
            Self::NotWithin { .. } => "NOT_WITHIN",
            Self::NotSoLong { .. } => "NOT_SO_LONG",
            Self::NotWords { .. } => "NOT_WORDS",
            Self::NotASector => "NOT_A_SECTOR",
            Self::NoPlace => "NO_PLACE",
            Self::NotSoMany { .. } => "NOT_SO_MANY",
            Self::Repeated => "REPEATED",
            Self::NoLevels => "NO_LEVELS",
            Self::NoSuchForm => "NO_SUCH_FORM",
            Self::NoSuchFormField => "NO_SUCH_FORM_FIELD",
            Self::TooManyRows { .. } => "TOO_MANY_ROWS",
            Self::NotAfter => "NOT_AFTER",
            Self::NotAFilter => "NOT_A_FILTER",
            Self::NotAList => "NOT_A_LIST",
        }
    }

    /// The least and the most that would fit.
    #[must_use]
    pub fn bounds(self) -> Option<(usize, usize)> {
        match self {
            Self::NotWithin { from, to } | Self::NotSoLong { from, to } => Some((from, to)),
            Self::NotWords { to } => Some((1, to)),
            Self::NotSoMany { to } | Self::TooManyRows { to } => Some((0, to)),
            _ => None,
        }
    }
}

/// Our own failure. Callers see a masked message and a trace id, logs see the cause, once, where it is handled.
/// `Arc` because a batch hands one failure to every key that waited for it.
#[derive(Clone)]
pub struct Fault {
    unavailable: bool,
    cause: Arc<dyn std::error::Error + Send + Sync>,
}

/// Rises whenever the link to Postgres fails, so that pools know to test what they lend next.
static LINK_FAILURES: AtomicU64 = AtomicU64::new(0);

impl Fault {
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            unavailable: false,
            cause: Arc::from(cause.into()),
        }
    }

    /// A part that Kada leans on does not answer: worth another try in a few seconds.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            unavailable: true,
            cause: Arc::from(cause.into()),
        }
    }

    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.unavailable
    }

    /// Whether its cause is of a kind.
    #[must_use]
    pub fn is<E: std::error::Error + 'static>(&self) -> bool {
        self.cause.is::<E>()
    }

    /// Whether another writer was faster: they took a key or a range, or two waited for each other. Worth another try.
    #[must_use]
    pub fn is_clash(&self) -> bool {
        let error = self.cause.downcast_ref::<sqlx::Error>();
        let code = error.and_then(|it| it.as_database_error()?.code());
        matches!(code.as_deref(), Some("23505" | "23P01" | "40001" | "40P01"))
    }

    /// How often the link to Postgres has failed in this process.
    #[must_use]
    pub fn link_failures() -> u64 {
        LINK_FAILURES.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cause)?;
        let mut source = self.cause.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let lost = match &error {
            sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => true,
            // 57P01..57P03: the server is stopping or starting; 53300: it has no connection left.
            sqlx::Error::Database(cause) => {
                matches!(
                    cause.code().as_deref(),
                    Some("57P01" | "57P02" | "57P03" | "53300")
                )
            }
            _ => false,
        };
        if lost {
            LINK_FAILURES.fetch_add(1, Ordering::Relaxed);
            Self::unavailable(error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<redis::RedisError> for Fault {
    fn from(error: redis::RedisError) -> Self {
        Self::unavailable(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

/// How a read can fail.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(error.into())
    }
}

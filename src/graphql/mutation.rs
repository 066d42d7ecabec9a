//! Mutations: one input, one transaction, an answer that is data.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use async_graphql::{Context, OutputType, Result, SimpleObject, TypeName};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::act::ActInput;
use super::error::refuse;
use super::messages::message;
use super::request::request;
use crate::kernel::{Denied, Fault, Invalid, ReadError, Reason, Refusal, Unfit, WriteError};
use crate::ledger::UnknownDocument;
use crate::tenancy::{self, Attempt, Begun, Once};

/// The document that an act names is none that waits for it.
pub const ACT_DOCUMENT_NOT_FOUND: &str = "ACT_DOCUMENT_NOT_FOUND";

/// A refusal as the verbs give it and as a keyed answer is remembered: a code, the input field, what the message names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused<C> {
    pub code: C,
    pub path: Vec<String>,
    pub arguments: BTreeMap<String, String>,
    /// For a record that changed since it was read: both versions, as the domain describes them.
    pub conflict: Option<serde_json::Value>,
}

impl<C> Refused<C> {
    pub fn new(code: C, path: &[impl AsRef<str>]) -> Self {
        Self {
            code,
            path: path.iter().map(|part| part.as_ref().to_owned()).collect(),
            arguments: BTreeMap::new(),
            conflict: None,
        }
    }

    #[must_use]
    pub fn with(mut self, argument: &str, value: &str) -> Self {
        self.arguments.insert(argument.to_owned(), value.to_owned());
        self
    }
}

/// One thing that a verb refuses, by the name of its code in the catalogue.
pub type Told = Refused<&'static str>;

impl Told {
    /// # Errors
    /// When the conflict is none of JSON, which is our own fault.
    pub fn of(refusal: &Refusal<impl Reason>) -> std::result::Result<Self, Fault> {
        let mut told = Told::new(refusal.objection.code(), &refusal.path);
        for (name, value) in refusal.objection.arguments() {
            told = told.with(name, &value);
        }
        told.conflict = refusal.objection.conflict()?;
        Ok(told)
    }

    /// The same in the codes of one mutation.
    ///
    /// # Errors
    /// When the mutation lacks the code, which is our own fault.
    pub fn coded<C: DeserializeOwned>(self) -> std::result::Result<Refused<C>, Fault> {
        Ok(Refused {
            code: code(self.code)?,
            path: self.path,
            arguments: self.arguments,
            conflict: self.conflict,
        })
    }
}

/// How a verb that did not succeed ended.
pub enum Ended {
    Refused(Vec<Told>),
    /// Denials and faults, which belong to the top level of the response.
    Failed(ReadError),
}

impl From<ReadError> for Ended {
    fn from(error: ReadError) -> Self {
        Ended::Failed(error)
    }
}

impl From<Denied> for Ended {
    fn from(denied: Denied) -> Self {
        Ended::Failed(denied.into())
    }
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Ended::Failed(fault.into())
    }
}

impl<R: Reason> From<WriteError<R>> for Ended {
    fn from(error: WriteError<R>) -> Self {
        Ended::telling(error, Told::of)
    }
}

impl Ended {
    /// A verb's error, its refusals told one by one.
    #[must_use]
    pub fn telling<R>(
        error: WriteError<R>,
        tell: impl Fn(&Refusal<R>) -> std::result::Result<Told, Fault>,
    ) -> Self {
        let refusals = match error {
            WriteError::Denied(denied) => return denied.into(),
            WriteError::Fault(fault) => return fault.into(),
            WriteError::Refused(refusals) => refusals,
        };
        let told: std::result::Result<_, Fault> = refusals.iter().map(tell).collect();
        told.map_or_else(Ended::from, Ended::Refused)
    }

    /// The refusals in the codes of one mutation.
    ///
    /// # Errors
    /// What is no refusal, and a code that the mutation lacks, which is our own fault.
    pub fn coded<C: DeserializeOwned>(self) -> std::result::Result<Vec<Refused<C>>, ReadError> {
        match self {
            // No verb looks at documents: the ledger does, when it is told what was done.
            Ended::Failed(ReadError::Fault(fault)) if fault.is::<UnknownDocument>() => Ok(vec![
                Told::new(ACT_DOCUMENT_NOT_FOUND, &["act", "document"]).coded()?,
            ]),
            Ended::Failed(failure) => Err(failure),
            Ended::Refused(told) => Ok(told
                .into_iter()
                .map(Told::coded)
                .collect::<std::result::Result<_, Fault>>()?),
        }
    }
}

/// An input as a verb takes it, with the legal act and the key of the request.
pub trait Command: Serialize + Sync {
    type Read;

    /// # Errors
    /// An input that does not even have its form.
    fn read(&self) -> std::result::Result<Self::Read, Invalid>;
    fn act(&self) -> Option<&ActInput>;
    fn key(&self) -> Option<&str>;
}

/// A code by its name in the catalogue.
fn code<C: DeserializeOwned>(name: &str) -> std::result::Result<C, Fault> {
    Ok(serde_json::from_value(serde_json::Value::from(name))?)
}

/// What a mutation did: the changed object, or why not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer<T, C> {
    pub value: Option<T>,
    pub refused: Vec<Refused<C>>,
}

/// Why a change was refused.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name_type)]
pub struct UserErrorOf<C: OutputType> {
    /// What is refused, as one of this mutation's own codes.
    pub code: C,
    /// The same code as a plain string, for code that handles every mutation alike.
    pub error_code: String,
    /// The refusal in the caller's language.
    pub message: String,
    /// The path of the input field that it is about; empty when it is about no single field.
    pub path: Vec<String>,
}

/// `TransferWorkerErrorCode` makes it a `TransferWorkerError`.
impl<C: OutputType> TypeName for UserErrorOf<C> {
    fn type_name() -> Cow<'static, str> {
        let code = C::type_name();
        Cow::Owned(code.strip_suffix("Code").unwrap_or(&code).to_owned())
    }
}

/// Words refusals for the caller.
///
/// # Errors
/// When a code has no name, which is our own fault.
pub fn user_errors<C: OutputType + Copy + Serialize>(
    ctx: &Context<'_>,
    refused: Vec<Refused<C>>,
) -> Result<Vec<UserErrorOf<C>>> {
    let languages = request(ctx).languages();
    refused
        .into_iter()
        .map(|it| {
            let name = serde_json::to_value(it.code)
                .map_err(|error| refuse(ctx, ReadError::Fault(error.into())))?;
            let error_code = name.as_str().unwrap_or_default().to_owned();
            let arguments = it.arguments.iter().map(|(k, v)| (k.as_str(), v.as_str()));
            Ok(UserErrorOf {
                code: it.code,
                message: message(&error_code, arguments, languages),
                error_code,
                path: it.path,
            })
        })
        .collect()
}

/// What a stale writer is to know, from the refusals of an answer.
///
/// # Errors
/// When it was not remembered as it was told, which is our own fault.
pub fn conflict<T: DeserializeOwned, C>(
    ctx: &Context<'_>,
    refused: &[Refused<C>],
) -> Result<Option<T>> {
    let conflict = refused.iter().find_map(|it| it.conflict.clone());
    let conflict = conflict.map(serde_json::from_value).transpose();
    conflict.map_err(|error| refuse(ctx, Fault::from(error)))
}

/// A mutation that may have been answered before, under its key.
pub enum Beginning<T, C> {
    Attempt(Attempt),
    Answered(Answer<T, C>),
}

/// Begins a mutation's one transaction; with a key, at most once.
///
/// # Errors
/// Denials, faults, and a key that is none.
pub async fn begin<T, C>(
    ctx: &Context<'_>,
    name: &str,
    key: Option<&str>,
    input: &impl Serialize,
) -> Result<Beginning<T, C>>
where
    T: DeserializeOwned,
    C: DeserializeOwned,
{
    let begun = try_begin(ctx, name, key, input).await;
    begun.map_err(|error| refuse(ctx, error))
}

/// The same, for whoever answers for many.
///
/// # Errors
/// As [`begin`].
pub async fn try_begin<T, C>(
    ctx: &Context<'_>,
    name: &str,
    key: Option<&str>,
    input: &impl Serialize,
) -> std::result::Result<Beginning<T, C>, ReadError>
where
    T: DeserializeOwned,
    C: DeserializeOwned,
{
    let rq = request(ctx);
    let body_hash = body_hash(name, input)?;
    let key = key.map(checked).transpose()?;
    let once = key.map(|key| Once {
        subject: rq.actor().subject.clone(),
        key: key.to_owned(),
        body_hash,
        now: rq.now(),
    });
    let tenant = rq.tenant()?;
    // What was read before the write is of another moment than what its payload reads.
    rq.finish().await;
    match tenant.begin_once::<Answer<T, C>>(once).await? {
        Begun::Attempt(attempt) => Ok(Beginning::Attempt(attempt)),
        Begun::Answered(answer) => Ok(Beginning::Answered(answer)),
        Begun::KeyReused => {
            let reused = Told::new("IDEMPOTENCY_KEY_REUSED", &["idempotencyKey"]);
            Ok(Beginning::Answered(Answer {
                value: None,
                refused: vec![reused.coded()?],
            }))
        }
    }
}

/// Ends a mutation as its verb ended: commits, or undoes what was refused. Either way it is an answer.
///
/// # Errors
/// Denials and faults, which undo everything.
pub async fn settle<T, C>(
    ctx: &Context<'_>,
    attempt: Attempt,
    ended: std::result::Result<T, impl Into<Ended>>,
) -> Result<Answer<T, C>>
where
    T: Serialize,
    C: Serialize + DeserializeOwned,
{
    let settled = try_settle(attempt, ended).await;
    settled.map_err(|error| refuse(ctx, error))
}

/// The same, for whoever answers for many.
///
/// # Errors
/// As [`settle`].
pub async fn try_settle<T, C>(
    attempt: Attempt,
    ended: std::result::Result<T, impl Into<Ended>>,
) -> std::result::Result<Answer<T, C>, ReadError>
where
    T: Serialize,
    C: Serialize + DeserializeOwned,
{
    match ended {
        Ok(value) => {
            let answer = Answer {
                value: Some(value),
                refused: Vec::new(),
            };
            let committed = attempt.commit(&answer).await;
            committed.map(|()| answer).map_err(ReadError::from)
        }
        Err(error) => match error.into().coded() {
            Ok(refused) => {
                let answer = Answer {
                    value: None,
                    refused,
                };
                let undone = attempt.refuse(&answer).await;
                undone.map(|()| answer).map_err(ReadError::from)
            }
            Err(failure) => {
                attempt.abandon().await.ok();
                Err(failure)
            }
        },
    }
}

/// Ends a mutation that was only tried: nothing of it stays, nor is it remembered under its key.
///
/// # Errors
/// Denials and faults.
pub async fn rehearsed<T, C: DeserializeOwned>(
    ctx: &Context<'_>,
    attempt: Attempt,
    ended: std::result::Result<T, impl Into<Ended>>,
) -> Result<Answer<T, C>> {
    attempt.abandon().await.map_err(|it| refuse(ctx, it))?;
    let (value, refused) = match ended {
        Ok(value) => (Some(value), Vec::new()),
        Err(error) => (None, error.into().coded().map_err(|it| refuse(ctx, it))?),
    };
    Ok(Answer { value, refused })
}

/// Which of some keys of the caller's were answered before, and whether what was asked for was done.
///
/// # Errors
/// When the database cannot be asked.
pub async fn answered(
    ctx: &Context<'_>,
    keys: &[String],
) -> std::result::Result<HashMap<String, bool>, ReadError> {
    let rq = request(ctx);
    let subject = &rq.actor().subject;
    let mut db = rq.read(true).await?;
    let answers = tenancy::answered(&mut db, subject, keys, rq.now()).await?;
    let done = |answer: &serde_json::Value| {
        let refused = answer["refused"].as_array();
        refused.is_some_and(Vec::is_empty)
    };
    let answers = answers.into_iter();
    Ok(answers.map(|(key, it)| (key, done(&it))).collect())
}

fn checked(key: &str) -> Result<&str, Invalid> {
    if (8..=200).contains(&key.len()) {
        Ok(key)
    } else {
        let unfit = Unfit::NotSoLong { from: 8, to: 200 };
        Err(Invalid::new("idempotencyKey", unfit))
    }
}

fn body_hash(name: &str, input: &impl Serialize) -> Result<Vec<u8>, Fault> {
    let body = serde_json::to_value(input)?.to_string();
    Ok(Sha256::new()
        .chain_update(name)
        .chain_update([0])
        .chain_update(body)
        .finalize()
        .to_vec())
}

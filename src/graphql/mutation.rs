//! Mutations: one input, one transaction, an answer that is data.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use async_graphql::{Context, OutputType, Result, SimpleObject, TypeName};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::refuse;
use super::messages::message;
use super::request::request;
use crate::kernel::{Fault, Invalid, ReadError, Unfit};
use crate::tenancy::{Attempt, Begun, Once};

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
    pub fn new(code: C, path: &[&str]) -> Self {
        Self {
            code,
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            arguments: BTreeMap::new(),
            conflict: None,
        }
    }

    #[must_use]
    pub fn with(mut self, argument: &str, value: &str) -> Self {
        self.arguments
            .insert(argument.to_owned(), value.to_string());
        self
    }
}

/// A verb's error: what it refuses, told apart from denials and faults.
pub trait Refusal: From<Fault> + Sized {
    type Code: Copy + Serialize + DeserializeOwned + Send + Sync;

    /// The answer to a key that was used for something else.
    ///
    /// # Errors
    /// When the mutation's codes lack it, which is our own fault.
    fn key_reused() -> Result<Self::Code, Fault>;

    /// The refusals, or what is no refusal at all.
    ///
    /// # Errors
    /// Denials and faults, which belong to the top level of the response.
    fn refused(self) -> Result<Vec<Refused<Self::Code>>, ReadError>;
}

/// One thing that a verb refuses: the name of its code, the path of the input field, what the message names, and both
/// versions of a record that changed since it was read.
pub struct Told {
    pub code: &'static str,
    pub path: Vec<&'static str>,
    pub arguments: Vec<(&'static str, String)>,
    pub conflict: Option<serde_json::Value>,
}

/// How a verb that did not succeed ended.
pub enum Ended {
    Refused(Vec<Told>),
    Failed(ReadError),
}

/// The same, told in the codes of one mutation.
pub struct In<C> {
    ended: Ended,
    codes: PhantomData<C>,
}

impl<C> From<Ended> for In<C> {
    fn from(ended: Ended) -> Self {
        Self {
            ended,
            codes: PhantomData,
        }
    }
}

impl<C> From<Fault> for In<C> {
    fn from(fault: Fault) -> Self {
        Ended::Failed(fault.into()).into()
    }
}

impl<C: Copy + Serialize + DeserializeOwned + Send + Sync> Refusal for In<C> {
    type Code = C;

    fn key_reused() -> Result<C, Fault> {
        code("IDEMPOTENCY_KEY_REUSED")
    }

    fn refused(self) -> Result<Vec<Refused<C>>, ReadError> {
        let refusals = match self.ended {
            Ended::Failed(failure) => return Err(failure),
            Ended::Refused(refusals) => refusals.into_iter(),
        };
        let refused = refusals.map(|told| {
            let mut refused = Refused::new(code(told.code)?, &told.path);
            for (name, value) in told.arguments {
                refused = refused.with(name, &value);
            }
            refused.conflict = told.conflict;
            Ok(refused)
        });
        refused.collect()
    }
}

/// A code by its name in the catalogue.
fn code<C: DeserializeOwned>(name: &str) -> Result<C, Fault> {
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

/// A mutation that may have been answered before, under its key.
pub enum Beginning<T, C> {
    Attempt(Attempt),
    Answered(Answer<T, C>),
}

/// Begins a mutation's one transaction; with a key, at most once.
///
/// # Errors
/// Denials, faults, and a key that is none.
pub async fn begin<T, E>(
    ctx: &Context<'_>,
    name: &str,
    key: Option<&str>,
    input: &impl Serialize,
) -> Result<Beginning<T, E::Code>>
where
    T: DeserializeOwned,
    E: Refusal,
{
    let rq = request(ctx);
    let body_hash = body_hash(name, input).map_err(|fault| refuse(ctx, fault))?;
    let key = key
        .map(checked)
        .transpose()
        .map_err(|error| refuse(ctx, error))?;
    let once = key.map(|key| Once {
        subject: rq.actor().subject.clone(),
        key: key.to_owned(),
        body_hash,
        now: rq.now(),
    });
    let tenant = rq.tenant().map_err(|denied| refuse(ctx, denied))?;
    // What was read before the write is of another moment than what its payload reads.
    rq.finish().await;
    let begun = tenant.begin_once::<Answer<T, E::Code>>(once).await;
    match begun.map_err(|fault| refuse(ctx, fault))? {
        Begun::Attempt(attempt) => Ok(Beginning::Attempt(attempt)),
        Begun::Answered(answer) => Ok(Beginning::Answered(answer)),
        Begun::KeyReused => {
            let code = E::key_reused().map_err(|fault| refuse(ctx, fault))?;
            Ok(Beginning::Answered(Answer {
                value: None,
                refused: vec![Refused::new(code, &["idempotencyKey"])],
            }))
        }
    }
}

/// Ends a mutation as its verb ended: commits, or undoes what was refused. Either way it is an answer.
///
/// # Errors
/// Denials and faults, which undo everything.
pub async fn settle<T, E>(
    ctx: &Context<'_>,
    attempt: Attempt,
    ended: std::result::Result<T, E>,
) -> Result<Answer<T, E::Code>>
where
    T: Serialize,
    E: Refusal,
{
    let settled = match ended {
        Ok(value) => {
            let answer = Answer {
                value: Some(value),
                refused: Vec::new(),
            };
            let committed = attempt.commit(&answer).await;
            committed.map(|()| answer).map_err(ReadError::from)
        }
        Err(error) => match error.refused() {
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
    };
    settled.map_err(|error| refuse(ctx, error))
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

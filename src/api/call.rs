//! The parameters of a GraphQL request, from a JSON body or a URL.

use async_graphql::{Value as ConstValue, Variables};
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::Uri;
use serde_json::{Map, Value};

use super::answer::Refusal;
use crate::graphql::limits;
use crate::platform::config::Limits;

/// What one request asks for.
#[derive(Debug, Default)]
pub struct Call {
    pub query: Option<String>,
    /// The SHA-256 of the document in hexadecimal, when the client names it instead of sending it.
    pub hash: Option<String>,
    pub operation_name: Option<String>,
    pub variables: Variables,
}

#[derive(Debug)]
pub enum Calls {
    One(Box<Call>),
    Batch(Vec<Call>),
}

impl Calls {
    pub fn from_body(body: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let batch = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        limits::json::scan(body, limits, batch)?;
        let value =
            serde_json::from_slice(body).map_err(|_| Refusal::malformed("the body is not JSON"))?;
        match value {
            Value::Object(parameters) => Ok(Self::One(Box::new(Call::new(parameters)?))),
            Value::Array(calls) if !calls.is_empty() => {
                let calls = calls.into_iter().map(|call| match call {
                    Value::Object(parameters) => Call::new(parameters),
                    _ => Err(Refusal::malformed("each request of a batch is a map")),
                });
                calls.collect::<Result<_, _>>().map(Self::Batch)
            }
            _ => Err(Refusal::malformed(
                "the body is neither a map nor a list of maps",
            )),
        }
    }

    pub fn from_url(uri: &Uri, limits: &Limits) -> Result<Self, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Refusal::malformed("the query string cannot be read"))?;
        let mut parameters = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                "query" | "operationName" | "documentId" => Value::String(text),
                "variables" | "extensions" => {
                    limits::json::scan(text.as_bytes(), limits, false)?;
                    serde_json::from_str(&text)
                        .map_err(|_| Refusal::malformed(format!("{name} is not JSON")))?
                }
                _ => continue,
            };
            if parameters.insert(name, value).is_some() {
                return Err(Refusal::malformed("a parameter is given twice"));
            }
        }
        Ok(Self::One(Box::new(Call::new(parameters)?)))
    }
}

impl Call {
    fn new(mut parameters: Map<String, Value>) -> Result<Self, Refusal> {
        let query = text(&mut parameters, "query")?;
        let operation_name = text(&mut parameters, "operationName")?;
        let document_id = text(&mut parameters, "documentId")?;
        let variables = map(&mut parameters, "variables")?;
        let extensions = map(&mut parameters, "extensions")?;
        if let Some(path) = nul(&variables) {
            let reason = format!("variables.{path} holds the character NUL, which no text may");
            return Err(Refusal::malformed(reason));
        }
        if query.as_deref().is_some_and(|it| it.contains("\\u0000")) {
            return Err(Refusal::malformed(
                "query holds the character NUL, which no text may",
            ));
        }
        let hash = match document_id {
            Some(id) => Some(id.strip_prefix("sha256:").unwrap_or(&id).to_owned()),
            None => persisted(&extensions)?,
        };
        if query.is_none() && hash.is_none() {
            return Err(Refusal::malformed("query is missing"));
        }
        Ok(Self {
            query,
            hash,
            operation_name,
            variables: Variables::from_json(Value::Object(variables)),
        })
    }
}

impl Call {
    /// Puts a file where the request says that it belongs: `variables.input.file`.
    pub fn attach(&mut self, path: &str, file: Bytes) -> Result<(), Refusal> {
        let lost = || Refusal::malformed(format!("map names {path}, which is no null there"));
        let mut parts = path.split('.');
        let first = (parts.next() == Some("variables")).then(|| parts.next());
        let first = first.flatten().ok_or_else(lost)?;
        let mut place = self.variables.get_mut(first).ok_or_else(lost)?;
        for part in parts {
            place = match place {
                ConstValue::Object(fields) => fields.get_mut(part),
                ConstValue::List(items) => {
                    part.parse().ok().and_then(|at: usize| items.get_mut(at))
                }
                _ => None,
            }
            .ok_or_else(lost)?;
        }
        if !matches!(place, ConstValue::Null) {
            return Err(lost());
        }
        *place = ConstValue::Binary(file);
        Ok(())
    }
}

/// Where a NUL stands: Postgres keeps none in a text, so none may come as far as that.
fn nul(variables: &Map<String, Value>) -> Option<String> {
    let mut waiting: Vec<(String, &Value)> = variables
        .iter()
        .map(|(name, value)| (name.clone(), value))
        .collect();
    while let Some((path, value)) = waiting.pop() {
        match value {
            Value::String(text) if text.contains('\0') => return Some(path),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                waiting.extend(items.map(|(at, item)| (format!("{path}.{at}"), item)));
            }
            Value::Object(fields) => {
                waiting.extend(
                    fields
                        .iter()
                        .map(|(name, it)| (format!("{path}.{name}"), it)),
                );
            }
            _ => {}
        }
    }
    None
}

fn text(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::malformed(format!("{name} is not a string"))),
    }
}

fn map(parameters: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(Refusal::malformed(format!("{name} is not a map"))),
    }
}

/// `extensions.persistedQuery.sha256Hash`, as clients of persisted queries send it.
fn persisted(extensions: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    match extensions.get("persistedQuery") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.get("sha256Hash").and_then(Value::as_str) {
            Some(hash) => Ok(Some(hash.to_owned())),
            None => Err(Refusal::malformed("persistedQuery has no sha256Hash")),
        },
    }
}

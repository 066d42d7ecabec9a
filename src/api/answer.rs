//! From what happened to what goes out: status, media type, body. Faults are masked and logged here, once.

use async_graphql::parser;
use async_graphql::{ErrorExtensionValues, Pos, ServerError, Value, value};
use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::cache::{Answer, Level};
use crate::graphql::{limits, message};
use crate::kernel::{Fault, Languages, ReadError};

/// The two media types of the GraphQL-over-HTTP specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status code speaks of the operation.
    Response,
    /// `application/json`: any well-formed request is answered with 200.
    Json,
}

impl Media {
    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Media::Response => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        })
    }

    /// The status of a request error: one that was found before anything was executed.
    fn request_error(self) -> StatusCode {
        match self {
            Media::Response => StatusCode::BAD_REQUEST,
            Media::Json => StatusCode::OK,
        }
    }
}

/// A request that is turned away before anything is executed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// `None` for a well-formed request with a faulty document, where the media type decides.
    status: Option<StatusCode>,
    code: &'static str,
    /// What whoever writes the client should know; `None`: the catalogue has the code in the caller's language.
    message: Option<String>,
    /// The limit that the catalogue's message speaks of.
    limit: usize,
    /// What else the message names; clients find it in `extensions`.
    told: Box<[(&'static str, String)]>,
    at: Option<Pos>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal that the catalogue words.
    pub fn coded(code: &'static str) -> Self {
        Self {
            status: None,
            code,
            message: None,
            limit: 0,
            told: Box::default(),
            at: None,
            headers: Vec::new(),
        }
    }

    /// A refusal of the request itself that the catalogue words.
    pub fn request(status: StatusCode, code: &'static str) -> Self {
        Self {
            status: Some(status),
            ..Self::coded(code)
        }
    }

    pub fn over(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// A refusal that tells what is wrong with the form of a request.
    pub fn document(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::coded(code)
        }
    }

    pub fn malformed(message: impl Into<String>) -> Self {
        Self {
            status: Some(StatusCode::BAD_REQUEST),
            ..Self::document("MALFORMED_REQUEST", message)
        }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::document("GRAPHQL_VALIDATION_FAILED", message)
    }

    pub fn unauthenticated() -> Self {
        Self::request(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    pub fn unavailable(code: &'static str, seconds: u64) -> Self {
        Self::request(StatusCode::SERVICE_UNAVAILABLE, code)
            .with(RETRY_AFTER, HeaderValue::from(seconds))
    }

    pub fn rate_limited(seconds: u64) -> Self {
        Self::request(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED")
            .with(RETRY_AFTER, HeaderValue::from(seconds))
    }

    pub fn get_is_for_queries() -> Self {
        Self::request(StatusCode::METHOD_NOT_ALLOWED, "MUTATION_BY_GET")
            .with(ALLOW, HeaderValue::from_static("POST"))
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Names something, in the message and beside it.
    pub fn told(self, name: &'static str, value: &str) -> Self {
        let told = [&self.told[..], &[(name, value.to_owned())]].concat();
        let told = told.into_boxed_slice();
        Self { told, ..self }
    }

    /// The same where no media type decides what its status is.
    pub fn of_the_request(mut self) -> Self {
        self.status.get_or_insert(StatusCode::BAD_REQUEST);
        self
    }

    pub fn code(&self) -> &'static str {
        self.code
    }

    fn error(&self, languages: &Languages) -> ServerError {
        let limit = self.limit.to_string();
        let told = self
            .told
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        let reason = told.clone().find(|(name, _)| *name == "reason");
        let code = reason.map_or(self.code, |(_, reason)| reason);
        let arguments = told.clone().chain([("limit", limit.as_str())]);
        let worded = || message(code, arguments, languages);
        let text = self.message.clone();
        let mut error = ServerError::new(text.unwrap_or_else(worded), self.at);
        set_code(&mut error, self.code);
        let extensions = error.extensions.get_or_insert_default();
        for (name, value) in told.filter(|(name, _)| !matches!(*name, "from" | "to")) {
            extensions.set(name, value);
        }
        error
    }

    pub fn into_response(self, media: Media, languages: &Languages) -> Response<Body> {
        let status = self.status.unwrap_or(media.request_error());
        let mut response = respond(media, status, self.finished(languages).body);
        response.headers_mut().extend(
            self.headers
                .into_iter()
                .map(|(name, value)| (Some(name), value)),
        );
        response
    }

    /// The same as one answer of a batch.
    pub fn finished(&self, languages: &Languages) -> Finished {
        Finished {
            body: json::<Value>(&Envelope {
                errors: &[self.error(languages)],
                data: None,
                extensions: None,
            }),
            outcome: Outcome::RequestError,
        }
    }
}

impl From<limits::Exceeded> for Refusal {
    fn from(exceeded: limits::Exceeded) -> Self {
        Self::coded(exceeded.rule.code()).over(exceeded.allowed)
    }
}

impl From<limits::Refused> for Refusal {
    fn from(refused: limits::Refused) -> Self {
        match refused {
            limits::Refused::Exceeded(exceeded) => exceeded.into(),
            limits::Refused::Circular(_) => Self::coded("CIRCULAR_FRAGMENTS"),
            limits::Refused::Unreadable { .. } => {
                Self::document("GRAPHQL_PARSE_FAILED", refused.to_string())
            }
        }
    }
}

/// The parser's own message draws the faulty line, which may be the whole document; the place is enough.
impl From<parser::Error> for Refusal {
    fn from(error: parser::Error) -> Self {
        let text = error.to_string();
        let last = text.rsplit("= ").next().unwrap_or_default();
        let reason: String = last.trim().chars().take(200).collect();
        Self {
            at: error.positions().next(),
            ..Self::document("GRAPHQL_PARSE_FAILED", format!("syntax error: {reason}"))
        }
    }
}

/// One operation's answer, ready to leave.
pub struct Finished {
    pub body: Vec<u8>,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Executed,
    RequestError,
    /// The database was not there for any root field.
    Unavailable,
}

/// More errors than this tell a client nothing new.
const ERRORS: usize = 20;

/// Turns what the executor returned into bytes.
pub fn finish(mut response: async_graphql::Response, trace: &str) -> Finished {
    response.errors.truncate(ERRORS);
    for error in &mut response.errors {
        classify(error, trace);
    }
    let unanswered = match &response.data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => false,
    };
    let has = |test: &dyn Fn(&ServerError) -> bool| response.errors.iter().any(test);
    let outcome = if unanswered && has(&|e| e.path.len() <= 1 && code(e) == Some("UNAVAILABLE")) {
        Outcome::Unavailable
    } else if response.data == Value::Null && has(&|e| e.path.is_empty()) {
        Outcome::RequestError
    } else {
        Outcome::Executed
    };
    let body = json(&Envelope {
        errors: &response.errors,
        data: (outcome == Outcome::Executed).then_some(&response.data),
        extensions: (!response.extensions.is_empty()).then_some(&response.extensions),
    });
    Finished { body, outcome }
}

/// An answer that was kept, or now is.
pub fn kept(answer: &Answer, level: Level, cost: Value) -> Finished {
    let cache = value!({
        "hit": level != Level::None,
        "level": level.as_str(),
        "version": answer.moment.version(),
    });
    let extensions = [("cache".to_owned(), cache), ("cost".to_owned(), cost)];
    let body = json(&Envelope {
        errors: &[],
        data: Some(&answer.data),
        extensions: Some(&extensions.into()),
    });
    Finished {
        body,
        outcome: Outcome::Executed,
    }
}

/// A single answer's response.
pub fn single(media: Media, finished: Finished) -> Response<Body> {
    let status = match finished.outcome {
        Outcome::Executed => StatusCode::OK,
        Outcome::RequestError => media.request_error(),
        Outcome::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = respond(media, status, finished.body);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
    }
    response
}

/// When to come back after the database was lost.
pub const RETRY_SECONDS: u64 = 5;

/// A batch's response: a list in the order of the requests, whatever became of each.
pub fn batch(media: Media, answers: &[Finished]) -> Response<Body> {
    let mut body = vec![b'['];
    for (n, answer) in answers.iter().enumerate() {
        if n > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&answer.body);
    }
    body.push(b']');
    respond(media, StatusCode::OK, body)
}

fn respond(media: Media, status: StatusCode, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, media.content_type());
    response
}

#[derive(Serialize)]
struct Envelope<'a, Data = Value> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Data>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<&'a std::collections::BTreeMap<String, Value>>,
}

fn json<Data: Serialize>(envelope: &Envelope<'_, Data>) -> Vec<u8> {
    serde_json::to_vec(envelope).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        br#"{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}"#.to_vec()
    })
}

/// Gives every error its code; what is ours and not the caller's is masked.
fn classify(error: &mut ServerError, trace: &str) {
    let fault = error
        .source::<Fault>()
        .or(match error.source::<ReadError>() {
            Some(ReadError::Fault(fault)) => Some(fault),
            _ => None,
        });
    if let Some(fault) = fault {
        tracing::error!(trace.id = trace, error = %fault, "a field failed");
        let unavailable = fault.is_unavailable();
        mask(
            error,
            if unavailable {
                "UNAVAILABLE"
            } else {
                "INTERNAL"
            },
            trace,
        );
        return;
    }
    match code(error) {
        Some("INTERNAL" | "UNAVAILABLE") => {
            error
                .extensions
                .get_or_insert_default()
                .set("traceId", trace);
        }
        Some(_) => {}
        None if error.path.is_empty() => set_code(error, "GRAPHQL_VALIDATION_FAILED"),
        None if error.source.is_some() => {
            tracing::error!(trace.id = trace, error = %error.message, "a field failed");
            mask(error, "INTERNAL", trace);
        }
        None => set_code(error, "BAD_INPUT"),
    }
}

fn mask(error: &mut ServerError, code: &'static str, trace: &str) {
    let message = match code {
        "UNAVAILABLE" => "the service is not available right now",
        _ => "internal error",
    };
    message.clone_into(&mut error.message);
    error.source = None;
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code);
    extensions.set("traceId", trace);
    error.extensions = Some(extensions);
}

fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

fn set_code(error: &mut ServerError, code: &'static str) {
    error.extensions.get_or_insert_default().set("code", code);
}

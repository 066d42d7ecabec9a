//! `/graphql`: GraphQL over HTTP, from the head of a request to the last byte of its answer.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LENGTH, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::StreamExt;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::answer::{self, Finished, Media, RETRY_SECONDS, Refusal};
use super::cache::Standpoint;
use super::call::Calls;
use super::documents::Prepared;
use super::rate::Verdict;
use super::run::run;
use super::{App, cors, negotiate, upload};
use crate::auth::Caller;
use crate::kernel::{Fault, Languages};
use crate::platform::telemetry;

pub type Prepare =
    Arc<dyn Fn(async_graphql::Request, &Operation<'_>) -> async_graphql::Request + Send + Sync>;

/// A caller who was let in, as far as this module needs to know them.
pub struct Guest {
    /// The tenant's code; `hub` or `platform` for the others.
    pub tenant: String,
    /// Who the rate is counted for, unique in the tenant.
    pub subject: String,
    /// The origins that the caller's own tenant lists.
    pub origins: Vec<String>,
    /// Puts what resolvers need into the request.
    pub prepare: Prepare,
    /// `None` for those who have no country: nothing that they ask is kept.
    pub standpoint: Option<Standpoint>,
    /// Who it is, for what is served beside GraphQL; `None`: nothing is.
    pub caller: Option<Arc<Caller>>,
}

/// The operation about to be executed, and the headers it came with.
pub struct Operation<'a> {
    pub document: &'a ExecutableDocument,
    pub definition: &'a OperationDefinition,
    pub headers: &'a HeaderMap,
}

/// Stands in every request's data and beside every masked fault.
#[derive(Clone, Debug)]
pub struct TraceId(pub String);

/// Why a caller is not let in.
#[derive(Debug)]
pub enum NotAdmitted {
    /// Whatever was wrong with the token: it is not told.
    Unauthenticated,
    /// The tenant's schema is being migrated.
    Migrating,
    Fault(Fault),
}

/// Points taken for a document that was refused: reading it was work, too.
const REFUSED: usize = 100;

pub async fn get(State(app): State<App>, request: Request) -> Response {
    let span = tracing::info_span!(
        "GET /graphql",
        otel.kind = "server",
        http.response.status_code = Empty,
        trace.id = Empty,
        tenant.id = Empty
    );
    follow(app, request, span).await
}

pub async fn post(State(app): State<App>, request: Request) -> Response {
    let span = tracing::info_span!(
        "POST /graphql",
        otel.kind = "server",
        http.response.status_code = Empty,
        trace.id = Empty,
        tenant.id = Empty
    );
    follow(app, request, span).await
}

/// Answers within the span, and within the caller's own trace where it names one.
async fn follow(app: App, request: Request, span: Span) -> Response {
    let trace = trace(&span, request.headers());
    let response = handle(app, request, trace).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    response
}

/// Puts a span into the caller's own trace where they name one.
pub(super) fn trace(span: &Span, headers: &HeaderMap) -> TraceId {
    let parent = headers.get("traceparent");
    let parent = parent.and_then(|value| value.to_str().ok());
    let trace = telemetry::follow(span, parent).unwrap_or_else(|| trace_id(parent));
    span.record("trace.id", &trace);
    TraceId(trace)
}

/// The trace that the caller names (W3C `traceparent`), or a new one.
fn trace_id(parent: Option<&str>) -> String {
    parent
        .and_then(|value| value.split('-').nth(1))
        .filter(|id| id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
        .map_or_else(|| uuid::Uuid::now_v7().simple().to_string(), str::to_owned)
}

/// What the caller reads, as far as is known before the country is.
pub fn languages(headers: &HeaderMap) -> Languages {
    let accepted = headers.get(ACCEPT_LANGUAGE);
    Languages::negotiate(accepted.and_then(|it| it.to_str().ok()), &[])
}

async fn handle(app: App, request: Request, trace: TraceId) -> Response {
    let started = Instant::now();
    let (head, body) = request.into_parts();
    let mut origins = None;
    let media = negotiate::media(&head.headers);
    let answered = match &media {
        Ok(media) => respond(&app, &head, body, &trace, *media, &mut origins).await,
        Err(refusal) => Err(refusal.clone()),
    };
    let mut response = answered.unwrap_or_else(|refusal| {
        metrics::counter!("kada_graphql_refusals_total", "code" => refusal.code()).increment(1);
        refusal.into_response(media.unwrap_or(Media::Json), &languages(&head.headers))
    });
    let headers = response.headers_mut();
    headers.insert(
        VARY,
        HeaderValue::from_static("Origin, Accept, Accept-Language, Authorization"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(origin) = head.headers.get(ORIGIN)
        && let Ok(name) = origin.to_str()
        && origins.map_or_else(
            || (app.any_origin)(name),
            |own: Vec<String>| own.iter().any(|o| o == name),
        )
    {
        cors::open(headers, origin);
    }
    let status = response.status().as_u16().to_string();
    metrics::counter!("kada_graphql_requests_total", "status" => status).increment(1);
    metrics::histogram!("kada_graphql_request_seconds").record(started.elapsed().as_secs_f64());
    response
}

/// `origins` is set once the caller is known; before that, no tenant's list applies.
async fn respond(
    app: &App,
    head: &Parts,
    body: Body,
    trace: &TraceId,
    media: Media,
    origins: &mut Option<Vec<String>>,
) -> Result<Response, Refusal> {
    let by_post = head.method == Method::POST;
    let boundary = by_post
        .then(|| negotiate::boundary(&head.headers))
        .flatten();
    if by_post && boundary.is_none() {
        negotiate::body_is_json(&head.headers)?;
    }
    let mut guest = (app.admit)(head.headers.clone())
        .await
        .map_err(|why| not_admitted(why, trace))?;
    Span::current().record("tenant.id", &guest.tenant);
    *origins = Some(std::mem::take(&mut guest.origins));
    let limits = &app.config.graphql.limits;
    let calls = match boundary {
        Some(boundary) => upload::read(&app.config, body, boundary).await?,
        None if by_post => Calls::from_body(&read(app, head, body).await?, limits)?,
        None => Calls::from_url(&head.uri, limits)?,
    };
    let (calls, is_batch) = match calls {
        Calls::One(call) => (vec![*call], false),
        Calls::Batch(calls) => (calls, true),
    };
    let mut prepared = Vec::with_capacity(calls.len());
    for call in calls {
        let one = app.documents.prepare(call);
        if let Ok(one) = &one
            && !by_post
            && one
                .operation()
                .is_none_or(|operation| operation.ty != OperationType::Query)
        {
            return Err(Refusal::get_is_for_queries());
        }
        prepared.push(one);
    }
    let remaining = charge(app, &guest, &prepared).await?;
    if let [Err(refusal)] = prepared.as_slice()
        && !is_batch
    {
        return Err(refusal.clone());
    }
    let mut finished = execute(
        app,
        guest,
        prepared,
        head.headers.clone(),
        trace.clone(),
        remaining,
    )
    .await?;
    Ok(match finished.pop() {
        Some(only) if !is_batch => answer::single(media, only),
        last => {
            finished.extend(last);
            answer::batch(media, &finished)
        }
    })
}

pub(super) fn not_admitted(why: NotAdmitted, trace: &TraceId) -> Refusal {
    match why {
        NotAdmitted::Unauthenticated => Refusal::unauthenticated(),
        NotAdmitted::Migrating => Refusal::unavailable("TENANT_MIGRATING", RETRY_SECONDS),
        NotAdmitted::Fault(fault) => {
            tracing::error!(trace.id = trace.0, error = %fault, "a caller could not be looked up");
            Refusal::unavailable("UNAVAILABLE", RETRY_SECONDS)
        }
    }
}

/// The whole body, within its limit and its time.
async fn read(app: &App, head: &Parts, body: Body) -> Result<Vec<u8>, Refusal> {
    let limit = app.config.http.body_limit_bytes;
    let too_large =
        || Refusal::request(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE").over(limit);
    let declared = head
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let collect = async {
        let mut bytes = Vec::with_capacity(declared.unwrap_or(0));
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Refusal::malformed("the body did not arrive"))?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    tokio::time::timeout(app.config.http.body_timeout(), collect)
        .await
        .unwrap_or_else(|_| {
            Err(Refusal::request(
                StatusCode::REQUEST_TIMEOUT,
                "BODY_TOO_SLOW",
            ))
        })
}

async fn charge(
    app: &App,
    guest: &Guest,
    prepared: &[Result<Prepared, Refusal>],
) -> Result<u64, Refusal> {
    let cost = prepared.iter().fold(0_usize, |sum, one| {
        sum.saturating_add(one.as_ref().map_or(REFUSED, |one| one.cost))
    });
    match app.buckets.take(&guest.tenant, &guest.subject, cost).await {
        Verdict::Granted { remaining } => Ok(remaining),
        Verdict::Spent { retry_seconds } => Err(Refusal::rate_limited(retry_seconds)),
    }
}

/// Runs the operations one after another in a task of their own: a client that hangs up drops the future of its
/// request, and database work must not be dropped midway.
async fn execute(
    app: &App,
    guest: Guest,
    prepared: Vec<Result<Prepared, Refusal>>,
    headers: HeaderMap,
    trace: TraceId,
    remaining: u64,
) -> Result<Vec<Finished>, Refusal> {
    let Ok(slot) = Arc::clone(&app.slots).try_acquire_owned() else {
        return Err(Refusal::unavailable("OVERLOADED", 1));
    };
    let house = app.clone();
    let work = async move {
        let _slot = slot;
        let mut finished = Vec::with_capacity(prepared.len());
        for one in prepared {
            finished.push(match one {
                Ok(one) => run(&house, &guest, one, &headers, &trace, remaining).await,
                Err(refusal) => refusal.finished(&languages(&headers)),
            });
        }
        finished
    };
    app.running
        .spawn(work.instrument(Span::current()))
        .await
        .map_err(|_| Refusal::request(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"))
}

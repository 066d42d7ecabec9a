//! What is served beside GraphQL, as whole bodies: to the same callers, under the same limits, told in the same words.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::io::AsyncReadExt;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::answer::{Media, Refusal};
use super::asked::wanted;
use super::endpoint::{self, TraceId, languages};
use super::rate::Verdict;
use super::{App, cors};
use crate::auth::{Actor, Caller, Permission};
use crate::interop::{self, Export, ExportError, Format, Moment, TableWriter};
use crate::kernel::{
    Denied, DocumentId, Fault, FileId, Id, Invalid, MediaType, PhotoId, ReadError,
};
use crate::tenancy::TenantDb;
use crate::workforce;

/// Points that a table costs: as much as a large operation, whatever its length.
pub(super) const TABLE: usize = 5_000;

/// Points that a file costs.
const FILE: usize = 50;

/// Tables that one process writes at once: each keeps a connection as long as its client takes it.
pub const TABLES: usize = 4;

/// Bytes of a finished file that are in memory at once.
const PIECE: usize = 64 * 1024;

/// How long a client may take nothing, which is less than Postgres waits for the next page; and how long all of it may
/// last.
const PATIENCE: Duration = Duration::from_secs(20);
const LONGEST: Duration = Duration::from_mins(15);

/// Somebody of a country who was let in, and what they ask for.
pub(super) struct Visit {
    pub app: App,
    pub head: Parts,
    pub db: TenantDb,
    pub actor: Arc<Actor>,
    pub trace: TraceId,
}

/// `GET /export/workers?columns=…&filter=…&asOf=…&format=…`
pub async fn workers(State(app): State<App>, request: Request) -> Response {
    let span = tracing::info_span!(
        "GET /export/workers",
        otel.kind = "server",
        http.response.status_code = Empty,
        trace.id = Empty,
        tenant.id = Empty
    );
    visit(app, request, span, TABLE, table).await
}

/// `GET /files/{id}`
pub async fn file(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let span = tracing::info_span!(
        "GET /files/{id}",
        otel.kind = "server",
        http.response.status_code = Empty,
        trace.id = Empty,
        tenant.id = Empty
    );
    visit(app, request, span, FILE, |visit| attachment(visit, id)).await
}

/// Lets somebody in and answers them, in a task of its own: a client that hangs up must not drop database work midway.
pub(super) async fn visit<F>(
    app: App,
    request: Request,
    span: Span,
    cost: usize,
    answer: impl FnOnce(Visit) -> F,
) -> Response
where
    F: Future<Output = Result<Response, Refusal>> + Send + 'static,
{
    let (head, _) = request.into_parts();
    let headers = head.headers.clone();
    let trace = endpoint::trace(&span, &headers);
    let mut origins = None;
    let answered = async {
        let mut guest = (app.admit)(headers.clone())
            .await
            .map_err(|why| endpoint::not_admitted(why, &trace))?;
        Span::current().record("tenant.id", &guest.tenant);
        origins = Some(std::mem::take(&mut guest.origins));
        let charged = app.buckets.take(&guest.tenant, &guest.subject, cost).await;
        if let Verdict::Spent { retry_seconds } = charged {
            return Err(Refusal::rate_limited(retry_seconds));
        }
        let Some(Caller::Tenant(db, actor)) = guest.caller.as_deref().cloned() else {
            return Err(forbidden(Permission::ReadReference.as_str()));
        };
        let visit = Visit {
            app: app.clone(),
            head,
            db,
            actor,
            trace: trace.clone(),
        };
        let answer = answer(visit).instrument(Span::current());
        let answered = app.running.spawn(answer).await;
        answered.map_err(|_| Refusal::request(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"))?
    };
    let answered = answered.instrument(span.clone()).await;
    let mut response =
        answered.unwrap_or_else(|refusal| refusal.into_response(Media::Json, &languages(&headers)));
    span.record("http.response.status_code", response.status().as_u16());
    finish(&app, &headers, origins, response.headers_mut());
    response
}

fn finish(app: &App, asked: &HeaderMap, origins: Option<Vec<String>>, answer: &mut HeaderMap) {
    let vary = HeaderValue::from_static("Origin, Accept-Language, Authorization");
    answer.insert(VARY, vary);
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(origin) = asked.get(ORIGIN)
        && let Ok(name) = origin.to_str()
        && origins.map_or_else(
            || (app.any_origin)(name),
            |own| own.iter().any(|it| it == name),
        )
    {
        cors::open(answer, origin);
    }
}

fn forbidden(permission: &str) -> Refusal {
    Refusal::request(StatusCode::FORBIDDEN, "FORBIDDEN").told("permission", permission)
}

/// A parameter that cannot be read, worded by its reason.
pub(super) fn unfit(invalid: &Invalid) -> Refusal {
    let (from, to) = invalid.unfit.bounds().unwrap_or_default();
    Refusal::request(StatusCode::BAD_REQUEST, "BAD_USER_INPUT")
        .told("reason", invalid.unfit.code())
        .told("field", &invalid.field)
        .told("from", &from.to_string())
        .told("to", &to.to_string())
}

/// A failure in the words of this face; faults are masked, and logged here.
pub(super) fn failed(error: ReadError, trace: &TraceId) -> Refusal {
    match error {
        ReadError::Denied(Denied { permission }) => forbidden(permission),
        ReadError::Invalid(invalid) => unfit(&invalid),
        ReadError::Fault(fault) => {
            tracing::error!(trace.id = trace.0, error = %fault, "a download failed");
            let (status, code) = if fault.is_unavailable() {
                (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE")
            } else {
                (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL")
            };
            Refusal::request(status, code).told("traceId", &trace.0)
        }
    }
}

async fn table(visit: Visit) -> Result<Response, Refusal> {
    let Ok(slot) = Arc::clone(&visit.app.tables).try_acquire_owned() else {
        return Err(Refusal::unavailable("OVERLOADED", 1));
    };
    let wanted = wanted(&visit)?;
    let now = visit.app.clock.now();
    let moment = Moment {
        actor: Actor::clone(&visit.actor),
        now,
        today: visit.app.clock.today(visit.db.settings().time_zone),
    };
    let format = wanted.format;
    let name = format!(
        "workers-{}-{}.{}",
        visit.db.code(),
        moment.today,
        format.as_str()
    );
    let export = interop::export_workers(&visit.db, &moment, wanted).await;
    let export = export.map_err(|error| match (error.code(), error) {
        (Some(code), error) => {
            let status = match error {
                ExportError::NotReadable(..) => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_REQUEST,
            };
            let column = error.column().unwrap_or_default();
            Refusal::request(status, code).told("column", column)
        }
        (None, ExportError::Read(error)) => failed(error, &visit.trace),
        (None, error) => failed(ReadError::Fault(Fault::internal(error)), &visit.trace),
    })?;
    let (sender, receiver) = mpsc::channel(1);
    let pages = write(export, format, sender, slot, visit.trace).instrument(Span::current());
    visit.app.running.spawn(pages);
    let pieces = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, format.media_type().to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// A file as what it is, to be kept and not to be shown: no page of ours runs what somebody sent.
async fn attachment(visit: Visit, id: String) -> Result<Response, Refusal> {
    let today = visit.app.clock.today(visit.db.settings().time_zone);
    let snapshot = visit.db.snapshot();
    let found = async {
        let mut reader = snapshot.read().await?;
        let actor = &visit.actor;
        if let Ok(id) = DocumentId::decode(&id) {
            let found = workforce::act_document(&mut reader, actor, id, today).await?;
            return Ok(found.map(|(it, content)| (it.media_type, "act".to_owned(), content)));
        }
        if let Ok(id) = PhotoId::decode(&id) {
            let found = workforce::photo(&mut reader, actor, id, today).await?;
            return Ok(found.map(|(it, content)| (it.media_type, "photo".to_owned(), content)));
        }
        let Ok(id) = FileId::decode(&id) else {
            return Ok(None);
        };
        let found = workforce::form_file(&mut reader, actor, id, today).await?;
        Ok(found.map(|(it, content)| (it.media_type, it.field.replace('.', "-"), content)))
    };
    let found: Result<_, ReadError> = found.await;
    snapshot.end().await;
    let found = found.map_err(|error| failed(error, &visit.trace))?;
    let not_found = || Refusal::request(StatusCode::NOT_FOUND, "NOT_FOUND");
    let (media_type, name, content) = found.ok_or_else(not_found)?;
    let extension = MediaType::parse(&media_type).map_or("bin", MediaType::extension);
    let disposition = format!("attachment; filename=\"{name}.{extension}\"");
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_DISPOSITION, disposition),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
    ];
    Ok((headers, content).into_response())
}

type Piece = Result<Bytes, io::Error>;

/// Writes page after page, as fast as the client takes them. What cannot be finished is cut off, so that nobody takes a
/// part for the whole.
async fn write(
    mut export: Export,
    format: Format,
    sender: mpsc::Sender<Piece>,
    _slot: OwnedSemaphorePermit,
    trace: TraceId,
) {
    let client = Client {
        sender,
        begun: Instant::now(),
    };
    let cut_off = match written(&mut export, format, &client).await {
        Ok(()) | Err(Stop::Gone) => None,
        Err(Stop::Failed(error)) => Some(error.to_string()),
        Err(Stop::Late) => Some("it took too long".to_owned()),
    };
    if let Some(error) = cut_off {
        tracing::error!(trace.id = trace.0, error, "a table was cut off");
        let cut_off = Err(io::ErrorKind::ConnectionAborted.into());
        client.sender.send_timeout(cut_off, PATIENCE).await.ok();
    }
    export.end().await;
}

/// Why the rest of a table is not written.
enum Stop {
    /// The client hung up, or takes nothing.
    Gone,
    Late,
    Failed(ReadError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Failed(error)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.into())
    }
}

/// Who takes a table.
struct Client {
    sender: mpsc::Sender<Piece>,
    begun: Instant,
}

impl Client {
    async fn take(&self, piece: Vec<u8>) -> Result<(), Stop> {
        if self.begun.elapsed() > LONGEST {
            return Err(Stop::Late);
        }
        if piece.is_empty() {
            return if self.sender.is_closed() {
                Err(Stop::Gone)
            } else {
                Ok(())
            };
        }
        let taken = self.sender.send_timeout(Ok(piece.into()), PATIENCE).await;
        taken.map_err(|_| Stop::Gone)
    }
}

async fn written(export: &mut Export, format: Format, client: &Client) -> Result<(), Stop> {
    let (mut table, first) = TableWriter::new(format, export.header())?;
    client.take(first).await?;
    while let Some(rows) = export.next().await? {
        client.take(table.rows(&rows)?).await?;
    }
    let rest = tokio::task::spawn_blocking(|| table.finish()).await;
    if let Some(file) = rest.map_err(Fault::internal)?? {
        let mut file = tokio::fs::File::from_std(file);
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece).await;
            if read.map_err(Fault::internal)? == 0 {
                break;
            }
            client.take(piece).await?;
        }
    }
    Ok(())
}

//! Printed records: the staff cards and the curriculum vitae of those whom the caller may see, as PDF.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tracing::field::Empty;

use super::App;
use super::answer::Refusal;
use super::asked::{filter, parameters};
use super::download::{TABLE, Visit, failed, visit};
use crate::auth::Actor;
use crate::graphql::message;
use crate::interop::{self, CardError, MOST_CARDS, Moment, WantedCards, Words};
use crate::kernel::{Fault, Id, Languages, WorkerId};
use crate::workforce::WorkerFilter;

/// Points that one printed record costs.
const RECORD: usize = 500;

/// `GET /export/cv/{worker}`
pub async fn cv(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let span = tracing::info_span!(
        "GET /export/cv/{worker}",
        otel.kind = "server",
        http.response.status_code = Empty,
        trace.id = Empty,
        tenant.id = Empty
    );
    visit(app, request, span, RECORD, |visit| life(visit, id)).await
}

/// `GET /export/cards/{worker}`
pub async fn card(State(app): State<App>, Path(id): Path<String>, request: Request) -> Response {
    let span = tracing::info_span!(
        "GET /export/cards/{worker}",
        otel.kind = "server",
        http.response.status_code = Empty,
        trace.id = Empty,
        tenant.id = Empty
    );
    visit(app, request, span, RECORD, |visit| one(visit, id)).await
}

/// `GET /export/cards?filter=…`
pub async fn cards(State(app): State<App>, request: Request) -> Response {
    let span = tracing::info_span!(
        "GET /export/cards",
        otel.kind = "server",
        http.response.status_code = Empty,
        trace.id = Empty,
        tenant.id = Empty
    );
    visit(app, request, span, TABLE, selection).await
}

async fn life(visit: Visit, id: String) -> Result<Response, Refusal> {
    no_parameters(&visit)?;
    let id = WorkerId::decode(&id).map_err(|_| not_found())?;
    let found = interop::print_cv(&visit.db, &moment(&visit), id).await;
    let found = found.map_err(|error| failed(error, &visit.trace))?;
    let cv = found.ok_or_else(not_found)?;
    printed(&visit, "cv", move |words| cv.to_pdf(words)).await
}

async fn one(visit: Visit, id: String) -> Result<Response, Refusal> {
    no_parameters(&visit)?;
    let id = WorkerId::decode(&id).map_err(|_| not_found())?;
    hand_out(&visit, "card", WantedCards::One(id)).await
}

async fn selection(visit: Visit) -> Result<Response, Refusal> {
    let mut wanted = (WorkerFilter::default(), serde_json::Value::Null);
    for (name, text) in parameters(&visit)? {
        match name.as_str() {
            "filter" => wanted = filter(&visit, &text)?,
            _ => return Err(Refusal::malformed("filter can be given")),
        }
    }
    let (filter, asked) = wanted;
    hand_out(&visit, "cards", WantedCards::Those(Box::new(filter), asked)).await
}

async fn hand_out(visit: &Visit, name: &str, wanted: WantedCards) -> Result<Response, Refusal> {
    let cards = interop::print_cards(&visit.db, &moment(visit), wanted).await;
    let cards = cards.map_err(|error| match error {
        CardError::NotFound => not_found(),
        CardError::NotInPost => Refusal::request(StatusCode::BAD_REQUEST, "NOT_IN_POST"),
        CardError::TooMany(_) => {
            Refusal::request(StatusCode::BAD_REQUEST, "TOO_MANY_CARDS").over(MOST_CARDS.into())
        }
        CardError::Read(error) => failed(error, &visit.trace),
    })?;
    printed(visit, name, move |words| cards.to_pdf(words)).await
}

/// The document, drawn where it holds up nobody else.
async fn printed(
    visit: &Visit,
    name: &str,
    draw: impl FnOnce(&Words<'_>) -> Result<Vec<u8>, Fault> + Send + 'static,
) -> Result<Response, Refusal> {
    let accepted = visit.head.headers.get(ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|it| it.to_str().ok());
    let languages: Languages = visit.db.settings().languages_for(accepted);
    let drawn = tokio::task::spawn_blocking(move || {
        draw(&Words {
            say: &|code| message(code, [], &languages),
            languages: &languages,
        })
    });
    let drawn = drawn.await.map_err(Fault::internal).flatten();
    let document = drawn.map_err(|fault| failed(fault.into(), &visit.trace))?;
    let today = visit.app.clock.today(visit.db.settings().time_zone);
    let name = format!("{name}-{}-{today}.pdf", visit.db.code());
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, document).into_response())
}

fn moment(visit: &Visit) -> Moment {
    Moment {
        actor: Actor::clone(&visit.actor),
        now: visit.app.clock.now(),
        today: visit.app.clock.today(visit.db.settings().time_zone),
    }
}

fn no_parameters(visit: &Visit) -> Result<(), Refusal> {
    if parameters(visit)?.is_empty() {
        Ok(())
    } else {
        Err(Refusal::malformed("nothing can be given"))
    }
}

fn not_found() -> Refusal {
    Refusal::request(StatusCode::NOT_FOUND, "NOT_FOUND")
}

//! One operation, from what was prepared to its answer: found among those that are kept, or executed.

use async_graphql::parser::types::OperationDefinition;
use async_graphql::{Request, Response, value};
use axum::http::HeaderMap;

use super::answer::{self, Finished, Outcome, Refusal};
use super::cache::{Found, Standpoint};
use super::documents::Prepared;
use super::endpoint::languages;
use super::{App, Executor, Guest, Operation, TraceId};
use crate::kernel::ReadError;

pub async fn run(
    app: &App,
    guest: &Guest,
    one: Prepared,
    headers: &HeaderMap,
    trace: &TraceId,
    remaining: u64,
) -> Finished {
    let Some(definition) = one.operation() else {
        return Refusal::invalid("there is no such operation").finished(&languages(headers));
    };
    let cost = value!({
        "requested": one.cost,
        "limit": app.config.graphql.limits.cost,
        "remaining": remaining,
    });
    let request = || request(guest, &one, definition, headers, trace);
    let may_keep = |_: &&Standpoint| app.answers.may_keep(definition);
    let found = match guest.standpoint.as_ref().filter(may_keep) {
        Some(standpoint) => find(app, guest, standpoint, &one, request).await,
        None => Found::Response(execute_one(app, &one, request()).await),
    };
    let finished = match found {
        Found::Answer(answer, level) => answer::kept(&answer, level, cost),
        Found::Response(response) => answer::finish((*response).extension("cost", cost), &trace.0),
    };
    if finished.outcome != Outcome::RequestError {
        one.found_valid();
    }
    finished
}

/// The request as resolvers get it.
fn request(
    guest: &Guest,
    one: &Prepared,
    definition: &OperationDefinition,
    headers: &HeaderMap,
    trace: &TraceId,
) -> Request {
    let document = &one.document.parsed;
    let operation = Operation {
        document,
        definition,
        headers,
    };
    let mut request = Request::new("").data(trace.clone());
    request.set_parsed_query(document.clone());
    request = (guest.prepare)(request, &operation);
    request.operation_name.clone_from(&one.operation_name);
    request.variables = one.variables.clone();
    request
}

async fn execute_one(app: &App, one: &Prepared, request: Request) -> Box<Response> {
    let Executor {
        validating,
        trusting,
        ..
    } = &app.executor;
    let execute = if one.is_valid() { trusting } else { validating };
    Box::new(execute(request).await)
}

/// What is kept for this moment, or else is executed in a view whose moment is known. Where no moment can be told, the
/// operation is executed all the same: its fields know best what is wrong.
async fn find(
    app: &App,
    guest: &Guest,
    standpoint: &Standpoint,
    one: &Prepared,
    request: impl Fn() -> Request,
) -> Found {
    let untold = |error: &ReadError| tracing::warn!(%error, "the moment cannot be told");
    let compute = async {
        let request = request();
        let seen = (standpoint.enter)(&request).await.inspect_err(untold);
        (seen.ok(), execute_one(app, one, request).await)
    };
    match (standpoint.now)().await.inspect_err(untold) {
        Ok(moment) => {
            let question = app.answers.question(&guest.tenant, standpoint, one);
            app.answers.find(&question, moment, compute).await
        }
        Err(_) => Found::Response(execute_one(app, one, request()).await),
    }
}

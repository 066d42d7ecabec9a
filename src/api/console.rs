//! `/graphiql`: the GraphQL console, built in from `graphiql/assets` where they are installed, with a picker of country and role.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::App;

/// What `kada dev` gives the console.
#[derive(Clone, Debug)]
pub struct DevelopmentPage {
    /// A list of `{ tenant, country, role, token }`.
    pub tokens: serde_json::Value,
    pub tabs: Vec<Tab>,
    /// The public keys of the development issuer.
    pub jwks: serde_json::Value,
}

/// A query ready to run; `tenant` and `role` say with which token.
#[derive(Clone, Debug, Serialize)]
pub struct Tab {
    pub title: String,
    pub query: String,
    pub variables: serde_json::Value,
    pub tenant: String,
    pub role: String,
}

include!(concat!(env!("OUT_DIR"), "/graphiql_assets.rs"));

/// Nothing but this server is asked for anything.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub fn routes(development: bool) -> Router<App> {
    let built_in = ASSETS.iter().copied();
    let own = [
        ("page.js", include_bytes!("graphiql/page.js").as_slice()),
        ("page.css", include_bytes!("graphiql/page.css").as_slice()),
    ];
    let mut routes = Router::new().route("/graphiql", get(page));
    for (name, bytes) in built_in.chain(own) {
        let kind = match name.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        let asset = async move || ([(CONTENT_TYPE, kind)], bytes).into_response();
        routes = routes.route(&format!("/graphiql/{name}"), get(asset));
    }
    if development {
        routes = routes
            .route("/dev/tokens.json", get(tokens))
            .route("/dev/tabs.json", get(tabs))
            .route("/dev/jwks.json", get(jwks));
    }
    routes
}

async fn page() -> Response {
    let scripts = ["react.js", "react-dom.js", "graphiql.js"];
    let built_in = scripts
        .map(|name| format!("<script defer src=\"/graphiql/{name}\"></script>\n"))
        .concat();
    let head = if ASSETS.is_empty() {
        String::new()
    } else {
        format!("<link rel=\"stylesheet\" href=\"/graphiql/graphiql.css\">\n{built_in}")
    };
    let html = include_str!("graphiql/index.html").replace("<!-- built in -->", &head);
    let mut response = ([(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn jwks(State(app): State<App>) -> Response {
    Json(app.development.as_ref().map(|page| page.jwks.clone())).into_response()
}

async fn tokens(State(app): State<App>) -> Response {
    not_kept(Json(
        app.development.as_ref().map(|page| page.tokens.clone()),
    ))
}

async fn tabs(State(app): State<App>) -> Response {
    not_kept(Json(app.development.as_ref().map(|page| page.tabs.clone())))
}

fn not_kept(answer: impl IntoResponse) -> Response {
    ([(CACHE_CONTROL, "no-store")], answer).into_response()
}

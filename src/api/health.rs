//! Whether this process lives, whether it can serve, and what it has counted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;

/// The state of what the process leans on; nothing of where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Up,
    Down,
    /// Not configured, and not needed.
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub database: bool,
    /// Whether the schemas are as new as this binary needs them.
    pub migrations: bool,
}

/// Where answers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cache {
    /// In this process alone, because no Redis is configured.
    Memory,
    /// In Redis, too.
    Redis,
    /// In this process alone, because Redis does not answer.
    RedisAway,
}

#[derive(Serialize)]
struct Report {
    database: Status,
    migrations: Status,
    redis: Status,
    cache: Cache,
}

pub async fn live() -> &'static str {
    "ok"
}

/// Redis down is slower, not unready.
pub async fn ready(State(app): State<App>) -> Response {
    let readiness = (app.readiness)().await;
    let state = |up| if up { Status::Up } else { Status::Down };
    let (redis, cache) = match &app.redis {
        None => (Status::Off, Cache::Memory),
        Some(redis) if redis.answers() => (Status::Up, Cache::Redis),
        Some(_) => (Status::Down, Cache::RedisAway),
    };
    let report = Report {
        database: state(readiness.database),
        migrations: state(readiness.migrations),
        redis,
        cache,
    };
    let status = if readiness.database && readiness.migrations {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report)).into_response()
}

pub async fn metrics(State(app): State<App>) -> Response {
    match &app.metrics {
        Some(handle) => (
            [(CONTENT_TYPE, "text/plain; version=0.0.4")],
            handle.render(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

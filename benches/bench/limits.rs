//! What a row is measured against: bare handlers, each in a process of its own, which is this binary called again.

use std::net::SocketAddr;
use std::process::Stdio;

use anyhow::Context;
use axum::body::{Body, Bytes};
use axum::extract::{Json, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, serve};
use redis::AsyncCommands;
use redis::aio::ConnectionManager;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, SqlSafeStr};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::server::Redis;

/// The argument that makes this binary a limit.
pub const ARGUMENT: &str = "limit";
const URL: &str = "BENCH_LIMIT_URL";
const STATEMENT: &str = "BENCH_LIMIT_STATEMENT";
/// As many as Kada lends to one tenant.
const CONNECTIONS: u32 = 8;
/// Where the bytes to answer are kept.
const KEY: &str = "answer";

/// A running limit; it ends when it is dropped.
pub struct Limit {
    pub address: SocketAddr,
    pub pid: u32,
    _child: Child,
}

impl Limit {
    /// A handler that runs one statement, which makes the whole JSON text. Its parameters are texts.
    pub async fn statement(url: &str, statement: &str) -> anyhow::Result<Self> {
        Self::start(url, statement).await
    }

    /// A handler that answers these bytes from Redis.
    pub async fn redis(redis: &Redis, bytes: &[u8]) -> anyhow::Result<Self> {
        let client = redis::Client::open(redis.url.as_str())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let () = connection.set(KEY, bytes).await?;
        Self::start(&redis.url, "").await
    }

    async fn start(url: &str, statement: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .env(URL, url)
            .env(STATEMENT, statement)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().context("the limit has ended")?;
        let output = child.stdout.take().context("the output of the limit")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let address = line.context("the limit does not start")?.parse()?;
        Ok(Self {
            address,
            pid,
            _child: child,
        })
    }
}

/// The limit's own process: says where it listens, and answers until it is ended.
pub async fn run() -> anyhow::Result<()> {
    let (url, statement) = (std::env::var(URL)?, std::env::var(STATEMENT)?);
    let router = if statement.is_empty() {
        let connection = ConnectionManager::new(redis::Client::open(url)?).await?;
        Router::new().route("/", post(kept)).with_state(connection)
    } else {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
        let pool = pool.connect(&url).await?;
        let statement: &'static str = statement.leak();
        Router::new()
            .route("/", post(stated))
            .with_state((pool, statement))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    serve(listener, router).await?;
    Ok(())
}

async fn kept(State(mut redis): State<ConnectionManager>) -> Response {
    let found: redis::RedisResult<Vec<u8>> = redis.get(KEY).await;
    answer(found.map(Bytes::from))
}

async fn stated(
    State((pool, statement)): State<(PgPool, &'static str)>,
    Json(arguments): Json<Vec<String>>,
) -> Response {
    let mut query = sqlx::query_scalar(AssertSqlSafe(statement).into_sql_str());
    for argument in arguments {
        query = query.bind(argument);
    }
    let found: Result<String, sqlx::Error> = query.fetch_one(&pool).await;
    answer(found.map(Bytes::from))
}

fn answer<E: std::fmt::Display>(found: Result<Bytes, E>) -> Response {
    match found {
        Ok(bytes) => (
            [(header::CONTENT_TYPE, "application/json")],
            Body::from(bytes),
        )
            .into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

//! The HTTP face: GraphQL at `/graphql`, tables and files beside it, health, metrics, and a console for development.

mod answer;
mod asked;
mod assemble;
mod cache;
mod call;
mod compression;
mod console;
mod cors;
mod documents;
mod download;
mod endpoint;
mod health;
mod negotiate;
mod patient;
mod printed;
mod rate;
mod run;
mod schema;
mod serve;
mod standpoint;
mod upload;

use std::any::TypeId;
use std::ops::Deref;
use std::sync::Arc;

use async_graphql::{ObjectType, Schema, SubscriptionType, ValidationMode};
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, options};
use futures_util::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

pub use assemble::{Services, assemble};
pub use cache::{Enter, Moment, Now, Standpoint};
pub use console::{DevelopmentPage, Tab};
pub use endpoint::{Guest, NotAdmitted, Operation, Prepare, TraceId};
pub use health::Readiness;
pub use schema::sdl;
pub use serve::serve;

use crate::kernel::Clock;
use crate::platform::config::Config;
use crate::platform::redis::Redis;

type Execute = Arc<
    dyn Fn(async_graphql::Request) -> BoxFuture<'static, async_graphql::Response> + Send + Sync,
>;

/// The schema, twice: as it validates every request, and as it trusts a document that it has found valid before.
#[derive(Clone)]
pub struct Executor {
    validating: Execute,
    trusting: Execute,
    /// Another one for every schema and every release: what one has kept, another does not answer with.
    hash: cache::Hash,
}

impl Executor {
    /// The two schemas must differ in nothing but the mode. Extensions would cost every field a boxed call.
    pub fn new<Q, M, S>(schema: impl Fn(ValidationMode) -> Schema<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let execute = |schema: Schema<Q, M, S>| -> Execute {
            Arc::new(move |request| {
                let schema = schema.clone();
                Box::pin(async move {
                    let rq = carried(&request);
                    let response = schema.execute(request).await;
                    // The snapshot ends here, so that its connection is lent again and not closed.
                    if let Some(rq) = rq {
                        rq.finish().await;
                    }
                    response
                })
            })
        };
        let strict = schema(ValidationMode::Strict);
        let hash = Sha256::new()
            .chain_update(env!("CARGO_PKG_VERSION"))
            .chain_update("\n")
            .chain_update(strict.sdl());
        Self {
            validating: execute(strict),
            trusting: execute(schema(ValidationMode::Fast)),
            hash: hash.finalize().into(),
        }
    }
}

/// What resolvers need, if the request has been given it.
fn carried(request: &async_graphql::Request) -> Option<Arc<crate::graphql::Request>> {
    let rq = request
        .data
        .get(&TypeId::of::<Arc<crate::graphql::Request>>())?;
    rq.downcast_ref().cloned()
}

/// Tells who calls, from the headers alone.
pub type Admit =
    Arc<dyn Fn(HeaderMap) -> BoxFuture<'static, Result<Guest, NotAdmitted>> + Send + Sync>;

/// What the house is built from; each part is made elsewhere.
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub executor: Executor,
    /// The root fields whose answers change with nothing but a caller's [`Moment`] and view.
    pub kept: &'static [&'static str],
    pub admit: Admit,
    /// Whether any tenant at all lists this origin.
    pub any_origin: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    pub readiness: Arc<dyn Fn() -> BoxFuture<'static, Readiness> + Send + Sync>,
    pub metrics: Option<PrometheusHandle>,
    /// Tokens and sample queries for the console; only `kada dev` has any.
    pub development: Option<DevelopmentPage>,
}

/// The running server; clones share it.
#[derive(Clone)]
pub struct App(Arc<House>);

/// What an [`App`] shares.
pub struct House {
    config: Config,
    executor: Executor,
    admit: Admit,
    any_origin: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    readiness: Arc<dyn Fn() -> BoxFuture<'static, Readiness> + Send + Sync>,
    metrics: Option<PrometheusHandle>,
    development: Option<DevelopmentPage>,
    documents: documents::Documents,
    buckets: rate::Buckets,
    answers: cache::Answers,
    redis: Option<Arc<Redis>>,
    /// Operations under way: they outlive a client that hangs up.
    running: TaskTracker,
    slots: Arc<Semaphore>,
    /// Tables that are being written.
    tables: Arc<Semaphore>,
    clock: Clock,
}

/// Operations that may be under way at once in one process; each waits its turn for the database as well.
const OPERATIONS: usize = 1024;

impl App {
    /// # Errors
    /// A file of trusted documents or an address of Redis that cannot be read.
    pub fn new(parts: Parts) -> anyhow::Result<Self> {
        let Parts {
            config,
            clock,
            executor,
            kept,
            admit,
            any_origin,
            readiness,
            metrics,
            development,
        } = parts;
        let redis = Redis::new(&config.redis, clock.clone())?.map(Arc::new);
        Ok(Self(Arc::new(House {
            documents: documents::Documents::new(&config.graphql)?,
            buckets: rate::Buckets::new(config.rate, redis.clone(), clock.clone()),
            answers: cache::Answers::new(&config, redis.clone(), kept, executor.hash),
            redis,
            running: TaskTracker::new(),
            slots: Arc::new(Semaphore::new(OPERATIONS)),
            tables: Arc::new(Semaphore::new(download::TABLES)),
            clock,
            config,
            executor,
            admit,
            any_origin,
            readiness,
            metrics,
            development,
        })))
    }

    /// Waits for operations whose clients have hung up; call it when serving has ended.
    pub async fn finish(&self) {
        self.running.close();
        self.running.wait().await;
    }
}

impl Deref for App {
    type Target = House;

    fn deref(&self) -> &House {
        &self.0
    }
}

/// All routes.
pub fn router(app: App) -> Router {
    let graphql = get(endpoint::get)
        .post(endpoint::post)
        .merge(options(cors::preflight));
    let mut routes = Router::new()
        .route("/graphql", graphql)
        .route(
            "/export/workers",
            get(download::workers).merge(options(cors::preflight)),
        )
        .route(
            "/export/cards",
            get(printed::cards).merge(options(cors::preflight)),
        )
        .route(
            "/export/cards/{worker}",
            get(printed::card).merge(options(cors::preflight)),
        )
        .route(
            "/export/cv/{worker}",
            get(printed::cv).merge(options(cors::preflight)),
        )
        .route(
            "/files/{id}",
            get(download::file).merge(options(cors::preflight)),
        )
        .layer(compression::layer())
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics));
    if app.config.graphql.graphiql {
        routes = routes.merge(console::routes(app.development.is_some()));
    }
    routes.with_state(app)
}

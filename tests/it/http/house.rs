//! A small schema behind the real house.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use async_graphql::{
    Context, EmptySubscription, InputObject, Object, Result, Schema, SimpleObject,
};
use axum::http::HeaderMap;
use kada::api::{
    App, DevelopmentPage, Executor, Guest, Moment, NotAdmitted, Parts, Readiness, Standpoint, Tab,
    TraceId, router, serve,
};
use kada::kernel::{Clock, Fault, ReadError};
use kada::platform::config::Config;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::raw::{Answer, request};

pub struct Query;
pub struct Mutation;

#[derive(SimpleObject)]
pub struct Row {
    id: i32,
}

#[derive(InputObject)]
struct Filter {
    ids: Option<Vec<i32>>,
    inner: Option<Box<Filter>>,
}

/// How many slow fields have come to their end.
#[derive(Default)]
pub struct Finished(pub AtomicU32);

#[Object]
impl Query {
    async fn hello(&self, ctx: &Context<'_>) -> String {
        format!("hello {}", ctx.data_unchecked::<String>())
    }

    async fn slow(&self, ctx: &Context<'_>, millis: u64) -> i32 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        ctx.data_unchecked::<Arc<Finished>>()
            .0
            .fetch_add(1, Ordering::SeqCst);
        1
    }

    async fn rows(&self, first: i32, filter: Option<Filter>) -> Vec<Row> {
        let asked =
            filter.and_then(|filter| filter.ids.or(filter.inner.and_then(|inner| inner.ids)));
        asked
            .unwrap_or_else(|| (0..first).collect())
            .into_iter()
            .map(|id| Row { id })
            .collect()
    }

    async fn nested(&self) -> Query {
        Query
    }

    async fn broken(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        tokio::task::yield_now().await;
        assert!(!ctx.data_unchecked::<TraceId>().0.is_empty());
        Err(Fault::internal("secret table").into())
    }

    /// An error of `Result<Option<_>>` would take its neighbours along; this one nulls its own field.
    async fn lost(&self) -> Option<Result<i32>> {
        Some(Err(Fault::unavailable("secret host").into()))
    }

    async fn careless(&self) -> Result<Option<i32>> {
        tokio::task::yield_now().await;
        Err(std::io::Error::other("secret file").into())
    }

    async fn panics(&self, ctx: &Context<'_>) -> Option<i32> {
        ctx.data_unchecked::<Option<i32>>().to_owned()
    }
}

#[Object]
impl Mutation {
    async fn bump(&self, by: i32) -> i32 {
        by + 1
    }
}

/// Where the countries stand.
#[derive(Default)]
pub struct Ledger {
    pub seq: AtomicI64,
    pub epoch: AtomicI64,
    /// Whether the moment cannot be told.
    pub lost: AtomicBool,
    /// Whether a write is committed just before each computation.
    pub is_busy: AtomicBool,
}

impl Ledger {
    fn moment(&self, clock: &Clock) -> Result<Moment, ReadError> {
        if self.lost.load(Ordering::SeqCst) {
            return Err(Fault::unavailable("secret host").into());
        }
        Ok(Moment {
            epoch: self.epoch.load(Ordering::SeqCst),
            seq: self.seq.load(Ordering::SeqCst),
            day: clock.now().date_naive(),
        })
    }

    /// The header `x-view` stands for all that tells callers apart.
    fn standpoint(self: &Arc<Self>, headers: &HeaderMap, clock: &Clock) -> Standpoint {
        let view = headers.get("x-view").map_or(0, |it| it.as_bytes()[0]);
        let (now, enter) = (Arc::clone(self), Arc::clone(self));
        let (clock, same) = (clock.clone(), clock.clone());
        Standpoint {
            view: [view; 32],
            now: Arc::new(move || Box::pin(std::future::ready(now.moment(&clock)))),
            enter: Arc::new(move |_| {
                if enter.is_busy.load(Ordering::SeqCst) {
                    enter.seq.fetch_add(1, Ordering::SeqCst);
                }
                Box::pin(std::future::ready(enter.moment(&same)))
            }),
        }
    }
}

pub struct House {
    pub address: SocketAddr,
    pub app: App,
    pub clock: Clock,
    pub ledger: Arc<Ledger>,
    pub finished: Arc<Finished>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<anyhow::Result<()>>,
}

pub const JSON: (&str, &str) = ("Content-Type", "application/json");
pub const STRICT: (&str, &str) = ("Accept", "application/graphql-response+json");
pub const MALI: (&str, &str) = ("Authorization", "Bearer ml");

fn admit(headers: &HeaderMap, ledger: &Arc<Ledger>, clock: &Clock) -> Result<Guest, NotAdmitted> {
    let bearer = headers.get("authorization");
    let tenant = match bearer.and_then(|value| value.to_str().ok()) {
        Some("Bearer migrating") => return Err(NotAdmitted::Migrating),
        Some("Bearer lost") => return Err(NotAdmitted::Fault(Fault::unavailable("secret host"))),
        Some(bearer) => bearer
            .strip_prefix("Bearer ")
            .filter(|code| matches!(*code, "ml" | "tz")),
        None => None,
    };
    let tenant = tenant.ok_or(NotAdmitted::Unauthenticated)?.to_owned();
    let greeting = tenant.clone();
    Ok(Guest {
        origins: vec![format!("https://{tenant}.example")],
        tenant,
        subject: "someone".to_owned(),
        prepare: Arc::new(move |request, _| request.data(greeting.clone())),
        standpoint: Some(ledger.standpoint(headers, clock)),
        caller: None,
    })
}

impl House {
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::keeping(&[], change).await
    }

    /// One that answers operations of these root fields from kept bytes.
    pub async fn keeping(kept: &'static [&'static str], change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults();
        config.graphql.graphiql = true;
        config.http.shutdown_seconds = 5;
        change(&mut config);
        let finished = Arc::new(Finished::default());
        let clock = Clock::fixed("2026-03-01T12:00:00Z".parse().expect("a moment"));
        let http = config.http.clone();
        let ledger = Arc::new(Ledger::default());
        let app = App::new(Parts {
            config,
            kept,
            clock: clock.clone(),
            executor: Executor::new(|mode| {
                Schema::build(Query, Mutation, EmptySubscription)
                    .data(Arc::clone(&finished))
                    .validation_mode(mode)
                    .finish()
            }),
            admit: {
                let (ledger, clock) = (Arc::clone(&ledger), clock.clone());
                Arc::new(move |headers| {
                    Box::pin(std::future::ready(admit(&headers, &ledger, &clock)))
                })
            },
            any_origin: Arc::new(|origin| {
                matches!(origin, "https://ml.example" | "https://tz.example")
            }),
            readiness: Arc::new(|| {
                Box::pin(async {
                    Readiness {
                        database: true,
                        migrations: false,
                    }
                })
            }),
            metrics: Some(
                metrics_exporter_prometheus::PrometheusBuilder::new()
                    .build_recorder()
                    .handle(),
            ),
            development: Some(DevelopmentPage {
                tokens: json!([
                    { "tenant": "ml", "country": "Mali", "role": "hr_manager", "token": "ml" },
                    { "tenant": "tz", "country": "Tanzania", "role": "viewer", "token": "tz" },
                ]),
                tabs: vec![Tab {
                    title: "Say hello".to_owned(),
                    query: "query Hello { hello }\n".to_owned(),
                    variables: json!({}),
                    tenant: "tz".to_owned(),
                    role: "viewer".to_owned(),
                }],
                jwks: json!({ "keys": [] }),
            }),
        });
        let app = app.expect("the house can be built");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let routes = router(app.clone());
        let served = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serve(listener, routes, &http, stopped).await
        });
        Self {
            address,
            app,
            clock,
            ledger,
            finished,
            stop: Some(stop),
            served,
        }
    }

    /// POST with a good token, the strict media type and these parameters.
    pub async fn ask(&self, parameters: &Value) -> Answer {
        self.post(&[JSON, STRICT, MALI], parameters.to_string())
            .await
    }

    pub async fn post(&self, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
        request(self.address, "POST /graphql", headers, body.as_ref()).await
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        request(self.address, &format!("GET {path}"), headers, b"").await
    }

    pub fn stop(&mut self) {
        self.stop.take();
    }

    pub async fn stopped(self) {
        self.served
            .await
            .expect("serving does not panic")
            .expect("serving ends well");
        self.app.finish().await;
    }

    pub fn finished(&self) -> u32 {
        self.finished.0.load(Ordering::SeqCst)
    }
}

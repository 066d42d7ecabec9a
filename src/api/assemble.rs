//! The house put together: configuration, tenants and issuers become an [`App`].

use std::any::TypeId;
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use metrics_exporter_prometheus::PrometheusHandle;

use super::schema::{KEPT, schema};
use super::standpoint::standpoint;
use super::{
    App, DevelopmentPage, Executor, Guest, NotAdmitted, Operation, Parts, Prepare, Readiness,
    TraceId,
};
use crate::auth::{Caller, Refused, Verifier};
use crate::graphql::{Cursors, Request};
use crate::kernel::Clock;
use crate::ledger::Heads;
use crate::platform::config::Config;
use crate::tenancy::Tenants;

/// How long an origin that a country has just listed may wait to be known.
const ORIGINS_FRESH: Duration = Duration::from_secs(10);

/// What a running server consists of, besides its configuration.
pub struct Services {
    pub clock: Clock,
    pub tenants: Tenants,
    pub verifier: Verifier,
    pub metrics: Option<PrometheusHandle>,
    pub development: Option<DevelopmentPage>,
}

/// # Errors
/// A file of trusted documents or an address of Redis that cannot be read.
pub fn assemble(config: Config, services: Services) -> anyhow::Result<App> {
    let Services {
        clock,
        tenants,
        verifier,
        metrics,
        development,
    } = services;
    let executor = Executor::new(|mode| schema().validation_mode(mode).finish());
    let admit = {
        let lobby = Arc::new(Lobby {
            verifier,
            tenants: tenants.clone(),
            clock: clock.clone(),
            cursors: Cursors::new(&config.graphql.signing_secret),
            heads: Heads::default(),
        });
        Arc::new(move |headers: HeaderMap| {
            let lobby = Arc::clone(&lobby);
            Box::pin(async move { lobby.admit(&headers).await }) as _
        })
    };
    let origins = Arc::new(RwLock::new(HashSet::new()));
    tokio::spawn(follow_origins(tenants.clone(), Arc::downgrade(&origins)));
    App::new(Parts {
        config,
        clock,
        executor,
        kept: KEPT,
        admit,
        any_origin: Arc::new(move |origin| {
            let known = origins.read().unwrap_or_else(PoisonError::into_inner);
            known.contains(origin)
        }),
        readiness: Arc::new(move || {
            let tenants = tenants.clone();
            Box::pin(async move { readiness(&tenants).await })
        }),
        metrics,
        development,
    })
}

/// What it takes to let somebody in.
struct Lobby {
    verifier: Verifier,
    tenants: Tenants,
    clock: Clock,
    cursors: Cursors,
    heads: Heads,
}

impl Lobby {
    async fn admit(&self, headers: &HeaderMap) -> Result<Guest, NotAdmitted> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let claimed = text("x-kada-tenant");
        let caller = self
            .verifier
            .caller(&self.tenants, text(AUTHORIZATION.as_str()), claimed)
            .await
            .map_err(|refused| match refused {
                Refused::Unauthorized(_) => NotAdmitted::Unauthenticated,
                Refused::TenantMigrating => NotAdmitted::Migrating,
                Refused::Fault(fault) => NotAdmitted::Fault(fault),
            })?;
        let (tenant, origins) = match &caller {
            Caller::Tenant(db, _) => (db.code().to_string(), db.settings().cors_origins.clone()),
            Caller::Hub(_) => ("hub".to_owned(), Vec::new()),
            Caller::Platform(_) => ("platform".to_owned(), Vec::new()),
        };
        let subject = caller.actor().subject.clone();
        let standpoint = standpoint(&caller, headers, &self.clock, &self.heads);
        let (clock, cursors) = (self.clock.clone(), self.cursors.clone());
        let caller = Arc::new(caller);
        let known = Arc::clone(&caller);
        let prepare: Prepare = Arc::new(move |request, operation| {
            prepare(request, operation, &caller, &clock, &cursors)
        });
        Ok(Guest {
            tenant,
            subject,
            origins,
            prepare,
            standpoint,
            caller: Some(known),
        })
    }
}

fn prepare(
    request: async_graphql::Request,
    operation: &Operation<'_>,
    caller: &Caller,
    clock: &Clock,
    cursors: &Cursors,
) -> async_graphql::Request {
    let languages = operation.headers.get(ACCEPT_LANGUAGE);
    let trace = request.data.get(&TypeId::of::<TraceId>());
    let trace = trace.and_then(|it| it.downcast_ref::<TraceId>());
    // The fields of a mutation run one after another, each around its own write.
    let several =
        operation.definition.ty != OperationType::Mutation && !is_one_field(operation.definition);
    let rq = Request::new(
        caller.clone(),
        clock.clone(),
        languages.and_then(|value| value.to_str().ok()),
        cursors.clone(),
        several,
        trace.map(|it| it.0.clone()).unwrap_or_default(),
    );
    request.data(Arc::new(rq))
}

/// Whether the operation asks for a single root field, so that one statement may be all there is.
fn is_one_field(operation: &OperationDefinition) -> bool {
    match &operation.selection_set.node.items[..] {
        [only] => matches!(only.node, Selection::Field(_)),
        _ => false,
    }
}

async fn readiness(tenants: &Tenants) -> Readiness {
    match tenants.pending().await {
        Ok(pending) => Readiness {
            database: true,
            migrations: !pending.iter().any(|it| it == "control" || it == "shared"),
        },
        Err(_) => Readiness {
            database: false,
            migrations: false,
        },
    }
}

/// Keeps the origins of all tenants: a preflight names no tenant, and no request may ask for all of them.
async fn follow_origins(tenants: Tenants, origins: std::sync::Weak<RwLock<HashSet<String>>>) {
    loop {
        let listed = tenants.list().await;
        let Some(known) = origins.upgrade() else {
            return;
        };
        if let Ok(listed) = listed {
            let all = listed.into_iter().flat_map(|it| it.cors_origins).collect();
            *known.write().unwrap_or_else(PoisonError::into_inner) = all;
        }
        drop(known);
        tokio::time::sleep(ORIGINS_FRESH).await;
    }
}

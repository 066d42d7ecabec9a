//! `kada serve`: the production form.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::api::{self, Services, assemble};
use crate::auth::Verifier;
use crate::kernel::Clock;
use crate::platform::config::Config;
use crate::platform::database::Address;
use crate::platform::{shutdown, telemetry};
use crate::tenancy::Tenants;

pub(super) async fn run() -> anyhow::Result<()> {
    let config = Config::load()?;
    config.check_for_serving()?;
    let telemetry = telemetry::start(&config.log, &config.telemetry)?;
    let listener = bind(config.http.listen).await?;
    let clock = Clock::system();
    let tenants = Tenants::new(Address::new(&config.database)?, &config.database);
    let pending = tenants.pending().await.context(
        "cannot ask the database; before the first `kada migrate` it has no role kada_serve",
    )?;
    anyhow::ensure!(
        pending.is_empty(),
        "migrations are pending for {}: run `kada migrate` first",
        pending.join(", ")
    );
    let verifier = Verifier::new(config.issuer.clone(), clock.clone())?;
    let services = Services {
        clock,
        tenants,
        verifier,
        metrics: Some(telemetry.metrics()),
        development: None,
    };
    listen(listener, config, services, shutdown::signal()?).await
}

/// Takes the address before anything long begins; who connects meanwhile waits.
pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

/// Serves until told to stop, then lets running requests finish within the configured time.
pub(super) async fn listen(
    listener: TcpListener,
    config: Config,
    services: Services,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let http = config.http.clone();
    let app = assemble(config, services)?;
    api::serve(listener, api::router(app.clone()), &http, stop).await?;
    let patience = std::time::Duration::from_secs(http.shutdown_seconds);
    if tokio::time::timeout(patience, app.finish()).await.is_err() {
        tracing::warn!("requests were still running at the end of the grace period");
    }
    Ok(())
}

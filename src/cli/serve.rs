//! `kada serve`: the production form.

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
    let telemetry = telemetry::start(&config.log)?;
    let clock = Clock::system();
    let tenants = Tenants::new(Address::new(&config.database)?, &config.database);
    let pending = tenants
        .pending()
        .await
        .context("the database does not answer")?;
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
    listen(config, services).await
}

/// Serves until a signal, then lets running requests finish within the configured time.
pub(super) async fn listen(config: Config, services: Services) -> anyhow::Result<()> {
    let http = config.http.clone();
    let listener = TcpListener::bind(http.listen)
        .await
        .with_context(|| format!("cannot listen on {}", http.listen))?;
    let stop = shutdown::signal()?;
    let app = assemble(config, services)?;
    api::serve(listener, api::router(app.clone()), &http, stop).await?;
    let patience = std::time::Duration::from_secs(http.shutdown_seconds);
    if tokio::time::timeout(patience, app.finish()).await.is_err() {
        tracing::warn!("requests were still running at the end of the grace period");
    }
    Ok(())
}

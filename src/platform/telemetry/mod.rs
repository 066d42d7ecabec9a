//! Logs on standard error, so that what a command prints stays clean; metrics for Prometheus to fetch; both traces
//! and metrics for a collector, where one is configured.

mod otlp;

use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::layers::FanoutBuilder;
use tokio::task::JoinHandle;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use self::otlp::Otlp;
pub use self::otlp::follow;
use super::config::{Log, LogFormat, Telemetry};

/// From a cached answer to a request that times out.
const SECONDS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];

/// Samples wait in buffers until someone renders them; without a scrape they would wait for ever.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder is the process's own: whoever starts later (tests do) shares it.
static METRICS: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

pub struct Guard {
    metrics: PrometheusHandle,
    upkeep: JoinHandle<()>,
    _otlp: Option<Otlp>,
}

impl Guard {
    #[must_use]
    pub fn metrics(&self) -> PrometheusHandle {
        self.metrics.clone()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.upkeep.abort();
    }
}

/// Starts logs, metrics and traces, inside a Tokio runtime. A second start in one process keeps the first one's.
///
/// # Errors
/// If the filter cannot be read, the collector's address is none, or another recorder of metrics is installed.
pub fn start(log: &Log, telemetry: &Telemetry) -> anyhow::Result<Guard> {
    let filter = EnvFilter::builder()
        .parse(&log.filter)
        .with_context(|| format!("log.filter is not a filter: {}", log.filter))?;
    let wanted = !telemetry.otlp_endpoint.is_empty();
    let otlp = wanted.then(|| Otlp::new(telemetry)).transpose()?;
    let registry = tracing_subscriber::registry();
    // Fails only if there is a subscriber already, which is then the one to keep.
    let _ = match (&otlp, log.filter.parse::<Targets>()) {
        (Some(otlp), _) => registry
            .with(format(log.format).with_filter(filter))
            .with(otlp.layer())
            .try_init(),
        // Where the log alone listens, and to levels and targets alone, no span needs to be looked at when it is
        // entered, which is at every poll.
        (None, Ok(targets)) => registry.with(format(log.format)).with(targets).try_init(),
        (None, Err(_)) => registry.with(format(log.format)).with(filter).try_init(),
    };
    let metrics = recorder(otlp.as_ref())?;
    let upkeep = tokio::spawn({
        let metrics = metrics.clone();
        async move {
            let mut tick = tokio::time::interval(UPKEEP);
            loop {
                tick.tick().await;
                metrics.run_upkeep();
            }
        }
    });
    Ok(Guard {
        metrics,
        upkeep,
        _otlp: otlp,
    })
}

fn format(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let layer = fmt::layer().with_writer(stderr);
    match format {
        LogFormat::Text => layer.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    }
}

fn recorder(otlp: Option<&Otlp>) -> anyhow::Result<PrometheusHandle> {
    let mut installed = METRICS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(metrics) = &*installed {
        return Ok(metrics.clone());
    }
    let prometheus = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
        .build_recorder();
    let metrics = prometheus.handle();
    let recorders = FanoutBuilder::default().add_recorder(prometheus);
    let recorders = match otlp {
        Some(otlp) => recorders.add_recorder(otlp.recorder()),
        None => recorders,
    };
    metrics::set_global_recorder(recorders.build())
        .ok()
        .context("another recorder of metrics is installed")?;
    Ok(installed.insert(metrics).clone())
}

#[cfg(test)]
mod tests {
    use super::start;
    use crate::platform::config::{Config, Log};

    #[tokio::test]
    async fn several_starts_share_one_recorder() {
        let Config { log, telemetry, .. } = Config::defaults();
        let (first, second) = (start(&log, &telemetry), start(&log, &telemetry));
        let (first, second) = (first.expect("first"), second.expect("second"));
        metrics::counter!("kada_test_starts").increment(2);
        metrics::histogram!("kada_test_seconds").record(0.02);
        drop(first);
        let page = second.metrics().render();
        assert!(page.contains("kada_test_starts 2"), "{page}");
        assert!(
            page.contains(r#"kada_test_seconds_bucket{le="0.025"} 1"#),
            "{page}"
        );
    }

    #[tokio::test]
    async fn a_filter_that_cannot_be_read_is_named() {
        let log = Log {
            filter: "kada=loud".into(),
            ..Config::defaults().log
        };
        let telemetry = Config::defaults().telemetry;
        let fault = start(&log, &telemetry)
            .err()
            .expect("no such level")
            .to_string();
        assert!(fault.contains("kada=loud"), "{fault}");
    }
}

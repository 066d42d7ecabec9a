//! Traces and metrics for a collector, as OTLP over HTTP: spans named by verb under their request, every statement
//! under its verb. What was asked for in a request, and with which values, is in none of them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use metrics_opentelemetry::{OpenTelemetryMetrics, OpenTelemetryRecorder};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span as _, SpanKind, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, SdkMeterProvider, Stream};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::SECONDS;
use crate::platform::config::Telemetry;
use crate::platform::tls;

const TIMEOUT: Duration = Duration::from_secs(10);

/// What sqlx says of each statement goes by this name.
const STATEMENTS: &str = "sqlx::query";

/// What sends; ends with a last delivery.
pub(super) struct Otlp {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

impl Otlp {
    pub(super) fn new(config: &Telemetry) -> anyhow::Result<Self> {
        let base = config.otlp_endpoint.trim_end_matches('/');
        let client = client()?;
        let resource = Resource::builder()
            .with_service_name("kada")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let spans = SpanExporter::builder()
            .with_http()
            .with_http_client(client.clone())
            .with_endpoint(format!("{base}/v1/traces"))
            .build()
            .context("telemetry.otlp_endpoint")?;
        let traces = SdkTracerProvider::builder()
            .with_batch_exporter(spans)
            .with_sampler(Sampler::TraceIdRatioBased(config.trace_ratio))
            .with_resource(resource.clone())
            .build();
        let measures = MetricExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(format!("{base}/v1/metrics"))
            .build()
            .context("telemetry.otlp_endpoint")?;
        let metrics = SdkMeterProvider::builder()
            .with_periodic_exporter(measures)
            .with_view(seconds)
            .with_resource(resource)
            .build();
        Ok(Self { traces, metrics })
    }

    pub(super) fn recorder(&self) -> OpenTelemetryRecorder {
        OpenTelemetryRecorder::new(OpenTelemetryMetrics::new(self.metrics.meter("kada")))
    }

    pub(super) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let tracer = self.traces.tracer("kada");
        let own = Targets::new().with_target("kada", LevelFilter::INFO);
        let spans = tracing_opentelemetry::layer()
            .with_tracer(tracer.clone())
            .with_location(false)
            .with_threads(false)
            .with_filter(own);
        let statements =
            Statements(tracer).with_filter(filter_fn(|metadata| metadata.target() == STATEMENTS));
        spans.and_then(statements)
    }
}

impl Drop for Otlp {
    fn drop(&mut self) {
        if let Err(error) = self.traces.shutdown() {
            tracing::warn!(%error, "the last traces were not delivered");
        }
        if let Err(error) = self.metrics.shutdown() {
            tracing::warn!(%error, "the last metrics were not delivered");
        }
    }
}

/// Puts a request's span under the caller's trace, if a header `traceparent` names one, and tells the trace's id;
/// `None` when no traces are made.
#[must_use]
pub fn follow(span: &Span, traceparent: Option<&str>) -> Option<String> {
    if let Some(parent) = traceparent {
        let carrier = HashMap::from([("traceparent".to_owned(), parent.to_owned())]);
        // A parent that cannot be read leaves the span the first of its trace.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
    }
    let context = span.context();
    let trace = context.span().span_context().trace_id();
    (trace != opentelemetry::TraceId::INVALID).then(|| trace.to_string())
}

/// The exporters send from threads of their own, outside the runtime, where a blocking client must be made, too.
fn client() -> anyhow::Result<reqwest::blocking::Client> {
    let made = std::thread::spawn(|| {
        anyhow::Ok(
            reqwest::blocking::Client::builder()
                .tls_backend_preconfigured(tls::trust()?)
                .redirect(reqwest::redirect::Policy::none())
                .timeout(TIMEOUT)
                .user_agent(concat!("kada/", env!("CARGO_PKG_VERSION")))
                .build()?,
        )
    });
    made.join()
        .unwrap_or_else(|_| Err(anyhow::anyhow!("the thread that makes it broke off")))
        .context("the client that calls the collector")
}

/// The same buckets as for Prometheus.
fn seconds(instrument: &Instrument) -> Option<Stream> {
    let boundaries = Aggregation::ExplicitBucketHistogram {
        boundaries: SECONDS.to_vec(),
        record_min_max: true,
    };
    let stream = || Stream::builder().with_aggregation(boundaries).build().ok();
    (instrument.name().ends_with("_seconds"))
        .then(stream)
        .flatten()
}

/// Makes a span of what sqlx tells about a statement once it is over. Its text has placeholders, never values.
struct Statements(SdkTracer);

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        let parent = Context::current();
        if !parent.span().span_context().is_sampled() {
            return;
        }
        let ended = SystemTime::now();
        let mut statement = Statement::default();
        event.record(&mut statement);
        let started = ended
            .checked_sub(Duration::try_from_secs_f64(statement.seconds).unwrap_or_default())
            .unwrap_or(ended);
        let text = match statement.text.trim() {
            "" => statement.summary.clone(),
            text => text.to_owned(),
        };
        let words = statement.summary.trim_end_matches(" …").to_owned();
        let rows = i64::try_from(statement.rows).unwrap_or(i64::MAX);
        self.0
            .span_builder(Cow::Owned(words))
            .with_kind(SpanKind::Client)
            .with_start_time(started)
            .with_attributes([
                KeyValue::new("db.system.name", "postgresql"),
                KeyValue::new("db.query.text", text),
                KeyValue::new("db.response.returned_rows", rows),
            ])
            .start_with_context(&self.0, &parent)
            .end_with_timestamp(ended);
    }
}

#[derive(Default)]
struct Statement {
    summary: String,
    text: String,
    seconds: f64,
    rows: u64,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.seconds = value;
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

//! What a collector of traces and metrics receives, and what it never does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use kada::auth::Role;
use kada::platform::config::{Config, Telemetry};
use kada::platform::telemetry;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::json;

use super::support::world::{World, client};

type Received = Arc<Mutex<Vec<Bytes>>>;

/// A collector that keeps what it is sent.
struct Collector {
    address: String,
    traces: Received,
    metrics: Received,
}

async fn keep(State(kept): State<Received>, body: Bytes) {
    kept.lock().expect("nobody panicked").push(body);
}

impl Collector {
    async fn start() -> Self {
        let (traces, metrics) = (Received::default(), Received::default());
        let routes = axum::Router::new()
            .route("/v1/traces", post(keep).with_state(traces.clone()))
            .route("/v1/metrics", post(keep).with_state(metrics.clone()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            address,
            traces,
            metrics,
        }
    }

    fn spans(&self) -> Vec<Span> {
        let bodies = self.traces.lock().expect("nobody panicked");
        bodies
            .iter()
            .map(|body| ExportTraceServiceRequest::decode(body.clone()).expect("traces"))
            .flat_map(|it| it.resource_spans)
            .flat_map(|it| it.scope_spans)
            .flat_map(|it| it.spans)
            .collect()
    }

    /// The sum of each counter.
    fn counters(&self) -> BTreeMap<String, f64> {
        use opentelemetry_proto::tonic::metrics::v1::{metric::Data, number_data_point};
        let bodies = self.metrics.lock().expect("nobody panicked");
        let mut counters = BTreeMap::new();
        for metric in bodies
            .iter()
            .map(|body| ExportMetricsServiceRequest::decode(body.clone()).expect("metrics"))
            .flat_map(|it| it.resource_metrics)
            .flat_map(|it| it.scope_metrics)
            .flat_map(|it| it.metrics)
        {
            let Some(Data::Sum(sum)) = metric.data else {
                counters.entry(metric.name).or_insert(0.0);
                continue;
            };
            for point in sum.data_points {
                *counters.entry(metric.name.clone()).or_default() += match point.value {
                    Some(number_data_point::Value::AsDouble(value)) => value,
                    #[expect(clippy::cast_precision_loss, reason = "the test counts to two")]
                    Some(number_data_point::Value::AsInt(value)) => value as f64,
                    None => 0.0,
                };
            }
        }
        counters
    }
}

fn text(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|it| it.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_each_verb_under_its_request_and_no_person() {
    let collector = Collector::start().await;
    let log = Config::defaults().log;
    let to = Telemetry {
        otlp_endpoint: collector.address.clone(),
        trace_ratio: 1.0,
    };
    let guard = telemetry::start(&log, &to).expect("telemetry");
    let world = World::new().await;
    let country = world.country().await;
    let register = "mutation R($input: RegisterWorkerInput!) { registerWorker(input: $input) {
        worker { id } errors { message } } }";
    let unit = country.id("orgUnit", "A-1").await;
    let person = json!({ "orgUnit": unit, "sector": "HEALTH", "familyName": "Quelquun", "givenNames": "Fanta", "sex": "FEMALE",
        "birthDate": "1980-05-17", "contacts": [{ "kind": "PHONE", "value": "+22376123456" }] });
    let (trace, caller) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let response = client()
        .post(format!("http://{}/graphql", world.address))
        .bearer_auth(country.caller(Role::HrManager).token())
        .header("traceparent", format!("00-{trace}-{caller}-01"))
        .json(&json!({ "query": register, "variables": { "input": person } }))
        .send();
    let answer = response
        .await
        .expect("an answer")
        .text()
        .await
        .expect("text");
    assert!(answer.contains(r#""errors":[]"#), "{answer}");
    tokio::task::spawn_blocking(move || drop(guard))
        .await
        .expect("a last delivery");

    let spans = collector.spans();
    let of_request: Vec<&Span> = spans
        .iter()
        .filter(|it| hex::encode(&it.trace_id) == trace)
        .collect();
    let named = |name: &str| {
        let found = of_request.iter().find(|it| it.name.starts_with(name));
        *found.unwrap_or_else(|| panic!("no span {name} in {of_request:#?}"))
    };
    let request = named("POST /graphql");
    let mutation = named("mutation registerWorker");
    let verb = named("workforce.register");
    let statement = named("insert into worker");
    assert_eq!(hex::encode(&request.parent_span_id), caller);
    assert_eq!(mutation.parent_span_id, request.span_id);
    assert_eq!(verb.parent_span_id, mutation.span_id);
    assert_eq!(statement.parent_span_id, verb.span_id);
    assert!(statement.start_time_unix_nano <= statement.end_time_unix_nano);
    assert_eq!(
        text(request, "tenant.id"),
        Some(country.code.as_str().to_owned())
    );
    assert_eq!(
        text(request, "http.response.status_code").as_deref(),
        Some("200")
    );
    let all = format!("{spans:?}");
    for personal in ["Quelquun", "Fanta", "76123456", "mutation R("] {
        assert!(!all.contains(personal), "{personal} went to the collector");
    }
    let counters = collector.counters();
    assert!(
        counters["kada_graphql_requests_total"] >= 1.0,
        "{counters:?}"
    );
    assert!(counters.contains_key("kada_graphql_request_seconds"));
}

//! The house with the whole schema in it: the public audits, and requests that ask for too much.

use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::node;
use crate::support::raw::{Answer, request};
use crate::support::world::World;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const STRICT: (&str, &str) = ("Accept", "application/graphql-response+json");

#[tokio::test]
async fn the_running_server_passes_every_public_audit() {
    let Some(folder) = node::package("audits", "graphql-http", false) else {
        return;
    };
    let world = World::new().await;
    let country = world.country().await;
    let url = format!("http://{}/graphql", world.address);
    let audits = tokio::process::Command::new("node")
        .args(["run.mjs", &url, &country.caller(Role::Viewer).token()])
        .current_dir(&folder)
        .output()
        .await;
    let audits = audits.expect("node runs");
    let report = String::from_utf8_lossy(&audits.stdout);
    assert!(
        audits.status.success() && report.contains("61 of 61"),
        "{report}"
    );
}

/// Posts bytes as they are, by somebody with a token.
async fn post(world: &World, token: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [JSON, STRICT, ("Authorization", bearer.as_str())];
    request(world.address, "POST /graphql", &headers, body.as_bytes()).await
}

#[tokio::test]
async fn hostile_documents_are_refused_each_by_its_code() {
    let world = World::new().await;
    let country = world.country().await;
    let token = country.caller(Role::HrManager).token();
    let units = |depth: usize| {
        format!(
            "{{ orgUnits(first: 1) {{ nodes {{ {} id {} }} }} }}",
            "parent { ".repeat(depth),
            "}".repeat(depth)
        )
    };
    let aliases = |field: &str| {
        let fields: String = (0..10_000).map(|n| format!("a{n}: {field} ")).collect();
        format!("{{ {fields} }}")
    };
    for (name, document, code) in [
        ("depth", units(1_000), "TOO_DEEP"),
        ("aliases", aliases("viewer { subject }"), "TOO_MANY_ALIASES"),
        ("aliases of __typename", aliases("__typename"), "TOO_MANY_ALIASES"),
        ("directives", format!("{{ viewer {} {{ subject }} }}", "@include(if: true) ".repeat(10_000)), "TOO_MANY_DIRECTIVES"),
        (
            "circular fragments",
            "{ orgUnits(first: 1) { nodes { ...A } } }
             fragment A on OrgUnit { parent { ...B } } fragment B on OrgUnit { children { ...A } }"
                .to_owned(),
            "CIRCULAR_FRAGMENTS",
        ),
        ("root fields", format!("{{ {} }}", "viewer { subject } ".repeat(100)), "TOO_MANY_ROOT_FIELDS"),
        (
            "nested lists",
            "{ workers(first: 100) { nodes { history(first: 100) { worker { history(first: 100) { seq } } } } } }"
                .to_owned(),
            "COST_TOO_HIGH",
        ),
        ("no document", "nonsense".to_owned(), "GRAPHQL_PARSE_FAILED"),
    ] {
        let answer = post(&world, &token, &json!({ "query": document }).to_string()).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, code), "{name}");
        assert!(answer.body.len() < 4_096, "{name}");
    }
    // Legal introspection of the whole schema, deep as it is, passes.
    let types =
        "{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }";
    let answer = post(&world, &token, &json!({ "query": types }).to_string()).await;
    assert_eq!(answer.json().get("errors"), None);
}

#[tokio::test]
async fn hostile_bodies_are_refused_each_by_its_code() {
    let world = World::new().await;
    let country = world.country().await;
    let token = country.caller(Role::HrManager).token();
    let large = json!({ "query": format!("{{ viewer {{ subject }} }} #{}", "x".repeat(1 << 20)) });
    let batch: Vec<Value> = (0..1_000)
        .map(|_| json!({ "query": "{__typename}" }))
        .collect();
    let ids: Vec<&str> = vec!["fac_018f0000000070008000000000000000"; 501];
    let list =
        "query($ids: [ID!]) { workers(first: 1, filter: {facilities: $ids}) { nodes { id } } }";
    for (name, body, status, code) in [
        ("a megabyte", large.to_string(), 413, "BODY_TOO_LARGE"),
        (
            "a batch of a thousand",
            json!(batch).to_string(),
            400,
            "BATCH_TOO_LONG",
        ),
        (
            "a list",
            json!({ "query": list, "variables": { "ids": ids } }).to_string(),
            400,
            "LIST_TOO_LONG",
        ),
        (
            "brackets",
            format!(
                "{{\"query\":\"{{a}}\",\"variables\":{}",
                "[".repeat(100_000)
            ),
            400,
            "TOO_DEEP",
        ),
        (
            "half a body",
            "{\"query\":".to_owned(),
            400,
            "MALFORMED_REQUEST",
        ),
    ] {
        let answer = post(&world, &token, &body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{name}"
        );
    }
    let (status, answer) = world.post(None, &json!({ "query": "{__typename}" })).await;
    assert_eq!(
        (status, &answer["errors"][0]["extensions"]["code"]),
        (401, &json!("UNAUTHENTICATED"))
    );
}

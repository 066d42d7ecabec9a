//! Who may see what: tokens, origins, faults, introspection, trusted documents, and the routes beside GraphQL.

use serde_json::{Value, json};
use sha2::Digest;

use super::house::{House, JSON, MALI, STRICT};
use crate::support::raw::request;

#[tokio::test]
async fn callers_without_a_good_token_learn_nothing() {
    let house = House::open().await;
    let body = json!({ "query": "{ hello }" }).to_string();
    let mut bodies = Vec::new();
    for headers in [
        &[JSON][..],
        &[JSON, ("Authorization", "Bearer forged")],
        &[JSON, ("Authorization", "Basic bWw6bWw=")],
    ] {
        let answer = house.post(headers, &body).await;
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, Some("Bearer"))
        );
        bodies.push(answer.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    for (token, code) in [
        ("Bearer migrating", "TENANT_MIGRATING"),
        ("Bearer lost", "UNAVAILABLE"),
    ] {
        let answer = house.post(&[JSON, ("Authorization", token)], &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, code));
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
    }
}

#[tokio::test]
async fn faults_are_masked_and_traced() {
    let house = House::open().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    let headers = [JSON, STRICT, MALI, ("traceparent", parent.as_str())];
    for (field, status, code) in [
        ("broken", 200, "INTERNAL"),
        ("careless", 200, "INTERNAL"),
        ("lost", 503, "UNAVAILABLE"),
    ] {
        let answer = house
            .post(
                &headers,
                json!({ "query": format!("{{ {field} }}") }).to_string(),
            )
            .await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
        assert_eq!(answer.json()["errors"][0]["extensions"]["traceId"], trace);
        assert!(
            !String::from_utf8_lossy(&answer.body).contains("secret"),
            "{field}"
        );
    }
    let partial = house.ask(&json!({ "query": "{ hello lost }" })).await;
    assert_eq!(
        (partial.status, partial.json()["data"]["hello"].as_str()),
        (200, Some("hello ml"))
    );
    let panicked = house.ask(&json!({ "query": "{ panics }" })).await;
    assert_eq!(
        (panicked.status, panicked.code().as_str()),
        (500, "INTERNAL")
    );
    assert_eq!(
        house.ask(&json!({ "query": "{ hello }" })).await.status,
        200
    );
}

#[tokio::test]
async fn origins_are_opened_by_the_callers_own_tenant() {
    let house = House::open().await;
    let body = json!({ "query": "{ hello }" }).to_string();
    for (origin, preflight, answered) in [
        ("https://ml.example", true, true),
        ("https://tz.example", true, false),
        ("https://evil.example", false, false),
        ("null", false, false),
    ] {
        let asked = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
        ];
        let answer = request(house.address, "OPTIONS /graphql", &asked, b"").await;
        assert_eq!(answer.status, 204);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            preflight.then_some(origin)
        );
        let answer = house.post(&[JSON, MALI, ("Origin", origin)], &body).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            answered.then_some(origin)
        );
        let unknown = house.post(&[JSON, ("Origin", origin)], &body).await;
        assert_eq!(
            unknown.header("access-control-allow-origin"),
            preflight.then_some(origin)
        );
    }
}

#[tokio::test]
async fn introspection_and_documents_are_by_configuration() {
    let house = House::with(|config| config.graphql.introspection = false).await;
    for query in [
        "{ __schema { types { name } } }",
        "{ ...F } fragment F on Query { t:__type(name:\"Row\") { name } }",
    ] {
        assert_eq!(
            house.ask(&json!({ "query": query })).await.code(),
            "INTROSPECTION_DISABLED"
        );
    }
    assert_eq!(
        house
            .ask(&json!({ "query": "{ __typename }" }))
            .await
            .json()["data"],
        json!({ "__typename": "Query" })
    );

    let text = "{ hello }";
    let hash = hex::encode(sha2::Sha256::digest(text));
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), json!({ hash.as_str(): text }).to_string())
        .expect("it can be written");
    let house =
        House::with(|config| config.graphql.trusted_documents = file.path().to_owned()).await;
    let persisted =
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } });
    for parameters in [
        persisted.clone(),
        json!({ "documentId": hash }),
        json!({ "documentId": format!("sha256:{hash}") }),
        json!({ "query": text }),
    ] {
        assert_eq!(
            house.ask(&parameters).await.json()["data"],
            json!({ "hello": "hello ml" }),
            "{parameters}"
        );
    }
    for parameters in [
        json!({ "query": "{ hello hello }" }),
        json!({ "documentId": "0".repeat(64) }),
    ] {
        assert_eq!(house.ask(&parameters).await.code(), "UNTRUSTED_DOCUMENT");
    }
    let mismatch = json!({ "query": "{ hello hello }", "documentId": hash });
    assert_eq!(house.ask(&mismatch).await.status, 400);
    let open = House::open().await;
    assert_eq!(
        open.ask(&persisted).await.code(),
        "PERSISTED_QUERY_NOT_SUPPORTED"
    );
}

#[tokio::test]
async fn health_metrics_and_console_answer() {
    let house = House::open().await;
    assert_eq!(house.get("/livez", &[]).await.status, 200);
    let ready = house.get("/readyz", &[]).await;
    assert_eq!(ready.status, 503);
    assert_eq!(
        ready.json(),
        json!({ "database": "up", "migrations": "down", "redis": "off", "cache": "memory" })
    );
    assert_eq!(house.get("/metrics", &[]).await.status, 200);
    let page = house.get("/graphiql", &[]).await;
    assert!(String::from_utf8_lossy(&page.body).contains("/graphiql/page.js"));
    assert!(
        page.header("content-security-policy")
            .is_some_and(|policy| policy.contains("default-src 'self'"))
    );
    assert_eq!(house.get("/graphiql/page.js", &[]).await.status, 200);
    assert_eq!(
        house.get("/dev/tokens.json", &[]).await.json()[0]["role"],
        Value::from("hr_manager")
    );
    assert_eq!(
        house.get("/dev/tabs.json", &[]).await.json()[0]["title"],
        Value::from("Say hello")
    );
    let closed = House::with(|config| config.graphql.graphiql = false).await;
    for path in [
        "/graphiql",
        "/graphiql/page.js",
        "/dev/tokens.json",
        "/dev/tabs.json",
        "/",
    ] {
        assert_eq!(closed.get(path, &[]).await.status, 404, "{path}");
    }
}

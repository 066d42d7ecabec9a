//! GraphQL over HTTP: negotiation, parameters, status codes, and the public audits.

use serde_json::json;

use super::house::{House, JSON, MALI, STRICT};
use crate::support::node;
use crate::support::raw::request;

#[tokio::test]
async fn a_query_is_answered_in_either_media_type() {
    let house = House::open().await;
    let body = json!({ "query": "{ hello }" }).to_string();
    let strict = house.post(&[JSON, STRICT, MALI], &body).await;
    assert_eq!(strict.status, 200);
    assert_eq!(
        strict.header("content-type"),
        Some("application/graphql-response+json; charset=utf-8")
    );
    assert_eq!(strict.header("cache-control"), Some("no-store"));
    assert_eq!(
        strict.header("vary"),
        Some("Origin, Accept, Accept-Language, Authorization")
    );
    assert_eq!(strict.json()["data"], json!({ "hello": "hello ml" }));
    assert_eq!(
        strict.json()["extensions"]["cost"],
        json!({ "requested": 1, "limit": 20000, "remaining": 99_999 })
    );
    let plain = house.post(&[JSON, MALI], &body).await;
    assert_eq!(
        plain.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    let refused = house
        .post(&[JSON, MALI, ("Accept", "text/html")], &body)
        .await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (406, "NOT_ACCEPTABLE")
    );
    let by_url = house
        .get(
            "/graphql?query=query($n:Int!)%7Brows(first:$n)%7Bid%7D%7D&variables=%7B%22n%22:1%7D",
            &[MALI],
        )
        .await;
    assert_eq!(by_url.json()["data"], json!({ "rows": [{ "id": 0 }] }));
}

#[tokio::test]
async fn only_json_and_only_post_for_mutations() {
    let house = House::open().await;
    let body = json!({ "query": "mutation { bump(by: 1) }" }).to_string();
    assert_eq!(
        house.post(&[JSON, MALI], &body).await.json()["data"],
        json!({ "bump": 2 })
    );
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
    ] {
        let answer = house.post(&[("Content-Type", kind), MALI], &body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (415, "UNSUPPORTED_MEDIA_TYPE"),
            "{kind}"
        );
    }
    assert_eq!(house.post(&[MALI], &body).await.status, 415);
    assert_eq!(
        house
            .post(&[JSON, MALI, ("Content-Encoding", "gzip")], &body)
            .await
            .status,
        415
    );
    let by_get = house
        .get("/graphql?query=mutation%7Bbump(by:1)%7D", &[MALI])
        .await;
    assert_eq!((by_get.status, by_get.header("allow")), (405, Some("POST")));
    let put = request(house.address, "PUT /graphql", &[MALI], b"").await;
    assert_eq!(put.status, 405);
    assert!(
        put.header("allow")
            .is_some_and(|allow| allow.contains("POST"))
    );
}

#[tokio::test]
async fn malformed_requests_are_400_and_faulty_documents_follow_the_media_type() {
    let house = House::open().await;
    for body in [
        "",
        "nonsense",
        "1",
        "null",
        "[]",
        "[1]",
        "{}",
        "{\"query\":1}",
        "{\"query\":null}",
        "{\"query\":\"{hello}\",\"variables\":[]}",
        "{\"query\":\"{hello}\",\"extensions\":\"x\"}",
        "{\"query\":\"{hello}\",\"operationName\":1}",
        "{\"query\":\"{hello}\"",
        "{\"query\":\"{hello}\",\"query\":",
    ] {
        for headers in [&[JSON, MALI][..], &[JSON, STRICT, MALI]] {
            let answer = house.post(headers, body).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (400, "MALFORMED_REQUEST"),
                "{body}"
            );
        }
    }
    for (parameters, code) in [
        (json!({ "query": "{" }), "GRAPHQL_PARSE_FAILED"),
        (
            json!({ "query": "{ hello } \u{1}" }),
            "GRAPHQL_PARSE_FAILED",
        ),
        (
            json!({ "query": "{ nothing }" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({ "query": "query A { hello }", "operationName": "B" }),
            "OPERATION_NOT_FOUND",
        ),
        (
            json!({ "query": "{ hello }", "operationName": "B" }),
            "OPERATION_NOT_FOUND",
        ),
        (
            json!({ "query": "query A { hello } query B { hello }" }),
            "OPERATION_NOT_FOUND",
        ),
        (
            json!({ "query": "query($n: Int!) { rows(first: $n) { id } }" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({ "query": "query($n: Int!) { rows(first: $n) { id } }", "variables": { "n": null } }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({ "query": "query($n: Int!) { rows(first: $n) { id } }", "variables": { "n": "x" } }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({ "query": "subscription { hello }" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let strict = house.ask(&parameters).await;
        assert_eq!(
            (strict.status, strict.code().as_str()),
            (400, code),
            "{parameters}"
        );
        assert_eq!(strict.json().get("data"), None, "{parameters}");
        let plain = house.post(&[JSON, MALI], parameters.to_string()).await;
        assert_eq!(
            (plain.status, plain.code().as_str()),
            (200, code),
            "{parameters}"
        );
    }
    let twice = house
        .get("/graphql?query=%7Bhello%7D&query=%7Bhello%7D", &[MALI])
        .await;
    assert_eq!(twice.status, 400);
}

#[tokio::test]
async fn a_batch_is_answered_in_order() {
    let house = House::open().await;
    let one = json!({ "query": "{ hello }" });
    let answer = house
        .ask(&json!([one, { "query": "{ nothing }" }, { "query": "mutation { bump(by: 1) }" }]))
        .await;
    assert_eq!(answer.status, 200);
    let answers = answer.json();
    assert_eq!(answers[0]["data"], json!({ "hello": "hello ml" }));
    assert_eq!(
        answers[1]["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    assert_eq!(answers[2]["data"], json!({ "bump": 2 }));
    assert_eq!(
        house
            .ask(&json!([one]))
            .await
            .json()
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn every_public_audit_is_ok() {
    let Some(folder) = node::package("audits", "graphql-http", true) else {
        return;
    };
    let house = House::open().await;
    let url = format!("http://{}/graphql", house.address);
    let audits = tokio::process::Command::new("node")
        .args(["run.mjs", &url, "ml"])
        .current_dir(&folder)
        .output()
        .await;
    let audits = audits.expect("node runs");
    let report = String::from_utf8_lossy(&audits.stdout);
    assert!(audits.status.success(), "{report}");
    assert!(report.contains("61 of 61"), "{report}");
}

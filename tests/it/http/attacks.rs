//! Requests that ask for too much: each is refused by name, before anything is executed.

use chrono::TimeDelta;
use serde_json::json;

use super::house::{House, JSON, MALI, STRICT};

/// What could exhaust a parser or a lexer.
fn bombs() -> Vec<(&'static str, String, &'static str)> {
    vec![
        (
            "depth",
            format!("{{{}hello{}}}", "nested{".repeat(1000), "}".repeat(1000)),
            "TOO_DEEP",
        ),
        (
            "depth by fields",
            format!("{{{}hello{}}}", "nested{".repeat(15), "}".repeat(15)),
            "TOO_DEEP",
        ),
        (
            "brackets",
            format!("{{rows(first:{}", "[".repeat(100_000)),
            "TOO_DEEP",
        ),
        (
            "objects",
            format!("{{rows(filter:{}", "{inner:".repeat(100_000)),
            "TOO_DEEP",
        ),
        (
            "types",
            format!("query($a:{}", "[".repeat(100_000)),
            "TOO_DEEP",
        ),
        (
            "parentheses",
            format!("{{a{}", "(".repeat(100_000)),
            "TOO_DEEP",
        ),
        (
            "aliases",
            format!("{{{}}}", "a:hello ".repeat(10_000)),
            "TOO_MANY_ALIASES",
        ),
        (
            "aliases of __typename",
            format!("{{{}}}", "a:__typename ".repeat(10_000)),
            "TOO_MANY_ALIASES",
        ),
        (
            "directives",
            format!("{{hello {}}}", "@include(if:true) ".repeat(100_000)),
            "TOO_MANY_DIRECTIVES",
        ),
    ]
}

/// What could exhaust a validator or a database.
fn floods() -> Vec<(&'static str, String, &'static str)> {
    let doubled = |n| format!("fragment F{n} on Query {{ ...F{m} ...F{m} }} ", m = n + 1);
    let doubling = (0..25).map(doubled).collect::<Vec<String>>().concat();
    vec![
        (
            "root fields",
            format!("{{{}}}", "hello ".repeat(21)),
            "TOO_MANY_ROOT_FIELDS",
        ),
        (
            "a long document",
            format!("{{{}}}", "hello ".repeat(170_000)),
            "DOCUMENT_TOO_LONG",
        ),
        (
            "a long name",
            format!("{{{}}}", "h".repeat(1 << 20)),
            "NAME_TOO_LONG",
        ),
        (
            "a long literal list",
            format!(
                "{{rows(first:1,filter:{{ids:[{}]}}){{id}}}}",
                "1 ".repeat(501)
            ),
            "LIST_TOO_LONG",
        ),
        (
            "a circle",
            "{ ...A } fragment A on Query { nested { ...B } } fragment B on Query { ...A }"
                .to_owned(),
            "CIRCULAR_FRAGMENTS",
        ),
        (
            "doubling fragments",
            format!("{{ nested {{ ...F0 }} }} {doubling} fragment F25 on Query {{ hello }}"),
            "TOO_MANY_SELECTIONS",
        ),
        (
            "cost",
            "{ rows(first: 20000) { id } }".to_owned(),
            "COST_TOO_HIGH",
        ),
        (
            "cost by a huge number",
            "{ rows(first: 99999999999999999999) { id } hello }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ]
}

#[tokio::test]
async fn every_limit_is_refused_by_its_own_code() {
    let house = House::with(|config| config.http.body_limit_bytes = 4 << 20).await;
    for (name, query, code) in bombs().into_iter().chain(floods()) {
        let answer = house.ask(&json!({ "query": query })).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, code),
            "{name}"
        );
        assert!(answer.body.len() < 4096, "{name}");
        house.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(house.finished(), 0);
}

#[tokio::test]
async fn variables_and_batches_are_bounded_before_they_are_read() {
    let house = House::with(|config| config.http.body_limit_bytes = 4 << 20).await;
    let query = "query($f: Filter, $n: Int = 1) { rows(first: $n, filter: $f) { id } }";
    let with = |variables: &str| format!("{{\"query\":\"{query}\",\"variables\":{variables}}}");
    for (name, body, code) in [
        ("nested lists", with(&"[".repeat(100_000)), "TOO_DEEP"),
        (
            "nested objects",
            with(&"{\"inner\":".repeat(100_000)),
            "TOO_DEEP",
        ),
        (
            "a long list",
            with(&format!("{{\"f\":{{\"ids\":[{}1]}}}}", "1,".repeat(500))),
            "LIST_TOO_LONG",
        ),
        (
            "many values",
            with(&format!("{{{}\"z\":1}}", "\"k\":1,".repeat(20_000))),
            "VARIABLES_TOO_LARGE",
        ),
        (
            "a batch",
            format!("[{}{{}}]", "{\"query\":\"{hello}\"},".repeat(1000)),
            "BATCH_TOO_LONG",
        ),
        ("a dear page", with("{\"n\":2000000}"), "COST_TOO_HIGH"),
    ] {
        let answer = house.post(&[JSON, STRICT, MALI], body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, code),
            "{name}"
        );
    }
    let within = house
        .post(
            &[JSON, STRICT, MALI],
            with("{\"f\":{\"inner\":{\"ids\":[7]}}}"),
        )
        .await;
    assert_eq!(within.json()["data"], json!({ "rows": [{ "id": 7 }] }));
    let by_url = format!(
        "/graphql?query=%7Bhello%7D&variables={}",
        "%5B".repeat(5000)
    );
    assert_eq!(house.get(&by_url, &[MALI, STRICT]).await.code(), "TOO_DEEP");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_declared_or_not() {
    let house = House::open().await;
    let body = json!({ "query": format!("{{ {} }}", "hello ".repeat(170_000)) }).to_string();
    let answer = house.post(&[JSON, STRICT, MALI], &body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, "BODY_TOO_LARGE")
    );
}

#[tokio::test]
async fn a_document_that_is_kept_is_still_charged_and_checked() {
    let house = House::open().await;
    let page = |n: u32| json!({ "query": "query($n: Int!) { rows(first: $n) { id } }", "variables": { "n": n } });
    for _ in 0..3 {
        assert_eq!(
            house.ask(&page(5)).await.json()["extensions"]["cost"]["requested"],
            6
        );
        assert_eq!(house.ask(&page(20_000)).await.code(), "COST_TOO_HIGH");
    }
    let left = house.ask(&json!({ "query": "{ hello }" })).await;
    assert_eq!(
        left.json()["extensions"]["cost"]["remaining"],
        100_000 - 3 * 6 - 3 * 100 - 1
    );
}

#[tokio::test]
async fn a_document_found_valid_refuses_bad_variables_as_before() {
    let house = House::open().await;
    let query = "query($n: Int!, $f: Filter) { rows(first: $n, filter: $f) { id } }";
    let scalar = "query($n: Int!) { rows(first: $n) { id } }";
    let bad = [
        json!("x"),
        json!(1.5),
        json!(1_u64 << 40),
        json!([1]),
        json!(null),
        json!({}),
    ];
    for round in 0..3 {
        for document in [scalar, query] {
            for n in &bad {
                let answer = house
                    .ask(&json!({ "query": document, "variables": { "n": n } }))
                    .await;
                assert_eq!(
                    (answer.status, answer.json().get("data")),
                    (400, None),
                    "{round} {n}"
                );
            }
            let good = json!({ "query": document, "variables": { "n": 2, "f": { "ids": [7] } } });
            assert_eq!(house.ask(&good).await.status, 200);
        }
        let nested = json!({ "query": query, "variables": { "n": 1, "f": { "ids": ["x"] } } });
        assert_eq!(house.ask(&nested).await.status, 400, "{round}");
    }
}

#[tokio::test]
async fn a_client_that_spends_its_bucket_waits_and_its_neighbour_does_not() {
    let house = House::with(|config| {
        config.rate.capacity = 300;
        config.rate.refill_per_second = 100;
    })
    .await;
    let dear = json!({ "query": "{ rows(first: 249) { id } }" });
    assert_eq!(house.ask(&dear).await.status, 200);
    let spent = house.ask(&dear).await;
    assert_eq!((spent.status, spent.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(spent.header("retry-after"), Some("2"));
    let neighbour = house
        .post(&[JSON, ("Authorization", "Bearer tz")], dear.to_string())
        .await;
    assert_eq!(neighbour.status, 200);
    house.clock.advance(TimeDelta::seconds(2));
    assert_eq!(house.ask(&dear).await.status, 200);
    house.clock.advance(TimeDelta::seconds(60));
    let cheap = json!({ "query": "{ rows(first: 99) { id } }" });
    assert_eq!(house.ask(&json!([cheap, cheap, cheap])).await.status, 200);
    assert_eq!(house.ask(&json!({ "query": "{" })).await.status, 429);
}

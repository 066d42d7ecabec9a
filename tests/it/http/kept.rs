//! Answers from kept bytes: what they are kept under, what is not kept, and what Redis may do to them.

use std::collections::HashSet;
use std::sync::atomic::Ordering::SeqCst;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use chrono::TimeDelta;
use futures_util::future::join_all;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use kada::api::router;
use redis::AsyncCommands;
use serde_json::{Value, json};

use super::house::{House, JSON, MALI, STRICT};
use crate::support::raw::Answer;
use crate::support::redis::Redis;

const KEPT: &[&str] = &["hello", "slow", "rows", "lost", "panics"];

async fn house() -> House {
    House::keeping(KEPT, |_| {}).await
}

async fn beside(redis: &Redis) -> House {
    House::keeping(KEPT, |config| {
        config.redis.url = redis.url();
        config.redis.timeout_ms = 2_000;
    })
    .await
}

/// Where it was found: `memory`, `redis`, `none`; empty where nothing is said of that.
fn level(answer: &Answer) -> String {
    let cache = &answer.json()["extensions"]["cache"];
    let level = cache["level"].as_str().unwrap_or_default().to_owned();
    let hit = (!level.is_empty()).then_some(level != "none");
    assert_eq!(cache["hit"].as_bool(), hit, "{cache}");
    level
}

fn version(answer: &Answer) -> Value {
    answer.json()["extensions"]["cache"]["version"].clone()
}

/// The bytes of `data`, which comes first.
fn data(answer: &Answer) -> String {
    let body = String::from_utf8(answer.body.clone()).expect("text");
    let (data, _) = body.split_once(",\"extensions\":").expect("extensions");
    data.to_owned()
}

const ROWS: &str = "query($n: Int!) { rows(first: $n) { id } more: rows(first: 2) { key: id } }";

fn rows(n: u32) -> Value {
    json!({ "query": ROWS, "variables": { "n": n } })
}

#[tokio::test]
async fn a_second_answer_has_the_bytes_of_the_first_and_of_an_execution() {
    let (house, plain) = (house().await, House::open().await);
    let (first, second) = (house.ask(&rows(3)).await, house.ask(&rows(3)).await);
    let executed = plain.ask(&rows(3)).await;
    assert_eq!(
        [level(&first), level(&second), level(&executed)],
        ["none", "memory", ""]
    );
    assert_eq!(data(&first), data(&executed));
    assert_eq!(data(&second), data(&executed));
    assert_eq!(
        [&version(&first), &version(&second)],
        [&json!("0.0"), &json!("0.0")]
    );
    for answer in [&first, &second] {
        let header = |name| answer.header(name).map(str::to_owned);
        for name in ["content-type", "cache-control", "vary"] {
            assert_eq!(header(name), executed.header(name).map(str::to_owned));
        }
        assert_eq!(answer.status, 200);
    }
    // What was asked costs the same, however it is answered.
    let cost = |answer: &Answer| answer.json()["extensions"]["cost"].clone();
    assert_eq!(cost(&first)["requested"], cost(&second)["requested"]);
    assert_ne!(cost(&first)["remaining"], cost(&second)["remaining"]);
}

#[tokio::test]
async fn every_part_of_a_question_and_of_its_moment_counts() {
    let house = house().await;
    let two = "query A { rows(first: 1) { id } } query B { rows(first: 1) { id } }";
    let named = |name: &str| json!({ "query": two, "operationName": name });
    let tanzania = ("Authorization", "Bearer tz");
    let other_view = ("x-view", "1");
    let ask = async |headers: &[(&str, &str)], call: &Value| {
        let fixed = [JSON, STRICT];
        let headers = [&fixed, headers].concat();
        level(&house.post(&headers, call.to_string()).await)
    };
    let new = async |headers: &[(&str, &str)], call: &Value| {
        assert_eq!(ask(headers, call).await, "none", "{call} {headers:?}");
        assert_eq!(ask(headers, call).await, "memory", "{call} {headers:?}");
    };
    new(&[MALI], &rows(3)).await;
    new(&[MALI], &rows(4)).await;
    new(
        &[MALI],
        &json!({ "query": format!("{ROWS} "), "variables": { "n": 3 } }),
    )
    .await;
    new(&[MALI], &named("A")).await;
    new(&[MALI], &named("B")).await;
    new(&[tanzania], &rows(3)).await;
    new(&[MALI, other_view], &rows(3)).await;
    house.ledger.seq.store(1, SeqCst);
    new(&[MALI], &rows(3)).await;
    house.ledger.epoch.store(1, SeqCst);
    new(&[MALI], &rows(3)).await;
    house.clock.advance(TimeDelta::hours(12));
    new(&[MALI], &rows(3)).await;
    house.clock.advance(TimeDelta::hours(11));
    assert_eq!(ask(&[MALI], &rows(3)).await, "memory", "it is the same day");
    // The order in which the fields of a variable are sent does not count.
    let filter = "query($f: Filter) { rows(first: 1, filter: $f) { id } }";
    let sent = |fields: &str| {
        format!(
            r#"{{"query": {}, "variables": {{"f": {fields}}}}}"#,
            json!(filter)
        )
    };
    let post = async |text: String| level(&house.post(&[JSON, STRICT, MALI], text).await);
    assert_eq!(post(sent(r#"{"ids": [1], "inner": {}}"#)).await, "none");
    assert_eq!(post(sent(r#"{"inner": {}, "ids": [1]}"#)).await, "memory");
}

#[tokio::test]
async fn what_may_not_be_kept_is_executed_each_time() {
    let house = house().await;
    for query in [
        "{ nested { hello } }",
        "{ hello nested { hello } }",
        "{ hello __typename }",
        "{ __schema { queryType { name } } }",
        "{ ... { hello } }",
        "{ ...F } fragment F on Query { hello }",
        "{ ... on Query { hello } }",
        "mutation { bump(by: 1) }",
        "mutation { slow: bump(by: 1) }",
    ] {
        for _ in 0..2 {
            let answer = house.ask(&json!({ "query": query })).await;
            assert_eq!(
                (answer.status, level(&answer)),
                (200, String::new()),
                "{query}"
            );
        }
    }
    for query in [
        "{ anything: hello }",
        "{ rows(first: 2) { ...R } } fragment R on Row { id __typename }",
        "{ hello @include(if: true) rows(first: 1) { id } }",
    ] {
        for wanted in ["none", "memory"] {
            let answer = house.ask(&json!({ "query": query })).await;
            assert_eq!(level(&answer), wanted, "{query}");
        }
    }
}

#[tokio::test]
async fn a_directive_on_a_root_field_is_obeyed() {
    let house = house().await;
    let query = "query($yes: Boolean!) { hello @include(if: $yes) rows(first: 1) { id } }";
    let ask = async |yes: bool| {
        house
            .ask(&json!({ "query": query, "variables": { "yes": yes } }))
            .await
    };
    for wanted in ["none", "memory"] {
        let (with, without) = (ask(true).await, ask(false).await);
        assert_eq!([level(&with), level(&without)], [wanted, wanted]);
        assert_eq!(with.json()["data"]["hello"], json!("hello ml"));
        assert_eq!(without.json()["data"], json!({ "rows": [{ "id": 0 }] }));
    }
}

#[tokio::test]
async fn batches_and_get_are_answered_alike() {
    let house = house().await;
    let hello = json!({ "query": "{ hello }" });
    let path = "/graphql?query=%7B%20hello%20%7D";
    let get = house.get(path, &[STRICT, MALI]).await;
    assert_eq!(level(&get), "none");
    let batch = house
        .ask(&json!([hello, rows(1), { "query": "{ nothing }" }]))
        .await;
    let answers = batch.json();
    assert_eq!(answers[0]["data"], json!({ "hello": "hello ml" }));
    assert_eq!(answers[0]["extensions"]["cache"]["level"], json!("memory"));
    assert_eq!(answers[1]["extensions"]["cache"]["level"], json!("none"));
    let code = &answers[2]["errors"][0]["extensions"]["code"];
    assert_eq!(code, &json!("GRAPHQL_VALIDATION_FAILED"));
}

#[tokio::test]
async fn a_document_that_is_not_valid_is_refused_as_ever() {
    let (house, plain) = (house().await, House::open().await);
    for call in [
        json!({ "query": "{ rows { id } }" }),
        json!({ "query": "{ rows(first: 1) { nothing } }" }),
        json!({ "query": "{ hello } query B { nothing }", "operationName": "B" }),
        json!({ "query": ROWS, "variables": { "n": "three" } }),
        json!({ "query": ROWS }),
        json!({ "query": "{ rows(first: 1) { id }" }),
    ] {
        house.ask(&rows(1)).await;
        for _ in 0..2 {
            let (one, other) = (house.ask(&call).await, plain.ask(&call).await);
            assert_eq!((one.status, one.code()), (400, other.code()), "{call}");
            let errors = |answer: &Answer| answer.json()["errors"].clone();
            assert_eq!(errors(&one), errors(&other), "{call}");
        }
    }
}

/// Without sockets, of which a machine may not have a thousand to spare.
#[tokio::test]
async fn five_hundred_who_ask_at_once_make_one_computation() {
    let house = house().await;
    let service = TowerToHyperService::new(router(house.app.clone()));
    let ask = async || {
        let mut request = Request::post("/graphql");
        for (name, value) in [JSON, STRICT, MALI] {
            request = request.header(name, value);
        }
        let body = json!({ "query": "{ slow(millis: 300) }" }).to_string();
        let request = request.body(Body::from(body)).expect("a request");
        let response = service.call(request).await.expect("an answer");
        let bytes = to_bytes(response.into_body(), usize::MAX).await;
        serde_json::from_slice::<Value>(&bytes.expect("a body")).expect("JSON")
    };
    let answers = join_all((0..500).map(|_| ask())).await;
    assert_eq!(house.finished(), 1);
    let level = |answer: &Value| answer["extensions"]["cache"]["level"].clone();
    let computed = answers.iter().filter(|it| level(it) == json!("none"));
    assert_eq!(computed.count(), 1);
    for answer in &answers {
        assert_eq!(answer["data"], json!({ "slow": 1 }));
    }
}

#[tokio::test]
async fn an_answer_with_errors_is_its_askers_own_and_not_kept() {
    let house = house().await;
    let call = json!({ "query": "{ slow(millis: 100) lost }" });
    let answers = join_all((0..20).map(|_| house.ask(&call))).await;
    assert_eq!(house.finished(), 20);
    let mut traces = HashSet::new();
    for answer in &answers {
        assert_eq!((answer.status, level(answer)), (200, String::new()));
        let answer = answer.json();
        assert_eq!(answer["data"], json!({ "slow": 1, "lost": null }));
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(error["code"], json!("UNAVAILABLE"));
        traces.insert(error["traceId"].to_string());
    }
    assert_eq!(traces.len(), answers.len());
    let panics = json!({ "query": "{ panics }" });
    let answers = join_all((0..3).map(|_| house.ask(&panics))).await;
    for answer in answers {
        assert_eq!((answer.status, answer.code().as_str()), (500, "INTERNAL"));
    }
}

#[tokio::test]
async fn a_client_who_hangs_up_takes_nothing_from_those_who_wait() {
    let house = house().await;
    let slow = json!({ "query": "{ slow(millis: 200) }" });
    let leaves = tokio::time::timeout(std::time::Duration::from_millis(100), house.ask(&slow));
    let (left, stays) = futures_util::join!(leaves, house.ask(&slow));
    assert!(left.is_err() && ["none", "memory"].contains(&level(&stays).as_str()));
    assert_eq!(house.finished(), 1);
}

#[tokio::test]
async fn a_write_before_the_computation_gives_the_answer_its_later_name() {
    let house = house().await;
    house.ledger.is_busy.store(true, SeqCst);
    let first = house.ask(&rows(1)).await;
    assert_eq!(
        (level(&first), version(&first)),
        ("none".into(), json!("0.1"))
    );
    house.ledger.is_busy.store(false, SeqCst);
    let second = house.ask(&rows(1)).await;
    assert_eq!(
        (level(&second), version(&second)),
        ("memory".into(), json!("0.1"))
    );
}

#[tokio::test]
async fn without_a_moment_the_operation_is_executed() {
    let house = house().await;
    assert_eq!(level(&house.ask(&rows(1)).await), "none");
    house.ledger.lost.store(true, SeqCst);
    let answer = house.ask(&rows(1)).await;
    assert_eq!((answer.status, level(&answer)), (200, String::new()));
    house.ledger.lost.store(false, SeqCst);
    assert_eq!(level(&house.ask(&rows(1)).await), "memory");
}

#[tokio::test]
async fn no_memory_means_no_answer_is_kept() {
    let house = House::keeping(KEPT, |config| config.cache.memory_mb = 0).await;
    for _ in 0..3 {
        let slow = json!({ "query": "{ slow(millis: 0) }" });
        assert_eq!(house.ask(&slow).await.json()["data"], json!({ "slow": 1 }));
    }
}

#[tokio::test]
async fn redis_serves_other_processes_and_what_was_touched_there_is_passed_over() {
    let redis = Redis::start().await;
    let (one, plain) = (beside(&redis).await, House::open().await);
    let executed = data(&plain.ask(&rows(3)).await);
    assert_eq!(level(&one.ask(&rows(3)).await), "none");
    let another = beside(&redis).await.ask(&rows(3)).await;
    assert_eq!(
        (level(&another), data(&another)),
        ("redis".into(), executed.clone())
    );
    let stranger = House::keeping(KEPT, |config| {
        config.redis.url = redis.url();
        config.redis.timeout_ms = 2_000;
        config.graphql.signing_secret = "another secret".to_owned();
    });
    assert_eq!(level(&stranger.await.ask(&rows(3)).await), "none");

    let mut connection = redis.connection().await;
    let names: Vec<String> = connection.keys("ml:answer:*").await.expect("names");
    let [name] = names.as_slice() else {
        panic!("{names:?}");
    };
    assert_eq!(
        level(&beside(&redis).await.ask(&rows(3)).await),
        "none",
        "the stranger's"
    );
    let sound: Vec<u8> = connection.get(name).await.expect("a value");
    let day = connection.ttl::<_, i64>(name).await.expect("it expires");
    assert!((86_000..=86_400).contains(&day), "{day}");
    let mut touched = sound.clone();
    let last = touched.len() - 3;
    touched[last] ^= 1;
    for garbage in [
        b"".as_slice(),
        b"garbage",
        br#"{"rows":[]}"#,
        &touched,
        &sound[..sound.len() - 1],
        &[0xff; 100],
    ] {
        let _: () = connection.set(name, garbage).await.expect("set");
        let answer = beside(&redis).await.ask(&rows(3)).await;
        assert_eq!(
            (level(&answer), data(&answer)),
            ("none".into(), executed.clone())
        );
    }
    // A list where a value should be.
    let _: () = connection.del(name).await.expect("deleted");
    let _: () = connection.rpush(name, "x").await.expect("a list");
    let answer = beside(&redis).await.ask(&rows(3)).await;
    assert_eq!(
        (level(&answer), data(&answer)),
        ("none".into(), executed.clone())
    );
    // Another question's answer in this one's place.
    let _: () = connection.del(name).await.expect("deleted");
    one.ask(&rows(7)).await;
    let names: Vec<String> = connection.keys("ml:answer:*").await.expect("names");
    let moved: Vec<u8> = connection.get(&names[0]).await.expect("a value");
    let _: () = connection.set(name, moved).await.expect("set");
    let answer = beside(&redis).await.ask(&rows(3)).await;
    assert_eq!((level(&answer), data(&answer)), ("none".into(), executed));
}

#[tokio::test]
async fn redis_may_go_and_come_back() {
    let mut redis = Redis::start().await;
    let (one, two) = (beside(&redis).await, beside(&redis).await);
    let ask = async |house: &House, n: u32| {
        let answer = house.ask(&rows(n)).await;
        assert_eq!(answer.status, 200);
        let ids = answer.json()["data"]["rows"].as_array().map(Vec::len);
        assert_eq!(ids, usize::try_from(n).ok());
        level(&answer)
    };
    let cache = async || two.get("/readyz", &[]).await.json()["cache"].clone();
    assert_eq!([ask(&one, 1).await, ask(&two, 1).await], ["none", "redis"]);
    assert_eq!(cache().await, json!("redis"));
    redis.kill();
    for n in 2..8 {
        assert_eq!([ask(&one, n).await, ask(&two, n).await], ["none", "none"]);
        assert_eq!(
            [ask(&one, n).await, ask(&two, n).await],
            ["memory", "memory"]
        );
    }
    assert_eq!(cache().await, json!("redis-away"));
    redis.run().await;
    for house in [&one, &two] {
        house.clock.advance(TimeDelta::seconds(10));
    }
    assert_eq!(cache().await, json!("redis"));
    // The first question may find the old connection, which is dead.
    for n in 20..40 {
        assert_eq!(ask(&one, n).await, "none");
        if ask(&two, n).await == "redis" {
            return;
        }
    }
    panic!("Redis is not used again");
}

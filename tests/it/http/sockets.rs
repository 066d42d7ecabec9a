//! Connections that misbehave: slow, half, impatient, many at once.

use std::time::Duration;

use serde_json::json;

use super::house::House;
use crate::support::raw::Raw;

fn post(body: &str) -> String {
    let head = "POST /graphql HTTP/1.1\r\nHost: kada.test\r\nAuthorization: Bearer ml\r\nContent-Type: application/json";
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn hello() -> String {
    post(&json!({ "query": "{ hello }" }).to_string())
}

async fn impatient() -> House {
    House::with(|config| {
        config.http.header_timeout_ms = 300;
        config.http.body_timeout_ms = 300;
        config.http.shutdown_seconds = 1;
    })
    .await
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let house = impatient().await;
    let mut idle = Raw::connect(house.address).await;
    assert!(
        idle.answer().await.is_none(),
        "a silent connection is closed"
    );
    let mut slow = Raw::connect(house.address).await;
    slow.send("POST /graphql HTTP/1.1\r\n").await;
    let mut lines = 0;
    while lines < 100 && slow.send(format!("X-{lines}: y\r\n")).await {
        tokio::time::sleep(Duration::from_millis(50)).await;
        lines += 1;
    }
    assert!(
        lines < 100,
        "a header every 50 ms does not keep the connection"
    );
    let mut again = Raw::connect(house.address).await;
    again.send(hello()).await;
    assert_eq!(again.answer().await.map(|answer| answer.status), Some(200));
    assert!(
        again.answer().await.is_none(),
        "a connection kept alive and then silent is closed"
    );
}

#[tokio::test]
async fn a_body_that_does_not_end_is_answered_with_408() {
    let house = impatient().await;
    let mut slow = Raw::connect(house.address).await;
    let request = hello();
    let (head, body) = request.split_at(request.len() - 10);
    slow.send(head).await;
    for byte in body.bytes().take(9) {
        slow.send([byte]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let answer = slow.answer().await.expect("an answer");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (408, "BODY_TOO_SLOW")
    );
    assert!(
        slow.answer().await.is_none(),
        "the rest of the body is not waited for"
    );
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let house = House::open().await;
    let mut raw = Raw::connect(house.address).await;
    raw.send("GET /livez HTTP/1.1\r\nHost: kada.test\r\n").await;
    raw.send(format!("X-Long: {}\r\n\r\n", "y".repeat(200_000)))
        .await;
    let status = raw.answer().await.map(|answer| answer.status);
    assert!(matches!(status, None | Some(431)), "{status:?}");
    let mut raw = Raw::connect(house.address).await;
    raw.send("GET /livez HTTP/1.1\r\nHost: kada.test\r\n").await;
    raw.send("X: y\r\n".repeat(150) + "\r\n").await;
    assert_eq!(raw.answer().await.map(|answer| answer.status), Some(431));
}

#[tokio::test]
async fn a_chunked_body_is_bounded_as_it_comes() {
    let house = House::open().await;
    let mut raw = Raw::connect(house.address).await;
    let head = hello();
    let head = head.split("Content-Length").next().expect("a head");
    raw.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n"))
        .await;
    for _ in 0..9 {
        raw.send(format!("10000\r\n{}\r\n", " ".repeat(0x10000)))
            .await;
    }
    assert_eq!(raw.answer().await.map(|answer| answer.status), Some(413));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let house = House::open().await;
    let mut raw = Raw::connect(house.address).await;
    let bump =
        |by: u32| post(&json!({ "query": format!("mutation {{ bump(by: {by}) }}") }).to_string());
    raw.send((0..20).map(bump).collect::<String>()).await;
    for by in 0..20 {
        let answer = raw.answer().await.expect("an answer");
        assert_eq!(answer.json()["data"]["bump"], by + 1);
    }
}

#[tokio::test]
async fn what_was_begun_is_finished_though_the_client_hangs_up() {
    let mut house = House::open().await;
    let slow = post(&json!({ "query": "{ slow(millis: 400) }" }).to_string());
    for _ in 0..8 {
        let mut raw = Raw::connect(house.address).await;
        raw.send(&slow).await;
        // Long enough for the request to be read, not for its answer.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    house.stop();
    let finished = house.finished.clone();
    house.stopped().await;
    assert_eq!(finished.0.load(std::sync::atomic::Ordering::SeqCst), 8);
}

#[tokio::test]
async fn stopping_lets_a_running_request_finish_and_takes_no_new_one() {
    let mut house = House::open().await;
    let mut raw = Raw::connect(house.address).await;
    raw.send(post(
        &json!({ "query": "{ slow(millis: 500) }" }).to_string(),
    ))
    .await;
    let mut idle = Raw::connect(house.address).await;
    idle.send(hello()).await;
    assert_eq!(idle.answer().await.map(|answer| answer.status), Some(200));
    tokio::time::sleep(Duration::from_millis(100)).await;
    house.stop();
    assert!(
        idle.answer().await.is_none(),
        "an idle connection is closed at once"
    );
    assert!(tokio::net::TcpStream::connect(house.address).await.is_err());
    assert_eq!(raw.answer().await.map(|answer| answer.status), Some(200));
    house.stopped().await;
}

#[tokio::test]
async fn a_request_that_outlives_the_grace_is_cut_off() {
    let mut house = impatient().await;
    let mut raw = Raw::connect(house.address).await;
    raw.send(post(
        &json!({ "query": "{ slow(millis: 2500) }" }).to_string(),
    ))
    .await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    house.stop();
    assert!(raw.answer().await.is_none());
    house.stopped().await;
}

#[tokio::test]
async fn garbage_is_refused_and_the_next_client_is_served() {
    let house = House::open().await;
    for garbage in [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\r\n\r\n",
        "POST /graphql HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ] {
        let mut raw = Raw::connect(house.address).await;
        raw.send(garbage).await;
        let status = raw.answer().await.map(|answer| answer.status);
        assert!(matches!(status, None | Some(400)), "{status:?}");
    }
    let mut raw = Raw::connect(house.address).await;
    raw.send(hello()).await;
    assert_eq!(raw.answer().await.map(|answer| answer.status), Some(200));
}

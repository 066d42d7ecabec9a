//! Requests that bring files, and those that only look like it.

use kada::auth::Role;
use serde_json::json;

use super::{IMPORT, post};
use crate::support::world::World;

const MAP: &[u8] = br#"{"0": ["variables.input.file"]}"#;
const FILE: &[u8] = b"matricule,family_name,org_unit,sector\nM-1,Traore,A-1,health\n";

fn operations() -> Vec<u8> {
    let variables = json!({ "input": { "file": null } });
    json!({ "query": IMPORT, "variables": variables })
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn a_form_that_any_page_could_send_is_not_read() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let operations = operations();
    let parts: [(&str, &[u8]); 3] = [("operations", &operations), ("map", MAP), ("0", FILE)];
    let (status, body) = post(&manager, &parts, false).await;
    assert_eq!(status, 415, "{body:#}");
    let (status, body) = post(&manager, &parts, true).await;
    assert_eq!(status, 200, "{body:#}");
    assert_eq!(body["data"]["importWorkers"]["report"]["accepted"], 1);
}

#[tokio::test]
async fn a_form_that_is_not_whole_is_malformed() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let operations = operations();
    let batch = format!("[{}]", String::from_utf8_lossy(&operations)).into_bytes();
    let cases: [&[(&str, &[u8])]; 9] = [
        &[],
        &[("operations", &operations)],
        &[("map", MAP), ("operations", &operations), ("0", FILE)],
        &[("operations", &operations), ("map", MAP)],
        &[("operations", &operations), ("map", b"[]"), ("0", FILE)],
        &[("operations", &operations), ("map", MAP), ("1", FILE)],
        &[
            ("operations", &operations),
            ("map", br#"{"0": ["variables.input.none.file"]}"#),
            ("0", FILE),
        ],
        &[
            ("operations", &operations),
            ("map", br#"{"0": ["query"]}"#),
            ("0", FILE),
        ],
        &[("operations", &batch), ("map", MAP), ("0", FILE)],
    ];
    for parts in cases {
        let (status, body) = post(&manager, parts, true).await;
        let code = &body["errors"][0]["extensions"]["code"];
        assert_eq!(
            (status, code),
            (400, &json!("MALFORMED_REQUEST")),
            "{body:#}"
        );
    }
}

#[tokio::test]
async fn no_text_passes_for_a_file() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    for text in ["", "#__graphql_file__:0", "#__graphql_file__:99", "a,b"] {
        let answer = manager
            .ask(IMPORT, json!({ "input": { "file": text } }))
            .await;
        assert!(answer["errors"][0]["message"].is_string(), "{answer:#}");
        assert!(
            answer.get("data").is_none_or(serde_json::Value::is_null),
            "{answer:#}"
        );
    }
}

#[tokio::test]
async fn what_is_too_large_is_cut_off() {
    let world = World::with(1, |config| config.http.upload_limit_bytes = 100_000).await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let operations = operations();
    let file = vec![b'x'; 200_000];
    let parts: [(&str, &[u8]); 3] = [("operations", &operations), ("map", MAP), ("0", &file)];
    let (status, body) = post(&manager, &parts, true).await;
    assert_eq!(status, 413, "{body:#}");
    assert_eq!(body["errors"][0]["extensions"]["code"], "BODY_TOO_LARGE");
}

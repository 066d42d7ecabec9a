//! Registers that come in from elsewhere.

mod besides;
pub mod columns;
pub mod export;
mod files;
mod interrupted;
mod lists;
mod printed;
mod rows;
mod upload;
mod xlsform;

use serde_json::{Value, json};

use super::support::world::{Caller, client};

const IMPORT: &str = "mutation($input: ImportWorkersInput!) { importWorkers(input: $input) {
    report { dryRun accepted changed unchanged refused ignoredColumns
             problems { row column code message } csv }
    errors { code path message }
} }";

/// Sends a file as the GraphQL multipart request specification has it; the status and the body.
async fn send(caller: &Caller<'_>, file: &[u8], input: Value) -> (u16, Value) {
    let mut input = input;
    input["file"] = Value::Null;
    let operations = json!({ "query": IMPORT, "variables": { "input": input } }).to_string();
    let map = r#"{"0": ["variables.input.file"]}"#;
    let parts = [
        ("operations", operations.as_bytes()),
        ("map", map.as_bytes()),
        ("0", file),
    ];
    post(caller, &parts, true).await
}

/// Sends parts of a form, with or without the header that no page's form can send.
pub async fn post(caller: &Caller<'_>, parts: &[(&str, &[u8])], preflight: bool) -> (u16, Value) {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--frontier--\r\n");
    let mut request = client()
        .post(caller.url())
        .bearer_auth(caller.token())
        .header("content-type", "multipart/form-data; boundary=frontier")
        .body(body);
    if preflight {
        request = request.header("graphql-require-preflight", "1");
    }
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, response.json().await.expect("JSON"))
}

/// The payload of an import that went through.
pub async fn import(caller: &Caller<'_>, file: &[u8], input: Value) -> Value {
    let (status, mut body) = send(caller, file, input).await;
    assert_eq!((status, body.get("errors")), (200, None), "{body:#}");
    body["data"]["importWorkers"].take()
}

/// Accepted, changed, unchanged, refused.
pub fn counts(payload: &Value) -> [u64; 4] {
    let report = &payload["report"];
    ["accepted", "changed", "unchanged", "refused"]
        .map(|it| report[it].as_u64().unwrap_or_else(|| panic!("{payload:#}")))
}

//! Files as answers: sent, named, kept, read by whoever may see the answer, and by nobody else.

use chrono::TimeDelta;
use kada::auth::Role;
use reqwest::Response;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::desk::{Desk, fields, submit};
use crate::interop::post;
use crate::support::world::{Caller, World, client};
use crate::workforce::office::refusals;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the picture";
const PDF: &[u8] = b"%PDF-1.7 and the text";

fn diploma() -> Value {
    let file = |max: u64, types: &[&str]| json!({ "maxBytes": max, "types": types });
    fields(json!({
        "title": { "type": "string" },
        "diploma": { "type": "string", "x-file": file(100, &["image/png", "application/pdf"]) },
        "passport": { "type": "string", "x-sensitivity": "personal", "x-file": file(100, &["image/png"]) },
        "pages": { "type": "array", "items": { "type": "object", "properties": {
            "scan": { "type": "string", "x-file": {} } } } },
    }))
}

/// A form, a field, what the sender takes the file for, the file, and what is said of it.
type Case<'a> = (&'a Value, &'a str, Option<&'a str>, &'a [u8], &'a str);

/// Sends a file for a field; the payload, or the code of the error at the top.
async fn send(caller: &Caller<'_>, input: &Value, file: &[u8]) -> Result<Value, Value> {
    let mutation = "mutation($input: UploadFormFileInput!) { uploadFormFile(input: $input) {
        file { id mediaType size sha256 } errors { code errorCode message path } } }";
    let mut input = input.clone();
    input["file"] = Value::Null;
    let operations = json!({ "query": mutation, "variables": { "input": input } }).to_string();
    let map = r#"{"0": ["variables.input.file"]}"#;
    let parts = [
        ("operations", operations.as_bytes()),
        ("map", map.as_bytes()),
        ("0", file),
    ];
    let (status, mut body) = post(caller, &parts, true).await;
    assert_eq!(status, 200, "{body:#}");
    match body.get("errors") {
        Some(errors) => Err(errors[0]["extensions"]["code"].clone()),
        None => Ok(body["data"]["uploadFormFile"].take()),
    }
}

/// The id of a file that is kept.
async fn sent(caller: &Caller<'_>, form: &Value, field: &str, file: &[u8]) -> Value {
    let payload = send(caller, &json!({ "form": form["id"], "field": field }), file).await;
    let payload = payload.expect("a payload");
    assert_eq!(payload["errors"], json!([]));
    payload["file"]["id"].clone()
}

async fn read(caller: &Caller<'_>, id: &Value) -> Response {
    let place = format!("/files/{}", id.as_str().expect("an id"));
    let url = caller.url().replace("/graphql", &place);
    let request = client().get(url).bearer_auth(caller.token());
    request.send().await.expect("an answer")
}

async fn status(caller: &Caller<'_>, id: &Value) -> u16 {
    read(caller, id).await.status().as_u16()
}

fn answer(form: &Value, worker: &str, answers: &Value) -> Value {
    json!({ "form": form["id"], "about": { "worker": worker }, "answers": answers })
}

#[tokio::test]
async fn a_file_is_read_by_whoever_may_see_the_answer() {
    let world = World::with(2, |_| {}).await;
    let countries = world.countries().await;
    let country = &countries[0];
    let desk = Desk::of(country);
    let form = desk.publish("diploma", "WORKER", &diploma()).await;
    let worker = country.register("Asha", "F-A1", "MW", "2020-01-01").await;
    let clerk = country.caller(Role::DataClerk);
    let (picture, passport) = (
        sent(&clerk, &form, "diploma", PNG).await,
        sent(&clerk, &form, "passport", PNG).await,
    );
    let scan = sent(&clerk, &form, "pages.scan", PDF).await;
    // Until an answer names it, it is its sender's alone.
    assert_eq!(status(&clerk, &picture).await, 200);
    assert_eq!(status(&desk.admin, &picture).await, 404);
    let answers = json!({ "diploma": picture, "passport": passport, "pages": [{ "scan": scan }] });
    let payload = submit(&clerk, "submitForm", answer(&form, &worker, &answers)).await;
    assert_eq!(payload["errors"], json!([]));
    assert_eq!(
        payload["submission"]["answers"],
        json!({ "diploma": picture, "pages": [{ "scan": scan }] })
    );
    assert_eq!(
        payload["submission"]["personalAnswers"],
        json!({ "passport": passport })
    );

    let response = read(&desk.admin, &picture).await;
    let header = |name: &str| {
        response.headers()[name]
            .to_str()
            .expect("a text")
            .to_owned()
    };
    assert_eq!(
        [
            header("content-type"),
            header("content-disposition"),
            header("x-content-type-options"),
            header("cache-control"),
            header("content-security-policy"),
        ],
        [
            "image/png",
            "attachment; filename=\"diploma.png\"",
            "nosniff",
            "no-store",
            "default-src 'none'; sandbox"
        ]
    );
    assert_eq!(response.bytes().await.expect("bytes"), PNG);
    let scanned = read(&desk.admin, &scan).await;
    assert_eq!(
        scanned.headers()["content-disposition"],
        "attachment; filename=\"pages-scan.pdf\""
    );

    let here = country.caller(Role::HrOfficer).scope(&["A-1"]);
    let there = country.caller(Role::HrOfficer).scope(&["B-1"]);
    let (viewer, foreign) = (
        country.caller(Role::Viewer),
        countries[1].caller(Role::MinistryAdmin),
    );
    for (caller, expected) in [
        (&here, [200, 200]),
        (&there, [404, 404]),
        (&viewer, [200, 403]),
        (&foreign, [404, 404]),
    ] {
        assert_eq!(
            [
                status(caller, &picture).await,
                status(caller, &passport).await
            ],
            expected
        );
    }
    let url = viewer.url().replace(
        "/graphql",
        &format!("/files/{}", picture.as_str().expect("an id")),
    );
    assert_eq!(
        client().get(url).send().await.expect("an answer").status(),
        401
    );
    for none in [
        "fil_00000000000070008000000000000000",
        "nothing",
        "..%2Fgraphql",
    ] {
        assert_eq!(status(&desk.admin, &json!(none)).await, 404, "{none}");
    }
    let theirs = json!({ "form": form["id"], "field": "diploma" });
    let refused = send(&foreign, &theirs, PNG).await.expect("a payload");
    assert_eq!(refusals(&refused), ["FORM_NOT_FOUND form"]);
    // A transfer takes the files with the person.
    let transfer = "mutation($input: TransferWorkerInput!) { transferWorker(input: $input) { errors { code } } }";
    let to = country.id("facility", "F-B1").await;
    let input = json!({ "worker": worker, "to": to, "on": "2026-02-01", "baseVersion": 1 });
    let moved = desk.admin.data(transfer, json!({ "input": input })).await;
    assert_eq!(moved["transferWorker"]["errors"], json!([]));
    assert_eq!(
        [
            status(&here, &picture).await,
            status(&there, &picture).await
        ],
        [404, 200]
    );

    let feed = "{ changes(first: 100) { nodes { verb content } } }";
    let data = desk.admin.data(feed, json!({})).await;
    let uploads: Vec<&Value> = (data["changes"]["nodes"].as_array().expect("changes").iter())
        .filter(|it| it["verb"] == "upload")
        .collect();
    assert_eq!(uploads.len(), 3);
    assert_eq!(
        uploads[0]["content"],
        json!({ "form": "diploma", "field": "diploma", "mediaType": "image/png", "size": PNG.len(),
            "sha256": hex::encode(Sha256::digest(PNG)) })
    );
}

#[tokio::test]
async fn what_a_field_does_not_take_is_not_kept() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("diploma", "WORKER", &diploma()).await;
    let large = [PNG, &[b'x'; 100]].concat();
    let huge = [PDF, &vec![b'x'; 5 << 20]].concat();
    let unknown = json!({ "id": "frm_00000000000070008000000000000000" });
    let cases: [Case<'_>; 12] = [
        (
            &form,
            "diploma",
            None,
            b"<svg onload=alert(1)>",
            "TYPE_NOT_ADMITTED file",
        ),
        (&form, "diploma", None, b"", "TYPE_NOT_ADMITTED file"),
        (
            &form,
            "diploma",
            None,
            b"\xff\xd8\xff a photo",
            "TYPE_NOT_ADMITTED file",
        ),
        (&form, "passport", None, PDF, "TYPE_NOT_ADMITTED file"),
        (
            &form,
            "diploma",
            Some("image/png"),
            PDF,
            "OTHER_TYPE mediaType",
        ),
        (
            &form,
            "diploma",
            Some("text/html"),
            PNG,
            "OTHER_TYPE mediaType",
        ),
        (&form, "diploma", None, &large, "FILE_TOO_HEAVY file"),
        (&form, "pages.scan", None, &huge, "FILE_TOO_HEAVY file"),
        (&form, "title", None, PNG, "NOT_ASKED field"),
        (&form, "pages", None, PNG, "NOT_ASKED field"),
        (&form, "none", None, PNG, "NOT_ASKED field"),
        (&unknown, "diploma", None, PNG, "FORM_NOT_FOUND form"),
    ];
    for (form, field, declared, file, expected) in cases {
        let input = json!({ "form": form["id"], "field": field, "mediaType": declared });
        let payload = send(&desk.admin, &input, file).await.expect("a payload");
        assert_eq!(
            refusals(&payload),
            [expected],
            "{field} {}",
            file[..file.len().min(20)].escape_ascii()
        );
    }
    let key = json!({ "form": form["id"], "field": "diploma", "mediaType": "image/PNG", "idempotencyKey": "one picture" });
    let first = send(&desk.admin, &key, PNG).await.expect("a payload");
    assert_eq!(send(&desk.admin, &key, PNG).await.as_ref(), Ok(&first));
    let other = send(&desk.admin, &key, PDF).await.expect("a payload");
    assert_eq!(refusals(&other), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
    for role in [
        Role::Viewer,
        Role::Auditor,
        Role::MessagingOfficer,
        Role::Worker,
    ] {
        let input = json!({ "form": form["id"], "field": "diploma" });
        let refused = send(&country.caller(role), &input, PNG).await;
        assert_eq!(refused, Err(json!("FORBIDDEN")), "{role:?}");
    }
    // So many wait at most.
    let input = json!({ "form": form["id"], "field": "diploma" });
    for _ in 1..50 {
        send(&desk.admin, &input, PNG).await.expect("a payload");
    }
    let one_more = send(&desk.admin, &input, PNG).await.expect("a payload");
    assert_eq!(refusals(&one_more), ["TOO_MANY_WAITING file"]);
    let manager = country.caller(Role::HrManager);
    assert_eq!(
        send(&manager, &input, PNG).await.expect("a payload")["errors"],
        json!([])
    );
    world.clock.advance(TimeDelta::hours(25));
    assert_eq!(
        status(&desk.admin, &first["file"]["id"]).await,
        200,
        "nobody has cleaned up yet"
    );
    assert_eq!(
        send(&desk.admin, &input, PNG).await.expect("a payload")["errors"],
        json!([])
    );
    assert_eq!(status(&desk.admin, &first["file"]["id"]).await, 404);
}

#[tokio::test]
async fn an_answer_names_files_that_are_its_author_s_or_stood_there_before() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("diploma", "WORKER", &diploma()).await;
    let (one, other) = (
        country.register("Asha", "F-A1", "MW", "2020-01-01").await,
        country.register("Baraka", "F-A1", "MW", "2020-01-01").await,
    );
    let (clerk, manager) = (
        country.caller(Role::DataClerk),
        country.caller(Role::HrManager),
    );
    let mine = sent(&clerk, &form, "diploma", PNG).await;
    let theirs = sent(&manager, &form, "diploma", PNG).await;
    let nothing = json!("fil_00000000000070008000000000000000");
    let late = sent(&clerk, &form, "passport", PNG).await;
    for (answers, expected) in [
        (
            json!({ "diploma": theirs }),
            "FILE_NOT_FOUND answers.diploma",
        ),
        (
            json!({ "diploma": nothing }),
            "FILE_NOT_FOUND answers.diploma",
        ),
        (
            json!({ "passport": mine }),
            "FILE_NOT_FOUND answers.passport",
        ),
        (
            json!({ "pages": [{}, { "scan": mine }] }),
            "FILE_NOT_FOUND answers.pages.1.scan",
        ),
        (
            json!({ "diploma": "a picture" }),
            "WRONG_FORMAT answers.diploma",
        ),
        (json!({ "diploma": 7 }), "WRONG_TYPE answers.diploma"),
    ] {
        let payload = submit(&clerk, "submitForm", answer(&form, &one, &answers)).await;
        assert_eq!(refusals(&payload), [expected], "{answers}");
    }
    let given = json!({ "diploma": mine });
    let payload = submit(&clerk, "submitForm", answer(&form, &one, &given)).await;
    let submission = payload["submission"].clone();
    // Another subject's answer has no right to it; a later one about the same, and a correction by somebody else, have.
    let payload = submit(&clerk, "submitForm", answer(&form, &other, &given)).await;
    assert_eq!(refusals(&payload), ["FILE_NOT_FOUND answers.diploma"]);
    let later = json!({ "diploma": mine, "title": "Midwife" });
    let payload = submit(&manager, "submitForm", answer(&form, &one, &later)).await;
    assert_eq!(payload["errors"], json!([]));
    let correction = json!({ "submission": submission["id"], "baseVersion": 1, "answers": later });
    let payload = submit(&manager, "correctSubmission", correction).await;
    assert_eq!(payload["errors"], json!([]));

    // A stricter version takes no file that it would not have taken.
    let mut strict = diploma();
    strict["schema"]["properties"]["diploma"]["x-file"]["types"] = json!(["application/pdf"]);
    desk.publish("diploma", "WORKER", &strict).await;
    let payload = submit(&manager, "submitForm", answer(&form, &one, &later)).await;
    assert_eq!(refusals(&payload), ["FILE_NOT_ADMITTED answers.diploma"]);
    // An import leaves it where it is, and takes none itself.
    world.clock.advance(TimeDelta::hours(25));
    let payload = submit(
        &clerk,
        "submitForm",
        answer(&form, &one, &json!({ "passport": late })),
    )
    .await;
    assert_eq!(refusals(&payload), ["FILE_NOT_FOUND answers.passport"]);
    assert_eq!(
        status(&manager, &mine).await,
        200,
        "what an answer names stays"
    );
}

#[tokio::test]
async fn a_file_is_asked_for_with_bounds() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let png = "image/png";
    for (file, expected) in [
        (
            json!({ "maxBytes": 6_000_000 }),
            "BAD_VALUE definition.schema.properties.f.x-file.maxBytes",
        ),
        (
            json!({ "maxBytes": 0 }),
            "BAD_VALUE definition.schema.properties.f.x-file.maxBytes",
        ),
        (
            json!({ "types": [] }),
            "BAD_VALUE definition.schema.properties.f.x-file.types",
        ),
        (
            json!({ "types": ["image/svg+xml"] }),
            "WRONG_TYPE definition.schema.properties.f.x-file.types.0",
        ),
        (
            json!({ "types": [png, png] }),
            "TWICE definition.schema.properties.f.x-file.types.1",
        ),
        (
            json!({ "url": "x" }),
            "UNKNOWN_KEYWORD definition.schema.properties.f.x-file.url",
        ),
        (
            json!(true),
            "WRONG_TYPE definition.schema.properties.f.x-file",
        ),
    ] {
        let definition = fields(json!({ "f": { "type": "string", "x-file": file } }));
        assert!(
            desk.flaws(&definition).await.contains(&expected.to_owned()),
            "{file}"
        );
    }
    let query = "{ form(by: {code: \"diploma\"}) { published { fields { path kind largestFile fileTypes } } } }";
    desk.publish("diploma", "WORKER", &diploma()).await;
    let data = desk.admin.data(query, json!({})).await;
    assert_eq!(
        data["form"]["published"]["fields"][0],
        json!({ "path": "diploma", "kind": "file", "largestFile": 100, "fileTypes": ["image/png", "application/pdf"] })
    );
}

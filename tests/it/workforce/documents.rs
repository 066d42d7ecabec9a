//! The scanned document of a legal act: sent, named by the act of a change, kept with it, and read by whoever may see what
//! was changed.

use chrono::TimeDelta;
use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::approvals::guard;
use super::office::{Office, ask, nothing, refusals, with};
use crate::interop::post;
use crate::support::world::{Caller, World, client};

const PDF: &[u8] = b"%PDF-1.7 and the decree";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and a picture of it";
const FORGED: [&str; 1] = ["ACT_DOCUMENT_NOT_FOUND act.document"];

/// Sends a document; the payload, or the code of the error at the top.
async fn send(caller: &Caller<'_>, input: &Value, file: &[u8]) -> Result<Value, Value> {
    let mutation = "mutation($input: UploadActDocumentInput!) { uploadActDocument(input: $input) {
        document { id mediaType size sha256 } errors { code errorCode message path } } }";
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
        None => Ok(body["data"]["uploadActDocument"].take()),
    }
}

/// The id of a document that is kept.
async fn sent(caller: &Caller<'_>, file: &[u8]) -> Value {
    let payload = send(caller, &json!({}), file).await.expect("a payload");
    assert_eq!(payload["errors"], json!([]));
    payload["document"]["id"].clone()
}

async fn read(caller: &Caller<'_>, id: &Value) -> reqwest::Response {
    let place = format!("/files/{}", id.as_str().expect("an id"));
    let url = caller.url().replace("/graphql", &place);
    let request = client().get(url).bearer_auth(caller.token());
    request.send().await.expect("an answer")
}

async fn status(caller: &Caller<'_>, id: &Value) -> u16 {
    read(caller, id).await.status().as_u16()
}

fn act(number: &str, document: &Value) -> Value {
    json!({ "number": number, "date": "2026-01-12", "document": document })
}

/// The numbers and documents of the acts behind what happened to a record, the latest first.
async fn history(caller: &Caller<'_>, worker: &Value) -> Vec<Value> {
    let query = "query($id: ID!) { worker(by: {id: $id}) { history(first: 50) { verb act { number document } } } }";
    let data = caller.data(query, json!({ "id": worker["id"] })).await;
    let history = data["worker"]["history"]
        .as_array()
        .expect("a history")
        .iter();
    history
        .filter(|it| !it["act"].is_null())
        .map(|it| json!([it["verb"], it["act"]["number"], it["act"]["document"]]))
        .collect()
}

#[tokio::test]
async fn the_document_of_an_act_is_read_by_whoever_sees_what_it_was_done_to() {
    let world = World::with(2, |_| {}).await;
    let office = Office::open(&world).await;
    let foreign = Office::of(world.countries().await.remove(1)).await.manager;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let officer = office.country.caller(Role::HrOfficer);
    let document = sent(&officer, PDF).await;
    // Until an act names it, it is its sender's alone.
    assert_eq!(status(&officer, &document).await, 200);
    assert_eq!(status(&office.manager, &document).await, 404);
    let transfer = json!({ "worker": worker["id"], "to": office.id("F-A2"), "on": "2026-02-01", "reason": "transfer",
        "act": act("2026-7", &document), "idempotencyKey": "the transfer" });
    let done = ask(&officer, "transferWorker", transfer.clone()).await;
    assert_eq!(done["errors"], json!([]));
    // Lost on the way, and sent again.
    assert_eq!(
        ask(&officer, "transferWorker", transfer.clone()).await,
        done
    );
    assert_eq!(
        history(&office.manager, &worker).await,
        [json!(["transfer", "2026-7", document])]
    );
    let response = read(&office.manager, &document).await;
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
            header("content-security-policy"),
        ],
        [
            "application/pdf",
            "attachment; filename=\"act.pdf\"",
            "nosniff",
            "default-src 'none'; sandbox"
        ]
    );
    assert_eq!(response.bytes().await.expect("bytes"), PDF);
    let country = &office.country;
    let own = WorkerId::decode(worker["id"].as_str().expect("an id")).expect("an id");
    let other = office.register("Ba", "F-A2", "MW", "2020-01-01").await;
    let another = WorkerId::decode(other["id"].as_str().expect("an id")).expect("an id");
    for (caller, expected) in [
        (country.caller(Role::HrOfficer).scope(&["A-2"]), 200),
        (country.caller(Role::Auditor), 200),
        (country.caller(Role::Worker).person(own), 200),
        (country.caller(Role::Worker).person(another), 404),
        // Where the record was, it is no more; where it never was, it is not.
        (country.caller(Role::HrOfficer).scope(&["A-1"]), 404),
        (country.caller(Role::HrManager).scope(&["B-1"]), 404),
        (
            country
                .caller(Role::HrManager)
                .sectors(&[kada::kernel::Sector::Social]),
            404,
        ),
        (foreign.clone(), 404),
        // The paper names people.
        (country.caller(Role::Viewer), 403),
    ] {
        assert_eq!(status(&caller, &document).await, expected);
    }
    let url = officer.url().replace(
        "/graphql",
        &format!("/files/{}", document.as_str().expect("an id")),
    );
    assert_eq!(
        client().get(url).send().await.expect("an answer").status(),
        401
    );
    assert_eq!(status(&officer, &nothing("doc")).await, 404);
    // Named, it stays.
    world.clock.advance(TimeDelta::days(40));
    sent(&officer, PNG).await;
    assert_eq!(status(&officer, &document).await, 200);
    let theirs = json!({ "worker": other["id"], "to": office.id("F-A1"), "on": "2026-03-01",
        "act": act("2026-7", &document) });
    assert_eq!(
        refusals(&office.ask("transferWorker", theirs).await),
        FORGED,
        "another's"
    );
    let feed = "{ changes(first: 100) { nodes { verb content act { document } } } }";
    let data = office.manager.data(feed, json!({})).await;
    let changes = data["changes"]["nodes"].as_array().expect("changes");
    let upload = changes
        .iter()
        .find(|it| it["verb"] == "upload")
        .expect("an upload");
    assert_eq!(
        upload["content"],
        json!({ "mediaType": "application/pdf", "size": PDF.len(), "sha256": hex::encode(Sha256::digest(PDF)) })
    );
    let named = changes
        .iter()
        .filter(|it| it["act"]["document"] == document);
    assert_eq!(named.count(), 1);
}

#[tokio::test]
async fn an_act_names_a_document_of_its_writer_s_that_is_no_other_act_s() {
    let world = World::with(2, |_| {}).await;
    let office = Office::open(&world).await;
    let foreign = Office::of(world.countries().await.remove(1)).await.manager;
    let (manager, clerk) = (&office.manager, office.country.caller(Role::HrOfficer));
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let (mine, theirs, abroad) = (
        sent(manager, PDF).await,
        sent(&clerk, PDF).await,
        sent(&foreign, PDF).await,
    );
    let correct = |act: Value, name: &str| json!({ "worker": worker["id"], "familyName": name, "baseVersion": null, "act": act });
    let end = |act: Value| json!({ "worker": worker["id"], "on": "2026-02-20", "reason": "resignation", "act": act });
    for document in [&theirs, &abroad, &nothing("doc")] {
        let payload = office.ask("recordExit", end(act("1", document))).await;
        assert_eq!(refusals(&payload), FORGED);
        assert_eq!(payload["worker"], Value::Null);
    }
    let query =
        "mutation($input: RecordExitInput!) { recordExit(input: $input) { errors { code } } }";
    let unread = json!({ "input": end(act("1", &json!("a scan"))) });
    assert_eq!(manager.error_code(query, unread).await, "BAD_USER_INPUT");
    let unread = json!({ "input": end(act("1", &worker["id"])) });
    assert_eq!(manager.error_code(query, unread).await, "BAD_USER_INPUT");
    // Nothing was done, and a key that was refused stays so.
    let keyed = with(
        &end(act("1", &theirs)),
        &[("idempotencyKey", json!("the exit"))],
    );
    assert_eq!(
        refusals(&office.ask("recordExit", keyed.clone()).await),
        FORGED
    );
    assert_eq!(refusals(&office.ask("recordExit", keyed).await), FORGED);
    assert_eq!(
        office.worker(&worker["id"], None).await["version"],
        json!(1)
    );

    // One letter, two changes; another letter has another scan.
    let letter = act("7", &mine);
    let other = office.register("Ba", "F-A2", "MW", "2020-01-01").await;
    let promoted = |worker: &Value, act: &Value| json!({ "worker": worker["id"], "cadre": office.id("NUR"), "on": "2026-02-01", "act": act });
    office
        .change("promoteWorker", promoted(&worker, &letter))
        .await;
    for act in [
        act("8", &mine),
        with(&letter, &[("date", json!("2026-01-13"))]),
        json!({ "number": "7", "document": mine }),
    ] {
        let payload = office.ask("promoteWorker", promoted(&other, &act)).await;
        assert_eq!(refusals(&payload), FORGED, "{act}");
    }
    office
        .change("promoteWorker", promoted(&other, &letter))
        .await;
    // Whoever sees one of the two sees the letter.
    for (unit, expected) in [("A-1", 200), ("A-2", 200), ("B-1", 404)] {
        let there = office.country.caller(Role::HrOfficer).scope(&[unit]);
        assert_eq!(status(&there, &mine).await, expected, "{unit}");
    }

    // Two at once, by two letters: one of them has the scan.
    let scan = sent(manager, PNG).await;
    let race = async |number: &str, worker: &Value| {
        let input = with(
            &end(act(number, &scan)),
            &[("worker", worker["id"].clone())],
        );
        refusals(&ask(manager, "recordExit", input).await)
    };
    let (one, two) = tokio::join!(race("9", &worker), race("10", &other));
    let mut said = [one, two].concat();
    said.sort();
    assert_eq!(said, FORGED);

    // What nothing names is forgotten after a day, and cannot be named then even if nobody has cleaned up.
    let late = sent(manager, PDF).await;
    world.clock.advance(TimeDelta::hours(25));
    let third = office.register("Ki", "F-A1", "MW", "2020-01-01").await;
    let payload = office
        .ask("promoteWorker", promoted(&third, &act("11", &late)))
        .await;
    assert_eq!(refusals(&payload), FORGED);
    assert_eq!(status(manager, &late).await, 200);
    sent(manager, PDF).await;
    assert_eq!(status(manager, &late).await, 404);
    // A correction that changes nothing names nothing.
    let unused = sent(manager, PDF).await;
    let version = office.worker(&third["id"], None).await["version"].clone();
    let nothing_new = with(
        &correct(act("12", &unused), "Ki"),
        &[("worker", third["id"].clone()), ("baseVersion", version)],
    );
    assert_eq!(
        office.ask("correctWorker", nothing_new).await["errors"],
        json!([])
    );
    world.clock.advance(TimeDelta::hours(25));
    sent(manager, PDF).await;
    assert_eq!(status(manager, &unused).await, 404);
}

#[tokio::test]
async fn what_is_no_document_is_not_kept() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let huge = [PDF, &vec![b'x'; 5 << 20]].concat();
    for (declared, file, expected) in [
        (
            None,
            &b"<svg onload=alert(1)>"[..],
            "DOCUMENT_TYPE_NOT_ADMITTED file",
        ),
        (None, b"", "DOCUMENT_TYPE_NOT_ADMITTED file"),
        (
            None,
            b"RIFF\x01\x02\x03\x04WEBPVP8 ",
            "DOCUMENT_TYPE_NOT_ADMITTED file",
        ),
        (None, b" %PDF-1.7", "DOCUMENT_TYPE_NOT_ADMITTED file"),
        (Some("image/png"), PDF, "OTHER_TYPE mediaType"),
        (Some("text/html"), PNG, "OTHER_TYPE mediaType"),
        (None, &huge, "FILE_TOO_HEAVY file"),
    ] {
        let payload = send(manager, &json!({ "mediaType": declared }), file).await;
        assert_eq!(refusals(&payload.expect("a payload")), [expected]);
    }
    let key = json!({ "mediaType": "Application/PDF", "idempotencyKey": "one letter" });
    let first = send(manager, &key, PDF).await.expect("a payload");
    assert_eq!(send(manager, &key, PDF).await.as_ref(), Ok(&first));
    let other = send(manager, &json!({ "idempotencyKey": "one letter" }), PNG).await;
    assert_eq!(
        refusals(&other.expect("a payload")),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    for (role, expected) in [
        (Role::Viewer, false),
        (Role::Auditor, false),
        (Role::MessagingOfficer, false),
        (Role::Worker, true),
        (Role::DataClerk, true),
        (Role::HrOfficer, true),
        (Role::MinistryAdmin, true),
    ] {
        let sent = send(
            &office.country.caller(role),
            &json!({}),
            b"\xff\xd8\xff a photo",
        )
        .await;
        assert_eq!(sent.is_ok(), expected, "{role:?}");
        if !expected {
            assert_eq!(sent, Err(json!("FORBIDDEN")), "{role:?}");
        }
    }
    for _ in 1..50 {
        sent(manager, PDF).await;
    }
    let one_more = send(manager, &json!({}), PDF).await.expect("a payload");
    assert_eq!(refusals(&one_more), ["TOO_MANY_DOCUMENTS_WAITING file"]);
}

#[tokio::test]
async fn batches_imports_pay_and_merges_keep_the_document() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let scan = sent(manager, PDF).await;
    let submit = "mutation($items: [BatchItemInput!]!) { submitBatch(input: {items: $items}) {
        outcomes { key state errors { errorCode path } } } }";
    let item = |key: &str, document: &Value| {
        json!({ "key": key, "do": { "transferWorker": { "worker": worker["id"], "to": office.id("F-A2"),
            "on": "2026-02-01", "act": act("7", document) } } })
    };
    let items =
        json!({ "items": [item("tablet/00001", &nothing("doc")), item("tablet/00002", &scan)] });
    for _ in 0..2 {
        let data = manager.data(submit, items.clone()).await;
        assert_eq!(
            data["submitBatch"]["outcomes"],
            json!([
                { "key": "tablet/00001", "state": "REFUSED",
                  "errors": [{ "errorCode": "ACT_DOCUMENT_NOT_FOUND", "path": ["act", "document"] }] },
                { "key": "tablet/00002", "state": "DONE", "errors": [] },
            ])
        );
    }
    assert_eq!(
        history(manager, &worker).await,
        [json!(["transfer", "7", scan])]
    );

    // A file of people, by one letter.
    let file =
        b"family_name,birth_date,matricule,org_unit,sector\nKeita,1991-01-01,M-9,B-1,health\n";
    let letter = sent(manager, PNG).await;
    let payload =
        crate::interop::import(manager, file, json!({ "act": act("8", &nothing("doc")) })).await;
    assert_eq!(payload["report"], Value::Null);
    assert_eq!(
        [&payload["errors"][0]["code"], &payload["errors"][0]["path"]],
        [
            &json!("ACT_DOCUMENT_NOT_FOUND"),
            &json!(["act", "document"])
        ]
    );
    let payload = crate::interop::import(manager, file, json!({ "act": act("8", &letter) })).await;
    assert_eq!(
        crate::interop::counts(&payload),
        [1, 0, 0, 0],
        "{payload:#}"
    );
    let there = office.country.caller(Role::DataClerk).scope(&["B-1"]);
    assert_eq!(status(&there, &letter).await, 200);

    // What stands behind pay is for those who may read pay.
    let paper = sent(manager, PDF).await;
    let pay = json!({ "type": "SALARY", "amount": "9", "currency": "XOF", "frequency": "MONTHLY", "payer": "Trésor" });
    let pay = json!({ "worker": worker["id"], "startsOn": "2020-01-01", "entry": { "pay": pay }, "act": act("9", &paper) });
    assert_eq!(
        office.ask("recordServiceEntry", pay).await["errors"],
        json!([])
    );
    for (role, expected) in [
        (Role::HrOfficer, 200),
        (Role::Auditor, 200),
        (Role::DataClerk, 403),
    ] {
        assert_eq!(
            status(&office.country.caller(role), &paper).await,
            expected,
            "{role:?}"
        );
    }

    // Leave is its worker's, a cadre everybody's.
    let form = sent(manager, PDF).await;
    let leave = json!({ "worker": worker["id"], "leaveType": "annual", "startsOn": "2026-06-01", "endsOn": "2026-06-02",
        "act": act("10", &form) });
    let query =
        "mutation($input: RequestLeaveInput!) { requestLeave(input: $input) { errors { code } } }";
    let data = manager.data(query, json!({ "input": leave })).await;
    assert_eq!(data["requestLeave"]["errors"], json!([]));
    let own = WorkerId::decode(worker["id"].as_str().expect("an id")).expect("an id");
    for (caller, expected) in [
        (office.country.caller(Role::Worker).person(own), 200),
        (office.country.caller(Role::HrOfficer).scope(&["A-2"]), 200),
        (office.country.caller(Role::HrOfficer).scope(&["A-1"]), 404),
    ] {
        assert_eq!(status(&caller, &form).await, expected);
    }
    let admin = office.country.caller(Role::MinistryAdmin);
    let decree = sent(&admin, PDF).await;
    let change = json!({ "cadre": office.id("NUR"), "baseVersion": 1, "from": "2026-01-01",
        "labels": [{ "language": "fr", "text": "Infirmière" }], "act": act("11", &decree) });
    let query = "mutation($input: ChangeCadreInput!) { changeCadre(input: $input) {
        cadre { act { document } } errors { code path } } }";
    let data = admin.data(query, json!({ "input": change })).await;
    assert_eq!(data["changeCadre"]["errors"], json!([]));
    assert_eq!(data["changeCadre"]["cadre"]["act"]["document"], decree);
    assert_eq!(status(&there, &decree).await, 200);

    // The record goes into another and comes out again; its papers go along.
    let kept = office.register("Traore", "F-B1", "NUR", "2010-01-01").await;
    let versions = async || {
        let (kept, gone) = (
            office.worker(&kept["id"], None).await,
            office.worker(&worker["id"], None).await,
        );
        (kept["version"].clone(), gone["version"].clone())
    };
    let (keep, absorb) = versions().await;
    let merge = json!({ "keep": kept["id"], "keepVersion": keep, "absorb": worker["id"], "absorbVersion": absorb });
    let query = "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { worker { version orgUnit { code } } errors { code } } }";
    let data = manager.data(query, json!({ "input": merge })).await;
    assert_eq!(data["mergeWorkers"]["errors"], json!([]));
    let unit = data["mergeWorkers"]["worker"]["orgUnit"]["code"]
        .as_str()
        .expect("a code")
        .to_owned();
    let merged = history(manager, &kept).await;
    assert!(
        merged.contains(&json!(["transfer", "7", scan])),
        "{merged:?}"
    );
    for at in ["A-2", "B-1"] {
        let there = office.country.caller(Role::HrOfficer).scope(&[at]);
        let expected = if at == unit { 200 } else { 404 };
        assert_eq!(status(&there, &scan).await, expected, "{at} of {unit}");
    }
    let unmerge = json!({ "absorbed": worker["id"], "baseVersion": data["mergeWorkers"]["worker"]["version"] });
    let query = "mutation($input: UnmergeWorkersInput!) { unmergeWorkers(input: $input) { errors { code path } } }";
    let data = manager.data(query, json!({ "input": unmerge })).await;
    assert_eq!(data["unmergeWorkers"]["errors"], json!([]));
    let there = office.country.caller(Role::HrOfficer).scope(&["A-2"]);
    assert_eq!(status(&there, &scan).await, 200);
    assert!(
        history(manager, &worker)
            .await
            .contains(&json!(["transfer", "7", scan]))
    );
    let verified = office
        .country
        .db
        .write(async |tx: &mut kada::tenancy::Reader<'_>| kada::ledger::verify(tx).await)
        .await;
    assert!(verified.expect("a ledger").is_ok());
}

#[tokio::test]
async fn who_decides_on_what_somebody_asked_for_does_so_by_the_same_act() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let made = async |caller: &Caller<'_>, mutation: &str, input: Value, changed: &str| {
        let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
                {changed} errors {{ errorCode path }} }} }}"
        );
        let mut data = caller.data(&query, json!({ "input": input })).await;
        assert_eq!(data["answer"]["errors"], json!([]), "{mutation}");
        data["answer"].take()
    };
    // A correction that a second person approves.
    guard(&office, &["NAMES"]).await;
    let clerk = office.country.caller(Role::DataClerk);
    let decree = sent(&clerk, PDF).await;
    let correction = json!({
        "worker": worker["id"], "baseVersion": 1, "familyName": "Diarra", "act": act("1", &decree),
    });
    let asked = made(&clerk, "correctWorker", correction, "changeRequest { id }").await;
    let approval = json!({ "request": asked["changeRequest"]["id"], "decision": "APPROVE" });
    made(&office.manager, "decideChangeRequest", approval, "").await;
    // A transfer that another district accepts.
    let near = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    let far = office.country.caller(Role::HrManager).scope(&["B-1"]);
    let letter = sent(&near, PNG).await;
    let proposal = json!({
        "worker": worker["id"], "to": office.id("F-B1"), "on": "2026-02-01", "act": act("2", &letter),
    });
    let proposed = made(
        &near,
        "proposeTransfer",
        proposal,
        "proposal { id version }",
    )
    .await;
    let proposal = &proposed["proposal"];
    let accept = json!({ "proposal": proposal["id"], "baseVersion": proposal["version"] });
    made(&far, "acceptTransfer", accept, "").await;
    let told = history(&office.manager, &worker).await;
    let acts = [json!(["2", letter]), json!(["1", decree])];
    for act in acts {
        let found = told.iter().any(|it| [&it[1], &it[2]] == [&act[0], &act[1]]);
        assert!(found, "{act} {told:?}");
    }
    assert_eq!(status(&far, &letter).await, 200);
}

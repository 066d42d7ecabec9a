//! An answer that somebody else changed first: whoever comes too late is told what stands there now, and what differs.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{Desk, fields, submit};
use crate::support::world::{Caller, World};
use crate::workforce::office::{refusals, with};
use crate::workforce::offline::item;

const NOW: &str = "{ version status answers personalAnswers formVersion { number } }";

fn questions() -> Value {
    let child = json!({ "type": "object", "properties": {
        "name": { "type": "string", "x-sensitivity": "personal" }, "age": { "type": "integer" } } });
    fields(json!({
        "ward": { "type": "string" }, "stipend": { "type": "boolean" },
        "illness": { "type": "boolean", "x-sensitivity": "personal" },
        "children": { "type": "array", "maxItems": 5, "items": child },
    }))
}

/// The payload of a correction, with all that it says of a conflict.
async fn correct(caller: &Caller<'_>, input: &Value) -> Value {
    let document = format!(
        "mutation($input: CorrectSubmissionInput!) {{ answer: correctSubmission(input: $input) {{
            submission {{ version }} conflict {NOW} changed {{ path base current }}
            errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&document, json!({ "input": input })).await;
    data["answer"].take()
}

/// What differs, as `path base current`.
fn differing(changed: &Value) -> Vec<String> {
    let changed = changed.as_array().expect("a list").iter();
    let each = changed.map(|it| {
        let path = it["path"].as_array().expect("a path").iter();
        let path: Vec<&str> = path.filter_map(Value::as_str).collect();
        format!("{} {} {}", path.join("."), it["base"], it["current"])
    });
    each.collect()
}

/// A form, and an answer to it about somebody at F-A1.
async fn answered(desk: &Desk<'_>, worker: &str) -> (Value, Value) {
    let form = desk.publish("home", "WORKER", &questions()).await;
    let input = json!({ "form": form["id"], "about": { "worker": worker }, "answers": {
        "ward": "Mji", "illness": true, "children": [{ "name": "Asha", "age": 3 }, { "name": "Juma", "age": 5 }] } });
    let taken = submit(&desk.admin, "submitForm", input).await;
    assert_eq!(taken["errors"], json!([]));
    (form, taken["submission"]["id"].clone())
}

#[tokio::test]
async fn whoever_corrects_an_answer_too_late_sees_what_stands_there() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let worker = country.register("Mushi", "F-A1", "MW", "2020-01-01").await;
    let (_, answer) = answered(&desk, &worker).await;
    let clerk = country.caller(Role::DataClerk).scope(&["A-1"]);
    let first = json!({ "submission": answer, "baseVersion": 1, "answers": {
        "ward": "Kijiji", "illness": false, "stipend": true, "children": [{ "name": "Asha", "age": 4 }] } });
    let done = correct(&desk.admin, &first).await;
    assert_eq!(done["errors"], json!([]));
    assert_eq!(
        (&done["conflict"], &done["changed"]),
        (&Value::Null, &json!([]))
    );

    let late = json!({ "submission": answer, "baseVersion": 1, "answers": { "ward": "Mtaa" },
        "idempotencyKey": "a late correction" });
    let refused = correct(&clerk, &late).await;
    assert_eq!(refusals(&refused), ["STALE baseVersion"]);
    assert_eq!(refused["submission"], Value::Null);
    let now = json!({
        "version": 2, "status": "SUBMITTED", "formVersion": { "number": 1 },
        "answers": { "ward": "Kijiji", "stipend": true, "children": [{ "age": 4 }] },
        "personalAnswers": { "illness": false, "children": [{ "name": "Asha" }] },
    });
    assert_eq!(refused["conflict"], now);
    let mut told = differing(&refused["changed"]);
    told.sort();
    insta::assert_snapshot!(told.join("\n"), @r#"
    answers.children.0.age 3 4
    answers.children.1.age 5 null
    answers.children.1.name "Juma" null
    answers.illness true false
    answers.stipend null true
    answers.ward "Mji" "Kijiji"
    "#);
    assert_eq!(correct(&clerk, &late).await, refused, "the same answer");

    // What came and went again differs no more; and what they saw of the second version they are not told.
    let back = with(
        &first,
        &[("baseVersion", json!(2)), ("answers.ward", json!("Mji"))],
    );
    assert_eq!(correct(&desk.admin, &back).await["errors"], json!([]));
    let later = json!({ "submission": answer, "baseVersion": 1, "answers": {} });
    let refused = correct(&clerk, &later).await;
    assert_eq!(refused["conflict"]["version"], 3);
    let told = differing(&refused["changed"]);
    assert!(
        !told.iter().any(|it| it.starts_with("answers.ward")),
        "{told:?}"
    );
    assert_eq!(told.len(), 5);
    let second = with(&later, &[("baseVersion", json!(2))]);
    let told = differing(&correct(&clerk, &second).await["changed"]);
    assert_eq!(told, ["answers.ward \"Kijiji\" \"Mji\""]);
    // Of a version that is no more than reviewed, no answer differs.
    let accept = json!({ "submission": answer, "baseVersion": 3, "decision": "ACCEPT" });
    assert_eq!(
        submit(&desk.admin, "reviewSubmission", accept).await["errors"],
        json!([])
    );
    let third = with(&later, &[("baseVersion", json!(3))]);
    let refused = correct(&clerk, &third).await;
    assert_eq!(refused["conflict"]["status"], "ACCEPTED");
    assert_eq!(refused["changed"], json!([]));
    // Whoever does not see the answer is told nothing of it.
    let elsewhere = country.caller(Role::DataClerk).scope(&["B-1"]);
    let refused = correct(&elsewhere, &later).await;
    assert_eq!(refusals(&refused), ["SUBMISSION_NOT_FOUND submission"]);
    assert_eq!(
        (&refused["conflict"], &refused["changed"]),
        (&Value::Null, &json!([]))
    );
}

#[tokio::test]
async fn what_differs_is_read_by_the_questions_of_each_version() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let worker = country.register("Mushi", "F-A1", "MW", "2020-01-01").await;
    let (_, answer) = answered(&desk, &worker).await;
    let next = fields(json!({ "ward": { "type": "string" }, "payer": { "type": "string" } }));
    let gone = ["children.age", "children.name", "illness", "stipend"];
    let nowhere: Vec<Value> = gone.iter().map(|it| json!({ "from": it })).collect();
    desk.publish_mapped("home", "WORKER", &next, json!(nowhere))
        .await;
    let moved = json!({ "submission": answer, "baseVersion": 1, "formVersion": 2, "answers": {
        "ward": "Mji", "payer": "ngo" } });
    assert_eq!(correct(&desk.admin, &moved).await["errors"], json!([]));
    let clerk = country.caller(Role::DataClerk);
    let late = json!({ "submission": answer, "baseVersion": 1, "answers": { "ward": "Mtaa" } });
    let refused = correct(&clerk, &late).await;
    assert_eq!(refused["conflict"]["formVersion"]["number"], 2);
    let mut told = differing(&refused["changed"]);
    told.sort();
    insta::assert_snapshot!(told.join("\n"), @r#"
    answers.children.0.age 3 null
    answers.children.0.name "Asha" null
    answers.children.1.age 5 null
    answers.children.1.name "Juma" null
    answers.illness true null
    answers.payer null "ngo"
    "#);
    // The same for whoever reviews what they have not seen.
    let document = "mutation($input: ReviewSubmissionInput!) { answer: reviewSubmission(input: $input) {
        conflict { version } changed { path base current } errors { code errorCode message path } } }";
    let review = json!({ "submission": answer, "baseVersion": 1, "decision": "ACCEPT" });
    let manager = country.caller(Role::HrManager);
    let data = manager.data(document, json!({ "input": review })).await;
    assert_eq!(refusals(&data["answer"]), ["STALE baseVersion"]);
    assert_eq!(data["answer"]["conflict"]["version"], 2);
    assert_eq!(data["answer"]["changed"], refused["changed"]);
}

#[tokio::test]
async fn an_item_of_a_batch_that_comes_too_late_is_told_the_same() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let worker = country.register("Mushi", "F-A1", "MW", "2020-01-01").await;
    let (_, answer) = answered(&desk, &worker).await;
    let first = json!({ "submission": answer, "baseVersion": 1, "answers": { "ward": "Kijiji", "illness": true,
        "children": [{ "name": "Asha", "age": 3 }, { "name": "Juma", "age": 5 }] } });
    assert_eq!(correct(&desk.admin, &first).await["errors"], json!([]));
    let rename = "mutation($input: CorrectWorkerInput!) { correctWorker(input: $input) { errors { code } } }";
    let input = json!({ "worker": worker, "baseVersion": 1, "familyName": "Mushy" });
    let renamed = desk.admin.data(rename, json!({ "input": input })).await;
    assert_eq!(renamed["correctWorker"]["errors"], json!([]));

    let clerk = country.caller(Role::DataClerk).scope(&["A-1"]);
    let late = json!({ "submission": answer, "baseVersion": 1, "answers": { "ward": "Mtaa" } });
    let person = json!({ "worker": worker, "baseVersion": 1, "familyName": "Musha", "onConflict": "REFUSE" });
    let items = [
        item("a-late-answer", &[], "correctSubmission", late.clone()),
        item("a-late-person", &[], "correctWorker", person),
    ];
    let document = format!(
        "mutation($items: [BatchItemInput!]!) {{ submitBatch(input: {{ items: $items }}) {{ outcomes {{
            state conflict {{ changed {{ field base current }} }} submissionConflict {NOW}
            changedAnswers {{ path base current }} errors {{ code errorCode message path }} }} }} }}"
    );
    let data = clerk.data(&document, json!({ "items": items })).await;
    let outcomes = &data["submitBatch"]["outcomes"];
    let alone = correct(&clerk, &late).await;
    assert_eq!(refusals(&outcomes[0]), ["STALE baseVersion"]);
    assert_eq!(outcomes[0]["submissionConflict"], alone["conflict"]);
    assert_eq!(outcomes[0]["submissionConflict"]["version"], 2);
    let told = differing(&outcomes[0]["changedAnswers"]);
    assert_eq!(told, ["answers.ward \"Mji\" \"Kijiji\""]);
    assert_eq!(outcomes[0]["conflict"], Value::Null);
    assert_eq!(refusals(&outcomes[1]), ["STALE baseVersion"]);
    let names = json!([{ "field": "familyName", "base": "Mushi", "current": "Mushy" }]);
    assert_eq!(outcomes[1]["conflict"]["changed"], names);
    assert_eq!(outcomes[1]["submissionConflict"], Value::Null);
    assert_eq!(outcomes[1]["changedAnswers"], json!([]));
    // Sent again, it is told again.
    let again = clerk.data(&document, json!({ "items": items })).await;
    assert_eq!(again, data);
}

//! Two clerks on one record: what each changed is kept, and of what both changed somebody decides.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};

use super::office::{Office, refusals, with};
use super::offline::{item, send};
use crate::support::world::{Caller, World};

const INBOX: &str = "query($filter: ConflictFilterInput) { conflicts(first: 100, filter: $filter) { totalCount nodes {
    id field base theirs mine state version key theirSeq worker { id familyName } } } }";

async fn inbox(caller: &Caller<'_>, filter: Value) -> Vec<Value> {
    let data = caller.data(INBOX, json!({ "filter": filter })).await;
    let nodes = data["conflicts"]["nodes"].as_array().expect("conflicts");
    assert_eq!(data["conflicts"]["totalCount"], nodes.len());
    nodes.clone()
}

async fn resolve(caller: &Caller<'_>, conflict: &Value, take: &str) -> Value {
    let query = "mutation($input: ResolveConflictInput!) { answer: resolveConflict(input: $input) {
        resolved { id state decidedAt version worker { familyName version } } conflict { state version }
        errors { code errorCode message path } } }";
    let input =
        json!({ "conflict": conflict["id"], "take": take, "baseVersion": conflict["version"] });
    let mut data = caller.data(query, json!({ "input": input })).await;
    data["answer"].take()
}

/// Somebody, and what the manager made of them while the clerk was away, as their second version.
async fn while_away(office: &Office<'_>, change: Value) -> Value {
    let person = with(
        &office.person("Traoré", "F-A1", "MW", "2020-01-01"),
        &[
            ("givenNames", json!("Awa")),
            (
                "identifiers",
                json!([{ "type": "matricule", "value": "100001-A" }]),
            ),
            (
                "contacts",
                json!([{ "kind": "PHONE", "value": "+22370000001" }]),
            ),
        ],
    );
    let worker = office.change("registerWorker", person).await;
    let mut change = change;
    change["worker"] = worker["id"].clone();
    change["baseVersion"] = json!(1);
    let changed = office.change("correctWorker", change).await;
    assert_eq!(changed["version"], 2);
    worker["id"].clone()
}

fn phones(values: &[&str]) -> Value {
    let phones = values
        .iter()
        .map(|it| json!({ "kind": "PHONE", "value": it }));
    phones.collect()
}

#[tokio::test]
async fn different_fields_are_both_kept() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let theirs =
        json!({ "familyName": "Keïta", "contacts": phones(&["+22370000001", "+22370000002"]) });
    let worker = while_away(&office, theirs).await;
    let mine = json!({
        "worker": worker, "baseVersion": 1, "familyName": "Traoré", "givenNames": "Aminata",
        "birthDate": "1984-03-17", "contacts": phones(&["+22370000003"]),
    });
    // By itself it is refused, as ever, unless it asks to be merged.
    let refused = super::office::ask(&clerk, "correctWorker", mine.clone()).await;
    assert_eq!(refusals(&refused), ["STALE baseVersion"]);
    let sent = send(
        &clerk,
        &[item("while-away", &[], "correctWorker", mine.clone())],
    )
    .await;
    assert_eq!(
        (&sent[0]["state"], &sent[0]["conflicts"]),
        (&json!("DONE"), &json!([]))
    );
    let record = office.worker(&worker, None).await;
    let names = ["familyName", "givenNames", "birthDate"].map(|it| record[it].clone());
    assert_eq!(
        names,
        [json!("Keïta"), json!("Aminata"), json!("1984-03-17")]
    );
    let numbers: Vec<&Value> = (record["contacts"].as_array().expect("contacts").iter())
        .map(|it| &it["value"])
        .collect();
    assert_eq!(
        numbers,
        ["+22370000002", "+22370000003"],
        "the first was taken out"
    );
    assert_eq!(record["version"], 3);
    assert_eq!(inbox(&clerk, json!(null)).await, [] as [Value; 0]);
    // The device goes on from what it knows: its own changes are none of somebody else's.
    let more =
        json!({ "worker": worker, "baseVersion": 1, "givenNames": "Amina", "onConflict": "MERGE" });
    let merged = office_ask(&clerk, more).await;
    assert_eq!(
        (&merged["errors"], &merged["conflicts"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(merged["worker"]["givenNames"], "Amina");
    // A version that never was merges with nothing.
    for base in [0, 9] {
        let strange = json!({ "worker": worker, "baseVersion": base, "givenNames": "X", "onConflict": "MERGE" });
        let refused = office_ask(&clerk, strange).await;
        assert_eq!(refusals(&refused), ["STALE baseVersion"], "{base}");
    }
    let refuse = with(&mine, &[("onConflict", json!("REFUSE"))]);
    let sent = send(&clerk, &[item("as-of-old", &[], "correctWorker", refuse)]).await;
    assert_eq!(refusals(&sent[0]), ["STALE baseVersion"]);
    assert_eq!(sent[0]["conflict"]["baseVersion"], 1);
}

async fn office_ask(caller: &Caller<'_>, input: Value) -> Value {
    let query = "mutation($input: CorrectWorkerInput!) { answer: correctWorker(input: $input) {
        worker { id version givenNames } conflicts { id field } errors { code errorCode message path } } }";
    let mut data = caller.data(query, json!({ "input": input })).await;
    data["answer"].take()
}

#[tokio::test]
async fn of_one_field_the_inbox_has_both_values_until_somebody_decides() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let theirs = json!({
        "familyName": "Keïta", "birthDate": "1984-01-01",
        "identifiers": [{ "type": "matricule", "value": "100002-B" }],
    });
    let worker = while_away(&office, theirs).await;
    let mine = json!({
        "worker": worker, "baseVersion": 1, "familyName": "Keita", "givenNames": "Aminata",
        "birthDate": "1984-03-17", "identifiers": [{ "type": "matricule", "value": "100003-C" }],
    });
    let sent = send(
        &clerk,
        &[item("while-away", &[], "correctWorker", mine.clone())],
    )
    .await;
    assert_eq!(sent[0]["state"], "DONE", "{:#}", sent[0]);
    // What they do not agree on stays as it is; the rest is done.
    let record = office.worker(&worker, None).await;
    let names = ["familyName", "givenNames", "birthDate"].map(|it| record[it].clone());
    assert_eq!(
        names,
        [json!("Keïta"), json!("Aminata"), json!("1984-01-01")]
    );
    assert_eq!(record["identifiers"][0]["value"], "100002-B");
    let waiting = inbox(&clerk, json!({ "worker": worker, "state": "OPEN" })).await;
    let of = |field: &str| {
        let found = waiting.iter().find(|it| it["field"] == field);
        found
            .unwrap_or_else(|| panic!("{field} {waiting:#?}"))
            .clone()
    };
    assert_eq!(waiting.len(), 3);
    assert_eq!(sent[0]["conflicts"].as_array().map(Vec::len), Some(3));
    let name = of("familyName");
    insta::assert_json_snapshot!(name, { ".id" => "[id]", ".worker.id" => "[id]", ".theirSeq" => "[seq]" }, @r#"
    {
      "base": "Traoré",
      "field": "familyName",
      "id": "[id]",
      "key": "while-away",
      "mine": "Keita",
      "state": "OPEN",
      "theirSeq": "[seq]",
      "theirs": "Keïta",
      "version": 1,
      "worker": {
        "familyName": "Keïta",
        "id": "[id]"
      }
    }
    "#);
    let number = of("identifiers.matricule");
    assert_eq!(
        number["mine"],
        json!({ "type": "matricule", "value": "100003-C" })
    );
    // Who they were is told to whoever may read what was done.
    let query = "{ conflicts(first: 1) { nodes { mine theirActor myActor } } }";
    let seen = office.manager.data(query, json!({})).await;
    let actors = ["theirActor", "myActor"].map(|it| {
        let actor = seen["conflicts"]["nodes"][0][it]
            .as_str()
            .expect("an actor");
        actor.contains("data_clerk")
    });
    assert_eq!(actors, [false, true]);
    let hidden = clerk.ask(query, json!({})).await;
    assert_eq!(hidden["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let shown = &hidden["data"]["conflicts"]["nodes"][0];
    assert_eq!(
        (&shown["theirActor"], &shown["myActor"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!shown["mine"].is_null());
    // The same once more is the same; another value goes where the first one waits.
    send(
        &clerk,
        &[item("while-away", &[], "correctWorker", mine.clone())],
    )
    .await;
    let other = json!({ "worker": worker, "baseVersion": 1, "familyName": "Kéita" });
    let sent = send(&clerk, &[item("while-away-2", &[], "correctWorker", other)]).await;
    assert_eq!(sent[0]["conflicts"][0]["id"], name["id"]);
    let waiting = inbox(&clerk, json!({ "worker": worker })).await;
    assert_eq!(waiting.len(), 3);

    // Whoever read the item before it changed is told so; then one decides, and the second is told that.
    let stale = resolve(&clerk, &name, "MINE").await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    assert_eq!(stale["conflict"], json!({ "state": "OPEN", "version": 2 }));
    let name = with(&name, &[("version", json!(2))]);
    let taken = resolve(&office.manager, &name, "MINE").await;
    assert_eq!(taken["errors"], json!([]));
    assert_eq!(taken["resolved"]["state"], "TAKEN");
    assert_eq!(taken["resolved"]["worker"]["familyName"], "Kéita");
    let second = resolve(&clerk, &name, "THEIRS").await;
    assert_eq!(refusals(&second), ["CONFLICT_DECIDED conflict"]);
    assert_eq!(second["conflict"]["state"], "TAKEN");
    let kept = resolve(&clerk, &of("birthDate"), "THEIRS").await;
    assert_eq!(kept["resolved"]["state"], "KEPT");
    let taken = resolve(&clerk, &number, "MINE").await;
    assert_eq!(taken["errors"], json!([]));
    let record = office.worker(&worker, None).await;
    assert_eq!(record["birthDate"], "1984-01-01");
    assert_eq!(record["identifiers"].as_array().map(Vec::len), Some(1));
    assert_eq!(record["identifiers"][0]["value"], "100003-C");
    assert_eq!(
        inbox(&clerk, json!({ "state": "OPEN" })).await,
        [] as [Value; 0]
    );
    // All of it is told in the ledger.
    let query = "{ changes(first: 100) { nodes { verb conflictId } } }";
    let feed = clerk.data(query, json!({})).await;
    let told = |verb: &str| {
        let nodes = feed["changes"]["nodes"].as_array().expect("changes");
        let told = nodes
            .iter()
            .filter(|it| it["verb"] == verb && it["conflictId"].is_string());
        told.count()
    };
    assert_eq!((told("note_conflict"), told("resolve_conflict")), (4, 3));
}

#[tokio::test]
async fn a_number_that_somebody_else_has_cannot_be_taken_from_the_inbox() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let number = |value: &str| json!([{ "type": "matricule", "value": value }]);
    let worker = while_away(&office, json!({ "identifiers": number("100002-B") })).await;
    let mine = json!({ "worker": worker, "baseVersion": 1, "identifiers": number("100003-C") });
    send(&clerk, &[item("while-away", &[], "correctWorker", mine)]).await;
    let other = office.person("Coulibaly", "F-A1", "MW", "2020-01-01");
    let other = with(&other, &[("identifiers", number("100003-C"))]);
    office.change("registerWorker", other).await;
    let waiting = inbox(&clerk, json!(null)).await;
    let refused = resolve(&clerk, &waiting[0], "MINE").await;
    assert_eq!(refusals(&refused), ["IDENTIFIER_TAKEN conflict"]);
    assert_eq!(inbox(&clerk, json!({ "state": "OPEN" })).await.len(), 1);
}

#[tokio::test]
async fn a_conflict_is_seen_with_its_record_and_follows_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let worker = while_away(&office, json!({ "familyName": "Keïta" })).await;
    let mine = json!({ "worker": worker, "baseVersion": 1, "familyName": "Keita" });
    send(&clerk, &[item("while-away", &[], "correctWorker", mine)]).await;
    let waiting = inbox(&clerk, json!({ "orgUnit": office.id("A") })).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        inbox(&clerk, json!({ "orgUnit": office.id("B") }))
            .await
            .len(),
        0
    );
    let elsewhere = office.country.caller(Role::HrOfficer).scope(&["B"]);
    assert_eq!(inbox(&elsewhere, json!(null)).await.len(), 0);
    let hidden = resolve(&elsewhere, &waiting[0], "MINE").await;
    assert_eq!(refusals(&hidden), ["CONFLICT_NOT_FOUND conflict"]);
    assert_eq!(hidden["conflict"], json!(null));
    let viewer = office.country.caller(Role::Viewer);
    assert_eq!(viewer.error_code(INBOX, json!({})).await, "FORBIDDEN");

    // The record goes into another, and its conflict with it; the old id finds it still.
    let other = office.register("Samaké", "F-A2", "MW", "2024-01-01").await;
    let merge = json!({
        "keep": other["id"], "keepVersion": 1, "absorb": worker, "absorbVersion": 2,
    });
    let query = "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { moved errors { code } } }";
    let merged = office.manager.data(query, json!({ "input": merge })).await;
    assert_eq!(merged["mergeWorkers"]["errors"], json!([]));
    for id in [&other["id"], &worker] {
        let found = inbox(&clerk, json!({ "worker": id })).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["worker"]["id"], other["id"]);
    }
    let taken = resolve(&clerk, &waiting[0], "MINE").await;
    assert_eq!(taken["resolved"]["worker"]["familyName"], "Keita");
    // A version of the record that went says nothing of the one that was kept.
    let late = json!({ "worker": worker, "baseVersion": 1, "familyName": "Kanté" });
    let sent = send(&clerk, &[item("too-late", &[], "correctWorker", late)]).await;
    assert_eq!(refusals(&sent[0]), ["STALE baseVersion"]);
    assert!(WorkerId::decode(worker.as_str().expect("an id")).is_ok());
}

#[tokio::test]
async fn a_career_goes_on_over_the_own_changes_and_over_nobody_elses() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = WorkerId::new().encode();
    let person = with(
        &office.person("Dembélé", "F-A1", "MW", "2020-01-01"),
        &[("id", json!(worker))],
    );
    let to = |facility: &str, on: &str, base: i32| json!({ "worker": worker, "to": office.id(facility), "on": on, "baseVersion": base });
    let named = json!({ "worker": worker, "baseVersion": 1, "givenNames": "Awa" });
    let items = [
        item(
            "moved-12",
            &["named-12"],
            "transferWorker",
            to("F-A2", "2021-01-01", 1),
        ),
        item("named-12", &["made-it-1"], "correctWorker", named),
        item("made-it-1", &[], "registerWorker", person),
    ];
    let sent = send(&office.manager, &items).await;
    let states: Vec<&Value> = sent.iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["DONE"; 3], "{sent:#?}");
    assert_eq!(sent[0]["worker"]["version"], 3);
    let clerk = office.country.caller(Role::DataClerk);
    let theirs = json!({ "worker": worker, "baseVersion": 3, "sex": "UNKNOWN" });
    send(&clerk, &[item("by-another", &[], "correctWorker", theirs)]).await;
    let on = item(
        "moved-34",
        &[],
        "transferWorker",
        to("F-B1", "2022-01-01", 3),
    );
    let sent = send(&office.manager, &[on]).await;
    assert_eq!(refusals(&sent[0]), ["STALE baseVersion"]);
    assert_eq!(sent[0]["conflict"]["changed"], json!([{ "field": "sex" }]));
}

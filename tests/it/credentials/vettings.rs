//! Clearances: recorded, answered, kept from those who may not read them, and who serves without one.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};

use super::desk::{of, vetting};
use crate::support::world::World;
use crate::workforce::office::{Office, ask, nothing, refusals, with};

const VETTINGS: &str =
    "version vettings { id kind { code } status isValid issuedOn expiresOn issuedBy }";

#[tokio::test]
async fn a_clearance_is_asked_for_answered_and_ends() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Keita", "S-A1", "SWO", "2020-01-01").await;
    let pending = with(&vetting(&worker, "PENDING"), &[("expiresOn", Value::Null)]);
    office.change("recordVetting", pending).await;
    let told = of(&office.manager, &worker, VETTINGS, None).await;
    let id = told["vettings"][0]["id"].clone();
    assert_eq!(told["vettings"][0]["isValid"], false);
    let answered = with(
        &vetting(&worker, "CLEARED"),
        &[("vetting", id.clone()), ("baseVersion", json!(2))],
    );
    office.change("recordVetting", answered.clone()).await;
    let told = of(&office.manager, &worker, VETTINGS, None).await;
    let expected = json!({ "version": 3, "vettings": [{
        "id": id, "kind": { "code": "police_clearance" }, "status": "CLEARED", "isValid": true,
        "issuedOn": "2025-01-01", "expiresOn": "2026-06-30", "issuedBy": "Police nationale",
    }] });
    assert_eq!(told, expected);
    for (day, valid) in [
        ("2024-12-31", false),
        ("2025-01-01", true),
        ("2026-06-30", true),
        ("2026-07-01", false),
    ] {
        let told = of(&office.manager, &worker, "vettings { isValid }", Some(day)).await;
        assert_eq!(told["vettings"][0]["isValid"], valid, "{day}");
    }
    let stale = office.ask("recordVetting", answered).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    for (field, value, refused) in [
        ("worker", nothing("wkr"), "WORKER_NOT_FOUND worker"),
        ("vetting", nothing("vet"), "CREDENTIAL_NOT_FOUND vetting"),
        ("kind", json!("gossip"), "UNKNOWN_VETTING_KIND kind"),
        ("issuedBy", json!(""), "INVALID_TEXT issuedBy"),
        ("issuedOn", json!("1899-01-01"), "INVALID_DATE issuedOn"),
        ("expiresOn", json!("2201-01-01"), "INVALID_DATE expiresOn"),
        (
            "expiresOn",
            json!("2024-12-31"),
            "ENDS_BEFORE_IT_STARTS expiresOn",
        ),
    ] {
        let payload = office
            .ask(
                "recordVetting",
                with(&vetting(&worker, "CLEARED"), &[(field, value)]),
            )
            .await;
        assert_eq!(refusals(&payload), [refused]);
    }
}

#[tokio::test]
async fn a_clearance_is_read_and_written_by_those_alone_who_may() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Keita", "S-A1", "SWO", "2020-01-01").await;
    office
        .change("recordVetting", vetting(&worker, "REFUSED"))
        .await;
    let told = of(&office.manager, &worker, VETTINGS, None).await;
    let id = told["vettings"][0]["id"].clone();
    let clerk = office.country.caller(Role::DataClerk);
    let refuses = async |mutation: &str, input: Value| {
        let query = crate::workforce::office::document(mutation);
        clerk.error_code(&query, json!({ "input": input })).await
    };
    assert_eq!(
        refuses("recordVetting", vetting(&worker, "CLEARED")).await,
        "FORBIDDEN"
    );
    let withdrawal = json!({ "credential": id, "reason": "mine" });
    assert_eq!(refuses("withdrawCredential", withdrawal).await, "FORBIDDEN");
    // Nor does a conflict tell it.
    let stale = json!({ "worker": worker["id"], "baseVersion": 1, "familyName": "Touré" });
    let query = "mutation($input: CorrectWorkerInput!) { correctWorker(input: $input) {
        conflict { changed { field base current } } } }";
    let answer = clerk.ask(query, json!({ "input": stale })).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["permission"],
        "read_conduct"
    );
    assert!(!answer.to_string().contains("refused"), "{answer}");
    let own = office.country.caller(Role::Worker);
    let person = worker["id"].as_str().expect("an id");
    let own = own.person(WorkerId::decode(person).expect("an id"));
    let told = of(&own, &worker, "vettings { status }", None).await;
    assert_eq!(told["vettings"][0]["status"], "REFUSED");
    let manager = office.country.caller(Role::HrManager).scope(&["B"]);
    let payload = ask(&manager, "recordVetting", vetting(&worker, "CLEARED")).await;
    assert_eq!(refusals(&payload), ["WORKER_NOT_FOUND worker"]);
}

#[tokio::test]
async fn who_serves_without_a_clearance_is_told() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let mut people = Vec::new();
    for (name, facility, cadre) in [
        ("Bah", "S-A1", "SWO"),
        ("Diarra", "S-A1", "PSW"),
        ("Keita", "F-B1", "PSW"),
        ("Sow", "F-A1", "MW"),
    ] {
        people.push(office.register(name, facility, cadre, "2020-01-01").await);
    }
    office
        .change("recordVetting", vetting(&people[0], "CLEARED"))
        .await;
    office
        .change("recordVetting", vetting(&people[1], "REFUSED"))
        .await;
    let unvetted = async |arguments: &str| {
        let query =
            format!("{{ unvettedWorkers(first: 9{arguments}) {{ nodes {{ familyName }} }} }}");
        let data = office.manager.data(&query, json!({})).await;
        let nodes = data["unvettedWorkers"]["nodes"]
            .as_array()
            .expect("workers")
            .clone();
        nodes
            .iter()
            .map(|it| it["familyName"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let social = ", filter: {sector: SOCIAL}";
    assert_eq!(unvetted(social).await, ["Diarra", "Keita"]);
    assert_eq!(
        unvetted(&format!("{social}, asOf: \"2026-07-01\"")).await,
        ["Bah", "Diarra", "Keita"]
    );
    assert_eq!(
        unvetted(&format!("{social}, kind: \"child_safeguarding\"")).await,
        ["Bah", "Diarra", "Keita"]
    );
    assert_eq!(unvetted("").await, ["Diarra", "Keita", "Sow"]);
}

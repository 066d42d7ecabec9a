//! A second person: what waits, who decides, and what becomes of the record.

use std::collections::BTreeSet;

use kada::auth::{Actor, Role};
use kada::cli::apply::{self, Country};
use kada::kernel::{ChangeRequestId, Id, Sector, WorkerId};
use kada::workforce::{self, DecideChange, Occasion};
use serde_json::{Value, json};

use super::duplicates::{state, two_of_one};
use super::office::{Office, nothing, refusals, text, with};
use super::offline::{item, send};
use crate::cost::Statements;
use crate::interop::{counts, import};
use crate::support::world::{Caller, World};

const CORRECT: &str = "mutation($input: CorrectWorkerInput!) { answer: correctWorker(input: $input) {
    worker { version familyName givenNames sex birthDate identifiers { value } contacts { value } }
    changeRequest { id version status groups baseVersion isMine fields { field from to } worker { id familyName } }
    conflicts { id } errors { code errorCode message path } } }";
const DECIDE: &str = "mutation($input: DecideChangeRequestInput!) { answer: decideChangeRequest(input: $input) {
    changeRequest { status version isMine comment worker { version familyName givenNames } } conflict { status version }
    changed { field from current to } errors { code errorCode message path } } }";
const WITHDRAW: &str = "mutation($input: WithdrawChangeRequestInput!) { answer: withdrawChangeRequest(input: $input) {
    changeRequest { status version } conflict { status } errors { code errorCode message path } } }";
const SAVE: &str = "mutation($input: SaveApprovalPolicyInput!) { answer: saveApprovalPolicy(input: $input) {
    policy { groups version } conflict { groups version } errors { code errorCode message path } } }";
const LIST: &str = "query($filter: ChangeRequestFilterInput) { changeRequests(first: 100, filter: $filter) { totalCount
    nodes { id status groups worker { id } } } }";

async fn ask(caller: &Caller<'_>, document: &str, input: Value) -> Value {
    let mut data = caller.data(document, json!({ "input": input })).await;
    data["answer"].take()
}

async fn policy(caller: &Caller<'_>) -> Value {
    let query = "{ approvalPolicy { groups version } }";
    caller.data(query, json!({})).await["approvalPolicy"].take()
}

/// Has corrections of some groups wait for a second person, and no others.
pub async fn guard(office: &Office<'_>, groups: &[&str]) {
    let admin = office.country.caller(Role::MinistryAdmin);
    let version = policy(&admin).await["version"].clone();
    let input = json!({ "groups": groups, "baseVersion": version });
    let saved = ask(&admin, SAVE, input).await;
    assert_eq!(saved["errors"], json!([]));
    assert_eq!(saved["policy"]["groups"], json!(groups));
}

/// Somebody with a number and a telephone, at F-A1.
async fn somebody(office: &Office<'_>) -> Value {
    let person = with(
        &office.person("Traoré", "F-A1", "MW", "2020-01-01"),
        &[
            ("givenNames", json!("Awa")),
            ("birthDate", json!("1980-05-17")),
            ("identifiers", numbers("100001-A")),
            ("contacts", phones("+22370000001")),
        ],
    );
    office.change("registerWorker", person).await["id"].clone()
}

fn numbers(value: &str) -> Value {
    json!([{ "type": "matricule", "value": value }])
}

fn phones(value: &str) -> Value {
    json!([{ "kind": "PHONE", "value": value }])
}

fn correction(worker: &Value, base: i32, fields: &Value) -> Value {
    let mut input = json!({ "worker": worker, "baseVersion": base });
    for (field, value) in fields.as_object().expect("fields") {
        input[field] = value.clone();
    }
    input
}

fn decision(request: &Value, decision: &str) -> Value {
    json!({ "request": request["id"], "decision": decision, "baseVersion": request["version"] })
}

/// Asks for a change that waits; the request.
async fn wait_for(caller: &Caller<'_>, worker: &Value, base: i32, fields: &Value) -> Value {
    let answer = ask(caller, CORRECT, correction(worker, base, fields)).await;
    assert_eq!(answer["errors"], json!([]), "{answer:#}");
    assert_eq!(answer["changeRequest"]["status"], "OPEN", "{answer:#}");
    answer["changeRequest"].clone()
}

async fn listed(caller: &Caller<'_>, filter: Value) -> Vec<Value> {
    let data = caller.data(LIST, json!({ "filter": filter })).await;
    let nodes = data["changeRequests"]["nodes"]
        .as_array()
        .expect("requests");
    assert_eq!(data["changeRequests"]["totalCount"], nodes.len());
    nodes.iter().map(|it| it["id"].clone()).collect()
}

#[tokio::test]
async fn a_country_that_asks_for_nobody_else_corrects_as_ever() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    assert_eq!(policy(&clerk).await, json!({ "groups": [], "version": 1 }));
    let worker = somebody(&office).await;
    let fields =
        json!({ "familyName": "Keïta", "birthDate": null, "contacts": [], "identifiers": [] });
    let answer = ask(&clerk, CORRECT, correction(&worker, 1, &fields)).await;
    assert_eq!(answer["errors"], json!([]));
    assert_eq!(answer["changeRequest"], json!(null));
    assert_eq!(answer["worker"]["familyName"], "Keïta");
    assert_eq!(answer["worker"]["version"], 2);
    assert_eq!(listed(&clerk, json!(null)).await, [] as [Value; 0]);
}

#[tokio::test]
async fn what_is_guarded_waits_and_the_rest_is_corrected_at_once() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let officer = office.country.caller(Role::HrOfficer);
    let all = json!({
        "familyName": "Keïta", "givenNames": "Aminata", "sex": "MALE", "birthDate": "1981-01-02",
        "identifiers": numbers("100002-B"), "contacts": phones("+22370000002"),
    });
    for (group, waits) in [
        ("NAMES", &["familyName", "givenNames"][..]),
        ("BIRTH", &["birthDate", "sex"]),
        ("IDENTIFIERS", &["identifiers"]),
        ("CONTACTS", &["contacts"]),
    ] {
        let worker = somebody_else(&office, group).await;
        guard(&office, &[group]).await;
        let mut asked = all.clone();
        asked["identifiers"] = numbers(&number('Z', group));
        let answer = ask(&clerk, CORRECT, correction(&worker, 1, &asked)).await;
        assert_eq!(answer["errors"], json!([]), "{group} {answer:#}");
        let request = &answer["changeRequest"];
        assert_eq!(request["groups"], json!([group]));
        assert_eq!(
            (&request["baseVersion"], &request["isMine"]),
            (&json!(1), &json!(true))
        );
        let fields = request["fields"].as_array().expect("fields");
        let held: BTreeSet<&str> = fields
            .iter()
            .filter_map(|it| it["field"].as_str())
            .collect();
        assert_eq!(held, waits.iter().copied().collect(), "{group}");
        for it in fields {
            let field = it["field"].as_str().expect("a field");
            if !["identifiers", "contacts"].contains(&field) {
                let wanted = asked[field].as_str().map(str::to_lowercase);
                assert_eq!(it["to"].as_str().map(str::to_lowercase), wanted, "{field}");
            }
            assert_ne!(it["from"], it["to"]);
        }
        // Whoever does not ask for the request sees the record as it is: those fields are as they were.
        let now = &answer["worker"];
        assert_eq!(now["version"], 2);
        let is_new = [
            (
                "NAMES",
                now["familyName"] == "Keïta" && now["givenNames"] == "Aminata",
            ),
            (
                "BIRTH",
                now["sex"] == "MALE" && now["birthDate"] == "1981-01-02",
            ),
            (
                "IDENTIFIERS",
                now["identifiers"][0]["value"] == asked["identifiers"][0]["value"],
            ),
            ("CONTACTS", now["contacts"][0]["value"] == "+22370000002"),
        ];
        for (of, corrected) in is_new {
            assert_eq!(
                corrected,
                of != group,
                "{of} while {group} is guarded: {now:#}"
            );
        }
        let approved = ask(&officer, DECIDE, decision(request, "APPROVE")).await;
        assert_eq!(approved["errors"], json!([]), "{group} {approved:#}");
        assert_eq!(approved["changeRequest"]["status"], "APPROVED");
        let record = office.worker(&worker, None).await;
        assert_eq!(record["version"], 3);
        assert_eq!(record["familyName"], "Keïta");
        assert_eq!(record["birthDate"], "1981-01-02");
        assert_eq!(
            record["identifiers"][0]["value"],
            asked["identifiers"][0]["value"]
        );
        assert_eq!(record["contacts"][0]["value"], "+22370000002");
        let verbs: Vec<&Value> = (record["history"].as_array().expect("rows").iter())
            .map(|it| &it["verb"])
            .collect();
        assert_eq!(verbs, ["correct", "correct", "register"]);
    }
}

/// A number of its own for each name of the test.
fn number(series: char, name: &str) -> String {
    let sum: u32 = name.bytes().map(u32::from).sum();
    format!("{}-{series}", 200_000 + sum)
}

/// Somebody who is told apart from all others of the test.
async fn somebody_else(office: &Office<'_>, name: &str) -> Value {
    let person = with(
        &office.person(name, "F-A1", "MW", "2020-01-01"),
        &[
            ("identifiers", numbers(&number('Y', name))),
            ("contacts", phones("+22370000001")),
        ],
    );
    office.change("registerWorker", person).await["id"].clone()
}

#[tokio::test]
async fn nobody_decides_on_what_they_asked_for_under_whatever_role() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES"]).await;
    let worker = somebody(&office).await;
    let officer = office.country.caller(Role::HrOfficer);
    let request = wait_for(&officer, &worker, 1, &json!({ "familyName": "Keïta" })).await;
    for word in ["APPROVE", "REJECT"] {
        let refused = ask(&officer, DECIDE, decision(&request, word)).await;
        assert_eq!(refusals(&refused), ["OWN_REQUEST request"], "{word}");
    }
    // The same person with a token that gives them another role, and all roles at once.
    let subject = format!(
        "{}-hr_officer@kada.localhost/development",
        office.country.code
    );
    let id = ChangeRequestId::decode(&text(&request["id"])).expect("an id");
    for roles in [
        vec![Role::MinistryAdmin],
        vec![Role::HrManager, Role::HrOfficer],
    ] {
        let actor = Actor::new(subject.clone(), roles);
        let occasion = Occasion {
            actor: &actor,
            now: world.clock.now(),
            today: world.clock.now().date_naive(),
            phone_region: "ML",
            act: None,
            offline: false,
        };
        let decide = DecideChange {
            request: id,
            approves: true,
            comment: None,
            base_version: None,
        };
        let decided = office
            .country
            .db
            .write(async |tx| workforce::decide_change(tx, &occasion, decide.clone()).await);
        let refused = decided.await.expect_err("they asked for it");
        assert!(
            refused.refuses(|it| matches!(it, workforce::Objection::OwnRequest)),
            "{refused:?}"
        );
    }
    assert_eq!(office.worker(&worker, None).await["familyName"], "Traoré");
    // Nor does the database let it stand.
    let forged = office.country.db.write(async |tx| {
        let forge = "update change_request set status = 'approved', decided_by = requested_by, decided_at = now()";
        sqlx::query(forge).execute(&mut **tx).await?;
        Ok::<_, kada::kernel::Fault>(())
    });
    let forged = format!("{:?}", forged.await.expect_err("a constraint"));
    assert!(forged.contains("two_people_change"), "{forged}");
    let rejected = with(
        &decision(&request, "REJECT"),
        &[("comment", json!("no paper"))],
    );
    let rejected = ask(&office.manager, DECIDE, rejected).await;
    assert_eq!(rejected["changeRequest"]["status"], "REJECTED");
    assert_eq!(rejected["changeRequest"]["comment"], "no paper");
    assert_eq!(rejected["changeRequest"]["worker"]["familyName"], "Traoré");
    assert_eq!(rejected["changeRequest"]["worker"]["version"], 1);
}

#[tokio::test]
async fn only_those_in_scope_see_and_decide() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk).scope(&["A-1"]);
    let request = wait_for(&clerk, &worker, 1, &json!({ "familyName": "Keïta" })).await;
    let other_district = office.country.caller(Role::HrOfficer).scope(&["A-2", "B"]);
    let other_sector = office
        .country
        .caller(Role::HrManager)
        .sectors(&[Sector::Social]);
    for stranger in [&other_district, &other_sector] {
        assert_eq!(listed(stranger, json!(null)).await, [] as [Value; 0]);
        let refused = ask(stranger, DECIDE, decision(&request, "APPROVE")).await;
        assert_eq!(refusals(&refused), ["CHANGE_REQUEST_NOT_FOUND request"]);
        assert_eq!(
            (&refused["conflict"], &refused["changed"]),
            (&json!(null), &json!([]))
        );
        let input = json!({ "request": request["id"] });
        let refused = ask(stranger, WITHDRAW, input).await;
        assert_eq!(refusals(&refused), ["CHANGE_REQUEST_NOT_FOUND request"]);
        let absent = json!({ "request": nothing("chg"), "decision": "REJECT" });
        let refused = ask(stranger, DECIDE, absent).await;
        assert_eq!(refusals(&refused), ["CHANGE_REQUEST_NOT_FOUND request"]);
    }
    let own = WorkerId::decode(&text(&worker)).expect("an id");
    let own = office.country.caller(Role::Worker).person(own);
    for caller in [
        &own,
        &office.country.caller(Role::Viewer),
        &office.country.caller(Role::Auditor),
    ] {
        for query in [LIST, "{ approvalPolicy { groups } }"] {
            assert_eq!(caller.error_code(query, json!({})).await, "FORBIDDEN");
        }
        let input = json!({ "input": decision(&request, "APPROVE") });
        assert_eq!(caller.error_code(DECIDE, input).await, "FORBIDDEN");
    }
    let another_clerk = office.country.caller(Role::DataClerk).scope(&["A"]);
    let input = json!({ "input": decision(&request, "APPROVE") });
    assert_eq!(another_clerk.error_code(DECIDE, input).await, "FORBIDDEN");
    // Somebody of the district may.
    let near = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    let open = |more: Value| with(&json!({ "status": "OPEN" }), &[("mine", more)]);
    assert_eq!(
        listed(&near, open(json!(false))).await,
        [request["id"].clone()]
    );
    assert_eq!(listed(&near, open(json!(true))).await.len(), 0);
    assert_eq!(listed(&clerk, open(json!(true))).await.len(), 1);
    let approved = ask(&near, DECIDE, decision(&request, "APPROVE")).await;
    assert_eq!(approved["errors"], json!([]));
    assert_eq!(approved["changeRequest"]["isMine"], json!(false));
    for (filter, found) in [
        (json!({ "status": "APPROVED", "group": "NAMES" }), 1),
        (json!({ "status": "OPEN" }), 0),
        (json!({ "group": "BIRTH" }), 0),
        (json!({ "worker": worker }), 1),
        (json!({ "worker": nothing("wkr") }), 0),
        (json!({ "orgUnit": office.id("A") }), 1),
        (json!({ "orgUnit": office.id("B") }), 0),
    ] {
        assert_eq!(
            listed(&office.manager, filter.clone()).await.len(),
            found,
            "{filter}"
        );
    }
}

#[tokio::test]
async fn of_two_deciders_at_once_one_wins() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    let request = wait_for(&clerk, &worker, 1, &json!({ "familyName": "Keïta" })).await;
    let officer = office.country.caller(Role::HrOfficer);
    let (one, other) = tokio::join!(
        ask(&officer, DECIDE, decision(&request, "APPROVE")),
        ask(&office.manager, DECIDE, decision(&request, "REJECT")),
    );
    let mut said = [refusals(&one), refusals(&other)];
    said.sort();
    assert_eq!(said, [vec![], vec!["NOT_PENDING request".to_owned()]]);
    let (won, lost) = if refusals(&one).is_empty() {
        (&one, &other)
    } else {
        (&other, &one)
    };
    assert_eq!(lost["conflict"]["status"], won["changeRequest"]["status"]);
    let name = office.worker(&worker, None).await["familyName"].clone();
    let is_approved = won["changeRequest"]["status"] == "APPROVED";
    assert_eq!(name, if is_approved { "Keïta" } else { "Traoré" });
    // Two who ask for the same field at once: one waits.
    let worker = somebody_else(&office, "Diarra").await;
    let wanted = |name: &str| correction(&worker, 1, &json!({ "familyName": name }));
    let (one, other) = tokio::join!(
        ask(&clerk, CORRECT, wanted("Sidibé")),
        ask(&officer, CORRECT, wanted("Coulibaly")),
    );
    let mut said = [refusals(&one), refusals(&other)];
    said.sort();
    assert_eq!(said, [vec![], vec!["CHANGE_PENDING familyName".to_owned()]]);
    assert_eq!(listed(&clerk, json!({ "worker": worker })).await.len(), 1);
}

#[tokio::test]
async fn a_repeated_request_is_one_and_its_answer_the_same() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES", "CONTACTS"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    let fields = json!({
        "familyName": "Keïta", "contacts": phones("+22370000009"), "birthDate": "1980-05-18",
        "idempotencyKey": "the-first-try",
    });
    let first = ask(&clerk, CORRECT, correction(&worker, 1, &fields)).await;
    assert_eq!(
        ask(&clerk, CORRECT, correction(&worker, 1, &fields)).await,
        first
    );
    assert_eq!(
        first["changeRequest"]["groups"],
        json!(["NAMES", "CONTACTS"])
    );
    assert_eq!(first["worker"]["birthDate"], "1980-05-18");
    assert_eq!(listed(&clerk, json!(null)).await.len(), 1);
    // The same wish under another key waits already; of a refused correction nothing is done.
    let again = json!({ "familyName": "Keita", "birthDate": "1990-01-01" });
    let refused = ask(&clerk, CORRECT, correction(&worker, 2, &again)).await;
    assert_eq!(refusals(&refused), ["CHANGE_PENDING familyName"]);
    assert_eq!(
        (&refused["worker"], &refused["changeRequest"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        office.worker(&worker, None).await["birthDate"],
        "1980-05-18"
    );
    // Of a field of which nothing waits, another request may.
    let given = wait_for(&clerk, &worker, 2, &json!({ "givenNames": "Aminata" })).await;
    assert_ne!(given["id"], first["changeRequest"]["id"]);
    let keyed = with(
        &decision(&first["changeRequest"], "APPROVE"),
        &[("idempotencyKey", json!("decided-once"))],
    );
    let decided = ask(&office.manager, DECIDE, keyed.clone()).await;
    assert_eq!(decided["errors"], json!([]));
    assert_eq!(ask(&office.manager, DECIDE, keyed.clone()).await, decided);
    let other = with(&keyed, &[("decision", json!("REJECT"))]);
    let refused = ask(&office.manager, DECIDE, other).await;
    assert_eq!(
        refusals(&refused),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    // The name of the first request stands, the given names are still to come.
    let approved = ask(&office.manager, DECIDE, decision(&given, "APPROVE")).await;
    assert_eq!(approved["changeRequest"]["worker"]["familyName"], "Keïta");
    assert_eq!(approved["changeRequest"]["worker"]["givenNames"], "Aminata");
}

#[tokio::test]
async fn a_field_with_another_value_by_now_is_told_and_never_overwritten() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES", "CONTACTS"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    let fields = json!({ "familyName": "Keïta", "givenNames": "Aminata", "contacts": phones("+22370000009") });
    let request = wait_for(&clerk, &worker, 1, &fields).await;
    guard(&office, &[]).await;
    let meanwhile = json!({ "familyName": "Touré", "contacts": phones("+22370000008") });
    let input = correction(&worker, 1, &meanwhile);
    office.change("correctWorker", input).await;
    let refused = ask(&office.manager, DECIDE, decision(&request, "APPROVE")).await;
    assert_eq!(refusals(&refused), ["FIELDS_CHANGED request"]);
    let phone = |value: &str| json!([{ "kind": "phone", "value": value, "preferred": false }]);
    assert_eq!(
        refused["changed"],
        json!([
            { "field": "familyName", "from": "Traoré", "current": "Touré", "to": "Keïta" },
            { "field": "contacts", "from": phone("+22370000001"), "current": phone("+22370000008"),
              "to": phone("+22370000009") },
        ])
    );
    let record = office.worker(&worker, None).await;
    let kept = ["familyName", "givenNames", "version"].map(|it| record[it].clone());
    assert_eq!(
        kept,
        [json!("Touré"), json!("Awa"), json!(2)],
        "nothing of it was done"
    );
    assert_eq!(
        listed(&clerk, json!({ "status": "OPEN" })).await,
        [request["id"].clone()]
    );
    // What became of a field meanwhile may be what was asked for.
    let same = json!({ "familyName": "Keïta", "contacts": phones("+22370000001") });
    office
        .change("correctWorker", correction(&worker, 2, &same))
        .await;
    let approved = ask(&office.manager, DECIDE, decision(&request, "APPROVE")).await;
    assert_eq!(approved["errors"], json!([]));
    let record = office.worker(&worker, None).await;
    assert_eq!(record["givenNames"], "Aminata");
    assert_eq!(record["contacts"][0]["value"], "+22370000009");
    assert_eq!(record["version"], 4);
}

#[tokio::test]
async fn what_is_approved_must_hold_as_a_correction_of_now() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES", "IDENTIFIERS"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    // What is wrong with it already is said at once.
    for (fields, said) in [
        (
            json!({ "familyName": " ", "givenNames": "7" }),
            "INVALID_NAME familyName",
        ),
        (
            json!({ "identifiers": [{ "type": "shoe", "value": "43" }] }),
            "UNKNOWN_IDENTIFIER_TYPE identifiers.type",
        ),
    ] {
        let refused = ask(&clerk, CORRECT, correction(&worker, 1, &fields)).await;
        assert_eq!(refusals(&refused), [said]);
    }
    let request = wait_for(
        &clerk,
        &worker,
        1,
        &json!({ "identifiers": numbers("100005-E") }),
    )
    .await;
    let other = with(
        &office.person("Coulibaly", "F-A1", "MW", "2020-01-01"),
        &[("identifiers", numbers("100005-E"))],
    );
    office.change("registerWorker", other).await;
    let refused = ask(&office.manager, DECIDE, decision(&request, "APPROVE")).await;
    assert_eq!(refusals(&refused), ["IDENTIFIER_TAKEN request"]);
    assert_eq!(listed(&clerk, json!({ "status": "OPEN" })).await.len(), 1);
    let record = office.worker(&worker, None).await;
    assert_eq!(record["identifiers"][0]["value"], "100001-A");
    // Hostile text is a text.
    let odd = "O'Brien\"; drop table worker; -- \u{202e}<b>${7*7}";
    let request = wait_for(&clerk, &worker, 1, &json!({ "familyName": odd })).await;
    let comment = ("comment", json!("'); delete from ledger; --"));
    let approved = with(&decision(&request, "APPROVE"), &[comment]);
    let approved = ask(&office.manager, DECIDE, approved).await;
    assert_eq!(approved["errors"], json!([]), "{approved:#}");
    assert_eq!(
        approved["changeRequest"]["worker"]["familyName"],
        request["fields"][0]["to"]
    );
    let long = with(
        &decision(&request, "REJECT"),
        &[("comment", json!("x".repeat(1001)))],
    );
    let long = office.manager.ask(DECIDE, json!({ "input": long })).await;
    assert!(long["errors"][0]["message"].is_string(), "{long}");
}

#[tokio::test]
async fn the_author_alone_takes_back() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["BIRTH"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    let request = wait_for(&clerk, &worker, 1, &json!({ "birthDate": null })).await;
    assert_eq!(
        request["fields"],
        json!([{ "field": "birthDate", "from": "1980-05-17", "to": null }])
    );
    let input = json!({ "request": request["id"], "baseVersion": 1 });
    let refused = ask(&office.manager, WITHDRAW, input.clone()).await;
    assert_eq!(refusals(&refused), ["NOT_YOUR_REQUEST request"]);
    let stale = with(&input, &[("baseVersion", json!(7))]);
    let refused = ask(&clerk, WITHDRAW, stale.clone()).await;
    assert_eq!(refusals(&refused), ["STALE baseVersion"]);
    assert_eq!(refused["conflict"]["status"], "OPEN");
    let stale = with(&stale, &[("decision", json!("APPROVE"))]);
    let refused = ask(&office.manager, DECIDE, stale).await;
    assert_eq!(refusals(&refused), ["STALE baseVersion"]);
    assert_eq!(
        refused["conflict"],
        json!({ "status": "OPEN", "version": 1 })
    );
    let withdrawn = ask(&clerk, WITHDRAW, input.clone()).await;
    assert_eq!(
        withdrawn["changeRequest"],
        json!({ "status": "WITHDRAWN", "version": 2 })
    );
    for (caller, document, input) in [
        (&clerk, WITHDRAW, input),
        (&office.manager, DECIDE, decision(&request, "APPROVE")),
    ] {
        let refused = ask(caller, document, input).await;
        assert_eq!(refusals(&refused), ["NOT_PENDING request"]);
        assert_eq!(refused["conflict"]["status"], "WITHDRAWN");
    }
    // The field is free again.
    let request = wait_for(&clerk, &worker, 1, &json!({ "birthDate": "1980-05-18" })).await;
    let without = json!({ "request": request["id"], "decision": "APPROVE" });
    let approved = ask(&office.manager, DECIDE, without).await;
    assert_eq!(approved["errors"], json!([]));
    assert_eq!(
        office.worker(&worker, None).await["birthDate"],
        "1980-05-18"
    );
}

#[tokio::test]
async fn a_batch_says_what_waits() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    let named = correction(
        &worker,
        1,
        &json!({ "familyName": "Keïta", "contacts": phones("+22370000009") }),
    );
    let reached = correction(&worker, 1, &json!({ "birthDate": "1980-05-18" }));
    let second = correction(&worker, 1, &json!({ "familyName": "Keita" }));
    let items = [
        item("named-them", &[], "correctWorker", named),
        item("born-then", &["named-them"], "correctWorker", reached),
        item("named-again", &[], "correctWorker", second),
    ];
    let sent = send(&clerk, &items).await;
    let states: Vec<&Value> = sent.iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["REQUESTED", "DONE", "REFUSED"], "{sent:#?}");
    assert_eq!(refusals(&sent[2]), ["CHANGE_PENDING familyName"]);
    assert_eq!(send(&clerk, &items).await, sent, "once more is the same");
    let query = "mutation($items: [BatchItemInput!]!) { submitBatch(input: { items: $items }) { outcomes {
        state worker { familyName } changeRequest { id status fields { field to } worker { familyName } } } } }";
    let told = clerk.data(query, json!({ "items": items })).await;
    let outcomes = &told["submitBatch"]["outcomes"];
    assert_eq!(outcomes[0]["changeRequest"]["status"], "OPEN");
    assert_eq!(
        outcomes[0]["changeRequest"]["fields"],
        json!([{ "field": "familyName", "to": "Keïta" }])
    );
    assert_eq!(outcomes[0]["worker"]["familyName"], "Traoré");
    assert_eq!(outcomes[1]["changeRequest"], json!(null));
    let record = office.worker(&worker, None).await;
    let done = ["familyName", "birthDate", "version"].map(|it| record[it].clone());
    assert_eq!(done, [json!("Traoré"), json!("1980-05-18"), json!(3)]);
}

#[tokio::test]
async fn a_merge_takes_a_request_along_and_undoing_it_gives_it_back() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (kept, gone) = two_of_one(&office).await;
    guard(&office, &["NAMES", "CONTACTS"]).await;
    let clerk = office.country.caller(Role::DataClerk);
    let version = async |id: &Value| office.worker(id, None).await["version"].clone();
    let base = version(&gone).await.as_i64().expect("a version");
    let base = i32::try_from(base).expect("small");
    let request = wait_for(&clerk, &gone, base, &json!({ "givenNames": "Awa" })).await;
    let before = state(&office.country).await;
    let merge = json!({
        "keep": kept, "keepVersion": version(&kept).await, "absorb": gone, "absorbVersion": version(&gone).await,
    });
    let query = "mutation($input: MergeWorkersInput!) { answer: mergeWorkers(input: $input) {
        worker { version } errors { code errorCode message path } } }";
    let taking = with(&merge, &[("take", json!(["NAME"]))]);
    let refused = ask(&office.manager, query, taking).await;
    assert_eq!(refusals(&refused), ["NEEDS_SECOND_PERSON take"]);
    let merged = ask(&office.manager, query, merge).await;
    assert_eq!(merged["errors"], json!([]), "{merged:#}");
    // It hangs on the record that was kept, and both ids find it.
    for id in [&kept, &gone] {
        assert_eq!(
            listed(&clerk, json!({ "worker": id })).await,
            [request["id"].clone()]
        );
    }
    let data = clerk.data(LIST, json!({})).await;
    assert_eq!(data["changeRequests"]["nodes"][0]["worker"]["id"], kept);
    let unmerge = "mutation($input: UnmergeWorkersInput!) { answer: unmergeWorkers(input: $input) {
        worker { version } errors { code errorCode message path } } }";
    let input = json!({ "absorbed": gone, "baseVersion": merged["worker"]["version"] });
    let undone = ask(&office.manager, unmerge, input).await;
    assert_eq!(undone["errors"], json!([]));
    assert_eq!(state(&office.country).await, before);
    let data = clerk.data(LIST, json!({})).await;
    assert_eq!(data["changeRequests"]["nodes"][0]["worker"]["id"], gone);
    let approved = ask(&office.manager, DECIDE, decision(&request, "APPROVE")).await;
    assert_eq!(approved["errors"], json!([]));
    assert_eq!(office.worker(&gone, None).await["givenNames"], "Awa");
    assert_eq!(office.worker(&kept, None).await["givenNames"], "Aminata");
}

#[tokio::test]
async fn no_other_way_leads_around_the_second_person() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    // Two who named somebody at once: the later name waits in the inbox, and taking it is a correction.
    let named = correction(&worker, 1, &json!({ "familyName": "Touré" }));
    office.change("correctWorker", named).await;
    let mine = json!({ "familyName": "Keïta", "onConflict": "MERGE" });
    let clash = ask(&clerk, CORRECT, correction(&worker, 1, &mine)).await;
    let conflict = &clash["conflicts"][0]["id"];
    assert!(conflict.is_string(), "{clash:#}");
    guard(&office, &["NAMES"]).await;
    let resolve =
        "mutation($input: ResolveConflictInput!) { answer: resolveConflict(input: $input) {
        resolved { state worker { familyName } } errors { code errorCode message path } } }";
    let take = json!({ "conflict": conflict, "take": "MINE", "baseVersion": 1 });
    let taken = ask(&clerk, resolve, take).await;
    assert_eq!(taken["errors"], json!([]));
    assert_eq!(
        taken["resolved"],
        json!({ "state": "REQUESTED", "worker": { "familyName": "Touré" } })
    );
    assert_eq!(
        listed(&clerk, json!({ "worker": worker, "mine": true }))
            .await
            .len(),
        1
    );
    // A file neither; whoever is new comes in with it.
    let file = "family_name,given_names,sex,matricule,phone,facility,cadre,employment_type,starts_on\n\
        Diallo,Awa,F,100001-A,70000001,F-A1,MW,permanent,2020-01-01\n\
        Touré,Awa,F,100001-A,70000007,F-A1,MW,permanent,2020-01-01\n\
        Sow,Awa,F,100009-A,70000009,F-A1,MW,permanent,2020-01-01\n";
    let report = import(&office.manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&report), [1, 1, 0, 1], "{report:#}");
    let problem = &report["report"]["problems"][0];
    assert_eq!(
        (&problem["row"], &problem["code"]),
        (&json!(2), &json!("NEEDS_SECOND_PERSON"))
    );
    let record = office.worker(&worker, None).await;
    assert_eq!(record["familyName"], "Touré");
    assert_eq!(record["contacts"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn the_policy_is_the_ministrys_and_is_carried_by_its_folder() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    let input = json!({ "groups": ["CONTACTS", "NAMES", "NAMES"], "baseVersion": 1 });
    for role in [
        Role::HrManager,
        Role::HrOfficer,
        Role::DataClerk,
        Role::Auditor,
    ] {
        let caller = office.country.caller(role);
        let code = caller.error_code(SAVE, json!({ "input": input })).await;
        assert_eq!(code, "FORBIDDEN");
    }
    let district = admin.clone().scope(&["A"]);
    let refused = ask(&district, SAVE, input.clone()).await;
    assert_eq!(refusals(&refused), ["OUTSIDE_YOUR_SCOPE"]);
    let keyed = with(&input, &[("idempotencyKey", json!("two-people-2026"))]);
    let saved = ask(&admin, SAVE, keyed.clone()).await;
    assert_eq!(
        saved["policy"],
        json!({ "groups": ["NAMES", "CONTACTS"], "version": 2 })
    );
    assert_eq!(ask(&admin, SAVE, keyed).await, saved);
    let refused = ask(&admin, SAVE, input.clone()).await;
    assert_eq!(refusals(&refused), ["STALE baseVersion"]);
    assert_eq!(refused["conflict"], saved["policy"]);
    // What changes nothing writes nothing, and another process knows at once.
    let same = with(&input, &[("baseVersion", json!(2))]);
    assert_eq!(ask(&admin, SAVE, same).await["policy"]["version"], 2);
    let elsewhere = office
        .country
        .caller(Role::DataClerk)
        .at(world.another_process().await);
    assert_eq!(
        policy(&elsewhere).await["groups"],
        json!(["NAMES", "CONTACTS"])
    );
    guard(&office, &["NAMES"]).await;
    assert_eq!(policy(&elsewhere).await["groups"], json!(["NAMES"]));
    let feed = "{ changes(first: 100) { nodes { verb content } } }";
    let feed = admin.data(feed, json!({})).await;
    let told: Vec<&Value> = (feed["changes"]["nodes"].as_array().expect("rows").iter())
        .filter(|it| it["verb"] == "save_approval_policy")
        .map(|it| &it["content"]["fields"]["groups"]["to"])
        .collect();
    assert_eq!(told, [&json!(["names", "contacts"]), &json!(["names"])]);

    // The folder has it, and gives it to a country that is made anew.
    let now = world.clock.now();
    let standing = Country::standing(&office.country.db, now)
        .await
        .expect("it stands");
    let files = apply::write(&standing).expect("it is written");
    let toml = files.iter().find(|(name, _)| name == "tenant.toml");
    let toml = String::from_utf8_lossy(&toml.expect("its settings").1).into_owned();
    assert!(toml.contains("second_person = [\"names\"]"), "{toml}");
}

#[tokio::test]
async fn the_ledger_and_the_feed_tell_of_every_step() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["NAMES"]).await;
    let worker = somebody(&office).await;
    let clerk = office.country.caller(Role::DataClerk);
    let first = wait_for(&clerk, &worker, 1, &json!({ "familyName": "Keïta" })).await;
    ask(&office.manager, DECIDE, decision(&first, "APPROVE")).await;
    let second = wait_for(&clerk, &worker, 2, &json!({ "familyName": "Keita" })).await;
    ask(&office.manager, DECIDE, decision(&second, "REJECT")).await;
    let third = wait_for(&clerk, &worker, 2, &json!({ "familyName": "Keyta" })).await;
    ask(&clerk, WITHDRAW, json!({ "request": third["id"] })).await;
    let query = "{ changes(first: 100) { nodes { verb changeRequestId workerId content } } }";
    let feed = office.manager.data(query, json!({})).await;
    let rows = feed["changes"]["nodes"].as_array().expect("rows");
    let told: Vec<(&str, &Value)> = (rows.iter())
        .filter(|it| it["changeRequestId"].is_string())
        .map(|it| (it["verb"].as_str().expect("a verb"), &it["changeRequestId"]))
        .collect();
    assert_eq!(
        told,
        [
            ("request_change", &first["id"]),
            ("approve_change", &first["id"]),
            ("request_change", &second["id"]),
            ("reject_change", &second["id"]),
            ("request_change", &third["id"]),
            ("withdraw_change", &third["id"]),
        ]
    );
    let asked = rows.iter().find(|it| it["verb"] == "request_change");
    let fields = &asked.expect("a row")["content"]["fields"];
    assert_eq!(
        fields["familyName"],
        json!({ "from": "Traoré", "to": "Keïta" })
    );
    // Who asked is told to whoever may read what was done; the values to whoever may correct.
    let query =
        "{ changeRequests(first: 1) { nodes { requestedBy decidedBy fields { from to } } } }";
    let seen = office.manager.data(query, json!({})).await;
    let by = text(&seen["changeRequests"]["nodes"][0]["requestedBy"]);
    assert!(by.contains("data_clerk"), "{by}");
    let hidden = clerk.ask(query, json!({})).await;
    assert_eq!(hidden["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let shown = &hidden["data"]["changeRequests"]["nodes"][0];
    assert_eq!(
        (&shown["requestedBy"], &shown["decidedBy"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(shown["fields"][0]["from"], "Keïta");
    // A district follows its own records alone.
    let elsewhere = office.country.caller(Role::HrManager).scope(&["B"]);
    let feed = "{ changes(first: 100) { nodes { verb changeRequestId } } }";
    let feed = elsewhere.data(feed, json!({})).await.to_string();
    assert!(!feed.contains("request_change"), "{feed}");
}

#[tokio::test]
async fn ten_requests_cost_what_two_do() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["CONTACTS"]).await;
    let clerk = office.country.caller(Role::DataClerk);
    for n in 0..10 {
        let name = format!("Person {n:02}");
        let worker = office.register(&name, "F-A1", "MW", "2020-01-01").await["id"].clone();
        wait_for(
            &clerk,
            &worker,
            1,
            &json!({ "contacts": phones("+22370000001") }),
        )
        .await;
    }
    let query =
        "query($first: Int!) { changeRequests(first: $first, filter: { status: OPEN }) { nodes {
        fields { field from to } worker { name orgUnit { name } contacts { value } } } } }";
    let of = async |first: i32| {
        let variables = json!({ "first": first });
        statements.of(&office.manager, query, variables).await
    };
    of(2).await;
    assert_eq!(of(2).await, of(10).await);
}

//! Service files: absences, suspensions, disciplinary actions, appraisals, pay; who writes of them, and who reads them.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};

use super::office::{Office, ask, document, nothing, refusals, text, with};
use crate::cost::Statements;
use crate::support::world::{Caller, TestCountry, World};

const FILE: &str = "fragment File on ServiceEntry {
    id kind startsOn endsOn act { number }
    absence { reason isAuthorised } suspension { reason withPay }
    disciplinaryAction { action { code } reason givenBy remark }
    appraisal { score evaluator remark }
    pay { type amount currency frequency payer grade }
}";

fn entry(worker: &Value, from: &str, says: Value) -> Value {
    json!({ "worker": worker["id"], "startsOn": from, "entry": says })
}

fn absence() -> Value {
    json!({ "absence": { "reason": "Ne s’est pas présentée", "isAuthorised": false } })
}

fn suspension() -> Value {
    json!({ "suspension": { "reason": "Enquête en cours", "withPay": true } })
}

fn sanction() -> Value {
    json!({ "disciplinaryAction": {
        "action": "warning", "reason": "Retards répétés", "givenBy": "Directeur régional",
    } })
}

fn appraisal() -> Value {
    json!({ "appraisal": { "score": 4, "evaluator": "Médecin-chef", "remark": "Régulière" } })
}

fn stipend(payer: &str) -> Value {
    json!({ "pay": {
        "type": "STIPEND", "amount": "025000.50", "currency": "XOF", "frequency": "MONTHLY", "payer": payer,
    } })
}

/// An absence of a worker, for the tests of guards.
pub async fn absent(country: &TestCountry<'_>, worker: &str) {
    made(country, worker, absence()).await;
}

/// What a worker is paid.
pub async fn paid(country: &TestCountry<'_>, worker: &str) {
    made(country, worker, stipend("ONG")).await;
}

async fn made(country: &TestCountry<'_>, worker: &str, says: Value) {
    let mut input = entry(&json!({ "id": worker }), "2025-01-01", says);
    input["endsOn"] = json!("2025-01-31");
    let payload = ask(
        &country.caller(Role::HrManager),
        "recordServiceEntry",
        input,
    )
    .await;
    assert_eq!(payload["errors"], json!([]));
}

/// The entries of a worker, of conduct or of pay.
async fn file(caller: &Caller<'_>, worker: &Value, part: &str) -> Vec<Value> {
    let query =
        format!("query($id: ID!) {{ worker(by: {{id: $id}}) {{ {part} {{ ...File }} }} }} {FILE}");
    let mut data = caller.data(&query, json!({ "id": worker["id"] })).await;
    let entries = data["worker"][part].take();
    entries.as_array().expect("entries").clone()
}

/// Whose entries are listed.
async fn listed(caller: &Caller<'_>, filter: Value) -> Vec<String> {
    let query =
        "query($filter: ServiceEntryFilterInput) { serviceEntries(first: 100, filter: $filter) {
        totalCount nodes { kind worker { familyName } } } }";
    let data = caller.data(query, json!({ "filter": filter })).await;
    let nodes = (data["serviceEntries"]["nodes"].as_array()).expect("entries");
    assert_eq!(data["serviceEntries"]["totalCount"], nodes.len());
    let mut listed: Vec<String> = (nodes.iter())
        .map(|it| {
            format!(
                "{} {}",
                text(&it["worker"]["familyName"]),
                text(&it["kind"])
            )
        })
        .collect();
    listed.sort();
    listed
}

#[tokio::test]
async fn a_service_file_says_what_happened_and_its_history_keeps_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Keita", "S-A1", "PSW", "2020-01-01").await;
    for (from, says) in [
        ("2021-03-01", absence()),
        ("2021-05-01", sanction()),
        ("2021-06-01", suspension()),
    ] {
        let act = json!({ "number": "Décision 7", "date": "2021-06-01" });
        let input = with(&entry(&worker, from, says), &[("act", act)]);
        office.change("recordServiceEntry", input).await;
    }
    let judged = with(
        &entry(&worker, "2021-01-01", appraisal()),
        &[("endsOn", json!("2021-12-31"))],
    );
    office.change("recordServiceEntry", judged).await;
    let paid = entry(&worker, "2020-01-01", stipend("ONG Sahel"));
    let told = office.change("recordServiceEntry", paid).await;
    assert_eq!(told["version"], 6);

    let conduct = file(&office.manager, &worker, "conduct").await;
    let kinds: Vec<&Value> = conduct.iter().map(|it| &it["kind"]).collect();
    let order = ["SUSPENSION", "DISCIPLINARY_ACTION", "ABSENCE", "APPRAISAL"];
    assert_eq!(kinds, order);
    assert_eq!(conduct[0]["act"]["number"], "Décision 7");
    assert_eq!(
        conduct[0]["suspension"],
        json!({ "reason": "Enquête en cours", "withPay": true })
    );
    assert_eq!(conduct[0]["absence"], Value::Null);
    assert_eq!(
        conduct[1]["disciplinaryAction"]["action"]["code"],
        "warning"
    );
    assert_eq!(conduct[3]["appraisal"]["score"], 4);
    let pay = file(&office.manager, &worker, "pay").await;
    let expected = json!({
        "type": "STIPEND", "amount": "25000.5", "currency": "XOF", "frequency": "MONTHLY", "payer": "ONG Sahel",
        "grade": null,
    });
    assert_eq!(pay[0]["pay"], expected);

    // The suspension is lifted, the absence was an error, the warning became a demotion.
    let end = json!({ "serviceEntry": conduct[0]["id"], "endsOn": "2021-06-30", "baseVersion": 6 });
    office.change("endServiceEntry", end.clone()).await;
    let stale = office.ask("endServiceEntry", end).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    let mistake = json!({ "serviceEntry": conduct[2]["id"], "reason": "Une autre Keita" });
    office.change("withdrawServiceEntry", mistake.clone()).await;
    let again = office.ask("withdrawServiceEntry", mistake).await;
    assert_eq!(refusals(&again), ["SERVICE_ENTRY_NOT_FOUND serviceEntry"]);
    let harder = with(
        &sanction(),
        &[("disciplinaryAction.action", json!("demotion"))],
    );
    let anew = with(
        &entry(&worker, "2021-05-02", harder),
        &[("serviceEntry", conduct[1]["id"].clone())],
    );
    let told = office.change("recordServiceEntry", anew.clone()).await;
    assert_eq!(told["version"], 9);
    let told = office.change("recordServiceEntry", anew).await;
    assert_eq!(told["version"], 9, "what changes nothing writes nothing");
    let conduct = file(&office.manager, &worker, "conduct").await;
    let shown: Vec<(String, &Value, &Value)> = (conduct.iter())
        .map(|it| (text(&it["kind"]), &it["startsOn"], &it["endsOn"]))
        .collect();
    let expected = [
        (
            "SUSPENSION".to_owned(),
            &json!("2021-06-01"),
            &json!("2021-06-30"),
        ),
        (
            "DISCIPLINARY_ACTION".to_owned(),
            &json!("2021-05-02"),
            &Value::Null,
        ),
        (
            "APPRAISAL".to_owned(),
            &json!("2021-01-01"),
            &json!("2021-12-31"),
        ),
    ];
    assert_eq!(shown, expected);
    let told = office.worker(&worker["id"], None).await;
    let verbs: Vec<String> = (told["history"].as_array().expect("a history").iter())
        .map(|it| text(&it["verb"]))
        .collect();
    let expected = [
        "discipline",
        "withdraw_service_entry",
        "end_service_entry",
        "record_pay",
        "appraise",
        "suspend",
        "discipline",
        "record_absence",
        "register",
    ];
    assert_eq!(verbs, expected);
}

#[tokio::test]
async fn what_a_service_file_cannot_say_is_refused_and_writes_nothing() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Keita", "S-A1", "PSW", "2020-01-01").await;
    let of = |says: Value| entry(&worker, "2021-03-01", says);
    let pay = stipend("ONG");
    for (input, refused) in [
        (
            with(&of(absence()), &[("worker", nothing("wkr"))]),
            "WORKER_NOT_FOUND worker",
        ),
        (
            with(&of(absence()), &[("serviceEntry", nothing("srv"))]),
            "SERVICE_ENTRY_NOT_FOUND serviceEntry",
        ),
        (
            with(&of(absence()), &[("startsOn", json!("2019-12-31"))]),
            "NOT_SERVING startsOn",
        ),
        (
            with(&of(absence()), &[("startsOn", json!("1899-12-31"))]),
            "INVALID_DATE startsOn",
        ),
        (
            with(&of(absence()), &[("endsOn", json!("2201-01-01"))]),
            "INVALID_DATE endsOn",
        ),
        (
            with(&of(absence()), &[("endsOn", json!("2021-02-28"))]),
            "ENDS_BEFORE_IT_STARTS endsOn",
        ),
        (
            with(&of(absence()), &[("entry.absence.reason", json!("  "))]),
            "INVALID_TEXT entry.absence.reason",
        ),
        (
            with(
                &of(suspension()),
                &[("entry.suspension.reason", json!("x".repeat(1001)))],
            ),
            "INVALID_TEXT entry.suspension.reason",
        ),
        (
            with(
                &of(sanction()),
                &[("entry.disciplinaryAction.action", json!("lashes"))],
            ),
            "UNKNOWN_DISCIPLINARY_ACTION entry.disciplinaryAction.action",
        ),
        (
            with(
                &of(sanction()),
                &[("entry.disciplinaryAction.givenBy", json!("a\u{7}b"))],
            ),
            "INVALID_TEXT entry.disciplinaryAction.givenBy",
        ),
        (of(appraisal()), "MISSING endsOn"),
        (
            with(
                &of(appraisal()),
                &[
                    ("endsOn", json!("2021-12-31")),
                    ("entry.appraisal.score", json!(6)),
                ],
            ),
            "INVALID_SCORE entry.appraisal.score",
        ),
        (
            with(&of(pay.clone()), &[("entry.pay.amount", json!("0.00"))]),
            "INVALID_AMOUNT entry.pay.amount",
        ),
        (
            with(&of(pay.clone()), &[("entry.pay.amount", json!("1e5"))]),
            "INVALID_AMOUNT entry.pay.amount",
        ),
        (
            with(&of(pay.clone()), &[("entry.pay.currency", json!("xof"))]),
            "INVALID_CURRENCY entry.pay.currency",
        ),
        (
            with(&of(pay.clone()), &[("entry.pay.payer", json!(""))]),
            "INVALID_TEXT entry.pay.payer",
        ),
    ] {
        let payload = office.ask("recordServiceEntry", input).await;
        assert_eq!(refusals(&payload), [refused]);
    }
    assert_eq!(office.worker(&worker["id"], None).await["version"], 1);

    // One suspension a day, one stipend of a payer; another payer pays besides.
    let first = with(&of(suspension()), &[("endsOn", json!("2021-03-31"))]);
    office.change("recordServiceEntry", first).await;
    let second = with(&of(suspension()), &[("startsOn", json!("2021-03-31"))]);
    let payload = office.ask("recordServiceEntry", second.clone()).await;
    assert_eq!(refusals(&payload), ["ENTRY_OVERLAPS startsOn"]);
    let after = with(&second, &[("startsOn", json!("2021-04-01"))]);
    office.change("recordServiceEntry", after).await;
    office.change("recordServiceEntry", of(pay)).await;
    let payload = office.ask("recordServiceEntry", of(stipend("ong"))).await;
    assert_eq!(refusals(&payload), ["ENTRY_OVERLAPS startsOn"]);
    office
        .change("recordServiceEntry", of(stipend("Commune")))
        .await;
    // Nobody is absent on approved leave.
    let leave =
        "mutation($input: RequestLeaveInput!) { requestLeave(input: $input) { leave { id } } }";
    let days = json!({ "worker": worker["id"], "leaveType": "annual", "startsOn": "2022-05-02", "endsOn": "2022-05-06" });
    let clerk = office.country.caller(Role::DataClerk);
    let data = clerk.data(leave, json!({ "input": days })).await;
    let approve =
        "mutation($input: ApproveLeaveInput!) { approveLeave(input: $input) { errors { code } } }";
    let approval = json!({ "leave": data["requestLeave"]["leave"]["id"], "baseVersion": 1 });
    office
        .manager
        .data(approve, json!({ "input": approval }))
        .await;
    let away = with(
        &of(absence()),
        &[
            ("startsOn", json!("2022-05-01")),
            ("endsOn", json!("2022-05-02")),
        ],
    );
    let payload = office.ask("recordServiceEntry", away.clone()).await;
    assert_eq!(refusals(&payload), ["LEAVE_OVERLAPS startsOn"]);
    let before = with(&away, &[("endsOn", json!("2022-05-01"))]);
    office.change("recordServiceEntry", before).await;

    let conduct = file(&office.manager, &worker, "conduct").await;
    let early = json!({ "serviceEntry": conduct[0]["id"], "endsOn": "2022-04-30" });
    let payload = office.ask("endServiceEntry", early).await;
    assert_eq!(refusals(&payload), ["ENDS_BEFORE_IT_STARTS endsOn"]);
    office.change("recordServiceEntry", of(sanction())).await;
    let conduct = file(&office.manager, &worker, "conduct").await;
    let warning = conduct
        .iter()
        .find(|it| it["kind"] == "DISCIPLINARY_ACTION")
        .expect("one");
    let end = json!({ "serviceEntry": warning["id"], "endsOn": "2023-04-30" });
    assert_eq!(
        refusals(&office.ask("endServiceEntry", end.clone()).await),
        ["DOES_NOT_GO_ON serviceEntry"]
    );
    let unknown = with(&end, &[("serviceEntry", nothing("srv"))]);
    let payload = office.ask("endServiceEntry", unknown).await;
    assert_eq!(refusals(&payload), ["SERVICE_ENTRY_NOT_FOUND serviceEntry"]);
    let silent = json!({ "serviceEntry": warning["id"], "reason": " " });
    let payload = office.ask("withdrawServiceEntry", silent).await;
    assert_eq!(refusals(&payload), ["INVALID_TEXT reason"]);
    // What is said anew stays of its kind.
    let other = with(&of(absence()), &[("serviceEntry", warning["id"].clone())]);
    let payload = office.ask("recordServiceEntry", other).await;
    assert_eq!(refusals(&payload), ["SERVICE_ENTRY_NOT_FOUND serviceEntry"]);
}

#[tokio::test]
async fn a_service_file_is_read_and_written_by_those_alone_who_may() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let keita = office.register("Keita", "S-A1", "PSW", "2020-01-01").await;
    let sow = office.register("Sow", "F-B1", "MW", "2020-01-01").await;
    for worker in [&keita, &sow] {
        let input = entry(worker, "2021-01-01", suspension());
        office.change("recordServiceEntry", input).await;
        let input = entry(worker, "2021-01-01", stipend("ONG"));
        office.change("recordServiceEntry", input).await;
    }
    let suspended = json!({ "kinds": ["SUSPENSION"], "on": "2021-02-01" });
    let all = ["Keita PAY", "Keita SUSPENSION", "Sow PAY", "Sow SUSPENSION"];
    assert_eq!(listed(&office.manager, Value::Null).await, all);
    assert_eq!(
        listed(&office.manager, suspended.clone()).await,
        ["Keita SUSPENSION", "Sow SUSPENSION"]
    );
    let before = with(&suspended, &[("on", json!("2020-12-31"))]);
    assert!(listed(&office.manager, before).await.is_empty());
    // A scope, a filter by place, and a sector each take the same part.
    let in_b = office.country.caller(Role::HrManager).scope(&["B"]);
    assert_eq!(listed(&in_b, Value::Null).await, all[2..]);
    let by_place = json!({ "orgUnitCode": "B" });
    assert_eq!(listed(&office.manager, by_place).await, all[2..]);
    let by_person = json!({ "worker": keita["id"] });
    assert_eq!(listed(&office.manager, by_person.clone()).await, all[..2]);
    assert!(listed(&in_b, by_person).await.is_empty());
    let health = office.country.caller(Role::HrManager);
    let health = health.sectors(&[kada::kernel::Sector::Health]);
    assert_eq!(listed(&health, Value::Null).await, all[2..]);
    let own = office.country.caller(Role::Worker);
    let id = WorkerId::decode(&text(&keita["id"])).expect("an id");
    assert_eq!(listed(&own.person(id), Value::Null).await, all[..2]);

    // Outside the scope there is nothing to end or to withdraw.
    let conduct = file(&office.manager, &keita, "conduct").await;
    let end = json!({ "serviceEntry": conduct[0]["id"], "endsOn": "2022-01-01" });
    let payload = ask(&in_b, "endServiceEntry", end.clone()).await;
    assert_eq!(refusals(&payload), ["SERVICE_ENTRY_NOT_FOUND serviceEntry"]);
    let payload = ask(
        &in_b,
        "recordServiceEntry",
        entry(&keita, "2021-01-01", absence()),
    )
    .await;
    assert_eq!(refusals(&payload), ["WORKER_NOT_FOUND worker"]);
    let clerk = office.country.caller(Role::DataClerk);
    for (mutation, input) in [
        ("recordServiceEntry", entry(&keita, "2022-01-01", absence())),
        (
            "recordServiceEntry",
            entry(&keita, "2022-01-01", stipend("Commune")),
        ),
        ("endServiceEntry", end),
    ] {
        let code = clerk
            .error_code(&document(mutation), json!({ "input": input }))
            .await;
        assert_eq!(code, "FORBIDDEN", "{mutation}");
    }
    let query = "{ serviceEntries(first: 1) { nodes { id } } }";
    assert_eq!(clerk.error_code(query, json!({})).await, "FORBIDDEN");
    // A conflict tells nothing of pay to whoever may not read it.
    let stale = json!({ "worker": keita["id"], "baseVersion": 1, "familyName": "Touré" });
    let query = "mutation($input: CorrectWorkerInput!) { correctWorker(input: $input) {
        conflict { changed { field base current } } } }";
    let answer = clerk
        .ask(query, json!({ "input": stale }))
        .await
        .to_string();
    assert!(
        answer.contains("read_pay") && answer.contains("read_conduct"),
        "{answer}"
    );
    assert!(
        !answer.contains("25000") && !answer.contains("Enquête"),
        "{answer}"
    );
}

#[tokio::test]
async fn fifty_workers_with_all_that_hangs_on_them_cost_what_ten_do() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    for turn in 0..50 {
        let name = format!("Person {turn:02}");
        let worker = office.register(&name, "S-A1", "PSW", "2020-01-01").await;
        if turn % 7 == 0 {
            for says in [absence(), stipend("ONG")] {
                office
                    .change("recordServiceEntry", entry(&worker, "2021-01-01", says))
                    .await;
            }
        }
    }
    let query = "query($first: Int!) { workers(first: $first) { nodes {
        name posting { facility { name } cadre { label } } lastLeave { startsOn }
        qualifications { title } licences { status } trainings { outcome } registrations { registeredOn }
        conduct { kind absence { reason } } pay { pay { payer amount } } } } }";
    let of = async |first: i32| {
        let variables = json!({ "first": first });
        statements.of(&office.manager, query, variables).await
    };
    assert_eq!(of(10).await, of(50).await);
    let data = office.manager.data(query, json!({ "first": 50 })).await;
    let nodes = data["workers"]["nodes"].as_array().expect("a page");
    assert_eq!(
        nodes[0]["conduct"][0]["absence"]["reason"],
        "Ne s’est pas présentée"
    );
    assert_eq!(nodes[7]["pay"][0]["pay"]["payer"], "ONG");
    assert_eq!(nodes[8]["pay"], json!([]));
}

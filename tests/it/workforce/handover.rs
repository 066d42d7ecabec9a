//! Transfers between two offices: proposed by one, decided on by the other, seen by both and by nobody else.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::office::{Office, document, enum_values, nothing, refusals, text, with};
use crate::support::world::{Caller, World};

const PROPOSAL: &str = "fragment Proposed on TransferProposal {
    id version status isIncoming isOutgoing workerId workerName worker { id }
    from { code } fromCadre { code } to { code } on cadre { code } employmentType { code } supervisor { code }
    reason { code } act { number } proposedBy decidedBy comment
}";

/// The three districts: the one that releases, the one that receives, and a third.
struct Districts<'a> {
    office: Office<'a>,
    releasing: Caller<'a>,
    receiving: Caller<'a>,
    third: Caller<'a>,
}

impl<'a> Districts<'a> {
    async fn open(world: &'a World) -> Self {
        let office = Office::open(world).await;
        let of = |unit| office.country.caller(Role::HrOfficer).scope(&[unit]);
        Self {
            releasing: of("A-1"),
            receiving: of("A-2"),
            third: of("B-1"),
            office,
        }
    }

    fn proposal(&self, worker: &Value) -> Value {
        json!({ "worker": worker["id"], "to": self.office.id("F-A2"), "on": "2026-04-01" })
    }

    /// Proposes to transfer somebody from F-A1 to F-A2.
    async fn propose(&self, worker: &Value) -> Value {
        let payload = ask(&self.releasing, "proposeTransfer", self.proposal(worker)).await;
        assert_eq!(payload["errors"], json!([]));
        payload["proposal"].clone()
    }
}

fn decide(proposal: &Value) -> Value {
    json!({ "proposal": proposal["id"], "baseVersion": proposal["version"] })
}

async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let conflict = match mutation {
        "proposeTransfer" => "conflict { baseVersion current { version } }",
        _ => "conflict { version status }",
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            proposal {{ id version status }} {conflict} errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

/// What a caller sees of proposals, those without a permission for some fields with nothing there.
async fn seen(caller: &Caller<'_>, filter: Value) -> Vec<Value> {
    let query = format!(
        "query($filter: TransferProposalFilter) {{ transferProposals(first: 100, filter: $filter) {{
            totalCount nodes {{ ...Proposed }} }} }} {PROPOSAL}"
    );
    let mut answer = caller.ask(&query, json!({ "filter": filter })).await;
    let listed = answer["data"]["transferProposals"].take();
    let nodes = listed["nodes"].as_array().expect("proposals").clone();
    assert_eq!(listed["totalCount"], nodes.len());
    nodes
}

async fn pending(caller: &Caller<'_>, direction: Value) -> usize {
    let query = "query($direction: TransferDirection) {
        pendingTransfers(first: 100, direction: $direction) { totalCount nodes { status } } }";
    let data = caller.data(query, json!({ "direction": direction })).await;
    let nodes = data["pendingTransfers"]["nodes"]
        .as_array()
        .expect("proposals");
    assert!(nodes.iter().all(|it| it["status"] == "PENDING"));
    assert_eq!(data["pendingTransfers"]["totalCount"], nodes.len());
    nodes.len()
}

/// What a district's feed tells of proposals.
async fn told(caller: &Caller<'_>) -> Vec<(String, String)> {
    let query = "{ changes(first: 100) { nodes { verb transferProposalId } } }";
    let data = caller.data(query, json!({})).await;
    let nodes = data["changes"]["nodes"].as_array().expect("changes").iter();
    let of_proposals = nodes.filter(|it| !it["transferProposalId"].is_null());
    of_proposals
        .map(|it| (text(&it["verb"]), text(&it["transferProposalId"])))
        .collect()
}

#[tokio::test]
async fn both_sides_see_a_proposal_and_nobody_else() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let act = json!({ "number": "0412/MSAS-SG" });
    let input = with(&districts.proposal(&worker), &[("act", act)]);
    let payload = ask(&districts.releasing, "proposeTransfer", input).await;
    let proposal = &payload["proposal"];
    assert_eq!(payload["errors"], json!([]));

    let outgoing = seen(&districts.releasing, json!({ "direction": "OUTGOING" })).await;
    assert_eq!(outgoing[0]["worker"]["id"], worker["id"]);
    let mut incoming = seen(&districts.receiving, json!({ "direction": "INCOMING" })).await;
    assert_eq!(incoming[0]["workerId"], worker["id"]);
    assert_eq!(incoming[0]["id"], proposal["id"]);
    for id in ["id", "workerId"] {
        incoming[0][id] = json!("…");
    }
    insta::assert_json_snapshot!(incoming, @r#"
    [
      {
        "act": {
          "number": "0412/MSAS-SG"
        },
        "cadre": {
          "code": "MW"
        },
        "comment": null,
        "decidedBy": null,
        "employmentType": {
          "code": "permanent"
        },
        "from": {
          "code": "F-A1"
        },
        "fromCadre": {
          "code": "MW"
        },
        "id": "…",
        "isIncoming": true,
        "isOutgoing": false,
        "on": "2026-04-01",
        "proposedBy": null,
        "reason": {
          "code": "transfer"
        },
        "status": "PENDING",
        "supervisor": null,
        "to": {
          "code": "F-A2"
        },
        "version": 1,
        "worker": null,
        "workerId": "…",
        "workerName": "Traoré"
      }
    ]
    "#);
    for (caller, into, out) in [
        (&districts.releasing, 0, 1),
        (&districts.receiving, 1, 0),
        (&districts.third, 0, 0),
        (&office.manager, 1, 1),
    ] {
        assert_eq!(pending(caller, json!("INCOMING")).await, into);
        assert_eq!(pending(caller, json!("OUTGOING")).await, out);
        assert_eq!(pending(caller, json!(null)).await, into.max(out));
    }

    // To the third district, the proposal is nowhere: in no list, by no id, in no feed, for no mutation.
    let by_id = "query($id: ID!) { node(id: $id) { id } }";
    let variables = json!({ "id": proposal["id"] });
    let there = districts.receiving.data(by_id, variables.clone()).await;
    assert_eq!(there["node"]["id"], proposal["id"]);
    let nowhere = districts.third.data(by_id, variables).await;
    assert_eq!(nowhere["node"], json!(null));
    let row = vec![("propose_transfer".to_owned(), text(&proposal["id"]))];
    assert_eq!(told(&districts.releasing).await, row);
    assert_eq!(told(&districts.receiving).await, row);
    assert_eq!(told(&districts.third).await, []);
    for mutation in ["acceptTransfer", "declineTransfer", "withdrawTransfer"] {
        let payload = ask(&districts.third, mutation, decide(proposal)).await;
        assert_eq!(
            refusals(&payload),
            ["PROPOSAL_NOT_FOUND proposal"],
            "{mutation}"
        );
    }

    // The worker sees what is proposed for them, and others do not.
    let person = |id: &Value| WorkerId::decode(&text(id)).expect("an id");
    let own = office
        .country
        .caller(Role::Worker)
        .person(person(&worker["id"]));
    assert_eq!(seen(&own, json!({})).await.len(), 1);
    let other = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let other = office
        .country
        .caller(Role::Worker)
        .person(person(&other["id"]));
    assert_eq!(seen(&other, json!({})).await.len(), 0);
}

#[tokio::test]
async fn a_place_of_one_scope_and_a_cadre_of_another_show_nothing() {
    use kada::kernel::Sector;

    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let to_social = json!({
        "worker": worker["id"], "to": office.id("F-B1"), "on": "2026-04-01", "cadre": office.id("SWO"),
    });
    let payload = ask(&office.manager, "proposeTransfer", to_social).await;
    assert_eq!(payload["errors"], json!([]));
    // Health in A-1 becomes social in B-1: social officers of A-1 and health officers of B-1 have no part in it.
    for (unit, sector, sees) in [
        ("A-1", Sector::Health, 1),
        ("A-1", Sector::Social, 0),
        ("B-1", Sector::Health, 0),
        ("B-1", Sector::Social, 1),
    ] {
        let caller = office.country.caller(Role::HrOfficer);
        let caller = caller.scope(&[unit]).sectors(&[sector]);
        assert_eq!(
            seen(&caller, json!({})).await.len(),
            sees,
            "{unit} {sector:?}"
        );
        assert_eq!(told(&caller).await.len(), sees, "{unit} {sector:?}");
    }
}

#[tokio::test]
async fn acceptance_writes_what_a_transfer_in_one_step_writes() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let twin = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let act = json!({ "number": "0412/MSAS-SG" });
    let changes = [("act", act), ("cadre", json!(office.id("NUR")))];
    let input = with(&districts.proposal(&worker), &changes);
    let payload = ask(&districts.releasing, "proposeTransfer", input.clone()).await;
    let proposal = &payload["proposal"];
    let before = office.worker(&worker["id"], None).await;
    assert_eq!(before["version"], 1, "nothing has moved yet");
    let payload = ask(&districts.receiving, "acceptTransfer", decide(proposal)).await;
    assert_eq!(payload["errors"], json!([]));
    assert_eq!(payload["proposal"]["status"], "ACCEPTED");
    let one_step = with(&input, &[("worker", twin["id"].clone())]);
    office.change("transferWorker", one_step).await;

    let told = async |id: &Value| {
        let mut record = office.worker(id, Some("2026-04-01")).await;
        record["id"] = json!("…");
        record["posting"]["id"] = json!("…");
        for posting in record["postings"].as_array_mut().expect("a career") {
            posting["id"] = json!("…");
        }
        record
    };
    assert_eq!(told(&worker["id"]).await, told(&twin["id"]).await);
    let record = "query($id: ID!) { worker(by: {id: $id}) { orgUnit { code } } }";
    let variables = json!({ "id": worker["id"] });
    let here = districts.receiving.data(record, variables.clone()).await;
    assert_eq!(here["worker"]["orgUnit"]["code"], "A-2");
    let gone = districts.releasing.data(record, variables).await;
    assert_eq!(gone["worker"], json!(null));
    // Both sides keep the proposal in their history.
    for caller in [&districts.releasing, &districts.receiving] {
        let kept = seen(
            caller,
            json!({ "statuses": ["ACCEPTED"], "worker": worker["id"] }),
        )
        .await;
        assert_eq!(kept[0]["status"], "ACCEPTED");
        assert_eq!(pending(caller, json!(null)).await, 0);
    }
}

#[tokio::test]
async fn who_moved_or_left_meanwhile_is_told_as_overtaken() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let moved = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let left = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let (of_moved, of_left) = (
        districts.propose(&moved).await,
        districts.propose(&left).await,
    );
    let elsewhere = json!({ "worker": moved["id"], "to": office.id("F-B1"), "on": "2026-03-15" });
    office.change("transferWorker", elsewhere).await;
    let end = json!({ "posting": left["posting"]["id"], "endsOn": "2026-03-31", "reason": "resignation" });
    office.change("endPosting", end).await;
    for proposal in [&of_moved, &of_left] {
        for (caller, mutation) in [
            (&districts.receiving, "acceptTransfer"),
            (&districts.receiving, "declineTransfer"),
            (&districts.releasing, "withdrawTransfer"),
        ] {
            let payload = ask(caller, mutation, decide(proposal)).await;
            assert_eq!(refusals(&payload), ["OVERTAKEN proposal"], "{mutation}");
        }
    }
    assert_eq!(pending(&districts.receiving, json!(null)).await, 0);
    let overtaken = seen(&districts.receiving, json!({ "statuses": ["OVERTAKEN"] })).await;
    assert_eq!(overtaken.len(), 2);
    // A new proposal is about where the worker is now.
    let back = json!({ "worker": moved["id"], "to": office.id("F-A2"), "on": "2026-05-01" });
    let payload = ask(&districts.third, "proposeTransfer", back).await;
    assert_eq!(payload["errors"], json!([]));
    let payload = ask(
        &districts.receiving,
        "acceptTransfer",
        decide(&payload["proposal"]),
    )
    .await;
    assert_eq!(payload["errors"], json!([]));
}

#[tokio::test]
async fn every_refusal_of_deciding() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let proposal = districts.propose(&worker).await;
    let sound = decide(&proposal);
    for (mutation, right, wrong) in [
        ("acceptTransfer", &districts.receiving, &districts.releasing),
        (
            "declineTransfer",
            &districts.receiving,
            &districts.releasing,
        ),
        (
            "withdrawTransfer",
            &districts.releasing,
            &districts.receiving,
        ),
    ] {
        let nobody = with(&sound, &[("proposal", nothing("trf"))]);
        let payload = ask(right, mutation, nobody).await;
        assert_eq!(refusals(&payload), ["PROPOSAL_NOT_FOUND proposal"]);
        let payload = ask(wrong, mutation, sound.clone()).await;
        assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE proposal"]);
        let stale = with(&sound, &[("baseVersion", json!(7))]);
        let payload = ask(right, mutation, stale).await;
        assert_eq!(refusals(&payload), ["STALE baseVersion"]);
        assert_eq!(
            payload["conflict"],
            json!({ "version": 1, "status": "PENDING" })
        );
    }
    let comment = with(&sound, &[("comment", json!("no house for the family"))]);
    let key = ("idempotencyKey", json!("a key of its own"));
    let keyed = with(&comment, &[key.clone()]);
    for _ in 0..2 {
        let payload = ask(&districts.receiving, "declineTransfer", keyed.clone()).await;
        assert_eq!(payload["errors"], json!([]));
        assert_eq!(payload["proposal"]["status"], "DECLINED");
    }
    let other = with(&sound, &[key]);
    let payload = ask(&districts.receiving, "declineTransfer", other).await;
    assert_eq!(
        refusals(&payload),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    let declined = seen(&districts.receiving, json!({})).await;
    assert_eq!(declined[0]["comment"], "no house for the family");
    let late = with(&sound, &[("baseVersion", json!(2))]);
    for (mutation, caller) in [
        ("acceptTransfer", &districts.receiving),
        ("declineTransfer", &districts.receiving),
        ("withdrawTransfer", &districts.releasing),
    ] {
        let payload = ask(caller, mutation, late.clone()).await;
        assert_eq!(refusals(&payload), ["NOT_PENDING proposal"], "{mutation}");
    }
    let of_deciding: BTreeSet<String> = enum_values("DeclineTransferErrorCode")
        .into_iter()
        .collect();
    let withdrawing = enum_values("WithdrawTransferErrorCode")
        .into_iter()
        .collect();
    assert_eq!(of_deciding, withdrawing);
}

#[tokio::test]
async fn a_proposal_is_refused_for_what_a_transfer_is_refused_for() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let worker = office.register("Traoré", "F-A1", "MW", "2010-01-01").await;
    let sound = districts.proposal(&worker);
    for (expected, field, value) in [
        ("WORKER_NOT_FOUND worker", "worker", nothing("wkr")),
        ("STALE baseVersion", "baseVersion", json!(2)),
        ("NOT_POSTED on", "on", json!("2009-12-31")),
        ("BEFORE_POSTING on", "on", json!("2010-01-01")),
        ("SAME_FACILITY to", "to", json!(office.id("F-A1"))),
        ("FACILITY_NOT_FOUND to", "to", nothing("fac")),
        ("FACILITY_CLOSED to", "to", json!(office.id("F-OLD"))),
        ("FACILITY_NOT_OPEN to", "to", json!(office.id("F-NEW"))),
        (
            "SUPERVISOR_NOT_FOUND supervisor",
            "supervisor",
            nothing("fac"),
        ),
        ("CADRE_NOT_FOUND cadre", "cadre", nothing("cdr")),
        ("CADRE_IS_A_GROUP cadre", "cadre", json!(office.id("G-NUR"))),
        (
            "UNKNOWN_EMPLOYMENT_TYPE employmentType",
            "employmentType",
            json!("slave"),
        ),
        ("UNKNOWN_REASON reason", "reason", json!("boredom")),
    ] {
        let input = with(&sound, &[(field, value)]);
        let payload = ask(&districts.releasing, "proposeTransfer", input).await;
        assert_eq!(refusals(&payload), [expected]);
        assert_eq!(payload["proposal"], json!(null));
    }
    districts.propose(&worker).await;
    let payload = ask(&districts.releasing, "proposeTransfer", sound.clone()).await;
    assert_eq!(refusals(&payload), ["ALREADY_PROPOSED worker"]);
    // In one step it takes both places.
    let payload = super::office::ask(&districts.releasing, "transferWorker", sound).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE to"]);
    for role in [Role::DataClerk, Role::Viewer] {
        let caller = office.country.caller(role);
        let input = json!({ "input": districts.proposal(&worker) });
        let query = document("transferWorker").replace("transferWorker", "proposeTransfer");
        let query = query.replace("TransferWorkerInput", "ProposeTransferInput");
        let query = query.replace("worker { ...Record }", "");
        assert_eq!(caller.error_code(&query, input).await, "FORBIDDEN");
    }
}

#[tokio::test]
async fn what_changed_in_the_country_meanwhile_stands_against_acceptance() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let admin = office.country.caller(Role::MinistryAdmin);
    let made = async |mutation: &str, input: Value| {
        let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {name}!) {{ {mutation}(input: $input) {{ errors {{ errorCode path }} }} }}"
        );
        let data = admin.data(&query, json!({ "input": input })).await;
        assert_eq!(data[mutation]["errors"], json!([]), "{mutation}");
    };
    let propose = async |name: &str, changes: &[(&str, Value)]| {
        let worker = office.register(name, "F-A1", "MW", "2020-01-01").await;
        let input = with(&districts.proposal(&worker), changes);
        let payload = ask(&districts.releasing, "proposeTransfer", input).await;
        assert_eq!(payload["errors"], json!([]));
        payload["proposal"].clone()
    };
    let accept = async |proposal: &Value| {
        refusals(&ask(&districts.receiving, "acceptTransfer", decide(proposal)).await)
    };
    let retired = |list: &str, code: &str| json!({ "list": list, "code": code, "baseVersion": 1, "from": "2026-03-01" });

    let as_nurse = propose("Nurse", &[("cadre", json!(office.id("NUR")))]).await;
    let steps = json!({ "cadre": office.id("MW"), "baseVersion": 1, "from": "2026-03-02", "careerSteps": [office.id("DOC")] });
    made("changeCadre", steps).await;
    assert_eq!(accept(&as_nurse).await, ["NO_CAREER_STEP proposal"]);

    let as_doctor = propose("Doctor", &[("cadre", json!(office.id("DOC")))]).await;
    let retire = json!({ "cadre": office.id("DOC"), "baseVersion": 1, "from": "2026-03-02" });
    made("retireCadre", retire).await;
    assert_eq!(accept(&as_doctor).await, ["CADRE_NOT_IN_FORCE proposal"]);

    let on_contract = propose("Contract", &[("employmentType", json!("contract"))]).await;
    made(
        "retireCodeListEntry",
        retired("employment_type", "contract"),
    )
    .await;
    assert_eq!(
        accept(&on_contract).await,
        ["UNKNOWN_EMPLOYMENT_TYPE proposal"]
    );

    let promoted = propose("Promoted", &[("reason", json!("promotion"))]).await;
    made(
        "retireCodeListEntry",
        retired("departure_reason", "promotion"),
    )
    .await;
    assert_eq!(accept(&promoted).await, ["UNKNOWN_REASON proposal"]);

    let plain = propose("Plain", &[]).await;
    let close = json!({ "facility": office.id("F-A2"), "baseVersion": 1, "from": "2026-03-02" });
    made("closeFacility", close).await;
    assert_eq!(accept(&plain).await, ["FACILITY_CLOSED proposal"]);
    // It still waits: the place may open again, or the proposal be declined.
    assert_eq!(pending(&districts.receiving, json!("INCOMING")).await, 5);
}

#[tokio::test]
async fn of_two_decisions_at_once_one_wins() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let worker = districts
        .office
        .register("Traoré", "F-A1", "MW", "2020-01-01")
        .await;
    let proposal = districts.propose(&worker).await;
    let (accepted, withdrawn) = tokio::join!(
        ask(&districts.receiving, "acceptTransfer", decide(&proposal)),
        ask(&districts.releasing, "withdrawTransfer", decide(&proposal)),
    );
    let mut said = [refusals(&accepted), refusals(&withdrawn)];
    said.sort();
    assert_eq!(said, [vec![], vec!["STALE baseVersion".to_owned()]]);
}

/// Whatever is proposed, accepted, declined, withdrawn, moved in one step or ended, and in whatever order: on every day
/// the people of the districts add up to the people in post, each of them once.
#[tokio::test]
async fn on_every_day_the_national_headcount_is_conserved() {
    let world = World::new().await;
    let districts = Districts::open(&world).await;
    let office = &districts.office;
    let mut workers = Vec::new();
    for n in 0..6 {
        let facility = ["F-A1", "F-A2", "F-B1"][n % 3];
        workers.push(
            office
                .register(&format!("Person {n}"), facility, "MW", "2026-01-01")
                .await,
        );
    }
    let first: NaiveDate = "2026-01-02".parse().expect("a date");
    let mut dice = ChaCha8Rng::seed_from_u64(20_260_301);
    let mut accepted = 0;
    for step in 0..120 {
        let worker = &workers[dice.random_range(0..workers.len())];
        let day = first + Days::new(dice.random_range(0..60));
        let to = ["F-A1", "F-A2", "F-B1"][dice.random_range(0..3)];
        let waiting = seen(&office.manager, json!({ "statuses": ["PENDING"] })).await;
        let chosen = (!waiting.is_empty()).then(|| &waiting[dice.random_range(0..waiting.len())]);
        let input = json!({ "worker": worker["id"], "to": office.id(to), "on": day });
        match (dice.random_range(0..10), chosen) {
            (0..=3, Some(proposal)) => {
                let payload = ask(&office.manager, "acceptTransfer", decide(proposal)).await;
                accepted += usize::from(payload["errors"] == json!([]));
            }
            (4, Some(proposal)) => {
                ask(&office.manager, "declineTransfer", decide(proposal)).await;
            }
            (5, Some(proposal)) => {
                ask(&office.manager, "withdrawTransfer", decide(proposal)).await;
            }
            (6, _) => {
                super::office::ask(&office.manager, "transferWorker", input).await;
            }
            (7, _) if step > 60 => {
                let record = office.worker(&worker["id"], None).await;
                let end = json!({ "posting": record["postings"][0]["id"], "endsOn": day, "reason": "resignation" });
                super::office::ask(&office.manager, "endPosting", end).await;
            }
            _ => {
                ask(&office.manager, "proposeTransfer", input).await;
            }
        }
    }
    assert!(accepted >= 5, "{accepted}");
    let query = "query($day: Date) {
        whole: headcount(asOf: $day) { total }
        districts: headcount(asOf: $day, groupBy: [{by: ORG_UNIT, level: 2}]) { rows { count } }
        workers(first: 1, asOf: $day, filter: {status: ACTIVE}) { totalCount } }";
    for days in 0..70 {
        let day = first + Days::new(days);
        let data = office.manager.data(query, json!({ "day": day })).await;
        let rows = data["districts"]["rows"].as_array().expect("rows").iter();
        let sum: u64 = rows.map(|it| it["count"].as_u64().expect("a count")).sum();
        assert_eq!(json!(sum), data["whole"]["total"], "{day}");
        assert_eq!(json!(sum), data["workers"]["totalCount"], "{day}");
    }
}

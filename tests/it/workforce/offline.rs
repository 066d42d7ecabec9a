//! A week without the network: many changes at once, in any order and any number of pieces; ids that clients make.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kada::auth::Role;
use kada::kernel::{Id, LeaveId, PostingId, SubmissionId, WorkerId};
use kada::ledger;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::office::{Office, enum_values, nothing, refusals, with};
use crate::forms::desk::Desk;
use crate::support::world::{Caller, TestCountry, World};

const BATCH: &str = "mutation($items: [BatchItemInput!]!) { submitBatch(input: { items: $items }) { outcomes {
    key state worker { id version familyName givenNames birthDate } submission { id version } leave { id }
    likely { worker { id } } conflict { baseVersion changed { field } }
    conflicts { id field base theirs mine } errors { code errorCode message path } } } }";
/// For large batches: what they do costs as well.
const BRIEF: &str =
    "mutation($items: [BatchItemInput!]!) { submitBatch(input: { items: $items }) { outcomes {
    key state errors { errorCode path } } } }";

pub fn item(key: &str, after: &[&str], mutation: &str, input: Value) -> Value {
    json!({ "key": key, "after": after, "do": { mutation: input } })
}

/// What became of each item of a batch.
pub async fn send(caller: &Caller<'_>, items: &[Value]) -> Vec<Value> {
    let data = caller.data(BATCH, json!({ "items": items })).await;
    let outcomes = data["submitBatch"]["outcomes"].as_array();
    let outcomes = outcomes.expect("outcomes").clone();
    assert_eq!(outcomes.len(), items.len());
    for (outcome, item) in outcomes.iter().zip(items) {
        assert_eq!(outcome["key"], item["key"]);
    }
    outcomes
}

/// `DONE`, or `REFUSED CODE path`.
pub fn said(outcome: &Value) -> String {
    let state = outcome["state"].as_str().expect("a state").to_owned();
    [vec![state], refusals(outcome)].concat().join(" ")
}

/// How many of a batch are in each state.
async fn brief(caller: &Caller<'_>, items: &[Value]) -> BTreeMap<String, usize> {
    let data = caller.data(BRIEF, json!({ "items": items })).await;
    let outcomes = data["submitBatch"]["outcomes"].as_array();
    let mut states = BTreeMap::new();
    for outcome in outcomes.expect("outcomes") {
        let state = outcome["state"].as_str().expect("a state").to_owned();
        assert!(state == "DONE" || state == "WAITING", "{outcome:#}");
        *states.entry(state).or_default() += 1;
    }
    states
}

async fn verified(country: &TestCountry<'_>) {
    let verdict = country
        .db
        .write(async |tx: &mut kada::tenancy::Reader<'_>| ledger::verify(tx).await);
    let verdict = verdict.await.expect("the ledger is read");
    assert!(verdict.is_ok(), "{verdict:?}");
}

/// A hundred people of one week in a district: the ids that the device has made of them, and letters for their names.
struct Week {
    people: Vec<(WorkerId, PostingId, LeaveId, SubmissionId, String)>,
}

impl Week {
    fn new() -> Self {
        let people = (0..100).map(|n: usize| {
            let digest = Sha256::digest(n.to_be_bytes());
            let letters = digest.iter().take(12).map(|it| char::from(b'a' + it % 26));
            let name = letters.collect::<String>();
            (
                WorkerId::new(),
                PostingId::new(),
                LeaveId::new(),
                SubmissionId::new(),
                name,
            )
        });
        Self {
            people: people.collect(),
        }
    }

    /// Five hundred items, in the order in which a device has written them down.
    fn items(&self, office: &Office<'_>, form: &Value) -> Vec<Value> {
        let mut items = Vec::new();
        for (n, (worker, posting, leave, answer, name)) in self.people.iter().enumerate() {
            let worker = worker.encode();
            let key = |what: &str| format!("{what}-of-{n:03}");
            let (registered, asked) = (key("register"), key("leave"));
            let mut first = office.posting("F-A1", "MW", "2020-01-01");
            first["id"] = json!(posting.encode());
            let person = json!({
                "id": worker, "familyName": name, "givenNames": &name[6..], "sex": "FEMALE",
                "birthDate": format!("{}-{:02}-{:02}", 1960 + n % 40, 1 + n % 12, 1 + n % 28),
                "posting": first, "contacts": [{ "kind": "PHONE", "value": format!("+223700{n:05}") }],
            });
            items.push(item(&registered, &[], "registerWorker", person));
            let correction = json!({
                "worker": worker, "baseVersion": 1, "givenNames": format!("{} Awa", &name[6..]),
                "identifiers": [{ "type": "matricule", "value": format!("{:06}-A", 200_000 + n) }],
            });
            items.push(item(
                &key("correct"),
                &[&registered],
                "correctWorker",
                correction,
            ));
            let days = json!({
                "id": leave.encode(), "worker": worker, "leaveType": "annual",
                "startsOn": "2026-06-01", "endsOn": "2026-06-05",
            });
            items.push(item(&asked, &[&registered], "requestLeave", days));
            let answers = json!({
                "id": answer.encode(), "form": form, "about": { "worker": worker },
                "answers": { "ward": format!("Ward {n}") },
            });
            items.push(item(&key("answer"), &[&registered], "submitForm", answers));
            let end = json!({
                "posting": posting.encode(), "endsOn": "2026-12-31", "reason": "resignation", "baseVersion": 1,
            });
            items.push(item(&key("end"), &[&registered, &asked], "endPosting", end));
        }
        items
    }

    fn ids(&self) -> BTreeSet<String> {
        let ids = self
            .people
            .iter()
            .flat_map(|(worker, posting, leave, answer, _)| {
                [
                    uuid::Uuid::from(*worker),
                    uuid::Uuid::from(*posting),
                    uuid::Uuid::from(*leave),
                    uuid::Uuid::from(*answer),
                ]
            });
        ids.map(|it| it.to_string()).collect()
    }
}

/// Everything that a country holds of people, as one hash: ids that its service has made stand as the code of what they
/// name, or as nothing; what tells of the order in which things came is left out.
async fn state(country: &TestCountry<'_>, own: &BTreeSet<String>) -> (String, usize) {
    const APART: [&str; 8] = [
        "answered",
        "code_list_entry",
        "form_version",
        "ledger",
        "ledger_head",
        "org_unit_version",
        "setting",
        "worker_merge",
    ];
    let read = country.db.write(async |tx| {
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.tables
             where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1",
        )
        .fetch_all(&mut **tx)
        .await?;
        let codes: Vec<(uuid::Uuid, String)> = sqlx::query_as(
            "select org_unit_id, code from org_unit union all select facility_id, code from facility
             union all select cadre_id, code from cadre union all select form_id, code from form",
        )
        .fetch_all(&mut **tx)
        .await?;
        let mut rows = Vec::new();
        for table in tables.iter().filter(|it| !APART.contains(&it.as_str())) {
            let query = format!("select (to_jsonb(t) - 'their_seq')::text from {table} t");
            let of: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
                .fetch_all(&mut **tx)
                .await?;
            rows.extend(of.into_iter().map(|row| format!("{table} {row}")));
        }
        Ok::<_, kada::kernel::Fault>((codes, rows))
    });
    let (codes, mut rows) = read.await.expect("the whole register");
    let codes: BTreeMap<String, String> = (codes.into_iter())
        .map(|(id, code)| (id.to_string(), code))
        .collect();
    let pattern = regex::Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    let pattern = pattern.expect("a pattern");
    let tenant = country.code.as_str();
    for row in &mut rows {
        let known = pattern.replace_all(row, |found: &regex::Captures<'_>| {
            let id = found[0].to_owned();
            if own.contains(&id) {
                id
            } else {
                codes.get(&id).cloned().unwrap_or_default()
            }
        });
        *row = known.replace(tenant, "tenant");
    }
    rows.sort();
    let mut hash = Sha256::new();
    for row in &rows {
        hash.update(row);
        hash.update("\n");
    }
    (hex::encode(hash.finalize()), rows.len())
}

async fn opened(country: TestCountry<'_>) -> (Office<'_>, Value) {
    let office = Office::of(country).await;
    let ward =
        json!({ "schema": { "type": "object", "properties": { "ward": { "type": "string" } } } });
    let form = Desk::of(&office.country)
        .publish("ward", "WORKER", &ward)
        .await;
    (office, form["id"].clone())
}

#[tokio::test]
async fn one_batch_in_any_order_and_any_number_of_pieces_ends_in_one_state() {
    let world = World::with(3, |_| {}).await;
    let mut countries = world.countries().await.into_iter();
    let week = Week::new();
    let ids = week.ids();
    let done = BTreeMap::from([("DONE".to_owned(), 500)]);
    let mut states = Vec::new();

    // Once, as it was written down.
    let (office, form) = opened(countries.next().expect("three")).await;
    let items = week.items(&office, &form);
    assert_eq!(brief(&office.manager, &items).await, done);
    states.push(state(&office.country, &ids).await);
    // Every answer was kept under its key: nothing happens when the same is sent again.
    let head = ledger_head(&office.country).await;
    assert_eq!(brief(&office.manager, &items).await, done);
    assert_eq!(ledger_head(&office.country).await, head);
    verified(&office.country).await;

    // In pieces, each in no order, until nothing waits; and then four times more.
    let (office, form) = opened(countries.next().expect("three")).await;
    let mut items = week.items(&office, &form);
    let mut order = ChaCha8Rng::seed_from_u64(7);
    let mut waited = 0;
    for turn in 0..5 {
        loop {
            items.shuffle(&mut order);
            let mut waiting = 0;
            for piece in items.chunks(120) {
                waiting += brief(&office.manager, piece)
                    .await
                    .get("WAITING")
                    .unwrap_or(&0);
            }
            waited += waiting;
            if waiting == 0 {
                break;
            }
            assert_eq!(turn, 0, "what was done once waits no more");
        }
    }
    assert!(waited > 50, "{waited}");
    states.push(state(&office.country, &ids).await);
    verified(&office.country).await;

    // The connection breaks midway; the device sends all of it again, in another order, while the first may still be
    // under way.
    let (office, form) = opened(countries.next().expect("three")).await;
    let mut items = week.items(&office, &form);
    let sent = office.manager.whole(BRIEF, json!({ "items": items }));
    let cut = tokio::time::timeout(Duration::from_millis(700), sent).await;
    assert!(cut.is_err(), "the answer came before the cut");
    items.shuffle(&mut order);
    assert_eq!(brief(&office.manager, &items).await, done);
    states.push(state(&office.country, &ids).await);
    verified(&office.country).await;

    assert!(states[0].1 > 800, "{states:?}");
    assert_eq!(states[1], states[0]);
    assert_eq!(states[2], states[0]);
}

async fn ledger_head(country: &TestCountry<'_>) -> i64 {
    let head = country
        .db
        .write(async |tx: &mut kada::tenancy::Reader<'_>| ledger::head(tx).await);
    head.await.expect("a head").seq
}

#[tokio::test]
async fn an_item_waits_for_what_it_builds_on_and_is_not_done_without_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let worker = WorkerId::new().encode();
    let person = with(
        &office.person("Sow", "F-A1", "MW", "2020-01-01"),
        &[("id", json!(worker))],
    );
    let rename = |name: &str| json!({ "worker": worker, "baseVersion": 1, "familyName": name });
    let follower = |after: &[&str]| item("rename-1", after, "correctWorker", rename("Sy"));
    let wrong = with(&person, &[("birthDate", json!("1720-01-01"))]);

    // What it builds on is not there yet, then is refused, then is done under another key.
    let waits = send(manager, &[follower(&["register-1"])]).await;
    assert_eq!(said(&waits[0]), "WAITING");
    let first = item("register-1", &[], "registerWorker", wrong);
    let sent = send(manager, &[follower(&["register-1"]), first]).await;
    assert_eq!(said(&sent[1]), "REFUSED INVALID_BIRTH_DATE birthDate");
    assert_eq!(said(&sent[0]), "REFUSED PREDECESSOR_REFUSED after");
    let again = item("register-2", &[], "registerWorker", person.clone());
    let sent = send(manager, &[follower(&["register-2"]), again]).await;
    assert_eq!([said(&sent[0]), said(&sent[1])], ["DONE", "DONE"]);
    assert_eq!(sent[0]["worker"]["familyName"], "Sy");
    // What is done is told, whatever it was said to build on.
    let told = send(manager, &[follower(&["register-1", "never-sent"])]).await;
    assert_eq!(said(&told[0]), "DONE");
    assert_eq!(told[0], with(&sent[0], &[]));

    // A circle, and what waits for it.
    let circle = [
        item("a-circle-1", &["a-circle-2"], "correctWorker", rename("A")),
        item("a-circle-2", &["a-circle-1"], "correctWorker", rename("B")),
        item("a-circle-3", &["a-circle-2"], "correctWorker", rename("C")),
        item("a-circle-4", &["a-circle-4"], "correctWorker", rename("D")),
    ];
    let sent = send(manager, &circle).await;
    let sent: Vec<String> = sent.iter().map(said).collect();
    let circular = "REFUSED WAITS_FOR_ITSELF after";
    let behind = "REFUSED PREDECESSOR_REFUSED after";
    assert_eq!(sent, [circular, circular, behind, circular]);

    // One that cannot be done takes no other with it.
    let clerk = office.country.caller(Role::DataClerk);
    let posted = json!({ "worker": worker, "posting": office.posting("F-A2", "MW", "2021-01-01") });
    let strange = json!({ "worker": "wkr_1", "baseVersion": 1 });
    let mut keyed = rename("Sarr");
    keyed["idempotencyKey"] = json!("another-key");
    let phone = json!({
        "worker": worker, "baseVersion": 2, "contacts": [{ "kind": "PHONE", "value": "+22370000009" }],
    });
    let sent = send(
        &clerk,
        &[
            item("denied-1", &[], "postWorker", posted),
            item("strange-1", &[], "correctWorker", strange),
            item("keyed-12", &[], "correctWorker", keyed),
            item("short", &[], "correctWorker", rename("Sarr")),
            item("phone-12", &[], "correctWorker", phone.clone()),
            item("phone-12", &[], "correctWorker", phone.clone()),
            item("phone-12", &[], "correctWorker", rename("Sarr")),
        ],
    )
    .await;
    let states: Vec<String> = sent.iter().map(said).collect();
    assert_eq!(
        states,
        [
            "REFUSED FORBIDDEN",
            "REFUSED BAD_USER_INPUT worker",
            "REFUSED KEY_MISMATCH idempotencyKey",
            "REFUSED BAD_USER_INPUT key",
            "DONE",
            "DONE",
            "REFUSED IDEMPOTENCY_KEY_REUSED key",
        ]
    );
    assert_eq!(sent[4], sent[5]);
    let record = office.worker(&json!(worker), None).await;
    assert_eq!(
        (&record["familyName"], &record["version"]),
        (&json!("Sy"), &json!(3))
    );
    let too_many = vec![item("too-many", &[], "correctWorker", rename("X")); 501];
    let code = clerk.error_code(BRIEF, json!({ "items": too_many })).await;
    assert_eq!(code, "LIST_TOO_LONG");
}

#[tokio::test]
async fn what_was_sent_by_itself_is_not_done_again_in_a_batch() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = with(
        &office.person("Diallo", "F-A1", "MW", "2020-01-01"),
        &[("idempotencyKey", json!("the-one-and-only"))],
    );
    let single = office.change("registerWorker", person.clone()).await;
    for input in [
        person.clone(),
        super::office::without(&person, "idempotencyKey"),
    ] {
        let sent = send(
            &office.manager,
            &[item("the-one-and-only", &[], "registerWorker", input)],
        )
        .await;
        assert_eq!(said(&sent[0]), "DONE");
        assert_eq!(sent[0]["worker"]["id"], single["id"]);
    }
    // And the other way round.
    let second = office.person("Ba", "F-A1", "MW", "2020-01-01");
    let sent = send(
        &office.manager,
        &[item(
            "the-second-one",
            &[],
            "registerWorker",
            second.clone(),
        )],
    )
    .await;
    let keyed = with(&second, &[("idempotencyKey", json!("the-second-one"))]);
    let again = office.change("registerWorker", keyed).await;
    assert_eq!(again["id"], sent[0]["worker"]["id"]);
    let query = "{ workers(first: 10) { totalCount } }";
    let count = office.manager.data(query, json!({})).await;
    assert_eq!(count["workers"]["totalCount"], 2);
}

#[tokio::test]
async fn an_id_of_a_clients_making_is_taken_once() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (worker, posting) = (WorkerId::new().encode(), PostingId::new().encode());
    let person = with(
        &office.person("Cissé", "F-B1", "MW", "2020-01-01"),
        &[
            ("id", json!(worker)),
            ("posting.id", json!(posting)),
            ("birthDate", json!("1981-02-03")),
        ],
    );
    let made = office.change("registerWorker", person.clone()).await;
    assert_eq!(made["id"], worker);
    assert_eq!(made["posting"]["id"], posting);

    // Somebody of another district hears that it is taken, and no more.
    let officer = office.country.caller(Role::HrOfficer).scope(&["A"]);
    let other = with(
        &office.person("Konaté", "F-A1", "MW", "2020-01-01"),
        &[("id", json!(worker))],
    );
    let taken = super::office::ask(&officer, "registerWorker", other.clone()).await;
    assert_eq!(refusals(&taken), ["ID_TAKEN id"]);
    assert_eq!(taken["worker"], json!(null));
    let fresh = with(
        &other,
        &[
            ("id", json!(WorkerId::new().encode())),
            ("posting.id", json!(posting)),
        ],
    );
    let taken = super::office::ask(&officer, "registerWorker", fresh.clone()).await;
    assert_eq!(refusals(&taken), ["ID_TAKEN posting.id"]);
    let nowhere = with(&fresh, &[("posting.id", json!(PostingId::new().encode()))]);
    let here = super::office::ask(&officer, "registerWorker", nowhere).await;
    assert_eq!(here["errors"], json!([]));

    // The id of a record that went into another is taken as well.
    let here = &here["worker"]["id"];
    let merge = json!({ "keep": worker, "keepVersion": 1, "absorb": here, "absorbVersion": 1 });
    let query =
        "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { errors { code } } }";
    let merged = office.manager.data(query, json!({ "input": merge })).await;
    assert_eq!(merged["mergeWorkers"]["errors"], json!([]));
    let gone = with(&other, &[("id", here.clone())]);
    let taken = office.ask("registerWorker", gone).await;
    assert_eq!(refusals(&taken), ["ID_TAKEN id"]);

    let leave = json!({
        "id": LeaveId::new().encode(), "worker": worker, "leaveType": "annual",
        "startsOn": "2026-06-01", "endsOn": "2026-06-05",
    });
    let query = "mutation($input: RequestLeaveInput!) { answer: requestLeave(input: $input) {
        leave { id } errors { code errorCode message path } } }";
    let asked = office.manager.data(query, json!({ "input": leave })).await;
    assert_eq!(asked["answer"]["leave"]["id"], leave["id"]);
    let again = with(&leave, &[("startsOn", json!("2026-06-03"))]);
    let again = office.manager.data(query, json!({ "input": again })).await;
    assert_eq!(refusals(&again["answer"]), ["ID_TAKEN id"]);

    for (id, reason) in [
        (nothing("pst"), "NOT_AN_ID"),
        (
            json!("wkr_018f0000000040008000000000000000"),
            "WRONG_ID_VERSION",
        ),
        (
            json!("wkr_00000000000000000000000000000000"),
            "WRONG_ID_VERSION",
        ),
    ] {
        let input = with(&other, &[("id", id.clone())]);
        let document = super::office::document("registerWorker");
        let answer = office
            .manager
            .ask(&document, json!({ "input": input }))
            .await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(
            (
                &extensions["code"],
                &extensions["reason"],
                &extensions["field"]
            ),
            (&json!("BAD_USER_INPUT"), &json!(reason), &json!("input.id")),
            "{id}"
        );
        assert!(
            answer["errors"][0]["message"]
                .as_str()
                .is_some_and(|it| it.contains("input.id"))
        );
    }
}

#[tokio::test]
async fn an_answer_can_be_corrected_before_its_own_answer_came() {
    let world = World::new().await;
    let (office, form) = opened(world.country().await).await;
    let worker = office.register("Sangaré", "F-A1", "MW", "2020-01-01").await;
    let id = SubmissionId::new().encode();
    let answer = |ward: &str| json!({ "ward": ward });
    let submit = json!({
        "id": id, "form": form, "about": { "worker": worker["id"] }, "answers": answer("One"), "draft": true,
    });
    let correct = |ward: &str, draft: bool| json!({ "submission": id, "baseVersion": 1, "answers": answer(ward), "draft": draft });
    // A device counts no versions: each of its own corrections is of the answer as it first saw it.
    let items = [
        item(
            "correct-2",
            &["correct-1"],
            "correctSubmission",
            correct("Three", false),
        ),
        item(
            "correct-1",
            &["submit-1"],
            "correctSubmission",
            correct("Two", true),
        ),
        item("submit-1", &[], "submitForm", submit.clone()),
    ];
    let sent = send(&office.manager, &items).await;
    let states: Vec<String> = sent.iter().map(said).collect();
    assert_eq!(states, ["DONE"; 3]);
    assert_eq!(sent[0]["submission"], json!({ "id": id, "version": 3 }));
    let taken = with(&submit, &[("answers", answer("Other"))]);
    let sent = send(
        &office.manager,
        &[item("submit-2", &[], "submitForm", taken)],
    )
    .await;
    assert_eq!(said(&sent[0]), "REFUSED ID_TAKEN id");
    // What somebody else has changed since is nobody's to overwrite.
    let clerk = office.country.caller(Role::DataClerk);
    let late = item("late-one", &[], "correctSubmission", correct("Four", false));
    let sent = send(&clerk, &[late]).await;
    assert_eq!(said(&sent[0]), "REFUSED STALE baseVersion");
}

#[tokio::test]
async fn every_code_of_a_mutation_can_be_told_of_an_item() {
    let of_items: BTreeSet<String> = enum_values("BatchItemErrorCode").into_iter().collect();
    for mutation in [
        "RegisterWorker",
        "CorrectWorker",
        "SaveParticulars",
        "PostWorker",
        "TransferWorker",
        "EndPosting",
        "RequestLeave",
        "SubmitForm",
        "CorrectSubmission",
    ] {
        for code in enum_values(&format!("{mutation}ErrorCode")) {
            assert!(of_items.contains(&code), "{mutation} {code}");
        }
    }
}

//! What a merge would do, told before it is done.

use std::time::Duration;

use kada::auth::Role;
use kada::ledger;
use kada::tenancy::Reader;
use serde_json::{Value, json};

use super::approvals::guard;
use super::duplicates::{state, two_of_one};
use super::office::{Office, nothing, refusals, with};
use crate::support::world::{Caller, World};

const PERSON: &str = "familyName givenNames sex birthDate status sector orgUnit { code }
    postings { startsOn facility { code } } identifiers { value } contacts { value }";

async fn merge(caller: &Caller<'_>, input: &Value) -> Value {
    let query = format!(
        "mutation($input: MergeWorkersInput!) {{ answer: mergeWorkers(input: $input) {{
            worker {{ id version {PERSON} }} preview {{ {PERSON} }} moved setAside {{ id startsOn }}
            conflict {{ baseVersion current {{ id version }} changed {{ field base current }} }}
            errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

fn tried(input: &Value) -> Value {
    with(input, &[("dryRun", json!(true))])
}

async fn versions(office: &Office<'_>, keep: &Value, absorb: &Value) -> Value {
    let kept = office.worker(keep, None).await["version"].clone();
    let gone = office.worker(absorb, None).await["version"].clone();
    json!({ "keep": keep, "keepVersion": kept, "absorb": absorb, "absorbVersion": gone })
}

async fn seq(office: &Office<'_>) -> i64 {
    let head = office
        .country
        .db
        .write(async |tx: &mut Reader<'_>| ledger::head(tx).await);
    head.await.expect("the head").seq
}

#[tokio::test]
async fn a_dry_run_tells_what_the_merge_then_does() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (kept, gone) = two_of_one(&office).await;
    let other = json!({ "worker": gone, "baseVersion": 3, "birthDate": "1984-03-01" });
    office.change("correctWorker", other).await;
    for take in [json!(["NAME", "BIRTH_DATE"]), json!([])] {
        let input = with(
            &versions(&office, &kept, &gone).await,
            &[
                ("take", take),
                ("idempotencyKey", json!(format!("try and do {kept} {gone}"))),
            ],
        );
        let (before, entries) = (state(&office.country).await, seq(&office).await);
        let told = merge(&office.manager, &tried(&input)).await;
        assert_eq!(told["errors"], json!([]), "{told:#}");
        assert_eq!(
            (&told["worker"], &told["conflict"]),
            (&Value::Null, &Value::Null)
        );
        // Nothing has happened, though it is asked twice.
        assert_eq!(merge(&office.manager, &tried(&input)).await, told);
        assert_eq!(state(&office.country).await, before);
        assert_eq!(seq(&office).await, entries);
        assert_eq!(office.worker(&gone, None).await["id"], gone);
        if input["take"] == json!([]) {
            insta::assert_json_snapshot!(told, { ".setAside[].id" => "[id]" }, @r#"
            {
              "conflict": null,
              "errors": [],
              "moved": 2,
              "preview": {
                "birthDate": "1984-03-17",
                "contacts": [
                  {
                    "value": "+22370000001"
                  },
                  {
                    "value": "+22370000002"
                  },
                  {
                    "value": "+22370000003"
                  }
                ],
                "familyName": "Traoré",
                "givenNames": "Aminata",
                "identifiers": [
                  {
                    "value": "100001-A"
                  }
                ],
                "orgUnit": {
                  "code": "A-1"
                },
                "postings": [
                  {
                    "facility": {
                      "code": "F-A1"
                    },
                    "startsOn": "2020-01-01"
                  },
                  {
                    "facility": {
                      "code": "F-B1"
                    },
                    "startsOn": "2015-01-01"
                  }
                ],
                "sector": "HEALTH",
                "sex": "FEMALE",
                "status": "ACTIVE"
              },
              "setAside": [
                {
                  "id": "[id]",
                  "startsOn": "2021-06-01"
                }
              ],
              "worker": null
            }
            "#);
        } else {
            assert_eq!(told["preview"]["familyName"], "Traore");
            assert_eq!(told["preview"]["birthDate"], "1984-03-01");
            continue;
        }
        // The key is still good for the merge itself, which finds the records as they were.
        let done = merge(&office.manager, &input).await;
        assert_eq!(done["errors"], json!([]), "{done:#}");
        let mut person = done["worker"].clone();
        let fields = person.as_object_mut().expect("a worker");
        fields.remove("id");
        fields.remove("version");
        assert_eq!(told["preview"], person);
        assert_eq!(told["moved"], done["moved"]);
        assert_eq!(told["setAside"], done["setAside"]);
        assert_eq!(done["preview"], Value::Null);
        assert_eq!(seq(&office).await, entries + 2);
    }
}

#[tokio::test]
async fn a_dry_run_refuses_what_the_merge_would() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["BIRTH"]).await;
    let (kept, gone) = two_of_one(&office).await;
    let elsewhere = office
        .register("Elsewhere", "F-B1", "MW", "2020-01-01")
        .await;
    let input = versions(&office, &kept, &gone).await;
    let district = office.country.caller(Role::HrOfficer).scope(&["A"]);
    let before = state(&office.country).await;
    for (caller, changes, refusal) in [
        (
            &office.manager,
            ("keepVersion", json!(7)),
            "STALE keepVersion",
        ),
        (
            &office.manager,
            ("absorbVersion", json!(1)),
            "STALE absorbVersion",
        ),
        (
            &office.manager,
            ("keep", nothing("wkr")),
            "WORKER_NOT_FOUND keep",
        ),
        (
            &district,
            ("absorb", elsewhere["id"].clone()),
            "WORKER_NOT_FOUND absorb",
        ),
        (
            &office.manager,
            ("take", json!(["BIRTH_DATE"])),
            "NEEDS_SECOND_PERSON take",
        ),
        (
            &office.manager,
            ("act", json!({ "number": "1", "document": nothing("doc") })),
            "ACT_DOCUMENT_NOT_FOUND act.document",
        ),
    ] {
        let input = with(&input, &[changes]);
        let told = merge(caller, &tried(&input)).await;
        assert_eq!(refusals(&told), [refusal]);
        assert_eq!(
            (&told["preview"], &told["moved"]),
            (&Value::Null, &Value::Null),
            "{refusal}"
        );
        assert_eq!(merge(caller, &input).await, told, "{refusal}");
    }
    let same = json!({ "keep": kept, "keepVersion": input["keepVersion"], "absorb": kept,
        "absorbVersion": input["keepVersion"] });
    let told = merge(&office.manager, &tried(&same)).await;
    assert_eq!(refusals(&told), ["SAME_RECORD absorb"]);
    assert_eq!(merge(&office.manager, &same).await, told);
    assert_eq!(state(&office.country).await, before);
    // Whoever may not make two one is not told what it would come to.
    let query = "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { moved } }";
    let clerk = office.country.caller(Role::DataClerk);
    let input = json!({ "input": tried(&input) });
    assert_eq!(clerk.error_code(query, input).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_dry_run_waits_for_nobody_who_writes_the_ledger() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (kept, gone) = two_of_one(&office).await;
    let input = versions(&office, &kept, &gone).await;
    let mut writer = office.country.db.begin().await.expect("a transaction");
    sqlx::query("select seq from ledger_head where only_row for update")
        .execute(&mut *writer.db())
        .await
        .expect("the head is held");
    let input = tried(&input);
    let told = tokio::time::timeout(Duration::from_secs(5), merge(&office.manager, &input));
    let told = told.await.expect("it does not wait for the head");
    assert_eq!(told["errors"], json!([]));
    assert_eq!(told["moved"], 2);
    writer.undo().await.expect("the head is let go");
}

//! Who somebody is besides name, sex and birth date.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};

use super::office::{Office, nothing, refusals, text, with};
use super::offline::{item, said, send};
use crate::support::world::{Caller, World};

const KNOWN: &str = "particulars { namePrefix nameSuffix nationality birthCountry maritalStatus { code label } residence { code } address languages
    relatives { name relation { code } birthDate phone isDependant isEmergencyContact }
    pastEmployments { employer occupation startsOn endsOn whyLeft } }";

async fn save(caller: &Caller<'_>, input: Value) -> Value {
    let query = format!(
        "mutation($input: SaveParticularsInput!) {{ answer: saveParticulars(input: $input) {{
            worker {{ version {KNOWN} }} conflict {{ baseVersion changed {{ field }} }}
            errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

async fn known(caller: &Caller<'_>, worker: &Value) -> Value {
    let query = format!("query($id: ID!) {{ worker(by: {{id: $id}}) {{ version {KNOWN} }} }}");
    let mut data = caller.data(&query, json!({ "id": worker["id"] })).await;
    data["worker"].take()
}

fn everything(worker: &Value, residence: &str) -> Value {
    json!({
        "worker": worker["id"], "baseVersion": 1, "namePrefix": " Dr ", "nationality": "ML", "birthCountry": "CI",
        "maritalStatus": "married", "residence": residence, "address": " Rue 12, porte 7\nHippodrome ",
        "languages": ["bm", "fr", "dyu"],
        "relatives": [
            { "name": "Awa N'Diaye", "relation": "spouse", "phone": "70 12 34 56", "isEmergencyContact": true },
            { "name": "Issa", "relation": "child", "birthDate": "2019-02-28", "isDependant": true },
        ],
        "pastEmployments": [
            { "employer": "ASACO de Kita", "occupation": "Matrone", "startsOn": "2011-01-01", "endsOn": "2014-12-31" },
            { "employer": "Croix-Rouge", "occupation": "Secouriste", "startsOn": "2015-01-01", "whyLeft": "Fin du projet" },
        ],
    })
}

#[tokio::test]
async fn what_is_said_is_kept_and_what_is_not_said_stays() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    assert_eq!(known(manager, &worker).await["particulars"], json!(null));

    let input = everything(&worker, &office.country.id("orgUnit", "A-1").await);
    let saved = save(manager, input.clone()).await;
    assert_eq!(saved["errors"], json!([]));
    let told = known(manager, &worker).await;
    assert_eq!(told, saved["worker"]);
    insta::assert_json_snapshot!(told, @r#"
    {
      "particulars": {
        "address": "Rue 12, porte 7\nHippodrome",
        "birthCountry": "CI",
        "languages": [
          "bm",
          "fr",
          "dyu"
        ],
        "maritalStatus": {
          "code": "married",
          "label": "Married"
        },
        "namePrefix": "Dr",
        "nameSuffix": null,
        "nationality": "ML",
        "pastEmployments": [
          {
            "employer": "Croix-Rouge",
            "endsOn": null,
            "occupation": "Secouriste",
            "startsOn": "2015-01-01",
            "whyLeft": "Fin du projet"
          },
          {
            "employer": "ASACO de Kita",
            "endsOn": "2014-12-31",
            "occupation": "Matrone",
            "startsOn": "2011-01-01",
            "whyLeft": null
          }
        ],
        "relatives": [
          {
            "birthDate": null,
            "isDependant": false,
            "isEmergencyContact": true,
            "name": "Awa N'Diaye",
            "phone": "+22370123456",
            "relation": {
              "code": "spouse"
            }
          },
          {
            "birthDate": "2019-02-28",
            "isDependant": true,
            "isEmergencyContact": false,
            "name": "Issa",
            "phone": null,
            "relation": {
              "code": "child"
            }
          }
        ],
        "residence": {
          "code": "A-1"
        }
      },
      "version": 2
    }
    "#);

    let more = json!({
        "worker": worker["id"], "baseVersion": 2, "birthCountry": null, "languages": ["fr"], "relatives": [],
        "act": { "number": "2026-7/DRH" },
    });
    let saved = save(manager, more.clone()).await;
    assert_eq!(saved["errors"], json!([]));
    let now = &saved["worker"]["particulars"];
    assert_eq!(now["birthCountry"], json!(null));
    assert_eq!(
        (&now["languages"], &now["relatives"]),
        (&json!(["fr"]), &json!([]))
    );
    for stays in [
        "nationality",
        "maritalStatus",
        "residence",
        "address",
        "pastEmployments",
    ] {
        assert_eq!(now[stays], told["particulars"][stays], "{stays}");
    }
    // What changes nothing makes no version.
    let again = save(manager, with(&more, &[("baseVersion", json!(3))])).await;
    assert_eq!(again["worker"]["version"], 3);
    let record = office.worker(&worker["id"], None).await;
    let history = record["history"].as_array().expect("a history").iter();
    let verbs: Vec<String> = history.map(|it| text(&it["verb"])).collect();
    assert_eq!(verbs, ["save_particulars", "save_particulars", "register"]);
    assert_eq!(record["history"][0]["act"]["number"], "2026-7/DRH");
}

#[tokio::test]
async fn every_wrong_value_is_refused_by_its_field_and_nothing_is_kept() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let relative = |changes: &[(&str, Value)]| {
        let right = json!({ "name": "Awa", "relation": "spouse" });
        json!([with(&right, changes)])
    };
    let before = |changes: &[(&str, Value)]| {
        let right =
            json!({ "employer": "ASACO", "occupation": "Matrone", "startsOn": "2011-01-01" });
        json!([with(&right, changes)])
    };
    let long = |length: usize| json!("é".repeat(length));
    let right = json!({ "worker": worker["id"], "baseVersion": 1 });
    for (field, value, refused) in [
        ("worker", nothing("wkr"), "WORKER_NOT_FOUND worker"),
        ("baseVersion", json!(7), "STALE baseVersion"),
        ("baseVersion", json!(0), "STALE baseVersion"),
        ("nationality", json!("MLI"), "INVALID_COUNTRY nationality"),
        ("birthCountry", json!("ml"), "INVALID_COUNTRY birthCountry"),
        (
            "maritalStatus",
            json!("happy"),
            "UNKNOWN_MARITAL_STATUS maritalStatus",
        ),
        ("residence", nothing("unit"), "ORG_UNIT_NOT_FOUND residence"),
        ("namePrefix", long(41), "INVALID_TEXT namePrefix"),
        ("nameSuffix", json!(""), "INVALID_TEXT nameSuffix"),
        ("address", json!(" "), "INVALID_TEXT address"),
        ("address", long(301), "INVALID_TEXT address"),
        ("address", json!("a\u{7}b"), "INVALID_TEXT address"),
        (
            "languages",
            json!(["fr", "français"]),
            "INVALID_LANGUAGE languages",
        ),
        (
            "languages",
            json!(["fr", "bm", "fr"]),
            "INVALID_LANGUAGE languages",
        ),
        (
            "relatives",
            relative(&[("name", json!(""))]),
            "INVALID_TEXT relatives.name",
        ),
        (
            "relatives",
            relative(&[("relation", json!("boss"))]),
            "UNKNOWN_RELATION relatives.relation",
        ),
        (
            "relatives",
            relative(&[("phone", json!("12"))]),
            "INVALID_PHONE relatives.phone",
        ),
        (
            "relatives",
            relative(&[("birthDate", json!("2126-01-01"))]),
            "INVALID_BIRTH_DATE relatives.birthDate",
        ),
        (
            "relatives",
            json!(vec![relative(&[])[0].clone(); 21]),
            "TOO_MANY relatives",
        ),
        (
            "pastEmployments",
            before(&[("employer", long(201))]),
            "INVALID_TEXT pastEmployments.employer",
        ),
        (
            "pastEmployments",
            before(&[("whyLeft", json!(""))]),
            "INVALID_TEXT pastEmployments.whyLeft",
        ),
        (
            "pastEmployments",
            before(&[("startsOn", json!("2126-01-01"))]),
            "INVALID_DATE pastEmployments.startsOn",
        ),
        (
            "pastEmployments",
            before(&[("endsOn", json!("2010-12-31"))]),
            "ENDS_BEFORE_IT_STARTS pastEmployments.endsOn",
        ),
        (
            "pastEmployments",
            json!(vec![before(&[])[0].clone(); 21]),
            "TOO_MANY pastEmployments",
        ),
    ] {
        // With something that is new, for a version that nobody has is stale whatever is said of it.
        let input = with(&right, &[("address", json!("Kita")), (field, value)]);
        let payload = save(&office.manager, input).await;
        assert_eq!(refusals(&payload), [refused], "{field}");
    }
    let told = known(&office.manager, &worker).await;
    assert_eq!(told, json!({ "version": 1, "particulars": null }));
}

#[tokio::test]
async fn what_others_did_to_other_fields_does_not_stand_against_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let rename = json!({ "worker": worker["id"], "baseVersion": 1, "givenNames": "Awa" });
    office.change("correctWorker", rename).await;
    let say = |field: &str, value: &str| json!({ "worker": worker["id"], "baseVersion": 1, field: value });
    assert_eq!(
        save(&clerk, say("address", "Kita")).await["errors"],
        json!([])
    );
    assert_eq!(
        save(&office.manager, say("nationality", "ML")).await["errors"],
        json!([])
    );
    let payload = save(&office.manager, say("address", "Kayes")).await;
    assert_eq!(refusals(&payload), ["STALE baseVersion"]);
    let changed = payload["conflict"]["changed"]
        .as_array()
        .expect("fields")
        .iter();
    let changed: Vec<String> = changed.map(|it| text(&it["field"])).collect();
    assert_eq!(changed, ["address", "givenNames", "nationality"]);

    // Without the network, what they said themselves is known to them.
    let items = [
        item("address-1", &[], "saveParticulars", say("address", "Ségou")),
        item(
            "address-2",
            &["address-1"],
            "saveParticulars",
            say("address", "Nioro"),
        ),
    ];
    let sent = send(&clerk, &items).await;
    assert_eq!(
        said(&sent[0]),
        "REFUSED STALE baseVersion",
        "the manager was there too"
    );
    let other = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let say = |value: &str| json!({ "worker": other["id"], "baseVersion": 1, "address": value });
    let items = [
        item("address-3", &[], "saveParticulars", say("Ségou")),
        item("address-4", &["address-3"], "saveParticulars", say("Nioro")),
    ];
    let sent: Vec<String> = send(&clerk, &items).await.iter().map(said).collect();
    assert_eq!(sent, ["DONE", "DONE"]);
    assert_eq!(
        known(&clerk, &other).await["particulars"]["address"],
        "Nioro"
    );
}

#[tokio::test]
async fn they_go_along_when_two_records_become_one_and_two_again() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let kept = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let gone = office.register("Sangaré", "F-A2", "MW", "2010-01-01").await;
    let end =
        json!({ "posting": gone["posting"]["id"], "endsOn": "2015-12-31", "reason": "transfer" });
    office.change("endPosting", end).await;
    let residence = office.country.id("orgUnit", "A-1").await;
    let input = with(&everything(&gone, &residence), &[("baseVersion", json!(2))]);
    assert_eq!(save(manager, input).await["errors"], json!([]));
    let relative = json!([{ "name": "Oumou", "relation": "child" }]);
    let own = json!({ "worker": kept["id"], "baseVersion": 1, "relatives": relative, "address": "Kita",
        "nationality": "SN" });
    assert_eq!(save(manager, own).await["errors"], json!([]));
    let (before, other) = (known(manager, &kept).await, known(manager, &gone).await);

    let merge =
        json!({ "keep": kept["id"], "keepVersion": 2, "absorb": gone["id"], "absorbVersion": 3 });
    let query = "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { worker { version } errors { code } } }";
    let merged = manager.data(query, json!({ "input": merge })).await;
    assert_eq!(merged["mergeWorkers"]["errors"], json!([]));
    let told = known(manager, &kept).await["particulars"].take();
    // What the kept record says stands, and what it does not say the other one does.
    assert_eq!(
        (&told["nationality"], &told["address"]),
        (&json!("SN"), &json!("Kita"))
    );
    for field in [
        "namePrefix",
        "birthCountry",
        "maritalStatus",
        "residence",
        "languages",
    ] {
        assert_eq!(told[field], other["particulars"][field], "{field}");
    }
    assert_eq!(told["relatives"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        told["pastEmployments"],
        other["particulars"]["pastEmployments"]
    );
    assert_eq!(
        known(manager, &gone).await["particulars"],
        told,
        "both ids name it"
    );

    let version = &merged["mergeWorkers"]["worker"]["version"];
    let undo = json!({ "absorbed": gone["id"], "baseVersion": version });
    let query = "mutation($input: UnmergeWorkersInput!) { unmergeWorkers(input: $input) { errors { code } } }";
    let undone = manager.data(query, json!({ "input": undo })).await;
    assert_eq!(undone["unmergeWorkers"]["errors"], json!([]));
    assert_eq!(
        known(manager, &kept).await["particulars"],
        before["particulars"]
    );
    assert_eq!(
        known(manager, &gone).await["particulars"],
        other["particulars"]
    );
}

#[tokio::test]
async fn they_are_read_by_those_who_may_read_the_whole_record_and_by_the_person() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let input = everything(&worker, &office.country.id("orgUnit", "A-1").await);
    assert_eq!(save(&office.manager, input).await["errors"], json!([]));
    let own = office.country.caller(Role::Worker);
    let own = own.person(WorkerId::decode(&text(&worker["id"])).expect("an id"));
    assert_eq!(
        known(&own, &worker).await["particulars"]["nationality"],
        "ML"
    );
    let query = "query($id: ID!) { worker(by: {id: $id}) { version particulars { nationality } } }";
    let viewer = office.country.caller(Role::Viewer);
    let answer = viewer.ask(query, json!({ "id": worker["id"] })).await;
    assert_eq!(
        answer["data"]["worker"],
        json!({ "version": 2, "particulars": null })
    );
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let elsewhere = office.country.caller(Role::HrOfficer).scope(&["B"]);
    let payload = save(
        &elsewhere,
        json!({ "worker": worker["id"], "baseVersion": 2, "address": "Kita" }),
    )
    .await;
    assert_eq!(refusals(&payload), ["WORKER_NOT_FOUND worker"]);
}

//! Adding, renaming, moving, retiring: from a day on, and only from then.

use kada::auth::Role;
use kada::kernel::Sector;
use serde_json::{Value, json};

use super::{Ministry, ask};
use crate::support::world::World;
use crate::workforce::office::{nothing, refusals, text, with};

/// A rename from a day on.
fn rename(cadre: &str, version: i32, from: &str, label: &str) -> Value {
    json!({
        "cadre": cadre, "baseVersion": version, "from": from,
        "labels": [{ "language": "en", "text": label }],
        "act": { "number": "Décret 2025-7", "date": "2025-12-01" },
    })
}

#[tokio::test]
async fn a_renamed_and_moved_cadre_keeps_what_it_was_until_the_day_before() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let worker = ministry
        .office
        .register("Keita", "F-A1", "MW", "2020-01-01")
        .await;
    let mut change = rename(ministry.id("MW"), 1, "2026-01-01", "Midwife of the State");
    change["parent"] = json!(ministry.id("G-MED"));
    change["workerClass"] = json!("ALLIED");
    let payload = ministry.make("changeCadre", change).await;
    assert_eq!(payload["cadre"]["version"], 2);

    let told = async |day: &str| {
        let cadre = ministry.cadre("MW", day).await;
        format!(
            "{} {} {} {} {}",
            text(&cadre["label"]),
            text(&cadre["parent"]["code"]),
            text(&cadre["workerClass"]),
            cadre["since"],
            cadre["until"]
        )
    };
    assert_eq!(
        told("2025-12-31").await,
        "Midwife G-NUR PROFESSIONAL null \"2025-12-31\""
    );
    assert_eq!(
        told("2026-01-01").await,
        "Midwife of the State G-MED ALLIED \"2026-01-01\" null"
    );

    // Every reader that takes a day has the tree of that day: lists, records, counts and their filters.
    let everywhere = "query($day: Date, $id: ID!) {
        worker(by: {id: $id}, asOf: $day) { posting { cadre { label parent { code } act { number } } } }
        nurses: workers(filter: {cadreCode: \"G-NUR\"}, asOf: $day, first: 1) { totalCount }
        allied: workers(filter: {workerClasses: [ALLIED]}, asOf: $day, first: 1) { totalCount }
        headcount(groupBy: [{by: CADRE, level: 1}, {by: WORKER_CLASS}], asOf: $day) { rows { keys { code label } count } }
        counted: headcount(filter: {cadreCode: \"G-MED\"}, asOf: $day) { total }
        below: cadre(by: {code: \"G-NUR\"}, asOf: $day) { children { code } }
        listed: cadres(filter: {label: \"of the state\"}, asOf: $day, first: 5) { totalCount }
    }";
    let answers = async |day: &str| {
        let variables = json!({ "day": day, "id": worker["id"] });
        ministry.admin.data(everywhere, variables).await.to_string()
    };
    insta::assert_snapshot!(answers("2025-12-31").await, @r#"{"allied":{"totalCount":0},"below":{"children":[{"code":"MW"},{"code":"NUR"}]},"counted":{"total":0},"headcount":{"rows":[{"count":1,"keys":[{"code":"G-NUR","label":"Nursing and midwifery"},{"code":"PROFESSIONAL","label":"Professionals"}]}]},"listed":{"totalCount":0},"nurses":{"totalCount":1},"worker":{"posting":{"cadre":{"act":null,"label":"Midwife","parent":{"code":"G-NUR"}}}}}"#);
    insta::assert_snapshot!(answers("2026-01-01").await, @r#"{"allied":{"totalCount":1},"below":{"children":[{"code":"NUR"}]},"counted":{"total":1},"headcount":{"rows":[{"count":1,"keys":[{"code":"G-MED","label":"Medicine"},{"code":"ALLIED","label":"Allied staff"}]}]},"listed":{"totalCount":1},"nurses":{"totalCount":0},"worker":{"posting":{"cadre":{"act":{"number":"Décret 2025-7"},"label":"Midwife of the State","parent":{"code":"G-MED"}}}}}"#);

    let states = ministry.admin.data(
        "{ cadre(by: {code: \"MW\"}) { states { label since until act { number date } } } }",
        json!({}),
    );
    insta::assert_snapshot!(states.await["cadre"]["states"].to_string(), @r#"[{"act":null,"label":"Midwife","since":null,"until":"2025-12-31"},{"act":{"date":"2025-12-01","number":"Décret 2025-7"},"label":"Midwife of the State","since":"2026-01-01","until":null}]"#);
}

#[tokio::test]
async fn a_change_of_a_day_to_come_takes_effect_on_that_day_and_no_job_is_needed() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-A1", "MW", "2020-01-01")
        .await;
    ministry
        .make(
            "changeCadre",
            rename(ministry.id("MW"), 1, "2026-03-02", "Maïeuticienne"),
        )
        .await;
    let today = "{ cadre(by: {code: \"MW\"}) { label } headcount(groupBy: [{by: CADRE}]) { rows { keys { label } } } }";
    let told = async || ministry.admin.data(today, json!({})).await.to_string();
    let before = told().await;
    assert!(
        before.contains("Midwife") && !before.contains("Maïeuticienne"),
        "{before}"
    );
    world.clock.advance(chrono::TimeDelta::days(1));
    let after = told().await;
    assert!(
        !after.contains("Midwife") && after.contains("Maïeuticienne"),
        "{after}"
    );
}

#[tokio::test]
async fn of_two_admins_who_edit_one_cadre_one_wins_and_the_other_sees_both_versions() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let id = ministry.id("MW");
    let inputs = ["First", "Second"].map(|label| rename(id, 1, "2026-01-01", label));
    let [one, other] = inputs.map(|input| ministry.ask("changeCadre", input));
    let (one, other) = tokio::join!(one, other);
    let (won, lost) = if one["errors"] == json!([]) {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(won["errors"], json!([]));
    assert_eq!(refusals(&lost), ["STALE baseVersion"]);
    let conflict = &lost["conflict"];
    assert_eq!(conflict["baseVersion"], 1);
    assert_eq!(conflict["current"]["version"], 2);
    assert_eq!(conflict["current"]["label"], won["cadre"]["label"]);
    let changed = &conflict["changed"][0];
    assert_eq!(changed["field"], "labels");
    assert_eq!(
        changed["base"],
        json!({ "en": "Midwife", "fr": "Sage-femme" })
    );
    assert_eq!(changed["current"]["en"], won["cadre"]["label"]);
    assert_eq!(
        ministry.cadre("MW", "2026-01-01").await["label"],
        won["cadre"]["label"]
    );
}

#[tokio::test]
async fn a_new_cadre_takes_people_from_its_first_day_and_a_retired_one_until_its_last() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let office = &ministry.office;
    let new = ministry.add("ANM", "2025-01-01").await;
    let person = |cadre: &str, from: &str| {
        with(
            &office.person("Diarra", "F-A1", "MW", from),
            &[("posting.cadre", json!(cadre))],
        )
    };
    let early = office
        .ask("registerWorker", person(&new, "2024-12-31"))
        .await;
    assert_eq!(refusals(&early), ["CADRE_NOT_IN_FORCE posting.cadre"]);
    let inside = office
        .change("registerWorker", person(&new, "2025-01-01"))
        .await;
    assert_eq!(inside["posting"]["cadre"]["code"], "ANM");

    let retire = json!({ "cadre": new, "baseVersion": 1, "from": "2026-01-01" });
    ministry.make("retireCadre", retire.clone()).await;
    assert_eq!(
        ministry.cadre("ANM", "2025-12-31").await["status"],
        "ACTIVE"
    );
    assert_eq!(
        ministry.cadre("ANM", "2026-01-01").await["status"],
        "RETIRED"
    );
    assert_eq!(
        ministry.cadre("ANM", "2024-01-01").await["status"],
        "PLANNED"
    );
    // Who is in it stays, and may serve elsewhere; nobody else comes in.
    assert_eq!(ministry.counted("2026-03-01").await, ["ANM: 1"]);
    let late = office
        .ask("registerWorker", person(&new, "2026-01-01"))
        .await;
    assert_eq!(refusals(&late), ["CADRE_NOT_IN_FORCE posting.cadre"]);
    let elsewhere = json!({ "worker": inside["id"], "to": office.id("F-A2"), "on": "2026-02-01" });
    let moved = office.change("transferWorker", elsewhere).await;
    assert_eq!(moved["posting"]["cadre"]["code"], "ANM");
    let other = office.register("Touré", "F-A1", "NUR", "2020-01-01").await;
    let into =
        json!({ "worker": other["id"], "to": office.id("F-A1"), "on": "2026-02-01", "cadre": new });
    let refused = office.ask("transferWorker", into).await;
    assert_eq!(refusals(&refused), ["CADRE_NOT_IN_FORCE cadre"]);
    // The list has what is in use on the day, and all else on demand.
    let list = "query($day: Date, $statuses: [CadreStatus!]) {
        cadres(first: 50, asOf: $day, filter: {statuses: $statuses}) { nodes { code } } }";
    let listed = async |day: &str, statuses: Value| {
        let variables = json!({ "day": day, "statuses": statuses });
        let data = ministry.admin.data(list, variables).await;
        data["cadres"]["nodes"].to_string().contains("\"ANM\"")
    };
    assert!(!listed("2024-12-31", Value::Null).await);
    assert!(listed("2025-06-01", Value::Null).await);
    assert!(!listed("2026-03-01", Value::Null).await);
    assert!(listed("2026-03-01", json!(["RETIRED"])).await);
    assert!(listed("2024-12-31", json!(["PLANNED"])).await);
}

#[tokio::test]
async fn what_the_rules_are_against_is_refused_by_its_field() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-A1", "MW", "2020-01-01")
        .await;
    let new = json!({
        "code": "X", "from": "2026-01-01", "sector": "HEALTH", "workerClass": "ALLIED",
        "labels": [{ "language": "en", "text": "X" }],
    });
    let label = |language: &str, text: &str| json!([{ "language": language, "text": text }]);
    for (field, value, refusal) in [
        ("code", json!(""), "INVALID_CODE code"),
        ("code", json!("a b"), "INVALID_CODE code"),
        ("code", json!("X".repeat(41)), "INVALID_CODE code"),
        ("code", json!("MW"), "CODE_TAKEN code"),
        ("labels", json!([]), "INVALID_LABEL labels"),
        ("labels", label("english", "X"), "INVALID_LABEL labels"),
        ("labels", label("en", "  "), "INVALID_LABEL labels"),
        ("labels", label("sw", "X"), "FOREIGN_LANGUAGE labels"),
        (
            "descriptions",
            label("sw", "X"),
            "FOREIGN_LANGUAGE descriptions",
        ),
        (
            "labels",
            label("en", &"x".repeat(201)),
            "INVALID_LABEL labels",
        ),
        (
            "descriptions",
            label("en", "a\u{7}"),
            "INVALID_TEXT descriptions",
        ),
        (
            "entryQualification",
            json!(""),
            "INVALID_TEXT entryQualification",
        ),
        (
            "licensingCouncil",
            json!("Council"),
            "NOT_LICENSED licensingCouncil",
        ),
        (
            "retirementAge",
            json!(7),
            "INVALID_RETIREMENT_AGE retirementAge",
        ),
        (
            "retirementAge",
            json!(100_000),
            "INVALID_RETIREMENT_AGE retirementAge",
        ),
        (
            "salaryGrades",
            json!(["A", ""]),
            "INVALID_TEXT salaryGrades",
        ),
        (
            "salaryGrades",
            json!(vec!["A"; 51]),
            "TOO_MANY salaryGrades",
        ),
        ("from", json!("1812-01-01"), "INVALID_DATE from"),
        ("parent", nothing("cdr"), "PARENT_NOT_FOUND parent"),
        ("parent", json!(ministry.id("MW")), "PEOPLE_POSTED parent"),
    ] {
        let payload = ministry
            .ask("addCadre", with(&new, &[(field, value)]))
            .await;
        assert_eq!(refusals(&payload), [refusal]);
        assert_eq!(payload["cadre"], Value::Null);
    }
    let change = json!({ "cadre": ministry.id("MW"), "baseVersion": 1, "from": "2026-01-01" });
    let group = json!({
        "cadre": ministry.id("G-NUR"), "baseVersion": 1, "from": "2026-01-01", "parent": ministry.id("MW"),
    });
    let retire = json!({ "cadre": ministry.id("G-NUR"), "baseVersion": 1, "from": "2026-01-01" });
    for (mutation, input, refusal) in [
        ("changeCadre", change.clone(), "NOTHING_CHANGES"),
        (
            "changeCadre",
            with(&change, &[("cadre", nothing("cdr"))]),
            "CADRE_NOT_FOUND cadre",
        ),
        (
            "changeCadre",
            with(&change, &[("parent", json!(ministry.id("MW")))]),
            "CIRCLE parent",
        ),
        ("changeCadre", group, "CIRCLE parent"),
        (
            "changeCadre",
            with(&change, &[("labels", json!([]))]),
            "INVALID_LABEL labels",
        ),
        (
            "changeCadre",
            with(&change, &[("labels", label("sw", "Mkunga"))]),
            "FOREIGN_LANGUAGE labels",
        ),
        (
            "changeCadre",
            with(&change, &[("descriptions", label("sw", "Mkunga"))]),
            "FOREIGN_LANGUAGE descriptions",
        ),
        (
            "changeCadre",
            with(&change, &[("baseVersion", json!(9))]),
            "STALE baseVersion",
        ),
        ("retireCadre", retire, "GATHERS_CADRES cadre"),
    ] {
        assert_eq!(
            refusals(&ministry.ask(mutation, input).await),
            [refusal],
            "{mutation}"
        );
    }
    ministry
        .make(
            "changeCadre",
            rename(ministry.id("MW"), 1, "2026-06-01", "Later"),
        )
        .await;
    let earlier = rename(ministry.id("MW"), 2, "2026-05-31", "Earlier");
    assert_eq!(
        refusals(&ministry.ask("changeCadre", earlier).await),
        ["LATER_CHANGE cadre"]
    );
    // The same day is written over.
    ministry
        .make(
            "changeCadre",
            rename(ministry.id("MW"), 2, "2026-06-01", "Corrected"),
        )
        .await;
    assert_eq!(
        ministry.cadre("MW", "2026-06-01").await["label"],
        "Corrected"
    );
    ministry
        .make(
            "retireCadre",
            json!({
                "cadre": ministry.id("SWO"), "baseVersion": 1, "from": "2026-01-01",
            }),
        )
        .await;
    let back = |version: i32, from: &str| json!({ "cadre": ministry.id("SWO"), "baseVersion": version, "from": from });
    assert_eq!(
        refusals(&ministry.ask("reinstateCadre", back(2, "2025-12-31")).await),
        ["LATER_CHANGE cadre"]
    );
    let again = rename(ministry.id("SWO"), 2, "2026-02-01", "Again");
    assert_eq!(
        refusals(&ministry.ask("changeCadre", again).await),
        ["CADRE_NOT_IN_FORCE cadre"]
    );
    // Its days of rest stay what they were.
    ministry.make("reinstateCadre", back(2, "2026-03-01")).await;
    for (day, status) in [
        ("2025-12-31", "ACTIVE"),
        ("2026-02-28", "RETIRED"),
        ("2026-03-01", "ACTIVE"),
    ] {
        assert_eq!(ministry.cadre("SWO", day).await["status"], status, "{day}");
    }
    assert_eq!(
        refusals(&ministry.ask("reinstateCadre", back(3, "2026-04-01")).await),
        ["CADRE_NOT_RETIRED cadre"]
    );
}

#[tokio::test]
async fn the_taxonomy_is_changed_by_admins_of_the_whole_country_in_their_own_sectors() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let input = rename(ministry.id("MW"), 1, "2026-01-01", "Mine");
    let country = &ministry.office.country;
    let district = country.caller(Role::MinistryAdmin).scope(&["A"]);
    let welfare = country
        .caller(Role::MinistryAdmin)
        .sectors(&[Sector::Social]);
    for caller in [&district, &welfare] {
        let payload = ask(caller, "changeCadre", input.clone()).await;
        assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE"]);
    }
    let own = rename(ministry.id("PSW"), 1, "2026-01-01", "Para-social volunteer");
    assert_eq!(ask(&welfare, "changeCadre", own).await["errors"], json!([]));
}

#[tokio::test]
async fn a_key_makes_a_change_once_and_the_ledger_tells_of_it() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let mut input = rename(ministry.id("MW"), 1, "2026-01-01", "Once");
    input["idempotencyKey"] = json!("a key of an admin");
    let first = ministry.make("changeCadre", input.clone()).await;
    assert_eq!(ministry.make("changeCadre", input.clone()).await, first);
    input["from"] = json!("2026-01-02");
    let reused = ministry.ask("changeCadre", input).await;
    assert_eq!(refusals(&reused), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
    let feed =
        "{ changes(first: 100) { nodes { verb actor act { number } content worker { id } } } }";
    let data = ministry.admin.data(feed, json!({})).await;
    let rows = data["changes"]["nodes"].as_array().expect("rows").iter();
    let told: Vec<&Value> = rows.filter(|it| it["verb"] == "change_cadre").collect();
    assert_eq!(told.len(), 1);
    let (content, actor) = (&told[0]["content"], text(&told[0]["actor"]));
    assert!(actor.contains("ministry_admin"), "{actor}");
    insta::assert_snapshot!(
        format!("{} {} {} {}", content["fields"]["labels"], content["from"], told[0]["act"], told[0]["worker"]),
        @r#"{"from":{"en":"Midwife","fr":"Sage-femme"},"to":{"en":"Once"}} "2026-01-01" {"number":"Décret 2025-7"} null"#
    );
}

//! Facilities: added, changed, moved with the people in them, closed and reopened.

use kada::auth::Role;
use serde_json::{Value, json};

use super::Ministry;
use crate::support::world::World;
use crate::workforce::office::{nothing, refusals, text, with};

fn change(ministry: &Ministry<'_>, code: &str, version: i32, from: &str) -> Value {
    json!({ "facility": ministry.id(code), "baseVersion": version, "from": from })
}

#[tokio::test]
async fn a_facility_that_changes_is_counted_as_it_was_on_the_day() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-A1", "MW", "2020-01-01")
        .await;
    let input = with(
        &change(&ministry, "F-A1", 1, "2024-01-01"),
        &[
            ("name", json!("Hôpital A1")),
            ("type", json!("DH")),
            ("ownership", json!("NGO")),
            ("setting", json!("URBAN")),
            ("act", json!({ "number": "Arrêté 12" })),
        ],
    );
    let facility = ministry.make("changeFacility", input).await;
    assert_eq!(facility["version"], 2);
    let counted = "query($day: Date) {
        headcount(groupBy: [{by: FACILITY_TYPE}, {by: OWNERSHIP}, {by: SETTING}], asOf: $day) { rows { keys { code } } }
        hospitals: headcount(filter: {facilityTypes: [\"DH\"]}, asOf: $day) { total }
        workers(first: 1, filter: {facilityTypes: [\"DH\"]}, asOf: $day) { nodes { posting { facility { name } } } }
        facility(by: {code: \"F-A1\"}, asOf: $day) { name type { code } since until act { number } }
    }";
    let told = async |day: &str| {
        let data = ministry.admin.data(counted, json!({ "day": day })).await;
        data.to_string()
    };
    insta::assert_snapshot!(told("2023-12-31").await, @r#"{"facility":{"act":null,"name":"Établissement F-A1","since":null,"type":{"code":"HC"},"until":"2023-12-31"},"headcount":{"rows":[{"keys":[{"code":"HC"},{"code":"GOV"},{"code":"RURAL"}]}]},"hospitals":{"total":0},"workers":{"nodes":[]}}"#);
    insta::assert_snapshot!(told("2024-01-01").await, @r#"{"facility":{"act":{"number":"Arrêté 12"},"name":"Hôpital A1","since":"2024-01-01","type":{"code":"DH"},"until":null},"headcount":{"rows":[{"keys":[{"code":"DH"},{"code":"NGO"},{"code":"URBAN"}]}]},"hospitals":{"total":1},"workers":{"nodes":[{"posting":{"facility":{"name":"Hôpital A1"}}}]}}"#);
}

#[tokio::test]
async fn a_facility_that_moves_takes_the_records_of_its_people_along() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let office = &ministry.office;
    let here = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let gone = office.register("Touré", "F-A1", "MW", "2020-01-01").await;
    let elsewhere = json!({ "worker": gone["id"], "to": office.id("F-A2"), "on": "2022-01-01" });
    office.change("transferWorker", elsewhere).await;
    let input = with(
        &change(&ministry, "F-A1", 1, "2024-01-01"),
        &[("orgUnit", json!(ministry.id("B-1")))],
    );
    let late = with(&input, &[("from", json!("2026-03-02"))]);
    let late = ministry.ask("changeFacility", late).await;
    assert_eq!(refusals(&late), ["IN_THE_FUTURE from"]);
    let payload = ministry.ask("changeFacility", input).await;
    assert_eq!(payload["errors"], json!([]));
    // Who left before stays where they went.
    assert_eq!(payload["workers"], 1);

    let record = office.worker(&here["id"], None).await;
    assert_eq!(record["orgUnit"]["code"], "B-1");
    assert_eq!(record["version"], 2);
    assert_eq!(text(&record["history"][0]["verb"]), "relocate");
    assert_eq!(
        office.worker(&gone["id"], None).await["orgUnit"]["code"],
        "A-2"
    );
    assert_eq!(
        ministry.counted("2023-12-31", 2).await,
        ["A-1: 1", "A-2: 1"]
    );
    assert_eq!(
        ministry.counted("2024-01-01", 2).await,
        ["A-2: 1", "B-1: 1"]
    );

    // The office that kept the record is told that it left, and reads it no more; the other one has it.
    let feed = "{ changes(first: 100) { nodes { workerId tombstone verb worker { id } } }
        workers(first: 9) { totalCount } headcount { total } }";
    for (unit, tombstone, all) in [("A-1", true, 0), ("B-1", false, 1)] {
        let caller = office.country.caller(Role::HrManager).scope(&[unit]);
        let data = caller.data(feed, json!({})).await;
        let nodes = data["changes"]["nodes"].as_array().expect("changes");
        let last = (nodes.iter()).rfind(|it| it["workerId"] == here["id"]);
        let last = last.expect("it is told");
        assert_eq!(last["verb"], "relocate", "{unit}");
        assert_eq!(last["tombstone"], tombstone, "{unit}");
        assert_eq!(data["workers"]["totalCount"], all, "{unit}");
        assert_eq!(data["headcount"]["total"], all, "{unit}");
    }
}

#[tokio::test]
async fn whoever_posts_while_a_facility_moves_is_where_it_went() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let moved = with(
        &change(&ministry, "F-A1", 1, "2024-01-01"),
        &[("orgUnit", json!(ministry.id("B-1")))],
    );
    let posts = (0..8).map(|n| {
        let person = ministry
            .office
            .person(&format!("Keita{n}"), "F-A1", "MW", "2025-01-01");
        ministry.office.ask(
            "registerWorker",
            with(&person, &[("familyName", json!("Keita"))]),
        )
    });
    let (moved, posted) = tokio::join!(
        ministry.ask("changeFacility", moved),
        futures_util::future::join_all(posts)
    );
    assert_eq!(moved["errors"], json!([]));
    for payload in posted {
        assert_eq!(payload["errors"], json!([]));
        let record = ministry.office.worker(&payload["worker"]["id"], None).await;
        assert_eq!(record["orgUnit"]["code"], "B-1");
    }
}

#[tokio::test]
async fn a_facility_takes_nobody_while_it_is_closed_and_whoever_is_there_stays() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let office = &ministry.office;
    let new = json!({
        "code": "F-B2", "from": "2021-01-01", "name": "CSCom de B2", "type": "HC", "ownership": "GOV",
        "orgUnit": ministry.id("B-1"), "setting": "RURAL",
    });
    let added = ministry.make("addFacility", new).await;
    assert_eq!(added["openedOn"], "2021-01-01");
    let person = |from: &str| {
        with(
            &office.person("Keita", "F-B1", "MW", from),
            &[("posting.facility", added["id"].clone())],
        )
    };
    let early = office.ask("registerWorker", person("2020-12-31")).await;
    assert_eq!(refusals(&early), ["FACILITY_NOT_OPEN posting.facility"]);
    office.change("registerWorker", person("2021-01-01")).await;

    let turn = |version: i32, from: &str| json!({ "facility": added["id"], "baseVersion": version, "from": from });
    let preview = "query($change: FacilityChangeInput!) { previewFacilityChange(change: $change) {
        workers postings postingsToCome errors { errorCode } } }";
    let close = json!({ "change": { "close": turn(1, "2023-01-01") } });
    let data = ministry.admin.data(preview, close).await;
    insta::assert_snapshot!(data["previewFacilityChange"].to_string(), @r#"{"errors":[],"postings":1,"postingsToCome":0,"workers":1}"#);
    let closed = ministry.make("closeFacility", turn(1, "2023-01-01")).await;
    assert_eq!(closed["closedOn"], "2023-01-01");
    let twice = ministry.ask("closeFacility", turn(2, "2023-06-01")).await;
    assert_eq!(refusals(&twice), ["FACILITY_CLOSED facility"]);
    let renamed = with(&turn(2, "2023-06-01"), &[("name", json!("X"))]);
    let renamed = ministry.ask("changeFacility", renamed).await;
    assert_eq!(refusals(&renamed), ["FACILITY_CLOSED facility"]);
    let refused = office.ask("registerWorker", person("2023-06-01")).await;
    assert_eq!(refusals(&refused), ["FACILITY_CLOSED posting.facility"]);
    assert_eq!(ministry.counted("2023-06-01", 2).await, ["B-1: 1"]);

    let opened = ministry.make("reopenFacility", turn(2, "2024-01-01")).await;
    assert_eq!(opened["closedOn"], Value::Null);
    assert_eq!(
        opened["closures"],
        json!([{ "from": "2023-01-01", "until": "2023-12-31" }])
    );
    // Of the days of the closure nothing changed.
    let refused = office.ask("registerWorker", person("2023-06-01")).await;
    assert_eq!(refusals(&refused), ["FACILITY_CLOSED posting.facility"]);
    office.change("registerWorker", person("2024-01-01")).await;
    let open = "query($day: Date!) { facilities(first: 20, filter: {openOn: $day, orgUnitCode: \"B\"}) { totalCount } }";
    for (day, count) in [("2022-12-31", 2), ("2023-06-01", 1), ("2024-01-01", 2)] {
        let data = ministry.admin.data(open, json!({ "day": day })).await;
        assert_eq!(data["facilities"]["totalCount"], count, "{day}");
    }
    // What the configuration closed can be opened, too.
    let old = change(&ministry, "F-OLD", 1, "2020-01-01");
    let opened = ministry.make("reopenFacility", old).await;
    assert_eq!(
        opened["closures"],
        json!([{ "from": "2015-01-01", "until": "2019-12-31" }])
    );
}

#[tokio::test]
async fn what_the_rules_are_against_is_refused_by_its_field() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let new = json!({
        "code": "X", "from": "2026-01-01", "name": "X", "type": "HC", "ownership": "GOV",
        "orgUnit": ministry.id("B-1"), "setting": "RURAL",
    });
    for (field, value, refusal) in [
        ("code", json!("a b"), "INVALID_CODE code"),
        ("code", json!("F-A1"), "CODE_TAKEN code"),
        ("name", json!(" "), "INVALID_TEXT name"),
        ("name", json!("x".repeat(201)), "INVALID_TEXT name"),
        ("name", json!("a\nb"), "INVALID_TEXT name"),
        ("type", json!("ZZ"), "UNKNOWN_FACILITY_TYPE type"),
        ("ownership", json!("ZZ"), "UNKNOWN_OWNERSHIP ownership"),
        ("orgUnit", nothing("unit"), "ORG_UNIT_NOT_FOUND orgUnit"),
        ("from", json!("2201-01-01"), "INVALID_DATE from"),
    ] {
        let payload = ministry
            .ask("addFacility", with(&new, &[(field, value)]))
            .await;
        assert_eq!(refusals(&payload), [refusal], "{field}");
    }
    let name = ("name", json!("Y"));
    let sent = with(&change(&ministry, "F-A2", 1, "2026-01-01"), &[name.clone()]);
    for (field, value, refusal) in [
        ("facility", nothing("fac"), "FACILITY_NOT_FOUND facility"),
        ("baseVersion", json!(2), "STALE baseVersion"),
        ("name", json!("Établissement F-A2"), "NOTHING_CHANGES"),
        ("type", json!("ZZ"), "UNKNOWN_FACILITY_TYPE type"),
        ("orgUnit", nothing("unit"), "ORG_UNIT_NOT_FOUND orgUnit"),
        ("from", json!("1999-01-01"), "FACILITY_NOT_OPEN facility"),
    ] {
        let payload = ministry
            .ask("changeFacility", with(&sent, &[(field, value)]))
            .await;
        assert_eq!(refusals(&payload), [refusal], "{field}");
    }
    let open = change(&ministry, "F-A2", 1, "2026-01-01");
    let open = ministry.ask("reopenFacility", open).await;
    assert_eq!(refusals(&open), ["FACILITY_NOT_CLOSED facility"]);
    ministry.make("changeFacility", sent.clone()).await;
    let stale = ministry.ask("changeFacility", sent).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    assert_eq!(stale["conflict"]["changed"][0]["field"], "name");
    let before = with(&change(&ministry, "F-A2", 2, "2025-01-01"), &[name]);
    let before = ministry.ask("changeFacility", before).await;
    assert_eq!(refusals(&before), ["LATER_CHANGE_OF_PLACE facility"]);
}

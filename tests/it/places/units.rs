//! Adding, renaming, moving, closing org units: from a day on, and only from then.

use kada::auth::Role;
use kada::kernel::Sector;
use serde_json::{Value, json};

use super::{Ministry, ask, counted};
use crate::support::world::World;
use crate::workforce::office::{enum_values, nothing, refusals, text, with};

fn names(name: &str) -> Value {
    json!([{ "language": "fr", "text": name }])
}

/// A rename from a day on.
fn rename(unit: &str, version: i32, from: &str, name: &str) -> Value {
    json!({
        "orgUnit": unit, "baseVersion": version, "from": from, "names": names(name),
        "act": { "number": "Loi 2023-006", "date": "2023-03-13" },
    })
}

/// A region that takes a district over from another.
fn new_region(ministry: &Ministry<'_>, from: &str) -> Value {
    json!({
        "code": "C", "from": from, "names": names("Région C"), "kind": "Région", "iso3166_2": "ZZ-3",
        "predecessors": [ministry.id("A")],
        "children": [{ "orgUnit": ministry.id("A-2"), "baseVersion": 1 }],
        "act": { "number": "Loi 2023-006", "date": "2023-03-13" },
    })
}

#[tokio::test]
async fn a_new_region_takes_a_district_over_and_every_day_has_the_tree_that_it_had() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    for (name, facility) in [("Keita", "F-A1"), ("Touré", "F-A2"), ("Diarra", "F-B1")] {
        ministry
            .office
            .register(name, facility, "MW", "2020-01-01")
            .await;
    }
    let region = ministry
        .make("addOrgUnit", new_region(&ministry, "2023-03-13"))
        .await;
    assert_eq!(region["level"], 1);
    assert_eq!(region["predecessors"], json!([{ "code": "A" }]));
    assert_eq!(region["children"], json!([{ "code": "A-2" }]));

    assert_eq!(ministry.counted("2023-03-12", 1).await, ["A: 2", "B: 1"]);
    assert_eq!(
        ministry.counted("2023-03-13", 1).await,
        ["A: 1", "B: 1", "C: 1"]
    );
    let told = async |code: &str, day: &str| {
        let unit = ministry.unit(code, day).await;
        let children = unit["children"].as_array().expect("a list").iter();
        let children: Vec<String> = children.map(|it| text(&it["code"])).collect();
        format!("{} {}", text(&unit["status"]), children.join(" "))
    };
    assert_eq!(told("A", "2023-03-12").await, "ACTIVE A-1 A-2");
    assert_eq!(told("A", "2023-03-13").await, "ACTIVE A-1");
    assert_eq!(told("C", "2023-03-12").await, "PLANNED ");
    assert_eq!(told("C", "2023-03-13").await, "ACTIVE A-2");
    assert_eq!(
        ministry.unit("A", "2026-03-01").await["successors"],
        json!([{ "code": "C" }])
    );

    // Every reader that takes a day has the tree of that day.
    let everywhere = "query($day: Date) {
        listed: orgUnits(first: 9, asOf: $day, filter: {level: 1}) { nodes { code } }
        below: orgUnits(first: 9, asOf: $day, filter: {parentCode: \"A\"}) { nodes { code } }
        facilities(first: 9, asOf: $day, filter: {orgUnitCode: \"A\", types: [\"HC\"]}) { totalCount }
        workers(first: 1, asOf: $day, filter: {orgUnitCode: \"A\"}) { totalCount }
        inside: headcount(asOf: $day, filter: {orgUnitCode: \"A\"}) { total }
        of: workers(first: 9, asOf: $day, filter: {facilityCodes: [\"F-A2\"]}) {
            nodes { orgUnit { parent { code } } posting { facility { orgUnit { parent { code } } } } } }
    }";
    let answers = async |day: &str| {
        let data = ministry.admin.data(everywhere, json!({ "day": day })).await;
        data.to_string()
    };
    insta::assert_snapshot!(answers("2023-03-12").await, @r#"{"below":{"nodes":[{"code":"A-1"},{"code":"A-2"}]},"facilities":{"totalCount":4},"inside":{"total":2},"listed":{"nodes":[{"code":"A"},{"code":"B"}]},"of":{"nodes":[{"orgUnit":{"parent":{"code":"A"}},"posting":{"facility":{"orgUnit":{"parent":{"code":"A"}}}}}]},"workers":{"totalCount":2}}"#);
    insta::assert_snapshot!(answers("2023-03-13").await, @r#"{"below":{"nodes":[{"code":"A-1"}]},"facilities":{"totalCount":3},"inside":{"total":1},"listed":{"nodes":[{"code":"A"},{"code":"B"},{"code":"C"}]},"of":{"nodes":[{"orgUnit":{"parent":{"code":"C"}},"posting":{"facility":{"orgUnit":{"parent":{"code":"C"}}}}}]},"workers":{"totalCount":1}}"#);

    // A scope reaches by the tree of today, whatever day is asked about.
    let of = |unit: &str| ministry.office.country.caller(Role::Viewer).scope(&[unit]);
    assert_eq!(counted(&of("A"), "2023-03-12", 2).await, ["A-1: 1"]);
    assert_eq!(counted(&of("C"), "2023-03-12", 2).await, ["A-2: 1"]);
    let states = ministry.admin.data(
        "{ orgUnit(by: {code: \"A-2\"}) { version states { since until parent { code } act { number date } } } }",
        json!({}),
    );
    insta::assert_snapshot!(states.await["orgUnit"].to_string(), @r#"{"states":[{"act":null,"parent":{"code":"A"},"since":null,"until":"2023-03-12"},{"act":{"date":"2023-03-13","number":"Loi 2023-006"},"parent":{"code":"C"},"since":"2023-03-13","until":null}],"version":2}"#);
}

#[tokio::test]
async fn a_region_ends_when_nothing_is_left_in_it_and_says_who_took_over() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let close = |version: i32, from: &str| {
        json!({ "orgUnit": ministry.id("B"), "baseVersion": version, "from": from,
                "successors": [ministry.id("A")] })
    };
    let full = ministry.ask("closeOrgUnit", close(1, "2025-01-01")).await;
    assert_eq!(refusals(&full), ["HAS_UNITS orgUnit"]);
    let district = json!({ "orgUnit": ministry.id("B-1"), "baseVersion": 1, "from": "2025-01-01" });
    let full = ministry.ask("closeOrgUnit", district).await;
    assert_eq!(refusals(&full), ["HAS_FACILITIES orgUnit"]);

    let moved = json!({ "orgUnit": ministry.id("B-1"), "baseVersion": 1, "from": "2025-01-01",
                        "parent": ministry.id("A") });
    ministry.make("changeOrgUnit", moved).await;
    // Until the day before, the district is there.
    let early = ministry.ask("closeOrgUnit", close(1, "2024-12-31")).await;
    assert_eq!(refusals(&early), ["HAS_UNITS orgUnit"]);
    let closed = ministry.make("closeOrgUnit", close(1, "2025-01-01")).await;
    assert_eq!(closed["status"], "CLOSED");
    assert_eq!(closed["validTo"], "2024-12-31");
    assert_eq!(closed["successors"], json!([{ "code": "A" }]));
    assert_eq!(ministry.unit("B", "2024-12-31").await["status"], "ACTIVE");

    // Nothing is part of it, stands in it or takes over from then.
    let b = ministry.id("B");
    let into = json!({ "orgUnit": ministry.id("A-1"), "baseVersion": 1, "from": "2025-02-01", "parent": b });
    let refused = ministry.ask("changeOrgUnit", into).await;
    assert_eq!(refusals(&refused), ["ORG_UNIT_NOT_IN_FORCE parent"]);
    let again = ministry.ask("closeOrgUnit", close(2, "2025-06-01")).await;
    assert_eq!(refusals(&again), ["ORG_UNIT_NOT_IN_FORCE orgUnit"]);
    let before = ministry.ask("closeOrgUnit", close(2, "2024-06-01")).await;
    assert_eq!(refusals(&before), ["LATER_CHANGE_OF_PLACE orgUnit"]);
    let list = "query($statuses: [OrgUnitStatus!]) {
        orgUnits(first: 9, filter: {level: 1, statuses: $statuses}) { nodes { code } } }";
    let listed = async |statuses: Value| {
        let variables = json!({ "statuses": statuses });
        let data = ministry.admin.data(list, variables).await;
        data["orgUnits"]["nodes"].to_string()
    };
    assert_eq!(listed(Value::Null).await, r#"[{"code":"A"}]"#);
    assert_eq!(listed(json!(["CLOSED"])).await, r#"[{"code":"B"}]"#);
}

#[tokio::test]
async fn of_two_admins_who_edit_one_unit_one_wins_and_the_other_sees_both_versions() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let id = ministry.id("A-1");
    let inputs = ["First", "Second"].map(|name| rename(id, 1, "2026-01-01", name));
    let [one, other] = inputs.map(|input| ministry.ask("changeOrgUnit", input));
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
    assert_eq!(conflict["current"]["name"], won["orgUnit"]["name"]);
    let changed = &conflict["changed"][0];
    assert_eq!(changed["field"], "names");
    assert_eq!(changed["base"], json!({ "fr": "Cercle A1" }));
    assert_eq!(changed["current"]["fr"], won["orgUnit"]["name"]);

    // What moves with a new unit is looked at alike.
    let mut region = new_region(&ministry, "2026-01-01");
    region["children"][0] = json!({ "orgUnit": id, "baseVersion": 1 });
    let stale = ministry.ask("addOrgUnit", region).await;
    assert_eq!(refusals(&stale), ["STALE children.baseVersion"]);
    assert_eq!(stale["conflict"]["current"]["version"], 2);
    assert_eq!(ministry.unit("C", "2026-01-01").await, Value::Null);
}

#[tokio::test]
async fn what_the_rules_are_against_is_refused_by_its_field() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let new = json!({ "code": "X", "from": "2026-01-01", "names": names("X") });
    let name = |language: &str, text: &str| json!([{ "language": language, "text": text }]);
    let child = |id: Value, version: i32| json!([{ "orgUnit": id, "baseVersion": version }]);
    for (field, value, refusal) in [
        ("code", json!(""), "INVALID_CODE code"),
        ("code", json!("a b"), "INVALID_CODE code"),
        ("code", json!("A"), "CODE_TAKEN code"),
        ("names", json!([]), "INVALID_LABEL names"),
        ("names", name("fr", "  "), "INVALID_LABEL names"),
        ("names", name("fr", &"x".repeat(201)), "INVALID_LABEL names"),
        ("names", name("sw", "X"), "FOREIGN_LANGUAGE names"),
        ("names", name("en", "X"), "MISSING_LANGUAGE names"),
        ("kind", json!("a\u{7}"), "INVALID_TEXT kind"),
        ("source", json!("x".repeat(501)), "INVALID_TEXT source"),
        ("iso3166_2", json!("zz-1"), "INVALID_ISO_CODE iso3166_2"),
        ("iso3166_2", json!("ZZ"), "INVALID_ISO_CODE iso3166_2"),
        ("from", json!("1812-01-01"), "INVALID_DATE from"),
        ("parent", nothing("unit"), "PARENT_UNIT_NOT_FOUND parent"),
        // The country has two levels.
        ("parent", json!(ministry.id("A-1")), "WRONG_LEVEL parent"),
        (
            "predecessors",
            json!([nothing("unit")]),
            "PREDECESSOR_UNIT_NOT_FOUND predecessors",
        ),
        (
            "predecessors",
            json!([ministry.id("A-1")]),
            "WRONG_LEVEL predecessors",
        ),
        (
            "predecessors",
            json!([ministry.id("A"), ministry.id("A")]),
            "NAMED_TWICE predecessors",
        ),
        (
            "children",
            child(nothing("unit"), 1),
            "ORG_UNIT_NOT_FOUND children.orgUnit",
        ),
        (
            "children",
            child(json!(ministry.id("A")), 1),
            "WRONG_LEVEL children.orgUnit",
        ),
        (
            "children",
            json!(vec![
                json!({ "orgUnit": ministry.id("A-1"), "baseVersion": 1 });
                2
            ]),
            "NAMED_TWICE children.orgUnit",
        ),
    ] {
        let payload = ministry
            .ask("addOrgUnit", with(&new, &[(field, value)]))
            .await;
        assert_eq!(refusals(&payload), [refusal], "{field}");
        assert_eq!(payload["orgUnit"], Value::Null);
    }
    let change = json!({ "orgUnit": ministry.id("A-1"), "baseVersion": 1, "from": "2026-01-01" });
    for (field, value, refusal) in [
        ("orgUnit", nothing("unit"), "ORG_UNIT_NOT_FOUND orgUnit"),
        ("baseVersion", json!(7), "STALE baseVersion"),
        ("kind", json!("Cercle"), "NOTHING_CHANGES"),
        ("parent", Value::Null, "WRONG_LEVEL parent"),
        ("parent", json!(ministry.id("A-2")), "WRONG_LEVEL parent"),
        (
            "parent",
            json!(ministry.id("A-1")),
            "CIRCLE_OF_UNITS parent",
        ),
        ("parent", nothing("unit"), "PARENT_UNIT_NOT_FOUND parent"),
        ("names", name("bm", "X"), "FOREIGN_LANGUAGE names"),
    ] {
        let payload = ministry
            .ask("changeOrgUnit", with(&change, &[(field, value)]))
            .await;
        assert_eq!(refusals(&payload), [refusal], "{field}");
    }
    let below = json!({ "orgUnit": ministry.id("A"), "baseVersion": 1, "from": "2026-01-01",
                        "parent": ministry.id("A-1") });
    let circle = ministry.ask("changeOrgUnit", below).await;
    assert_eq!(refusals(&circle), ["CIRCLE_OF_UNITS parent"]);
    let close = json!({ "orgUnit": ministry.id("B"), "baseVersion": 1, "from": "2026-01-01",
                        "successors": [nothing("unit")] });
    let unknown = ministry.ask("closeOrgUnit", close).await;
    assert_eq!(
        refusals(&unknown),
        ["HAS_UNITS orgUnit", "SUCCESSOR_UNIT_NOT_FOUND successors"]
    );
    // Nothing of all this was written.
    let listed = ministry
        .admin
        .data("{ orgUnits(first: 50) { totalCount } }", json!({}));
    assert_eq!(listed.await["orgUnits"]["totalCount"], 5);
    assert!(enum_values("AddOrgUnitErrorCode").contains(&"CIRCLE_OF_UNITS".to_owned()));
}

#[tokio::test]
async fn only_who_works_for_the_whole_country_changes_its_places() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-A1", "MW", "2020-01-01")
        .await;
    let country = &ministry.office.country;
    let change = rename(ministry.id("A-1"), 1, "2026-01-01", "X");
    let preview = "query($change: OrgUnitChangeInput!) { previewOrgUnitChange(change: $change) {
        facilities workers postings postingsToCome isPopulationKnown unitsBelow { code } errors { errorCode } } }";
    let variables = json!({ "change": { "change": change } });
    let district = country.caller(Role::MinistryAdmin).scope(&["A"]);
    let welfare = country
        .caller(Role::MinistryAdmin)
        .sectors(&[Sector::Social]);
    for caller in [district, welfare] {
        let payload = ask(&caller, "changeOrgUnit", change.clone()).await;
        assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE"]);
        let data = caller.data(preview, variables.clone()).await;
        assert_eq!(
            data["previewOrgUnitChange"],
            json!({
                "facilities": null, "workers": null, "postings": null, "postingsToCome": null,
                "isPopulationKnown": null, "unitsBelow": [], "errors": [{ "errorCode": "OUTSIDE_YOUR_SCOPE" }],
            })
        );
    }
    let manager = country.caller(Role::HrManager);
    let code = manager.error_code(preview, variables.clone()).await;
    assert_eq!(code, "FORBIDDEN");
    let data = ministry.admin.data(preview, variables).await;
    insta::assert_snapshot!(data["previewOrgUnitChange"].to_string(), @r#"{"errors":[],"facilities":5,"isPopulationKnown":true,"postings":1,"postingsToCome":0,"unitsBelow":[],"workers":1}"#);
    let add = json!({ "change": { "add": new_region(&ministry, "2026-01-01") } });
    let data = ministry.admin.data(preview, add).await;
    insta::assert_snapshot!(data["previewOrgUnitChange"].to_string(), @r#"{"errors":[],"facilities":1,"isPopulationKnown":false,"postings":0,"postingsToCome":0,"unitsBelow":[{"code":"A-2"}],"workers":0}"#);
    assert_eq!(ministry.unit("A-1", "2026-03-01").await["version"], 1);
}

#[tokio::test]
async fn a_change_of_a_day_to_come_takes_effect_on_that_day_and_a_key_is_used_once() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let mut region = new_region(&ministry, "2026-03-02");
    region["idempotencyKey"] = json!("region-c-2026");
    let first = ministry.ask("addOrgUnit", region.clone()).await;
    let again = ministry.ask("addOrgUnit", region.clone()).await;
    assert_eq!(first["errors"], json!([]));
    assert_eq!(first, again);
    region["code"] = json!("D");
    let other = ministry.ask("addOrgUnit", region).await;
    assert_eq!(refusals(&other), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);

    let query = "{ orgUnits(first: 9, filter: {level: 1}) { nodes { code } } headcount { densityPer10000 population { people } }
        orgUnit(by: {code: \"A-2\"}) { parent { code } } }";
    ministry
        .office
        .register("Keita", "F-A2", "MW", "2020-01-01")
        .await;
    let told = async || ministry.admin.data(query, json!({})).await.to_string();
    // A unit that is still to come takes nothing from the people of today.
    insta::assert_snapshot!(told().await, @r#"{"headcount":{"densityPer10000":0.07,"population":{"people":150000}},"orgUnit":{"parent":{"code":"A"}},"orgUnits":{"nodes":[{"code":"A"},{"code":"B"}]}}"#);
    world.clock.advance(chrono::TimeDelta::days(1));
    insta::assert_snapshot!(told().await, @r#"{"headcount":{"densityPer10000":null,"population":null},"orgUnit":{"parent":{"code":"C"}},"orgUnits":{"nodes":[{"code":"A"},{"code":"B"},{"code":"C"}]}}"#);
}

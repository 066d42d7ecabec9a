//! Populations: recorded, corrected, and what the densities make of them.

use kada::auth::Role;
use serde_json::{Value, json};

use super::{Ministry, ask};
use crate::support::world::World;
use crate::workforce::office::{nothing, refusals, with};

fn count(unit: &str, year: i32, source: &str, people: i64) -> Value {
    json!({ "orgUnit": unit, "year": year, "source": source, "people": people })
}

#[tokio::test]
async fn a_new_region_has_a_density_once_its_people_are_counted() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-A2", "MW", "2020-01-01")
        .await;
    let region = json!({
        "code": "C", "from": "2024-01-01", "names": [{ "language": "fr", "text": "C" }],
        "children": [{ "orgUnit": ministry.id("A-2"), "baseVersion": 1 }],
    });
    let region = ministry.make("addOrgUnit", region).await;
    let c = region["id"].as_str().expect("an id");
    let density = async || {
        let query = "{ headcount(groupBy: [{by: ORG_UNIT, level: 1}]) { densityPer10000
            rows { keys { code } densityPer10000 population { people year source } } } }";
        let data = ministry.admin.data(query, json!({})).await;
        data["headcount"].to_string()
    };
    insta::assert_snapshot!(density().await, @r#"{"densityPer10000":null,"rows":[{"densityPer10000":null,"keys":[{"code":"C"}],"population":null}]}"#);
    let populations = json!([
        count(c, 2022, "made up", 40_000),
        with(
            &count(ministry.id("A"), 2022, "made up", 60_000),
            &[("corrects", json!(100_000))],
        ),
        count(c, 2025, "estimate", 41_000),
    ]);
    let input = json!({ "populations": populations, "act": { "number": "INSTAT 2025-3" } });
    let payload = ministry.ask("recordPopulations", input.clone()).await;
    assert_eq!(payload["errors"], json!([]));
    assert_eq!(payload["orgUnits"].as_array().map(Vec::len), Some(2));
    insta::assert_snapshot!(density().await, @r#"{"densityPer10000":0.07,"rows":[{"densityPer10000":0.24,"keys":[{"code":"C"}],"population":{"people":41000,"source":"estimate","year":2025}}]}"#);
    let again = ministry.ask("recordPopulations", input).await;
    assert_eq!(refusals(&again), ["NOTHING_CHANGES"]);
    let unseen = json!({ "populations": [count(c, 2025, "estimate", 43_000)] });
    let mut corrected = unseen.clone();
    corrected["populations"][0]["corrects"] = json!(41_000);
    let stale = "STALE populations.corrects";
    let unseen = ministry.ask("recordPopulations", unseen).await;
    assert_eq!(refusals(&unseen), [stale]);
    let payload = ministry.ask("recordPopulations", corrected.clone()).await;
    assert_eq!(payload["errors"], json!([]));
    corrected["populations"][0]["people"] = json!(44_000);
    let second = ministry.ask("recordPopulations", corrected).await;
    assert_eq!(refusals(&second), [stale]);
    let known = "{ orgUnit(by: {code: \"A\"}) { version populations { year people source } } }";
    let known = ministry.admin.data(known, json!({})).await;
    insta::assert_snapshot!(known["orgUnit"].to_string(), @r#"{"populations":[{"people":60000,"source":"made up","year":2022}],"version":1}"#);
}

#[tokio::test]
async fn what_is_no_population_is_refused_by_its_field() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let good = count(ministry.id("A"), 2023, "census", 10);
    let unknown = nothing("unit");
    for (figures, refusal) in [
        (json!([]), "TOO_MANY populations"),
        (json!([good, good]), "NAMED_TWICE populations.orgUnit"),
        (
            json!([with(&good, &[("orgUnit", unknown)])]),
            "ORG_UNIT_NOT_FOUND populations.orgUnit",
        ),
        (
            json!([with(&good, &[("year", json!(1492))])]),
            "INVALID_YEAR populations.year",
        ),
        (
            json!([with(&good, &[("people", json!(-1))])]),
            "INVALID_PEOPLE populations.people",
        ),
        (
            json!([with(&good, &[("people", json!(9_000_000_000_i64))])]),
            "INVALID_PEOPLE populations.people",
        ),
        (
            json!([with(&good, &[("source", json!(" "))])]),
            "INVALID_TEXT populations.source",
        ),
    ] {
        let input = json!({ "populations": figures });
        let payload = ministry.ask("recordPopulations", input).await;
        assert_eq!(refusals(&payload), [refusal]);
    }
    let district = ministry.office.country.caller(Role::MinistryAdmin);
    let input = json!({ "populations": [good] });
    let payload = ask(&district.scope(&["A"]), "recordPopulations", input).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE"]);
}

//! Norms: set for their days, corrected, ended.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{Establishment, ask};
use crate::support::world::World;
use crate::workforce::office::{Office, refusals, with};

fn norm(office: &Office<'_>, cadre: &str, target: Value, from: &str) -> Value {
    json!({ "cadre": office.id(cadre), "target": target, "minimum": 2, "from": from })
}

async fn listed(desk: &Establishment<'_>, filter: Value, day: &str) -> Vec<String> {
    let query = "query($filter: StaffingNormFilter, $day: Date) {
        staffingNorms(first: 100, filter: $filter, asOf: $day) { nodes { cadre { code } minimum peoplePerWorker } } }";
    let data = desk
        .admin
        .data(query, json!({ "filter": filter, "day": day }))
        .await;
    let nodes = data["staffingNorms"]["nodes"]
        .as_array()
        .expect("norms")
        .iter();
    let told = nodes.map(|it| {
        let code = it["cadre"]["code"].as_str().unwrap_or("-");
        format!("{code} {} {}", it["minimum"], it["peoplePerWorker"])
    });
    told.collect()
}

#[tokio::test]
async fn a_norm_holds_on_its_days() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let of_type = json!({ "facilityType": { "code": "HC" } });
    let first = norm(&office, "MW", of_type.clone(), "2020-01-01");
    let saved = desk.make("saveStaffingNorm", first.clone()).await;
    assert_eq!(
        (&saved["version"], &saved["minimum"]),
        (&json!(1), &json!(2))
    );
    let same_days = desk
        .ask(
            "saveStaffingNorm",
            with(&first, &[("from", json!("2024-01-01"))]),
        )
        .await;
    assert_eq!(refusals(&same_days), ["NORM_OVERLAPS from"]);
    let end = json!({ "norm": saved["id"], "baseVersion": 1, "lastDay": "2023-12-31" });
    let ended = desk.make("endStaffingNorm", end.clone()).await;
    assert_eq!(ended["validTo"], "2023-12-31");
    let next = with(
        &first,
        &[("from", json!("2024-01-01")), ("minimum", json!(3))],
    );
    desk.make("saveStaffingNorm", next).await;
    // Another setting is another target, and so is another cadre.
    let rural = json!({ "facilityType": { "code": "HC", "setting": "RURAL" } });
    desk.make("saveStaffingNorm", norm(&office, "MW", rural, "2020-01-01"))
        .await;
    desk.make(
        "saveStaffingNorm",
        norm(&office, "G-NUR", of_type, "2020-01-01"),
    )
    .await;
    let midwives = json!({ "cadreCode": "MW" });
    assert_eq!(
        listed(&desk, midwives.clone(), "2023-12-31").await,
        ["MW 2 null", "MW 2 null"]
    );
    assert_eq!(
        listed(&desk, midwives, "2024-01-01").await,
        ["MW 3 null", "MW 2 null"]
    );
    assert_eq!(listed(&desk, json!({}), "2019-12-31").await, [""; 0]);

    let stale = desk.ask("endStaffingNorm", end).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    assert_eq!(stale["conflict"]["changed"][0]["field"], "validTo");
    let corrected = with(
        &first,
        &[
            ("norm", saved["id"].clone()),
            ("baseVersion", json!(2)),
            ("minimum", json!(1)),
            ("until", json!("2023-12-31")),
            ("idempotencyKey", json!("correct the norm")),
        ],
    );
    let corrected = desk.make("saveStaffingNorm", corrected).await;
    assert_eq!(
        (&corrected["id"], &corrected["minimum"]),
        (&saved["id"], &json!(1))
    );
}

#[tokio::test]
async fn a_norm_that_cannot_be_is_refused_by_its_field() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let desk = Establishment::of(&office.country);
    let base = norm(
        &office,
        "MW",
        json!({ "facility": office.id("F-A1") }),
        "2020-01-01",
    );
    let nothing = "cdr_01900000000070008000000000000abc";
    let unknown = json!({ "facilityType": { "code": "QC" } });
    let nowhere = json!({ "facilityType": { "code": "HC", "setting": "UNKNOWN" } });
    let people = |level: i32, people: i32| json!({ "population": { "level": level, "peoplePerWorker": people } });
    for (field, value, refused) in [
        ("cadre", json!(nothing), "CADRE_NOT_FOUND cadre"),
        (
            "target",
            json!({ "facility": nothing.replace("cdr", "fac") }),
            "FACILITY_NOT_FOUND target.facility",
        ),
        (
            "target",
            unknown,
            "UNKNOWN_FACILITY_TYPE target.facilityType.code",
        ),
        (
            "target",
            nowhere,
            "INVALID_SETTING target.facilityType.setting",
        ),
        ("target", people(1, 5000), "INVALID_NUMBER minimum"),
        ("minimum", Value::Null, "INVALID_NUMBER minimum"),
        ("minimum", json!(-1), "INVALID_NUMBER minimum"),
        ("maximum", json!(1), "INVALID_NUMBER maximum"),
        ("until", json!("2019-12-31"), "INVALID_DATE until"),
        ("source", json!("x".repeat(201)), "INVALID_TEXT source"),
    ] {
        let payload = desk
            .ask("saveStaffingNorm", with(&base, &[(field, value)]))
            .await;
        let told = refusals(&payload);
        assert!(told.contains(&refused.to_owned()), "{told:?} {refused}");
    }
    for target in [people(0, 5000), people(1, 0)] {
        let input = with(&base, &[("target", target), ("minimum", Value::Null)]);
        let payload = desk.ask("saveStaffingNorm", input).await;
        assert_eq!(refusals(&payload), ["INVALID_NUMBER target.population"]);
    }
    // The norms are the whole country's.
    let district = office.country.caller(Role::HrManager).scope(&["A-1"]);
    let payload = ask(&district, "saveStaffingNorm", base.clone()).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE"]);
    let social = office
        .country
        .caller(Role::HrManager)
        .sectors(&[kada::kernel::Sector::Social]);
    let payload = ask(&social, "saveStaffingNorm", base).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE cadre"]);
}

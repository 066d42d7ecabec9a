//! A count is never older than the last write, by whatever way it came.

use kada::auth::Role;
use serde_json::json;

use super::{count, rows};
use crate::support::world::World;
use crate::workforce::office::{Office, with};

#[tokio::test]
async fn every_change_of_a_career_is_counted_at_once() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let by = json!([
        ["ORG_UNIT", 2],
        ["CADRE", null],
        ["SEX", null],
        ["AGE_BAND", null]
    ]);
    let seen = async |day: Option<&str>| {
        let counted = count(&office.manager, &by, &json!({}), day).await;
        rows(&counted)
    };
    assert_eq!(seen(None).await, Vec::<String>::new());

    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let id = &worker["id"];
    assert_eq!(seen(None).await, ["A-1 MW FEMALE -: 1"]);

    let correction =
        json!({ "worker": id, "baseVersion": 1, "sex": "MALE", "birthDate": "1980-05-17" });
    office.change("correctWorker", correction).await;
    assert_eq!(seen(None).await, ["A-1 MW MALE 45-54: 1"]);
    assert_eq!(seen(Some("2025-05-16")).await, ["A-1 MW MALE 35-44: 1"]);

    let transfer = json!({ "worker": id, "to": office.id("F-B1"), "on": "2024-01-01", "cadre": office.id("NUR") });
    let moved = office.change("transferWorker", transfer).await;
    assert_eq!(seen(None).await, ["B-1 NUR MALE 45-54: 1"]);
    assert_eq!(seen(Some("2023-12-31")).await, ["A-1 MW MALE 35-44: 1"]);

    let correction = json!({ "worker": id, "baseVersion": 3, "birthDate": null });
    office.change("correctWorker", correction).await;
    assert_eq!(seen(None).await, ["B-1 NUR MALE -: 1"]);
    assert_eq!(seen(Some("2023-12-31")).await, ["A-1 MW MALE -: 1"]);

    let end = json!({ "posting": moved["posting"]["id"], "endsOn": "2025-06-30", "reason": "retirement" });
    office.change("endPosting", end).await;
    assert_eq!(seen(None).await, Vec::<String>::new());
    assert_eq!(seen(Some("2025-06-30")).await, ["B-1 NUR MALE -: 1"]);

    let again = json!({ "worker": id, "posting": office.posting("F-A2", "NUR", "2026-01-01") });
    office.change("postWorker", again).await;
    assert_eq!(seen(None).await, ["A-2 NUR MALE -: 1"]);
    // An additional duty is nobody's second head.
    let duty = office.posting("F-A1", "MW", "2026-01-01");
    let duty = json!({ "worker": id, "posting": with(&duty, &[("isPrimary", json!(false))]) });
    office.change("postWorker", duty).await;
    assert_eq!(seen(None).await, ["A-2 NUR MALE -: 1"]);
}

#[tokio::test]
async fn what_is_refused_leaves_the_count_as_it_was() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let overlapping =
        json!({ "worker": worker["id"], "posting": office.posting("F-B1", "MW", "2021-01-01") });
    let payload = office.ask("postWorker", overlapping).await;
    assert_eq!(payload["errors"][0]["code"], "OVERLAPS");
    let viewer = office.country.caller(Role::Viewer);
    let counted = count(&viewer, &json!([["ORG_UNIT", 2]]), &json!({}), None).await;
    assert_eq!(rows(&counted), ["A-1: 1"]);
}

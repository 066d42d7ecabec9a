//! Where people serve: posting, transferring, ending.

use serde_json::{Value, json};

use super::office::{Office, ask, refusals, with};
use crate::support::world::World;

/// `facility cadre terms from to reason`, for each posting, the latest first.
fn career(worker: &Value) -> Vec<String> {
    let postings = worker["postings"].as_array().expect("a career");
    let told = postings.iter().map(|it| {
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        [
            word(&it["facility"]["code"]),
            word(&it["cadre"]["code"]),
            word(&it["employmentType"]["code"]),
            word(&it["startsOn"]),
            word(&it["endsOn"]),
            word(&it["endReason"]["code"]),
        ]
        .join(" ")
    });
    told.collect()
}

#[tokio::test]
async fn a_worker_has_one_primary_posting_a_day_and_any_number_of_other_duties() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let post = |facility: &str, from: &str, primary: bool| {
        let posting = office.posting(facility, "NUR", from);
        let posting = with(&posting, &[("isPrimary", json!(primary))]);
        json!({ "worker": worker["id"], "posting": posting })
    };
    let duty = office
        .change("postWorker", post("H-A1", "2021-01-01", false))
        .await;
    assert_eq!(duty["posting"]["facility"]["code"], json!("F-A1"));
    assert_eq!(duty["version"], json!(2));
    // Even the same duty again, and one in another district: the record stays with the primary posting.
    office
        .change("postWorker", post("H-A1", "2021-01-01", false))
        .await;
    let far = office
        .change("postWorker", post("F-B1", "2022-01-01", false))
        .await;
    assert_eq!(far["orgUnit"]["code"], json!("A-1"));
    for from in ["2020-01-01", "2019-01-01", "2026-01-01", "2028-01-01"] {
        let payload = office.ask("postWorker", post("H-A1", from, true)).await;
        assert_eq!(refusals(&payload), ["OVERLAPS posting.startsOn"], "{from}");
    }
    insta::assert_json_snapshot!(career(&office.worker(&worker["id"], None).await), @r#"
    [
      "F-B1 NUR permanent 2022-01-01 - -",
      "H-A1 NUR permanent 2021-01-01 - -",
      "H-A1 NUR permanent 2021-01-01 - -",
      "F-A1 MW permanent 2020-01-01 - -"
    ]
    "#);
}

#[tokio::test]
async fn of_two_postings_at_once_one_wins() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let kept = json!({ "familyName": "Cissé", "sex": "MALE", "orgUnit": office.id("A-1"), "sector": "HEALTH" });
    let worker = office.change("registerWorker", kept).await;
    let post = |facility: &str| {
        let posting = office.posting(facility, "NUR", "2021-01-01");
        ask(
            &office.manager,
            "postWorker",
            json!({ "worker": worker["id"], "posting": posting }),
        )
    };
    let (one, two) = tokio::join!(post("F-A1"), post("F-A2"));
    let mut said = [refusals(&one), refusals(&two)];
    said.sort();
    assert_eq!(said, [vec![], vec!["OVERLAPS posting.startsOn".to_owned()]]);
    assert_eq!(career(&office.worker(&worker["id"], None).await).len(), 1);
}

#[tokio::test]
async fn two_transfers_for_one_day_cannot_both_win() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let transfer = |to: &str| {
        let input = json!({ "worker": worker["id"], "to": office.id(to), "on": "2022-04-01" });
        ask(&office.manager, "transferWorker", input)
    };
    let (one, two) = tokio::join!(transfer("F-A2"), transfer("F-B1"));
    let mut said = [refusals(&one), refusals(&two)];
    said.sort();
    assert_eq!(said, [vec![], vec!["BEFORE_POSTING on".to_owned()]]);
    let career = career(&office.worker(&worker["id"], None).await);
    assert_eq!(career.len(), 2);
    assert_eq!(
        career[1],
        "F-A1 MW permanent 2020-01-01 2022-03-31 transfer"
    );
}

#[tokio::test]
async fn a_transfer_leaves_no_day_between_and_takes_the_record_along() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = office.person("Traoré", "F-A1", "MW", "2005-01-01");
    let person = with(&person, &[("posting.supervisor", json!(office.id("H-A1")))]);
    let worker = office.change("registerWorker", person).await;
    let id = &worker["id"];
    let transfer = json!({
        "worker": id, "to": office.id("F-B1"), "on": "2012-04-01",
        "act": { "number": "0412/MSAS-SG", "date": "2012-03-15" },
    });
    let moved = office.change("transferWorker", transfer).await;
    assert_eq!(moved["orgUnit"]["code"], json!("B-1"));
    assert_eq!(moved["posting"]["supervisor"], json!(null));
    assert_eq!(moved["version"], json!(2));
    let whole = office.worker(id, None).await;
    assert_eq!(moved["posting"], whole["posting"]);
    insta::assert_json_snapshot!(career(&whole), @r#"
    [
      "F-B1 MW permanent 2012-04-01 - -",
      "F-A1 MW permanent 2005-01-01 2012-03-31 transfer"
    ]
    "#);
    assert_eq!(
        whole["history"][0],
        json!({ "verb": "transfer", "act": { "number": "0412/MSAS-SG", "date": "2012-03-15" } })
    );
    // A transfer into the past goes between: the record stays with the latest posting.
    let before = json!({ "worker": id, "to": office.id("F-A2"), "on": "2010-01-01" });
    let payload = office.ask("transferWorker", before).await;
    assert_eq!(refusals(&payload), ["ALREADY_ENDED on"]);
}

#[tokio::test]
async fn a_transfer_within_a_facility_needs_another_cadre_or_other_terms() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = office.person("Kamara", "S-A1", "PSW", "2018-01-01");
    let person = with(&person, &[("posting.employmentType", json!("volunteer"))]);
    let worker = office.change("registerWorker", person).await;
    assert_eq!(worker["sector"], json!("SOCIAL"));
    let id = &worker["id"];
    let stay = json!({ "worker": id, "to": office.id("S-A1"), "on": "2020-01-01" });
    let payload = office.ask("transferWorker", stay.clone()).await;
    assert_eq!(refusals(&payload), ["SAME_FACILITY to"]);
    // A volunteer becomes salaried, then is promoted.
    let salaried = with(
        &stay,
        &[
            ("employmentType", json!("contract")),
            ("reason", json!("promotion")),
        ],
    );
    office.change("transferWorker", salaried).await;
    let promoted = json!({
        "worker": id, "to": office.id("S-A1"), "on": "2023-01-01",
        "cadre": office.id("SWO"), "employmentType": "permanent", "reason": "promotion",
    });
    office.change("transferWorker", promoted).await;
    // From the social service into a hospital: the record changes its sector.
    let nurse = json!({ "worker": id, "to": office.id("H-A1"), "on": "2025-01-01", "cadre": office.id("NUR") });
    let nurse = office.change("transferWorker", nurse).await;
    assert_eq!(nurse["sector"], json!("HEALTH"));
    insta::assert_json_snapshot!(career(&office.worker(id, None).await), @r#"
    [
      "H-A1 NUR permanent 2025-01-01 - -",
      "S-A1 SWO permanent 2023-01-01 2024-12-31 transfer",
      "S-A1 PSW contract 2020-01-01 2022-12-31 promotion",
      "S-A1 PSW volunteer 2018-01-01 2019-12-31 promotion"
    ]
    "#);
}

#[tokio::test]
async fn the_same_place_with_the_same_terms_said_aloud_is_no_transfer() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let input = json!({
        "worker": worker["id"], "to": office.id("F-A1"), "on": "2022-01-01",
        "cadre": office.id("MW"), "employmentType": "permanent",
    });
    let payload = office.ask("transferWorker", input.clone()).await;
    assert_eq!(refusals(&payload), ["SAME_FACILITY to"]);
    // Another supervisor is something, and a promotion keeps them.
    let supervised = with(&input, &[("supervisor", json!(office.id("H-A1")))]);
    office.change("transferWorker", supervised).await;
    let promoted = with(
        &input,
        &[
            ("on", json!("2023-01-01")),
            ("cadre", json!(office.id("NUR"))),
        ],
    );
    let promoted = office.change("transferWorker", promoted).await;
    assert_eq!(promoted["posting"]["supervisor"]["code"], json!("H-A1"));
}

#[tokio::test]
async fn a_transfer_today_of_someone_on_a_future_posting_is_refused() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2027-01-01").await;
    assert_eq!(worker["status"], json!("UNPOSTED"));
    let input = json!({ "worker": worker["id"], "to": office.id("F-A2"), "on": "2026-03-01" });
    let payload = office.ask("transferWorker", input.clone()).await;
    assert_eq!(refusals(&payload), ["NOT_POSTED on"]);
    let closed = with(
        &input,
        &[
            ("to", json!(office.id("F-OLD"))),
            ("on", json!("2028-01-01")),
        ],
    );
    let payload = office.ask("transferWorker", closed).await;
    assert_eq!(refusals(&payload), ["FACILITY_CLOSED to"]);
    let planned = with(
        &input,
        &[
            ("to", json!(office.id("F-NEW"))),
            ("on", json!("2030-01-01")),
        ],
    );
    let planned = office.change("transferWorker", planned).await;
    assert_eq!(planned["posting"], json!(null));
}

#[tokio::test]
async fn an_ended_posting_leaves_a_former_worker_who_may_come_back() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2010-01-01").await;
    let end = json!({ "posting": worker["posting"]["id"], "endsOn": "2020-12-31", "reason": "resignation" });
    let ended = office.change("endPosting", end.clone()).await;
    assert_eq!(
        (&ended["status"], &ended["posting"]),
        (&json!("FORMER"), &json!(null))
    );
    let again = office.ask("endPosting", end).await;
    assert_eq!(refusals(&again), ["ALREADY_ENDED posting"]);
    assert_eq!(
        again["errors"][0]["message"],
        json!("The posting ended on 2020-12-31.")
    );
    let day = office.posting("F-A2", "MW", "2020-12-31");
    let payload = office
        .ask(
            "postWorker",
            json!({ "worker": worker["id"], "posting": day }),
        )
        .await;
    assert_eq!(refusals(&payload), ["OVERLAPS posting.startsOn"]);
    let next = office.posting("F-A2", "MW", "2021-01-01");
    let back = office
        .change(
            "postWorker",
            json!({ "worker": worker["id"], "posting": next }),
        )
        .await;
    assert_eq!(back["status"], json!("ACTIVE"));
    // A posting may end on its first day, and on a day to come.
    let future =
        json!({ "posting": back["posting"]["id"], "endsOn": "2026-12-31", "reason": "retirement" });
    let future = office.change("endPosting", future).await;
    assert_eq!(future["status"], json!("ACTIVE"));
    insta::assert_json_snapshot!(career(&office.worker(&worker["id"], None).await), @r#"
    [
      "F-A2 MW permanent 2021-01-01 2026-12-31 retirement",
      "F-A1 MW permanent 2010-01-01 2020-12-31 resignation"
    ]
    "#);
}

#[tokio::test]
async fn a_career_is_seen_as_of_any_day() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2005-01-01").await;
    let id = &worker["id"];
    let transfer = json!({ "worker": id, "to": office.id("F-B1"), "on": "2012-04-01" });
    let moved = office.change("transferWorker", transfer).await;
    let end = json!({ "posting": moved["posting"]["id"], "endsOn": "2020-12-31", "reason": "retirement" });
    office.change("endPosting", end).await;
    let in_a = "query($day: Date!, $unit: ID!) {
        workers(filter: {orgUnit: $unit}, asOf: $day, first: 1) { totalCount }
    }";
    for (day, status, facility, there) in [
        ("1990-01-01", "UNPOSTED", None, 0),
        ("2004-12-31", "UNPOSTED", None, 0),
        ("2005-01-01", "ACTIVE", Some("F-A1"), 1),
        ("2012-03-31", "ACTIVE", Some("F-A1"), 1),
        ("2012-04-01", "ACTIVE", Some("F-B1"), 0),
        ("2020-12-31", "ACTIVE", Some("F-B1"), 0),
        ("2021-01-01", "FORMER", None, 0),
        ("2099-01-01", "FORMER", None, 0),
    ] {
        let seen = office.worker(id, Some(day)).await;
        assert_eq!(seen["status"], json!(status), "{day}");
        assert_eq!(
            seen["posting"]["facility"]["code"],
            json!(facility),
            "{day}"
        );
        let variables = json!({ "day": day, "unit": office.id("A") });
        let data = office.manager.data(in_a, variables).await;
        assert_eq!(data["workers"]["totalCount"], json!(there), "{day}");
    }
}

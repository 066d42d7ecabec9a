//! Whose work an entry is, and on what day it was done: where days begin elsewhere, and where corrections take two people.

use chrono::TimeDelta;
use chrono_tz::Tz;
use kada::auth::{Actor, Role};
use kada::kernel::{ChangeRequestId, Date, Id, WorkerId};
use kada::tenancy::Reader;
use kada::workforce::{self, CorrectWorker, DecideChange, OnConflict};
use serde_json::{Value, json};

use super::approvals::guard;
use super::office::{Office, refusals, text};
use super::quality::{ask, by, occasion};
use crate::support::world::World;

/// What clerks did from a day to another, as `clerk entered corrected checked wrong`.
async fn accuracy(office: &Office<'_>, from: &str, to: &str) -> Vec<String> {
    let query = "query($from: Date!, $to: Date!) { clerkAccuracy(from: $from, to: $to) {
        clerk recordsEntered correctedByOthers fieldsChecked fieldsWrong } }";
    let variables = json!({ "from": from, "to": to });
    let data = office.manager.data(query, variables).await;
    let rows = data["clerkAccuracy"].as_array().expect("rows").iter();
    let mut told: Vec<String> = rows
        .map(|it| {
            format!(
                "{} {} {} {} {}",
                text(&it["clerk"]),
                it["recordsEntered"],
                it["correctedByOthers"],
                it["fieldsChecked"],
                it["fieldsWrong"]
            )
        })
        .collect();
    told.sort();
    told
}

/// A sample of all that was entered since a day, by all or by one, as `family name clerk`.
async fn drawn(office: &Office<'_>, since: &str, clerk: Option<&str>) -> (Value, Vec<String>) {
    let draw = json!({
        "orgUnit": office.id("A"), "size": 200, "changedSince": since, "clerk": clerk,
    });
    let answer = ask(&office.manager, "drawSpotCheck", draw).await;
    let records = answer["spotCheck"]["records"].as_array().cloned();
    let mut told: Vec<String> = (records.iter().flatten())
        .map(|it| {
            format!(
                "{} {}",
                text(&it["worker"]["familyName"]),
                text(&it["clerk"])
            )
        })
        .collect();
    told.sort();
    (answer, told)
}

#[tokio::test]
async fn days_are_those_of_the_country() {
    let world = World::new().await;
    // Noon at Greenwich, and two in the morning of the day after here.
    let office = Office::of(world.country_in(Tz::Pacific__Kiritimati).await).await;
    by(&office, "awa@kada", "Early").await;
    world
        .clock
        .advance(TimeDelta::hours(22) - TimeDelta::seconds(1));
    by(&office, "awa@kada", "Late").await;
    world.clock.advance(TimeDelta::seconds(1));
    by(&office, "awa@kada", "Next").await;

    for (from, to, told) in [
        ("2026-03-01", "2026-03-01", &[][..]),
        ("2026-03-02", "2026-03-02", &["awa@kada 2 0 0 0"]),
        ("2026-03-03", "2026-03-03", &["awa@kada 1 0 0 0"]),
        ("2026-03-01", "2026-03-03", &["awa@kada 3 0 0 0"]),
    ] {
        assert_eq!(accuracy(&office, from, to).await, told, "{from} {to}");
    }

    let (_, since_the_second) = drawn(&office, "2026-03-02", None).await;
    let all = ["Early awa@kada", "Late awa@kada", "Next awa@kada"];
    assert_eq!(since_the_second, all);
    let (check, since_the_third) = drawn(&office, "2026-03-03", None).await;
    assert_eq!(since_the_third, ["Next awa@kada"]);
    // It is still the second at Greenwich, and the third has begun here; the fourth has not.
    let (early, _) = drawn(&office, "2026-03-04", None).await;
    assert_eq!(refusals(&early), ["INVALID_DATE changedSince"]);

    // A look at the papers is of the day on which it was taken.
    let record = &check["spotCheck"]["records"][0]["worker"]["id"];
    let found = json!({
        "check": check["spotCheck"]["id"], "worker": record,
        "fields": [{ "field": "SEX", "isRight": false, "rightValue": "MALE" }],
    });
    let looked = ask(&office.manager, "recordSpotCheck", found).await;
    assert_eq!(looked["errors"], json!([]));
    for (day, told) in [
        ("2026-03-02", "awa@kada 2 0 0 0"),
        ("2026-03-03", "awa@kada 1 0 1 1"),
    ] {
        assert_eq!(accuracy(&office, day, day).await, [told], "{day}");
    }
}

/// Has somebody ask for another birth date, which waits.
async fn asked(office: &Office<'_>, clerk: &str, worker: WorkerId) -> ChangeRequestId {
    let actor = Actor::new(clerk, [Role::HrManager]);
    let occasion = occasion(office.country.world, &actor);
    let born: Date = "1990-01-01".parse().expect("a day");
    let correction = CorrectWorker {
        worker,
        base_version: 1,
        family_name: None,
        given_names: None,
        sex: None,
        birth_date: Some(Some(born)),
        identifiers: None,
        contacts: None,
        on_conflict: Some(OnConflict::Refuse),
        key: None,
    };
    let corrected = office.country.db.write(async |tx: &mut Reader<'_>| {
        workforce::correct(tx, &occasion, correction.clone()).await
    });
    let request = corrected.await.expect("it is asked for").request;
    request.expect("it waits")
}

/// Has somebody else decide on it.
async fn decided(office: &Office<'_>, clerk: &str, request: ChangeRequestId, approves: bool) {
    let actor = Actor::new(clerk, [Role::HrManager]);
    let occasion = occasion(office.country.world, &actor);
    let decide = DecideChange {
        request,
        approves,
        comment: None,
        base_version: None,
    };
    let decided = office.country.db.write(async |tx: &mut Reader<'_>| {
        workforce::decide_change(tx, &occasion, decide.clone()).await
    });
    decided.await.expect("it is decided");
}

#[tokio::test]
async fn an_approved_correction_is_the_work_of_whoever_asked_for_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    guard(&office, &["BIRTH"]).await;
    let (awa, issa, nana) = ("awa@kada", "issa@kada", "nana@kada");
    let own = by(&office, awa, "Keita").await;
    let others = by(&office, awa, "Touré").await;
    let third = by(&office, issa, "Diarra").await;
    let refused = by(&office, issa, "Sangaré").await;
    // Nobody else corrected what Awa corrected herself, whoever approved it.
    let request = asked(&office, awa, own).await;
    decided(&office, issa, request, true).await;
    let day = "2026-03-01";
    let before = [format!("{awa} 2 0 0 0"), format!("{issa} 2 0 0 0")];
    assert_eq!(accuracy(&office, day, day).await, before);
    // What Issa asked for is a correction by somebody else, though Awa herself approved it.
    let request = asked(&office, issa, others).await;
    assert_eq!(accuracy(&office, day, day).await, before);
    decided(&office, awa, request, true).await;
    // And what Awa asked for corrects Issa, whoever approved it.
    let request = asked(&office, awa, third).await;
    decided(&office, nana, request, true).await;
    // What was rejected corrects nobody.
    let request = asked(&office, awa, refused).await;
    decided(&office, nana, request, false).await;
    let after = [format!("{awa} 2 1 0 0"), format!("{issa} 2 1 0 0")];
    assert_eq!(accuracy(&office, day, day).await, after);

    let (check, all) = drawn(&office, day, None).await;
    let held = [
        "Diarra awa@kada",
        "Keita awa@kada",
        "Sangaré issa@kada",
        "Touré issa@kada",
    ];
    assert_eq!(all, held);
    assert_eq!(drawn(&office, day, Some(awa)).await.1, held[..2]);
    assert_eq!(drawn(&office, day, Some(issa)).await.1, held[2..]);
    let (nobody, _) = drawn(&office, day, Some(nana)).await;
    assert_eq!(refusals(&nobody), ["NOTHING_TO_CHECK"]);

    // Whoever asked for the correction cannot say that it is right; a look at it is held against them.
    let found = |worker: WorkerId| workforce::RecordSpotCheck {
        check: Id::decode(&text(&check["spotCheck"]["id"])).expect("an id"),
        worker,
        findings: vec![workforce::Finding {
            field: workforce::CheckedField::BirthDate,
            is_right: false,
            right_value: Some("1991-01-01".to_owned()),
        }],
    };
    let look = async |clerk: &str| {
        let actor = Actor::new(clerk, [Role::HrManager]);
        let occasion = occasion(&world, &actor);
        let looked = office.country.db.write(async |tx: &mut Reader<'_>| {
            workforce::record_spot_check(tx, &occasion, found(others)).await
        });
        looked.await
    };
    let own = look(issa).await.expect_err("they asked for it");
    assert!(
        own.refuses(|it| matches!(it, workforce::Objection::OwnEntry)),
        "{own:?}"
    );
    look(nana).await.expect("somebody else looks");
    let checked = [format!("{awa} 2 1 0 0"), format!("{issa} 2 1 1 1")];
    assert_eq!(accuracy(&office, day, day).await, checked);
}

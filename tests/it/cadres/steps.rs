//! Career steps: which cadre may follow which, from a day on.

use serde_json::{Value, json};

use super::Ministry;
use crate::support::world::World;
use crate::workforce::office::{nothing, refusals};

#[tokio::test]
async fn a_volunteer_goes_up_the_steps_that_the_country_has_and_no_others() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let office = &ministry.office;
    let add = json!({
        "code": "SPSW", "from": "2020-01-01", "parent": ministry.id("G-SOC"), "sector": "SOCIAL",
        "labels": [{ "language": "en", "text": "Para-social worker, salaried" }], "workerClass": "PARA_PROFESSIONAL",
        "careerSteps": [ministry.id("SWO")],
    });
    let salaried = ministry.make("addCadre", add).await["cadre"]["id"].clone();
    let worker = office.register("Neema", "S-A1", "PSW", "2019-01-01").await;
    let other = office.register("Asha", "S-A1", "PSW", "2019-01-01").await;
    let transfer = |worker: &Value, cadre: &Value, on: &str| {
        json!({
            "worker": worker["id"], "to": office.id("S-A1"), "on": on, "cadre": cadre, "reason": "promotion",
        })
    };
    let officer = json!(ministry.id("SWO"));
    let steps = json!({
        "cadre": ministry.id("PSW"), "baseVersion": 1, "from": "2025-01-01", "careerSteps": [salaried],
    });
    for (steps_to, refusal) in [
        (json!([ministry.id("PSW")]), "NAMED_TWICE careerSteps"),
        (json!([salaried, salaried]), "NAMED_TWICE careerSteps"),
        (json!([nothing("cdr")]), "CADRE_NOT_FOUND careerSteps"),
        (json!(vec![salaried.clone(); 51]), "TOO_MANY careerSteps"),
    ] {
        let mut wrong = steps.clone();
        wrong["careerSteps"] = steps_to;
        let payload = ministry.ask("changeCadre", wrong).await;
        assert_eq!(refusals(&payload)[0], refusal);
    }
    ministry.make("changeCadre", steps).await;
    // Until the day before, any cadre might follow.
    let early = transfer(&other, &officer, "2024-12-31");
    assert_eq!(
        office.change("transferWorker", early).await["posting"]["cadre"]["code"],
        "SWO"
    );
    let leap = office
        .ask("transferWorker", transfer(&worker, &officer, "2025-01-01"))
        .await;
    assert_eq!(refusals(&leap), ["NO_CAREER_STEP cadre"]);
    let up = office
        .change("transferWorker", transfer(&worker, &salaried, "2025-01-01"))
        .await;
    assert_eq!(up["posting"]["cadre"]["code"], "SPSW");
    let further = office
        .change("transferWorker", transfer(&worker, &officer, "2025-06-01"))
        .await;
    assert_eq!(further["posting"]["cadre"]["code"], "SWO");
    // The officer's cadre has no steps, and leads anywhere; whoever keeps the cadre needs none.
    let down = office
        .change("transferWorker", transfer(&worker, &salaried, "2025-07-01"))
        .await;
    assert_eq!(down["posting"]["cadre"]["code"], "SPSW");
    let there = json!({ "worker": worker["id"], "to": office.id("F-A1"), "on": "2025-08-01" });
    assert_eq!(
        office.change("transferWorker", there).await["posting"]["cadre"]["code"],
        "SPSW"
    );
    let query =
        "query($day: Date) { cadre(by: {code: \"PSW\"}, asOf: $day) { careerSteps { code } } }";
    for (day, steps) in [
        ("2024-12-31", json!([])),
        ("2025-01-01", json!([{ "code": "SPSW" }])),
    ] {
        let data = ministry.admin.data(query, json!({ "day": day })).await;
        assert_eq!(data["cadre"]["careerSteps"], steps, "{day}");
    }
}

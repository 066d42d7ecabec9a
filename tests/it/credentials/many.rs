//! Credentials of many people at once: as if each had been recorded by itself.

use kada::auth::{Actor, Role};
use kada::credentials::{self, Entry, Holdings, Passed, Term, WriteError};
use kada::kernel::{CadreId, Date, Id, WorkerId};
use kada::workforce::Occasion;
use serde_json::{Value, json};

use super::desk::{QUALIFICATIONS, of};
use crate::support::world::World;
use crate::workforce::office::Office;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A midwife's diploma, registration and licence.
fn midwife(worker: &Value, cadre: CadreId, number: &str) -> Holdings {
    let entry = || Entry {
        cadre,
        council: "Ordre".to_owned(),
        number: number.to_owned(),
    };
    let term = Term {
        starts_on: day("2024-01-01"),
        ends_on: day("2026-12-31"),
        act: None,
    };
    Holdings {
        worker: WorkerId::decode(worker["id"].as_str().expect("an id")).expect("an id"),
        qualifications: vec![Passed {
            level: "diploma".to_owned(),
            title: "Diplôme d’État".to_owned(),
            major: String::new(),
            institution: "INFSS".to_owned(),
            country: Some("ML".to_owned()),
            year: Some(2009),
            cadres: vec![cadre],
        }],
        registrations: vec![(entry(), day("2010-01-01"))],
        licences: vec![(entry(), term)],
    }
}

async fn load(office: &Office<'_>, role: Role, people: Vec<Holdings>) -> Result<(), WriteError> {
    let actor = Actor::new("operator@test", [role]);
    let settings = office.country.db.settings();
    let occasion = Occasion {
        offline: false,
        actor: &actor,
        now: "2026-03-01T12:00:00Z".parse().expect("an instant"),
        today: day("2026-03-01"),
        phone_region: &settings.phone_region,
        act: None,
    };
    let db = &office.country.db;
    db.write(async |tx| credentials::load(tx, &occasion, people).await)
        .await
}

#[tokio::test]
async fn many_are_recorded_like_one_with_an_entry_for_each_kind() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let cadre = CadreId::decode(office.id("MW")).expect("an id");
    let keita = office.register("Keita", "F-A1", "MW", "2010-01-01").await;
    let diarra = office.register("Diarra", "F-B1", "MW", "2012-01-01").await;
    let mut without = midwife(&diarra, cadre, "SF-2");
    without.registrations.clear();
    without.licences.clear();
    let people = vec![midwife(&keita, cadre, "SF-1"), without];
    load(&office, Role::MinistryAdmin, people)
        .await
        .expect("recorded");

    let selection = format!(
        "version {QUALIFICATIONS} registrations {{ council number registeredOn }}
         licences {{ number status }} history(first: 9) {{ verb }}"
    );
    let told = of(&office.manager, &keita, &selection, None).await;
    assert_eq!(told["version"], 4);
    assert_eq!(
        told["qualifications"][0]["qualifiesFor"],
        json!([{ "code": "MW" }])
    );
    assert_eq!(
        told["registrations"],
        json!([{ "council": "Ordre", "number": "SF-1", "registeredOn": "2010-01-01" }])
    );
    assert_eq!(told["licences"][0]["status"], "ACTIVE");
    let verbs = told["history"].as_array().expect("a history").iter();
    let verbs: Vec<&str> = verbs.filter_map(|it| it["verb"].as_str()).collect();
    assert_eq!(
        verbs,
        [
            "issue_licence",
            "record_registration",
            "record_qualification",
            "register"
        ]
    );
    let told = of(
        &office.manager,
        &diarra,
        "version qualifications { year }",
        None,
    )
    .await;
    assert_eq!(
        told,
        json!({ "version": 2, "qualifications": [{ "year": 2009 }] })
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_by_the_place_of_the_person_and_nothing_is_written() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let cadre = CadreId::decode(office.id("MW")).expect("an id");
    let keita = office.register("Keita", "F-A1", "MW", "2010-01-01").await;
    let diarra = office.register("Diarra", "F-B1", "MW", "2012-01-01").await;
    let group = CadreId::decode(office.id("G-NUR")).expect("an id");
    let mut wrong = midwife(&diarra, cadre, "SF-2");
    wrong.qualifications[0].year = Some(2027);
    wrong.qualifications[0].level = "degree".to_owned();
    wrong.registrations[0].0.council = String::new();
    wrong.licences[0].0.cadre = group;
    wrong.licences[0].1.ends_on = day("2023-01-01");
    let nobody = Holdings {
        worker: WorkerId::new(),
        ..midwife(&diarra, cadre, "SF-3")
    };
    let right = midwife(&keita, cadre, "SF-1");
    let ended = load(
        &office,
        Role::MinistryAdmin,
        vec![right.clone(), wrong, nobody],
    )
    .await;
    let Err(WriteError::Refused(refusals)) = ended else {
        panic!("{ended:?}");
    };
    let told: Vec<String> = (refusals.iter())
        .map(|it| format!("{} {}", it.path.join("."), it.objection))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    1.level degree is no level of qualifications
    1.year the year is still to come
    1.council no council is named, and none licenses the cadre
    1.cadre G-NUR is a group of cadres
    1.endsOn the last day is before the first
    2.worker the record does not allow it
    ");
    let taken = load(
        &office,
        Role::MinistryAdmin,
        vec![right.clone(), midwife(&diarra, cadre, "sf 1")],
    )
    .await;
    assert!(
        taken.is_err_and(|it| it.refuses(|why| matches!(why, credentials::Objection::NumberTaken)))
    );
    let denied = load(&office, Role::Viewer, vec![right]).await;
    assert!(matches!(denied, Err(WriteError::Denied(_))));
    let told = of(
        &office.manager,
        &keita,
        "version qualifications { year }",
        None,
    )
    .await;
    assert_eq!(told, json!({ "version": 1, "qualifications": [] }));
}

//! Small verbs for the tests of credentials.

use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::world::{Caller, TestCountry};
use crate::workforce::office::{Office, ask, with};

/// All that a worker's qualifications tell.
pub const QUALIFICATIONS: &str = "qualifications {
    id level { code } title major institution country year qualifiesFor { code } act { number }
}";

/// A qualification to record.
pub fn passed(worker: &Value, level: &str, cadres: &[&str]) -> Value {
    json!({
        "worker": worker["id"], "level": level, "title": "Diplôme d’État", "institution": "INFSS Bamako",
        "country": "ML", "year": 2010, "qualifiesFor": cadres,
    })
}

/// A field of one worker, as of a day.
pub async fn of(caller: &Caller<'_>, worker: &Value, selection: &str, day: Option<&str>) -> Value {
    let query = format!(
        "query($id: ID!, $day: Date) {{ worker(by: {{id: $id}}, asOf: $day) {{ {selection} }} }}"
    );
    let variables = json!({ "id": worker["id"], "day": day });
    let mut data = caller.data(&query, variables).await;
    data["worker"].take()
}

/// A police clearance of 2025 to record.
pub fn vetting(worker: &Value, status: &str) -> Value {
    json!({
        "worker": worker["id"], "kind": "police_clearance", "status": status, "issuedOn": "2025-01-01",
        "expiresOn": "2026-06-30", "issuedBy": "Police nationale",
    })
}

/// Something of every kind that credentials tell of a worker.
pub async fn everything(country: &TestCountry<'_>, worker: &Value) {
    let admin = country.caller(Role::MinistryAdmin);
    let make = async |mutation: &str, input: Value| {
        let payload = ask(&admin, mutation, input).await;
        assert_eq!(payload["errors"], json!([]), "{mutation}");
    };
    let cadre = country.id("cadre", "MW").await;
    make("recordQualification", passed(worker, "diploma", &[&cadre])).await;
    let entry =
        json!({ "worker": worker["id"], "cadre": cadre, "council": "Ordre", "number": "SF-1" });
    let registered = with(&entry, &[("registeredOn", json!("2015-01-01"))]);
    make("recordRegistration", registered).await;
    let days = [
        ("startsOn", json!("2020-01-01")),
        ("endsOn", json!("2026-12-31")),
    ];
    make("issueLicence", with(&entry, &days)).await;
    make("recordVetting", vetting(worker, "CLEARED")).await;
    let told = of(&admin, worker, "licences { id }", None).await;
    let decision = json!({
        "licence": told["licences"][0]["id"], "ruling": "SUSPEND", "from": "2021-01-01", "reason": "misconduct",
    });
    make("decideOnLicence", decision).await;
}

/// A new course and a session of it, held in 2020; their ids.
pub async fn taught(country: &TestCountry<'_>, code: &str) -> (String, String) {
    let admin = country.caller(Role::MinistryAdmin);
    let save = "mutation($input: SaveCourseInput!) { saveCourse(input: $input) { course { id } errors { errorCode } } }";
    let input = json!({ "code": code, "titles": [{ "language": "fr", "text": code }], "credits": 5, "validMonths": 24 });
    let data = admin.data(save, json!({ "input": input })).await;
    let course = data["saveCourse"]["course"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{data}"));
    let schedule = "mutation($input: ScheduleSessionInput!) {
        scheduleSession(input: $input) { session { id } errors { errorCode } } }";
    let input = json!({
        "course": course, "provider": "Croix-Rouge", "place": "Bamako", "startsOn": "2020-03-02", "endsOn": "2020-03-06",
    });
    let data = admin.data(schedule, json!({ "input": input })).await;
    let session = data["scheduleSession"]["session"]["id"].as_str();
    (
        course.to_owned(),
        session.unwrap_or_else(|| panic!("{data}")).to_owned(),
    )
}

/// From a day on, nurses are licensed by the Conseil.
pub async fn license_nurses(office: &Office<'_>) {
    let input = json!({
        "cadre": office.id("NUR"), "baseVersion": 1, "from": "2010-01-01", "isLicensed": true,
        "licensingCouncil": "Conseil",
    });
    let query = "mutation($input: ChangeCadreInput!) { changeCadre(input: $input) { errors { errorCode } } }";
    let admin = office.country.caller(Role::MinistryAdmin);
    let data = admin.data(query, json!({ "input": input })).await;
    assert_eq!(data["changeCadre"]["errors"], json!([]));
}

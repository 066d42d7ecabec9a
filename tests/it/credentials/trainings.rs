//! In-service training: courses, sessions, who attended, and who was never trained.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{of, taught};
use crate::support::world::{Caller, World};
use crate::workforce::office::{Office, nothing, refusals, with};

/// The payload of a mutation of trainings.
async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let made = match mutation {
        "saveCourse" => {
            "course { id code title credits validMonths retiredOn version }
             conflict { baseVersion changed { field base current } }"
        }
        "scheduleSession" => {
            "session { id course { code } provider facility { code } place startsOn endsOn }"
        }
        _ => "recorded",
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            {made} errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

fn course(code: &str) -> Value {
    json!({ "code": code, "titles": [{ "language": "en", "text": "Emergency care" }], "credits": 10 })
}

#[tokio::test]
async fn a_course_is_saved_taught_and_changed() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    let saved = ask(&admin, "saveCourse", course("EMOC")).await;
    assert_eq!(saved["errors"], json!([]));
    assert_eq!(saved["course"]["version"], 1);
    let again = ask(&admin, "saveCourse", course("EMOC")).await;
    assert_eq!(refusals(&again), ["CODE_TAKEN code"]);
    let change = with(
        &course("EMOC"),
        &[
            ("baseVersion", json!(1)),
            ("validMonths", json!(24)),
            ("retiredOn", json!("2027-01-01")),
        ],
    );
    let changed = ask(&admin, "saveCourse", change.clone()).await;
    assert_eq!(changed["course"]["version"], 2);
    assert_eq!(changed["course"]["validMonths"], 24);
    let stale = ask(&admin, "saveCourse", change).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    let conflict = &stale["conflict"]["changed"];
    assert_eq!(
        conflict[1],
        json!({ "field": "validMonths", "base": null, "current": 24 })
    );
    for (field, value, refused) in [
        ("code", json!("no code"), "INVALID_CODE code"),
        ("titles", json!([]), "INVALID_LABEL titles"),
        (
            "titles",
            json!([{ "language": "en", "text": " " }]),
            "INVALID_LABEL titles",
        ),
        (
            "titles",
            json!([{ "language": "sw", "text": "Huduma ya dharura" }]),
            "FOREIGN_LANGUAGE titles",
        ),
        ("credits", json!(1001), "INVALID_CREDITS credits"),
        ("validMonths", json!(0), "INVALID_MONTHS validMonths"),
        ("baseVersion", json!(1), "COURSE_NOT_FOUND code"),
    ] {
        let payload = ask(
            &admin,
            "saveCourse",
            with(&course("NEW"), &[(field, value)]),
        )
        .await;
        assert_eq!(refusals(&payload), [refused]);
    }
    let session = json!({
        "course": saved["course"]["id"], "provider": "UNFPA", "facility": office.id("F-A1"),
        "startsOn": "2026-02-02", "endsOn": "2026-02-06",
    });
    let held = ask(&office.manager, "scheduleSession", session.clone()).await;
    assert_eq!(held["errors"], json!([]));
    assert_eq!(held["session"]["facility"]["code"], "F-A1");
    for (field, value, refused) in [
        ("course", nothing("crs"), "COURSE_NOT_FOUND course"),
        ("facility", nothing("fac"), "FACILITY_NOT_FOUND facility"),
        ("facility", Value::Null, "INVALID_TEXT place"),
        ("provider", json!(""), "INVALID_TEXT provider"),
        (
            "endsOn",
            json!("2026-02-01"),
            "ENDS_BEFORE_IT_STARTS endsOn",
        ),
        ("endsOn", json!("2201-02-01"), "INVALID_DATE endsOn"),
    ] {
        let payload = ask(
            &office.manager,
            "scheduleSession",
            with(&session, &[(field, value)]),
        )
        .await;
        assert_eq!(refusals(&payload), [refused]);
    }
    let late = [
        ("startsOn", json!("2027-01-01")),
        ("endsOn", json!("2027-01-02")),
    ];
    let payload = ask(&office.manager, "scheduleSession", with(&session, &late)).await;
    assert_eq!(refusals(&payload), ["COURSE_RETIRED course"]);
    let worker = office.register("Keita", "F-A1", "MW", "2015-01-01").await;
    let to_come = [
        ("startsOn", json!("2026-03-02")),
        ("endsOn", json!("2026-03-02")),
    ];
    let planned = ask(&office.manager, "scheduleSession", with(&session, &to_come)).await;
    for (session, refused) in [
        (planned["session"]["id"].clone(), "SESSION_TO_COME session"),
        (nothing("ses"), "SESSION_NOT_FOUND session"),
    ] {
        let attendances = json!([{ "worker": worker["id"], "outcome": "COMPLETED" }]);
        let input = json!({ "session": session, "attendances": attendances });
        let payload = ask(&office.manager, "recordAttendance", input).await;
        assert_eq!(refusals(&payload), [refused]);
    }
    let before = [
        ("startsOn", json!("2024-02-02")),
        ("endsOn", json!("2024-02-06")),
    ];
    ask(&office.manager, "scheduleSession", with(&session, &before)).await;
    let query = "{ trainingSessions(first: 9) { totalCount nodes { startsOn course { code } } } courses { code } }";
    let data = office.manager.data(query, json!({})).await;
    let expected = json!({ "totalCount": 3, "nodes": [
        { "startsOn": "2026-03-02", "course": { "code": "EMOC" } },
        { "startsOn": "2026-02-02", "course": { "code": "EMOC" } },
        { "startsOn": "2024-02-02", "course": { "code": "EMOC" } },
    ] });
    assert_eq!(data["trainingSessions"], expected);
    assert_eq!(data["courses"], json!([{ "code": "EMOC" }]));
}

/// Who was never trained, by family name.
async fn untrained(caller: &Caller<'_>, arguments: &str) -> Vec<String> {
    let query = format!(
        "{{ untrainedWorkers(first: 9{arguments}) {{ totalCount nodes {{ familyName }} }} }}"
    );
    let data = caller.data(&query, json!({})).await;
    let nodes = data["untrainedWorkers"]["nodes"]
        .as_array()
        .expect("workers");
    assert_eq!(data["untrainedWorkers"]["totalCount"], nodes.len());
    let names = nodes
        .iter()
        .map(|it| it["familyName"].as_str().unwrap_or_default().to_owned());
    names.collect()
}

#[tokio::test]
async fn attendance_is_recorded_for_all_or_nobody_and_tells_who_was_never_trained() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (course, session) = taught(&office.country, "IMCI").await;
    let (other, of_other) = taught(&office.country, "FP").await;
    let mut people = Vec::new();
    for (name, facility) in [
        ("Bah", "F-A1"),
        ("Cissé", "F-A1"),
        ("Diarra", "F-A2"),
        ("Keita", "F-B1"),
    ] {
        people.push(office.register(name, facility, "MW", "2015-01-01").await);
    }
    let attended = |of: &[(usize, &str)]| {
        let attendances = of
            .iter()
            .map(|(at, outcome)| json!({ "worker": people[*at]["id"], "outcome": outcome }));
        json!({ "session": session, "attendances": attendances.collect::<Vec<_>>(), "act": { "number": "N° 4" } })
    };
    let all = attended(&[(0, "COMPLETED"), (1, "FAILED"), (2, "COMPLETED")]);
    let mut wrong = all.clone();
    wrong["attendances"][1]["worker"] = nothing("wkr");
    wrong["attendances"][2]["credits"] = json!(-1);
    let refused = ask(&office.manager, "recordAttendance", wrong).await;
    assert_eq!(
        refusals(&refused),
        [
            "WORKER_NOT_FOUND attendances.1.worker",
            "INVALID_CREDITS attendances.2.credits"
        ]
    );
    let nobody = of(
        &office.manager,
        &people[0],
        "version trainings { id }",
        None,
    )
    .await;
    assert_eq!(nobody, json!({ "version": 1, "trainings": [] }));
    // A district records its own people alone.
    let district = office.country.caller(Role::DataClerk).scope(&["A-1"]);
    let refused = ask(&district, "recordAttendance", all.clone()).await;
    assert_eq!(
        refusals(&refused),
        ["WORKER_NOT_FOUND attendances.2.worker"]
    );

    let recorded = ask(&office.manager, "recordAttendance", all.clone()).await;
    assert_eq!(recorded["recorded"], 3);
    let twice = ask(&office.manager, "recordAttendance", all).await;
    assert_eq!(refusals(&twice)[0], "ALREADY_RECORDED attendances.0.worker");
    let named_twice = attended(&[(3, "COMPLETED"), (3, "FAILED")]);
    let refused = ask(&office.manager, "recordAttendance", named_twice).await;
    assert_eq!(refusals(&refused), ["NAMED_TWICE attendances.1.worker"]);
    let absent = json!({ "session": of_other, "attendances": [{ "worker": people[3]["id"], "outcome": "COMPLETED", "credits": 2 }] });
    assert_eq!(
        ask(&office.manager, "recordAttendance", absent).await["recorded"],
        1
    );

    let edge = "version trainings { outcome credits countsUntil act { number } session { course { code } provider place } }
        history(first: 1) { verb act { number } }";
    let told = of(&office.manager, &people[0], edge, None).await;
    let expected = json!({
        "version": 2,
        "trainings": [{ "outcome": "COMPLETED", "credits": 5, "countsUntil": "2022-03-05", "act": { "number": "N° 4" },
            "session": { "course": { "code": "IMCI" }, "provider": "Croix-Rouge", "place": "Bamako" } }],
        "history": [{ "verb": "record_attendance", "act": { "number": "N° 4" } }],
    });
    assert_eq!(told, expected);
    let failed = of(
        &office.manager,
        &people[1],
        "trainings { outcome credits countsUntil }",
        None,
    )
    .await;
    assert_eq!(
        failed["trainings"],
        json!([{ "outcome": "FAILED", "credits": 0, "countsUntil": null }])
    );

    let manager = &office.manager;
    assert_eq!(untrained(manager, "").await, ["Cissé"]);
    let in_course = format!(", course: \"{course}\"");
    assert_eq!(untrained(manager, &in_course).await, ["Cissé", "Keita"]);
    assert_eq!(
        untrained(manager, &format!(", course: \"{other}\"")).await,
        ["Bah", "Cissé", "Diarra"]
    );
    let lapsed = format!("{in_course}, lapsed: true");
    assert_eq!(
        untrained(manager, &format!("{lapsed}, asOf: \"2022-03-05\"")).await,
        ["Cissé", "Keita"]
    );
    assert_eq!(
        untrained(manager, &format!("{lapsed}, asOf: \"2022-03-06\"")).await,
        ["Bah", "Cissé", "Diarra", "Keita"]
    );
    assert_eq!(
        untrained(manager, ", asOf: \"2020-03-05\"").await,
        ["Bah", "Cissé", "Diarra", "Keita"]
    );
    assert_eq!(
        untrained(manager, ", filter: {facilityCodes: [\"F-B1\"]}").await,
        Vec::<String>::new()
    );
    assert_eq!(untrained(&district, "").await, ["Cissé"]);
    let withdrawn = of(manager, &people[2], "trainings { id }", None).await;
    let input = json!({ "credential": withdrawn["trainings"][0]["id"], "reason": "was not there" });
    office.change("withdrawCredential", input).await;
    assert_eq!(
        untrained(manager, &in_course).await,
        ["Cissé", "Diarra", "Keita"]
    );
}

#[tokio::test]
async fn five_hundred_are_recorded_at_once_and_one_more_is_not() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let (_, session) = taught(&office.country, "IMCI").await;
    let mut attendances = Vec::new();
    for n in 0..500 {
        let unposted = json!({ "familyName": format!("Keita {n:03}"), "sex": "FEMALE", "orgUnit": office.id("A-1"), "sector": "HEALTH" });
        let worker = office.change("registerWorker", unposted).await;
        attendances.push(json!({ "worker": worker["id"], "outcome": "COMPLETED" }));
    }
    let input = json!({ "session": session, "attendances": attendances });
    let recorded = ask(&office.manager, "recordAttendance", input).await;
    assert_eq!(recorded["recorded"], 500);
    attendances.push(attendances[0].clone());
    let input = json!({ "session": session, "attendances": attendances });
    let query =
        "mutation($input: RecordAttendanceInput!) { recordAttendance(input: $input) { recorded } }";
    assert_eq!(
        office
            .manager
            .error_code(query, json!({ "input": input }))
            .await,
        "LIST_TOO_LONG"
    );
}

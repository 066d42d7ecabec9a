//! Registrations and licences: issued, renewed, suspended, and looked for before they expire.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{license_nurses, of};
use crate::support::world::World;
use crate::workforce::office::{Office, ask, nothing, refusals, with};

const LICENCES: &str = "licences {
    id cadre { code } council number status expiresOn terms { startsOn endsOn }
    decisions { from ruling reason { code } act { number } }
}";

fn issue(office: &Office<'_>, worker: &Value, number: &str, from: &str, to: &str) -> Value {
    json!({
        "worker": worker["id"], "cadre": office.id("NUR"), "number": number, "startsOn": from, "endsOn": to,
    })
}

async fn licensed(
    office: &Office<'_>,
    worker: &Value,
    number: &str,
    from: &str,
    to: &str,
) -> Value {
    office
        .change("issueLicence", issue(office, worker, number, from, to))
        .await;
    let told = of(&office.manager, worker, "licences { id }", None).await;
    told["licences"][0]["id"].clone()
}

#[tokio::test]
async fn a_licence_is_told_as_it_stood_on_the_day() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    license_nurses(&office).await;
    let worker = office.register("Keita", "F-A1", "NUR", "2015-01-01").await;
    let registered = json!({
        "worker": worker["id"], "cadre": office.id("NUR"), "number": "INF 0042", "registeredOn": "2014-06-01",
    });
    office
        .change("recordRegistration", registered.clone())
        .await;
    let told = of(
        &office.manager,
        &worker,
        "registrations { cadre { code } council number registeredOn }",
        None,
    )
    .await;
    let expected = json!([{
        "cadre": { "code": "NUR" }, "council": "Conseil", "number": "INF 0042", "registeredOn": "2014-06-01",
    }]);
    assert_eq!(told["registrations"], expected);

    let licence = licensed(&office, &worker, "L-7", "2020-01-01", "2021-12-31").await;
    let renew = json!({ "licence": licence, "endsOn": "2025-12-31" });
    office.change("renewLicence", renew).await;
    let suspend = json!({
        "licence": licence, "ruling": "SUSPEND", "from": "2023-01-01", "reason": "misconduct",
        "act": { "number": "Décision 5" },
    });
    office.change("decideOnLicence", suspend).await;
    let reinstate = json!({ "licence": licence, "ruling": "REINSTATE", "from": "2024-01-01" });
    let worker = office.change("decideOnLicence", reinstate).await;
    assert_eq!(worker["version"], 6);
    for (on, status) in [
        ("2019-12-31", "PLANNED"),
        ("2020-01-01", "ACTIVE"),
        ("2022-12-31", "ACTIVE"),
        ("2023-01-01", "SUSPENDED"),
        ("2024-01-01", "ACTIVE"),
        ("2026-01-01", "EXPIRED"),
    ] {
        let told = of(&office.manager, &worker, "licences { status }", Some(on)).await;
        assert_eq!(told["licences"][0]["status"], status, "{on}");
    }
    let told = of(&office.manager, &worker, LICENCES, None).await;
    let told = &told["licences"][0];
    assert_eq!(told["expiresOn"], "2025-12-31");
    assert_eq!(told["terms"][0]["startsOn"], "2022-01-01");
    assert_eq!(told["decisions"][1]["reason"]["code"], "misconduct");
    assert_eq!(told["decisions"][1]["act"]["number"], "Décision 5");
    let history = of(&office.manager, &worker, "history(first: 9) { verb }", None).await;
    let rows = history["history"].as_array().expect("a history");
    let verbs: Vec<&str> = rows.iter().filter_map(|it| it["verb"].as_str()).collect();
    assert_eq!(
        verbs,
        [
            "decide_on_licence",
            "decide_on_licence",
            "renew_licence",
            "issue_licence",
            "record_registration",
            "register"
        ]
    );
    // What was decided is not for everybody who may correct the record.
    let clerk = office.country.caller(Role::DataClerk);
    let stale = json!({ "worker": worker["id"], "baseVersion": 4, "familyName": "Touré" });
    let query = "mutation($input: CorrectWorkerInput!) { correctWorker(input: $input) {
        conflict { changed { field base current } } } }";
    let answer = clerk.ask(query, json!({ "input": stale })).await;
    let changed = &answer["data"]["correctWorker"]["conflict"]["changed"];
    assert!(
        changed[0]["field"]
            .as_str()
            .is_some_and(|it| it.starts_with("conduct.licences.")),
        "{answer}"
    );
    assert_eq!(changed[0]["current"], Value::Null);
    assert_eq!(
        answer["errors"][0]["extensions"]["permission"],
        "read_conduct"
    );
    assert!(!answer.to_string().contains("misconduct"), "{answer}");
}

#[tokio::test]
async fn what_cannot_be_licensed_is_refused_by_its_field() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    license_nurses(&office).await;
    let worker = office.register("Keita", "F-A1", "NUR", "2015-01-01").await;
    let new = issue(&office, &worker, "L-7", "2020-01-01", "2021-12-31");
    for (field, value, refused) in [
        ("worker", nothing("wkr"), "WORKER_NOT_FOUND worker"),
        ("cadre", nothing("cdr"), "CADRE_NOT_FOUND cadre"),
        ("cadre", json!(office.id("G-MED")), "CADRE_IS_A_GROUP cadre"),
        ("cadre", json!(office.id("MW")), "NO_COUNCIL council"),
        ("council", json!("x".repeat(201)), "INVALID_TEXT council"),
        ("number", json!(" - "), "INVALID_TEXT number"),
        ("startsOn", json!("1899-12-31"), "INVALID_DATE startsOn"),
        (
            "endsOn",
            json!("2019-12-31"),
            "ENDS_BEFORE_IT_STARTS endsOn",
        ),
        ("baseVersion", json!(7), "STALE baseVersion"),
    ] {
        let payload = office
            .ask("issueLicence", with(&new, &[(field, value)]))
            .await;
        let refusals = refusals(&payload);
        assert!(
            refusals.contains(&refused.to_owned()),
            "{field}: {refusals:?}"
        );
    }
    let licence = licensed(&office, &worker, "L-7", "2020-01-01", "2021-12-31").await;
    let other = office.register("Touré", "F-A1", "NUR", "2015-01-01").await;
    let taken = office
        .ask(
            "issueLicence",
            issue(&office, &other, "l 7", "2020-01-01", "2021-12-31"),
        )
        .await;
    assert_eq!(refusals(&taken), ["NUMBER_TAKEN number"]);
    let registered = json!({
        "worker": worker["id"], "cadre": office.id("NUR"), "number": "R-1", "registeredOn": "2014-06-01",
    });
    office
        .change("recordRegistration", registered.clone())
        .await;
    let theirs = with(
        &registered,
        &[("worker", other["id"].clone()), ("number", json!("r1"))],
    );
    let taken = office.ask("recordRegistration", theirs).await;
    assert_eq!(refusals(&taken), ["NUMBER_TAKEN number"]);

    let renew = |starts: Value, ends: &str| json!({ "licence": licence, "startsOn": starts, "endsOn": ends });
    for (input, refused) in [
        (
            json!({ "licence": nothing("lic"), "endsOn": "2023-12-31" }),
            "CREDENTIAL_NOT_FOUND licence",
        ),
        (
            renew(json!("2021-12-31"), "2023-12-31"),
            "TERM_OVERLAPS startsOn",
        ),
        (
            renew(json!("2022-06-01"), "2022-05-31"),
            "ENDS_BEFORE_IT_STARTS endsOn",
        ),
        (renew(Value::Null, "2201-01-01"), "INVALID_DATE endsOn"),
    ] {
        assert_eq!(
            refusals(&office.ask("renewLicence", input).await),
            [refused]
        );
    }
    let decide = |ruling: &str, from: &str, reason: Value| json!({ "licence": licence, "ruling": ruling, "from": from, "reason": reason });
    let reason = || json!("misconduct");
    for (input, refused) in [
        (
            decide("REINSTATE", "2020-06-01", Value::Null),
            "LICENCE_NOT_SUSPENDED licence",
        ),
        (
            decide("SUSPEND", "2020-06-01", Value::Null),
            "REASON_MISSING reason",
        ),
        (
            decide("SUSPEND", "2020-06-01", json!("spite")),
            "UNKNOWN_LICENCE_REASON reason",
        ),
        (
            decide("SUSPEND", "1899-06-01", reason()),
            "INVALID_DATE from",
        ),
    ] {
        assert_eq!(
            refusals(&office.ask("decideOnLicence", input).await),
            [refused]
        );
    }
    office
        .change("decideOnLicence", decide("SUSPEND", "2020-06-01", reason()))
        .await;
    for (input, refused) in [
        (
            decide("SUSPEND", "2020-07-01", reason()),
            "LICENCE_SUSPENDED licence",
        ),
        (
            decide("REINSTATE", "2020-06-01", Value::Null),
            "LATER_DECISION from",
        ),
    ] {
        assert_eq!(
            refusals(&office.ask("decideOnLicence", input).await),
            [refused]
        );
    }
    office
        .change("decideOnLicence", decide("REVOKE", "2020-08-01", reason()))
        .await;
    for (mutation, input) in [
        (
            "decideOnLicence",
            decide("REINSTATE", "2020-09-01", Value::Null),
        ),
        ("renewLicence", renew(Value::Null, "2023-12-31")),
    ] {
        assert_eq!(
            refusals(&office.ask(mutation, input).await),
            ["LICENCE_REVOKED licence"]
        );
    }
    // A withdrawn licence gives its number free.
    office
        .change(
            "withdrawCredential",
            json!({ "credential": licence, "reason": "typed twice" }),
        )
        .await;
    licensed(&office, &other, "L-7", "2020-01-01", "2021-12-31").await;
    let clerk = office.country.caller(Role::DataClerk).scope(&["B-1"]);
    let input = json!({ "licence": licence, "endsOn": "2023-12-31" });
    assert_eq!(
        refusals(&ask(&clerk, "renewLicence", input).await),
        ["CREDENTIAL_NOT_FOUND licence"]
    );
}

/// Licences as `number STATUS holder`, and how many there are in all.
async fn listed(
    office: &Office<'_>,
    role: Role,
    scope: &[&str],
    filter: Value,
) -> (Vec<String>, Value) {
    let caller = office.country.caller(role).scope(scope);
    let query = "query($filter: LicenceFilterInput, $after: String) {
        licences(first: 2, after: $after, filter: $filter, asOf: \"2026-03-01\") {
            totalCount pageInfo { hasNextPage endCursor } nodes { number status worker { familyName } } } }";
    let (mut told, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = caller
            .data(query, json!({ "filter": filter, "after": after }))
            .await;
        let page = &data["licences"];
        let nodes = page["nodes"].as_array().expect("licences");
        told.extend(nodes.iter().map(|it| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let holder = text(&it["worker"]["familyName"]);
            format!("{} {} {holder}", text(&it["number"]), text(&it["status"]))
        }));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return (told, page["totalCount"].clone());
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn whose_licences_expire_and_who_has_none_is_told_within_the_scope() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    license_nurses(&office).await;
    let mut licences = Vec::new();
    for (name, facility, number, to) in [
        ("Cissé", "F-A1", "L-3", "2026-05-30"),
        ("Keita", "F-A1", "L-1", "2026-03-01"),
        ("Diarra", "F-B1", "L-4", "2026-03-31"),
        ("Touré", "F-A2", "L-2", "2026-02-28"),
        ("Maïga", "F-A1", "L-5", "2026-04-15"),
    ] {
        let worker = office.register(name, facility, "NUR", "2015-01-01").await;
        licences.push(licensed(&office, &worker, number, "2024-01-01", to).await);
    }
    let suspend = json!({ "licence": licences[4], "ruling": "SUSPEND", "from": "2026-01-01", "reason": "misconduct" });
    office.change("decideOnLicence", suspend).await;
    office.register("Sow", "F-A1", "NUR", "2015-01-01").await;
    office.register("Kanté", "F-A1", "MW", "2015-01-01").await;
    let gone = office.register("Bah", "F-A1", "NUR", "2015-01-01").await;
    let end =
        json!({ "posting": gone["posting"]["id"], "endsOn": "2020-12-31", "reason": "retirement" });
    office.change("endPosting", end).await;

    let manager = Role::HrManager;
    for (scope, filter, told) in [
        (
            &[][..],
            json!({}),
            &[
                "L-2 EXPIRED Touré",
                "L-1 ACTIVE Keita",
                "L-4 ACTIVE Diarra",
                "L-5 SUSPENDED Maïga",
                "L-3 ACTIVE Cissé",
            ][..],
        ),
        (
            &[],
            json!({ "expiresWithinDays": 0 }),
            &["L-1 ACTIVE Keita"],
        ),
        (
            &[],
            json!({ "expiresWithinDays": 89 }),
            &["L-1 ACTIVE Keita", "L-4 ACTIVE Diarra"],
        ),
        (
            &[],
            json!({ "expiresWithinDays": 90 }),
            &["L-1 ACTIVE Keita", "L-4 ACTIVE Diarra", "L-3 ACTIVE Cissé"],
        ),
        (
            &["A"],
            json!({ "expiresWithinDays": 90 }),
            &["L-1 ACTIVE Keita", "L-3 ACTIVE Cissé"],
        ),
        (&["A"], json!({ "orgUnitCode": "B" }), &[]),
        (&[], json!({ "orgUnitCode": "B" }), &["L-4 ACTIVE Diarra"]),
        (
            &[],
            json!({ "statuses": ["SUSPENDED", "EXPIRED"] }),
            &["L-2 EXPIRED Touré", "L-5 SUSPENDED Maïga"],
        ),
        (&[], json!({ "cadreCode": "MW" }), &[]),
        (
            &["B"],
            json!({ "cadreCode": "G-NUR", "council": "Conseil" }),
            &["L-4 ACTIVE Diarra"],
        ),
    ] {
        let (found, total) = listed(&office, manager, scope, filter.clone()).await;
        assert_eq!(found, told, "{scope:?} {filter}");
        assert_eq!(total, told.len(), "{filter}");
    }
    let days = json!({ "filter": { "expiresWithinDays": 3661 } });
    let query = "query($filter: LicenceFilterInput) { licences(first: 2, filter: $filter) { nodes { id } } }";
    assert_eq!(
        office.manager.error_code(query, days).await,
        "BAD_USER_INPUT"
    );

    let unlicensed = async |scope: &[&str], filter: Value, day: &str| {
        let caller = office.country.caller(manager).scope(scope);
        let query = "query($filter: WorkerFilterInput, $day: Date) {
            unlicensedWorkers(first: 9, filter: $filter, asOf: $day) { totalCount nodes { familyName } } }";
        let data = caller
            .data(query, json!({ "filter": filter, "day": day }))
            .await;
        let nodes = data["unlicensedWorkers"]["nodes"]
            .as_array()
            .expect("workers")
            .clone();
        assert_eq!(data["unlicensedWorkers"]["totalCount"], nodes.len());
        nodes
            .iter()
            .map(|it| it["familyName"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        unlicensed(&[], json!({}), "2026-03-01").await,
        ["Maïga", "Sow", "Touré"]
    );
    assert_eq!(
        unlicensed(&[], json!({ "facilityCodes": ["F-A2"] }), "2026-03-01").await,
        ["Touré"]
    );
    assert_eq!(
        unlicensed(&["A-1"], json!({}), "2026-03-01").await,
        ["Maïga", "Sow"]
    );
    assert_eq!(
        unlicensed(&["B"], json!({}), "2026-03-01").await,
        Vec::<String>::new()
    );
    assert_eq!(
        unlicensed(&["B"], json!({}), "2026-04-01").await,
        ["Diarra"]
    );
    // Before any licence was issued nobody had one, and whoever served then is told of.
    assert_eq!(
        unlicensed(&["A-2"], json!({}), "2020-12-31").await,
        ["Touré"]
    );
}

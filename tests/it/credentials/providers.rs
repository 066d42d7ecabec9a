//! The experienced providers of a cadre, ranked with the reasons, and who is qualified for one and not posted under it.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{license_nurses, passed};
use crate::support::world::World;
use crate::workforce::office::{Office, with};

/// A nurse with a career of one posting; with a diploma, a licence, a telephone.
async fn nurse(office: &Office<'_>, name: &str, facility: &str, from: &str, has: &[&str]) -> Value {
    let worker = office.register(name, facility, "NUR", from).await;
    if has.contains(&"diploma") {
        office
            .change(
                "recordQualification",
                passed(&worker, "diploma", &[office.id("NUR")]),
            )
            .await;
    }
    if has.contains(&"licence") {
        let licence = json!({
            "worker": worker["id"], "cadre": office.id("NUR"), "number": name, "startsOn": "2024-01-01",
            "endsOn": "2026-12-31",
        });
        office.change("issueLicence", licence).await;
    }
    let told = super::desk::of(&office.manager, &worker, "id version", None).await;
    if has.contains(&"phone") {
        let contacts = json!([{ "kind": "PHONE", "value": "70 12 34 56" }]);
        let correction =
            json!({ "worker": worker["id"], "baseVersion": told["version"], "contacts": contacts });
        office.change("correctWorker", correction).await;
    }
    worker
}

/// Five nurses: two who have everything, one without a licence and a telephone, one who left, one without a diploma.
async fn staffed(office: &Office<'_>) -> Vec<Value> {
    license_nurses(office).await;
    let all = ["diploma", "licence", "phone"];
    let mut people = vec![
        nurse(office, "Keita", "F-A1", "2006-01-01", &all).await,
        nurse(office, "Diarra", "F-B1", "2016-01-01", &all).await,
        nurse(office, "Cissé", "F-A2", "2020-01-01", &["diploma"]).await,
        nurse(office, "Touré", "F-A1", "2000-01-01", &["diploma", "phone"]).await,
        nurse(office, "Sow", "F-A1", "2010-01-01", &["phone"]).await,
    ];
    let end = json!({ "posting": people[3]["posting"]["id"], "endsOn": "2019-12-31", "reason": "retirement" });
    office.change("endPosting", end).await;
    // A second duty on the same days adds none.
    let duty = with(
        &office.posting("F-A2", "NUR", "2015-01-01"),
        &[("isPrimary", json!(false))],
    );
    office
        .change(
            "postWorker",
            json!({ "worker": people[0]["id"], "posting": duty }),
        )
        .await;
    people.push(office.register("Bah", "F-A1", "MW", "2000-01-01").await);
    people
}

const PROVIDERS: &str = "query($filter: ProviderFilterInput!, $day: Date, $after: String) {
    experiencedProviders(first: 2, after: $after, filter: $filter, asOf: $day) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { score yearsInPost worker { familyName contacts { value } } reasons { code message points } } } }";

/// Providers as `name score years`, page by page.
async fn found(office: &Office<'_>, scope: &[&str], filter: Value, day: &str) -> Vec<String> {
    let caller = office.country.caller(Role::HrOfficer).scope(scope);
    let (mut told, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "filter": filter, "day": day, "after": after });
        let data = caller.data(PROVIDERS, variables).await;
        let page = &data["experiencedProviders"];
        for node in page["nodes"].as_array().expect("providers") {
            let points = node["reasons"].as_array().expect("reasons").iter();
            let sum: u64 = points.filter_map(|it| it["points"].as_u64()).sum();
            assert_eq!(node["score"], sum);
            let name = node["worker"]["familyName"].as_str().unwrap_or("-");
            told.push(format!("{name} {} {}", node["score"], node["yearsInPost"]));
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            assert_eq!(page["totalCount"], told.len());
            return told;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn providers_are_ranked_by_what_speaks_for_them() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    staffed(&office).await;
    let near = |more: Value| {
        let mut filter = json!({ "cadre": office.id("NUR"), "near": office.id("A") });
        let more = more.as_object().expect("fields").clone();
        filter.as_object_mut().expect("fields").extend(more);
        filter
    };
    let today = "2026-03-01";
    let [keita, diarra, cisse] = ["Keita 100 20.1", "Diarra 70 10.1", "Cissé 52 6.1"];
    for (filter, expected) in [
        (json!({}), &[keita, diarra, cisse][..]),
        (
            json!({ "former": true }),
            &[keita, "Touré 75 20.0", diarra, cisse],
        ),
        (
            json!({ "qualified": false }),
            &[keita, diarra, "Sow 57 16.1", cisse],
        ),
        (json!({ "reachable": true }), &[keita, diarra]),
        (json!({ "minimumYears": 10 }), &[keita, diarra]),
        (json!({ "minimumYears": 10.5 }), &[keita]),
        (
            json!({ "qualificationLevels": ["diploma", "bachelor"] }),
            &[keita, diarra, cisse],
        ),
        (json!({ "qualificationLevels": ["bachelor"] }), &[]),
        (json!({ "orgUnitCode": "A" }), &[keita, cisse]),
        (json!({ "orgUnit": office.id("B-1") }), &[diarra]),
        (
            json!({ "near": office.id("A-1") }),
            &[keita, diarra, "Cissé 47 6.1"],
        ),
        (
            json!({ "near": null }),
            &["Keita 90 20.1", diarra, "Cissé 42 6.1"],
        ),
        (
            json!({ "cadre": office.id("G-NUR"), "qualified": false, "former": true }),
            &[
                keita,
                "Touré 75 20.0",
                diarra,
                "Bah 60 26.1",
                "Sow 57 16.1",
                cisse,
            ],
        ),
    ] {
        assert_eq!(
            found(&office, &[], near(filter.clone()), today).await,
            expected,
            "{filter}"
        );
    }
    assert_eq!(
        found(&office, &["B"], near(json!({})), today).await,
        [diarra]
    );
    // On a day of the past: before the licences, and while one served who left since.
    let past = found(&office, &["A-1"], near(json!({})), "2019-07-01").await;
    assert_eq!(past, ["Touré 83 19.4", "Keita 71 13.4"]);
}

#[tokio::test]
async fn the_reasons_are_told_in_the_callers_language() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    staffed(&office).await;
    let filter = json!({ "cadre": office.id("NUR"), "near": office.id("A-1") });
    let mut told = Vec::new();
    for language in ["en", "fr", "sw"] {
        let officer = office.country.caller(Role::HrOfficer).language(language);
        let data = officer.data(PROVIDERS, json!({ "filter": filter })).await;
        let best = &data["experiencedProviders"]["nodes"][0];
        assert_eq!(best["worker"]["contacts"][0]["value"], "+22370123456");
        let reasons = best["reasons"].as_array().expect("reasons");
        let codes: Vec<&str> = reasons
            .iter()
            .filter_map(|it| it["code"].as_str())
            .collect();
        assert_eq!(
            codes,
            [
                "YEARS_IN_POST",
                "QUALIFIED",
                "LICENSED",
                "IN_SERVICE",
                "NEAR",
                "REACHABLE"
            ]
        );
        told.push(
            reasons[0]["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        );
    }
    assert_eq!(
        told,
        [
            "20 full years in post in the cadre.",
            "20 années entières en poste dans le cadre.",
            "Miaka 20 kamili kazini katika kada."
        ]
    );
    let filter = json!({ "filter": { "cadre": office.id("NUR"), "minimumYears": 61 } });
    assert_eq!(
        office.manager.error_code(PROVIDERS, filter).await,
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn who_is_qualified_and_not_posted_is_told() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let people = staffed(&office).await;
    // The midwife is a nurse too, and one is on the register who is posted nowhere.
    office
        .change(
            "recordQualification",
            passed(&people[5], "diploma", &[office.id("NUR")]),
        )
        .await;
    let unposted = json!({ "familyName": "Kanté", "sex": "MALE", "orgUnit": office.id("B-1"), "sector": "HEALTH" });
    let unposted = office.change("registerWorker", unposted).await;
    let of_2025 = with(
        &passed(&unposted, "bachelor", &[office.id("NUR")]),
        &[("year", json!(2025))],
    );
    office.change("recordQualification", of_2025).await;
    let listed = async |scope: &[&str], cadre: &str, filter: Value, day: &str| {
        let caller = office.country.caller(Role::HrOfficer).scope(scope);
        let query = "query($cadre: ID!, $filter: WorkerFilterInput, $day: Date) {
            qualifiedNotPosted(first: 9, cadre: $cadre, filter: $filter, asOf: $day) { totalCount nodes { familyName } } }";
        let variables = json!({ "cadre": office.id(cadre), "filter": filter, "day": day });
        let data = caller.data(query, variables).await;
        let nodes = data["qualifiedNotPosted"]["nodes"]
            .as_array()
            .expect("workers")
            .clone();
        assert_eq!(data["qualifiedNotPosted"]["totalCount"], nodes.len());
        nodes
            .iter()
            .map(|it| it["familyName"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let today = "2026-03-01";
    assert_eq!(
        listed(&[], "NUR", json!({}), today).await,
        ["Bah", "Kanté", "Touré"]
    );
    assert_eq!(
        listed(&[], "NUR", json!({ "status": "ACTIVE" }), today).await,
        ["Bah"]
    );
    assert_eq!(
        listed(&[], "NUR", json!({}), "2019-12-31").await,
        ["Bah", "Cissé"]
    );
    // Under the group the midwife is posted.
    assert_eq!(
        listed(&[], "G-NUR", json!({}), today).await,
        ["Kanté", "Touré"]
    );
    assert_eq!(listed(&["B"], "NUR", json!({}), today).await, ["Kanté"]);
    assert_eq!(
        listed(&[], "MW", json!({}), today).await,
        Vec::<String>::new()
    );
    // Who qualified for a cadre that was merged into another is qualified for that one.
    let merge = "mutation($input: MergeCadresInput!) { mergeCadres(input: $input) { errors { errorCode } } }";
    let input = json!({
        "cadres": [{ "cadre": office.id("NUR"), "baseVersion": 2 }], "into": office.id("MW"), "on": "2026-01-01",
    });
    let admin = office.country.caller(Role::MinistryAdmin);
    let data = admin.data(merge, json!({ "input": input })).await;
    assert_eq!(data["mergeCadres"]["errors"], json!([]));
    assert_eq!(
        listed(&[], "MW", json!({}), today).await,
        ["Kanté", "Touré"]
    );
}

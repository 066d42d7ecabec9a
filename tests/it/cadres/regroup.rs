//! Merging and splitting: every day keeps the totals that it had, and every person's history tells.

use kada::auth::Role;
use serde_json::{Value, json};

use super::Ministry;
use crate::support::world::World;
use crate::workforce::office::{nothing, refusals, text, with};

/// Midwives and nurses here and there, some gone, some to come.
async fn staff(ministry: &Ministry<'_>) -> Vec<Value> {
    let office = &ministry.office;
    let mut workers = Vec::new();
    for (name, facility, cadre, from) in [
        ("Keita", "F-A1", "MW", "2019-01-01"),
        ("Diarra", "H-A1", "MW", "2020-06-01"),
        ("Touré", "F-A2", "MW", "2025-01-01"),
        ("Coulibaly", "F-B1", "NUR", "2020-01-01"),
        ("Sidibé", "F-A1", "MW", "2026-09-01"),
        ("Cissé", "F-A1", "MW", "2019-01-01"),
        ("Dembélé", "F-B1", "MW", "2019-01-01"),
    ] {
        workers.push(office.register(name, facility, cadre, from).await);
    }
    for (at, day) in [(5, "2023-12-31"), (6, "2026-02-15")] {
        let posting = workers[at]["posting"]["id"].clone();
        let end = json!({ "posting": posting, "endsOn": day, "reason": "retirement" });
        office.change("endPosting", end).await;
    }
    workers
}

const DAYS: [&str; 9] = [
    "2018-12-31",
    "2019-01-01",
    "2023-12-31",
    "2024-01-01",
    "2024-12-31",
    "2025-01-01",
    "2026-02-15",
    "2026-02-16",
    "2027-01-01",
];

async fn totals(ministry: &Ministry<'_>) -> Vec<u64> {
    let mut totals = Vec::new();
    for day in DAYS {
        let counted = "query($day: Date) { headcount(asOf: $day) { total }
            workers(filter: {status: ACTIVE}, asOf: $day, first: 1) { totalCount } }";
        let data = ministry.admin.data(counted, json!({ "day": day })).await;
        let total = data["headcount"]["total"].as_u64().expect("a total");
        assert_eq!(data["workers"]["totalCount"], total, "{day}");
        totals.push(total);
    }
    totals
}

#[tokio::test]
async fn a_merge_keeps_the_totals_of_every_day() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let workers = staff(&ministry).await;
    let new = ministry.add("MWN", "2024-01-01").await;
    let before = totals(&ministry).await;
    let merge = json!({
        "cadres": [{ "cadre": ministry.id("MW"), "baseVersion": 1 }, { "cadre": ministry.id("NUR"), "baseVersion": 1 }],
        "into": new, "on": "2025-01-01", "act": { "number": "Arrêté 12" },
    });
    let preview = "query($change: CadreChangeInput!) { previewCadreChange(change: $change) {
        from workers postings postingsToCome cadresBelow { code } intake { cadre { code } workers } errors { errorCode } } }";
    let variables = json!({ "change": { "merge": merge } });
    let data = ministry.admin.data(preview, variables).await;
    insta::assert_snapshot!(data["previewCadreChange"].to_string(), @r#"{"cadresBelow":[],"errors":[],"from":"2025-01-01","intake":[{"cadre":{"code":"MWN"},"workers":6}],"postings":5,"postingsToCome":1,"workers":6}"#);
    assert_eq!(totals(&ministry).await, before);

    let payload = ministry.make("mergeCadres", merge).await;
    let merged = &payload["cadres"][0];
    insta::assert_snapshot!(
        format!(
            "{} {} {} {} {}",
            merged["status"], merged["successors"], merged["since"], payload["intake"], payload["postings"]
        ),
        @r#""MERGED" [{"code":"MWN"}] "2025-01-01" [{"cadre":{"code":"MWN"},"workers":6}] 6"#
    );
    assert_eq!(totals(&ministry).await, before);
    assert_eq!(ministry.counted("2024-12-31").await, ["MW: 3", "NUR: 1"]);
    assert_eq!(ministry.counted("2025-01-01").await, ["MWN: 5"]);
    assert_eq!(ministry.counted("2026-12-01").await, ["MWN: 5"]);
    assert_eq!(ministry.counted("2023-12-31").await, ["MW: 4", "NUR: 1"]);

    // Each person's history tells, and the version of the record rose.
    let keita = ministry.office.worker(&workers[0]["id"], None).await;
    assert_eq!(keita["version"], 2);
    let postings = keita["postings"].as_array().expect("postings").iter();
    let postings = postings.map(|it| {
        let cadre = text(&it["cadre"]["code"]);
        format!(
            "{cadre} {} {} {}",
            it["startsOn"], it["endsOn"], it["endReason"]
        )
    });
    let postings: Vec<String> = postings.collect();
    insta::assert_snapshot!(format!("{postings:?} {}", keita["history"]), @r#"["MWN \"2025-01-01\" null null", "MW \"2019-01-01\" \"2024-12-31\" {\"code\":\"reclassification\"}"] [{"act":{"date":null,"number":"Arrêté 12"},"verb":"reclassify"},{"act":null,"verb":"register"}]"#);
    let cisse = ministry.office.worker(&workers[5]["id"], None).await;
    assert_eq!(
        (&cisse["version"], &cisse["posting"]),
        (&json!(2), &Value::Null)
    );
    let sidibe = ministry
        .office
        .worker(&workers[4]["id"], Some("2026-09-01"))
        .await;
    assert_eq!(sidibe["posting"]["cadre"]["code"], "MWN");
    assert_eq!(sidibe["postings"].as_array().map(Vec::len), Some(1));

    // Nobody comes in any more; whoever was in before that may still be told of.
    let person = ministry.office.person("Konaté", "F-A1", "MW", "2025-06-01");
    let late = ministry.office.ask("registerWorker", person).await;
    assert_eq!(refusals(&late), ["CADRE_NOT_IN_FORCE posting.cadre"]);
    // The career goes on from the new cadre.
    let moved =
        json!({ "worker": workers[0]["id"], "to": ministry.id("F-B1"), "on": "2026-02-01" });
    let moved = ministry.office.change("transferWorker", moved).await;
    assert_eq!(moved["posting"]["cadre"]["code"], "MWN");
}

#[tokio::test]
async fn a_split_sends_people_by_name_by_facility_and_otherwise_and_keeps_the_totals() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let workers = staff(&ministry).await;
    let (hospital, chief) = (
        ministry.add("MWH", "2020-01-01").await,
        ministry.add("MWC", "2020-01-01").await,
    );
    let before = totals(&ministry).await;
    let split = json!({
        "cadre": ministry.id("MW"), "baseVersion": 1, "on": "2025-01-01",
        "into": [
            { "cadre": hospital, "facilityTypes": ["DH"] },
            { "cadre": chief, "workers": [workers[0]["id"]] },
        ],
        "otherwise": ministry.id("NUR"),
    });
    for (path, value, refusal) in [
        ("on", json!("2026-03-02"), vec!["IN_THE_FUTURE on"]),
        (
            "cadre",
            nothing("cdr"),
            vec!["CADRE_NOT_FOUND cadre", "NOT_IN_CADRE into.workers"],
        ),
        ("baseVersion", json!(2), vec!["STALE baseVersion"]),
        (
            "otherwise",
            json!(ministry.id("MW")),
            vec!["NAMED_TWICE otherwise"],
        ),
        (
            "otherwise",
            json!(ministry.id("G-NUR")),
            vec!["GATHERS_CADRES otherwise"],
        ),
        (
            "otherwise",
            json!(ministry.id("SWO")),
            vec!["ANOTHER_SECTOR otherwise"],
        ),
        (
            "otherwise",
            nothing("cdr"),
            vec!["SUCCESSOR_NOT_FOUND otherwise"],
        ),
        (
            "into",
            json!([{ "cadre": hospital, "facilityTypes": ["DH", "NO"], "workers": [workers[3]["id"]] }]),
            vec![
                "UNKNOWN_FACILITY_TYPE into.facilityTypes",
                "NOT_IN_CADRE into.workers",
            ],
        ),
        (
            "into",
            json!([{ "cadre": hospital, "facilityTypes": ["DH"] }, { "cadre": chief, "facilityTypes": ["DH"] }]),
            vec!["NAMED_TWICE into.facilityTypes"],
        ),
    ] {
        let payload = ministry
            .ask("splitCadre", with(&split, &[(path, value)]))
            .await;
        assert_eq!(refusals(&payload), refusal, "{path}");
    }
    let payload = ministry.make("splitCadre", split.clone()).await;
    assert_eq!(payload["cadre"]["status"], "SPLIT");
    assert_eq!(totals(&ministry).await, before);
    assert_eq!(ministry.counted("2024-12-31").await, ["MW: 3", "NUR: 1"]);
    assert_eq!(
        ministry.counted("2025-01-01").await,
        ["MWC: 1", "MWH: 1", "NUR: 3"]
    );
    assert_eq!(
        ministry.counted("2026-12-01").await,
        ["MWC: 1", "MWH: 1", "NUR: 3"]
    );
    let again = ministry
        .ask("splitCadre", with(&split, &[("baseVersion", json!(2))]))
        .await;
    assert_eq!(refusals(&again)[0], "CADRE_NOT_IN_FORCE cadre");
}

#[tokio::test]
async fn whoever_is_posted_while_a_cadre_is_merged_ends_up_in_one_that_is_in_use() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-A1", "MW", "2019-01-01")
        .await;
    let merge = json!({
        "cadres": [{ "cadre": ministry.id("MW"), "baseVersion": 1 }], "into": ministry.id("NUR"), "on": "2025-01-01",
    });
    let posts = (0..8).map(|number| {
        let person = ministry.office.person(
            &format!("Sow {}", "i".repeat(number)),
            "F-A1",
            "MW",
            "2025-06-01",
        );
        ministry.office.ask("registerWorker", person)
    });
    let (merged, posted) = tokio::join!(
        ministry.make("mergeCadres", merge),
        futures_util::future::join_all(posts)
    );
    assert_eq!(text(&merged["cadres"][0]["status"]), "MERGED");
    let taken = posted.iter().filter(|it| it["errors"] == json!([])).count();
    for refused in posted.iter().filter(|it| it["errors"] != json!([])) {
        assert_eq!(refusals(refused), ["CADRE_NOT_IN_FORCE posting.cadre"]);
    }
    assert_eq!(
        ministry.counted("2026-03-01").await,
        [format!("NUR: {}", taken + 1)]
    );
    let viewer = ministry.office.country.caller(Role::Viewer);
    let code = viewer.error_code(
        "query($change: CadreChangeInput!) { previewCadreChange(change: $change) { workers } }",
        json!({ "change": { "retire": { "cadre": ministry.id("NUR"), "baseVersion": 1, "from": "2026-01-01" } } }),
    );
    assert_eq!(code.await, "FORBIDDEN");
}

#[tokio::test]
async fn whoever_has_no_say_in_a_change_learns_nothing_from_its_preview() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    ministry
        .office
        .register("Keita", "F-B1", "MW", "2019-01-01")
        .await;
    let preview = "query($change: CadreChangeInput!) { previewCadreChange(change: $change) {
        workers postings postingsToCome indicators { code } intake { workers } errors { errorCode } } }";
    let retire =
        json!({ "retire": { "cadre": ministry.id("MW"), "baseVersion": 1, "from": "2026-01-01" } });
    let country = &ministry.office.country;
    let district = country.caller(Role::MinistryAdmin).scope(&["A"]);
    let welfare = country
        .caller(Role::MinistryAdmin)
        .sectors(&[kada::kernel::Sector::Social]);
    for caller in [district, welfare] {
        let data = caller.data(preview, json!({ "change": retire })).await;
        assert_eq!(
            data["previewCadreChange"],
            json!({
                "workers": null, "postings": null, "postingsToCome": null, "indicators": null, "intake": [],
                "errors": [{ "errorCode": "OUTSIDE_YOUR_SCOPE" }],
            })
        );
    }
    let data = ministry
        .admin
        .data(preview, json!({ "change": retire }))
        .await;
    assert_eq!(data["previewCadreChange"]["workers"], 1);
    let indicators = data["previewCadreChange"]["indicators"].as_array();
    assert_eq!(indicators.map(Vec::len), Some(23));
}

//! The published indicators that a change of the taxonomy touches, and the catalogue that they are of.

use kada::auth::Role;
use serde_json::{Value, json};

use super::Ministry;
use super::crosswalk::{approved, by_another};
use crate::support::world::World;
use crate::workforce::office::text;

/// A retirement from a day on.
fn retire(cadre: &str, from: &str) -> Value {
    json!({ "retire": { "cadre": cadre, "baseVersion": 1, "from": from } })
}

fn codes(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|it| text(&it["code"])).collect()
}

/// Thresholds that a change touches, each with the cadres that it counts, and how many indicators of the National Health
/// Workforce Accounts.
async fn touched(ministry: &Ministry<'_>, change: Value) -> Vec<String> {
    let preview = "query($change: CadreChangeInput!) { previewCadreChange(change: $change) {
        indicators { code cadres { code } } } }";
    let data = ministry.admin.data(preview, json!({ "change": change }));
    let data = data.await;
    let indicators = data["previewCadreChange"]["indicators"].as_array();
    let told = indicators.expect("a list").iter();
    let told = told.map(|it| (text(&it["code"]), codes(&it["cadres"]).join(" ")));
    let (accounts, thresholds): (Vec<_>, Vec<_>) = told.partition(|it| it.0.starts_with("NHWA-"));
    let thresholds = thresholds.iter();
    let mut told: Vec<String> = thresholds
        .map(|(code, cadres)| format!("{code}: {cadres}"))
        .collect();
    if let Some((_, cadres)) = accounts.first() {
        assert!(accounts.iter().all(|it| it.1 == *cadres), "{accounts:?}");
        told.push(format!("{} of NHWA: {cadres}", accounts.len()));
    }
    told
}

#[tokio::test]
async fn a_merge_names_the_indicators_that_count_its_cadres_and_no_other() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let new = ministry.add("MWN", "2024-01-01").await;
    let merge = |cadres: &[&str], into: &str| {
        let cadres = cadres.iter();
        let cadres = cadres.map(|it| json!({ "cadre": ministry.id(it), "baseVersion": 1 }));
        let cadres: Vec<Value> = cadres.collect();
        json!({ "merge": { "cadres": cadres, "into": into, "on": "2025-01-01" } })
    };
    let told = touched(&ministry, merge(&["DOC"], &new)).await;
    assert_eq!(
        told,
        [
            "IHME-PHYS: DOC",
            "ILO-34.5: DOC",
            "ILO-41.1: DOC",
            "MDG-WHR2006: DOC",
            "MMR-59.4: DOC",
            "SDG-44.5: DOC",
            "17 of NHWA: DOC"
        ]
    );
    // Those who count where people go are touched as well.
    let told = touched(&ministry, merge(&["MW"], ministry.id("NUR"))).await;
    assert_eq!(
        told,
        [
            "IHME-NM: MW NUR",
            "ILO-34.5: MW NUR",
            "ILO-41.1: MW NUR",
            "MDG-WHR2006: MW NUR",
            "MMR-59.4: MW NUR",
            "SDG-44.5: MW NUR",
            "17 of NHWA: MW NUR"
        ]
    );
    let split = json!({ "split": {
        "cadre": ministry.id("MW"), "baseVersion": 1, "on": "2025-01-01",
        "into": [{ "cadre": ministry.id("DOC"), "facilityTypes": ["DH"] }], "otherwise": new,
    } });
    let told = touched(&ministry, split).await;
    assert_eq!(
        (told[0].as_str(), told[1].as_str(), told[3].as_str()),
        ("IHME-NM: MW", "IHME-PHYS: DOC", "ILO-41.1: DOC MW")
    );
    // Social workers are none of the health workforce, and the new cadre is not mapped to anything.
    assert!(
        touched(&ministry, retire(ministry.id("SWO"), "2025-01-01"))
            .await
            .is_empty()
    );
    assert!(
        touched(&ministry, retire(&new, "2025-01-01"))
            .await
            .is_empty()
    );
    // A group counts with all below it.
    let told = touched(&ministry, retire(ministry.id("G-NUR"), "2025-01-01")).await;
    assert_eq!((told.len(), told[0].as_str()), (7, "IHME-NM: MW NUR"));
}

#[tokio::test]
async fn an_indicator_counts_a_cadre_by_the_mapping_of_the_day() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let told = async |day: &str| touched(&ministry, retire(ministry.id("MW"), day)).await;
    let first = told("2026-01-01").await;
    assert_eq!((first.len(), first[0].as_str()), (7, "IHME-NM: MW"));

    // Two thirds community health workers; then all of them; then social workers.
    let shares = [("2222", Some(3_300)), ("3253", Some(6_700))];
    approved(&ministry, "MW", "2026-01-01", &shares).await;
    approved(&ministry, "MW", "2026-02-01", &[("3253", None)]).await;
    approved(&ministry, "MW", "2026-03-01", &[("3412", None)]).await;
    assert_eq!(told("2025-12-31").await, first);
    for day in ["2026-01-01", "2026-02-01", "2026-02-28"] {
        assert_eq!(told(day).await, ["17 of NHWA: MW"], "{day}");
    }
    assert_eq!(told("2026-03-01").await, Vec::<String>::new());

    // A mapping that nobody has approved yet says nothing.
    by_another(&ministry, "SWO", "2026-01-01", &[("2221", None)]).await;
    let told = touched(&ministry, retire(ministry.id("SWO"), "2026-02-01")).await;
    assert_eq!(told, Vec::<String>::new());
}

#[tokio::test]
async fn the_catalogue_tells_what_each_code_means() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let viewer = ministry.office.country.caller(Role::Viewer);
    let query = "{ indicators { code edition name names { language } unit value source isVerified isco08 } }";
    let data = viewer.clone().language("sw").data(query, json!({})).await;
    let catalogue = data["indicators"].as_array().expect("a list");
    assert_eq!(catalogue.len(), 24);
    let codes = codes(&data["indicators"]);
    assert!(codes.is_sorted(), "{codes:?}");
    for it in catalogue {
        let languages = json!([{ "language": "en" }, { "language": "fr" }, { "language": "sw" }]);
        assert_eq!(it["names"], languages, "{it}");
        assert!(!it["isco08"].as_array().expect("units").is_empty(), "{it}");
        let is_account = text(&it["code"]).starts_with("NHWA-");
        assert_eq!(it["value"].is_null(), is_account, "{it}");
    }
    insta::assert_snapshot!(catalogue[0], @r#"{"code":"IHME-NM","edition":"2022","isVerified":false,"isco08":["222","322"],"name":"Wauguzi na wakunga: uwiano wa chini wa kufikia 80 katika fahirisi ya huduma fanisi za UHC","names":[{"language":"en"},{"language":"fr"},{"language":"sw"}],"source":"GBD 2019 Human Resources for Health Collaborators, The Lancet 2022","unit":"PER_10000","value":70.6}"#);
    insta::assert_snapshot!(catalogue[4], @r#"{"code":"MDG-WHR2006","edition":"2006","isVerified":true,"isco08":["221","222","322"],"name":"Madaktari, wauguzi na wakunga: uwiano wa chini unaohusishwa na asilimia 80 ya uzazi kusaidiwa na wahudumu wenye ujuzi","names":[{"language":"en"},{"language":"fr"},{"language":"sw"}],"source":"WHO, World Health Report 2006; quoted in BMJ Global Health 7 (Suppl 1), e008310","unit":"PER_10000","value":22.8}"#);
    insta::assert_snapshot!(catalogue[6], @r#"{"code":"NHWA-1-01","edition":"2017","isVerified":true,"isco08":["1212","1219","1342","2120","2131","2149","221","222","223","224","226","2411","2422","2423","2512","321","322","323","325","3311","3313","3344","3512","4110","4226","4415","5120","5151","532","8322","9112"],"name":"Uwiano wa wahudumu wa afya kwa idadi ya watu","names":[{"language":"en"},{"language":"fr"},{"language":"sw"}],"source":"WHO, National Health Workforce Accounts: a Handbook","unit":"PER_10000","value":null}"#);
    // Its units are what a filter takes: the density to hold against a threshold.
    ministry
        .office
        .register("Keita", "F-A1", "MW", "2019-01-01")
        .await;
    ministry
        .office
        .register("Neema", "S-A1", "PSW", "2019-01-01")
        .await;
    let counted = "query($units: [String!]) { headcount(filter: {isco08: $units}) { total } }";
    for (at, total) in [(0, 1), (1, 0), (6, 1)] {
        let units = json!({ "units": catalogue[at]["isco08"] });
        let data = viewer.data(counted, units).await;
        assert_eq!(data["headcount"]["total"], total, "{}", catalogue[at]);
    }
}

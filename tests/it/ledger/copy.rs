//! Clients that keep a copy: from where they begin, and how much of the feed they ask for.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use kada::auth::Role;
use serde_json::{Value, json};

use super::changed;
use crate::support::world::{Caller, World};

const FEED: &str = "query($filter: ChangeFilterInput, $first: Int!, $after: String) {
    changes(filter: $filter, first: $first, after: $after) {
        nodes { seq verb workerId tombstone worker { id familyName } } pageInfo { hasNextPage endCursor } } }";

async fn page(caller: &Caller<'_>, filter: &Value, after: &Value) -> Value {
    let variables = json!({ "filter": filter, "first": 2, "after": after });
    caller.data(FEED, variables).await["changes"].take()
}

/// All that the feed says after a cursor.
async fn follow(caller: &Caller<'_>, filter: &Value, after: &Value) -> Vec<Value> {
    let (mut after, mut seen) = (after.clone(), Vec::new());
    loop {
        let page = page(caller, filter, &after).await;
        seen.extend(page["nodes"].as_array().expect("changes").iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return seen;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn start(caller: &Caller<'_>) -> Value {
    caller.data("{ changesStart }", json!({})).await["changesStart"].take()
}

#[tokio::test]
async fn a_copy_that_begins_at_the_start_misses_nothing_that_happens_while_it_is_made() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let district = country.caller(Role::HrOfficer).scope(&["A"]);
    for name in ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"] {
        country.register(name, "F-A1", "MW", "2020-01-01").await;
    }
    let from = start(&district).await;
    assert_eq!(
        follow(&district, &json!(null), &from).await,
        [] as [Value; 0]
    );

    let everybody = "query($after: String) { workers(first: 2, after: $after, sort: REGISTERED) {
        nodes { id familyName } pageInfo { hasNextPage endCursor } } }";
    let mut copy: BTreeMap<String, Value> = BTreeMap::new();
    let (mut after, mut turn) = (Value::Null, 0);
    loop {
        let page = district.data(everybody, json!({ "after": after })).await["workers"].take();
        for worker in page["nodes"].as_array().expect("workers") {
            let id = worker["id"].as_str().expect("an id").to_owned();
            copy.insert(id, worker["familyName"].clone());
        }
        // Meanwhile: somebody comes, one who was copied leaves, one who was copied and one who was not are renamed.
        if turn == 1 {
            country.register("Sept", "F-A2", "MW", "2020-01-01").await;
            let ids: Vec<String> = copy.keys().cloned().collect();
            let to = country.id("facility", "F-B1").await;
            let input = json!({ "worker": ids[0], "to": to, "on": "2021-01-01" });
            changed(&manager, "transferWorker", input).await;
            let input = json!({ "worker": ids[1], "baseVersion": 1, "familyName": "Renamed" });
            changed(&manager, "correctWorker", input).await;
        }
        turn += 1;
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    for change in follow(&district, &json!(null), &from).await {
        let Some(id) = change["workerId"].as_str() else {
            continue;
        };
        if change["tombstone"] == true {
            copy.remove(id);
        } else {
            copy.insert(id.to_owned(), change["worker"]["familyName"].clone());
        }
    }
    let all = "{ workers(first: 100) { nodes { id familyName } } }";
    let now = district.data(all, json!({})).await;
    let now: BTreeMap<String, Value> = (now["workers"]["nodes"].as_array().expect("workers"))
        .iter()
        .map(|it| {
            (
                it["id"].as_str().expect("an id").to_owned(),
                it["familyName"].clone(),
            )
        })
        .collect();
    assert_eq!(now.len(), 6);
    assert_eq!(copy, now);
    let hub = country.caller(Role::HubAnalyst);
    assert!(hub.ask("{ changesStart }", json!({})).await["errors"].is_array());
}

#[tokio::test]
async fn a_narrower_feed_has_tombstones_of_its_own() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let region = country.caller(Role::HrOfficer).scope(&["A"]);
    let (near, within) = (
        country.id("orgUnit", "A-1").await,
        country.id("orgUnit", "A").await,
    );
    let elsewhere = country.id("orgUnit", "B").await;
    let from = start(&region).await;
    let worker = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let to = country.id("facility", "F-A2").await;
    let input = json!({ "worker": worker, "to": to, "on": "2021-01-01" });
    changed(&manager, "transferWorker", input).await;
    country.register("Keita", "F-B1", "MW", "2020-01-01").await;

    let told = |rows: Vec<Value>| -> Vec<(String, bool)> {
        let told = rows.iter().filter(|it| it["workerId"] == worker);
        let told = told.map(|it| {
            (
                it["verb"].as_str().expect("a verb").to_owned(),
                it["tombstone"] == true,
            )
        });
        told.collect()
    };
    let verbs = |gone| vec![("register".to_owned(), gone), ("transfer".to_owned(), gone)];
    let of = |unit: &str| json!({ "orgUnit": unit });
    let whole = follow(&region, &json!(null), &from).await;
    assert_eq!(told(whole), verbs(false));
    assert_eq!(
        told(follow(&region, &of(&within), &from).await),
        verbs(false)
    );
    // In the district where the worker was, they have left; what came before they left is of that district.
    let rows = follow(&region, &of(&near), &from).await;
    assert_eq!(rows.last().expect("rows")["worker"], json!(null));
    let expected = [
        ("register".to_owned(), false),
        ("transfer".to_owned(), true),
    ];
    assert_eq!(told(rows), expected);
    // Nothing of another region is told to whoever works for this one, whatever they ask for.
    for unit in [
        elsewhere,
        "unit_01900000000070008000000000000abc".to_owned(),
    ] {
        let rows = follow(&region, &of(&unit), &from).await;
        let workers: BTreeSet<String> = rows.iter().map(|it| it["workerId"].to_string()).collect();
        assert!(workers.iter().all(|it| it == "null"), "{rows:?}");
    }
    let social = json!({ "sectors": ["SOCIAL"] });
    assert_eq!(told(follow(&region, &social, &from).await), []);
    let health = json!({ "sectors": ["HEALTH"], "orgUnit": within });
    assert_eq!(told(follow(&region, &health, &from).await), verbs(false));
    let strange = json!({ "filter": { "orgUnit": worker }, "first": 2 });
    assert_eq!(region.error_code(FEED, strange).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_window_takes_in_its_first_moment_and_not_its_last() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let from = start(&manager).await;
    for name in ["Un", "Deux", "Trois"] {
        country.register(name, "F-A1", "MW", "2020-01-01").await;
        world.clock.advance(TimeDelta::minutes(10));
    }
    let names = async |filter: Value| -> Vec<Value> {
        let rows = follow(&manager, &filter, &from).await;
        rows.iter()
            .map(|it| it["worker"]["familyName"].clone())
            .collect()
    };
    let at = |minute: u32| format!("2026-03-01T12:{minute:02}:00Z");
    assert_eq!(names(json!({ "from": at(10) })).await, ["Deux", "Trois"]);
    assert_eq!(names(json!({ "to": at(10) })).await, ["Un"]);
    assert_eq!(
        names(json!({ "from": at(10), "to": at(20) })).await,
        ["Deux"]
    );
    assert_eq!(
        names(json!({ "from": at(20), "to": at(10) })).await,
        [] as [Value; 0]
    );
}

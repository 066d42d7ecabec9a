//! Record history and the change feed, as callers see them.

use kada::auth::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

use super::{changed, head};
use crate::support::world::{Caller, World};

const FEED: &str = "query($first: Int!, $after: String) { changes(first: $first, after: $after) {
    edges { cursor node { seq verb workerId tombstone content worker { id } } }
    pageInfo { hasNextPage endCursor } } }";

/// What the feed says after a cursor, at most so much.
async fn page(caller: &Caller<'_>, first: u32, after: &Value) -> Value {
    let variables = json!({ "first": first, "after": after });
    caller.data(FEED, variables).await["changes"].take()
}

fn rows(page: &Value) -> Vec<Value> {
    let edges = page["edges"].as_array().expect("edges");
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

#[tokio::test]
async fn a_records_history_is_the_newest_change_first_with_its_legal_act() {
    let world = World::new().await;
    let country = world.country().await;
    let worker = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let registered = head(&country).await;
    country.register("Keïta", "F-A1", "MW", "2020-01-01").await;
    let manager = country.caller(Role::HrManager);
    let to = country.id("facility", "F-B1").await;
    let act = json!({ "number": "2021-0417/MSDS-SG", "date": "2020-12-24" });
    let moved = json!({ "worker": worker, "to": to, "on": "2021-01-01", "act": act });
    changed(&manager, "transferWorker", moved).await;
    let act = json!({ "number": "12/DRH" });
    let corrected = json!({
        "worker": worker, "baseVersion": 2, "familyName": "Traore", "act": act
    });
    changed(&manager, "correctWorker", corrected).await;

    let query = "query($id: ID!, $first: Int!) { worker(by: {id: $id}) { history(first: $first) {
        seq at verb actor act { number date } workerId tombstone content } } }";
    let variables = json!({ "id": worker, "first": 10 });
    let mut data = manager.data(query, variables).await;
    let mut history = data["worker"]["history"].take();
    let posted = &mut history[1]["content"]["fields"];
    assert_eq!(
        posted.as_object().expect("fields").len(),
        2,
        "one ended, one began"
    );
    *posted = json!("two postings");
    let born = history[2]["content"]["fields"].take();
    assert_eq!(born["familyName"], json!({ "from": null, "to": "Traoré" }));
    assert_eq!(
        born["birthDate"],
        json!({ "from": null, "to": "1980-05-17" })
    );
    let row = |seq: i64, verb: &str, act: Value, content: Value| {
        json!({
            "seq": seq, "at": "2026-03-01T12:00:00+00:00", "verb": verb, "act": act, "content": content,
            "actor": format!("{}-hr_manager@kada.localhost/development", country.code),
            "workerId": worker, "tombstone": false,
        })
    };
    let renamed = json!({ "version": 3, "fields": {
        "familyName": { "from": "Traoré", "to": "Traore" } } });
    let expected = json!([
        row(
            registered + 3,
            "correct",
            json!({ "number": "12/DRH", "date": null }),
            renamed
        ),
        row(
            registered + 2,
            "transfer",
            json!({ "number": "2021-0417/MSDS-SG", "date": "2020-12-24" }),
            json!({ "version": 2, "fields": "two postings" }),
        ),
        row(
            registered,
            "register",
            Value::Null,
            json!({ "version": 1, "fields": null })
        ),
    ]);
    assert_eq!(history, expected);

    let variables = json!({ "id": worker, "first": 1 });
    let newest = manager.data(query, variables).await;
    assert_eq!(
        newest["worker"]["history"].as_array().map(Vec::len),
        Some(1)
    );
    for first in [0, -1, 101] {
        let variables = json!({ "id": worker, "first": first });
        assert_eq!(manager.error_code(query, variables).await, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn pages_of_the_feed_meet_and_the_last_cursor_waits_for_more() {
    let world = World::new().await;
    let country = world.country().await;
    for name in ["Un", "Deux", "Trois", "Quatre", "Cinq"] {
        country.register(name, "F-A1", "MW", "2020-01-01").await;
    }
    let last = head(&country).await;
    let manager = country.caller(Role::HrManager);
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = page(&manager, 2, &after).await;
        seen.extend(rows(&page).iter().map(|row| row["seq"].as_i64()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, (1..=last).map(Some).collect::<Vec<_>>());
    let nothing_yet = page(&manager, 10, &after).await;
    assert_eq!(rows(&nothing_yet), Vec::<Value>::new());
    let worker = country.register("Six", "F-A1", "MW", "2020-01-01").await;
    let news = rows(&page(&manager, 10, &after).await);
    assert_eq!(news.len(), 1);
    assert_eq!(news[0]["workerId"], worker);
    assert_eq!(news[0]["worker"]["id"], worker);
}

#[tokio::test]
async fn a_record_that_leaves_a_scope_is_a_tombstone_there_and_news_elsewhere() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = |scope: &str| country.caller(Role::HrManager).scope(&[scope]);
    let (leaving, arriving, above) = (manager("A-1"), manager("B-1"), manager("A"));
    let worker = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let start = page(&leaving, 100, &Value::Null).await["pageInfo"]["endCursor"].take();
    let own = page(&leaving, 100, &Value::Null).await;
    assert_eq!(
        rows(&own).last().map(|it| it["workerId"].clone()),
        Some(json!(worker))
    );
    let unseen = page(&arriving, 100, &Value::Null).await;
    assert!(rows(&unseen).iter().all(|row| row["workerId"].is_null()));

    let to = country.id("facility", "F-B1").await;
    let input = json!({ "worker": worker, "to": to, "on": "2021-01-01" });
    // Whoever moves somebody in one step works for both places.
    changed(&country.caller(Role::HrManager), "transferWorker", input).await;
    let seq = head(&country).await;
    let tombstone = json!([{
        "seq": seq, "verb": "transfer", "workerId": worker, "tombstone": true, "content": null,
        "worker": null,
    }]);
    for caller in [&leaving, &above] {
        assert_eq!(json!(rows(&page(caller, 100, &start).await)), tombstone);
    }
    let news = rows(&page(&arriving, 100, &start).await);
    assert_eq!(news.len(), 1);
    assert_eq!(news[0]["tombstone"], false);
    assert_eq!(news[0]["worker"]["id"], worker);
    assert_eq!(news[0]["content"]["version"], 2);
    // What happened to the record before it came is read from the record itself.
    let query = "query($id: ID!) { worker(by: {id: $id}) { history(first: 9) { verb } } }";
    let data = arriving.data(query, json!({ "id": worker })).await;
    assert_eq!(
        data["worker"]["history"],
        json!([{ "verb": "transfer" }, { "verb": "register" }])
    );
    let data = leaving.data(query, json!({ "id": worker })).await;
    assert_eq!(data["worker"], Value::Null);
}

#[tokio::test]
async fn a_record_that_changes_its_sector_leaves_the_scope_of_the_old_one() {
    use kada::kernel::Sector;

    let world = World::new().await;
    let country = world.country().await;
    let health = country.caller(Role::HrManager).sectors(&[Sector::Health]);
    let social = country.caller(Role::HrManager).sectors(&[Sector::Social]);
    let worker = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let start = page(&health, 100, &Value::Null).await["pageInfo"]["endCursor"].take();
    let (to, cadre) = (
        country.id("facility", "S-A1").await,
        country.id("cadre", "SWO").await,
    );
    let input = json!({ "worker": worker, "to": to, "cadre": cadre, "on": "2021-01-01" });
    changed(&country.caller(Role::HrManager), "transferWorker", input).await;
    let seen = |rows: Vec<Value>| {
        assert_eq!(rows.len(), 1);
        (rows[0]["tombstone"].clone(), rows[0]["content"].is_null())
    };
    assert_eq!(
        seen(rows(&page(&health, 100, &start).await)),
        (json!(true), true)
    );
    assert_eq!(
        seen(rows(&page(&social, 100, &start).await)),
        (json!(false), false)
    );
}

#[tokio::test]
async fn a_cursor_from_before_a_restore_is_refused() {
    let world = World::new().await;
    let country = world.country().await;
    country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let manager = country.caller(Role::HrManager);
    let cursor = page(&manager, 1, &Value::Null).await["pageInfo"]["endCursor"].take();
    let restore = format!(
        "update {}.ledger_head set epoch = epoch + 1",
        country.code.schema()
    );
    let mut superuser = world.database.superuser().await;
    superuser
        .execute(AssertSqlSafe(restore))
        .await
        .expect("as a restore does");

    let variables = json!({ "first": 1, "after": cursor });
    let refused = manager.ask(FEED, variables).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(refused["errors"][0]["extensions"]["field"], "after");
    assert_eq!(refused["data"], Value::Null);
    let anew = page(&manager, 100, &Value::Null).await;
    assert_eq!(rows(&anew).len() as i64, head(&country).await);
    let cursor = &anew["pageInfo"]["endCursor"];
    assert!(rows(&page(&manager, 1, cursor).await).is_empty());
}

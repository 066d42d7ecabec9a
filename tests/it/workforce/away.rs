//! A database that goes away in the middle of a batch: what was not done is said to be, and is done when it is sent again.

use std::time::Duration;

use kada::kernel::{Id, PostingId};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::office::{Office, with};
use super::offline::{item, said, send};
use crate::support::world::World;

const NAMES: [&str; 6] = ["Zongo", "Mbeki", "Ouattara", "Fofana", "Diarra", "Cissé"];

/// Ends every connection of a country that waits for a lock; how many there were.
async fn cut_off(superuser: &mut PgConnection, schema: &str) -> usize {
    let waiting = "select pg_terminate_backend(pid) from pg_stat_activity
                   where usename = $1 and wait_event_type = 'Lock'";
    let ended = sqlx::query(waiting)
        .bind(schema)
        .fetch_all(superuser)
        .await
        .expect("an answer");
    ended.len()
}

/// Sends a batch while the records of those with a name are held, and cuts off whoever waits for them; what became of the
/// items, and how many connections it took.
async fn send_cut_off(
    (world, office): (&World, &Office<'_>),
    items: &[Value],
    names: &[&str],
) -> (Vec<Value>, usize) {
    let schema = office.country.code.schema();
    let mut holder = world.database.superuser().await;
    let mut superuser = world.database.superuser().await;
    let mut held = holder.begin().await.expect("a transaction");
    let statement = format!("select from {schema}.worker where family_name = any($1) for update");
    sqlx::query(AssertSqlSafe(statement))
        .bind(names)
        .fetch_all(&mut *held)
        .await
        .expect("held");
    let mut cut = 0;
    let sent = send(&office.manager, items);
    tokio::pin!(sent);
    loop {
        tokio::select! {
            outcomes = &mut sent => return (outcomes, cut),
            () = tokio::time::sleep(Duration::from_millis(5)) => {
                cut += cut_off(&mut superuser, &schema).await;
            }
        }
    }
}

#[tokio::test]
async fn an_item_that_the_database_did_not_answer_for_fails_alone_and_is_done_later() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let free = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let held = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let rename = |worker: &Value, name: &str| json!({ "worker": worker["id"], "baseVersion": 1, "givenNames": name });
    let end = json!({ "posting": held["posting"]["id"], "endsOn": "2026-12-31", "reason": "resignation" });
    let items = [
        item("rename-held", &[], "correctWorker", rename(&held, "Awa")),
        item("end-of-held", &["rename-held"], "endPosting", end),
        item("rename-free", &[], "correctWorker", rename(&free, "Awa")),
    ];
    let (sent, cut) = send_cut_off((&world, &office), &items, &["Traoré"]).await;
    let states: Vec<String> = sent.iter().map(said).collect();
    assert_eq!(states, ["FAILED UNAVAILABLE", "WAITING", "DONE"]);
    assert_eq!(cut, 1);
    let told = office.worker(&held["id"], None).await;
    assert_eq!(
        (&told["version"], &told["posting"]["endsOn"]),
        (&json!(1), &json!(null))
    );

    let again = send(&office.manager, &items).await;
    let states: Vec<String> = again.iter().map(said).collect();
    assert_eq!(states, ["DONE"; 3]);
    assert_eq!(
        again[2]["worker"], sent[2]["worker"],
        "it is told, not done twice"
    );
    let told = office.worker(&held["id"], None).await;
    assert_eq!(
        (&told["version"], &told["posting"]["endsOn"]),
        (&json!(3), &json!("2026-12-31"))
    );
}

#[tokio::test]
async fn a_batch_does_not_go_on_asking_a_database_that_is_away() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let mut items = Vec::new();
    for name in NAMES {
        let worker = office.register(name, "F-A1", "MW", "2020-01-01").await;
        let moved = json!({
            "worker": worker["id"], "posting": PostingId::new().encode(),
            "to": office.id("F-A2"), "on": "2026-01-01",
        });
        items.push(item(
            &format!("transfer-{name}"),
            &[],
            "transferWorker",
            moved,
        ));
    }
    let (sent, cut) = send_cut_off((&world, &office), &items, &NAMES).await;
    for outcome in &sent {
        assert_eq!(said(outcome), "FAILED UNAVAILABLE");
    }
    assert_eq!(cut, 3, "the fourth was not tried");
    for (outcome, item) in send(&office.manager, &items).await.iter().zip(&items) {
        assert_eq!(said(outcome), "DONE");
        let transfer = &item["do"]["transferWorker"];
        let told = office.worker(&transfer["worker"], None).await;
        assert_eq!(told["posting"]["id"], transfer["posting"]);
    }
}

#[tokio::test]
async fn a_transfer_opens_a_posting_of_the_clients_making_that_later_items_speak_of() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let posting = PostingId::new().encode();
    let moved = json!({
        "worker": worker["id"], "posting": posting, "to": office.id("F-A2"), "on": "2026-01-01",
    });
    let end = json!({ "posting": posting, "endsOn": "2026-06-30", "reason": "resignation" });
    let items = [
        item("end-after-transfer", &["transfer-keita"], "endPosting", end),
        item("transfer-keita", &[], "transferWorker", moved.clone()),
    ];
    let sent = send(&office.manager, &items).await;
    assert_eq!([said(&sent[0]), said(&sent[1])], ["DONE", "DONE"]);
    let told = office.worker(&worker["id"], Some("2026-05-01")).await;
    assert_eq!(told["posting"]["id"], posting);
    assert_eq!(told["posting"]["endsOn"], "2026-06-30");

    let other = office.register("Sow", "F-A1", "MW", "2020-01-01").await;
    let taken = with(&moved, &[("worker", other["id"].clone())]);
    let sent = send(
        &office.manager,
        &[item("transfer-sow", &[], "transferWorker", taken)],
    )
    .await;
    assert_eq!(said(&sent[0]), "REFUSED ID_TAKEN posting");
}

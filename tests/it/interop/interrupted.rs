//! Imports that do not come to their end, or not alone.

use std::fmt::Write;
use std::time::Duration;

use kada::auth::Role;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::{counts, import};
use crate::support::world::{TestCountry, World};

/// Three batches and a bit.
const PEOPLE: usize = 7_000;

fn file() -> String {
    let mut file = String::from("family_name,birth_date,matricule,sex,org_unit,sector\n");
    for at in 0..PEOPLE {
        writeln!(file, "Traoré,1990-01-01,M-{at},F,A-1,health").expect("a row");
    }
    file
}

/// Ends the tenant's connections as soon as somebody is on its register.
async fn cut_off(country: &TestCountry<'_>, world: &World) {
    let mut superuser = world.database.superuser().await;
    let schema = country.code.schema();
    let any = format!("select exists (select from {schema}.worker)");
    loop {
        let any: bool = sqlx::query_scalar(AssertSqlSafe(any.as_str()))
            .fetch_one(&mut superuser)
            .await
            .expect("an answer");
        if any {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1")
        .bind(schema)
        .execute(&mut superuser)
        .await
        .expect("ended");
}

#[tokio::test]
async fn a_fault_in_a_later_batch_leaves_what_is_in_and_says_so() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let file = file();
    let (stopped, ()) = tokio::join!(
        import(&manager, file.as_bytes(), json!({})),
        cut_off(&country, &world)
    );
    let [accepted, changed, unchanged, refused] = counts(&stopped);
    assert_eq!([changed, unchanged, refused], [0; 3], "{stopped:#}");
    let all = PEOPLE as u64;
    assert!((2_000..all).contains(&accepted), "{accepted}");
    let error = &stopped["errors"][0];
    assert_eq!(error["code"], "INTERRUPTED", "{stopped:#}");
    assert_eq!(error["path"], json!(["file"]));
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains(&accepted.to_string()), "{message}");
    let count = "{ workers(first: 1) { totalCount } }";
    let found = manager.data(count, json!({})).await;
    assert_eq!(found["workers"]["totalCount"], accepted);

    let again = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [all - accepted, 0, accepted, 0]);
    assert_eq!(again["errors"], json!([]));
}

#[tokio::test]
async fn a_rehearsal_beside_an_import_ends_well() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let file = file();
    let (written, rehearsed) = tokio::join!(
        import(&manager, file.as_bytes(), json!({})),
        import(&manager, file.as_bytes(), json!({ "dryRun": true }))
    );
    let all = PEOPLE as u64;
    assert_eq!(counts(&written), [all, 0, 0, 0]);
    let [accepted, changed, unchanged, refused] = counts(&rehearsed);
    assert_eq!(
        (accepted + unchanged, changed, refused),
        (all, 0, 0),
        "{rehearsed:#}"
    );
}

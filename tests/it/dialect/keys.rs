//! Idempotency keys: a device that never got its answer asks again and gets the same one.

use chrono::TimeDelta;
use kada::auth::Role;
use serde_json::{Value, json};

use crate::support::world::{Caller, World};
use crate::workforce::office::{Office, ask, document, refusals, text, with};

const KEY: &str = "a device's key";

fn keyed(input: &Value, key: &str) -> Value {
    with(input, &[("idempotencyKey", json!(key))])
}

async fn registered(office: &Office<'_>) -> Value {
    let query = "{ workers(first: 1) { totalCount } }";
    office.manager.data(query, json!({})).await["workers"]["totalCount"].clone()
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = keyed(&office.person("Traoré", "F-A1", "MW", "2020-01-01"), KEY);
    let first = office.ask("registerWorker", person.clone()).await;
    let again = office.ask("registerWorker", person.clone()).await;
    assert_eq!(first, again);
    assert_eq!(registered(&office).await, json!(1));
    // Also when the record has moved on.
    let correct =
        json!({ "worker": first["worker"]["id"], "baseVersion": 1, "familyName": "Diarra" });
    office.change("correctWorker", correct).await;
    assert_eq!(office.ask("registerWorker", person).await, first);
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_is_remembered_in_every_language() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let stale =
        json!({ "worker": worker["id"], "baseVersion": 2, "sex": "MALE", "idempotencyKey": KEY });
    let first = office.ask("correctWorker", stale.clone()).await;
    assert_eq!(refusals(&first), ["STALE baseVersion"]);
    let correct = json!({ "worker": worker["id"], "baseVersion": 1, "familyName": "Diarra" });
    office.change("correctWorker", correct).await;
    // Now it would be accepted, but the answer was given.
    assert_eq!(office.ask("correctWorker", stale.clone()).await, first);
    let french = office.manager.clone().language("fr");
    let again = ask(&french, "correctWorker", stale).await;
    assert_eq!(again["errors"][0]["code"], json!("STALE"));
    assert_ne!(again["errors"][0]["message"], first["errors"][0]["message"]);
}

#[tokio::test]
async fn a_key_is_not_for_something_else() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = keyed(&office.person("Traoré", "F-A1", "MW", "2020-01-01"), KEY);
    let first = office.change("registerWorker", person.clone()).await;
    let other = with(&person, &[("familyName", json!("Keita"))]);
    let payload = office.ask("registerWorker", other).await;
    assert_eq!(
        refusals(&payload),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    // Nor for another mutation.
    let correct = json!({ "worker": first["id"], "baseVersion": 1, "idempotencyKey": KEY });
    let payload = office.ask("correctWorker", correct).await;
    assert_eq!(
        refusals(&payload),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    assert_eq!(registered(&office).await, json!(1));
    for key in ["", "7 chars", &"k".repeat(201)] {
        let input = keyed(&person, key);
        let code = office
            .manager
            .error_code(&document("registerWorker"), json!({ "input": input }))
            .await;
        assert_eq!(code, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn two_requests_at_once_with_one_key_register_one_person() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = keyed(&office.person("Traoré", "F-A1", "MW", "2020-01-01"), KEY);
    let send = || ask(&office.manager, "registerWorker", person.clone());
    let (one, two, three) = tokio::join!(send(), send(), send());
    assert_eq!(refusals(&one), Vec::<String>::new());
    assert_eq!((&one, &one), (&two, &three));
    assert_eq!(registered(&office).await, json!(1));
}

#[tokio::test]
async fn a_key_is_its_owners_alone() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = keyed(&office.person("Traoré", "F-A1", "MW", "2020-01-01"), KEY);
    let register = async |caller: &Caller<'_>| {
        let payload = ask(caller, "registerWorker", person.clone()).await;
        text(&payload["worker"]["id"])
    };
    let manager = register(&office.manager).await;
    let officer = register(&office.country.caller(Role::HrOfficer)).await;
    assert_ne!(manager, officer);
    assert_eq!(registered(&office).await, json!(2));
}

#[tokio::test]
async fn a_key_is_forgotten_after_thirty_days() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = keyed(&office.person("Traoré", "F-A1", "MW", "2020-01-01"), KEY);
    let first = office.ask("registerWorker", person.clone()).await;
    world.clock.advance(TimeDelta::days(30));
    assert_eq!(office.ask("registerWorker", person.clone()).await, first);
    world.clock.advance(TimeDelta::seconds(1));
    let after = office.ask("registerWorker", person.clone()).await;
    assert_eq!(refusals(&after), Vec::<String>::new());
    assert_ne!(after["worker"]["id"], first["worker"]["id"]);
    // And counts from then on.
    assert_eq!(office.ask("registerWorker", person).await, after);
}

/// What fails is no answer: the key is free for the next attempt.
#[tokio::test]
async fn a_denial_uses_no_key_up() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = keyed(&office.person("Traoré", "F-A1", "MW", "2020-01-01"), KEY);
    let clerk = office.country.caller(Role::DataClerk);
    let query = document("registerWorker");
    for _ in 0..2 {
        let code = clerk.error_code(&query, json!({ "input": person })).await;
        assert_eq!(code, "FORBIDDEN");
    }
    let kept = json!({
        "familyName": "Keita", "sex": "MALE", "orgUnit": office.id("A"), "sector": "HEALTH", "idempotencyKey": KEY,
    });
    let payload = ask(&clerk, "registerWorker", kept).await;
    assert_eq!(refusals(&payload), Vec::<String>::new());
}

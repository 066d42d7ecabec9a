//! The ledger: gapless, in commit order, tamper-evident, and every view of it tells the same story.

mod concurrent;
mod copy;
mod feed;
mod interrupted;
mod verified;

use kada::ledger::{self, Broken};
use serde_json::{Value, json};

use crate::support::world::{Caller, TestCountry};

/// Sends a mutation its input; the payload, refused or not.
async fn change(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let (first, rest) = mutation.split_at(1);
    let query = format!(
        "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{
             worker {{ id version posting {{ id }} }} errors {{ errorCode path }} }} }}",
        first.to_uppercase()
    );
    caller.data(&query, json!({ "input": input })).await[mutation].take()
}

/// A change that must be accepted; the worker as they then are.
async fn changed(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let mut payload = change(caller, mutation, input).await;
    assert_eq!(payload["errors"], json!([]), "{mutation}");
    payload["worker"].take()
}

/// The verdict on the whole chain, through the tenant's own door.
async fn verdict(country: &TestCountry<'_>) -> Result<i64, Broken> {
    let snapshot = country.db.snapshot();
    let verdict = ledger::verify(&mut snapshot.read().await.expect("a connection")).await;
    snapshot.end().await;
    verdict.expect("the ledger can be read")
}

/// The number of the newest row.
async fn head(country: &TestCountry<'_>) -> i64 {
    let snapshot = country.db.snapshot();
    let head = ledger::head(&mut snapshot.read().await.expect("a connection")).await;
    snapshot.end().await;
    head.expect("there is a head").seq
}

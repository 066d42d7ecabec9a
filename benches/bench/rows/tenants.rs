//! What it costs Postgres that requests come from all tenants in turn and not from one.

use anyhow::ensure;
use serde_json::{Value, json};

use super::{Bench, Bound, Seen, page};
use crate::data::people;
use crate::drive::Ask;
use crate::rounds::{Rounds, Sample, Side};

const BY_ID: &str =
    "query($id: ID!) { worker(by: {id: $id}) { id name posting { facility { name } } } }";
const SEARCH: &str =
    "query($name: String!) { workers(first: 20, filter: {name: $name}) { nodes { id name } } }";
/// How many requests of each kind a tenant gets before the clients begin again.
const EACH: usize = 20;
const CONNECTIONS: usize = 16;

pub async fn interleaved(bench: &Bench) -> anyhow::Result<Seen> {
    let (data, server) = (&bench.data, &bench.server);
    let tenants = &data.equal;
    let all: Vec<String> = tenants
        .iter()
        .map(|it| data.token(it))
        .collect::<anyhow::Result<_>>()?;
    let requests = requests(data.scale.workers);
    let mut first: Option<Vec<Value>> = None;
    for token in &all {
        let mut answers = Vec::new();
        for (query, variables) in requests.iter().take(3) {
            answers.push(server.data(token, query, variables.clone()).await?);
        }
        let expected = first.get_or_insert_with(|| answers.clone());
        ensure!(*expected == answers, "the tenants answer differently");
    }
    // Request by request, each of another tenant.
    let asks = |tokens: &[String]| -> Vec<Ask> {
        let turns = requests
            .iter()
            .flat_map(|request| tokens.iter().map(move |it| (it, request)));
        turns
            .map(|(token, (query, variables))| Ask::graphql(token, query, variables))
            .collect()
    };
    let (of_all, of_one) = (asks(&all), asks(&all[..1]));
    let postmaster = data.postmaster()?;
    let side = |asks| Side {
        address: server.address,
        pid: server.pid,
        postmaster,
        asks,
        connections: CONNECTIONS,
    };
    let rounds = Rounds::of(data.scale, &side(&of_all[..]), &side(&of_one[..])).await?;
    let told = |cpu: f64, rate: f64| format!("{cpu:.2} ms CPU of Postgres, {rate:.0}/s");
    Ok(Seen {
        figure: rounds.ratio(Sample::postgres),
        bound: Bound::AtMost(1.3),
        unit: "×",
        ours: told(
            rounds.ours(Sample::postgres).median,
            rounds.ours(Sample::per_second).median,
        ),
        limit: told(
            rounds.limit(Sample::postgres).median,
            rounds.limit(Sample::per_second).median,
        ),
        besides: Some((format!("{} tenants", tenants.len()), true)),
    })
}

/// Look-ups, searches and first pages, in turn.
fn requests(workers: usize) -> Vec<(&'static str, Value)> {
    let names = ["Traoré", "Coul", "Fatou", "Sang", "Kouyaté"];
    (0..EACH)
        .flat_map(|at| {
            let id = people::worker_id(at * workers / EACH);
            [
                (BY_ID, json!({ "id": id })),
                (SEARCH, json!({ "name": names[at % names.len()] })),
                (page::QUERY, json!({ "first": 50 })),
            ]
        })
        .collect()
}

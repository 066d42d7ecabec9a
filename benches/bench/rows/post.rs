//! Posting workers by a mutation, beside pgbench with the very statements that the mutation sends.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use kada::kernel::TenantCode;
use kada::ledger;
use serde_json::{Value, json};
use tokio::process::Command;

use super::{Bench, Bound, Seen};
use crate::data::{Content, Data, people};
use crate::drive::Ask;
use crate::rounds::{Rounds, Sample, Side};
use crate::statements::{self, Statement};

const MUTATION: &str = "mutation($input: PostWorkerInput!) { postWorker(input: $input) {
    worker { id version } errors { errorCode path } } }";
const PLACES: &str = "{ facility(by: {code: \"B-0000\"}) { id } cadre(by: {code: \"ML-SF\"}) { id }
    orgUnits(first: 100, filter: {level: 2}) { nodes { id } } }";
const CLIENTS: usize = 16;

pub async fn a_worker(bench: &Bench) -> anyhow::Result<Seen> {
    let (data, server) = (&bench.data, &bench.server);
    let [tenant, _] = &data.scratch;
    data.refill(tenant, Content::Whole).await?;
    let token = data.token(tenant)?;
    let places = server.data(&token, PLACES, json!({})).await?;
    let districts = places["orgUnits"]["nodes"].as_array().map_or(0, Vec::len);
    ensure!(districts > 0, "no districts: {places}");
    // The people of the first district, so that a record stays where it is kept.
    let ids = (0..data.scale.workers).step_by(districts);
    let inputs: Vec<Value> = ids
        .map(|it| input(&people::worker_id(it), &places))
        .collect();

    // Once for the server to remember its lists, once to be written down.
    server.data(&token, MUTATION, inputs[0].clone()).await?;
    let posted = server.data(&token, MUTATION, inputs[0].clone());
    let (answer, sent) = statements::during(data, tenant, posted).await?;
    let posted = &answer["postWorker"];
    ensure!(posted["worker"]["version"].is_number(), "{answer}");
    let script = data.home.join("post.sql");
    std::fs::write(&script, replay(&sent, districts, inputs.len())?)?;

    let asks: Vec<Ask> = inputs
        .iter()
        .map(|it| Ask::graphql(&token, MUTATION, it))
        .collect();
    let ours = Side {
        address: server.address,
        pid: server.pid,
        postmaster: data.postmaster()?,
        asks: &asks,
        connections: CLIENTS,
    };
    let before = verified(data, tenant).await?;
    let warm = ours.round(data.scale.round).await?;
    let written = verified(data, tenant).await? - before;
    let rounds = Rounds::run(
        data.scale,
        async |time| ours.round(time).await,
        async |time| pgbench(data, tenant, &script, time).await,
    )
    .await?;
    let rate = |it: &Sample| it.per_second();
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let whole = warm.answers <= written as f64;
    let besides = format!(
        "{} statements; {written} ledger rows for {:.0} answers in time, verified",
        sent.len(),
        warm.answers
    );
    Ok(Seen {
        figure: rounds.ratio(rate),
        bound: Bound::AtLeast(0.4),
        unit: "×",
        ours: format!(
            "{:.0}/s, {:.2} ms CPU",
            rounds.ours(rate).median,
            rounds.ours(Sample::cpu).median
        ),
        limit: format!("{:.0}/s", rounds.limit(rate).median),
        besides: Some((besides, whole)),
    })
}

fn input(worker: &str, places: &Value) -> Value {
    json!({ "input": { "worker": worker, "posting": {
        "facility": places["facility"]["id"], "cadre": places["cadre"]["id"],
        "employmentType": "civil_servant", "startsOn": "2024-01-01", "isPrimary": false,
    }}})
}

/// The newest row of a ledger whose chain holds.
async fn verified(data: &Data, tenant: &TenantCode) -> anyhow::Result<i64> {
    let door = data.door(tenant).await?;
    let snapshot = door.snapshot();
    let verdict = ledger::verify(&mut *snapshot.read().await?).await;
    snapshot.end().await;
    Ok(verdict??)
}

/// A script of pgbench that does again what was sent: for any of `people`, every `step`-th on the register, and with a
/// posting of its own. All other values stay what they were.
fn replay(sent: &[Statement], step: usize, people: usize) -> anyhow::Result<String> {
    let insert = sent
        .iter()
        .find(|it| it.text.starts_with("insert into posting "));
    let posting = insert.and_then(|it| it.parameters.first()?.clone());
    let posting = posting.context("no posting was inserted")?;
    let worker = people::uuid(0, 0).to_string();
    let person = format!(
        "('{}' || lpad(to_hex(:person::bigint * {step}), 12, '0'))::uuid",
        &worker[..24]
    );
    // Like the ids that Kada makes: milliseconds, then chance.
    let id = "(lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid";
    let mut script = format!("\\set person random(0, {})\n", people - 1);
    for statement in sent {
        let mut text = statement.text.clone();
        // From the last one, so that $1 is not found in $10.
        for (at, value) in statement.parameters.iter().enumerate().rev() {
            let put = match value.as_deref() {
                None => "null".to_owned(),
                Some(value) if value == worker => person.clone(),
                Some(value) if value == posting => id.to_owned(),
                Some(value) if *value == format!("{{{worker}}}") => format!("array[{person}]"),
                // A word right after a colon is a variable to pgbench, in JSON too.
                Some(value) => {
                    let value = value.replace('\'', "''").replace("\":", "\": ");
                    format!("'{value}'")
                }
            };
            text = text.replace(&format!("${}", at + 1), &put);
        }
        script.push_str(&text);
        script.push_str(";\n");
    }
    Ok(script)
}

/// A round of pgbench with as many clients.
async fn pgbench(
    data: &Data,
    tenant: &TenantCode,
    script: &Path,
    time: Duration,
) -> anyhow::Result<Sample> {
    let seconds = time.as_secs().max(1);
    let (clients, seconds) = (CLIENTS.to_string(), seconds.to_string());
    let output = Command::new(program()?)
        .args([
            "-n", "-M", "prepared", "-j", "2", "-c", &clients, "-T", &seconds, "-f",
        ])
        .arg(script)
        .arg(data.tenant_url(tenant))
        .output()
        .await?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let rate = told.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|it| it.split(' ').next()?.parse::<f64>().ok());
    let rate = rate.with_context(|| format!("pgbench says no rate: {told}"))?;
    Ok(Sample {
        answers: rate,
        seconds: 1.0,
        process: 0.0,
        postgres: 0.0,
    })
}

/// Debian keeps pgbench beside the server of each version.
fn program() -> anyhow::Result<PathBuf> {
    let chosen = std::env::var_os("KADA_PG_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let versions = versions.filter_map(|it| Some(it.ok()?.path().join("bin")));
    let mut places = chosen
        .into_iter()
        .chain(std::env::split_paths(&path))
        .chain(versions);
    let found = places.find(|place| place.join("pgbench").is_file());
    Ok(found.context("pgbench is not installed")?.join("pgbench"))
}

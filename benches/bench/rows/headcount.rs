//! Counting people: from the cache, beside a bare handler that has the same bytes in Redis; and counted anew.

use std::time::Instant;

use anyhow::{Context, ensure};
use chrono::{Days, NaiveDate};
use futures_util::future::try_join_all;
use kada::kernel::TenantCode;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection};

use super::{Bench, Bound, Seen, same};
use crate::drive::{Ask, Asker};
use crate::limits::Limit;
use crate::process::{cpu, cpu_of_family};
use crate::rounds::{Rounds, Sample, Side, Spread};
use crate::statements;

const QUERY: &str = "query($asOf: Date) { headcount(asOf: $asOf, groupBy: [
    {by: CADRE}, {by: ORG_UNIT, level: 1}, {by: SEX}, {by: AGE_BAND}]) {
    total rows { keys { code label } count } } }";
const CONNECTIONS: usize = 16;
/// How many answers are computed in a round.
const MISSES: usize = 20;
const MISSES_OF_LARGE: usize = 3;
/// How many ask for the same at once.
const AT_ONCE: usize = 100;

pub async fn cached(bench: &Bench) -> anyhow::Result<Seen> {
    let (data, server) = (&bench.data, &bench.server);
    let redis = bench
        .redis
        .as_ref()
        .context("redis-server is not installed")?;
    let tenant = data.first();
    let ask = Ask::graphql(&data.token(tenant)?, QUERY, &json!({ "asOf": null }));
    let mut asker = Asker::connect(server.address).await?;
    asker.ask(&ask).await?;
    let body = asker.ask(&ask).await?;
    let answer: Value = serde_json::from_slice(&body)?;
    ensure!(
        answer["extensions"]["cache"]["hit"] == true,
        "the cache has no answer: {}",
        answer["extensions"]
    );
    let limit = Limit::redis(redis, &body).await?;
    let theirs = Ask::limit(&[]);
    let kept = Asker::connect(limit.address).await?.ask(&theirs).await?;
    same(&answer, &serde_json::from_slice(&kept)?)?;
    let (ours, theirs) = ([ask], [theirs]);
    let postmaster = data.postmaster()?;
    let side = |address, pid, asks| Side {
        address,
        pid,
        postmaster,
        asks,
        connections: CONNECTIONS,
    };
    let rounds = Rounds::of(
        data.scale,
        &side(server.address, server.pid, &ours[..]),
        &side(limit.address, limit.pid, &theirs[..]),
    )
    .await?;
    let told = |it: Spread, cpu: Spread| format!("{:.0}/s, {:.3} ms CPU", it.median, cpu.median);
    Ok(Seen {
        figure: rounds.ratio(Sample::per_second),
        bound: Bound::AtLeast(0.6),
        unit: "×",
        ours: told(rounds.ours(Sample::per_second), rounds.ours(Sample::cpu)),
        limit: told(rounds.limit(Sample::per_second), rounds.limit(Sample::cpu)),
        besides: Some((format!("{} bytes", body.len()), true)),
    })
}

pub async fn uncached(bench: &Bench) -> anyhow::Result<Seen> {
    let tenant = bench.data.first();
    let mut days = days();
    let seen = computed(bench, tenant, MISSES, 40.0, &mut days).await?;
    let runs = computations(bench, tenant, &mut days).await?;
    let besides = format!("{AT_ONCE} at once were computed {runs} times");
    Ok(seen.besides(besides, runs == 1))
}

pub async fn large(bench: &Bench) -> anyhow::Result<Seen> {
    let tenant = &bench.data.large;
    let seen = computed(bench, tenant, MISSES_OF_LARGE, 600.0, &mut days()).await?;
    let people = bench.data.scale.workers * bench.data.scale.times;
    Ok(seen.besides(format!("{people} people"), true))
}

/// CPU for an answer that the cache does not have; each is asked for another day.
async fn computed(
    bench: &Bench,
    tenant: &TenantCode,
    misses: usize,
    most: f64,
    days: &mut impl Iterator<Item = NaiveDate>,
) -> anyhow::Result<Seen> {
    let (data, server) = (&bench.data, &bench.server);
    let token = data.token(tenant)?;
    let postmaster = data.postmaster()?;
    let mut samples = Vec::new();
    // The first round warms up.
    for _ in 0..=data.scale.rounds {
        // A million people are checked for longer than the server waits on a silent connection.
        let mut asker = Asker::connect(server.address).await?;
        let began = Instant::now();
        let before = (cpu(server.pid)?, cpu_of_family(postmaster)?);
        let mut last = (NaiveDate::default(), Value::Null);
        for day in days.take(misses) {
            let ask = Ask::graphql(&token, QUERY, &json!({ "asOf": day }));
            last = (day, serde_json::from_slice(&asker.ask(&ask).await?)?);
            ensure!(
                last.1["extensions"]["cache"]["hit"] != true,
                "the answer for {day} was there"
            );
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        samples.push(Sample {
            answers: misses as f64,
            seconds: began.elapsed().as_secs_f64(),
            process: cpu(server.pid)? - before.0,
            postgres: cpu_of_family(postmaster)? - before.1,
        });
        check(bench, tenant, last.0, &last.1).await?;
    }
    let figure = Spread::new(samples[1..].iter().map(Sample::cpu));
    let rate = Spread::new(samples[1..].iter().map(Sample::per_second));
    let of_postgres = Spread::new(samples[1..].iter().map(Sample::postgres));
    Ok(Seen {
        figure,
        bound: Bound::AtMost(most),
        unit: " ms",
        ours: format!(
            "{:.1} ms of it in Postgres, {:.1}/s",
            of_postgres.median, rate.median
        ),
        limit: format!("{most:.0} ms"),
        besides: None,
    })
}

/// As many people as a statement counts, and the rows add up.
async fn check(
    bench: &Bench,
    tenant: &TenantCode,
    day: NaiveDate,
    answer: &Value,
) -> anyhow::Result<()> {
    let headcount = &answer["data"]["headcount"];
    let rows = headcount["rows"].as_array();
    let rows = rows.with_context(|| format!("no headcount: {answer}"))?;
    let sum: i64 = rows.iter().filter_map(|it| it["count"].as_i64()).sum();
    let mut superuser = bench.data.superuser().await?;
    let sql = format!(
        "select count(distinct worker_id) from {}.posting
         where is_primary and starts_on <= $1 and (ends_on is null or ends_on >= $1)",
        tenant.schema()
    );
    let people: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(day)
        .fetch_one(&mut superuser)
        .await?;
    superuser.close().await?;
    ensure!(
        headcount["total"] == people && sum == people,
        "{people} people on {day}, the rows have {sum}, the total is {}",
        headcount["total"]
    );
    Ok(())
}

/// How often the statement that counts is run when many ask for the same at once.
async fn computations(
    bench: &Bench,
    tenant: &TenantCode,
    days: &mut impl Iterator<Item = NaiveDate>,
) -> anyhow::Result<usize> {
    let (data, address) = (&bench.data, bench.server.address);
    let token = data.token(tenant)?;
    let mut next = || {
        let day = days.next().context("no more days")?;
        anyhow::Ok(Ask::graphql(&token, QUERY, &json!({ "asOf": day })))
    };
    let once = next()?;
    let alone = async { Asker::connect(address).await?.ask(&once).await };
    let (_, alone) = statements::during(data, tenant, alone).await?;
    let slowest = alone
        .into_iter()
        .max_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
    let slowest = slowest.context("nothing was asked of Postgres")?.text;
    let mut askers = try_join_all((0..AT_ONCE).map(|_| Asker::connect(address))).await?;
    let ask = next()?;
    let answers = try_join_all(askers.iter_mut().map(|asker| asker.ask(&ask)));
    let (_, sent) = statements::during(data, tenant, answers).await?;
    Ok(sent.iter().filter(|it| it.text == slowest).count())
}

/// Days of some ten years.
fn days() -> impl Iterator<Item = NaiveDate> {
    let first: NaiveDate = "2016-01-01".parse().unwrap_or_default();
    (0..3_650).map(move |day| first + Days::new(day))
}

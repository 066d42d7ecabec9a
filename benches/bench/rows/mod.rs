//! The rows: what each asks, what it is compared with, and what must hold.

mod duplicates;
mod export;
mod forms;
mod headcount;
mod import;
mod memory;
mod page;
mod post;
mod search;
mod tenants;
mod worker;

use std::fmt::Display;

use anyhow::{Context, ensure};
use kada::kernel::TenantCode;
use serde_json::Value;

use crate::data::Data;
use crate::drive::{Ask, Asker};
use crate::limits::Limit;
use crate::rounds::{Rounds, Sample, Side, Spread};
use crate::server::{Redis, Server};

/// What every row has at hand.
pub struct Bench {
    pub data: Data,
    pub server: Server,
    pub redis: Option<Redis>,
}

/// A line of the table.
pub struct Row {
    pub what: &'static str,
    pub wanted: &'static str,
    pub seen: anyhow::Result<Seen>,
}

/// The figure of a row, and what stands beside it.
pub struct Seen {
    pub figure: Spread,
    pub bound: Bound,
    /// What the figure counts: `×`, `ms`.
    pub unit: &'static str,
    pub ours: String,
    pub limit: String,
    /// What else must hold, in words, and whether it does.
    pub besides: Option<(String, bool)>,
}

#[derive(Clone, Copy, Debug)]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Seen {
    pub fn holds(&self) -> bool {
        let within = match self.bound {
            Bound::AtMost(most) => self.figure.median <= most,
            Bound::AtLeast(least) => self.figure.median >= least,
        };
        within && self.besides.as_ref().is_none_or(|(_, holds)| *holds)
    }

    /// CPU for an answer beside the CPU of a limit.
    fn of_cpu(rounds: &Rounds, most: f64) -> Self {
        let told = |cpu: Spread, postgres: Spread, rate: Spread| {
            format!(
                "{:.2} ms CPU, {:.2} of it in Postgres, {:.0}/s",
                cpu.median, postgres.median, rate.median
            )
        };
        Self {
            figure: rounds.ratio(Sample::cpu),
            bound: Bound::AtMost(most),
            unit: "×",
            ours: told(
                rounds.ours(Sample::cpu),
                rounds.ours(Sample::postgres),
                rounds.ours(Sample::per_second),
            ),
            limit: told(
                rounds.limit(Sample::cpu),
                rounds.limit(Sample::postgres),
                rounds.limit(Sample::per_second),
            ),
            besides: None,
        }
    }

    fn besides(mut self, words: impl Display, holds: bool) -> Self {
        self.besides = Some((words.to_string(), holds));
        self
    }
}

/// Measures the rows whose names hold one of `chosen`, or all.
pub async fn all(bench: &Bench, chosen: &[String]) -> Vec<Row> {
    let mut table = Table {
        data: &bench.data,
        chosen,
        rows: Vec::new(),
    };
    let row = "cached headcount, authentication on";
    let wanted = "≥ 0.6 of a bare handler's throughput from Redis";
    table.row(row, wanted, headcount::cached(bench)).await;
    let row = "worker by id, three levels deep";
    let wanted = "CPU ≤ 2.5 × the statement's; one statement";
    table.row(row, wanted, worker::by_id(bench)).await;
    let row = "page of 50 workers with posting, facility, cadre, identifiers, contacts";
    let wanted = "CPU ≤ 1.4 × the statement's; as many statements for 10 as for 50";
    table.row(row, wanted, page::of_fifty(bench)).await;
    let row = "name search, 20 rows";
    let wanted = "CPU ≤ 1.5 × the statement's, and ≤ 15 ms";
    table.row(row, wanted, search::by_name(bench)).await;
    let row = "post a worker, ledger included, 16 clients";
    let wanted = "≥ 0.4 of pgbench's throughput with the same statements";
    table.row(row, wanted, post::a_worker(bench)).await;
    let row = "uncached headcount, cadre × region × sex × age band";
    let wanted = "≤ 40 ms CPU; 100 concurrent misses are one computation";
    table.row(row, wanted, headcount::uncached(bench)).await;
    let row = "all tenants interleaved against one";
    let wanted = "CPU of Postgres ≤ 1.3 × for a request";
    table.row(row, wanted, tenants::interleaved(bench)).await;
    let row = "memory of the server at 64 connections";
    let wanted = "≤ 64 MiB";
    table.row(row, wanted, memory::of_a_server(bench)).await;
    let row = "export of a register, all columns";
    let wanted = "≥ 20,000 rows a second, memory flat";
    table.row(row, wanted, export::of_workers(bench)).await;
    let row = "50 of those who answered a form so, and how many they are";
    let wanted = "CPU ≤ 2 × that of a filter by a column";
    table.row(row, wanted, forms::filter(bench)).await;
    let row = "a hostile definition of a form is refused";
    let wanted = "≤ 10 ms, the dearest of them";
    table
        .row(row, wanted, async { forms::hostile(bench) })
        .await;
    let row = "people who are twice on the register";
    let wanted = "precision ≥ 0.95, recall ≥ 0.9";
    table.row(row, wanted, duplicates::found(bench)).await;
    let row = "import of a file, validated, ledgered, indexed";
    let wanted = "≥ 0.5 of a bare COPY into the same indexes";
    table.row(row, wanted, import::of_workers(bench)).await;
    let row = "the large tenant: uncached headcount, cadre × region × sex × age band";
    let wanted = "≤ 600 ms CPU";
    table.row(row, wanted, headcount::large(bench)).await;
    table.rows
}

struct Table<'a> {
    data: &'a Data,
    chosen: &'a [String],
    rows: Vec<Row>,
}

impl Table<'_> {
    async fn row(
        &mut self,
        what: &'static str,
        wanted: &'static str,
        measured: impl Future<Output = anyhow::Result<Seen>>,
    ) {
        if !self.chosen.is_empty() && !self.chosen.iter().any(|it| what.contains(it.as_str())) {
            return;
        }
        let seen = match self.data.settle().await {
            Ok(()) => measured.await,
            Err(error) => Err(error),
        };
        let row = Row { what, wanted, seen };
        crate::report::say(&row);
        self.rows.push(row);
    }
}

/// A query as Kada and as one hand-written statement answer it.
struct Pair<'a> {
    tenant: &'a TenantCode,
    query: &'a str,
    statement: &'a str,
    /// The variables of the query with the parameters of the statement.
    asked: Vec<(Value, Vec<String>)>,
    connections: usize,
}

impl Pair<'_> {
    /// Checks that both say the same, then measures them in turn.
    async fn measure(&self, bench: &Bench) -> anyhow::Result<Rounds> {
        let (data, server) = (&bench.data, &bench.server);
        let token = data.token(self.tenant)?;
        let limit = Limit::statement(&data.tenant_url(self.tenant), self.statement).await?;
        let asked = self.asked.iter();
        let asks: Vec<(Ask, Ask)> = asked
            .map(|(variables, arguments)| {
                let ours = Ask::graphql(&token, self.query, variables);
                (ours, Ask::limit(arguments))
            })
            .collect();
        let mut askers = (
            Asker::connect(server.address).await?,
            Asker::connect(limit.address).await?,
        );
        for (ours, limits) in &asks {
            let ours: Value = serde_json::from_slice(&askers.0.ask(ours).await?)?;
            let limits: Value = serde_json::from_slice(&askers.1.ask(limits).await?)?;
            same(&ours, &limits)?;
        }
        let (ours, limits): (Vec<Ask>, Vec<Ask>) = asks.into_iter().unzip();
        let postmaster = data.postmaster()?;
        let side = |address, pid, asks| Side {
            address,
            pid,
            postmaster,
            asks,
            connections: self.connections,
        };
        let ours = side(server.address, server.pid, &ours[..]);
        let limits = side(limit.address, limit.pid, &limits[..]);
        Rounds::of(data.scale, &ours, &limits).await
    }
}

/// Both answers hold the same data, and some.
fn same(ours: &Value, limits: &Value) -> anyhow::Result<()> {
    let data = ours.get("data").context("the answer has no data")?;
    ensure!(
        ours.get("errors").is_none() && Some(data) == limits.get("data"),
        "the answers differ:\n{ours}\n{limits}"
    );
    let field = data.as_object().and_then(|it| it.values().next());
    ensure!(field.is_some_and(|it| !it.is_null()), "empty: {ours}");
    Ok(())
}

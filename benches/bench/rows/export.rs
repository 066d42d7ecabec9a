//! The register as a file, of every format, and what the server holds meanwhile.

use std::time::Instant;

use anyhow::ensure;
use kada::auth::Role;

use super::{Bench, Bound, Seen};
use crate::drive::{Ask, Asker};
use crate::process::{memory, most_memory};
use crate::rounds::Spread;
use crate::server::Server;

/// MiB above what the server holds once it has written one table.
const FLAT: f64 = 16.0;

/// Of a server of its own, which nothing was asked before.
pub async fn of_workers(bench: &Bench) -> anyhow::Result<Seen> {
    let data = &bench.data;
    let server = Server::start(data, bench.redis.as_ref()).await?;
    let token = data.token_of(data.first(), Role::HrManager)?;
    let mut asker = Asker::connect(server.address).await?;
    let rows = data.scale.workers;
    let mut rates = async |path: &'static str| {
        let ask = Ask::download(&token, path);
        let mut rates = Vec::new();
        for _ in 0..data.scale.rounds {
            let began = Instant::now();
            let lines = asker.lines(&ask).await?;
            rates.push(f64::from(u32::try_from(rows)?) / began.elapsed().as_secs_f64());
            let is_whole = lines >= rows || path.contains("xlsx");
            ensure!(is_whole, "{path}: {lines} lines");
        }
        anyhow::Ok(Spread::new(rates.into_iter()))
    };
    let first = rates("/export/workers?columns=worker_id").await?;
    let before = memory(server.pid)?;
    let csv = rates("/export/workers").await?;
    let lines = rates("/export/workers?format=ndjson").await?;
    let book = rates("/export/workers?format=xlsx").await?;
    let more = most_memory(server.pid)? - before;
    server.stop().await?;
    let told = format!(
        "{:.0} rows a second as NDJSON, {:.0} as XLSX, {:.0} of one column",
        lines.median, book.median, first.median
    );
    Ok(Seen {
        figure: csv,
        bound: Bound::AtLeast(20_000.0),
        unit: " rows/s",
        ours: told,
        limit: "20,000 rows a second".to_owned(),
        besides: Some((
            format!("at most {more:.1} MiB more for {rows} people"),
            more <= FLAT,
        )),
    })
}

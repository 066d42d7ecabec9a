//! `make bench`: what Kada costs beside the least that the same answers can cost. See `rows` for what is measured.
//!
//! Arguments: `--quick` builds and measures less and writes no results; any other word chooses the rows whose names
//! hold it, and writes none either.

mod data;
mod drive;
mod limits;
mod process;
mod report;
mod rounds;
mod rows;
mod server;
mod statements;

use std::time::{Duration, Instant};

use kada::platform::shutdown;

use data::{Data, Scale};
use rows::Bench;
use server::{Redis, Server};

const FULL: Scale = Scale {
    quick: false,
    tenants: 20,
    workers: 50_000,
    times: 20,
    rounds: 5,
    round: Duration::from_secs(4),
    buffers: "4GB",
};
const QUICK: Scale = Scale {
    quick: true,
    tenants: 4,
    workers: 5_000,
    times: 10,
    rounds: 3,
    round: Duration::from_secs(1),
    buffers: "128MB",
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Cargo says `--bench` to every benchmark.
    let words = std::env::args().skip(1).filter(|it| it != "--bench");
    let (options, chosen): (Vec<String>, Vec<String>) = words.partition(|it| it == "--quick");
    if chosen.first().is_some_and(|it| it == limits::ARGUMENT) {
        return limits::run().await;
    }
    let scale = if options.is_empty() { FULL } else { QUICK };
    // What is dropped here ends its processes; Postgres would not hear of Ctrl-C by itself.
    tokio::select! {
        done = measure(scale, &chosen) => done,
        () = shutdown::signal()? => anyhow::bail!("stopped"),
    }
}

async fn measure(scale: Scale, chosen: &[String]) -> anyhow::Result<()> {
    let began = Instant::now();
    let data = Data::open(scale).await?;
    let redis = match Redis::start(&data.home).await {
        Ok(redis) => Some(redis),
        Err(error) => {
            println!("without Redis: {error:#}");
            None
        }
    };
    let server = Server::start(&data, redis.as_ref()).await?;
    let bench = Bench {
        data,
        server,
        redis,
    };
    let rows = rows::all(&bench, chosen).await;
    let Bench {
        data,
        server,
        redis,
    } = bench;
    server.stop().await?;
    if let Some(redis) = redis {
        redis.stop().await?;
    }
    let held = rows
        .iter()
        .filter(|row| row.seen.as_ref().is_ok_and(rows::Seen::holds));
    let (held, all) = (held.count(), rows.len());
    println!(
        "\n{held} of {all} rows hold; {:.0} s",
        began.elapsed().as_secs_f64()
    );
    if cfg!(debug_assertions) || scale.quick || !chosen.is_empty() {
        println!("benches/RESULTS.md is left as it was");
    } else {
        report::write(&data, &rows).await?;
    }
    data.close().await;
    Ok(())
}

//! The table of the rows: printed, and kept in `benches/RESULTS.md` together with the command and the machine.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use kada::kernel::Clock;
use sqlx::Connection;

use crate::data::Data;
use crate::rows::{Bound, Row};

/// What is kept by hand begins here.
const BY_HAND: &str = "## Seen by hand";

/// Prints a row as soon as it is there.
pub fn say(row: &Row) {
    println!("\n{}\n  wanted  {}", row.what, row.wanted);
    match &row.seen {
        Ok(seen) => {
            println!("  seen    {}{}", figure(row), verdict(row));
            println!("  Kada    {}\n  limit   {}", seen.ours, seen.limit);
            if let Some((words, _)) = &seen.besides {
                println!("  besides {words}");
            }
        }
        Err(error) => println!("  not measured: {error:#}"),
    }
}

/// Writes the results, leaving what is kept by hand below them.
pub async fn write(data: &Data, rows: &[Row]) -> anyhow::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/RESULTS.md");
    let standing = fs::read_to_string(&file).unwrap_or_default();
    let by_hand = standing.find(BY_HAND).map_or("", |at| &standing[at..]);
    let mut text = format!(
        "# Results\n\nWritten by `make bench`: {}.\n\n{}\n\n",
        Clock::system().now().format("%-d %B %Y"),
        machine(data).await?
    );
    let scale = data.scale;
    writeln!(
        text,
        "{} tenants of {} workers and one of {}. Each row ran in {} rounds of {:.0} s, in turn with its limit; what is seen\n\
         is the median of the rounds' ratios (the least and the most). CPU is that of the process that answers and of\n\
         Postgres together, for one answer; clients are not counted.\n",
        scale.tenants,
        scale.workers,
        scale.workers * scale.times,
        scale.rounds,
        scale.round.as_secs_f64(),
    )?;
    text.push_str("| what | wanted | seen | holds | Kada | its limit | besides |\n|---|---|---|---|---|---|---|\n");
    for row in rows {
        line(&mut text, row)?;
    }
    if !by_hand.is_empty() {
        write!(text, "\n{by_hand}")?;
    }
    fs::write(&file, text).with_context(|| format!("writing {}", file.display()))
}

fn line(text: &mut String, row: &Row) -> std::fmt::Result {
    let (what, wanted) = (row.what, row.wanted);
    match &row.seen {
        Ok(seen) => {
            let besides = seen.besides.as_ref().map_or("", |(words, _)| words);
            let (figure, holds) = (figure(row), if seen.holds() { "yes" } else { "no" });
            let (ours, limit) = (&seen.ours, &seen.limit);
            writeln!(
                text,
                "| {what} | {wanted} | {figure} | {holds} | {ours} | {limit} | {besides} |"
            )
        }
        Err(error) => {
            let error = format!("{error:#}");
            let reason = error.lines().next().unwrap_or_default().replace('|', "\\|");
            writeln!(
                text,
                "| {what} | {wanted} | not measured | no | | | {reason} |"
            )
        }
    }
}

/// `1.25 × (1.20–1.31)`.
fn figure(row: &Row) -> String {
    let Ok(seen) = &row.seen else {
        return String::new();
    };
    let (it, unit) = (seen.figure, seen.unit);
    let digits = if it.median < 10.0 { 2 } else { 1 };
    format!(
        "{:.digits$}{unit} ({:.digits$}–{:.digits$})",
        it.median, it.least, it.most
    )
}

fn verdict(row: &Row) -> String {
    let Ok(seen) = &row.seen else {
        return String::new();
    };
    let bound = match seen.bound {
        Bound::AtMost(most) => format!("at most {most}"),
        Bound::AtLeast(least) => format!("at least {least}"),
    };
    let holds = if seen.holds() {
        "holds"
    } else {
        "DOES NOT HOLD"
    };
    format!(", {bound}: {holds}")
}

/// What the figures were seen on.
async fn machine(data: &Data) -> anyhow::Result<String> {
    let mut superuser = data.superuser().await?;
    let postgres: String = sqlx::query_scalar("select current_setting('server_version')")
        .fetch_one(&mut superuser)
        .await?;
    superuser.close().await?;
    let cores = std::thread::available_parallelism()?;
    let processor = of_proc("/proc/cpuinfo", "model name")?;
    let memory = of_proc("/proc/meminfo", "MemTotal")?;
    let memory: u64 = memory.trim_end_matches(" kB").parse()?;
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or_else(
        |_| "rustc unknown".to_owned(),
        |it| String::from_utf8_lossy(&it.stdout).trim().to_owned(),
    );
    Ok(format!(
        "The machine: {cores} cores ({processor}), {} GiB of memory, PostgreSQL {postgres} with {} of\n\
         shared_buffers, {rustc}. Server, limits, clients, Redis and Postgres share it.",
        memory >> 20,
        data.scale.buffers
    ))
}

/// The value of a line `name : value`.
fn of_proc(file: &str, name: &str) -> anyhow::Result<String> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|it| it.strip_prefix(name));
    let value = line.and_then(|it| it.trim().strip_prefix(':'));
    Ok(value.context(name.to_owned())?.trim().to_owned())
}

//! What `/proc` tells of processes: CPU and memory.

use std::fs;

use anyhow::Context;

/// Linux counts the time of processes in hundredths, on every machine.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds of CPU that a process has taken, with those of its children that have ended.
pub fn cpu(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let ticks: f64 = fields(&stat)?[11..15]
        .iter()
        .filter_map(|it| it.parse::<f64>().ok())
        .sum();
    Ok(ticks / TICKS_PER_SECOND)
}

/// Seconds of CPU of a process and of all its children: a Postgres with its backends, those that ended included.
pub fn cpu_of_family(pid: u32) -> anyhow::Result<f64> {
    let mut seconds = cpu(pid)?;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Ok(stat) = fs::read_to_string(format!("/proc/{name}/stat")) else {
            continue;
        };
        let parent = fields(&stat)?.get(1).and_then(|it| it.parse::<u32>().ok());
        if parent == Some(pid)
            && let Ok(child) = name.parse()
        {
            // It may end in between; its time is then its parent's.
            seconds += cpu(child).unwrap_or(0.0);
        }
    }
    Ok(seconds)
}

/// Resident memory in MiB.
pub fn memory(pid: u32) -> anyhow::Result<f64> {
    mebibytes(pid, "VmRSS:")
}

/// The most resident memory that there ever was, in MiB.
pub fn most_memory(pid: u32) -> anyhow::Result<f64> {
    mebibytes(pid, "VmHWM:")
}

fn mebibytes(pid: u32, name: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|it| it.strip_prefix(name));
    let kibibytes = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<f64>().ok());
    Ok(kibibytes.context("a number of kB")? / 1024.0)
}

/// The fields of a line of `/proc/<pid>/stat` that follow the name, which may hold anything.
fn fields(stat: &str) -> anyhow::Result<Vec<&str>> {
    let (_, rest) = stat.rsplit_once(')').context("a line of /proc")?;
    Ok(rest.split_whitespace().collect())
}

//! Two sides in turn, so that what else the machine does falls on both; medians, and how far the rounds spread.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::data::Scale;
use crate::drive::{Ask, drive};
use crate::process::{cpu, cpu_of_family};

/// What one round saw.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub answers: f64,
    pub seconds: f64,
    /// Seconds of CPU of the process that answers.
    pub process: f64,
    /// Seconds of CPU of Postgres.
    pub postgres: f64,
}

impl Sample {
    pub fn per_second(&self) -> f64 {
        self.answers / self.seconds
    }

    /// Milliseconds of CPU that an answer took, of Postgres and of the process that asked it.
    pub fn cpu(&self) -> f64 {
        (self.process + self.postgres) * 1e3 / self.answers
    }

    /// Milliseconds of CPU of Postgres that an answer took.
    pub fn postgres(&self) -> f64 {
        self.postgres * 1e3 / self.answers
    }
}

/// Who answers, what is asked of them, on how many connections.
pub struct Side<'a> {
    pub address: SocketAddr,
    pub pid: u32,
    pub postmaster: u32,
    pub asks: &'a [Ask],
    pub connections: usize,
}

impl Side<'_> {
    /// One round.
    pub async fn round(&self, time: Duration) -> anyhow::Result<Sample> {
        let began = Instant::now();
        let (process, postgres) = (cpu(self.pid)?, cpu_of_family(self.postmaster)?);
        let answers = drive(self.address, self.asks, self.connections, time).await?;
        ensure!(answers > 0, "nothing was answered in {time:?}");
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let answers = answers as f64;
        Ok(Sample {
            answers,
            seconds: began.elapsed().as_secs_f64(),
            process: cpu(self.pid)? - process,
            postgres: cpu_of_family(self.postmaster)? - postgres,
        })
    }
}

/// The rounds of both sides, pair by pair.
pub struct Rounds(pub Vec<(Sample, Sample)>);

impl Rounds {
    /// Lets both warm up, then measures them in turn.
    pub async fn run(
        scale: Scale,
        mut ours: impl AsyncFnMut(Duration) -> anyhow::Result<Sample>,
        mut limit: impl AsyncFnMut(Duration) -> anyhow::Result<Sample>,
    ) -> anyhow::Result<Self> {
        ours(scale.round).await?;
        limit(scale.round).await?;
        let mut pairs = Vec::new();
        for _ in 0..scale.rounds {
            pairs.push((ours(scale.round).await?, limit(scale.round).await?));
        }
        Ok(Self(pairs))
    }

    /// One side beside the other.
    pub async fn of(scale: Scale, ours: &Side<'_>, limit: &Side<'_>) -> anyhow::Result<Self> {
        Self::run(
            scale,
            async |time| ours.round(time).await,
            async |time| limit.round(time).await,
        )
        .await
    }

    pub fn ours(&self, of: impl Fn(&Sample) -> f64) -> Spread {
        Spread::new(self.0.iter().map(|(ours, _)| of(ours)))
    }

    pub fn limit(&self, of: impl Fn(&Sample) -> f64) -> Spread {
        Spread::new(self.0.iter().map(|(_, limit)| of(limit)))
    }

    /// Ours to the limit's, pair by pair.
    pub fn ratio(&self, of: impl Fn(&Sample) -> f64) -> Spread {
        Spread::new(self.0.iter().map(|(ours, limit)| of(ours) / of(limit)))
    }
}

/// The middle of some values, and the outermost.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    /// Of one value at least; of none, it is not a number.
    pub fn new(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self {
            median: f64::midpoint(at(last / 2), at(last.div_ceil(2))),
            least: at(0),
            most: at(last),
        }
    }
}

//! The Redis that processes share. It may be slow, gone, or back at any time: every question has a time-out, and after
//! some failures in a row it is left alone for a while, so that its loss costs each caller little and fails nobody.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use redis::RedisResult;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use super::config;
use crate::kernel::Clock;

pub struct Redis {
    connection: ConnectionManager,
    time_out: Duration,
    clock: Clock,
    failures: AtomicU32,
    /// Until then, in milliseconds, Redis is not asked.
    alone_until: AtomicI64,
}

/// Failures in a row after which Redis is left alone, and for how long.
const FAILURES: u32 = 3;
const PAUSE_MS: i64 = 5_000;

impl Redis {
    /// `None` where no address is configured. Does not wait for Redis: it may come later.
    ///
    /// # Errors
    /// An address that cannot be read.
    pub fn new(config: &config::Redis, clock: Clock) -> anyhow::Result<Option<Self>> {
        if config.url.is_empty() {
            return Ok(None);
        }
        let time_out = Duration::from_millis(config.timeout_ms);
        let patience = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(time_out))
            .set_response_timeout(Some(time_out));
        let client = redis::Client::open(config.url.as_str())?;
        Ok(Some(Self {
            connection: ConnectionManager::new_lazy_with_config(client, patience)?,
            time_out,
            clock,
            failures: AtomicU32::new(0),
            alone_until: AtomicI64::new(i64::MIN),
        }))
    }

    /// The connection, for the question that [`Redis::ask`] is given.
    #[must_use]
    pub fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    /// What Redis says; `None` when it did not answer in time, or is being left alone.
    pub async fn ask<T>(&self, question: impl Future<Output = RedisResult<T>>) -> Option<T> {
        if !self.answers() {
            return None;
        }
        match tokio::time::timeout(self.time_out, question).await {
            Ok(Ok(answer)) => {
                self.failures.store(0, Ordering::Relaxed);
                Some(answer)
            }
            Ok(Err(error)) => self.failed(&error.to_string()),
            Err(_) => self.failed("no answer in time"),
        }
    }

    /// Whether Redis is asked at all right now.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.now() >= self.alone_until.load(Ordering::Relaxed)
    }

    fn failed<T>(&self, error: &str) -> Option<T> {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES {
            tracing::warn!(
                error,
                "Redis is left alone for a while; this process counts and remembers by itself"
            );
            self.failures.store(0, Ordering::Relaxed);
            self.alone_until
                .store(self.now() + PAUSE_MS, Ordering::Relaxed);
        }
        None
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    fn redis(url: &str, clock: &Clock) -> Option<Redis> {
        let config = config::Redis {
            url: url.to_owned(),
            timeout_ms: 50,
        };
        Redis::new(&config, clock.clone()).expect("the address can be read")
    }

    #[tokio::test]
    async fn after_three_failures_it_is_left_alone_for_a_while() {
        let clock = Clock::fixed(DateTime::UNIX_EPOCH);
        assert!(redis("", &clock).is_none());
        let redis = redis("redis://127.0.0.1:1/", &clock).expect("an address");
        let mut asked = 0;
        for _ in 0..5 {
            let question = async {
                asked += 1;
                redis::cmd("PING")
                    .query_async::<String>(&mut redis.connection())
                    .await
            };
            assert_eq!(redis.ask(question).await, None);
        }
        assert_eq!((asked, redis.answers()), (FAILURES, false));
        clock.advance(TimeDelta::milliseconds(PAUSE_MS));
        assert!(redis.answers());
    }
}

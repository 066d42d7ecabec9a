//! A bucket of cost points for each tenant and client: in Redis where there is one, so that all processes share it,
//! and in this process otherwise. Losing Redis makes the limit looser, never the service slower than its time-out.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use sha2::{Digest, Sha256};

use crate::kernel::Clock;
use crate::platform::config;

/// What a client has left, or when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Granted { remaining: u64 },
    Spent { retry_seconds: u64 },
}

pub struct Buckets {
    rate: config::Rate,
    clock: Clock,
    local: moka::sync::Cache<String, Arc<Mutex<Bucket>>>,
    shared: Option<Shared>,
}

/// Clients remembered in this process; one that was forgotten begins with a full bucket.
const CLIENTS: u64 = 50_000;

impl Buckets {
    /// Does not wait for Redis: it may come later.
    pub fn new(rate: config::Rate, redis: &config::Redis, clock: Clock) -> anyhow::Result<Self> {
        let full_after = u64::from(rate.capacity / rate.refill_per_second.max(1)) + 1;
        let local = moka::sync::Cache::builder()
            .max_capacity(CLIENTS)
            .time_to_idle(Duration::from_secs(full_after))
            .build();
        let shared = (!redis.url.is_empty())
            .then(|| Shared::new(redis))
            .transpose()?;
        Ok(Self {
            rate,
            clock,
            local,
            shared,
        })
    }

    /// Takes `cost` points. A cost above the capacity empties a full bucket.
    pub async fn take(&self, tenant: &str, subject: &str, cost: usize) -> Verdict {
        let cost = u64::try_from(cost)
            .unwrap_or(u64::MAX)
            .min(u64::from(self.rate.capacity));
        let client = hex::encode(&Sha256::digest(subject)[..16]);
        let key = format!("{tenant}:rate:{client}");
        let now = self.clock.now().timestamp_millis();
        if let Some(shared) = &self.shared
            && let Some(verdict) = shared.take(&key, cost, self.rate, now).await
        {
            return verdict;
        }
        let bucket = self
            .local
            .get_with(key, || Arc::new(Mutex::new(Bucket::full(self.rate, now))));
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(cost, self.rate, now)
    }

    /// `None` where Redis is not configured.
    pub fn redis_answers(&self) -> Option<bool> {
        let now = self.clock.now().timestamp_millis();
        self.shared.as_ref().map(|shared| !shared.is_open(now))
    }
}

/// In thousandths of a point, so that a refill of one point a second loses nothing between two requests.
struct Bucket {
    thousandths: u64,
    at: i64,
}

impl Bucket {
    fn full(rate: config::Rate, now: i64) -> Self {
        Self {
            thousandths: u64::from(rate.capacity) * 1000,
            at: now,
        }
    }

    fn take(&mut self, cost: u64, rate: config::Rate, now: i64) -> Verdict {
        let millis = u64::try_from(now - self.at).unwrap_or(0);
        let refill = millis.saturating_mul(u64::from(rate.refill_per_second));
        self.thousandths = self
            .thousandths
            .saturating_add(refill)
            .min(u64::from(rate.capacity) * 1000);
        self.at = self.at.max(now);
        match self.thousandths.checked_sub(cost * 1000) {
            Some(left) => {
                self.thousandths = left;
                Verdict::Granted {
                    remaining: left / 1000,
                }
            }
            None => Verdict::Spent {
                retry_seconds: retry(cost - self.thousandths / 1000, rate),
            },
        }
    }
}

fn retry(missing: u64, rate: config::Rate) -> u64 {
    missing
        .div_ceil(u64::from(rate.refill_per_second.max(1)))
        .max(1)
}

/// The same bucket as one script, so that two processes cannot both spend the last point.
const SCRIPT: &str = r"
local cost, capacity, refill, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local kept = redis.call('HMGET', KEYS[1], 'points', 'at')
local points, at = tonumber(kept[1]) or capacity, tonumber(kept[2]) or now
if now > at then
  points, at = math.min(capacity, points + (now - at) * refill / 1000), now
end
local granted = points >= cost
if granted then points = points - cost end
redis.call('HSET', KEYS[1], 'points', tostring(points), 'at', tostring(at))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / refill) * 1000 + 1000)
return { granted and 1 or 0, math.floor(points) }
";

struct Shared {
    connection: ConnectionManager,
    script: redis::Script,
    time_out: Duration,
    failures: AtomicU32,
    /// Until then Redis is not asked.
    open_until: AtomicI64,
}

/// Failures in a row after which Redis is left alone, and for how long.
const FAILURES: u32 = 3;
const PAUSE_MS: i64 = 5_000;

impl Shared {
    fn new(redis: &config::Redis) -> anyhow::Result<Self> {
        let time_out = Duration::from_millis(redis.timeout_ms);
        let patience = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(time_out))
            .set_response_timeout(Some(time_out));
        let client = redis::Client::open(redis.url.as_str())?;
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client, patience)?,
            script: redis::Script::new(SCRIPT),
            time_out,
            failures: AtomicU32::new(0),
            open_until: AtomicI64::new(i64::MIN),
        })
    }

    fn is_open(&self, now: i64) -> bool {
        now < self.open_until.load(Ordering::Relaxed)
    }

    /// `None` when Redis did not answer in time, or is being left alone.
    async fn take(&self, key: &str, cost: u64, rate: config::Rate, now: i64) -> Option<Verdict> {
        if self.is_open(now) {
            return None;
        }
        let mut connection = self.connection.clone();
        let mut call = self.script.key(key);
        call.arg(cost)
            .arg(rate.capacity)
            .arg(rate.refill_per_second.max(1))
            .arg(now);
        let answer = tokio::time::timeout(
            self.time_out,
            call.invoke_async::<(u8, u64)>(&mut connection),
        )
        .await;
        match answer {
            Ok(Ok((granted, points))) => {
                self.failures.store(0, Ordering::Relaxed);
                Some(if granted == 1 {
                    Verdict::Granted { remaining: points }
                } else {
                    Verdict::Spent {
                        retry_seconds: retry(cost.saturating_sub(points), rate),
                    }
                })
            }
            Ok(Err(error)) => self.failed(now, &error.to_string()),
            Err(_) => self.failed(now, "no answer in time"),
        }
    }

    fn failed(&self, now: i64, error: &str) -> Option<Verdict> {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES {
            tracing::warn!(
                error,
                "Redis is left alone for a while; rates are limited in this process"
            );
            self.failures.store(0, Ordering::Relaxed);
            self.open_until.store(now + PAUSE_MS, Ordering::Relaxed);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn buckets(url: &str, clock: &Clock) -> Buckets {
        let rate = config::Rate {
            capacity: 100,
            refill_per_second: 10,
        };
        let redis = config::Redis {
            url: url.to_owned(),
            timeout_ms: 50,
        };
        Buckets::new(rate, &redis, clock.clone()).expect("the address can be read")
    }

    #[tokio::test]
    async fn points_are_spent_and_come_back_with_time() {
        let clock = Clock::fixed(chrono::DateTime::UNIX_EPOCH);
        let buckets = buckets("", &clock);
        assert_eq!(
            buckets.take("ml", "a", 70).await,
            Verdict::Granted { remaining: 30 }
        );
        assert_eq!(
            buckets.take("ml", "a", 70).await,
            Verdict::Spent { retry_seconds: 4 }
        );
        assert_eq!(
            buckets.take("tz", "a", 70).await,
            Verdict::Granted { remaining: 30 }
        );
        assert_eq!(
            buckets.take("ml", "b", 999).await,
            Verdict::Granted { remaining: 0 }
        );
        clock.advance(TimeDelta::milliseconds(3_900));
        assert_eq!(
            buckets.take("ml", "a", 70).await,
            Verdict::Spent { retry_seconds: 1 }
        );
        clock.advance(TimeDelta::milliseconds(100));
        assert_eq!(
            buckets.take("ml", "a", 70).await,
            Verdict::Granted { remaining: 0 }
        );
        clock.advance(TimeDelta::hours(1));
        assert_eq!(
            buckets.take("ml", "a", 0).await,
            Verdict::Granted { remaining: 100 }
        );
    }

    #[tokio::test]
    async fn without_redis_the_process_counts_by_itself() {
        let clock = Clock::fixed(chrono::DateTime::UNIX_EPOCH);
        let buckets = buckets("redis://127.0.0.1:1/", &clock);
        assert_eq!(buckets.redis_answers(), Some(true));
        for n in 1..=5 {
            assert_eq!(
                buckets.take("ml", "a", 10).await,
                Verdict::Granted {
                    remaining: 100 - n * 10
                }
            );
        }
        assert_eq!(buckets.redis_answers(), Some(false));
        clock.advance(TimeDelta::seconds(6));
        assert_eq!(buckets.redis_answers(), Some(true));
    }
}

//! A bucket of cost points for each tenant and client: in Redis where there is one, so that all processes share it,
//! and in this process otherwise. Losing Redis makes the limit looser, never the service slower than its time-out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::kernel::Clock;
use crate::platform::config;
use crate::platform::redis::Redis;

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
    pub fn new(rate: config::Rate, redis: Option<Arc<Redis>>, clock: Clock) -> Self {
        let full_after = u64::from(rate.capacity / rate.refill_per_second.max(1)) + 1;
        let local = moka::sync::Cache::builder()
            .max_capacity(CLIENTS)
            .time_to_idle(Duration::from_secs(full_after))
            .build();
        let shared = redis.map(|redis| Shared {
            redis,
            script: redis::Script::new(SCRIPT),
        });
        Self {
            rate,
            clock,
            local,
            shared,
        }
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
    redis: Arc<Redis>,
    script: redis::Script,
}

impl Shared {
    /// `None` when Redis did not answer in time, or is being left alone.
    async fn take(&self, key: &str, cost: u64, rate: config::Rate, now: i64) -> Option<Verdict> {
        let mut connection = self.redis.connection();
        let mut call = self.script.key(key);
        call.arg(cost)
            .arg(rate.capacity)
            .arg(rate.refill_per_second.max(1))
            .arg(now);
        let answer = self.redis.ask(call.invoke_async(&mut connection)).await;
        let (granted, points): (u8, u64) = answer?;
        Some(if granted == 1 {
            Verdict::Granted { remaining: points }
        } else {
            Verdict::Spent {
                retry_seconds: retry(cost.saturating_sub(points), rate),
            }
        })
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
        let redis = Redis::new(&redis, clock.clone()).expect("the address can be read");
        Buckets::new(rate, redis.map(Arc::new), clock.clone())
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
        for n in 1..=5 {
            assert_eq!(
                buckets.take("ml", "a", 10).await,
                Verdict::Granted {
                    remaining: 100 - n * 10
                }
            );
        }
    }
}

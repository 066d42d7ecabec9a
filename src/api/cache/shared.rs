//! Answers in Redis, where all processes find them, each under a seal: whatever else is found there is passed over.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::platform::redis::Redis;

pub struct Shared {
    redis: Arc<Redis>,
    seal: Hmac<Sha256>,
    keep: Duration,
}

/// The form of what follows; another form takes another mark.
const MARK: &[u8] = b"kada-answer-1\n";
const SEAL: usize = 32;

impl Shared {
    pub fn new(redis: Arc<Redis>, secret: &str, keep: Duration) -> Self {
        let seal = Hmac::new_from_slice(secret.as_bytes())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        Self { redis, seal, keep }
    }

    pub async fn get(&self, name: &str) -> Option<Box<RawValue>> {
        let mut connection = self.redis.connection();
        let get = redis::Cmd::get(name);
        let found = self.redis.ask(get.query_async(&mut connection)).await;
        let value: Vec<u8> = found.flatten()?;
        let answer = self.opened(name, &value);
        if answer.is_none() {
            tracing::warn!("a value in Redis is not what was kept there; the answer is computed");
        }
        answer
    }

    /// Best effort: without it, another process computes the same.
    pub async fn put(&self, name: &str, data: &RawValue) {
        let mut connection = self.redis.connection();
        let data = data.get().as_bytes();
        let value = [MARK, &self.sealed(name, data).finalize().into_bytes(), data].concat();
        let set = redis::Cmd::set_ex(name, value, self.keep.as_secs());
        let set = set.query_async::<()>(&mut connection);
        self.redis.ask(set).await;
    }

    fn opened(&self, name: &str, value: &[u8]) -> Option<Box<RawValue>> {
        let (seal, data) = value.strip_prefix(MARK)?.split_at_checked(SEAL)?;
        self.sealed(name, data).verify_slice(seal).ok()?;
        serde_json::from_slice(data).ok()
    }

    /// The seal is of the name, too: an answer that was moved to another question's place opens nothing.
    fn sealed(&self, name: &str, data: &[u8]) -> Hmac<Sha256> {
        let mut seal = self.seal.clone();
        for part in [MARK, name.as_bytes(), b"\n", data] {
            seal.update(part);
        }
        seal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Clock;
    use crate::platform::config;

    fn shared(secret: &str) -> Shared {
        let config = config::Redis {
            url: "redis://127.0.0.1:1/".to_owned(),
            timeout_ms: 50,
        };
        let redis = Redis::new(&config, Clock::system()).expect("an address");
        let redis = Arc::new(redis.expect("it is configured"));
        Shared::new(redis, secret, Duration::from_secs(1))
    }

    #[tokio::test]
    async fn only_what_was_sealed_here_for_this_name_is_opened() {
        let (ours, others) = (shared("ours"), shared("others"));
        let data = br#"{"count":14114}"#;
        let value = |by: &Shared, name: &str, data: &[u8]| {
            [MARK, &by.sealed(name, data).finalize().into_bytes(), data].concat()
        };
        let sound = value(&ours, "ml:answer:1", data);
        let opened = |value: &[u8]| ours.opened("ml:answer:1", value);
        assert_eq!(
            opened(&sound).expect("our own").get().as_bytes(),
            data.as_slice()
        );
        for at in 0..sound.len() {
            let mut touched = sound.clone();
            touched[at] ^= 1;
            assert!(opened(&touched).is_none(), "byte {at} was changed");
            assert!(opened(&sound[..at]).is_none(), "cut off at {at}");
        }
        for foreign in [
            value(&others, "ml:answer:1", data),
            value(&ours, "tz:answer:1", data),
            value(&ours, "ml:answer:1", b"{not json"),
            [&sound[..], b" "].concat(),
        ] {
            assert!(opened(&foreign).is_none());
        }
    }
}

//! Two processes and one Redis: the bucket is shared, and its loss is survived.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use super::house::House;
use crate::support::raw::Answer;

struct Redis {
    child: Child,
    url: String,
    _home: tempfile::TempDir,
}

impl Redis {
    /// A server of this test's own on a free port; `None` where Redis is not installed.
    async fn start() -> Option<Self> {
        let home = tempfile::tempdir().ok()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .ok()?
            .local_addr()
            .ok()?
            .port();
        let child = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--port",
                &port.to_string(),
            ])
            .current_dir(home.path())
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let redis = Self {
            child,
            url: format!("redis://127.0.0.1:{port}/"),
            _home: home,
        };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
            {
                return Some(redis);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server did not start");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn remaining(answer: &Answer) -> u64 {
    answer.json()["extensions"]["cost"]["remaining"]
        .as_u64()
        .expect("what remains")
}

#[tokio::test]
async fn two_processes_share_one_bucket_and_survive_its_loss() {
    let Some(redis) = Redis::start().await else {
        println!("skipped: redis-server is not installed");
        return;
    };
    let house = || {
        House::with(|config| {
            config.redis.url.clone_from(&redis.url);
            config.redis.timeout_ms = 2_000;
            config.rate.capacity = 1_000;
        })
    };
    let (one, two) = (house().await, house().await);
    let page = json!({ "query": "{ rows(first: 99) { id } }" });
    assert_eq!(remaining(&one.ask(&page).await), 900);
    assert_eq!(remaining(&two.ask(&page).await), 800);
    for n in (0..8).rev() {
        assert_eq!(remaining(&one.ask(&page).await), n * 100);
    }
    let spent = two.ask(&page).await;
    assert_eq!((spent.status, spent.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(two.get("/readyz", &[]).await.json()["redis"], "up");
    drop(redis);
    for n in 1..=4 {
        assert_eq!(
            remaining(&two.ask(&page).await),
            1_000 - n * 100,
            "counted in the process"
        );
    }
    assert_eq!(two.get("/readyz", &[]).await.json()["redis"], "down");
}

//! Two processes and one Redis: the bucket is shared, and its loss is survived.

use serde_json::json;

use super::house::House;
use crate::support::raw::Answer;
use crate::support::redis::Redis;

fn remaining(answer: &Answer) -> u64 {
    answer.json()["extensions"]["cost"]["remaining"]
        .as_u64()
        .expect("what remains")
}

#[tokio::test]
async fn two_processes_share_one_bucket_and_survive_its_loss() {
    let redis = Redis::start().await;
    let house = || {
        House::with(|config| {
            config.redis.url = redis.url();
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
    let ready = two.get("/readyz", &[]).await.json();
    assert_eq!(
        (&ready["redis"], &ready["cache"]),
        (&json!("up"), &json!("redis"))
    );
    drop(redis);
    for n in 1..=4 {
        assert_eq!(
            remaining(&two.ask(&page).await),
            1_000 - n * 100,
            "counted in the process"
        );
    }
    let ready = two.get("/readyz", &[]).await.json();
    assert_eq!(
        (&ready["redis"], &ready["cache"]),
        (&json!("down"), &json!("redis-away"))
    );
}

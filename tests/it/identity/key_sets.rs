//! Keys as they come, go and fail to come; and who is let in meanwhile.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use serde_json::json;

use super::{Door, without};
use crate::support::issuer::{self, Mode, TestIssuer};

#[tokio::test]
async fn a_key_is_good_for_its_own_algorithm_only() {
    let door = Door::with(TestIssuer::start(Algorithm::RS256).await, |config| {
        config.algorithms = vec!["EdDSA".into(), "ES256".into(), "RS256".into()];
    });
    let keys = [Algorithm::RS256, Algorithm::ES256].map(|a| issuer::public(a, 0));
    door.issuer.publish(keys.to_vec());
    let ec = issuer::private(Algorithm::ES256, 0);
    let as_ec = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "ES256-0" });
    let confused = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "RS256-0" });
    door.refuses_all(vec![
        (
            "RS256 under the EC key's kid",
            door.forged(|header, _| header["kid"] = json!("ES256-0")),
        ),
        (
            "ES256 under the RSA key's kid",
            issuer::sign(&confused, &door.claims(), &ec, Algorithm::ES256),
        ),
        (
            "EdDSA under the RSA key's kid",
            door.forged(|header, _| header["alg"] = json!("EdDSA")),
        ),
    ])
    .await;
    let token = issuer::sign(&as_ec, &door.claims(), &ec, Algorithm::ES256);
    assert!(door.enter(&token).await.is_ok());
    let nameless = without(door.issuer.header(), "kid");
    assert!(
        door.enter(&door.issuer.sign(&nameless, &door.claims()))
            .await
            .is_ok()
    );

    // With two keys that would fit, a token must say which.
    door.issuer.rotate();
    door.clock.advance(TimeDelta::minutes(21));
    assert!(
        door.enter(&door.issuer.sign(&nameless, &door.claims()))
            .await
            .is_err()
    );
    assert!(door.enter_with(&door.claims()).await.is_ok());
}

#[tokio::test]
async fn a_flood_of_unknown_kids_fetches_once_in_ten_seconds() {
    let door = Door::of(Algorithm::EdDSA).await;
    assert!(door.enter_with(&door.claims()).await.is_ok());
    assert_eq!(door.issuer.fetches(), 1);
    for seconds in 0..30 {
        let flood = (0..20).map(|n| {
            let token = door.forged(|header, _| header["kid"] = json!(format!("{seconds}-{n}")));
            let verifier = door.verifier.clone();
            tokio::spawn(async move { verifier.verify(Some(&format!("Bearer {token}"))).await })
        });
        for guest in flood.collect::<Vec<_>>() {
            assert!(guest.await.expect("no panic").is_err());
        }
        door.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(door.issuer.fetches(), 3, "at 0, 10 and 20 seconds");
}

#[tokio::test]
async fn keys_rotate() {
    let door = Door::of(Algorithm::EdDSA).await;
    let old = door.issuer.token(&door.claims());
    assert!(door.enter(&old).await.is_ok());

    door.issuer.rotate();
    door.clock.advance(TimeDelta::seconds(9));
    let new = door.issuer.token(&door.claims());
    assert!(door.enter(&new).await.is_err(), "fetched 9 s ago");
    door.clock.advance(TimeDelta::seconds(1));
    assert!(door.enter(&new).await.is_ok(), "a new key is fetched");
    assert!(door.enter(&old).await.is_ok(), "the old one still stands");

    door.issuer
        .publish(vec![issuer::public(Algorithm::EdDSA, 1)]);
    door.clock.advance(TimeDelta::minutes(9));
    assert!(door.enter(&old).await.is_ok(), "the set is fresh");
    door.clock.advance(TimeDelta::minutes(2));
    let mut refused = false;
    for _ in 0..100 {
        refused = door.enter(&old).await.is_err();
        if refused {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        refused,
        "a withdrawn key ends the tokens remembered with it"
    );
    assert!(door.enter(&new).await.is_ok());
}

#[tokio::test]
async fn a_key_withdrawn_in_a_silence_is_not_accepted_once_more() {
    let door = Door::of(Algorithm::EdDSA).await;
    let token = door.issuer.token(&door.claims());
    assert!(door.enter(&token).await.is_ok());
    door.issuer.publish(vec![]);
    door.clock.advance(TimeDelta::minutes(21));
    assert!(door.enter(&token).await.is_err());
}

#[tokio::test]
async fn while_the_issuer_is_down_known_keys_go_on_working() {
    let door = Door::of(Algorithm::EdDSA).await;
    assert!(door.enter_with(&door.claims()).await.is_ok());
    door.issuer.set(Mode::Down);
    for _ in 0..5 {
        door.clock.advance(TimeDelta::minutes(30));
        assert!(door.enter_with(&door.claims()).await.is_ok());
        let unknown = door.forged(|header, _| header["kid"] = json!("unknown"));
        assert!(door.enter(&unknown).await.is_err());
    }
    door.issuer.set(Mode::Up);
    door.issuer.rotate();
    door.clock.advance(TimeDelta::seconds(10));
    assert!(door.enter_with(&door.claims()).await.is_ok());
}

#[tokio::test]
async fn a_key_set_that_cannot_be_trusted_is_not_taken() {
    for mode in [
        Mode::Down,
        Mode::Redirecting,
        Mode::Huge,
        Mode::Crowded,
        Mode::Garbage,
    ] {
        let door = Door::of(Algorithm::EdDSA).await;
        door.issuer.set(mode);
        assert!(door.enter_with(&door.claims()).await.is_err(), "{mode:?}");
        assert_eq!(
            (door.issuer.fetches(), door.issuer.strays()),
            (1, 0),
            "{mode:?}"
        );
        door.issuer.set(Mode::Up);
        door.clock.advance(TimeDelta::seconds(10));
        assert!(door.enter_with(&door.claims()).await.is_ok(), "{mode:?}");
    }
}

#[tokio::test]
async fn a_silent_issuer_holds_nobody_up_for_long() {
    let door = Door::of(Algorithm::EdDSA).await;
    assert!(door.enter_with(&door.claims()).await.is_ok());
    door.issuer.set(Mode::Silent);
    door.clock.advance(TimeDelta::minutes(11));
    let waiting = Instant::now();
    let known = door.forged(|_, claims| claims["sub"] = json!("fatou"));
    assert!(door.enter(&known).await.is_ok());
    assert!(
        waiting.elapsed().as_millis() < 1000,
        "a known key waits for nothing"
    );
    let unknown = door.forged(|header, _| header["kid"] = json!("unknown"));
    assert!(door.enter(&unknown).await.is_err());
    assert!(
        waiting.elapsed().as_secs() < 6,
        "an unknown one is given up on"
    );
}

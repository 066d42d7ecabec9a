//! Who is let in: real keys of three kinds, served by a real HTTP server, against every forgery we know.

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey};
use kada::auth::{Realm, Role, Unauthorized, Verified, Verifier};
use kada::kernel::{Clock, Id, Sector, WorkerId};
use kada::platform::config;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::issuer::{self, Mode, TestIssuer};

/// A verifier of one issuer, with a clock that stands still.
struct Door {
    issuer: TestIssuer,
    verifier: Verifier,
    clock: Clock,
}

impl Door {
    async fn of(algorithm: Algorithm) -> Self {
        Self::with(TestIssuer::start(algorithm).await, |_| {})
    }

    fn with(issuer: TestIssuer, change: impl Fn(&mut config::Issuer)) -> Self {
        let clock = Clock::fixed(Clock::system().now());
        let mut config = issuer.config(&["ml"]);
        change(&mut config);
        let verifier = Verifier::new(vec![config], clock.clone()).expect("a verifier");
        Self {
            issuer,
            verifier,
            clock,
        }
    }

    async fn enter(&self, token: &str) -> Result<Verified, Unauthorized> {
        self.verifier.verify(Some(&format!("Bearer {token}"))).await
    }

    async fn enter_with(&self, claims: &Value) -> Result<Verified, Unauthorized> {
        self.enter(&self.issuer.token(claims)).await
    }

    fn claims(&self) -> Value {
        self.issuer.claims(&self.clock)
    }

    /// A good token, but for what `change` does to its header and claims.
    fn forged(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let (mut header, mut claims) = (self.issuer.header(), self.claims());
        change(&mut header, &mut claims);
        self.issuer.sign(&header, &claims)
    }

    async fn refuses_all(&self, tokens: Vec<(&str, String)>) {
        for (forgery, token) in tokens {
            assert_eq!(
                self.enter(&token).await.map(|_| ()),
                Err(Unauthorized),
                "{forgery}"
            );
        }
        assert!(
            self.enter_with(&self.claims()).await.is_ok(),
            "a good token"
        );
        assert_eq!(self.issuer.strays(), 0, "a key was fetched from elsewhere");
    }
}

fn without(mut members: Value, name: &str) -> Value {
    members.as_object_mut().expect("an object").remove(name);
    members
}

fn tenant(verified: &Verified) -> Option<&str> {
    verified.tenant().map(kada::kernel::TenantCode::as_str)
}

#[tokio::test]
async fn tokens_of_each_algorithm_are_accepted() {
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let door = Door::of(algorithm).await;
        let verified = door.enter_with(&door.claims()).await.expect("a caller");
        assert_eq!(tenant(&verified), Some("ml"), "{algorithm:?}");
        let subject = format!("amina@{}", door.issuer.name().replace("http://", ""));
        assert_eq!(verified.actor.subject, subject);
        assert!(verified.actor.roles.contains(&Role::HrManager));
        assert_eq!(verified.expires_at.timestamp(), door.claims()["exp"]);
    }
}

#[tokio::test]
async fn a_keycloak_works_by_configuration_alone() {
    let door = Door::with(TestIssuer::start(Algorithm::RS256).await, |config| {
        config.tenants = vec!["ml".into(), "ht".into()];
        config.claims = config::Claims {
            tenant: "kada.country".into(),
            roles: "resource_access.kada.api.roles".into(),
            scope: "kada_units".into(),
            sectors: "kada_sectors".into(),
            person: "kada_worker".into(),
        };
        config.roles = [("Directeur RH".to_owned(), "hr_manager".to_owned())].into();
    });
    let token = door.forged(|header, claims| {
        header["typ"] = json!("JWT");
        claims["typ"] = json!("Bearer");
        claims["azp"] = json!("kada-web");
        claims["aud"] = json!(["kada", "account"]);
        claims["nonce"] = json!("an older Keycloak repeats it");
        claims["acr"] = json!("1");
        claims["scope"] = json!("openid profile email");
        claims["realm_access"] = json!({ "roles": ["offline_access", "ministry_admin"] });
        claims["resource_access"] =
            json!({ "kada.api": { "roles": ["Directeur RH", "uma_protection"] } });
        claims["kada"] = json!({ "country": "ht" });
        claims["kada_units"] = json!(["HT-OU"]);
        claims["kada_sectors"] = json!("social");
    });
    let verified = door.enter(&token).await.expect("a caller");
    assert_eq!(tenant(&verified), Some("ht"));
    assert_eq!(
        Vec::from_iter(verified.actor.roles.clone()),
        [Role::HrManager]
    );
    assert_eq!(verified.actor.units, Some(vec!["HT-OU".to_owned()]));
    assert_eq!(verified.actor.sectors, Some(vec![Sector::Social]));
}

#[tokio::test]
async fn a_plain_openid_provider_works_by_configuration_alone() {
    let door = Door::with(TestIssuer::start(Algorithm::ES256).await, |config| {
        config.audience = "https://api.kada.example".into();
        config.claims.roles = "https://kada.example/roles".into();
        config.claims.person = "https://kada.example/worker".into();
    });
    let id = WorkerId::new();
    let token = door.forged(|header, claims| {
        header["typ"] = json!("application/at+JWT");
        claims["aud"] = json!("https://api.kada.example");
        claims["client_id"] = json!("kada-web");
        claims["https://kada.example/roles"] = json!("worker");
        claims["https://kada.example/worker"] = json!(id.encode());
    });
    let verified = door.enter(&token).await.expect("a caller");
    assert_eq!(tenant(&verified), Some("ml"));
    assert_eq!(verified.actor.person, Some(id));
}

#[tokio::test]
async fn a_caller_without_any_role_is_known_and_may_nothing() {
    let door = Door::of(Algorithm::EdDSA).await;
    let claims = without(door.claims(), "roles");
    let verified = door.enter_with(&claims).await.expect("a caller");
    assert!(verified.actor.roles.is_empty() && verified.actor.permissions.is_empty());
}

#[tokio::test]
async fn hub_and_platform_tokens_belong_to_no_tenant() {
    for (hub, word, realm) in [
        (true, "hub_analyst", Realm::Hub),
        (false, "platform_operator", Realm::Platform),
    ] {
        let door = Door::with(TestIssuer::start(Algorithm::EdDSA).await, |config| {
            config.tenants = vec![];
            (config.hub, config.platform) = (hub, !hub);
        });
        let token = door.forged(|_, claims| {
            claims["tenant"] = json!("ml");
            claims["roles"] = json!([word, "ministry_admin"]);
        });
        let verified = door.enter(&token).await.expect("a caller");
        assert_eq!((&verified.realm, tenant(&verified)), (&realm, None));
        assert_eq!(verified.actor.roles.len(), 1);
        assert!(verified.actor.permissions.is_empty());
    }
}

#[tokio::test]
async fn a_token_whose_header_is_wrong_is_refused() {
    let door = Door::of(Algorithm::EdDSA).await;
    let elsewhere = door.issuer.address("/attacker-keys");
    let own_key = issuer::public(Algorithm::EdDSA, 1);
    let header = |name: &'static str, value: Value| door.forged(|header, _| header[name] = value);
    door.refuses_all(vec![
        (
            "no typ",
            door.issuer
                .sign(&without(door.issuer.header(), "typ"), &door.claims()),
        ),
        ("typ of an ID token", header("typ", json!("id+jwt"))),
        ("typ of a logout token", header("typ", json!("logout+jwt"))),
        ("typ of a DPoP proof", header("typ", json!("dpop+jwt"))),
        ("typ mistyped", header("typ", json!(["at+jwt"]))),
        (
            "no alg",
            door.issuer
                .sign(&without(door.issuer.header(), "alg"), &door.claims()),
        ),
        ("alg mistyped", header("alg", json!(["EdDSA"]))),
        ("alg in another case", header("alg", json!("eddsa"))),
        ("alg of another family", header("alg", json!("ES256"))),
        ("alg unheard of", header("alg", json!("ES256K"))),
        ("kid unknown", header("kid", json!("other"))),
        ("kid empty", header("kid", json!(""))),
        ("kid a number", header("kid", json!(1))),
        ("kid null", header("kid", json!(null))),
        ("kid an array", header("kid", json!([door.issuer.kid()]))),
        ("kid a path", header("kid", json!("../../../../dev/null"))),
        ("kid SQL", header("kid", json!("' or 1=1 --"))),
        ("kid an address", header("kid", json!(elsewhere))),
        ("kid with a NUL", header("kid", json!("EdDSA-0\u{0}"))),
        ("kid endless", header("kid", json!("k".repeat(4000)))),
        ("jku", header("jku", json!(elsewhere))),
        (
            "jku of the issuer itself",
            header("jku", json!(door.issuer.address("/certs"))),
        ),
        ("x5u", header("x5u", json!(elsewhere))),
        ("x5c", header("x5c", json!(["MIIB"]))),
        ("crit", header("crit", json!(["exp"]))),
        ("b64", header("b64", json!(true))),
        ("jwk", {
            let mut head = door.issuer.header();
            head["jwk"] = own_key;
            let key = issuer::private(Algorithm::EdDSA, 1);
            issuer::sign(&head, &door.claims(), &key, Algorithm::EdDSA)
        }),
    ])
    .await;
}

#[tokio::test]
async fn a_token_whose_claims_are_wrong_is_refused() {
    let door = Door::of(Algorithm::EdDSA).await;
    let now = door.clock.now().timestamp();
    let claim = |name: &'static str, value: Value| door.forged(|_, claims| claims[name] = value);
    let lacking = |name: &str| door.issuer.token(&without(door.claims(), name));
    let mut forgeries = vec![
        ("iss absent", lacking("iss")),
        ("aud absent", lacking("aud")),
        ("exp absent", lacking("exp")),
        ("sub absent", lacking("sub")),
        (
            "iss of a stranger",
            claim("iss", json!("https://id.example")),
        ),
        (
            "iss with a slash more",
            claim("iss", json!(format!("{}/", door.issuer.name()))),
        ),
        ("iss in an array", claim("iss", json!([door.issuer.name()]))),
        ("aud of another service", claim("aud", json!("dhis2"))),
        (
            "aud of other services",
            claim("aud", json!(["dhis2", "account"])),
        ),
        ("aud beside a number", claim("aud", json!(["kada", 1]))),
        ("aud empty", claim("aud", json!([]))),
        ("sub empty", claim("sub", json!(""))),
        ("sub endless", claim("sub", json!("a".repeat(300)))),
        ("sub of two lines", claim("sub", json!("amina\nadmin"))),
        ("expired", claim("exp", json!(now - 61))),
        ("expired long ago", claim("exp", json!(0))),
        ("exp before 1970", claim("exp", json!(-1))),
        ("exp beyond all years", claim("exp", json!(1e300))),
        ("exp as text", claim("exp", json!((now + 60).to_string()))),
        ("not valid yet", claim("nbf", json!(now + 61))),
        ("nbf as text", claim("nbf", json!(now.to_string()))),
        ("another tenant", claim("tenant", json!("tz"))),
        ("two tenants", claim("tenant", json!(["ml", "tz"]))),
        ("scope mistyped", claim("units", json!({ "all": true }))),
        ("sectors mistyped", claim("sectors", json!(1))),
        ("person mistyped", claim("worker", json!(["wkr_1"]))),
    ];
    for name in [
        "iss", "aud", "exp", "sub", "nbf", "tenant", "units", "sectors",
    ] {
        forgeries.extend([
            (name, claim(name, json!(null))),
            (name, claim(name, json!(true))),
            (name, claim(name, json!({ "is": "an object" }))),
        ]);
    }
    door.refuses_all(forgeries).await;
}

#[tokio::test]
async fn only_access_tokens_are_accepted() {
    let door = Door::of(Algorithm::EdDSA).await;
    let plain = |name: &'static str, value: Value| {
        door.forged(|header, claims| {
            header["typ"] = json!("JWT");
            claims[name] = value;
        })
    };
    door.refuses_all(vec![
        ("Keycloak's ID token", plain("typ", json!("ID"))),
        ("Keycloak's refresh token", plain("typ", json!("Refresh"))),
        ("Keycloak's offline token", plain("typ", json!("Offline"))),
        ("Keycloak's logout token", plain("typ", json!("Logout"))),
        ("typ mistyped", plain("typ", json!(["Bearer"]))),
        (
            "an ID token with a nonce",
            plain("nonce", json!("n-0S6_WzA2Mj")),
        ),
        (
            "an ID token with at_hash",
            plain("at_hash", json!("77QmUPtjPfzWtF2AnpK9RQ")),
        ),
        (
            "an ID token with c_hash",
            plain("c_hash", json!("LDktKdoQak3Pk0cnXxCltA")),
        ),
        (
            "an ID token made out to its client",
            plain("azp", json!("kada")),
        ),
        ("an ID token of Cognito", plain("token_use", json!("id"))),
        ("a logout token", plain("events", json!({}))),
        (
            "an ID token that calls itself an access token",
            door.forged(|_, claims| claims["at_hash"] = json!("77QmUPtjPfzWtF2AnpK9RQ")),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_forged_signature_is_refused() {
    let door = Door::of(Algorithm::RS256).await;
    let hmac = json!({ "alg": "HS256", "typ": "at+jwt", "kid": door.issuer.kid() });
    let with_secret = |secret: &[u8]| {
        let key = EncodingKey::from_secret(secret);
        issuer::sign(&hmac, &door.claims(), &key, Algorithm::HS256)
    };
    let public = issuer::public(Algorithm::RS256, 0);
    let modulus = public["n"].as_str().expect("a modulus").to_owned();
    let pem = issuer::RSA_PUBLIC_PEM;
    let none = |alg: &str| {
        let header = json!({ "alg": alg, "typ": "at+jwt", "kid": door.issuer.kid() });
        format!("{}.", issuer::unsigned(&header, &door.claims()))
    };
    let good = door.issuer.token(&door.claims());
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let mut admin = door.claims();
    admin["roles"] = json!(["ministry_admin"]);
    let raised = issuer::unsigned(&door.issuer.header(), &admin);
    let other_key = issuer::private(Algorithm::RS256, 1);
    let mut flipped = signature.to_owned();
    flipped.replace_range(10..11, if &signature[10..11] == "A" { "B" } else { "A" });
    door.refuses_all(vec![
        ("alg none", none("none")),
        ("alg None", none("None")),
        ("alg empty", none("")),
        (
            "alg none with a signature",
            format!("{}{signature}", none("none")),
        ),
        ("HS256 with the public PEM", with_secret(pem.as_bytes())),
        (
            "HS256 with the trimmed PEM",
            with_secret(pem.trim().as_bytes()),
        ),
        ("HS256 with the modulus", with_secret(modulus.as_bytes())),
        (
            "HS256 with the JWK",
            with_secret(public.to_string().as_bytes()),
        ),
        ("HS256 with nothing", with_secret(b"")),
        (
            "another key under this kid",
            issuer::sign(
                &door.issuer.header(),
                &door.claims(),
                &other_key,
                Algorithm::RS256,
            ),
        ),
        ("RS512", {
            let header = json!({ "alg": "RS512", "typ": "at+jwt", "kid": door.issuer.kid() });
            let key = issuer::private(Algorithm::RS256, 0);
            issuer::sign(&header, &door.claims(), &key, Algorithm::RS512)
        }),
        ("signature stripped", format!("{message}.")),
        ("signature and its dot stripped", message.to_owned()),
        ("signature altered", format!("{message}.{flipped}")),
        ("signature cut", good[..good.len() - 4].to_owned()),
        ("signature padded", format!("{good}==")),
        (
            "claims swapped under the signature",
            format!("{raised}.{signature}"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let door = Door::of(Algorithm::EdDSA).await;
    let good = door.issuer.token(&door.claims());
    let deep = format!("{}1{}", "[".repeat(4000), "]".repeat(4000));
    for header in [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer ..".to_owned()),
        Some("Bearer e30.e30.".to_owned()),
        Some("Bearer e30.e30.e30.e30.e30".to_owned()),
        Some(format!("Bearer {good}.{good}")),
        Some(format!("Bearer {}", &good[..good.len() / 2])),
        Some(format!(
            "Bearer {}",
            issuer::unsigned(&json!(deep), &json!(deep))
        )),
        Some(format!(
            "Bearer {}",
            door.forged(|_, claims| claims["x"] = json!("x".repeat(20_000)))
        )),
        Some(format!("Basic {good}")),
        Some(format!("Token {good}")),
        Some(format!("Bearer Bearer {good}")),
        Some(format!("Bearer {good}, Bearer {good}")),
        Some(good.clone()),
    ] {
        let refused = door.verifier.verify(header.as_deref()).await;
        assert_eq!(refused.map(|_| ()), Err(Unauthorized), "{header:?}");
    }
    assert!(
        door.verifier
            .verify(Some(&format!("bearer {good}")))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_issuer_speaks_with_its_own_keys_for_its_own_tenants() {
    let clock = Clock::fixed(Clock::system().now());
    let mali = TestIssuer::start(Algorithm::EdDSA).await;
    let haiti = TestIssuer::start(Algorithm::EdDSA).await;
    haiti.rotate();
    // The kid that Mali's key has, over another key.
    let mut same_name = issuer::public(Algorithm::EdDSA, 1);
    same_name["kid"] = json!("EdDSA-0");
    haiti.publish(vec![same_name]);
    let configs = vec![mali.config(&["ml"]), haiti.config(&["ht"])];
    let verifier = Verifier::new(configs, clock.clone()).expect("a verifier");
    let enter = async |token: String| verifier.verify(Some(&format!("Bearer {token}"))).await;

    let mut for_haiti = mali.claims(&clock);
    for_haiti["tenant"] = json!("ht");
    assert!(
        enter(mali.token(&for_haiti)).await.is_err(),
        "another's tenant"
    );
    let stolen_name = haiti.claims(&clock);
    assert!(
        enter(mali.token(&stolen_name)).await.is_err(),
        "another's name"
    );
    let header = mali.header();
    let as_mali = haiti.sign(&header, &mali.claims(&clock));
    assert!(
        enter(as_mali).await.is_err(),
        "another's key of the same kid"
    );
    let mut hub = mali.claims(&clock);
    hub["roles"] = json!(["hub_admin", "platform_operator", "viewer"]);
    let viewer = enter(mali.token(&hub)).await.expect("a caller");
    assert_eq!(Vec::from_iter(viewer.actor.roles.clone()), [Role::Viewer]);
    let own = enter(haiti.sign(&header, &stolen_name))
        .await
        .expect("a caller");
    assert_eq!(tenant(&own), Some("ht"));
}

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
        for guest in Vec::from_iter(flood) {
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
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
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
    let waiting = std::time::Instant::now();
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

#[tokio::test]
async fn a_token_counts_until_it_expires_and_no_longer() {
    let door = Door::of(Algorithm::EdDSA).await;
    let now = door.clock.now().timestamp();
    let token = door.forged(|_, claims| {
        claims["exp"] = json!(now + 300);
        claims["nbf"] = json!(now + 30);
        claims["iat"] = json!(now + 900);
    });
    assert!(door.enter(&token).await.is_ok());
    door.clock.advance(TimeDelta::seconds(329));
    assert!(door.enter(&token).await.is_ok(), "clocks differ a little");
    door.clock.advance(TimeDelta::seconds(1));
    assert!(
        door.enter(&token).await.is_err(),
        "it was remembered, and has expired"
    );
}

#[tokio::test]
async fn a_remembered_token_is_not_taken_for_another() {
    let door = Door::of(Algorithm::EdDSA).await;
    let good = door.issuer.token(&door.claims());
    assert!(door.enter(&good).await.is_ok());
    let (message, _) = good.rsplit_once('.').expect("three parts");
    assert!(door.enter(message).await.is_err());
    assert!(door.enter(&format!("{message}.AAAA")).await.is_err());
    assert!(door.enter(&good).await.is_ok());
    assert_eq!(door.issuer.fetches(), 1);
}

#[tokio::test]
async fn a_request_may_only_agree_with_its_token() {
    let door = Door::of(Algorithm::EdDSA).await;
    let verified = door.enter_with(&door.claims()).await.expect("a caller");
    assert!(verified.agrees_with(None) && verified.agrees_with(Some("ml")));
    for other in ["tz", "", "ML", "ml "] {
        assert!(!verified.agrees_with(Some(other)), "{other}");
    }
    let hub = Verified {
        realm: Realm::Hub,
        ..verified
    };
    assert!(hub.agrees_with(None) && !hub.agrees_with(Some("ml")));
}

#[test]
fn no_bytes_break_the_verifier() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let door = runtime.block_on(Door::of(Algorithm::EdDSA));
    let good = door.issuer.token(&door.claims());
    assert!(runtime.block_on(door.enter(&good)).is_ok());
    proptest!(|(header in any::<String>(), at in 0..good.len(), byte in any::<char>(), junk in any::<Vec<u8>>())| {
        let mut altered = good.clone();
        altered.replace_range(at..=at, &byte.to_string());
        let bytes = String::from_utf8_lossy(&junk).into_owned();
        for text in [header.clone(), format!("Bearer {header}"), format!("Bearer {bytes}"), format!("Bearer {bytes}.{header}.{bytes}")] {
            prop_assert!(runtime.block_on(door.verifier.verify(Some(&text))).is_err());
        }
        let same = altered == good;
        prop_assert_eq!(runtime.block_on(door.enter(&altered)).is_ok(), same);
    });
}

//! Who is let in: real keys of three kinds, served by a real HTTP server, against every forgery we know.

mod forgeries;
mod key_sets;

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use kada::auth::{Realm, Role, Unauthorized, Verified, Verifier};
use kada::kernel::{Clock, Id, Sector, WorkerId};
use kada::platform::config;
use serde_json::{Value, json};

use crate::support::issuer::{self, TestIssuer};

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

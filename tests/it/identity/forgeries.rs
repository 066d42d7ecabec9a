//! Tokens that must not open the door, each with what is wrong with it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use kada::auth::Unauthorized;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Door, without};
use crate::support::issuer;

#[tokio::test]
async fn a_header_of_another_kind_or_algorithm_is_refused() {
    let door = Door::of(Algorithm::EdDSA).await;
    let lacking = |name| {
        door.issuer
            .sign(&without(door.issuer.header(), name), &door.claims())
    };
    let header = |name: &'static str, value: Value| door.forged(|header, _| header[name] = value);
    door.refuses_all(vec![
        ("no typ", lacking("typ")),
        ("typ of an ID token", header("typ", json!("id+jwt"))),
        ("typ of a logout token", header("typ", json!("logout+jwt"))),
        ("typ of a DPoP proof", header("typ", json!("dpop+jwt"))),
        ("typ mistyped", header("typ", json!(["at+jwt"]))),
        ("no alg", lacking("alg")),
        ("alg mistyped", header("alg", json!(["EdDSA"]))),
        ("alg in another case", header("alg", json!("eddsa"))),
        ("alg of another family", header("alg", json!("ES256"))),
        ("alg unheard of", header("alg", json!("ES256K"))),
    ])
    .await;
}

#[tokio::test]
async fn a_token_cannot_choose_its_key() {
    let door = Door::of(Algorithm::EdDSA).await;
    let elsewhere = door.issuer.address("/attacker-keys");
    let certs = door.issuer.address("/certs");
    let header = |name: &'static str, value: Value| door.forged(|header, _| header[name] = value);
    let mut own_key = door.issuer.header();
    own_key["jwk"] = issuer::public(Algorithm::EdDSA, 1);
    let key = issuer::private(Algorithm::EdDSA, 1);
    let own_key = issuer::sign(&own_key, &door.claims(), &key, Algorithm::EdDSA);
    door.refuses_all(vec![
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
        ("jku of the issuer itself", header("jku", json!(certs))),
        ("x5u", header("x5u", json!(elsewhere))),
        ("x5c", header("x5c", json!(["MIIB"]))),
        ("crit", header("crit", json!(["exp"]))),
        ("b64", header("b64", json!(true))),
        ("jwk", own_key),
    ])
    .await;
}

#[tokio::test]
async fn a_claim_that_is_absent_or_mistyped_is_refused() {
    let door = Door::of(Algorithm::EdDSA).await;
    let claim = |name: &'static str, value: Value| door.forged(|_, claims| claims[name] = value);
    let now = door.clock.now().timestamp();
    let mut forgeries = vec![
        ("iss in an array", claim("iss", json!([door.issuer.name()]))),
        ("aud beside a number", claim("aud", json!(["kada", 1]))),
        ("exp as text", claim("exp", json!((now + 60).to_string()))),
        ("nbf as text", claim("nbf", json!(now.to_string()))),
        ("two tenants", claim("tenant", json!(["ml", "tz"]))),
        (
            "roles beside a number",
            claim("roles", json!(["viewer", 1])),
        ),
        ("person in an array", claim("worker", json!(["wkr_1"]))),
    ];
    for name in ["iss", "aud", "exp", "sub"] {
        let claims = without(door.claims(), name);
        forgeries.push((name, door.issuer.token(&claims)));
    }
    for name in [
        "iss", "aud", "exp", "sub", "nbf", "tenant", "roles", "units", "sectors", "worker",
    ] {
        for value in [json!(null), json!(true), json!({ "is": "an object" })] {
            forgeries.push((name, claim(name, value)));
        }
    }
    door.refuses_all(forgeries).await;
}

#[tokio::test]
async fn a_claim_of_the_wrong_value_is_refused() {
    let door = Door::of(Algorithm::EdDSA).await;
    let claim = |name: &'static str, value: Value| door.forged(|_, claims| claims[name] = value);
    let now = door.clock.now().timestamp();
    let slashed = format!("{}/", door.issuer.name());
    door.refuses_all(vec![
        (
            "a stranger's iss",
            claim("iss", json!("https://id.example")),
        ),
        ("iss with a slash more", claim("iss", json!(slashed))),
        ("aud of another service", claim("aud", json!("dhis2"))),
        ("aud of others", claim("aud", json!(["dhis2", "account"]))),
        ("aud empty", claim("aud", json!([]))),
        ("sub empty", claim("sub", json!(""))),
        ("sub endless", claim("sub", json!("a".repeat(300)))),
        ("sub of two lines", claim("sub", json!("amina\nadmin"))),
        ("expired", claim("exp", json!(now - 61))),
        ("expired long ago", claim("exp", json!(0))),
        ("exp before 1970", claim("exp", json!(-1))),
        ("exp beyond all years", claim("exp", json!(1e300))),
        ("not valid yet", claim("nbf", json!(now + 61))),
        ("another tenant", claim("tenant", json!("tz"))),
        ("a worker who is none", claim("worker", json!("wkr_1"))),
    ])
    .await;
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
async fn a_public_key_is_no_secret_and_none_is_no_algorithm() {
    let door = Door::of(Algorithm::RS256).await;
    let header = |alg: &str| json!({ "alg": alg, "typ": "at+jwt", "kid": door.issuer.kid() });
    let none = |alg: &str| format!("{}.", issuer::unsigned(&header(alg), &door.claims()));
    let with_secret = |secret: &[u8]| {
        let key = EncodingKey::from_secret(secret);
        issuer::sign(&header("HS256"), &door.claims(), &key, Algorithm::HS256)
    };
    let public = issuer::public(Algorithm::RS256, 0);
    let modulus = public["n"].as_str().expect("a modulus");
    let raw = URL_SAFE_NO_PAD.decode(modulus).expect("base64");
    let pem = issuer::RSA_PUBLIC_PEM;
    let jwk = public.to_string();
    let key = issuer::private(Algorithm::RS256, 0);
    let rs512 = issuer::sign(&header("RS512"), &door.claims(), &key, Algorithm::RS512);
    door.refuses_all(vec![
        ("alg none", none("none")),
        ("alg None", none("None")),
        ("alg empty", none("")),
        ("alg none with a signature", format!("{}AAAA", none("none"))),
        ("HS256 with the PEM", with_secret(pem.as_bytes())),
        (
            "HS256 with the trimmed PEM",
            with_secret(pem.trim().as_bytes()),
        ),
        ("HS256 with the modulus", with_secret(modulus.as_bytes())),
        ("HS256 with the raw modulus", with_secret(&raw)),
        ("HS256 with the JWK", with_secret(jwk.as_bytes())),
        ("HS256 with nothing", with_secret(b"")),
        ("RS512 with the right key", rs512),
    ])
    .await;
}

#[tokio::test]
async fn a_signature_that_does_not_fit_is_refused() {
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let door = Door::of(algorithm).await;
        let header = door.issuer.header();
        let good = door.issuer.token(&door.claims());
        let (message, signature) = good.rsplit_once('.').expect("three parts");
        let other_key = issuer::private(algorithm, 1);
        let other = issuer::sign(&header, &door.claims(), &other_key, algorithm);
        let mut admin = door.claims();
        admin["roles"] = json!(["ministry_admin"]);
        let raised = issuer::unsigned(&header, &admin);
        let mut altered = signature.to_owned();
        let other_letter = if &signature[10..11] == "A" { "B" } else { "A" };
        altered.replace_range(10..11, other_letter);
        door.refuses_all(vec![
            ("another key under this kid", other),
            ("stripped", format!("{message}.")),
            ("stripped with its dot", message.to_owned()),
            ("altered", format!("{message}.{altered}")),
            ("cut", good[..good.len() - 4].to_owned()),
            ("padded", format!("{good}==")),
            ("all zeros", format!("{message}.{}", "A".repeat(86))),
            ("over other claims", format!("{raised}.{signature}")),
        ])
        .await;
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let door = Door::of(Algorithm::EdDSA).await;
    let good = door.issuer.token(&door.claims());
    let deep = format!(r#"{{"iss":{}1{}}}"#, "[".repeat(4000), "]".repeat(4000));
    let deep = URL_SAFE_NO_PAD.encode(deep);
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
        Some(format!("Bearer {deep}.{deep}.AAAA")),
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

//! Public keys as an issuer publishes them (RFC 7517), read strictly: what is not surely meant for one of the
//! three algorithms is left out of the set.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, crypto};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

const MOST_KEYS: usize = 64;

/// The only algorithms there are: `none` and the HMAC family cannot even be written down here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    EdDsa,
    Es256,
    Rs256,
}

impl Algorithm {
    /// By the name in a token's header and in the configuration.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "EdDSA" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }

    fn of_the_library(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
        }
    }
}

/// One public key, good for one algorithm.
pub(super) struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

impl Key {
    /// Whether `signature` (base64url) is this key's over `message`.
    pub(super) fn signed(&self, message: &str, signature: &str) -> bool {
        crypto::verify(
            signature,
            message.as_bytes(),
            &self.decoding,
            self.algorithm.of_the_library(),
        )
        .unwrap_or(false)
    }

    fn read(jwk: &Value) -> Option<Self> {
        let jwk = jwk.as_object()?;
        // A key whose private half is published belongs to everybody.
        let meant_for_signatures = absent_or(jwk, "use", |value| value == "sig")
            && absent_or(jwk, "key_ops", |value| {
                value
                    .as_array()
                    .is_some_and(|operations| operations.iter().any(|op| op == "verify"))
            })
            && !jwk.contains_key("d");
        let kid = match jwk.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str()?.to_owned()),
        };
        let (algorithm, decoding) = material(jwk)?;
        let named = |alg: &Value| alg.as_str().and_then(Algorithm::named) == Some(algorithm);
        let key = Self {
            kid,
            algorithm,
            decoding,
        };
        (meant_for_signatures && absent_or(jwk, "alg", named) && key.is_sound()).then_some(key)
    }

    /// A point off the curve shows only when a verifier is made of it.
    fn is_sound(&self) -> bool {
        crypto::verify("", b"", &self.decoding, self.algorithm.of_the_library()).is_ok()
    }
}

fn absent_or(jwk: &Map<String, Value>, member: &str, holds: impl Fn(&Value) -> bool) -> bool {
    jwk.get(member).is_none_or(holds)
}

/// The key itself, its length checked here: the library slices an Ed25519 key without looking.
fn material(jwk: &Map<String, Value>) -> Option<(Algorithm, DecodingKey)> {
    let text = |member: &str| jwk.get(member).and_then(Value::as_str);
    let bytes = |member: &str| URL_SAFE_NO_PAD.decode(text(member)?).ok();
    match (text("kty")?, text("crv")) {
        ("OKP", Some("Ed25519")) => {
            let x = bytes("x").filter(|x| x.len() == 32)?;
            Some((Algorithm::EdDsa, DecodingKey::from_ed_der(&x)))
        }
        ("EC", Some("P-256")) => {
            let x = bytes("x").filter(|x| x.len() == 32)?;
            let y = bytes("y").filter(|y| y.len() == 32)?;
            let point = [&[4], x.as_slice(), y.as_slice()].concat();
            Some((Algorithm::Es256, DecodingKey::from_ec_der(&point)))
        }
        ("RSA", _) => {
            let modulus = bytes("n")?;
            let first = modulus.iter().position(|byte| *byte != 0)?;
            let modulus = &modulus[first..];
            let exponent = bytes("e").filter(|e| (1..=8).contains(&e.len()))?;
            (256..=512).contains(&modulus.len()).then(|| {
                let key = DecodingKey::from_rsa_raw_components(modulus, &exponent);
                (Algorithm::Rs256, key)
            })
        }
        _ => None,
    }
}

/// The usable keys of one issuer at one time.
#[derive(Default)]
pub(super) struct KeySet {
    keys: Vec<Arc<Key>>,
    digest: [u8; 32],
}

impl KeySet {
    pub(super) fn read(body: &[u8]) -> anyhow::Result<Self> {
        let set: Value = serde_json::from_slice(body)?;
        let keys = set
            .get("keys")
            .and_then(Value::as_array)
            .ok_or_else(|| anyhow::anyhow!("the answer is no key set"))?;
        anyhow::ensure!(keys.len() <= MOST_KEYS, "more than {MOST_KEYS} keys");
        Ok(Self {
            keys: keys.iter().filter_map(Key::read).map(Arc::new).collect(),
            digest: Sha256::digest(body).into(),
        })
    }

    pub(super) fn is_the_same_as(&self, other: &KeySet) -> bool {
        self.digest == other.digest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key by name; a token that names none can only mean the one key of its algorithm.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<Arc<Key>> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| key.algorithm == algorithm)
            .filter(|key| kid.is_none() || key.kid.as_deref() == kid);
        let found = fitting.next()?;
        let alone = kid.is_some() || fitting.next().is_none();
        alone.then(|| Arc::clone(found))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn usable(keys: &Value) -> usize {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes())
            .expect("a key set")
            .keys
            .len()
    }

    #[test]
    fn only_keys_surely_meant_for_signatures_are_taken() {
        let key = |more: Value| {
            let mut key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": X });
            for (member, value) in more.as_object().expect("an object") {
                key[member] = value.clone();
            }
            key
        };
        assert_eq!(usable(&json!([key(json!({}))])), 1);
        assert_eq!(
            usable(&json!([key(
                json!({ "use": "sig", "alg": "EdDSA", "key_ops": ["verify"] })
            )])),
            1
        );
        for refused in [
            json!({ "use": "enc" }),
            json!({ "alg": "ES256" }),
            json!({ "alg": 1 }),
            json!({ "key_ops": ["encrypt"] }),
            json!({ "d": X }),
            json!({ "kid": 7 }),
            json!({ "x": "AA" }),
            json!({ "x": "" }),
            json!({ "crv": "X25519" }),
            json!({ "kty": "oct", "k": X }),
            json!({ "kty": "EC", "crv": "P-256", "y": X }),
            json!({ "kty": "RSA", "n": X, "e": "AQAB" }),
        ] {
            assert_eq!(usable(&json!([key(refused.clone())])), 0, "{refused}");
        }
    }

    #[test]
    fn a_set_that_is_none_or_too_large_is_refused() {
        for body in ["", "[]", "{}", r#"{"keys":{}}"#] {
            assert!(KeySet::read(body.as_bytes()).is_err(), "{body}");
        }
        let many = json!({ "keys": vec![json!({}); MOST_KEYS + 1] }).to_string();
        assert!(KeySet::read(many.as_bytes()).is_err());
    }

    #[test]
    fn a_token_without_kid_fits_the_only_key_and_no_other() {
        let set = |kids: &[&str]| {
            let keys: Vec<Value> = kids
                .iter()
                .map(|kid| json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": X }))
                .collect();
            KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).expect("a key set")
        };
        assert!(set(&["a"]).find(None, Algorithm::EdDsa).is_some());
        assert!(set(&["a"]).find(None, Algorithm::Es256).is_none());
        assert!(set(&["a", "b"]).find(None, Algorithm::EdDsa).is_none());
        assert!(set(&["a", "b"]).find(Some("b"), Algorithm::EdDsa).is_some());
    }
}

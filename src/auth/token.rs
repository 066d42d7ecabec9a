//! A bearer token (RFC 7519) and everything that must hold of it before a claim is believed. Pure: the key and
//! the time are parameters. The library checks the signature; the rest is here, where each rule is one line.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use serde_json::{Map, Value};

use super::keys::{Algorithm, Key};
use crate::kernel::Instant;

/// How far an issuer's clock may be off.
pub(super) const LEEWAY: TimeDelta = TimeDelta::seconds(30);

const MOST_BYTES: usize = 16 * 1024;
const LONGEST_KID: usize = 256;
const LONGEST_SUBJECT: usize = 255;

/// Headers by which a token would choose its own key, or ask for rules that are not ours.
const REFUSED_HEADERS: [&str; 6] = ["jku", "x5u", "jwk", "x5c", "crit", "b64"];

/// Claims that mark an ID token or a logout token. Older Keycloaks repeat `nonce` in access tokens, so it
/// tells only where nothing else does.
const MARKS_OF_OTHER_TOKENS: [&str; 4] = ["at_hash", "c_hash", "s_hash", "events"];

/// Why a token was refused: for the debug log, never for the caller.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Reason(pub(super) &'static str);

/// A token taken apart and not yet verified.
pub(super) struct Token<'a> {
    message: &'a str,
    signature: &'a str,
    header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
}

/// What every verified token says.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    pub(super) subject: &'a str,
    pub(super) expires_at: Instant,
}

/// The token in an `Authorization` header.
pub(super) fn bearer(authorization: &str) -> Result<&str, Reason> {
    let (scheme, token) = authorization
        .split_once(' ')
        .ok_or(Reason("no scheme before the token"))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Reason("the scheme is not Bearer"));
    }
    let token = token.trim_matches(' ');
    if token.len() > MOST_BYTES {
        return Err(Reason("the token is too long"));
    }
    Ok(token)
}

impl<'a> Token<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Reason> {
        let (message, signature) = text.rsplit_once('.').ok_or(Reason("no signature"))?;
        let (header, claims) = message.split_once('.').ok_or(Reason("no claims"))?;
        Ok(Self {
            message,
            signature,
            header: object(header).ok_or(Reason("the header is no JSON object"))?,
            claims: object(claims).ok_or(Reason("the claims are no JSON object"))?,
        })
    }

    /// Whom the token says it is from.
    pub(super) fn issuer(&self) -> Result<&str, Reason> {
        text(&self.claims, "iss").ok_or(Reason("iss is absent or no string"))
    }

    /// The algorithm, once the header is one that Kada accepts.
    pub(super) fn algorithm(&self, allowed: &[Algorithm]) -> Result<Algorithm, Reason> {
        if REFUSED_HEADERS
            .iter()
            .any(|name| self.header.contains_key(*name))
        {
            return Err(Reason(
                "the header brings its own key or a critical extension",
            ));
        }
        self.media_type()?;
        text(&self.header, "alg")
            .and_then(Algorithm::named)
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or(Reason("alg is none of the issuer's algorithms"))
    }

    /// `typ`, which every Keycloak writes and RFC 9068 demands; true for a declared access token.
    fn media_type(&self) -> Result<bool, Reason> {
        let typ = text(&self.header, "typ")
            .ok_or(Reason("the header's typ is absent or no string"))?
            .to_ascii_lowercase();
        match typ.as_str() {
            "at+jwt" | "application/at+jwt" => Ok(true),
            "jwt" => Ok(false),
            _ => Err(Reason("the header's typ is that of another kind of token")),
        }
    }

    /// `Some` is looked up by equality and used for nothing else.
    pub(super) fn kid(&self) -> Result<Option<&str>, Reason> {
        match self.header.get("kid") {
            None => Ok(None),
            Some(Value::String(kid)) if kid.len() <= LONGEST_KID => Ok(Some(kid)),
            Some(_) => Err(Reason("kid is no short string")),
        }
    }

    pub(super) fn check_signature(&self, key: &Key) -> Result<(), Reason> {
        if key.signed(self.message, self.signature) {
            Ok(())
        } else {
            Err(Reason("the signature is not the key's"))
        }
    }

    /// Everything but the signature and the claims that are the issuer's own.
    pub(super) fn check(&self, audience: &str, now: Instant) -> Result<Standing<'_>, Reason> {
        let subject = text(&self.claims, "sub")
            .filter(|sub| !sub.is_empty() && sub.len() <= LONGEST_SUBJECT)
            .filter(|sub| !sub.chars().any(char::is_control))
            .ok_or(Reason("sub is absent, no string, empty or too long"))?;
        let expires_at = self
            .claims
            .get("exp")
            .and_then(moment)
            .ok_or(Reason("exp is absent or no time"))?;
        if !is_current(expires_at, now) {
            return Err(Reason("the token has expired"));
        }
        if let Some(nbf) = self.claims.get("nbf") {
            let begins_at = moment(nbf).ok_or(Reason("nbf is no time"))?;
            if now + LEEWAY < begins_at {
                return Err(Reason("the token is not valid yet"));
            }
        }
        self.check_audience(audience)?;
        self.check_kind(audience)?;
        Ok(Standing {
            subject,
            expires_at,
        })
    }

    fn check_audience(&self, audience: &str) -> Result<(), Reason> {
        let meant = match self.claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(many)) if many.iter().all(Value::is_string) => {
                many.iter().any(|one| one == audience)
            }
            _ => return Err(Reason("aud is absent, or neither a string nor strings")),
        };
        if meant {
            Ok(())
        } else {
            Err(Reason("the token is for another audience"))
        }
    }

    /// Only access tokens. Keycloak says so in the claim `typ`, RFC 9068 in the header; a token that says
    /// nothing is refused when it looks like an ID token: with a nonce, or made out to its own client.
    fn check_kind(&self, audience: &str) -> Result<(), Reason> {
        let declared = match self.claims.get("typ") {
            None => self.media_type()?,
            Some(Value::String(typ)) if typ.eq_ignore_ascii_case("bearer") => true,
            Some(_) => return Err(Reason("the claim typ is not Bearer")),
        };
        let is_other = MARKS_OF_OTHER_TOKENS
            .iter()
            .any(|mark| self.claims.contains_key(*mark))
            || self
                .claims
                .get("token_use")
                .is_some_and(|kind| kind != "access");
        let seems_other = self.claims.contains_key("nonce")
            || text(&self.claims, "azp").is_some_and(|client| client == audience);
        if is_other || (seems_other && !declared) {
            return Err(Reason("the token is no access token"));
        }
        Ok(())
    }
}

/// Whether a token that ends at `expires_at` still counts.
pub(super) fn is_current(expires_at: Instant, now: Instant) -> bool {
    now < expires_at + LEEWAY
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name).and_then(Value::as_str)
}

/// A `NumericDate`: seconds since 1970, perhaps with a fraction; within the years that leave room for leeway.
fn moment(value: &Value) -> Option<Instant> {
    const YEAR_9999: f64 = 253_370_764_800.0;
    let seconds = value.as_f64().filter(|s| (0.0..YEAR_9999).contains(s))?;
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the line above")]
    DateTime::from_timestamp_millis((seconds * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_numeric_date_is_a_number_of_sane_size() {
        for value in [json!(0), json!(1_700_000_000), json!(1.7e9), json!(1.5)] {
            assert!(moment(&value).is_some(), "{value}");
        }
        for value in [
            json!("1700000000"),
            json!(null),
            json!(true),
            json!([1]),
            json!(-1),
            json!(1e300),
            json!(u64::MAX),
        ] {
            assert!(moment(&value).is_none(), "{value}");
        }
    }

    #[test]
    fn only_a_bearer_of_bounded_length_is_read() {
        assert_eq!(bearer("Bearer a.b.c"), Ok("a.b.c"));
        assert_eq!(bearer("bEARER  a.b.c "), Ok("a.b.c"));
        let huge = format!("Bearer {}", "a".repeat(MOST_BYTES + 1));
        for header in ["", "Bearer", "Basic a.b.c", "Bearera.b.c", huge.as_str()] {
            assert!(bearer(header).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            let _ = bearer(&text);
            prop_assert!(Token::read(&text).is_err());
        }

        #[test]
        fn no_header_and_no_claims_break_the_checks(header in json_object(), claims in json_object()) {
            let text = format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            if let Ok(token) = Token::read(&text) {
                let _ = (token.issuer().is_ok(), token.kid().is_ok(), token.algorithm(&[Algorithm::EdDsa]).is_ok());
                prop_assert!(token.check("kada", DateTime::UNIX_EPOCH).is_err());
            }
        }
    }

    fn json_object() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            Just("null".to_owned()),
            any::<i64>().prop_map(|number| number.to_string()),
            any::<f64>().prop_map(|number| json!(number).to_string()),
            any::<String>().prop_map(|text| json!(text).to_string()),
            Just(r#"["kada"]"#.to_owned()),
        ];
        let name = prop_oneof![
            Just("iss"),
            Just("sub"),
            Just("aud"),
            Just("exp"),
            Just("nbf"),
            Just("typ"),
            Just("kid"),
            Just("alg")
        ];
        // The last `aud` counts, and none of it is ours: whatever the rest says, the token is refused.
        proptest::collection::vec((name, value), 0..6).prop_map(|members| {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("\"{name}\":{value}"))
                .collect();
            members.push(r#""aud":[]"#.to_owned());
            format!("{{{}}}", members.join(","))
        })
    }
}

//! An identity provider on the loopback: real keys, a real JWKS over HTTP, and every way in which one misbehaves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use kada::kernel::Clock;
use kada::platform::config;
use serde_json::{Value, json};

/// How the JWKS address answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Up,
    Down,
    /// Takes the connection and says nothing.
    Silent,
    Redirecting,
    /// A key set, followed by a megabyte of spaces.
    Huge,
    /// 65 keys.
    Crowded,
    Garbage,
}

pub struct TestIssuer {
    pub algorithm: Algorithm,
    base: String,
    /// The pair that signs: 0, and 1 after a rotation.
    current: AtomicUsize,
    desk: Arc<Desk>,
}

struct Desk {
    keys: Mutex<Vec<Value>>,
    mode: Mutex<Mode>,
    fetches: AtomicUsize,
    strays: AtomicUsize,
}

impl TestIssuer {
    pub async fn start(algorithm: Algorithm) -> Self {
        let desk = Arc::new(Desk {
            keys: Mutex::new(vec![public(algorithm, 0)]),
            mode: Mutex::new(Mode::Up),
            fetches: AtomicUsize::new(0),
            strays: AtomicUsize::new(0),
        });
        let app = Router::new()
            .route("/certs", get(certs))
            .fallback(stray)
            .with_state(Arc::clone(&desk));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            algorithm,
            base,
            current: AtomicUsize::new(0),
            desk,
        }
    }

    /// The `iss` of its tokens.
    pub fn name(&self) -> String {
        format!("{}/realms/kada", self.base)
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub fn config(&self, tenants: &[&str]) -> config::Issuer {
        config::Issuer {
            issuer: self.name(),
            tenants: tenants.iter().map(|code| (*code).to_owned()).collect(),
            hub: false,
            platform: false,
            jwks_url: self.address("/certs"),
            audience: "kada".to_owned(),
            algorithms: vec![format!("{:?}", self.algorithm)],
            claims: config::Claims::default(),
            roles: BTreeMap::new(),
        }
    }

    pub fn set(&self, mode: Mode) {
        *self.desk.mode.lock().expect("the mode") = mode;
    }

    pub fn fetches(&self) -> usize {
        self.desk.fetches.load(Ordering::SeqCst)
    }

    /// Requests for anything but the key set: a verifier makes none.
    pub fn strays(&self) -> usize {
        self.desk.strays.load(Ordering::SeqCst)
    }

    /// Signs with the second pair from now on; publishes it beside the first.
    pub fn rotate(&self) {
        self.current.store(1, Ordering::SeqCst);
        self.publish(vec![public(self.algorithm, 0), public(self.algorithm, 1)]);
    }

    /// Publishes exactly these keys.
    pub fn publish(&self, keys: Vec<Value>) {
        *self.desk.keys.lock().expect("the keys") = keys;
    }

    pub fn kid(&self) -> String {
        kid(self.algorithm, self.current.load(Ordering::SeqCst))
    }

    pub fn header(&self) -> Value {
        json!({ "alg": format!("{:?}", self.algorithm), "typ": "at+jwt", "kid": self.kid() })
    }

    /// The claims of a plain access token for an hour.
    pub fn claims(&self, clock: &Clock) -> Value {
        let now = clock.now().timestamp();
        json!({
            "iss": self.name(), "aud": "kada", "sub": "amina", "iat": now, "exp": now + 3600,
            "roles": ["hr_manager"],
        })
    }

    pub fn token(&self, claims: &Value) -> String {
        self.sign(&self.header(), claims)
    }

    /// Signs whatever it is given.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let pair = self.current.load(Ordering::SeqCst);
        sign(
            header,
            claims,
            &private(self.algorithm, pair),
            self.algorithm,
        )
    }
}

pub fn sign(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = unsigned(header, claims);
    let signature = crypto::sign(message.as_bytes(), key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}

pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    )
}

fn kid(algorithm: Algorithm, pair: usize) -> String {
    format!("{algorithm:?}-{pair}")
}

/// The published half of a pair, as a JWK.
pub fn public(algorithm: Algorithm, pair: usize) -> Value {
    let mut jwk = Jwk::from_encoding_key(&private(algorithm, pair), algorithm).expect("a JWK");
    jwk.common.key_id = Some(kid(algorithm, pair));
    let mut jwk = serde_json::to_value(jwk).expect("JSON");
    jwk["use"] = json!("sig");
    jwk
}

pub fn private(algorithm: Algorithm, pair: usize) -> EncodingKey {
    match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_pem(ED25519[pair].as_bytes()),
        Algorithm::ES256 => EncodingKey::from_ec_pem(P256[pair].as_bytes()),
        _ => EncodingKey::from_rsa_pem(RSA[pair].as_bytes()),
    }
    .expect("a key")
}

async fn certs(State(desk): State<Arc<Desk>>) -> Response {
    desk.fetches.fetch_add(1, Ordering::SeqCst);
    let mut keys = desk.keys.lock().expect("the keys").clone();
    let mode = *desk.mode.lock().expect("the mode");
    let body = match mode {
        Mode::Down => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mode::Redirecting => return Redirect::temporary("/elsewhere").into_response(),
        Mode::Silent => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            String::new()
        }
        Mode::Garbage => "<html>signed out</html>".to_owned(),
        Mode::Up => json!({ "keys": keys }).to_string(),
        Mode::Huge => format!("{}{}", json!({ "keys": keys }), " ".repeat(1 << 20)),
        Mode::Crowded => {
            keys.resize(65, json!({ "kty": "oct" }));
            json!({ "keys": keys }).to_string()
        }
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn stray(State(desk): State<Arc<Desk>>) -> StatusCode {
    desk.strays.fetch_add(1, Ordering::SeqCst);
    StatusCode::NOT_FOUND
}

// Keys for tests alone; nothing else has ever trusted them.

const ED25519: [&str; 2] = [
    "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIGo2+3r0mfTWJndwqitGzlzuKvH28Yrj3uRBlMoe5m6Z
-----END PRIVATE KEY-----
",
    "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIP5irL6kTq4CHsoFdz4Lmu1j7dEVwl1PLaKJMPSpWWc1
-----END PRIVATE KEY-----
",
];

const P256: [&str; 2] = [
    "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVYRzpuoPogOLcFBc
skSkbn1WfZe9+4dkZ2gY2aFtGu6hRANCAAQnaKd3RivMpipFA2GQVaDN2NAzh6CV
DOGm/3sbGk2BC2FNkFPb+OmjQE2KjEgnHjIUHLUbAOc8wvFJiqdoxuGS
-----END PRIVATE KEY-----
",
    "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1WRqJ9DkJr4X1Iq8
G5P8fzY9tdE4bRn7SM0yiwzlrxKhRANCAAQjCJypl4dgRTEHn5bdykhhx+3LaZAc
chSfE/CADq4iQzJ12AR7Yy8kKJIkNlWe4R8QNYtLKptfXC2GcNIDBonO
-----END PRIVATE KEY-----
",
];

const RSA: [&str; 2] = [
    "-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCb9dUe7oG6vRCB
fLzDtFFW9aHV8YfxvfN8nDiqh15XYU6piLOiXSFXqjPjy5XL9/8vCZTp4Trb2lxm
r3qJ0dVD/OEs8MjO7ILlx1Kx9dKDmgN6EJD4y6M+AAWG/3H20evqIW26pfaepPcu
9fMU+BwlNXW0dAX1OJ0FDlfpVMzYxdjcdAYyRZCbtOOjPEf43SpwWhjyam1I7AvZ
ynL12ynrXZmvnkuBVSvpsQECEQiKHXFP0B9I+NRNEsj+ZkFIYPXSZssy1I+yWhmr
hHpuWKuzyd1MaE2cjA31jDeaZy8cRvL5us72vsN/EfyD5GcQCygZpzHO+/La5JsJ
+ciSsk9hAgMBAAECggEADjjyaQI2GWnxbeWKr0wr2MLIseJ3U7/PSw9SCZcTruNE
UaiSPR3CEyUF22Gu9O1WO5tjlZqBDBiTMZgSFCxrBuqyPC9vGJOv8jVloK36tx6d
741AMzga2GYXGvMDmQ8WtQC8aXeGEHyZwBIUy1Y+9tOzurOT8YNqqlHfCXu+vIvV
15COa0Mp2uMttjd4bp/K1TtooFQVOgfXwRAZCs7Ku1TUN4ocW9Y0r+emZYNWnCEa
9naKSWUr+V5lQmPz9a/+YZpfdAesg2gu8NysK7DA2W5fcAaOAKv2wdsiViGZBbMD
fra6+6/RZOTX1H3jO7RgqJQ1FZ254Q4AjINcRf2HYwKBgQDSUok/3Tr3qK0cg3dL
cK36Esvyby+uPsEep90Iu+54OdZ2jKJ8gkKUrh+BeM/KNl/p0lmIGEarnut0DtZ9
AqQa8dSs2PAIqhFJAdXxyDXa5jXb0QNuZ1+0J4ZvtP5DnVCApUF/jfDn0kHA7CqZ
fkgy+OM3VzuZfuVgjTOrC/vUVwKBgQC91OG3SJ2qGjN29sTk+A7qPpNcY1+EanpZ
zkeIunpTESG5gzfz1hPKAhdttcVs3jx8kHtKq1UrwzvYD6gq1V0TAfMHcFqZRsAC
J/PslmtEtIKvVHU2R8lHHYGr1AWaCJaTJx+8Je07GeGSNgLY9ZqXiV97V72hGFLb
ty655lPnBwKBgQDRdy4GEtkFilJOUYhf8+rxYgMIgj+kdA917oyuhCyuRDwZeVri
UgDpfrkWAzI/HAROJRbR+gt4JSAuSBDKE/VIeIztUGlO18G7Sj6/PDyWtCvzrqiS
LhYcoDi9zC5nPKfOV8dxt/Wzi6286/hJQoG5cjMpDJHo/36GuFo7AgZepQKBgQC3
2mNV8UWKRuALWwrtO/auFjcAptoO1FV1fxy3JuxsYU5JbvYU+gSmhIoOXps8Sq1I
c2KFuhS+UtM1+kwEWCtRynSHguCsTOKP9AQB4tk3bKCZkPIIxVQCxWgedDWMrr6u
/Jh20EDIGdPnmNn/KTg1hf3s5tipGna9h9gAgjxGpwJ/Njw8r+bQ9JycVWUMfh7H
tY6kC6Uh0RzcTs0ZiogQtc5OyooGrdwyorUqIbawisJiMsMIzdBLWuHO324/4wXc
HKk33MNGbj8BuoHs+C+Tf8z0mEnCY6gPkAuH65M49Jjbcuacc3Xm4Pjj9ny0cA01
G0oi4ckxNHtefF3fZoYHsQ==
-----END PRIVATE KEY-----
",
    "-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCnKhDY6dP2zDSa
aVOR0MS4sBODMx5TkriEruw+7UDnll6EkkzU9mzkg+tC20mVciV6E/ktE2FQuQ8c
0t5UYno4YcWcOd975sT/K27j22+GJjlM6N9SLGl4y/CPFuxw23UV56WCkK/mqEvC
uc4jHuliPfSPTgR4WngH4irm60Ej1FMUvsBDiBOHjFOTij3615nQD8r/Ibjpja40
Fn+cgZacppkZ8Ob3cZOAc7PKFM9nNf2spH+yK/XExHJHc4GiJ/d2upzSDJOOZxLq
AOXpegbyEoO/vQonLigqbmvN0/e3y+RU4z9k7Lq187AaPnbmvSAPTpXq9yTPscvI
ZobbmCaDAgMBAAECggEAUGliWE3Gyln51etjqWmBMAx3Hm4pIO+btivE9hI/3gdN
6TzNG8Z8pEI3Gd6Nm4egsoRIIWBIuEGFHQrsqzAB9fxGSDvontvoGI0mlxI4KBJc
DvyYbJlzlQmZauOOkk1nGcXoLpH2I6ECbKXfnLJidwExkvvnF5QBWF154MH7AEX7
rILn94xNIlOfJfTF5RZGvIrhnwnjt3npPiw1VO4s1iNpWupJaZFRcR1DAoAuGdWC
eGTNgy0509eTRYahaiCfp9K8FgPB/mz3Hn486UFlp47kgbFkqANq5RymKEJYV8b3
UItEx9WHK7hfntozXPh5q6uROC6CUPfM1PD8C9wixQKBgQDe0odMuhTgCTfKOnsF
rJbU39EVyNG7ASu94D80KKTSJoeDct0roDv+OrI2+W/ByIGJlkjE/4hdZmrl3zwC
QQDjS5w5pBqe66itivpfRk61HZIJMiRR2/bt10Yr+C4Kiv6bGBPpfy8FwHp0Yv48
zpk9jZtkWPTIpJduNV2NPatC5wKBgQDADfs+Iiby8oXpsihAl/wlJ5SdzTnk5NdO
K5vbe7HHpWibWTafXv+8kEqZhL7rgYgLZligyByNf7N8Mqvtsn6XE/finoHqB2q2
/FfmvhPnuaCCWA0n1zDSUos04HbqpP5fi1JIWxYqoTY2dtIpQE0M0R2bw1OhDdLr
crm2Ox5oBQKBgQDWuiNQuXIshDWTWM/9I9kmw5mGWMRkZjh0/olqBlDvg9nLvwGM
bRnjYUUk3TPplwPeR0lRLr+G4o/ZfksiEOp+H/spQQ+2Xntq4idtcR+gQiLdYcjG
aieIBJDHBp+34UKCy61Esx/pdxeK2WsPxji+rJw3E9KxGIwl1J+W4PsNuQKBgBaq
D7o3YY1OHYuEoMduqCziTOGKdIiUkOwCrXPrVwGOfZfHoXCRT3C7PnJ7feRg9uMR
gugGdYglR9MiT7PPWq0NiDVQK1io42kQwnbSe5rfBxgauAK5nGNVpmPpEV+DdRll
YaJ0TVtehv1KbGa91dnrW6kkFdxtuzRZ55yfwWjZAoGBAIwNXmLK9uqNMnMuDPbL
eO8nu5Vdfr60/lLZ6k0cMvGAcHf99xKPoxZapjXSI54MxV4EXoYF/EhRGbFajCso
J+pXEka0jCA6luv/KWREyud7e70/5FLQfyRxSClqPSQi1JqzjTbPKd4nC2rbpQOG
rmYO07lmVJ1w6Rvn98+yVWdQ
-----END PRIVATE KEY-----
",
];

/// The first RSA pair's public half in PEM, for those who would use it as a secret.
pub const RSA_PUBLIC_PEM: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAm/XVHu6Bur0QgXy8w7RR
VvWh1fGH8b3zfJw4qodeV2FOqYizol0hV6oz48uVy/f/LwmU6eE629pcZq96idHV
Q/zhLPDIzuyC5cdSsfXSg5oDehCQ+MujPgAFhv9x9tHr6iFtuqX2nqT3LvXzFPgc
JTV1tHQF9TidBQ5X6VTM2MXY3HQGMkWQm7TjozxH+N0qcFoY8mptSOwL2cpy9dsp
612Zr55LgVUr6bEBAhEIih1xT9AfSPjUTRLI/mZBSGD10mbLMtSPsloZq4R6blir
s8ndTGhNnIwN9Yw3mmcvHEby+brO9r7DfxH8g+RnEAsoGacxzvvy2uSbCfnIkrJP
YQIDAQAB
-----END PUBLIC KEY-----
";

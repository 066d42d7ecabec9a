//! Answers on the wire: as few bytes as the client can read, and the same answer.

use std::fmt::Write as _;
use std::io::Read;

use kada::auth::Role;
use serde_json::{Value, json};

use crate::interop::{counts, import};
use crate::support::world::{Caller, World, client};

/// What a front-end keeps of a district, to work without the network.
const SYNC: &str = "query($after: String) { workers(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id version sex birthDate familyName givenNames identifiers { type { code } value }
        contacts { kind value preferred } orgUnit { code }
        posting { id facility { code } cadre { code } employmentType { code } startsOn } } } }";
const PEOPLE: usize = 500;
/// Bytes.
const MOST: usize = 150_000;

/// The encoding of an answer, its other headers told by `vary`, and its body as it came.
async fn ask(caller: &Caller<'_>, accepts: &str, variables: Value) -> (String, String, Vec<u8>) {
    let request = client().post(caller.url()).bearer_auth(caller.token());
    let request = request.header("accept-encoding", accepts);
    let body = json!({ "query": SYNC, "variables": variables });
    let answer = request.json(&body).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let header = |name: &str| {
        let all = answer.headers().get_all(name).iter();
        let all: Vec<&str> = all.map(|it| it.to_str().expect("a text")).collect();
        all.join(", ").to_lowercase()
    };
    let (encoding, vary) = (header("content-encoding"), header("vary"));
    let body = answer.bytes().await.expect("a body").to_vec();
    (encoding, vary, body)
}

fn unpacked(encoding: &str, packed: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    match encoding {
        "gzip" => flate2::read::GzDecoder::new(packed).read_to_end(&mut body),
        "br" => brotli::Decompressor::new(packed, 4096).read_to_end(&mut body),
        "zstd" => return zstd::decode_all(packed).expect("zstd"),
        _ => return packed.to_vec(),
    }
    .expect("the encoding that was said");
    body
}

/// A district whose people differ in all that people differ in.
fn register() -> String {
    const FAMILIES: [&str; 7] = [
        "Keita",
        "Traoré",
        "N’Diaye",
        "Coulibaly",
        "Diarra",
        "Sidibé",
        "Ag Almahdi",
    ];
    const GIVEN: [&str; 11] = [
        "Awa",
        "Modibo",
        "Fatoumata",
        "Oumar",
        "Aïssata",
        "Seydou",
        "Mariam",
        "Ibrahim",
        "Kadiatou",
        "Moussa",
        "Rokia",
    ];
    let mut file = "family_name,given_names,sex,birth_date,matricule,phone,facility,cadre,employment_type,starts_on\n".to_owned();
    for n in 0..PEOPLE {
        let (family, given) = (FAMILIES[n % 7], GIVEN[n * 7 % 11]);
        let (month, day) = (1 + n * 5 % 12, 1 + n * 11 % 28);
        writeln!(
            file,
            "{family},{given},{},{}-{month:02}-{day:02},M-{},{},{},MW,permanent,{}-{month:02}-01",
            if n % 3 == 0 { "F" } else { "M" },
            1960 + n * 13 % 40,
            (n * 7_919) % 999_983,
            65_000_000 + n * 104_729 % 9_999_999,
            ["F-A1", "F-A2"][n % 2],
            2005 + n % 20,
        )
        .expect("a line");
    }
    file
}

#[tokio::test]
async fn a_district_comes_over_a_bad_link_in_150_kilobytes() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let payload = import(&manager, register().as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [500, 0, 0, 0], "{payload:#}");
    let plain = ask(&manager, "identity", json!({})).await;
    assert_eq!(plain.0, "");
    for encoding in ["gzip", "br", "zstd"] {
        let (mut bytes, mut people, mut after) = (0, 0, Value::Null);
        loop {
            let (said, vary, packed) = ask(&manager, encoding, json!({ "after": after })).await;
            assert_eq!(
                (said.as_str(), vary.contains("accept-encoding")),
                (encoding, true)
            );
            let body = unpacked(encoding, &packed);
            let answer: Value = serde_json::from_slice(&body).expect("JSON");
            let workers = &answer["data"]["workers"];
            if after.is_null() {
                let first: Value = serde_json::from_slice(&plain.2).expect("JSON");
                assert!(first["errors"].is_null(), "{first:#}");
                assert_eq!(*workers, first["data"]["workers"]);
            }
            bytes += packed.len();
            people += workers["nodes"].as_array().expect("workers").len();
            after = workers["pageInfo"]["endCursor"].clone();
            if workers["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(people, PEOPLE);
        assert!(bytes <= MOST, "{encoding}: {bytes} bytes");
    }
}

#[tokio::test]
async fn what_packing_would_not_make_smaller_is_sent_as_it_is() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let (encoding, _, body) = ask(&manager, "gzip, br, zstd", json!({})).await;
    assert_eq!((encoding.as_str(), body.len() < 1_024), ("", true));
    let url = manager
        .url()
        .replace("/graphql", "/export/workers?format=xlsx");
    let request = client().get(url).bearer_auth(manager.token());
    let book = request
        .header("accept-encoding", "gzip")
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (
            book.status().as_u16(),
            book.headers().get("content-encoding")
        ),
        (200, None)
    );
    let book = book.bytes().await.expect("a body");
    assert!(book.len() > 1_024 && book.starts_with(b"PK"));
}

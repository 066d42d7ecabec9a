//! The photo of a worker: kept and replaced, refused, read by those who may know who somebody is, and gone along with when two
//! records become one.

use std::collections::BTreeSet;

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::office::{Office, enum_values, nothing, refusals, text, with};
use crate::interop::post;
use crate::support::world::{Caller, World, client};

/// Somebody who was never anybody, and the same with the camera held on its side.
pub const PORTRAIT: &[u8] = include_bytes!("photos/portrait.jpg");
pub const TURNED: &[u8] = include_bytes!("photos/turned.jpg");

/// A PNG of one grey.
pub fn png(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    let pixels = usize::try_from(width * height).expect("few pixels");
    writer
        .write_image_data(&vec![grey; pixels])
        .expect("the pixels");
    writer.finish().expect("an end");
    bytes
}

const SAVE: &str = "mutation($input: SavePhotoInput!) { savePhoto(input: $input) {
    worker { version photo { id mediaType size } }
    conflict { baseVersion changed { field base current } } errors { code errorCode message path } } }";

/// Saves a photo; the payload.
pub async fn save(caller: &Caller<'_>, input: &Value, file: &[u8]) -> Value {
    let input = with(input, &[("file", Value::Null)]);
    let operations = json!({ "query": SAVE, "variables": { "input": input } }).to_string();
    let parts = [
        ("operations", operations.as_bytes()),
        ("map", br#"{"0": ["variables.input.file"]}"#),
        ("0", file),
    ];
    let (status, mut body) = post(caller, &parts, true).await;
    assert_eq!((status, body.get("errors")), (200, None), "{body:#}");
    body["data"]["savePhoto"].take()
}

/// The same without a file: with null in its place, or nothing.
async fn say(caller: &Caller<'_>, input: Value) -> Value {
    let mut data = caller.data(SAVE, json!({ "input": input })).await;
    data["savePhoto"].take()
}

/// Saves the photo of a record as it stands; the photo.
pub async fn taken(caller: &Caller<'_>, worker: &Value, file: &[u8]) -> Value {
    let version = seen(caller, worker).await["version"].clone();
    let input = json!({ "worker": worker["id"], "baseVersion": version });
    let saved = save(caller, &input, file).await;
    assert_eq!(saved["errors"], json!([]));
    saved["worker"]["photo"].clone()
}

async fn seen(caller: &Caller<'_>, worker: &Value) -> Value {
    let query = "query($id: ID!) { worker(by: {id: $id}) { version photo { id mediaType size } } }";
    let mut data = caller.data(query, json!({ "id": worker["id"] })).await;
    data["worker"].take()
}

async fn read(caller: &Caller<'_>, photo: &Value) -> reqwest::Response {
    let place = format!("/files/{}", text(&photo["id"]));
    let url = caller.url().replace("/graphql", &place);
    let request = client().get(url).bearer_auth(caller.token());
    request.send().await.expect("an answer")
}

async fn status(caller: &Caller<'_>, photo: &Value) -> u16 {
    read(caller, photo).await.status().as_u16()
}

fn digest(file: &[u8]) -> String {
    hex::encode(Sha256::digest(file))
}

#[tokio::test]
async fn what_a_camera_writes_beside_the_picture_is_not_kept() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let place = b"http://ns.adobe.com/xap/1.0/\0<exif:GPSLatitude>12,39.1N</exif:GPSLatitude>";
    let length = u16::try_from(place.len() + 2).expect("short").to_be_bytes();
    let (start, rest) = PORTRAIT.split_at(2);
    let told = [
        start,
        &[0xff, 0xe1],
        &length,
        place,
        rest,
        b"and after the end",
    ]
    .concat();
    let photo = taken(&office.manager, &worker, &told).await;
    assert_eq!(photo["size"], PORTRAIT.len());
    let content = read(&office.manager, &photo).await.bytes().await;
    assert_eq!(content.expect("bytes"), PORTRAIT);
}

#[tokio::test]
async fn a_photo_is_kept_takes_the_place_of_the_one_before_and_is_taken_away() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    assert_eq!(
        seen(&clerk, &worker).await,
        json!({ "version": 1, "photo": null })
    );
    let input = json!({ "worker": worker["id"], "baseVersion": 1, "mediaType": "image/jpeg",
        "act": { "number": "2026-7" }, "idempotencyKey": "the first photo" });
    let saved = save(&clerk, &input, PORTRAIT).await;
    let first = saved["worker"]["photo"].clone();
    assert_eq!(
        saved,
        json!({ "worker": { "version": 2, "photo": {
            "id": first["id"], "mediaType": "image/jpeg", "size": PORTRAIT.len() } },
            "conflict": null, "errors": [] })
    );
    assert!(text(&first["id"]).starts_with("pho_"), "{first}");
    // Lost on the way, and sent again.
    assert_eq!(save(&clerk, &input, PORTRAIT).await, saved);
    let response = read(&clerk, &first).await;
    let header = |name: &str| {
        response.headers()[name]
            .to_str()
            .expect("a text")
            .to_owned()
    };
    assert_eq!(
        [
            header("content-type"),
            header("content-disposition"),
            header("x-content-type-options"),
            header("cache-control"),
            header("content-security-policy"),
        ],
        [
            "image/jpeg",
            "attachment; filename=\"photo.jpg\"",
            "nosniff",
            "no-store",
            "default-src 'none'; sandbox"
        ]
    );
    assert_eq!(response.bytes().await.expect("bytes"), PORTRAIT);
    // The same again makes no version.
    assert_eq!(taken(&clerk, &worker, PORTRAIT).await, first);
    assert_eq!(seen(&clerk, &worker).await["version"], 2);

    let grey = png(40, 50, 90);
    let second = taken(&clerk, &worker, &grey).await;
    assert_eq!(
        (&second["mediaType"], &second["size"]),
        (&json!("image/png"), &json!(grey.len()))
    );
    assert_eq!(status(&clerk, &first).await, 404, "another is in its place");
    let response = read(&clerk, &second).await;
    assert_eq!(
        response.headers()["content-disposition"],
        "attachment; filename=\"photo.png\""
    );
    assert_eq!(response.bytes().await.expect("bytes"), grey);

    let none = json!({ "worker": worker["id"], "baseVersion": 3, "file": null });
    let payload = say(&clerk, none.clone()).await;
    assert_eq!(
        payload["worker"],
        json!({ "version": 4, "photo": null }),
        "{payload}"
    );
    assert_eq!(status(&clerk, &second).await, 404);
    let again = say(&clerk, with(&none, &[("baseVersion", json!(4))])).await;
    assert_eq!(again["worker"]["version"], 4);

    let query = "query($id: ID!) { worker(by: {id: $id}) { history(first: 5) { verb content act { number } } } }";
    let data = office
        .manager
        .data(query, json!({ "id": worker["id"] }))
        .await;
    let changes = data["worker"]["history"].as_array().expect("a history");
    let told = |from: Value, to: Value| json!({ "photo": { "from": from, "to": to } });
    let (one, two) = (json!(digest(PORTRAIT)), json!(digest(&grey)));
    for (at, expected) in [
        told(two.clone(), Value::Null),
        told(one.clone(), two),
        told(Value::Null, one),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(changes[at]["verb"], "save_photo");
        assert_eq!(changes[at]["content"]["fields"], expected);
    }
    assert_eq!(changes[2]["act"]["number"], "2026-7");
}

#[tokio::test]
async fn every_refusal_of_saving_a_photo_and_nothing_is_kept() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let sound = json!({ "worker": worker["id"], "baseVersion": 1 });
    let heavy = [PORTRAIT, &vec![0; 512 * 1024]].concat();
    let broken = &PORTRAIT[..PORTRAIT.len() - 200];
    let act = json!({ "number": "1", "document": nothing("doc") });
    let mut codes = BTreeSet::new();
    for (change, file, expected) in [
        (
            ("worker", nothing("wkr")),
            PORTRAIT,
            "WORKER_NOT_FOUND worker",
        ),
        (("baseVersion", json!(2)), PORTRAIT, "STALE baseVersion"),
        (("baseVersion", json!(0)), PORTRAIT, "STALE baseVersion"),
        (
            ("act", act),
            PORTRAIT,
            "ACT_DOCUMENT_NOT_FOUND act.document",
        ),
        (
            ("mediaType", json!("image/png")),
            PORTRAIT,
            "OTHER_TYPE mediaType",
        ),
        (("mediaType", Value::Null), &heavy, "FILE_TOO_HEAVY file"),
        (
            ("mediaType", Value::Null),
            b"",
            "PHOTO_TYPE_NOT_ADMITTED file",
        ),
        (
            ("mediaType", Value::Null),
            b"%PDF-1.7",
            "PHOTO_TYPE_NOT_ADMITTED file",
        ),
        (
            ("mediaType", Value::Null),
            b"RIFF\x01\x02\x03\x04WEBPVP8 ",
            "PHOTO_TYPE_NOT_ADMITTED file",
        ),
        (
            ("mediaType", Value::Null),
            &png(2_001, 1, 0),
            "TOO_MANY_PIXELS file",
        ),
        (("mediaType", Value::Null), broken, "PICTURE_DAMAGED file"),
        (
            ("mediaType", Value::Null),
            &PORTRAIT[..300],
            "PICTURE_DAMAGED file",
        ),
        (
            ("mediaType", Value::Null),
            b"\x89PNG\r\n\x1a\n and a picture of it",
            "PICTURE_DAMAGED file",
        ),
    ] {
        let payload = save(manager, &with(&sound, &[change]), file).await;
        assert_eq!(refusals(&payload), [expected]);
        assert_eq!(payload["worker"], Value::Null);
        codes.extend(expected.split(' ').next().map(str::to_owned));
    }
    let payload = say(manager, sound.clone()).await;
    assert_eq!(refusals(&payload), ["MISSING file"]);
    assert_eq!(
        seen(manager, &worker).await,
        json!({ "version": 1, "photo": null })
    );
    let keyed = with(&sound, &[("idempotencyKey", json!("one photo"))]);
    assert_eq!(save(manager, &keyed, PORTRAIT).await["errors"], json!([]));
    for other in [
        save(manager, &keyed, TURNED).await,
        say(manager, with(&keyed, &[("file", Value::Null)])).await,
        say(manager, keyed.clone()).await,
    ] {
        assert_eq!(refusals(&other), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
    }
    codes.extend(["MISSING", "IDEMPOTENCY_KEY_REUSED"].map(str::to_owned));
    let declared: BTreeSet<String> = enum_values("SavePhotoErrorCode").into_iter().collect();
    assert_eq!(codes, declared);
}

#[tokio::test]
async fn what_others_did_to_other_fields_does_not_stand_against_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let clerk = office.country.caller(Role::DataClerk);
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let rename = json!({ "worker": worker["id"], "baseVersion": 1, "givenNames": "Awa" });
    office.change("correctWorker", rename).await;
    let input = json!({ "worker": worker["id"], "baseVersion": 1 });
    assert_eq!(save(&clerk, &input, PORTRAIT).await["worker"]["version"], 3);
    let payload = save(&office.manager, &input, TURNED).await;
    assert_eq!(refusals(&payload), ["STALE baseVersion"]);
    let changed = json!([
        { "field": "givenNames", "base": "", "current": "Awa" },
        { "field": "photo", "base": null, "current": digest(PORTRAIT) },
    ]);
    assert_eq!(
        payload["conflict"],
        json!({ "baseVersion": 1, "changed": changed })
    );
}

#[tokio::test]
async fn a_photo_is_read_by_those_who_may_know_who_somebody_is_and_by_the_person() {
    let world = World::with(2, |_| {}).await;
    let office = Office::open(&world).await;
    let foreign = Office::of(world.countries().await.remove(1)).await.manager;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let other = office.register("Ba", "F-A1", "MW", "2020-01-01").await;
    let photo = taken(&office.manager, &worker, PORTRAIT).await;
    let country = &office.country;
    let person = |it: &Value| WorkerId::decode(&text(&it["id"])).expect("an id");
    for (caller, expected) in [
        (country.caller(Role::HrOfficer).scope(&["A-1"]), 200),
        (country.caller(Role::Auditor), 200),
        (country.caller(Role::MessagingOfficer), 200),
        (country.caller(Role::Worker).person(person(&worker)), 200),
        (country.caller(Role::Worker).person(person(&other)), 404),
        (country.caller(Role::HrManager).scope(&["B-1"]), 404),
        (
            country
                .caller(Role::HrManager)
                .sectors(&[kada::kernel::Sector::Social]),
            404,
        ),
        (foreign, 404),
        (country.caller(Role::Viewer), 403),
    ] {
        assert_eq!(status(&caller, &photo).await, expected);
    }
    let nobody = json!({ "id": nothing("pho") });
    assert_eq!(status(&office.manager, &nobody).await, 404);
    let url = office.manager.url();
    let url = url.replace("/graphql", &format!("/files/{}", text(&photo["id"])));
    let stranger = client().get(url).send().await.expect("an answer");
    assert_eq!(stranger.status(), 401);

    // They move, and the photo with them.
    let there = country.caller(Role::HrOfficer).scope(&["B-1"]);
    let transfer = json!({ "worker": worker["id"], "to": office.id("F-B1"), "on": "2026-02-01" });
    office.change("transferWorker", transfer).await;
    assert_eq!(status(&there, &photo).await, 200);
    let elsewhere = country.caller(Role::HrOfficer).scope(&["A-1"]);
    assert_eq!(status(&elsewhere, &photo).await, 404);
    let input = json!({ "worker": worker["id"], "baseVersion": 3 });
    let payload = save(&elsewhere, &input, TURNED).await;
    assert_eq!(refusals(&payload), ["WORKER_NOT_FOUND worker"]);
    let own = country.caller(Role::Worker).person(person(&worker));
    for (caller, expected) in [
        (&own, "correct_workers"),
        (&country.caller(Role::Auditor), "correct_workers"),
    ] {
        let variables = json!({ "input": with(&input, &[("file", Value::Null)]) });
        let answer = caller.ask(SAVE, variables).await;
        assert_eq!(answer["errors"][0]["extensions"]["permission"], expected);
    }
    assert_eq!(seen(&own, &worker).await["photo"], photo);
}

const MERGE: &str = "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { worker { version } errors { code } } }";
const UNMERGE: &str =
    "mutation($input: UnmergeWorkersInput!) { unmergeWorkers(input: $input) { errors { code } } }";

/// Two records of one person: the one that is to be kept, and the other.
async fn two(office: &Office<'_>, names: [&str; 2]) -> [Value; 2] {
    let kept = office.register(names[0], "F-A1", "MW", "2020-01-01").await;
    let gone = office.register(names[1], "F-A2", "MW", "2010-01-01").await;
    let end =
        json!({ "posting": gone["posting"]["id"], "endsOn": "2015-12-31", "reason": "transfer" });
    office.change("endPosting", end).await;
    [kept, gone]
}

async fn merge(office: &Office<'_>, [kept, gone]: &[Value; 2]) {
    let manager = &office.manager;
    let (one, other) = (seen(manager, kept).await, seen(manager, gone).await);
    let input = json!({ "keep": kept["id"], "keepVersion": one["version"],
        "absorb": gone["id"], "absorbVersion": other["version"] });
    let merged = manager.data(MERGE, json!({ "input": input })).await;
    assert_eq!(merged["mergeWorkers"]["errors"], json!([]));
}

async fn unmerge(office: &Office<'_>, [kept, gone]: &[Value; 2]) {
    let manager = &office.manager;
    let version = seen(manager, kept).await["version"].clone();
    let input = json!({ "absorbed": gone["id"], "baseVersion": version });
    let undone = manager.data(UNMERGE, json!({ "input": input })).await;
    assert_eq!(undone["unmergeWorkers"]["errors"], json!([]));
}

/// The photos of both.
async fn both(office: &Office<'_>, [kept, gone]: &[Value; 2]) -> [Value; 2] {
    let photo = async |of: &Value| seen(&office.manager, of).await["photo"].take();
    [photo(kept).await, photo(gone).await]
}

#[tokio::test]
async fn it_goes_along_when_two_records_become_one_and_two_again() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let records = two(&office, ["Traoré", "Sangaré"]).await;
    let old = taken(manager, &records[1], PORTRAIT).await;
    merge(&office, &records).await;
    // The kept record had none, and has the other's; both ids name it.
    assert_eq!(both(&office, &records).await, [old.clone(), old.clone()]);
    assert_eq!(status(manager, &old).await, 200);
    unmerge(&office, &records).await;
    assert_eq!(both(&office, &records).await, [Value::Null, old.clone()]);

    // Of two photos the kept record's stays, and the other waits for the records to be two again.
    let own = taken(manager, &records[0], TURNED).await;
    merge(&office, &records).await;
    assert_eq!(both(&office, &records).await, [own.clone(), own.clone()]);
    assert_eq!(status(manager, &old).await, 404);
    unmerge(&office, &records).await;
    assert_eq!(both(&office, &records).await, [own.clone(), old.clone()]);
    for (photo, file) in [(&own, TURNED), (&old, PORTRAIT)] {
        let content = read(manager, photo).await.bytes().await.expect("bytes");
        assert_eq!(content, file);
    }
}

#[tokio::test]
async fn a_photo_that_was_taken_of_one_record_stays_with_it() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let records = two(&office, ["Traoré", "Sangaré"]).await;
    let old = taken(manager, &records[1], PORTRAIT).await;
    merge(&office, &records).await;
    let new = taken(manager, &records[0], TURNED).await;
    assert_eq!(status(manager, &old).await, 404);
    unmerge(&office, &records).await;
    assert_eq!(both(&office, &records).await, [new, Value::Null]);
    // Undoing keeps the rows, and no bytes of pictures.
    taken(manager, &records[1], PORTRAIT).await;
    merge(&office, &records).await;
    let schema = office.country.code.schema();
    let undo = format!("select undo::text from {schema}.worker_merge");
    let mut superuser = world.database.superuser().await;
    let undo: String = sqlx::query_scalar(AssertSqlSafe(undo))
        .fetch_one(&mut superuser)
        .await
        .expect("one merge");
    assert!(undo.contains(&digest(PORTRAIT)), "{undo}");
    assert!(!undo.contains(&hex::encode(&PORTRAIT[..20])), "{undo}");
}

#[tokio::test]
async fn no_item_of_a_batch_brings_a_photo() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let submit = "mutation($items: [BatchItemInput!]!) { submitBatch(input: {items: $items}) { outcomes { key } } }";
    let save = json!({ "worker": worker["id"], "baseVersion": 1, "file": null });
    let items = json!({ "items": [{ "key": "tablet/00001", "do": { "savePhoto": save } }] });
    assert_eq!(
        office.manager.error_code(submit, items).await,
        "GRAPHQL_VALIDATION_FAILED"
    );
    // A text is no file either.
    let unread = json!({ "input": with(&save, &[("file", json!("picture"))]) });
    assert_eq!(office.manager.error_code(SAVE, unread).await, "BAD_INPUT");
}

//! Records on paper: what stands on them, for whom, and that the ledger knows.

mod photos;

use std::fmt::Write;

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use lopdf::Document;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{counts, import};
use crate::credentials::desk;
use crate::support::world::{Caller, TestCountry, World, client};
use crate::workforce::office::{Office, ask, with};

/// What is served at a place, with its status, its media type and the name of the file.
async fn fetch(caller: &Caller<'_>, place: &str, language: &str) -> (u16, String, String, Vec<u8>) {
    let url = caller.url().replace("/graphql", place);
    let request = client().get(url).bearer_auth(caller.token());
    let request = request.header("accept-language", language);
    let response = request.send().await.expect("an answer");
    let header = |name: &str| {
        let value = response.headers().get(name);
        value
            .map_or("", |it| it.to_str().expect("a text"))
            .to_owned()
    };
    let (kind, name) = (header("content-type"), header("content-disposition"));
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("a body");
    (status, kind, name, body.into())
}

async fn printed(caller: &Caller<'_>, place: &str) -> Vec<u8> {
    let (status, kind, _, body) = fetch(caller, place, "en").await;
    let told = String::from_utf8_lossy(&body);
    assert_eq!((status, kind.as_str()), (200, "application/pdf"), "{told}");
    body
}

/// The status, and the code of why nothing is printed.
async fn refused(caller: &Caller<'_>, place: &str) -> (u16, String) {
    let (status, _, _, body) = fetch(caller, place, "en").await;
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let code = body["errors"][0]["extensions"]["code"].as_str();
    (status, code.expect("a code").to_owned())
}

/// The text of each page, with single spaces.
fn pages(document: &[u8]) -> Vec<String> {
    let document = Document::load_mem(document).expect("a PDF");
    let pages = document.get_pages();
    let texts = pages.keys().map(|page| {
        let text = document.extract_text(&[*page]).expect("a text");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    texts.collect()
}

/// The sizes of the pages in tenths of a millimetre.
fn sizes(document: &[u8]) -> Vec<(i32, i32)> {
    let document = Document::load_mem(document).expect("a PDF");
    let size = |page| {
        let page = document.get_dictionary(page).expect("a page");
        let sides = page.get(b"MediaBox").and_then(lopdf::Object::as_array);
        let sides = sides.expect("a media box").iter();
        let sides: Vec<f32> = sides.map(|it| it.as_float().expect("a number")).collect();
        let tenths = |points: f32| format!("{:.0}", points / 7.2 * 25.4);
        (
            tenths(sides[2]).parse().expect("a number"),
            tenths(sides[3]).parse().expect("a number"),
        )
    };
    document.get_pages().into_values().map(size).collect()
}

fn cards(filter: &Value) -> String {
    let filter = utf8_percent_encode(&filter.to_string(), NON_ALPHANUMERIC).to_string();
    format!("/export/cards?filter={filter}")
}

fn of(kind: &str, worker: &Value) -> String {
    format!("/export/{kind}/{}", worker["id"].as_str().expect("an id"))
}

/// Somebody about whom there is something of every kind, sensitive kinds too.
async fn somebody(office: &Office<'_>) -> Value {
    let person = office.person("Dɔnɔgɔ Traoré", "F-A1", "MW", "2020-01-01");
    let person = with(
        &person,
        &[
            ("givenNames", json!("Ɛsita N’Deye")),
            ("birthDate", json!("1990-02-03")),
            (
                "identifiers",
                json!([{ "type": "matricule", "value": "M-77" }]),
            ),
            (
                "contacts",
                json!([{ "kind": "PHONE", "value": "65 01 23 45" }, { "kind": "EMAIL", "value": "e@example.org" }]),
            ),
            ("act", json!({ "number": "2019-31/MS" })),
        ],
    );
    let worker = office.change("registerWorker", person).await;
    desk::everything(&office.country, &worker).await;
    let (_, session) = desk::taught(&office.country, "PCIME").await;
    let attended = json!({ "session": session, "attendances": [{ "worker": worker["id"], "outcome": "COMPLETED" }] });
    let query = "mutation($input: RecordAttendanceInput!) { recordAttendance(input: $input) { errors { code } } }";
    let done = office
        .manager
        .data(query, json!({ "input": attended }))
        .await;
    assert_eq!(done["recordAttendance"]["errors"], json!([]));
    let transfer = json!({ "worker": worker["id"], "to": office.id("H-A1"), "on": "2024-05-01", "reason": "transfer",
        "act": { "number": "2024-0417/MS-SG", "date": "2024-04-02" } });
    office.change("transferWorker", transfer).await;
    let posting = with(
        &office.posting("F-A2", "NUR", "2025-01-01"),
        &[("isPrimary", json!(false)), ("kind", json!("ACTING"))],
    );
    office
        .change(
            "postWorker",
            json!({ "worker": worker["id"], "posting": posting }),
        )
        .await;
    let pay = json!({ "type": "SALARY", "amount": "987654", "currency": "XOF", "frequency": "MONTHLY", "payer": "Trésor" });
    let pay = json!({ "worker": worker["id"], "startsOn": "2020-01-01", "entry": { "pay": pay } });
    office.ask("recordServiceEntry", pay).await;
    worker
}

const EVERYTHING: [&str; 4] = [
    "1990-02-03",
    "+22365012345",
    "e@example.org",
    "Payroll number M-77",
];

#[tokio::test]
async fn a_cv_says_what_the_record_says_and_neither_conduct_nor_pay() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = somebody(&office).await;
    let (status, kind, name, body) = fetch(&office.manager, &of("cv", &worker), "en").await;
    assert_eq!((status, kind.as_str()), (200, "application/pdf"));
    let code = office.country.code.as_str();
    assert_eq!(
        name,
        format!("attachment; filename=\"cv-{code}-2026-03-01.pdf\"")
    );
    assert_eq!(sizes(&body), [(2100, 2970)]);
    let text = pages(&body).remove(0);
    for said in EVERYTHING.into_iter().chain([
        "Trial",
        "Ɛsita N’Deye Dɔnɔgɔ Traoré",
        "Sex Female",
        "2024-05-01 – to date Midwife Établissement H-A1, Cercle A1",
        "Act 2024-0417/MS-SG (2024-04-02)",
        "2020-01-01 – 2024-04-30 Midwife Établissement F-A1, Cercle A1",
        "Transfer Act 2019-31/MS Act 2024-0417/MS-SG (2024-04-02)",
        "2025-01-01 – to date Nurse Établissement F-A2, Cercle A2",
        "acting",
        "2010 Diplôme d’État Diploma INFSS Bamako (ML)",
        "2015-01-01 Midwife Ordre, SF-1",
        "2020-01-01 – 2026-12-31 Midwife Ordre, SF-1 Suspended",
        "2020-03-02 – 2020-03-06 PCIME Croix-Rouge Completed · credits: 5",
        "As of 2026-03-01 · wkr_",
        "1/1",
    ]) {
        assert!(text.contains(said), "{said}: {text}");
    }
    for kept_back in [
        "987654",
        "XOF",
        "Trésor",
        "isconduct",
        "Police",
        "2021-01-01",
    ] {
        assert!(!text.contains(kept_back), "{kept_back}: {text}");
    }

    // The same is the same bytes, in each language; and another day is another document.
    assert_eq!(printed(&office.manager, &of("cv", &worker)).await, body);
    for (language, said) in [
        ("fr", ["Carrière", "Sage-femme", "Situation au 2026-03-01"]),
        (
            "sw",
            ["Utumishi", "Sage-femme", "Hali ya tarehe 2026-03-01"],
        ),
        ("bm", ["Carrière", "Sage-femme", "Essai"]),
    ] {
        let (.., body) = fetch(&office.manager, &of("cv", &worker), language).await;
        let text = pages(&body).concat();
        assert!(
            said.iter().all(|it| text.contains(it)),
            "{language}: {text}"
        );
    }
    world.clock.advance(chrono::TimeDelta::days(1));
    let later = pages(&printed(&office.manager, &of("cv", &worker)).await).concat();
    assert!(later.contains("As of 2026-03-02"), "{later}");
}

#[tokio::test]
async fn who_may_read_less_is_given_less_and_who_is_elsewhere_nothing() {
    let world = World::with(2, |_| {}).await;
    let office = Office::open(&world).await;
    let worker = somebody(&office).await;
    let country = &office.country;
    let (cv, card) = (of("cv", &worker), of("cards", &worker));
    let told = async |caller: &Caller<'_>| pages(&printed(caller, &cv).await).concat();
    let held = |text: &str| EVERYTHING.map(|it| text.contains(it));
    for (role, expected) in [
        (Role::HrOfficer, [true; 4]),
        (Role::DataClerk, [true; 4]),
        (Role::Auditor, [false, false, false, true]),
        (Role::MessagingOfficer, [false, true, true, false]),
    ] {
        let caller = country.caller(role);
        let text = told(&caller).await;
        assert_eq!(held(&text), expected, "{role:?}: {text}");
        let numbers = text.contains("SF-1");
        assert_eq!(numbers, role != Role::MessagingOfficer, "{role:?}: {text}");
        // Acts behind postings are history.
        assert_eq!(
            text.contains("2024-0417"),
            role == Role::Auditor,
            "{role:?}: {text}"
        );
        let text = pages(&printed(&caller, &card).await).concat();
        assert_eq!(text.contains("M-77"), numbers, "{role:?}: {text}");
    }
    let own = WorkerId::decode(worker["id"].as_str().expect("an id")).expect("an id");
    let self_ = country.caller(Role::Worker).person(own);
    assert_eq!(held(&told(&self_).await), [true; 4]);
    assert_eq!(pages(&printed(&self_, "/export/cards").await).len(), 1);
    let another = office.register("Ba", "F-A1", "MW", "2020-01-01").await;
    let there = country.caller(Role::HrManager).scope(&["B-1"]);
    let social = country
        .caller(Role::HrManager)
        .sectors(&[kada::kernel::Sector::Social]);
    let foreign = Office::of(world.countries().await.remove(1)).await.manager;
    for (caller, worker) in [
        (&self_, &another),
        (&there, &worker),
        (&social, &worker),
        (&foreign, &worker),
        (
            &office.manager,
            &json!({ "id": "wkr_00000000000070008000000000000000" }),
        ),
        (&office.manager, &json!({ "id": "..%2Fgraphql" })),
    ] {
        for kind in ["cv", "cards"] {
            assert_eq!(
                refused(caller, &of(kind, worker)).await,
                (404, "NOT_FOUND".to_owned())
            );
        }
    }
    for place in [cv.as_str(), card.as_str(), "/export/cards"] {
        let viewer = country.caller(Role::Viewer);
        assert_eq!(refused(&viewer, place).await, (403, "FORBIDDEN".to_owned()));
        let url = viewer.url().replace("/graphql", place);
        let stranger = client().get(url).send().await.expect("an answer");
        assert_eq!(stranger.status(), 401);
    }
    // Eight were read by others, two by themselves; what was refused is no reading.
    let taken = exports(country).await;
    assert_eq!(taken.len(), 10, "{taken:#?}");
    assert_eq!(
        taken[0],
        json!({ "document": "cv", "workers": [worker["id"]], "asOf": "2026-03-01", "rows": 1 })
    );
    assert_eq!(taken[1]["document"], json!("cards"));
}

/// What the ledger knows of readings.
async fn exports(country: &TestCountry<'_>) -> Vec<Value> {
    let feed = "{ changes(first: 100) { nodes { verb content } } }";
    let data = country.caller(Role::HrManager).data(feed, json!({})).await;
    let changes = data["changes"]["nodes"].as_array().expect("changes").iter();
    let exports = changes.filter(|it| it["verb"] == "export");
    exports.map(|it| it["content"].clone()).collect()
}

#[tokio::test]
async fn a_card_names_who_serves_today_and_where() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = somebody(&office).await;
    let body = printed(&office.manager, &of("cards", &worker)).await;
    assert_eq!(sizes(&body), [(856, 540)]);
    let text = pages(&body).remove(0);
    let id = worker["id"].as_str().expect("an id");
    let expected = format!(
        "Trial Health service · Staff card Ɛsita N’Deye Dɔnɔgɔ Traoré Midwife Établissement H-A1 Cercle A1, Région A \
         Payroll number M-77 Issued on 2026-03-01 · {id}"
    );
    assert_eq!(text, expected, "a suspended licence is none");
    assert_eq!(printed(&office.manager, &of("cards", &worker)).await, body);

    let other = office.register("Ba", "F-A1", "MW", "2020-01-01").await;
    let licence = json!({ "worker": other["id"], "cadre": office.id("MW"), "council": "Ordre", "number": "SF-9",
        "startsOn": "2025-01-01", "endsOn": "2027-12-31" });
    assert_eq!(
        office.ask("issueLicence", licence).await["errors"],
        json!([])
    );
    let former = office.register("Ki", "F-A1", "MW", "2020-01-01").await;
    let exit = json!({ "worker": former["id"], "on": "2025-01-01", "reason": "resignation" });
    office.change("recordExit", exit).await;
    office.register("Zo", "F-B1", "NUR", "2020-01-01").await;
    // By name, those of the place who serve today.
    let filter = json!({ "orgUnitCode": "A-1" });
    let told = pages(&printed(&office.manager, &cards(&filter)).await);
    assert_eq!(told.len(), 2);
    assert!(
        told[0].contains("Ba Midwife") && told[1].contains("Traoré"),
        "{told:?}"
    );
    assert!(
        told[0].contains("Licence SF-9, valid until 2027-12-31"),
        "{told:?}"
    );
    let there = office.country.caller(Role::HrOfficer).scope(&["B-1"]);
    let told = pages(&printed(&there, "/export/cards").await);
    assert!(told.len() == 1 && told[0].contains("Zo Nurse"), "{told:?}");
    let taken = exports(&office.country).await;
    assert_eq!(taken[2]["filter"], filter);
    assert_eq!(taken[2]["workers"], json!([other["id"], worker["id"]]));
    for (place, expected) in [
        (of("cards", &former), (400, "NOT_IN_POST")),
        (
            cards(&json!({ "orgUnitCode": "A-1", "status": "FORMER" })),
            (400, "NOT_IN_POST"),
        ),
        (
            cards(&json!({ "orgUnitCode": "NONE" })),
            (400, "NOT_IN_POST"),
        ),
        (cards(&json!({ "orgUnit": 7 })), (400, "BAD_USER_INPUT")),
        (
            format!("{}?filter=x", of("cv", &worker)),
            (400, "MALFORMED_REQUEST"),
        ),
        (
            "/export/cards?columns=sex".to_owned(),
            (400, "MALFORMED_REQUEST"),
        ),
        (
            "/export/cards?filter=%7B".to_owned(),
            (400, "MALFORMED_REQUEST"),
        ),
    ] {
        let (status, code) = refused(&office.manager, &place).await;
        assert_eq!((status, code.as_str()), expected, "{place}");
    }
    let text = pages(&printed(&office.manager, &of("cv", &former)).await).concat();
    assert!(
        text.contains("2020-01-01 – 2025-01-01") && text.contains("Resignation"),
        "{text}"
    );
}

#[tokio::test]
async fn cards_come_by_the_hundred() {
    let world = World::new().await;
    let country = world.country().await;
    let manager = country.caller(Role::HrManager);
    let mut file =
        String::from("family_name,birth_date,matricule,facility,cadre,employment_type,starts_on\n");
    for at in 0..101 {
        let facility = if at == 0 { "F-B1" } else { "F-A1" };
        writeln!(
            file,
            "Ba {at:04},1991-01-01,M-{at},{facility},MW,permanent,2020-01-01"
        )
        .expect("a row");
    }
    let payload = import(&manager, file.as_bytes(), json!({})).await;
    assert_eq!(counts(&payload), [101, 0, 0, 0]);
    assert_eq!(
        refused(&manager, "/export/cards").await,
        (400, "TOO_MANY_CARDS".to_owned())
    );
    let body = printed(&manager, &cards(&json!({ "facilityCodes": ["F-A1"] }))).await;
    let told = pages(&body);
    assert_eq!(told.len(), 100);
    assert!(
        told[0].contains("Ba 0001") && told[99].contains("Ba 0100"),
        "{told:?}"
    );
    assert!(
        body.len() < 150_000,
        "the face is embedded once, in part: {}",
        body.len()
    );
}

#[tokio::test]
async fn sixty_postings_and_hostile_words_are_printed_whole() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let long = "Ng’andu-Mwale ".repeat(7);
    let mut file = String::from(
        "family_name,given_names,birth_date,matricule,facility,cadre,employment_type,starts_on,ends_on,end_reason\n",
    );
    for at in 0..60 {
        let (year, month) = (2010 + at / 12, at % 12 + 1);
        let facility = ["F-A1", "H-A1", "F-A2"][at % 3];
        writeln!(
            file,
            "{long},\u{202e}محمد ߒߞߏ (Tj) \\) endstream,1980-01-01,M-1,{facility},MW,permanent,\
             {year}-{month:02}-01,{year}-{month:02}-20,transfer"
        )
        .expect("a row");
    }
    let payload = import(manager, file.as_bytes(), json!({})).await;
    assert_eq!(payload["report"]["refused"], json!(0), "{payload:#}");
    let data = manager
        .data("{ workers(first: 5) { nodes { id name } } }", json!({}))
        .await;
    let worker = data["workers"]["nodes"][0].clone();
    let body = printed(manager, &of("cv", &worker)).await;
    let told = pages(&body);
    let count = told.len();
    assert!((3..=8).contains(&count), "{count}");
    for (at, text) in (1..).zip(&told) {
        assert!(text.contains(&format!("{at}/{count}")), "{text}");
    }
    let all = told.join(" ");
    assert_eq!(all.matches("Établissement ").count(), 60);
    assert!(all.contains("2010-01-01 – 2010-01-20") && all.contains("2014-12-01 – 2014-12-20"));
    assert!(all.contains("(Tj) \\) endstream"), "{}", told[0]);
    assert_eq!(printed(manager, &of("cv", &worker)).await, body);

    // A name of a hundred letters without a space, on a card of one posting.
    let name = "Ɲ".repeat(100);
    let person = with(
        &office.person(&name, "F-B1", "MW", "2020-01-01"),
        &[("givenNames", json!("👩🏾‍⚕️ ﷽"))],
    );
    let worker = office.change("registerWorker", person).await;
    let text = pages(&printed(manager, &of("cards", &worker)).await).concat();
    assert!(
        text.contains("ƝƝƝ") && text.contains('…') && !text.contains(&name),
        "{text}"
    );
    let text = pages(&printed(manager, &of("cv", &worker)).await).concat();
    assert_eq!(text.matches('Ɲ').count(), 100, "{text}");
}

#[tokio::test]
async fn the_id_of_a_record_that_was_merged_prints_the_one_that_was_kept() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let kept = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let person = office.person("Traore", "F-A2", "NUR", "2015-01-01");
    let person = with(
        &person,
        &[
            ("distinctFrom", json!([kept["id"]])),
            ("act", json!({ "number": "2015-7" })),
        ],
    );
    let gone = office.change("registerWorker", person).await;
    let end = with(
        &json!({ "endsOn": "2018-12-31", "reason": "transfer" }),
        &[("posting", gone["posting"]["id"].clone())],
    );
    office.change("endPosting", end).await;
    let merge =
        json!({ "keep": kept["id"], "keepVersion": 1, "absorb": gone["id"], "absorbVersion": 2 });
    let query =
        "mutation($input: MergeWorkersInput!) { mergeWorkers(input: $input) { errors { code } } }";
    let merged = office.manager.data(query, json!({ "input": merge })).await;
    assert_eq!(merged["mergeWorkers"]["errors"], json!([]));
    for kind in ["cv", "cards"] {
        let (new, old) = (
            printed(&office.manager, &of(kind, &kept)).await,
            printed(&office.manager, &of(kind, &gone)).await,
        );
        assert_eq!(new, old, "{kind}");
        let text = pages(&new).concat();
        assert!(text.contains(kept["id"].as_str().expect("an id")), "{text}");
        assert_eq!(text.contains("Act 2015-7"), kind == "cv", "{text}");
    }
    let taken = exports(&office.country).await;
    assert!(
        taken.iter().all(|it| it["workers"] == json!([kept["id"]])),
        "{taken:#?}"
    );
    // Where the caller reached neither, neither is there.
    let there = office.country.caller(Role::HrManager).scope(&["B-1"]);
    assert_eq!(refused(&there, &of("cv", &gone)).await.0, 404);
    ask(
        &office.manager,
        "correctWorker",
        json!({ "worker": kept["id"], "familyName": "Touré", "baseVersion": 2 }),
    )
    .await;
    let text = pages(&printed(&office.manager, &of("cv", &gone)).await).concat();
    assert!(text.contains("Touré"), "{text}");
}

#[tokio::test]
async fn a_cv_says_who_somebody_is_to_those_who_may_read_the_whole_record() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let known = json!({ "worker": worker["id"], "baseVersion": 1, "nationality": "CI", "languages": ["bm", "fr"],
        "maritalStatus": "married", "relatives": [{ "name": "Binta Isrelative", "relation": "child" }],
        "pastEmployments": [{ "employer": "ASACO de Kita", "occupation": "Matrone", "startsOn": "2011-01-01",
            "endsOn": "2014-12-31", "whyLeft": "Fin du projet" }] });
    let query = "mutation($input: SaveParticularsInput!) { saveParticulars(input: $input) { errors { code } } }";
    let done = office.manager.data(query, json!({ "input": known })).await;
    assert_eq!(done["saveParticulars"]["errors"], json!([]));
    let cv = of("cv", &worker);
    let text = pages(&printed(&office.manager, &cv).await).concat();
    for said in [
        "Nationality CI",
        "Languages bm, fr",
        "Work before 2011-01-01 – 2014-12-31 Matrone ASACO de Kita Fin du projet",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("Isrelative"), "{text}");
    let messenger = office.country.caller(Role::MessagingOfficer);
    let text = pages(&printed(&messenger, &cv).await).concat();
    assert!(
        text.contains("Traoré") && !text.contains("Nationality") && !text.contains("ASACO"),
        "{text}"
    );
}

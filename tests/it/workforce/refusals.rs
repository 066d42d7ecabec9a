//! Every mutation's refusals: each code of its enum is provoked, with its place in the input.

use std::collections::BTreeSet;

use kada::auth::Role;
use serde_json::{Value, json};

use super::approvals::guard;
use super::office::{Office, ask, enum_values, nothing, refusals, with, without};
use crate::support::world::World;

struct Provoked<'o, 'w> {
    office: &'o Office<'w>,
    mutation: &'static str,
    sound: Value,
    codes: BTreeSet<String>,
}

impl<'o, 'w> Provoked<'o, 'w> {
    /// `sound` is an input that would be accepted.
    fn by(office: &'o Office<'w>, mutation: &'static str, sound: Value) -> Self {
        Self {
            office,
            mutation,
            sound,
            codes: BTreeSet::new(),
        }
    }

    fn note(&mut self, payload: &Value, expected: &str) {
        assert_eq!(refusals(payload), [expected], "{}", self.mutation);
        assert_eq!(payload["worker"], json!(null), "{expected}");
        let code = expected.split(' ').next().unwrap_or_default();
        self.codes.insert(code.to_owned());
    }

    /// The sound input with these changes is refused, for this alone.
    async fn refuses(&mut self, expected: &str, changes: &[(&str, Value)]) {
        let payload = self
            .office
            .ask(self.mutation, with(&self.sound, changes))
            .await;
        self.note(&payload, expected);
    }

    /// An act with a document that is nowhere; a key that was used for something else.
    async fn reuses_a_key(&mut self) {
        let act = json!({ "number": "1", "document": nothing("doc") });
        let expected = "ACT_DOCUMENT_NOT_FOUND act.document";
        self.refuses(expected, &[("act", act)]).await;
        let key = ("idempotencyKey", json!("the same key"));
        let first = with(
            &self.sound,
            &[key.clone(), ("act", json!({ "number": "1" }))],
        );
        let second = with(&self.sound, &[key, ("act", json!({ "number": "2" }))]);
        self.office.change(self.mutation, first).await;
        let payload = self.office.ask(self.mutation, second).await;
        self.note(&payload, "IDEMPOTENCY_KEY_REUSED idempotencyKey");
    }

    fn are_all(self) {
        let mutation = self.mutation;
        let name = format!(
            "{}{}ErrorCode",
            mutation[..1].to_uppercase(),
            &mutation[1..]
        );
        let declared: BTreeSet<String> = enum_values(&name).into_iter().collect();
        assert_eq!(self.codes, declared);
    }
}

/// What is refused of a person's own data, whether registered or corrected.
async fn personal(provoked: &mut Provoked<'_, '_>) {
    let contact = |kind: &str, value: &str| json!([{ "kind": kind, "value": value }]);
    let number = |kind: &str, value: &str| json!([{ "type": kind, "value": value }]);
    let many: Vec<Value> = (0..21)
        .map(|n| json!({ "type": "matricule", "value": format!("X-{n}") }))
        .collect();
    let phones: Vec<Value> = (0..21)
        .map(|n| json!({ "kind": "PHONE", "value": format!("65 01 23 {n}") }))
        .collect();
    for (expected, field, value) in [
        ("INVALID_NAME familyName", "familyName", json!(" ")),
        ("INVALID_NAME familyName", "familyName", json!("12")),
        ("INVALID_NAME familyName", "familyName", json!("A\u{7}wa")),
        (
            "INVALID_NAME familyName",
            "familyName",
            json!("a".repeat(101)),
        ),
        (
            "INVALID_BIRTH_DATE birthDate",
            "birthDate",
            json!("2026-03-02"),
        ),
        (
            "INVALID_BIRTH_DATE birthDate",
            "birthDate",
            json!("1899-12-31"),
        ),
        (
            "INVALID_PHONE contacts.value",
            "contacts",
            contact("PHONE", "12"),
        ),
        (
            "INVALID_EMAIL contacts.value",
            "contacts",
            contact("EMAIL", "awa@sante"),
        ),
        (
            "UNKNOWN_IDENTIFIER_TYPE identifiers.type",
            "identifiers",
            number("passport", "1"),
        ),
        (
            "INVALID_IDENTIFIER identifiers.value",
            "identifiers",
            number("nina", "123"),
        ),
        (
            "INVALID_IDENTIFIER identifiers.value",
            "identifiers",
            number("matricule", "- . -"),
        ),
        ("TOO_MANY identifiers", "identifiers", json!(many)),
        ("TOO_MANY contacts", "contacts", json!(phones)),
        (
            "IDENTIFIER_TAKEN identifiers",
            "identifiers",
            number("matricule", "m 77"),
        ),
    ] {
        provoked.refuses(expected, &[(field, value)]).await;
    }
}

/// What is refused of a new posting; `at` is where it stands in the input, `facility` what its facility is called there.
async fn places_and_terms(provoked: &mut Provoked<'_, '_>, at: &str, facility: &str) {
    let id = |code: &str| json!(provoked.office.id(code));
    retire(provoked.office, "SWO").await;
    for (code, field, value) in [
        ("FACILITY_NOT_FOUND", facility, nothing("fac")),
        ("FACILITY_CLOSED", facility, id("F-OLD")),
        ("FACILITY_NOT_OPEN", facility, id("F-NEW")),
        ("SUPERVISOR_NOT_FOUND", "supervisor", nothing("fac")),
        ("CADRE_NOT_FOUND", "cadre", nothing("cdr")),
        ("CADRE_IS_A_GROUP", "cadre", id("G-NUR")),
        ("CADRE_NOT_IN_FORCE", "cadre", id("SWO")),
        (
            "UNKNOWN_EMPLOYMENT_TYPE",
            "employmentType",
            json!("for fun"),
        ),
        ("UNKNOWN_SALARY_GRADE", "salaryGrade", json!("G9")),
    ] {
        let path = format!("{at}{field}");
        provoked
            .refuses(&format!("{code} {path}"), &[(&path, value)])
            .await;
    }
}

/// Lets nobody be posted under a cadre since 2000.
async fn retire(office: &Office<'_>, cadre: &str) {
    let query = "mutation($input: RetireCadreInput!) { retireCadre(input: $input) { errors { errorCode } } }";
    let input = json!({ "cadre": office.id(cadre), "baseVersion": 1, "from": "2000-01-01" });
    let admin = office.country.caller(Role::MinistryAdmin);
    let data = admin.data(query, json!({ "input": input })).await;
    assert_eq!(data["retireCadre"]["errors"], json!([]));
}

/// Lets nothing but doctors follow midwives since 2000.
async fn midwives_become_doctors(office: &Office<'_>) {
    let query = "mutation($input: ChangeCadreInput!) { changeCadre(input: $input) { errors { errorCode } } }";
    let input = json!({
        "cadre": office.id("MW"), "baseVersion": 1, "from": "2000-01-01", "careerSteps": [office.id("DOC")],
    });
    let admin = office.country.caller(Role::MinistryAdmin);
    let data = admin.data(query, json!({ "input": input })).await;
    assert_eq!(data["changeCadre"]["errors"], json!([]));
}

async fn with_number_77(office: &Office<'_>) {
    let taken = json!([{ "type": "matricule", "value": "M-77" }]);
    let person = office.person("Keita", "F-A1", "MW", "2020-01-01");
    office
        .change("registerWorker", with(&person, &[("identifiers", taken)]))
        .await;
}

#[tokio::test]
async fn every_refusal_of_registering() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    with_number_77(&office).await;
    let sound = office.person("Traoré", "F-A1", "MW", "2020-01-01");
    let mut provoked = Provoked::by(&office, "registerWorker", sound.clone());
    personal(&mut provoked).await;
    places_and_terms(&mut provoked, "posting.", "facility").await;
    let acting = with(&sound, &[("posting.kind", json!("ACTING"))]);
    let payload = office.ask("registerWorker", acting).await;
    assert_eq!(
        refusals(&payload),
        ["NOT_POSTED posting.kind", "ONLY_BESIDES posting.isPrimary"]
    );
    provoked.codes.insert("ONLY_BESIDES".to_owned());
    let besides = [
        ("posting.kind", json!("ACTING")),
        ("posting.isPrimary", json!(false)),
    ];
    provoked.refuses("NOT_POSTED posting.kind", &besides).await;
    let kept = with(&without(&sound, "posting"), &[("sector", json!("HEALTH"))]);
    let nowhere = office
        .ask(
            "registerWorker",
            with(&kept, &[("orgUnit", nothing("unit"))]),
        )
        .await;
    provoked.note(&nowhere, "ORG_UNIT_NOT_FOUND orgUnit");
    for outside in [
        sound.clone(),
        with(&kept, &[("orgUnit", json!(office.id("A-1")))]),
    ] {
        let officer = office.country.caller(Role::HrOfficer).scope(&["B"]);
        let payload = ask(&officer, "registerWorker", outside).await;
        provoked.note(&payload, "OUTSIDE_YOUR_SCOPE");
    }
    let known = [
        ("familyName", json!("Sangaré")),
        ("birthDate", json!("1984-03-17")),
    ];
    let known = with(&sound, &known);
    let there = office.change("registerWorker", known.clone()).await;
    provoked
        .refuses("ID_TAKEN id", &[("id", there["id"].clone())])
        .await;
    let again = office.ask("registerWorker", known).await;
    provoked.note(&again, "LIKELY_DUPLICATE distinctFrom");
    provoked.reuses_a_key().await;
    provoked.are_all();
    // Nobody came onto the register by a refusal.
    let count = "{ workers(first: 1) { totalCount } }";
    let data = office.manager.data(count, json!({})).await;
    assert_eq!(data["workers"]["totalCount"], json!(3));
}

#[tokio::test]
async fn every_refusal_of_correcting() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    with_number_77(&office).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let sound = json!({ "worker": worker["id"], "baseVersion": 1, "familyName": "Diarra" });
    let mut provoked = Provoked::by(&office, "correctWorker", sound.clone());
    personal(&mut provoked).await;
    provoked
        .refuses("WORKER_NOT_FOUND worker", &[("worker", nothing("wkr"))])
        .await;
    provoked
        .refuses("STALE baseVersion", &[("baseVersion", json!(7))])
        .await;
    let officer = office.country.caller(Role::HrOfficer).scope(&["B"]);
    let unseen = ask(&officer, "correctWorker", sound).await;
    provoked.note(&unseen, "WORKER_NOT_FOUND worker");
    provoked.reuses_a_key().await;
    guard(&office, &["NAMES"]).await;
    let waiting = office.register("Sangaré", "F-A1", "MW", "2020-01-01").await;
    let asked = json!({ "worker": waiting["id"], "baseVersion": 1, "familyName": "Diarra" });
    office.change("correctWorker", asked).await;
    provoked
        .refuses(
            "CHANGE_PENDING familyName",
            &[("worker", waiting["id"].clone())],
        )
        .await;
    provoked.are_all();
}

#[tokio::test]
async fn every_refusal_of_posting() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let kept = json!({ "familyName": "Cissé", "sex": "MALE", "orgUnit": office.id("A-1"), "sector": "HEALTH" });
    let worker = office.change("registerWorker", kept).await;
    let posted = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let posting = office.posting("H-A1", "NUR", "2021-01-01");
    let sound = json!({ "worker": worker["id"], "posting": posting });
    let mut provoked = Provoked::by(&office, "postWorker", sound.clone());
    places_and_terms(&mut provoked, "posting.", "facility").await;
    provoked
        .refuses("WORKER_NOT_FOUND worker", &[("worker", nothing("wkr"))])
        .await;
    provoked
        .refuses("STALE baseVersion", &[("baseVersion", json!(2))])
        .await;
    provoked
        .refuses(
            "OVERLAPS posting.startsOn",
            &[("worker", posted["id"].clone())],
        )
        .await;
    provoked
        .refuses(
            "ID_TAKEN posting.id",
            &[("posting.id", posted["posting"]["id"].clone())],
        )
        .await;
    let acting = ("posting.kind", json!("ACTING"));
    provoked
        .refuses("ONLY_BESIDES posting.isPrimary", &[acting.clone()])
        .await;
    let besides = ("posting.isPrimary", json!(false));
    provoked
        .refuses("NOT_POSTED posting.startsOn", &[acting, besides])
        .await;
    let officer = office.country.caller(Role::HrOfficer).scope(&["A"]);
    let elsewhere = with(&sound, &[("posting.facility", json!(office.id("F-B1")))]);
    let payload = ask(&officer, "postWorker", elsewhere).await;
    provoked.note(&payload, "OUTSIDE_YOUR_SCOPE posting.facility");
    provoked.reuses_a_key().await;
    provoked.are_all();
}

#[tokio::test]
async fn every_refusal_of_transferring() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2010-01-01").await;
    let id = &worker["id"];
    let sound = json!({ "worker": id, "to": office.id("F-A2"), "on": "2021-06-01" });
    let mut provoked = Provoked::by(&office, "transferWorker", sound);
    places_and_terms(&mut provoked, "", "to").await;
    midwives_become_doctors(&office).await;
    provoked
        .refuses(
            "NO_CAREER_STEP cadre",
            &[("cadre", json!(office.id("NUR")))],
        )
        .await;
    provoked
        .refuses("WORKER_NOT_FOUND worker", &[("worker", nothing("wkr"))])
        .await;
    provoked
        .refuses("STALE baseVersion", &[("baseVersion", json!(2))])
        .await;
    provoked
        .refuses("UNKNOWN_REASON reason", &[("reason", json!("boredom"))])
        .await;
    provoked
        .refuses(
            "ID_TAKEN posting",
            &[("posting", worker["posting"]["id"].clone())],
        )
        .await;
    provoked
        .refuses("NOT_POSTED on", &[("on", json!("2009-12-31"))])
        .await;
    provoked
        .refuses("BEFORE_POSTING on", &[("on", json!("2010-01-01"))])
        .await;
    provoked
        .refuses("SAME_FACILITY to", &[("to", json!(office.id("F-A1")))])
        .await;
    let officer = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    let payload = ask(&officer, "transferWorker", provoked.sound.clone()).await;
    provoked.note(&payload, "OUTSIDE_YOUR_SCOPE to");
    // An end on record is not written over.
    let end = json!({ "posting": worker["posting"]["id"], "endsOn": "2021-12-31", "reason": "resignation" });
    office.change("endPosting", end).await;
    let later = json!({ "worker": id, "posting": office.posting("H-A1", "MW", "2022-01-01") });
    let later = office.change("postWorker", later).await;
    provoked.refuses("ALREADY_ENDED on", &[]).await;
    let on = ("on", json!("2023-01-01"));
    assert_eq!(later["posting"]["facility"]["code"], json!("H-A1"));
    provoked.sound = with(&provoked.sound, &[on]);
    provoked.reuses_a_key().await;
    provoked.are_all();
}

#[tokio::test]
async fn every_refusal_of_ending_a_posting() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let posting = &worker["posting"]["id"];
    let sound = json!({ "posting": posting, "endsOn": "2024-12-31", "reason": "retirement" });
    let mut provoked = Provoked::by(&office, "endPosting", sound.clone());
    provoked
        .refuses("POSTING_NOT_FOUND posting", &[("posting", nothing("pst"))])
        .await;
    provoked
        .refuses("STALE baseVersion", &[("baseVersion", json!(2))])
        .await;
    provoked
        .refuses("UNKNOWN_REASON reason", &[("reason", json!("boredom"))])
        .await;
    provoked
        .refuses("BEFORE_POSTING endsOn", &[("endsOn", json!("2019-12-31"))])
        .await;
    // A posting of somebody unseen does not exist, whatever else is wrong.
    let officer = office.country.caller(Role::HrOfficer).scope(&["B"]);
    let unseen = ask(
        &officer,
        "endPosting",
        with(&sound, &[("reason", json!("boredom"))]),
    )
    .await;
    provoked.note(&unseen, "POSTING_NOT_FOUND posting");
    provoked.reuses_a_key().await;
    provoked.refuses("ALREADY_ENDED posting", &[]).await;
    provoked.are_all();
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = json!({
        "familyName": "", "sex": "FEMALE", "birthDate": "2030-01-01",
        "contacts": [{ "kind": "PHONE", "value": "1" }, { "kind": "EMAIL", "value": "@" }],
        "posting": office.posting("F-OLD", "G-MED", "2020-01-01"),
    });
    let payload = office.ask("registerWorker", person).await;
    insta::assert_json_snapshot!(refusals(&payload), @r#"
    [
      "INVALID_NAME familyName",
      "INVALID_BIRTH_DATE birthDate",
      "INVALID_PHONE contacts.value",
      "INVALID_EMAIL contacts.value",
      "FACILITY_CLOSED posting.facility",
      "CADRE_IS_A_GROUP posting.cadre"
    ]
    "#);
}

/// The roles that may not do a thing are told which permission they lack, before anything else is looked at.
#[tokio::test]
async fn a_role_without_the_permission_is_denied() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let registered = office.person("Traoré", "F-A1", "MW", "2020-01-01");
    let (nobody, none) = (nothing("wkr"), nothing("pst"));
    for (role, mutation, input) in [
        (Role::Viewer, "registerWorker", registered.clone()),
        (
            Role::Auditor,
            "correctWorker",
            json!({ "worker": nobody, "baseVersion": 1 }),
        ),
        (
            Role::DataClerk,
            "postWorker",
            json!({ "worker": nobody, "posting": registered["posting"] }),
        ),
        (
            Role::DataClerk,
            "transferWorker",
            json!({ "worker": nobody, "to": office.id("F-A1"), "on": "2020-01-01" }),
        ),
        (
            Role::DataClerk,
            "endPosting",
            json!({ "posting": none, "endsOn": "2020-01-01", "reason": "transfer" }),
        ),
        // Registering with a first posting is posting, too.
        (Role::DataClerk, "registerWorker", registered.clone()),
    ] {
        let caller = office.country.caller(role);
        let document = super::office::document(mutation);
        let code = caller
            .error_code(&document, json!({ "input": input }))
            .await;
        assert_eq!(code, "FORBIDDEN", "{mutation}");
    }
}

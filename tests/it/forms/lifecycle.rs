//! Draft, publish, compare, roll back, retire.

use std::collections::BTreeSet;

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{Desk, ask, fields};
use crate::support::world::World;
use crate::workforce::office::{enum_values, nothing, refusals, with};

fn first() -> Value {
    fields(json!({
        "ward": { "type": "string", "maxLength": 50 },
        "payer": { "type": "string", "enum": ["ngo", "lga"] },
        "households": { "type": "integer" },
    }))
}

#[tokio::test]
async fn a_published_version_changes_no_more_and_an_old_one_can_come_back() {
    let world = World::new().await;
    let desk = Desk::of(&world.country().await);
    let form = desk.publish("psw", "WORKER", &first()).await;
    assert_eq!(form["published"], json!({ "number": 1 }));
    assert_eq!(form["draft"], json!(null));

    // The next draft stands beside it, is written twice, and is not answered yet.
    let wider = with(&first(), &[("schema.properties.ward.maxLength", json!(80))]);
    let form = desk.draft("psw", "WORKER", &wider).await;
    let narrower = with(&first(), &[("schema.properties.ward.maxLength", json!(20))]);
    let again = desk.draft("psw", "WORKER", &narrower).await;
    assert_eq!(again["draft"], json!({ "number": 2 }));
    assert_eq!(again["published"], json!({ "number": 1 }));
    assert_ne!(form["version"], again["version"]);

    let input = json!({ "form": form["id"], "baseVersion": form["version"] });
    let stale = desk.ask("publishForm", input.clone()).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    let input = json!({ "form": form["id"], "baseVersion": again["version"] });
    let form = desk.change("publishForm", input).await;
    assert_eq!(
        form["versions"],
        json!([
            { "number": 2, "stage": "PUBLISHED", "changeClass": "NARROWING" },
            { "number": 1, "stage": "PUBLISHED", "changeClass": "COMPATIBLE" },
        ])
    );

    // Back to the first, while another draft is being written: it stays the last.
    let form = desk.draft("psw", "WORKER", &wider).await;
    let input = json!({ "form": form["id"], "to": 1, "baseVersion": form["version"] });
    let form = desk.change("rollBackForm", input).await;
    assert_eq!(form["published"], json!({ "number": 3 }));
    assert_eq!(form["draft"], json!({ "number": 4 }));
    let query = "{ form(by: {code: \"psw\"}) { versions { number definition } } }";
    let data = desk.admin.data(query, json!({})).await;
    let versions = &data["form"]["versions"];
    assert_eq!(versions[1]["definition"], first());
    assert_eq!(versions[2]["definition"], narrower);
    assert_eq!(versions[3]["definition"], first());

    let input = json!({ "form": form["id"], "version": 3, "baseVersion": form["version"] });
    let form = desk.change("retireForm", input).await;
    assert_eq!(
        form["published"],
        json!({ "number": 2 }),
        "the newest that is not retired"
    );
}

#[tokio::test]
async fn the_server_judges_how_grave_a_change_is() {
    let world = World::new().await;
    let desk = Desk::of(&world.country().await);
    let form = desk.publish("psw", "WORKER", &first()).await;
    let at = |path: &str| format!("schema.properties.{path}");
    let mut renamed = first();
    let ward = renamed["schema"]["properties"]["ward"].take();
    renamed["schema"]["properties"] = json!({
        "wardName": ward,
        "payer": renamed["schema"]["properties"]["payer"],
        "households": renamed["schema"]["properties"]["households"],
    });
    for (definition, class, kinds) in [
        (
            with(&first(), &[(&at("ward.title"), json!("Kata"))]),
            "COSMETIC",
            vec!["TEXT_CHANGED ward"],
        ),
        (
            with(
                &first(),
                &[("ui", json!({ "type": "Group", "elements": [] }))],
            ),
            "COSMETIC",
            vec!["LAYOUT_CHANGED "],
        ),
        (
            with(
                &first(),
                &[(&at("payer.enum"), json!(["ngo", "lga", "none"]))],
            ),
            "COMPATIBLE",
            vec!["OPTION_ADDED payer"],
        ),
        (
            with(&first(), &[(&at("village"), json!({ "type": "string" }))]),
            "COMPATIBLE",
            vec!["FIELD_ADDED village"],
        ),
        (
            with(&first(), &[(&at("households.type"), json!("number"))]),
            "COMPATIBLE",
            vec!["LIMIT_WIDENED households"],
        ),
        (
            with(&first(), &[(&at("payer.enum"), json!(["ngo"]))]),
            "NARROWING",
            vec!["OPTION_REMOVED payer"],
        ),
        (
            with(&first(), &[("schema.required", json!(["ward"]))]),
            "NARROWING",
            vec!["REQUIRED_ADDED ward"],
        ),
        (
            with(
                &first(),
                &[(
                    "rules",
                    json!({ "ward": { "required": { "var": "households" } } }),
                )],
            ),
            "NARROWING",
            vec!["RULE_ADDED ward"],
        ),
        (
            with(&first(), &[(&at("households.x-unit"), json!("persons"))]),
            "BREAKING",
            vec!["UNIT_CHANGED households"],
        ),
        (
            with(
                &first(),
                &[(&at("households"), json!({ "type": "string" }))],
            ),
            "BREAKING",
            vec!["TYPE_CHANGED households"],
        ),
        (
            with(
                &first(),
                &[(
                    &at("payer"),
                    json!({ "type": "string", "x-codeList": "employment_type" }),
                )],
            ),
            "BREAKING",
            vec!["OPTIONS_MOVED payer"],
        ),
        (
            renamed,
            "BREAKING",
            vec!["FIELD_REMOVED ward", "FIELD_ADDED wardName"],
        ),
    ] {
        desk.draft("psw", "WORKER", &definition).await;
        let query = "query($form: ID!) { compareFormVersions(form: $form, from: 1) {
            changeClass changes { path kind } } }";
        let data = desk.admin.data(query, json!({ "form": form["id"] })).await;
        let found = &data["compareFormVersions"];
        let changes = found["changes"].as_array().expect("changes").iter();
        let told: Vec<String> = changes
            .map(|it| format!("{} {}", it["kind"], it["path"]).replace('"', ""))
            .collect();
        assert_eq!(
            (found["changeClass"].as_str(), told),
            (Some(class), kinds.iter().map(ToString::to_string).collect())
        );
        let form = desk.form("psw").await;
        let input = json!({ "form": form["id"], "baseVersion": form["version"] });
        if class == "BREAKING" {
            let refused = desk.ask("publishForm", input).await;
            assert_eq!(
                refusals(&refused),
                ["MAPPING_NEEDED mapping"],
                "{definition}"
            );
        }
    }
    let none = "query($form: ID!) { compareFormVersions(form: $form, from: 7) { changeClass } }";
    let data = desk.admin.data(none, json!({ "form": form["id"] })).await;
    assert_eq!(data["compareFormVersions"], json!(null));
}

#[tokio::test]
async fn every_refusal_of_a_form_is_provoked() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("psw", "WORKER", &first()).await;
    let id = form["id"].clone();
    let title = json!([{ "language": "en", "text": "A form" }]);
    let save = json!({ "code": "psw", "subject": "WORKER", "title": title, "definition": first(), "baseVersion": 2 });
    let mut codes: BTreeSet<(String, String)> = BTreeSet::new();
    let mut tried = Vec::new();
    for (mutation, input, expected) in [
        (
            "saveFormDraft",
            with(
                &save,
                &[("code", json!("P S W")), ("baseVersion", json!(null))],
            ),
            "INVALID_FORM_CODE code",
        ),
        (
            "saveFormDraft",
            with(&save, &[("title", json!([]))]),
            "NO_TITLE title",
        ),
        (
            "saveFormDraft",
            with(&save, &[("subject", json!("ALONE"))]),
            "OTHER_SUBJECT subject",
        ),
        (
            "saveFormDraft",
            with(&save, &[("code", json!("new"))]),
            "FORM_NOT_FOUND code",
        ),
        (
            "saveFormDraft",
            with(&save, &[("baseVersion", json!(1))]),
            "STALE baseVersion",
        ),
        (
            "saveFormDraft",
            with(&save, &[("baseVersion", json!(null))]),
            "STALE baseVersion",
        ),
        (
            "publishForm",
            json!({ "form": nothing("frm"), "baseVersion": 1 }),
            "FORM_NOT_FOUND form",
        ),
        (
            "publishForm",
            json!({ "form": id, "baseVersion": 1 }),
            "STALE baseVersion",
        ),
        (
            "publishForm",
            json!({ "form": id, "baseVersion": 2 }),
            "NO_DRAFT form",
        ),
        (
            "rollBackForm",
            json!({ "form": nothing("frm"), "to": 1, "baseVersion": 1 }),
            "FORM_NOT_FOUND form",
        ),
        (
            "rollBackForm",
            json!({ "form": id, "to": 1, "baseVersion": 1 }),
            "STALE baseVersion",
        ),
        (
            "rollBackForm",
            json!({ "form": id, "to": 9, "baseVersion": 2 }),
            "VERSION_NOT_FOUND to",
        ),
        (
            "rollBackForm",
            json!({ "form": id, "to": 1, "baseVersion": 2 }),
            "NOTHING_CHANGED form",
        ),
        (
            "retireForm",
            json!({ "form": nothing("frm"), "version": 1, "baseVersion": 1 }),
            "FORM_NOT_FOUND form",
        ),
        (
            "retireForm",
            json!({ "form": id, "version": 1, "baseVersion": 1 }),
            "STALE baseVersion",
        ),
        (
            "retireForm",
            json!({ "form": id, "version": 9, "baseVersion": 2 }),
            "VERSION_NOT_FOUND version",
        ),
    ] {
        tried.push((mutation, input, expected));
    }
    for (mutation, input, expected) in tried {
        let payload = desk.ask(mutation, input).await;
        assert_eq!(refusals(&payload), [expected], "{mutation}");
        assert_eq!(payload["form"], json!(null));
        codes.insert((
            mutation.to_owned(),
            expected.split(' ').next().unwrap_or_default().to_owned(),
        ));
    }
    // A draft that changes nothing; one that breaks; a mapping of fields that are not there.
    let form = desk.draft("psw", "WORKER", &first()).await;
    let publish = json!({ "form": id, "baseVersion": form["version"] });
    let repeated = desk.ask("publishForm", publish).await;
    assert_eq!(refusals(&repeated), ["NOTHING_CHANGED form"]);
    let gone = fields(json!({ "ward": { "type": "string", "maxLength": 50 } }));
    let form = desk.draft("psw", "WORKER", &gone).await;
    let mapping = json!([{ "from": "none", "to": "nowhere" }, { "from": "payer" }, { "from": "households", "to": "ward" }]);
    let publish = json!({ "form": id, "baseVersion": form["version"], "mapping": mapping });
    let strange = desk.ask("publishForm", publish.clone()).await;
    assert_eq!(
        refusals(&strange),
        ["UNKNOWN_FIELD mapping.0.from", "UNKNOWN_FIELD mapping.0.to"]
    );
    let publish = with(&publish, &[("mapping", json!([{ "from": "payer" }]))]);
    assert_eq!(
        refusals(&desk.ask("publishForm", publish.clone()).await),
        ["MAPPING_NEEDED mapping"]
    );
    let mapping = json!([{ "from": "payer" }, { "from": "households", "to": "ward" }]);
    let form = desk
        .change("publishForm", with(&publish, &[("mapping", mapping)]))
        .await;
    assert_eq!(form["versions"][0]["changeClass"], "BREAKING");
    for code in ["NOTHING_CHANGED", "UNKNOWN_FIELD", "MAPPING_NEEDED"] {
        codes.insert(("publishForm".to_owned(), code.to_owned()));
    }
    // The same going back, and retiring twice.
    let another = fields(json!({ "village": { "type": "string" } }));
    let form = desk
        .publish_mapped(
            "psw",
            "WORKER",
            &another,
            json!([{ "from": "ward", "to": "village" }]),
        )
        .await;
    let back = json!({ "form": id, "to": 1, "baseVersion": form["version"] });
    assert_eq!(
        refusals(&desk.ask("rollBackForm", back.clone()).await),
        ["MAPPING_NEEDED mapping"]
    );
    let unknown = with(
        &back,
        &[("mapping", json!([{ "from": "village" }, { "from": "x" }]))],
    );
    assert_eq!(
        refusals(&desk.ask("rollBackForm", unknown).await),
        ["UNKNOWN_FIELD mapping.1.from"]
    );
    for code in ["MAPPING_NEEDED", "UNKNOWN_FIELD"] {
        codes.insert(("rollBackForm".to_owned(), code.to_owned()));
    }
    let retire = json!({ "form": id, "version": 1, "baseVersion": form["version"] });
    // What would be done otherwise, by an act whose document is nowhere.
    let publish = json!({ "form": id, "baseVersion": form["version"] });
    let draft = fields(json!({ "village": { "type": "string" }, "road": { "type": "string" } }));
    let drafted = desk.draft("psw", "WORKER", &draft).await;
    let publish = with(&publish, &[("baseVersion", drafted["version"].clone())]);
    let back = with(
        &back,
        &[
            ("mapping", json!([{ "from": "village" }])),
            ("baseVersion", drafted["version"].clone()),
        ],
    );
    let retire = with(&retire, &[("baseVersion", drafted["version"].clone())]);
    for (mutation, input) in [
        ("publishForm", &publish),
        ("rollBackForm", &back),
        ("retireForm", &retire),
    ] {
        let act = json!({ "number": "1", "document": nothing("doc") });
        assert_eq!(
            refusals(&desk.ask(mutation, with(input, &[("act", act)])).await),
            ["ACT_DOCUMENT_NOT_FOUND act.document"],
            "{mutation}"
        );
        codes.insert((mutation.to_owned(), "ACT_DOCUMENT_NOT_FOUND".to_owned()));
    }
    let form = desk.change("retireForm", retire.clone()).await;
    let retire = with(&retire, &[("baseVersion", form["version"].clone())]);
    assert_eq!(
        refusals(&desk.ask("retireForm", retire).await),
        ["ALREADY_RETIRED version"]
    );
    codes.insert(("retireForm".to_owned(), "ALREADY_RETIRED".to_owned()));
    // A key means one request.
    for mutation in ["saveFormDraft", "publishForm", "rollBackForm", "retireForm"] {
        let key = json!("the same key");
        let (one, other) = match mutation {
            "saveFormDraft" => (
                with(&save, &[("idempotencyKey", key.clone())]),
                with(&save, &[("idempotencyKey", key), ("baseVersion", json!(9))]),
            ),
            "rollBackForm" => (
                json!({ "form": id, "to": 1, "baseVersion": 1, "idempotencyKey": key }),
                json!({ "form": id, "to": 1, "baseVersion": 3, "idempotencyKey": key }),
            ),
            "retireForm" => (
                json!({ "form": id, "version": 1, "baseVersion": 1, "idempotencyKey": key }),
                json!({ "form": id, "version": 1, "baseVersion": 3, "idempotencyKey": key }),
            ),
            _ => (
                json!({ "form": id, "baseVersion": 1, "idempotencyKey": "another key" }),
                json!({ "form": id, "baseVersion": 3, "idempotencyKey": "another key" }),
            ),
        };
        let one = if mutation == "publishForm" || mutation == "saveFormDraft" {
            one
        } else {
            with(
                &one,
                &[("idempotencyKey", json!(format!("{mutation} key")))],
            )
        };
        let other = if mutation == "publishForm" || mutation == "saveFormDraft" {
            other
        } else {
            with(
                &other,
                &[("idempotencyKey", json!(format!("{mutation} key")))],
            )
        };
        desk.ask(mutation, one).await;
        assert_eq!(
            refusals(&desk.ask(mutation, other).await),
            ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
        );
        codes.insert((mutation.to_owned(), "IDEMPOTENCY_KEY_REUSED".to_owned()));
    }
    for (mutation, name) in [
        ("publishForm", "PublishFormErrorCode"),
        ("rollBackForm", "RollBackFormErrorCode"),
        ("retireForm", "RetireFormErrorCode"),
    ] {
        let provoked: BTreeSet<String> = (codes.iter())
            .filter(|(of, _)| of == mutation)
            .map(|(_, code)| code.clone())
            .collect();
        let declared: BTreeSet<String> = enum_values(name).into_iter().collect();
        assert_eq!(provoked, declared, "{mutation}");
    }
}

#[tokio::test]
async fn the_ministry_alone_writes_forms() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    desk.publish("psw", "WORKER", &first()).await;
    let save = json!({ "code": "psw", "subject": "WORKER", "definition": first(), "baseVersion": 2,
        "title": [{ "language": "en", "text": "A form" }] });
    for role in Role::ALL.into_iter().filter(|role| role.is_tenant_role()) {
        let caller = country.caller(role);
        let read = "{ forms(subject: WORKER) { code published { number } } }";
        let data = caller.data(read, json!({})).await;
        assert_eq!(
            data["forms"],
            json!([{ "code": "psw", "published": { "number": 1 } }])
        );
        if role == Role::MinistryAdmin {
            assert_eq!(
                ask(&caller, "saveFormDraft", save.clone()).await["errors"],
                json!([])
            );
        } else {
            let document = "mutation($input: SaveFormDraftInput!) { saveFormDraft(input: $input) { errors { code } } }";
            let code = caller.error_code(document, json!({ "input": save })).await;
            assert_eq!(code, "FORBIDDEN", "{}", role.as_str());
        }
    }
}

#[tokio::test]
async fn a_title_is_in_the_languages_of_the_country_as_it_is_in_its_folder() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let save = |language: &str| {
        json!({ "code": "psw", "subject": "WORKER", "definition": first(),
            "title": [{ "language": "en", "text": "A form" }, { "language": language, "text": "Formulaire" }] })
    };
    let refused = desk.ask("saveFormDraft", save("sw")).await;
    assert_eq!(refusals(&refused), ["FOREIGN_LANGUAGE title"]);
    let saved = desk.ask("saveFormDraft", save("fr")).await;
    assert_eq!(saved["errors"], json!([]));
}

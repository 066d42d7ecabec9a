//! Forms that come as workbooks and leave as workbooks and Questionnaires.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kada::auth::Role;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::post;
use crate::support::world::{Caller, World};
use crate::workforce::office::refusals;

const IMPORT: &str = "mutation($input: ImportXlsFormInput!) { importXlsForm(input: $input) {
    form { id code version subject title titles { language text } draft { number definition } published { number } }
    report { dryRun fields definition losses { code message sheet row column field value } }
    errors { code errorCode path message }
} }";

/// A sheet by its rows, the header first.
type Table<'t> = (&'t str, &'t [&'t [&'t str]]);

fn book(sheets: &[Table<'_>]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a sheet");
        for (number, row) in (0..).zip(*rows) {
            for (column, content) in (0..).zip(*row) {
                sheet
                    .write_string(number, column, *content)
                    .expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

fn visits() -> Vec<u8> {
    book(&[
        (
            "survey",
            &[
                &[
                    "type",
                    "name",
                    "label",
                    "label::Français (fr)",
                    "label::Klingon",
                    "relevant",
                    "constraint",
                    "constraint_message",
                    "appearance",
                ],
                &["text", "ward", "Ward", "Quartier", "yotlh"],
                &[
                    "integer",
                    "age",
                    "Age",
                    "Âge",
                    "",
                    "",
                    ". >= 0 and . < 130",
                    "Nobody is so old.",
                    "bearing",
                ],
                &[
                    "select_one kinds",
                    "kind",
                    "Kind",
                    "Genre",
                    "",
                    "${age} >= 18",
                ],
                &["geopoint", "place", "Place"],
            ],
        ),
        (
            "choices",
            &[
                &["list_name", "name", "label", "label::fr"],
                &["kinds", "a", "First", "Premier"],
                &["kinds", "b", "Second", "Deuxième"],
            ],
        ),
        (
            "settings",
            &[
                &["form_title", "default_language"],
                &["Visits", "English (en)"],
            ],
        ),
    ])
}

async fn send(caller: &Caller<'_>, file: &[u8], mut input: Value) -> (u16, Value) {
    input["file"] = Value::Null;
    let operations = json!({ "query": IMPORT, "variables": { "input": input } }).to_string();
    let map = r#"{"0": ["variables.input.file"]}"#;
    let parts = [
        ("operations", operations.as_bytes()),
        ("map", map.as_bytes()),
        ("0", file),
    ];
    post(caller, &parts, true).await
}

async fn import(caller: &Caller<'_>, file: &[u8], input: Value) -> Value {
    let (status, mut body) = send(caller, file, input).await;
    assert_eq!((status, body.get("errors")), (200, None), "{body:#}");
    body["data"]["importXlsForm"].take()
}

async fn forms(caller: &Caller<'_>) -> Value {
    caller.data("{ forms { code version } }", json!({})).await["forms"].take()
}

#[tokio::test]
async fn a_workbook_becomes_a_draft_with_a_report() {
    let world = World::new().await;
    let country = world.country().await;
    let admin = country.caller(Role::MinistryAdmin);
    let input = json!({ "code": "visits", "subject": "WORKER", "dryRun": true });
    let rehearsed = import(&admin, &visits(), input).await;
    assert_eq!(
        (&rehearsed["form"], &rehearsed["errors"]),
        (&json!(null), &json!([]))
    );
    assert_eq!(rehearsed["report"]["dryRun"], true);
    assert_eq!(forms(&admin).await, json!([]), "nothing was changed");

    let input =
        json!({ "code": "visits", "subject": "WORKER", "idempotencyKey": "a key of visits" });
    // A workbook tells when it was written: the same one is sent twice.
    let visits = visits();
    let payload = import(&admin, &visits, input.clone()).await;
    assert_eq!(payload["errors"], json!([]), "{payload:#}");
    let form = &payload["form"];
    assert_eq!(
        (&form["title"], &form["subject"], &form["draft"]["number"]),
        (&json!("Visits"), &json!("WORKER"), &json!(1))
    );
    assert_eq!(form["draft"]["definition"], payload["report"]["definition"]);
    assert_eq!(payload["report"]["fields"], 3);
    let told = payload["report"]["losses"]
        .as_array()
        .expect("losses")
        .iter()
        .map(|it| {
            let text = |key: &str| it[key].as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {} {} {}",
                text("sheet"),
                it["row"],
                text("column"),
                text("code"),
                text("value")
            )
        });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "survey null label::Klingon UNKNOWN_LANGUAGE Klingon",
            "survey 3 appearance NOT_CARRIED_OVER bearing",
            "survey 5 type UNKNOWN_QUESTION_TYPE geopoint",
        ]
    );
    let message = payload["report"]["losses"][2]["message"].as_str();
    assert!(message.is_some_and(|it| it.contains("geopoint")));

    // The same once more is the same answer; another file under the key is none.
    let again = import(&admin, &visits, input.clone()).await;
    assert_eq!(again["form"]["version"], form["version"]);
    let other = import(
        &admin,
        &book(&[("survey", &[&["type", "name"], &["text", "a"]])]),
        input,
    )
    .await;
    assert_eq!(refusals(&other), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);

    // The draft is a form like any other.
    let publish = json!({ "input": { "form": form["id"], "baseVersion": form["version"] } });
    let published = admin
        .data("mutation($input: PublishFormInput!) { publishForm(input: $input) { form { version published { number } } errors { code } } }", publish)
        .await;
    assert_eq!(
        published["publishForm"]["form"]["published"]["number"], 1,
        "{published:#}"
    );
    // Its next version comes the same way; its subject and its other titles are known.
    let version = published["publishForm"]["form"]["version"].clone();
    let next = import(&admin, &visits, json!({ "code": "visits", "baseVersion": version, "title": [{ "language": "fr", "text": "Visites" }] })).await;
    assert_eq!(next["form"]["draft"]["number"], 2, "{next:#}");
    assert_eq!(next["form"]["titles"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn what_is_refused_names_the_file_and_the_row() {
    let world = World::new().await;
    let country = world.country().await;
    let admin = country.caller(Role::MinistryAdmin);
    let whole = visits();
    let survey = |rows: &[&[&str]]| {
        book(&[
            ("survey", rows),
            ("settings", &[&["form_title"], &["A form"]]),
        ])
    };
    let head: &[&str] = &["type", "name", "constraint", "x-sensitivity", "x-options"];
    let cases: Vec<(&str, Vec<u8>, Value)> = vec![
        ("NOT_A_WORKBOOK file", b"type,name\n".to_vec(), json!({})),
        ("NOT_A_WORKBOOK file", Vec::new(), json!({})),
        (
            "FILE_CUT_OFF file",
            whole[..whole.len() / 2].to_vec(),
            json!({}),
        ),
        ("NO_SUCH_SHEET file", book(&[("form", &[head])]), json!({})),
        ("FILE_EMPTY file", survey(&[head]), json!({})),
        (
            "SAME_HEADER file",
            survey(&[&["type", "type"], &["text", "a"]]),
            json!({}),
        ),
        (
            "GROUPS_UNBALANCED file",
            survey(&[head, &["begin_group", "a"], &["text", "b"]]),
            json!({}),
        ),
        (
            "NO_SUBJECT subject",
            survey(&[head, &["text", "a"]]),
            json!({ "subject": null }),
        ),
        (
            "NO_TITLE title",
            book(&[("survey", &[head, &["text", "a"]])]),
            json!({}),
        ),
        (
            "INVALID_FORM_CODE code",
            whole.clone(),
            json!({ "code": "Not A Code" }),
        ),
        (
            "FORM_NOT_FOUND code",
            whole.clone(),
            json!({ "baseVersion": 7 }),
        ),
        (
            "BAD_PATTERN file.survey.3",
            survey(&[head, &["text", "a"], &["text", "b", "regex(., '(((')"]]),
            json!({}),
        ),
        (
            "BAD_VALUE file.survey.2",
            survey(&[head, &["text", "a", "", "secret"]]),
            json!({}),
        ),
        (
            "UNKNOWN_LIST file.survey.2",
            survey(&[head, &["select_one x", "a", "", "", "code-list:none"]]),
            json!({}),
        ),
    ];
    for (refusal, file, more) in cases {
        let mut input = json!({ "code": "visits", "subject": "ALONE" });
        for (key, value) in more.as_object().expect("a map") {
            input[key] = value.clone();
        }
        let payload = import(&admin, &file, input).await;
        assert_eq!(refusals(&payload), [refusal], "{payload:#}");
        assert_eq!(payload["form"], json!(null));
    }
    assert_eq!(forms(&admin).await, json!([]));
    // A form that is there is not taken for a new one.
    import(
        &admin,
        &whole,
        json!({ "code": "visits", "subject": "ALONE" }),
    )
    .await;
    let payload = import(
        &admin,
        &whole,
        json!({ "code": "visits", "subject": "ALONE" }),
    )
    .await;
    assert_eq!(refusals(&payload), ["STALE baseVersion"]);
}

#[tokio::test]
async fn ministry_admins_alone_import_forms_and_everybody_reads_them() {
    let world = World::with(2, |_| {}).await;
    let countries = world.countries().await;
    let country = &countries[0];
    let admin = country.caller(Role::MinistryAdmin);
    for role in Role::ALL.into_iter().filter(|it| it.is_tenant_role()) {
        let caller = country.caller(role);
        let (_, body) = send(
            &caller,
            &visits(),
            json!({ "code": "visits", "subject": "ALONE", "dryRun": true }),
        )
        .await;
        let code = &body["errors"][0]["extensions"];
        if role == Role::MinistryAdmin {
            assert_eq!(body.get("errors"), None, "{body:#}");
        } else {
            assert_eq!(
                (&code["code"], &code["permission"]),
                (&json!("FORBIDDEN"), &json!("configure_forms")),
                "{}",
                role.as_str()
            );
        }
    }
    let form = import(
        &admin,
        &visits(),
        json!({ "code": "visits", "subject": "ALONE" }),
    )
    .await["form"]["id"]
        .clone();
    let read = "query($form: ID!) { formAsXlsForm(form: $form) { fileName } formAsQuestionnaire(form: $form) { resource } }";
    for role in Role::ALL.into_iter().filter(|it| it.is_tenant_role()) {
        let data = country
            .caller(role)
            .data(read, json!({ "form": form }))
            .await;
        assert_eq!(data["formAsXlsForm"]["fileName"], "visits.xlsx");
    }
    let neighbour = countries[1]
        .caller(Role::MinistryAdmin)
        .data(read, json!({ "form": form }))
        .await;
    assert_eq!(
        (
            &neighbour["formAsXlsForm"],
            &neighbour["formAsQuestionnaire"]
        ),
        (&json!(null), &json!(null))
    );
    // The code that is taken here is free there.
    let there = countries[1].caller(Role::MinistryAdmin);
    let input = json!({ "code": "visits", "subject": "FACILITY" });
    let payload = import(&there, &visits(), input).await;
    assert_eq!(payload["errors"], json!([]), "{payload:#}");
    assert_ne!(payload["form"]["id"], form);
}

#[tokio::test]
async fn a_form_leaves_as_a_workbook_that_comes_back_and_as_a_questionnaire() {
    let world = World::new().await;
    let country = world.country().await;
    let admin = country.caller(Role::MinistryAdmin);
    let definition = json!({
        "schema": { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "x-language": "en", "properties": {
            "post": { "type": "string", "x-cadre": true, "title": "Post" },
            "terms": { "type": "string", "x-codeList": "employment_type", "title": "Terms" },
            "name": { "type": "string", "maxLength": 80, "x-sensitivity": "personal", "title": "Name", "x-translations": { "fr": { "title": "Nom" } } },
        } },
        "ui": { "type": "VerticalLayout", "elements": [
            { "type": "Control", "scope": "#/properties/name" }, { "type": "Control", "scope": "#/properties/post" },
            { "type": "Control", "scope": "#/properties/terms" } ] },
        "rules": { "terms": { "visible": { "!!": { "var": "post" } }, "required": { "!!": { "var": "post" } } } },
    });
    let input = json!({ "code": "posts", "subject": "WORKER", "definition": definition, "title": [{ "language": "en", "text": "Posts" }] });
    let save = "mutation($input: SaveFormDraftInput!) { saveFormDraft(input: $input) { form { id version } errors { code path } } }";
    let saved = admin.data(save, json!({ "input": input })).await;
    let form = &saved["saveFormDraft"]["form"];
    let export = "query($form: ID!, $version: Int) {
        formAsXlsForm(form: $form, version: $version) { content losses { code column field } }
        formAsQuestionnaire(form: $form, version: $version) { resource losses { code } } }";
    let exported = admin.data(export, json!({ "form": form["id"] })).await;
    let file = STANDARD
        .decode(
            exported["formAsXlsForm"]["content"]
                .as_str()
                .expect("a file"),
        )
        .expect("base64");
    // The country's lists come along, and the form is bound to them still.
    let payload = import(
        &admin,
        &file,
        json!({ "code": "posts", "baseVersion": form["version"] }),
    )
    .await;
    assert_eq!(payload["errors"], json!([]), "{payload:#}");
    assert_eq!(payload["report"]["losses"], json!([]));
    assert_eq!(payload["form"]["draft"]["definition"], definition);

    let resource = &exported["formAsQuestionnaire"]["resource"];
    assert_eq!(
        (&resource["resourceType"], &resource["status"]),
        (&json!("Questionnaire"), &json!("draft"))
    );
    let options = resource["item"][1]["answerOption"]
        .as_array()
        .expect("cadres");
    assert!(
        options.iter().any(|it| it["valueCoding"]["code"] == "MW"),
        "{resource:#}"
    );
    assert_eq!(resource["item"][2]["enableWhen"][0]["operator"], "exists");

    let nothing = admin
        .data(export, json!({ "form": form["id"], "version": 9 }))
        .await;
    assert_eq!(
        (&nothing["formAsXlsForm"], &nothing["formAsQuestionnaire"]),
        (&json!(null), &json!(null))
    );
    let code = admin
        .error_code(export, json!({ "form": "nonsense" }))
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
}

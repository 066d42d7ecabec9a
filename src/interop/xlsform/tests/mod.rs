//! Forms that leave as workbooks, and workbooks that come as forms.

mod coming;
mod hostile;

use std::fs;

use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::*;
use crate::forms::{Choice, Definition, Stage, Subject, Version};
use crate::interop::outline::{Entries, FormToWrite};
use crate::kernel::Text;

fn languages(all: &[&str]) -> Vec<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

/// The forms that countries start with.
fn shipped() -> Vec<(String, Value)> {
    let tenants = concat!(env!("CARGO_MANIFEST_DIR"), "/tenants");
    let mut forms = Vec::new();
    for tenant in fs::read_dir(tenants).expect("tenants") {
        let folder = tenant.expect("a tenant").path().join("forms");
        for file in fs::read_dir(folder).into_iter().flatten() {
            let path = file.expect("a form").path();
            let form = fs::read_to_string(&path).expect("text");
            let code = path
                .file_stem()
                .expect("a code")
                .to_string_lossy()
                .into_owned();
            forms.push((code, serde_json::from_str(&form).expect("JSON")));
        }
    }
    forms
}

fn entries() -> Entries {
    let choice = |code: &str| Choice {
        code: code.to_owned(),
        title: Text::from_iter([("fr".to_owned(), code.to_uppercase())]),
    };
    let terms = vec![choice("permanent"), choice("contract")];
    Entries {
        code_lists: [("employment_type".to_owned(), terms)].into(),
        cadres: vec![choice("MW")],
    }
}

fn written(code: &str, form: &Value) -> Written {
    let definition = Definition::read(&form["definition"]);
    let definition = definition.unwrap_or_else(|flaws| panic!("{code}: {flaws:?}"));
    let version = Version::new(1, Stage::Published, definition);
    let title: Text = serde_json::from_value(form["title"].clone()).expect("a title");
    let subject = form["subject"].as_str().and_then(Subject::parse);
    let form = FormToWrite {
        code,
        title: &title,
        subject: subject.expect("a subject"),
        version: &version,
        entries: &entries(),
    };
    write(&form).expect("a workbook")
}

fn codes(losses: &[Loss]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = losses.iter().map(|it| it.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// What is required is a set.
fn without_order(required: &mut Value) {
    let names = required.as_array_mut().expect("names");
    names.sort_by_key(ToString::to_string);
}

#[test]
fn every_starting_form_comes_back_as_it_left() {
    let forms = shipped();
    assert!(forms.len() >= 4);
    for (code, form) in forms {
        let written = written(&code, &form);
        // All of it is said, the rest of it in columns of our own.
        assert_eq!(
            codes(&written.losses),
            ["OWN_COLUMN"],
            "{code}: {:#?}",
            written.losses
        );
        let all = languages(&["sw", "fr", "en", "ht", "ny", "bm"]);
        let back = read(&written.file, &all).expect("a form");
        assert_eq!(back.losses, [], "{code}");
        let (mut back_then, mut before) = (back.definition, form["definition"].clone());
        without_order(&mut back_then["schema"]["required"]);
        without_order(&mut before["schema"]["required"]);
        assert_eq!(back_then, before, "{code}");
        assert_eq!(json!(back.title), form["title"], "{code}");
        assert_eq!(back.subject.map(Subject::as_str), form["subject"].as_str());
    }
}

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

#[test]
fn what_xlsform_cannot_say_is_told() {
    let form = json!({
        "subject": "worker", "title": { "en": "All" },
        "definition": {
            "schema": { "type": "object", "title": "All of it", "required": ["mail"], "properties": {
                "mail": { "type": "string", "format": "email" },
                "photo": { "type": "string", "x-file": { "types": ["image/png", "image/jpeg", "image/webp"] } },
                "scan": { "type": "string", "x-file": { "types": ["application/pdf"], "maxBytes": 90000 } },
                "list": { "type": "array", "items": { "type": "object", "properties": {
                    "name": { "type": "string" }, "n": { "type": "integer" } } } },
                "group": { "type": "object", "properties": { "name": { "type": "string" } } },
                "post": { "type": "string", "x-cadre": true },
                "n": { "type": "integer", "multipleOf": 5, "exclusiveMaximum": 100 },
                "sum": { "type": "number" },
            } },
            "ui": { "type": "VerticalLayout", "elements": [
                { "type": "Control", "scope": "#/properties/n", "options": { "slider": true } },
                { "type": "Control", "scope": "#/properties/group/properties/name" },
                { "type": "Label", "text": "Wait" },
            ] },
            "rules": {
                "sum": { "computed": { "reduce": [{ "map": [{ "var": "list" }, { "var": "n" }] }, { "+": [{ "var": "accumulator" }, { "var": "current" }] }, 0] } },
                "post": { "visible": { "==": [{ "var": "group.name" }, "x"] } },
                "n": { "checks": [
                    { "rule": { "!=": [{ "var": "n" }, 10] }, "message": { "en": "Not ten." } },
                    { "rule": { "!=": [{ "var": "n" }, 20] }, "message": { "en": "Not twenty." } } ] },
            },
        },
    });
    let written = written("all", &form);
    let told: Vec<(&str, &str)> = (written.losses.iter())
        .map(|it| (it.code.as_str(), it.value.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("LAYOUT_DROPPED", "Control #/properties/n"),
            (
                "LAYOUT_DROPPED",
                "Control #/properties/group/properties/name"
            ),
            ("NOT_CARRIED_OVER", "All of it"),
            ("ONE_CONSTRAINT", "Not twenty."),
            ("OWN_COLUMN", "x-format"),
            ("OWN_COLUMN", "x-options"),
            ("OUT_OF_REACH", "name"),
            ("OWN_COLUMN", "x-max-bytes"),
            ("OWN_COLUMN", "x-file-types"),
            ("UNKNOWN_FUNCTION", "reduce"),
            ("OWN_COLUMN", "x-subject"),
        ]
    );
    let back = read(&written.file, &languages(&["en"])).expect("a form");
    let n = &back.definition["schema"]["properties"]["n"];
    assert_eq!(
        *n,
        json!({ "type": "integer", "multipleOf": 5, "exclusiveMaximum": 100 })
    );
    assert_eq!(
        back.definition["schema"]["properties"]["post"]["x-cadre"],
        true
    );
    assert_eq!(
        back.definition["schema"]["properties"]["photo"]["x-file"],
        json!({ "types": ["image/jpeg", "image/png", "image/webp"] })
    );
    assert_eq!(
        back.definition["schema"]["properties"]["scan"]["x-file"],
        json!({ "types": ["application/pdf"], "maxBytes": 90000 })
    );
}

//! Forms that leave as workbooks, and workbooks that come as forms.

use std::fs;

use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::*;
use crate::forms::{Choice, Definition, Stage, Subject, Version};
use crate::interop::outline::{Entries, FormToWrite};
use crate::interop::table::Unreadable;
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
        title: Text([("fr".to_owned(), code.to_uppercase())].into()),
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

const CHOICES: Table<'_> = (
    "choices",
    &[
        &[
            "list_name",
            "name",
            "label::English (en)",
            "label::Français (fr)",
            "region",
        ],
        &["yes_no", "yes", "Yes", "Oui", ""],
        &["yes_no", "no", "No", "Non", ""],
        &["topics", "a", "A", "", "north"],
        &["topics", "b", "B", "", ""],
        &["never", "x", "X", "", ""],
    ],
);

#[test]
fn a_workbook_of_the_usual_kind_is_read() {
    let survey: &[&[&str]] = &[
        &[
            "type",
            "name",
            "label::English (en)",
            "label::Français (fr)",
            "hint::English (en)",
            "required",
            "relevant",
            "constraint",
            "constraint_message::English (en)",
            "calculation",
            "default",
        ],
        &[
            "text",
            "village",
            "Village",
            "Village",
            "Where she lives",
            "yes",
            "",
            "string-length(.) <= 80",
            "",
            "",
            "",
        ],
        &[
            "integer",
            "age",
            "Age",
            "Âge",
            "",
            "yes",
            "",
            ". >= 0 and . <= 120",
            "Nobody is so old.",
            "",
            "18",
        ],
        &[
            "select_one yes_no",
            "married",
            "Married?",
            "Mariée ?",
            "",
            "",
            "${age} >= 15",
            "",
            "",
            "",
            "",
        ],
        &[
            "begin group",
            "home",
            "Home",
            "Foyer",
            "",
            "",
            "${married} = 'yes'",
            "",
            "",
            "",
            "",
        ],
        &[
            "decimal", "size", "Size", "Taille", "", "true()", "", ". > 0", "", "", "",
        ],
        &[
            "date",
            "since",
            "Since",
            "Depuis",
            "",
            "",
            "",
            ". <= today()",
            "Not yet.",
            "",
            "",
        ],
        &["end group"],
        &["begin repeat", "visits", "Visits", "Visites"],
        &[
            "select_multiple topics",
            "topics",
            "Topics",
            "Sujets",
            "",
            "",
            "",
            "count-selected(.) <= 2",
        ],
        &[
            "text",
            "other",
            "Other",
            "Autre",
            "",
            "yes",
            "selected(${topics}, 'b')",
        ],
        &["end repeat"],
        &["note", "thanks", "Thank you", "Merci"],
        &[
            "calculate",
            "score",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "if(${age} < 5, 0, ${age} * 2)",
        ],
    ];
    let settings: Table<'_> = (
        "settings",
        &[
            &["form_title", "form_id", "default_language"],
            &["Visits", "visits", "English (en)"],
        ],
    );
    let file = book(&[("survey", survey), CHOICES, settings]);
    let read = read(&file, &languages(&["fr", "en"])).expect("a form");
    Definition::read(&read.definition).expect("a definition without faults");
    assert_eq!(read.title.0["en"], "Visits");
    let schema = &read.definition["schema"];
    assert_eq!(schema["x-language"], "en");
    assert_eq!(schema["required"], json!(["village", "age"]));
    let fields = &schema["properties"];
    assert_eq!(
        fields["village"],
        json!({ "type": "string", "maxLength": 80, "title": "Village", "description": "Where she lives", "x-translations": { "fr": { "title": "Village" } } })
    );
    assert_eq!(fields["age"]["default"], 18);
    assert_eq!(
        fields["married"]["oneOf"][1],
        json!({ "const": "no", "title": "No", "x-translations": { "fr": { "title": "Non" } } })
    );
    assert_eq!(fields["home"]["properties"]["size"]["exclusiveMinimum"], 0);
    assert_eq!(fields["home"]["required"], json!(["size"]));
    assert_eq!(
        fields["visits"]["items"]["properties"]["topics"]["maxItems"],
        2
    );
    assert_eq!(fields["score"]["type"], "number");
    assert_eq!(
        read.definition["rules"],
        json!({
            "age": { "checks": [{ "rule": { "and": [{ ">=": [{ "var": "age" }, 0] }, { "<=": [{ "var": "age" }, 120] }] }, "message": { "en": "Nobody is so old." } }] },
            "married": { "visible": { ">=": [{ "var": "age" }, 15] } },
            "home": { "visible": { "==": [{ "var": "married" }, "yes"] } },
            "home.since": { "checks": [{ "rule": { "<=": [{ "var": "home.since" }, { "var": "$today" }] }, "message": { "en": "Not yet." } }] },
            "visits.other": { "visible": { "in": ["b", { "var": "$item.topics" }] }, "required": { "in": ["b", { "var": "$item.topics" }] } },
            "score": { "computed": { "if": [{ "and": [{ "!==": [{ "var": "age" }, null] }, { "<": [{ "var": "age" }, 5] }] }, 0, { "*": [{ "var": "age" }, 2] }] } },
        })
    );
    let elements = read.definition["ui"]["elements"]
        .as_array()
        .expect("elements");
    assert_eq!(elements[3]["label"], "Home");
    assert_eq!(
        elements[3]["elements"][0]["scope"],
        "#/properties/home/properties/size"
    );
    assert_eq!(
        elements[4]["options"]["detail"]["elements"][0]["scope"],
        "#/properties/topics"
    );
    assert_eq!(elements[5], json!({ "type": "Label", "text": "Thank you" }));
    assert_eq!((read.rows["age"], read.rows["home.since"]), (3, 7));
    let told: Vec<(&str, &str)> = read
        .losses
        .iter()
        .map(|it| (it.code.as_str(), it.value.as_str()))
        .collect();
    assert_eq!(
        told,
        [("UNKNOWN_COLUMN", "region"), ("NOT_CARRIED_OVER", "never")]
    );
}

#[test]
fn what_was_not_mapped_is_told_with_its_place() {
    let survey: &[&[&str]] = &[
        &[
            "type",
            "name",
            "label",
            "label::Klingon",
            "appearance",
            "relevant",
            "constraint",
            "calculation",
            "default",
            "required",
            "choice_filter",
            "my notes",
        ],
        &["geopoint", "where", "Where"],
        &[
            "text",
            "a-b",
            "A",
            "nuqneH",
            "multiline",
            "pulldata('x', 'y', 'z', 'w') = 1",
        ],
        &["text", "a_b", "A again"],
        &["select_one none", "c", "C"],
        &["select_one_from_file a.csv", "d", "D"],
        &[
            "select_one topics or_other",
            "e",
            "E",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "region = ${a-b}",
        ],
        &[
            "integer",
            "f",
            "F",
            "",
            "",
            "${where} != ''",
            ". mod 2 = 1 and . != ${f} + 1",
            "",
            "${e}",
            "",
            "",
            "ask Awa",
        ],
        &[
            "date", "g", "G", "", "", "((", "", "", "today()", "", "", "",
        ],
        &["begin_group", "h", "H"],
        &["start", "began", ""],
        &["end_group", ""],
        &["note", "n", "N", "", "", "${f} = 1"],
        &[
            "integer",
            "i",
            "I",
            "",
            "",
            "${where} = 1",
            "",
            "",
            "",
            "yes",
        ],
    ];
    let extra: Table<'_> = ("external_choices", &[&["list_name"], &["x"]]);
    let settings: Table<'_> = (
        "settings",
        &[&["default_language", "style"], &["English", "pages"]],
    );
    let file = book(&[("survey", survey), CHOICES, settings, extra]);
    let read = read(&file, &languages(&["fr", "en"])).expect("a form");
    Definition::read(&read.definition).expect("a definition without faults");
    let told: Vec<String> = (read.losses.iter())
        .map(|it| {
            let Spot {
                sheet, row, column, ..
            } = &it.spot;
            let sheet = sheet.as_deref().unwrap_or("-");
            let row = row.map_or("-".to_owned(), |it| it.to_string());
            format!(
                "{sheet} {row} {} {} {}",
                column.as_deref().unwrap_or("-"),
                it.code.as_str(),
                it.value
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "choices - region UNKNOWN_COLUMN region",
            "choices 2 list_name NOT_CARRIED_OVER yes_no",
            "choices 6 list_name NOT_CARRIED_OVER never",
            "external_choices - - UNKNOWN_SHEET external_choices",
            "settings 2 style NOT_CARRIED_OVER pages",
            "survey - label::Klingon UNKNOWN_LANGUAGE Klingon",
            "survey - my notes UNKNOWN_COLUMN my notes",
            "survey 2 type UNKNOWN_QUESTION_TYPE geopoint",
            "survey 3 appearance NOT_CARRIED_OVER multiline",
            "survey 3 name RENAMED a-b → a_b",
            "survey 3 relevant UNKNOWN_FUNCTION pulldata",
            "survey 4 name SAME_NAME a_b",
            "survey 5 type NO_CHOICES none",
            "survey 6 type UNKNOWN_QUESTION_TYPE select_one_from_file a.csv",
            "survey 7 type NOT_CARRIED_OVER or_other",
            "survey 7 choice_filter NOT_CARRIED_OVER region = ${a-b}",
            "survey 8 relevant UNKNOWN_QUESTION where",
            "survey 8 constraint GENERAL_MESSAGE . mod 2 = 1 and . != ${f} + 1",
            "survey 8 default DEFAULT_DROPPED ${e}",
            "survey 9 relevant NOT_AN_EXPRESSION ((",
            "survey 9 default DEFAULT_DROPPED today()",
            "survey 10 type EMPTY_GROUP h",
            "survey 11 type UNKNOWN_QUESTION_TYPE start",
            "survey 13 relevant NOT_CARRIED_OVER ${f} = 1",
            "survey 14 relevant UNKNOWN_QUESTION where",
            "survey 14 required NOT_CARRIED_OVER yes",
        ]
    );
}

#[test]
fn what_is_no_form_is_refused() {
    let survey = |rows: &[&[&str]]| book(&[("survey", rows)]);
    let head: &[&str] = &["type", "name"];
    let whole = survey(&[head, &["text", "a"]]);
    for (file, why) in [
        (
            b"type,name\ntext,a\n".to_vec(),
            NotAForm::Unreadable(Unreadable::NotATable),
        ),
        (Vec::new(), NotAForm::Unreadable(Unreadable::NotATable)),
        (
            whole[..whole.len() / 2].to_vec(),
            NotAForm::Unreadable(Unreadable::CutOff(1)),
        ),
        (
            book(&[("form", &[head])]),
            NotAForm::Unreadable(Unreadable::NoSheet("survey".to_owned())),
        ),
        (survey(&[head]), NotAForm::Unreadable(Unreadable::Empty)),
        (
            survey(&[&["type", "type"], &["text", "a"]]),
            NotAForm::Unreadable(Unreadable::SameHeader("type".to_owned())),
        ),
        (
            survey(&[head, &["begin_group", "a"], &["text", "b"]]),
            NotAForm::Unbalanced(2),
        ),
        (
            survey(&[head, &["text", "b"], &["end_repeat", ""]]),
            NotAForm::Unbalanced(3),
        ),
        (
            survey(&[
                head,
                &["begin_group", "a"],
                &["text", "b"],
                &["end_repeat", ""],
            ]),
            NotAForm::Unbalanced(4),
        ),
    ] {
        assert_eq!(read(&file, &languages(&["en"])).err(), Some(why));
    }
}

#[test]
fn a_hostile_workbook_costs_little_and_never_panics() {
    let mut far = Workbook::new();
    let sheet = far.add_worksheet().set_name("survey").expect("a sheet");
    sheet.write_string(0, 0, "type").expect("a cell");
    sheet
        .write_string(1_048_575, 16_383, "text")
        .expect("the last cell");
    let far = far.save_to_buffer().expect("a workbook");
    let too_large = Some(NotAForm::Unreadable(Unreadable::TooLarge));
    assert_eq!(read(&far, &languages(&["en"])).err(), too_large);
    // Whatever is broken in it, it is refused or read.
    let whole = written("psw", &shipped()[0].1).file;
    for at in (0..whole.len()).step_by(whole.len() / 150) {
        let mut broken = whole.clone();
        broken[at] ^= 0x5a;
        read(&broken, &languages(&["en"])).ok();
        read(&whole[..at], &languages(&["en"])).ok();
    }
    // Groups in groups end where definitions end, not where the stack does.
    let deep: Vec<Vec<String>> = (0..4_000)
        .map(|n| vec!["begin_group".to_owned(), format!("g{n}")])
        .chain([vec!["text".to_owned(), "a".to_owned()]])
        .chain((0..4_000).map(|_| vec!["end_group".to_owned()]))
        .collect();
    let mut tower = Workbook::new();
    let sheet = tower.add_worksheet().set_name("survey").expect("a sheet");
    sheet.write_string(0, 0, "type").expect("a cell");
    sheet.write_string(0, 1, "name").expect("a cell");
    for (number, row) in (1..).zip(&deep) {
        for (column, content) in (0..).zip(row) {
            sheet.write_string(number, column, content).expect("a cell");
        }
    }
    let tower = tower.save_to_buffer().expect("a workbook");
    assert_eq!(
        read(&tower, &languages(&["en"])).err(),
        Some(NotAForm::TooDeep(14))
    );
}

#[test]
fn what_xlsform_cannot_say_is_told() {
    let form = json!({
        "subject": "worker", "title": { "en": "All" },
        "definition": {
            "schema": { "type": "object", "title": "All of it", "required": ["mail"], "properties": {
                "mail": { "type": "string", "format": "email" },
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
}

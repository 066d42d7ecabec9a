//! Workbooks that come as forms.

use serde_json::json;

use super::*;
use crate::interop::table::Unreadable;

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
#[expect(
    clippy::too_many_lines,
    reason = "one workbook, looked at from all sides"
)]
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
    assert_eq!(read.title.0.get("en").map(String::as_str), Some("Visits"));
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
#[expect(clippy::too_many_lines, reason = "one workbook and its whole report")]
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

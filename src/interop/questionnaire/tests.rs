//! Forms as Questionnaires.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::*;
use crate::forms::{Choice, Definition, Version};
use crate::interop::outline::Entries;

fn questionnaire(definition: &Value) -> Questionnaire {
    let read = Definition::read(definition).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let terms = vec![Choice {
        code: "permanent".to_owned(),
        title: Text::from_iter([("fr".to_owned(), "Permanent".to_owned())]),
    }];
    let entries = Entries {
        code_lists: [("employment_type".to_owned(), terms)].into(),
        cadres: Vec::new(),
    };
    let title = Text::from_iter(
        [("en", "A form"), ("fr", "Un formulaire")].map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    write(&FormToWrite {
        code: "a-form",
        title: &title,
        subject: Subject::Worker,
        version: &Version::new(3, Stage::Published, read),
        entries: &entries,
    })
}

#[test]
fn a_questionnaire_says_what_fhir_has_words_for() {
    let definition = json!({
        "schema": { "type": "object", "x-language": "fr", "required": ["name"], "properties": {
            "name": { "type": "string", "minLength": 2, "maxLength": 80, "pattern": "^[A-Z]", "title": "Nom",
                "description": "Comme sur l’acte", "x-translations": { "en": { "title": "Name" } } },
            "about": { "type": "string", "maxLength": 2000 },
            "age": { "type": "integer", "exclusiveMinimum": 0, "maximum": 120, "x-unit": "a", "default": 30 },
            "terms": { "type": "string", "x-codeList": "employment_type" },
            "done": { "type": "array", "uniqueItems": true, "minItems": 1, "maxItems": 2,
                "items": { "type": "string", "enum": ["a", "b"] } },
            "paid": { "type": "boolean" },
            "cases": { "type": "array", "maxItems": 5, "items": { "type": "object", "properties": {
                "closed": { "type": "string", "format": "date" }, "open": { "type": "boolean" } } } },
            "payer": { "type": "string" },
        } },
        "ui": { "type": "VerticalLayout", "elements": [
            { "type": "Label", "text": "Bonjour" },
            { "type": "Group", "label": "Personne", "elements": [{ "type": "Control", "scope": "#/properties/name" }] },
        ] },
        "rules": {
            "payer": { "visible": { "==": [{ "var": "paid" }, true] }, "required": { "==": [{ "var": "paid" }, true] } },
            "cases.closed": { "visible": { "!": { "var": "$item.open" } } },
            "about": { "visible": { "or": [{ "in": ["a", { "var": "done" }] }, { ">=": [{ "var": "age" }, 18] }] },
                "checks": [{ "rule": { "!=": [{ "var": "about" }, "x"] }, "message": { "fr": "Non." } }] },
        },
    });
    let Questionnaire { resource, losses } = questionnaire(&definition);
    assert_eq!(resource["name"], "AForm");
    assert_eq!(
        (&resource["status"], &resource["version"]),
        (&json!("active"), &json!("3"))
    );
    assert_eq!(resource["subjectType"], json!(["Practitioner"]));
    assert_eq!(resource["title"], "Un formulaire");
    let items = resource["item"].as_array().expect("items");
    assert_eq!(
        items[0],
        json!({ "linkId": "display/1", "type": "display", "text": "Bonjour" })
    );
    assert_eq!(items[1]["type"], "group");
    assert_eq!(
        items[1]["item"][0],
        json!({
            "linkId": "name", "type": "string", "text": "Nom", "required": true, "maxLength": 80,
            "_text": { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/translation",
                "extension": [{ "url": "lang", "valueCode": "en" }, { "url": "content", "valueString": "Name" }] }] },
            "extension": [
                { "url": "http://hl7.org/fhir/StructureDefinition/minLength", "valueInteger": 2 },
                { "url": "http://hl7.org/fhir/StructureDefinition/regex", "valueString": "^[A-Z]" },
            ],
            "item": [{ "linkId": "name/help", "type": "display", "text": "Comme sur l’acte", "extension": [{
                "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-displayCategory",
                "valueCodeableConcept": { "coding": [{ "system": "http://hl7.org/fhir/questionnaire-display-category", "code": "instructions" }] },
            }] }],
        })
    );
    let item = |path: &str| items.iter().find(|it| it["linkId"] == path).expect(path);
    assert_eq!(
        *item("about"),
        json!({
            "linkId": "about", "text": "about", "type": "text", "maxLength": 2000, "enableBehavior": "any",
            "enableWhen": [
                { "question": "done", "operator": "=", "answerCoding": { "code": "a" } },
                { "question": "age", "operator": ">=", "answerInteger": 18 },
            ],
        })
    );
    assert_eq!(
        *item("age"),
        json!({
            "linkId": "age", "text": "age", "type": "integer", "initial": [{ "valueInteger": 30 }],
            "extension": [
                { "url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 1 },
                { "url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 120 },
                { "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit", "valueCoding": { "display": "a" } },
            ],
        })
    );
    assert_eq!(
        item("terms")["answerOption"],
        json!([{ "valueCoding": { "code": "permanent", "display": "Permanent" } }])
    );
    assert_eq!(item("done")["repeats"], true);
    assert_eq!(item("payer")["required"], true);
    assert_eq!(
        item("payer")["enableWhen"],
        json!([{ "question": "paid", "operator": "=", "answerBoolean": true }])
    );
    assert_eq!(
        item("cases")["item"][0]["enableWhen"],
        json!([{ "question": "cases.open", "operator": "!=", "answerBoolean": true }])
    );
    let told: Vec<(Option<&str>, &str)> = (losses.iter())
        .map(|it| (it.spot.field.as_deref(), it.code.as_str()))
        .collect();
    assert_eq!(told, [(Some("about"), "RULE_NOT_SAID")]);
}

#[test]
fn a_condition_is_said_only_where_blanks_mean_the_same() {
    let shown = |rule: Value| {
        let definition = json!({
            "schema": { "type": "object", "properties": {
                "n": { "type": "integer" }, "x": { "type": "number" }, "born": { "type": "string", "format": "date" },
                "kind": { "type": "string", "enum": ["a", "b"] }, "it": { "type": "string" } } },
            "rules": { "it": { "visible": rule } },
        });
        let Questionnaire { resource, losses } = questionnaire(&definition);
        let items = resource["item"].as_array().expect("items").clone();
        let item = items
            .into_iter()
            .find(|it| it["linkId"] == "it")
            .expect("it");
        assert_eq!(
            item.get("enableWhen").is_none(),
            losses.len() == 1,
            "{rule}"
        );
        (item["enableWhen"].clone(), item["enableBehavior"].clone())
    };
    let below = json!({ "question": "n", "operator": "<", "answerInteger": 5 });
    let nothing = json!({ "question": "n", "operator": "exists", "answerBoolean": false });
    for (rule, conditions, behavior) in [
        // A blank counts as nought, which is below five.
        (
            json!({ "<": [{ "var": "n" }, 5] }),
            json!([below, nothing]),
            json!("any"),
        ),
        (
            json!({ "and": [{ "!==": [{ "var": "n" }, null] }, { "<": [{ "var": "n" }, 5] }] }),
            json!([below]),
            json!(null),
        ),
        (
            json!({ "<": [4.5, { "var": "x" }] }),
            json!([{ "question": "x", "operator": ">", "answerDecimal": 4.5 }]),
            json!(null),
        ),
        (
            json!({ "and": [{ "!!": { "var": "born" } }, { "==": [{ "var": "kind" }, "a"] }] }),
            json!([{ "question": "born", "operator": "exists", "answerBoolean": true },
                   { "question": "kind", "operator": "=", "answerCoding": { "code": "a" } }]),
            json!("all"),
        ),
        (
            json!({ "or": [{ "<": [{ "var": "n" }, 5] }, { "==": [{ "var": "kind" }, "a"] }] }),
            json!(null),
            json!(null),
        ),
        (
            json!({ "<": [{ "var": "born" }, { "var": "$today" }] }),
            json!(null),
            json!(null),
        ),
        (
            json!({ ">": [{ "+": [{ "var": "n" }, 1] }, 5] }),
            json!(null),
            json!(null),
        ),
        (
            json!({ "and": [{ "or": [{ "==": [{ "var": "kind" }, "a"] }] }] }),
            json!(null),
            json!(null),
        ),
    ] {
        assert_eq!(shown(rule.clone()), (conditions, behavior), "{rule}");
    }
}

/// What FHIR demands of every Questionnaire, asked of the forms that countries start with.
#[test]
fn the_starting_forms_are_sound_questionnaires() {
    let tenants = concat!(env!("CARGO_MANIFEST_DIR"), "/tenants");
    let mut seen = 0;
    for tenant in fs::read_dir(tenants).expect("tenants") {
        let folder = tenant.expect("a tenant").path().join("forms");
        for file in fs::read_dir(folder).into_iter().flatten() {
            let form = fs::read_to_string(file.expect("a form").path()).expect("text");
            let form: Value = serde_json::from_str(&form).expect("JSON");
            let Questionnaire { resource, losses } = questionnaire(&form["definition"]);
            let mut links = BTreeSet::new();
            sound(&resource["item"], &mut links);
            for path in questions(&resource["item"]) {
                assert!(links.contains(&path), "enableWhen names {path}");
            }
            // Whatever is left out is a rule or a sensitivity, and is told.
            let codes: BTreeSet<&str> = losses.iter().map(|it| it.code.as_str()).collect();
            assert!(
                codes.is_subset(&["RULE_NOT_SAID", "NOT_CARRIED_OVER"].into()),
                "{codes:?}"
            );
            seen += 1;
        }
    }
    assert!(seen >= 4);
}

/// Links are unique (que-2), groups have items and questions have none but help, displays have neither (que-1, que-3, que-6).
fn sound(items: &Value, links: &mut BTreeSet<String>) {
    for item in items.as_array().into_iter().flatten() {
        let link = item["linkId"].as_str().expect("a link");
        assert!(links.insert(link.to_owned()), "{link} twice");
        let kind = item["type"].as_str().expect("a type");
        assert!(
            [
                "group", "display", "boolean", "decimal", "integer", "date", "string", "text",
                "choice"
            ]
            .contains(&kind)
        );
        assert_eq!(
            kind == "choice",
            item.get("answerOption").is_some(),
            "{link} (que-5)"
        );
        if kind == "group" {
            assert!(
                item["item"].as_array().is_some_and(|it| !it.is_empty()),
                "{link}"
            );
        }
        if kind == "display" {
            assert!(
                item.get("item").is_none() && item.get("required").is_none(),
                "{link}"
            );
        }
        if item
            .get("enableWhen")
            .is_some_and(|it| it.as_array().is_some_and(|it| it.len() > 1))
        {
            assert!(item.get("enableBehavior").is_some(), "{link} (que-12)");
        }
        assert!(
            item.get("initial").is_none() || item.get("answerOption").is_none(),
            "{link} (que-11)"
        );
        sound(&item["item"], links);
    }
}

fn questions(items: &Value) -> Vec<String> {
    let mut named = Vec::new();
    for item in items.as_array().into_iter().flatten() {
        for condition in item["enableWhen"].as_array().into_iter().flatten() {
            named.extend(condition["question"].as_str().map(str::to_owned));
        }
        named.extend(questions(&item["item"]));
    }
    named
}

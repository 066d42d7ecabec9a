//! What a definition may be; every fault with its place.

use serde_json::{Value, json};

use super::desk::{Desk, fields};
use crate::support::world::World;

/// A list of values inside each other.
fn nested(levels: usize) -> Value {
    (0..levels).fold(
        json!({ "type": "string" }),
        |inner, _| json!({ "type": "object", "properties": { "inner": inner } }),
    )
}

#[tokio::test]
async fn every_fault_of_a_definition_is_told_with_its_place() {
    let world = World::new().await;
    let desk = Desk::of(&world.country().await);
    let text = || json!({ "type": "string" });
    let ruled = |rules: Value| {
        json!({
            "schema": { "type": "object", "properties": {
                "ward": text(), "age": { "type": "integer" },
                "children": { "type": "array", "items": { "type": "object", "properties": {
                    "age": { "type": "integer" }, "name": text() } } },
            } },
            "rules": rules,
        })
    };
    for (definition, expected) in [
        (json!([]), vec!["WRONG_TYPE definition"]),
        (
            json!({ "schema": {}, "script": 1 }),
            vec![
                "UNKNOWN_KEYWORD definition.script",
                "WRONG_TYPE definition.schema.type",
                "WRONG_TYPE definition.schema.properties",
            ],
        ),
        (
            fields(json!({ "ward": { "$ref": "https://example.org/ward.json" } })),
            vec!["WRONG_TYPE definition.schema.properties.ward.type"],
        ),
        (
            fields(
                json!({ "ward": { "type": "string", "$ref": "https://example.org/ward.json" } }),
            ),
            vec!["REFERENCE_REFUSED definition.schema.properties.ward.$ref"],
        ),
        (
            fields(json!({
                "ward": { "type": "string", "minLength": 9, "maxLength": 3, "if": {} },
                "1st": text(), "age": { "type": "integer", "minimum": 9, "maximum": 3 },
            })),
            vec![
                "BAD_NAME definition.schema.properties.1st",
                "BAD_VALUE definition.schema.properties.age.minimum",
                "UNKNOWN_KEYWORD definition.schema.properties.ward.if",
                "BAD_VALUE definition.schema.properties.ward.minLength",
            ],
        ),
        (
            fields(json!({ "ward": { "type": "string", "pattern": "(" } })),
            vec!["BAD_PATTERN definition.schema.properties.ward.pattern"],
        ),
        (
            fields(json!({ "ward": { "type": "string", "pattern": "((x{99}){99}){99}" } })),
            vec!["BAD_PATTERN definition.schema.properties.ward.pattern"],
        ),
        (
            fields(json!({ "payer": { "type": "string", "enum": ["ngo", "ngo"] } })),
            vec!["TWICE definition.schema.properties.payer.enum.1"],
        ),
        (
            fields(json!({ "kind": { "type": "string", "x-codeList": "no_such_list" } })),
            vec!["UNKNOWN_LIST definition.schema.properties.kind.x-codeList"],
        ),
        (
            json!({ "schema": { "type": "object", "properties": { "ward": text() }, "required": ["wad"] } }),
            vec!["UNKNOWN_FIELD definition.schema.required.0"],
        ),
        (
            json!({ "schema": nested(9) }),
            vec!["NESTED_TOO_DEEP definition"],
        ),
        (
            ruled(json!({ "ward": { "required": { "==": [{ "var": "wad" }, 1] } } })),
            vec!["UNKNOWN_FIELD definition.rules.ward.required.==.0.var"],
        ),
        (
            ruled(json!({ "ward": { "required": { "exec": ["rm"] } } })),
            vec!["UNKNOWN_OPERATOR definition.rules.ward.required.exec"],
        ),
        (
            ruled(json!({
                "ward": { "visible": { "==": [{ "var": "age" }, 1] } },
                "age": { "computed": { "if": [{ "var": "ward" }, 1, 2] } },
            })),
            vec![
                "CIRCULAR definition.rules.age",
                "CIRCULAR definition.rules.ward",
            ],
        ),
        (
            // A loop inside a loop, and a text that doubles in one.
            ruled(json!({
                "age": { "computed": { "reduce": [{ "var": "children" },
                    { "reduce": [{ "var": "children" }, 1, 0] }, 0] } },
                "ward": { "computed": { "reduce": [{ "var": "children" },
                    { "cat": [{ "var": "accumulator" }, { "var": "accumulator" }] }, "x"] } },
            })),
            vec![
                "UNKNOWN_OPERATOR definition.rules.age.computed.reduce.1.reduce",
                "UNKNOWN_OPERATOR definition.rules.ward.computed.reduce.1.cat",
            ],
        ),
        (
            ruled(json!({ "ward": { "required": { "cat": ["x".repeat(5_000)] } } })),
            vec!["TOO_LONG definition.rules.ward.required"],
        ),
        (
            // What an item asks of the whole list, every item would pay.
            ruled(
                json!({ "children.age": { "required": { "some": [{ "var": "children" }, true] } } }),
            ),
            vec!["UNKNOWN_FIELD definition.rules.children.age.required.some.0.var"],
        ),
        (
            json!({
                "schema": { "type": "object", "properties": { "ward": text() } },
                "ui": { "type": "VerticalLayout", "elements": [
                    { "type": "Control", "scope": "#/properties/wad" }, { "type": "Script" } ] },
            }),
            vec![
                "UNKNOWN_FIELD definition.ui.elements.0.scope",
                "BAD_VALUE definition.ui.elements.1.type",
            ],
        ),
    ] {
        assert_eq!(desk.flaws(&definition).await, expected, "{definition}");
    }
    assert_eq!(desk.form("flawed").await, json!(null), "nothing was kept");
}

#[tokio::test]
async fn a_form_tells_its_fields_in_the_callers_language() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let definition = json!({
        "schema": { "type": "object", "x-language": "sw", "required": ["ward"], "properties": {
            "ward": { "type": "string", "title": "Kata", "x-translations": { "en": { "title": "Ward" } } },
            "payer": { "type": "string", "oneOf": [
                { "const": "ngo", "title": "Asasi", "x-translations": { "en": { "title": "NGO" } } },
                { "const": "lga", "title": "Halmashauri" } ] },
            "illness": { "type": "boolean", "x-sensitivity": "personal" },
            "terms": { "type": "string", "x-codeList": "employment_type" },
            "visits": { "type": "array", "maxItems": 3, "items": { "type": "object", "properties": {
                "on": { "type": "string", "format": "date" } } } },
        } },
        "ui": { "type": "VerticalLayout", "elements": [{ "type": "Control", "scope": "#/properties/ward" }] },
        "rules": {},
    });
    desk.publish("psw", "WORKER", &definition).await;
    let query = "{ form(by: {code: \"psw\"}) { published { stage definition fields {
        path kind label required isPersonal isFilterable isCountable codeList options { code label } } } } }";
    let english = country.caller(kada::auth::Role::Viewer);
    let answer = english.data(query, json!({})).await;
    let published = &answer["form"]["published"];
    assert_eq!(published["definition"], definition);
    let told = |fields: &Value| -> Vec<String> {
        let fields = fields.as_array().expect("fields").iter();
        fields
            .map(|it| {
                let flags = ["required", "isPersonal", "isFilterable", "isCountable"];
                let flags: Vec<&str> = flags.into_iter().filter(|flag| it[*flag] == true).collect();
                format!(
                    "{} {} {} {} {}",
                    it["path"],
                    it["kind"],
                    it["label"],
                    it["options"],
                    flags.join(" ")
                )
                .replace('"', "")
            })
            .collect()
    };
    assert_eq!(
        told(&published["fields"]),
        [
            "illness boolean  [] isPersonal isFilterable isCountable",
            "payer choice  [{code:ngo,label:NGO},{code:lga,label:Halmashauri}] isFilterable isCountable",
            "terms choice  [] isFilterable isCountable",
            "visits repeat  [] ",
            "visits.on date  [] ",
            "ward text Ward [] required isFilterable",
        ]
    );
    let swahili = english.language("sw").data(query, json!({})).await;
    assert!(told(&swahili["form"]["published"]["fields"])[1].contains("Asasi"));
}

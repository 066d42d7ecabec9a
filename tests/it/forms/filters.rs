//! A published field is at once filtered by and counted by.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{Desk, submit};
use crate::support::world::{Caller, World};

fn psw() -> Value {
    json!({ "schema": { "type": "object", "properties": {
        "ward": { "type": "string" }, "households": { "type": "integer" }, "trainedOn": { "type": "string", "format": "date" },
        "payer": { "type": "string", "oneOf": [
            { "const": "ngo", "title": "Non-governmental" }, { "const": "lga", "title": "Local government" } ] },
        "training": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ["psw1", "psw2"] } },
        "stipend": { "type": "boolean" },
        "illness": { "type": "boolean", "x-sensitivity": "personal" },
        "home": { "type": "object", "properties": { "village": { "type": "string" } } },
    } } })
}

/// The family names of those who answered so.
async fn named(caller: &Caller<'_>, conditions: &str) -> Vec<String> {
    let query = format!(
        "{{ workers(first: 20, filter: {{answers: [{conditions}]}}) {{ totalCount nodes {{ familyName }} }} }}"
    );
    let data = caller.data(&query, json!({})).await;
    let nodes = data["workers"]["nodes"].as_array().expect("workers");
    assert_eq!(data["workers"]["totalCount"], nodes.len());
    nodes
        .iter()
        .filter_map(|it| it["familyName"].as_str().map(str::to_owned))
        .collect()
}

/// `label count` of each row.
async fn counted(caller: &Caller<'_>, arguments: &str) -> Vec<String> {
    let query =
        format!("{{ headcount({arguments}) {{ total rows {{ keys {{ code label }} count }} }} }}");
    let data = caller.data(&query, json!({})).await;
    let rows = data["headcount"]["rows"].as_array().expect("rows").iter();
    let told = rows.map(|row| {
        let keys = row["keys"].as_array().expect("keys").iter();
        let labels: Vec<&str> = keys.filter_map(|key| key["label"].as_str()).collect();
        format!("{} {}", labels.join("/"), row["count"])
    });
    told.collect()
}

#[tokio::test]
async fn workers_are_filtered_and_counted_by_what_they_answered() {
    let world = World::new().await;
    let country = world.country().await;
    let desk = Desk::of(&country);
    let form = desk.publish("psw", "WORKER", &psw()).await;
    let mut ids = Vec::new();
    for (name, answers) in [
        (
            "Asha",
            json!({ "ward": "Mji", "households": 4, "payer": "ngo", "stipend": true, "training": ["psw1", "psw2"],
            "trainedOn": "2020-05-01", "illness": true, "home": { "village": "Kati" } }),
        ),
        (
            "Baraka",
            json!({ "ward": "Mji", "households": 9, "payer": "lga", "stipend": true, "training": ["psw1"] }),
        ),
        (
            "Chausiku",
            json!({ "ward": "Pwani", "stipend": false, "trainedOn": "2022-05-01" }),
        ),
    ] {
        let id = country.register(name, "F-A1", "MW", "2020-01-01").await;
        let input = json!({ "form": form["id"], "about": { "worker": id }, "answers": answers });
        ids.push(submit(&desk.admin, "submitForm", input).await["submission"]["id"].clone());
    }
    country.register("Dotto", "F-B1", "MW", "2020-01-01").await;
    let admin = &desk.admin;
    for (condition, expected) in [
        (
            "{form: \"psw\", field: \"ward\", anyOf: [\"Mji\"]}",
            vec!["Asha", "Baraka"],
        ),
        (
            "{form: \"psw\", field: \"households\", least: 5}",
            vec!["Baraka"],
        ),
        (
            "{form: \"psw\", field: \"households\", least: 4, most: 8}",
            vec!["Asha"],
        ),
        (
            "{form: \"psw\", field: \"training\", anyOf: [\"psw2\"]}",
            vec!["Asha"],
        ),
        (
            "{form: \"psw\", field: \"trainedOn\", from: \"2021-01-01\"}",
            vec!["Chausiku"],
        ),
        (
            "{form: \"psw\", field: \"trainedOn\", to: \"2021-01-01\"}",
            vec!["Asha"],
        ),
        (
            "{form: \"psw\", field: \"stipend\", anyOf: [\"false\"]}",
            vec!["Chausiku"],
        ),
        ("{form: \"psw\", field: \"home.village\"}", vec!["Asha"]),
        (
            "{form: \"psw\", field: \"payer\", answered: false}",
            vec!["Chausiku", "Dotto"],
        ),
        (
            "{form: \"psw\", field: \"illness\", anyOf: [\"true\"]}",
            vec!["Asha"],
        ),
        (
            "{form: \"psw\", field: \"ward\", anyOf: [\"Mji\"]}, {form: \"psw\", field: \"payer\", anyOf: [\"lga\"]}",
            vec!["Baraka"],
        ),
    ] {
        assert_eq!(named(admin, condition).await, expected, "{condition}");
    }
    let by_payer = "groupBy: [{by: ANSWER, answer: {form: \"psw\", field: \"payer\"}}]";
    assert_eq!(
        counted(admin, by_payer).await,
        ["Local government 1", "Non-governmental 1", "Unknown 2"]
    );
    let both = "groupBy: [{by: ANSWER, answer: {form: \"psw\", field: \"stipend\"}}, {by: AGE_BAND}, {by: SEX}],
        filter: {answers: [{form: \"psw\", field: \"ward\"}]}";
    assert_eq!(
        counted(admin, both).await,
        ["No/45 to 54/Women 1", "Yes/45 to 54/Women 2"]
    );
    // The same people by age, by either statement.
    let ages = counted(admin, "groupBy: [{by: AGE_BAND}]").await;
    let of_all = "groupBy: [{by: AGE_BAND}], filter: {answers: [{form: \"psw\", field: \"ward\", answered: false}]}";
    assert_eq!(
        (ages, counted(admin, of_all).await),
        (vec!["45 to 54 4".to_owned()], vec!["45 to 54 1".to_owned()])
    );

    // What is sent back counts no more; what is mended does, in the new words of the next version.
    let back = json!({ "submission": ids[1], "baseVersion": 1, "decision": "SEND_BACK" });
    submit(admin, "reviewSubmission", back).await;
    assert_eq!(
        named(admin, "{form: \"psw\", field: \"ward\", anyOf: [\"Mji\"]}").await,
        ["Asha"]
    );
    let mut next = psw();
    let ward = next["schema"]["properties"]["ward"].take();
    next["schema"]["properties"]
        .as_object_mut()
        .expect("fields")
        .remove("ward");
    next["schema"]["properties"]["kata"] = ward;
    next["schema"]["properties"]["payer"]["oneOf"] =
        json!([{ "const": "lga", "title": "Council" }]);
    let mapping =
        json!([{ "from": "ward", "to": "kata", "values": [{ "from": "Mji", "to": "Mjini" }] }]);
    let draft = desk.draft("psw", "WORKER", &next).await;
    let preview = "query($form: ID!, $mapping: [FormMappingInput!]!) {
        previewFormPublication(form: $form, mapping: $mapping) {
            changeClass obstacles { code } answers tried valid converted shortened invalid examples { field before after fault } } }";
    let variables = json!({ "form": form["id"], "mapping": mapping });
    let found = admin.data(preview, variables.clone()).await["previewFormPublication"].clone();
    assert_eq!(
        found,
        json!({ "changeClass": "BREAKING", "obstacles": [], "answers": 2, "tried": 2, "valid": 0, "converted": 1,
            "shortened": 0, "invalid": 1, "examples": [
                { "field": "ward", "before": "Pwani", "after": "Pwani", "fault": null },
                { "field": "payer", "before": "ngo", "after": null, "fault": "NOT_AN_OPTION" } ] })
    );
    let publish =
        json!({ "form": form["id"], "baseVersion": draft["version"], "mapping": mapping });
    desk.change("publishForm", publish).await;
    assert_eq!(
        named(
            admin,
            "{form: \"psw\", field: \"kata\", anyOf: [\"Mjini\"]}"
        )
        .await,
        ["Asha"]
    );
    assert_eq!(
        named(admin, "{form: \"psw\", field: \"ward\", anyOf: [\"Mji\"]}").await,
        ["Asha"],
        "by its old name too"
    );
    let labels = counted(admin, by_payer).await;
    assert_eq!(
        labels,
        ["Non-governmental 1", "Unknown 3"],
        "a removed option is still read"
    );
    let mend = json!({ "submission": ids[1], "baseVersion": 2, "formVersion": 2, "answers": { "kata": "Mjini", "payer": "lga" } });
    submit(admin, "correctSubmission", mend).await;
    assert_eq!(
        named(
            admin,
            "{form: \"psw\", field: \"kata\", anyOf: [\"Mjini\"]}"
        )
        .await,
        ["Asha", "Baraka"]
    );
    assert_eq!(
        counted(admin, by_payer).await,
        ["Council 1", "Non-governmental 1", "Unknown 2"]
    );

    // Personal fields are neither filtered nor counted by those who may not read them; nonsense is named.
    let viewer = country.caller(Role::Viewer);
    for (query, code) in [
        (
            "{ workers(first: 1, filter: {answers: [{form: \"psw\", field: \"illness\", answered: false}]}) { nodes { id } } }",
            "FORBIDDEN",
        ),
        (
            "{ headcount(groupBy: [{by: ANSWER, answer: {form: \"psw\", field: \"illness\"}}]) { total } }",
            "FORBIDDEN",
        ),
        (
            "{ headcount(filter: {answers: [{form: \"psw\", field: \"illness\"}]}) { total } }",
            "FORBIDDEN",
        ),
        (
            "{ headcount(groupBy: [{by: ANSWER, answer: {form: \"psw\", field: \"training\"}}]) { total } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ headcount(groupBy: [{by: ANSWER}]) { total } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ workers(first: 1, filter: {answers: [{form: \"none\", field: \"ward\"}]}) { nodes { id } } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ workers(first: 1, filter: {answers: [{form: \"psw\", field: \"none\"}]}) { nodes { id } } }",
            "BAD_USER_INPUT",
        ),
    ] {
        assert_eq!(viewer.error_code(query, json!({})).await, code, "{query}");
    }
    assert_eq!(
        counted(&viewer, by_payer).await,
        ["Council 1", "Non-governmental 1", "Unknown 2"]
    );
}

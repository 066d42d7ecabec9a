//! Code lists as admins change them: what is retired stays on old records and is refused on new ones.

use kada::auth::Role;
use serde_json::{Value, json};

use super::Ministry;
use crate::support::world::{Caller, World};
use crate::workforce::office::{refusals, with};

const ENTRY: &str =
    "fragment Entry on CodeListEntry { list code label version place retiredOn attributes }";

async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let conflict = if mutation == "addCodeListEntry" {
        ""
    } else {
        "conflict { baseVersion current { ...Entry } }"
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            entry {{ ...Entry }} {conflict} errors {{ code errorCode message path }} }} }} {ENTRY}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

fn label(text: &str) -> Value {
    json!([{ "language": "fr", "text": text }])
}

fn entry(list: &str, code: &str) -> Value {
    json!({ "list": list, "code": code, "labels": label("Nouveau") })
}

#[tokio::test]
async fn a_retired_entry_stays_on_old_records_and_is_refused_on_new_ones() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let (admin, office) = (&ministry.admin, &ministry.office);
    let worker = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
    let retire = |list: &str, code: &str, from: Value| json!({ "list": list, "code": code, "baseVersion": 1, "from": from });
    for (list, code) in [
        ("employment_type", "permanent"),
        ("departure_reason", "resignation"),
        ("identifier_type", "matricule"),
    ] {
        let payload = ask(
            admin,
            "retireCodeListEntry",
            retire(list, code, json!("2024-01-01")),
        )
        .await;
        assert_eq!(payload["errors"], json!([]), "{code}");
        assert_eq!(payload["entry"]["retiredOn"], "2024-01-01");
        assert_eq!(payload["entry"]["version"], 2);
    }
    // Old records read as ever, and are counted as ever.
    let query = "query($id: ID!) { worker(by: {id: $id}) { posting { employmentType { code label retiredOn } } }
        headcount(groupBy: [{by: EMPLOYMENT_TYPE}]) { rows { count keys { code label } } } }";
    let data = admin.data(query, json!({ "id": worker["id"] })).await;
    insta::assert_snapshot!(data.to_string(), @r#"{"headcount":{"rows":[{"count":1,"keys":[{"code":"permanent","label":"Permanent"}]}]},"worker":{"posting":{"employmentType":{"code":"permanent","label":"Permanent","retiredOn":"2024-01-01"}}}}"#);

    let person = |from: &str| office.person("Touré", "F-A1", "MW", from);
    let late = office.ask("registerWorker", person("2024-01-01")).await;
    assert_eq!(
        refusals(&late),
        ["UNKNOWN_EMPLOYMENT_TYPE posting.employmentType"]
    );
    office.change("registerWorker", person("2023-12-31")).await;
    let numbered = with(
        &person("2023-06-01"),
        &[(
            "identifiers",
            json!([{ "type": "matricule", "value": "M-1" }]),
        )],
    );
    let refused = office.ask("registerWorker", numbered).await;
    assert_eq!(
        refusals(&refused),
        ["UNKNOWN_IDENTIFIER_TYPE identifiers.type"]
    );

    // Who serves on the terms goes on so elsewhere; a reason is of the day on which it ends.
    let moved = json!({ "worker": worker["id"], "to": office.id("F-A2"), "on": "2025-01-01" });
    let moved = office.change("transferWorker", moved).await;
    let end = |on: &str| json!({ "posting": moved["posting"]["id"], "endsOn": on, "reason": "resignation" });
    let refused = office.ask("endPosting", end("2025-06-01")).await;
    assert_eq!(refusals(&refused), ["UNKNOWN_REASON reason"]);

    let back = json!({ "list": "departure_reason", "code": "resignation", "baseVersion": 2, "from": null });
    let back = ask(admin, "retireCodeListEntry", back).await;
    assert_eq!(back["entry"]["retiredOn"], Value::Null);
    office.change("endPosting", end("2025-06-01")).await;
}

#[tokio::test]
async fn a_list_has_the_labels_the_order_and_the_attributes_that_a_ministry_gives_it() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let admin = &ministry.admin;
    let study = with(
        &entry("departure_reason", "study"),
        &[
            ("place", json!(1)),
            ("attributes", json!({ "exit_group": "voluntary" })),
            ("act", json!({ "number": "Arrêté 9" })),
        ],
    );
    let payload = ask(admin, "addCodeListEntry", study).await;
    assert_eq!(payload["errors"], json!([]));
    let change = json!({ "list": "departure_reason", "code": "transfer", "baseVersion": 1, "place": 2,
                         "labels": label("Affectation") });
    let payload = ask(admin, "changeCodeListEntry", change.clone()).await;
    assert_eq!(payload["errors"], json!([]));
    let listed = "{ codeList(list: DEPARTURE_REASON) { code } codeListNamed(list: \"departure_reason\") { code label place } }";
    let data = admin.data(listed, json!({})).await;
    insta::assert_snapshot!(data.to_string(), @r#"{"codeList":[{"code":"study"},{"code":"transfer"},{"code":"promotion"},{"code":"resignation"},{"code":"retirement"}],"codeListNamed":[{"code":"study","label":"Nouveau","place":1},{"code":"transfer","label":"Affectation","place":2},{"code":"promotion","label":"Promotion","place":null},{"code":"resignation","label":"Resignation","place":null},{"code":"retirement","label":"Retirement","place":null}]}"#);

    // A list of the ministry's own begins with its first entry.
    let own = ask(admin, "addCodeListEntry", entry("speciality", "maternity")).await;
    assert_eq!(own["errors"], json!([]));
    let data = admin
        .data("{ codeListNamed(list: \"speciality\") { code } none: codeListNamed(list: \"x\") { code } }", json!({}))
        .await;
    assert_eq!(data["codeListNamed"], json!([{ "code": "maternity" }]));
    assert_eq!(data["none"], json!([]));

    // Of two admins, the second is shown what stands.
    let stale = ask(admin, "changeCodeListEntry", change).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    assert_eq!(stale["conflict"]["baseVersion"], 1);
    assert_eq!(stale["conflict"]["current"]["version"], 2);
    assert_eq!(stale["conflict"]["current"]["label"], "Affectation");
}

#[tokio::test]
async fn what_is_no_entry_is_refused_by_its_field() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let admin = &ministry.admin;
    let new = entry("departure_reason", "x");
    let many: serde_json::Map<String, Value> =
        (0..21).map(|n| (format!("a{n}"), json!(n))).collect();
    for (field, value, refusal) in [
        ("list", json!("a list"), "INVALID_CODE list"),
        ("code", json!(""), "INVALID_CODE code"),
        ("code", json!("retirement"), "CODE_TAKEN code"),
        ("labels", json!([]), "INVALID_LABEL labels"),
        ("labels", label(""), "INVALID_LABEL labels"),
        (
            "labels",
            json!([{ "language": "sw", "text": "X" }]),
            "FOREIGN_LANGUAGE labels",
        ),
        (
            "labels",
            json!([{ "language": "en", "text": "X" }]),
            "MISSING_LANGUAGE labels",
        ),
        (
            "attributes",
            json!({ "exit_group": "maybe" }),
            "INVALID_ATTRIBUTE attributes",
        ),
        ("attributes", json!("x"), "INVALID_ATTRIBUTE attributes"),
        ("attributes", json!(many), "INVALID_ATTRIBUTE attributes"),
        ("place", json!(0), "INVALID_PLACE place"),
        ("place", json!(40_000), "INVALID_PLACE place"),
    ] {
        let payload = ask(admin, "addCodeListEntry", with(&new, &[(field, value)])).await;
        assert_eq!(refusals(&payload), [refusal], "{field}");
    }
    let pattern = with(
        &entry("identifier_type", "x"),
        &[("attributes", json!({ "pattern": "((a{999}){999}){999}" }))],
    );
    let payload = ask(admin, "addCodeListEntry", pattern).await;
    assert_eq!(refusals(&payload), ["INVALID_ATTRIBUTE attributes"]);
    let retire = json!({ "list": "departure_reason", "code": "transfer", "baseVersion": 1, "from": "2026-01-01" });
    for (changes, refusal) in [
        (vec![], "NEEDED_BY_THE_REGISTER code"),
        (vec![("code", json!("x"))], "ENTRY_NOT_FOUND code"),
        (vec![("baseVersion", json!(3))], "STALE baseVersion"),
        (
            vec![("code", json!("retirement")), ("from", json!("1492-01-01"))],
            "INVALID_DATE from",
        ),
        (
            vec![("code", json!("retirement")), ("from", Value::Null)],
            "NOTHING_CHANGES",
        ),
    ] {
        let payload = ask(admin, "retireCodeListEntry", with(&retire, &changes)).await;
        assert_eq!(refusals(&payload), [refusal]);
    }
    let district = ministry
        .office
        .country
        .caller(Role::MinistryAdmin)
        .scope(&["A"]);
    let payload = ask(&district, "addCodeListEntry", new).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE"]);
}

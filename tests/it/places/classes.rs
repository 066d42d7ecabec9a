//! Types of facility and kinds of ownership: saved, and retired.

use kada::auth::Role;
use serde_json::{Value, json};

use super::Ministry;
use crate::support::world::{Caller, World};
use crate::workforce::office::{refusals, with, without};

async fn save(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let class = "{ code label version retiredOn }";
    let field = if mutation == "saveOwnership" {
        "ownership"
    } else {
        "facilityType"
    };
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
            saved: {field} {class} current {class} errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

#[tokio::test]
async fn a_class_is_added_changed_and_retired_and_facilities_keep_what_they_have() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let admin = &ministry.admin;
    let new = json!({
        "code": "MOB", "labels": [{ "language": "fr", "text": "Équipe mobile" }], "tier": "primary",
        "providerClass": "HP.3", "sector": "HEALTH",
    });
    let added = save(admin, "saveFacilityType", new.clone()).await;
    assert_eq!(added["errors"], json!([]));
    assert_eq!(added["saved"]["version"], 1);
    let facility = json!({
        "code": "F-M1", "from": "2021-01-01", "name": "Équipe 1", "type": "MOB", "ownership": "GOV",
        "orgUnit": ministry.id("B-1"), "setting": "RURAL",
    });
    ministry.make("addFacility", facility.clone()).await;
    let retired = with(
        &new,
        &[
            ("baseVersion", json!(1)),
            ("retiredOn", json!("2022-01-01")),
        ],
    );
    let saved = save(admin, "saveFacilityType", retired.clone()).await;
    assert_eq!(saved["saved"]["retiredOn"], "2022-01-01");
    let late = with(
        &facility,
        &[("code", json!("F-M2")), ("from", json!("2022-01-01"))],
    );
    let late = ministry.ask("addFacility", late).await;
    assert_eq!(refusals(&late), ["UNKNOWN_FACILITY_TYPE type"]);
    let first = ministry.facility("F-M1", "2026-03-01").await;
    assert_eq!(first["type"]["code"], "MOB");
    let renamed = json!({ "facility": first["id"], "baseVersion": 1, "from": "2023-01-01", "name": "Équipe A" });
    ministry.make("changeFacility", renamed).await;

    let stale = save(admin, "saveFacilityType", retired).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    assert_eq!(stale["current"]["version"], 2);
    let owner = json!({ "code": "FAITH", "labels": [{ "language": "fr", "text": "Confessionnel" }],
                        "nhwaGroup": "private_not_for_profit" });
    let owner = save(admin, "saveOwnership", owner).await;
    assert_eq!(owner["saved"]["label"], "Confessionnel");
}

#[tokio::test]
async fn what_is_no_class_is_refused_by_its_field() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let admin = &ministry.admin;
    let label = |language: &str, text: &str| json!([{ "language": language, "text": text }]);
    let new = json!({ "code": "X", "labels": label("fr", "X"), "sector": "HEALTH" });
    for (field, value, refusal) in [
        ("code", json!("a b"), "INVALID_CODE code"),
        ("code", json!("HC"), "CODE_TAKEN code"),
        ("baseVersion", json!(1), "CLASS_NOT_FOUND code"),
        ("labels", json!([]), "INVALID_LABEL labels"),
        ("labels", label("sw", "X"), "FOREIGN_LANGUAGE labels"),
        ("labels", label("en", "X"), "MISSING_LANGUAGE labels"),
        ("tier", json!("x".repeat(61)), "INVALID_TEXT tier"),
        (
            "providerClass",
            json!("HP\u{7}"),
            "INVALID_TEXT providerClass",
        ),
        ("retiredOn", json!("2300-01-01"), "INVALID_DATE retiredOn"),
    ] {
        let input = with(&new, &[(field, value)]);
        let payload = save(admin, "saveFacilityType", input).await;
        assert_eq!(refusals(&payload), [refusal], "{field}");
    }
    let owner = with(&without(&new, "sector"), &[("nhwaGroup", json!("church"))]);
    let payload = save(admin, "saveOwnership", owner.clone()).await;
    assert_eq!(refusals(&payload), ["INVALID_TEXT nhwaGroup"]);
    let district = ministry.office.country.caller(Role::MinistryAdmin);
    let payload = save(&district.scope(&["A"]), "saveOwnership", owner).await;
    assert_eq!(refusals(&payload), ["OUTSIDE_YOUR_SCOPE"]);
}

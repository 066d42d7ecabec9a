//! What people have passed: recorded, corrected, withdrawn, and told of a whole page at once.

use kada::auth::Role;
use serde_json::{Value, json};

use super::desk::{QUALIFICATIONS, of, passed};
use crate::cost::Statements;
use crate::support::world::World;
use crate::workforce::office::{Office, ask, nothing, refusals, with};

#[tokio::test]
async fn a_qualification_is_recorded_corrected_and_withdrawn_on_the_record() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Keita", "F-A1", "NUR", "2020-01-01").await;
    let first = with(
        &passed(&worker, "diploma", &[office.id("MW")]),
        &[
            ("act", json!({ "number": "Arrêté 12" })),
            ("baseVersion", json!(1)),
        ],
    );
    let recorded = office.change("recordQualification", first.clone()).await;
    assert_eq!(recorded["version"], 2);
    let told = of(&office.manager, &worker, QUALIFICATIONS, None).await;
    let told = &told["qualifications"];
    let expected = json!([{
        "id": told[0]["id"], "level": { "code": "diploma" }, "title": "Diplôme d’État", "major": null,
        "institution": "INFSS Bamako", "country": "ML", "year": 2010, "qualifiesFor": [{ "code": "MW" }],
        "act": { "number": "Arrêté 12" },
    }]);
    assert_eq!(*told, expected);

    let correction = with(
        &passed(&worker, "bachelor", &[office.id("MW"), office.id("NUR")]),
        &[
            ("qualification", told[0]["id"].clone()),
            ("year", json!(2011)),
        ],
    );
    let corrected = office
        .change("recordQualification", correction.clone())
        .await;
    assert_eq!(corrected["version"], 3);
    // The same again changes nothing, and raises no version.
    let again = office.change("recordQualification", correction).await;
    assert_eq!(again["version"], 3);
    let stale = office.ask("recordQualification", first).await;
    assert_eq!(refusals(&stale), ["STALE baseVersion"]);
    let changed = &stale["conflict"]["changed"];
    let name = format!("qualifications.{}", told[0]["id"].as_str().expect("an id"));
    assert_eq!(changed[0]["field"], json!(name), "{changed}");
    assert_eq!(changed[0]["current"]["level"], "bachelor");

    let withdrawal =
        json!({ "credential": told[0]["id"], "reason": "another person's", "baseVersion": 3 });
    let withdrawn = office
        .change("withdrawCredential", withdrawal.clone())
        .await;
    assert_eq!(withdrawn["version"], 4);
    let left = of(&office.manager, &worker, QUALIFICATIONS, None).await;
    assert_eq!(left["qualifications"], json!([]));
    let twice = office.ask("withdrawCredential", withdrawal).await;
    assert_eq!(refusals(&twice), ["CREDENTIAL_NOT_FOUND credential"]);
    let history = of(
        &office.manager,
        &worker,
        "history(first: 9) { verb act { number } content }",
        None,
    )
    .await;
    let rows = history["history"].as_array().expect("a history");
    let verbs: Vec<&str> = rows.iter().filter_map(|it| it["verb"].as_str()).collect();
    assert_eq!(
        verbs,
        [
            "withdraw_credential",
            "record_qualification",
            "record_qualification",
            "register"
        ]
    );
    let reason = &rows[0]["content"]["fields"][format!("{name}.withdrawal")]["to"];
    assert_eq!(*reason, "another person's");
    assert_eq!(
        rows[1]["content"]["fields"][&name]["from"]["level"],
        "diploma"
    );
    assert_eq!(rows[2]["act"]["number"], "Arrêté 12");
}

#[tokio::test]
async fn what_cannot_be_a_qualification_is_refused_by_its_field() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Keita", "F-A1", "NUR", "2020-01-01").await;
    let input = passed(&worker, "diploma", &[]);
    let twenty_one: Vec<&str> = vec![office.id("MW"); 21];
    for (field, value, refused) in [
        ("worker", nothing("wkr"), "WORKER_NOT_FOUND worker"),
        (
            "qualification",
            nothing("qlf"),
            "CREDENTIAL_NOT_FOUND qualification",
        ),
        (
            "level",
            json!("wizard"),
            "UNKNOWN_QUALIFICATION_LEVEL level",
        ),
        ("title", json!("  "), "INVALID_TEXT title"),
        ("major", json!("x".repeat(201)), "INVALID_TEXT major"),
        ("institution", json!("a\u{7}"), "INVALID_TEXT institution"),
        ("country", json!("Mali"), "INVALID_COUNTRY country"),
        ("year", json!(2027), "YEAR_TO_COME year"),
        ("year", json!(1899), "YEAR_TO_COME year"),
        (
            "qualifiesFor",
            json!([nothing("cdr")]),
            "CADRE_NOT_FOUND qualifiesFor",
        ),
        (
            "qualifiesFor",
            json!([office.id("G-NUR")]),
            "CADRE_IS_A_GROUP qualifiesFor",
        ),
        ("qualifiesFor", json!(twenty_one), "TOO_MANY qualifiesFor"),
    ] {
        let payload = office
            .ask("recordQualification", with(&input, &[(field, value)]))
            .await;
        assert_eq!(refusals(&payload), [refused]);
        assert_eq!(payload["worker"], Value::Null);
    }
    let recorded = office.change("recordQualification", input).await;
    let told = of(&office.manager, &recorded, "qualifications { id }", None).await;
    let id = &told["qualifications"][0]["id"];
    // Of another worker, it is none of this one's.
    let other = office.register("Touré", "F-A1", "NUR", "2020-01-01").await;
    let theirs = with(
        &passed(&other, "diploma", &[]),
        &[("qualification", id.clone())],
    );
    let payload = office.ask("recordQualification", theirs).await;
    assert_eq!(refusals(&payload), ["CREDENTIAL_NOT_FOUND qualification"]);
    for (reason, refused) in [
        ("", "INVALID_TEXT reason"),
        (&"x".repeat(501), "INVALID_TEXT reason"),
    ] {
        let input = json!({ "credential": id, "reason": reason });
        assert_eq!(
            refusals(&office.ask("withdrawCredential", input).await),
            [refused]
        );
    }
    let elsewhere = office.country.caller(Role::HrOfficer).scope(&["B-1"]);
    let input = json!({ "credential": id, "reason": "mine" });
    let payload = ask(&elsewhere, "withdrawCredential", input).await;
    assert_eq!(refusals(&payload), ["CREDENTIAL_NOT_FOUND credential"]);
}

#[tokio::test]
async fn a_page_costs_the_same_for_ten_and_for_fifty() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    let page = "{ workers(first: 50) { nodes {
        name posting { facility { name } cadre { label } } qualifications { level { label } title qualifiesFor { label } }
        registrations { number } licences { status expiresOn terms { endsOn } }
        trainings { outcome session { course { title } } } vettings { status }
    } } }";
    let mut filled = 0;
    let mut costs = Vec::new();
    for count in [10, 50] {
        for n in filled..count {
            let worker = office
                .register(&format!("Keita {n:02}"), "F-A1", "NUR", "2020-01-01")
                .await;
            let input = passed(&worker, "diploma", &[office.id("NUR")]);
            office.change("recordQualification", input).await;
        }
        filled = count;
        let cost = statements.of(&office.manager, page, json!({})).await;
        assert_eq!(
            (cost.statements, cost.transactions),
            (6, 1),
            "{count} workers"
        );
        let data = office.manager.data(page, json!({})).await;
        let nodes = data["workers"]["nodes"].as_array().expect("workers");
        assert_eq!(nodes.len(), count);
        assert!(
            nodes
                .iter()
                .all(|it| it["qualifications"][0]["title"] == "Diplôme d’État")
        );
        costs.push(cost);
    }
    assert_eq!(costs[0], costs[1]);
    // Who does not ask pays nothing.
    let bare = "{ workers(first: 50) { nodes { name } } }";
    let cost = statements.of(&office.manager, bare, json!({})).await;
    assert_eq!((cost.statements, cost.transactions), (1, 0));
    // Alone, by id, and below something else.
    let worker = office.register("Maïga", "F-A1", "NUR", "2020-01-01").await;
    let alone = "query($id: ID!) { node(id: $id) { ... on Worker { qualifications { title } } } }";
    let data = office
        .manager
        .data(alone, json!({ "id": worker["id"] }))
        .await;
    assert_eq!(data["node"]["qualifications"], json!([]));
}

//! Who people are: names, identifiers, contacts, corrections.

use serde_json::{Value, json};

use super::office::{Office, refusals, text, with};
use crate::support::world::World;

#[tokio::test]
async fn a_registered_worker_is_found_by_name_with_and_without_accents() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let kept = |family: &str, given: Option<&str>| {
        json!({
            "familyName": family, "givenNames": given, "sex": "UNKNOWN",
            "orgUnit": office.id("A-1"), "sector": "HEALTH",
        })
    };
    for (family, given, name) in [
        ("Traoré", Some("Awa"), "Awa Traoré"),
        ("N'Diaye", Some("Fatou"), "Fatou N'Diaye"),
        ("N’Diaye", Some("Moussa"), "Moussa N’Diaye"),
        (
            "  Jean-Baptiste ",
            Some("Marie  Ève"),
            "Marie Ève Jean-Baptiste",
        ),
        ("Amadou", None, "Amadou"),
        ("", Some("Essowè"), "Essowè"),
        ("Kɔnɛ", Some("Ŋɔɔ"), "Ŋɔɔ Kɔnɛ"),
    ] {
        let worker = office.change("registerWorker", kept(family, given)).await;
        assert_eq!(worker["name"], json!(name));
    }
    let query =
        "query($name: String!) { workers(filter: {name: $name}, first: 9) { nodes { name } } }";
    for (typed, found) in [
        ("Traoré", &["Awa Traoré"][..]),
        ("traore", &["Awa Traoré"]),
        ("TRAO", &["Awa Traoré"]),
        ("awa traore", &["Awa Traoré"]),
        ("Traore Awa", &["Awa Traoré"]),
        ("raore", &[]),
        ("n'diaye", &["Fatou N'Diaye", "Moussa N’Diaye"]),
        ("N’DIAYE", &["Fatou N'Diaye", "Moussa N’Diaye"]),
        ("n diaye fatou", &["Fatou N'Diaye"]),
        ("jean baptiste", &["Marie Ève Jean-Baptiste"]),
        ("Jean-B", &["Marie Ève Jean-Baptiste"]),
        ("eve", &["Marie Ève Jean-Baptiste"]),
        ("amadou", &["Amadou"]),
        ("essowe", &["Essowè"]),
        ("kone noo", &["Ŋɔɔ Kɔnɛ"]),
        ("100%", &[]),
        ("_ _", &[]),
    ] {
        if typed == "_ _" {
            let code = office
                .manager
                .error_code(query, json!({ "name": typed }))
                .await;
            assert_eq!(code, "BAD_USER_INPUT");
            continue;
        }
        let data = office.manager.data(query, json!({ "name": typed })).await;
        let nodes = data["workers"]["nodes"].as_array().expect("a list");
        let names: Vec<String> = nodes.iter().map(|it| text(&it["name"])).collect();
        assert_eq!(names, found, "{typed}");
    }
}

#[tokio::test]
async fn a_record_keeps_what_was_given_in_its_own_form() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = json!({
        "familyName": "Traoré", "givenNames": "Awa", "sex": "FEMALE", "birthDate": "1980-05-17",
        "identifiers": [
            { "type": "nina", "value": " 12345678901234A " },
            { "type": "matricule", "value": "M-12/34" },
            { "type": "matricule", "value": "m 12 34" },
        ],
        "contacts": [
            { "kind": "EMAIL", "value": " awa@sante.example " },
            { "kind": "PHONE", "value": "65 01 23 46" },
            { "kind": "PHONE", "value": "65 01 23 45", "preferred": true },
            { "kind": "PHONE", "value": "+223 65 01 23 46" },
            { "kind": "PHONE", "value": "+255 621 234 567" },
        ],
        "posting": with(&office.posting("F-A1", "MW", "2020-01-01"), &[("supervisor", json!(office.id("H-A1")))]),
        "act": { "number": "2019-114/MSAS", "date": "2019-12-20" },
    });
    let registered = office.change("registerWorker", person).await;
    let worker = office.worker(&registered["id"], None).await;
    insta::assert_json_snapshot!(worker, { ".**.id" => "[id]" }, @r#"
    {
      "birthDate": "1980-05-17",
      "contacts": [
        {
          "kind": "PHONE",
          "preferred": true,
          "value": "+22365012345"
        },
        {
          "kind": "PHONE",
          "preferred": false,
          "value": "+22365012346"
        },
        {
          "kind": "PHONE",
          "preferred": false,
          "value": "+255621234567"
        },
        {
          "kind": "EMAIL",
          "preferred": false,
          "value": "awa@sante.example"
        }
      ],
      "familyName": "Traoré",
      "givenNames": "Awa",
      "history": [
        {
          "act": {
            "date": "2019-12-20",
            "number": "2019-114/MSAS"
          },
          "verb": "register"
        }
      ],
      "id": "[id]",
      "identifiers": [
        {
          "type": {
            "code": "matricule"
          },
          "value": "M-12/34"
        },
        {
          "type": {
            "code": "nina"
          },
          "value": "12345678901234A"
        }
      ],
      "name": "Awa Traoré",
      "orgUnit": {
        "code": "A-1"
      },
      "posting": {
        "cadre": {
          "code": "MW"
        },
        "employmentType": {
          "code": "permanent"
        },
        "endReason": null,
        "endsOn": null,
        "facility": {
          "code": "F-A1"
        },
        "id": "[id]",
        "isPrimary": true,
        "startsOn": "2020-01-01",
        "supervisor": {
          "code": "H-A1"
        }
      },
      "postings": [
        {
          "cadre": {
            "code": "MW"
          },
          "employmentType": {
            "code": "permanent"
          },
          "endReason": null,
          "endsOn": null,
          "facility": {
            "code": "F-A1"
          },
          "id": "[id]",
          "isPrimary": true,
          "startsOn": "2020-01-01",
          "supervisor": {
            "code": "H-A1"
          }
        }
      ],
      "sector": "HEALTH",
      "sex": "FEMALE",
      "status": "ACTIVE",
      "version": 1
    }
    "#);
    // What the mutation answered is what a reader sees.
    for field in [
        "id",
        "version",
        "name",
        "birthDate",
        "status",
        "posting",
        "orgUnit",
        "sector",
    ] {
        assert_eq!(registered[field], worker[field], "{field}");
    }
}

#[tokio::test]
async fn a_worker_is_found_by_an_identifier_however_it_is_spaced() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = office.person("Traoré", "F-A1", "MW", "2020-01-01");
    let number = json!([{ "type": "matricule", "value": "0123.456-K" }]);
    let worker = office
        .change("registerWorker", with(&person, &[("identifiers", number)]))
        .await;
    let query = "query($type: String!, $value: String!) {
        worker(by: {identifier: {type: $type, value: $value}}) { id }
    }";
    for (kind, value, found) in [
        ("matricule", "0123.456-K", true),
        ("matricule", "0123456k", true),
        ("matricule", " 0 1 2 3 4 5 6 K ", true),
        ("matricule", "0123456", false),
        ("nina", "0123456K", false),
        ("passport", "0123456K", false),
        ("matricule", "", false),
    ] {
        let data = office
            .manager
            .data(query, json!({ "type": kind, "value": value }))
            .await;
        let expected = found.then(|| worker["id"].clone());
        assert_eq!(data["worker"]["id"], json!(expected), "{value}");
    }
}

#[tokio::test]
async fn a_person_may_be_kept_before_any_posting() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let kept = json!({ "familyName": "Cissé", "sex": "MALE", "orgUnit": office.id("A-2"), "sector": "SOCIAL" });
    let worker = office.change("registerWorker", kept.clone()).await;
    insta::assert_json_snapshot!(worker, { ".id" => "[id]" }, @r#"
    {
      "birthDate": null,
      "familyName": "Cissé",
      "givenNames": "",
      "id": "[id]",
      "name": "Cissé",
      "orgUnit": {
        "code": "A-2"
      },
      "posting": null,
      "sector": "SOCIAL",
      "sex": "MALE",
      "status": "UNPOSTED",
      "version": 1
    }
    "#);
    let document = super::office::document("registerWorker");
    let posting = office.posting("F-A1", "MW", "2020-01-01");
    for unclear in [
        json!({ "familyName": "Cissé", "sex": "MALE" }),
        json!({ "familyName": "Cissé", "sex": "MALE", "orgUnit": office.id("A-2") }),
        with(&kept, &[("posting", posting)]),
    ] {
        let answer = office
            .manager
            .ask(&document, json!({ "input": unclear }))
            .await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&extensions["code"], &extensions["field"]),
            (&json!("BAD_USER_INPUT"), &json!("input.posting"))
        );
    }
}

#[tokio::test]
async fn a_correction_changes_what_it_names_and_nothing_else() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = with(
        &office.person("Traore", "F-A1", "MW", "2020-01-01"),
        &[
            ("givenNames", json!("Awa")),
            ("birthDate", json!("1980-05-17")),
            (
                "identifiers",
                json!([{ "type": "matricule", "value": "M-1" }, { "type": "matricule", "value": "M-2" }]),
            ),
            (
                "contacts",
                json!([{ "kind": "PHONE", "value": "65 01 23 45" }]),
            ),
        ],
    );
    let worker = office.change("registerWorker", person).await;
    let id = &worker["id"];
    let correct = async |version: i32, changes: &[(&str, Value)]| {
        let input = json!({ "worker": id, "baseVersion": version });
        office.change("correctWorker", with(&input, changes)).await
    };
    let named = correct(1, &[("familyName", json!("Traoré"))]).await;
    assert_eq!(
        (&named["name"], &named["version"]),
        (&json!("Awa Traoré"), &json!(2))
    );
    assert_eq!(named["birthDate"], json!("1980-05-17"));
    let unknown = correct(2, &[("birthDate", Value::Null)]).await;
    assert_eq!(
        (&unknown["birthDate"], &unknown["version"]),
        (&json!(null), &json!(3))
    );
    let single = correct(3, &[("givenNames", json!("")), ("sex", json!("UNKNOWN"))]).await;
    assert_eq!(
        (&single["name"], &single["sex"]),
        (&json!("Traoré"), &json!("UNKNOWN"))
    );
    correct(
        4,
        &[(
            "identifiers",
            json!([{ "type": "matricule", "value": "M-2" }]),
        )],
    )
    .await;
    correct(5, &[("contacts", json!([]))]).await;

    let whole = office.worker(id, None).await;
    assert_eq!(
        whole["identifiers"],
        json!([{ "type": { "code": "matricule" }, "value": "M-2" }])
    );
    assert_eq!(whole["contacts"], json!([]));
    assert_eq!(whole["history"].as_array().map(Vec::len), Some(6));
    // The same again changes nothing and leaves no trace.
    let same = [
        ("familyName", json!("Traoré")),
        ("birthDate", Value::Null),
        (
            "identifiers",
            json!([{ "type": "matricule", "value": "M-2" }]),
        ),
        ("contacts", json!([])),
    ];
    let unchanged = correct(6, &same).await;
    assert_eq!(unchanged["version"], json!(6));
    assert_eq!(office.worker(id, None).await, whole);
    // The number that was given up is free again.
    let other = office.person("Keita", "F-A1", "MW", "2020-01-01");
    let freed = json!([{ "type": "matricule", "value": "M-1" }]);
    office
        .change("registerWorker", with(&other, &[("identifiers", freed)]))
        .await;
}

#[tokio::test]
async fn a_conflict_shows_both_versions() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traore", "F-A1", "MW", "2020-01-01").await;
    let id = &worker["id"];
    let first = json!({ "worker": id, "baseVersion": 1, "familyName": "Traoré", "sex": "MALE" });
    office.change("correctWorker", first).await;
    let back =
        json!({ "worker": id, "baseVersion": 2, "sex": "FEMALE", "birthDate": "1980-05-17" });
    office.change("correctWorker", back).await;
    let late = json!({ "worker": id, "baseVersion": 1, "familyName": "Trawore" });
    let payload = office.ask("correctWorker", late).await;
    assert_eq!(refusals(&payload), ["STALE baseVersion"]);
    assert_eq!(payload["conflict"]["current"]["name"], json!("Traoré"));
    assert_eq!(payload["conflict"]["current"]["version"], json!(3));
    // What was changed and changed back is no difference.
    insta::assert_json_snapshot!(payload["conflict"]["changed"], @r#"
    [
      {
        "base": null,
        "current": "1980-05-17",
        "field": "birthDate"
      },
      {
        "base": "Traore",
        "current": "Traoré",
        "field": "familyName"
      }
    ]
    "#);
    let posting =
        json!({ "worker": id, "baseVersion": 2, "to": office.id("F-A2"), "on": "2022-01-01" });
    let payload = office.ask("transferWorker", posting).await;
    assert_eq!(refusals(&payload), ["STALE baseVersion"]);
    assert_eq!(payload["conflict"]["baseVersion"], json!(2));
}

//! How a count is told: labels, densities, and no more than the caller's scope.

use kada::auth::Role;
use kada::kernel::Sector;
use serde_json::json;

use super::people::{load, more_facilities, people};
use super::{count, rows};
use crate::support::world::World;
use crate::workforce::office::{Office, nothing, with};

#[tokio::test]
async fn a_row_has_labels_in_the_callers_language_and_a_density_with_its_source() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    for (facility, sex) in [
        ("F-A1", "FEMALE"),
        ("F-A1", "MALE"),
        ("F-A2", "FEMALE"),
        ("F-B1", "UNKNOWN"),
    ] {
        let person = office.person("Traoré", facility, "MW", "2020-01-01");
        let person = with(&person, &[("sex", json!(sex))]);
        office.change("registerWorker", person).await;
    }
    let by = json!([["ORG_UNIT", 1], ["SEX", null]]);
    let french = office.manager.clone().language("fr");
    let counted = count(&french, &by, &json!({}), None).await;
    insta::assert_json_snapshot!(counted, @r#"
    {
      "asOf": "2026-03-01",
      "densityPer10000": 0.27,
      "population": {
        "people": 150000,
        "source": "made up",
        "year": 2022
      },
      "rows": [
        {
          "count": 2,
          "densityPer10000": 0.2,
          "keys": [
            {
              "code": "A",
              "dimension": "ORG_UNIT",
              "label": "Région A"
            },
            {
              "code": "FEMALE",
              "dimension": "SEX",
              "label": "Femmes"
            }
          ],
          "population": {
            "people": 100000
          }
        },
        {
          "count": 1,
          "densityPer10000": 0.1,
          "keys": [
            {
              "code": "A",
              "dimension": "ORG_UNIT",
              "label": "Région A"
            },
            {
              "code": "MALE",
              "dimension": "SEX",
              "label": "Hommes"
            }
          ],
          "population": {
            "people": 100000
          }
        },
        {
          "count": 1,
          "densityPer10000": 0.2,
          "keys": [
            {
              "code": "B",
              "dimension": "ORG_UNIT",
              "label": "Région B"
            },
            {
              "code": null,
              "dimension": "SEX",
              "label": "Inconnu"
            }
          ],
          "population": {
            "people": 50000
          }
        }
      ],
      "total": 4
    }
    "#);
}

#[tokio::test]
async fn every_class_has_a_label_in_every_language() {
    let world = World::new().await;
    let country = world.country().await;
    more_facilities(&country).await;
    let office = Office::of(country).await;
    let (simple, _) = people(&office);
    load(&office, &simple).await;
    let mut told = Vec::new();
    for language in ["en", "fr", "sw"] {
        let caller = office.manager.clone().language(language);
        for dimension in [
            "AGE_BAND",
            "SEX",
            "SECTOR",
            "WORKER_CLASS",
            "SETTING",
            "EMPLOYMENT_TYPE",
            "FACILITY_TYPE",
            "OWNERSHIP",
            "CADRE",
        ] {
            let counted = count(&caller, &json!([[dimension, null]]), &json!({}), None).await;
            let rows = counted["rows"].as_array().expect("rows").iter();
            let labels: Vec<&str> = rows
                .map(|row| {
                    assert_eq!(row["keys"][0]["dimension"], dimension);
                    row["keys"][0]["label"].as_str().expect("a label")
                })
                .collect();
            told.push(format!("{language} {dimension}: {}", labels.join(" · ")));
        }
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    en AGE_BAND: 24 and under · 25 to 34 · 35 to 44 · 45 to 54 · 55 to 64 · 65 and over · Unknown
    en SEX: Women · Men · Unknown
    en SECTOR: Health · Social services
    en WORKER_CLASS: Professionals · Volunteers
    en SETTING: Rural · Urban
    en EMPLOYMENT_TYPE: Contract · Permanent · Volunteer · Unknown
    en FACILITY_TYPE: District hospital · Health centre · Social welfare office
    en OWNERSHIP: Government · NGO
    en CADRE: Doctor · Midwife · Nurse · Para-social worker · Social welfare officer
    fr AGE_BAND: 24 ans et moins · 25 à 34 ans · 35 à 44 ans · 45 à 54 ans · 55 à 64 ans · 65 ans et plus · Inconnu
    fr SEX: Femmes · Hommes · Inconnu
    fr SECTOR: Santé · Social
    fr WORKER_CLASS: Professionnels · Volontaires
    fr SETTING: Rural · Urbain
    fr EMPLOYMENT_TYPE: Contractuel · Permanent · Bénévole · Inconnu
    fr FACILITY_TYPE: Hôpital de cercle · Centre de santé · Service social
    fr OWNERSHIP: Public · ONG
    fr CADRE: Médecin · Sage-femme · Infirmier · Volontaire social · Assistant social
    sw AGE_BAND: Miaka 24 na chini · Miaka 25 hadi 34 · Miaka 35 hadi 44 · Miaka 45 hadi 54 · Miaka 55 hadi 64 · Miaka 65 na zaidi · Haijulikani
    sw SEX: Wanawake · Wanaume · Haijulikani
    sw SECTOR: Afya · Ustawi wa jamii
    sw WORKER_CLASS: Wataalamu · Wahudumu wa kujitolea
    sw SETTING: Vijijini · Mjini
    sw EMPLOYMENT_TYPE: Contractuel · Permanent · Bénévole · Haijulikani
    sw FACILITY_TYPE: Hôpital de cercle · Centre de santé · Service social
    sw OWNERSHIP: Public · ONG
    sw CADRE: Médecin · Sage-femme · Infirmier · Volontaire social · Assistant social
    "#);
}

#[tokio::test]
async fn a_population_is_that_of_what_was_counted() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    for facility in ["F-A1", "F-A2", "F-B1"] {
        office
            .register("Traoré", facility, "MW", "2020-01-01")
            .await;
    }
    let of_a1 = office.country.caller(Role::Viewer).scope(&["A-1"]);
    let of_both = office.country.caller(Role::Viewer).scope(&["A-1", "B"]);
    let manager = &office.manager;
    let unit = |code: &str| json!({ "orgUnitCode": code });
    for (caller, filter, total, people, density) in [
        (manager, json!({}), 3, json!(150_000), json!(0.2)),
        (manager, unit("A"), 2, json!(100_000), json!(0.2)),
        (manager, unit("A-1"), 1, json!(60_000), json!(0.17)),
        (manager, unit("nowhere"), 0, json!(null), json!(null)),
        // Part of a region is set against the people of that part.
        (&of_a1, json!({}), 1, json!(60_000), json!(0.17)),
        (&of_a1, unit("A"), 1, json!(60_000), json!(0.17)),
        (&of_a1, unit("B"), 0, json!(null), json!(null)),
        (&of_both, json!({}), 2, json!(110_000), json!(0.18)),
    ] {
        let counted = count(caller, &json!([["CADRE", null]]), &filter, None).await;
        assert_eq!(counted["total"], json!(total), "{filter}");
        assert_eq!(counted["population"]["people"], people, "{filter}");
        assert_eq!(counted["densityPer10000"], density, "{filter}");
        if total > 0 {
            assert_eq!(counted["population"]["year"], 2022);
            assert_eq!(counted["population"]["source"], "made up");
            assert_eq!(counted["rows"][0]["population"]["people"], people);
            assert_eq!(counted["rows"][0]["densityPer10000"], density);
        }
    }
    // The deepest unit of a row counts, in whatever order the groupings come.
    let by = json!([["ORG_UNIT", 2], ["ORG_UNIT", 1]]);
    let counted = count(manager, &by, &json!({}), None).await;
    assert_eq!(rows(&counted), ["A-1 A: 1", "A-2 A: 1", "B-1 B: 1"]);
    let people = [0, 1, 2].map(|row: usize| counted["rows"][row]["population"]["people"].clone());
    assert_eq!(people, [json!(60_000), json!(40_000), json!(50_000)]);
    let counted = count(&of_a1, &json!([["ORG_UNIT", 1]]), &json!({}), None).await;
    assert_eq!(rows(&counted), ["A: 1"]);
    assert_eq!(counted["rows"][0]["population"]["people"], 60_000);
}

#[tokio::test]
async fn a_count_ends_where_the_callers_scope_ends() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    for (facility, cadre) in [
        ("F-A1", "MW"),
        ("S-A1", "SWO"),
        ("F-A2", "NUR"),
        ("F-B1", "MW"),
        ("F-B1", "PSW"),
    ] {
        office
            .register("Traoré", facility, cadre, "2020-01-01")
            .await;
    }
    let viewer = office.country.caller(Role::Viewer);
    let by = json!([["ORG_UNIT", 2], ["CADRE", null]]);
    for (caller, expected) in [
        (
            viewer.clone().scope(&["A-1"]),
            vec!["A-1 MW: 1", "A-1 SWO: 1"],
        ),
        (
            viewer.clone().scope(&["A"]),
            vec!["A-1 MW: 1", "A-1 SWO: 1", "A-2 NUR: 1"],
        ),
        (
            viewer.clone().sectors(&[Sector::Social]),
            vec!["A-1 SWO: 1", "B-1 PSW: 1"],
        ),
        (
            viewer.clone().scope(&["B-1"]).sectors(&[Sector::Health]),
            vec!["B-1 MW: 1"],
        ),
        (viewer.clone().scope(&["nowhere"]), vec![]),
    ] {
        let counted = count(&caller, &by, &json!({}), None).await;
        assert_eq!(rows(&counted), expected);
        assert_eq!(counted["total"], json!(expected.len()));
    }
    // A place outside the scope answers like one that does not exist.
    let clerk = office.country.caller(Role::DataClerk).scope(&["A-1"]);
    for (there, none) in [
        (
            json!({ "orgUnit": office.id("B-1") }),
            json!({ "orgUnit": nothing("unit") }),
        ),
        (
            json!({ "orgUnitCode": "B" }),
            json!({ "orgUnitCode": "nowhere" }),
        ),
    ] {
        let there = count(&clerk, &by, &there, None).await;
        assert_eq!(there, count(&clerk, &by, &none, None).await);
        assert_eq!(there["total"], 0);
    }
}

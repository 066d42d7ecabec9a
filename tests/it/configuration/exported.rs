//! Countries written back into folders.

use std::fs;
use std::path::Path;

use kada::cli::apply::{self, Country};
use kada::cli::folder::{Folder, Folders};
use kada::establishment::{NormRow, Target, Terms};
use kada::kernel::TenantCode;
use kada::places::{FacilityRow, PopulationRow, Setting};
use kada::workforce::FieldGroup;

use super::{noon, shipped};
use crate::support::database::TestDatabase;

/// Writes the country below `root`, as bytes by file.
fn written(root: &Path, country: &Country) -> Vec<(String, Vec<u8>)> {
    let folder = root.join(country.settings.code.as_str());
    fs::create_dir_all(folder.join("forms")).expect("ours");
    let files = apply::write(country).expect("it is written");
    for (name, bytes) in &files {
        fs::write(folder.join(name), bytes).expect("ours");
    }
    files
}

/// What no shipped folder has: facilities, populations of several years, texts that CSV must quote, an entry that is
/// retired and one with a place, fields that need a second person, norms for everything that a norm can be for.
fn with_more(mut country: Country) -> Country {
    let unit = country.places.units[0].code.clone();
    let kind = country.places.types[0].class.code.clone();
    let owner = country.places.ownerships[0].class.code.clone();
    let day = |text: &str| text.parse().ok();
    country.cadres.code_lists[0].retired_on = day("2026-07-01");
    country.cadres.code_lists[1].place = Some(3);
    country.approvals = Some([FieldGroup::Contacts, FieldGroup::Names].into());
    let cadre = country.cadres.cadres[0].code.clone();
    let types = |setting| Target::Type {
        code: kind.clone(),
        setting,
    };
    let norms = [
        (
            Target::Facility("F-2".into()),
            Some(2),
            "2020-01-01",
            "2020-12-31",
        ),
        (Target::Facility("F-2".into()), Some(0), "2021-01-01", ""),
        (types(None), Some(1), "2020-01-01", ""),
        (types(Some(Setting::Urban)), Some(1), "2020-01-01", ""),
        (types(Some(Setting::Rural)), Some(1), "2020-01-01", ""),
        (
            Target::Population {
                level: 1,
                people: 5_000,
            },
            None,
            "2020-01-01",
            "",
        ),
    ];
    country
        .norms
        .extend(norms.map(|(target, minimum, from, until)| NormRow {
            cadre: cadre.clone(),
            terms: Terms {
                maximum: minimum.map(|it| it + 2),
                target,
                minimum,
                from: from.parse().expect("a day"),
                until: day(until),
                source: "Arrêté n° 12, \"annexe\"".into(),
            },
        }));
    country.places.facilities = vec![
        FacilityRow {
            code: "F-2".into(),
            name: "Sœurs, “Notre-Dame”\n\"Kita\"".into(),
            type_code: kind.clone(),
            ownership: owner.clone(),
            unit: unit.clone(),
            setting: Setting::Unknown,
            opened_on: day("1999-12-31"),
            closed_on: day("2024-02-29"),
        },
        FacilityRow {
            code: "F-1".into(),
            name: "#1".into(),
            type_code: kind,
            ownership: owner,
            unit: unit.clone(),
            setting: Setting::Urban,
            opened_on: None,
            closed_on: None,
        },
    ];
    country
        .places
        .populations
        .extend(
            [(1998, "census"), (2009, "a, b"), (2009, "census")].map(|(year, source)| {
                PopulationRow {
                    unit: unit.clone(),
                    year,
                    source: source.into(),
                    people: 1_000,
                }
            }),
        );
    country
}

async fn standing(database: &TestDatabase, code: &TenantCode) -> Country {
    let db = database.tenants.open(code).await.expect("there");
    Country::standing(&db, noon()).await.expect("it answers")
}

#[tokio::test]
async fn what_is_exported_makes_the_same_country_and_is_exported_alike() {
    let database = TestDatabase::new().await;
    let units = apply::classifications(&database.owner)
        .await
        .expect("classifications");
    let root = tempfile::tempdir().expect("a directory");
    for shipped_code in Folders::Shipped.codes().expect("the shipped countries") {
        let (one, other) = (database.code(), database.code());
        let country = apply::read(&shipped(&shipped_code), &units).expect("nothing wrong");
        let country = with_more(country).renamed(one.clone());
        apply::create(&database.owner, &database.tenants, &country, noon(), |_| ())
            .await
            .expect("it applies");
        let first = written(root.path(), &standing(&database, &one).await);

        let folder = Folder::at(&root.path().join(one.as_str()));
        let again = apply::read(&folder, &units).unwrap_or_else(|it| panic!("{it:#?}"));
        let plan = apply::apply(&database.owner, &database.tenants, &again, noon(), |_| ())
            .await
            .expect("it applies");
        assert!(plan.is_empty(), "{shipped_code}:\n{plan}");

        let twin = again.renamed(other.clone());
        apply::create(&database.owner, &database.tenants, &twin, noon(), |_| ())
            .await
            .expect("it applies");
        let twins = standing(&database, &other).await.renamed(one);
        let second = apply::write(&twins).expect("it is written");
        assert_eq!(first, second, "{shipped_code}");
        let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["facilities.csv", "populations.csv", "norms.csv"] {
            assert!(names.contains(&name), "{name}");
        }
        assert!(
            names.iter().any(|it| it.starts_with("forms/")),
            "{shipped_code}"
        );
    }
}

//! Staffing norms in a country's folder: read, refused, applied, and left alone.

use kada::cli::apply::{self, Country, Problem};
use kada::establishment::{NormRow, Target, Terms};
use kada::ledger;

use super::refused::read;
use super::{apply_, country, noon};
use crate::support::database::TestDatabase;

#[test]
fn every_kind_of_bad_norm_is_named() {
    let facilities = "code,name,type,ownership,org_unit,urban_rural,opened_on,closed_on\nF,Centre,HC,GOV,A-1,urban,,\n";
    let header = "cadre,facility,facility_type,urban_rural,level,people_per_worker,minimum,maximum,valid_from,valid_to,source,confidence\n";
    let rows = "N,F,,,,,2,3,2024-01-01,,,
G,,HC,urban,,,1,,2024-01-01,2024-12-31,,
G,,HC,rural,,,1,,2024-01-01,,,
G,,HC,urban,,,2,,2025-01-01,,,
N,,,,2,1000,,,2024-01-01,,,
Z,E,,,,,1,,2024-01-01,,,
N,,DH,suburban,,,1,,2024-01-01,,,
N,,,,3,,,,2024-01-01,,,
N,,,,1,0,,,2024-01-01,,,
N,F,HC,,,,1,,2024-01-01,,,
N,,,,,,1,,2024-01-01,,,
N,,HC,,,,-1,2,1824-01-01,,,
N,,HC,urban,,,4,3,2024-01-01,2023-12-31,,
N,,HC,rural,,,many,,soon,,,
N,F,,,,,2,3,2024-01-01,,,
N,F,,,,,2,3,2026-01-01,,,
N,,,,2,500,1,,2023-01-01,,,
";
    let norms = format!("{header}{rows}");
    let problems = read(&[
        ("facilities.csv", Some(facilities.as_bytes())),
        ("norms.csv", Some(norms.as_bytes())),
    ]);
    let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
    insta::assert_snapshot!(problems.join("\n"), @r#"
    norms.csv:2: valid_from: another norm holds from 2026-01-01 on
    norms.csv:6: valid_from: another norm holds from 2023-01-01 on
    norms.csv:7: cadre: there is no cadre Z
    norms.csv:7: facility: there is no facility E
    norms.csv:8: facility_type: there is no facility type DH
    norms.csv:8: urban_rural: “suburban” is none of urban, rural
    norms.csv:9: level: is none of the 2 levels of tenant.toml
    norms.csv:9: people_per_worker: is empty
    norms.csv:10: people_per_worker: The number is missing, or cannot be.
    norms.csv:11: a norm is for a facility, for a facility_type, or for a level
    norms.csv:12: a norm is for a facility, for a facility_type, or for a level
    norms.csv:13: minimum: The number is missing, or cannot be.
    norms.csv:13: minimum: “-1” is not a number
    norms.csv:13: valid_from: The day must be from 1900 to 2200.
    norms.csv:14: maximum: The number is missing, or cannot be.
    norms.csv:14: valid_to: The day must be from 1900 to 2200.
    norms.csv:15: minimum: “many” is not a number
    norms.csv:15: valid_from: “soon” is not a day, such as 2026-05-01
    norms.csv:16: valid_from: stands there twice
    norms.csv:17: valid_from: another norm holds from 2024-01-01 on
    norms.csv:18: minimum: The number is missing, or cannot be.
    norms.csv:18: valid_from: another norm holds from 2024-01-01 on
    "#);
    let cut = "cadre,level,minimum,maximum,valid_from,source,confidence\n";
    let problems = read(&[("norms.csv", Some(cut.as_bytes()))]);
    let problems: Vec<String> = problems.iter().map(Problem::to_string).collect();
    insta::assert_snapshot!(problems.join("\n"), @r"
    norms.csv:1: people_per_worker: is missing from the header
    norms.csv:1: valid_to: is missing from the header
    ");
}

fn norm(minimum: u32, from: &str, until: Option<&str>) -> NormRow {
    let day = |text: &str| text.parse().expect("a day");
    NormRow {
        cadre: "HT-INF".into(),
        terms: Terms {
            target: Target::Type {
                code: "CAL".into(),
                setting: None,
            },
            minimum: Some(minimum),
            maximum: None,
            from: day(from),
            until: until.map(day),
            source: "Arrêté".into(),
        },
    }
}

async fn standing(database: &TestDatabase, country: &Country) -> (Vec<NormRow>, i64) {
    let db = database.tenants.open(&country.settings.code).await;
    let db = db.expect("there");
    let standing = Country::standing(&db, noon()).await.expect("it answers");
    let snapshot = db.snapshot();
    let mut reader = snapshot.read_once().await.expect("a connection");
    let head = ledger::head(&mut reader).await.expect("the head");
    let ours = standing.norms.into_iter();
    let ours = ours.filter(|it| it.terms.source == "Arrêté");
    (ours.collect(), head.seq)
}

#[tokio::test]
async fn norms_follow_their_folder_and_what_it_does_not_name_stays() {
    let database = TestDatabase::new().await;
    let mut country = country(&database, "ht").await;
    country.norms.push(norm(3, "2024-01-01", None));
    apply::create(&database.owner, &database.tenants, &country, noon(), |_| ())
        .await
        .expect("it applies");
    let (norms, seq) = standing(&database, &country).await;
    assert_eq!((norms, seq), (vec![norm(3, "2024-01-01", None)], 1));

    // The old one ends on the eve of the new one; the plan says so, field by field.
    country.norms.pop();
    let ended = norm(3, "2024-01-01", Some("2025-12-31"));
    let next = norm(4, "2026-01-01", None);
    country.norms.extend([next.clone(), ended.clone()]);
    let plan = apply_(&database, &country).await;
    let list = plan.content.0.last().expect("norms");
    insta::assert_snapshot!(list.to_string(), @r#"
    norms                     1 added       1 changed       2 unchanged
        + HT-INF type CAL 2026-01-01
        ~ HT-INF type CAL 2024-01-01 valid_to: null → "2025-12-31"
    "#);
    let (norms, seq) = standing(&database, &country).await;
    assert_eq!((norms, seq), (vec![ended.clone(), next.clone()], 2));
    assert!(apply_(&database, &country).await.is_empty());

    // What the folder does not name any longer stays, and is in the way of what would share its days.
    country.norms.retain(|it| *it != next && *it != ended);
    assert!(apply_(&database, &country).await.is_empty());
    country
        .norms
        .push(norm(9, "2025-06-01", Some("2026-06-30")));
    let refusal = apply::apply(&database.owner, &database.tenants, &country, noon(), |_| ())
        .await
        .expect_err("it overlaps");
    insta::assert_snapshot!(refusal.to_string(), @r#"
    nothing was written:
      norms.csv: HT-INF type CAL 2025-06-01: valid_from: another norm holds from 2024-01-01 to 2025-12-31
    "#);
    let (norms, seq) = standing(&database, &country).await;
    assert_eq!((norms, seq), (vec![ended, next], 2));
}

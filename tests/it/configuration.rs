//! Countries from their folders: what is read, refused, planned, applied, and drawn as a sample.

mod columns;
mod credentials;
mod ended;
mod exported;
mod norms;
mod refused;
mod registers;

use std::path::Path;

use kada::cli::apply::{self, Country};
use kada::cli::folder::{Folder, Folders};
use kada::kernel::{Instant, Text};
use kada::ledger;

use crate::support::database::TestDatabase;

pub fn shipped(code: &str) -> Folder {
    let tenants = Path::new(env!("CARGO_MANIFEST_DIR")).join("tenants");
    let folders = Folders::find(Some(&tenants));
    folders.folder(code).expect("a shipped country")
}

pub fn noon() -> Instant {
    "2026-01-15T12:00:00Z".parse().expect("an instant")
}

/// A shipped country under a code of the test's own.
pub async fn country(database: &TestDatabase, code: &str) -> Country {
    let units = apply::classifications(&database.owner)
        .await
        .expect("classifications");
    let country = apply::read(&shipped(code), &units).expect("nothing wrong");
    country.renamed(database.code())
}

async fn apply_(database: &TestDatabase, country: &Country) -> apply::Plan {
    let mut said = None;
    let say = |plan: &apply::Plan| said = Some(plan.clone());
    let plan = apply::apply(&database.owner, &database.tenants, country, noon(), say)
        .await
        .expect("it applies");
    assert_eq!(said.as_ref(), Some(&plan));
    plan
}

#[tokio::test]
async fn every_shipped_country_applies_and_a_second_time_there_is_nothing_to_do() {
    let database = TestDatabase::new().await;
    for code in Folders::Shipped.codes().expect("the shipped countries") {
        let country = country(&database, &code).await;
        let plan = apply::create(&database.owner, &database.tenants, &country, noon(), |_| ())
            .await
            .expect("it applies");
        assert!(!plan.is_empty(), "{code}");

        let db = database
            .tenants
            .open(&country.settings.code)
            .await
            .expect("there");
        let seq = async || {
            let snapshot = db.snapshot();
            let mut reader = snapshot.read_once().await.expect("a connection");
            ledger::head(&mut reader).await.expect("the head").seq
        };
        assert_eq!(
            seq().await,
            1,
            "{code}: one row for the whole configuration"
        );
        let again = apply_(&database, &country).await;
        assert!(again.is_empty(), "{code}:\n{again}");
        assert!(again.to_string().ends_with("nothing to do"));
        assert_eq!(seq().await, 1, "{code}: nothing was written");
    }
}

#[tokio::test]
async fn a_changed_label_is_the_whole_plan() {
    let database = TestDatabase::new().await;
    let mut country = country(&database, "ml").await;
    apply::create(&database.owner, &database.tenants, &country, noon(), |_| ())
        .await
        .expect("it applies");
    let midwife = country
        .cadres
        .cadres
        .iter_mut()
        .find(|it| it.code == "ML-SF");
    let label = &mut midwife.expect("midwives").label;
    *label = Text::from_iter([("fr".to_owned(), "Sage-femme d’État".to_owned())]);

    let plan = apply_(&database, &country).await;
    assert!(plan.settings.is_empty());
    let changed: Vec<&str> = plan
        .content
        .0
        .iter()
        .filter(|list| !list.is_empty())
        .map(|list| list.list.as_str())
        .collect();
    assert_eq!(changed, ["cadres"]);
    insta::assert_snapshot!(plan.content.0[4].to_string(), @r#"
    cadres                    0 added       1 changed      21 unchanged
        ~ ML-SF label:en: "Midwife" → null
        ~ ML-SF label:fr: "Sage-femme" → "Sage-femme d’État"
    "#);
    assert!(apply_(&database, &country).await.is_empty());
}

#[tokio::test]
async fn what_the_files_do_not_name_stays() {
    let database = TestDatabase::new().await;
    let mut country = country(&database, "ht").await;
    apply::create(&database.owner, &database.tenants, &country, noon(), |_| ())
        .await
        .expect("it applies");
    let dropped = country.cadres.code_lists.pop().expect("a code list");
    country.settings.currency = "USD".to_owned();
    let plan = apply_(&database, &country).await;
    assert!(plan.content.is_empty());
    let mut lists = plan.content.0.iter();
    let kept = &lists
        .find(|it| it.list == "code_lists")
        .expect("code lists")
        .kept;
    assert_eq!(
        kept,
        &[format!("{}.{}", dropped.entry.list, dropped.entry.code)]
    );
    assert_eq!(plan.settings.changed.len(), 1);
    let settings = database.tenants.list().await.expect("the registry");
    assert_eq!(settings[0].currency, "USD");
}

#[tokio::test]
async fn a_country_that_is_not_there_is_not_applied() {
    let database = TestDatabase::new().await;
    let country = country(&database, "ht").await;
    let refusal = apply::apply(&database.owner, &database.tenants, &country, noon(), |_| ())
        .await
        .expect_err("nobody made it");
    assert!(
        refusal.to_string().contains("kada tenant create"),
        "{refusal}"
    );
}

//! Hostile text in every place that takes text: it is a value like any other.

use kada::auth::Role;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::calls::{Kind, Schema};
use super::neighbours::{someone, values};
use crate::support::world::World;

fn texts() -> Vec<String> {
    vec![
        "'".to_owned(),
        "a'; drop table worker; --".to_owned(),
        "a' or '1'='1".to_owned(),
        "a\" or \"\"=\"".to_owned(),
        "a'); set role postgres; --".to_owned(),
        "a%".to_owned(),
        "_".to_owned(),
        "a\\".to_owned(),
        "$1".to_owned(),
        "a\u{202e}b\u{feff}".to_owned(),
        "a\r\nb".to_owned(),
        "é".repeat(50_000),
        "a b c d e f g h i j k l m n o p".to_owned(),
        String::new(),
    ]
}

/// Postgres takes no NUL in a text, so it is bad input wherever a text reaches a statement.
#[tokio::test]
async fn a_nul_is_bad_input() {
    let schema = Schema::read();
    let world = World::new().await;
    let country = world.country().await;
    let codes = [
        "A",
        "F-A1",
        "MW",
        "HC",
        "GOV",
        "permanent",
        "resignation",
        "matricule",
        "annual",
    ];
    let own = values(&country, codes, "OW-1").await;
    let manager = country.caller(Role::HrManager);
    let mut broken = Vec::new();
    for slot in schema.slots() {
        let body = schema.call(&slot, "a\u{0}b", &own);
        let (_, answer) = world.post(Some(&manager.token()), &body).await;
        if answer["errors"][0]["extensions"]["code"] == json!("INTERNAL") {
            broken.push(format!("{} {:?}", slot.field, slot.path));
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// How many rows each table of a schema holds.
async fn rows(connection: &mut PgConnection, schema: &str) -> Vec<(String, i64)> {
    sqlx::query_as(
        "select tablename::text, (xpath('/row/n/text()', query_to_xml(
             format('select count(*) as n from %I.%I', schemaname, tablename), false, true, '')))[1]::text::bigint
         from pg_tables where schemaname = $1 order by 1",
    )
    .bind(schema)
    .fetch_all(connection)
    .await
    .expect("the tables can be counted")
}

#[tokio::test]
async fn hostile_texts_are_values_to_queries() {
    hostile_texts_are_values(false).await;
}

#[tokio::test]
async fn hostile_texts_are_values_to_mutations() {
    hostile_texts_are_values(true).await;
}

async fn hostile_texts_are_values(mutations: bool) {
    let schema = Schema::read();
    let world = World::with(2, |_| {}).await;
    let countries = world.countries().await;
    let codes = [
        "A",
        "F-A1",
        "MW",
        "HC",
        "GOV",
        "permanent",
        "resignation",
        "matricule",
        "annual",
    ];
    let own = values(&countries[0], codes, "OW-1").await;
    values(&countries[1], codes, "OW-1").await;
    let mut superuser = world.database.superuser().await;
    let schemas = [countries[0].code.schema(), countries[1].code.schema()];
    let before = [
        rows(&mut superuser, &schemas[0]).await,
        rows(&mut superuser, &schemas[1]).await,
    ];
    let manager = countries[0].caller(Role::HrManager);
    let mut broken = Vec::new();
    for slot in schema
        .slots()
        .iter()
        .filter(|it| it.is_mutation == mutations)
    {
        for text in texts() {
            let mut own = own.clone();
            if mutations {
                let (worker, posting) = someone(&countries[0], &own, &[]).await;
                own.set(Kind::Worker, worker);
                own.set(Kind::Posting, posting);
            }
            let body = schema.call(slot, &text, &own);
            let (status, answer) = world.post(Some(&manager.token()), &body).await;
            let code = answer["errors"][0]["extensions"]["code"].as_str();
            if status >= 500 || matches!(code, Some("INTERNAL" | "UNAVAILABLE")) {
                let text: String = text.chars().take(20).collect();
                broken.push(format!(
                    "{} {:?} {text:?}: {status} {code:?}",
                    slot.field, slot.path
                ));
            }
        }
    }
    if !mutations {
        assert_eq!(rows(&mut superuser, &schemas[0]).await, before[0]);
    }
    assert_eq!(broken, Vec::<String>::new());
    assert_eq!(rows(&mut superuser, &schemas[1]).await, before[1]);
    superuser.close().await.ok();
}

#[tokio::test]
async fn wildcards_in_a_name_are_letters_that_no_name_has() {
    let world = World::new().await;
    let country = world.country().await;
    country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let query =
        "query($name: String!) { workers(filter: {name: $name}, first: 5) { nodes { id } } }";
    let manager = country.caller(Role::HrManager);
    for name in [
        "T%",
        "T_aoré",
        "tra%re",
        "T\\",
        "x' or 'a'='a",
        "tra_re",
        "%",
        "_",
    ] {
        let answer = manager.ask(query, json!({ "name": name })).await;
        let nodes = answer["data"]["workers"]["nodes"]
            .as_array()
            .map_or(0, Vec::len);
        let found_as_prefix = name == "T%" || name == "T\\";
        assert!(nodes == 0 || found_as_prefix, "{name}: {answer}");
    }
    for name in [
        "N'Diaye; drop table worker; --",
        "O\"Neil",
        "Ko%ne",
        "A_B",
        "Back\\slash",
    ] {
        let id = country.register(name, "F-A1", "MW", "2020-01-01").await;
        let query = "query($id: ID!) { worker(by: {id: $id}) { familyName } }";
        let data = manager.data(query, json!({ "id": id })).await;
        assert_eq!(data["worker"]["familyName"], json!(name));
    }
}

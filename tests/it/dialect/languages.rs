//! Labels and messages in the caller's language.

use serde_json::{Value, json};

use crate::support::world::World;
use crate::workforce::office::{Office, ask};

#[tokio::test]
async fn labels_and_messages_come_in_the_callers_language() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let labels = "{ cadre(by: {code: \"MW\"}) { label labels { language text } } country { name levels { name } } }";
    for (header, cadre, country, level) in [
        ("fr", "Sage-femme", "Essai", "Région"),
        ("en", "Midwife", "Trial", "Region"),
        ("en-GB, fr;q=0.5", "Midwife", "Trial", "Region"),
        // What nobody has written falls back to the country's own first language.
        ("sw", "Sage-femme", "Essai", "Région"),
        ("de, ja;q=0.9", "Sage-femme", "Essai", "Région"),
        ("de, en;q=0.1", "Midwife", "Trial", "Region"),
        ("", "Sage-femme", "Essai", "Région"),
        ("*", "Sage-femme", "Essai", "Région"),
    ] {
        let data = office
            .manager
            .clone()
            .language(header)
            .data(labels, json!({}))
            .await;
        let said = [
            &data["cadre"]["label"],
            &data["country"]["name"],
            &data["country"]["levels"][0]["name"],
        ];
        assert_eq!(
            said,
            [&json!(cadre), &json!(country), &json!(level)],
            "{header}"
        );
        assert_eq!(
            data["cadre"]["labels"],
            json!([{ "language": "en", "text": "Midwife" }, { "language": "fr", "text": "Sage-femme" }])
        );
    }
}

#[tokio::test]
async fn refusals_and_errors_are_worded_in_the_callers_language() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let before = json!({ "worker": worker["id"], "to": office.id("F-A2"), "on": "2020-01-01" });
    let mut said: Vec<[Value; 4]> = Vec::new();
    for language in ["en", "fr", "sw", "de"] {
        let caller = office.manager.clone().language(language);
        let payload = ask(&caller, "transferWorker", before.clone()).await;
        let bad = caller
            .ask("{ workers(first: 0) { totalCount } }", json!({}))
            .await;
        let viewer = office
            .country
            .caller(kada::auth::Role::Viewer)
            .language(language);
        let denied = viewer
            .ask("{ workers(first: 1) { nodes { id name } } }", json!({}))
            .await;
        let none = viewer
            .ask(
                "{ changes(first: 1, after: \"x\") { nodes { seq } } }",
                json!({}),
            )
            .await;
        assert_eq!(
            none["errors"][0]["extensions"]["code"],
            json!("BAD_USER_INPUT")
        );
        let deep = format!(
            "{{ orgUnits(first: 1) {{ nodes {}id{} }} }}",
            "{ parent ".repeat(20),
            " }".repeat(20)
        );
        let deep = caller.ask(&deep, json!({})).await;
        said.push([
            payload["errors"][0]["message"].clone(),
            bad["errors"][0]["message"].clone(),
            denied["errors"][0]["message"].clone(),
            deep["errors"][0]["message"].clone(),
        ]);
    }
    // An unknown language is answered in the country's own, as soon as it is known whose.
    assert_eq!(said[3][..3], said[1][..3]);
    assert_eq!(said[3][3], said[0][3]);
    insta::assert_json_snapshot!(said[..3], @r#"
    [
      [
        "The current posting began on 2020-01-01.",
        "first must be from 1 to 100.",
        "Your roles do not include the permission read_names.",
        "The query nests more than 15 levels."
      ],
      [
        "L’affectation en cours a commencé le 2020-01-01.",
        "first doit être compris entre 1 et 100.",
        "Vos rôles ne comprennent pas le droit read_names.",
        "La requête s’imbrique sur plus de 15 niveaux."
      ],
      [
        "Upangaji wa sasa ulianza 2020-01-01.",
        "first lazima iwe kati ya 1 na 100.",
        "Majukumu yako hayana ruhusa read_names.",
        "Hoja ina ngazi zaidi ya 15."
      ]
    ]
    "#);
}

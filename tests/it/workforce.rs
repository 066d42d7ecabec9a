//! The register as its users work with it.

use kada::auth::Role;
use serde_json::json;

use crate::support::world::World;

#[tokio::test]
async fn a_registered_worker_is_found_by_name_with_and_without_accents() {
    let world = World::new().await;
    let country = world.country().await;
    let id = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let officer = country.caller(Role::HrOfficer).scope(&["A-1"]);
    let query =
        "query($name: String!) { workers(filter: {name: $name}, first: 5) { nodes { id name } } }";
    for name in ["Traoré", "traore", "TRAO", "awa traore", "Awa"] {
        let data = officer.data(query, json!({ "name": name })).await;
        assert_eq!(data["workers"]["nodes"][0]["id"], json!(id), "{name}");
    }
}

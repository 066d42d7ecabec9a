//! What admins changed, in the country's folder: written out, it says what stands, and applied again it changes nothing.

use std::fs;
use std::path::Path;

use kada::cli::apply::{self, Country};
use kada::cli::folder::Folder;
use serde_json::json;

use super::Ministry;
use crate::support::world::World;

/// The folder of the country as it stands.
fn written(root: &Path, country: &Country) -> Folder {
    let folder = root.join(country.settings.code.as_str());
    fs::create_dir_all(folder.join("forms")).expect("ours");
    for (name, bytes) in apply::write(country).expect("it is written") {
        fs::write(folder.join(name), bytes).expect("ours");
    }
    Folder::at(&folder)
}

#[tokio::test]
async fn what_admins_changed_is_exported_and_applies_as_nothing_new() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let names = |name: &str| json!([{ "language": "fr", "text": name }]);
    let region = json!({
        "code": "C", "from": "2023-03-13", "names": names("Région C"), "kind": "Région",
        "predecessors": [ministry.id("B")], "children": [{ "orgUnit": ministry.id("B-1"), "baseVersion": 1 }],
    });
    ministry.make("addOrgUnit", region).await;
    let close = json!({ "orgUnit": ministry.id("B"), "baseVersion": 1, "from": "2024-01-01" });
    ministry.make("closeOrgUnit", close).await;
    let rename = json!({ "orgUnit": ministry.id("A-1"), "baseVersion": 1, "from": "2025-01-01", "names": names("Nouveau") });
    ministry.make("changeOrgUnit", rename).await;
    let turn = |code: &str, version: i32, from: &str| json!({ "facility": ministry.id(code), "baseVersion": version, "from": from });
    ministry
        .make("closeFacility", turn("F-A2", 1, "2025-01-01"))
        .await;
    ministry
        .make("reopenFacility", turn("F-OLD", 1, "2025-01-01"))
        .await;
    let mut moved = turn("F-A1", 1, "2025-06-01");
    moved["orgUnit"] = json!(ministry.id("B-1"));
    ministry.make("changeFacility", moved).await;

    let country = &ministry.office.country;
    let at = world.clock.now();
    let standing = async || {
        let standing = Country::standing(&country.db, at).await;
        standing.expect("it answers")
    };
    let root = tempfile::tempdir().expect("a directory");
    let folder = written(root.path(), &standing().await);
    let (owner, tenants) = (&world.database.owner, &world.database.tenants);
    let units = apply::classifications(owner)
        .await
        .expect("classifications");
    let mut again = apply::read(&folder, &units).unwrap_or_else(|it| panic!("{it:#?}"));
    let plan = apply::apply(owner, tenants, &again, at, |_| ()).await;
    assert!(plan.as_ref().is_ok_and(apply::Plan::is_empty), "{plan:?}");

    // A change in the files holds from the day on which it is applied; what they say of closing replaces what stood.
    for facility in &mut again.places.facilities {
        if facility.code == "F-A2" {
            facility.closed_on = None;
            facility.name = "Repris".to_owned();
        }
    }
    for unit in again.places.units.iter_mut().filter(|it| it.code == "B") {
        unit.valid_to = None;
    }
    let plan = apply::apply(owner, tenants, &again, at, |_| ()).await;
    assert!(plan.is_ok_and(|it| !it.is_empty()));
    let plan = apply::apply(owner, tenants, &again, at, |_| ()).await;
    assert!(plan.as_ref().is_ok_and(apply::Plan::is_empty), "{plan:?}");
    let before = ministry.facility("F-A2", "2026-02-28").await;
    assert_eq!(before["name"], "Établissement F-A2");
    let since = ministry.facility("F-A2", "2026-03-01").await;
    assert_eq!(since["name"], "Repris");
    assert_eq!(since["closures"], json!([]));
    assert_eq!(ministry.unit("B", "2026-03-01").await["status"], "ACTIVE");
    assert_eq!(
        standing().await.places.units.len(),
        again.places.units.len()
    );
}

//! What goes along when a place moves, by a mutation or by the country's folder, and what those are told who keep copies.

use kada::auth::Role;
use kada::cli::apply::{self, Country, Plan};
use serde_json::{Value, json};

use super::Ministry;
use crate::forms::desk::{Desk, fields, submit};
use crate::support::world::{Caller, World};
use crate::workforce::office::{refusals, with};

impl Ministry<'_> {
    /// Applies the country's folder as it would be written today, with a change.
    async fn apply(&self, change: impl FnOnce(&mut Country)) -> Plan {
        let world = self.office.country.world;
        let at = world.clock.now();
        let standing = Country::standing(&self.office.country.db, at).await;
        let mut country = standing.expect("it answers");
        change(&mut country);
        let (owner, tenants) = (&world.database.owner, &world.database.tenants);
        let plan = apply::apply(owner, tenants, &country, at, |_| ()).await;
        plan.expect("it applies")
    }

    /// Moves a facility to B-1.
    async fn move_facility(&self, code: &str, by_folder: bool) {
        if by_folder {
            let plan = self
                .apply(|country| {
                    let mut all = country.places.facilities.iter_mut();
                    let row = all.find(|it| it.code == code);
                    row.expect("a facility").unit = "B-1".to_owned();
                })
                .await;
            assert_eq!(plan.content.0.iter().filter(|it| !it.is_empty()).count(), 1);
        } else {
            let input = json!({
                "facility": self.id(code), "baseVersion": 1, "from": "2024-01-01", "orgUnit": self.id("B-1"),
            });
            self.make("changeFacility", input).await;
        }
    }

    /// Makes a unit part of another from today on.
    async fn move_unit(&self, code: &str, parent: &str, by_folder: bool) {
        if by_folder {
            self.apply(|country| {
                let mut all = country.places.units.iter_mut();
                let row = all.find(|it| it.code == code);
                row.expect("a unit").parent = Some(parent.to_owned());
            })
            .await;
        } else {
            let unit = self.unit(code, "2026-03-01").await;
            let input = json!({
                "orgUnit": unit["id"], "baseVersion": unit["version"], "from": "2026-03-01", "parent": self.id(parent),
            });
            self.make("changeOrgUnit", input).await;
        }
    }

    fn manager_of(&self, unit: &str) -> Caller<'_> {
        self.office.country.caller(Role::HrManager).scope(&[unit])
    }
}

/// The feed of a caller, whole.
async fn feed(caller: &Caller<'_>) -> Vec<Value> {
    let query = "{ changes(first: 100) { nodes {
        verb workerId submissionId tombstone readAgainFrom content worker { id } } } }";
    let mut data = caller.data(query, json!({})).await;
    match data["changes"]["nodes"].take() {
        Value::Array(rows) => rows,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_facility_that_moves_takes_its_people_and_the_answers_about_it_along() {
    for by_folder in [false, true] {
        let world = World::new().await;
        let ministry = Ministry::open(&world).await;
        let office = &ministry.office;
        let here = office.register("Keita", "F-A1", "MW", "2020-01-01").await;
        let gone = office.register("Touré", "F-A1", "MW", "2020-01-01").await;
        let elsewhere =
            json!({ "worker": gone["id"], "to": office.id("F-A2"), "on": "2022-01-01" });
        office.change("transferWorker", elsewhere).await;
        let desk = Desk::of(&office.country);
        let definition = fields(json!({ "ward": { "type": "string" } }));
        let form = desk.publish("visit", "FACILITY", &definition).await;
        let about = |code: &str| json!({ "facility": ministry.id(code) });
        let answer = desk.answer(&form["id"], &about("F-A1")).await;
        let other = desk.answer(&form["id"], &about("H-A1")).await;

        ministry.move_facility("F-A1", by_folder).await;
        let record = office.worker(&here["id"], None).await;
        assert_eq!(record["orgUnit"]["code"], "B-1");
        assert_eq!(record["version"], 2);
        assert_eq!(record["history"][0]["verb"], "relocate");
        let stayed = office.worker(&gone["id"], None).await;
        assert_eq!(stayed["orgUnit"]["code"], "A-2");

        let seen = "{ workers(first: 9) { nodes { id } } submissions(first: 9) { nodes { id } } }";
        for (unit, workers, answers) in [
            ("A-1", json!([]), json!([{ "id": other["id"] }])),
            (
                "B-1",
                json!([{ "id": here["id"] }]),
                json!([{ "id": answer["id"] }]),
            ),
        ] {
            let caller = ministry.manager_of(unit);
            let data = caller.data(seen, json!({})).await;
            assert_eq!(data["workers"]["nodes"], workers, "{unit} {by_folder}");
            assert_eq!(data["submissions"]["nodes"], answers, "{unit} {by_folder}");
            let rows = feed(&caller).await;
            for (field, record) in [("workerId", &here), ("submissionId", &answer)] {
                let last = rows.iter().rfind(|it| it[field] == record["id"]);
                let last = last.expect("it is told");
                assert_eq!(last["verb"], "relocate", "{unit} {by_folder}");
                assert_eq!(last["tombstone"], json!(unit == "A-1"), "{field} {unit}");
                assert_eq!(last["content"].is_null(), unit == "A-1", "{field} {unit}");
            }
            let of_other = rows.iter().rfind(|it| it["submissionId"] == other["id"]);
            assert_eq!(of_other.is_some(), unit == "A-1");
            assert!(of_other.is_none_or(|it| it["tombstone"] == json!(false)));
        }

        // What happens to the answer from then on is told where it is now, and only there.
        let correction = json!({ "submission": answer["id"], "baseVersion": 1, "answers": { "ward": "Mwenge" } });
        let there = ministry.manager_of("B-1");
        let stale = submit(&there, "correctSubmission", correction.clone()).await;
        assert_eq!(refusals(&stale), ["STALE baseVersion"]);
        let correction = with(&correction, &[("baseVersion", json!(2))]);
        let corrected = submit(&there, "correctSubmission", correction).await;
        assert_eq!(corrected["errors"], json!([]));
        for (unit, verb) in [("A-1", "relocate"), ("B-1", "correct")] {
            let rows = feed(&ministry.manager_of(unit)).await;
            let last = rows.iter().rfind(|it| it["submissionId"] == answer["id"]);
            assert_eq!(last.expect("it is told")["verb"], verb, "{unit}");
        }

        let rows = feed(&ministry.admin).await.len();
        assert!(ministry.apply(|_| ()).await.is_empty());
        assert_eq!(feed(&ministry.admin).await.len(), rows);
    }
}

#[tokio::test]
async fn whoever_answers_while_a_facility_moves_answers_where_it_went() {
    for by_folder in [false, true] {
        let world = World::new().await;
        let ministry = Ministry::open(&world).await;
        let desk = Desk::of(&ministry.office.country);
        let definition = fields(json!({ "ward": { "type": "string" } }));
        let form = desk.publish("visit", "FACILITY", &definition).await;
        let about = json!({ "facility": ministry.id("F-A1") });
        let answers = (0..8).map(|_| desk.answer(&form["id"], &about));
        let people = (0..8).map(|_| {
            ministry
                .office
                .register("Keita", "F-A1", "MW", "2025-01-01")
        });
        let ((), answered, registered) = tokio::join!(
            ministry.move_facility("F-A1", by_folder),
            futures_util::future::join_all(answers),
            futures_util::future::join_all(people)
        );
        let seen = "{ workers(first: 1) { totalCount } submissions(first: 1) { totalCount } }";
        let data = ministry.manager_of("B-1").data(seen, json!({})).await;
        assert_eq!(data["submissions"]["totalCount"], json!(answered.len()));
        assert_eq!(data["workers"]["totalCount"], json!(registered.len()));
    }
}

/// The rows by which a caller is told to read anew.
async fn told_to_read_again(caller: &Caller<'_>) -> Vec<String> {
    let rows = feed(caller).await;
    let rows = rows.iter().filter(|it| !it["readAgainFrom"].is_null());
    let told = rows.map(|it| {
        assert_eq!(it["tombstone"], json!(false));
        format!("{} {}", it["verb"], it["readAgainFrom"]).replace('"', "")
    });
    told.collect()
}

#[tokio::test]
async fn a_district_that_goes_to_another_region_is_told_to_those_who_lose_and_get_it() {
    for (by_folder, verb) in [(false, "change_org_unit"), (true, "configure")] {
        let world = World::new().await;
        let ministry = Ministry::open(&world).await;
        let worker = ministry
            .office
            .register("Keita", "F-A2", "MW", "2020-01-01")
            .await;
        let sees = async |unit: &str| {
            let query = "query($id: ID!) { worker(by: {id: $id}) { id } }";
            let data = ministry
                .manager_of(unit)
                .data(query, json!({ "id": worker["id"] }))
                .await;
            !data["worker"].is_null()
        };
        assert!(sees("A").await && !sees("B").await);
        for unit in ["A", "B"] {
            let told = told_to_read_again(&ministry.manager_of(unit)).await;
            assert_eq!(told, Vec::<String>::new(), "{unit}");
        }

        ministry.move_unit("A-2", "B", by_folder).await;
        assert!(!sees("A").await && sees("B").await && sees("A-2").await);
        let once = vec![format!("{verb} 2026-03-01")];
        let untouched = ["A-1", "A-2", "B-1"];
        for unit in ["A", "B"] {
            let told = told_to_read_again(&ministry.manager_of(unit)).await;
            assert_eq!(told, once, "{unit}");
        }
        for unit in untouched {
            let told = told_to_read_again(&ministry.manager_of(unit)).await;
            assert_eq!(told, Vec::<String>::new(), "{unit}");
        }
        assert_eq!(
            told_to_read_again(&ministry.admin).await,
            Vec::<String>::new()
        );

        // There and back: whoever read between the two must read again.
        ministry.move_unit("A-2", "A", by_folder).await;
        assert!(sees("A").await && !sees("B").await);
        for unit in ["A", "B"] {
            let told = told_to_read_again(&ministry.manager_of(unit)).await;
            assert_eq!(told.len(), 2, "{unit}");
        }
    }
}

#[tokio::test]
async fn a_move_that_is_still_to_come_is_told_with_its_day_and_other_changes_are_not() {
    let world = World::new().await;
    let ministry = Ministry::open(&world).await;
    let rename = json!({
        "orgUnit": ministry.id("A-1"), "baseVersion": 1, "from": "2026-02-01",
        "names": [{ "language": "fr", "text": "Nouveau" }],
    });
    ministry.make("changeOrgUnit", rename).await;
    let later = json!({
        "orgUnit": ministry.id("A-2"), "baseVersion": 1, "from": "2026-06-01", "parent": ministry.id("B"),
    });
    ministry.make("changeOrgUnit", later).await;
    // A new region takes a district over on its first day.
    let region = json!({
        "code": "C", "from": "2026-01-01", "names": [{ "language": "fr", "text": "Région C" }], "kind": "Région",
        "children": [{ "orgUnit": ministry.id("B-1"), "baseVersion": 1 }],
    });
    ministry.make("addOrgUnit", region).await;
    for (unit, told) in [
        ("A", vec!["change_org_unit 2026-06-01"]),
        (
            "B",
            vec!["change_org_unit 2026-06-01", "change_org_unit 2026-01-01"],
        ),
        ("C", vec!["change_org_unit 2026-01-01"]),
        ("A-1", vec![]),
    ] {
        let rows = told_to_read_again(&ministry.manager_of(unit)).await;
        assert_eq!(rows, told, "{unit}");
    }
}

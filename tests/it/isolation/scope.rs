//! Inside one country: what is outside a caller's districts is nowhere, too.

use kada::auth::Role;
use kada::kernel::{Id, WorkerId};
use serde_json::json;

use super::calls::{Fill, Kind, Schema};
use super::neighbours::{
    absent, answer, away, clashing, credentialed, proposed, requested, someone, values,
};
use crate::support::world::World;

#[tokio::test]
async fn a_record_of_another_district_answers_like_one_that_does_not_exist() {
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
    let mut elsewhere = own.clone();
    elsewhere.set(Kind::Facility, country.id("facility", "F-B1").await);
    elsewhere.set(Kind::Identifier, "BB-1");
    let (worker, posting) = someone(&country, &elsewhere, &["BB-1".to_owned()]).await;
    elsewhere.set(Kind::Worker, worker);
    elsewhere.set(Kind::Posting, posting);
    let holder = elsewhere.own("", Kind::Worker);
    credentialed(&country, &mut elsewhere, &holder).await;
    let proposal = proposed(&country, &elsewhere).await;
    elsewhere.set(Kind::Proposal, proposal);
    let leave = away(&country, &elsewhere).await;
    elsewhere.set(Kind::Leave, leave);
    let conflict = clashing(&country, &holder).await;
    elsewhere.set(Kind::Conflict, conflict);
    let waiting = requested(&country, &holder).await;
    elsewhere.set(Kind::ChangeRequest, waiting);
    elsewhere.set(Kind::Filed, holder);
    let absent = absent(&own);

    let scoped = [
        Role::MinistryAdmin,
        Role::HrManager,
        Role::HrOfficer,
        Role::DataClerk,
        Role::Viewer,
        Role::Auditor,
        Role::MessagingOfficer,
    ];
    let in_a1 = scoped.map(|role| country.caller(role).scope(&["A-1"]));
    let social = country
        .caller(Role::HrManager)
        .sectors(&[kada::kernel::Sector::Social]);
    let person = WorkerId::decode(&absent.get(&worker_slot(&schema))).expect("an id");
    let self_only = country.caller(Role::Worker).person(person);
    let nobody = country.caller(Role::Worker);
    let mut tried = 0;
    for caller in in_a1.into_iter().chain([social, self_only, nobody]) {
        for slot in schema.slots() {
            let personal = [
                Kind::Worker,
                Kind::Posting,
                Kind::Identifier,
                Kind::Qualification,
                Kind::Registration,
                Kind::Licence,
                Kind::Attendance,
                Kind::Vetting,
                Kind::Proposal,
                Kind::Leave,
                Kind::ServiceEntry,
                Kind::Conflict,
                Kind::ChangeRequest,
                Kind::Filed,
            ];
            if !slot.kind.is_some_and(|kind| personal.contains(&kind)) {
                continue;
            }
            let (theirs, none) = (elsewhere.get(&slot), absent.get(&slot));
            let body = schema.call(&slot, &theirs, &own);
            let seen = answer(&world, &caller, &body, &theirs).await;
            let body = schema.call(&slot, &none, &own);
            let unknown = answer(&world, &caller, &body, &none).await;
            assert_eq!(
                seen, unknown,
                "{} {:?} {:?}",
                slot.field, slot.path, slot.kind
            );
            tried += 1;
        }
    }
    assert!(tried >= 70, "{tried}");
}

fn worker_slot(schema: &Schema) -> super::calls::Slot {
    let slots = schema.slots();
    let slot = slots.into_iter().find(|it| it.kind == Some(Kind::Worker));
    slot.expect("a place for a worker")
}

#[tokio::test]
async fn the_feed_of_a_district_tells_of_a_record_that_left_and_of_no_other() {
    let world = World::new().await;
    let country = world.country().await;
    let moved = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    let stranger = country.register("Keita", "F-B1", "MW", "2020-01-01").await;
    let transfer = "mutation($input: TransferWorkerInput!) {
        transferWorker(input: $input) { worker { id } errors { errorCode } } }";
    let to = country.id("facility", "F-B1").await;
    let input = json!({ "worker": moved, "to": to, "on": "2024-01-01" });
    let manager = country.caller(Role::HrManager);
    let done = manager.data(transfer, json!({ "input": input })).await;
    assert_eq!(done["transferWorker"]["errors"], json!([]));

    let feed = "{ changes(first: 100) {
        nodes { workerId tombstone verb worker { id } } } }";
    for role in [Role::MinistryAdmin, Role::HrManager, Role::Auditor] {
        let caller = country.caller(role).scope(&["A-1"]);
        let data = caller.data(feed, json!({})).await;
        let nodes = data["changes"]["nodes"].as_array().expect("changes");
        assert!(!data.to_string().contains(&stranger), "{role:?}");
        let of_moved: Vec<_> = (nodes.iter())
            .filter(|it| it["workerId"] == json!(moved))
            .collect();
        let last = of_moved.last().expect("the record was in A-1 once");
        assert_eq!(last["tombstone"], json!(true), "{role:?} {last}");
        assert_eq!(last["worker"], json!(null), "{role:?}");
    }
    // Where it went, it is no tombstone.
    let there = country.caller(Role::HrManager).scope(&["B-1"]);
    let data = there.data(feed, json!({})).await;
    let nodes = data["changes"]["nodes"].as_array().expect("changes");
    let last = (nodes.iter())
        .rfind(|it| it["workerId"] == json!(moved))
        .expect("it arrived");
    assert_eq!(last["tombstone"], json!(false));
    assert_eq!(last["worker"]["id"], json!(moved));
}

#[tokio::test]
async fn lists_and_totals_of_a_district_count_its_own_records_only() {
    let world = World::new().await;
    let country = world.country().await;
    let near = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    country.register("Traoré", "F-A2", "MW", "2020-01-01").await;
    country.register("Traoré", "F-B1", "MW", "2020-01-01").await;
    let query = "query($unit: ID) { workers(first: 10, filter: {orgUnit: $unit}) {
        totalCount nodes { id } } }";
    let elsewhere = country.id("orgUnit", "B-1").await;
    for role in [Role::HrManager, Role::HrOfficer, Role::Viewer] {
        let caller = country.caller(role).scope(&["A-1"]);
        let data = caller.data(query, json!({ "unit": null })).await;
        assert_eq!(
            data["workers"],
            json!({ "totalCount": 1, "nodes": [{ "id": near }] })
        );
        let data = caller.data(query, json!({ "unit": elsewhere })).await;
        assert_eq!(data["workers"], json!({ "totalCount": 0, "nodes": [] }));
    }
}

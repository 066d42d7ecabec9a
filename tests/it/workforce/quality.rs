//! What records lack and contradict, whom to ask for what, and whether what clerks enter is right.

use std::collections::BTreeMap;

use kada::auth::{Actor, Role};
use kada::kernel::{Date, Id, OrgUnitId, WorkerId};
use kada::tenancy::Reader;
use kada::workforce::{self, DrawSpotCheck, Occasion, RegisterWorker};
use serde_json::{Value, json};

use super::office::{Office, enum_values, nothing, refusals, text, with};
use crate::cost::Statements;
use crate::support::world::{Caller, TODAY, World};

const QUALITY: &str = "quality { score completeness validity flaws { code field } }";

/// A record that holds all that one ought to hold.
fn whole(office: &Office<'_>, name: &str, number: &str, facility: &str) -> Value {
    let person = office.person(name, facility, "MW", "2015-01-01");
    with(
        &person,
        &[
            ("birthDate", json!("1985-05-05")),
            (
                "identifiers",
                json!([{ "type": "matricule", "value": number }]),
            ),
            (
                "contacts",
                json!([{ "kind": "PHONE", "value": format!("+2236500{number}"), "preferred": true }]),
            ),
        ],
    )
}

async fn register(office: &Office<'_>, person: Value) -> Value {
    office.change("registerWorker", person).await
}

/// The score, and the codes of the flaws.
async fn told(caller: &Caller<'_>, worker: &Value) -> String {
    let query = format!("query($id: ID!) {{ worker(by: {{id: $id}}) {{ {QUALITY} }} }}");
    let data = caller.data(&query, json!({ "id": worker["id"] })).await;
    let quality = &data["worker"]["quality"];
    let flaws = quality["flaws"].as_array().expect("flaws").iter();
    let flaws: Vec<String> = flaws
        .map(|it| format!("{}@{}", text(&it["code"]), text(&it["field"])))
        .collect();
    format!(
        "{} {} {} {}",
        quality["score"],
        quality["completeness"],
        quality["validity"],
        flaws.join(" ")
    )
    .trim_end()
    .to_owned()
}

/// The family names of those who wait.
async fn queue(caller: &Caller<'_>, flaw: &str, filter: Value) -> Vec<String> {
    let query = "query($flaw: QualityFlaw!, $filter: QualityFilterInput) {
        qualityQueue(flaw: $flaw, filter: $filter, first: 100) { totalCount nodes { familyName } } }";
    let variables = json!({ "flaw": flaw, "filter": filter });
    let data = caller.data(query, variables).await;
    let nodes = data["qualityQueue"]["nodes"].as_array().expect("nodes");
    assert_eq!(data["qualityQueue"]["totalCount"], nodes.len());
    nodes.iter().map(|it| text(&it["familyName"])).collect()
}

/// What no desk lets in, another road may have brought.
async fn sql(office: &Office<'_>, statement: &str) {
    let done = office.country.db.write(async |tx: &mut Reader<'_>| {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&mut **tx)
            .await?;
        Ok::<_, kada::kernel::Fault>(())
    });
    done.await.expect("it is done");
}

#[tokio::test]
async fn a_record_tells_what_it_lacks_and_contradicts() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let manager = &office.manager;
    let admin = office.country.caller(Role::MinistryAdmin);
    let whole = register(&office, whole(&office, "Whole", "0001", "F-A1")).await;
    assert_eq!(told(manager, &whole).await, "100 100 100");

    let bare = office.person("Bare", "F-A1", "MW", "2020-01-01");
    let bare = register(&office, with(&bare, &[("sex", json!("UNKNOWN"))])).await;
    assert_eq!(
        told(manager, &bare).await,
        "35 35 100 NO_BIRTH_DATE@birthDate NO_SEX@sex NO_PHONE@contacts NO_IDENTIFIER@identifiers"
    );
    let unposted = json!({
        "familyName": "Unposted", "sex": "MALE", "orgUnit": office.id("A-1"), "sector": "HEALTH",
    });
    let unposted = register(&office, unposted).await;
    assert_eq!(
        told(manager, &unposted).await,
        "10 10 100 NO_BIRTH_DATE@birthDate NO_PHONE@contacts NO_IDENTIFIER@identifiers NO_POSTING@postings"
    );

    // What the lists say is what records are held to: a cadre that ends, its age of retirement, a facility that closes,
    // numbers that are written in another way.
    for (id, input) in [
        (
            "changeCadre",
            json!({ "cadre": office.id("MW"), "baseVersion": 1, "from": "2026-01-01", "retirementAge": 40 }),
        ),
        (
            "retireCadre",
            json!({ "cadre": office.id("MW"), "baseVersion": 2, "from": "2026-02-01" }),
        ),
        (
            "closeFacility",
            json!({ "facility": office.id("F-A1"), "baseVersion": 1, "from": "2026-02-01" }),
        ),
        (
            "changeCodeListEntry",
            json!({
                "list": "identifier_type", "code": "matricule", "baseVersion": 1, "attributes": { "pattern": "[A-Z]{2}" },
            }),
        ),
    ] {
        let name = format!("{}{}Input", id[..1].to_uppercase(), &id[1..]);
        let query = format!(
            "mutation($input: {name}!) {{ answer: {id}(input: $input) {{ errors {{ code path }} }} }}"
        );
        let data = admin.data(&query, json!({ "input": input })).await;
        assert_eq!(data["answer"]["errors"], json!([]), "{id}");
    }
    assert_eq!(
        told(manager, &whole).await,
        "0 100 0 INVALID_IDENTIFIER@identifiers PAST_RETIREMENT@posting CLOSED_FACILITY@posting.facility \
         ENDED_CADRE@posting.cadre"
    );
    let bare_id = WorkerId::decode(&text(&bare["id"])).expect("an id");
    let uuid = uuid::Uuid::from(bare_id);
    sql(
        &office,
        &format!(
            "insert into worker_contact (worker_id, kind, value) values ('{uuid}', 'phone', '+2236500');
             update worker set birth_date = '2010-01-01' where worker_id = '{uuid}'"
        ),
    )
    .await;
    world.clock.advance(chrono::TimeDelta::days(400));
    let told_of_bare = told(manager, &bare).await;
    assert!(
        told_of_bare.contains("STALE@history")
            && told_of_bare.contains("INVALID_PHONE@contacts")
            && told_of_bare.contains("TOO_YOUNG@postings"),
        "{told_of_bare}"
    );
    assert_eq!(queue(manager, "STALE", Value::Null).await.len(), 3);
    assert_eq!(queue(manager, "INVALID_PHONE", Value::Null).await, ["Bare"]);
}

#[tokio::test]
async fn a_cadre_that_is_nothing_in_isco_waits_until_it_is_mapped() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    let query = "mutation($input: AddCadreInput!) { addCadre(input: $input) { cadre { id } errors { code } } }";
    let input = json!({
        "code": "TBA", "from": "2015-01-01", "sector": "HEALTH", "workerClass": "VOLUNTEER",
        "labels": [{ "language": "fr", "text": "Matrone" }],
    });
    let added = admin.data(query, json!({ "input": input })).await;
    let person = with(
        &office.person("Keita", "F-A1", "MW", "2020-01-01"),
        &[("posting.cadre", added["addCadre"]["cadre"]["id"].clone())],
    );
    register(&office, person).await;
    office.register("Touré", "F-A1", "MW", "2020-01-01").await;
    assert_eq!(
        queue(&office.manager, "NO_CADRE_MAPPING", Value::Null).await,
        ["Keita"]
    );
}

/// Records here and there, of which some lack this and some that.
async fn staff(office: &Office<'_>) -> Vec<Value> {
    let mut workers = Vec::new();
    for (at, facility) in ["F-A1", "F-A1", "F-A2", "F-B1", "F-B1", "H-A1"]
        .into_iter()
        .enumerate()
    {
        let name = format!("Worker {at}");
        let number = format!("{:04}", 1_000 + at);
        let person = whole(office, &name, &number, facility);
        let person = match at % 3 {
            0 => person,
            1 => with(
                &person,
                &[("contacts", json!([])), ("distinctFrom", json!([]))],
            ),
            _ => with(
                &person,
                &[("identifiers", json!([])), ("birthDate", Value::Null)],
            ),
        };
        workers.push(register(office, person).await);
    }
    workers
}

#[tokio::test]
async fn the_figures_of_a_unit_are_the_sum_of_its_records() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    staff(&office).await;
    let records =
        format!("{{ workers(first: 100) {{ nodes {{ orgUnit {{ code }} {QUALITY} }} }} }}");
    let data = office.manager.data(&records, json!({})).await;
    let nodes = data["workers"]["nodes"].as_array().expect("nodes");
    let figures = "records score flaws { flaw records }";
    for (scope, prefix) in [
        (None, ""),
        (Some("A"), "A"),
        (Some("A-1"), "A-1"),
        (Some("B-1"), "B-1"),
    ] {
        let own: Vec<&Value> = nodes
            .iter()
            .filter(|it| text(&it["orgUnit"]["code"]).starts_with(prefix))
            .collect();
        let mut flaws: BTreeMap<String, u64> = BTreeMap::new();
        let mut sum = 0.0;
        for record in &own {
            sum += record["quality"]["score"].as_f64().expect("a score");
            for flaw in record["quality"]["flaws"].as_array().expect("flaws") {
                *flaws.entry(text(&flaw["code"])).or_default() += 1;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let mean = (sum * 100.0 / own.len() as f64).round() / 100.0;
        let check = |data: &Value| {
            assert_eq!(data["records"], own.len(), "{scope:?}");
            assert_eq!(data["score"].as_f64(), Some(mean), "{scope:?}");
            let told = data["flaws"].as_array().expect("flaws").iter();
            let told: BTreeMap<String, u64> = told
                .map(|it| (text(&it["flaw"]), it["records"].as_u64().expect("a count")))
                .collect();
            assert_eq!(told, flaws, "{scope:?}");
        };
        // The whole country's manager asks about the unit; the unit's own officer about everything they see.
        let query = format!(
            "query($filter: QualityFilterInput) {{ dataQuality(filter: $filter) {{ {figures} }}
                unitQuality(filter: $filter, first: 100) {{ totalCount nodes {{ orgUnit {{ code }} quality {{ {figures} }} }} }} }}"
        );
        let filter = scope.map(|code| json!({ "orgUnitCode": code }));
        let data = office
            .manager
            .data(&query, json!({ "filter": filter }))
            .await;
        check(&data["dataQuality"]);
        let rows = data["unitQuality"]["nodes"].as_array().expect("rows");
        let counted = rows
            .iter()
            .map(|it| it["quality"]["records"].as_u64().expect("a count"));
        assert_eq!(counted.sum::<u64>(), own.len() as u64, "{scope:?}");
        if let Some(code) = scope {
            let officer = office.country.caller(Role::HrOfficer).scope(&[code]);
            let data = officer.data(&query, json!({})).await;
            check(&data["dataQuality"]);
            let rows = data["unitQuality"]["nodes"].as_array().expect("rows");
            let counted = rows
                .iter()
                .map(|it| it["quality"]["records"].as_u64().expect("a count"));
            assert_eq!(counted.sum::<u64>(), own.len() as u64, "{scope:?}");
            // Of a unit that is none of theirs they are told what they would be of one that there is not.
            let beyond = if code == "B-1" { "A-1" } else { "B-1" };
            for filter in [
                json!({ "orgUnitCode": beyond }),
                json!({ "orgUnitCode": "nowhere" }),
            ] {
                let data = officer.data(&query, json!({ "filter": filter })).await;
                assert_eq!(data["dataQuality"]["records"], 0);
                assert_eq!(data["dataQuality"]["score"], Value::Null);
                assert_eq!(data["unitQuality"]["nodes"], json!([]), "{code}");
            }
        }
    }
    let units = "{ unitQuality(filter: {orgUnitCode: \"A\"}, first: 10) { nodes { orgUnit { code } quality { records } } } }";
    let data = office.manager.data(units, json!({})).await;
    insta::assert_snapshot!(data["unitQuality"]["nodes"].to_string(), @r#"[{"orgUnit":{"code":"A-1"},"quality":{"records":3}},{"orgUnit":{"code":"A-2"},"quality":{"records":1}}]"#);
}

#[tokio::test]
async fn the_queue_is_paged_and_knows_scopes() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    staff(&office).await;
    assert_eq!(
        queue(&office.manager, "NO_PHONE", Value::Null).await,
        ["Worker 1", "Worker 4"]
    );
    assert_eq!(
        queue(&office.manager, "NO_PHONE", json!({ "orgUnitCode": "B" })).await,
        ["Worker 4"]
    );
    let officer = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    assert_eq!(queue(&officer, "NO_PHONE", Value::Null).await, ["Worker 1"]);
    assert_eq!(
        queue(&officer, "NO_PHONE", json!({ "orgUnitCode": "B" })).await,
        Vec::<String>::new()
    );
    let social = office
        .country
        .caller(Role::HrOfficer)
        .sectors(&[kada::kernel::Sector::Social]);
    assert_eq!(
        queue(&social, "NO_PHONE", Value::Null).await,
        Vec::<String>::new()
    );
    let query =
        "query($after: String) { qualityQueue(flaw: NO_BIRTH_DATE, first: 1, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { familyName } } }";
    let first = office.manager.data(query, json!({})).await;
    let page = &first["qualityQueue"];
    assert_eq!(page["nodes"][0]["familyName"], "Worker 2");
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let after = json!({ "after": page["pageInfo"]["endCursor"] });
    let second = office.manager.data(query, after.clone()).await;
    assert_eq!(second["qualityQueue"]["nodes"][0]["familyName"], "Worker 5");
    assert_eq!(second["qualityQueue"]["pageInfo"]["hasNextPage"], false);
    // A cursor is good for its own flaw.
    let other = query.replace("NO_BIRTH_DATE", "NO_PHONE");
    let code = office.manager.error_code(&other, after).await;
    assert_eq!(code, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_page_of_records_costs_one_statement_for_their_quality() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    for at in 0..12 {
        let number = format!("{:04}", 2_000 + at);
        register(
            &office,
            whole(&office, &format!("Colleague {at}"), &number, "F-A1"),
        )
        .await;
    }
    let mut costs = Vec::new();
    for first in [1, 12] {
        for fields in ["id", QUALITY] {
            let query = format!("{{ workers(first: {first}) {{ nodes {{ id {fields} }} }} }}");
            let cost = statements.of(&office.manager, &query, json!({})).await;
            costs.push(cost.statements);
        }
    }
    assert_eq!(costs[1], costs[3], "{costs:?}");
    assert_eq!(costs[1], costs[0] + 1, "{costs:?}");
}

pub fn occasion<'a>(world: &World, actor: &'a Actor) -> Occasion<'a> {
    Occasion {
        actor,
        now: world.clock.now(),
        today: today(),
        phone_region: "ML",
        act: None,
        offline: false,
    }
}

fn today() -> Date {
    TODAY.parse().expect("a day")
}

/// Has somebody of another name register a person: the tests' issuer knows one subject for a role.
pub async fn by(office: &Office<'_>, clerk: &str, name: &str) -> WorkerId {
    let actor = Actor::new(clerk, [Role::HrManager]);
    let occasion = occasion(office.country.world, &actor);
    let new = RegisterWorker {
        id: None,
        family_name: name.to_owned(),
        given_names: String::new(),
        sex: workforce::Sex::Female,
        birth_date: None,
        identifiers: Vec::new(),
        contacts: Vec::new(),
        placement: workforce::Placement::Kept(
            OrgUnitId::decode(office.id("A-1")).expect("an id"),
            kada::kernel::Sector::Health,
        ),
        distinct_from: Vec::new(),
    };
    let made = office
        .country
        .db
        .write(async |tx: &mut Reader<'_>| workforce::register(tx, &occasion, new.clone()).await);
    made.await.expect("somebody is registered").id
}

const CHECK: &str = "spotCheck {
    id orgUnit { code } clerk changedSince size seed drawnBy recordCount checkedCount act { number }
    records { worker { id familyName } clerk checkedBy checkedAt findings { field isRight rightValue } } }";

pub async fn ask(caller: &Caller<'_>, mutation: &str, input: Value) -> Value {
    let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!(
        "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{ {CHECK} errors {{ code errorCode message path }} }} }}"
    );
    let mut data = caller.data(&query, json!({ "input": input })).await;
    data["answer"].take()
}

#[tokio::test]
async fn a_sample_is_drawn_looked_at_by_somebody_else_and_counted() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    for (clerk, name) in [
        ("awa@kada", "Keita"),
        ("awa@kada", "Touré"),
        ("awa@kada", "Sangaré"),
        ("issa@kada", "Diarra"),
    ] {
        by(&office, clerk, name).await;
    }
    let own = office.register("Own", "F-B1", "MW", "2020-01-01").await;
    let draw = json!({
        "orgUnit": office.id("A"), "size": 2, "clerk": "awa@kada", "changedSince": "2026-03-01",
        "act": { "number": "Note 7" },
    });
    let drawn = ask(&office.manager, "drawSpotCheck", draw).await;
    assert_eq!(drawn["errors"], json!([]));
    let check = &drawn["spotCheck"];
    assert_eq!(check["recordCount"], 2);
    assert_eq!(check["checkedCount"], 0);
    assert_eq!(check["act"]["number"], "Note 7");
    let records = check["records"].as_array().expect("records");
    assert!(records.iter().all(|it| it["clerk"] == "awa@kada"));

    // With the same seed the same entries give the same sample.
    let seed: i64 = text(&check["seed"]).parse().expect("a number");
    let other = Actor::new("other@kada", [Role::HrManager]);
    let occasion = occasion(&world, &other);
    let again = DrawSpotCheck {
        unit: OrgUnitId::decode(office.id("A")).expect("an id"),
        size: 2,
        clerk: Some("awa@kada".to_owned()),
        changed_since: today(),
        seed,
    };
    let settings = office.country.db.settings();
    let again = office.country.db.write(async |tx: &mut Reader<'_>| {
        workforce::draw_spot_check(tx, &occasion, settings, again.clone()).await
    });
    let again = again.await.expect("it is drawn").encode();
    let query = "query($id: ID!) { spotChecks(filter: {check: $id}, first: 1) { nodes { records { worker { id } } } } }";
    let replayed = office.manager.data(query, json!({ "id": again })).await;
    let ids = |records: &Value| -> Vec<String> {
        let records = records.as_array().expect("records").iter();
        let mut ids: Vec<String> = records.map(|it| text(&it["worker"]["id"])).collect();
        ids.sort();
        ids
    };
    assert_eq!(
        ids(&replayed["spotChecks"]["nodes"][0]["records"]),
        ids(&check["records"])
    );

    let found = json!({
        "check": check["id"], "worker": records[0]["worker"]["id"],
        "fields": [
            { "field": "FAMILY_NAME", "isRight": true },
            { "field": "BIRTH_DATE", "isRight": false, "rightValue": "1990-01-01" },
            { "field": "SEX", "isRight": true },
        ],
    });
    let recorded = ask(&office.manager, "recordSpotCheck", found).await;
    assert_eq!(recorded["errors"], json!([]));
    assert_eq!(recorded["spotCheck"]["checkedCount"], 1);
    let records = recorded["spotCheck"]["records"]
        .as_array()
        .expect("records");
    let looked_at = records.iter().find(|it| !it["checkedAt"].is_null());
    let looked_at = looked_at.expect("one of them");
    assert_eq!(looked_at["findings"][1]["rightValue"], "1990-01-01");
    assert!(
        text(&looked_at["checkedBy"]).contains("hr_manager"),
        "{looked_at}"
    );

    let query = "query($filter: QualityFilterInput) {
        clerkAccuracy(from: \"2026-03-01\", to: \"2026-03-31\", filter: $filter) {
            clerk recordsEntered correctedByOthers fieldsChecked fieldsWrong shareRight } }";
    let accuracy = async |caller: &Caller<'_>, filter: Value| {
        let data = caller.data(query, json!({ "filter": filter })).await;
        let rows = data["clerkAccuracy"].as_array().expect("rows").iter();
        let rows = rows.filter(|it| !text(&it["clerk"]).contains("hr_manager"));
        rows.map(ToString::to_string).collect::<Vec<_>>()
    };
    // The manager corrects an entry of Issa's.
    let issas = queue(&office.manager, "NO_PHONE", json!({ "orgUnitCode": "A-1" })).await;
    assert!(issas.contains(&"Diarra".to_owned()));
    let query_id = "{ workers(first: 1, filter: {name: \"Diarra\"}) { nodes { id } } }";
    let id = office.manager.data(query_id, json!({})).await["workers"]["nodes"][0]["id"].clone();
    let correct = json!({ "worker": id, "baseVersion": 1, "birthDate": "1991-01-01" });
    office.change("correctWorker", correct).await;
    insta::assert_snapshot!(accuracy(&office.manager, Value::Null).await.join("\n"), @r#"
    {"clerk":"awa@kada","correctedByOthers":0,"fieldsChecked":3,"fieldsWrong":1,"recordsEntered":3,"shareRight":0.6667}
    {"clerk":"issa@kada","correctedByOthers":1,"fieldsChecked":0,"fieldsWrong":0,"recordsEntered":1,"shareRight":null}
    "#);
    let of_b = json!({ "orgUnitCode": "B" });
    assert!(accuracy(&office.manager, of_b).await.is_empty());
    let district = office.country.caller(Role::HrManager).scope(&["B-1"]);
    assert!(accuracy(&district, Value::Null).await.is_empty());
    let shown = district
        .data(
            "{ spotChecks(first: 10) { totalCount nodes { id } } }",
            json!({}),
        )
        .await;
    assert_eq!(shown["spotChecks"], json!({ "totalCount": 0, "nodes": [] }));
    let open = "{ all: spotChecks(first: 10) { totalCount } open: spotChecks(filter: {open: true}, first: 10) { totalCount } }";
    let counted = office.manager.data(open, json!({})).await;
    assert_eq!(counted["all"]["totalCount"], 2);
    assert_eq!(counted["open"]["totalCount"], 2);
    assert!(!own["id"].is_null());
}

#[tokio::test]
async fn every_refusal_of_a_spot_check_is_told() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let mine = office.register("Mine", "F-A1", "MW", "2020-01-01").await;
    let theirs = by(&office, "awa@kada", "Keita").await.encode();
    let beyond = office.register("Beyond", "F-B1", "MW", "2020-01-01").await;
    let draw = json!({ "orgUnit": office.id("A-1"), "size": 10, "changedSince": "2026-03-01" });
    let check =
        ask(&office.manager, "drawSpotCheck", draw.clone()).await["spotCheck"]["id"].clone();
    let record = json!({
        "check": check, "worker": theirs, "fields": [{ "field": "SEX", "isRight": true }],
    });
    let district = office.country.caller(Role::HrManager).scope(&["A-1"]);
    let mut told = Vec::new();
    let finding = |right: bool, value: &str| json!([{ "field": "SEX", "isRight": right, "rightValue": value }]);
    let key = ("idempotencyKey", json!("the key of a check"));
    for (mutation, input, refusal) in [
        (
            "drawSpotCheck",
            with(&draw, &[("orgUnit", nothing("unit"))]),
            "ORG_UNIT_NOT_FOUND orgUnit",
        ),
        (
            "drawSpotCheck",
            with(&draw, &[("orgUnit", json!(office.id("B-1")))]),
            "ORG_UNIT_NOT_FOUND orgUnit",
        ),
        (
            "drawSpotCheck",
            with(&draw, &[("size", json!(0))]),
            "INVALID_SAMPLE_SIZE size",
        ),
        (
            "drawSpotCheck",
            with(&draw, &[("size", json!(201))]),
            "INVALID_SAMPLE_SIZE size",
        ),
        (
            "drawSpotCheck",
            with(&draw, &[("changedSince", json!("2026-03-02"))]),
            "INVALID_DATE changedSince",
        ),
        (
            "drawSpotCheck",
            with(&draw, &[("clerk", json!("nobody@kada"))]),
            "NOTHING_TO_CHECK",
        ),
        (
            "recordSpotCheck",
            with(&record, &[("check", nothing("spc"))]),
            "SPOT_CHECK_NOT_FOUND check",
        ),
        (
            "recordSpotCheck",
            with(&record, &[("worker", nothing("wkr"))]),
            "WORKER_NOT_FOUND worker",
        ),
        (
            "recordSpotCheck",
            with(&record, &[("worker", beyond["id"].clone())]),
            "WORKER_NOT_FOUND worker",
        ),
        (
            "recordSpotCheck",
            with(&record, &[("worker", mine["id"].clone())]),
            "OWN_ENTRY worker",
        ),
        (
            "recordSpotCheck",
            with(&record, &[("fields", json!([]))]),
            "MISSING fields",
        ),
        (
            "recordSpotCheck",
            with(
                &record,
                &[(
                    "fields",
                    json!([
                        { "field": "SEX", "isRight": true }, { "field": "SEX", "isRight": false },
                    ]),
                )],
            ),
            "FIELD_TWICE fields.field",
        ),
        (
            "recordSpotCheck",
            with(&record, &[("fields", finding(true, "male"))]),
            "INVALID_RIGHT_VALUE fields.rightValue",
        ),
        (
            "recordSpotCheck",
            with(&record, &[("fields", finding(false, " "))]),
            "INVALID_RIGHT_VALUE fields.rightValue",
        ),
    ] {
        let payload = ask(&district, mutation, input).await;
        assert_eq!(payload["spotCheck"], Value::Null, "{refusal}");
        assert_eq!(refusals(&payload), [refusal]);
        told.push((
            mutation,
            refusal.split(' ').next().unwrap_or_default().to_owned(),
        ));
    }
    for (mutation, input) in [("drawSpotCheck", &draw), ("recordSpotCheck", &record)] {
        let act = json!({ "number": "1", "document": nothing("doc") });
        let payload = ask(&district, mutation, with(input, &[("act", act)])).await;
        assert_eq!(refusals(&payload), ["ACT_DOCUMENT_NOT_FOUND act.document"]);
        told.push((mutation, "ACT_DOCUMENT_NOT_FOUND".to_owned()));
    }
    let done = ask(
        &district,
        "recordSpotCheck",
        with(&record, std::slice::from_ref(&key)),
    )
    .await;
    assert_eq!(done["errors"], json!([]));
    // The same again is the same answer, another record under the key is none.
    let again = ask(
        &district,
        "recordSpotCheck",
        with(&record, std::slice::from_ref(&key)),
    )
    .await;
    assert_eq!(again, done);
    let other = with(&record, &[key.clone(), ("worker", mine["id"].clone())]);
    let reused = ["IDEMPOTENCY_KEY_REUSED idempotencyKey"];
    assert_eq!(
        refusals(&ask(&district, "recordSpotCheck", other).await),
        reused
    );
    let twice = ask(&district, "recordSpotCheck", record).await;
    assert_eq!(refusals(&twice), ["ALREADY_CHECKED worker"]);
    let draw_key = ("idempotencyKey", json!("the key of a draw"));
    ask(
        &district,
        "drawSpotCheck",
        with(&draw, std::slice::from_ref(&draw_key)),
    )
    .await;
    let other = with(&draw, &[draw_key, ("size", json!(3))]);
    assert_eq!(
        refusals(&ask(&district, "drawSpotCheck", other).await),
        reused
    );
    told.extend([
        ("recordSpotCheck", "ALREADY_CHECKED".to_owned()),
        ("recordSpotCheck", "IDEMPOTENCY_KEY_REUSED".to_owned()),
        ("drawSpotCheck", "IDEMPOTENCY_KEY_REUSED".to_owned()),
    ]);
    for (mutation, codes) in [
        ("drawSpotCheck", "DrawSpotCheckErrorCode"),
        ("recordSpotCheck", "RecordSpotCheckErrorCode"),
    ] {
        let mut provoked: Vec<String> = told
            .iter()
            .filter(|it| it.0 == mutation)
            .map(|it| it.1.clone())
            .collect();
        let mut declared = enum_values(codes);
        provoked.sort();
        provoked.dedup();
        declared.sort();
        assert_eq!(provoked, declared);
    }
    let verbs = office.country.db.write(async |tx: &mut Reader<'_>| {
        let verbs = "select verb from ledger where subject_kind = 'spot_check' order by seq";
        let verbs: Vec<String> = sqlx::query_scalar(verbs).fetch_all(&mut **tx).await?;
        Ok::<_, kada::kernel::Fault>(verbs)
    });
    assert_eq!(
        verbs.await.expect("the ledger"),
        ["draw_spot_check", "record_spot_check", "draw_spot_check"]
    );
}

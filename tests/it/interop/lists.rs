//! Every list of workers goes out as a table, with those alone who are on it.

use kada::auth::Role;
use serde_json::{Value, json};

use super::export::{refusal, table};
use super::{counts, import};
use crate::credentials::desk::{everything, license_nurses, taught, vetting};
use crate::support::world::{Caller, World};
use crate::workforce::office::{Office, ask};

/// A list: its declared variables, its arguments by these, what its nodes tell of whom, whether its order is its own.
struct List {
    name: &'static str,
    variables: &'static str,
    worker: &'static str,
    ordered: bool,
}

const FILTER: &str = "$filter: WorkerFilterInput";
const LISTS: [List; 8] = [
    List::plain("workers", FILTER),
    List::plain("unlicensedWorkers", FILTER),
    List::plain(
        "untrainedWorkers",
        "$filter: WorkerFilterInput, $course: ID, $lapsed: Boolean",
    ),
    List::plain(
        "unvettedWorkers",
        "$filter: WorkerFilterInput, $kind: String",
    ),
    List::plain(
        "qualifiedNotPosted",
        "$filter: WorkerFilterInput, $cadre: ID!",
    ),
    List {
        ordered: true,
        ..List::plain(
            "qualityQueue",
            "$filter: QualityFilterInput, $flaw: QualityFlaw!",
        )
    },
    List {
        worker: "worker { id }",
        ordered: true,
        ..List::plain("licences", "$filter: LicenceFilterInput")
    },
    List {
        worker: "worker { id }",
        ordered: true,
        ..List::plain("experiencedProviders", "$filter: ProviderFilterInput!")
    },
];

impl List {
    const fn plain(name: &'static str, variables: &'static str) -> Self {
        Self {
            name,
            variables,
            worker: "id",
            ordered: false,
        }
    }

    /// Who is on it, each once.
    async fn told(&self, caller: &Caller<'_>, arguments: &Value) -> Vec<String> {
        let given = self.variables.split(", ").filter(|it| {
            let name = it.trim_start_matches('$').split(':').next();
            name.is_some_and(|name| arguments.get(name).is_some())
        });
        let given: Vec<&str> = given.collect();
        let passed = given
            .iter()
            .filter_map(|it| it.trim_start_matches('$').split(':').next());
        let passed: String = passed.map(|it| format!(", {it}: ${it}")).collect();
        let (name, worker) = (self.name, self.worker);
        let variables = match &given[..] {
            [] => String::new(),
            some => format!("({})", some.join(", ")),
        };
        let query =
            format!("query{variables} {{ {name}(first: 100{passed}) {{ nodes {{ {worker} }} }} }}");
        let data = caller.data(&query, arguments.clone()).await;
        let nodes = data[name]["nodes"].as_array().expect("nodes").iter();
        let mut ids: Vec<String> = Vec::new();
        for node in nodes {
            let id = if self.worker == "id" {
                &node["id"]
            } else {
                &node["worker"]["id"]
            };
            let id = id.as_str().expect("an id").to_owned();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if !self.ordered {
            ids.sort_unstable();
        }
        ids
    }

    /// Whom the table has.
    async fn shown(&self, caller: &Caller<'_>, arguments: &Value) -> Vec<String> {
        let list = json!({ self.name: arguments }).to_string();
        let table = table(caller, &[("list", &list), ("columns", "worker_id")]).await;
        let rows = table.split("\r\n").skip(1).filter(|it| !it.is_empty());
        rows.map(str::to_owned).collect()
    }
}

/// Midwives and nurses in two districts, some with credentials; a course that one has completed, and its id.
async fn people(office: &Office<'_>) -> String {
    license_nurses(office).await;
    let mut workers = Vec::new();
    for (name, facility, cadre) in [
        ("Maïga", "F-A1", "NUR"),
        ("Sow", "F-A1", "NUR"),
        ("Touré", "F-A2", "NUR"),
        ("Diarra", "H-A1", "MW"),
        ("Keïta", "F-A2", "MW"),
        ("Koné", "F-B1", "MW"),
    ] {
        workers.push(office.register(name, facility, cadre, "2015-01-01").await);
    }
    everything(&office.country, &workers[3]).await;
    let admin = office.country.caller(Role::MinistryAdmin);
    let second = json!({
        "worker": workers[5]["id"], "cadre": office.id("MW"), "council": "Ordre", "number": "SF-2",
        "startsOn": "2020-01-01", "endsOn": "2026-06-30",
    });
    assert_eq!(
        ask(&admin, "issueLicence", second).await["errors"],
        json!([])
    );
    let nurse = json!({
        "worker": workers[0]["id"], "cadre": office.id("NUR"), "council": "Conseil", "number": "C-1",
        "startsOn": "2020-01-01", "endsOn": "2027-06-30",
    });
    assert_eq!(
        ask(&admin, "issueLicence", nurse).await["errors"],
        json!([])
    );
    let cleared = vetting(&workers[1], "CLEARED");
    assert_eq!(
        ask(&admin, "recordVetting", cleared).await["errors"],
        json!([])
    );
    let midwife = json!({
        "worker": workers[2]["id"], "level": "diploma", "title": "Sage-femme", "institution": "INFSS", "year": 2012,
        "qualifiesFor": [office.id("MW")],
    });
    assert_eq!(
        ask(&admin, "recordQualification", midwife).await["errors"],
        json!([])
    );
    let (course, session) = taught(&office.country, "PF").await;
    let attended = json!({
        "session": session, "attendances": [{ "worker": workers[4]["id"], "outcome": "COMPLETED" }],
    });
    let query = "mutation($input: RecordAttendanceInput!) { recordAttendance(input: $input) { errors { errorCode } } }";
    let data = admin.data(query, json!({ "input": attended })).await;
    assert_eq!(data["recordAttendance"]["errors"], json!([]));
    course
}

#[tokio::test]
async fn a_table_has_those_who_are_on_the_list_and_nobody_out_of_scope() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let course = people(&office).await;
    let midwife = office.id("MW");
    let arguments = |list: &str| match list {
        "untrainedWorkers" => vec![
            json!({}),
            json!({ "course": course, "lapsed": true }),
            json!({ "course": course, "filter": { "cadreCode": "MW" } }),
        ],
        "unvettedWorkers" => vec![json!({}), json!({ "kind": "police_clearance" })],
        "qualifiedNotPosted" => vec![json!({ "cadre": midwife })],
        "qualityQueue" => vec![
            json!({ "flaw": "NO_PHONE" }),
            json!({ "flaw": "NO_PHONE", "filter": { "orgUnitCode": "A-2" } }),
        ],
        "licences" => vec![
            json!({}),
            json!({ "filter": { "expiresWithinDays": 3660 } }),
        ],
        "experiencedProviders" => vec![
            json!({ "filter": { "cadre": midwife, "reachable": false, "qualified": false } }),
            json!({ "filter": { "cadre": midwife, "reachable": false, "minimumYears": 1.5 } }),
        ],
        _ => vec![
            json!({}),
            json!({ "filter": { "facilityCodes": ["F-A1", "F-A2"] } }),
        ],
    };
    let mut lengths = Vec::new();
    for list in LISTS {
        for arguments in arguments(list.name) {
            for scope in [&[][..], &["A"], &["B"], &["A-2"]] {
                let caller = office.country.caller(Role::HrManager).scope(scope);
                let told = list.told(&caller, &arguments).await;
                let shown = list.shown(&caller, &arguments).await;
                assert_eq!(shown, told, "{} {arguments} {scope:?}", list.name);
                if scope.is_empty() {
                    lengths.push(format!("{} {arguments}: {}", list.name, told.len()));
                }
            }
        }
    }
    let lengths = lengths
        .join("\n")
        .replace(&course, "crs")
        .replace(midwife, "cdr");
    insta::assert_snapshot!(lengths, @r#"
    workers {}: 6
    workers {"filter":{"facilityCodes":["F-A1","F-A2"]}}: 4
    unlicensedWorkers {}: 2
    unlicensedWorkers {"filter":{"facilityCodes":["F-A1","F-A2"]}}: 2
    untrainedWorkers {}: 5
    untrainedWorkers {"course":"crs","lapsed":true}: 6
    untrainedWorkers {"course":"crs","filter":{"cadreCode":"MW"}}: 2
    unvettedWorkers {}: 4
    unvettedWorkers {"kind":"police_clearance"}: 4
    qualifiedNotPosted {"cadre":"cdr"}: 1
    qualityQueue {"flaw":"NO_PHONE"}: 6
    qualityQueue {"filter":{"orgUnitCode":"A-2"},"flaw":"NO_PHONE"}: 2
    licences {}: 3
    licences {"filter":{"expiresWithinDays":3660}}: 2
    experiencedProviders {"filter":{"cadre":"cdr","qualified":false,"reachable":false}}: 3
    experiencedProviders {"filter":{"cadre":"cdr","minimumYears":1.5,"reachable":false}}: 1
    "#);
}

#[tokio::test]
async fn credentials_are_columns_that_only_go_out() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    people(&office).await;
    let manager = &office.manager;
    let columns = "family_name,licence_number,licence_expires_on,qualification,qualification_institution,qualification_year";
    let told = table(manager, &[("columns", columns)]).await;
    insta::assert_snapshot!(told.trim_start_matches('\u{feff}').replace('\r', ""), @r"
    family_name,licence_number,licence_expires_on,qualification,qualification_institution,qualification_year
    Maïga,C-1,2027-06-30,,,
    Sow,,,,,
    Touré,,,Sage-femme,INFSS,2012
    Diarra,SF-1,2026-12-31,Diplôme d’État,INFSS Bamako,2010
    Keïta,,,,,
    Koné,SF-2,2026-06-30,,,
    ");
    let viewer = office.country.caller(Role::Viewer);
    let refused = refusal(&viewer, &[("columns", "licence_number")]).await;
    assert_eq!(
        refused,
        (
            403,
            "COLUMN_FORBIDDEN".to_owned(),
            "licence_number".to_owned()
        )
    );
    let with_ids = table(
        manager,
        &[("columns", "worker_id,licence_number,qualification")],
    )
    .await;
    let again = import(manager, with_ids.as_bytes(), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 6, 0], "{again:#}");
    assert_eq!(
        again["report"]["ignoredColumns"],
        json!(["licence_number", "qualification"])
    );
}

#[tokio::test]
async fn a_list_that_there_is_not_is_refused_and_who_took_which_is_in_the_ledger() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    people(&office).await;
    let manager = &office.manager;
    for wrong in [
        "{}",
        "[]",
        "\"workers\"",
        "{\"everybody\": {}}",
        "{\"workers\": {}, \"licences\": {}}",
        "{\"workers\": {\"filter\": {\"unit\": \"A\"}}}",
        "{\"untrainedWorkers\": {\"first\": 3}}",
        "{\"qualityQueue\": {}}",
        "{\"qualityQueue\": {\"flaw\": \"UGLY\"}}",
        "{\"experiencedProviders\": {}}",
    ] {
        let refused = refusal(manager, &[("list", wrong)]).await;
        let expected = (400, "BAD_USER_INPUT".to_owned(), "NOT_A_LIST".to_owned());
        assert_eq!(refused, expected, "{wrong}");
    }
    for (wrong, why) in [
        (
            "{\"untrainedWorkers\": {\"course\": \"cdr_1\"}}",
            "NOT_AN_ID",
        ),
        (
            "{\"licences\": {\"filter\": {\"expiresWithinDays\": 3661}}}",
            "NOT_WITHIN",
        ),
    ] {
        let refused = refusal(manager, &[("list", wrong)]).await;
        assert_eq!(
            refused,
            (400, "BAD_USER_INPUT".to_owned(), why.to_owned()),
            "{wrong}"
        );
    }
    let both = refusal(manager, &[("list", "{\"workers\": {}}"), ("filter", "{}")]).await;
    assert_eq!((both.0, both.1.as_str()), (400, "MALFORMED_REQUEST"));
    let viewer = office.country.caller(Role::Viewer);
    let refused = refusal(&viewer, &[("list", "{\"unvettedWorkers\": {}}")]).await;
    assert_eq!((refused.0, refused.1.as_str()), (403, "FORBIDDEN"));

    let asked = json!({ "qualityQueue": { "flaw": "NO_PHONE" } });
    table(
        manager,
        &[("list", &asked.to_string()), ("columns", "worker_id")],
    )
    .await;
    let query = "{ changes(first: 100) { nodes { verb content } } }";
    let data = manager.data(query, json!({})).await;
    let entries = data["changes"]["nodes"].as_array().expect("changes").iter();
    let last = entries
        .rev()
        .find(|it| it["verb"] == "export")
        .expect("an export");
    assert_eq!(last["content"]["filter"], asked);
    assert_eq!(last["content"]["rows"], 6);
}

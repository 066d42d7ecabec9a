//! What a district counts is the sum over its own subtree, for every list, every count and the export.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use kada::auth::Role;
use serde_json::{Value, json};

use super::neighbours::clashing;
use crate::credentials::desk::{license_nurses, passed};
use crate::establishment::desk::Establishment;
use crate::forms::desk::{Desk, fields};
use crate::interop::export::table;
use crate::support::world::{Caller, World};
use crate::workforce::approvals::guard;
use crate::workforce::office::{Office, ask, text};

const DISTRICTS: [(&str, &str); 3] = [("A-1", "F-A1"), ("A-2", "F-A2"), ("B-1", "F-B1")];

/// Lists of people or of what is known of them, and counts. `$mw` and `$nur` are cadres.
const ASKS: &[(&str, &str)] = &[
    ("careerFlows", "(from: \"2020-01-01\", to: \"2026-02-01\") {
        total { inPostBefore entries returns voluntaryExits involuntaryExits interruptions promotions conversions
                inPostAfter } }"),
    ("changeRequests", "(first: 100) { totalCount nodes { id } }"),
    ("clerkAccuracy", "(from: \"2026-01-01\", to: \"2026-12-31\") { clerk recordsEntered fieldsChecked fieldsWrong }"),
    ("conflicts", "(first: 100) { totalCount nodes { id } }"),
    ("crosswalkCoverage", "(edition: \"isco-08\") { workers mapped cadres { cadre { code } workers } }"),
    ("dataQuality", "{ records flaws { flaw records } }"),
    ("experiencedProviders",
     "(first: 100, filter: {cadre: $mw, qualified: false}) { totalCount nodes { worker { id } } }"),
    ("headcount", "(groupBy: [{by: CADRE}, {by: SEX}, {by: EMPLOYMENT_TYPE}]) { total rows { count keys { code } } }"),
    ("leaves", "(first: 100) { totalCount nodes { id } }"),
    ("licences", "(first: 100) { totalCount nodes { id } }"),
    ("posts", "(first: 100) { totalCount nodes { id } }"),
    ("qualifiedNotPosted", "(first: 100, cadre: $nur) { totalCount nodes { id } }"),
    ("qualityQueue", "(first: 100, flaw: NO_PHONE) { totalCount nodes { id } }"),
    ("serviceEntries", "(first: 100) { totalCount nodes { id } }"),
    ("spotChecks", "(first: 100) { totalCount nodes { id } }"),
    ("staffingGapTotals", "{ belowNorm gap posted required surplus withoutNorm }"),
    ("staffingGaps",
     "(first: 100) { totalCount nodes { facility { code } cadre { code } gap posted required surplus } }"),
    ("submissions", "(first: 100) { totalCount nodes { id } }"),
    ("unitQuality", "(first: 100) { nodes { orgUnit { code } quality { records } } }"),
    ("unlicensedWorkers", "(first: 100) { totalCount nodes { id } }"),
    ("untrainedWorkers", "(first: 100) { totalCount nodes { id } }"),
    ("unvettedWorkers", "(first: 100) { totalCount nodes { id } }"),
    ("vacancies", "{ approved filled frozen vacant }"),
    ("workerMerges", "(first: 100) { totalCount nodes { absorbed } }"),
    ("workers", "(first: 100) { totalCount nodes { id } }"),
];

/// Fields that are no sum over districts, and why.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "a country's configuration, which all may read",
        &[
            "approvalPolicy",
            "cadre",
            "cadres",
            "codeList",
            "codeListNamed",
            "compareFormVersions",
            "country",
            "courses",
            "facilities",
            "facility",
            "facilityTypes",
            "form",
            "formAsQuestionnaire",
            "formAsXlsForm",
            "forms",
            "holidays",
            "importMappings",
            "indicators",
            "orgUnit",
            "orgUnits",
            "ownerships",
            "staffingNorms",
            "suggestCadreMappings",
            "trainingSessions",
            "workingDays",
        ],
    ),
    (
        "one thing",
        &["leaveBalances", "node", "submission", "viewer", "worker"],
    ),
    (
        "what a change would touch, of which an admin's scope must have all",
        &[
            "previewCadreChange",
            "previewFacilityChange",
            "previewFormPublication",
            "previewOrgUnitChange",
        ],
    ),
    (
        "both districts see a transfer between them",
        &["pendingTransfers", "transferProposals"],
    ),
    (
        "a pair across two districts is for the office above both",
        &["duplicates", "likelyDuplicates"],
    ),
    (
        "in the order of time, with tombstones",
        &["changes", "changesStart"],
    ),
];

#[test]
fn every_list_and_every_count_is_tried() {
    let document = parse_schema(kada::api::sdl()).expect("the schema's own text");
    let query = document.definitions.into_iter().find_map(|it| match it {
        TypeSystemDefinition::Type(found) if found.node.name.node == "Query" => {
            match found.node.kind {
                TypeKind::Object(query) => Some(query),
                _ => None,
            }
        }
        _ => None,
    });
    let fields = query.expect("a query type").fields.into_iter();
    let fields: BTreeSet<String> = fields.map(|it| it.node.name.node.to_string()).collect();
    let others = OTHERS.iter().flat_map(|it| it.1.iter());
    let known = ASKS.iter().map(|it| &it.0).chain(others);
    assert_eq!(fields, known.map(|it| (*it).to_owned()).collect());
}

#[tokio::test]
async fn what_a_district_counts_is_the_sum_over_its_own_subtree() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    license_nurses(&office).await;
    guard(&office, &["CONTACTS"]).await;
    let form = Desk::of(&office.country);
    let form = form
        .publish(
            "visit",
            "WORKER",
            &fields(json!({ "ward": { "type": "string" } })),
        )
        .await;
    let establishment = Establishment::of(&office.country);
    let norm = json!({
        "cadre": office.id("MW"), "target": { "facilityType": { "code": "HC" } }, "minimum": 2, "from": "2019-01-01",
    });
    establishment.make("saveStaffingNorm", norm).await;
    for (number, district) in DISTRICTS.into_iter().enumerate() {
        fill(&office, &form["id"], number, district).await;
    }
    let scopes: [(&[&str], &[usize]); 5] = [
        (&[], &[0, 1, 2]),
        (&["A"], &[0, 1]),
        (&["A-1", "B-1"], &[0, 2]),
        (&["A", "A-2"], &[0, 1]),
        (&["B"], &[2]),
    ];
    let caller = |units: &[&str]| office.country.caller(Role::HrManager).scope(units);
    for (field, selection) in ASKS {
        let mut of_districts = Vec::new();
        for (district, _) in DISTRICTS {
            let told = asked(&office, &caller(&[district]), field, selection).await;
            assert!(
                told.values().sum::<i64>() > 0,
                "{field} finds nothing in {district}"
            );
            of_districts.push(told);
        }
        for (units, districts) in scopes {
            let told = asked(&office, &caller(units), field, selection).await;
            let mut sum = BTreeMap::new();
            for (key, count) in districts.iter().flat_map(|at| &of_districts[*at]) {
                *sum.entry(key.clone()).or_insert(0) += count;
            }
            assert_eq!(told, sum, "{field} of {units:?}");
        }
    }
    let mut of_districts = Vec::new();
    for (district, _) in DISTRICTS {
        of_districts.push(exported(&caller(&[district])).await);
    }
    for (units, districts) in scopes {
        let all = districts.iter().flat_map(|at| of_districts[*at].clone());
        let mut all: Vec<String> = all.collect();
        all.sort();
        assert_eq!(exported(&caller(units)).await, all, "{units:?}");
    }
}

/// Something of everything in a district.
async fn fill(
    office: &Office<'_>,
    form: &Value,
    number: usize,
    (district, facility): (&str, &str),
) {
    const NAMES: [[&str; 6]; 3] = [
        ["Traoré", "Keita", "Sow", "Dembélé", "Ouologuem", "Zerbo"],
        [
            "Coulibaly",
            "Maïga",
            "Bagayoko",
            "Fofana",
            "Haïdara",
            "Niaré",
        ],
        ["Sissoko", "Touré", "Guindo", "Kanté", "Yattara", "Wagué"],
    ];
    let names = NAMES[number];
    let mut people = Vec::new();
    for (name, cadre) in names.iter().zip(["MW", "NUR", "DOC", "PSW", "MW"]) {
        people.push(office.register(name, facility, cadre, "2020-06-01").await);
    }
    let made = async |caller: &Caller<'_>, mutation: &str, input: Value, changed: &str| {
        let name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {name}!) {{ answer: {mutation}(input: $input) {{
                {changed} errors {{ errorCode path }} }} }}"
        );
        let mut data = caller.data(&query, json!({ "input": input })).await;
        assert_eq!(data["answer"]["errors"], json!([]), "{mutation}");
        data["answer"].take()
    };
    let clerk = office.country.caller(Role::DataClerk);
    let manager = &office.manager;
    let phone = json!({
        "worker": people[0]["id"], "baseVersion": 1,
        "contacts": [{ "kind": "PHONE", "value": format!("+2237000000{number}") }],
    });
    made(manager, "correctWorker", phone, "").await;
    clashing(&office.country, &text(&people[3]["id"])).await;
    let qualified = passed(&people[0], "diploma", &[office.id("NUR")]);
    ask(manager, "recordQualification", qualified).await;
    let licence = json!({
        "worker": people[0]["id"], "cadre": office.id("MW"), "council": "Ordre", "number": format!("SF-{number}"),
        "startsOn": "2020-06-01", "endsOn": "2026-12-31",
    });
    let payload = ask(manager, "issueLicence", licence).await;
    assert_eq!(payload["errors"], json!([]));
    let leave = json!({
        "worker": people[0]["id"], "leaveType": "annual", "startsOn": "2025-06-02", "endsOn": "2025-06-06",
    });
    made(&clerk, "requestLeave", leave, "").await;
    let absence = json!({
        "worker": people[1]["id"], "startsOn": "2025-03-01", "endsOn": "2025-03-02",
        "entry": { "absence": { "reason": "Inconnue", "isAuthorised": false } },
    });
    made(manager, "recordServiceEntry", absence, "").await;
    Desk::of(&office.country)
        .answer(form, &json!({ "worker": people[0]["id"] }))
        .await;
    let exit = json!({ "worker": people[2]["id"], "on": "2024-06-30", "reason": "retirement" });
    office.change("recordExit", exit).await;
    // One person who left and came back, and was taken for two.
    let end = json!({ "worker": people[4]["id"], "on": "2020-07-31", "reason": "resignation" });
    office.change("recordExit", end).await;
    let back = office
        .register(names[5], facility, "NUR", "2020-08-01")
        .await;
    let merge = json!({
        "keep": people[4]["id"], "keepVersion": 2, "absorb": back["id"], "absorbVersion": 1,
    });
    made(manager, "mergeWorkers", merge, "").await;
    let opened = json!({
        "code": format!("POST-{number}"), "facility": office.id(facility), "cadre": office.id("MW"),
        "from": "2019-01-01",
    });
    Establishment::of(&office.country)
        .make("openPost", opened)
        .await;
    let sample = json!({ "orgUnit": office.id(district), "size": 2, "changedSince": "2020-01-01" });
    made(manager, "drawSpotCheck", sample, "").await;
}

/// The numbers of an answer by where they stand, and each thing without a number as one.
async fn asked(
    office: &Office<'_>,
    caller: &Caller<'_>,
    field: &str,
    selection: &str,
) -> BTreeMap<String, i64> {
    let variables = json!({ "mw": office.id("MW"), "nur": office.id("NUR") });
    let mut declared = Vec::new();
    for name in ["mw", "nur"] {
        if selection.contains(&format!("${name}")) {
            declared.push(format!("${name}: ID!"));
        }
    }
    let declared = match declared.join(", ") {
        none if none.is_empty() => String::new(),
        some => format!("query({some})"),
    };
    let data = caller
        .data(&format!("{declared} {{ {field}{selection} }}"), variables)
        .await;
    let mut found = BTreeMap::new();
    add(&data, String::new(), &mut found);
    found.retain(|_, count| *count != 0);
    found
}

fn add(value: &Value, place: String, found: &mut BTreeMap<String, i64>) {
    match value {
        Value::Number(number) => {
            *found.entry(place).or_default() += number.as_i64().expect("a whole number");
        }
        Value::Object(fields) => {
            for (name, it) in fields {
                add(it, format!("{place}.{name}"), found);
            }
        }
        Value::Array(items) => {
            for it in items {
                let label = without_numbers(it);
                let named = format!("{place}[{label}]");
                if label == *it {
                    *found.entry(named).or_default() += 1;
                    continue;
                }
                // What else is in it is in its name.
                let fields = it.as_object().into_iter().flatten();
                for (name, it) in fields.filter(|it| !it.1.is_array()) {
                    add(it, format!("{named}.{name}"), found);
                }
            }
        }
        _ => {}
    }
}

fn without_numbers(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, it)| !it.is_number());
            Value::Object(
                kept.map(|(name, it)| (name.clone(), without_numbers(it)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// The rows of the register as a table.
async fn exported(caller: &Caller<'_>) -> Vec<String> {
    let table = table(caller, &[("columns", "family_name,facility,cadre")]).await;
    let mut rows: Vec<String> = table.lines().skip(1).map(str::to_owned).collect();
    assert!(!rows.is_empty());
    rows.sort();
    rows
}

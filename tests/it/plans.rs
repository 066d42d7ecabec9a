//! How Postgres answers at 50,000 workers: every list stays on indexes, whatever it is filtered and sorted by; and what was
//! entered in some days is found without reading the ledger of all years.

use std::sync::{Arc, Mutex, PoisonError};

use kada::auth::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::support::world::{TestCountry, World};

const WORKERS: usize = 50_000;
/// What grows with the register.
const LARGE: [&str; 5] = [
    "worker",
    "posting",
    "worker_identifier",
    "worker_contact",
    "ledger",
];

/// Filters, and how many rows the server may fetch for a page of fifty that they leave, however it is sorted. Where it is
/// more than the register has people, a page may have to look for them through an index from end to end, because few
/// or none fit: who was on contract in 2008, who was never posted, and the Traorés in an order that ends with them.
const FILTERS: [(&str, f64); 18] = [
    ("{}", 1_000.0),
    ("{orgUnitCode: \"A-1\"}", 5_000.0),
    ("{facilityCodes: [\"G-7\"]}", 1_000.0),
    ("{facilityTypes: [\"DH\"]}", 15_000.0),
    ("{cadreCode: \"DOC\"}", 15_000.0),
    ("{cadreCode: \"G-NUR\"}", 1_000.0),
    ("{sector: HEALTH}", 1_000.0),
    ("{workerClasses: [PROFESSIONAL]}", 1_000.0),
    ("{employmentTypes: [\"contract\"]}", 60_000.0),
    ("{status: ACTIVE}", 1_000.0),
    ("{status: FORMER}", 5_000.0),
    ("{status: UNPOSTED}", 120_000.0),
    ("{sex: MALE}", 1_000.0),
    ("{name: \"traore\"}", 60_000.0),
    ("{name: \"keitaz aw\"}", 2_000.0),
    ("{name: \"fat\"}", 5_000.0),
    (
        "{cadreCode: \"DOC\", orgUnitCode: \"B-1\", sex: FEMALE}",
        20_000.0,
    ),
    ("{facilityCodes: [\"G-7\"], status: FORMER}", 1_000.0),
];

/// The plans that the server reports to the connections of this process, with what each step has really done.
#[derive(Clone, Default)]
struct Plans(Arc<Mutex<Vec<Value>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.0);
        }
    }
}

impl<S: Subscriber> Layer<S> for Plans {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        if let Some((_, plan)) = message.0.split_once("plan:\n") {
            let plan = serde_json::from_str(plan).expect("a plan in JSON");
            let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            plans.push(plan);
        }
    }
}

impl Plans {
    fn listen() -> Self {
        let plans = Self::default();
        let notices = filter_fn(|event| event.target() == "sqlx::postgres::notice");
        tracing_subscriber::registry()
            .with(plans.clone().with_filter(notices))
            .try_init()
            .expect("no test has a subscriber before");
        plans
    }

    fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What one plan did to the large tables.
#[derive(Debug, Default)]
struct Work {
    /// Tables that were read from end to end.
    whole: Vec<String>,
    /// Rows that were fetched, kept or not.
    rows: f64,
    /// Those of them that are of the ledger.
    entries: f64,
    steps: Vec<String>,
}

impl Work {
    fn add(&mut self, step: &Value) {
        let number = |name: &str| step[name].as_f64().unwrap_or_default();
        let kind = step["Node Type"].as_str().unwrap_or_default();
        let table = step["Relation Name"].as_str().unwrap_or_default();
        if LARGE.contains(&table) {
            if kind == "Seq Scan" && number("Actual Loops") > 0.0 {
                self.whole.push(table.to_owned());
            }
            let fetched = number("Actual Rows")
                + number("Rows Removed by Filter")
                + number("Rows Removed by Index Recheck");
            self.rows += fetched * number("Actual Loops");
            if table == "ledger" {
                self.entries += fetched * number("Actual Loops");
            }
            self.steps.push(format!(
                "{kind} {table} {} x{}",
                step["Index Name"].as_str().unwrap_or_default(),
                number("Actual Loops"),
            ));
        }
        for inner in step["Plans"].as_array().into_iter().flatten() {
            self.add(inner);
        }
    }
}

/// A country of 50,000 people with 70,000 postings at 400 facilities; few are doctors. From here on the server reports its plans.
async fn fill(country: &TestCountry<'_>) {
    let mut superuser = country.world.database.superuser().await;
    let role = country.code.schema();
    // Foreign keys are not checked, because that takes longer than all the rest.
    let sql = format!(
        "alter role {role} set session_preload_libraries = 'auto_explain';
         alter role {role} set auto_explain.log_min_duration = 0;
         alter role {role} set auto_explain.log_level = 'notice';
         alter role {role} set auto_explain.log_format = 'json';
         alter role {role} set auto_explain.log_analyze = on;
         alter role {role} set auto_explain.log_timing = off;
         select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}';
         set search_path = {role}, shared;
         set session_replication_role = replica;
         insert into facility
             select gen_random_uuid(), 'G-' || n, 'Centre ' || n, case when n % 20 = 0 then 'DH' else 'HC' end, 'GOV',
                    (array(select org_unit_id from org_unit where code in ('A-1', 'A-2', 'B-1') order by code))[1 + n % 3],
                    case when n % 4 = 0 then 'urban' else 'rural' end, '2000-01-01', null
             from generate_series(1, 400) n;
         create function pg_temp.dice(n int, die int, sides int) returns int language sql
             as 'select abs(hashint4(n + die * 1000003) % sides)';
         create temp table person as
             select n, uuidv7_at(n) as worker_id,
                    (array['traore', 'diarra', 'coulibaly', 'keita', 'konate', 'toure', 'maiga', 'sangare', 'diallo',
                           'cisse', 'dembele', 'sidibe'])[1 + pg_temp.dice(n, 1, 12)] || chr(97 + pg_temp.dice(n, 2, 26)) || chr(97 + pg_temp.dice(n, 3, 26)) as family,
                    (array['awa', 'moussa', 'fatoumata', 'oumar', 'mariam', 'ibrahim', 'aissata'])[1 + pg_temp.dice(n, 4, 7)] as given,
                    'G-' || (1 + pg_temp.dice(n, 5, 400)) as facility
             from generate_series(1, {WORKERS}) n;
         analyze person, facility;
         insert into worker
             select worker_id, initcap(person.family), initcap(given), family || ' ' || given,
                    case when pg_temp.dice(n, 6, 3) = 0 then 'male' else 'female' end, date '1960-01-01' + pg_temp.dice(n, 7, 14600),
                    org_unit_id, 'health', 1
             from person join facility on code = facility;
         insert into worker_identifier select worker_id, 'matricule', 'M-' || n, 'M' || n from person;
         insert into worker_contact select worker_id, 'phone', '+22370' || lpad(n::text, 6, '0'), true from person;
         insert into posting
             select gen_random_uuid(), worker_id, facility_id, (select cadre_id from cadre c where c.code = case when pg_temp.dice(n, 8, 50) = 0 then 'DOC' when pg_temp.dice(n, 8, 50) < 11 then 'MW' else 'NUR' end),
                    case when pg_temp.dice(n, 9, 9) = 0 then 'contract' else 'permanent' end, true, date '2015-01-01' + pg_temp.dice(n, 10, 2000),
                    case when pg_temp.dice(n, 11, 10) = 0 then date '2023-01-01' end,
                    case when pg_temp.dice(n, 11, 10) = 0 then 'retired' end, null
             from person join facility on code = facility where pg_temp.dice(n, 12, 100) > 0;
         insert into posting
             select gen_random_uuid(), worker_id, facility_id, (select cadre_id from cadre c where c.code = 'NUR'), 'permanent', true,
                    date '2000-01-01' + pg_temp.dice(n, 14, 2000), date '2010-01-01', 'transferred', null
             from person join facility on code = 'G-' || (1 + pg_temp.dice(n, 13, 400))
             where pg_temp.dice(n, 15, 5) < 2;
         update ledger_head set epoch = epoch + 1;
         analyze worker, posting, worker_identifier, worker_contact, facility, cadre;"
    );
    let sql = sql.replace(
        "uuidv7_at(n)",
        "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid",
    );
    superuser
        .execute(AssertSqlSafe(sql))
        .await
        .expect("the country is filled");
    superuser.close().await.ok();
}

#[tokio::test]
async fn load_every_list_stays_on_indexes_at_fifty_thousand_workers() {
    let plans = Plans::listen();
    let world = World::new().await;
    let country = world.country().await;
    fill(&country).await;
    let manager = country.caller(Role::HrManager);
    let officer = country.caller(Role::HrOfficer).scope(&["A-1"]);
    let mut faults = Vec::new();
    for (filter, most) in FILTERS {
        for sort in ["NAME", "BIRTH_DATE", "REGISTERED"] {
            for as_of in ["", ", asOf: \"2008-03-01\""] {
                for caller in [&manager, &officer] {
                    let page = |after: &str| {
                        format!(
                            "{{ workers(first: 50, filter: {filter}, sort: {sort}{as_of}{after}) {{
                                pageInfo {{ endCursor }}
                                nodes {{ name posting {{ facility {{ name }} }} }} }} }}"
                        )
                    };
                    let first = caller.data(&page(""), json!({})).await;
                    plans.take();
                    let cursor = &first["workers"]["pageInfo"]["endCursor"];
                    let next = match cursor.as_str() {
                        Some(cursor) => page(&format!(", after: \"{cursor}\"")),
                        None => page(""),
                    };
                    for query in [page(""), next] {
                        plans.take();
                        caller.ask(&query, json!({})).await;
                        let mut work = Work::default();
                        for plan in plans.take() {
                            work.add(&plan["Plan"]);
                        }
                        if !work.whole.is_empty() || work.rows > most || work.steps.is_empty() {
                            faults.push(format!("{filter} {sort} {as_of}: {work:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} {faults:#?}", faults.len());
}

/// One entry in ten minutes, for more than six years: each person is registered and then corrected seven times.
const ENTRIES: usize = 350_000;

async fn work(country: &TestCountry<'_>) {
    let mut superuser = country.world.database.superuser().await;
    let role = country.code.schema();
    let entries = format!(
        "set search_path = {role}, shared;
         insert into ledger (seq, at, actor, verb, subject_kind, subject_id, unit_before, unit_after, sector_before,
                             sector_after, change, salt, digest, hash)
             select head.seq + n, timestamptz '2026-03-01T12:00:00Z' - ({ENTRIES} - n) * interval '10 minutes',
                    'clerk-' || n % 40, case when n % 8 = 0 then 'register' else 'correct' end, 'worker',
                    ('01900000-0000-7000-8000-' || lpad(to_hex(1 + n / 8), 12, '0'))::uuid,
                    unit.org_unit_id, unit.org_unit_id, 'health', 'health',
                    jsonb_build_object('version', n % 8 + 1, 'fields', jsonb_build_object('familyName',
                        jsonb_build_object('from', null, 'to', 'traore ' || n))),
                    sha256('salt'), sha256('digest'), sha256('hash')
             from generate_series(1, {ENTRIES}) n, ledger_head head, (select org_unit_id from org_unit where code = 'A-1') unit;
         update ledger_head set seq = seq + {ENTRIES}, epoch = epoch + 1;"
    );
    superuser
        .execute(AssertSqlSafe(entries))
        .await
        .expect("the ledger is filled");
    // As the server does by itself, whenever a range is full.
    let sum_up = AssertSqlSafe(format!("vacuum analyze {role}.ledger"));
    let done = superuser.execute(sum_up).await;
    done.expect("the ledger is summed up");
    superuser.close().await.ok();
}

#[tokio::test]
async fn load_what_clerks_did_in_some_days_is_read_without_the_years_before() {
    let plans = Plans::listen();
    let world = World::new().await;
    let country = world.country().await;
    fill(&country).await;
    work(&country).await;
    let manager = country.caller(Role::HrManager);
    let accuracy =
        "{ clerkAccuracy(from: \"2026-02-01\", to: \"2026-02-07\") { clerk recordsEntered } }";
    let unit = country.id("orgUnit", "A").await;
    let draw = "mutation($input: DrawSpotCheckInput!) {
        drawSpotCheck(input: $input) { spotCheck { recordCount } errors { code } } }";
    let input = json!({ "orgUnit": unit, "size": 50, "changedSince": "2026-02-23" });
    plans.take();
    let entered = manager.data(accuracy, json!({})).await;
    let of_accuracy = plans.take();
    let drawn = manager.data(draw, json!({ "input": input })).await;
    let of_draw = plans.take();
    // A week has a thousand entries, one in eight of them a new record.
    let rows = entered["clerkAccuracy"].as_array().expect("rows").iter();
    let records: u64 = rows.filter_map(|it| it["recordsEntered"].as_u64()).sum();
    assert_eq!(records, 7 * 24 * 6 / 8);
    assert_eq!(drawn["drawSpotCheck"]["spotCheck"]["recordCount"], 50);
    for (name, plans) in [("clerkAccuracy", of_accuracy), ("drawSpotCheck", of_draw)] {
        let mut work = Work::default();
        for plan in &plans {
            work.add(&plan["Plan"]);
        }
        let mut steps = work.steps.iter();
        assert!(
            steps.any(|it| it.starts_with("Bitmap Heap Scan ledger")),
            "{name} {work:?}"
        );
        assert!(
            !work.whole.contains(&"ledger".to_owned()),
            "{name} {work:?}"
        );
        assert!(work.entries < 20_000.0, "{name} {work:?}");
    }
}

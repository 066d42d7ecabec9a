//! What a request costs, in statements: counted as sqlx reports them. Each test is a process of its own.

use std::sync::{Arc, Mutex, PoisonError};

use kada::auth::Role;
use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::support::world::{Caller, World};
use crate::workforce::office::{Office, text, with};

/// The statements that this process has sent.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<String>>>);

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let Statement { summary, whole } = statement;
        let text = if whole.is_empty() { summary } else { whole };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text.trim().to_owned());
    }
}

/// What one operation has cost.
#[derive(Debug, PartialEq, Eq)]
pub struct Cost {
    pub statements: usize,
    pub transactions: usize,
}

const fn cost(statements: usize, transactions: usize) -> Cost {
    Cost {
        statements,
        transactions,
    }
}

impl Statements {
    pub fn listen() -> Self {
        let statements = Self::default();
        let of_sqlx = filter_fn(|event| event.target() == "sqlx::query");
        tracing_subscriber::registry()
            .with(statements.clone().with_filter(of_sqlx))
            .try_init()
            .expect("no test has a subscriber before");
        statements
    }

    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The cost of a query to a process that has answered it before.
    pub async fn of(&self, caller: &Caller<'_>, query: &str, variables: Value) -> Cost {
        caller.data(query, variables.clone()).await;
        self.take();
        caller.data(query, variables).await;
        let mut sent = self.take();
        // Who the tenants are is asked again every two seconds, whatever the request.
        sent.retain(|it| !it.starts_with("select settings"));
        let begun = sent.iter().filter(|it| it.starts_with("begin")).count();
        let ended = sent.iter().filter(|it| *it == "commit").count();
        assert_eq!(begun, ended, "{sent:#?}");
        sent.retain(|it| !it.starts_with("begin") && it != "commit");
        let cost = cost(sent.len(), begun);
        assert!(cost.statements > 0, "nothing was heard of {query}");
        cost
    }
}

#[tokio::test]
async fn a_worker_three_levels_deep_is_one_statement() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    let person = office.person("Traoré", "F-A1", "MW", "2020-01-01");
    let number = json!([{ "type": "matricule", "value": "M-1" }]);
    let worker = office
        .change("registerWorker", with(&person, &[("identifiers", number)]))
        .await;
    let deep = "fragment Deep on Worker {
        id name birthDate sex status orgUnit { name parent { name } }
        posting {
            facility { name type { label } ownership { label } orgUnit { name parent { name populations { people } } } }
            cadre { label isco08Title parent { label } }
            employmentType { label }
            supervisor { name }
        }
    }";
    let by_id = format!("query($id: ID!) {{ worker(by: {{id: $id}}) {{ ...Deep }} }} {deep}");
    let by_number = format!(
        "query($id: String!) {{ worker(by: {{identifier: {{type: \"matricule\", value: $id}}}}) {{ ...Deep }} }} {deep}"
    );
    let id = json!({ "id": worker["id"] });
    assert_eq!(
        statements.of(&office.manager, &by_id, id.clone()).await,
        cost(1, 0)
    );
    assert_eq!(
        statements
            .of(&office.manager, &by_number, json!({ "id": "m1" }))
            .await,
        cost(1, 0)
    );
    let officer = office.country.caller(Role::HrOfficer).scope(&["A-1"]);
    assert_eq!(
        statements.of(&officer, &by_id, id.clone()).await,
        cost(1, 0)
    );
    // Each to-many edge is one more, in one snapshot; a history is two, because it is of those too who went into the record.
    let edges = "query($id: ID!) { worker(by: {id: $id}) {
        name postings { facility { name } } contacts { value } history(first: 5) { verb }
    } }";
    assert_eq!(statements.of(&office.manager, edges, id).await, cost(5, 1));
}

#[tokio::test]
async fn a_page_is_one_statement_and_one_for_careers_and_the_total_each_and_two_for_histories() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    let page = |more: &str| {
        format!(
            "{{ workers(first: 50) {{ {} nodes {{
                name posting {{ facility {{ name type {{ label }} orgUnit {{ name parent {{ name }} }} }} cadre {{ label }} }}
                orgUnit {{ name }} {}
            }} }} }}",
            if more.contains("total") { "totalCount" } else { "" },
            more.replace("total", "")
        )
    };
    let mut filled = 0;
    for count in [3, 50] {
        for n in filled..count {
            let person = office.person(
                "Traoré",
                ["F-A1", "F-A2", "F-B1"][n % 3],
                "MW",
                "2020-01-01",
            );
            let more = [
                (
                    "identifiers",
                    json!([{ "type": "matricule", "value": format!("M-{n}") }]),
                ),
                (
                    "contacts",
                    json!([{ "kind": "EMAIL", "value": format!("p{n}@sante.example") }]),
                ),
            ];
            office.change("registerWorker", with(&person, &more)).await;
        }
        filled = count;
        for (more, expected) in [
            ("", cost(1, 0)),
            (
                "identifiers { value type { label } } contacts { kind value }",
                cost(1, 0),
            ),
            (
                "identifiers { value } contacts { value } postings { cadre { label } }",
                cost(2, 1),
            ),
            (
                "identifiers { value } contacts { value } history(first: 3) { verb }",
                cost(3, 1),
            ),
            (
                "identifiers { value } contacts { value } postings { id } history(first: 3) { seq } total",
                cost(5, 1),
            ),
            ("photo { id mediaType size }", cost(2, 1)),
            ("total", cost(2, 1)),
        ] {
            let asked = statements.of(&office.manager, &page(more), json!({})).await;
            assert_eq!(asked, expected, "{count} workers: {more}");
        }
    }
    let two = "{ a: workers(first: 9) { nodes { name } } b: workers(first: 9, sort: REGISTERED) { nodes { id } } }";
    assert_eq!(
        statements.of(&office.manager, two, json!({})).await,
        cost(2, 1)
    );
}

#[tokio::test]
async fn lists_of_places_and_cadres_are_one_statement() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    for query in [
        "{ facilities(first: 100) { totalCount nodes { name type { label } orgUnit { name parent { name } } } } }",
        "{ facility(by: {code: \"F-A1\"}) { name orgUnit { parent { children { name } } } } }",
        "{ orgUnits(first: 100) { nodes { name parent { name } children { name } } } }",
        "{ cadres(first: 100) { totalCount nodes { label parent { label } children { label } } } }",
        "{ codeList(list: EMPLOYMENT_TYPE) { code label } }",
        "{ facilityTypes { label } }",
        "{ ownerships { label } }",
    ] {
        assert_eq!(
            statements.of(&office.manager, query, json!({})).await,
            cost(1, 0),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_count_is_one_statement_whatever_it_counts_by() {
    let statements = Statements::listen();
    let world = World::new().await;
    let office = Office::open(&world).await;
    office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    for query in [
        "{ headcount { total densityPer10000 } }",
        "{ headcount(groupBy: [{by: CADRE}, {by: ORG_UNIT, level: 2}, {by: SEX}, {by: AGE_BAND}], filter: {setting: RURAL}) {
            total rows { count population { people year source } keys { code label } } } }",
    ] {
        let asked = statements.of(&office.manager, query, json!({})).await;
        assert_eq!(asked, cost(1, 0), "{query}");
    }
}

/// The first of two root fields to run is stopped halfway by a lock; before it goes on, a write is committed.
#[tokio::test]
async fn a_write_between_two_root_fields_is_not_seen() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let worker = office.register("Before", "F-A1", "MW", "2020-01-01").await;
    let mut other = world.database.superuser().await;
    let schema = office.country.code.schema();
    let run = async |connection: &mut sqlx::PgConnection, sql: String| {
        connection
            .execute(sqlx::AssertSqlSafe(sql))
            .await
            .expect("the superuser may");
    };
    let mut transaction = other.begin().await.expect("a transaction");
    run(
        &mut transaction,
        format!("lock table {schema}.worker_contact in access exclusive mode"),
    )
    .await;
    let query = "query($id: ID!) {
        a: worker(by: {id: $id}) { familyName contacts { value } }
        b: worker(by: {id: $id}) { familyName contacts { value } }
    }";
    let reading = async {
        office
            .manager
            .data(query, json!({ "id": worker["id"] }))
            .await
    };
    let writing = async {
        let mut watcher = world.database.superuser().await;
        let waits =
            "select exists (select from pg_locks where not granted and relation = $1::regclass)";
        let table = format!("{schema}.worker_contact");
        loop {
            let waiting: bool = sqlx::query_scalar(waits)
                .bind(&table)
                .fetch_one(&mut watcher)
                .await
                .expect("an answer");
            if waiting {
                break;
            }
        }
        run(
            &mut transaction,
            format!("update {schema}.worker set family_name = 'After'"),
        )
        .await;
        transaction.commit().await.expect("a commit");
    };
    let (data, ()) = tokio::join!(reading, writing);
    assert_eq!(
        [
            text(&data["a"]["familyName"]),
            text(&data["b"]["familyName"])
        ],
        ["Before", "Before"]
    );
    let after = office
        .manager
        .data(query, json!({ "id": worker["id"] }))
        .await;
    assert_eq!(after["b"]["familyName"], json!("After"));
}

#[tokio::test]
async fn a_snapshot_sees_one_moment_until_it_ends() {
    let world = World::new().await;
    let office = Office::open(&world).await;
    let snapshot = office.country.db.snapshot();
    let count = async || -> i64 {
        let mut db = snapshot.read().await.expect("a reader");
        sqlx::query_scalar("select count(*) from worker")
            .fetch_one(&mut *db)
            .await
            .expect("a count")
    };
    assert_eq!(count().await, 0);
    office.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    assert_eq!(count().await, 0);
    snapshot.end().await;
    assert_eq!(count().await, 1);
    snapshot.end().await;
}

//! Many schemas brought from one version to the next, while some of them stand in the way.

use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use kada::auth::Role;
use kada::kernel::TenantCode;
use kada::platform::database::Address;
use kada::tenancy;
use serde_json::json;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tracing_subscriber::layer::SubscriberExt;

use crate::support::database::{SECRET, TestDatabase, letters, settings};
use crate::support::world::World;

const TENANTS: usize = 200;
/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// The migrations that the binary ships, up to one, and then these.
async fn shipped(up_to: i64, more: &[(&str, &str)], directory: &Path) -> Migrator {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/tenant");
    for file in std::fs::read_dir(shipped).expect("the migrations") {
        let file = file.expect("a file");
        let name = file.file_name().into_string().expect("a name");
        let version = name.split('_').next().and_then(|it| it.parse().ok());
        if version.is_some_and(|it: i64| it <= up_to) {
            std::fs::copy(file.path(), directory.join(name)).expect("a copy");
        }
    }
    for (name, sql) in more {
        std::fs::write(directory.join(name), sql).expect("a migration");
    }
    Migrator::new(directory).await.expect("migrations")
}

const NOTE: &[(&str, &str)] = &[
    (
        "9001_worker_note.sql",
        "alter table worker add column note text;",
    ),
    (
        "9002_posting_note.sql",
        "alter table posting add column note text;",
    ),
];

/// Makes tenants whose codes sort as they are numbered.
async fn provision_many(database: &TestDatabase, prefix: &str, count: usize) -> Vec<TenantCode> {
    let codes: Vec<TenantCode> = (0..count)
        .map(|n| format!("{prefix}{n:03}").parse().expect("a code"))
        .collect();
    stream::iter(&codes)
        .map(async |code| tenancy::provision(&database.owner, &settings(code)).await)
        .buffer_unordered(4)
        .try_collect::<Vec<()>>()
        .await
        .expect("the tenants are made");
    codes
}

/// How many schemas of tenants have the columns of [`NOTE`], and each how many.
async fn notes(superuser: &mut PgConnection) -> Vec<(String, i64)> {
    sqlx::query_as(
        "select table_schema::text, count(*) from information_schema.columns
         where column_name = 'note' and table_name in ('worker', 'posting') and table_schema <> 'tenant_template'
         group by 1 order by 1",
    )
    .fetch_all(superuser)
    .await
    .expect("the columns")
}

struct Counting(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Counting {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How many statements a migration run asks that has nothing to do.
async fn statements_of_a_run(owner: &Address) -> usize {
    let asked = Arc::new(AtomicUsize::new(0));
    let layer = Counting(Arc::clone(&asked));
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let report = tenancy::migrate(owner).await.expect("nothing to do");
    drop(guard);
    assert_eq!(report.migrated, Vec::<String>::new());
    asked.load(Ordering::Relaxed)
}

/// Also one story: making two hundred tenants is what takes the time.
#[tokio::test]
async fn load_two_hundred_tenants_are_migrated_by_a_run_that_is_killed_halfway_and_one_that_resumes()
 {
    let database = TestDatabase::new().await;
    let prefix = letters(8);
    tenancy::provision(
        &database.owner,
        &settings(&format!("{prefix}zzz").parse().expect("a code")),
    )
    .await
    .expect("a tenant");
    let for_one = statements_of_a_run(&database.owner).await;
    let begun = std::time::Instant::now();
    let codes = provision_many(&database, &prefix, TENANTS).await;
    println!("{TENANTS} tenants in {:?}", begun.elapsed());
    let for_all = statements_of_a_run(&database.owner).await;
    assert!(for_one > 0, "the statements are counted");
    assert_eq!(
        for_all, for_one,
        "a run that has nothing to do asks the same of 201 tenants as of one"
    );

    // Four tenants are busy, so a run of four at once comes to a stand; each has one migration behind it by then.
    let mut superuser = database.superuser().await;
    let mut busy = database.superuser().await;
    let mut transaction = busy.begin().await.expect("a transaction");
    for code in [50, 60, 70, 80].map(|n: usize| &codes[n]) {
        let lock = format!("lock table {}.posting in access share mode", code.schema());
        transaction
            .execute(AssertSqlSafe(lock))
            .await
            .expect("a lock");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let newer = shipped(i64::MAX, NOTE, directory.path()).await;
    let mut child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--ignored", "--exact", "migrations::child_that_migrates"])
        .env("KADA_TEST_CHILD_DATABASE", &database.name)
        .env("KADA_TEST_CHILD_MIGRATIONS", directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and usename = 'kada_test_owner' and wait_event_type = 'Lock'";
    let standing = until(async || {
        let count: i64 = sqlx::query_scalar(waiting)
            .fetch_one(&mut superuser)
            .await
            .expect("a count");
        count == 4
    });
    let stood = standing.await;
    child.kill().expect("the process is killed");
    child.wait().expect("the process is gone");
    assert!(stood, "the run never came to a stand");
    drop(transaction);
    busy.close().await.ok();
    let owners = "select count(*) from pg_stat_activity
        where datname = current_database() and usename = 'kada_test_owner'";
    let gone = until(async || {
        let count: i64 = sqlx::query_scalar(owners)
            .fetch_one(&mut superuser)
            .await
            .expect("a count");
        count == 0
    });
    assert!(gone.await, "the killed run's connections end");

    let halfway = notes(&mut superuser).await;
    assert!((1..TENANTS).contains(&halfway.len()), "{}", halfway.len());
    assert!(
        halfway.iter().all(|(_, columns)| *columns == 2),
        "a schema has all or nothing"
    );
    for busy in [50, 60, 70, 80].map(|n: usize| codes[n].schema()) {
        assert!(halfway.iter().all(|(schema, _)| *schema != busy), "{busy}");
    }

    // The older binary still serves every tenant, those with the newer schema too.
    for code in [&codes[0], &codes[50], &codes[199]] {
        database
            .tenants
            .open(code)
            .await
            .expect("the tenant is served");
    }
    // One tenant's schema is in the way of the migration; it stops no other.
    let odd = &codes[120];
    for statement in ["add column", "drop column"] {
        let kind = if statement == "add column" {
            "text"
        } else {
            ""
        };
        let statement = format!(
            "alter table {}.posting {statement} note {kind}",
            odd.schema()
        );
        superuser
            .execute(AssertSqlSafe(statement.clone()))
            .await
            .expect("a change");
        let report = tenancy::migrate_with(&database.owner, &newer)
            .await
            .expect("a run");
        let failure: Option<String> =
            sqlx::query_scalar("select failure from control.migration where schema_name = $1")
                .bind(odd.schema())
                .fetch_one(&mut superuser)
                .await
                .expect("the tenant's row");
        if statement.contains("add column") {
            let failed: Vec<_> = report.failed.keys().cloned().collect();
            assert_eq!(failed, [odd.to_string()]);
            assert_eq!(report.migrated.len(), TENANTS + 1 - halfway.len() - 1);
            assert!(failure.expect("a failure").contains("already exists"));
        } else {
            assert_eq!(report.failed.len(), 0);
            assert_eq!(report.migrated, [odd.to_string()]);
            assert_eq!(failure, None);
        }
    }
    let after = notes(&mut superuser).await;
    assert_eq!(after.len(), TENANTS + 1);
    assert!(after.iter().all(|(_, columns)| *columns == 2));
    let drift = tenancy::drift(&mut superuser).await.expect("the catalogs");
    assert_eq!(drift, Vec::<String>::new());
    let again = tenancy::migrate_with(&database.owner, &newer)
        .await
        .expect("a run");
    assert_eq!(again.migrated, Vec::<String>::new());
    superuser.close().await.ok();
}

/// What the test above starts and kills.
#[tokio::test]
#[ignore = "is a process that another test kills"]
async fn child_that_migrates() {
    let (Ok(name), Ok(directory)) = (
        std::env::var("KADA_TEST_CHILD_DATABASE"),
        std::env::var("KADA_TEST_CHILD_MIGRATIONS"),
    ) else {
        return;
    };
    let url = std::env::var("KADA_TEST_POSTGRES_URL").expect("the test server");
    let options = PgConnectOptions::from_str(&url)
        .expect("a URL")
        .database(&name);
    let owner = Address::from_options(options, SECRET).of_role("kada_test_owner");
    let migrator = Migrator::new(Path::new(&directory))
        .await
        .expect("migrations");
    tenancy::migrate_with(&Address::from_options(owner, SECRET), &migrator)
        .await
        .expect("a run");
}

#[tokio::test]
async fn a_country_that_is_behind_or_locked_is_refused_for_the_time_and_the_others_serve() {
    let world = World::with(2, |_| {}).await;
    let country = world.country().await;
    let late = &world.codes()[1];
    let owner = &world.database.owner;
    let directory = tempfile::tempdir().expect("a directory");
    let before = shipped(tenancy::wanted().version - 1, &[], directory.path()).await;
    tenancy::provision_with(owner, &settings(late), &before)
        .await
        .expect("the binary before this one made it");
    let ask = async |code: &TenantCode| {
        let token = world.caller(code, Role::Viewer).token();
        let (status, answer) = world
            .post(Some(&token), &json!({ "query": "{ country { code } }" }))
            .await;
        (
            status,
            answer["errors"][0]["extensions"]["code"]
                .as_str()
                .map(str::to_owned),
        )
    };
    let migrating = (503, Some("TENANT_MIGRATING".to_owned()));
    assert_eq!(ask(&country.code).await, (200, None));
    assert_eq!(ask(late).await, migrating);

    // Somebody holds the late country's schema; the run waits for it, and nobody else does.
    let mut busy = world.database.superuser().await;
    let lock = format!(
        "select pg_advisory_lock(hashtextextended('{}', 0))",
        late.schema()
    );
    busy.execute(AssertSqlSafe(lock)).await.expect("a lock");
    let run = {
        let owner = owner.clone();
        tokio::spawn(async move { tenancy::migrate(&owner).await })
    };
    let mut superuser = world.database.superuser().await;
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and usename = 'kada_test_owner' and wait_event = 'advisory'";
    let stood = until(async || {
        let count: i64 = sqlx::query_scalar(waiting)
            .fetch_one(&mut superuser)
            .await
            .expect("a count");
        count == 1
    });
    assert!(stood.await, "the run waits for the schema");
    for _ in 0..20 {
        assert_eq!(ask(&country.code).await, (200, None));
        assert_eq!(ask(late).await, migrating);
    }
    let registered = country.register("Traoré", "F-A1", "MW", "2020-01-01").await;
    assert!(registered.starts_with("wkr_"));

    busy.close().await.ok();
    let report = run.await.expect("the run ends").expect("it succeeds");
    assert_eq!(report.migrated, [late.to_string()]);
    assert!(
        until(async || ask(late).await == (200, None)).await,
        "the late country serves"
    );
    superuser.close().await.ok();
}

#[tokio::test]
async fn postings_of_before_the_facts_are_counted() {
    let database = TestDatabase::new().await;
    let code = database.code();
    let directory = tempfile::tempdir().expect("a directory");
    let before = shipped(4, &[], directory.path()).await;
    tenancy::provision_with(&database.owner, &settings(&code), &before)
        .await
        .expect("the tenant stands");
    let mut superuser = database.superuser().await;
    let fill = format!(
        "set search_path = {}, shared;
         insert into org_unit select gen_random_uuid(), 'U', null, 1, '{{}}';
         insert into facility_type values ('HC', '{{}}', '', '', 'health');
         insert into ownership values ('GOV', '{{}}', 'public');
         insert into facility select gen_random_uuid(), 'F', 'F', 'HC', 'GOV', org_unit_id, 'rural' from org_unit;
         insert into cadre select gen_random_uuid(), 'C', null, '{{}}', 'health', 'allied';
         insert into code_list_entry values ('employment_type', 'permanent', '{{}}');
         insert into worker select gen_random_uuid(), sex, '', sex, sex, born, org_unit_id, 'health'
             from org_unit, (values ('female', date '1980-05-17'), ('male', null), ('unknown', null)) person (sex, born);
         insert into posting select gen_random_uuid(), worker_id, facility_id, cadre_id,
                    case sex when 'male' then 'forgotten' else 'permanent' end, sex <> 'unknown', '2020-01-01',
                    case sex when 'male' then date '2021-12-31' end, case sex when 'male' then 'retirement' end
             from worker, facility, cadre;",
        code.schema()
    );
    superuser.execute(AssertSqlSafe(fill)).await.expect("rows");
    tenancy::migrate(&database.owner).await.expect("a run");
    let facts: Vec<(i32, i32, i32, String)> = sqlx::query_as(
        "select facility, cadre_sex, employment, concat_ws(' ', starts_on, ends_on, birth_date)
         from posting_fact order by cadre_sex",
    )
    .fetch_all(&mut superuser)
    .await
    .expect("the facts");
    let expected = [
        (1, 5, 1, "2020-01-01 infinity 1980-05-17".to_owned()),
        (1, 6, 0, "2020-01-01 2021-12-31 infinity".to_owned()),
    ];
    assert_eq!(facts, expected);
    superuser.close().await.ok();
}

#[tokio::test]
async fn tenants_made_at_once_all_stand() {
    let database = TestDatabase::new().await;
    let (one, other, twice) = (database.code(), database.code(), database.code());
    let make = async |code: &TenantCode| tenancy::provision(&database.owner, &settings(code)).await;
    let wanted = [&one, &other, &twice, &twice, &twice];
    for made in futures_util::future::join_all(wanted.map(make)).await {
        made.expect("the tenant stands");
    }
    for code in [&one, &other, &twice] {
        let db = database.tenants.open(code).await.expect("the tenant");
        let workers: i64 = sqlx::query_scalar("select count(*) from worker")
            .fetch_one(&mut *db.snapshot().read_once().await.expect("a connection"))
            .await
            .expect("the tenant's own role reads its schema");
        assert_eq!(workers, 0);
    }
    let mut superuser = database.superuser().await;
    let drift = tenancy::drift(&mut superuser).await.expect("the catalogs");
    assert_eq!(drift, Vec::<String>::new());
    superuser.close().await.ok();
}

/// Asks until it is so; false when it never was.
async fn until(mut is_so: impl AsyncFnMut() -> bool) -> bool {
    let asking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.is_ok()
}

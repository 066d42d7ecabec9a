//! A process that is killed between the write and the ledger leaves neither.

use std::process::{Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use kada::auth::{Actor, Role};
use kada::kernel::{Clock, Id};
use kada::platform::config::{self, Config};
use kada::platform::database::Address;
use kada::tenancy::Tenants;
use kada::workforce::{self, NewPosting, Occasion, Placement, PostingKind, RegisterWorker, Sex};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{head, verdict};
use crate::support::database::SECRET;
use crate::support::world::{TestCountry, World};

const NAME: &str = "Interrompu";

#[tokio::test]
async fn a_process_killed_before_its_ledger_row_leaves_nothing() {
    let world = World::new().await;
    let country = world.country().await;
    country.register("Keïta", "F-A1", "MW", "2020-01-01").await;
    let before = head(&country).await;
    let (facility, cadre) = (
        country.id("facility", "F-A1").await,
        country.id("cadre", "MW").await,
    );
    // Whoever holds the head makes the append wait: the writer is then between its write and the ledger.
    let mut holder = world.database.superuser().await;
    let mut holding = holder.begin().await.expect("a transaction");
    let schema = country.code.schema();
    let hold = format!("select from {schema}.ledger_head for update");
    holding
        .execute(AssertSqlSafe(hold))
        .await
        .expect("the head");

    let mut writer = Command::new(std::env::current_exe().expect("this test"))
        .args([
            "--ignored",
            "--exact",
            "ledger::interrupted::a_writer_to_be_killed",
        ])
        .env("KADA_TEST_DATABASE", &world.database.name)
        .env("KADA_TEST_TENANT", country.code.as_str())
        .env("KADA_TEST_POSTING", format!("{facility} {cadre}"))
        .stdout(Stdio::null())
        .spawn()
        .expect("this test again");
    let mut onlooker = world.database.superuser().await;
    let backend = waiting(&mut onlooker, &country).await;
    let written: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_locks join pg_class on pg_class.oid = relation
         where pid = $1 and mode = 'RowExclusiveLock' and relname in ('worker', 'posting') order by 1",
    )
    .bind(backend)
    .fetch_all(&mut onlooker)
    .await
    .expect("locks");
    assert_eq!(written, ["posting", "worker"], "it has written both");
    writer.kill().expect("our child");
    assert!(!writer.wait().expect("our child").success());
    holding.rollback().await.expect("the head is free");
    gone(&mut onlooker, backend).await;

    assert_eq!(head(&country).await, before);
    for table in [
        "worker where family_name = $1",
        "ledger where change::text like '%' || $1 || '%'",
    ] {
        let count = format!("select count(*) from {schema}.{table}");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .bind(NAME)
            .fetch_one(&mut onlooker)
            .await
            .expect("a count");
        assert_eq!(count, 0, "{table}");
    }
    country
        .register("Sangaré", "F-A1", "MW", "2020-01-01")
        .await;
    assert_eq!(verdict(&country).await, Ok(before + 1));
}

#[tokio::test]
#[ignore = "run by the test above, which kills it"]
async fn a_writer_to_be_killed() {
    let told = |name: &str| std::env::var(name).ok();
    let (Some(name), Some(tenant), Some(posting)) = (
        told("KADA_TEST_DATABASE"),
        told("KADA_TEST_TENANT"),
        told("KADA_TEST_POSTING"),
    ) else {
        return;
    };
    let url = told("KADA_TEST_POSTGRES_URL").expect("the server");
    let options = PgConnectOptions::from_str(&url).expect("a Postgres URL");
    let config = config::Database {
        tenant_secret: SECRET.to_owned(),
        ..Config::defaults().database
    };
    let tenants = Tenants::new(
        Address::from_options(options.database(&name), SECRET),
        &config,
    );
    let code = tenant.parse().expect("a code");
    let db = tenants.open(&code).await.expect("the country");
    let (facility, cadre) = posting.split_once(' ').expect("two ids");
    let clock = Clock::system();
    let occasion = Occasion {
        offline: false,
        actor: &Actor::new("somebody@id.example", [Role::HrManager]),
        now: clock.now(),
        today: clock.today(db.settings().time_zone),
        phone_region: "ML",
        act: None,
    };
    let new = RegisterWorker {
        id: None,
        family_name: NAME.to_owned(),
        given_names: String::new(),
        sex: Sex::Unknown,
        birth_date: None,
        identifiers: Vec::new(),
        contacts: Vec::new(),
        placement: Placement::Posted(NewPosting {
            id: None,
            facility: Id::decode(facility).expect("a facility"),
            cadre: Id::decode(cadre).expect("a cadre"),
            employment_type: "permanent".to_owned(),
            is_primary: true,
            kind: PostingKind::Substantive,
            salary_grade: None,
            starts_on: "2020-01-01".parse().expect("a date"),
            supervisor: None,
        }),
        distinct_from: Vec::new(),
    };
    let mut write = db.begin().await.expect("a transaction");
    let registered = workforce::register(&mut write.db(), &occasion, new).await;
    registered.expect("nobody gets here");
    write.commit().await.expect("nor here");
}

/// The backend of the tenant that waits for the head of its ledger.
async fn waiting(onlooker: &mut PgConnection, country: &TestCountry<'_>) -> i32 {
    let began = Instant::now();
    loop {
        let waits: Option<i32> = sqlx::query_scalar(
            "select pid from pg_stat_activity
             where usename = $1 and wait_event_type = 'Lock' and query like '%ledger_head%'",
        )
        .bind(country.code.schema())
        .fetch_optional(&mut *onlooker)
        .await
        .expect("an answer");
        match waits {
            Some(pid) => return pid,
            None => assert!(began.elapsed() < Duration::from_secs(30), "it never waits"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn gone(onlooker: &mut PgConnection, backend: i32) {
    let began = Instant::now();
    loop {
        let lives: bool =
            sqlx::query_scalar("select exists (select from pg_stat_activity where pid = $1)")
                .bind(backend)
                .fetch_one(&mut *onlooker)
                .await
                .expect("an answer");
        if !lives {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "it never ends");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

//! Kept answers of a country's data: never older than the last write, never another caller's.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use futures_util::future::join_all;
use kada::auth::{Actor, Role};
use kada::cli::apply;
use kada::kernel::{Fault, Sector, Text};
use kada::places::{FacilityType, PlacesConfiguration};
use kada::platform::config::Config;
use kada::platform::telemetry;
use kada::workforce::{self, Earnest, Identifier, Line, LinePosting, Occasion, Outcome};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};

use crate::cost::Statements;
use crate::support::redis::Redis;
use crate::support::world::{Caller, TestCountry, World};

/// An operation whose answer is kept, and changes with [`write()`].
const QUERY: &str =
    "{ headcount(groupBy: [{by: FACILITY_TYPE}]) { total rows { count keys { label } } } }";

/// A write that is acknowledged when this returns, with one person in post; `n` has not been written before.
async fn write(country: &TestCountry<'_>, n: usize) {
    let label = Text::from_iter([("en".to_owned(), format!("Centre {n}"))]);
    let kind = FacilityType {
        code: "HC".to_owned(),
        label,
        tier: "primary".to_owned(),
        provider_class: "HP.3".to_owned(),
        sector: Sector::Health,
        source: String::new(),
    };
    let wanted = PlacesConfiguration {
        types: vec![kind.into()],
        ..PlacesConfiguration::default()
    };
    let actor = Actor::new("tests@kada", [Role::MinistryAdmin]);
    let clock = &country.world.clock;
    let occasion = Occasion {
        offline: false,
        actor: &actor,
        now: clock.now(),
        today: clock.today(country.db.settings().time_zone),
        phone_region: "ML",
        act: None,
    };
    let person = Line {
        identifiers: vec![Identifier {
            type_code: "matricule".to_owned(),
            value: "M-1".to_owned(),
        }],
        family_name: Some("Traoré".to_owned()),
        posting: Some(LinePosting {
            facility: "F-A1".to_owned(),
            cadre: "MW".to_owned(),
            employment_type: Some("permanent".to_owned()),
            starts_on: "2020-01-01".parse().ok(),
            ..LinePosting::default()
        }),
        ..Line::default()
    };
    let written = country
        .db
        .write(async |tx: &mut kada::tenancy::Reader<'_>| {
            let changes = kada::places::configure(tx, &wanted, occasion.today).await?;
            apply::record(tx, &changes, clock.now()).await?;
            let merged = workforce::merge(tx, &occasion, vec![person], Earnest::Write).await;
            merged.map_err(Fault::internal)
        });
    let outcomes = written.await.expect("it is written");
    assert!(
        !matches!(outcomes[0].1, Outcome::Refused(_)),
        "{outcomes:?}"
    );
}

/// The number of the write that an answer shows.
fn shown(answer: &Value) -> Option<usize> {
    let label = answer["data"]["headcount"]["rows"][0]["keys"][0]["label"].as_str()?;
    label.strip_prefix("Centre ")?.parse().ok()
}

fn shows(answer: &Value, n: usize) -> bool {
    shown(answer) == Some(n)
}

async fn ask(caller: &Caller<'_>) -> Value {
    let answer = caller.whole(QUERY, json!({})).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer
}

fn level(answer: &Value) -> &str {
    let level = answer["extensions"]["cache"]["level"].as_str();
    level.unwrap_or_else(|| panic!("{answer:#}"))
}

fn with_redis(redis: &Redis) -> impl FnOnce(&mut Config) {
    let url = redis.url();
    move |config| {
        config.redis.url = url;
        config.redis.timeout_ms = 2_000;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_writes_are_read_at_once_in_two_processes() {
    let redis = Redis::start().await;
    let world = World::with(1, with_redis(&redis)).await;
    let country = world.country().await;
    let one = country.caller(Role::HrManager);
    let other = one.clone().at(world.another_process().await);
    let mut found = BTreeMap::new();
    for n in 0..1_000 {
        write(&country, n).await;
        // Who did not compute finds in Redis, and then in memory, what the other has kept.
        let [first, second] = if n % 2 == 0 {
            [&one, &other]
        } else {
            [&other, &one]
        };
        for caller in [first, second, second]
            .iter()
            .take(2 + usize::from(n % 10 == 0))
        {
            let answer = ask(caller).await;
            assert!(shows(&answer, n), "after write {n}: {answer}");
            *found.entry(level(&answer).to_owned()).or_insert(0) += 1;
        }
    }
    let wanted = [("memory", 100), ("none", 1_000), ("redis", 1_000)];
    assert_eq!(
        found,
        wanted
            .map(|(level, count)| (level.to_owned(), count))
            .into()
    );
}

/// Readers never stop while writes come in, and Redis goes and comes back: each sees at least what was acknowledged
/// before they asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_is_told_of_a_moment_before_they_asked() {
    let mut redis = Redis::start().await;
    let world = World::with(1, with_redis(&redis)).await;
    let country = world.country().await;
    let another = world.another_process().await;
    let written = AtomicUsize::new(0);
    write(&country, 0).await;
    let read = async |address: SocketAddr| {
        let caller = country.caller(Role::Viewer).at(address);
        let mut seen = 0;
        while seen < 60 {
            let acknowledged = written.load(Ordering::SeqCst);
            let answer = ask(&caller).await;
            seen = shown(&answer).expect("a number");
            assert!(seen >= acknowledged, "{seen} is older than {acknowledged}");
        }
    };
    let readers = (0..4).map(|n| read(if n % 2 == 0 { world.address } else { another }));
    let writer = async {
        for n in 1..=60 {
            match n {
                20 => redis.kill(),
                40 => {
                    redis.run().await;
                    world.clock.advance(TimeDelta::seconds(10));
                }
                _ => {}
            }
            write(&country, n).await;
            written.store(n, Ordering::SeqCst);
        }
    };
    futures_util::join!(join_all(readers), writer);
}

#[tokio::test]
async fn callers_who_differ_share_nothing_and_others_do() {
    let world = World::new().await;
    let country = world.country().await;
    let viewer = || country.caller(Role::Viewer);
    let different = [
        viewer(),
        country.caller(Role::Auditor),
        viewer().scope(&["A-1"]),
        viewer().scope(&["A"]),
        viewer().scope(&["A-1", "B"]),
        viewer().sectors(&[Sector::Health]),
        viewer().sectors(&[Sector::Social]),
        viewer().language("fr"),
        viewer().language("sw"),
        viewer().scope(&["A-1"]).language("fr"),
    ];
    for caller in &different {
        assert_eq!(level(&ask(caller).await), "none");
    }
    for caller in &different {
        assert_eq!(level(&ask(caller).await), "memory");
    }
    // Another token that says the same, and another header that means the same.
    assert_eq!(level(&ask(&viewer()).await), "memory");
    assert_eq!(
        level(&ask(&viewer().language("fr-ML;q=0.9")).await),
        "memory"
    );
}

#[tokio::test]
async fn neighbours_share_nothing() {
    let world = World::with(2, |_| {}).await;
    let countries = world.countries().await;
    for (n, country) in countries.iter().enumerate() {
        write(country, n).await;
        let answer = ask(&country.caller(Role::Viewer)).await;
        assert!(level(&answer) == "none" && shows(&answer, n), "{answer}");
    }
    for (n, country) in countries.iter().enumerate() {
        let answer = ask(&country.caller(Role::Viewer)).await;
        assert!(level(&answer) == "memory" && shows(&answer, n), "{answer}");
    }
}

#[tokio::test]
async fn midnight_in_the_country_and_a_restored_ledger_make_new_answers() {
    let world = World::new().await;
    let country = world.country().await;
    let viewer = country.caller(Role::Viewer);
    let zone = country.db.settings().time_zone;
    let levels = async |wanted: [&str; 2]| {
        let (first, second) = (ask(&viewer).await, ask(&viewer).await);
        assert_eq!([level(&first), level(&second)], wanted);
        second["extensions"]["cache"]["version"].clone()
    };
    let version = levels(["none", "memory"]).await;
    let today = world.clock.today(zone);
    while world.clock.today(zone) == today {
        assert_eq!(levels(["memory", "memory"]).await, version);
        world.clock.advance(TimeDelta::minutes(20));
    }
    assert_eq!(levels(["none", "memory"]).await, version);
    let restore = format!(
        "update {}.ledger_head set epoch = epoch + 1",
        country.code.schema()
    );
    let mut superuser = world.database.superuser().await;
    let restored = superuser.execute(AssertSqlSafe(restore)).await;
    restored.expect("the superuser may");
    assert_ne!(levels(["none", "memory"]).await, version);
}

#[tokio::test]
async fn a_kept_answer_costs_one_statement_and_is_counted() {
    let statements = Statements::listen();
    let defaults = Config::defaults();
    let telemetry = telemetry::start(&defaults.log, &defaults.telemetry).expect("metrics");
    let world = World::new().await;
    let country = world.country().await;
    let viewer = country.caller(Role::Viewer);
    let computed = ask(&viewer).await;
    let asked = statements.of(&viewer, QUERY, json!({})).await;
    assert_eq!((asked.statements, asked.transactions), (1, 0));
    let kept = ask(&viewer).await;
    assert_eq!(kept["data"], computed["data"]);
    let page = telemetry.metrics().render();
    for (level, count) in [("none", 1), ("memory", 3)] {
        let line = format!("kada_cache_answers_total{{level=\"{level}\"}} {count}\n");
        assert!(page.contains(&line), "{line}{page}");
    }
}

/// The head is read for many at once, and the rest of an answer for all.
#[tokio::test]
async fn five_hundred_who_ask_at_once_cost_few_statements() {
    let statements = Statements::listen();
    let world = World::new().await;
    let country = world.country().await;
    let viewer = country.caller(Role::Viewer);
    // The process knows the caller, their tenant and its lists.
    ask(&viewer).await;
    write(&country, 1).await;
    statements.take();
    // A hundred connections, and five questions on each.
    let asked = (0..100).map(|_| async {
        for _ in 0..5 {
            assert!(shows(&ask(&viewer).await, 1));
        }
    });
    join_all(asked).await;
    let sent = statements.take();
    let transactions = sent.iter().filter(|it| it.starts_with("begin")).count();
    assert_eq!(transactions, 1, "{sent:#?}");
    let heads = sent
        .iter()
        .filter(|it| it.contains("from ledger_head where only_row"));
    let heads = heads.count();
    assert!((6..500).contains(&heads), "{heads} readings of the head");
}

#[tokio::test]
async fn a_refused_question_is_asked_again() {
    let world = World::new().await;
    let country = world.country().await;
    let viewer = country.caller(Role::Viewer);
    let wrong = QUERY.replace("label", "nothing");
    for _ in 0..2 {
        let answer = viewer.whole(&wrong, json!({})).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, &json!("GRAPHQL_VALIDATION_FAILED"), "{answer}");
        assert_eq!(answer["extensions"].get("cache"), None, "{answer}");
    }
}

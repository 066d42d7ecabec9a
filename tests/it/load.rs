//! Twenty countries on twenty connections: many clients, some of whom hang up, and nobody sees anybody else's rows.
//!
//! Most reads go straight to the door, because that is where connections are lent; the others, and all requests that
//! are broken off, go through HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kada::auth::{Actor, Role};
use kada::kernel::{AsOf, Date, Id, OrgUnitId, Sector, WorkerId};
use kada::tenancy::{Reader, TenantDb};
use kada::workforce::{self, Lookup, NewWorker, PersonName, Sex};
use rand::Rng;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::world::{TODAY, World, client};

const TENANTS: usize = 20;
const CLIENTS: usize = 64;
const CAP: usize = 20;
const READS: usize = 200_000;
const BROKEN_OFF: usize = 10_000;
const OF_EACH: usize = READS / CLIENTS;
/// A client stays with a country for so many reads, then goes to the next.
const STAY: usize = 500;

struct Country {
    code: String,
    db: TenantDb,
    token: String,
    writer: String,
    workers: Vec<WorkerId>,
    answered: AtomicUsize,
}

struct Load {
    countries: Vec<Country>,
    address: SocketAddr,
    http: reqwest::Client,
    actor: Actor,
    day: Date,
    answered: AtomicUsize,
    broken_off: AtomicUsize,
}

async fn prepare(world: &World) -> Load {
    let actor = Actor::new("load@test", [Role::HrManager]);
    let mut countries = Vec::new();
    for country in world.countries().await {
        let unit = OrgUnitId::decode(&country.id("orgUnit", "A-1").await).expect("an id");
        // Everybody has the country for a name, so that a row tells where it is from.
        let people: Vec<NewWorker> = (0..50)
            .map(|_| NewWorker {
                id: WorkerId::new(),
                name: PersonName {
                    family: country.code.to_string(),
                    given: "Awa".to_owned(),
                },
                sex: Sex::Female,
                birth_date: None,
                unit,
                sector: Sector::Health,
                identifiers: Vec::new(),
                contacts: Vec::new(),
                postings: Vec::new(),
            })
            .collect();
        let at = world.clock.now();
        let written = country
            .db
            .write(async |tx: &mut Reader<'_>| workforce::load(tx, &actor, at, &people).await);
        written.await.expect("the people are registered");
        countries.push(Country {
            code: country.code.to_string(),
            token: country.caller(Role::HrManager).token(),
            writer: unit.encode(),
            workers: people.iter().map(|it| it.id).collect(),
            db: country.db,
            answered: AtomicUsize::new(0),
        });
    }
    Load {
        countries,
        address: world.address,
        http: client(),
        actor,
        day: TODAY.parse().expect("a day"),
        answered: AtomicUsize::new(0),
        broken_off: AtomicUsize::new(0),
    }
}

impl Load {
    /// One read; the fault of it, if any.
    async fn read(&self, country: &Country, turn: usize) -> Result<(), String> {
        let id = country.workers[turn % country.workers.len()];
        if turn.is_multiple_of(50) {
            return self.read_by_http(country, id).await;
        }
        let snapshot = country.db.snapshot();
        let lent = if turn.is_multiple_of(8) {
            snapshot.read().await
        } else {
            snapshot.read_once().await
        };
        let mut reader = lent.map_err(|fault| fault.to_string())?;
        let found: Result<Option<String>, _> =
            sqlx::query_scalar("select family_name from worker where worker_id = $1")
                .bind(id)
                .fetch_optional(&mut *reader)
                .await;
        drop(reader);
        snapshot.end().await;
        match found.map_err(|error| error.to_string())? {
            Some(name) if name == country.code => Ok(()),
            other => Err(format!("{} reads a row of {other:?}", country.code)),
        }
    }

    async fn read_by_http(&self, country: &Country, id: WorkerId) -> Result<(), String> {
        let query = "query($id: ID!) { worker(by: {id: $id}) { id familyName } }";
        let response = self
            .http
            .post(format!("http://{}/graphql", self.address))
            .bearer_auth(&country.token)
            .json(&json!({ "query": query, "variables": { "id": id.encode() } }))
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let answer: Value = response.json().await.map_err(|error| error.to_string())?;
        let wanted = json!({ "id": id.encode(), "familyName": country.code });
        if answer["data"]["worker"] == wanted {
            Ok(())
        } else {
            Err(answer.to_string())
        }
    }

    /// Sends a request, or a part of one, and hangs up.
    async fn break_off(&self, country: &Country) {
        let (mutates, cut, wait) = {
            let mut dice = rand::rng();
            (
                dice.random_ratio(1, 3),
                dice.random_range(0..6),
                dice.random_range(0..12_000),
            )
        };
        let body = if mutates {
            json!({
                "query": "mutation($input: RegisterWorkerInput!) {
                    registerWorker(input: $input) { worker { id } errors { errorCode } } }",
                "variables": { "input": {
                    "familyName": country.code, "sex": "FEMALE",
                    "orgUnit": country.writer, "sector": "HEALTH",
                } },
            })
        } else {
            json!({ "query": "{ workers(first: 5) { nodes { familyName contacts { value } } } }" })
        };
        let body = body.to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: kada.test\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            country.token,
            body.len()
        );
        let whole = [head.as_bytes(), body.as_bytes()].concat();
        let Ok(mut stream) = TcpStream::connect(self.address).await else {
            return;
        };
        let sent = match cut {
            0 => head.len() / 2,
            1 => head.len() + body.len() / 2,
            _ => whole.len(),
        };
        if stream.write_all(&whole[..sent]).await.is_ok() && cut >= 3 {
            let patience = Duration::from_micros(wait);
            let mut first = [0; 16];
            tokio::time::timeout(patience, stream.read(&mut first))
                .await
                .ok();
        }
        drop(stream);
        self.broken_off.fetch_add(1, Ordering::Relaxed);
    }

    /// Leaves the door midway: while a connection is opened, inside a statement, inside a transaction.
    async fn leave(&self, country: &Country) {
        let (writes, wait) = {
            let mut dice = rand::rng();
            (dice.random_ratio(1, 2), dice.random_range(0..3_000))
        };
        let by = Lookup::Id(country.workers[0]);
        let work = async {
            if writes {
                let mut write = country.db.begin().await.ok()?;
                let lock = "select 1 from ledger_head where only_row for update";
                sqlx::query(lock).execute(&mut *write.db()).await.ok()?;
                write.undo().await.ok()
            } else {
                let snapshot = country.db.snapshot();
                let mut reader = snapshot.read().await.ok()?;
                let found = workforce::find(&mut reader, &self.actor, &by, AsOf::now(self.day));
                found.await.ok().map(|_| ())
            }
        };
        tokio::time::timeout(Duration::from_micros(wait), work)
            .await
            .ok();
    }
}

async fn client_of(load: Arc<Load>, number: usize) -> (Vec<String>, Option<Vec<usize>>) {
    let (mut faults, mut halfway) = (Vec::new(), None);
    let mut broken_off = 0;
    for turn in 0..OF_EACH {
        let country = &load.countries[(number + turn / STAY) % TENANTS];
        match load.read(country, turn + number).await {
            Ok(()) => {
                country.answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(fault) => faults.push(fault),
        }
        if load.answered.fetch_add(1, Ordering::Relaxed) + 1 == READS / 2 {
            let counts = load
                .countries
                .iter()
                .map(|it| it.answered.load(Ordering::Relaxed));
            halfway = Some(counts.collect());
        }
        // Spread evenly over the turns.
        while broken_off * OF_EACH < turn * BROKEN_OFF.div_ceil(CLIENTS) {
            load.break_off(country).await;
            broken_off += 1;
        }
        if turn % 200 == 0 {
            load.leave(country).await;
        }
    }
    while broken_off < BROKEN_OFF.div_ceil(CLIENTS) {
        load.break_off(&load.countries[number % TENANTS]).await;
        broken_off += 1;
    }
    (faults, halfway)
}

/// The connections of Kada's roles to this database.
async fn backends(superuser: &mut PgConnection) -> Vec<i32> {
    sqlx::query_scalar(
        "select pid from pg_stat_activity where datname = current_database()
         and (usename like 'tenant\\_%' or usename = 'kada_serve')",
    )
    .fetch_all(superuser)
    .await
    .expect("the activity")
}

/// Watches until it is aborted. A connection that was told to end may still be on its way out when the next one is
/// in; that much is waited for, and more connections than the cap would stay.
async fn watch(mut superuser: PgConnection, most: Arc<AtomicUsize>, samples: Arc<AtomicUsize>) {
    loop {
        let seen = backends(&mut superuser).await;
        let mut left = seen.clone();
        for _ in 0..50 {
            if left.len() <= CAP {
                break;
            }
            let now = backends(&mut superuser).await;
            left.retain(|pid| now.contains(pid));
        }
        most.fetch_max(left.len(), Ordering::Relaxed);
        samples.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn load_many_clients_of_twenty_countries_share_twenty_connections() {
    let world = World::with(TENANTS, |config| {
        config.database.cap = CAP;
        config.database.per_tenant = 8;
        // How long a machine takes decides nothing here; who starves is seen from the counts.
        config.database.acquire_timeout_ms = 60_000;
    })
    .await;
    let load = Arc::new(prepare(&world).await);
    let (most, samples) = (Arc::default(), Arc::default());
    let watching = watch(
        world.database.superuser().await,
        Arc::clone(&most),
        Arc::clone(&samples),
    );
    let watching = tokio::spawn(watching);
    let begun = std::time::Instant::now();
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(client_of(Arc::clone(&load), number));
    }
    let (mut faults, mut halfway) = (Vec::new(), None);
    while let Some(ended) = clients.join_next().await {
        let (of_client, counts) = ended.expect("a client goes on to the end");
        faults.extend(of_client);
        halfway = halfway.or(counts);
    }
    let took = begun.elapsed();
    let broken_off = load.broken_off.load(Ordering::Relaxed);
    println!("{READS} reads and {broken_off} requests broken off in {took:?}");

    assert_eq!(faults, Vec::<String>::new());
    assert!(broken_off >= BROKEN_OFF, "{broken_off}");
    let halfway = halfway.expect("somebody read the middle one");
    let share = READS / 2 / TENANTS;
    println!("halfway: {halfway:?}");
    assert!(
        halfway.iter().all(|count| *count >= share / 4),
        "a country starves: {halfway:?}"
    );

    // What was broken off ends by itself.
    let mut superuser = world.database.superuser().await;
    let mut open = -1;
    for _ in 0..600 {
        open = sqlx::query_scalar(
            "select count(*)::int from pg_stat_activity where datname = current_database()
             and pid <> pg_backend_pid() and (usename like 'tenant\\_%' or usename = 'kada_serve')
             and (state <> 'idle' or xact_start is not null)",
        )
        .fetch_one(&mut superuser)
        .await
        .expect("the activity");
        if open == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(open, 0, "connections are left inside a transaction");
    for (turn, country) in load.countries.iter().enumerate() {
        load.read(country, turn)
            .await
            .expect("the country still answers");
        load.read_by_http(country, country.workers[1])
            .await
            .expect("by HTTP, too");
    }
    watching.abort();
    assert!(
        watching.await.is_err_and(|it| it.is_cancelled()),
        "the watch went on to the end"
    );
    assert!(samples.load(Ordering::Relaxed) > 100);
    assert!(
        most.load(Ordering::Relaxed) <= CAP,
        "{} connections",
        most.load(Ordering::Relaxed)
    );
    assert!(backends(&mut superuser).await.len() <= CAP);
    superuser.close().await.ok();
}

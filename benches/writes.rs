//! Ledgered writes per second of one country: `make bench`.
//!
//! Sixteen clients register people with a first posting over HTTP, each on a connection of its own, for ten seconds
//! after a warm-up. Postgres is the cluster of `kada dev`, with fsync and synchronous commits, and holds Mali's sample
//! register; server, clients and Postgres share the machine. No limit decides anything here: it prints what it saw.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chrono::TimeDelta;
use kada::api::{Services, assemble, router, serve};
use kada::auth::{DevelopmentIssuer, Role, Verifier};
use kada::cli::folder::Folder;
use kada::cli::{apply, sample};
use kada::kernel::{Clock, TenantCode};
use kada::ledger;
use kada::platform::config::Config;
use kada::platform::database::{Address, literal, password_verifier};
use kada::platform::embedded::{Access, Cluster};
use kada::tenancy::{self, TenantDb, Tenants};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const CLIENTS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(3);
const MEASURED: Duration = Duration::from_secs(10);

const REGISTER: &str = "mutation Register($input: RegisterWorkerInput!) {
    registerWorker(input: $input) { worker { id version posting { id } } errors { errorCode path } } }";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let home = tempfile::tempdir()?;
    let cluster = Cluster::start(&home.path().join("home"), |_| ()).await?;
    let house = House::open(home.path(), cluster.access()).await?;
    let postgres = postmaster(&home.path().join("home"))?;
    let before = head(&house.db).await?;

    house.run(WARM_UP).await?;
    let (own, theirs) = (cpu_of_process("self")?, cpu_of_postgres(postgres)?);
    let mut times = house.run(MEASURED).await?;
    let own = cpu_of_process("self")? - own;
    let theirs = cpu_of_postgres(postgres)? - theirs;

    let rows = head(&house.db).await?;
    times.sort();
    ensure!(!times.is_empty(), "nothing was written");
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let count = times.len() as f64;
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("clients                          {CLIENTS}");
    println!(
        "writes per second                {:.0}",
        count / MEASURED.as_secs_f64()
    );
    println!(
        "latency, median and 99th (ms)    {:.1}, {:.1}",
        at(50),
        at(99)
    );
    println!(
        "CPU per write, Postgres (ms)     {:.2}",
        theirs * 1e3 / count
    );
    println!("CPU per write, Kada and clients  {:.2}", own * 1e3 / count);
    println!("ledger rows, verified            {rows} ({before} before)");
    cluster.stop().await;
    Ok(())
}

/// A country that is served, and who writes to it.
struct House {
    db: TenantDb,
    address: SocketAddr,
    token: String,
    facilities: Vec<String>,
    cadres: Vec<String>,
}

impl House {
    async fn open(home: &Path, access: &Access) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let mut config = Config::defaults();
        config.graphql.signing_secret = access.secret().to_owned();
        config.rate.capacity = 1_000_000_000;
        config.rate.refill_per_second = 1_000_000_000;
        let owner = database(access).await?;
        tenancy::migrate(&owner).await?;
        let tenants = Tenants::new(owner.clone(), &config.database);
        let folder = Folder::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tenants/ml"));
        let isco08 = apply::isco08(&owner).await?;
        let country = apply::read(&folder, &isco08)
            .map_err(|problems| anyhow::anyhow!("{} problems", problems.len()))?;
        apply::create(&owner, &tenants, &country, clock.now(), |_| {}).await?;
        let code: TenantCode = "ml".parse()?;
        let db = tenants.open(&code).await?;
        sample::load(&db, &folder, clock.now(), |_, _| {}).await?;

        let issuer = DevelopmentIssuer::open(home)?;
        let token = issuer.token(
            &code,
            Role::HrManager,
            &[],
            &[],
            None,
            &clock,
            TimeDelta::hours(1),
        )?;
        let services = Services {
            verifier: Verifier::new(vec![issuer.config(&[code])?], clock.clone())?,
            clock,
            tenants,
            metrics: None,
            development: None,
        };
        let http = config.http.clone();
        let app = assemble(config, services)?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            serve(listener, router(app), &http, std::future::pending::<()>()).await
        });
        let mut house = Self {
            db,
            address,
            token,
            facilities: Vec::new(),
            cadres: Vec::new(),
        };
        house.choose().await?;
        Ok(house)
    }

    /// Facilities and cadres that people can be posted to.
    async fn choose(&mut self) -> anyhow::Result<()> {
        let client = Self::client()?;
        let query = "{ facilities(first: 100) { nodes { id closedOn } }
            cadres(first: 100) { nodes { id children { id } } } }";
        let answer = self.ask(&client, &json!({ "query": query })).await?;
        let ids = |list: &str, fits: fn(&Value) -> bool| {
            let nodes = answer["data"][list]["nodes"].as_array();
            let nodes = nodes.into_iter().flatten().filter(|it| fits(it));
            nodes
                .filter_map(|it| it["id"].as_str().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        self.facilities = ids("facilities", |it| it["closedOn"].is_null());
        self.cadres = ids("cadres", |it| it["children"] == json!([]));
        ensure!(
            !self.facilities.is_empty() && !self.cadres.is_empty(),
            "{answer}"
        );
        Ok(())
    }

    fn client() -> anyhow::Result<reqwest::Client> {
        Ok(reqwest::Client::builder().no_proxy().build()?)
    }

    async fn ask(&self, client: &reqwest::Client, body: &Value) -> anyhow::Result<Value> {
        let request = client.post(format!("http://{}/graphql", self.address));
        let answer = request.bearer_auth(&self.token).json(body).send().await?;
        Ok(answer.json().await?)
    }

    /// How long each write took that was answered in time.
    async fn run(&self, time: Duration) -> anyhow::Result<Vec<Duration>> {
        let until = Instant::now() + time;
        let clients = (0..CLIENTS).map(|client| self.write(client, until));
        let times = futures_util::future::try_join_all(clients).await?;
        Ok(times.into_iter().flatten().collect())
    }

    async fn write(&self, client: usize, until: Instant) -> anyhow::Result<Vec<Duration>> {
        let (http, mut times) = (Self::client()?, Vec::new());
        for turn in client.. {
            let began = Instant::now();
            let body = json!({ "query": REGISTER, "variables": { "input": {
                "familyName": "Traoré", "givenNames": "Aminata", "sex": "FEMALE", "birthDate": "1985-04-03",
                "posting": {
                    "facility": self.facilities[turn % self.facilities.len()],
                    "cadre": self.cadres[turn % self.cadres.len()],
                    "employmentType": "civil_servant", "startsOn": "2024-01-01",
                },
            }}});
            let answer = self.ask(&http, &body).await?;
            let worker = &answer["data"]["registerWorker"]["worker"];
            ensure!(worker["id"].is_string(), "{answer}");
            if Instant::now() > until {
                break;
            }
            times.push(began.elapsed());
        }
        Ok(times)
    }
}

/// The database and its owner, as `kada dev` makes them.
async fn database(access: &Access) -> anyhow::Result<Address> {
    let plain = Address::from_options(access.options(), access.secret());
    let password = plain.password("kada_owner");
    let verifier = literal(&password_verifier(&password));
    let mut connection = PgConnection::connect_with(&access.options()).await?;
    for statement in [
        format!("create role kada_owner login createrole password {verifier}"),
        "create database kada owner kada_owner".to_owned(),
    ] {
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    connection.close().await?;
    let options = access.options().username("kada_owner");
    let options = options.password(&password).database("kada");
    Ok(Address::from_options(options, access.secret()))
}

/// The newest row of a ledger whose chain holds.
async fn head(db: &TenantDb) -> anyhow::Result<i64> {
    let snapshot = db.snapshot();
    let verdict = ledger::verify(&mut *snapshot.read().await?).await;
    snapshot.end().await;
    Ok(verdict??)
}

fn postmaster(home: &Path) -> anyhow::Result<u32> {
    let file = std::fs::read_to_string(home.join("postgres/postmaster.pid"))?;
    let pid = file.lines().next().context("postmaster.pid is empty")?;
    Ok(pid.trim().parse()?)
}

/// Seconds of CPU that a process and the children it has buried took.
fn cpu_of_process(pid: &str) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, rest) = stat.rsplit_once(')').context("a line of /proc")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: f64 = fields[11..15]
        .iter()
        .filter_map(|it| it.parse::<f64>().ok())
        .sum();
    Ok(ticks / 100.0)
}

/// The postmaster and its living children.
fn cpu_of_postgres(postmaster: u32) -> anyhow::Result<f64> {
    let mut seconds = cpu_of_process(&postmaster.to_string())?;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{name}/stat")) else {
            continue;
        };
        let parent = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        if parent == Some(postmaster) {
            seconds += cpu_of_process(&name).unwrap_or(0.0);
        }
    }
    Ok(seconds)
}

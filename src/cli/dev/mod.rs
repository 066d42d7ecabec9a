//! `kada dev`: everything on one machine, with nothing to configure. A private Postgres, the countries of `tenants/`
//! with their sample registers, a development issuer, GraphiQL.

mod readme;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use chrono::TimeDelta;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use sqlx::{Connection, Executor, PgConnection};
use tokio::net::TcpListener;

use super::commands::{LISTEN, Token};
use super::folder::{Folder, Folders};
use super::{apply, sample, serve};
use crate::api::{DevelopmentPage, Services};
use crate::auth::{Actor, DevelopmentIssuer, Role, Verifier};
use crate::kernel::{AsOf, Clock, Id, TenantCode, WorkerId};
use crate::platform::config::Config;
use crate::platform::database::{Address, literal, password_verifier};
use crate::platform::embedded::{Access, Cluster};
use crate::platform::{shutdown, telemetry};
use crate::tenancy::{self, Settings, TenantDb, Tenants};

const DATABASE: &str = "kada";
const OWNER: &str = "kada_owner";
const SERVING: &str = "kada_serve";
/// How many registers are loaded at a time.
const AT_ONCE: usize = 2;
/// How long the printed tokens hold.
const TOKENS_HOLD: TimeDelta = TimeDelta::days(7);

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where to listen.
    #[arg(long, default_value_t = LISTEN)]
    listen: SocketAddr,
    /// Where to keep the database and the issuer's key.
    #[arg(long, default_value = ".kada")]
    home: PathBuf,
    /// The directory with the countries' folders; those shipped with the binary when absent.
    #[arg(long)]
    tenants: Option<PathBuf>,
}

pub(super) async fn run(options: Options) -> anyhow::Result<()> {
    let started = Instant::now();
    let listener = serve::bind(options.listen)
        .await
        .context("another address: --listen 127.0.0.1:9000")?;
    let cluster = Cluster::start(&options.home, |step| println!("{step}")).await?;
    let ended = with_cluster(&options, &cluster, listener, started).await;
    println!("Stopping PostgreSQL");
    cluster.stop().await;
    ended
}

async fn with_cluster(
    options: &Options,
    cluster: &Cluster,
    listener: TcpListener,
    started: Instant,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let access = cluster.access();
    let mut config = configured(access)?;
    if config.log.filter == Config::defaults().log.filter {
        // Loading in bulk is slow by nature; saying so would only tear the progress bars apart.
        config.log.filter.push_str(",sqlx::query=error");
    }
    let telemetry = telemetry::start(&config.log, &config.telemetry)?;
    // What is half done when a signal comes is undone by the database, and done again by the next start.
    let mut stop = std::pin::pin!(shutdown::signal()?);
    let folders = Folders::find(options.tenants.as_deref());
    let tenants = Tenants::new(Address::new(&config.database)?, &config.database);
    tokio::select! {
        done = prepare(access, &tenants, &folders, &clock) => done?,
        () = &mut stop => return Ok(()),
    }
    let address = listener.local_addr()?;
    let issuer = DevelopmentIssuer::open(&options.home)?;
    let listed = tenants.list().await?;
    let codes: Vec<TenantCode> = listed.iter().map(|it| it.code.clone()).collect();
    config.issuer = vec![issuer.config(&codes)?];
    let tokens = tokens(&issuer, &tenants, &listed, &clock).await?;
    print(&address, &tokens, started);
    let services = Services {
        verifier: Verifier::new(config.issuer.clone(), clock.clone())?,
        clock,
        tenants,
        metrics: Some(telemetry.metrics()),
        development: Some(DevelopmentPage {
            tokens: serde_json::to_value(&tokens)?,
            tabs: readme::tabs(),
            jwks: issuer.jwks().clone(),
        }),
    };
    serve::listen(listener, config, services, stop).await
}

/// The database with every country in it, and their sample registers.
async fn prepare(
    access: &Access,
    tenants: &Tenants,
    folders: &Folders,
    clock: &Clock,
) -> anyhow::Result<()> {
    create_database(access).await?;
    let owner = owner(access);
    tenancy::migrate(&owner).await?;
    let mut registers = Vec::new();
    for code in folders.codes()? {
        let folder = folders.folder(&code)?;
        let db = set_up(&owner, tenants, &folder, clock).await?;
        if sample::is_there(&folder) {
            registers.push((db, folder));
        }
    }
    let bars = MultiProgress::new();
    let bars = &bars;
    let loads = registers
        .iter()
        .map(|(db, folder)| load(db, folder, clock, bars));
    stream::iter(loads)
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await
}

/// The configuration of the installation in a home directory, whose `kada dev` is running.
pub(super) fn configuration(home: &Path) -> anyhow::Result<Config> {
    let access = Access::find(home)?;
    let mut config = configured(&access)?;
    let issuer = DevelopmentIssuer::open(home)?;
    let all: Vec<TenantCode> = Folders::find(None)
        .codes()?
        .iter()
        .filter_map(|code| code.parse().ok())
        .collect();
    config.issuer = vec![issuer.config(&all)?];
    config.database.owner_url = owner_url(&access);
    Ok(config)
}

/// `kada token`: prints nothing but the token.
pub(super) fn token(asked: &Token) -> anyhow::Result<String> {
    let key = asked.home.join("development-key.pem");
    anyhow::ensure!(
        key.is_file(),
        "there is no development issuer in {}: start `kada dev` first",
        asked.home.display()
    );
    let person = asked
        .person
        .as_deref()
        .map(WorkerId::decode)
        .transpose()
        .context("--person")?;
    DevelopmentIssuer::open(&asked.home)?.token(
        &asked.tenant,
        asked.role,
        &asked.scope,
        &asked.sector,
        person,
        &Clock::system(),
        TOKENS_HOLD,
    )
}

fn configured(access: &Access) -> anyhow::Result<Config> {
    let mut config = Config::load()?;
    access
        .secret()
        .clone_into(&mut config.database.tenant_secret);
    let serving = address(access, SERVING).password(SERVING);
    config.database.url = access.url(SERVING, &serving, DATABASE);
    config.graphql.signing_secret = address(access, OWNER).password("cursors");
    config.graphql.graphiql = true;
    Ok(config)
}

fn address(access: &Access, role: &str) -> Address {
    let secret = access.secret();
    let plain = Address::from_options(access.options(), secret);
    let options = access
        .options()
        .username(role)
        .password(&plain.password(role))
        .database(DATABASE);
    Address::from_options(options, secret)
}

fn owner(access: &Access) -> Address {
    address(access, OWNER)
}

fn owner_url(access: &Access) -> String {
    access.url(OWNER, &owner(access).password(OWNER), DATABASE)
}

/// The database and the role that owns it, as an administrator makes them in production.
async fn create_database(access: &Access) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect_with(&access.options()).await?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut connection)
            .await?;
    if !exists {
        let verifier = literal(&password_verifier(&owner(access).password(OWNER)));
        let role = format!("create role {OWNER} login createrole password {verifier}");
        connection.execute(sqlx::AssertSqlSafe(role)).await?;
        let database = format!("create database {DATABASE} owner {OWNER}");
        connection.execute(sqlx::AssertSqlSafe(database)).await?;
    }
    connection.close().await?;
    Ok(())
}

/// Makes a country that is not there yet. One that is there is left as it is: from its first day on, the database is
/// the truth.
async fn set_up(
    owner: &Address,
    tenants: &Tenants,
    folder: &Folder,
    clock: &Clock,
) -> anyhow::Result<TenantDb> {
    let code: TenantCode = folder.code().parse()?;
    let listed = tenants.list().await?;
    if !listed.iter().any(|it| it.code == code) {
        let units = apply::classifications(owner).await?;
        let country = match apply::read(folder, &units) {
            Ok(country) => country,
            Err(problems) => {
                apply::refuse(&problems)?;
                anyhow::bail!("the folder of {code} cannot be read")
            }
        };
        println!("Setting up {code}");
        apply::create(owner, tenants, &country, clock.now(), |_| {}).await?;
    }
    Ok(tenants.open(&code).await?)
}

/// Loads a country's sample register, unless somebody is on its register already.
async fn load(
    db: &TenantDb,
    folder: &Folder,
    clock: &Clock,
    bars: &MultiProgress,
) -> anyhow::Result<()> {
    let code = db.code();
    let style = ProgressStyle::with_template("Loading {msg} {bar:40} {pos}/{len} rows")?;
    let mut bar = None;
    let summary = sample::load(db, folder, clock, |done, total| {
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(total).with_style(style.clone());
            bars.add(bar.with_message(code.to_string()))
        });
        bar.set_position(done);
    })
    .await?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
        bars.suspend(|| {
            println!(
                "Loaded {code}: {} workers, {} postings, {} facilities (synthetic)",
                summary.workers, summary.postings, summary.facilities
            );
        });
    }
    Ok(())
}

#[derive(serde::Serialize)]
struct Printed {
    tenant: String,
    country: String,
    role: &'static str,
    token: String,
}

/// A token for each role of each country.
async fn tokens(
    issuer: &DevelopmentIssuer,
    tenants: &Tenants,
    listed: &[Settings],
    clock: &Clock,
) -> anyhow::Result<Vec<Printed>> {
    let mut printed = Vec::new();
    for settings in listed {
        let db = tenants.open(&settings.code).await?;
        let person = somebody(&db).await?;
        for role in Role::ALL.into_iter().filter(|role| role.is_tenant_role()) {
            let person = person.filter(|_| role == Role::Worker);
            printed.push(Printed {
                tenant: settings.code.to_string(),
                country: settings.name.get(&settings.languages_for(None)).to_owned(),
                role: role.as_str(),
                token: issuer.token(&settings.code, role, &[], &[], person, clock, TOKENS_HOLD)?,
            });
        }
    }
    Ok(printed)
}

/// Any worker, for the token of the role `worker`.
async fn somebody(db: &TenantDb) -> anyhow::Result<Option<WorkerId>> {
    use crate::kernel::PageRequest;
    use crate::workforce::{Edges, Sort, WorkerFilter, list};
    let actor = Actor::new("operator@kada", [Role::HrManager]);
    let request = PageRequest {
        first: 1,
        after: None,
        count: false,
    };
    let today = Clock::system().today(db.settings().time_zone);
    let snapshot = db.snapshot();
    let mut reader = snapshot.read().await?;
    let filter = WorkerFilter::default();
    let found = list(
        &mut reader,
        &actor,
        &filter,
        Sort::Registered,
        AsOf::now(today),
        &request,
        Edges::default(),
    )
    .await;
    drop(reader);
    snapshot.end().await;
    Ok(found?.0.rows.first().map(|worker| worker.id))
}

fn print(listen: &SocketAddr, tokens: &[Printed], started: Instant) {
    println!("\nTokens of the development issuer, each for seven days: country, role, token");
    for it in tokens {
        println!("{} {} {}", it.tenant, it.role, it.token);
    }
    println!("\nAnother one: kada token --tenant ml --role hr_officer --scope ML-03");
    println!(
        "Kada is ready after {:.1} s; stop it with Ctrl-C.",
        started.elapsed().as_secs_f64()
    );
    println!("  GraphQL   http://{listen}/graphql");
    println!("  GraphiQL  http://{listen}/graphiql");
}

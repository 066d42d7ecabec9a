//! How the countries are made: the first by the way that production takes, the others as its copies.

use std::path::Path;

use futures_util::{StreamExt, TryStreamExt, stream};
use kada::auth::{Actor, Role};
use kada::cli::apply::{self, Country};
use kada::cli::folder::Folder;
use kada::kernel::{AsOf, Clock, Fault, TenantCode};
use kada::places::{self, PlacesConfiguration};
use kada::platform::config::Config;
use kada::platform::database::{literal, password_verifier};
use kada::platform::embedded::Access;
use kada::tenancy::{self, Tenants};
use kada::workforce::{self, Lists, NewWorker};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{Content, DATABASE, Data, OWNER, copy, owner, people};

/// How many people go into the database with one set of statements.
const BATCH: usize = 2_000;
/// How many tenants are copied at a time.
const AT_ONCE: usize = 2;

/// Fills a new cluster.
pub async fn build(data: &Data) -> anyhow::Result<()> {
    create_database(data.cluster.access()).await?;
    tenancy::migrate(&data.owner).await?;
    let folder = Folder::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tenants/ml"));
    let units = apply::classifications(&data.owner).await?;
    let country = apply::read(&folder, &units)
        .map_err(|problems| anyhow::anyhow!("{} problems", problems.len()))?;
    load(data, &country).await?;
    // The one that takes longest goes first.
    let mut others: Vec<&TenantCode> = data.all().skip(1).collect();
    others.sort_by_key(|tenant| **tenant != data.large);
    stream::iter(
        others
            .into_iter()
            .map(|tenant| fill(data, &country, tenant)),
    )
    .buffer_unordered(AT_ONCE)
    .try_collect::<()>()
    .await?;
    let mut superuser = data.superuser().await?;
    superuser.execute("vacuum analyze").await?;
    superuser.execute("checkpoint").await?;
    superuser.close().await?;
    Ok(())
}

/// The first tenant, by the way that production takes.
async fn load(data: &Data, country: &Country) -> anyhow::Result<()> {
    let first = data.first();
    let at = Clock::system().now();
    let tenants = Tenants::new(data.owner.clone(), &Config::defaults().database);
    let country = country.clone().renamed(first.clone());
    apply::create(&data.owner, &tenants, &country, at, |_| {}).await?;
    let door = tenants.open(first).await?;
    let actor = Actor::new("bench@kada", [Role::HrManager]);
    let day = at.date_naive();
    door.write(async |tx| {
        let units = Lists::current(tx, AsOf::now(day)).await?;
        let wanted = PlacesConfiguration {
            facilities: people::facilities(units.places.units()),
            ..PlacesConfiguration::default()
        };
        let changes = places::configure(tx, &wanted, day).await?;
        apply::record(tx, &changes, at).await
    })
    .await?;
    door.write(async |tx| {
        let lists = Lists::current(tx, AsOf::now(day)).await?;
        let world = people::World::new(&lists);
        let mut people = (0..data.scale.workers).map(|number| world.person(number));
        loop {
            let batch: Vec<NewWorker> = people.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok::<_, Fault>(());
            }
            workforce::load(tx, &actor, at, &batch).await?;
        }
    })
    .await?;
    Ok(())
}

async fn fill(data: &Data, country: &Country, tenant: &TenantCode) -> anyhow::Result<()> {
    let country = country.clone().renamed(tenant.clone());
    tenancy::provision(&data.owner, &country.settings).await?;
    let content = if *tenant == data.large {
        Content::Times(data.scale.times)
    } else {
        Content::Whole
    };
    let mut superuser = data.superuser().await?;
    copy::copy(&mut superuser, data.first(), tenant, content).await?;
    superuser.close().await?;
    Ok(())
}

/// The database and its owner, as an administrator makes them.
async fn create_database(access: &Access) -> anyhow::Result<()> {
    let verifier = literal(&password_verifier(&owner(access).password(OWNER)));
    let mut connection = PgConnection::connect_with(&access.options()).await?;
    for statement in [
        format!("create role {OWNER} login createrole password {verifier}"),
        format!("create database {DATABASE} owner {OWNER}"),
    ] {
        connection.execute(AssertSqlSafe(statement)).await?;
    }
    connection.close().await?;
    Ok(())
}

//! The countries that the rows ask: a private cluster below `target`, built once and kept as long as migrations and
//! generator stay what they are.

mod build;
mod copy;
pub mod gold;
pub mod people;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use chrono::TimeDelta;
use kada::auth::{DevelopmentIssuer, Role};
use kada::kernel::{Clock, TenantCode};
use kada::platform::config::Config;
use kada::platform::database::Address;
use kada::platform::embedded::{Access, Cluster};
use kada::tenancy::{TenantDb, Tenants};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

pub use copy::Content;

const DATABASE: &str = "kada";
const OWNER: &str = "kada_owner";
const SERVING: &str = "kada_serve";
/// What decides how the data looks, besides the migrations.
const GENERATOR: [&str; 3] = [
    include_str!("build.rs"),
    include_str!("copy.rs"),
    include_str!("people.rs"),
];

/// How much is built and how long is measured.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub quick: bool,
    pub tenants: usize,
    pub workers: usize,
    /// How many times the people of one tenant make those of the large one.
    pub times: usize,
    pub rounds: usize,
    pub round: std::time::Duration,
    /// What Postgres keeps in memory, as its `shared_buffers` has it.
    pub buffers: &'static str,
}

/// The cluster of a home directory, with this much memory: whether twenty countries fit decides what they cost.
async fn started(home: &Path, buffers: &'static str) -> anyhow::Result<Cluster> {
    let cluster = Cluster::start(home, |_| ()).await?;
    let mut superuser = PgConnection::connect_with(&cluster.access().options()).await?;
    let stands: String = sqlx::query_scalar("select current_setting('shared_buffers')")
        .fetch_one(&mut superuser)
        .await?;
    if stands == buffers {
        superuser.close().await?;
        return Ok(cluster);
    }
    let set = format!("alter system set shared_buffers = '{buffers}'");
    superuser.execute(AssertSqlSafe(set)).await?;
    superuser.close().await?;
    cluster.stop().await;
    Ok(Cluster::start(home, |_| ()).await?)
}

/// The built countries, served by Postgres alone.
pub struct Data {
    pub scale: Scale,
    pub home: PathBuf,
    pub issuer: DevelopmentIssuer,
    /// The tenants of equal size; the others were copied from the first.
    pub equal: Vec<TenantCode>,
    pub large: TenantCode,
    /// Tenants that a row fills as it likes.
    pub scratch: [TenantCode; 2],
    cluster: Cluster,
    owner: Address,
}

impl Data {
    /// Starts the cluster that was built for this scale; builds it the first time.
    pub async fn open(scale: Scale) -> anyhow::Result<Self> {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench-data");
        let kind = if scale.quick { "quick" } else { "full" };
        let name = format!("{kind}-{}", key(scale)?);
        let home = kept.join(&name);
        let ready = home.join("ready");
        if !ready.exists() {
            forget(&kept, kind)?;
            fs::create_dir_all(&home)?;
        }
        let cluster = started(&home, scale.buffers).await?;
        let equal = (1..=scale.tenants).map(|at| format!("b{at:02}").parse());
        let data = Self {
            scale,
            equal: equal.collect::<Result<_, _>>()?,
            large: "large".parse()?,
            scratch: ["scratch1".parse()?, "scratch2".parse()?],
            issuer: DevelopmentIssuer::open(&home)?,
            owner: owner(cluster.access()),
            home,
            cluster,
        };
        if !ready.exists() {
            let began = Instant::now();
            println!("building {name}");
            build::build(&data).await?;
            fs::write(&ready, "")?;
            println!("built in {:.0} s", began.elapsed().as_secs_f64());
        }
        Ok(data)
    }

    pub async fn close(self) {
        self.cluster.stop().await;
    }

    pub fn first(&self) -> &TenantCode {
        &self.equal[0]
    }

    /// Every tenant of the cluster.
    pub fn all(&self) -> impl Iterator<Item = &TenantCode> {
        self.equal.iter().chain([&self.large]).chain(&self.scratch)
    }

    /// A token of somebody who may read and write everything of a tenant's people.
    pub fn token(&self, tenant: &TenantCode) -> anyhow::Result<String> {
        self.token_of(tenant, Role::HrManager)
    }

    pub fn token_of(&self, tenant: &TenantCode, role: Role) -> anyhow::Result<String> {
        let clock = Clock::system();
        self.issuer
            .token(tenant, role, &[], &[], None, &clock, TimeDelta::hours(12))
    }

    /// The address of Kada's database for a tenant's own role.
    pub fn tenant_url(&self, tenant: &TenantCode) -> String {
        self.url(&tenant.schema())
    }

    pub fn owner_url(&self) -> String {
        self.url(OWNER)
    }

    pub fn serving_url(&self) -> String {
        self.url(SERVING)
    }

    pub fn secret(&self) -> &str {
        self.cluster.access().secret()
    }

    /// What Postgres has written to its log.
    pub fn log(&self) -> PathBuf {
        self.home.join("postgres.log")
    }

    /// The first process of the cluster, parent of all others.
    pub fn postmaster(&self) -> anyhow::Result<u32> {
        let file = fs::read_to_string(self.home.join("postgres/postmaster.pid"))?;
        let pid = file.lines().next().context("postmaster.pid is empty")?;
        Ok(pid.trim().parse()?)
    }

    pub async fn superuser(&self) -> anyhow::Result<PgConnection> {
        let options = self.cluster.access().options().database(DATABASE);
        Ok(PgConnection::connect_with(&options).await?)
    }

    /// Fills a tenant anew from the first one.
    pub async fn refill(&self, tenant: &TenantCode, content: Content) -> anyhow::Result<()> {
        let mut superuser = self.superuser().await?;
        copy::copy(&mut superuser, self.first(), tenant, content).await?;
        let schema = tenant.schema();
        for table in ["worker", "posting", "worker_identifier", "worker_contact"] {
            let sql = AssertSqlSafe(format!("vacuum analyze {schema}.{table}"));
            superuser.execute(sql).await?;
        }
        superuser.close().await?;
        Ok(())
    }

    /// Does what Postgres would do by itself, in the midst of a row, for what the rows before have written.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let mut superuser = self.superuser().await?;
        let written: Vec<String> = sqlx::query_scalar(
            "select format('%I.%I', schemaname, relname) from pg_stat_user_tables
             where n_dead_tup + n_mod_since_analyze + n_ins_since_vacuum > 0",
        )
        .fetch_all(&mut superuser)
        .await?;
        for table in written {
            let sql = AssertSqlSafe(format!("vacuum analyze {table}"));
            superuser.execute(sql).await?;
        }
        superuser.execute("checkpoint").await?;
        superuser.close().await?;
        Ok(())
    }

    /// A tenant's door, for what the rows check behind the server's back.
    pub async fn door(&self, tenant: &TenantCode) -> anyhow::Result<TenantDb> {
        let tenants = Tenants::new(self.owner.clone(), &Config::defaults().database);
        Ok(tenants.open(tenant).await?)
    }

    fn url(&self, role: &str) -> String {
        let access = self.cluster.access();
        access.url(role, &self.owner.password(role), DATABASE)
    }
}

fn owner(access: &Access) -> Address {
    let plain = Address::from_options(access.options(), access.secret());
    let options = access.options().username(OWNER).database(DATABASE);
    let options = options.password(&plain.password(OWNER));
    Address::from_options(options, access.secret())
}

/// What the data was made from, in few letters.
fn key(scale: Scale) -> anyhow::Result<String> {
    let mut digest = Sha256::new();
    digest.update(format!(
        "{} {} {}",
        scale.tenants, scale.workers, scale.times
    ));
    for source in GENERATOR {
        digest.update(source);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in [
        "migrations/control",
        "migrations/shared",
        "migrations/tenant",
        "tenants/ml",
    ] {
        let mut files: Vec<PathBuf> = fs::read_dir(root.join(folder))?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<_>>()?;
        files.sort();
        for file in files.iter().filter(|it| it.is_file()) {
            digest.update(fs::read(file)?);
        }
    }
    let mut key = hex::encode(digest.finalize());
    key.truncate(12);
    Ok(key)
}

/// Removes what was built of this kind from other migrations, and what was not built to its end.
fn forget(kept: &Path, kind: &str) -> anyhow::Result<()> {
    let Ok(entries) = fs::read_dir(kept) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(kind) {
            // The cluster itself may stand elsewhere, where its user can reach it.
            if let Ok(cluster) = fs::canonicalize(path.join("postgres")) {
                fs::remove_dir_all(cluster)?;
            }
            fs::remove_dir_all(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
}

//! `kada doctor`: says what is right and what is not; the exit code is the verdict.

use std::path::Path;
use std::process::ExitCode;

use chrono::TimeDelta;
use sqlx::{Connection, PgConnection};

use super::dev;
use super::operate;
use crate::auth::Verifier;
use crate::kernel::{Clock, Instant};
use crate::platform::config::Config;
use crate::platform::database::Address;
use crate::tenancy::{self, Tenants};

/// A check's finding.
struct Findings {
    sound: bool,
}

impl Findings {
    fn say(&mut self, what: &str, finding: Result<String, String>) {
        match finding {
            Ok(fine) => println!("ok    {what}: {fine}"),
            Err(fault) => {
                self.sound = false;
                println!("FAIL  {what}: {fault}");
            }
        }
    }
}

pub(super) async fn run(home: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut findings = Findings { sound: true };
    let config = match home {
        Some(home) => dev::configuration(home)?,
        None => Config::load()?,
    };
    let complete = config.check_for_serving();
    findings.say(
        "configuration",
        said(complete.map(|()| "complete".to_owned())),
    );
    let issuers = Verifier::new(config.issuer.clone(), Clock::system());
    let many = config.issuer.len();
    findings.say(
        "issuers",
        said(issuers.map(|_| format!("{many} configured"))),
    );
    if let Ok(address) = Address::new(&config.database) {
        serving(&mut findings, &config, &address).await;
    }
    match operate::owner(&config) {
        Ok(owner) => owning(&mut findings, &owner).await,
        Err(reason) => println!("--    owner: not checked, {reason}"),
    }
    redis(&mut findings, &config).await;
    Ok(if findings.sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a serving process finds.
async fn serving(findings: &mut Findings, config: &Config, address: &Address) {
    let tenants = Tenants::new(address.clone(), &config.database);
    let pending = tenants.pending().await;
    findings.say(
        "migrations",
        match &pending {
            Ok(pending) if pending.is_empty() => Ok("nothing is pending".to_owned()),
            Ok(pending) => Err(format!("pending for {}", pending.join(", "))),
            Err(fault) => Err(fault.to_string()),
        },
    );
    let Ok(listed) = tenants.list().await else {
        return;
    };
    for settings in listed {
        let reached = async {
            let db = tenants.open(&settings.code).await?;
            let snapshot = db.snapshot();
            snapshot.read_once().await?.reference_version().await?;
            anyhow::Ok(())
        };
        let what = format!("tenant {}", settings.code);
        let fine = reached
            .await
            .map(|()| "its role reaches its schema".to_owned());
        findings.say(&what, said(fine));
    }
}

/// What only the owner can see.
async fn owning(findings: &mut Findings, owner: &Address) {
    let mut connection = match owner.connect().await {
        Ok(connection) => connection,
        Err(fault) => {
            findings.say("owner", Err(fault.to_string()));
            return;
        }
    };
    findings.say("owner's rights", rights(&mut connection).await);
    let diverged = tenancy::diverged(&mut connection).await;
    findings.say(
        "edited migrations",
        match diverged {
            Ok(schemas) if schemas.is_empty() => Ok("none".to_owned()),
            Ok(schemas) => Err(format!(
                "{} were migrated by other files",
                schemas.join(", ")
            )),
            Err(fault) => Err(fault.to_string()),
        },
    );
    findings.say(
        "drift between tenants",
        match tenancy::drift(&mut connection).await {
            Ok(drift) if drift.is_empty() => Ok("every schema is like the template".to_owned()),
            Ok(drift) => Err(drift.join("; ")),
            Err(fault) => Err(fault.to_string()),
        },
    );
    findings.say("clock", clock(&mut connection).await);
    connection.close().await.ok();
}

async fn rights(connection: &mut PgConnection) -> Result<String, String> {
    let (roles, create): (bool, bool) = sqlx::query_as(
        "select rolcreaterole or rolsuper, has_database_privilege(current_database(), 'create')
         from pg_roles where rolname = current_user",
    )
    .fetch_one(connection)
    .await
    .map_err(|error| error.to_string())?;
    match (roles, create) {
        (true, true) => Ok("may make roles and schemas".to_owned()),
        (false, _) => Err("may not make roles (createrole)".to_owned()),
        (_, false) => Err("may not make schemas in this database".to_owned()),
    }
}

/// Tokens expire by this machine's clock; the ledger is dated by it.
async fn clock(connection: &mut PgConnection) -> Result<String, String> {
    let theirs: Instant = sqlx::query_scalar("select clock_timestamp()")
        .fetch_one(connection)
        .await
        .map_err(|error| error.to_string())?;
    let apart = (Clock::system().now() - theirs).abs();
    if apart < TimeDelta::seconds(5) {
        Ok("agrees with the database's".to_owned())
    } else {
        Err(format!(
            "{} s apart from the database's",
            apart.num_seconds()
        ))
    }
}

async fn redis(findings: &mut Findings, config: &Config) {
    if config.redis.url.is_empty() {
        println!("--    Redis: not configured; limits are counted in each process");
        return;
    }
    let answered = async {
        let client = redis::Client::open(config.redis.url.as_str())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING")
            .query_async::<String>(&mut connection)
            .await
    };
    findings.say("Redis", answered.await.map_err(|error| error.to_string()));
}

fn said(finding: anyhow::Result<String>) -> Result<String, String> {
    finding.map_err(|error| format!("{error:#}"))
}

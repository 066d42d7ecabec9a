//! What an operator does to a deployment: migrate, make and change tenants, check a ledger.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use super::apply::{self, Country};
use super::commands::Folder;
use super::folder::Folders;
use super::ihris;
use crate::kernel::{Clock, TenantCode};
use crate::ledger;
use crate::platform::config::Config;
use crate::platform::database::Address;
use crate::tenancy::{self, Tenants};

/// The owner's address: it migrates and provisions. No serving process has it.
pub(super) fn owner(config: &Config) -> anyhow::Result<Address> {
    anyhow::ensure!(
        !config.database.owner_url.is_empty(),
        "database.owner_url (DATABASE_OWNER_URL) is not set: this needs the role that owns the database"
    );
    anyhow::ensure!(
        config.database.tenant_secret.len() >= 32,
        "database.tenant_secret (KADA_DATABASE__TENANT_SECRET) needs at least 32 characters"
    );
    let options =
        (config.database.owner_url.parse()).context("database.owner_url cannot be read")?;
    Ok(Address::from_options(
        options,
        &config.database.tenant_secret,
    ))
}

/// The tenants through the owner's address: their roles share its host and database.
pub(super) fn tenants(config: &Config, owner: &Address) -> Tenants {
    Tenants::new(owner.clone(), &config.database)
}

pub(super) async fn migrate() -> anyhow::Result<ExitCode> {
    let owner = owner(&Config::load()?)?;
    let report = tenancy::migrate(&owner).await?;
    for schema in &report.migrated {
        println!("{schema}: brought up to date");
    }
    for (schema, reason) in &report.failed {
        eprintln!("{schema}: failed, and left as it was: {reason}");
    }
    if report.migrated.is_empty() && report.failed.is_empty() {
        println!("nothing to do");
    }
    Ok(if report.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub(super) async fn create(folder: &Folder) -> anyhow::Result<()> {
    let config = Config::load()?;
    let owner = owner(&config)?;
    let country = read(folder, &owner).await?;
    let tenants = tenants(&config, &owner);
    let at = Clock::system().now();
    apply::create(&owner, &tenants, &country, at, |plan| println!("{plan}")).await?;
    Ok(())
}

pub(super) async fn create_from_ihris(
    code: &TenantCode,
    bundles: &Path,
    options: &ihris::Options,
) -> anyhow::Result<()> {
    let config = Config::load()?;
    let owner = owner(&config)?;
    let mut losses = ihris::losses(options.report.as_deref())?;
    let country = ihris::country(code, bundles, &options.conventions, &mut losses)?;
    losses.finish()?;
    let tenants = tenants(&config, &owner);
    let at = Clock::system().now();
    apply::create(&owner, &tenants, &country, at, |plan| println!("{plan}")).await?;
    print!("{losses}");
    Ok(())
}

pub(super) async fn apply(folder: &Folder) -> anyhow::Result<()> {
    let config = Config::load()?;
    let owner = owner(&config)?;
    let country = read(folder, &owner).await?;
    let tenants = tenants(&config, &owner);
    let at = Clock::system().now();
    apply::apply(&owner, &tenants, &country, at, |plan| println!("{plan}")).await?;
    Ok(())
}

pub(super) async fn export(tenant: &TenantCode, directory: &Path) -> anyhow::Result<()> {
    let config = Config::load()?;
    let owner = owner(&config)?;
    let db = tenants(&config, &owner).open(tenant).await?;
    let files = apply::write(&Country::standing(&db, Clock::system().now()).await?)?;
    let folder = directory.join(tenant.as_str());
    for (name, bytes) in files {
        let file = folder.join(name);
        let inside = file.parent().unwrap_or(&folder);
        fs::create_dir_all(inside).with_context(|| inside.display().to_string())?;
        fs::write(&file, bytes).with_context(|| file.display().to_string())?;
        println!("{}", file.display());
    }
    Ok(())
}

async fn read(folder: &Folder, owner: &Address) -> anyhow::Result<Country> {
    let files = Folders::find(folder.tenants.as_deref()).folder(folder.tenant.as_str())?;
    let units = apply::classifications(owner).await?;
    match apply::read(&files, &units) {
        Ok(country) => Ok(country),
        Err(problems) => {
            apply::refuse(&problems)?;
            anyhow::bail!("the folder cannot be read")
        }
    }
}

pub(super) async fn list() -> anyhow::Result<()> {
    let config = Config::load()?;
    let owner = owner(&config)?;
    for settings in tenants(&config, &owner).list().await? {
        let name = settings.name.get(&settings.languages_for(None)).to_owned();
        println!("{}\t{name}", settings.code);
    }
    Ok(())
}

pub(super) async fn rotate() -> anyhow::Result<()> {
    let owner = owner(&Config::load()?)?;
    let roles = tenancy::rotate(&owner).await?;
    println!("{roles} roles have the passwords of this secret; restart what serves with it");
    Ok(())
}

pub(super) async fn verify(tenant: &TenantCode) -> anyhow::Result<ExitCode> {
    let config = Config::load()?;
    let owner = owner(&config)?;
    let db = tenants(&config, &owner).open(tenant).await?;
    let snapshot = db.snapshot();
    let verdict = ledger::verify(&mut *snapshot.read().await?).await;
    snapshot.end().await;
    match verdict? {
        Ok(rows) => {
            println!("{tenant}: {rows} rows, the chain holds");
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            eprintln!("{tenant}: {broken}");
            Ok(ExitCode::FAILURE)
        }
    }
}

//! `kada import`: a register that comes in as files.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::apply::OPERATOR;
use super::{dev, operate};
use crate::auth::{Actor, Role};
use crate::graphql::message;
use crate::interop::{
    self, Columns, Extent, ImportError, Plan, Problem, Report, Table, Unreadable,
};
use crate::kernel::{Clock, Languages, TenantCode};
use crate::platform::config::Config;
use crate::tenancy::TenantDb;
use crate::workforce::Occasion;

/// How many problems are shown; the report has all.
const SHOWN: usize = 20;

/// Where the country is.
#[derive(Debug, clap::Args)]
pub struct Where {
    /// The country's code.
    #[arg(long)]
    pub tenant: TenantCode,
    /// Work on the installation of a running `kada dev` in this directory instead of the configured one.
    #[arg(long)]
    pub home: Option<PathBuf>,
}

/// A file of workers.
#[derive(Debug, clap::Args)]
pub struct Workers {
    /// The file: CSV or XLSX.
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Where,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// A saved mapping of the columns; without it they are headed by the names of the fields.
    #[arg(long)]
    pub mapping: Option<String>,
    /// The sheet of a workbook; the first one when absent.
    #[arg(long)]
    pub sheet: Option<String>,
    /// Where to write what became of each row, as CSV.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// The language of the messages.
    #[arg(long, default_value = "en")]
    pub language: String,
}

/// A mapping to be saved.
#[derive(Debug, clap::Args)]
pub struct SavedMapping {
    /// Its name; one that is there already is replaced.
    pub name: String,
    #[command(flatten)]
    pub place: Where,
    /// `"Nom de famille=family_name"`: the header of a column and a field.
    #[arg(required = true, value_parser = pair)]
    pub columns: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (column, field) =
        (text.rsplit_once('=')).ok_or_else(|| "write it as \"header=field\"".to_owned())?;
    Ok((column.trim().to_owned(), field.trim().to_owned()))
}

impl Where {
    pub(super) async fn open(&self) -> anyhow::Result<TenantDb> {
        let config = match &self.home {
            Some(home) => dev::configuration(home)?,
            None => Config::load()?,
        };
        let owner = operate::owner(&config)?;
        let opened = operate::tenants(&config, &owner).open(&self.tenant).await;
        opened.with_context(|| self.tenant.to_string())
    }
}

pub(super) async fn workers(asked: &Workers) -> anyhow::Result<ExitCode> {
    let languages = Languages(vec![asked.language.clone()]);
    let path = asked.file.display();
    let bytes = std::fs::read(&asked.file).with_context(|| format!("{path} cannot be read"))?;
    let unreadable = |why: Unreadable| anyhow::anyhow!("{path}: {}", word(&why, &languages));
    let table = Table::read(&bytes, asked.sheet.as_deref()).map_err(unreadable)?;
    drop(bytes);
    let db = asked.place.open().await?;
    let plan = Plan {
        mapping: asked.mapping.clone(),
        extent: if asked.dry_run {
            Extent::Rehearsal
        } else {
            Extent::Batches
        },
    };
    let bar = ProgressBar::new(table.count);
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} rows, {per_sec}",
    )?);
    let actor = operator();
    let occasion = occasion(&db, &actor, &Clock::system());
    let imported = interop::import_workers(&db, &occasion, table, &plan, |done, _| {
        bar.set_position(done);
    });
    let (report, stopped) = match imported.await {
        Ok(report) => (report, None),
        Err(ImportError::Interrupted { report, fault }) => (*report, Some(fault)),
        Err(ImportError::Unreadable(why)) => return Err(unreadable(why)),
        Err(error) => return Err(error.into()),
    };
    bar.finish_and_clear();
    print(&report, asked.dry_run, &languages);
    if let Some(path) = &asked.report {
        let file = report.csv(|problem| problem_word(problem, &languages));
        std::fs::write(path, file)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if !asked.dry_run && report.accepted + report.changed > 0 {
        alike(interop::compare(&db, &occasion).await);
    }
    if let Some(fault) = stopped {
        let rows = report.rows.len().to_string();
        let word = message("INTERRUPTED", [("value", rows.as_str())], &languages);
        return Err(anyhow::Error::new(fault).context(word));
    }
    Ok(if report.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub(super) async fn mapping(asked: &SavedMapping) -> anyhow::Result<()> {
    let db = asked.place.open().await?;
    let columns: Columns = asked.columns.iter().cloned().collect();
    let actor = operator();
    let occasion = occasion(&db, &actor, &Clock::system());
    let saved = db
        .write(async |tx| interop::save_mapping(tx, &occasion, &asked.name, &columns).await)
        .await;
    Ok(saved?)
}

/// Whoever has the owner's password may do all that a ministry may; the ledger names them so.
pub(super) fn operator() -> Actor {
    Actor::new(OPERATOR, [Role::MinistryAdmin])
}

pub(super) fn occasion<'a>(db: &'a TenantDb, actor: &'a Actor, clock: &Clock) -> Occasion<'a> {
    let settings = db.settings();
    Occasion {
        offline: false,
        actor,
        now: clock.now(),
        today: clock.today(settings.time_zone),
        phone_region: &settings.phone_region,
        act: None,
    }
}

fn print(report: &Report, rehearsed: bool, languages: &Languages) {
    let done = if rehearsed { "would be " } else { "" };
    println!(
        "{done}accepted {}, changed {}, unchanged {}, refused {}",
        report.accepted, report.changed, report.unchanged, report.refused
    );
    if !report.ignored_columns.is_empty() {
        println!("columns not read: {}", report.ignored_columns.join(", "));
    }
    for problem in report.problems.iter().take(SHOWN) {
        let column = problem.column.as_deref().map(|it| format!(", {it}"));
        println!(
            "row {}{}: {} ({})",
            problem.row,
            column.unwrap_or_default(),
            problem_word(problem, languages),
            problem.code
        );
    }
    if report.problems.len() > SHOWN {
        println!(
            "… and {} more; --report FILE has all",
            report.problems.len() - SHOWN
        );
    }
}

/// Says how many pairs of records may be one person's, if any.
pub(super) fn alike(pairs: Option<u64>) {
    if let Some(pairs) = pairs.filter(|it| *it > 0) {
        println!("pairs of records that may be one person's: {pairs} (the query `duplicates`)");
    }
}

fn problem_word(problem: &Problem, languages: &Languages) -> String {
    let told = problem.told(languages);
    let arguments = told.iter().map(|(name, value)| (*name, value.as_str()));
    message(problem.code, arguments, languages)
}

fn word(why: &Unreadable, languages: &Languages) -> String {
    let argument = why.argument();
    let arguments = argument.as_deref().map(|it| ("value", it));
    message(why.code(), arguments, languages)
}

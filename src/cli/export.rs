//! `kada export`: the register as a file.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use super::import::{Where, operator};
use crate::graphql::message;
use crate::interop::graphql::worker_list;
use crate::interop::{self, Export, ExportError, Format, List, Moment, TableWriter, Wanted};
use crate::kernel::{Clock, Date, Invalid, Languages};
use crate::workforce::WorkerFilter;
use crate::workforce::graphql::worker_filter;

/// A file of workers to be written.
#[derive(Debug, clap::Args)]
pub struct Workers {
    /// The file to write; its name ends in .csv, .xlsx or .ndjson.
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Where,
    /// The columns, by the names that the import knows, with commas between: `worker_id,family_name,answers.psw.ward`.
    /// Every field of the register when absent.
    #[arg(long, value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Which workers, as JSON in the shape of `WorkerFilterInput`: `{"orgUnitCode": "ML-03"}`.
    #[arg(long)]
    pub filter: Option<String>,
    /// Another list of workers than `workers`, as JSON, with its arguments as in the schema:
    /// `{"unlicensedWorkers": {"filter": {"orgUnitCode": "ML-03"}}}`.
    #[arg(long, conflicts_with = "filter")]
    pub list: Option<String>,
    /// The day whose postings are told; today when absent.
    #[arg(long)]
    pub as_of: Option<Date>,
    /// The language of the messages.
    #[arg(long, default_value = "en")]
    pub language: String,
}

pub(super) async fn workers(asked: &Workers) -> anyhow::Result<()> {
    let languages = Languages(vec![asked.language.clone()]);
    let (list, json) = if let Some(text) = &asked.list {
        listed(text, &languages)?
    } else {
        let (filter, json) = chosen(asked.filter.as_deref(), &languages)?;
        (List::Workers(filter), json)
    };
    let format = format(&asked.file)?;
    let wanted = Wanted {
        columns: (!asked.columns.is_empty()).then(|| asked.columns.clone()),
        list,
        asked: json,
        as_of: asked.as_of,
        format,
    };
    let db = asked.place.open().await?;
    let clock = Clock::system();
    let moment = Moment {
        actor: operator(),
        now: clock.now(),
        today: clock.today(db.settings().time_zone),
    };
    let export = interop::export_workers(&db, &moment, wanted).await;
    let mut export = export.map_err(|error| worded(error, &languages))?;
    let path = asked.file.display();
    write(&mut export, format, &asked.file)
        .await
        .with_context(|| format!("{path} cannot be written"))?;
    println!("{} workers written to {path}", export.rows);
    export.end().await;
    Ok(())
}

/// The filter of a command, read, and as it was given.
pub(super) fn chosen(
    given: Option<&str>,
    languages: &Languages,
) -> anyhow::Result<(WorkerFilter, Value)> {
    let Some(text) = given else {
        return Ok((WorkerFilter::default(), Value::Null));
    };
    let json = serde_json::from_str(text).context("the filter is no JSON")?;
    let filter = worker_filter(&json).map_err(|invalid| unfit(&invalid, languages))?;
    Ok((filter, json))
}

/// The list of a command, read, and as it was given.
fn listed(text: &str, languages: &Languages) -> anyhow::Result<(List, Value)> {
    let json = serde_json::from_str(text).context("the list is no JSON")?;
    let list = worker_list(&json).map_err(|invalid| unfit(&invalid, languages))?;
    Ok((list, json))
}

fn unfit(invalid: &Invalid, languages: &Languages) -> anyhow::Error {
    let field = ("field", invalid.field.as_str());
    anyhow::anyhow!(message(invalid.unfit.code(), [field], languages))
}

fn format(file: &Path) -> anyhow::Result<Format> {
    let ending = file.extension().and_then(|it| it.to_str());
    let format = ending.and_then(|it| Format::parse(&it.to_ascii_lowercase()));
    format.with_context(|| {
        let names = Format::ALL.map(|it| format!(".{}", it.as_str())).join(", ");
        format!(
            "{}: the name of the file ends in none of {names}",
            file.display()
        )
    })
}

/// What was begun and not finished must not pass for the register.
async fn write(export: &mut Export, format: Format, path: &Path) -> anyhow::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::options()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)?;
    let (mut table, first) = TableWriter::new(format, export.header())?;
    file.write_all(&first)?;
    while let Some(rows) = export.next().await? {
        file.write_all(&table.rows(&rows)?)?;
    }
    if let Some(mut rest) = table.finish()? {
        io::copy(&mut rest, &mut file)?;
    }
    file.sync_all()?;
    std::fs::rename(&part, path)?;
    Ok(())
}

fn worded(error: ExportError, languages: &Languages) -> anyhow::Error {
    match (error.code(), error.column()) {
        (Some(code), column) => {
            let arguments = column.map(|it| ("column", it));
            anyhow::anyhow!(message(code, arguments, languages))
        }
        (None, _) => error.into(),
    }
}

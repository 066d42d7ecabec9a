//! `kada export cv` and `kada export cards`: records on paper.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::export::chosen;
use super::import::{Where, operator};
use crate::graphql::message;
use crate::interop::{self, CardError, MOST_CARDS, Moment, WantedCards, Words};
use crate::kernel::{Clock, Fault, Id, Languages, WorkerId};
use crate::tenancy::TenantDb;

/// A curriculum vitae to be written.
#[derive(Debug, clap::Args)]
pub struct Life {
    /// Whose: `wkr_…`.
    pub worker: String,
    /// The file to write.
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Where,
    /// The language in which it is written.
    #[arg(long, default_value = "en")]
    pub language: String,
}

/// Staff cards to be written.
#[derive(Debug, clap::Args)]
pub struct Selection {
    /// The file to write.
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Where,
    /// Whose, when it is one card: `wkr_…`.
    #[arg(long, conflicts_with = "filter")]
    pub worker: Option<String>,
    /// Whose, as JSON in the shape of `WorkerFilterInput`: `{"facilityCodes": ["ML-03-02-CSREF"]}`.
    #[arg(long)]
    pub filter: Option<String>,
    /// The language in which they are written.
    #[arg(long, default_value = "en")]
    pub language: String,
}

pub(super) async fn cv(asked: &Life) -> anyhow::Result<()> {
    let worker = id(&asked.worker)?;
    let db = asked.place.open().await?;
    let languages = db.settings().languages_for(Some(&asked.language));
    let found = interop::print_cv(&db, &moment(&db), worker).await?;
    let cv = found.with_context(|| message("WORKER_NOT_FOUND", [], &languages))?;
    write(&asked.file, &languages, |words| cv.to_pdf(words))
}

pub(super) async fn cards(asked: &Selection) -> anyhow::Result<()> {
    let wanted = if let Some(worker) = &asked.worker {
        WantedCards::One(id(worker)?)
    } else {
        let own = Languages(vec![asked.language.clone()]);
        let (filter, json) = chosen(asked.filter.as_deref(), &own)?;
        WantedCards::Those(Box::new(filter), json)
    };
    let db = asked.place.open().await?;
    let languages = db.settings().languages_for(Some(&asked.language));
    let printed = interop::print_cards(&db, &moment(&db), wanted).await;
    let cards = printed.map_err(|error| worded(error, &languages))?;
    write(&asked.file, &languages, |words| cards.to_pdf(words))
}

fn id(text: &str) -> anyhow::Result<WorkerId> {
    WorkerId::decode(text).with_context(|| format!("{text} is no worker's id: write wkr_…"))
}

fn moment(db: &TenantDb) -> Moment {
    let clock = Clock::system();
    Moment {
        actor: operator(),
        now: clock.now(),
        today: clock.today(db.settings().time_zone),
    }
}

fn worded(error: CardError, languages: &Languages) -> anyhow::Error {
    let limit = MOST_CARDS.to_string();
    let code = match error {
        CardError::NotFound => "WORKER_NOT_FOUND",
        CardError::NotInPost => "NOT_IN_POST",
        CardError::TooMany(_) => "TOO_MANY_CARDS",
        CardError::Read(error) => return error.into(),
    };
    anyhow::anyhow!(message(code, [("limit", limit.as_str())], languages))
}

fn write(
    path: &Path,
    languages: &Languages,
    draw: impl FnOnce(&Words<'_>) -> Result<Vec<u8>, Fault>,
) -> anyhow::Result<()> {
    let document = draw(&Words {
        say: &|code| message(code, [], languages),
        languages,
    })?;
    let shown = path.display();
    let mut options = File::options();
    let opened = options
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    let written = opened.and_then(|mut file| file.write_all(&document));
    written.with_context(|| format!("{shown} cannot be written"))?;
    println!("{shown} written");
    Ok(())
}

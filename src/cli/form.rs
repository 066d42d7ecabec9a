//! `kada import form` and `kada export form`: forms as files.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::ValueEnum;

use super::import::{Where, operator};
use crate::forms::{Occasion, Subject, WriteError};
use crate::graphql::message;
use crate::interop::{self, Base, Draft, DraftError, FormRead, Loss, Named, Spot, WantedForm};
use crate::kernel::{Clock, Fault, Languages, Reason, Text};
use crate::tenancy::TenantDb;

/// A workbook to make a draft of.
#[derive(Debug, clap::Args)]
pub struct ImportedForm {
    /// The workbook (`.xlsx`), with the sheets of `XLSForm`.
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Where,
    /// The code of the form: of a new one, or of the one whose next version this is.
    #[arg(long)]
    pub code: String,
    /// What its answers are about: worker, facility, posting or alone. What the workbook says, or what they are about
    /// already, when absent.
    #[arg(long, value_parser = subject)]
    pub subject: Option<Subject>,
    /// The title, in the country's own language, where the workbook has none.
    #[arg(long)]
    pub title: Option<String>,
    /// Say what would become of it, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The language of the messages.
    #[arg(long, default_value = "en")]
    pub language: String,
}

/// A form to write into a file.
#[derive(Debug, clap::Args)]
pub struct ExportedForm {
    /// The code of the form.
    pub code: String,
    #[command(flatten)]
    pub place: Where,
    /// What to write it as.
    #[arg(long = "as")]
    pub format: Format,
    /// The number of the version; the one that is answered now, else the newest, else the draft, when absent.
    #[arg(long)]
    pub version: Option<i32>,
    /// The file; standard output when absent.
    pub file: Option<PathBuf>,
    /// The language of the messages.
    #[arg(long, default_value = "en")]
    pub language: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A workbook for ODK and `KoboToolbox`.
    Xlsform,
    /// A FHIR R4 Questionnaire, as JSON.
    Questionnaire,
}

fn subject(word: &str) -> Result<Subject, String> {
    Subject::parse(word).ok_or_else(|| "write worker, facility, posting or alone".to_owned())
}

pub(super) async fn import(asked: &ImportedForm) -> anyhow::Result<ExitCode> {
    let languages = Languages(vec![asked.language.clone()]);
    let path = asked.file.display();
    let bytes = std::fs::read(&asked.file).with_context(|| format!("{path} cannot be read"))?;
    let db = asked.place.open().await?;
    let own = &db.settings().languages;
    let read = match interop::read_xlsform(&bytes, own) {
        Ok(read) => read,
        Err(why) => {
            let word = word(why.code(), why.argument().as_ref(), &languages);
            return Err(anyhow::anyhow!("{path}: {word}"));
        }
    };
    let title = asked.title.clone().map(|title| {
        let language = own.first().cloned().unwrap_or_else(|| "en".to_owned());
        (language, title)
    });
    let draft = Draft {
        code: asked.code.clone(),
        subject: asked.subject,
        title: Text(title.into_iter().collect()),
        base: Base::Newest,
    };
    tell(&read.losses, &languages);
    match save(&db, &read, draft, asked.dry_run).await {
        Ok(()) => {
            let done = if asked.dry_run { "would be " } else { "" };
            println!(
                "{done}saved as the draft of {}: {} fields, {} losses",
                asked.code,
                read.rows.len(),
                read.losses.len()
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(DraftError::Write(WriteError::Refused(refusals))) => {
            for refusal in refusals {
                let code = refusal.objection.code();
                let argument = refusal.objection.arguments().pop();
                let word = word(code, argument.as_ref(), &languages);
                eprintln!("{}: {word} ({code})", refusal.path.join(" "));
            }
            Ok(ExitCode::FAILURE)
        }
        Err(DraftError::NoSubject) => {
            Err(anyhow::anyhow!(word("NO_SUBJECT", None, &languages)).context("--subject"))
        }
        Err(error) => Err(error.into()),
    }
}

async fn save(
    db: &TenantDb,
    read: &FormRead,
    draft: Draft,
    rehearse: bool,
) -> Result<(), DraftError> {
    let actor = operator();
    let occasion = Occasion {
        actor: &actor,
        now: Clock::system().now(),
        act: None,
    };
    let languages = &db.settings().languages;
    let mut write = db.begin().await?;
    let saved = interop::save_form_read(&mut write.db(), &occasion, languages, read, draft).await;
    if rehearse || saved.is_err() {
        write.undo().await?;
    } else {
        write.commit().await?;
    }
    saved.map(|_| ())
}

pub(super) async fn export(asked: &ExportedForm) -> anyhow::Result<()> {
    let languages = Languages(vec![asked.language.clone()]);
    let db = asked.place.open().await?;
    let wanted = WantedForm {
        form: Named::Code(asked.code.clone()),
        version: asked.version,
        day: Clock::system().today(db.settings().time_zone),
    };
    let actor = operator();
    let snapshot = db.snapshot();
    let mut reader = snapshot.read().await?;
    let found = match asked.format {
        Format::Xlsform => interop::form_as_xlsform(&mut reader, &actor, &wanted)
            .await?
            .map(|(_, written)| (written.file, written.losses)),
        Format::Questionnaire => interop::form_as_questionnaire(&mut reader, &actor, &wanted)
            .await?
            .map(|it| Ok::<_, Fault>((serde_json::to_vec_pretty(&it.resource)?, it.losses)))
            .transpose()?,
    };
    drop(reader);
    snapshot.end().await;
    let (file, losses) = found
        .with_context(|| format!("there is no form {}, or it has no such version", asked.code))?;
    match &asked.file {
        Some(path) => {
            std::fs::write(path, file)
                .with_context(|| format!("{} cannot be written", path.display()))?;
        }
        None if asked.format == Format::Xlsform && std::io::stdout().is_terminal() => {
            anyhow::bail!("a workbook is no text: name a file");
        }
        None => std::io::stdout().write_all(&file)?,
    }
    tell(&losses, &languages);
    Ok(())
}

/// What was not carried over, beside the answer.
fn tell(losses: &[Loss], languages: &Languages) {
    for loss in losses {
        let value = ("value", loss.value.clone());
        let word = word(loss.code.as_str(), Some(&value), languages);
        eprintln!("{}{word} ({})", place(&loss.spot), loss.code.as_str());
    }
}

fn place(spot: &Spot) -> String {
    let row = spot.row.map(|it| format!("row {it}"));
    let parts = [&spot.sheet, &row, &spot.column, &spot.field];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("{}: ", parts.join(", "))
}

fn word(code: &str, argument: Option<&(&'static str, String)>, languages: &Languages) -> String {
    let arguments = argument.iter().map(|(name, value)| (*name, value.as_str()));
    message(code, arguments, languages)
}

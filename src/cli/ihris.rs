//! A country that leaves iHRIS: its bundles, with what they do not say, become its configuration.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono_tz::Tz;
use indicatif::ProgressBar;

use super::apply::{self, Country};
use super::import::{Where, alike, occasion, operator};
use crate::interop;
use crate::interop::ihris::{self, CountryFound, Losses, SurveyError};
use crate::kernel::{Clock, TenantCode, Text, is_language};
use crate::tenancy::{Level, Settings, saturday_and_sunday};

/// Where the bundles are, and what they do not say.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// A directory with the FHIR R4 bundles of an iHRIS v5: *.json, *.ndjson.
    #[arg(long, value_name = "DIR", conflicts_with = "tenants")]
    pub from_ihris: Option<PathBuf>,
    /// Where to write, as CSV, each element of the bundles that is not carried over as it is.
    #[arg(long, value_name = "FILE", requires = "from_ihris")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub conventions: Conventions,
}

/// How a country writes, which the bundles of iHRIS do not say.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Conventions {
    /// The country's name, when the bundles have none.
    #[arg(long, requires = "from_ihris")]
    pub name: Option<String>,
    /// The country's languages, the first of them its main one: fr,en.
    #[arg(long, value_delimiter = ',', value_parser = language, requires = "from_ihris")]
    pub languages: Vec<String>,
    /// ISO 4217: XOF.
    #[arg(long, value_parser = currency, requires = "from_ihris")]
    pub currency: Option<String>,
    /// Africa/Bamako.
    #[arg(long, requires = "from_ihris")]
    pub time_zone: Option<Tz>,
    /// How telephone numbers without a country code are read (ISO 3166-1 alpha-2); the country's own code when absent.
    #[arg(long, value_parser = phone_region, requires = "from_ihris")]
    pub phone_region: Option<String>,
    /// Month and day: 07-01. The first of January when absent.
    #[arg(long, value_parser = day_of_year, requires = "from_ihris")]
    pub fiscal_year_start: Option<String>,
}

/// The people of an iHRIS.
#[derive(Debug, clap::Args)]
pub struct People {
    /// The directory with its bundles.
    pub bundles: PathBuf,
    #[command(flatten)]
    pub place: Where,
    /// Where to write, as CSV, each element of the bundles that is not carried over as it is.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// Why the bundles of an iHRIS are no country yet.
#[derive(Debug, thiserror::Error)]
pub enum NoCountry {
    #[error(transparent)]
    Survey(#[from] SurveyError),
    #[error("nothing was written: the bundles do not say it all; say it by {}", .0.join(" "))]
    Unsaid(Vec<&'static str>),
}

/// The losses of a reading, with a report where one is wanted.
///
/// # Errors
/// When the report cannot be written there.
pub fn losses(report: Option<&Path>) -> anyhow::Result<Losses> {
    let Some(path) = report else {
        return Ok(Losses::default());
    };
    let file = File::create(path).with_context(|| path.display().to_string())?;
    Ok(Losses::reported(Box::new(file)))
}

pub(super) async fn people(asked: &People) -> anyhow::Result<ExitCode> {
    let db = asked.place.open().await?;
    let mut losses = losses(asked.report.as_deref())?;
    let register = ihris::survey(&asked.bundles, &db.settings().languages, &mut losses)?;
    let count = |kind: &str| register.resources.get(kind).copied().unwrap_or_default();
    let bar = ProgressBar::new(count("Practitioner").max(count("PractitionerRole")));
    let actor = operator();
    let occasion = occasion(&db, &actor, &Clock::system());
    let source = (register, asked.bundles.clone());
    let imported = ihris::import(&db, &occasion, source, losses, |done| {
        bar.set_position(done);
    });
    let (merged, mut losses) = imported.await?;
    bar.finish_and_clear();
    losses.finish()?;
    println!(
        "accepted {}, changed {}, unchanged {}, refused {}",
        merged.accepted, merged.changed, merged.unchanged, merged.refused
    );
    print!("{losses}");
    if merged.accepted + merged.changed > 0 {
        alike(interop::compare(&db, &occasion).await);
    }
    Ok(if merged.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The country that the bundles describe, but for its persons.
///
/// # Errors
/// When the bundles cannot be read or make no country, or with all that they and `conventions` leave open.
pub fn country(
    code: &TenantCode,
    bundles: &Path,
    conventions: &Conventions,
    losses: &mut Losses,
) -> Result<Country, NoCountry> {
    let register = ihris::survey(bundles, &conventions.languages, losses)?;
    let levels = (1..).zip(register.levels);
    let levels = levels.map(|(number, name)| Level { number, name });
    let settings = settings(code, register.country, levels.collect(), conventions)?;
    Ok(Country {
        forms: crate::forms::FormsConfiguration::default(),
        settings,
        places: register.places,
        cadres: register.cadres,
        holidays: Vec::new(),
        approvals: None,
        norms: Vec::new(),
    })
}

fn settings(
    code: &TenantCode,
    found: Option<CountryFound>,
    levels: Vec<Level>,
    said: &Conventions,
) -> Result<Settings, NoCountry> {
    let (name, iso) = found.map_or((None, None), |it| (Some(it.name), it.iso));
    let name = said.name.clone().or(name);
    let own_region = iso.filter(|it| apply::is_phone_region(it));
    let region = said.phone_region.clone().or(own_region);
    let languages = Some(said.languages.clone()).filter(|it| !it.is_empty());
    let all = (
        name,
        languages,
        said.currency.clone(),
        said.time_zone,
        region,
    );
    let (Some(name), Some(languages), Some(currency), Some(time_zone), Some(phone_region)) = all
    else {
        let (name, languages, currency, time_zone, region) = all;
        let flags = [
            ("--name", name.is_none()),
            ("--languages", languages.is_none()),
            ("--currency", currency.is_none()),
            ("--time-zone", time_zone.is_none()),
            ("--phone-region", region.is_none()),
        ];
        let open = flags.into_iter().filter(|(_, is_open)| *is_open);
        return Err(NoCountry::Unsaid(open.map(|(flag, _)| flag).collect()));
    };
    let first = languages.first().cloned().unwrap_or_default();
    let year = said.fiscal_year_start.as_deref().unwrap_or("01-01");
    Ok(Settings {
        code: code.clone(),
        name: Text::from_iter([(first, name)]),
        languages,
        currency_minor_units: minor_units(&currency),
        currency,
        time_zone,
        phone_region,
        fiscal_year_start: year.to_owned(),
        levels,
        weekend: saturday_and_sunday(),
        cors_origins: Vec::new(),
        second_person: None,
    })
}

/// Into how many decimals a currency is divided (ISO 4217).
fn minor_units(currency: &str) -> u8 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

fn language(text: &str) -> Result<String, &'static str> {
    let is_right = is_language(text);
    right(
        text,
        is_right,
        "needs codes of two or three letters, such as fr",
    )
}

fn currency(text: &str) -> Result<String, &'static str> {
    let is_right = apply::is_currency(text);
    right(text, is_right, "is not a code of three capitals (ISO 4217)")
}

fn phone_region(text: &str) -> Result<String, &'static str> {
    let is_right = apply::is_phone_region(text);
    right(text, is_right, "is no region with a numbering plan")
}

fn day_of_year(text: &str) -> Result<String, &'static str> {
    let is_right = apply::is_day_of_year(text);
    right(text, is_right, "is not a month and a day, such as 07-01")
}

fn right(text: &str, is_right: bool, otherwise: &'static str) -> Result<String, &'static str> {
    is_right.then(|| text.to_owned()).ok_or(otherwise)
}

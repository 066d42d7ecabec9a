//! A country's folder from its configuration: what [`super::read()`] would read it from again.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Context;
use serde_json::Value;

use super::Country;
use crate::kernel::{Date, Text};
use crate::places::PopulationRow;

/// The files by name. A country has one folder only: whatever the order of its lists, the bytes are the same.
///
/// # Errors
/// When an attribute of a code list is nothing that TOML can say.
pub fn write(country: &Country) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let languages = &country.settings.languages;
    let mut files = vec![
        ("tenant.toml", super::settings::write(country)?.into_bytes()),
        ("code-lists.toml", code_lists(country)?.into_bytes()),
        ("cadres.csv", super::cadres::write(country, languages)?),
        ("org-units.csv", units(country, languages)?),
        ("facility-types.csv", types(country, languages)?),
        ("ownership.csv", ownerships(country, languages)?),
    ];
    let more = further_populations(country);
    if !more.is_empty() {
        files.push(("populations.csv", populations(&more)?));
    }
    if !country.places.facilities.is_empty() {
        files.push(("facilities.csv", facilities(country)?));
    }
    let holidays = (!country.holidays.is_empty())
        .then(|| super::calendar::write(country, languages))
        .transpose()?;
    let crosswalk = (!country.cadres.mappings.is_empty())
        .then(|| super::crosswalk::write(country))
        .transpose()?;
    let norms = (!country.norms.is_empty())
        .then(|| super::norms::write(country))
        .transpose()?;
    let files = files
        .into_iter()
        .map(|(name, bytes)| (name.to_owned(), bytes))
        .chain(holidays)
        .chain(crosswalk)
        .chain(norms);
    Ok(files.chain(super::forms::write(&country.forms)?).collect())
}

/// A table as it is written: the columns that are the same in every country, and those that come once a language.
pub(super) struct Sheet {
    rows: BTreeMap<String, Vec<String>>,
    header: Vec<String>,
}

impl Sheet {
    pub fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            rows: BTreeMap::new(),
            header: header.into_iter().map(Into::into).collect(),
        }
    }

    /// Rows are in the order of their keys.
    pub fn add(&mut self, key: impl Into<String>, cells: Vec<String>) {
        self.rows.insert(key.into(), cells);
    }

    pub fn bytes(self) -> anyhow::Result<Vec<u8>> {
        let mut file = csv::Writer::from_writer(Vec::new());
        file.write_record(&self.header)?;
        for row in self.rows.values() {
            file.write_record(row)?;
        }
        file.into_inner().context("a file in memory")
    }
}

pub(super) fn labelled<'a>(
    first: &'a [&'a str],
    label: &'a str,
    languages: &'a [String],
    last: &'a [&'a str],
) -> impl Iterator<Item = String> + 'a {
    let labels = languages.iter().map(move |it| format!("{label}:{it}"));
    let first = first.iter().map(ToString::to_string);
    first
        .chain(labels)
        .chain(last.iter().map(ToString::to_string))
}

pub(super) fn texts<'a>(
    text: &'a Text,
    languages: &'a [String],
) -> impl Iterator<Item = String> + 'a {
    let written = |language| text.0.get(language).cloned().unwrap_or_default();
    languages.iter().map(written)
}

pub(super) fn day(day: Option<Date>) -> String {
    day.map(|it| it.to_string()).unwrap_or_default()
}

fn units(country: &Country, languages: &[String]) -> anyhow::Result<Vec<u8>> {
    let first = ["code", "level", "parent", "name"];
    let last = [
        "kind",
        "iso_3166_2",
        "population",
        "population_year",
        "population_source",
        "valid_from",
        "valid_to",
        "source",
        "confidence",
    ];
    let (main, others) = languages.split_first().context("no language")?;
    let mut sheet = Sheet::new(labelled(&first, "name", others, &last));
    let newest = newest_populations(country);
    for it in &country.places.units {
        let population = newest.get(it.code.as_str());
        let of_population = |written: fn(&PopulationRow) -> String| {
            population.map(|it| written(it)).unwrap_or_default()
        };
        let mut cells = vec![
            it.code.clone(),
            it.level.to_string(),
            it.parent.clone().unwrap_or_default(),
            it.name.0.get(main).cloned().unwrap_or_default(),
        ];
        cells.extend(texts(&it.name, others));
        cells.extend([
            it.kind.clone(),
            it.iso_3166_2.clone().unwrap_or_default(),
            of_population(|it| it.people.to_string()),
            of_population(|it| it.year.to_string()),
            of_population(|it| it.source.clone()),
            day(it.valid_from),
            day(it.valid_to),
            it.source.clone(),
            String::new(),
        ]);
        sheet.add(&it.code, cells);
    }
    sheet.bytes()
}

/// The population that stands beside its unit: of the newest year, and of several sources the first by name.
fn newest_populations(country: &Country) -> BTreeMap<&str, &PopulationRow> {
    let mut newest: BTreeMap<&str, &PopulationRow> = BTreeMap::new();
    for it in &country.places.populations {
        let known = newest.entry(&it.unit).or_insert(it);
        if (it.year, &known.source) > (known.year, &it.source) {
            *known = it;
        }
    }
    newest
}

fn further_populations(country: &Country) -> Vec<&PopulationRow> {
    let newest = newest_populations(country);
    let all = country.places.populations.iter();
    all.filter(|it| newest.get(it.unit.as_str()) != Some(it))
        .collect()
}

fn populations(rows: &[&PopulationRow]) -> anyhow::Result<Vec<u8>> {
    let mut sheet = Sheet::new([
        "org_unit",
        "population",
        "population_year",
        "population_source",
    ]);
    for it in rows {
        let year = it.year.to_string();
        let key = format!("{} {year} {}", it.unit, it.source);
        let cells = vec![
            it.unit.clone(),
            it.people.to_string(),
            year,
            it.source.clone(),
        ];
        sheet.add(key, cells);
    }
    sheet.bytes()
}

fn types(country: &Country, languages: &[String]) -> anyhow::Result<Vec<u8>> {
    let last = [
        "tier",
        "sha2011_provider",
        "sector",
        "retired_on",
        "source",
        "confidence",
    ];
    let mut sheet = Sheet::new(labelled(&["code"], "label", languages, &last));
    for row in &country.places.types {
        let it = &row.class;
        let mut cells = vec![it.code.clone()];
        cells.extend(texts(&it.label, languages));
        cells.extend([
            it.tier.clone(),
            it.provider_class.clone(),
            it.sector.as_str().to_owned(),
            day(row.retired_on.flatten()),
            it.source.clone(),
            String::new(),
        ]);
        sheet.add(&it.code, cells);
    }
    sheet.bytes()
}

fn ownerships(country: &Country, languages: &[String]) -> anyhow::Result<Vec<u8>> {
    let last = ["retired_on", "source", "confidence"];
    let first = ["code", "nhwa_group"];
    let mut sheet = Sheet::new(labelled(&first, "label", languages, &last));
    for row in &country.places.ownerships {
        let it = &row.class;
        let mut cells = vec![it.code.clone(), it.nhwa_group.clone()];
        cells.extend(texts(&it.label, languages));
        let retired = day(row.retired_on.flatten());
        cells.extend([retired, it.source.clone(), String::new()]);
        sheet.add(&it.code, cells);
    }
    sheet.bytes()
}

fn facilities(country: &Country) -> anyhow::Result<Vec<u8>> {
    let mut sheet = Sheet::new(super::places::FACILITY_COLUMNS);
    for it in &country.places.facilities {
        let cells = vec![
            it.code.clone(),
            it.name.clone(),
            it.type_code.clone(),
            it.ownership.clone(),
            it.unit.clone(),
            it.setting.as_str().to_owned(),
            day(it.opened_on),
            day(it.closed_on),
        ];
        sheet.add(&it.code, cells);
    }
    sheet.bytes()
}

/// An entry a line.
fn code_lists(country: &Country) -> anyhow::Result<String> {
    let mut lists: BTreeMap<&str, BTreeMap<&str, toml::Value>> = BTreeMap::new();
    for row in &country.cadres.code_lists {
        let it = &row.entry;
        let mut entry = it.attributes.clone();
        if let Some(day) = row.retired_on {
            entry.insert("retired_on".to_owned(), serde_json::to_value(day)?);
        }
        if let Some(place) = row.place {
            entry.insert("place".to_owned(), place.into());
        }
        entry.insert("label".to_owned(), serde_json::to_value(&it.label)?);
        let entry = toml::Value::try_from(Value::from(entry))
            .with_context(|| format!("{}.{}", it.list, it.code))?;
        lists.entry(&it.list).or_default().insert(&it.code, entry);
    }
    let mut text = String::new();
    for (list, entries) in lists {
        writeln!(text, "[{list}]")?;
        for (code, entry) in entries {
            writeln!(text, "\"{code}\" = {entry}")?;
        }
        text.push('\n');
    }
    Ok(text)
}

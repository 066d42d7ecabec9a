//! A country's folder, read into what the domains configure themselves from.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;

use super::places::{self, Around, Units};
use super::sheet::{Files, Problem, Row, is_code, line_of};
use super::{Country, settings};
use crate::cadres::{
    CadresConfiguration, Classifications, CodeListEntry, DEPARTURE_REASON, EMPLOYMENT_TYPE,
    EntryRow, IDENTIFIER_TYPE,
};
use crate::cli::folder::Folder;
use crate::kernel::{Date, Sector, Text};
use crate::places::PlacesConfiguration;

pub(crate) const SECTORS: [(&str, Sector); 2] =
    [("health", Sector::Health), ("social", Sector::Social)];

const LISTS: [&str; 3] = [EMPLOYMENT_TYPE, DEPARTURE_REASON, IDENTIFIER_TYPE];

/// Reads `tenants/<code>/`. `units` are those of the classifications that a cadre may be mapped to.
///
/// # Errors
/// All that is wrong, in the order of files and lines; nothing may then be applied.
pub fn read(folder: &Folder, units: &Classifications) -> Result<Country, Vec<Problem>> {
    let mut files = Files::new(folder, &[]);
    let settings = settings::read(&mut files, folder.code());
    let Some((settings, approvals)) = settings else {
        return Err(files.problems);
    };
    files.languages.clone_from(&settings.languages);
    let levels = settings.levels.len();
    let code_lists = code_lists(&mut files);
    let forms = super::forms::read(&mut files, folder, &code_lists);
    let mut country = Country {
        places: places(&mut files, levels),
        cadres: CadresConfiguration {
            code_lists,
            ..super::cadres::read(&mut files, units)
        },
        holidays: super::calendar::read(&mut files),
        forms,
        settings,
        approvals,
        norms: Vec::new(),
    };
    country.norms = super::norms::read(&mut files, &country);
    let mut problems = files.problems;
    problems.sort();
    if problems.is_empty() {
        Ok(country)
    } else {
        Err(problems)
    }
}

fn places(files: &mut Files<'_>, levels: usize) -> PlacesConfiguration {
    let Units {
        units,
        mut populations,
    } = places::units(files, "org-units.csv", levels, &HashMap::new());
    populations.extend(places::populations(files, &units));
    let types = places::types(files);
    let ownerships = places::ownerships(files);
    let around = Around {
        units: units.iter().map(|it| it.code.as_str()).collect(),
        types: types.iter().map(|it| it.class.code.as_str()).collect(),
        ownerships: (ownerships.iter())
            .map(|it| it.class.code.as_str())
            .collect(),
    };
    let facilities = if files.has("facilities.csv") {
        places::facilities(files, "facilities.csv", &around)
    } else {
        Vec::new()
    };
    PlacesConfiguration {
        units,
        populations,
        types,
        ownerships,
        facilities,
    }
}

#[derive(Deserialize)]
struct Entry {
    label: Text,
    retired_on: Option<Date>,
    place: Option<i16>,
    #[serde(flatten)]
    attributes: Map<String, Value>,
}

fn code_lists(files: &mut Files<'_>) -> Vec<EntryRow> {
    const FILE: &str = "code-lists.toml";
    type Lists = BTreeMap<String, BTreeMap<String, Spanned<Entry>>>;
    let Some(text) = files.text(FILE) else {
        return Vec::new();
    };
    let Some(lists) = files.toml_of::<Lists>(FILE, &text) else {
        return Vec::new();
    };
    for list in LISTS.iter().filter(|list| !lists.contains_key(**list)) {
        files.refuse(FILE, None, list, "is missing: the register needs this list");
    }
    let mut entries = Vec::new();
    for (list, codes) in lists {
        for (code, entry) in codes {
            let path = format!("{list}.{code}");
            let line = Some(line_of(&text, entry.span().start));
            let entry = entry.into_inner();
            if !is_code(&code) || !is_code(&list) || list.contains('.') {
                files.refuse(
                    FILE,
                    line,
                    &path,
                    "is not a code: letters, digits, -, _ and .",
                );
            }
            check_text(files, FILE, line, &format!("{path}.label"), &entry.label);
            entries.push(EntryRow {
                entry: CodeListEntry {
                    list: list.clone(),
                    code,
                    label: entry.label,
                    attributes: entry.attributes,
                },
                retired_on: entry.retired_on,
                place: entry.place,
            });
        }
    }
    entries
}

/// A text of a TOML file: in the country's languages alone, and in its first one.
pub(crate) fn check_text(
    files: &mut Files<'_>,
    file: &str,
    line: Option<usize>,
    key: &str,
    text: &Text,
) {
    check_languages(files, file, line, key, text);
    let languages = files.languages.clone();
    if let Some(first) = languages.first().filter(|it| !text.0.contains_key(*it)) {
        files.refuse(
            file,
            line,
            key,
            format!("has no text in {first}, the country's first language"),
        );
    }
}

/// A text in the country's languages alone.
pub(super) fn check_languages(
    files: &mut Files<'_>,
    file: &str,
    line: Option<usize>,
    key: &str,
    text: &Text,
) {
    let languages = files.languages.clone();
    for language in text.0.keys().filter(|it| !languages.contains(it)) {
        let reason = format!(
            "{language} is not a language of the country ({})",
            languages.join(", ")
        );
        files.refuse(file, line, &format!("{key}.{language}"), reason);
    }
}

/// A code that names a row of another list.
pub(crate) fn known<'a>(
    files: &mut Files<'_>,
    row: &'a Row,
    column: &str,
    is_known: impl FnOnce(&str) -> bool,
    what: &str,
) -> &'a str {
    let code = row.text(column);
    if code.is_empty() {
        files.refuse_row(row, column, "is empty");
    } else if !is_known(code) {
        files.refuse_row(row, column, format!("there is no {what} {code}"));
    }
    code
}

//! `norms.csv`: the country's staffing norms. A country that has none in its folder keeps those that its ministry saved.

use std::collections::HashSet;

use super::Country;
use super::cadres::said;
use super::read::known;
use super::sheet::{Columns, Files, Problem, Row};
use super::write::{Sheet, day};
use crate::establishment::{NormRow, NormsByMatter, Target, Terms};
use crate::places::Setting;

const FILE: &str = "norms.csv";

const REQUIRED: [&str; 7] = [
    "cadre",
    "minimum",
    "maximum",
    "valid_from",
    "valid_to",
    "source",
    "confidence",
];

/// What a norm is for.
const OPTIONAL: [&[&str]; 3] = [
    &["facility"],
    &["facility_type", "urban_rural"],
    &["level", "people_per_worker"],
];

const DAY: &str = "a day, such as 2026-05-01";
const NUMBER: &str = "a number";

/// The norms of the folder whose other lists `country` has already.
pub(super) fn read(files: &mut Files<'_>, country: &Country) -> Vec<NormRow> {
    if !files.has(FILE) {
        return Vec::new();
    }
    let columns = Columns {
        required: &REQUIRED,
        optional: &OPTIONAL,
        localized: &[],
    };
    let rows = files.wide_sheet(FILE, columns);
    let read = rows.iter().filter_map(|row| {
        let norm = norm(files, row, country)?;
        for refusal in norm.check() {
            let field = refusal.path.last().map_or("", String::as_str);
            files.refuse_row(row, column(field), said(&refusal.objection));
        }
        Some((row, norm))
    });
    let (rows, norms): (Vec<&Row>, Vec<NormRow>) = read.unzip();
    let all: NormsByMatter<'_> = norms.iter().collect();
    let mut seen = HashSet::new();
    for (row, norm) in rows.into_iter().zip(&norms) {
        if !seen.insert(norm.key()) {
            files.refuse_row(row, "valid_from", "stands there twice");
        } else if let Some(other) = norm.overlapping(&all) {
            files.refuse_row(row, "valid_from", overlapping(other));
        }
    }
    norms
}

fn norm(files: &mut Files<'_>, row: &Row, country: &Country) -> Option<NormRow> {
    let is_cadre = |code: &str| country.cadres.cadres.iter().any(|it| it.code == code);
    let cadre = known(files, row, "cadre", is_cadre, "cadre").to_owned();
    row.required(files, "valid_from");
    let target = target(files, row, country);
    Some(NormRow {
        cadre,
        terms: Terms {
            target: target?,
            minimum: row.parsed(files, "minimum", NUMBER),
            maximum: row.parsed(files, "maximum", NUMBER),
            from: row.parsed(files, "valid_from", DAY)?,
            until: row.parsed(files, "valid_to", DAY),
            source: row.owned("source"),
        },
    })
}

fn target(files: &mut Files<'_>, row: &Row, country: &Country) -> Option<Target<String>> {
    let named = ["facility", "facility_type", "level"].map(|it| !row.text(it).is_empty());
    match named {
        [true, false, false] => {
            let is_facility =
                |code: &str| country.places.facilities.iter().any(|it| it.code == code);
            let code = known(files, row, "facility", is_facility, "facility");
            Some(Target::Facility(code.to_owned()))
        }
        [false, true, false] => {
            let is_type =
                |code: &str| (country.places.types.iter()).any(|it| it.class.code == code);
            let code = known(files, row, "facility_type", is_type, "facility type");
            let settings = [Setting::Urban, Setting::Rural].map(|it| (it.as_str(), it));
            let setting = match row.text("urban_rural") {
                "" => None,
                _ => row.one_of(files, "urban_rural", &settings),
            };
            Some(Target::Type {
                code: code.to_owned(),
                setting,
            })
        }
        [false, false, true] => {
            let levels = country.settings.levels.len();
            let level = row.parsed::<u8>(files, "level", "a level's number")?;
            if level == 0 || usize::from(level) > levels {
                let reason = format!("is none of the {levels} levels of tenant.toml");
                files.refuse_row(row, "level", reason);
            }
            row.required(files, "people_per_worker");
            Some(Target::Population {
                level,
                people: row.parsed(files, "people_per_worker", NUMBER)?,
            })
        }
        _ => {
            let reason = "a norm is for a facility, for a facility_type, or for a level";
            files.refuse_row(row, "", reason);
            None
        }
    }
}

/// The column of a field of the mutation.
fn column(field: &str) -> &str {
    match field {
        "from" => "valid_from",
        "until" => "valid_to",
        "population" => "people_per_worker",
        other => other,
    }
}

fn overlapping(other: &NormRow) -> String {
    let end = match other.terms.until {
        Some(day) => format!("to {day}"),
        None => "on".to_owned(),
    };
    format!("another norm holds from {} {end}", other.terms.from)
}

/// What no list can do to the norms that stand.
pub(super) fn obstacles(wanted: &[NormRow], standing: &[NormRow]) -> Vec<Problem> {
    let named: HashSet<String> = wanted.iter().map(NormRow::key).collect();
    let kept = standing.iter().filter(|it| !named.contains(&it.key()));
    let kept: NormsByMatter<'_> = kept.collect();
    let obstacles = wanted.iter().filter_map(|norm| {
        let other = norm.overlapping(&kept)?;
        Some(Problem {
            file: FILE.to_owned(),
            line: None,
            column: format!("{}: valid_from", norm.key()),
            reason: overlapping(other),
        })
    });
    obstacles.collect()
}

pub(super) fn write(country: &Country) -> anyhow::Result<(String, Vec<u8>)> {
    let columns = [
        "cadre",
        "facility",
        "facility_type",
        "urban_rural",
        "level",
        "people_per_worker",
        "minimum",
        "maximum",
        "valid_from",
        "valid_to",
        "source",
        "confidence",
    ];
    let mut sheet = Sheet::new(columns);
    let number = |it: Option<u32>| it.map(|it| it.to_string()).unwrap_or_default();
    for it in &country.norms {
        let terms = &it.terms;
        let nothing = String::new;
        let target = match &terms.target {
            Target::Facility(code) => [code.clone(), nothing(), nothing(), nothing(), nothing()],
            Target::Type { code, setting } => {
                let setting = setting.map_or("", Setting::as_str).to_owned();
                [nothing(), code.clone(), setting, nothing(), nothing()]
            }
            Target::Population { level, people } => {
                let (level, people) = (level.to_string(), people.to_string());
                [nothing(), nothing(), nothing(), level, people]
            }
        };
        let mut cells = vec![it.cadre.clone()];
        cells.extend(target);
        cells.extend([
            number(terms.minimum),
            number(terms.maximum),
            terms.from.to_string(),
            day(terms.until),
            terms.source.clone(),
            nothing(),
        ]);
        sheet.add(it.key(), cells);
    }
    Ok((FILE.to_owned(), sheet.bytes()?))
}

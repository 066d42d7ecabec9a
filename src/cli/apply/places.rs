//! `org-units.csv`, `facility-types.csv`, `ownership.csv`, and a list of facilities.

use std::collections::{HashMap, HashSet};

use super::read::{SECTORS, known};
use super::sheet::{Columns, Files, Row};
use super::tree::{self, Node};
use crate::kernel::{Date, Sector, Text};
use crate::places::{
    ClassRow, FacilityRow, FacilityType, Ownership, PopulationRow, Setting, UnitRow,
    is_day_of_retirement,
};

const DATE: &str = "a date of the form 2012-03-31";

#[derive(Default)]
pub(crate) struct Units {
    pub units: Vec<UnitRow>,
    pub populations: Vec<PopulationRow>,
}

/// Org units with their populations; `standing` are the units of other files, with their level.
pub(crate) fn units(
    files: &mut Files<'_>,
    file: &str,
    levels: usize,
    standing: &HashMap<&str, Option<u8>>,
) -> Units {
    const COLUMNS: [&str; 12] = [
        "code",
        "level",
        "parent",
        "name",
        "kind",
        "iso_3166_2",
        "population",
        "population_year",
        "population_source",
        "valid_from",
        "valid_to",
        "source",
    ];
    let columns: Vec<&str> = COLUMNS.into_iter().chain(["confidence"]).collect();
    let rows = files.sheet(file, &columns, "name");
    let mut found = Units::default();
    for row in &rows {
        let unit = unit(files, row, levels);
        found.populations.extend(population(files, row, &unit.code));
        found.units.push(unit);
    }
    let nodes: Vec<Node<'_>> = rows
        .iter()
        .zip(&found.units)
        .map(|(row, unit)| Node {
            row,
            code: &unit.code,
            parent: unit.parent.as_deref(),
            // A level that could not be read has been named already.
            level: Some(unit.level).filter(|level| *level > 0),
        })
        .collect();
    tree::check(files, &nodes, standing);
    found
}

fn unit(files: &mut Files<'_>, row: &Row, levels: usize) -> UnitRow {
    let level = row.parsed::<u8>(files, "level", "a level's number");
    row.required(files, "level");
    if level.is_some_and(|level| level == 0 || usize::from(level) > levels) {
        let reason = format!("is none of the {levels} levels of tenant.toml");
        files.refuse_row(row, "level", reason);
    }
    let (valid_from, valid_to) = period(files, row, "valid_from", "valid_to");
    let mut name = Text::default();
    for language in files.languages.clone().iter().skip(1) {
        if let Some(text) = row.optional(&format!("name:{language}")) {
            name.0.insert(language.clone(), text);
        }
    }
    if let Some(first) = files.languages.first().cloned() {
        name.0.insert(first, row.required(files, "name"));
    }
    UnitRow {
        code: row.code(files, "code"),
        parent: row.optional("parent"),
        level: level.unwrap_or(0),
        name,
        kind: row.owned("kind"),
        iso_3166_2: row.optional("iso_3166_2"),
        valid_from,
        valid_to,
        source: row.owned("source"),
    }
}

/// Populations of other years and by other sources than those beside the units.
pub(crate) fn populations(files: &mut Files<'_>, units: &[UnitRow]) -> Vec<PopulationRow> {
    const COLUMNS: [&str; 4] = [
        "org_unit",
        "population",
        "population_year",
        "population_source",
    ];
    let rows = files.optional_sheet("populations.csv", &COLUMNS);
    let standing: HashSet<&str> = units.iter().map(|it| it.code.as_str()).collect();
    let found = rows.iter().filter_map(|row| {
        row.required(files, "population");
        let is_known = |code: &str| standing.contains(code);
        let unit = known(files, row, "org_unit", is_known, "org unit");
        population(files, row, unit)
    });
    found.collect()
}

fn population(files: &mut Files<'_>, row: &Row, unit: &str) -> Option<PopulationRow> {
    const MOST: u64 = 2_000_000_000;
    let people = row.parsed::<u64>(files, "population", "a number of people");
    let year = row.parsed::<u16>(files, "population_year", "a year");
    let source = row.text("population_source");
    if let Some(people) = people.filter(|people| *people > MOST) {
        files.refuse_row(
            row,
            "population",
            format!("{people} is more than any country has"),
        );
    }
    if let Some(year) = year.filter(|year| !(1900..=2200).contains(year)) {
        files.refuse_row(
            row,
            "population_year",
            format!("{year} is not between 1900 and 2200"),
        );
    }
    let given = !row.text("population").is_empty();
    for (column, empty) in [
        ("population_year", row.text("population_year").is_empty()),
        ("population_source", source.is_empty()),
    ] {
        if given && empty {
            files.refuse_row(
                row,
                column,
                "is empty: a population has a year and a source",
            );
        }
    }
    Some(PopulationRow {
        unit: unit.to_owned(),
        year: year?,
        source: source.to_owned(),
        people: people?,
    })
}

const RETIREMENT: [&[&str]; 1] = [&["retired_on"]];

pub(crate) fn types(files: &mut Files<'_>) -> Vec<ClassRow<FacilityType>> {
    const COLUMNS: [&str; 6] = [
        "code",
        "tier",
        "sha2011_provider",
        "sector",
        "source",
        "confidence",
    ];
    classes(files, "facility-types.csv", &COLUMNS, |files, row, code| {
        FacilityType {
            code,
            label: row.texts(files, "label"),
            tier: row.owned("tier"),
            provider_class: row.owned("sha2011_provider"),
            sector: row
                .one_of(files, "sector", &SECTORS)
                .unwrap_or(Sector::Health),
            source: row.owned("source"),
        }
    })
}

pub(crate) fn ownerships(files: &mut Files<'_>) -> Vec<ClassRow<Ownership>> {
    const GROUPS: [(&str, &str); 3] = [
        ("public", "public"),
        ("private_not_for_profit", "private_not_for_profit"),
        ("private_for_profit", "private_for_profit"),
    ];
    let columns = ["code", "nhwa_group", "source", "confidence"];
    classes(files, "ownership.csv", &columns, |files, row, code| {
        Ownership {
            code,
            label: row.texts(files, "label"),
            nhwa_group: row
                .one_of(files, "nhwa_group", &GROUPS)
                .unwrap_or_default()
                .to_owned(),
            source: row.owned("source"),
        }
    })
}

fn classes<T>(
    files: &mut Files<'_>,
    file: &str,
    required: &[&str],
    class: impl Fn(&mut Files<'_>, &Row, String) -> T,
) -> Vec<ClassRow<T>> {
    let columns = Columns {
        required,
        optional: &RETIREMENT,
        localized: &["label"],
    };
    let rows = files.wide_sheet(file, columns);
    let mut seen = HashSet::new();
    rows.iter()
        .map(|row| {
            let code = new_code(files, row, &mut seen);
            ClassRow {
                class: class(files, row, code),
                retired_on: row.has("retired_on").then(|| retirement(files, row)),
            }
        })
        .collect()
}

fn retirement(files: &mut Files<'_>, row: &Row) -> Option<Date> {
    let day = row.parsed(files, "retired_on", DATE)?;
    if !is_day_of_retirement(day) {
        let reason = format!("{day} is not between 1900 and 2200");
        files.refuse_row(row, "retired_on", reason);
    }
    Some(day)
}

/// The codes that a facility may name.
pub(crate) struct Around<'a> {
    pub units: HashSet<&'a str>,
    pub types: HashSet<&'a str>,
    pub ownerships: HashSet<&'a str>,
}

pub(super) const FACILITY_COLUMNS: [&str; 8] = [
    "code",
    "name",
    "type",
    "ownership",
    "org_unit",
    "urban_rural",
    "opened_on",
    "closed_on",
];

pub(crate) fn facilities(
    files: &mut Files<'_>,
    file: &str,
    around: &Around<'_>,
) -> Vec<FacilityRow> {
    let settings = Setting::ALL.map(|it| (it.as_str(), it));
    let rows = files.sheet(file, &FACILITY_COLUMNS, "");
    let mut seen = HashSet::new();
    rows.iter()
        .map(|row| {
            let (opened_on, closed_on) = period(files, row, "opened_on", "closed_on");
            let types = |code: &str| around.types.contains(code);
            let ownerships = |code: &str| around.ownerships.contains(code);
            let units = |code: &str| around.units.contains(code);
            FacilityRow {
                code: new_code(files, row, &mut seen),
                name: row.required(files, "name"),
                type_code: known(files, row, "type", types, "facility type").to_owned(),
                ownership: known(files, row, "ownership", ownerships, "ownership").to_owned(),
                unit: known(files, row, "org_unit", units, "org unit").to_owned(),
                setting: row
                    .one_of(files, "urban_rural", &settings)
                    .unwrap_or(Setting::Unknown),
                opened_on,
                closed_on,
            }
        })
        .collect()
}

/// A code that no row above has.
fn new_code(files: &mut Files<'_>, row: &Row, seen: &mut HashSet<String>) -> String {
    let code = row.code(files, "code");
    if !code.is_empty() && !seen.insert(code.clone()) {
        files.refuse_row(row, "code", format!("{code} stands twice"));
    }
    code
}

fn period(files: &mut Files<'_>, row: &Row, from: &str, to: &str) -> (Option<Date>, Option<Date>) {
    let begins = row.parsed::<Date>(files, from, DATE);
    let ends = row.parsed::<Date>(files, to, DATE);
    if let (Some(begins), Some(ends)) = (begins, ends)
        && ends < begins
    {
        files.refuse_row(row, to, format!("{ends} is before {begins}"));
    }
    (begins, ends)
}

//! `holidays.csv`: the country's public holidays. A country that has none in its folder keeps those that its ministry saved.

use std::collections::HashSet;

use super::Country;
use super::sheet::{Files, Row};
use super::write::{Sheet, labelled, texts};
use crate::kernel::Date;
use crate::workforce::HolidayRow;

const FILE: &str = "holidays.csv";

pub(super) fn read(files: &mut Files<'_>) -> Vec<HolidayRow> {
    if !files.has(FILE) {
        return Vec::new();
    }
    let rows = files.sheet(FILE, &["date", "source", "confidence"], "name");
    let mut seen: HashSet<Date> = HashSet::new();
    let read = rows.iter().filter_map(|row| {
        let holiday = holiday(files, row)?;
        if !seen.insert(holiday.day) {
            files.refuse_row(row, "date", "stands there twice");
        }
        Some(holiday)
    });
    read.collect()
}

fn holiday(files: &mut Files<'_>, row: &Row) -> Option<HolidayRow> {
    let name = row.texts(files, "name");
    row.required(files, "date");
    Some(HolidayRow {
        day: row.parsed(files, "date", "a day, such as 2026-05-01")?,
        name,
        source: row.owned("source"),
    })
}

pub(super) fn write(country: &Country, languages: &[String]) -> anyhow::Result<(String, Vec<u8>)> {
    let mut sheet = Sheet::new(labelled(
        &["date"],
        "name",
        languages,
        &["source", "confidence"],
    ));
    for it in &country.holidays {
        let mut cells = vec![it.day.to_string()];
        cells.extend(texts(&it.name, languages));
        cells.extend([it.source.clone(), String::new()]);
        sheet.add(it.day.to_string(), cells);
    }
    Ok((FILE.to_owned(), sheet.bytes()?))
}

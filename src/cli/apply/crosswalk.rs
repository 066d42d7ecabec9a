//! `crosswalk.csv`: what the country's cadres are in classifications, as somebody approved what somebody else proposed. A
//! country that has none in its folder keeps what its ministry approved.

use std::collections::BTreeMap;

use super::Country;
use super::cadres::said;
use super::read::known;
use super::sheet::{Files, Row};
use super::write::Sheet;
use crate::cadres::{CadreRow, Classifications, MappingRow, Relation, Target};
use crate::kernel::Date;

const FILE: &str = "crosswalk.csv";

/// A row for each unit; those of one cadre, edition and day are one mapping.
const COLUMNS: [&str; 8] = [
    "cadre",
    "edition",
    "valid_from",
    "code",
    "relation",
    "share",
    "author",
    "approver",
];

pub(super) fn read(
    files: &mut Files<'_>,
    cadres: &[CadreRow],
    units: &Classifications,
) -> Vec<MappingRow> {
    let rows = files.optional_sheet(FILE, &COLUMNS);
    let mut mappings: BTreeMap<(String, String, Date), (MappingRow, &Row)> = BTreeMap::new();
    for row in &rows {
        let is_cadre = |code: &str| cadres.iter().any(|it| it.code == code);
        let cadre = known(files, row, "cadre", is_cadre, "cadre").to_owned();
        if cadres.iter().any(|it| it.parent.as_deref() == Some(&cadre)) {
            files.refuse_row(
                row,
                "cadre",
                format!("{cadre} gathers other cadres: map these"),
            );
        }
        row.required(files, "valid_from");
        let day = row.parsed(files, "valid_from", "a day, such as 2026-05-01");
        let (Some(valid_from), Some(target)) = (day, target(files, row)) else {
            continue;
        };
        let edition = row.required(files, "edition");
        let fresh = MappingRow {
            cadre: cadre.clone(),
            edition: edition.clone(),
            valid_from,
            targets: Vec::new(),
            author: row.required(files, "author"),
            approver: row.required(files, "approver"),
        };
        let (author, approver) = (fresh.author.clone(), fresh.approver.clone());
        let key = (cadre, edition, valid_from);
        let (mapping, _) = mappings.entry(key).or_insert((fresh, row));
        for (column, one, other) in [
            ("author", &mapping.author, &author),
            ("approver", &mapping.approver, &approver),
        ] {
            if one != other {
                let reason = format!("{one} stands in another row of the same day");
                files.refuse_row(row, column, reason);
            }
        }
        mapping.targets.push(target);
    }
    let read = mappings.into_values().map(|(mut mapping, row)| {
        for misfit in mapping.check(units) {
            files.refuse_row(row, &misfit.field, said(&misfit.objection));
        }
        mapping.targets.sort_by(|one, other| {
            (other.share.cmp(&one.share)).then_with(|| one.code.cmp(&other.code))
        });
        mapping
    });
    read.collect()
}

fn target(files: &mut Files<'_>, row: &Row) -> Option<Target> {
    let relations = Relation::ALL.map(|it| (it.as_str(), it));
    let code = row.required(files, "code");
    let relation = row.one_of(files, "relation", &relations)?;
    let share = match row.text("share") {
        "" => None,
        text => {
            let share = ten_thousandths(text);
            if share.is_none() {
                let reason = format!("“{text}” is not a share in percent, such as 60 or 33.34");
                files.refuse_row(row, "share", reason);
            }
            Some(share?)
        }
    };
    Some(Target {
        code,
        relation,
        share,
    })
}

/// Percent, with two decimals at most.
fn ten_thousandths(text: &str) -> Option<i16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 || whole.len() > 3 {
        return None;
    }
    let share: i16 = format!("{whole}{part:0<2}").parse().ok()?;
    (1..10_000).contains(&share).then_some(share)
}

fn percent(share: i16) -> String {
    let text = format!("{}.{:02}", share / 100, share % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn write(country: &Country) -> anyhow::Result<(String, Vec<u8>)> {
    let mut sheet = Sheet::new(COLUMNS);
    for it in &country.cadres.mappings {
        let first = [
            it.cadre.clone(),
            it.edition.clone(),
            it.valid_from.to_string(),
        ];
        for (at, target) in it.targets.iter().enumerate() {
            let cells = [
                target.code.clone(),
                target.relation.as_str().to_owned(),
                target.share.map(percent).unwrap_or_default(),
                it.author.clone(),
                it.approver.clone(),
            ];
            let key = format!("{} {at:02}", first.join(" "));
            sheet.add(key, first.iter().cloned().chain(cells).collect());
        }
    }
    Ok((FILE.to_owned(), sheet.bytes()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percent_as_people_write_it() {
        for (written, share) in [
            ("60", 6_000),
            ("33.34", 3_334),
            ("0.5", 50),
            ("99.99", 9_999),
        ] {
            assert_eq!(ten_thousandths(written), Some(share));
            assert_eq!(percent(share), written);
        }
        assert_eq!(ten_thousandths("33.30"), Some(3_330));
        for nonsense in ["", "0", "100", "-5", "33.333", "60%", "1e1", ".", "12345"] {
            assert_eq!(ten_thousandths(nonsense), None, "{nonsense}");
        }
    }
}

//! `cadres.csv`: the country's taxonomy.

use std::collections::HashMap;

use super::read::SECTORS;
use super::sheet::{Columns, Files, Problem, Row};
use super::tree::{self, Node};
use super::write::{Sheet, day, labelled, texts};
use super::{Country, crosswalk};
use crate::cadres::{
    CadreRow, Cadres, CadresConfiguration, Classifications, ISCO_08, Misfit, Objection, Status,
    WorkerClass,
};
use crate::graphql::message;
use crate::interop::{joined, parts};
use crate::kernel::{Languages, Reason, Sector, Text};

const FILE: &str = "cadres.csv";

const REQUIRED: [&str; 7] = [
    "code",
    "parent",
    "sector",
    "worker_class",
    "isco08",
    "source",
    "confidence",
];

/// Whether a council licenses a cadre says whether a licence is needed, and how it ended from when on: one column does not
/// come without the other.
const OPTIONAL: [&[&str]; 7] = [
    &["entry_qualification"],
    &["licensed", "licensing_council"],
    &["retirement_age"],
    &["salary_grades"],
    &["career_steps"],
    &["valid_from"],
    &["status", "status_from", "successors"],
];

/// A cadre that is still to come says so by its first day.
const STATUSES: [(&str, Status); 4] = [
    ("active", Status::Active),
    ("retired", Status::Retired),
    ("merged", Status::Merged),
    ("split", Status::Split),
];

const YES_OR_NO: [(&str, bool); 2] = [("yes", true), ("no", false)];

/// The cadres and what they are in classifications, without code lists.
pub(super) fn read(files: &mut Files<'_>, units: &Classifications) -> CadresConfiguration {
    let columns = Columns {
        required: &REQUIRED,
        optional: &OPTIONAL,
        localized: &["label", "description"],
    };
    let rows = files.wide_sheet(FILE, columns);
    let cadres: Vec<CadreRow> = rows.iter().map(|row| cadre(files, row, units)).collect();
    let nodes: Vec<Node<'_>> = rows
        .iter()
        .zip(&cadres)
        .map(|(row, cadre)| Node {
            row,
            code: &cadre.code,
            parent: cadre.parent.as_deref(),
            level: None,
        })
        .collect();
    tree::check(files, &nodes, &HashMap::new());
    let sectors = cadres.iter().map(|it| (it.code.as_str(), it.sector));
    let sectors: HashMap<&str, Sector> = sectors.collect();
    for (row, cadre) in rows.iter().zip(&cadres) {
        for misfit in cadre.check(&sectors) {
            files.refuse_row(row, &misfit.field, reason(cadre, &misfit));
        }
    }
    let is_untold = |column: &String| rows.first().is_some_and(|row| !row.has(column));
    let optional = CadreRow::optional_fields(&files.languages);
    CadresConfiguration {
        untold: optional.filter(is_untold).collect(),
        mappings: crosswalk::read(files, &cadres, units),
        cadres,
        code_lists: Vec::new(),
    }
}

fn cadre(files: &mut Files<'_>, row: &Row, units: &Classifications) -> CadreRow {
    let classes = WorkerClass::ALL.map(|class| (class.as_str(), class));
    let isco = row.optional("isco08");
    let is_known = |code: &String| units.get(ISCO_08).is_some_and(|it| it.contains(code));
    if let Some(code) = isco.as_ref().filter(|code| !is_known(code)) {
        files.refuse_row(row, "isco08", format!("ISCO-08 has no {code}"));
    }
    let licensed = match row.text("licensed") {
        "" => None,
        _ => row.one_of(files, "licensed", &YES_OR_NO),
    };
    let status = match row.text("status") {
        "" => None,
        _ => row.one_of(files, "status", &STATUSES),
    };
    let several = |column: &str| row.optional(column).map_or_else(Vec::new, |it| parts(&it));
    CadreRow {
        code: row.code(files, "code"),
        parent: row.optional("parent"),
        label: label(files, row),
        description: row.optional_texts(files, "description"),
        sector: row
            .one_of(files, "sector", &SECTORS)
            .unwrap_or(Sector::Health),
        worker_class: row
            .one_of(files, "worker_class", &classes)
            .unwrap_or(WorkerClass::Allied),
        isco08: isco,
        entry_qualification: row.optional("entry_qualification"),
        licensed: licensed.unwrap_or(false),
        licensing_council: row.optional("licensing_council"),
        retirement_age: row.parsed(files, "retirement_age", "an age in years"),
        salary_grades: several("salary_grades"),
        career_steps: several("career_steps"),
        valid_from: row.parsed(files, "valid_from", DAY),
        status: status.unwrap_or(Status::Active),
        status_from: row.parsed(files, "status_from", DAY),
        successors: several("successors"),
        source: row.owned("source"),
    }
}

const DAY: &str = "a day, such as 2026-05-01";

/// In one of the country's languages at least, as mutations have it.
fn label(files: &mut Files<'_>, row: &Row) -> Text {
    let label = row.optional_texts(files, "label");
    if let (true, Some(first)) = (label.0.is_empty(), files.languages.first().cloned()) {
        let reason = "is empty; a cadre has a label in one language at least";
        files.refuse_row(row, &format!("label:{first}"), reason);
    }
    label
}

/// In the words that a mutation is refused with, where these tell enough.
fn reason(cadre: &CadreRow, misfit: &Misfit) -> String {
    if let Some(reason) = of_ending(cadre, misfit) {
        return reason;
    }
    match (&misfit.value, &misfit.objection) {
        (Some(step), Objection::CadreNotFound) => format!("there is no {step} that could follow"),
        (Some(step), _) if *step == cadre.code => format!("{step} would follow itself"),
        (_, objection) => said(objection),
    }
}

/// What only a list can get wrong: a mutation names a day, and cadres by their ids.
fn of_ending(cadre: &CadreRow, misfit: &Misfit) -> Option<String> {
    let status = STATUSES.iter().find(|it| it.1 == cadre.status)?.0;
    let reason = match (misfit.field.as_str(), &misfit.value, &misfit.objection) {
        ("status_from", ..) if cadre.status == Status::Active => {
            "an active cadre has no day on which it ended".to_owned()
        }
        ("status_from", ..) if cadre.status_from.is_none() => {
            format!("is empty; a {status} cadre is so from a day on")
        }
        ("status_from", ..) => "is not after the first day of the cadre".to_owned(),
        ("successors", None, Objection::SuccessorNotFound) => {
            format!("is empty; the people of a {status} cadre went somewhere")
        }
        ("successors", None, Objection::TooMany(0)) => {
            format!("people stay in a cadre that is {status}")
        }
        ("successors", None, Objection::TooMany(1)) => {
            "the people of a merged cadre went to one other".to_owned()
        }
        ("successors", Some(code), _) if *code == cadre.code => {
            format!("the people of {code} would stay in it")
        }
        ("successors", Some(code), Objection::SuccessorNotFound) => {
            format!("there is no {code} where people could have gone")
        }
        _ => return None,
    };
    Some(reason)
}

/// In the words that a mutation is refused with.
pub(super) fn said(objection: &impl Reason) -> String {
    let arguments = objection.arguments();
    let arguments = arguments.iter().map(|(name, it)| (*name, it.as_str()));
    message(objection.code(), arguments, &Languages::default())
}

/// What no list can do to the cadres that stand.
pub(super) fn obstacles(wanted: &CadresConfiguration, standing: &Cadres) -> Vec<Problem> {
    let obstacles = wanted.obstacles(standing).into_iter();
    let problem = |(code, column, reason): (String, &str, &str)| Problem {
        file: FILE.to_owned(),
        line: None,
        column: format!("{code}: {column}"),
        reason: reason.to_owned(),
    };
    obstacles.map(problem).collect()
}

pub(super) fn write(country: &Country, languages: &[String]) -> anyhow::Result<Vec<u8>> {
    let described = languages.iter().map(|it| format!("description:{it}"));
    let last = ["sector", "worker_class", "isco08"];
    let header = labelled(&["code", "parent"], "label", languages, &[])
        .chain(described)
        .chain(last.map(str::to_owned))
        .chain(OPTIONAL.iter().copied().flatten().map(ToString::to_string))
        .chain(["source", "confidence"].map(str::to_owned));
    let mut sheet = Sheet::new(header);
    for it in &country.cadres.cadres {
        let mut cells = vec![it.code.clone(), it.parent.clone().unwrap_or_default()];
        cells.extend(texts(&it.label, languages));
        cells.extend(texts(&it.description, languages));
        cells.extend([
            it.sector.as_str().to_owned(),
            it.worker_class.as_str().to_owned(),
            it.isco08.clone().unwrap_or_default(),
            it.entry_qualification.clone().unwrap_or_default(),
            if it.licensed { "yes" } else { "no" }.to_owned(),
            it.licensing_council.clone().unwrap_or_default(),
            it.retirement_age
                .map(|it| it.to_string())
                .unwrap_or_default(),
            joined(it.salary_grades.iter().map(String::as_str)),
            joined(it.career_steps.iter().map(String::as_str)),
            day(it.valid_from),
            (STATUSES.iter().find(|(_, status)| *status == it.status))
                .map_or("", |(word, _)| *word)
                .to_owned(),
            day(it.status_from),
            joined(it.successors.iter().map(String::as_str)),
            it.source.clone(),
            String::new(),
        ]);
        sheet.add(&it.code, cells);
    }
    sheet.bytes()
}

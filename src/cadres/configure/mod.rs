//! Bringing a country's taxonomy and code lists up to date. Nothing is ever deleted, and what a cadre was called, where
//! it stood and how it was classed until the day before stays as it was.

mod check;
mod crosswalk;
mod ending;
mod store;

use std::collections::{BTreeSet, HashMap};

pub use check::Misfit;
pub use crosswalk::MappingRow;
use serde::Serialize;
use sqlx::PgConnection;

use super::crosswalk::{Classifications, store as crosswalk_store};
use super::{Cadres, CodeListEntry, CodeLists, Status, Taxonomy, WorkerClass};
use crate::kernel::{CadreId, Changes, Date, Fault, Instant, ListChanges, Sector, Text};
use crate::tenancy::Reference;

/// The taxonomy by codes, and all code lists. A list that is empty is left as it stands.
#[derive(Clone, Debug, Default)]
pub struct CadresConfiguration {
    pub cadres: Vec<CadreRow>,
    /// The fields of [`CadreRow`] of which the list says nothing, by the names that its plan has for them
    /// (`description:fr`, `salary_grades`): they stay as they stand.
    pub untold: BTreeSet<String>,
    pub code_lists: Vec<EntryRow>,
    /// What cadres are in classifications, as it was approved.
    pub mappings: Vec<MappingRow>,
}

/// An entry of a code list, with what is known of it besides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryRow {
    #[serde(flatten)]
    pub entry: CodeListEntry,
    /// The first day on which no new record may name it.
    pub retired_on: Option<Date>,
    /// Where it stands in its list.
    pub place: Option<i16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CadreRow {
    pub code: String,
    pub parent: Option<String>,
    pub label: Text,
    pub description: Text,
    pub sector: Sector,
    pub worker_class: WorkerClass,
    pub isco08: Option<String>,
    pub entry_qualification: Option<String>,
    pub licensed: bool,
    /// The council that licenses its workers.
    pub licensing_council: Option<String>,
    pub retirement_age: Option<i16>,
    /// From the lowest.
    pub salary_grades: Vec<String>,
    /// The codes of the cadres that may follow it in a career; none: any may.
    pub career_steps: Vec<String>,
    /// The first day of a cadre that is new; absent: it always was.
    pub valid_from: Option<Date>,
    /// Active, or how it ended.
    pub status: Status,
    /// The first day on which it is retired, merged or split.
    pub status_from: Option<Date>,
    /// The codes of the cadres where its people went.
    pub successors: Vec<String>,
    pub source: String,
}

const OPTIONAL: [&str; 10] = [
    "entry_qualification",
    "licensed",
    "licensing_council",
    "retirement_age",
    "salary_grades",
    "career_steps",
    "valid_from",
    "status",
    "status_from",
    "successors",
];

/// Adds what is new and changes what differs from what holds on a day: from that day on. Cadres that are new have always
/// been there. The caller appends the changes to the ledger.
///
/// # Errors
/// When the database refuses: an occupation that ISCO-08 does not have, for one.
pub async fn configure(
    tx: &mut PgConnection,
    wanted: &CadresConfiguration,
    (now, day): (Instant, Date),
) -> Result<Changes, Fault> {
    super::store::lock(tx).await?;
    let cadres = Taxonomy::load(tx).await?.on(day);
    let lists = CodeLists::load(tx).await?;
    let wanted = wanted.told_fully(&cadres);
    let changes = wanted.changes(&cadres, &lists);
    if !changes.is_empty() {
        store::write(tx, &wanted, &cadres, &changes, (now, day)).await?;
    }
    Ok(changes)
}

/// The units that a cadre may be mapped to, by the edition of their classification.
///
/// # Errors
/// When the database cannot be asked.
pub async fn classifications(connection: &mut PgConnection) -> Result<Classifications, Fault> {
    crosswalk_store::codes(connection).await
}

impl CadresConfiguration {
    /// What stands, as the configuration that would make it.
    #[must_use]
    pub fn of(cadres: &Cadres, lists: &CodeLists) -> Self {
        Self {
            cadres: rows(cadres).collect(),
            untold: BTreeSet::new(),
            code_lists: entries(lists),
            mappings: crosswalk::rows(cadres),
        }
    }

    /// The same list, with what it does not say as it stands.
    fn told_fully(&self, cadres: &Cadres) -> Self {
        let standing: HashMap<String, CadreRow> =
            rows(cadres).map(|it| (it.code.clone(), it)).collect();
        let mut told = self.clone();
        for row in &mut told.cadres {
            if let Some(stands) = standing.get(&row.code) {
                row.keep(stands, &self.untold);
            }
        }
        told.untold.clear();
        told
    }

    /// What [`configure`] would do to this taxonomy and these lists.
    #[must_use]
    pub fn changes(&self, cadres: &Cadres, lists: &CodeLists) -> Changes {
        let mut changes = Vec::new();
        if !self.cadres.is_empty() {
            let stands: Vec<CadreRow> = rows(cadres).collect();
            let wanted = self.told_fully(cadres).cadres;
            let list = ListChanges::between("cadres", &wanted, &stands, CadreRow::key);
            changes.push(list);
        }
        if !self.code_lists.is_empty() {
            let stands = entries(lists);
            let list = ListChanges::between("code_lists", &self.code_lists, &stands, entry_key);
            changes.push(list);
        }
        if !self.mappings.is_empty() {
            let stands = crosswalk::rows(cadres);
            let list = ListChanges::between("crosswalk", &self.mappings, &stands, MappingRow::key);
            changes.push(list);
        }
        Changes(changes)
    }
}

impl From<CodeListEntry> for EntryRow {
    /// In use, and without a place of its own.
    fn from(entry: CodeListEntry) -> Self {
        Self {
            entry,
            retired_on: None,
            place: None,
        }
    }
}

fn rows(cadres: &Cadres) -> impl Iterator<Item = CadreRow> {
    let code = |id: CadreId| Some(cadres.get(id)?.code.clone());
    cadres.all().iter().map(move |cadre| CadreRow {
        code: cadre.code.clone(),
        parent: cadre.parent.and_then(code),
        label: cadre.label.clone(),
        description: cadre.description.clone(),
        sector: cadre.sector,
        worker_class: cadre.worker_class,
        isco08: cadre.configured_isco08.clone(),
        entry_qualification: cadre.entry_qualification.clone(),
        licensed: cadre.is_licensed,
        licensing_council: cadre.council.clone(),
        retirement_age: cadre.retirement_age,
        salary_grades: cadre.salary_grades.clone(),
        career_steps: cadre
            .career_steps
            .iter()
            .copied()
            .filter_map(code)
            .collect(),
        valid_from: cadre.first_day,
        status: (cadre.ending.as_ref()).map_or(Status::Active, |it| it.status),
        status_from: cadre.ending.as_ref().map(|it| it.from),
        successors: ending::successors(cadre, cadres),
        source: cadre.source.clone(),
    })
}

impl CadreRow {
    fn key(&self) -> String {
        self.code.clone()
    }

    /// The fields that a list need not tell of; a description is one for each language.
    pub fn optional_fields(languages: &[String]) -> impl Iterator<Item = String> {
        let descriptions = languages.iter().map(|it| format!("description:{it}"));
        descriptions.chain(OPTIONAL.map(str::to_owned))
    }

    /// Takes the fields of another row that this one does not tell.
    fn keep(&mut self, stands: &Self, untold: &BTreeSet<String>) {
        for (language, text) in &stands.description.0 {
            if untold.contains(&format!("description:{language}")) {
                (self.description.0).insert(language.clone(), text.clone());
            }
        }
        let is_untold = |field: &str| untold.contains(field);
        if is_untold("entry_qualification") {
            (self.entry_qualification).clone_from(&stands.entry_qualification);
        }
        if is_untold("licensed") {
            self.licensed = stands.licensed;
        }
        if is_untold("licensing_council") {
            (self.licensing_council).clone_from(&stands.licensing_council);
        }
        if is_untold("retirement_age") {
            self.retirement_age = stands.retirement_age;
        }
        if is_untold("salary_grades") {
            self.salary_grades.clone_from(&stands.salary_grades);
        }
        if is_untold("career_steps") {
            self.career_steps.clone_from(&stands.career_steps);
        }
        if is_untold("valid_from") {
            self.valid_from = stands.valid_from;
        }
        if is_untold("status") {
            (self.status, self.status_from) = (stands.status, stands.status_from);
            self.successors.clone_from(&stands.successors);
        }
    }
}

fn entries(lists: &CodeLists) -> Vec<EntryRow> {
    let rows = lists.entries.iter().map(|entry| {
        let card = lists.card(&entry.list, &entry.code);
        EntryRow {
            entry: entry.clone(),
            retired_on: card.and_then(|it| it.retired_on),
            place: card.and_then(|it| it.place),
        }
    });
    rows.collect()
}

fn entry_key(row: &EntryRow) -> String {
    format!("{}.{}", row.entry.list, row.entry.code)
}

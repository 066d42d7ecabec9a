//! Bringing a country's taxonomy and code lists up to date. Nothing is ever deleted, and what a cadre was called, where
//! it stood and how it was classed until the day before stays as it was.

mod store;

use std::collections::BTreeSet;

use serde::Serialize;
use sqlx::PgConnection;

use super::{Cadres, CodeListEntry, CodeLists, Taxonomy, WorkerClass};
use crate::kernel::{Changes, Date, Fault, ListChanges, Sector, Text};
use crate::tenancy::Reference;

/// The taxonomy by codes, and all code lists. A list that is empty is left as it stands.
#[derive(Clone, Debug, Default)]
pub struct CadresConfiguration {
    pub cadres: Vec<CadreRow>,
    pub code_lists: Vec<EntryRow>,
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
    pub sector: Sector,
    pub worker_class: WorkerClass,
    pub isco08: Option<String>,
    pub source: String,
}

/// Adds what is new and changes what differs from what holds on a day: from that day on. Cadres that are new have always
/// been there. The caller appends the changes to the ledger.
///
/// # Errors
/// When the database refuses: an occupation that ISCO-08 does not have, for one.
pub async fn configure(
    tx: &mut PgConnection,
    wanted: &CadresConfiguration,
    day: Date,
) -> Result<Changes, Fault> {
    super::store::lock(tx).await?;
    let cadres = Taxonomy::load(tx).await?.on(day);
    let lists = CodeLists::load(tx).await?;
    let changes = wanted.changes(&cadres, &lists);
    if !changes.is_empty() {
        store::write(tx, wanted, &cadres, &changes, day).await?;
    }
    Ok(changes)
}

/// The occupations that a cadre may be mapped to.
///
/// # Errors
/// When the database cannot be asked.
pub async fn isco08_codes(connection: &mut PgConnection) -> Result<BTreeSet<String>, Fault> {
    store::isco08_codes(connection).await
}

impl CadresConfiguration {
    /// What stands, as the configuration that would make it.
    #[must_use]
    pub fn of(cadres: &Cadres, lists: &CodeLists) -> Self {
        Self {
            cadres: rows(cadres).collect(),
            code_lists: entries(lists),
        }
    }

    /// What [`configure`] would do to this taxonomy and these lists.
    #[must_use]
    pub fn changes(&self, cadres: &Cadres, lists: &CodeLists) -> Changes {
        let mut changes = Vec::new();
        if !self.cadres.is_empty() {
            let stands: Vec<CadreRow> = rows(cadres).collect();
            let list = ListChanges::between("cadres", &self.cadres, &stands, CadreRow::key);
            changes.push(list);
        }
        if !self.code_lists.is_empty() {
            let stands = entries(lists);
            let list = ListChanges::between("code_lists", &self.code_lists, &stands, entry_key);
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
    cadres.all().iter().map(|cadre| CadreRow {
        code: cadre.code.clone(),
        parent: cadre
            .parent
            .and_then(|parent| Some(cadres.get(parent)?.code.clone())),
        label: cadre.label.clone(),
        sector: cadre.sector,
        worker_class: cadre.worker_class,
        isco08: cadre.configured_isco08.clone(),
        source: cadre.source.clone(),
    })
}

impl CadreRow {
    fn key(&self) -> String {
        self.code.clone()
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

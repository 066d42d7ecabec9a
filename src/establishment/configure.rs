//! Norms as a country's folder has them, and bringing the country up to them.

use std::collections::HashMap;

use serde::Serialize;

use super::norm::{Target, Terms};
use super::refusal::Refusal;
use super::store;
use crate::kernel::{Changes, Fault, ListChanges, NormId};
use crate::tenancy::Reader;

/// A norm by the codes of what it is about. No two of one cadre and target hold on one day, so that its first day is a part
/// of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NormRow {
    pub cadre: String,
    #[serde(flatten)]
    pub terms: Terms<String>,
}

impl NormRow {
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.about(), self.terms.from)
    }

    /// What is wrong with it, by itself.
    #[must_use]
    pub fn check(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        self.terms.check(&mut refusals);
        refusals
    }

    /// The other norm of these that shares a day with it.
    #[must_use]
    pub fn overlapping<'a>(&self, others: &NormsByMatter<'a>) -> Option<&'a NormRow> {
        let ends_before = |one: &Self, other: &Self| {
            one.terms
                .until
                .is_some_and(|until| until < other.terms.from)
        };
        let alike = others.0.get(&self.about())?.iter().copied();
        let mut others = alike.filter(|it| it.terms.from != self.terms.from);
        others.find(|it| !ends_before(it, self) && !ends_before(self, it))
    }

    /// Its cadre and its target. For how many people one is asked for does not tell two norms of a level apart.
    fn about(&self) -> String {
        let target = match &self.terms.target {
            Target::Facility(code) => format!("facility {code}"),
            Target::Type {
                code,
                setting: None,
            } => format!("type {code}"),
            Target::Type {
                code,
                setting: Some(setting),
            } => format!("type {code} {}", setting.as_str()),
            Target::Population { level, .. } => format!("level {level}"),
        };
        format!("{} {target}", self.cadre)
    }
}

/// Norms by their cadre and target: a country may have one for each cadre at each facility.
pub struct NormsByMatter<'a>(HashMap<String, Vec<&'a NormRow>>);

impl<'a> FromIterator<&'a NormRow> for NormsByMatter<'a> {
    fn from_iter<I: IntoIterator<Item = &'a NormRow>>(norms: I) -> Self {
        let mut by: HashMap<String, Vec<&NormRow>> = HashMap::new();
        for norm in norms {
            by.entry(norm.about()).or_default().push(norm);
        }
        Self(by)
    }
}

/// What bringing the norms up to a folder would change. Those that the folder does not name stay.
#[must_use]
pub fn norm_changes(wanted: &[NormRow], standing: &[NormRow]) -> Changes {
    if wanted.is_empty() {
        return Changes::default();
    }
    let list = ListChanges::between("norms", wanted, standing, NormRow::key);
    Changes(vec![list])
}

/// The norms of all days, as a folder has them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn norm_rows(db: &mut Reader<'_>) -> Result<Vec<NormRow>, Fault> {
    let rows = store::rows(db).await?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Adds the norms of a country's folder, and changes those that it has otherwise. Its cadres and places are there by then.
/// The caller appends the changes to the ledger.
///
/// # Errors
/// When the database refuses.
pub async fn configure_norms(tx: &mut Reader<'_>, wanted: &[NormRow]) -> Result<Changes, Fault> {
    store::lock_norms(tx).await?;
    let (ids, standing): (Vec<_>, Vec<_>) = store::rows(tx).await?.into_iter().unzip();
    let changes = norm_changes(wanted, &standing);
    if let Some(list) = changes.0.first() {
        let standing = standing.iter().map(NormRow::key).zip(ids);
        let standing: HashMap<String, NormId> = standing.collect();
        let touched = list.touched(wanted, NormRow::key).into_iter();
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for row in touched {
            match standing.get(&row.key()) {
                Some(id) => known.push((*id, row)),
                None => new.push(row),
            }
        }
        // An older norm ends earlier before a new one takes the days that it leaves.
        store::change_rows(tx, &known).await?;
        store::add_rows(tx, &new).await?;
    }
    Ok(changes)
}

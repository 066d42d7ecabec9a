//! The taxonomy of occupations as the country names them, and its code lists.

use std::collections::HashMap;

use serde::Serialize;

use crate::kernel::{CadreId, Sector, Text};

/// How a worker of a cadre stands to the profession.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerClass {
    Professional,
    ParaProfessional,
    Volunteer,
    Allied,
}

impl WorkerClass {
    pub const ALL: [WorkerClass; 4] = [
        WorkerClass::Professional,
        WorkerClass::ParaProfessional,
        WorkerClass::Volunteer,
        WorkerClass::Allied,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            WorkerClass::Professional => "professional",
            WorkerClass::ParaProfessional => "para-professional",
            WorkerClass::Volunteer => "volunteer",
            WorkerClass::Allied => "allied",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }
}

/// A unit of ISCO-08, the International Standard Classification of Occupations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isco08 {
    pub code: String,
    pub title: Text,
}

/// A cadre, or a group of cadres.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadre {
    pub id: CadreId,
    /// What facts about postings call it by: small, from 1, for ever the same.
    pub number: i64,
    pub code: String,
    pub parent: Option<CadreId>,
    pub label: Text,
    pub sector: Sector,
    pub worker_class: WorkerClass,
    pub isco08: Option<Isco08>,
    pub source: String,
}

/// All cadres of a country.
#[derive(Debug, Default)]
pub struct Cadres {
    /// By code.
    all: Vec<Cadre>,
    index: HashMap<CadreId, usize>,
    children: HashMap<CadreId, Vec<CadreId>>,
}

impl Cadres {
    #[must_use]
    pub fn new(mut all: Vec<Cadre>) -> Self {
        all.sort_by(|a, b| a.code.cmp(&b.code));
        let mut cadres = Self {
            index: all.iter().enumerate().map(|(at, it)| (it.id, at)).collect(),
            ..Self::default()
        };
        for cadre in &all {
            if let Some(parent) = cadre.parent {
                cadres.children.entry(parent).or_default().push(cadre.id);
            }
        }
        cadres.all = all;
        cadres
    }

    #[must_use]
    pub fn all(&self) -> &[Cadre] {
        &self.all
    }

    #[must_use]
    pub fn get(&self, id: CadreId) -> Option<&Cadre> {
        self.index.get(&id).map(|at| &self.all[*at])
    }

    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&Cadre> {
        let at = self.all.binary_search_by(|it| it.code.as_str().cmp(code));
        at.ok().map(|at| &self.all[at])
    }

    #[must_use]
    pub fn children(&self, id: CadreId) -> &[CadreId] {
        self.children.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Whether it gathers other cadres, so that nobody is posted under it.
    #[must_use]
    pub fn is_group(&self, id: CadreId) -> bool {
        !self.children(id).is_empty()
    }

    /// The cadre and all below it.
    #[must_use]
    pub fn subtree(&self, root: CadreId) -> Vec<CadreId> {
        let mut found = Vec::new();
        let mut waiting = vec![root];
        while let Some(cadre) = waiting.pop() {
            if self.index.contains_key(&cadre) && !found.contains(&cadre) {
                found.push(cadre);
                waiting.extend_from_slice(self.children(cadre));
            }
        }
        found
    }
}

/// An entry of one of the country's code lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeListEntry {
    pub list: String,
    pub code: String,
    pub label: Text,
    /// What the list says of its entries besides: `exit_group` of a departure reason, `pattern` of an identifier type.
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

/// The lists that the workforce uses.
pub const EMPLOYMENT_TYPE: &str = "employment_type";
pub const DEPARTURE_REASON: &str = "departure_reason";
pub const IDENTIFIER_TYPE: &str = "identifier_type";

/// All code lists of a country.
#[derive(Debug, Default)]
pub struct CodeLists {
    /// By list and code.
    pub entries: Vec<CodeListEntry>,
    /// In the order of the entries.
    numbers: Vec<i64>,
}

impl CodeLists {
    /// Entries with what facts about postings call them by.
    #[must_use]
    pub fn new(mut numbered: Vec<(CodeListEntry, i64)>) -> Self {
        // Postgres may sort by another collation than the look-up does.
        numbered.sort_by(|(a, _), (b, _)| (&a.list, &a.code).cmp(&(&b.list, &b.code)));
        let (entries, numbers) = numbered.into_iter().unzip();
        Self { entries, numbers }
    }

    #[must_use]
    pub fn find(&self, list: &str, code: &str) -> Option<&CodeListEntry> {
        let wanted = (list, code);
        let at = self
            .entries
            .binary_search_by(|it| (it.list.as_str(), it.code.as_str()).cmp(&wanted));
        at.ok().map(|at| &self.entries[at])
    }

    pub fn list(&self, list: &str) -> impl Iterator<Item = &CodeListEntry> {
        self.entries.iter().filter(move |it| it.list == list)
    }

    /// The numbers of a list's entries, in their order.
    pub fn numbers(&self, list: &str) -> impl Iterator<Item = i64> {
        let numbered = self.entries.iter().zip(&self.numbers);
        let of_list = numbered.filter(move |(entry, _)| entry.list == list);
        of_list.map(|(_, number)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_is_the_cadre_and_all_below_it() {
        let cadre = |code: &str, parent: Option<CadreId>| Cadre {
            id: CadreId::new(),
            number: 1,
            code: code.into(),
            parent,
            label: Text::default(),
            sector: Sector::Health,
            worker_class: WorkerClass::Professional,
            isco08: None,
            source: String::new(),
        };
        let group = cadre("G", None);
        let nurse = cadre("NUR", Some(group.id));
        let other = cadre("A", None);
        let cadres = Cadres::new(vec![group.clone(), nurse.clone(), other.clone()]);
        assert_eq!(cadres.subtree(group.id), vec![group.id, nurse.id]);
        assert_eq!(cadres.subtree(other.id), vec![other.id]);
        assert_eq!(cadres.subtree(CadreId::new()), vec![]);
        assert!(cadres.is_group(group.id) && !cadres.is_group(nurse.id));
        assert_eq!(cadres.by_code("NUR").map(|it| it.id), Some(nurse.id));
    }
}

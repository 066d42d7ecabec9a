//! The taxonomy of occupations as the country names them, as it stands on a day.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::crosswalk::Mapping;
use crate::kernel::{CadreId, Date, Sector, Text};

/// How a worker of a cadre stands to the profession.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

/// How a cadre stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its first day has not come yet.
    Planned,
    /// In use.
    Active,
    /// Nobody is posted under it any more; those who are in it stay.
    Retired,
    /// Its people went to one other cadre.
    Merged,
    /// Its people went to several others.
    Split,
}

impl Status {
    pub const ALL: [Status; 5] = [
        Status::Planned,
        Status::Active,
        Status::Retired,
        Status::Merged,
        Status::Split,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Planned => "planned",
            Status::Active => "active",
            Status::Retired => "retired",
            Status::Merged => "merged",
            Status::Split => "split",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// All of a cadre that a change from a day on may touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub parent: Option<CadreId>,
    pub label: Text,
    pub description: Text,
    pub worker_class: WorkerClass,
    /// What one must have passed to enter it, in the country's words.
    pub entry_qualification: Option<String>,
    pub is_licensed: bool,
    /// The council that licenses its workers.
    pub council: Option<String>,
    /// In years.
    pub retirement_age: Option<i16>,
    /// From the lowest.
    pub salary_grades: Vec<String>,
    /// The cadres that may follow it in a career; empty: any may.
    pub career_steps: Vec<CadreId>,
    pub status: Status,
    /// Where its people went, once it was merged or split.
    pub successors: Vec<CadreId>,
}

/// From when a cadre is no more in use, and what its people are then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Retired, merged or split.
    pub status: Status,
    pub from: Date,
    /// Where its people went.
    pub successors: Vec<CadreId>,
}

/// A cadre, or a group of cadres, as it is on a day. It reads as its state of that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadre {
    pub id: CadreId,
    /// What facts about postings call it by: small, from 1, for ever the same.
    pub number: i64,
    pub code: String,
    /// Rises with every change.
    pub version: i32,
    pub sector: Sector,
    /// What the country's configuration says of ISCO-08, which holds until the first approved mapping.
    pub configured_isco08: Option<String>,
    /// What it is in ISCO-08: one unit, or several that share its people.
    pub isco08: Vec<Isco08>,
    pub source: String,
    /// As of the day; its state's own status once its first day has come.
    pub status: Status,
    /// The first day of the state; absent: always.
    pub since: Option<Date>,
    /// The last day of the state; absent: no end is known.
    pub until: Option<Date>,
    /// Its own first day; absent: it always was.
    pub first_day: Option<Date>,
    /// How it ended, or will end as far as is known on the day.
    pub ending: Option<Ending>,
    /// All that was ever said of what it is in classifications.
    pub mappings: Arc<Vec<Mapping>>,
    pub state: Arc<State>,
}

impl Cadre {
    /// Whether whoever leaves it may go to another cadre: the steps out of it, where the country has any, name that one.
    #[must_use]
    pub fn leads_to(&self, next: CadreId) -> bool {
        next == self.id || self.career_steps.is_empty() || self.career_steps.contains(&next)
    }

    /// Whether all of its people are of some units of ISCO-08, or of units below them: a code begins with those above it.
    #[must_use]
    pub fn is_of(&self, units: &[String]) -> bool {
        let within = |isco08: &Isco08| {
            let mut units = units.iter().filter(|unit| !unit.is_empty());
            units.any(|unit| isco08.code.starts_with(unit.as_str()))
        };
        !self.isco08.is_empty() && self.isco08.iter().all(within)
    }
}

impl Deref for Cadre {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

/// All cadres of a country, as they are on a day; those that are retired or still to come are there too.
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
        for cadre in all.iter().filter(|it| it.status != Status::Planned) {
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

    /// What it gathers, by code; retired, merged and split cadres too.
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
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let mut waiting = vec![root];
        while let Some(cadre) = waiting.pop() {
            if self.index.contains_key(&cadre) && seen.insert(cadre) {
                found.push(cadre);
                waiting.extend_from_slice(self.children(cadre));
            }
        }
        found
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
            version: 1,
            sector: Sector::Health,
            configured_isco08: None,
            isco08: vec![],
            source: String::new(),
            status: Status::Active,
            since: None,
            until: None,
            first_day: None,
            ending: None,
            mappings: Arc::default(),
            state: Arc::new(State {
                parent,
                label: Text::default(),
                description: Text::default(),
                worker_class: WorkerClass::Professional,
                entry_qualification: None,
                is_licensed: false,
                council: None,
                retirement_age: None,
                salary_grades: vec![],
                career_steps: vec![],
                status: Status::Active,
                successors: vec![],
            }),
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

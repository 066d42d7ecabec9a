//! The taxonomy through time: every cadre with all its states, and from them the tree of any day.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::cadre::{Cadres, Status};
use super::crosswalk::{Mapping, Standing};
use super::history::History;
use crate::kernel::{CadreId, Date, MappingId};

/// Why nobody can be posted under a cadre for some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpostable {
    /// It gathers other cadres.
    Group,
    /// It is retired, merged, split or still to come; told is the day from which that holds, or on which it begins.
    NotInForce(Status, Option<Date>),
}

/// From a day (absent: always) to before another (absent: for good).
type Span = (Option<Date>, Option<Date>);

/// The pictures of so many periods between two changes are kept; others are drawn again.
const KEPT: usize = 32;

/// All cadres of a country through time.
#[derive(Debug, Default)]
pub struct Taxonomy {
    /// By code.
    all: Vec<History>,
    index: HashMap<CadreId, usize>,
    /// The days on which anything changes.
    turns: Vec<Date>,
    /// When each cadre gathers others.
    gathers: HashMap<CadreId, Vec<Span>>,
    /// The trees that were asked for last, by how many turns lie before them.
    drawn: Mutex<Vec<(usize, Arc<Cadres>)>>,
}

impl Taxonomy {
    #[must_use]
    pub fn new(mut all: Vec<History>) -> Self {
        all.sort_by(|a, b| a.code.cmp(&b.code));
        let mut taxonomy = Self {
            index: all.iter().enumerate().map(|(at, it)| (it.id, at)).collect(),
            ..Self::default()
        };
        for history in &all {
            let approved = history.mappings.iter();
            let approved = approved.filter(|it| it.standing == Standing::Approved);
            taxonomy.turns.extend(approved.map(|it| it.from));
            for (at, dated) in history.states.iter().enumerate() {
                taxonomy.turns.extend(dated.from);
                if let Some(parent) = dated.state.parent {
                    let until = history.states.get(at + 1).and_then(|next| next.from);
                    let spans = taxonomy.gathers.entry(parent).or_default();
                    spans.push((dated.from, until));
                }
            }
        }
        taxonomy.turns.sort_unstable();
        taxonomy.turns.dedup();
        taxonomy.all = all;
        taxonomy
    }

    #[must_use]
    pub fn all(&self) -> &[History] {
        &self.all
    }

    #[must_use]
    pub fn get(&self, id: CadreId) -> Option<&History> {
        self.index.get(&id).map(|at| &self.all[*at])
    }

    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&History> {
        let at = self.all.binary_search_by(|it| it.code.as_str().cmp(code));
        at.ok().map(|at| &self.all[at])
    }

    #[must_use]
    pub fn mapping(&self, id: MappingId) -> Option<&Mapping> {
        let mut all = self.all.iter().flat_map(|history| history.mappings.iter());
        all.find(|it| it.id == id)
    }

    /// The tree of a day.
    #[must_use]
    pub fn on(&self, day: Date) -> Arc<Cadres> {
        let period = self.turns.partition_point(|turn| *turn <= day);
        let drawn = || self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cadres)) = drawn().iter().find(|(of, _)| *of == period) {
            return Arc::clone(cadres);
        }
        let cadres = self.all.iter().map(|history| history.on(day));
        let cadres = Arc::new(Cadres::new(cadres.collect()));
        let mut kept = drawn();
        kept.insert(0, (period, Arc::clone(&cadres)));
        kept.truncate(KEPT);
        cadres
    }

    /// Whether it gathers other cadres on any day of a period; without an end, as far as is known.
    #[must_use]
    pub fn is_group_within(&self, cadre: CadreId, from: Date, to: Option<Date>) -> bool {
        let mut spans = self.gathers.get(&cadre).into_iter().flatten();
        spans.any(|(begins, ends)| {
            begins.is_none_or(|begins| to.is_none_or(|to| begins <= to))
                && ends.is_none_or(|ends| ends > from)
        })
    }

    /// Whether it gathers, on a day or later, a cadre that is in use.
    #[must_use]
    pub fn gathers_active(&self, cadre: CadreId, from: Date) -> bool {
        self.all.iter().any(|history| {
            let mut states = history.from(from);
            states.any(|it| it.state.parent == Some(cadre) && it.state.status == Status::Active)
        })
    }

    /// Whether somebody can be posted under a cadre from a day to another, or for good. Who is in a retired cadre stays in
    /// it; with `continued`, they may move within it too.
    ///
    /// # Errors
    /// Why not. A cadre that there is not is for the caller to tell.
    pub fn admits(
        &self,
        cadre: CadreId,
        from: Date,
        to: Option<Date>,
        continued: bool,
    ) -> Result<(), Unpostable> {
        let Some(history) = self.get(cadre) else {
            return Ok(());
        };
        if self.is_group_within(cadre, from, to) {
            return Err(Unpostable::Group);
        }
        let first = history.on(from);
        let begins = match first.status {
            Status::Active => true,
            Status::Retired => continued,
            Status::Planned | Status::Merged | Status::Split => false,
        };
        if !begins {
            return Err(Unpostable::NotInForce(first.status, first.since));
        }
        let later = history.from(from).skip(1);
        let mut gone = later.filter(|it| {
            let reached = it.from.is_none_or(|day| to.is_none_or(|to| day <= to));
            reached && matches!(it.state.status, Status::Merged | Status::Split)
        });
        match gone.next() {
            Some(it) => Err(Unpostable::NotInForce(it.state.status, it.from)),
            None => Ok(()),
        }
    }

    /// Whether a cadre would stand above itself on a day from `from` on if `parent` gathered it from then.
    #[must_use]
    pub fn would_circle(&self, cadre: CadreId, parent: CadreId, from: Date) -> bool {
        let later = self.turns.iter().copied().filter(|turn| *turn > from);
        std::iter::once(from).chain(later).any(|day| {
            let (mut above, mut seen) = (Some(parent), HashSet::new());
            while let Some(next) = above.filter(|it| seen.insert(*it)) {
                if next == cadre {
                    return true;
                }
                let history = self.get(next);
                above = history.and_then(|it| it.states[it.at(day)].state.parent);
            }
            false
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Status::{Active, Planned, Retired};
    use super::*;
    use crate::cadres::{Dated, State, WorkerClass};
    use crate::kernel::{Sector, Text};

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn history(code: &str, states: &[(Option<&str>, Option<CadreId>, Status)]) -> History {
        let states = states.iter().map(|(from, parent, status)| Dated {
            from: from.map(day),
            act: None,
            state: Arc::new(State {
                parent: *parent,
                label: Text::default(),
                description: Text::default(),
                worker_class: WorkerClass::Professional,
                entry_qualification: None,
                is_licensed: false,
                council: None,
                retirement_age: None,
                salary_grades: vec![],
                career_steps: vec![],
                status: *status,
                successors: vec![],
            }),
        });
        History {
            id: CadreId::new(),
            number: 1,
            code: code.to_owned(),
            version: 1,
            sector: Sector::Health,
            configured_isco08: None,
            source: String::new(),
            mappings: Arc::default(),
            states: states.collect(),
        }
    }

    #[test]
    fn every_day_has_its_own_tree() {
        let (one, two) = (
            history("G1", &[(None, None, Status::Active)]),
            history("G2", &[(Some("2020-01-01"), None, Status::Active)]),
        );
        let nurse = history(
            "NUR",
            &[
                (None, Some(one.id), Status::Active),
                (Some("2021-01-01"), Some(two.id), Status::Active),
                (Some("2025-01-01"), Some(two.id), Status::Retired),
            ],
        );
        let (one, two, nurse_id) = (one.id, two.id, nurse.id);
        let taxonomy = Taxonomy::new(vec![
            history("G3", &[(None, None, Status::Active)]),
            nurse,
            History {
                id: one,
                ..history("G1", &[(None, None, Status::Active)])
            },
            History {
                id: two,
                ..history("G2", &[(Some("2020-01-01"), None, Status::Active)])
            },
        ]);
        let told = |on: &str| {
            let cadres = taxonomy.on(day(on));
            let nurse = cadres.by_code("NUR").expect("a nurse").clone();
            let group = cadres.get(two).expect("a group").status;
            (
                nurse.parent == Some(one),
                nurse.status,
                group,
                cadres.is_group(two),
            )
        };
        assert_eq!(told("2019-12-31"), (true, Active, Planned, false));
        assert_eq!(told("2020-01-01"), (true, Active, Active, false));
        assert_eq!(told("2020-12-31"), (true, Active, Active, false));
        assert_eq!(told("2021-01-01"), (false, Active, Active, true));
        assert_eq!(told("2025-01-01"), (false, Retired, Active, true));
        let admits = |from: &str, to: Option<&str>, continued| {
            taxonomy.admits(nurse_id, day(from), to.map(day), continued)
        };
        assert_eq!(admits("1999-01-01", None, false), Ok(()));
        assert_eq!(
            admits("2025-01-01", None, false),
            Err(Unpostable::NotInForce(Retired, Some(day("2025-01-01"))))
        );
        assert_eq!(admits("2025-01-01", None, true), Ok(()));
        assert_eq!(
            taxonomy.admits(two, day("2020-06-01"), Some(day("2020-12-31")), false),
            Ok(())
        );
        assert_eq!(
            taxonomy.admits(two, day("2020-06-01"), None, false),
            Err(Unpostable::Group)
        );
        assert!(taxonomy.would_circle(two, nurse_id, day("2020-01-01")));
        assert!(!taxonomy.would_circle(one, nurse_id, day("2021-01-01")));
    }

    #[test]
    fn only_so_many_trees_are_kept() {
        let turns: Vec<String> = (1900..2000).map(|year| format!("{year}-01-01")).collect();
        let states = turns
            .iter()
            .map(|it| (Some(it.as_str()), None, Status::Active));
        let taxonomy = Taxonomy::new(vec![history("A", &states.collect::<Vec<_>>())]);
        for year in 1890..2010 {
            let cadres = taxonomy.on(day(&format!("{year}-06-01")));
            assert_eq!(cadres.all()[0].status == Status::Planned, year < 1900);
        }
        assert_eq!(taxonomy.drawn.lock().expect("a lock").len(), KEPT);
    }
}

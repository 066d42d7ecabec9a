//! The places through time: every org unit and facility with all its states, and from them the picture of any day.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::history::{FacilityHistory, UnitHistory};
use super::picture::{Places, Shared};
use super::place::UnitStatus;
use crate::kernel::{Date, FacilityId, OrgUnitId};

/// The pictures of so many periods between two changes are kept; others are drawn again.
const KEPT: usize = 8;

/// All places of a country through time.
#[derive(Debug, Default)]
pub struct Gazetteer {
    /// By code.
    units: Vec<UnitHistory>,
    facilities: Vec<FacilityHistory>,
    shared: Arc<Shared>,
    unit_index: HashMap<OrgUnitId, usize>,
    facility_index: HashMap<FacilityId, usize>,
    predecessors: HashMap<OrgUnitId, Vec<(OrgUnitId, Date)>>,
    /// The days on which anything changes.
    turns: Vec<Date>,
    /// The pictures that were asked for last, by how many turns lie before them.
    drawn: Mutex<Vec<(usize, Arc<Places>)>>,
}

impl Gazetteer {
    #[must_use]
    pub fn new(
        mut units: Vec<UnitHistory>,
        mut facilities: Vec<FacilityHistory>,
        shared: Shared,
    ) -> Self {
        // Made of rows in place: their allocation is twice as large.
        units.shrink_to_fit();
        facilities.shrink_to_fit();
        units.sort_by(|a, b| a.code.cmp(&b.code));
        facilities.sort_by(|a, b| a.last().code.cmp(&b.last().code));
        let of_units = units.iter().flat_map(UnitHistory::days);
        let of_facilities = facilities.iter().flat_map(FacilityHistory::states);
        let mut turns: Vec<Date> = of_units
            .chain(of_facilities.filter_map(|it| it.since))
            .collect();
        turns.sort_unstable();
        turns.dedup();
        let mut predecessors: HashMap<OrgUnitId, Vec<(OrgUnitId, Date)>> = HashMap::new();
        for unit in &units {
            for (successor, from) in &unit.successors {
                let of = predecessors.entry(*successor).or_default();
                of.push((unit.id, *from));
            }
        }
        Self {
            unit_index: units
                .iter()
                .enumerate()
                .map(|(at, it)| (it.id, at))
                .collect(),
            facility_index: (facilities.iter().enumerate())
                .map(|(at, it)| (it.last().id, at))
                .collect(),
            units,
            facilities,
            shared: Arc::new(shared),
            predecessors,
            turns,
            drawn: Mutex::default(),
        }
    }

    #[must_use]
    pub fn unit(&self, id: OrgUnitId) -> Option<&UnitHistory> {
        self.unit_index.get(&id).map(|at| &self.units[*at])
    }

    #[must_use]
    pub fn unit_by_code(&self, code: &str) -> Option<&UnitHistory> {
        let at = self.units.binary_search_by(|it| it.code.as_str().cmp(code));
        at.ok().map(|at| &self.units[at])
    }

    #[must_use]
    pub fn facility(&self, id: FacilityId) -> Option<&FacilityHistory> {
        let at = self.facility_index.get(&id);
        at.map(|at| &self.facilities[*at])
    }

    #[must_use]
    pub fn facility_by_code(&self, code: &str) -> Option<&FacilityHistory> {
        let all = &self.facilities;
        let at = all.binary_search_by(|it| it.last().code.as_str().cmp(code));
        at.ok().map(|at| &all[at])
    }

    /// Those from which a unit took over, or took a part, each with the day.
    #[must_use]
    pub fn predecessors(&self, id: OrgUnitId) -> &[(OrgUnitId, Date)] {
        self.predecessors.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The places of a day.
    #[must_use]
    pub fn on(&self, day: Date) -> Arc<Places> {
        let period = self.turns.partition_point(|turn| *turn <= day);
        let drawn = || self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, places)) = drawn().iter().find(|(of, _)| *of == period) {
            return Arc::clone(places);
        }
        let units = self.units.iter().map(|it| it.on(day)).collect();
        let facilities = self.facilities.iter().map(|it| Arc::clone(it.on(day)));
        let shared = Arc::clone(&self.shared);
        let places = Arc::new(Places::new(units, facilities.collect(), shared));
        let mut kept = drawn();
        kept.insert(0, (period, Arc::clone(&places)));
        kept.truncate(KEPT);
        places
    }

    /// A unit that is part of another on a day or later, and is there then or is planned.
    #[must_use]
    pub fn child_from(&self, unit: OrgUnitId, from: Date) -> Option<&UnitHistory> {
        self.units.iter().find(|child| {
            let mut states = child.states.from(from);
            let ends = child.valid_to();
            ends.is_none_or(|ends| ends >= from)
                && states.any(|it| {
                    it.state.parent == Some(unit)
                        && it.state.status == UnitStatus::Active
                        && it
                            .from
                            .is_none_or(|begins| ends.is_none_or(|ends| begins <= ends))
                })
        })
    }

    /// A facility that works in a unit on a day or later.
    #[must_use]
    pub fn facility_from(&self, unit: OrgUnitId, from: Date) -> Option<&FacilityHistory> {
        (self.facilities.iter()).find(|it| it.serves_in(unit, from))
    }

    /// Whether a unit would be part of itself on a day from `from` on if it were part of `parent` from then.
    #[must_use]
    pub fn would_circle(&self, unit: OrgUnitId, parent: OrgUnitId, from: Date) -> bool {
        let later = self.turns.iter().copied().filter(|turn| *turn > from);
        std::iter::once(from).chain(later).any(|day| {
            let (mut above, mut seen) = (Some(parent), HashSet::new());
            while let Some(next) = above.filter(|it| seen.insert(*it)) {
                if next == unit {
                    return true;
                }
                let history = self.unit(next);
                above = history.and_then(|it| it.states.on(day).state.parent);
            }
            false
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Text;
    use crate::places::{Dated, States, UnitState};

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn unit(code: &str, states: &[(Option<&str>, Option<OrgUnitId>)]) -> UnitHistory {
        let dated = states.iter().map(|(from, parent)| Dated {
            from: from.map(day),
            act: None,
            state: Arc::new(UnitState {
                parent: *parent,
                level: if parent.is_some() { 2 } else { 1 },
                name: Text::default(),
                kind: String::new(),
                iso_3166_2: None,
                status: UnitStatus::Active,
            }),
        });
        let mut dated: Vec<_> = dated.collect();
        let later = dated.split_off(1);
        let first = dated.remove(0);
        UnitHistory {
            id: OrgUnitId::new(),
            code: code.into(),
            version: 1,
            valid_from: first.from,
            configured_to: None,
            source: String::new(),
            states: States::new(first, later),
            successors: vec![],
        }
    }

    #[test]
    fn every_day_has_its_own_tree() {
        let mut gao = unit("GAO", &[(None, None)]);
        let menaka = unit("MENAKA", &[(Some("2023-03-13"), None)]);
        gao.successors.push((menaka.id, day("2023-03-13")));
        let district = unit(
            "D",
            &[(None, Some(gao.id)), (Some("2023-03-13"), Some(menaka.id))],
        );
        let (gao, menaka, district_id) = (gao, menaka.clone(), district.id);
        let (gao_id, menaka_id) = (gao.id, menaka.id);
        let gazetteer = Gazetteer::new(vec![gao, menaka, district], vec![], Shared::default());
        let told = |on: &str| {
            let places = gazetteer.on(day(on));
            let unit = places.unit(menaka_id).expect("a unit");
            let below = |id| places.subtrees([id]).len() - 1;
            (unit.status, below(gao_id), below(menaka_id))
        };
        assert_eq!(told("2023-03-12"), (UnitStatus::Planned, 1, 0));
        assert_eq!(told("2023-03-13"), (UnitStatus::Active, 0, 1));
        let from = day("2023-03-13");
        assert_eq!(gazetteer.predecessors(menaka_id), [(gao_id, from)]);
        assert!(gazetteer.child_from(gao_id, from).is_none());
        assert!(gazetteer.child_from(gao_id, day("2023-03-12")).is_some());
        assert!(gazetteer.would_circle(menaka_id, district_id, from));
        assert!(!gazetteer.would_circle(gao_id, district_id, from));
        assert!(gazetteer.would_circle(gao_id, district_id, day("2020-01-01")));
    }

    #[test]
    fn only_so_many_pictures_are_kept() {
        let turns: Vec<String> = (1950..2000).map(|year| format!("{year}-01-01")).collect();
        let states = turns.iter().map(|it| (Some(it.as_str()), None));
        let gazetteer = Gazetteer::new(
            vec![unit("A", &states.collect::<Vec<_>>())],
            vec![],
            Shared::default(),
        );
        for year in 1940..2010 {
            let places = gazetteer.on(day(&format!("{year}-06-01")));
            assert_eq!(places.units()[0].status == UnitStatus::Planned, year < 1950);
        }
        assert_eq!(gazetteer.drawn.lock().expect("a lock").len(), KEPT);
    }
}

//! The org-unit tree, its populations and its facilities, as one immutable picture of a day.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::place::{ClassCard, Facility, FacilityType, OrgUnit, Ownership, Population, UnitStatus};
use crate::kernel::{FacilityId, OrgUnitId};

/// What the pictures of all days share.
#[derive(Debug, Default)]
pub struct Shared {
    types: Vec<FacilityType>,
    ownerships: Vec<Ownership>,
    /// In the order of the types.
    type_cards: Vec<ClassCard>,
    /// In the order of the kinds of ownership.
    ownership_cards: Vec<ClassCard>,
    populations: HashMap<OrgUnitId, Vec<Population>>,
}

impl Shared {
    #[must_use]
    pub fn new(
        types: Vec<(FacilityType, ClassCard)>,
        ownerships: Vec<(Ownership, ClassCard)>,
        populations: Vec<Population>,
    ) -> Self {
        let (types, type_cards) = types.into_iter().unzip();
        let (ownerships, ownership_cards) = ownerships.into_iter().unzip();
        let mut of: HashMap<OrgUnitId, Vec<Population>> = HashMap::new();
        for population in populations {
            of.entry(population.unit).or_default().push(population);
        }
        Self {
            types,
            ownerships,
            type_cards,
            ownership_cards,
            populations: of,
        }
    }
}

/// All places of a country, as they are on a day; units that are closed or still to come are there too.
#[derive(Debug, Default)]
pub struct Places {
    /// By code.
    units: Vec<OrgUnit>,
    /// By folded name, then id: the order in which they are listed.
    facilities: Vec<Arc<Facility>>,
    shared: Arc<Shared>,
    unit_index: HashMap<OrgUnitId, usize>,
    facility_index: HashMap<FacilityId, usize>,
    children: HashMap<OrgUnitId, Vec<OrgUnitId>>,
    by_unit: HashMap<OrgUnitId, Vec<FacilityId>>,
}

impl Places {
    #[must_use]
    pub fn new(
        mut units: Vec<OrgUnit>,
        mut facilities: Vec<Arc<Facility>>,
        shared: Arc<Shared>,
    ) -> Self {
        units.sort_by(|a, b| a.code.cmp(&b.code));
        facilities.sort_by_cached_key(|it| it.sort_key());
        let mut places = Self {
            shared,
            unit_index: index(&units, |unit| unit.id),
            facility_index: index(&facilities, |facility| facility.id),
            ..Self::default()
        };
        for unit in &units {
            if let Some(parent) = unit.parent {
                places.children.entry(parent).or_default().push(unit.id);
            }
        }
        for facility in &facilities {
            let of_unit = places.by_unit.entry(facility.unit).or_default();
            of_unit.push(facility.id);
        }
        places.units = units;
        places.facilities = facilities;
        places
    }

    #[must_use]
    pub fn units(&self) -> &[OrgUnit] {
        &self.units
    }

    #[must_use]
    pub fn facilities(&self) -> &[Arc<Facility>] {
        &self.facilities
    }

    #[must_use]
    pub fn types(&self) -> &[FacilityType] {
        &self.shared.types
    }

    #[must_use]
    pub fn ownerships(&self) -> &[Ownership] {
        &self.shared.ownerships
    }

    #[must_use]
    pub fn unit(&self, id: OrgUnitId) -> Option<&OrgUnit> {
        self.unit_index.get(&id).map(|place| &self.units[*place])
    }

    #[must_use]
    pub fn unit_by_code(&self, code: &str) -> Option<&OrgUnit> {
        let place = self
            .units
            .binary_search_by(|unit| unit.code.as_str().cmp(code));
        place.ok().map(|place| &self.units[place])
    }

    #[must_use]
    pub fn facility(&self, id: FacilityId) -> Option<&Facility> {
        let place = self.facility_index.get(&id)?;
        Some(&self.facilities[*place])
    }

    #[must_use]
    pub fn facility_by_code(&self, code: &str) -> Option<&Facility> {
        let mut all = self.facilities.iter();
        all.find(|facility| facility.code == code).map(|it| &**it)
    }

    #[must_use]
    pub fn facility_type(&self, code: &str) -> Option<&FacilityType> {
        self.shared.types.iter().find(|it| it.code == code)
    }

    #[must_use]
    pub fn ownership(&self, code: &str) -> Option<&Ownership> {
        self.shared.ownerships.iter().find(|it| it.code == code)
    }

    /// What is known of a type of facility besides.
    #[must_use]
    pub fn type_card(&self, code: &str) -> Option<ClassCard> {
        let at = self.shared.types.iter().position(|it| it.code == code)?;
        self.shared.type_cards.get(at).copied()
    }

    /// What is known of a kind of ownership besides.
    #[must_use]
    pub fn ownership_card(&self, code: &str) -> Option<ClassCard> {
        let mut all = self.shared.ownerships.iter();
        let at = all.position(|it| it.code == code)?;
        self.shared.ownership_cards.get(at).copied()
    }

    #[must_use]
    pub fn children(&self, id: OrgUnitId) -> &[OrgUnitId] {
        self.children.get(&id).map_or(&[], Vec::as_slice)
    }

    #[must_use]
    pub fn facilities_of(&self, unit: OrgUnitId) -> &[FacilityId] {
        self.by_unit.get(&unit).map_or(&[], Vec::as_slice)
    }

    /// Known populations of a unit, in no particular order.
    #[must_use]
    pub fn populations(&self, unit: OrgUnitId) -> &[Population] {
        self.shared
            .populations
            .get(&unit)
            .map_or(&[], Vec::as_slice)
    }

    /// The units themselves and everything below them, each once.
    #[must_use]
    pub fn subtrees(&self, roots: impl IntoIterator<Item = OrgUnitId>) -> Vec<OrgUnitId> {
        let mut seen = HashSet::new();
        let mut waiting: Vec<OrgUnitId> = roots.into_iter().collect();
        let mut found = Vec::new();
        while let Some(unit) = waiting.pop() {
            if self.unit_index.contains_key(&unit) && seen.insert(unit) {
                found.push(unit);
                waiting.extend_from_slice(self.children(unit));
            }
        }
        found
    }

    /// The units that a scope of codes reaches; a code that no unit has reaches nothing. `None` is the whole country.
    #[must_use]
    pub fn reach(&self, codes: Option<&[String]>) -> Option<Vec<OrgUnitId>> {
        let roots = codes?
            .iter()
            .filter_map(|code| Some(self.unit_by_code(code)?.id));
        Some(self.subtrees(roots))
    }

    /// Whether the unit is there on the day, or else facilities stand in it or below it all the same: what a register
    /// says of old facilities may be in terms of younger units.
    #[must_use]
    pub fn is_lived_in(&self, unit: OrgUnitId) -> bool {
        let is_active = |id: OrgUnitId| {
            let unit = self.unit(id);
            unit.is_some_and(|it| it.status == UnitStatus::Active)
        };
        is_active(unit)
            || (self.subtrees([unit]).into_iter()).any(|it| !self.facilities_of(it).is_empty())
    }

    /// The facilities in some units.
    #[must_use]
    pub fn facilities_in(&self, units: &[OrgUnitId]) -> Vec<FacilityId> {
        let of = |unit: &OrgUnitId| self.facilities_of(*unit).to_vec();
        units.iter().flat_map(of).collect()
    }
}

fn index<T, K: Eq + std::hash::Hash>(rows: &[T], key: impl Fn(&T) -> K) -> HashMap<K, usize> {
    rows.iter()
        .enumerate()
        .map(|(place, row)| (key(row), place))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Text;
    use crate::places::UnitState;

    fn unit(code: &str, parent: Option<&OrgUnit>) -> OrgUnit {
        OrgUnit {
            id: OrgUnitId::new(),
            code: code.into(),
            version: 1,
            valid_from: None,
            valid_to: None,
            source: String::new(),
            status: UnitStatus::Active,
            since: None,
            until: None,
            state: Arc::new(UnitState {
                parent: parent.map(|it| it.id),
                level: parent.map_or(1, |it| it.level + 1),
                name: Text::default(),
                kind: String::new(),
                iso_3166_2: None,
                status: UnitStatus::Active,
            }),
        }
    }

    #[test]
    fn a_scope_reaches_its_subtrees_and_an_unknown_code_nothing() {
        let region = unit("A", None);
        let district = unit("A-1", Some(&region));
        let other = unit("B", None);
        let places = Places::new(
            vec![other.clone(), district.clone(), region.clone()],
            vec![],
            Arc::default(),
        );
        let reach = |codes: &[&str]| {
            let codes: Vec<String> = codes.iter().map(|it| (*it).to_owned()).collect();
            let mut found = places.reach(Some(&codes)).unwrap_or_default();
            found.sort();
            found
        };
        let mut both = vec![region.id, district.id];
        both.sort();
        assert_eq!(reach(&["A"]), both);
        assert_eq!(reach(&["A", "A-1"]), both);
        assert_eq!(reach(&["A-1"]), vec![district.id]);
        assert_eq!(reach(&["Z"]), vec![]);
        assert_eq!(reach(&[]), vec![]);
        assert_eq!(places.reach(None), None);
    }
}

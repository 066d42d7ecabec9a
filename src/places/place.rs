//! The org-unit tree, its populations and its facilities, as one immutable picture of a moment.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::kernel::{Date, FacilityId, OrgUnitId, Sector, Text};

/// A region, district, ward …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgUnit {
    pub id: OrgUnitId,
    pub code: String,
    pub parent: Option<OrgUnitId>,
    /// 1 is the first level below the country.
    pub level: u8,
    pub name: Text,
    /// What such a unit is called: Région, Cercle, Halmashauri ya Mji …
    pub kind: String,
    pub iso_3166_2: Option<String>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub source: String,
}

/// How many people live in a unit, by whose count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    pub unit: OrgUnitId,
    pub year: u16,
    pub source: String,
    pub people: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacilityType {
    pub code: String,
    pub label: Text,
    pub tier: String,
    /// Provider class of the System of Health Accounts 2011; empty for social offices.
    pub provider_class: String,
    pub sector: Sector,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ownership {
    pub code: String,
    pub label: Text,
    /// `public`, `private_not_for_profit`, `private_for_profit` (NHWA).
    pub nhwa_group: String,
    pub source: String,
}

/// Whether a place is in town.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Setting {
    Urban,
    Rural,
    /// A register that was taken over does not say.
    Unknown,
}

impl Setting {
    pub const ALL: [Setting; 3] = [Setting::Urban, Setting::Rural, Setting::Unknown];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Setting::Urban => "urban",
            Setting::Rural => "rural",
            Setting::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|setting| setting.as_str() == text)
    }
}

/// A health facility, a social-welfare office, a headquarters: a place where people are posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facility {
    pub id: FacilityId,
    /// What facts about postings call it by: small, from 1, for ever the same.
    pub number: i64,
    pub code: String,
    pub name: String,
    pub type_code: String,
    pub ownership: String,
    pub unit: OrgUnitId,
    pub setting: Setting,
    pub opened_on: Option<Date>,
    pub closed_on: Option<Date>,
}

impl Facility {
    /// Whether the facility works on a day: from its opening to the day before it closed.
    #[must_use]
    pub fn is_open_on(&self, day: Date) -> bool {
        self.opened_on.is_none_or(|opened| opened <= day) && !self.is_closed_on(day)
    }

    #[must_use]
    pub fn is_closed_on(&self, day: Date) -> bool {
        self.closed_on.is_some_and(|closed| closed <= day)
    }
}

/// All places of a country.
#[derive(Debug, Default)]
pub struct Places {
    /// By code.
    units: Vec<OrgUnit>,
    /// By folded name, then id: the order in which they are listed.
    facilities: Vec<Facility>,
    types: Vec<FacilityType>,
    ownerships: Vec<Ownership>,
    populations: HashMap<OrgUnitId, Vec<Population>>,
    unit_index: HashMap<OrgUnitId, usize>,
    facility_index: HashMap<FacilityId, usize>,
    children: HashMap<OrgUnitId, Vec<OrgUnitId>>,
    by_unit: HashMap<OrgUnitId, Vec<FacilityId>>,
}

impl Places {
    #[must_use]
    pub fn new(
        mut units: Vec<OrgUnit>,
        populations: Vec<Population>,
        types: Vec<FacilityType>,
        ownerships: Vec<Ownership>,
        mut facilities: Vec<Facility>,
    ) -> Self {
        units.sort_by(|a, b| a.code.cmp(&b.code));
        facilities.sort_by_cached_key(Facility::sort_key);
        let mut places = Self {
            types,
            ownerships,
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
        for population in populations {
            let of_unit = places.populations.entry(population.unit).or_default();
            of_unit.push(population);
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
    pub fn facilities(&self) -> &[Facility] {
        &self.facilities
    }

    #[must_use]
    pub fn types(&self) -> &[FacilityType] {
        &self.types
    }

    #[must_use]
    pub fn ownerships(&self) -> &[Ownership] {
        &self.ownerships
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
        self.facilities
            .iter()
            .find(|facility| facility.code == code)
    }

    #[must_use]
    pub fn facility_type(&self, code: &str) -> Option<&FacilityType> {
        self.types.iter().find(|it| it.code == code)
    }

    #[must_use]
    pub fn ownership(&self, code: &str) -> Option<&Ownership> {
        self.ownerships.iter().find(|it| it.code == code)
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
        self.populations.get(&unit).map_or(&[], Vec::as_slice)
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

    /// The facilities in some units.
    #[must_use]
    pub fn facilities_in(&self, units: &[OrgUnitId]) -> Vec<FacilityId> {
        let of = |unit: &OrgUnitId| self.facilities_of(*unit).to_vec();
        units.iter().flat_map(of).collect()
    }
}

impl Facility {
    /// The order of lists: by name as it is compared, then by id.
    #[must_use]
    pub fn sort_key(&self) -> (String, FacilityId) {
        (crate::kernel::fold(&self.name), self.id)
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

    fn unit(code: &str, parent: Option<&OrgUnit>) -> OrgUnit {
        OrgUnit {
            id: OrgUnitId::new(),
            code: code.into(),
            parent: parent.map(|it| it.id),
            level: parent.map_or(1, |it| it.level + 1),
            name: Text::default(),
            kind: String::new(),
            iso_3166_2: None,
            valid_from: None,
            valid_to: None,
            source: String::new(),
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
            vec![],
            vec![],
            vec![],
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

    #[test]
    fn a_facility_works_from_its_opening_to_the_day_before_it_closed() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let facility = Facility {
            id: FacilityId::new(),
            number: 1,
            code: "F".into(),
            name: "F".into(),
            type_code: "HC".into(),
            ownership: "GOV".into(),
            unit: OrgUnitId::new(),
            setting: Setting::Rural,
            opened_on: Some(day("2000-01-01")),
            closed_on: Some(day("2012-04-01")),
        };
        for (on, open) in [
            ("1999-12-31", false),
            ("2000-01-01", true),
            ("2012-03-31", true),
            ("2012-04-01", false),
        ] {
            assert_eq!(facility.is_open_on(day(on)), open, "{on}");
        }
    }
}

//! Which norm counts whom, and what is then missing or too many. No SQL, no clock.
//!
//! For each facility and each cadre that people are posted under, the first of these that there is stands for them:
//!
//! 1. a norm for the cadre at the facility,
//! 2. a norm for a group above it at the facility, the nearest first,
//! 3. a norm for the cadre at facilities of the type, one for the setting before one for all,
//! 4. a norm for a group above it at facilities of the type, the nearest first,
//! 5. a norm for the people of an org unit around it: for the cadre, then for groups, each time the deepest unit first.
//!
//! There is one row for each place and each cadre or group that a norm names. It counts those, and those alone, for whom
//! that norm stands: a group's row has the cadres that fall back on the group, together. So each person is counted in one
//! row at most, and whoever no norm stands for is told beside the rows. A norm that stands for nobody has no row.
//!
//! What a population asks for is asked of the whole org unit, so what the rows inside the unit already require of the same
//! cadre, or of cadres below it, is taken off; the rest is what must be found beyond them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::norm::{Norm, Target};
use crate::kernel::{CadreId, FacilityId, NormId, OrgUnitId};
use crate::places::Setting;

/// Where on the way back the norm was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    CadreAtFacility,
    GroupAtFacility,
    CadreAtType,
    GroupAtType,
    Population,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Facility(FacilityId),
    Unit(OrgUnitId),
}

/// What a norm requires at a place, and who is there of those for whom it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub place: Place,
    /// The cadre or the group that the norm names.
    pub cadre: CadreId,
    pub norm: NormId,
    pub rung: Rung,
    pub required: u64,
    pub maximum: Option<u64>,
    pub posted: u64,
    /// The cadres that are counted here.
    pub counted: Vec<CadreId>,
}

impl Gap {
    /// How many are missing.
    #[must_use]
    pub fn gap(&self) -> u64 {
        self.required.saturating_sub(self.posted)
    }

    /// How many are there beyond the maximum or, without one, beyond what is required.
    #[must_use]
    pub fn surplus(&self) -> u64 {
        self.posted
            .saturating_sub(self.maximum.unwrap_or(self.required))
    }
}

/// A facility, as far as norms look at it.
#[derive(Clone, Debug)]
pub struct Site {
    pub facility: FacilityId,
    pub type_code: String,
    pub setting: Setting,
    /// Where it does not work, nobody is required.
    pub is_open: bool,
    /// The org units around it, from the one that it stands in.
    pub units: Vec<OrgUnitId>,
    /// Who is posted there, by cadre.
    pub people: BTreeMap<CadreId, u64>,
}

/// An org unit whose population is known.
#[derive(Clone, Debug)]
pub struct Area {
    pub unit: OrgUnitId,
    pub level: u8,
    pub people: u64,
    /// The org units around it, from itself.
    pub units: Vec<OrgUnitId>,
}

/// The cadres, as far as norms look at them.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    pub parents: HashMap<CadreId, CadreId>,
    /// Those that people are posted under on the day.
    pub leaves: Vec<CadreId>,
}

impl Tree {
    /// A cadre and the groups above it, the nearest first.
    fn path(&self, cadre: CadreId) -> Vec<CadreId> {
        let mut path = vec![cadre];
        while let Some(parent) = path.last().and_then(|it| self.parents.get(it))
            && !path.contains(parent)
        {
            path.push(*parent);
        }
        path
    }

    fn is_within(&self, cadre: CadreId, group: CadreId) -> bool {
        self.path(cadre).contains(&group)
    }
}

/// What norms are for, to be looked up by.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Facility(FacilityId),
    Type(String, Option<Setting>),
    Level(u8),
}

/// The norms in force on a day.
pub struct Ladder<'a> {
    tree: &'a Tree,
    norms: HashMap<(CadreId, Key), &'a Norm>,
    areas: HashMap<OrgUnitId, &'a Area>,
}

type Found<'a> = (&'a Norm, Rung);

impl<'a> Ladder<'a> {
    pub fn new(tree: &'a Tree, norms: impl Iterator<Item = &'a Norm>, areas: &'a [Area]) -> Self {
        let keyed = norms.map(|norm| {
            let key = match &norm.target {
                Target::Facility(facility) => Key::Facility(*facility),
                Target::Type { code, setting } => Key::Type(code.clone(), *setting),
                Target::Population { level, .. } => Key::Level(*level),
            };
            ((norm.cadre, key), norm)
        });
        Self {
            tree,
            norms: keyed.collect(),
            areas: areas.iter().map(|it| (it.unit, it)).collect(),
        }
    }

    /// The norm that stands for a cadre at a facility, of those for facilities.
    pub fn at(&self, site: &Site, cadre: CadreId) -> Option<Found<'a>> {
        let path = self.tree.path(cadre);
        let (own, groups) = path.split_first()?;
        let at = |node: &CadreId, key: Key| self.norms.get(&(*node, key)).copied();
        let here = |node: &CadreId| at(node, Key::Facility(site.facility));
        let alike = |node: &CadreId| {
            let of = |setting| at(node, Key::Type(site.type_code.clone(), setting));
            of(Some(site.setting)).or_else(|| of(None))
        };
        let found = |norm, rung| Some((norm?, rung));
        found(here(own), Rung::CadreAtFacility)
            .or_else(|| found(groups.iter().find_map(here), Rung::GroupAtFacility))
            .or_else(|| found(alike(own), Rung::CadreAtType))
            .or_else(|| found(groups.iter().find_map(alike), Rung::GroupAtType))
    }

    /// The norm for a population that stands for a cadre in some org units, the deepest of them first.
    pub fn among(&self, units: &[OrgUnitId], cadre: CadreId) -> Option<(&'a Norm, OrgUnitId)> {
        let path = self.tree.path(cadre);
        path.iter().find_map(|node| {
            let known = units.iter().filter_map(|unit| self.areas.get(unit));
            let mut found = known.filter_map(|area| {
                let norm = self.norms.get(&(*node, Key::Level(area.level)))?;
                Some((*norm, area.unit))
            });
            found.next()
        })
    }
}

/// All rows, and the people for whom no norm stands, by facility and cadre.
#[derive(Debug, Default)]
pub struct Gaps {
    pub rows: Vec<Gap>,
    pub without: Vec<(FacilityId, CadreId, u64)>,
}

/// Counts who is there against what is required.
#[must_use]
pub fn gaps(tree: &Tree, norms: &[&Norm], sites: &[Site], areas: &[Area]) -> Gaps {
    let ladder = Ladder::new(tree, norms.iter().copied(), areas);
    let special = norms.iter().filter_map(|norm| match norm.target {
        Target::Facility(facility) => Some(facility),
        _ => None,
    });
    let special: HashSet<FacilityId> = special.collect();
    let mut alike: HashMap<(&str, Setting), Vec<(CadreId, Found<'_>)>> = HashMap::new();
    let mut told = Gaps::default();
    let mut fallen: BTreeMap<(OrgUnitId, NormId), u64> = BTreeMap::new();
    for site in sites {
        let resolve = || {
            let found = tree.leaves.iter();
            found
                .filter_map(|leaf| Some((*leaf, ladder.at(site, *leaf)?)))
                .collect::<Vec<_>>()
        };
        let own;
        let resolved = if special.contains(&site.facility) {
            own = resolve();
            &own
        } else {
            let class = (site.type_code.as_str(), site.setting);
            alike.entry(class).or_insert_with(resolve)
        };
        let mut rows: BTreeMap<NormId, Gap> = BTreeMap::new();
        if site.is_open {
            for (leaf, found) in resolved {
                row(&mut rows, site, *found).counted.push(*leaf);
            }
        }
        for (cadre, people) in &site.people {
            if let Some(found) = ladder.at(site, *cadre).filter(|_| site.is_open) {
                let row = row(&mut rows, site, found);
                row.posted += people;
                if !row.counted.contains(cadre) {
                    row.counted.push(*cadre);
                }
            } else if let Some((norm, unit)) = ladder.among(&site.units, *cadre) {
                *fallen.entry((unit, norm.id)).or_default() += people;
            } else {
                told.without.push((site.facility, *cadre, *people));
            }
        }
        told.rows.extend(rows.into_values());
    }
    populations(&ladder, norms, sites, areas, &fallen, &mut told.rows);
    told
}

fn row<'r>(
    rows: &'r mut BTreeMap<NormId, Gap>,
    site: &Site,
    (norm, rung): Found<'_>,
) -> &'r mut Gap {
    rows.entry(norm.id).or_insert_with(|| Gap {
        place: Place::Facility(site.facility),
        cadre: norm.cadre,
        norm: norm.id,
        rung,
        required: norm.minimum.unwrap_or(0).into(),
        maximum: norm.maximum.map(Into::into),
        posted: 0,
        counted: Vec::new(),
    })
}

/// Adds the rows of populations: the deepest units first and in each the cadres before their groups, because each takes off
/// what those before it require.
fn populations(
    ladder: &Ladder<'_>,
    norms: &[&Norm],
    sites: &[Site],
    areas: &[Area],
    fallen: &BTreeMap<(OrgUnitId, NormId), u64>,
    rows: &mut Vec<Gap>,
) {
    let around: HashMap<FacilityId, &[OrgUnitId]> = sites
        .iter()
        .map(|it| (it.facility, &it.units[..]))
        .collect();
    let mut required: HashMap<OrgUnitId, BTreeMap<CadreId, u64>> = HashMap::new();
    for row in rows.iter() {
        let Place::Facility(facility) = row.place else {
            continue;
        };
        for unit in around.get(&facility).copied().unwrap_or_default() {
            *(required.entry(*unit).or_default().entry(row.cadre)).or_default() += row.required;
        }
    }
    let mut asked: Vec<(&Area, &Norm, u32)> = Vec::new();
    for norm in norms {
        if let Target::Population { level, people } = norm.target {
            let areas = areas.iter().filter(|it| it.level == level);
            asked.extend(areas.map(|area| (area, *norm, people)));
        }
    }
    asked.sort_by_key(|(area, norm, _)| {
        let depth = ladder.tree.path(norm.cadre).len();
        std::cmp::Reverse((area.level, depth, area.unit))
    });
    for (area, norm, people) in asked {
        let tree = ladder.tree;
        let stands = |leaf: &&CadreId| {
            let found = ladder.among(&area.units, **leaf);
            found.is_some_and(|(it, unit)| it.id == norm.id && unit == area.unit)
        };
        let within = tree
            .leaves
            .iter()
            .filter(|it| tree.is_within(**it, norm.cadre));
        let counted: Vec<CadreId> = within.filter(stands).copied().collect();
        let posted = fallen.get(&(area.unit, norm.id)).copied().unwrap_or(0);
        let taken = required.get(&area.unit).into_iter().flatten();
        let taken: u64 = taken
            .filter(|(cadre, _)| tree.is_within(**cadre, norm.cadre))
            .map(|it| it.1)
            .sum();
        let rest = area.people.div_ceil(people.into()).saturating_sub(taken);
        if posted == 0 && (counted.is_empty() || rest == 0) {
            continue;
        }
        for unit in &area.units {
            *(required.entry(*unit).or_default().entry(norm.cadre)).or_default() += rest;
        }
        rows.push(Gap {
            place: Place::Unit(area.unit),
            cadre: norm.cadre,
            norm: norm.id,
            rung: Rung::Population,
            required: rest,
            maximum: None,
            posted,
            counted,
        });
    }
}

#[cfg(test)]
mod tests;

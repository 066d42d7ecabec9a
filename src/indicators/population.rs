//! For how many people those who were counted work.

use std::collections::HashSet;

use super::HeadcountFilter;
use crate::kernel::{Date, OrgUnitId};
use crate::places::{Places, Population};
use crate::workforce::Reach;
use chrono::Datelike;

/// How many people live in what was counted, in a year, by whose count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub people: u64,
    pub year: u16,
    pub source: String,
}

impl Figure {
    /// So many for 10,000 people, with two decimals.
    #[must_use]
    pub fn density(&self, count: u64) -> Option<f64> {
        let count = f64::from(u32::try_from(count).ok()?);
        let people = f64::from(u32::try_from(self.people).ok().filter(|it| *it > 0)?);
        Some((count / people * 1_000_000.0).round() / 100.0)
    }
}

/// The org units that are counted in: those of the filter, and of these those within the caller's reach.
pub(super) struct Extent {
    named: HashSet<OrgUnitId>,
    /// Those that have people: a unit that is not there on the day, and in which nothing stands, has none.
    reached: HashSet<OrgUnitId>,
}

impl Extent {
    pub fn new(filter: &HeadcountFilter, places: &Places, reach: &Reach) -> Self {
        let mut named: HashSet<OrgUnitId> = places.units().iter().map(|unit| unit.id).collect();
        if let Some(root) = filter.unit {
            named = intersection(&named, &places.subtrees([root]));
        }
        if let Some(code) = &filter.unit_code {
            let root = places.unit_by_code(code).map(|unit| unit.id);
            named = intersection(&named, &places.subtrees(root));
        }
        let reached = match &reach.units {
            None => named.clone(),
            Some(units) => intersection(&named, units),
        };
        let reached = reached.into_iter().filter(|it| places.is_lived_in(*it));
        Self {
            reached: reached.collect(),
            named,
        }
    }

    /// Whether what stands in a unit is counted, as far as the filter says; the caller's reach is looked at elsewhere.
    pub fn contains(&self, unit: OrgUnitId) -> bool {
        self.named.contains(&unit)
    }

    /// The population of the extent, or of what it has of one unit, for a count of a day. A part of a country is never
    /// set against the people of the whole.
    pub fn population(&self, of: Option<OrgUnitId>, places: &Places, day: Date) -> Option<Figure> {
        let within = match of {
            Some(unit) => intersection(&self.reached, &places.subtrees([unit])),
            None => self.reached.clone(),
        };
        let is_root = |unit: &OrgUnitId| {
            let parent = places.unit(*unit).and_then(|it| it.parent);
            parent.is_none_or(|parent| !within.contains(&parent))
        };
        let roots: Vec<OrgUnitId> = within.iter().copied().filter(is_root).collect();
        figure(places, &roots, day.year())
    }
}

fn intersection(units: &HashSet<OrgUnitId>, others: &[OrgUnitId]) -> HashSet<OrgUnitId> {
    let both = others.iter().filter(|unit| units.contains(unit));
    both.copied().collect()
}

/// The people of some units together, by one source for one year: the newest that is not after `year`, or else the
/// oldest. Figures of several years are never added up.
fn figure(places: &Places, units: &[OrgUnitId], year: i32) -> Option<Figure> {
    let (first, others) = units.split_first()?;
    let same =
        |one: &Population, other: &Population| one.year == other.year && one.source == other.source;
    let known = places.populations(*first).iter().filter(|it| {
        let mut others = others.iter();
        others.all(|unit| {
            places
                .populations(*unit)
                .iter()
                .any(|other| same(it, other))
        })
    });
    let (past, future): (Vec<_>, Vec<_>) = known.partition(|it| i32::from(it.year) <= year);
    let newest = past.into_iter().max_by(|a, b| {
        let by_year = a.year.cmp(&b.year);
        by_year.then_with(|| b.source.cmp(&a.source))
    });
    let oldest = || {
        future
            .into_iter()
            .min_by_key(|it| (it.year, it.source.clone()))
    };
    let chosen = newest.or_else(oldest)?;
    let of_unit = |unit: &OrgUnitId| {
        let mut known = places.populations(*unit).iter();
        known.find(|it| same(it, chosen)).map(|it| it.people)
    };
    Some(Figure {
        people: units.iter().map(of_unit).sum::<Option<u64>>()?,
        year: chosen.year,
        source: chosen.source.clone(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::places::Shared;

    fn places(known: &[(OrgUnitId, u16, &str, u64)]) -> Places {
        let populations = known.iter().map(|(unit, year, source, people)| Population {
            unit: *unit,
            year: *year,
            source: (*source).to_owned(),
            people: *people,
        });
        let shared = Shared::new(vec![], vec![], populations.collect());
        Places::new(vec![], vec![], Arc::new(shared))
    }

    #[test]
    fn figures_are_added_up_for_one_year_of_one_source_only() {
        let [a, b] = [OrgUnitId::new(), OrgUnitId::new()];
        let places = places(&[
            (a, 2009, "census", 10),
            (a, 2022, "census", 20),
            (a, 2024, "estimate", 30),
            (b, 2009, "census", 1),
            (b, 2022, "census", 2),
            (b, 2024, "another", 3),
        ]);
        let told =
            |units: &[OrgUnitId], year| figure(&places, units, year).map(|it| (it.people, it.year));
        assert_eq!(told(&[a, b], 2026), Some((22, 2022)));
        assert_eq!(told(&[a, b], 2022), Some((22, 2022)));
        assert_eq!(told(&[a, b], 2021), Some((11, 2009)));
        assert_eq!(told(&[a, b], 1990), Some((11, 2009)));
        assert_eq!(told(&[a], 2026), Some((30, 2024)));
        assert_eq!(told(&[a, OrgUnitId::new()], 2026), None);
        assert_eq!(told(&[], 2026), None);
    }

    #[test]
    fn a_density_has_two_decimals_and_needs_people() {
        let figure = |people| Figure {
            people,
            year: 2022,
            source: "census".to_owned(),
        };
        assert_eq!(figure(60_000).density(1), Some(0.17));
        assert_eq!(figure(10_000).density(0), Some(0.0));
        assert_eq!(figure(3).density(2), Some(6666.67));
        assert_eq!(figure(0).density(1), None);
    }
}

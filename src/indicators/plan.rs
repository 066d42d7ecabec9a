//! From groupings to cells and back. All that hangs on a facility is one axis of the cube, all that hangs on a cadre
//! another; what differs in nothing that is asked for shares a class.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::headcount::{Dimension, Grouping, Headcount, HeadcountFilter, Key, Row};
use super::population::Extent;
use crate::cadres::{Cadre, Cadres, EMPLOYMENT_TYPE};
use crate::kernel::{CadreId, Date, OrgUnitId, admits};
use crate::places::{Facility, Places, Setting};
use crate::workforce::{AgeBand, AnswerAxis, Answered, CountedField, Cube, Lists, Reach, Sex};

/// How a cube's cells are to be read.
pub(super) struct Plan {
    /// From the one that changes fastest with the number of the cell.
    axes: [Axis; 6],
    extent: Extent,
}

/// Distinct combinations of the keys that one attribute of a posting decides.
struct Axis {
    /// Which of the groupings these are.
    groupings: Vec<usize>,
    classes: Vec<Vec<Key>>,
}

impl Axis {
    /// Sorts what is counted into classes; `None` is not counted. Tells the class of each.
    fn of<T>(
        groupings: &[Grouping],
        dimensions: &[Dimension],
        counted: impl Iterator<Item = Option<T>>,
        key: impl Fn(&T, Grouping) -> Option<Key>,
    ) -> (Self, Vec<Option<i64>>) {
        let own = groupings.iter().enumerate();
        let own: Vec<(usize, Grouping)> = own
            .filter(|(_, grouping)| dimensions.contains(&grouping.by))
            .map(|(place, grouping)| (place, *grouping))
            .collect();
        let mut numbers: HashMap<Vec<Key>, i64> = HashMap::new();
        let mut classes = Vec::new();
        let counted = counted.map(|thing| {
            let thing = thing?;
            let keys = own
                .iter()
                .map(|(_, it)| key(&thing, *it).unwrap_or(Key::Unknown));
            let keys: Vec<Key> = keys.collect();
            if let Some(number) = numbers.get(&keys) {
                return Some(*number);
            }
            let number = i64::try_from(classes.len()).ok()?;
            classes.push(keys.clone());
            numbers.insert(keys, number);
            Some(number)
        });
        let numbered = counted.collect();
        let groupings = own.into_iter().map(|(place, _)| place).collect();
        (Self { groupings, classes }, numbered)
    }

    fn length(&self) -> i64 {
        i64::try_from(self.classes.len()).map_or(1, |it| it.max(1))
    }
}

impl Plan {
    /// The cube that counts what the filter admits by the groupings, and how to read it.
    pub fn new(
        groupings: &[Grouping],
        filter: &HeadcountFilter,
        asked: AskedAnswers,
        lists: &Lists,
        reach: &Reach,
    ) -> (Cube, Self) {
        let extent = Extent::new(filter, &lists.places, reach);
        let (of_facilities, mut facilities) = facilities(groupings, filter, lists, &extent);
        let (of_cadres, mut cadres) = cadres(groupings, filter, &lists.cadres);
        let sexes = Sex::ALL.map(|sex| filter.sex.is_none_or(|it| it == sex).then_some(sex));
        let (of_sexes, mut sexes) =
            Axis::of(groupings, &[Dimension::Sex], sexes.into_iter(), |sex, _| {
                (*sex != Sex::Unknown).then_some(Key::Sex(*sex))
            });
        let (of_terms, mut terms) = employment(groupings, filter, lists);
        let bands = AgeBand::ALL.into_iter().map(Some);
        let (of_ages, _) = Axis::of(groupings, &[Dimension::AgeBand], bands, |band, _| {
            (*band != AgeBand::Unknown).then_some(Key::AgeBand(*band))
        });
        let (of_answers, mut answers) = answers(groupings, asked.by.as_ref());
        let mut step = 1;
        for (axis, numbers) in [
            (&of_facilities, &mut facilities),
            (&of_cadres, &mut cadres),
            (&of_sexes, &mut sexes),
            (&of_terms, &mut terms),
            (&of_answers, &mut answers),
        ] {
            numbers.iter_mut().flatten().for_each(|it| *it *= step);
            step *= axis.length();
        }
        let by_terms = filter.employment_types.is_some() || !of_terms.groupings.is_empty();
        let cube = Cube {
            facilities,
            cadres,
            sexes: [0, 1, 2].map(|place: usize| sexes[place]),
            employment: by_terms.then_some(terms),
            per_age_band: if of_ages.groupings.is_empty() {
                0
            } else {
                step
            },
            answers: asked.by.map(|by| AnswerAxis {
                form: by.form,
                field: by.field,
                unanswered: answers.pop().flatten().unwrap_or(0),
                classes: (by.codes.into_iter().zip(answers))
                    .map(|(code, added)| (code, added.unwrap_or(0)))
                    .collect(),
            }),
            among: asked.among,
        };
        let axes = [
            of_facilities,
            of_cadres,
            of_sexes,
            of_terms,
            of_answers,
            of_ages,
        ];
        (cube, Self { axes, extent })
    }

    /// What the cells say.
    pub fn read(
        &self,
        groupings: &[Grouping],
        cells: Vec<(i64, u64)>,
        lists: Lists,
        day: Date,
    ) -> Headcount {
        let units = groupings.iter().enumerate();
        let units = units.filter(|(_, it)| it.by == Dimension::OrgUnit);
        let deepest = units.max_by_key(|(_, it)| it.level).map(|(place, _)| place);
        let population = |of| self.extent.population(of, &lists.places, day).map(Arc::new);
        let whole = population(None);
        let mut of_units: HashMap<OrgUnitId, Option<_>> = HashMap::new();
        let rows = cells.into_iter().map(|(cell, count)| {
            let keys = self.keys(cell, groupings.len());
            let population = match deepest.map(|place| &keys[place]) {
                None => whole.clone(),
                Some(Key::OrgUnit(unit)) => {
                    let known = of_units.entry(*unit);
                    known.or_insert_with(|| population(Some(*unit))).clone()
                }
                Some(_) => None,
            };
            Row {
                keys,
                count,
                population,
            }
        });
        let mut rows: Vec<Row> = rows.collect();
        sort(&mut rows, groupings.len(), &lists);
        Headcount {
            day,
            total: rows.iter().map(|row| row.count).sum(),
            rows,
            population: whole,
            lists,
        }
    }

    fn keys(&self, mut cell: i64, groupings: usize) -> Vec<Key> {
        let mut keys = vec![Key::Unknown; groupings];
        for axis in &self.axes {
            let class = usize::try_from(cell % axis.length()).ok();
            cell /= axis.length();
            let class = class.and_then(|it| axis.classes.get(it));
            for (place, key) in axis.groupings.iter().zip(class.into_iter().flatten()) {
                keys[*place] = key.clone();
            }
        }
        keys
    }
}

/// Puts rows in the order of their keys' codes, those without one last. A code is looked up once for all rows with it.
fn sort(rows: &mut [Row], groupings: usize, lists: &Lists) {
    let ranks: Vec<HashMap<Key, usize>> = (0..groupings)
        .map(|place| {
            let keys: HashSet<&Key> = rows.iter().map(|row| &row.keys[place]).collect();
            let mut keys: Vec<Key> = keys.into_iter().cloned().collect();
            keys.sort_by_cached_key(|key| {
                let code = key.code(lists).map(Cow::into_owned);
                (code.is_none(), code)
            });
            keys.into_iter().zip(0..).collect()
        })
        .collect();
    rows.sort_by_cached_key(|row| {
        let keys = row.keys.iter().zip(&ranks);
        keys.map(|(key, ranks)| ranks.get(key).copied())
            .collect::<Vec<_>>()
    });
}

/// What a count asks of answers, its forms and fields found.
#[derive(Clone, Debug, Default)]
pub(super) struct AskedAnswers {
    pub by: Option<CountedField>,
    pub among: Vec<Answered>,
}

/// The answers of a field, and after them having none of these.
fn answers(groupings: &[Grouping], by: Option<&CountedField>) -> (Axis, Vec<Option<i64>>) {
    let codes = by.into_iter().flat_map(|by| &by.codes);
    let classes = codes.map(|code| Some(Some(code))).chain([Some(None)]);
    Axis::of(groupings, &[Dimension::Answer], classes, |code, _| {
        let by = by?;
        Some(Key::Answer {
            form: by.form,
            field: by.field.clone(),
            code: (*code)?.clone(),
        })
    })
}

fn facilities(
    groupings: &[Grouping],
    filter: &HeadcountFilter,
    lists: &Lists,
    extent: &Extent,
) -> (Axis, Vec<Option<i64>>) {
    let places = &lists.places;
    let counted = places.facilities().iter().map(|facility| {
        let admitted = extent.contains(facility.unit)
            && admits(filter.facility_types.as_deref(), &*facility.type_code)
            && admits(filter.ownerships.as_deref(), &*facility.ownership)
            && filter.setting.is_none_or(|it| it == facility.setting);
        admitted.then_some(&**facility)
    });
    let dimensions = [
        Dimension::OrgUnit,
        Dimension::FacilityType,
        Dimension::Ownership,
        Dimension::Setting,
    ];
    let key = |facility: &&Facility, grouping: Grouping| match grouping.by {
        Dimension::OrgUnit => unit_at(places, facility.unit, grouping.level?).map(Key::OrgUnit),
        Dimension::FacilityType => Some(Key::FacilityType(facility.type_code.to_string())),
        Dimension::Ownership => Some(Key::Ownership(facility.ownership.to_string())),
        _ => (facility.setting != Setting::Unknown).then_some(Key::Setting(facility.setting)),
    };
    Axis::of(groupings, &dimensions, counted, key)
}

fn cadres(
    groupings: &[Grouping],
    filter: &HeadcountFilter,
    cadres: &Cadres,
) -> (Axis, Vec<Option<i64>>) {
    let below = |code: &String| {
        let root = cadres.by_code(code).map(|it| it.id);
        root.map_or_else(Vec::new, |root| cadres.subtree(root))
    };
    let within = filter.cadre.map(|root| cadres.subtree(root));
    let coded = filter.cadre_code.as_ref().map(below);
    let several =
        (filter.cadre_codes.as_ref()).map(|codes| codes.iter().flat_map(below).collect::<Vec<_>>());
    let counted = cadres.all().iter().map(|cadre| {
        let admitted = admits(within.as_deref(), &cadre.id)
            && admits(coded.as_deref(), &cadre.id)
            && admits(several.as_deref(), &cadre.id)
            && admits(filter.worker_classes.as_deref(), &cadre.worker_class)
            && filter.sector.is_none_or(|it| it == cadre.sector)
            && (filter.isco08.as_ref()).is_none_or(|units| cadre.is_of(units));
        admitted.then_some(cadre)
    });
    let dimensions = [Dimension::Cadre, Dimension::Sector, Dimension::WorkerClass];
    let key = |cadre: &&Cadre, grouping: Grouping| match (grouping.by, grouping.level) {
        (Dimension::Cadre, None) => Some(Key::Cadre(cadre.id)),
        (Dimension::Cadre, Some(level)) => cadre_at(cadres, cadre.id, level).map(Key::Cadre),
        (Dimension::Sector, _) => Some(Key::Sector(cadre.sector)),
        _ => Some(Key::WorkerClass(cadre.worker_class)),
    };
    Axis::of(groupings, &dimensions, counted, key)
}

/// The terms of the country's list, and after them those that it does not have.
fn employment(
    groupings: &[Grouping],
    filter: &HeadcountFilter,
    lists: &Lists,
) -> (Axis, Vec<Option<i64>>) {
    let known = lists.codes.list(EMPLOYMENT_TYPE);
    let terms = known.map(|entry| Some(&entry.code)).chain([None]);
    let counted = terms.map(|code| match (&filter.employment_types, code) {
        (Some(wanted), Some(code)) => wanted.contains(code).then_some(Some(code)),
        (Some(_), None) => None,
        (None, code) => Some(code),
    });
    Axis::of(
        groupings,
        &[Dimension::EmploymentType],
        counted,
        |code, _| code.map(|code| Key::EmploymentType(code.clone())),
    )
}

/// The unit of a level that a unit is part of; `None` for one that stands above the level.
pub(super) fn unit_at(places: &Places, from: OrgUnitId, level: u8) -> Option<OrgUnitId> {
    let mut unit = places.unit(from)?;
    while unit.level > level {
        unit = places.unit(unit.parent?)?;
    }
    (unit.level == level).then_some(unit.id)
}

/// The cadre so deep in the tree, 1 at the top, that gathers a cadre; `None` for one that stands above it.
pub(super) fn cadre_at(cadres: &Cadres, from: CadreId, level: u8) -> Option<CadreId> {
    let mut path = vec![from];
    while let Some(parent) = path.last().and_then(|it| cadres.get(*it)?.parent) {
        path.push(parent);
    }
    let above = path.len().checked_sub(level.into())?;
    path.get(above).copied()
}

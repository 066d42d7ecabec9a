//! The way back, rung by rung; and that nobody is counted twice.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::kernel::Date;

fn cadre(number: u8) -> CadreId {
    Uuid::from_u128(number.into()).into()
}

fn facility(number: u8) -> FacilityId {
    Uuid::from_u128(number.into()).into()
}

fn unit(number: u8) -> OrgUnitId {
    Uuid::from_u128(number.into()).into()
}

const TOP: u8 = 1;
const GROUP: u8 = 2;
const MIDWIFE: u8 = 3;
const NURSE: u8 = 4;
const DOCTOR: u8 = 5;

/// A group with midwives and nurses below a group that has doctors too.
fn tree() -> Tree {
    let parents = [
        (GROUP, TOP),
        (MIDWIFE, GROUP),
        (NURSE, GROUP),
        (DOCTOR, TOP),
    ];
    Tree {
        parents: parents.map(|(it, above)| (cadre(it), cadre(above))).into(),
        leaves: [MIDWIFE, NURSE, DOCTOR].map(cadre).into(),
    }
}

fn norm(of: u8, target: Target, minimum: u32) -> Norm {
    let by_people = matches!(target, Target::Population { .. });
    Norm {
        id: NormId::new(),
        version: 1,
        cadre: cadre(of),
        target,
        minimum: (!by_people).then_some(minimum),
        maximum: None,
        valid_from: Date::MIN,
        valid_to: None,
        source: String::new(),
        act: None,
    }
}

fn of_type(setting: Option<Setting>) -> Target {
    Target::Type {
        code: "HC".into(),
        setting,
    }
}

/// A rural health centre in a district of a region.
fn site(number: u8, people: &[(u8, u64)]) -> Site {
    Site {
        facility: facility(number),
        type_code: "HC".into(),
        setting: Setting::Rural,
        is_open: true,
        units: vec![unit(2), unit(1)],
        people: people
            .iter()
            .map(|(of, count)| (cadre(*of), *count))
            .collect(),
    }
}

fn areas(people: u64) -> [Area; 2] {
    let area = |level, units: &[u8]| Area {
        unit: unit(level),
        level,
        people,
        units: units.iter().map(|it| unit(*it)).collect(),
    };
    [area(1, &[1]), area(2, &[2, 1])]
}

fn counted(norms: &[Norm], sites: &[Site], people: u64) -> Gaps {
    let norms: Vec<&Norm> = norms.iter().collect();
    gaps(&tree(), &norms, sites, &areas(people))
}

#[test]
fn the_first_rung_that_has_a_norm_stands_for_a_cadre() {
    let population = |level| Target::Population {
        level,
        people: 1000,
    };
    let here = Target::Facility(facility(1));
    // From the one that yields to all others to the one that yields to none.
    let ladder = [
        (norm(TOP, population(1), 0), Rung::Population),
        (norm(TOP, population(2), 0), Rung::Population),
        (norm(GROUP, population(1), 0), Rung::Population),
        (norm(MIDWIFE, population(1), 0), Rung::Population),
        (norm(MIDWIFE, population(2), 0), Rung::Population),
        (norm(TOP, of_type(None), 1), Rung::GroupAtType),
        (
            norm(TOP, of_type(Some(Setting::Rural)), 1),
            Rung::GroupAtType,
        ),
        (norm(GROUP, of_type(None), 1), Rung::GroupAtType),
        (norm(MIDWIFE, of_type(None), 1), Rung::CadreAtType),
        (
            norm(MIDWIFE, of_type(Some(Setting::Rural)), 1),
            Rung::CadreAtType,
        ),
        (norm(TOP, here.clone(), 1), Rung::GroupAtFacility),
        (norm(GROUP, here.clone(), 1), Rung::GroupAtFacility),
        (norm(MIDWIFE, here, 1), Rung::CadreAtFacility),
    ];
    for known in 1..=ladder.len() {
        let norms: Vec<Norm> = ladder[..known].iter().map(|it| it.0.clone()).collect();
        let told = counted(&norms, &[site(1, &[(MIDWIFE, 2)])], 1000);
        let rows: Vec<&Gap> = told.rows.iter().filter(|it| it.posted > 0).collect();
        let (stands, rung) = &ladder[known - 1];
        assert_eq!(rows.len(), 1, "{known}");
        assert_eq!(
            (rows[0].norm, rows[0].rung, rows[0].posted),
            (stands.id, *rung, 2),
            "{known}"
        );
        assert!(told.without.is_empty());
    }
    let elsewhere = [
        norm(MIDWIFE, Target::Facility(facility(2)), 1),
        norm(MIDWIFE, of_type(Some(Setting::Urban)), 1),
        norm(NURSE, of_type(None), 1),
        norm(
            MIDWIFE,
            Target::Population {
                level: 3,
                people: 10,
            },
            0,
        ),
    ];
    let told = counted(&elsewhere, &[site(1, &[(MIDWIFE, 2)])], 1000);
    assert_eq!(told.without, [(facility(1), cadre(MIDWIFE), 2)]);
}

#[test]
fn a_groups_row_has_the_cadres_that_fall_back_on_it_together() {
    let norms = [
        norm(GROUP, of_type(None), 5),
        norm(MIDWIFE, of_type(None), 2),
    ];
    let sites = [
        site(1, &[(MIDWIFE, 3), (NURSE, 4), (DOCTOR, 1)]),
        site(2, &[]),
    ];
    let told = counted(&norms, &sites, 0);
    let shown = told.rows.iter().map(|it| {
        (
            it.place,
            it.cadre,
            it.required,
            it.posted,
            it.gap(),
            it.surplus(),
        )
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort_unstable();
    let here = |number| Place::Facility(facility(number));
    assert_eq!(
        shown,
        [
            (here(1), cadre(GROUP), 5, 4, 1, 0),
            (here(1), cadre(MIDWIFE), 2, 3, 0, 1),
            (here(2), cadre(GROUP), 5, 0, 5, 0),
            (here(2), cadre(MIDWIFE), 2, 0, 2, 0),
        ]
    );
    assert_eq!(told.without, [(facility(1), cadre(DOCTOR), 1)]);
}

#[test]
fn a_norm_that_stands_for_nobody_has_no_row() {
    let norms = [
        norm(GROUP, of_type(None), 5),
        norm(MIDWIFE, of_type(None), 2),
        norm(NURSE, of_type(None), 1),
    ];
    let told = counted(&norms, &[site(1, &[])], 0);
    assert!(told.rows.iter().all(|it| it.cadre != cadre(GROUP)));
    let closed = Site {
        is_open: false,
        ..site(1, &[(NURSE, 1)])
    };
    let told = counted(&norms, &[closed], 0);
    assert_eq!((told.rows.len(), told.without.len()), (0, 1));
}

#[test]
fn a_population_asks_for_what_the_facilities_inside_do_not() {
    let population = |of, level, people| norm(of, Target::Population { level, people }, 0);
    let norms = [
        norm(MIDWIFE, Target::Facility(facility(1)), 2),
        population(MIDWIFE, 2, 1000),
        population(GROUP, 1, 1000),
    ];
    let sites = [
        site(1, &[(MIDWIFE, 1)]),
        site(2, &[(MIDWIFE, 3), (NURSE, 4)]),
    ];
    let told = counted(&norms, &sites, 9_500);
    let of = |place, of| {
        let mut rows = told.rows.iter();
        let row = rows.find(|it| it.place == place && it.cadre == cadre(of));
        row.map(|it| (it.required, it.posted))
    };
    assert_eq!(of(Place::Facility(facility(1)), MIDWIFE), Some((2, 1)));
    // Ten for the district, two of them at the one facility.
    assert_eq!(of(Place::Unit(unit(2)), MIDWIFE), Some((8, 3)));
    // Ten of the whole group for the region, and the ten are midwives already.
    assert_eq!(of(Place::Unit(unit(1)), GROUP), Some((0, 4)));
    assert_eq!(told.rows.len(), 3);
}

#[test]
fn surplus_begins_beyond_the_maximum() {
    let mut range = norm(NURSE, of_type(None), 2);
    range.maximum = Some(4);
    for (posted, gap, surplus) in [(1, 1, 0), (2, 0, 0), (4, 0, 0), (5, 0, 1)] {
        let told = counted(&[range.clone()], &[site(1, &[(NURSE, posted)])], 0);
        assert_eq!(
            (told.rows[0].gap(), told.rows[0].surplus()),
            (gap, surplus),
            "{posted}"
        );
    }
}

prop_compose! {
    fn any_norm()(of in 1u8..6, kind in 0u8..6, at in 1u8..4, count in 0u32..6) -> (u8, Target, u32) {
        let target = match kind {
            0 => Target::Facility(facility(at)),
            1 => of_type(None),
            2 => of_type(Some(Setting::Rural)),
            3 => of_type(Some(Setting::Urban)),
            _ => Target::Population { level: kind - 3, people: 100 * (count + 1) },
        };
        (of, target, count)
    }
}

proptest! {
    #[test]
    fn everybody_is_counted_once(
        norms in proptest::collection::vec(any_norm(), 0..12),
        people in proptest::collection::vec((1u8..4, 3u8..6, 1u64..5), 0..9),
        inhabitants in 0u64..2000,
    ) {
        // No two of one cadre for one target, as the database has it.
        let mut distinct: BTreeMap<String, Norm> = BTreeMap::new();
        for (of, target, count) in norms {
            let key = match &target {
                Target::Population { level, .. } => format!("{of} level {level}"),
                other => format!("{of} {other:?}"),
            };
            distinct.insert(key, norm(of, target, count));
        }
        let norms: Vec<Norm> = distinct.into_values().collect();
        let mut sites: Vec<Site> = (1..4).map(|number| site(number, &[])).collect();
        let mut all = 0;
        for (at, of, count) in people {
            *sites[usize::from(at) - 1].people.entry(cadre(of)).or_default() += count;
            all += count;
        }
        let told = counted(&norms, &sites, inhabitants);
        let posted: u64 = told.rows.iter().map(|it| it.posted).sum();
        let without: u64 = told.without.iter().map(|it| it.2).sum();
        prop_assert_eq!(posted + without, all);
        // One row for each place and cadre, and no cadre is counted in two rows of a place.
        let mut seen = HashSet::new();
        let mut counted_in = HashSet::new();
        for row in &told.rows {
            prop_assert!(seen.insert((row.place, row.cadre)));
            for leaf in &row.counted {
                prop_assert!(counted_in.insert((row.place, *leaf)));
            }
        }
        // What is missing less what is too many is what is required less who is there.
        let required: u64 = told.rows.iter().map(|it| it.required).sum();
        let gap: u64 = told.rows.iter().map(Gap::gap).sum();
        let surplus: u64 = told.rows.iter().map(Gap::surplus).sum();
        prop_assert_eq!(gap + posted, surplus + required);
    }
}

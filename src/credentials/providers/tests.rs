//! Points, places, and days that are counted once.

use std::collections::HashSet;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn candidate(served: Vec<(Date, Date)>) -> Candidate {
    Candidate {
        worker: WorkerId::new(),
        served,
        serves: true,
        is_qualified: true,
        is_licensed: true,
        has_phone: true,
        near: Nearness::Within,
    }
}

#[test]
fn days_that_two_postings_share_are_counted_once() {
    let stretch = |from: &str, to: &str| (day(from), day(to));
    assert_eq!(days_in_all(&[]), 0);
    assert_eq!(days_in_all(&[stretch("2020-01-01", "2020-01-01")]), 1);
    let year = stretch("2021-01-01", "2021-12-31");
    assert_eq!(
        days_in_all(&[year, stretch("2021-06-01", "2021-06-30")]),
        365
    );
    assert_eq!(
        days_in_all(&[year, stretch("2021-12-01", "2022-01-31"), year]),
        396
    );
    assert_eq!(
        days_in_all(&[stretch("2023-01-01", "2023-01-10"), year]),
        375
    );
}

#[test]
fn the_best_has_a_hundred_points_and_every_reason_its_own() {
    let career = vec![(day("1990-01-01"), day("2026-01-01"))];
    let best = Ranked::new(candidate(career.clone()), true);
    assert_eq!(best.score, 100);
    assert_eq!(best.grounds[0], (Ground::YearsInPost(36), 40));
    let nothing = Candidate {
        serves: false,
        is_qualified: false,
        is_licensed: false,
        has_phone: false,
        near: Nearness::Elsewhere,
        ..candidate(Vec::new())
    };
    assert_eq!(Ranked::new(nothing.clone(), true).grounds, []);
    assert_eq!(
        Ranked::new(nothing, false).grounds,
        [(Ground::NoLicenceNeeded, 15)]
    );
    let beside = Candidate {
        near: Nearness::Beside,
        ..candidate(career)
    };
    assert_eq!(Ranked::new(beside, true).score, 95);
}

prop_compose! {
    fn stretches()(given in prop::collection::vec((0i64..4000, 0i64..900), 0..6)) -> Vec<(Date, Date)> {
        let at = |days: i64| day("2005-01-01") + TimeDelta::days(days);
        given.into_iter().map(|(from, length)| (at(from), at(from + length))).collect()
    }
}

proptest! {
    #[test]
    fn as_many_days_are_counted_as_there_are(given in stretches()) {
        let each = given.iter().flat_map(|(first, last)| first.iter_days().take_while(move |it| it <= last));
        let days: HashSet<Date> = each.collect();
        prop_assert_eq!(days_in_all(&given) as usize, days.len());
        let mut backwards = given.clone();
        backwards.reverse();
        prop_assert_eq!(days_in_all(&backwards), days_in_all(&given));
    }

    #[test]
    fn a_score_is_the_sum_of_its_reasons_and_a_page_follows_another(
        given in prop::collection::vec((stretches(), any::<[bool; 4]>()), 1..12), asks: bool, after in 0usize..12
    ) {
        let mut ranked: Vec<Ranked> = given.into_iter().map(|(served, [serves, is_qualified, is_licensed, has_phone])| {
            Ranked::new(Candidate { serves, is_qualified, is_licensed, has_phone, ..candidate(served) }, asks)
        }).collect();
        rank(&mut ranked);
        for it in &ranked {
            prop_assert!(it.score <= 100);
            prop_assert_eq!(it.score, it.grounds.iter().map(|(_, points)| points).sum::<u32>());
        }
        let place = after.min(ranked.len() - 1);
        let key = ranked[place].key();
        for (at, it) in ranked.iter().enumerate() {
            prop_assert_eq!(it.follows(&key), at > place);
        }
    }
}

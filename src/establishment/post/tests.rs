//! How posts turn, and whom they admit.

use proptest::prelude::*;

use super::*;
use crate::kernel::Id;
use crate::workforce::PostingKind;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn cadre(number: u128) -> CadreId {
    CadreId::from(uuid::Uuid::from_u128(number))
}

fn history(states: &[(&str, Standing)]) -> History {
    let ends = states.iter().skip(1).map(|it| day(it.0).pred_opt());
    let states = states.iter().zip(ends.chain([None]));
    let states = states.map(|((from, standing), until)| State {
        from: day(from),
        until,
        cadre: cadre(1),
        title: String::new(),
        standing: *standing,
    });
    History {
        id: PostId::new(),
        code: "P-1".into(),
        facility: FacilityId::from(uuid::Uuid::from_u128(1)),
        version: 1,
        states: states.collect(),
        holdings: vec![],
    }
}

fn told(history: &History, from: &str, turn: Turn) -> String {
    let change = ChangePost {
        post: history.id,
        base_version: 1,
        from: day(from),
        turn,
    };
    match change.decide(history) {
        Ok(state) => format!("{:?}", state.standing),
        Err(refusals) => refusals[0].objection.code().to_owned(),
    }
}

#[test]
fn a_post_is_open_frozen_or_closed_and_turns_in_order() {
    use Standing::{Closed, Frozen, Open};
    let open = history(&[("2020-01-01", Open)]);
    let frozen = history(&[("2020-01-01", Open), ("2022-01-01", Frozen)]);
    let closed = history(&[("2020-01-01", Open), ("2022-01-01", Closed)]);
    let title = || Turn::Change {
        cadre: None,
        title: Some("Sage-femme maîtresse".into()),
    };
    for (history, turn, outcome) in [
        (&open, Turn::Freeze, "Frozen"),
        (&open, Turn::Reopen, "POST_IS_OPEN"),
        (&open, Turn::Close, "Closed"),
        (&open, title(), "Open"),
        (&frozen, Turn::Freeze, "POST_FROZEN"),
        (&frozen, Turn::Reopen, "Open"),
        (&frozen, Turn::Close, "Closed"),
        (&frozen, title(), "Frozen"),
        (&closed, Turn::Freeze, "POST_CLOSED"),
        (&closed, Turn::Reopen, "Open"),
        (&closed, Turn::Close, "POST_CLOSED"),
        (&closed, title(), "POST_CLOSED"),
    ] {
        assert_eq!(
            told(history, "2023-01-01", turn.clone()),
            outcome,
            "{turn:?}"
        );
    }
    assert_eq!(
        told(&frozen, "2021-01-01", Turn::Close),
        "LATER_CHANGE_OF_POST"
    );
    assert_eq!(told(&open, "2019-12-31", Turn::Close), "POST_NOT_OPEN");
}

#[test]
fn a_post_that_is_filled_keeps_its_cadre_and_is_not_closed() {
    let mut history = history(&[("2020-01-01", Standing::Open)]);
    history.holdings.push(Holding {
        cadre: cadre(2),
        ends_on: Some(day("2024-12-31")),
    });
    let to = |number| Turn::Change {
        cadre: Some(cadre(number)),
        title: None,
    };
    assert_eq!(told(&history, "2024-12-31", Turn::Close), "POST_FILLED");
    assert_eq!(told(&history, "2025-01-01", Turn::Close), "Closed");
    assert_eq!(told(&history, "2024-12-31", to(3)), "POSTING_DOES_NOT_FIT");
    assert_eq!(told(&history, "2025-01-01", to(3)), "Open");
    // Its people were merged into another cadre: the post follows them.
    assert_eq!(told(&history, "2024-12-31", to(2)), "Open");
}

proptest! {
    #[test]
    fn what_is_admitted_fits_on_every_day_that_both_have(
        start in 0i64..1000, length in proptest::option::of(0i64..1000), turns in 1usize..4,
        kinds in proptest::collection::vec(0u8..3, 4), of in 1u128..3,
    ) {
        let base = day("2020-01-01");
        let at = |days: i64| base + chrono::TimeDelta::days(days);
        let standing = |kind| match kind {
            0 => Standing::Open,
            1 => Standing::Frozen,
            _ => Standing::Closed,
        };
        let froms = ["2020-06-01", "2021-01-01", "2021-06-01", "2022-01-01"];
        let states: Vec<_> = (froms.into_iter().zip(&kinds).take(turns))
            .map(|(from, kind)| (from, standing(*kind)))
            .collect();
        let history = history(&states);
        let posting = Posting {
            id: PostingId::new(),
            worker: WorkerId::new(),
            facility: history.facility,
            cadre: cadre(of),
            employment_type: "permanent".into(),
            is_primary: true,
            kind: PostingKind::Substantive,
            salary_grade: None,
            starts_on: at(start),
            ends_on: length.map(|length| at(start + length)),
            end_reason: None,
            supervisor: None,
        };
        let days = (0..2500).map(at).filter(|day| posting.is_in_force_on(*day));
        let on = |day: Date| {
            let mut begun = history.states.iter().rev();
            begun.find(|it| it.from <= day)
        };
        let shared: Vec<&State> = days.filter_map(on).collect();
        let fits = !shared.is_empty()
            && shared.iter().all(|it| it.standing != Standing::Closed && it.cadre == posting.cadre)
            && shared.last().is_some_and(|it| it.standing == Standing::Open);
        prop_assert_eq!(history.admits(&posting).is_ok(), fits, "{}", PostId::encode(history.id));
    }
}

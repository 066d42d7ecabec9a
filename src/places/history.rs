//! Org units and facilities through time: each with all its states.

use std::sync::Arc;

use super::place::{
    Closure, Facility, FacilityState, FacilityStatus, OrgUnit, UnitState, UnitStatus,
};
use crate::kernel::{Date, FacilityId, OrgUnitId};
use crate::ledger::ActReference;

/// A state, and the day from which it holds until the next one.
#[derive(Clone, Debug)]
pub struct Dated<S> {
    /// Absent for a first state that always held.
    pub from: Option<Date>,
    pub state: S,
    pub act: Option<Box<ActReference>>,
}

/// The states of one place, from the oldest; never empty.
#[derive(Clone, Debug)]
pub struct States<S>(Vec<Dated<S>>);

impl<S> States<S> {
    /// The first state and the later ones, from the oldest. A change on the very first day leaves no day to the first.
    #[must_use]
    pub fn new(first: Dated<S>, later: Vec<Dated<S>>) -> Self {
        let gone = first.from.is_some() && later.first().is_some_and(|it| it.from == first.from);
        let first = (!gone).then_some(first);
        Self(first.into_iter().chain(later).collect())
    }

    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Dated<S>> {
        self.0.iter()
    }

    /// Which of them holds on a day; the first one before its time.
    fn at(&self, day: Date) -> usize {
        let mut begun = self.0.iter();
        let begun = begun.rposition(|it| it.from.is_none_or(|from| from <= day));
        begun.unwrap_or(0)
    }

    #[must_use]
    pub fn on(&self, day: Date) -> &Dated<S> {
        &self.0[self.at(day)]
    }

    /// The last one that is known.
    #[must_use]
    pub fn last(&self) -> &Dated<S> {
        &self.0[self.0.len() - 1]
    }

    /// Those that hold on a day or later.
    pub fn from(&self, day: Date) -> impl Iterator<Item = &Dated<S>> {
        self.0[self.at(day)..].iter()
    }

    /// A day of each, from the oldest: its first or, where it always held, its last.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.0.iter().enumerate().map(|(at, dated)| {
            let last = self.until(at);
            dated.from.or(last).unwrap_or(Date::MAX)
        })
    }

    /// The last day of one of them.
    fn until(&self, at: usize) -> Option<Date> {
        self.0.get(at + 1)?.from?.pred_opt()
    }
}

/// An org unit through time.
#[derive(Clone, Debug)]
pub struct UnitHistory {
    pub id: OrgUnitId,
    pub code: String,
    pub version: i32,
    /// Its first day, where known.
    pub valid_from: Option<Date>,
    /// Its last day by the country's configuration; a state may say otherwise.
    pub configured_to: Option<Date>,
    pub source: String,
    pub states: States<Arc<UnitState>>,
    /// Those that took over from it or from a part of it, each with the day.
    pub successors: Vec<(OrgUnitId, Date)>,
}

impl UnitHistory {
    /// How it stands from which day on, from the oldest; absent: always.
    fn turns(&self) -> Vec<(Option<Date>, UnitStatus)> {
        let configured = self.configured_to.and_then(|last| last.succ_opt());
        let configured = configured.map(|from| (Some(from), UnitStatus::Closed));
        let states = self.states.iter().map(|it| (it.from, it.state.status));
        // A state of the same day has the last word.
        let mut turns: Vec<_> = configured.into_iter().chain(states).collect();
        turns.sort_by_key(|it| it.0);
        turns
    }

    #[must_use]
    pub fn status_on(&self, day: Date) -> UnitStatus {
        if self.valid_from.is_some_and(|from| from > day) {
            return UnitStatus::Planned;
        }
        let turns = self.turns();
        let mut begun = turns
            .iter()
            .rev()
            .filter(|it| it.0.is_none_or(|it| it <= day));
        begun.next().map_or(UnitStatus::Planned, |it| it.1)
    }

    /// The last day on which it is there, as far as is known.
    #[must_use]
    pub fn valid_to(&self) -> Option<Date> {
        let turns = self.turns();
        let closed = turns
            .iter()
            .rev()
            .take_while(|it| it.1 == UnitStatus::Closed);
        closed.last()?.0?.pred_opt()
    }

    /// Whether it is there on a day and, as far as is known, on all later ones.
    #[must_use]
    pub fn is_active_from(&self, day: Date) -> bool {
        self.status_on(day) == UnitStatus::Active && self.valid_to().is_none()
    }

    /// The days on which anything changes.
    pub(super) fn days(&self) -> impl Iterator<Item = Date> {
        let turns = self.turns().into_iter().filter_map(|it| it.0);
        turns.chain(self.valid_from)
    }

    #[must_use]
    pub fn on(&self, day: Date) -> OrgUnit {
        let at = self.states.at(day);
        let dated = &self.states.0[at];
        OrgUnit {
            id: self.id,
            code: self.code.clone(),
            version: self.version,
            valid_from: self.valid_from,
            valid_to: self.valid_to(),
            source: self.source.clone(),
            status: self.status_on(day),
            since: dated.from,
            until: self.states.until(at),
            state: Arc::clone(&dated.state),
        }
    }
}

/// A facility through time: a picture of each of its states, from the oldest, shared by all days that have it. Never
/// empty.
#[derive(Clone, Debug)]
pub struct FacilityHistory(Box<[Arc<Facility>]>);

/// What a facility is, whatever the day.
#[derive(Clone, Debug)]
pub struct FacilityCard {
    pub id: FacilityId,
    pub number: i64,
    pub code: String,
    pub version: i32,
    pub opened_on: Option<Date>,
    /// By the country's configuration; a state may say otherwise.
    pub configured_close: Option<Date>,
}

impl FacilityHistory {
    #[must_use]
    pub fn new(card: &FacilityCard, states: States<FacilityState>) -> Self {
        let closures = closures(card.configured_close, &states).into_boxed_slice();
        let last_days: Vec<_> = (0..states.0.len()).map(|at| states.until(at)).collect();
        let pictures = states.0.into_iter().zip(last_days).map(|(dated, until)| {
            Arc::new(Facility {
                id: card.id,
                number: card.number,
                code: card.code.clone(),
                version: card.version,
                opened_on: card.opened_on,
                closures: closures.clone(),
                since: dated.from,
                until,
                state: dated.state,
                act: dated.act,
            })
        });
        Self(pictures.collect())
    }

    /// It in each of its states, from the oldest.
    pub fn states(&self) -> impl DoubleEndedIterator<Item = &Facility> {
        self.0.iter().map(Arc::as_ref)
    }

    /// It in the last state that is known.
    #[must_use]
    pub fn last(&self) -> &Facility {
        &self.0[self.0.len() - 1]
    }

    /// Which of its states holds on a day; the first one before its time.
    fn at(&self, day: Date) -> usize {
        let mut begun = self.0.iter();
        let begun = begun.rposition(|it| it.since.is_none_or(|since| since <= day));
        begun.unwrap_or(0)
    }

    #[must_use]
    pub fn on(&self, day: Date) -> &Arc<Facility> {
        &self.0[self.at(day)]
    }

    /// A day of each of its states, from the oldest: its first or, where it always held, its last.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        (self.0.iter()).map(|it| it.since.or(it.until).unwrap_or(Date::MAX))
    }

    /// Whether it stands in a unit on a day or later, and works then.
    #[must_use]
    pub fn serves_in(&self, unit: OrgUnitId, from: Date) -> bool {
        let pictures = self.0[self.at(from)..].iter();
        let mut there = pictures.filter(|it| it.unit == unit);
        there.any(|it| {
            let first = it.since.map_or(from, |since| since.max(from));
            let begins = it.opened_on.map_or(first, |opened| opened.max(first));
            // Closed throughout, or open on its first day there, or on the day on which a closure ends.
            let ends = (it.closures.iter()).filter_map(|closure| closure.1);
            let mut days = ends.chain([begins]);
            days.any(|day| {
                day >= begins && it.until.is_none_or(|until| day <= until) && it.is_open_on(day)
            })
        })
    }
}

/// When a facility did not work: from each day that closes it to the next that opens it.
fn closures(configured: Option<Date>, states: &States<FacilityState>) -> Vec<Closure> {
    let configured = configured.map(|from| (Some(from), FacilityStatus::Closed));
    let states = states.iter().map(|it| (it.from, it.state.status));
    let mut turns: Vec<_> = configured.into_iter().chain(states).collect();
    turns.sort_by_key(|it| it.0);
    let mut closures: Vec<Closure> = Vec::new();
    for (from, status) in turns {
        let from = from.unwrap_or(Date::MIN);
        let is_closed = closures.last().is_some_and(|it| it.1.is_none());
        match status {
            FacilityStatus::Closed if !is_closed => closures.push((from, None)),
            FacilityStatus::Open if is_closed => {
                if let Some(last) = closures.last_mut() {
                    last.1 = Some(from);
                }
            }
            _ => {}
        }
    }
    closures.retain(|(from, until)| Some(*from) != *until);
    closures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Text;
    use crate::places::Setting;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn unit(states: &[(Option<&str>, UnitStatus)], to: Option<&str>) -> UnitHistory {
        let mut dated: Vec<Dated<Arc<UnitState>>> = (states.iter())
            .map(|(from, status)| Dated {
                from: from.map(day),
                act: None,
                state: Arc::new(UnitState {
                    parent: None,
                    level: 1,
                    name: Text::default(),
                    kind: String::new(),
                    iso_3166_2: None,
                    status: *status,
                }),
            })
            .collect();
        let later = dated.split_off(1);
        let first = dated.remove(0);
        UnitHistory {
            id: OrgUnitId::new(),
            code: "A".into(),
            version: 1,
            valid_from: first.from,
            configured_to: to.map(day),
            source: String::new(),
            states: States::new(first, later),
            successors: vec![],
        }
    }

    #[test]
    fn a_unit_is_there_from_its_first_day_to_its_last() {
        use UnitStatus::{Active, Closed, Planned};
        let by_state = unit(
            &[
                (Some("2000-01-01"), Active),
                (Some("2010-01-01"), Active),
                (Some("2020-01-01"), Closed),
            ],
            None,
        );
        let by_file = unit(&[(Some("2000-01-01"), Active)], Some("2019-12-31"));
        for history in [by_state, by_file] {
            let status = |on: &str| history.status_on(day(on));
            assert_eq!(status("1999-12-31"), Planned);
            assert_eq!(status("2000-01-01"), Active);
            assert_eq!(status("2019-12-31"), Active);
            assert_eq!(status("2020-01-01"), Closed);
            assert_eq!(history.valid_to(), Some(day("2019-12-31")));
            assert!(!history.is_active_from(day("2015-01-01")));
        }
        assert!(unit(&[(None, Active)], None).is_active_from(day("1900-01-01")));
    }

    #[test]
    fn closures_are_what_files_and_changes_say_together() {
        use FacilityStatus::{Closed, Open};
        let states = |of: &[(&str, FacilityStatus)]| {
            let state = |status| FacilityState {
                name: "F".into(),
                type_code: "HC".into(),
                ownership: "GOV".into(),
                unit: OrgUnitId::new(),
                setting: Setting::Rural,
                status,
            };
            let dated = |from: Option<&str>, status| Dated {
                from: from.map(day),
                act: None,
                state: state(status),
            };
            let later = of.iter().map(|(from, it)| dated(Some(from), *it));
            States::new(dated(None, Open), later.collect())
        };
        let told = |configured: Option<&str>, of: &[(&str, FacilityStatus)]| {
            let closures = closures(configured.map(day), &states(of));
            let told = closures.iter().map(|(from, until)| match until {
                Some(until) => format!("{from}..{until}"),
                None => format!("{from}.."),
            });
            told.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told(None, &[]), "");
        assert_eq!(told(Some("2015-01-01"), &[]), "2015-01-01..");
        assert_eq!(
            told(Some("2015-01-01"), &[("2014-01-01", Open)]),
            "2015-01-01.."
        );
        let reopened = [("2018-01-01", Open), ("2020-01-01", Closed)];
        assert_eq!(
            told(Some("2015-01-01"), &reopened),
            "2015-01-01..2018-01-01 2020-01-01.."
        );
    }
}

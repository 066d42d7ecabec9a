//! Comparing whole files of people with the register, and with each other.
//!
//! Whoever is registered or corrected one by one is compared at once. A file brings thousands: they are compared after
//! it was taken in, all with all, in memory: two records come into question when they share a word of their names and were
//! born on one day, or on days of a year of which one is written where the other is not known; when their birth dates may be
//! mistaken for each other; or when they share a telephone. Whatever else speaks for two who share none of these, other
//! birth dates speak more against it.

use std::collections::{HashMap, HashSet};

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::likeness::{Profile, mistyped};
use super::{Found, MOST, store};
use crate::kernel::{Date, Fault, Instant, WorkerId};
use crate::ledger;
use crate::tenancy::Reader;

/// A telephone of more people than these brings nobody into question.
const CROWD: usize = 20;
/// Nor does a word of names on a day, in a month or in a year, or a day, that so many have: whoever is in such a crowd twice is found by what
/// else they have, and a file of one name does not make pairs of all with all.
const MULTITUDE: usize = 500;

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// How many records were compared with the register.
    pub compared: usize,
    /// How many pairs of them are alike enough to be looked at.
    pub found: usize,
}

/// Compares everybody who was registered or corrected since the last search.
///
/// # Errors
/// When the database refuses; the transaction is then to be undone.
#[tracing::instrument(name = "workforce.search", skip_all)]
pub async fn search(tx: &mut Reader<'_>, now: Instant) -> Result<Searched, Fault> {
    let through = store::searched_through(tx).await?;
    let head = ledger::head(tx).await?.seq;
    let new = ledger::workers_since(tx, through).await?;
    let mut searched = Searched {
        compared: new.len(),
        found: 0,
    };
    if !new.is_empty() {
        let everybody = store::profiles(tx, None).await?;
        let new: HashSet<WorkerId> = new.into_iter().map(WorkerId::from).collect();
        let found = Index::of(&everybody).alike(&new);
        searched.found = found.len();
        store::keep(tx, &found, now).await?;
    }
    store::set_searched_through(tx, head).await?;
    Ok(searched)
}

/// When somebody was born, as exactly as it is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Span {
    Day(Date),
    Month(i32, u32),
    Year(i32),
}

/// The people of a register by what brings two of them into question.
struct Index<'a> {
    people: &'a [Profile],
    /// By a word of their names and the day of birth; the first of its month and of its year stand for these besides.
    by_word: HashMap<(Span, &'a str), Vec<usize>>,
    by_day: HashMap<Date, Vec<usize>>,
    by_phone: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(people: &'a [Profile]) -> Self {
        let mut index = Self {
            people,
            by_word: HashMap::new(),
            by_day: HashMap::new(),
            by_phone: HashMap::new(),
        };
        for (at, person) in people.iter().enumerate() {
            if let Some(born) = person.birth_date {
                index.by_day.entry(born).or_default().push(at);
                let (year, month) = (born.year(), born.month());
                for word in person.words() {
                    for span in [Span::Day(born), Span::Month(year, month), Span::Year(year)] {
                        index.by_word.entry((span, word)).or_default().push(at);
                    }
                }
            }
            for phone in &person.phones {
                index.by_phone.entry(phone).or_default().push(at);
            }
        }
        index
    }

    /// The pairs of which at least one is new.
    fn alike(&self, new: &HashSet<WorkerId>) -> Vec<Found> {
        let holders = |phone: &str| self.by_phone.get(phone).map_or(0, Vec::len);
        let mut found = Vec::new();
        let mut in_question = Vec::new();
        for (at, person) in self.people.iter().enumerate() {
            if !new.contains(&person.id) {
                continue;
            }
            self.in_question(person, &mut in_question);
            let first = found.len();
            for other in in_question.drain(..) {
                let theirs = &self.people[other];
                // Two who are both new are compared once.
                if other == at || (other < at && new.contains(&theirs.id)) {
                    continue;
                }
                found.extend(person.queued(theirs, holders).map(|likeness| Found {
                    one: person.id,
                    other: theirs.id,
                    likeness,
                }));
            }
            found[first..].sort_by_key(|it| std::cmp::Reverse(it.likeness.score));
            found.truncate(first + MOST);
        }
        found
    }

    fn in_question(&self, person: &Profile, into: &mut Vec<usize>) {
        if let Some(born) = person.birth_date {
            for word in person.words() {
                let spans = spans(born).into_iter();
                let alike = spans.filter_map(|span| self.by_word.get(&(span, word)));
                into.extend(alike.filter(|it| it.len() <= MULTITUDE).flatten());
            }
            let days = mistyped(born).into_iter().chain([born]);
            let of_days = days.filter_map(|day| self.by_day.get(&day));
            into.extend(of_days.filter(|it| it.len() <= MULTITUDE).flatten());
        }
        let phones = person.phones.iter();
        let few = phones
            .filter_map(|phone| self.by_phone.get(phone.as_str()))
            .filter(|it| it.len() <= CROWD);
        into.extend(few.flatten());
        into.sort_unstable();
        into.dedup();
    }
}

/// When somebody may be said to be born whom another office has as born on a day: then; on the first of the month or of
/// the year; with day and month the other way round; or, who has such a first, on any day of it.
fn spans(born: Date) -> Vec<Span> {
    let (year, month, day) = (born.year(), born.month(), born.day());
    let days = [(month, day), (month, 1), (1, 1), (day, month)];
    let days = days.map(|(month, day)| Date::from_ymd_opt(year, month, day).map(Span::Day));
    let mut spans: Vec<Span> = days.into_iter().flatten().collect();
    if day == 1 {
        spans.push(Span::Month(year, month));
    }
    if (month, day) == (1, 1) {
        spans.push(Span::Year(year));
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::workforce::{PersonName, Sex};

    proptest! {
        /// Whom the index does not bring together, no name and no telephone makes alike enough to be looked at.
        #[test]
        fn whoever_is_alike_enough_comes_into_question(days in 0i64..20_000, apart in 0i64..4_000) {
            let born = |days: i64| Date::default() + chrono::TimeDelta::days(days);
            let person = |born: Date| {
                let name = PersonName::try_new("Traoré", "Awa").expect("a name");
                let phones = vec!["+22370123456".to_owned()];
                let of_person = (Sex::Female, Some(born));
                Profile::new(WorkerId::new(), None, &name, of_person, phones, &[])
            };
            let people = [person(born(days)), person(born(days + apart))];
            let mut index = Index::of(&people);
            // The telephone alone would bring them together.
            index.by_phone.clear();
            let mut found = Vec::new();
            index.in_question(&people[0], &mut found);
            let likeness = people[0].queued(&people[1], |_| 2);
            prop_assert!(likeness.is_none() || found.contains(&1), "{likeness:?}");
        }
    }
}

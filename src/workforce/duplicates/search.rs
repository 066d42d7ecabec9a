//! Comparing whole files of people with the register, and with each other.
//!
//! Whoever is registered or corrected one by one is compared at once. A file brings thousands: they are compared after
//! it was taken in, all with all, in memory: two records come into question when they share a word of their names and
//! the year of birth, when their birth dates may be mistaken for each other, or when they share a telephone.

use std::collections::{HashMap, HashSet};

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::likeness::{Profile, QUEUED, mistyped};
use super::{Found, MOST, store};
use crate::kernel::{Date, Fault, Instant, WorkerId};
use crate::ledger;
use crate::tenancy::Reader;

/// A telephone of more people than these brings nobody into question.
const CROWD: usize = 20;
/// Nor does a word of names in a year, or a day, that so many have: whoever is in such a crowd twice is found by what
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

/// The people of a register by what brings two of them into question.
struct Index<'a> {
    people: &'a [Profile],
    by_year: HashMap<(i32, &'a str), Vec<usize>>,
    by_day: HashMap<Date, Vec<usize>>,
    by_phone: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(people: &'a [Profile]) -> Self {
        let mut index = Self {
            people,
            by_year: HashMap::new(),
            by_day: HashMap::new(),
            by_phone: HashMap::new(),
        };
        for (at, person) in people.iter().enumerate() {
            if let Some(born) = person.birth_date {
                index.by_day.entry(born).or_default().push(at);
                for word in person.words() {
                    let of = index.by_year.entry((born.year(), word)).or_default();
                    of.push(at);
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
                let likeness = person.likeness(theirs, holders);
                if likeness.score >= QUEUED {
                    found.push(Found {
                        one: person.id,
                        other: theirs.id,
                        likeness,
                    });
                }
            }
            found[first..].sort_by_key(|it| std::cmp::Reverse(it.likeness.score));
            found.truncate(first + MOST);
        }
        found
    }

    fn in_question(&self, person: &Profile, into: &mut Vec<usize>) {
        if let Some(born) = person.birth_date {
            for word in person.words() {
                let of_year = self.by_year.get(&(born.year(), word)).into_iter();
                into.extend(of_year.filter(|it| it.len() <= MULTITUDE).flatten());
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

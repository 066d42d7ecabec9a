//! What a record lacks or contradicts, and the scores that follow from it. No SQL, no clock.

use serde::{Deserialize, Serialize};

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Flaw {
    NoBirthDate,
    NoSex,
    NoPhone,
    NoIdentifier,
    /// Nor a posting that is over.
    NoPosting,
    /// The cadre of the posting is nothing in ISCO-08.
    NoCadreMapping,
    /// Nothing was done to it for twelve months.
    Stale,
    InvalidPhone,
    InvalidIdentifier,
    /// Under sixteen when the first posting began.
    TooYoung,
    /// In post beyond the age at which those of the cadre retire.
    PastRetirement,
    /// In post where nothing is open any more.
    ClosedFacility,
    /// In post under a cadre that is retired, merged or split.
    EndedCadre,
}

/// What a flaw costs, in percent.
enum Cost {
    Completeness(u8),
    Validity(u8),
    /// It says when to look at the record again, and nothing of what the record says.
    Nothing,
}

impl Flaw {
    pub const ALL: [Flaw; 13] = [
        Flaw::NoBirthDate,
        Flaw::NoSex,
        Flaw::NoPhone,
        Flaw::NoIdentifier,
        Flaw::NoPosting,
        Flaw::NoCadreMapping,
        Flaw::Stale,
        Flaw::InvalidPhone,
        Flaw::InvalidIdentifier,
        Flaw::TooYoung,
        Flaw::PastRetirement,
        Flaw::ClosedFacility,
        Flaw::EndedCadre,
    ];

    /// The field of the record that it is about.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Flaw::NoBirthDate => "birthDate",
            Flaw::NoSex => "sex",
            Flaw::NoPhone | Flaw::InvalidPhone => "contacts",
            Flaw::NoIdentifier | Flaw::InvalidIdentifier => "identifiers",
            Flaw::NoPosting | Flaw::TooYoung => "postings",
            Flaw::NoCadreMapping | Flaw::EndedCadre => "posting.cadre",
            Flaw::PastRetirement => "posting",
            Flaw::ClosedFacility => "posting.facility",
            Flaw::Stale => "history",
        }
    }

    /// What a record ought to hold is a hundred together: without a posting there is no cadre either. What contradicts
    /// itself costs the more, the surer it is that something is wrong.
    fn cost(self) -> Cost {
        match self {
            Flaw::NoBirthDate | Flaw::NoCadreMapping => Cost::Completeness(15),
            Flaw::NoSex => Cost::Completeness(10),
            Flaw::NoPhone | Flaw::NoIdentifier => Cost::Completeness(20),
            Flaw::NoPosting => Cost::Completeness(35),
            Flaw::InvalidPhone | Flaw::PastRetirement | Flaw::EndedCadre => Cost::Validity(20),
            Flaw::InvalidIdentifier | Flaw::ClosedFacility => Cost::Validity(30),
            Flaw::TooYoung => Cost::Validity(40),
            Flaw::Stale => Cost::Nothing,
        }
    }

    fn bit(self) -> i32 {
        1 << (self as i32)
    }
}

/// All that is wrong with one record, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flaws(pub(super) i32);

impl Flaws {
    #[must_use]
    pub fn has(self, flaw: Flaw) -> bool {
        self.0 & flaw.bit() != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Flaw> {
        Flaw::ALL.into_iter().filter(move |it| self.has(*it))
    }

    /// How much of what a record ought to hold is there, in percent.
    #[must_use]
    pub fn completeness(self) -> u8 {
        let costs = self.iter().map(|it| match it.cost() {
            Cost::Completeness(cost) => cost,
            Cost::Validity(_) | Cost::Nothing => 0,
        });
        100_u8.saturating_sub(costs.fold(0, u8::saturating_add))
    }

    /// How far what is there agrees with itself and with the country's lists, in percent.
    #[must_use]
    pub fn validity(self) -> u8 {
        let costs = self.iter().map(|it| match it.cost() {
            Cost::Validity(cost) => cost,
            Cost::Completeness(_) | Cost::Nothing => 0,
        });
        100_u8.saturating_sub(costs.fold(0, u8::saturating_add))
    }

    /// Both together, in percent: what is there and right.
    #[must_use]
    pub fn score(self) -> u8 {
        let product = u32::from(self.completeness()) * u32::from(self.validity());
        u8::try_from((product + 50) / 100).unwrap_or(100)
    }
}

impl FromIterator<Flaw> for Flaws {
    fn from_iter<T: IntoIterator<Item = Flaw>>(flaws: T) -> Self {
        Self(flaws.into_iter().fold(0, |bits, it| bits | it.bit()))
    }
}

/// Some records together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub records: u64,
    /// The scores of all records, added up.
    pub score: u64,
    pub completeness: u64,
    pub validity: u64,
    /// How many records have each flaw.
    counts: [u64; Flaw::ALL.len()],
}

impl Figures {
    /// So many records with the same flaws.
    pub fn add(&mut self, flaws: Flaws, records: u64) {
        self.records += records;
        self.score += records * u64::from(flaws.score());
        self.completeness += records * u64::from(flaws.completeness());
        self.validity += records * u64::from(flaws.validity());
        for flaw in flaws.iter() {
            self.counts[flaw as usize] += records;
        }
    }

    /// Other records besides.
    pub fn join(&mut self, other: &Self) {
        self.records += other.records;
        self.score += other.score;
        self.completeness += other.completeness;
        self.validity += other.validity;
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    #[must_use]
    pub fn having(&self, flaw: Flaw) -> u64 {
        self.counts[flaw as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_record_ought_to_hold_is_a_hundred() {
        let nothing_held = [
            Flaw::NoBirthDate,
            Flaw::NoSex,
            Flaw::NoPhone,
            Flaw::NoIdentifier,
            Flaw::NoPosting,
        ];
        let empty: Flaws = nothing_held.into_iter().collect();
        assert_eq!(
            (empty.completeness(), empty.validity(), empty.score()),
            (0, 100, 0)
        );
        assert_eq!(Flaws::default().score(), 100);
        let stale: Flaws = [Flaw::Stale].into_iter().collect();
        assert_eq!(stale.score(), 100);
        let two: Flaws = [Flaw::NoPhone, Flaw::TooYoung].into_iter().collect();
        assert_eq!(
            (two.completeness(), two.validity(), two.score()),
            (80, 60, 48)
        );
        let wrong: Flaws = Flaw::ALL.into_iter().collect();
        assert_eq!((wrong.completeness(), wrong.validity()), (0, 0));
    }

    proptest! {
        #[test]
        fn figures_are_the_sum_of_the_records(bits in prop::collection::vec(0..(1 << 13_i32), 0..50)) {
            let records: Vec<Flaws> = bits.into_iter().map(Flaws).collect();
            let mut figures = Figures::default();
            for flaws in &records {
                figures.add(*flaws, 1);
            }
            prop_assert_eq!(figures.records, records.len() as u64);
            prop_assert_eq!(figures.score, records.iter().map(|it| u64::from(it.score())).sum::<u64>());
            for flaw in Flaw::ALL {
                let having = records.iter().filter(|it| it.has(flaw)).count() as u64;
                prop_assert_eq!(figures.having(flaw), having);
            }
        }

        #[test]
        fn one_flaw_more_never_scores_better(bits in 0..(1 << 13_i32), at in 0..13_usize) {
            let more = Flaws(bits | Flaw::ALL[at].bit());
            prop_assert!(more.score() <= Flaws(bits).score());
        }
    }
}

//! How likely two records are one person's: what speaks for it and against it, weighed, in percent.
//!
//! The weights are logarithms of how much more often a sign is seen between two records of one person than between
//! those of two people of a register of some ten thousand (Fellegi and Sunter, 1969), rounded to halves; together with
//! the odds that two records picked by their birth dates are one person's, they make the score.

mod sign;

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

pub use sign::Sign;

use crate::kernel::{Date, WorkerId, fold};
use crate::ledger::Standing;
use crate::workforce::{Identifier, PersonName, Sex};

/// From this score on a pair waits to be looked at.
pub const QUEUED: u8 = 70;
/// From this score on nobody is registered without a word that they are somebody else.
pub const REFUSED: u8 = 90;
/// A telephone that more people than these have says little of any of them: a facility's, a chief's.
const SHARED: usize = 4;
/// The odds before anything is compared.
const BEFORE: f64 = -6.0;

/// What is compared of a person.
#[derive(Clone, Debug)]
pub struct Profile {
    pub id: WorkerId,
    /// Where the record is kept, if it is.
    pub standing: Option<Standing>,
    /// The words of the names as they sound.
    pub family: Vec<String>,
    pub given: Vec<String>,
    pub sex: Sex,
    pub birth_date: Option<Date>,
    /// In E.164.
    pub phones: Vec<String>,
    /// By type, as they are compared.
    pub identifiers: BTreeMap<String, Vec<String>>,
}

/// How likely two records are one person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// In percent.
    pub score: u8,
    pub signs: Vec<Sign>,
}

impl Profile {
    #[must_use]
    pub fn new(
        id: WorkerId,
        standing: Option<Standing>,
        name: &PersonName,
        (sex, birth_date): (Sex, Option<Date>),
        phones: Vec<String>,
        identifiers: &[Identifier],
    ) -> Self {
        let mut of_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for it in identifiers {
            let of = of_type.entry(it.type_code.clone()).or_default();
            of.push(it.key());
        }
        Self {
            id,
            standing,
            family: sounds(&name.family),
            given: sounds(&name.given),
            sex,
            birth_date,
            phones,
            identifiers: of_type,
        }
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.family.iter().chain(&self.given).map(String::as_str)
    }

    /// How likely the other is the same person; `holders` tells how many people have a telephone.
    #[must_use]
    pub fn likeness(&self, other: &Self, holders: impl Fn(&str) -> usize) -> Likeness {
        let signs = self.beside_names(other, holders);
        self.with_names(other, signs)
    }

    /// The same, when it is enough to be looked at. Names cost most to compare, and most pairs are out before.
    pub(super) fn queued(&self, other: &Self, holders: impl Fn(&str) -> usize) -> Option<Likeness> {
        let signs = self.beside_names(other, holders);
        let best = signs.iter().copied().chain([Sign::SameName]);
        if score(best) < QUEUED {
            return None;
        }
        Some(self.with_names(other, signs)).filter(|it| it.score >= QUEUED)
    }

    fn with_names(&self, other: &Self, mut signs: Vec<Sign>) -> Likeness {
        signs.insert(0, self.of_names(other));
        Likeness {
            score: score(signs.iter().copied()),
            signs,
        }
    }

    fn beside_names(&self, other: &Self, holders: impl Fn(&str) -> usize) -> Vec<Sign> {
        let mut signs = Vec::new();
        signs.extend(of_birth_dates(self.birth_date, other.birth_date));
        if self.sex != other.sex && ![self.sex, other.sex].contains(&Sex::Unknown) {
            signs.push(Sign::OtherSex);
        }
        let shared = self.phones.iter().filter(|it| other.phones.contains(it));
        signs.extend(shared.map(|it| holders(it)).min().map(|holders| {
            if holders > SHARED {
                Sign::SharedPhone
            } else {
                Sign::SamePhone
            }
        }));
        signs.extend(self.of_identifiers(other));
        signs
    }

    fn of_names(&self, other: &Self) -> Sign {
        if self.family == other.family && self.given == other.given {
            return Sign::SameName;
        }
        let (mut ours, mut theirs): (Vec<&str>, Vec<&str>) =
            (self.words().collect(), other.words().collect());
        ours.sort_unstable();
        theirs.sort_unstable();
        if ours == theirs {
            return Sign::SwappedNames;
        }
        match agreement(&ours, &theirs) {
            it if it >= 0.92 => Sign::CloseName,
            it if it >= 0.75 => Sign::PartOfName,
            _ => Sign::OtherName,
        }
    }

    fn of_identifiers(&self, other: &Self) -> Option<Sign> {
        let both = |kind: &String| other.identifiers.get(kind);
        let mut of_one_type = (self.identifiers.iter())
            .filter_map(|(kind, ours)| Some((ours, both(kind)?)))
            .peekable();
        of_one_type.peek()?;
        let same = of_one_type.any(|(ours, theirs)| ours.iter().any(|it| theirs.contains(it)));
        Some(if same {
            Sign::SameIdentifier
        } else {
            Sign::OtherIdentifier
        })
    }
}

/// What signs make together, in percent.
fn score(signs: impl Iterator<Item = Sign>) -> u8 {
    let weight: f64 = signs.map(Sign::weight).sum();
    let percent = 100.0 / (1.0 + (-(BEFORE + weight)).exp());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 100"
    )]
    let score = percent.floor() as u8;
    score
}

/// How far two lists of words agree, in whatever order, from 0 to 1. A word that one of them has more, as people write
/// their second given name here and leave it out there, counts half.
fn agreement(ours: &[&str], theirs: &[&str]) -> f64 {
    let (few, many) = if ours.len() <= theirs.len() {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    let mut left: Vec<&str> = many.to_vec();
    let (mut agreed, mut compared) = (0.0, 0.0);
    for word in few {
        let best = (left.iter().enumerate())
            .map(|(at, it)| (at, alike(word, it)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, likeness)) = best {
            agreed += likeness;
            left.swap_remove(at);
        }
        compared += 1.0;
    }
    let more = f64::from(u32::try_from(left.len()).unwrap_or(u32::MAX));
    if compared == 0.0 {
        return 0.0;
    }
    agreed / (compared + more / 2.0)
}

/// How alike two words are, from 0 to 1; what is only somewhat alike is not.
fn alike(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    // An initial.
    if short.chars().count() == 1 {
        return if long.starts_with(short) { 0.8 } else { 0.0 };
    }
    let likeness = strsim::jaro_winkler(one, other);
    if likeness >= 0.88 { likeness } else { 0.0 }
}

fn of_birth_dates(one: Option<Date>, other: Option<Date>) -> Option<Sign> {
    let (one, other) = (one?, other?);
    let opens_year = |it: Date| it.ordinal() == 1;
    let same_year = one.year() == other.year();
    if same_year && (opens_year(one) || opens_year(other)) {
        return Some(Sign::SameBirthYear);
    }
    if one == other {
        return Some(Sign::SameBirthDate);
    }
    let same = [
        same_year,
        one.month() == other.month(),
        one.day() == other.day(),
    ];
    let swapped = same_year && (one.month(), one.day()) == (other.day(), other.month());
    Some(match same {
        [true, true, false] if one.day() == 1 || other.day() == 1 => Sign::DayNotKnown,
        _ if swapped => Sign::MistypedBirthDate,
        [false, true, true] if mistyped_years(one.year()).contains(&other.year()) => {
            Sign::MistypedBirthDate
        }
        _ => Sign::OtherBirthDate,
    })
}

/// Years that a year may have been meant to be: a figure more or less, or the last two the other way round.
fn mistyped_years(year: i32) -> [i32; 5] {
    let (tens, ones) = (year / 10 % 10, year % 10);
    let turned = year - 10 * tens - ones + 10 * ones + tens;
    [year - 10, year - 1, year + 1, year + 10, turned]
}

/// The birth dates outside of the same year that are [`Sign::MistypedBirthDate`] of one.
pub(super) fn mistyped(date: Date) -> Vec<Date> {
    let years = mistyped_years(date.year()).into_iter();
    let mut dates: Vec<Date> = years.filter_map(|year| date.with_year(year)).collect();
    dates.retain(|it| it.year() != date.year());
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// The words of a name as they sound: spellings of one name that the colonial tongues and the national orthographies
/// keep apart come out alike, so `Coulibaly` and `Kulibali`, `Djibril` and `Jibril`, `Mohammed` and `Mohamed`.
fn sounds(name: &str) -> Vec<String> {
    fold(name)
        .split(' ')
        .filter(|it| !it.is_empty())
        .map(sound)
        .collect()
}

const SPELLINGS: [(&str, &str); 14] = [
    ("dj", "j"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("kh", "k"),
    ("gh", "g"),
    ("ck", "k"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ie", "i"),
    ("qu", "k"),
    ("y", "i"),
    ("w", "u"),
];

fn sound(word: &str) -> String {
    // `c` before a dark vowel or a consonant is `k`; the one of `ch` is not, so it is out of the way first.
    let mut spelt = word.replace("tch", "\u{1}").replace("ch", "\u{1}");
    for (from, to) in SPELLINGS {
        spelt = spelt.replace(from, to);
    }
    let mut sound = String::with_capacity(spelt.len());
    let letters: Vec<char> = spelt.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1);
        let heard = match letter {
            '\u{1}' => 'c',
            'c' if next.is_some_and(|it| "eiy".contains(*it)) => 's',
            'c' | 'q' => 'k',
            'z' => 's',
            // Silent but at the beginning.
            'h' if at > 0 => continue,
            it => *it,
        };
        if !sound.ends_with(heard) {
            sound.push(heard);
        }
    }
    sound
}

#[cfg(test)]
mod tests;

//! Units whose titles are like a cadre's labels, or that cadres with such labels are mapped to.

use std::collections::{BTreeSet, HashMap};

use super::mapping::ISCO_08;
use crate::cadres::{History, State, Taxonomy};
use crate::kernel::{Date, Sector, Text, fold};

/// A unit of a classification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub code: String,
    pub title: Text,
    /// The sectors it belongs to: `health`, `social`, `health+social`, `support`, `mixed`.
    pub domain: String,
}

/// A unit that a cadre might be.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub unit: Unit,
    /// From 0 to 1.
    pub likeness: f64,
    /// The label or title that is most like one of the cadre's.
    pub alike: String,
}

/// Less is chance.
const LEAST: f64 = 0.2;

/// The units of an edition that a cadre might be on a day, the likeliest first. Only units of the finest level count, in
/// whatever languages the country and the classification share.
#[must_use]
pub(super) fn rank(
    cadre: &History,
    day: Date,
    edition: &str,
    units: Vec<Unit>,
    taxonomy: &Taxonomy,
) -> Vec<Suggestion> {
    let state = &cadre.states[cadre.at(day)].state;
    let own: Vec<Grams> = words(state).map(|it| Grams::of(it)).collect();
    let mut of_unit: HashMap<String, Vec<String>> = HashMap::new();
    for other in taxonomy.all().iter().filter(|it| it.id != cadre.id) {
        let codes = mapped_to(other, edition, day);
        let labels = words(&other.states[other.at(day)].state);
        let labels: Vec<&String> = labels.collect();
        for code in codes {
            let known = of_unit.entry(code).or_default();
            known.extend(labels.iter().map(|it| (*it).clone()));
        }
    }
    let finest = units.iter().map(|it| it.code.len()).max().unwrap_or(0);
    let is_numbered = units
        .iter()
        .all(|it| it.code.bytes().all(|b| b.is_ascii_digit()));
    let units = (units.into_iter()).filter(|it| !is_numbered || it.code.len() == finest);
    let ranked = units.filter_map(|unit| {
        let titles = unit.title.0.values();
        let known = of_unit.get(&unit.code).into_iter().flatten();
        let likest = titles.chain(known).map(|text| {
            let grams = Grams::of(text);
            let likeness = own.iter().map(|it| it.likeness(&grams));
            (likeness.fold(0.0, f64::max), text)
        });
        let (likeness, alike) = likest.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let fits = match cadre.sector {
            Sector::Health => unit.domain != "social",
            Sector::Social => unit.domain != "health",
        };
        let likeness = if fits { likeness } else { likeness / 2.0 };
        let alike = alike.clone();
        (likeness >= LEAST).then_some(Suggestion {
            unit,
            likeness,
            alike,
        })
    });
    let mut ranked: Vec<Suggestion> = ranked.collect();
    ranked.sort_by(|a, b| {
        let by_likeness = b.likeness.total_cmp(&a.likeness);
        by_likeness.then_with(|| a.unit.code.cmp(&b.unit.code))
    });
    ranked
}

fn words(state: &State) -> impl Iterator<Item = &String> {
    state.label.0.values()
}

fn mapped_to(cadre: &History, edition: &str, day: Date) -> Vec<String> {
    if edition == ISCO_08 {
        let isco08 = cadre.on(day).isco08.into_iter();
        return isco08.map(|it| it.code).collect();
    }
    let mapping = cadre.mapping(edition, day);
    let targets = mapping.into_iter().flat_map(|it| &it.targets);
    targets.map(|(target, _)| target.code.clone()).collect()
}

/// The pieces of three letters that a text has, each word with its edges: what is alike in `midwife` and `midwives`.
struct Grams(BTreeSet<String>);

impl Grams {
    fn of(text: &str) -> Self {
        let mut grams = BTreeSet::new();
        for word in fold(text).split(' ').filter(|it| it.len() > 2) {
            let letters: Vec<char> = format!("  {word} ").chars().collect();
            grams.extend(letters.windows(3).map(|it| it.iter().collect::<String>()));
        }
        Self(grams)
    }

    /// Twice what they share, of all that they have (Dice's coefficient).
    #[expect(clippy::cast_precision_loss, reason = "a label has some dozen pieces")]
    fn likeness(&self, other: &Self) -> f64 {
        let shared = self.0.intersection(&other.0).count();
        let all = self.0.len() + other.0.len();
        if all == 0 {
            return 0.0;
        }
        2.0 * shared as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_root_are_alike() {
        let likeness = |a, b| Grams::of(a).likeness(&Grams::of(b));
        assert!(likeness("Sage-femme", "Sages-femmes") > 0.7);
        assert!(likeness("Médecin généraliste", "Médecins généralistes") > 0.8);
        assert!(likeness("Midwife", "Drivers") < LEAST);
        assert!(likeness("", "") < LEAST);
    }
}

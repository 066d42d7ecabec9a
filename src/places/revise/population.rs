//! How many people live somewhere, by whose count: recorded, and corrected.

use std::collections::HashSet;

use super::refusal::{Objection, Refusal};
use super::words;
use crate::kernel::{OrgUnitId, Reason};
use crate::places::Gazetteer;

/// So many figures come at once.
const MOST: usize = 500;
/// No country has more people.
const MOST_PEOPLE: i64 = 2_000_000_000;

/// The people of an org unit in a year, by one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub unit: OrgUnitId,
    pub year: i32,
    pub source: String,
    pub people: i64,
    /// The figure that it corrects, as the caller saw it.
    pub corrects: Option<i64>,
}

/// A figure, and the one that stood in its place.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub count: Count,
    pub before: Option<i64>,
}

/// Those of some figures that say something new.
///
/// # Errors
/// All that the rules have against them.
pub(super) fn decide(
    counts: &[Count],
    gazetteer: &Gazetteer,
    today: crate::kernel::Date,
) -> Result<Vec<Recorded>, Vec<Refusal>> {
    if counts.is_empty() || counts.len() > MOST {
        return Err(vec![Objection::TooMany(MOST).at(&["populations"])]);
    }
    let places = gazetteer.on(today);
    let mut refusals = Vec::new();
    let mut named = HashSet::new();
    let mut recorded = Vec::new();
    for count in counts {
        let mut wrong = |objection: Objection, field| {
            refusals.push(objection.at(&["populations", field]));
        };
        let unit = gazetteer.unit(count.unit);
        if unit.is_none() {
            wrong(Objection::UnitNotFound, "orgUnit");
        }
        if !(1900..=2200).contains(&count.year) {
            wrong(Objection::InvalidYear, "year");
        }
        if !(0..=MOST_PEOPLE).contains(&count.people) {
            wrong(Objection::InvalidPeople, "people");
        }
        if !words::is_line(&count.source, 200) {
            wrong(Objection::InvalidText, "source");
        }
        if !named.insert((count.unit, count.year, count.source.as_str())) {
            let code = unit.map(|it| it.code.clone()).unwrap_or_default();
            wrong(Objection::NamedTwice(code), "orgUnit");
        }
        let mut known = places.populations(count.unit).iter();
        let before = known.find(|it| i32::from(it.year) == count.year && it.source == count.source);
        let before = before.and_then(|it| i64::try_from(it.people).ok());
        if before != Some(count.people) {
            if before != count.corrects {
                wrong(Objection::StaleFigure, "corrects");
            }
            recorded.push(Recorded {
                count: count.clone(),
                before,
            });
        }
    }
    if refusals.is_empty() && recorded.is_empty() {
        refusals.push(Objection::NothingChanges.at(&[]));
    }
    if refusals.is_empty() {
        Ok(recorded)
    } else {
        Err(refusals)
    }
}

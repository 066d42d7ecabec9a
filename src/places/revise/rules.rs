//! What several changes of org units are held to. No SQL.

use std::collections::HashSet;

use super::refusal::{Objection, Refusal};
use super::words;
use crate::kernel::{Date, OrgUnitId, Reason};
use crate::places::{Gazetteer, UnitHistory, UnitState};

/// So many org units has a list that a proposal brings.
const MOST: usize = 200;

/// A unit that is there from a day on, for others to be part of.
pub(super) fn standing<'a>(
    gazetteer: &'a Gazetteer,
    unit: OrgUnitId,
    from: Date,
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) -> Option<&'a UnitHistory> {
    let Some(history) = gazetteer.unit(unit) else {
        refusals.push(Objection::ParentNotFound.at(path));
        return None;
    };
    if !history.is_active_from(from) {
        refusals.push(Objection::NotInForce(history.code.clone()).at(path));
    }
    Some(history)
}

/// Notes units that are named twice, and too many of them.
pub(super) fn named_once(
    gazetteer: &Gazetteer,
    units: &[OrgUnitId],
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) {
    if units.len() > MOST {
        refusals.push(Objection::TooMany(MOST).at(path));
    }
    let mut named = HashSet::new();
    for unit in units.iter().filter(|it| !named.insert(**it)) {
        let code = gazetteer.unit(*unit).map(|it| it.code.clone());
        refusals.push(Objection::NamedTwice(code.unwrap_or_default()).at(path));
    }
}

/// Notes all that is wrong with what a unit says of itself.
pub(super) fn check(state: &UnitState, languages: &[String], refusals: &mut Vec<Refusal>) {
    words::check_names(&state.name, languages, &["names"], refusals);
    if !words::is_optional_line(&state.kind, 100) {
        refusals.push(Objection::InvalidText.at(&["kind"]));
    }
    let is_iso = |code: &str| {
        let (country, part) = code.split_once('-').unwrap_or_default();
        country.len() == 2
            && country.bytes().all(|b| b.is_ascii_uppercase())
            && (1..=3).contains(&part.len())
            && (part.bytes()).all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    if !state.iso_3166_2.as_deref().is_none_or(is_iso) {
        refusals.push(Objection::InvalidIsoCode.at(&["iso3166_2"]));
    }
}

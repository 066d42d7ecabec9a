//! What a cadre is in a classification, and the rules of saying so. No SQL.

use std::collections::{BTreeSet, HashMap};

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::cadres::{Objection, Refusal, Status, Taxonomy};
use crate::kernel::{CadreId, Date, Instant, MappingId, Reason, Text};
use crate::ledger::ActReference;

/// The edition in which posts are counted.
pub const ISCO_08: &str = "isco-08";

/// How a cadre stands to a unit of a classification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    Equal,
    /// The cadre has people who are of other units.
    Broader,
    /// The unit has people who are of other cadres.
    Narrower,
    /// A share of the cadre's people are of the unit.
    Partial,
}

impl Relation {
    pub const ALL: [Relation; 4] = [
        Relation::Equal,
        Relation::Broader,
        Relation::Narrower,
        Relation::Partial,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Equal => "equal",
            Relation::Broader => "broader",
            Relation::Narrower => "narrower",
            Relation::Partial => "partial",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// How far a mapping has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Proposed,
    Approved,
    Rejected,
}

impl Standing {
    pub const ALL: [Standing; 3] = [Standing::Proposed, Standing::Approved, Standing::Rejected];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Proposed => "proposed",
            Standing::Approved => "approved",
            Standing::Rejected => "rejected",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A unit that a cadre is mapped to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub code: String,
    pub relation: Relation,
    /// Of the cadre's people, in ten-thousandths; with [`Relation::Partial`] alone.
    pub share: Option<i16>,
}

/// What a cadre is in an edition from a day on, until the next approved mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub id: MappingId,
    pub cadre: CadreId,
    pub edition: String,
    pub from: Date,
    pub standing: Standing,
    pub author: String,
    pub reviewer: Option<String>,
    pub proposed_at: Instant,
    pub act: Option<ActReference>,
    /// With the title of each unit.
    pub targets: Vec<(Target, Text)>,
}

/// A mapping to propose.
#[derive(Clone, Debug)]
pub struct ProposeMapping {
    pub cadre: CadreId,
    pub edition: String,
    pub from: Date,
    pub targets: Vec<Target>,
}

/// Their units, by edition and code.
pub type Classifications = HashMap<String, BTreeSet<String>>;

/// So many units has a cadre at most.
const MOST: usize = 10;
/// All of a cadre's people.
const WHOLE: i32 = 10_000;

impl ProposeMapping {
    /// What the rules have against it.
    pub(super) fn check(&self, taxonomy: &Taxonomy, units: &Classifications) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let mut note = |objection: Objection, path: &[&'static str]| {
            refusals.push(objection.at(path));
        };
        match taxonomy.get(self.cadre) {
            None => note(Objection::CadreNotFound, &["cadre"]),
            Some(history) => {
                if taxonomy.is_group_within(self.cadre, self.from, Some(self.from)) {
                    note(Objection::GathersCadres(history.code.clone()), &["cadre"]);
                }
                if history.on(self.from).status == Status::Planned {
                    note(Objection::NotInForce(history.code.clone()), &["from"]);
                }
                let same_day = history.mappings.iter().any(|it| {
                    it.standing != Standing::Rejected
                        && (it.edition == self.edition && it.from == self.from)
                });
                if same_day {
                    note(Objection::AlreadyMapped(self.from), &["from"]);
                }
            }
        }
        if !(1900..=2200).contains(&self.from.year()) {
            note(Objection::InvalidDate, &["from"]);
        }
        for (objection, path) in check_targets(&self.edition, &self.targets, units) {
            note(objection, path);
        }
        refusals
    }
}

/// What the rules have against the units that a cadre is to be of, with the field of the mutation.
pub(in crate::cadres) fn check_targets(
    edition: &str,
    targets: &[Target],
    units: &Classifications,
) -> Vec<(Objection, &'static [&'static str])> {
    let mut wrong: Vec<(Objection, &'static [&'static str])> = Vec::new();
    match units.get(edition) {
        None => wrong.push((Objection::UnknownEdition(edition.to_owned()), &["edition"])),
        Some(known) => {
            let strangers = targets.iter().filter(|it| !known.contains(&it.code));
            wrong.extend(strangers.map(|it| {
                let path: &[&str] = &["targets", "code"];
                (stranger(&it.code, units), path)
            }));
        }
    }
    let mut codes = BTreeSet::new();
    for target in targets {
        if !codes.insert(&target.code) {
            let twice = Objection::NamedTwice(target.code.clone());
            wrong.push((twice, &["targets", "code"]));
        }
    }
    if targets.is_empty() || targets.len() > MOST {
        wrong.push((Objection::TooMany(MOST), &["targets"]));
    } else if !is_whole(targets) {
        wrong.push((Objection::InvalidShares, &["targets", "share"]));
    }
    wrong
}

/// A code that an edition does not have: of another edition, perhaps.
fn stranger(code: &str, units: &Classifications) -> Objection {
    let mut others: Vec<&String> = units
        .iter()
        .filter(|(_, known)| known.contains(code))
        .map(|(edition, _)| edition)
        .collect();
    others.sort();
    match others.first() {
        Some(other) => Objection::OfAnotherEdition {
            code: code.to_owned(),
            edition: (*other).clone(),
        },
        None => Objection::UnknownUnit(code.to_owned()),
    }
}

/// One unit has the whole cadre; several have shares that are the whole together.
fn is_whole(targets: &[Target]) -> bool {
    let partial = |it: &Target| it.relation == Relation::Partial;
    match targets {
        [only] => !partial(only) && only.share.is_none(),
        several => {
            let shares = several.iter().map(|it| i32::from(it.share.unwrap_or(0)));
            several
                .iter()
                .all(|it| partial(it) && it.share.is_some_and(|it| it > 0))
                && shares.sum::<i32>() == WHOLE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(shares: &[(Relation, Option<i16>)]) -> bool {
        let targets = shares
            .iter()
            .zip(1..)
            .map(|((relation, share), code)| Target {
                code: code.to_string(),
                relation: *relation,
                share: *share,
            });
        is_whole(&targets.collect::<Vec<_>>())
    }

    #[test]
    fn shares_are_the_whole_together() {
        use Relation::{Broader, Equal, Narrower, Partial};
        assert!(
            shares(&[(Equal, None)]) && shares(&[(Broader, None)]) && shares(&[(Narrower, None)])
        );
        assert!(shares(&[(Partial, Some(6_000)), (Partial, Some(4_000))]));
        for wrong in [
            &[(Partial, Some(10_000))][..],
            &[(Equal, Some(5_000))],
            &[(Equal, None), (Equal, None)],
            &[(Partial, Some(6_000)), (Partial, Some(4_001))],
            &[(Partial, Some(6_000)), (Partial, None)],
            &[(Partial, Some(10_000)), (Partial, Some(0))],
            &[(Partial, Some(12_000)), (Partial, Some(-2_000))],
        ] {
            assert!(!shares(wrong), "{wrong:?}");
        }
    }
}

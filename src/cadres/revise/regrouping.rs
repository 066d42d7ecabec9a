//! Cadres that end and whose people go to others, by the rules of the taxonomy. No SQL.

use std::collections::HashSet;

use super::attributes::MOST;
use super::proposal::{Revision, in_force, revision, subject};
use super::refusal::{Objection, Refusal};
use crate::cadres::{History, State, Status, Taxonomy};
use crate::kernel::{CadreId, Date, Id, Reason, WorkerId};

/// Cadres whose people are to be in one other cadre from a day on.
#[derive(Clone, Debug)]
pub struct MergeCadres {
    /// With the versions that the caller saw.
    pub cadres: Vec<(CadreId, i32)>,
    pub into: CadreId,
    pub on: Date,
}

/// A cadre whose people are to be in several others from a day on.
#[derive(Clone, Debug)]
pub struct SplitCadre {
    pub cadre: CadreId,
    pub base_version: i32,
    pub into: Vec<SplitPart>,
    /// Where all go whom no part takes.
    pub otherwise: CadreId,
    pub on: Date,
}

/// A cadre that another is split into, and who goes there: those who are named, before those at facilities of some types.
#[derive(Clone, Debug)]
pub struct SplitPart {
    pub cadre: CadreId,
    pub workers: Vec<WorkerId>,
    pub facility_types: Vec<String>,
}

impl MergeCadres {
    pub(super) fn decide(&self, taxonomy: &Taxonomy, refusals: &mut Vec<Refusal>) -> Vec<Revision> {
        if self.cadres.is_empty() || self.cadres.len() > MOST {
            refusals.push(Objection::TooMany(MOST).at(&["cadres"]));
            return Vec::new();
        }
        let successor = successor(taxonomy, self.into, self.on, &["into"], refusals);
        let mut named = HashSet::from([self.into]);
        let mut revisions = Vec::new();
        for (cadre, _) in &self.cadres {
            let path = &["cadres", "cadre"];
            let Some(history) = leaving(taxonomy, *cadre, self.on, path, refusals) else {
                continue;
            };
            if !named.insert(*cadre) {
                refusals.push(Objection::NamedTwice(history.code.clone()).at(path));
            }
            if successor.is_some_and(|it| it.sector != history.sector) {
                refusals.push(Objection::AnotherSector(history.code.clone()).at(path));
            }
            let before = State::clone(&history.last().state);
            let after = State {
                status: Status::Merged,
                successors: vec![self.into],
                ..before.clone()
            };
            revisions.push(revision(history, self.on, before, after));
        }
        revisions
    }
}

impl SplitCadre {
    pub(super) fn decide(&self, taxonomy: &Taxonomy, refusals: &mut Vec<Refusal>) -> Vec<Revision> {
        if self.into.len() > MOST {
            refusals.push(Objection::TooMany(MOST).at(&["into"]));
            return Vec::new();
        }
        let Some(history) = leaving(taxonomy, self.cadre, self.on, &["cadre"], refusals) else {
            return Vec::new();
        };
        let mut named = HashSet::from([self.cadre]);
        for part in &self.into {
            let path = &["into", "cadre"];
            self.follow(taxonomy, history, part.cadre, path, refusals);
            if !named.insert(part.cadre) {
                let code = taxonomy.get(part.cadre).map(|it| it.code.clone());
                refusals.push(Objection::NamedTwice(code.unwrap_or_default()).at(path));
            }
        }
        if self.otherwise == self.cadre {
            refusals.push(Objection::NamedTwice(history.code.clone()).at(&["otherwise"]));
        } else if named.insert(self.otherwise) {
            self.follow(taxonomy, history, self.otherwise, &["otherwise"], refusals);
        }
        self.parts_are_apart(refusals);
        named.remove(&self.cadre);
        let mut successors: Vec<CadreId> = named.into_iter().collect();
        successors.sort_unstable();
        let before = State::clone(&history.last().state);
        let after = State {
            status: Status::Split,
            successors,
            ..before.clone()
        };
        vec![revision(history, self.on, before, after)]
    }

    fn follow(
        &self,
        taxonomy: &Taxonomy,
        history: &History,
        cadre: CadreId,
        path: &[&'static str],
        refusals: &mut Vec<Refusal>,
    ) {
        if let Some(successor) = successor(taxonomy, cadre, self.on, path, refusals)
            && successor.sector != history.sector
        {
            refusals.push(Objection::AnotherSector(successor.code.clone()).at(path));
        }
    }

    /// Nobody can go two ways.
    fn parts_are_apart(&self, refusals: &mut Vec<Refusal>) {
        let mut workers = HashSet::new();
        let mut types = HashSet::new();
        for part in &self.into {
            for worker in part.workers.iter().filter(|it| !workers.insert(**it)) {
                let twice = Objection::NamedTwice(worker.encode());
                refusals.push(twice.at(&["into", "workers"]));
            }
            for code in part
                .facility_types
                .iter()
                .filter(|it| !types.insert(it.as_str()))
            {
                let twice = Objection::NamedTwice(code.clone());
                refusals.push(twice.at(&["into", "facilityTypes"]));
            }
        }
    }
}

/// A cadre whose people are to leave it on a day.
fn leaving<'a>(
    taxonomy: &'a Taxonomy,
    cadre: CadreId,
    on: Date,
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) -> Option<&'a History> {
    let history = subject(taxonomy, cadre, on, path, refusals)?;
    in_force(
        history,
        on,
        &[Status::Active, Status::Retired],
        path,
        refusals,
    );
    if taxonomy.is_group_within(cadre, on, None) {
        refusals.push(Objection::GathersCadres(history.code.clone()).at(path));
    }
    Some(history)
}

/// A cadre that people are to be in from a day on.
fn successor<'a>(
    taxonomy: &'a Taxonomy,
    cadre: CadreId,
    on: Date,
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) -> Option<&'a History> {
    let Some(history) = taxonomy.get(cadre) else {
        refusals.push(Objection::SuccessorNotFound.at(path));
        return None;
    };
    if !history.is_active_from(on) {
        refusals.push(Objection::NotInForce(history.code.clone()).at(path));
    }
    if taxonomy.is_group_within(cadre, on, None) {
        refusals.push(Objection::GathersCadres(history.code.clone()).at(path));
    }
    Some(history)
}

//! What an admin proposes to make of the org units, and what would become of them by the rules. No SQL.

use chrono::Datelike;

use super::refusal::{Objection, Refusal};
use super::rules::{check, named_once, standing};
use super::words;
use crate::kernel::{Date, OrgUnitId, Reason, Text};
use crate::places::{Gazetteer, UnitHistory, UnitState, UnitStatus};

/// The tree is no deeper than this.
const DEEPEST: u8 = 9;

/// An org unit to add, with what it takes over.
#[derive(Clone, Debug)]
pub struct AddUnit {
    pub code: String,
    /// Its first day.
    pub from: Date,
    pub parent: Option<OrgUnitId>,
    pub name: Text,
    pub kind: String,
    pub iso_3166_2: Option<String>,
    pub source: String,
    /// Those that it takes over from, or a part of whom.
    pub predecessors: Vec<OrgUnitId>,
    /// The units that are part of it from its first day on, with the versions that the caller saw.
    pub children: Vec<(OrgUnitId, i32)>,
}

/// An org unit to be otherwise from a day on: renamed, moved. What is absent stays.
#[derive(Clone, Debug)]
pub struct ChangeUnit {
    pub unit: OrgUnitId,
    pub base_version: i32,
    pub from: Date,
    /// `Some(None)` puts it at the top.
    pub parent: Option<Option<OrgUnitId>>,
    pub name: Option<Text>,
    pub kind: Option<String>,
    pub iso_3166_2: Option<Option<String>>,
}

/// An org unit that is no more from a day on.
#[derive(Clone, Debug)]
pub struct CloseUnit {
    pub unit: OrgUnitId,
    pub base_version: i32,
    pub from: Date,
    pub successors: Vec<OrgUnitId>,
}

#[derive(Clone, Debug)]
pub enum UnitProposal {
    Add(AddUnit),
    Change(ChangeUnit),
    Close(CloseUnit),
}

/// What becomes of one org unit.
#[derive(Clone, Debug)]
pub struct UnitRevision {
    pub unit: OrgUnitId,
    pub code: String,
    /// That of the changed unit.
    pub version: i32,
    pub from: Date,
    /// Absent for a new unit.
    pub before: Option<UnitState>,
    pub after: UnitState,
    /// Of a new unit.
    pub source: String,
    pub predecessors: Vec<OrgUnitId>,
    pub successors: Vec<OrgUnitId>,
}

impl UnitProposal {
    /// The units that it names as those to be changed, with the versions that the caller saw and the field that says so.
    #[must_use]
    pub fn subjects(&self) -> Vec<(OrgUnitId, i32, &'static [&'static str])> {
        match self {
            UnitProposal::Add(it) => {
                let children = it.children.iter();
                children
                    .map(|(unit, base)| (*unit, *base, &["children", "baseVersion"][..]))
                    .collect()
            }
            UnitProposal::Change(it) => vec![(it.unit, it.base_version, &["baseVersion"])],
            UnitProposal::Close(it) => vec![(it.unit, it.base_version, &["baseVersion"])],
        }
    }

    /// The day from which it holds.
    #[must_use]
    pub fn from(&self) -> Date {
        match self {
            UnitProposal::Add(it) => it.from,
            UnitProposal::Change(it) => it.from,
            UnitProposal::Close(it) => it.from,
        }
    }

    /// What would become of the org units; `languages` are those that the country writes its names in, `levels` how deep
    /// its tree is.
    ///
    /// # Errors
    /// All that the rules have against it.
    pub fn decide(
        &self,
        gazetteer: &Gazetteer,
        languages: &[String],
        levels: usize,
    ) -> Result<Vec<UnitRevision>, Vec<Refusal>> {
        let mut refusals = Vec::new();
        if !(1900..=2200).contains(&self.from().year()) {
            refusals.push(Objection::InvalidDate.at(&["from"]));
        }
        let revisions = match self {
            UnitProposal::Add(it) => it.decide(gazetteer, languages, levels, &mut refusals),
            UnitProposal::Change(it) => it.decide(gazetteer, languages, &mut refusals),
            UnitProposal::Close(it) => it.decide(gazetteer, &mut refusals),
        };
        if refusals.is_empty() {
            Ok(revisions)
        } else {
            Err(refusals)
        }
    }
}

impl AddUnit {
    fn decide(
        &self,
        gazetteer: &Gazetteer,
        languages: &[String],
        levels: usize,
        refusals: &mut Vec<Refusal>,
    ) -> Vec<UnitRevision> {
        if !words::is_code(&self.code) {
            refusals.push(Objection::InvalidCode.at(&["code"]));
        } else if gazetteer.unit_by_code(&self.code).is_some() {
            refusals.push(Objection::CodeTaken(self.code.clone()).at(&["code"]));
        }
        let above = (self.parent)
            .and_then(|parent| standing(gazetteer, parent, self.from, &["parent"], refusals));
        let level = 1 + above.map_or(0, |it| it.states.on(self.from).state.level);
        let deepest = usize::from(DEEPEST).min(levels.max(1));
        if usize::from(level) > deepest {
            let above = above.map(|it| it.code.clone());
            refusals.push(Objection::WrongLevel(above.unwrap_or_default()).at(&["parent"]));
        }
        let state = UnitState {
            parent: self.parent,
            level,
            name: self.name.clone(),
            kind: self.kind.clone(),
            iso_3166_2: self.iso_3166_2.clone(),
            status: UnitStatus::Active,
        };
        check(&state, languages, refusals);
        if !words::is_optional_line(&self.source, 500) {
            refusals.push(Objection::InvalidText.at(&["source"]));
        }
        let unit = OrgUnitId::new();
        named_once(gazetteer, &self.predecessors, &["predecessors"], refusals);
        for predecessor in &self.predecessors {
            match gazetteer.unit(*predecessor) {
                None => refusals.push(Objection::PredecessorNotFound.at(&["predecessors"])),
                Some(it) if it.states.on(self.from).state.level != level => {
                    let wrong = Objection::WrongLevel(it.code.clone());
                    refusals.push(wrong.at(&["predecessors"]));
                }
                Some(_) => {}
            }
        }
        let mut revisions = vec![UnitRevision {
            unit,
            code: self.code.clone(),
            version: 1,
            from: self.from,
            before: None,
            after: state,
            source: self.source.clone(),
            predecessors: self.predecessors.clone(),
            successors: Vec::new(),
        }];
        revisions.extend(self.take_over(gazetteer, unit, level, refusals));
        revisions
    }

    /// The units that move below the new one.
    fn take_over(
        &self,
        gazetteer: &Gazetteer,
        unit: OrgUnitId,
        level: u8,
        refusals: &mut Vec<Refusal>,
    ) -> Vec<UnitRevision> {
        let path = &["children", "orgUnit"];
        let children: Vec<OrgUnitId> = self.children.iter().map(|it| it.0).collect();
        named_once(gazetteer, &children, path, refusals);
        let mut revisions = Vec::new();
        for child in children {
            let Some(history) = subject(gazetteer, child, self.from, path, refusals) else {
                continue;
            };
            let before = UnitState::clone(&history.states.last().state);
            // Above what moves below it, the new unit would be part of itself.
            let circles = (self.parent)
                .is_some_and(|parent| gazetteer.would_circle(child, parent, self.from));
            if circles {
                refusals.push(Objection::Circle(history.code.clone()).at(path));
            } else if before.level != level + 1 {
                refusals.push(Objection::WrongLevel(self.code.clone()).at(path));
            }
            let after = UnitState {
                parent: Some(unit),
                ..before.clone()
            };
            revisions.push(revision(history, self.from, before, after));
        }
        revisions
    }
}

impl ChangeUnit {
    fn decide(
        &self,
        gazetteer: &Gazetteer,
        languages: &[String],
        refusals: &mut Vec<Refusal>,
    ) -> Vec<UnitRevision> {
        let Some(history) = subject(gazetteer, self.unit, self.from, &["orgUnit"], refusals) else {
            return Vec::new();
        };
        let before = UnitState::clone(&history.states.last().state);
        let after = UnitState {
            parent: self.parent.unwrap_or(before.parent),
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            kind: self.kind.clone().unwrap_or_else(|| before.kind.clone()),
            iso_3166_2: (self.iso_3166_2.clone()).unwrap_or_else(|| before.iso_3166_2.clone()),
            ..before.clone()
        };
        if after.name != before.name
            || after.kind != before.kind
            || after.iso_3166_2 != before.iso_3166_2
        {
            check(&after, languages, refusals);
        }
        if after.parent != before.parent {
            self.move_below(gazetteer, &after, refusals);
        }
        if after == before {
            refusals.push(Objection::NothingChanges.at(&[]));
        }
        vec![revision(history, self.from, before, after)]
    }

    /// A unit keeps its level, with all that is part of it.
    fn move_below(&self, gazetteer: &Gazetteer, after: &UnitState, refusals: &mut Vec<Refusal>) {
        let path = &["parent"];
        let Some(parent) = after.parent else {
            if after.level != 1 {
                refusals.push(Objection::WrongLevel(String::new()).at(path));
            }
            return;
        };
        if gazetteer.unit(parent).is_some() && gazetteer.would_circle(self.unit, parent, self.from)
        {
            let code = gazetteer.unit(parent).map(|it| it.code.clone());
            refusals.push(Objection::Circle(code.unwrap_or_default()).at(path));
            return;
        }
        if let Some(above) = standing(gazetteer, parent, self.from, path, refusals)
            && above.states.on(self.from).state.level + 1 != after.level
        {
            refusals.push(Objection::WrongLevel(above.code.clone()).at(path));
        }
    }
}

impl CloseUnit {
    fn decide(&self, gazetteer: &Gazetteer, refusals: &mut Vec<Refusal>) -> Vec<UnitRevision> {
        let Some(history) = subject(gazetteer, self.unit, self.from, &["orgUnit"], refusals) else {
            return Vec::new();
        };
        if let Some(child) = gazetteer.child_from(self.unit, self.from) {
            refusals.push(Objection::HasUnits(child.code.clone()).at(&["orgUnit"]));
        }
        if let Some(facility) = gazetteer.facility_from(self.unit, self.from) {
            refusals.push(Objection::HasFacilities(facility.last().code.clone()).at(&["orgUnit"]));
        }
        let path = &["successors"];
        named_once(gazetteer, &self.successors, path, refusals);
        for successor in &self.successors {
            match gazetteer.unit(*successor) {
                None => refusals.push(Objection::SuccessorNotFound.at(path)),
                Some(it) if *successor == self.unit => {
                    refusals.push(Objection::NamedTwice(it.code.clone()).at(path));
                }
                Some(it) if !it.is_active_from(self.from) => {
                    refusals.push(Objection::NotInForce(it.code.clone()).at(path));
                }
                Some(_) => {}
            }
        }
        let before = UnitState::clone(&history.states.last().state);
        let after = UnitState {
            status: UnitStatus::Closed,
            ..before.clone()
        };
        let mut revision = revision(history, self.from, before, after);
        revision.successors.clone_from(&self.successors);
        vec![revision]
    }
}

fn revision(
    history: &UnitHistory,
    from: Date,
    before: UnitState,
    after: UnitState,
) -> UnitRevision {
    UnitRevision {
        unit: history.id,
        code: history.code.clone(),
        version: history.version + 1,
        from,
        before: Some(before),
        after,
        source: String::new(),
        predecessors: Vec::new(),
        successors: Vec::new(),
    }
}

/// The unit to change: there on the day, and no other change of it may hold from a later one.
fn subject<'a>(
    gazetteer: &'a Gazetteer,
    unit: OrgUnitId,
    from: Date,
    path: &[&'static str],
    refusals: &mut Vec<Refusal>,
) -> Option<&'a UnitHistory> {
    let Some(history) = gazetteer.unit(unit) else {
        refusals.push(Objection::UnitNotFound.at(path));
        return None;
    };
    // A first day that is still to come makes the unit one that is not there, and is no change of it.
    let is_later = |later: &Date| *later > from && history.status_on(from) != UnitStatus::Planned;
    if let Some(later) = history.states.last().from.filter(is_later) {
        refusals.push(Objection::LaterChange(later).at(path));
        return None;
    }
    if history.status_on(from) != UnitStatus::Active {
        refusals.push(Objection::NotInForce(history.code.clone()).at(path));
        return None;
    }
    Some(history)
}

//! What an admin proposes to make of facilities, and what would become of them by the rules. No SQL.

use std::sync::Arc;

use chrono::Datelike;

use super::refusal::{Objection, Refusal};
use super::rules::standing;
use super::words;
use crate::kernel::{Date, FacilityId, OrgUnitId, Reason};
use crate::places::{FacilityHistory, FacilityState, FacilityStatus, Gazetteer, Places, Setting};

/// A facility to add.
#[derive(Clone, Debug)]
pub struct AddFacility {
    pub code: String,
    /// The first day on which it works.
    pub from: Date,
    pub name: String,
    pub type_code: String,
    pub ownership: String,
    pub unit: OrgUnitId,
    pub setting: Setting,
}

/// A facility to be otherwise from a day on: renamed, classed anew, in another org unit. What is absent stays.
#[derive(Clone, Debug)]
pub struct ChangeFacility {
    pub facility: FacilityId,
    pub base_version: i32,
    pub from: Date,
    pub name: Option<String>,
    pub type_code: Option<String>,
    pub ownership: Option<String>,
    pub unit: Option<OrgUnitId>,
    pub setting: Option<Setting>,
}

/// A facility that does not work from a day on, or works again.
#[derive(Clone, Debug)]
pub struct TurnFacility {
    pub facility: FacilityId,
    pub base_version: i32,
    pub from: Date,
}

#[derive(Clone, Debug)]
pub enum FacilityProposal {
    Add(AddFacility),
    Change(ChangeFacility),
    Close(TurnFacility),
    Reopen(TurnFacility),
}

/// What becomes of a facility.
#[derive(Clone, Debug)]
pub struct FacilityRevision {
    pub facility: FacilityId,
    pub code: String,
    /// That of the changed facility.
    pub version: i32,
    pub from: Date,
    /// Absent for a new facility.
    pub before: Option<FacilityState>,
    pub after: FacilityState,
}

impl FacilityRevision {
    /// Where it goes, when it changes to another org unit.
    #[must_use]
    pub fn moves_to(&self) -> Option<OrgUnitId> {
        let before = self.before.as_ref()?;
        (before.unit != self.after.unit).then_some(self.after.unit)
    }
}

impl FacilityProposal {
    /// The facility that it would change, with the version that the caller saw.
    #[must_use]
    pub fn subject(&self) -> Option<(FacilityId, i32)> {
        match self {
            FacilityProposal::Add(_) => None,
            FacilityProposal::Change(it) => Some((it.facility, it.base_version)),
            FacilityProposal::Close(it) | FacilityProposal::Reopen(it) => {
                Some((it.facility, it.base_version))
            }
        }
    }

    /// The day from which it holds.
    #[must_use]
    pub fn from(&self) -> Date {
        match self {
            FacilityProposal::Add(it) => it.from,
            FacilityProposal::Change(it) => it.from,
            FacilityProposal::Close(it) | FacilityProposal::Reopen(it) => it.from,
        }
    }

    /// What would become of the facility.
    ///
    /// # Errors
    /// All that the rules have against it.
    pub fn decide(
        &self,
        gazetteer: &Gazetteer,
        today: Date,
    ) -> Result<FacilityRevision, Vec<Refusal>> {
        let mut refusals = Vec::new();
        if !(1900..=2200).contains(&self.from().year()) {
            refusals.push(Objection::InvalidDate.at(&["from"]));
        }
        let places = gazetteer.on(self.from());
        let revision = match self {
            FacilityProposal::Add(it) => Some(it.decide(gazetteer, &mut refusals)),
            FacilityProposal::Change(it) => it.decide(gazetteer, today, &mut refusals),
            FacilityProposal::Close(it) => {
                it.decide(gazetteer, FacilityStatus::Closed, &mut refusals)
            }
            FacilityProposal::Reopen(it) => {
                it.decide(gazetteer, FacilityStatus::Open, &mut refusals)
            }
        };
        if let Some(revision) = &revision {
            check(revision, &places, &mut refusals);
        }
        match revision {
            Some(revision) if refusals.is_empty() => Ok(revision),
            _ => Err(refusals),
        }
    }
}

impl AddFacility {
    fn decide(&self, gazetteer: &Gazetteer, refusals: &mut Vec<Refusal>) -> FacilityRevision {
        if !words::is_code(&self.code) {
            refusals.push(Objection::InvalidCode.at(&["code"]));
        } else if gazetteer.facility_by_code(&self.code).is_some() {
            refusals.push(Objection::CodeTaken(self.code.clone()).at(&["code"]));
        }
        home(gazetteer, self.unit, self.from, refusals);
        FacilityRevision {
            facility: FacilityId::new(),
            code: self.code.clone(),
            version: 1,
            from: self.from,
            before: None,
            after: FacilityState {
                name: self.name.clone(),
                type_code: self.type_code.as_str().into(),
                ownership: self.ownership.as_str().into(),
                unit: self.unit,
                setting: self.setting,
                status: FacilityStatus::Open,
            },
        }
    }
}

impl ChangeFacility {
    fn decide(
        &self,
        gazetteer: &Gazetteer,
        today: Date,
        refusals: &mut Vec<Refusal>,
    ) -> Option<FacilityRevision> {
        let history = subject(gazetteer, self.facility, self.from, refusals)?;
        if history.on(self.from).is_closed_on(self.from) {
            refusals.push(Objection::FacilityClosed.at(&["facility"]));
        }
        let before = history.last().state.clone();
        let after = FacilityState {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            type_code: (self.type_code.as_deref())
                .map_or_else(|| before.type_code.clone(), Arc::from),
            ownership: (self.ownership.as_deref())
                .map_or_else(|| before.ownership.clone(), Arc::from),
            unit: self.unit.unwrap_or(before.unit),
            setting: self.setting.unwrap_or(before.setting),
            status: FacilityStatus::Open,
        };
        if after.unit != before.unit {
            home(gazetteer, after.unit, self.from, refusals);
            // Whose office keeps the records of its people is a matter of today.
            if self.from > today {
                refusals.push(Objection::InTheFuture(self.from).at(&["from"]));
            }
        }
        if after == before {
            refusals.push(Objection::NothingChanges.at(&[]));
        }
        Some(revision(history, self.from, before, after))
    }
}

impl TurnFacility {
    fn decide(
        &self,
        gazetteer: &Gazetteer,
        to: FacilityStatus,
        refusals: &mut Vec<Refusal>,
    ) -> Option<FacilityRevision> {
        let history = subject(gazetteer, self.facility, self.from, refusals)?;
        let is_closed = history.on(self.from).is_closed_on(self.from);
        match to {
            FacilityStatus::Closed if is_closed => {
                refusals.push(Objection::FacilityClosed.at(&["facility"]));
            }
            FacilityStatus::Open if !is_closed => {
                refusals.push(Objection::FacilityNotClosed.at(&["facility"]));
            }
            _ => {}
        }
        let before = FacilityState {
            status: if is_closed {
                FacilityStatus::Closed
            } else {
                FacilityStatus::Open
            },
            ..history.last().state.clone()
        };
        if to == FacilityStatus::Open {
            home(gazetteer, before.unit, self.from, refusals);
        }
        let after = FacilityState {
            status: to,
            ..before.clone()
        };
        Some(revision(history, self.from, before, after))
    }
}

fn revision(
    history: &FacilityHistory,
    from: Date,
    before: FacilityState,
    after: FacilityState,
) -> FacilityRevision {
    FacilityRevision {
        facility: history.last().id,
        code: history.last().code.clone(),
        version: history.last().version + 1,
        from,
        before: Some(before),
        after,
    }
}

/// The facility to change: opened by the day, and no other change of it may hold from a later one.
fn subject<'a>(
    gazetteer: &'a Gazetteer,
    facility: FacilityId,
    from: Date,
    refusals: &mut Vec<Refusal>,
) -> Option<&'a FacilityHistory> {
    let path = &["facility"];
    let Some(history) = gazetteer.facility(facility) else {
        refusals.push(Objection::FacilityNotFound.at(path));
        return None;
    };
    if let Some(later) = history.last().since.filter(|later| *later > from) {
        refusals.push(Objection::LaterChange(later).at(path));
        return None;
    }
    if (history.on(from).opened_on).is_some_and(|opened| opened > from) {
        refusals.push(Objection::FacilityNotOpen.at(path));
        return None;
    }
    Some(history)
}

/// The org unit for a facility to stand in from a day on.
fn home(gazetteer: &Gazetteer, unit: OrgUnitId, from: Date, refusals: &mut Vec<Refusal>) {
    let path = &["orgUnit"];
    if gazetteer.unit(unit).is_none() {
        refusals.push(Objection::UnitNotFound.at(path));
    } else {
        standing(gazetteer, unit, from, path, refusals);
    }
}

/// Notes all that is wrong with what a facility says of itself, as far as that is new.
fn check(revision: &FacilityRevision, places: &Places, refusals: &mut Vec<Refusal>) {
    let (before, after) = (revision.before.as_ref(), &revision.after);
    if before.is_none_or(|it| it.name != after.name) && !words::is_line(&after.name, 200) {
        refusals.push(Objection::InvalidText.at(&["name"]));
    }
    if before.is_none_or(|it| it.type_code != after.type_code)
        && places
            .type_card(&after.type_code)
            .is_none_or(|it| it.is_retired_on(revision.from))
    {
        let unknown = Objection::UnknownFacilityType(after.type_code.to_string());
        refusals.push(unknown.at(&["type"]));
    }
    if before.is_none_or(|it| it.ownership != after.ownership)
        && places
            .ownership_card(&after.ownership)
            .is_none_or(|it| it.is_retired_on(revision.from))
    {
        let unknown = Objection::UnknownOwnership(after.ownership.to_string());
        refusals.push(unknown.at(&["ownership"]));
    }
}

//! Entries on the registers of councils, and licences to practise with their terms and what was decided about them. No SQL,
//! no clock.

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusal::{Objection, Refusal, is_text};
use crate::cadres::LICENCE_REASON;
use crate::kernel::{CadreId, Date, Id, LicenceId, Reason, RegistrationId, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::{CONDUCT, Lists};

/// What a council knows somebody by, as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub cadre: CadreId,
    pub council: String,
    pub number: String,
}

/// That a council has somebody on its register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub id: RegistrationId,
    pub worker: WorkerId,
    pub entry: Entry,
    pub registered_on: Date,
    pub act: Option<ActReference>,
}

/// A licence to practise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    pub id: LicenceId,
    pub worker: WorkerId,
    pub entry: Entry,
    /// From the oldest, no two on one day; the first is the one that it was issued for.
    pub terms: Vec<Term>,
    /// From the oldest.
    pub decisions: Vec<Decision>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    pub act: Option<ActReference>,
}

/// What was decided about a licence, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub from: Date,
    pub ruling: Ruling,
    /// By the country's list of reasons.
    pub reason: Option<String>,
    pub act: Option<ActReference>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    Suspend,
    Reinstate,
    /// For good.
    Revoke,
}

/// How a licence stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LicenceStatus {
    /// Its first day has not come yet.
    Planned,
    Active,
    Expired,
    Suspended,
    Revoked,
}

/// An entry of a council's register to record.
#[derive(Clone, Debug)]
pub struct RecordRegistration {
    pub worker: WorkerId,
    pub base_version: Option<i32>,
    pub cadre: CadreId,
    /// Absent: the one that licenses the cadre.
    pub council: Option<String>,
    pub number: String,
    pub registered_on: Date,
}

/// A licence to issue.
#[derive(Clone, Debug)]
pub struct IssueLicence {
    pub worker: WorkerId,
    pub base_version: Option<i32>,
    pub cadre: CadreId,
    /// Absent: the one that licenses the cadre.
    pub council: Option<String>,
    pub number: String,
    pub starts_on: Date,
    pub ends_on: Date,
}

/// A licence to go on.
#[derive(Clone, Debug)]
pub struct RenewLicence {
    pub licence: LicenceId,
    pub base_version: Option<i32>,
    /// Absent: the day after the last one.
    pub starts_on: Option<Date>,
    pub ends_on: Date,
}

/// What is decided about a licence.
#[derive(Clone, Debug)]
pub struct DecideOnLicence {
    pub licence: LicenceId,
    pub base_version: Option<i32>,
    pub from: Date,
    pub ruling: Ruling,
    pub reason: Option<String>,
}

impl Entry {
    /// The form in which numbers are compared: letters and digits, capitals.
    pub(super) fn key(&self) -> String {
        let significant = self.number.chars().filter(|c| c.is_alphanumeric());
        significant.flat_map(char::to_uppercase).collect()
    }

    /// An entry under a cadre, whose council is the one that licenses it when no other is named.
    pub(super) fn read(
        cadre: CadreId,
        council: Option<String>,
        number: String,
        lists: &Lists,
        refusals: &mut Vec<Refusal>,
    ) -> Self {
        let known = lists.cadres.get(cadre);
        let council = council
            .or_else(|| known?.council.clone())
            .unwrap_or_default();
        let entry = Self {
            cadre,
            council,
            number,
        };
        entry.check(lists, refusals);
        entry
    }

    /// Notes what is wrong with it.
    pub(super) fn check(&self, lists: &Lists, refusals: &mut Vec<Refusal>) {
        let known = lists.cadres.get(self.cadre);
        match known {
            None => refusals.push(Objection::CadreNotFound.at(&["cadre"])),
            Some(it) if lists.cadres.is_group(self.cadre) => {
                refusals.push(Objection::CadreIsAGroup(it.code.clone()).at(&["cadre"]));
            }
            Some(_) => {}
        }
        if known.is_some() && self.council.is_empty() {
            refusals.push(Objection::NoCouncil.at(&["council"]));
        } else if !is_text(&self.council, 200) {
            refusals.push(Objection::InvalidText.at(&["council"]));
        }
        if self.key().is_empty() || !is_text(&self.number, 60) {
            refusals.push(Objection::InvalidText.at(&["number"]));
        }
    }

    fn describe(&self) -> Value {
        json!({ "cadre": CadreId::encode(self.cadre), "council": self.council, "number": self.number })
    }
}

impl Term {
    /// Notes what is wrong with its days.
    pub(super) fn check(&self, refusals: &mut Vec<Refusal>) {
        for (field, day) in [("startsOn", self.starts_on), ("endsOn", self.ends_on)] {
            if !is_date(day) {
                refusals.push(Objection::InvalidDate.at(&[field]));
            }
        }
        if self.ends_on < self.starts_on {
            refusals.push(Objection::EndsBeforeItStarts.at(&["endsOn"]));
        }
    }
}

pub(super) fn is_date(day: Date) -> bool {
    (1900..=2200).contains(&day.year())
}

impl Registration {
    pub(super) fn field(&self) -> String {
        format!("registrations.{}", self.id)
    }

    pub(super) fn describe(&self) -> Value {
        let mut told = self.entry.describe();
        told["registeredOn"] = json!(self.registered_on);
        told
    }
}

impl Licence {
    /// Where it stands in a list: by its last day.
    #[must_use]
    pub fn place(&self) -> (Date, LicenceId) {
        (self.expires_on().unwrap_or(Date::MIN), self.id)
    }

    pub(super) fn field(&self) -> String {
        format!("licences.{}", self.id)
    }

    pub(super) fn describe(&self) -> Value {
        let mut told = self.entry.describe();
        let terms = self.terms.iter();
        let terms = terms.map(|it| json!({ "startsOn": it.starts_on, "endsOn": it.ends_on }));
        told["terms"] = terms.collect();
        told
    }

    /// By what the ledger calls what was decided, which not everybody may read who reads the record.
    pub(super) fn conduct(&self) -> String {
        format!("{CONDUCT}licences.{}", self.id)
    }

    pub(super) fn describe_decisions(&self) -> Value {
        let decisions = self.decisions.iter();
        let told = decisions
            .map(|it| json!({ "from": it.from, "ruling": it.ruling, "reason": it.reason }));
        told.collect()
    }

    /// The last day of its last term.
    #[must_use]
    pub fn expires_on(&self) -> Option<Date> {
        self.terms.last().map(|it| it.ends_on)
    }

    /// What was decided last, up to a day.
    fn ruling_on(&self, day: Date) -> Option<Ruling> {
        let decided = self.decisions.iter().rfind(|it| it.from <= day);
        decided.map(|it| it.ruling)
    }

    /// How it stands on a day: what was decided counts before what its terms say.
    #[must_use]
    pub fn status_on(&self, day: Date) -> LicenceStatus {
        match self.ruling_on(day) {
            Some(Ruling::Revoke) => return LicenceStatus::Revoked,
            Some(Ruling::Suspend) => return LicenceStatus::Suspended,
            Some(Ruling::Reinstate) | None => {}
        }
        let mut terms = self.terms.iter();
        if (self.terms.first()).is_some_and(|it| it.starts_on > day) {
            LicenceStatus::Planned
        } else if terms.any(|it| (it.starts_on..=it.ends_on).contains(&day)) {
            LicenceStatus::Active
        } else {
            LicenceStatus::Expired
        }
    }

    /// The term that a renewal adds, which follows all others. A gap between them stays one.
    ///
    /// # Errors
    /// All that is against it.
    pub fn renewal(
        &self,
        renew: &RenewLicence,
        act: Option<ActReference>,
    ) -> Result<Term, Vec<Refusal>> {
        let mut refusals = Vec::new();
        let last = self.expires_on().unwrap_or(Date::MIN);
        let term = Term {
            starts_on: renew.starts_on.or_else(|| last.succ_opt()).unwrap_or(last),
            ends_on: renew.ends_on,
            act,
        };
        if self.ruling_on(Date::MAX) == Some(Ruling::Revoke) {
            refusals.push(Objection::LicenceRevoked.at(&["licence"]));
        }
        term.check(&mut refusals);
        if refusals.is_empty() && term.starts_on <= last {
            refusals.push(Objection::TermOverlaps(last).at(&["startsOn"]));
        }
        if refusals.is_empty() {
            Ok(term)
        } else {
            Err(refusals)
        }
    }

    /// Whether it can be decided so: after all that was decided before, and as that leaves it.
    ///
    /// # Errors
    /// All that is against it.
    pub fn can_be_decided(
        &self,
        decide: &DecideOnLicence,
        lists: &Lists,
    ) -> Result<(), Vec<Refusal>> {
        let mut refusals = Vec::new();
        if !is_date(decide.from) {
            refusals.push(Objection::InvalidDate.at(&["from"]));
        }
        if let Some(last) = self.decisions.last().filter(|it| it.from >= decide.from) {
            refusals.push(Objection::LaterDecision(last.from).at(&["from"]));
        }
        match (self.ruling_on(Date::MAX), decide.ruling) {
            (Some(Ruling::Revoke), _) => {
                refusals.push(Objection::LicenceRevoked.at(&["licence"]));
            }
            (Some(Ruling::Suspend), Ruling::Suspend) => {
                refusals.push(Objection::LicenceSuspended.at(&["licence"]));
            }
            (Some(Ruling::Reinstate) | None, Ruling::Reinstate) => {
                refusals.push(Objection::LicenceNotSuspended.at(&["licence"]));
            }
            _ => {}
        }
        match &decide.reason {
            None if decide.ruling != Ruling::Reinstate => {
                refusals.push(Objection::ReasonMissing.at(&["reason"]));
            }
            Some(code) if (lists.codes.admitted(LICENCE_REASON, code, decide.from)).is_none() => {
                refusals.push(Objection::UnknownLicenceReason(code.clone()).at(&["reason"]));
            }
            _ => {}
        }
        if refusals.is_empty() {
            Ok(())
        } else {
            Err(refusals)
        }
    }
}

#[cfg(test)]
mod tests;

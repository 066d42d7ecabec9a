//! Whether somebody was found fit to be trusted with those whom they serve. No SQL, no clock.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::licence::is_date;
use super::refusal::{Objection, Refusal, is_text};
use crate::cadres::VETTING_KIND;
use crate::kernel::{Date, Reason, VettingId, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::{CONDUCT, Lists};

/// One clearance, asked for or answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vetting {
    pub id: VettingId,
    pub worker: WorkerId,
    pub found: Found,
    pub act: Option<ActReference>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// By the country's list of kinds.
    pub kind: String,
    pub status: VettingStatus,
    /// While it is pending, the day on which it was asked for.
    pub issued_on: Date,
    /// The last day.
    pub expires_on: Option<Date>,
    pub issued_by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VettingStatus {
    Pending,
    Cleared,
    Refused,
}

/// A clearance to record, or one to say anew.
#[derive(Clone, Debug)]
pub struct RecordVetting {
    pub worker: WorkerId,
    pub base_version: Option<i32>,
    pub corrects: Option<VettingId>,
    pub found: Found,
}

impl Found {
    /// Notes what is wrong with it. What it was before may name a kind that new ones may not.
    pub(super) fn check(
        &self,
        lists: &Lists,
        today: Date,
        before: Option<&Self>,
        refusals: &mut Vec<Refusal>,
    ) {
        let kept = before.is_some_and(|it| it.kind == self.kind);
        if !kept && (lists.codes.admitted(VETTING_KIND, &self.kind, today)).is_none() {
            refusals.push(Objection::UnknownVettingKind(self.kind.clone()).at(&["kind"]));
        }
        if self.issued_by.is_empty() || !is_text(&self.issued_by, 200) {
            refusals.push(Objection::InvalidText.at(&["issuedBy"]));
        }
        if !is_date(self.issued_on) {
            refusals.push(Objection::InvalidDate.at(&["issuedOn"]));
        }
        match self.expires_on {
            Some(day) if !is_date(day) => refusals.push(Objection::InvalidDate.at(&["expiresOn"])),
            Some(day) if day < self.issued_on => {
                refusals.push(Objection::EndsBeforeItStarts.at(&["expiresOn"]));
            }
            _ => {}
        }
    }

    /// Whether it vouches for its worker on a day.
    #[must_use]
    pub fn vouches_on(&self, day: Date) -> bool {
        self.status == VettingStatus::Cleared
            && self.issued_on <= day
            && self.expires_on.is_none_or(|last| last >= day)
    }
}

impl Vetting {
    pub(super) fn field(&self) -> String {
        format!("{CONDUCT}vettings.{}", self.id)
    }

    pub(super) fn describe(&self) -> Value {
        let it = &self.found;
        json!({
            "kind": it.kind,
            "status": it.status,
            "issuedOn": it.issued_on,
            "expiresOn": it.expires_on,
            "issuedBy": it.issued_by,
        })
    }
}

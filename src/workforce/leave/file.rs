//! What is known of somebody's leave, and what becomes of a leave by it.

use super::balance::Entitlement;
use super::request::{self, Leave, LeaveStatus};
use super::{Turn, TurnLeave, store};
use crate::cadres::LEAVE_TYPE;
use crate::kernel::{LeaveId, Reason, WorkerId};
use crate::tenancy::{Reader, Settings};
use crate::workforce::calendar::Calendar;
use crate::workforce::record::locked;
use crate::workforce::refusal::{Objection, Refusal, WriteError};
use crate::workforce::{Lists, Occasion, Posting, Worker};

/// What is known of somebody's leave when it is written.
pub(super) struct File {
    pub worker: Worker,
    pub lists: Lists,
    pub postings: Vec<Posting>,
    pub leaves: Vec<Leave>,
}

impl File {
    pub fn calendar<'a>(&'a self, settings: &'a Settings) -> Calendar<'a> {
        self.lists.calendar(settings)
    }

    /// The approved leaves of a type, but for one.
    fn approved(&self, leave_type: &str, but: LeaveId) -> Vec<&Leave> {
        let approved = self.leaves.iter().filter(|it| {
            it.status == LeaveStatus::Approved && it.leave_type == leave_type && it.id != but
        });
        approved.collect()
    }

    /// Why a leave cannot be approved beside the others.
    pub fn objection(&self, leave: &Leave, settings: &Settings) -> Option<Refusal> {
        let mut approved = (self.leaves.iter())
            .filter(|it| it.status == LeaveStatus::Approved && it.id != leave.id);
        if approved.any(|it| it.starts_on <= leave.ends_on && leave.starts_on <= it.ends_on) {
            return Some(Objection::LeaveOverlaps.at(&["startsOn"]));
        }
        let entry = self.lists.codes.find(LEAVE_TYPE, &leave.leave_type)?;
        let (year, left) = request::exceeded(
            leave,
            Entitlement::of(entry)?,
            &self.postings,
            &self.approved(&leave.leave_type, leave.id),
            &self.calendar(settings),
        )?;
        Some(Objection::BalanceExceeded { year, left }.at(&["endsOn"]))
    }

    /// What becomes of a leave, or why it cannot.
    pub fn turned(
        &self,
        old: &Leave,
        turn: &TurnLeave,
        occasion: &Occasion<'_>,
        settings: &Settings,
    ) -> Result<Leave, Refusal> {
        let decided = |status: LeaveStatus| Leave {
            status,
            decided_by: Some(occasion.actor.subject.clone()),
            decided_at: Some(occasion.now),
            comment: turn.comment.clone(),
            act: occasion.act.clone().or_else(|| old.act.clone()),
            version: old.version + 1,
            ..old.clone()
        };
        let at_leave = |objection: Objection| objection.at(&["leave"]);
        match (turn.turn, old.status) {
            (Turn::Approve | Turn::Decline, LeaveStatus::Requested) => {
                if old.requested_by == occasion.actor.subject {
                    return Err(at_leave(Objection::OwnRequest));
                }
                if turn.turn == Turn::Decline {
                    return Ok(decided(LeaveStatus::Declined));
                }
                match self.objection(old, settings) {
                    Some(refusal) => Err(at_leave(refusal.objection)),
                    None => Ok(decided(LeaveStatus::Approved)),
                }
            }
            (Turn::Cancel, LeaveStatus::Approved) if old.starts_on <= occasion.today => {
                Err(at_leave(Objection::LeaveBegun))
            }
            (Turn::Cancel, LeaveStatus::Requested | LeaveStatus::Approved) => Ok(Leave {
                status: LeaveStatus::Cancelled,
                comment: turn.comment.clone(),
                version: old.version + 1,
                ..old.clone()
            }),
            (Turn::Recall(on), LeaveStatus::Approved) => {
                let last_day = on
                    .pred_opt()
                    .filter(|_| old.starts_on < on && on <= old.ends_on);
                let last_day = last_day.ok_or_else(|| Objection::NotDuringLeave.at(&["on"]))?;
                Ok(Leave {
                    ends_on: last_day,
                    recalled_on: Some(on),
                    comment: turn.comment.clone(),
                    version: old.version + 1,
                    ..old.clone()
                })
            }
            (Turn::Recall(_), _) => Err(at_leave(Objection::LeaveNotApproved)),
            _ => Err(at_leave(Objection::NotPending)),
        }
    }
}

/// Locks a record that the caller may see, against whoever else writes of its leave.
pub(super) async fn open(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    worker: WorkerId,
) -> Result<File, WriteError> {
    let (worker, lists) = locked(tx, occasion, worker, None).await?;
    let mut postings = crate::workforce::store::postings(tx, &[worker.id]).await?;
    let mut leaves = store::of_workers(tx, &[worker.id]).await?;
    Ok(File {
        postings: postings.remove(&worker.id).unwrap_or_default(),
        leaves: leaves.remove(&worker.id).unwrap_or_default(),
        worker,
        lists,
    })
}

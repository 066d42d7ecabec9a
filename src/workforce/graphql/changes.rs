//! What happened to records: rows of the ledger, and conflicts.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::worker::Worker;
use crate::graphql::{Act, Day, Json, PersonalKind, SectorName, guarded, optional_id, personal};
use crate::kernel::{
    ChangeRequestId, ConflictId, Date, Id, Instant, Invalid, LeaveId, ProposalId, SubmissionId,
    WorkerId,
};
use crate::ledger::{self, Recorded, Window};
use crate::workforce::{self, ChangeFilter, Lists, Told};

/// Which changes; all conditions hold together.
#[derive(Default, InputObject)]
pub struct ChangeFilterInput {
    /// Of records that are kept in this org unit or anywhere below it, within the caller's scope: what leaves it comes as a
    /// tombstone.
    org_unit: Option<ID>,
    /// Of records in one of these sectors; what leaves them comes as a tombstone.
    sectors: Option<Vec<SectorName>>,
    /// Recorded at this moment or later.
    from: Option<Instant>,
    /// Recorded before this moment.
    to: Option<Instant>,
}

impl ChangeFilterInput {
    pub(super) fn read(self) -> Result<ChangeFilter, Invalid> {
        let sectors = self.sectors;
        Ok(ChangeFilter {
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            sectors: sectors.map(|it| it.into_iter().map(Into::into).collect()),
            window: Window {
                from: self.from,
                to: self.to,
            },
        })
    }
}

pub struct Change {
    recorded: Recorded,
    tombstone: bool,
    read_again_from: Option<Date>,
    worker: Option<Worker>,
}

impl Change {
    /// As the history of its record has it.
    #[must_use]
    pub fn of(recorded: Recorded) -> Self {
        Self {
            recorded,
            tombstone: false,
            read_again_from: None,
            worker: None,
        }
    }

    /// As the feed tells it.
    #[must_use]
    pub fn told(told: Told, worker: Option<Worker>) -> Self {
        Self {
            recorded: told.row,
            tombstone: told.tombstone,
            read_again_from: told.read_again_from,
            worker,
        }
    }
}

/// A row of the ledger about a record.
#[Object]
impl Change {
    /// The place of the change in the country's ledger, without gaps.
    async fn seq(&self) -> i64 {
        self.recorded.seq
    }

    /// When it was recorded.
    async fn at(&self) -> Instant {
        self.recorded.at
    }

    /// What happened: `register`, `correct`, `post`, `transfer`, `promote`, `end_posting`, `exit`, `return`, `reclassify`, `relocate`; `configure`, `add_cadre`,
    /// `change_cadre`, `retire_cadre`, `reinstate_cadre`, `merge_cadres`, `split_cadre`, `propose_mapping`,
    /// `review_mapping`; `draft`, `submit`, `review`; `open_post`, `change_post`, `freeze_post`, `reopen_post`, `close_post`,
    /// `assign_post`, `vacate_post`; `record_qualification`, `record_registration`, `issue_licence`, `renew_licence`,
    /// `decide_on_licence`, `record_attendance`, `record_vetting`, `withdraw_credential`; `propose_transfer`,
    /// `accept_transfer`, `decline_transfer`, `withdraw_transfer`; `request_leave`, `approve_leave`, `decline_leave`,
    /// `cancel_leave`, `recall_from_leave`; `record_absence`, `suspend`, `discipline`, `appraise`, `record_pay`,
    /// `save_particulars`, `save_photo`, `end_service_entry`, `withdraw_service_entry`; `note_conflict`, `resolve_conflict`; `request_change`, `approve_change`,
    /// `reject_change`, `withdraw_change`; `merge_workers`, `unmerge_workers`; `upload`, `export`, `dismiss_duplicate`,
    /// `save_holiday`, `remove_holiday`, `save_approval_policy`, `save_course`, `schedule_session`, `save_staffing_norm` and `end_staffing_norm`, for
    /// whoever follows the whole country.
    async fn verb(&self) -> &str {
        &self.recorded.verb
    }

    /// Who did it.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, Some(self.recorded.actor.as_str()))
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        let act = self.recorded.act.clone()?.0;
        serde_json::from_value(act).ok().map(Act::new)
    }

    /// The worker concerned; absent for changes of places, cadres and code lists.
    async fn worker_id(&self) -> Option<ID> {
        let about_worker = self.recorded.subject_kind == "worker";
        about_worker.then(|| WorkerId::from(self.recorded.subject_id).encode().into())
    }

    /// The answer to a form concerned; absent for all other changes.
    async fn submission_id(&self) -> Option<ID> {
        let about_answer = self.recorded.subject_kind == "submission";
        about_answer.then(|| SubmissionId::from(self.recorded.subject_id).encode().into())
    }

    /// The proposed transfer concerned; absent for all other changes.
    async fn transfer_proposal_id(&self) -> Option<ID> {
        let about_proposal = self.recorded.subject_kind == "transfer_proposal";
        about_proposal.then(|| ProposalId::from(self.recorded.subject_id).encode().into())
    }

    /// The leave concerned; absent for all other changes.
    async fn leave_id(&self) -> Option<ID> {
        let about_leave = self.recorded.subject_kind == "leave";
        about_leave.then(|| LeaveId::from(self.recorded.subject_id).encode().into())
    }

    /// The conflict concerned; absent for all other changes.
    async fn conflict_id(&self) -> Option<ID> {
        let about_conflict = self.recorded.subject_kind == "conflict";
        about_conflict.then(|| ConflictId::from(self.recorded.subject_id).encode().into())
    }

    /// The change request concerned; absent for all other changes.
    async fn change_request_id(&self) -> Option<ID> {
        let about_request = self.recorded.subject_kind == "change_request";
        about_request.then(|| {
            let id = ChangeRequestId::from(self.recorded.subject_id);
            id.encode().into()
        })
    }

    /// The record has left the caller's scope with this change, or what was asked for: forget it.
    async fn tombstone(&self) -> bool {
        self.tombstone
    }

    /// From this day on, org units are in the caller's scope that were not, or others no more, with all their records:
    /// read anew on that day what you keep a copy of. Absent for all other changes.
    async fn read_again_from(&self) -> Option<Day> {
        self.read_again_from.map(Day)
    }

    /// The worker as they are now; absent when the record is no longer in the caller's scope.
    async fn worker(&self) -> Option<&Worker> {
        self.worker.as_ref()
    }

    /// What changed, from what to what; absent once it was erased.
    #[graphql(directive = personal::apply(PersonalKind::History.name()))]
    async fn content(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        let change = self.recorded.change.as_ref().filter(|_| !self.tombstone);
        guarded(
            ctx,
            PersonalKind::History,
            change.map(|it| Json(it.0.clone())),
        )
    }
}

pub struct Conflict {
    conflict: workforce::Conflict,
    lists: Lists,
}

pub struct ChangedField(ledger::ChangedField);

impl Conflict {
    #[must_use]
    pub fn new(conflict: workforce::Conflict, lists: Lists) -> Self {
        Self { conflict, lists }
    }
}

impl ChangedField {
    fn kind(&self) -> PersonalKind {
        if self.0.field.starts_with(workforce::CONDUCT) {
            PersonalKind::Conduct
        } else if self.0.field.starts_with(workforce::PAY) {
            PersonalKind::Pay
        } else {
            PersonalKind::Record
        }
    }
}

/// A change of a record that someone else made first.
#[Object(name = "WorkerConflict")]
impl Conflict {
    /// The version that the caller saw.
    async fn base_version(&self) -> i32 {
        self.conflict.base_version
    }

    /// The record as it is now.
    async fn current(&self) -> Worker {
        let worker = self.conflict.current.clone();
        Worker::new(worker, self.lists.clone(), Arc::default())
    }

    /// What differs between the two versions.
    async fn changed(&self) -> Vec<ChangedField> {
        let changed = self.conflict.changed.iter().cloned();
        changed.map(ChangedField).collect()
    }
}

/// A field at the version that the caller saw, and now.
#[Object]
impl ChangedField {
    /// The field.
    async fn field(&self) -> &str {
        &self.0.field
    }

    /// Its value at the version that the caller saw.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn base(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(ctx, self.kind(), Some(Json(self.0.base.clone())))
    }

    /// Its value now.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn current(&self, ctx: &Context<'_>) -> Option<Result<Json>> {
        guarded(ctx, self.kind(), Some(Json(self.0.current.clone())))
    }
}

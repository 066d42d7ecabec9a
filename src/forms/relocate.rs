//! Answers about a facility are kept by the org unit that it is in: they go along when it moves.

use serde_json::json;
use sqlx::PgConnection;

use super::{Occasion, store};
use crate::kernel::{FacilityId, Fault, Id, OrgUnitId, Sector, SubmissionId};
use crate::ledger::{Entry, Fields, Standing, SubjectKind, Verb};

/// An answer that is kept elsewhere from now on.
pub(super) struct Moved {
    pub submission: SubmissionId,
    pub from: OrgUnitId,
    pub sector: Sector,
    /// That of the changed answer.
    pub version: i32,
}

/// Moves the answers about a facility to an org unit; what the ledger is to say of those that were elsewhere. Whoever
/// calls it has the places alone, so that nobody answers meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn relocate(
    tx: &mut PgConnection,
    occasion: &Occasion<'_>,
    facility: FacilityId,
    unit: OrgUnitId,
) -> Result<Vec<Entry>, Fault> {
    let moved = store::relocate_submissions(tx, facility, unit).await?;
    let entry = |it: &Moved| {
        let standing = |unit| Standing {
            unit,
            sector: it.sector,
        };
        let mut fields = Fields::default();
        fields.note("orgUnit", json!(it.from.encode()), json!(unit.encode()));
        Entry {
            at: occasion.now,
            verb: Verb::Relocate,
            subject_kind: SubjectKind::Submission,
            subject: it.submission.into(),
            before: Some(standing(it.from)),
            after: Some(standing(unit)),
            act: occasion.act.clone(),
            change: fields.into_value(it.version),
        }
    };
    Ok(moved.iter().map(entry).collect())
}

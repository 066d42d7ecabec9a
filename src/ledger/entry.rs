//! What one row of the ledger says, and the digests that make altering it visible.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use strum::IntoStaticStr;
use uuid::Uuid;

use crate::kernel::{Date, DocumentId, Fault, Instant, OrgUnitId, Sector};

pub type Digest = [u8; 32];

/// What happened to the subject, as the field calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Verb {
    Register,
    Correct,
    Post,
    Transfer,
    Promote,
    EndPosting,
    /// Somebody left the service.
    Exit,
    /// Somebody who had left came back.
    Return,
    /// A posting goes on under another cadre, because its own was merged or split.
    Reclassify,
    /// A list, a place or a form, configured.
    Configure,
    AddCadre,
    ChangeCadre,
    RetireCadre,
    ReinstateCadre,
    MergeCadres,
    SplitCadre,
    AddOrgUnit,
    ChangeOrgUnit,
    CloseOrgUnit,
    AddFacility,
    ChangeFacility,
    CloseFacility,
    ReopenFacility,
    /// How many people live in an org unit.
    RecordPopulation,
    SaveFacilityType,
    SaveOwnership,
    AddCodeListEntry,
    ChangeCodeListEntry,
    RetireCodeListEntry,
    /// The facility of a record's latest posting moved to another org unit.
    Relocate,
    /// What a cadre is in a classification: said by one, approved or rejected by another.
    ProposeMapping,
    ReviewMapping,
    /// Answers to a form, saved to be finished later.
    Draft,
    /// Answers to a form, handed in.
    Submit,
    /// Answers to a form, accepted or sent back.
    Review,
    /// A file, sent to be an answer or the document of a legal act.
    Upload,
    /// The register, or a part of it, taken out as a file.
    Export,
    OpenPost,
    ChangePost,
    FreezePost,
    ReopenPost,
    ClosePost,
    /// A posting fills a post from now on, or none.
    AssignPost,
    VacatePost,
    SaveStaffingNorm,
    EndStaffingNorm,
    /// Two records of one person became one, or two again.
    MergeWorkers,
    UnmergeWorkers,
    /// Two records that are alike are two people's.
    DismissDuplicate,
    SaveCourse,
    ScheduleSession,
    RecordQualification,
    RecordRegistration,
    IssueLicence,
    RenewLicence,
    DecideOnLicence,
    RecordAttendance,
    RecordVetting,
    /// A credential that was entered by mistake.
    WithdrawCredential,
    /// A transfer, proposed by the office that releases the worker, and what became of it.
    ProposeTransfer,
    AcceptTransfer,
    DeclineTransfer,
    WithdrawTransfer,
    RequestLeave,
    ApproveLeave,
    DeclineLeave,
    CancelLeave,
    /// Leave that was cut short.
    RecallFromLeave,
    /// An entry of a service file, made or said anew.
    RecordAbsence,
    Suspend,
    Discipline,
    Appraise,
    RecordPay,
    EndServiceEntry,
    /// One that was made by mistake.
    WithdrawServiceEntry,
    /// Who somebody is besides name, sex and birth date.
    SaveParticulars,
    /// Their photo, which the row names by its digest.
    SavePhoto,
    /// A public holiday, added, named anew or taken off.
    SaveHoliday,
    RemoveHoliday,
    /// A sample of records to compare with the papers, and what was found in one of them.
    DrawSpotCheck,
    RecordSpotCheck,
    /// Somebody wanted another value for a field than somebody else had given it meanwhile, and which of them it got.
    NoteConflict,
    ResolveConflict,
    /// A correction that waits for a second person, and what became of it.
    RequestChange,
    ApproveChange,
    RejectChange,
    WithdrawChange,
    /// Which corrections need a second person.
    SaveApprovalPolicy,
}

impl Verb {
    /// Whether it changes a list that processes keep in memory.
    #[must_use]
    pub fn changes_reference(self) -> bool {
        matches!(
            self,
            Verb::Configure
                | Verb::AddCadre
                | Verb::ChangeCadre
                | Verb::RetireCadre
                | Verb::ReinstateCadre
                | Verb::MergeCadres
                | Verb::SplitCadre
                | Verb::ProposeMapping
                | Verb::ReviewMapping
                | Verb::AddOrgUnit
                | Verb::ChangeOrgUnit
                | Verb::CloseOrgUnit
                | Verb::AddFacility
                | Verb::ChangeFacility
                | Verb::CloseFacility
                | Verb::ReopenFacility
                | Verb::RecordPopulation
                | Verb::SaveFacilityType
                | Verb::SaveOwnership
                | Verb::AddCodeListEntry
                | Verb::ChangeCodeListEntry
                | Verb::RetireCodeListEntry
                | Verb::SaveStaffingNorm
                | Verb::EndStaffingNorm
                | Verb::SaveHoliday
                | Verb::RemoveHoliday
                | Verb::SaveApprovalPolicy
        )
    }

    /// Its name in the ledger: `end_posting`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What kind of thing a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SubjectKind {
    Worker,
    Cadre,
    CadreMapping,
    OrgUnit,
    Facility,
    CodeListEntry,
    /// The tenant's places, cadres and code lists as a whole, or one form.
    Configuration,
    /// Answers to a form.
    Submission,
    /// A file that is an answer or the document of a legal act, or waits to be one.
    File,
    /// The people of the country as a whole.
    Register,
    /// A position of the establishment.
    Post,
    StaffingNorm,
    /// Two records that may be one person's.
    Duplicate,
    Course,
    TrainingSession,
    /// A transfer that one office proposes to another.
    TransferProposal,
    Leave,
    SpotCheck,
    /// Two values that two people gave one field.
    Conflict,
    /// A change that waits for a second person.
    ChangeRequest,
}

impl SubjectKind {
    /// Its name in the ledger: `transfer_proposal`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The legal act that orders a change: a decree, a decision, a posting letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActReference {
    pub number: String,
    pub date: Option<Date>,
    /// Its scan. What was written before there were any has no such field, nor has what has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// Whether somebody else named it first, and asked for what is done by it now. It is not kept.
    #[serde(skip)]
    pub is_taken_over: bool,
}

impl ActReference {
    /// The act by which somebody asked for something, for whoever decides on it.
    #[must_use]
    pub fn taken_over(self) -> Self {
        Self {
            is_taken_over: true,
            ..self
        }
    }
}

/// Where a record stood, for the scope of those who follow the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub unit: OrgUnitId,
    pub sector: Sector,
}

/// A change, before the ledger has given it a number.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: Instant,
    pub verb: Verb,
    pub subject_kind: SubjectKind,
    pub subject: Uuid,
    pub before: Option<Standing>,
    pub after: Option<Standing>,
    pub act: Option<ActReference>,
    /// What changed; personal content, erased together with its salt.
    pub change: Value,
}

impl Entry {
    /// `sha256(salt ‖ change)`; the change in its canonical form (keys sorted, no spaces).
    #[must_use]
    pub fn digest(salt: &[u8], change: &str) -> Digest {
        Sha256::new()
            .chain_update(salt)
            .chain_update(change)
            .finalize()
            .into()
    }
}

/// The digest of everything about a row that is not personal, in its canonical form.
pub(super) fn frame(row: &Frame<'_>) -> Result<Digest, Fault> {
    Ok(Sha256::digest(serde_json::to_vec(row)?).into())
}

/// The fields stand in the order of their names: their canonical form.
#[derive(Serialize)]
pub(super) struct Frame<'a> {
    pub act: Option<&'a Value>,
    pub actor: &'a str,
    #[serde(serialize_with = "micros")]
    pub at: Instant,
    pub sectors: (Option<&'a str>, Option<&'a str>),
    #[serde(rename = "subject_id")]
    pub subject: Uuid,
    pub subject_kind: &'a str,
    pub units: (Option<Uuid>, Option<Uuid>),
    pub verb: &'a str,
}

fn micros<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(at.timestamp_micros())
}

/// `sha256(previous ‖ seq ‖ frame ‖ digest)`.
pub(super) fn link(previous: &[u8], seq: i64, frame: &Digest, digest: &[u8]) -> Digest {
    Sha256::new()
        .chain_update(previous)
        .chain_update(seq.to_be_bytes())
        .chain_update(frame)
        .chain_update(digest)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_canonical_form_has_its_keys_in_order_and_no_spaces() {
        let (subject, unit) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let act = json!({ "date": "2026-01-31", "number": "12" });
        let frame = Frame {
            act: Some(&act),
            actor: "officer",
            at: Instant::from_timestamp_micros(1_700_000_000_000_001).expect("an instant"),
            sectors: (None, Some("health")),
            subject,
            subject_kind: "worker",
            units: (None, Some(unit)),
            verb: "register",
        };
        let sorted = json!({
            "at": 1_700_000_000_000_001_i64, "actor": "officer", "verb": "register", "subject_kind": "worker",
            "subject_id": subject, "units": [null, unit], "sectors": [null, "health"], "act": act,
        });
        let canonical = serde_json::to_string(&frame).expect("JSON");
        assert_eq!(canonical, sorted.to_string());
    }

    #[test]
    fn the_order_of_keys_does_not_change_a_digest() {
        let one: Value = serde_json::from_str(r#"{"a": 1, "b": [true, null]}"#).expect("JSON");
        let two: Value = serde_json::from_str(r#"{"b":[true,null],"a":1}"#).expect("JSON");
        let digest = |salt: &[u8], change: &Value| Entry::digest(salt, &change.to_string());
        assert_eq!(digest(b"salt", &one), digest(b"salt", &two));
        assert_ne!(digest(b"salt", &one), digest(b"pepper", &one));
    }

    #[test]
    fn a_link_depends_on_every_part() {
        let base = link(b"previous", 1, &[0; 32], &[1; 32]);
        assert_ne!(base, link(b"other", 1, &[0; 32], &[1; 32]));
        assert_ne!(base, link(b"previous", 2, &[0; 32], &[1; 32]));
        assert_ne!(base, link(b"previous", 1, &[2; 32], &[1; 32]));
        assert_ne!(base, link(b"previous", 1, &[0; 32], &[2; 32]));
    }
}

//! What mutations are given.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use serde::Serialize;

use super::objects::{ContactKind, Sex};
use super::posting::PostingKind;
use crate::graphql::{ActInput, Command, Day, SectorName, id, made_id, optional_id};
use crate::kernel::{Invalid, Unfit};
use crate::workforce::{
    self, CorrectWorker, EndPosting, NewPosting, Placement, PostWorker, RegisterWorker,
    TransferWorker,
};

/// A number by which an authority knows the person.
#[derive(InputObject, Serialize)]
pub struct IdentifierInput {
    /// The code of its type, from the code list `IDENTIFIER_TYPE`.
    #[graphql(name = "type")]
    type_code: String,
    /// The number.
    value: String,
}

/// A way to reach the person.
#[derive(InputObject, Serialize)]
pub struct ContactInput {
    /// How it reaches the person.
    kind: ContactKind,
    /// A telephone number as people of the country write it, or an e-mail address.
    value: String,
    /// Whether the person prefers to be reached so.
    #[graphql(default)]
    preferred: bool,
}

/// A posting to begin.
#[derive(InputObject, Serialize)]
pub struct PostingInput {
    /// Of your making, for whoever speaks of it before the answer arrives: `pst_` and a UUID of version 7 in 32 small
    /// hexadecimal digits; absent: the service makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ID>,
    /// Where.
    facility: ID,
    /// As what; a group of cadres is refused.
    cadre: ID,
    /// On what terms, by a code of the list `EMPLOYMENT_TYPE`.
    employment_type: String,
    /// The first day.
    starts_on: Day,
    /// Whether it is the main duty; a worker has at most one such a day.
    #[graphql(default = true)]
    is_primary: bool,
    /// Whether it is a post of the worker's own, acting duty or a secondment. The last two stand beside the main duty, which
    /// goes on; people are counted by their main duty.
    #[graphql(default_with = "PostingKind::Substantive")]
    kind: PostingKind,
    /// The salary grade, one of the cadre's.
    salary_grade: Option<String>,
    /// The office that supervises a worker who serves away from it.
    supervisor: Option<ID>,
}

/// A person to put on the register: with a first posting, or with the org unit and the sector that keep the record.
#[derive(InputObject, Serialize)]
pub struct RegisterWorkerInput {
    /// Of your making, for whoever speaks of it before the answer arrives: `wkr_` and a UUID of version 7 in 32 small
    /// hexadecimal digits; absent: the service makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ID>,
    /// The family name, or the only name.
    family_name: String,
    /// The given names; absent for those with a single name.
    given_names: Option<String>,
    /// Sex.
    sex: Sex,
    /// The birth date, where known.
    birth_date: Option<Day>,
    /// At most 20.
    #[graphql(default)]
    identifiers: Vec<IdentifierInput>,
    /// At most 20.
    #[graphql(default)]
    contacts: Vec<ContactInput>,
    /// The first posting.
    posting: Option<PostingInput>,
    /// Without a posting: the org unit whose office keeps the record.
    org_unit: Option<ID>,
    /// Without a posting: the sector.
    sector: Option<SectorName>,
    /// People on the register who are alike and somebody else: those that a refusal named, once somebody has made sure.
    #[graphql(default)]
    distinct_from: Vec<ID>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What becomes of a correction when somebody else changed the record first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[graphql(remote = "workforce::OnConflict")]
pub enum OnConflict {
    /// It is refused as STALE.
    Refuse,
    /// Fields that nobody else touched are corrected, of lists both sides' additions and removals are kept; where both
    /// changed one field, the record keeps the first value and the correction goes to the inbox of conflicts.
    Merge,
}

/// Corrections of a record. What is absent stays; lists are replaced whole.
#[derive(InputObject, Serialize)]
pub struct CorrectWorkerInput {
    /// The worker.
    worker: ID,
    /// The version that you saw.
    base_version: i32,
    /// The family name, or the only name.
    family_name: Option<String>,
    /// The given names; empty for those with a single name.
    given_names: Option<String>,
    /// Sex.
    sex: Option<Sex>,
    /// The birth date; null says that it is not known after all.
    birth_date: MaybeUndefined<Day>,
    /// At most 20.
    identifiers: Option<Vec<IdentifierInput>>,
    /// At most 20.
    contacts: Option<Vec<ContactInput>>,
    /// What becomes of it when somebody else changed the record since that version; absent: REFUSE, and MERGE in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_conflict: Option<OnConflict>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A worker to post.
#[derive(InputObject, Serialize)]
pub struct PostWorkerInput {
    /// The worker.
    worker: ID,
    /// The posting.
    posting: PostingInput,
    /// The version that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A worker to transfer. What is absent stays as it is.
#[derive(InputObject, Serialize)]
pub struct TransferWorkerInput {
    /// The worker.
    worker: ID,
    /// The id of the new posting, of your making, as in `postWorker`; absent: the service makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    posting: Option<ID>,
    /// The facility to serve at from then on.
    to: ID,
    /// The first day there; the old posting ends the day before.
    on: Day,
    /// Another cadre from then on: a promotion, a volunteer who becomes salaried. When career steps lead out of the cadre that
    /// is left, as it is on that day, one of them must lead here; a cadre without steps leads anywhere.
    cadre: Option<ID>,
    /// Other terms from then on, by a code of the list `EMPLOYMENT_TYPE`.
    employment_type: Option<String>,
    /// Another salary grade from then on, one of the cadre's; absent with another cadre: none.
    salary_grade: Option<String>,
    /// The office that supervises the worker from then on; absent at another facility: none.
    supervisor: Option<ID>,
    /// Why the old posting ends, by a code of the list `DEPARTURE_REASON`; `transfer` when absent.
    reason: Option<String>,
    /// The version that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A posting to end.
#[derive(InputObject, Serialize)]
pub struct EndPostingInput {
    /// The posting.
    posting: ID,
    /// Its last day.
    ends_on: Day,
    /// Why, by a code of the list `DEPARTURE_REASON`.
    reason: String,
    /// The version of the worker's record that you saw; absent: whatever it is.
    base_version: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

pub(super) fn identifiers(given: &[IdentifierInput]) -> Vec<workforce::Identifier> {
    let read = given.iter().map(|it| workforce::Identifier {
        type_code: it.type_code.clone(),
        value: it.value.clone(),
    });
    read.collect()
}

pub(super) fn contacts(given: &[ContactInput]) -> Vec<workforce::Contact> {
    let read = given.iter().map(|it| workforce::Contact {
        kind: it.kind.into(),
        value: it.value.clone(),
        preferred: it.preferred,
    });
    read.collect()
}

fn ids(path: &'static str, given: &[ID]) -> Result<Vec<crate::kernel::WorkerId>, Invalid> {
    given.iter().map(|it| id(path, it)).collect()
}

fn posting(given: &PostingInput) -> Result<NewPosting, Invalid> {
    Ok(NewPosting {
        id: made_id("input.posting.id", given.id.as_ref())?,
        facility: id("input.posting.facility", &given.facility)?,
        cadre: id("input.posting.cadre", &given.cadre)?,
        employment_type: given.employment_type.clone(),
        is_primary: given.is_primary,
        kind: given.kind.into(),
        salary_grade: given.salary_grade.clone(),
        starts_on: given.starts_on.0,
        supervisor: optional_id("input.posting.supervisor", given.supervisor.as_ref())?,
    })
}

impl Command for RegisterWorkerInput {
    type Read = RegisterWorker;

    fn read(&self) -> Result<RegisterWorker, Invalid> {
        let placement = match (&self.posting, &self.org_unit, self.sector) {
            (Some(given), None, None) => Placement::Posted(posting(given)?),
            (None, Some(unit), Some(sector)) => {
                Placement::Kept(id("input.orgUnit", unit)?, sector.into())
            }
            _ => {
                return Err(Invalid::new("input.posting", Unfit::NoPlace));
            }
        };
        Ok(RegisterWorker {
            id: made_id("input.id", self.id.as_ref())?,
            family_name: self.family_name.clone(),
            given_names: self.given_names.clone().unwrap_or_default(),
            sex: self.sex.into(),
            birth_date: self.birth_date.map(|Day(day)| day),
            identifiers: identifiers(&self.identifiers),
            contacts: contacts(&self.contacts),
            placement,
            distinct_from: ids("input.distinctFrom", &self.distinct_from)?,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for CorrectWorkerInput {
    type Read = CorrectWorker;

    fn read(&self) -> Result<CorrectWorker, Invalid> {
        Ok(CorrectWorker {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            family_name: self.family_name.clone(),
            given_names: self.given_names.clone(),
            sex: self.sex.map(Into::into),
            birth_date: match self.birth_date {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(Day(day)) => Some(Some(day)),
            },
            identifiers: self.identifiers.as_deref().map(identifiers),
            contacts: self.contacts.as_deref().map(contacts),
            on_conflict: self.on_conflict.map(Into::into),
            key: self.idempotency_key.clone(),
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for PostWorkerInput {
    type Read = PostWorker;

    fn read(&self) -> Result<PostWorker, Invalid> {
        Ok(PostWorker {
            worker: id("input.worker", &self.worker)?,
            posting: posting(&self.posting)?,
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for TransferWorkerInput {
    type Read = TransferWorker;

    fn read(&self) -> Result<TransferWorker, Invalid> {
        Ok(TransferWorker {
            worker: id("input.worker", &self.worker)?,
            posting: made_id("input.posting", self.posting.as_ref())?,
            to: id("input.to", &self.to)?,
            on: self.on.0,
            cadre: optional_id("input.cadre", self.cadre.as_ref())?,
            employment_type: self.employment_type.clone(),
            salary_grade: self.salary_grade.clone(),
            supervisor: optional_id("input.supervisor", self.supervisor.as_ref())?,
            reason: self.reason.clone(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Command for EndPostingInput {
    type Read = EndPosting;

    fn read(&self) -> Result<EndPosting, Invalid> {
        Ok(EndPosting {
            posting: id("input.posting", &self.posting)?,
            ends_on: self.ends_on.0,
            reason: self.reason.clone(),
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

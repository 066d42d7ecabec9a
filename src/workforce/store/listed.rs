//! The rows of lists of workers.

use sqlx::FromRow;
use uuid::Uuid;

use super::WorkerRow;
use crate::kernel::{CadreId, Date, FacilityId, Fault, OrgUnitId, PostingId, WorkerId};
use crate::tenancy::ReferenceVersion;
use crate::workforce::{Contact, ContactKind, Identifier, PostingKind, Worker, worker::Posting};

/// A worker of a page, with what was asked for besides.
pub(in crate::workforce) struct Listed {
    pub worker: Worker,
    pub identifiers: Vec<Identifier>,
    pub contacts: Vec<Contact>,
}

#[derive(FromRow)]
pub(super) struct Row {
    epoch: i64,
    reference_seq: i64,
    worker_id: Option<Uuid>,
    family_name: Option<String>,
    given_names: Option<String>,
    sex: Option<String>,
    birth_date: Option<Date>,
    org_unit_id: Option<Uuid>,
    sector: Option<String>,
    version: Option<i32>,
    active: Option<bool>,
    posting_id: Option<PostingId>,
    facility_id: Option<FacilityId>,
    cadre_id: Option<CadreId>,
    employment_type: Option<String>,
    salary_grade: Option<String>,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    end_reason: Option<String>,
    supervisor_id: Option<FacilityId>,
    #[sqlx(default)]
    types: Option<Vec<String>>,
    #[sqlx(default)]
    numbers: Option<Vec<String>>,
    #[sqlx(default)]
    kinds: Option<Vec<String>>,
    #[sqlx(default)]
    reached_at: Option<Vec<String>>,
    #[sqlx(default)]
    preferred: Option<Vec<bool>>,
}

impl Row {
    pub fn version(&self) -> ReferenceVersion {
        ReferenceVersion {
            epoch: self.epoch,
            reference_seq: self.reference_seq,
        }
    }

    /// `None` for the row of the head that no worker joined.
    pub fn listed(mut self) -> Option<Result<Listed, Fault>> {
        let identifiers = self.identifiers();
        let contacts = self.contacts();
        let worker = self.into_worker()?;
        Some(worker.and_then(|worker| {
            Ok(Listed {
                worker,
                identifiers,
                contacts: contacts?,
            })
        }))
    }

    fn identifiers(&mut self) -> Vec<Identifier> {
        let types = self.types.take().unwrap_or_default();
        let numbers = self.numbers.take().unwrap_or_default();
        let pairs = types.into_iter().zip(numbers);
        pairs
            .map(|(type_code, value)| Identifier { type_code, value })
            .collect()
    }

    fn contacts(&mut self) -> Result<Vec<Contact>, Fault> {
        let kinds = self.kinds.take().unwrap_or_default();
        let values = self.reached_at.take().unwrap_or_default();
        let preferred = self.preferred.take().unwrap_or_default();
        let contacts = kinds.iter().zip(values).zip(preferred);
        contacts
            .map(|((kind, value), preferred)| {
                Ok(Contact {
                    kind: ContactKind::parse(kind)
                        .ok_or_else(|| Fault::internal("unknown kind of contact"))?,
                    value,
                    preferred,
                })
            })
            .collect()
    }

    /// `None` for the row of the head that no worker joined.
    fn into_worker(self) -> Option<Result<Worker, Fault>> {
        let worker_id = WorkerId::from(self.worker_id?);
        let posting = self.posting();
        let row = WorkerRow {
            worker_id,
            family_name: self.family_name?,
            given_names: self.given_names?,
            sex: self.sex?,
            birth_date: self.birth_date,
            unit: OrgUnitId::from(self.org_unit_id?),
            sector: self.sector?,
            version: self.version?,
            active: self.active,
            posting,
        };
        Some(row.try_into())
    }

    fn posting(&self) -> Option<Posting> {
        Some(Posting {
            id: self.posting_id?,
            worker: WorkerId::from(self.worker_id?),
            facility: self.facility_id?,
            cadre: self.cadre_id?,
            employment_type: self.employment_type.clone()?,
            is_primary: true,
            kind: PostingKind::Substantive,
            salary_grade: self.salary_grade.clone(),
            starts_on: self.starts_on?,
            ends_on: self.ends_on,
            end_reason: self.end_reason.clone(),
            supervisor: self.supervisor_id,
        })
    }
}

//! Bulk registration: thousands of persons with their whole careers in a handful of statements.

mod store;

use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;

use crate::auth::Actor;
use crate::kernel::{
    CadreId, Date, FacilityId, Fault, Instant, OrgUnitId, PostingId, Sector, WorkerId,
};
use crate::ledger::{self, Entry, Standing, SubjectKind, Verb};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    Female,
    Male,
    Unknown,
}

impl Sex {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Unknown => "unknown",
        }
    }
}

/// A person to be registered, with everything that is known of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewWorker {
    pub id: WorkerId,
    pub family_name: String,
    pub given_names: String,
    pub sex: Sex,
    pub birth_date: Option<Date>,
    /// Whose office keeps the record: the unit of the facility of the latest primary posting.
    pub unit: OrgUnitId,
    /// The sector of the cadre of the latest primary posting.
    pub sector: Sector,
    pub identifiers: Vec<NewIdentifier>,
    pub contacts: Vec<NewContact>,
    #[serde(skip)]
    pub postings: Vec<NewPosting>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewIdentifier {
    #[serde(rename = "type")]
    pub type_code: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewContact {
    /// `phone` or `email`.
    pub kind: &'static str,
    pub value: String,
    pub preferred: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewPosting {
    pub id: PostingId,
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub employment_type: String,
    pub is_primary: bool,
    pub starts_on: Date,
    /// The last day; absent while the posting runs.
    pub ends_on: Option<Date>,
    pub end_reason: Option<String>,
    pub supervisor: Option<FacilityId>,
}

/// Registers a batch of some thousand persons. Rows are taken as they are: a date that breaks a rule of the database
/// refuses the whole batch.
///
/// # Errors
/// When the database refuses; the transaction is then to be undone.
pub async fn load(
    tx: &mut PgConnection,
    actor: &Actor,
    at: Instant,
    batch: &[NewWorker],
) -> Result<(), Fault> {
    store::workers(tx, batch).await?;
    store::identifiers(tx, batch).await?;
    store::contacts(tx, batch).await?;
    store::postings(tx, batch).await?;
    let entries: Vec<Entry> = batch.iter().map(|worker| worker.registration(at)).collect();
    ledger::append(tx, actor, &entries).await
}

/// Whether the tenant holds any worker.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_any_registered(connection: &mut PgConnection) -> Result<bool, Fault> {
    store::is_any_registered(connection).await
}

impl NewWorker {
    fn registration(&self, at: Instant) -> Entry {
        Entry {
            at,
            verb: Verb::Register,
            subject_kind: SubjectKind::Worker,
            subject: self.id.into(),
            before: None,
            after: Some(Standing {
                unit: self.unit,
                sector: self.sector,
            }),
            act: None,
            change: json!({ "worker": self, "postings": self.postings }),
        }
    }
}

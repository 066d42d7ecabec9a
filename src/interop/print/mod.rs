//! Records on paper, as PDF: the curriculum vitae of one worker, and the staff cards of those who serve.
//!
//! What is printed is what the caller may read of the record today, and the ledger knows who took whose. The same record
//! on the same day, for the same reader in the same language, is the same bytes. Leave, conduct and pay are never printed.

mod card;
mod cv;
mod face;
mod label;
mod person;
mod picture;
mod sheet;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

pub use card::Cards;
pub use cv::Cv;
pub use label::{Label, Words};

use super::export::Moment;
use crate::auth::{Actor, Permission, WHOLE_RECORD};
use crate::credentials::{Attendance, Licence, LicenceStatus, Qualification, Registration};
use crate::kernel::{AsOf, Date, Fault, Id, PageRequest, ReadError, WorkerId};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::{Reader, Snapshot, TenantDb};
use crate::workforce::{
    self, Edge, Edges, Key, Lookup, Particulars, Sort, Status, Worker, WorkerFilter, attach,
};

/// Cards that one document holds.
pub const MOST_CARDS: u16 = 100;

/// Why no card is printed.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    #[error("there is no such worker")]
    NotFound,
    /// A card says that its holder serves.
    #[error("nobody of them serves today")]
    NotInPost,
    #[error("more than {MOST_CARDS} cards: {0}")]
    TooMany(u64),
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<Fault> for CardError {
    fn from(fault: Fault) -> Self {
        Self::Read(fault.into())
    }
}

/// Which workers get cards.
#[derive(Clone, Debug)]
pub enum Wanted {
    One(WorkerId),
    /// Those of them who serve today; and the filter as it was asked for, for the ledger.
    Those(Box<WorkerFilter>, Value),
}

/// The curriculum vitae of a worker; `None` when there is none whom the caller may see.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`] and [`Permission::ReadNames`]. What else the caller may not read is left out.
#[tracing::instrument(name = "interop.print_cv", skip_all)]
pub async fn print_cv(
    db: &TenantDb,
    moment: &Moment,
    worker: WorkerId,
) -> Result<Option<Cv>, ReadError> {
    moment.actor.may(Permission::ReadNames)?;
    let snapshot = db.snapshot();
    let found = read_cv(db, &snapshot, moment, worker).await;
    snapshot.end().await;
    let Some(cv) = found? else {
        return Ok(None);
    };
    record(db, moment, ("cv", &[cv.worker()], &Value::Null)).await?;
    Ok(Some(cv))
}

async fn read_cv(
    db: &TenantDb,
    snapshot: &Snapshot,
    moment: &Moment,
    worker: WorkerId,
) -> Result<Option<Cv>, ReadError> {
    let actor = &moment.actor;
    let at = AsOf::now(moment.today);
    let mut reader = snapshot.read().await?;
    let found = workforce::find(&mut reader, actor, &Lookup::Id(worker), at).await?;
    let (Some(worker), lists) = found else {
        return Ok(None);
    };
    let of = [worker.id];
    let edges = Edges {
        postings: true,
        identifiers: true,
        contacts: true,
        history: Some(u16::MAX),
        ..Edges::default()
    };
    let attached = attach(&mut reader, actor, &of, edges).await?;
    let particulars = if WHOLE_RECORD.into_iter().all(|it| may(actor, it)) {
        Particulars::fetch(&mut reader, &of).await?
    } else {
        HashMap::new()
    };
    Ok(Some(Cv {
        country: db.settings().name.clone(),
        qualifications: own(Qualification::fetch(&mut reader, &of).await?, worker.id),
        registrations: own(Registration::fetch(&mut reader, &of).await?, worker.id),
        licences: own(Licence::fetch(&mut reader, &of).await?, worker.id),
        trainings: own(Attendance::fetch(&mut reader, &of).await?, worker.id),
        birth_date: (worker.birth_date).filter(|_| may(actor, Permission::ReadBirthDates)),
        particulars: own(particulars, worker.id).into_iter().next(),
        photo: photos(&mut reader, actor, &of).await?.remove(&worker.id),
        numbers: may(actor, Permission::ReadIdentifiers),
        attached,
        worker,
        lists,
    }))
}

fn may(actor: &Actor, permission: Permission) -> bool {
    actor.may(permission).is_ok()
}

fn own<T>(mut of: HashMap<WorkerId, Vec<T>>, worker: WorkerId) -> Vec<T> {
    of.remove(&worker).unwrap_or_default()
}

/// The staff cards of those who serve today, at most [`MOST_CARDS`], by name.
///
/// # Errors
/// [`CardError`]; `Denied` without [`Permission::ReadWorkers`] and [`Permission::ReadNames`].
#[tracing::instrument(name = "interop.print_cards", skip_all)]
pub async fn print_cards(
    db: &TenantDb,
    moment: &Moment,
    wanted: Wanted,
) -> Result<Cards, CardError> {
    (moment.actor)
        .may(Permission::ReadNames)
        .map_err(ReadError::from)?;
    let snapshot = db.snapshot();
    let read = read_cards(db, &snapshot, moment, &wanted).await;
    snapshot.end().await;
    let cards = read?;
    let asked = match &wanted {
        Wanted::One(_) => &Value::Null,
        Wanted::Those(_, asked) => asked,
    };
    record(db, moment, ("cards", &cards.workers(), asked)).await?;
    Ok(cards)
}

async fn read_cards(
    db: &TenantDb,
    snapshot: &Snapshot,
    moment: &Moment,
    wanted: &Wanted,
) -> Result<Cards, CardError> {
    let (actor, at) = (&moment.actor, AsOf::now(moment.today));
    let mut reader = snapshot.read().await?;
    let (workers, lists) = match wanted {
        Wanted::One(id) => {
            let found = workforce::find(&mut reader, actor, &Lookup::Id(*id), at).await?;
            let (worker, lists) = found;
            (vec![worker.ok_or(CardError::NotFound)?], lists)
        }
        Wanted::Those(filter, _) => {
            let mut filter = WorkerFilter::clone(filter);
            if *filter.status.get_or_insert(Status::Active) != Status::Active {
                return Err(CardError::NotInPost);
            }
            let request = PageRequest::<Key> {
                first: MOST_CARDS,
                after: None,
                count: true,
            };
            let (sort, edges) = (Sort::Name, Edges::default());
            let listed =
                workforce::list(&mut reader, actor, &filter, sort, at, &request, edges).await?;
            let (page, lists, _) = listed;
            if page.has_next {
                return Err(CardError::TooMany(page.total.unwrap_or_default()));
            }
            (page.rows, lists)
        }
    };
    // Whoever has other duties alone has no facility of their own that a card could name.
    let serving = workers.into_iter().filter(|it| it.posting.is_some());
    let workers: Vec<Worker> = serving.collect();
    if workers.is_empty() {
        return Err(CardError::NotInPost);
    }
    let ids: Vec<WorkerId> = workers.iter().map(|it| it.id).collect();
    let edges = Edges {
        identifiers: true,
        ..Edges::default()
    };
    let attached = attach(&mut reader, actor, &ids, edges).await?;
    let mut licences = Licence::fetch(&mut reader, &ids).await?;
    for own in licences.values_mut() {
        own.retain(|it| it.status_on(at.day) == LicenceStatus::Active);
    }
    Ok(Cards {
        country: db.settings().name.clone(),
        day: at.day,
        numbers: may(actor, Permission::ReadIdentifiers),
        photos: photos(&mut reader, actor, &ids).await?,
        workers,
        attached,
        licences,
        lists,
    })
}

async fn photos(
    reader: &mut Reader<'_>,
    actor: &Actor,
    of: &[WorkerId],
) -> Result<HashMap<WorkerId, Arc<Vec<u8>>>, ReadError> {
    let contents = workforce::photo_contents(reader, actor, of).await?;
    let contents = contents.into_iter();
    Ok(contents.map(|(id, it)| (id, Arc::new(it))).collect())
}

/// Tells the ledger what was taken, and whose, before it is handed over.
async fn record(
    db: &TenantDb,
    moment: &Moment,
    (document, workers, asked): (&str, &[WorkerId], &Value),
) -> Result<(), Fault> {
    let mut change = json!({
        "document": document,
        "workers": workers.iter().map(|it| it.encode()).collect::<Vec<_>>(),
        "asOf": moment.today,
        "rows": workers.len(),
    });
    if !asked.is_null() {
        change["filter"] = asked.clone();
    }
    let entry = Entry {
        at: moment.now,
        verb: Verb::Export,
        subject_kind: SubjectKind::Register,
        subject: Uuid::nil(),
        before: None,
        after: None,
        act: None,
        change,
    };
    let actor = &moment.actor;
    db.write(async |tx| ledger::append(tx, actor, std::slice::from_ref(&entry)).await)
        .await
}

/// Days, as they are written.
fn days(from: Date, to: Option<Date>, open: &str) -> String {
    match to {
        Some(to) => format!("{from} – {to}"),
        None => format!("{from} – {open}"),
    }
}

//! Registers in other forms: tables of workers come in, row by row, and every row is answered for; and go out again.

mod batches;
mod cell;
mod column;
mod export;
mod field;
mod form_files;
pub mod graphql;
pub mod ihris;
mod mapping;
mod outline;
mod print;
mod questionnaire;
mod report;
mod store;
mod table;
mod told;
mod xlsform;

pub use cell::{joined, parts};
pub use export::{
    Cell, Export, ExportError, Format, List, Moment, TableWriter, Wanted, export_workers,
};
pub use field::Field;
pub use form_files::{
    Base, Draft, DraftError, Named, WantedForm, form_as_questionnaire, form_as_xlsform,
    save_form_read,
};
pub use mapping::{Columns, Mapping};
pub use print::{
    CardError, Cards, Cv, Label, MOST_CARDS, Wanted as WantedCards, Words, print_cards, print_cv,
};
pub use questionnaire::Questionnaire;
pub use report::{Problem, Report, Verdict};
pub use table::{Row, Table, Unreadable};
pub use xlsform::{
    Loss, LossCode, NotAForm, Read as FormRead, Spot, Written, read as read_xlsform,
};

use batches::{BATCH, Batches};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};

use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, Denied, Fault, ReadError};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::{Reader, TenantDb, Write};
use crate::workforce::{self, Earnest, Line, Lists, Occasion};

/// Batches under way at once: while the database writes two, the third is checked.
const AT_ONCE: usize = 3;

/// How often a batch is tried when other writers get in its way.
const TRIES: usize = 3;

/// How a file is to be imported.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The name of a saved mapping; absent: the columns are headed by the names of the fields.
    pub mapping: Option<String>,
    pub extent: Extent,
}

/// How much of a file becomes true at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// A batch of rows after the other, each in a transaction of its own.
    #[default]
    Batches,
    /// Nothing: find out what would happen.
    Rehearsal,
}

/// Why a file is not imported; nothing of it was, but for [`ImportError::Interrupted`].
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A fault came after some batches were in, and they stay in. The same file once more brings in the others.
    #[error("the import stopped after {} rows", .report.rows.len())]
    Interrupted {
        /// What became of the rows until then.
        report: Box<Report>,
        #[source]
        fault: Fault,
    },
}

impl From<Denied> for ImportError {
    fn from(denied: Denied) -> Self {
        Self::Read(denied.into())
    }
}

impl From<Fault> for ImportError {
    fn from(fault: Fault) -> Self {
        Self::Read(fault.into())
    }
}

/// Imports a table of workers. Each batch of rows is a transaction of its own: what a fault or a kill interrupts is
/// complete when the same file comes once more, since rows that are in change nothing. `progress` is told how many rows
/// of how many are done.
///
/// # Errors
/// `Denied` without [`Permission::ImportWorkers`]; a table whose columns cannot be understood; a fault, which says what
/// is in when something is. Whether they are twice on the register is for [`compare`] to say afterwards.
#[tracing::instrument(name = "interop.import_workers", skip_all)]
pub async fn import_workers(
    db: &TenantDb,
    occasion: &Occasion<'_>,
    table: Table,
    plan: &Plan,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<Report, ImportError> {
    occasion.actor.may(Permission::ImportWorkers)?;
    let snapshot = db.snapshot();
    let mut reader = snapshot.read().await?;
    let saved = plan.mapping.as_deref();
    let mapping = understand(&mut reader, occasion, &table.header, saved).await?;
    drop(reader);
    snapshot.end().await;
    let mut report = begun(&mapping);
    let total = table.count;
    progress(0, total);
    let mut batches = Batches::new(table.rows(), &mapping, total);
    let told: Told<'_> = (&mut report, &mut progress);
    let done = match plan.extent {
        Extent::Batches => in_batches(db, occasion, &mut batches, told).await,
        Extent::Rehearsal => rehearse(db, occasion, &mut batches, told).await,
    };
    report.settle();
    let is_in = plan.extent == Extent::Batches && report.accepted + report.changed > 0;
    match done {
        Ok(()) => Ok(report),
        Err(ReadError::Fault(fault)) if is_in => Err(ImportError::Interrupted {
            report: Box::new(report),
            fault,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Imports a table of workers, whose columns are headed by the names of the fields, as a part of a transaction that the
/// caller began and ends. Everybody else who writes waits until it is over.
///
/// # Errors
/// As [`import_workers`]; the transaction is then to be undone.
#[tracing::instrument(name = "interop.import_workers_within", skip_all)]
pub async fn import_workers_within(
    write: &mut Write,
    occasion: &Occasion<'_>,
    table: Table,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<Report, ImportError> {
    occasion.actor.may(Permission::ImportWorkers)?;
    let mapping = understand(&mut write.db(), occasion, &table.header, None).await?;
    let mut report = begun(&mapping);
    let total = table.count;
    progress(0, total);
    let mut batches = Batches::new(table.rows(), &mapping, total);
    let told: Told<'_> = (&mut report, &mut progress);
    as_one(write, occasion, &mut batches, told, Earnest::Write).await?;
    report.settle();
    Ok(report)
}

fn begun(mapping: &Mapping) -> Report {
    Report {
        ignored_columns: mapping.ignored().map(str::to_owned).collect(),
        ..Report::default()
    }
}

/// Compares those who came in with the register: how many pairs of records may be one person's. They are in whether or
/// not that can be said; who was not compared is compared the next time.
pub async fn compare(db: &TenantDb, occasion: &Occasion<'_>) -> Option<u64> {
    let searched = db.write(async |tx| workforce::search_duplicates(tx, occasion.now).await);
    match searched.await {
        Ok(searched) => Some(searched.found as u64),
        Err(fault) => {
            tracing::warn!(error = %fault, "who came in was not compared with the register");
            None
        }
    }
}

/// What is kept of the outcomes, and who is told how many there are.
type Told<'a> = (&'a mut Report, &'a mut (dyn FnMut(u64, u64) + Send));

async fn rehearse(
    db: &TenantDb,
    occasion: &Occasion<'_>,
    batches: &mut Batches<'_>,
    told: Told<'_>,
) -> Result<(), ReadError> {
    let mut write = db.begin().await?;
    as_one(&mut write, occasion, batches, told, Earnest::Rehearse).await?;
    Ok(write.undo().await?)
}

async fn as_one(
    write: &mut Write,
    occasion: &Occasion<'_>,
    batches: &mut Batches<'_>,
    (report, progress): Told<'_>,
    earnest: Earnest,
) -> Result<(), ReadError> {
    while let Some(batch) = batches.next(report) {
        let outcomes = merge_in(write, occasion, batch, earnest).await?;
        report.add_all(outcomes, batches.mapping);
        progress(report.rows.len() as u64, batches.total);
    }
    Ok(())
}

/// Several batches at a time: while the database writes some, another is checked. But people without a number are
/// recognised by those who are on the register, so their batch waits until it has the register to itself; so does one
/// with answers, since whoever answers a form for many does so alone.
async fn in_batches(
    db: &TenantDb,
    occasion: &Occasion<'_>,
    batches: &mut Batches<'_>,
    (report, progress): Told<'_>,
) -> Result<(), ReadError> {
    let mapping = batches.mapping;
    let mut under_way = FuturesUnordered::new();
    let mut next = batches.next(report);
    let mut failed = None;
    loop {
        while failed.is_none()
            && let Some(batch) = next.take_if(|batch| {
                under_way.is_empty() || (under_way.len() < AT_ONCE && batch.iter().all(may_share))
            })
        {
            let alone = !batch.iter().all(may_share);
            under_way.push(merge(db, occasion, batch).boxed());
            next = batches.next(report);
            if alone {
                break;
            }
        }
        // After a fault too: what else is under way may yet be in.
        match under_way.next().await {
            Some(Ok(outcomes)) => {
                report.add_all(outcomes, mapping);
                progress(report.rows.len() as u64, batches.total);
            }
            Some(Err(error)) => failed = failed.or(Some(error)),
            None => return failed.map_or(Ok(()), Err),
        }
    }
}

fn may_share(line: &Line) -> bool {
    let is_numbered = line.worker.is_some() || !line.identifiers.is_empty();
    is_numbered && line.answers.is_empty()
}

async fn understand(
    db: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    header: &[String],
    saved: Option<&str>,
) -> Result<Mapping, ImportError> {
    let lists = Lists::current(db, AsOf::now(occasion.today)).await?;
    let saved = match saved {
        None => None,
        Some(name) => {
            let found = store::mapping(db, name).await?;
            Some(found.ok_or_else(|| Unreadable::NoMapping(name.to_owned()))?)
        }
    };
    let mapping = Mapping::new(header, saved.as_ref(), &lists)?;
    if mapping.answers().next().is_some() {
        occasion.actor.may(Permission::SubmitForms)?;
    }
    if mapping.answers().any(|it| it.is_personal) {
        occasion.actor.may(Permission::ReadPersonalAnswers)?;
    }
    Ok(mapping)
}

/// Merges a batch in a transaction of its own.
async fn merge(
    db: &TenantDb,
    occasion: &Occasion<'_>,
    batch: Vec<Line>,
) -> Result<Vec<(u64, workforce::Outcome)>, ReadError> {
    let mut write = db.begin().await?;
    let outcomes = merge_in(&mut write, occasion, batch, Earnest::Write).await?;
    write.commit().await?;
    Ok(outcomes)
}

/// Merges a batch, again when another writer was faster.
async fn merge_in(
    write: &mut Write,
    occasion: &Occasion<'_>,
    batch: Vec<Line>,
    earnest: Earnest,
) -> Result<Vec<(u64, workforce::Outcome)>, ReadError> {
    write.mark().await?;
    for _ in 1..TRIES {
        let lines = batch.clone();
        let merged = workforce::merge(&mut write.db(), occasion, lines, earnest).await;
        match merged {
            Err(ReadError::Fault(fault)) if fault.is_clash() => write.undo_to_mark().await?,
            ended => return ended,
        }
    }
    workforce::merge(&mut write.db(), occasion, batch, earnest).await
}

/// The saved mappings, by name.
///
/// # Errors
/// `Denied` without [`Permission::ImportWorkers`].
pub async fn mappings(
    db: &mut Reader<'_>,
    actor: &Actor,
) -> Result<Vec<(String, Columns)>, ReadError> {
    actor.may(Permission::ImportWorkers)?;
    Ok(store::mappings(db).await?)
}

/// Saves a mapping, in place of one that had the name.
///
/// # Errors
/// `Denied` without [`Permission::ImportWorkers`]; a field that there is none of.
#[tracing::instrument(name = "interop.save_mapping", skip_all)]
pub async fn save_mapping(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    name: &str,
    columns: &Columns,
) -> Result<(), ImportError> {
    occasion.actor.may(Permission::ImportWorkers)?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    mapping::fields(columns, &lists)?;
    store::save(tx, name, columns).await?;
    let entry = Entry {
        at: occasion.now,
        verb: Verb::Configure,
        subject_kind: SubjectKind::Configuration,
        subject: uuid::Uuid::nil(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: serde_json::json!({ "import_mapping": { name: columns } }),
    };
    ledger::append(tx, occasion.actor, &[entry]).await?;
    Ok(())
}

//! The register as a table: the workers whom the caller may see, with the columns that they choose and may read. What
//! goes out is headed and written as the import reads it, so that the file coming back changes nothing.

mod credentials;
mod format;
mod list;
mod shown;
mod text;
mod workbook;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

pub use format::{Format, TableWriter};
pub use list::List;
pub use shown::Cell;

use super::column::AnswerColumn;
use super::field::Field;
use super::told::Told;
use crate::auth::{Actor, Permission, WHOLE_RECORD};
use crate::cadres::IDENTIFIER_TYPE;
use crate::forms::{self, Subject};
use crate::kernel::{AsOf, Date, Denied, Fault, FormId, Instant, PageRequest, ReadError, WorkerId};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::{Snapshot, TenantDb};
use crate::workforce::{self, Edge, Edges, Lists, Particulars, Sort};
use credentials::Credentials;
use list::Walk;
use shown::Shown;

/// More columns than any file needs.
const MOST_COLUMNS: usize = 200;

/// Which workers, with which columns.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// By the names that the import knows; absent: every field of the register that the caller may read.
    pub columns: Option<Vec<String>>,
    pub list: List,
    /// The list or the filter as it was asked for, for the ledger.
    pub asked: Value,
    /// The day whose postings are told; absent: today.
    pub as_of: Option<Date>,
    pub format: Format,
}

/// Who exports, and when.
#[derive(Clone, Debug)]
pub struct Moment {
    pub actor: Actor,
    pub now: Instant,
    /// The day in the country's time zone.
    pub today: Date,
}

/// Why nothing is exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is no column {0:?}")]
    NoColumn(String),
    #[error("the column {0:?} needs a permission: {1}")]
    NotReadable(String, Denied),
    #[error("the column {0:?} is asked for twice")]
    Twice(String),
    #[error("more than {MOST_COLUMNS} columns")]
    TooMany,
    #[error("more rows than a sheet has")]
    TooLong,
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl ExportError {
    /// The stable code of a column that is refused, as it stands in the catalogue of messages.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::NoColumn(_) => Some("NO_SUCH_EXPORT_COLUMN"),
            Self::NotReadable(..) => Some("COLUMN_FORBIDDEN"),
            Self::Twice(_) => Some("COLUMN_TWICE"),
            Self::TooMany => Some("TOO_MANY_COLUMNS"),
            Self::TooLong => Some("TOO_LONG_FOR_A_SHEET"),
            Self::Read(_) => None,
        }
    }

    /// The column that is refused.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::NoColumn(name) | Self::NotReadable(name, _) | Self::Twice(name) => Some(name),
            Self::TooMany | Self::TooLong | Self::Read(_) => None,
        }
    }
}

impl From<Fault> for ExportError {
    fn from(fault: Fault) -> Self {
        Self::Read(fault.into())
    }
}

/// A table that is being written, page by page, all of one moment of the data.
pub struct Export {
    snapshot: Snapshot,
    actor: Actor,
    walk: Walk,
    at: AsOf,
    columns: Vec<Field>,
    /// How many rows there are.
    pub rows: u64,
}

/// Begins to export. The ledger knows who took what before the first row is out.
///
/// # Errors
/// A column that there is not, or that the caller may not read; `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "interop.export_workers", skip_all)]
pub async fn export_workers(
    db: &TenantDb,
    moment: &Moment,
    wanted: Wanted,
) -> Result<Export, ExportError> {
    let actor = &moment.actor;
    actor
        .may(Permission::ReadWorkers)
        .map_err(ReadError::from)?;
    let snapshot = db.snapshot();
    let at = AsOf {
        day: wanted.as_of.unwrap_or(moment.today),
        today: moment.today,
    };
    let counted = async {
        let mut reader = snapshot.read().await?;
        let lists = Lists::current(&mut reader, at).await?;
        let columns = columns(wanted.columns.as_deref(), &lists, actor)?;
        let list = &wanted.list;
        let mut walk = Walk::begin(list, &mut reader, actor, db.settings(), at).await?;
        let whole = walk.whole();
        let first = PageRequest {
            first: 0,
            after: None,
            count: true,
        };
        let edges = Edges::default();
        let sort = Sort::Registered;
        let listed = workforce::list(&mut reader, actor, &whole, sort, at, &first, edges).await;
        let (page, ..) = listed?;
        let rows = page.total.unwrap_or_default();
        walk.expect(rows);
        if wanted.format.holds(rows) {
            Ok((columns, rows, walk))
        } else {
            Err(ExportError::TooLong)
        }
    };
    let (columns, rows, walk) = match counted.await {
        Ok(counted) => counted,
        Err(error) => {
            snapshot.end().await;
            return Err(error);
        }
    };
    if let Err(fault) = record(db, moment, &columns, &wanted, (at.day, rows)).await {
        snapshot.end().await;
        return Err(fault.into());
    }
    Ok(Export {
        snapshot,
        actor: actor.clone(),
        walk,
        at,
        columns,
        rows,
    })
}

async fn record(
    db: &TenantDb,
    moment: &Moment,
    columns: &[Field],
    wanted: &Wanted,
    (day, rows): (Date, u64),
) -> Result<(), Fault> {
    let names: Vec<String> = columns.iter().map(Field::name).collect();
    let entry = Entry {
        at: moment.now,
        verb: Verb::Export,
        subject_kind: SubjectKind::Register,
        subject: Uuid::nil(),
        before: None,
        after: None,
        act: None,
        change: json!({ "columns": names, "filter": wanted.asked, "asOf": day, "rows": rows }),
    };
    let actor = &moment.actor;
    db.write(async |tx| ledger::append(tx, actor, std::slice::from_ref(&entry)).await)
        .await
}

/// The columns of these names, each once and readable.
fn columns(
    asked: Option<&[String]>,
    lists: &Lists,
    actor: &Actor,
) -> Result<Vec<Field>, ExportError> {
    let Some(asked) = asked else {
        let numbers = lists.codes.list(IDENTIFIER_TYPE);
        let numbers = numbers.map(|it| Field::Identifier(it.code.clone()));
        let all = Field::of_the_register().chain(numbers);
        return Ok(all.filter(|it| may_read(it, actor).is_ok()).collect());
    };
    if asked.len() > MOST_COLUMNS {
        return Err(ExportError::TooMany);
    }
    let mut columns: Vec<Field> = Vec::with_capacity(asked.len());
    for name in asked {
        let answer = || AnswerColumn::to_read(name, lists).map(|it| Field::Answer(Arc::new(it)));
        let field = answer().or_else(|| Field::named(name, &lists.codes));
        let field = field.or_else(|| Told::named(name).map(Field::Told));
        let field = field.ok_or_else(|| ExportError::NoColumn(name.clone()))?;
        may_read(&field, actor).map_err(|it| ExportError::NotReadable(name.clone(), it))?;
        if columns.contains(&field) {
            return Err(ExportError::Twice(name.clone()));
        }
        columns.push(field);
    }
    Ok(columns)
}

fn may_read(field: &Field, actor: &Actor) -> Result<(), Denied> {
    match field {
        Field::FamilyName | Field::GivenNames => actor.may(Permission::ReadNames),
        Field::BirthDate => actor.may(Permission::ReadBirthDates),
        Field::Phone | Field::Email => actor.may(Permission::ReadContacts),
        Field::Identifier(_) => actor.may(Permission::ReadIdentifiers),
        Field::Told(told) => actor.may(told.permission()),
        column if column.is_of_particulars() => {
            let mut needed = WHOLE_RECORD.into_iter();
            needed.try_for_each(|it| actor.may(it))
        }
        Field::Answer(column) => {
            actor.may(Permission::ReadSubmissions)?;
            if column.is_personal {
                actor.may(Permission::ReadPersonalAnswers)?;
            }
            Ok(())
        }
        _ => actor.may(Permission::ReadWorkers),
    }
}

impl Export {
    /// The heads of the columns, as the import knows them.
    #[must_use]
    pub fn header(&self) -> Vec<String> {
        self.columns.iter().map(Field::name).collect()
    }

    /// The next rows, which may be none; `None` when there are no more.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn next(&mut self) -> Result<Option<Vec<Vec<Cell>>>, ReadError> {
        if self.walk.is_over() {
            return Ok(None);
        }
        let mut reader = self.snapshot.read().await?;
        let has = |wanted: fn(&Field) -> bool| self.columns.iter().any(wanted);
        let edges = Edges {
            identifiers: has(|it| matches!(it, Field::Identifier(_))),
            contacts: has(|it| matches!(it, Field::Phone | Field::Email)),
            ..Edges::default()
        };
        let (filter, request) = self.walk.turn();
        let (actor, sort) = (&self.actor, Sort::Registered);
        let listed = workforce::list(&mut reader, actor, &filter, sort, self.at, &request, edges);
        let (page, lists, attached) = listed.await?;
        let workers = self.walk.take(page);
        let shown: Vec<WorkerId> = workers.iter().map(|it| it.id).collect();
        let answers = self.asked_forms();
        let mut subjects: Vec<Uuid> = Vec::new();
        if !answers.is_empty() {
            for worker in &workers {
                subjects.push(worker.id.into());
                subjects.extend(worker.posting.as_ref().map(|it| Uuid::from(it.id)));
            }
        }
        let answers = forms::counting(&mut reader, &answers, &subjects).await?;
        let particulars = if has(Field::is_of_particulars) {
            Particulars::fetch(&mut reader, &shown).await?
        } else {
            HashMap::new()
        };
        let told = self.columns.iter().filter_map(|it| match it {
            Field::Told(told) => Some(*told),
            _ => None,
        });
        let told: Vec<Told> = told.collect();
        let credentials = Credentials::fetch(&mut reader, &shown, &told).await?;
        let shown = Shown {
            lists: &lists,
            attached: &attached,
            answers: &answers,
            particulars: &particulars,
            credentials: &credentials,
        };
        let rows = workers.iter().map(|worker| {
            let cells = self.columns.iter().map(|column| shown.cell(column, worker));
            cells.collect()
        });
        Ok(Some(rows.collect()))
    }

    fn asked_forms(&self) -> Vec<FormId> {
        let forms = self.columns.iter().filter_map(|it| match it {
            Field::Answer(column) => Some((column.form, column.subject)),
            _ => None,
        });
        // Once each, whatever the forms are about.
        let forms: HashMap<FormId, Subject> = forms.collect();
        forms.into_keys().collect()
    }

    /// Gives the connection back; to be called when there are no more rows, or nobody takes them.
    pub async fn end(self) {
        self.snapshot.end().await;
    }
}

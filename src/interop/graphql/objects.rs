//! What an import is given, and what it answers.

use async_graphql::{Enum, InputObject, Object, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::graphql::{ActInput, Upload, UserErrorOf, message};
use crate::interop::{Columns, Problem, Report};
use crate::kernel::Languages;

/// A file of workers.
#[derive(InputObject)]
pub struct ImportWorkersInput {
    /// CSV or XLSX: a row for each worker, or for each of their postings.
    pub(super) file: Upload,
    /// The name of a saved mapping of the columns; without it they are headed by the names of the fields.
    pub(super) mapping: Option<String>,
    /// The sheet of a workbook; the first one when absent.
    pub(super) sheet: Option<String>,
    /// Say what would happen, and change nothing.
    #[graphql(default)]
    pub(super) dry_run: bool,
    /// The legal act on which the changes rest.
    pub(super) act: Option<ActInput>,
}

/// How the columns of a file are to be understood.
#[derive(InputObject, Serialize)]
pub struct SaveImportMappingInput {
    /// Its name; a mapping that has it already is replaced.
    #[graphql(validator(min_length = 1, max_length = 100))]
    pub(super) name: String,
    /// The columns that are read; others are left alone.
    #[graphql(validator(min_items = 1, max_items = 200))]
    pub(super) columns: Vec<ImportColumnInput>,
    /// The legal act on which it rests.
    pub(super) act: Option<ActInput>,
    /// Makes a repetition harmless: the same key with the same input gets the same answer, for 30 days.
    pub(super) idempotency_key: Option<String>,
}

/// A column and what it says.
#[derive(InputObject, Serialize)]
pub struct ImportColumnInput {
    /// The column's header, as it stands in the file.
    pub(super) header: String,
    /// A field (`family_name`, `starts_on` …), a type of identifier, or a field of a form: `answers.psw.home.village`.
    pub(super) field: String,
}

/// A saved mapping.
#[derive(SimpleObject)]
pub struct ImportMapping {
    /// Its name.
    pub(super) name: String,
    /// The columns that are read.
    pub(super) columns: Vec<ImportColumn>,
}

/// A column and what it says.
#[derive(SimpleObject)]
pub struct ImportColumn {
    /// The column's header.
    pub(super) header: String,
    /// A field, a type of identifier, or a field of a form.
    pub(super) field: String,
}

/// Why a file was not imported; nothing of it was, but for `INTERRUPTED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportWorkersErrorCode {
    /// Neither CSV nor XLSX.
    NotATable,
    /// Cut off, or not one table.
    FileCutOff,
    /// It unpacks to more than is allowed.
    FileTooLarge,
    /// The workbook has no such sheet.
    NoSuchSheet,
    /// There are no rows below the header.
    FileEmpty,
    /// Two columns have one header.
    SameHeader,
    /// The file lacks a column that the mapping names.
    NoSuchColumn,
    /// No column says who a row is about.
    NobodyNamedByColumns,
    /// The mapping names a field that there is none of any more.
    NoSuchField,
    /// There is no saved mapping of that name.
    NoSuchMapping,
    /// Something failed on our side after the rows that the report has. They are in; send the same file again.
    Interrupted,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a mapping was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveImportMappingErrorCode {
    /// There is no field of that name.
    NoSuchField,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// The answer to `importWorkers`.
#[derive(SimpleObject)]
pub struct ImportWorkersPayload {
    /// What became of the rows; absent when the file was refused as a whole, and without those that an interrupted import
    /// did not come to.
    pub(super) report: Option<ImportReport>,
    /// Why it was refused as a whole, or interrupted; empty when it was not.
    pub(super) errors: Vec<UserErrorOf<ImportWorkersErrorCode>>,
}

/// The answer to `saveImportMapping`.
#[derive(SimpleObject)]
pub struct SaveImportMappingPayload {
    /// The mapping as it was saved; absent when it was refused.
    pub(super) mapping: Option<ImportMapping>,
    /// Why it was refused; empty when it was not.
    pub(super) errors: Vec<UserErrorOf<SaveImportMappingErrorCode>>,
}

pub struct ImportReport {
    pub(super) report: Report,
    pub(super) languages: Languages,
    pub(super) rehearsed: bool,
    pub(super) alike: Option<u64>,
}

/// What became of a file.
#[Object]
impl ImportReport {
    /// Whether nothing was changed.
    async fn dry_run(&self) -> bool {
        self.rehearsed
    }

    /// Rows that put a person on the register, with their career.
    async fn accepted(&self) -> u64 {
        self.report.accepted
    }

    /// Rows that changed a person who was on the register.
    async fn changed(&self) -> u64 {
        self.report.changed
    }

    /// Rows that said what the register says.
    async fn unchanged(&self) -> u64 {
        self.report.unchanged
    }

    /// Rows that are wrong; they changed nothing.
    async fn refused(&self) -> u64 {
        self.report.refused
    }

    /// How many pairs of records, with those who came in, may be one person's: see `duplicates`. Absent when they were not
    /// compared, as in a dry run.
    async fn alike(&self) -> Option<u64> {
        self.alike
    }

    /// Headers of columns that nothing was read from.
    async fn ignored_columns(&self) -> &[String] {
        &self.report.ignored_columns
    }

    /// What is wrong with refused rows, in the order of the file.
    #[graphql(complexity = "usize::try_from(first).unwrap_or(0) * child_complexity + 1")]
    async fn problems(
        &self,
        #[graphql(
            default = 100,
            validator(minimum = 1, maximum = 500),
            desc = "At most so many."
        )]
        first: i32,
    ) -> Vec<ImportProblem> {
        let first = usize::try_from(first).unwrap_or(0);
        let problems = self.report.problems.iter().take(first);
        let languages = &self.languages;
        problems
            .map(|it| ImportProblem {
                row: it.row,
                column: it.column.clone(),
                code: it.code.to_owned(),
                message: word(it, languages),
            })
            .collect()
    }

    /// What became of every row, as CSV: `row,outcome,column,code,message`.
    #[graphql(complexity = 50)]
    async fn csv(&self) -> String {
        self.report.csv(|problem| word(problem, &self.languages))
    }
}

/// One thing that is wrong with a row.
#[derive(SimpleObject)]
pub struct ImportProblem {
    /// The line of the file, or the row of the sheet.
    pub(super) row: u64,
    /// The header of the column; absent when it is about the row as a whole.
    pub(super) column: Option<String>,
    /// What is wrong, as a stable code.
    pub(super) code: String,
    /// The same in the caller's language.
    pub(super) message: String,
}

fn word(problem: &Problem, languages: &Languages) -> String {
    let told = problem.told(languages);
    let arguments = told.iter().map(|(name, value)| (*name, value.as_str()));
    message(problem.code, arguments, languages)
}

impl From<(String, Columns)> for ImportMapping {
    fn from((name, columns): (String, Columns)) -> Self {
        let columns = columns.into_iter();
        Self {
            name,
            columns: columns
                .map(|(header, field)| ImportColumn { header, field })
                .collect(),
        }
    }
}

//! Files of workers, by GraphQL.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize};

use super::{Extent, ImportError, Plan, Problem, Report, Table, Unreadable};
use crate::graphql::{
    Answer, Beginning, Refusal, Refused, Upload, UserErrorOf, begin, message, refuse, request,
    settle, user_errors,
};
use crate::kernel::{Fault, Languages, ReadError};
use crate::ledger::ActReference;
use crate::workforce::Occasion;
use crate::workforce::graphql::ActInput;

/// A file of workers.
#[derive(InputObject)]
pub struct ImportWorkersInput {
    /// CSV or XLSX: a row for each worker, or for each of their postings.
    file: Upload,
    /// The name of a saved mapping of the columns; without it they are headed by the names of the fields.
    mapping: Option<String>,
    /// The sheet of a workbook; the first one when absent.
    sheet: Option<String>,
    /// Say what would happen, and change nothing.
    #[graphql(default)]
    dry_run: bool,
    /// The legal act on which the changes rest.
    act: Option<ActInput>,
}

/// How the columns of a file are to be understood.
#[derive(InputObject, Serialize)]
pub struct SaveImportMappingInput {
    /// Its name; a mapping that has it already is replaced.
    #[graphql(validator(min_length = 1, max_length = 100))]
    name: String,
    /// The columns that are read; others are left alone.
    #[graphql(validator(min_items = 1, max_items = 200))]
    columns: Vec<ImportColumnInput>,
    /// The legal act on which it rests.
    act: Option<ActInput>,
    /// Makes a repetition harmless: the same key with the same input gets the same answer, for 30 days.
    idempotency_key: Option<String>,
}

/// A column and what it says.
#[derive(InputObject, Serialize)]
pub struct ImportColumnInput {
    /// The column's header, as it stands in the file.
    header: String,
    /// A field (`family_name`, `starts_on` …) or a type of identifier.
    field: String,
}

/// A saved mapping.
#[derive(SimpleObject)]
pub struct ImportMapping {
    /// Its name.
    name: String,
    /// The columns that are read.
    columns: Vec<ImportColumn>,
}

/// A column and what it says.
#[derive(SimpleObject)]
pub struct ImportColumn {
    /// The column's header.
    header: String,
    /// A field, or a type of identifier.
    field: String,
}

/// Why a file was not imported; nothing of it was.
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
}

/// Why a mapping was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveImportMappingErrorCode {
    /// There is no field of that name.
    NoSuchField,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
}

/// The answer to `importWorkers`.
#[derive(SimpleObject)]
pub struct ImportWorkersPayload {
    /// What became of the rows; absent when the file was refused as a whole.
    report: Option<ImportReport>,
    /// Why it was refused as a whole; empty when it was not.
    errors: Vec<UserErrorOf<ImportWorkersErrorCode>>,
}

/// The answer to `saveImportMapping`.
#[derive(SimpleObject)]
pub struct SaveImportMappingPayload {
    /// The mapping as it was saved; absent when it was refused.
    mapping: Option<ImportMapping>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveImportMappingErrorCode>>,
}

/// What became of a file.
pub struct ImportReport {
    report: Report,
    languages: Languages,
    rehearsed: bool,
}

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
    row: u64,
    /// The header of the column; absent when it is about the row as a whole.
    column: Option<String>,
    /// What is wrong, as a stable code.
    code: String,
    /// The same in the caller's language.
    message: String,
}

#[derive(Default)]
pub struct InteropQuery;

#[Object]
impl InteropQuery {
    /// The saved mappings of columns, by name.
    #[tracing::instrument(name = "query importMappings", skip_all)]
    async fn import_mappings(&self, ctx: &Context<'_>) -> Result<Vec<ImportMapping>> {
        let rq = request(ctx);
        let found = async {
            let mut db = rq.read(false).await?;
            super::mappings(&mut db, rq.actor()).await
        };
        let found = found.await.map_err(|error| refuse(ctx, error))?;
        Ok(found.into_iter().map(ImportMapping::from).collect())
    }
}

#[derive(Default)]
pub struct InteropMutation;

#[Object]
impl InteropMutation {
    /// Bring in a file of workers. Whoever is new is registered, whoever is known is brought up to date, a row that is
    /// wrong stands alone. The same file once more changes nothing, so that it needs no key.
    #[graphql(complexity = "500 + child_complexity")]
    #[tracing::instrument(name = "mutation importWorkers", skip_all)]
    async fn import_workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and how it is to be read.")] input: ImportWorkersInput,
    ) -> Result<ImportWorkersPayload> {
        match import(ctx, input).await {
            Ok(report) => Ok(ImportWorkersPayload {
                report: Some(report),
                errors: Vec::new(),
            }),
            Err(ImportError::Read(error)) => Err(refuse(ctx, error)),
            Err(ImportError::Unreadable(why)) => {
                let path: &[&str] = match why {
                    Unreadable::NoMapping(_) | Unreadable::NoField(_) => &["mapping"],
                    Unreadable::NoSheet(_) => &["sheet"],
                    _ => &["file"],
                };
                let refused = refused(&why, path).map_err(|fault| refuse(ctx, fault))?;
                Ok(ImportWorkersPayload {
                    report: None,
                    errors: user_errors(ctx, vec![refused])?,
                })
            }
        }
    }

    /// Save how the columns of a file that comes again and again are to be understood.
    #[tracing::instrument(name = "mutation saveImportMapping", skip_all)]
    async fn save_import_mapping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mapping, and on what grounds.")] input: SaveImportMappingInput,
    ) -> Result<SaveImportMappingPayload> {
        let occasion = occasion(ctx, input.act.as_ref()).map_err(|error| refuse(ctx, error))?;
        let saved = Saved {
            name: input.name.trim().to_owned(),
            columns: (input.columns.iter())
                .map(|it| (it.header.trim().to_owned(), it.field.clone()))
                .collect(),
        };
        let key = input.idempotency_key.as_deref();
        let begun = begin::<_, NotSaved>(ctx, "saveImportMapping", key, &input).await?;
        let answer: Answer<Saved, _> = match begun {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut db = attempt.write().db();
                let ended =
                    super::save_mapping(&mut db, &occasion, &saved.name, &saved.columns).await;
                drop(db);
                let ended = ended.map(|()| saved).map_err(NotSaved);
                settle(ctx, attempt, ended).await?
            }
        };
        Ok(SaveImportMappingPayload {
            mapping: (answer.value).map(|it| ImportMapping::from((it.name, it.columns))),
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

/// A mapping as it was saved, and as a repetition is answered.
#[derive(Serialize, Deserialize)]
struct Saved {
    name: String,
    columns: super::Columns,
}

impl From<(String, super::Columns)> for ImportMapping {
    fn from((name, columns): (String, super::Columns)) -> Self {
        let columns = columns.into_iter();
        Self {
            name,
            columns: columns
                .map(|(header, field)| ImportColumn { header, field })
                .collect(),
        }
    }
}

async fn import(
    ctx: &Context<'_>,
    input: ImportWorkersInput,
) -> std::result::Result<ImportReport, ImportError> {
    let rq = request(ctx);
    let occasion = occasion(ctx, input.act.as_ref())?;
    let tenant = rq.tenant()?;
    // Whoever may not import does not even get their file read.
    (rq.actor()).may(crate::auth::Permission::ImportWorkers)?;
    let sheet = input.sheet.clone();
    let read = move || Table::read(&input.file.0, sheet.as_deref());
    let table = tokio::task::spawn_blocking(read)
        .await
        .map_err(Fault::internal)??;
    rq.finish().await;
    let plan = Plan {
        mapping: input.mapping,
        extent: if input.dry_run {
            Extent::Rehearsal
        } else {
            Extent::Batches
        },
    };
    let report = super::import_workers(tenant, &occasion, table, &plan, |_, _| ()).await?;
    Ok(ImportReport {
        report,
        languages: rq.languages().clone(),
        rehearsed: input.dry_run,
    })
}

fn occasion<'a>(
    ctx: &Context<'a>,
    act: Option<&ActInput>,
) -> std::result::Result<Occasion<'a>, ReadError> {
    let rq = request(ctx);
    Ok(Occasion {
        actor: rq.actor(),
        now: rq.now(),
        today: rq.today()?,
        phone_region: &rq.tenant()?.settings().phone_region,
        act: act.map(ActReference::from),
    })
}

fn word(problem: &Problem, languages: &Languages) -> String {
    let arguments = problem.arguments.iter();
    message(
        problem.code,
        arguments.map(|(name, value)| (*name, value.as_str())),
        languages,
    )
}

fn refused<C: serde::de::DeserializeOwned>(
    why: &Unreadable,
    path: &[&str],
) -> std::result::Result<Refused<C>, Fault> {
    let code = serde_json::from_value(serde_json::Value::from(why.code()))?;
    let refused = Refused::new(code, path);
    Ok(match why.argument() {
        Some(argument) => refused.with("value", &argument),
        None => refused,
    })
}

/// Why a mapping was not saved, in the codes of its mutation.
struct NotSaved(ImportError);

impl From<Fault> for NotSaved {
    fn from(fault: Fault) -> Self {
        Self(fault.into())
    }
}

impl Refusal for NotSaved {
    type Code = SaveImportMappingErrorCode;

    fn key_reused() -> std::result::Result<Self::Code, Fault> {
        Ok(SaveImportMappingErrorCode::IdempotencyKeyReused)
    }

    fn refused(self) -> std::result::Result<Vec<Refused<Self::Code>>, ReadError> {
        match self.0 {
            ImportError::Unreadable(why) => Ok(vec![refused(&why, &["columns", "field"])?]),
            ImportError::Read(error) => Err(error),
        }
    }
}

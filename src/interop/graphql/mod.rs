//! Files of workers, by GraphQL.

mod form_codes;
mod form_files;
mod lists;
mod objects;

use async_graphql::{Context, Object, Result};
use serde::{Deserialize, Serialize};

pub use self::form_codes::ImportXlsFormErrorCode;
pub use self::form_files::{FormFilesQuery, XlsFormMutation};
pub use self::lists::worker_list;
use self::objects::{
    ImportMapping, ImportReport, ImportWorkersInput, ImportWorkersPayload, SaveImportMappingInput,
    SaveImportMappingPayload,
};
pub use self::objects::{ImportWorkersErrorCode, SaveImportMappingErrorCode};
use super::{Extent, ImportError, Plan, Report, Table, Unreadable};
use crate::graphql::{
    Answer, Beginning, Ended, Refused, Told, begin, refuse, request, settle, user_errors,
};
use crate::kernel::{Fault, ReadError};
use crate::ledger::UnknownDocument;
use crate::workforce::graphql::occasion;

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
        let rehearsed = input.dry_run;
        let shown = |(report, alike)| ImportReport {
            report,
            alike,
            languages: request(ctx).languages().clone(),
            rehearsed,
        };
        match import(ctx, input).await {
            Ok(report) => Ok(ImportWorkersPayload {
                report: Some(shown(report)),
                errors: Vec::new(),
            }),
            Err(ImportError::Read(ReadError::Fault(fault))) if fault.is::<UnknownDocument>() => {
                let code = ImportWorkersErrorCode::ActDocumentNotFound;
                let refused = Refused::new(code, &["act", "document"]);
                Ok(ImportWorkersPayload {
                    report: None,
                    errors: user_errors(ctx, vec![refused])?,
                })
            }
            Err(ImportError::Read(error)) => Err(refuse(ctx, error)),
            Err(ImportError::Interrupted { report, fault }) => {
                let trace_id = request(ctx).trace_id();
                tracing::error!(trace_id, %fault, "an import was interrupted");
                let rows = report.rows.len().to_string();
                let stopped = Refused::new(ImportWorkersErrorCode::Interrupted, &["file"]);
                Ok(ImportWorkersPayload {
                    report: Some(shown((*report, None))),
                    errors: user_errors(ctx, vec![stopped.with("value", &rows)])?,
                })
            }
            Err(ImportError::Unreadable(why)) => {
                let path: &[&str] = match why {
                    Unreadable::NoMapping(_) | Unreadable::NoField(_) => &["mapping"],
                    Unreadable::NoSheet(_) => &["sheet"],
                    _ => &["file"],
                };
                let refused = told(&why, path)
                    .coded()
                    .map_err(|fault| refuse(ctx, fault))?;
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
        let begun = begin(ctx, "saveImportMapping", key, &input).await?;
        let answer: Answer<Saved, _> = match begun {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut db = attempt.write().db();
                let ended =
                    super::save_mapping(&mut db, &occasion, &saved.name, &saved.columns).await;
                drop(db);
                let ended = ended.map(|()| saved).map_err(not_saved);
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

/// What became of a file, and how many pairs of records may be one person's now.
async fn import(
    ctx: &Context<'_>,
    input: ImportWorkersInput,
) -> std::result::Result<(Report, Option<u64>), ImportError> {
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
    let is_in = plan.extent != Extent::Rehearsal && report.accepted + report.changed > 0;
    let alike = if is_in {
        super::compare(tenant, &occasion).await
    } else {
        None
    };
    Ok((report, alike))
}

fn told(why: &Unreadable, path: &[&str]) -> Told {
    let told = Told::new(why.code(), path);
    match why.argument() {
        Some(argument) => told.with("value", &argument),
        None => told,
    }
}

/// Why a mapping was not saved.
fn not_saved(error: ImportError) -> Ended {
    match error {
        ImportError::Unreadable(why) => Ended::Refused(vec![told(&why, &["columns", "field"])]),
        ImportError::Read(error) => error.into(),
        ImportError::Interrupted { fault, .. } => fault.into(),
    }
}

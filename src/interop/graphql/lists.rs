//! Which list of workers goes out, as JSON: `{"unlicensedWorkers": {"filter": {"orgUnitCode": "ML-03"}}}`. The names, the
//! filters and the other arguments are those of the lists in the schema.

use async_graphql::{ID, InputObject, OneofObject};

use crate::credentials::graphql::{LicenceFilterInput, ProviderFilterInput};
use crate::graphql::{from_json, id, optional_id};
use crate::interop::List;
use crate::kernel::{Invalid, Unfit};
use crate::workforce::graphql::{QualityFilterInput, QualityFlaw, WorkerFilterInput};

#[derive(OneofObject)]
enum WorkerListInput {
    Workers(FilteredInput),
    UnlicensedWorkers(FilteredInput),
    UntrainedWorkers(UntrainedInput),
    UnvettedWorkers(UnvettedInput),
    QualifiedNotPosted(QualifiedInput),
    Licences(LicencesInput),
    QualityQueue(QualityQueueInput),
    ExperiencedProviders(ProvidersInput),
}

#[derive(InputObject)]
struct FilteredInput {
    filter: Option<WorkerFilterInput>,
}

#[derive(InputObject)]
struct UntrainedInput {
    course: Option<ID>,
    #[graphql(default)]
    lapsed: bool,
    filter: Option<WorkerFilterInput>,
}

#[derive(InputObject)]
struct UnvettedInput {
    kind: Option<String>,
    filter: Option<WorkerFilterInput>,
}

#[derive(InputObject)]
struct QualifiedInput {
    cadre: ID,
    filter: Option<WorkerFilterInput>,
}

#[derive(InputObject)]
struct LicencesInput {
    filter: Option<LicenceFilterInput>,
}

#[derive(InputObject)]
struct QualityQueueInput {
    flaw: QualityFlaw,
    filter: Option<QualityFilterInput>,
}

#[derive(InputObject)]
struct ProvidersInput {
    filter: ProviderFilterInput,
}

/// The list that is asked for.
///
/// # Errors
/// Bad input for what is no such list.
pub fn worker_list(json: &serde_json::Value) -> Result<List, Invalid> {
    let input: Option<WorkerListInput> = from_json(json);
    let input = input.ok_or_else(|| Invalid::new("list", Unfit::NotAList))?;
    let those = |filter: Option<WorkerFilterInput>| filter.unwrap_or_default().read();
    Ok(match input {
        WorkerListInput::Workers(it) => List::Workers(those(it.filter)?),
        WorkerListInput::UnlicensedWorkers(it) => List::Unlicensed(those(it.filter)?),
        WorkerListInput::UntrainedWorkers(it) => List::Untrained {
            course: optional_id("list.course", it.course.as_ref())?,
            lapsed: it.lapsed,
            filter: those(it.filter)?,
        },
        WorkerListInput::UnvettedWorkers(it) => List::Unvetted {
            kind: it.kind,
            filter: those(it.filter)?,
        },
        WorkerListInput::QualifiedNotPosted(it) => List::QualifiedNotPosted {
            cadre: id("list.cadre", &it.cadre)?,
            filter: those(it.filter)?,
        },
        WorkerListInput::Licences(it) => List::Licences(it.filter.unwrap_or_default().read()?),
        WorkerListInput::QualityQueue(it) => List::Flawed {
            flaw: it.flaw.into(),
            filter: it.filter.unwrap_or_default().read()?,
        },
        WorkerListInput::ExperiencedProviders(it) => List::Providers(it.filter.read()?),
    })
}

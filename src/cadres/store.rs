//! The statements that read the taxonomy and the code lists into memory.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::cadre::{Isco08, State, Status, WorkerClass};
use super::crosswalk;
use super::history::{Dated, History};
use super::lists::{CodeListEntry, CodeLists, DEPARTURE_REASON, EntryCard, RECLASSIFICATION};
use super::taxonomy::Taxonomy;
use crate::kernel::{CadreId, Date, Fault, Text};
use crate::ledger::ActReference;
use crate::tenancy::Reference;

/// Holds the taxonomy still until the end of the transaction: for those who post people under its cadres.
pub(super) async fn hold(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock_shared(hashtextextended('kada cadres ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Waits for all who hold the taxonomy, and has it alone until the end of the transaction: for those who change it, so
/// that the second sees what the first has made, and what was posted meanwhile.
pub(super) async fn lock(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada cadres ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn know_reclassification(
    tx: &mut PgConnection,
    label: &Text,
) -> Result<(), Fault> {
    sqlx::query!(
        r#"insert into code_list_entry (list, code, label, attributes)
           values ($1, $2, $3, '{"exit_group": "not_an_exit"}')
           on conflict (list, code) do nothing"#,
        DEPARTURE_REASON,
        RECLASSIFICATION,
        Json(label) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

impl Reference for Taxonomy {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let mut later = later_states(connection).await?;
        let mut mappings = crosswalk::store::mappings(connection).await?;
        let rows = sqlx::query!(
            r#"select cadre_id as "id!: CadreId", number as "number!", cadre.code as "code!", version as "version!",
                      parent_id as "parent: CadreId", label as "label!: Json<Text>",
                      description as "description!: Json<Text>", sector as "sector!",
                      worker_class as "worker_class!", entry_qualification, is_licensed as "is_licensed!", council,
                      retirement_age, salary_grades as "salary_grades!",
                      career_steps as "career_steps!: Vec<CadreId>", valid_from,
                      act as "act: Json<ActReference>", isco08, title as "title?: Json<Text>", source as "source!"
               from cadre left join isco08 on isco08.code = cadre.isco08"#
        )
        .fetch_all(connection)
        .await?;
        let histories = rows.into_iter().map(|row| {
            let state = State {
                parent: row.parent,
                label: row.label.0,
                description: row.description.0,
                worker_class: class(&row.worker_class)?,
                entry_qualification: row.entry_qualification,
                is_licensed: row.is_licensed,
                council: row.council,
                retirement_age: row.retirement_age,
                salary_grades: row.salary_grades,
                career_steps: row.career_steps,
                status: Status::Active,
                successors: Vec::new(),
            };
            let first = Dated {
                from: row.valid_from,
                state: Arc::new(state),
                act: row.act.map(|Json(act)| act),
            };
            let later = later.remove(&row.id).unwrap_or_default();
            // A change on the very first day leaves no day to the first state.
            let gone =
                first.from.is_some() && later.first().is_some_and(|it| it.from == first.from);
            let first = (!gone).then_some(first);
            Ok(History {
                id: row.id,
                number: row.number,
                code: row.code,
                version: row.version,
                sector: row.sector.parse().map_err(Fault::internal)?,
                configured_isco08: row.isco08.map(|code| Isco08 {
                    code,
                    title: row.title.map(|Json(title)| title).unwrap_or_default(),
                }),
                source: row.source,
                mappings: Arc::new(mappings.remove(&row.id).unwrap_or_default()),
                states: first.into_iter().chain(later).collect(),
            })
        });
        Ok(Taxonomy::new(histories.collect::<Result<_, Fault>>()?))
    }
}

/// The states after the first, from the oldest.
async fn later_states(
    connection: &mut PgConnection,
) -> Result<HashMap<CadreId, Vec<Dated>>, Fault> {
    let rows = sqlx::query!(
        r#"select cadre_id as "id: CadreId", valid_from as "from: Date", parent_id as "parent: CadreId",
                  label as "label: Json<Text>", description as "description: Json<Text>", worker_class,
                  entry_qualification, is_licensed, council, retirement_age, salary_grades,
                  career_steps as "career_steps: Vec<CadreId>", status,
                  act as "act: Json<ActReference>",
                  array(select successor_id from cadre_successor it
                        where it.cadre_id = state.cadre_id and it.valid_from = state.valid_from
                        order by successor_id) as "successors!: Vec<CadreId>"
           from cadre_state state order by cadre_id, valid_from"#
    )
    .fetch_all(connection)
    .await?;
    let mut of: HashMap<CadreId, Vec<Dated>> = HashMap::new();
    for row in rows {
        let state = State {
            parent: row.parent,
            label: row.label.0,
            description: row.description.0,
            worker_class: class(&row.worker_class)?,
            entry_qualification: row.entry_qualification,
            is_licensed: row.is_licensed,
            council: row.council,
            retirement_age: row.retirement_age,
            salary_grades: row.salary_grades,
            career_steps: row.career_steps,
            status: Status::parse(&row.status)
                .ok_or_else(|| Fault::internal("a cadre has an unknown status"))?,
            successors: row.successors,
        };
        of.entry(row.id).or_default().push(Dated {
            from: Some(row.from),
            state: Arc::new(state),
            act: row.act.map(|Json(act)| act),
        });
    }
    Ok(of)
}

fn class(name: &str) -> Result<WorkerClass, Fault> {
    WorkerClass::parse(name).ok_or_else(|| Fault::internal("a cadre has an unknown class"))
}

impl Reference for CodeLists {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let rows = sqlx::query!(
            r#"select list, code, number, label as "label: Json<Text>",
                      attributes as "attributes: Json<Map<String, Value>>", version, retired_on, place
               from code_list_entry"#
        )
        .fetch_all(connection)
        .await?;
        let numbered = rows.into_iter().map(|row| {
            let entry = CodeListEntry {
                list: row.list,
                code: row.code,
                label: row.label.0,
                attributes: row.attributes.0,
            };
            let card = EntryCard {
                number: row.number,
                version: row.version,
                retired_on: row.retired_on,
                place: row.place,
            };
            (entry, card)
        });
        Ok(CodeLists::new(numbered.collect()))
    }
}

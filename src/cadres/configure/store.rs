//! The statements that bring the taxonomy and the code lists up to date: one for each, whatever its length.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{CadreRow, CadresConfiguration, EntryRow, entry_key};
use crate::cadres::Cadres;
use crate::kernel::{CadreId, Changes, Date, Fault, ListChanges};

pub(super) async fn isco08_codes(connection: &mut PgConnection) -> Result<BTreeSet<String>, Fault> {
    // Qualified, because the owner asks too, before the tenant exists.
    let codes = sqlx::query_scalar!("select code from shared.isco08")
        .fetch_all(connection)
        .await?;
    Ok(codes.into_iter().collect())
}

pub(super) async fn write(
    tx: &mut PgConnection,
    wanted: &CadresConfiguration,
    standing: &Cadres,
    changes: &Changes,
    day: Date,
) -> Result<(), Fault> {
    for list in changes.0.iter().filter(|list| !list.is_empty()) {
        match list.list.as_str() {
            "cadres" => cadres(tx, list, &wanted.cadres, standing, day).await?,
            _ => code_lists(tx, list, &wanted.code_lists).await?,
        }
    }
    Ok(())
}

/// A row with the ids that its codes stand for.
#[derive(Serialize)]
struct WithIds<'a> {
    #[serde(flatten)]
    row: &'a CadreRow,
    id: Option<CadreId>,
    parent_id: Option<CadreId>,
    step_ids: Vec<CadreId>,
}

async fn cadres(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[CadreRow],
    standing: &Cadres,
    day: Date,
) -> Result<(), Fault> {
    let known = standing
        .all()
        .iter()
        .map(|cadre| (cadre.code.as_str(), cadre.id));
    let mut ids: HashMap<&str, CadreId> = known.collect();
    for cadre in wanted {
        ids.entry(&cadre.code).or_insert_with(CadreId::new);
    }
    let id = |code: &str| ids.get(code).copied();
    let rows = list.touched(wanted, CadreRow::key).into_iter();
    let rows = rows.map(|row| WithIds {
        row,
        id: id(&row.code),
        parent_id: row.parent.as_deref().and_then(id),
        step_ids: (row.career_steps.iter()).filter_map(|it| id(it)).collect(),
    });
    let (changed, new): (Vec<_>, Vec<_>) =
        rows.partition(|it| standing.by_code(&it.row.code).is_some());
    sqlx::query!(
        "insert into cadre (cadre_id, code, parent_id, label, description, sector, worker_class, isco08,
                            entry_qualification, is_licensed, council, retirement_age, salary_grades, career_steps,
                            source)
         select id, code, parent_id, label, description, sector, worker_class, isco08, entry_qualification, licensed,
                licensing_council, retirement_age, salary_grades, step_ids, source
         from jsonb_to_recordset($1) as row (id uuid, code text, parent_id uuid, label jsonb, description jsonb,
              sector text, worker_class text, isco08 text, entry_qualification text, licensed boolean,
              licensing_council text, retirement_age smallint, salary_grades text[], step_ids uuid[], source text)",
        Json(new) as _,
    )
    .execute(&mut *tx)
    .await?;
    change(tx, &changed, day).await
}

/// What is dated becomes a state from the day on, with the status of the state before it; what is not is written over.
async fn change(tx: &mut PgConnection, rows: &[WithIds<'_>], day: Date) -> Result<(), Fault> {
    sqlx::query!(
        "with wanted as (
             select row.*, greatest($2, cadre.valid_from) as day
             from jsonb_to_recordset($1)
                 as row (id uuid, parent_id uuid, label jsonb, description jsonb, sector text, worker_class text,
                         isco08 text, entry_qualification text, licensed boolean, licensing_council text,
                         retirement_age smallint, salary_grades text[], step_ids uuid[], source text)
             join cadre on cadre_id = row.id
         ), named as (
             update cadre set sector = wanted.sector, isco08 = wanted.isco08, source = wanted.source,
                              version = version + 1
             from wanted where cadre_id = wanted.id
         ), dated as (
             select wanted.*, before.valid_from, before.status
             from wanted
             cross join lateral (
                 select valid_from, status from cadre_state where cadre_id = wanted.id and valid_from <= wanted.day
                 union all
                 select null, 'active'
                 order by valid_from desc nulls last limit 1
             ) before
         ), followed as (
             insert into cadre_successor (cadre_id, valid_from, successor_id)
             select id, day, successor_id
             from dated join cadre_successor it on it.cadre_id = dated.id and it.valid_from = dated.valid_from
             on conflict do nothing
         )
         insert into cadre_state (cadre_id, valid_from, parent_id, label, description, worker_class,
                                  entry_qualification, is_licensed, council, retirement_age, salary_grades, career_steps, status)
         select id, day, parent_id, label, description, worker_class, entry_qualification, licensed, licensing_council,
                retirement_age, salary_grades, step_ids, status
         from dated
         on conflict (cadre_id, valid_from) do update
         set parent_id = excluded.parent_id, label = excluded.label, description = excluded.description,
             worker_class = excluded.worker_class, entry_qualification = excluded.entry_qualification,
             is_licensed = excluded.is_licensed, council = excluded.council, retirement_age = excluded.retirement_age,
             salary_grades = excluded.salary_grades, career_steps = excluded.career_steps",
        Json(rows) as _,
        day,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn code_lists(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[EntryRow],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into code_list_entry (list, code, label, attributes, retired_on, place)
         select list, code, label, attributes, retired_on, place
         from jsonb_to_recordset($1)
             as row (list text, code text, label jsonb, attributes jsonb, retired_on date, place smallint)
         on conflict (list, code) do update
         set label = excluded.label, attributes = excluded.attributes, retired_on = excluded.retired_on,
             place = excluded.place, version = code_list_entry.version + 1",
        Json(list.touched(wanted, entry_key)) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

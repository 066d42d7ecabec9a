//! The statements that bring the taxonomy and the code lists up to date: one for each, whatever its length.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{CadreRow, CadresConfiguration, EntryRow, MappingRow, entry_key};
use crate::cadres::{Cadres, Status};
use crate::kernel::{CadreId, Changes, Date, Fault, FieldChange, Instant, ListChanges, MappingId};

pub(super) async fn write(
    tx: &mut PgConnection,
    wanted: &CadresConfiguration,
    standing: &Cadres,
    changes: &Changes,
    (now, day): (Instant, Date),
) -> Result<(), Fault> {
    let ids = ids(&wanted.cadres, standing);
    for list in changes.0.iter().filter(|list| !list.is_empty()) {
        match list.list.as_str() {
            "cadres" => cadres(tx, list, &wanted.cadres, (standing, &ids), day).await?,
            "crosswalk" => crosswalk(tx, list, &wanted.mappings, &ids, now).await?,
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
    successor_ids: Vec<CadreId>,
    /// The day from which it was retired so far.
    retired_from: Option<Date>,
}

type Ids<'a> = HashMap<&'a str, CadreId>;

/// Those that stand, and new ones for those that are wanted besides.
fn ids<'a>(wanted: &'a [CadreRow], standing: &'a Cadres) -> Ids<'a> {
    let known = standing
        .all()
        .iter()
        .map(|cadre| (cadre.code.as_str(), cadre.id));
    let mut ids: Ids<'a> = known.collect();
    for cadre in wanted {
        ids.entry(&cadre.code).or_insert_with(CadreId::new);
    }
    ids
}

async fn cadres(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[CadreRow],
    (standing, ids): (&Cadres, &Ids<'_>),
    day: Date,
) -> Result<(), Fault> {
    let id = |code: &str| ids.get(code).copied();
    let rows = list.touched(wanted, CadreRow::key).into_iter();
    let rows = rows.map(|row| WithIds {
        row,
        id: id(&row.code),
        parent_id: row.parent.as_deref().and_then(id),
        step_ids: (row.career_steps.iter()).filter_map(|it| id(it)).collect(),
        successor_ids: (row.successors.iter()).filter_map(|it| id(it)).collect(),
        retired_from: retired_from(standing, &row.code),
    });
    let (changed, new): (Vec<_>, Vec<_>) =
        rows.partition(|it| standing.by_code(&it.row.code).is_some());
    let fields_of = |it: &WithIds<'_>| list.changed.get(&it.row.code).into_iter().flatten();
    let is_of_status = |it: &&FieldChange| STATUS.contains(&it.field.as_str());
    let (mut ending, mut otherwise): (Vec<&WithIds<'_>>, Vec<&WithIds<'_>>) = (vec![], vec![]);
    for it in &changed {
        if fields_of(it).any(|it| is_of_status(&it)) {
            ending.push(it);
        }
        if !fields_of(it).all(|it| is_of_status(&it)) {
            otherwise.push(it);
        }
    }
    ending.extend(new.iter().filter(|it| it.row.status != Status::Active));
    sqlx::query!(
        "insert into cadre (cadre_id, code, parent_id, label, description, sector, worker_class, isco08,
                            entry_qualification, is_licensed, council, retirement_age, salary_grades, career_steps,
                            valid_from, source)
         select id, code, parent_id, label, description, sector, worker_class, isco08, entry_qualification, licensed,
                licensing_council, retirement_age, salary_grades, step_ids, valid_from, source
         from jsonb_to_recordset($1) as row (id uuid, code text, parent_id uuid, label jsonb, description jsonb,
              sector text, worker_class text, isco08 text, entry_qualification text, licensed boolean,
              licensing_council text, retirement_age smallint, salary_grades text[], step_ids uuid[], valid_from date,
              source text)",
        Json(&new) as _,
    )
    .execute(&mut *tx)
    .await?;
    change(tx, &otherwise, day).await?;
    end(tx, &ending, day).await
}

fn retired_from(standing: &Cadres, code: &str) -> Option<Date> {
    let ending = standing.by_code(code)?.ending.as_ref();
    ending
        .filter(|it| it.status == Status::Retired)
        .map(|it| it.from)
}

/// The fields that say how a cadre stands.
const STATUS: [&str; 3] = ["status", "status_from", "successors"];

/// A cadre that ends is so from its day on; one that is used again, from the day of the configuration. What it is called
/// and how it is classed stays.
async fn end(tx: &mut PgConnection, rows: &[&WithIds<'_>], day: Date) -> Result<(), Fault> {
    sqlx::query!(
        "with wanted as (
             select row.id, row.status, greatest(coalesce(row.status_from, $2), cadre.valid_from) as day
             from jsonb_to_recordset($1) as row (id uuid, status text, status_from date)
             join cadre on cadre_id = row.id
         ), raised as (
             update cadre set version = version + 1
             from wanted where cadre_id = wanted.id
         )
         insert into cadre_state (cadre_id, valid_from, parent_id, label, description, worker_class,
                                  entry_qualification, is_licensed, council, retirement_age, salary_grades, career_steps, status)
         select wanted.id, wanted.day, before.parent_id, before.label, before.description, before.worker_class,
                before.entry_qualification, before.is_licensed, before.council, before.retirement_age,
                before.salary_grades, before.career_steps, wanted.status
         from wanted
         cross join lateral (
             select valid_from, parent_id, label, description, worker_class, entry_qualification, is_licensed, council,
                    retirement_age, salary_grades, career_steps
             from cadre_state where cadre_id = wanted.id and valid_from <= wanted.day
             union all
             select null, parent_id, label, description, worker_class, entry_qualification, is_licensed, council,
                    retirement_age, salary_grades, career_steps
             from cadre where cadre_id = wanted.id
             order by valid_from desc nulls last limit 1
         ) before
         on conflict (cadre_id, valid_from) do update set status = excluded.status",
        Json(rows) as _,
        day,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "with wanted as (
             select row.id, row.status, row.successor_ids, row.retired_from,
                    greatest(coalesce(row.status_from, $2), cadre.valid_from) as day
             from jsonb_to_recordset($1)
                 as row (id uuid, status text, status_from date, successor_ids uuid[], retired_from date)
             join cadre on cadre_id = row.id
         ), followed as (
             insert into cadre_successor (cadre_id, valid_from, successor_id)
             select id, day, unnest(successor_ids) from wanted
             on conflict do nothing
         )
         update cadre_state
         set status = case when valid_from < wanted.day then 'active' else wanted.status end
         from wanted
         where cadre_id = wanted.id
           and (valid_from > wanted.day
                or (valid_from < wanted.day and valid_from >= wanted.retired_from and wanted.status <> 'active'))",
        Json(rows) as _,
        day,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What was approved of a day is so, whatever was proposed for it, or approved before.
async fn crosswalk(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[MappingRow],
    ids: &Ids<'_>,
    now: Instant,
) -> Result<(), Fault> {
    #[derive(Serialize)]
    struct Identified<'a> {
        #[serde(flatten)]
        row: &'a MappingRow,
        mapping_id: MappingId,
        cadre_id: Option<CadreId>,
    }
    let touched = list.touched(wanted, MappingRow::key).into_iter();
    let rows: Vec<Identified<'_>> = touched
        .map(|row| Identified {
            row,
            mapping_id: MappingId::new(),
            cadre_id: ids.get(row.cadre.as_str()).copied(),
        })
        .collect();
    sqlx::query!(
        "insert into cadre_mapping (mapping_id, cadre_id, edition, valid_from, status, author, reviewer, proposed_at,
                                    reviewed_at)
         select mapping_id, cadre_id, edition, valid_from, 'approved', author, approver, $2, $2
         from jsonb_to_recordset($1)
             as row (mapping_id uuid, cadre_id uuid, edition text, valid_from date, author text, approver text)
         on conflict (cadre_id, edition, valid_from) where status <> 'rejected' do update
         set status = 'approved', author = excluded.author, reviewer = excluded.reviewer,
             reviewed_at = excluded.reviewed_at",
        Json(&rows) as _,
        now,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from cadre_mapping_target
         where mapping_id in (
             select it.mapping_id
             from jsonb_to_recordset($1) as row (cadre_id uuid, edition text, valid_from date)
             join cadre_mapping it using (cadre_id, edition, valid_from)
             where it.status = 'approved')",
        Json(&rows) as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into cadre_mapping_target (mapping_id, edition, code, relation, share)
         select it.mapping_id, it.edition, target.code, target.relation, target.share
         from jsonb_to_recordset($1) as row (cadre_id uuid, edition text, valid_from date, targets jsonb)
         join cadre_mapping it using (cadre_id, edition, valid_from)
         cross join lateral jsonb_to_recordset(row.targets) as target (code text, relation text, share smallint)
         where it.status = 'approved'",
        Json(&rows) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What is dated becomes a state from the day on, with the status of the state before it; what is not is written over.
async fn change(tx: &mut PgConnection, rows: &[&WithIds<'_>], day: Date) -> Result<(), Fault> {
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

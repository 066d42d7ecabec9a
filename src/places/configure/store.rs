//! The statements that bring places up to date: one for each list, whatever its length. A row comes as an element of
//! one JSON array; the ids of rows that stand stay as they are.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{ClassRow, FacilityRow, PlacesConfiguration, PopulationRow, UnitRow};
use crate::kernel::{Changes, Date, FacilityId, Fault, ListChanges, OrgUnitId};
use crate::places::{FacilityType, Ownership, Places};

pub(super) async fn write(
    tx: &mut PgConnection,
    wanted: &PlacesConfiguration,
    standing: &Places,
    changes: &Changes,
    day: Date,
) -> Result<(), Fault> {
    let mut ids: HashMap<&str, OrgUnitId> = standing
        .units()
        .iter()
        .map(|unit| (unit.code.as_str(), unit.id))
        .collect();
    for unit in &wanted.units {
        ids.entry(&unit.code).or_insert_with(OrgUnitId::new);
    }
    for list in changes.0.iter().filter(|list| !list.is_empty()) {
        match list.list.as_str() {
            "org_units" => units(tx, list, &wanted.units, standing, &ids, day).await?,
            "populations" => populations(tx, list, &wanted.populations, &ids).await?,
            "facility_types" => types(tx, list, &wanted.types).await?,
            "ownership" => ownerships(tx, list, &wanted.ownerships).await?,
            _ => facilities(tx, list, &wanted.facilities, standing, &ids, day).await?,
        }
    }
    Ok(())
}

/// A row with the ids that its codes stand for.
#[derive(Serialize)]
struct WithIds<'a, T, I> {
    #[serde(flatten)]
    row: &'a T,
    id: I,
    unit_id: Option<OrgUnitId>,
    /// Whether anything changes that holds from a day on.
    is_dated: bool,
}

/// Whether the fields that differ are dated: all but those that `undated` names.
fn is_dated(list: &ListChanges, code: &str, undated: &[&str]) -> bool {
    let fields = list.changed.get(code).into_iter().flatten();
    let mut dated = fields.filter(|it| !undated.contains(&it.field.as_str()));
    dated.next().is_some()
}

async fn units(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[UnitRow],
    standing: &Places,
    ids: &HashMap<&str, OrgUnitId>,
    day: Date,
) -> Result<(), Fault> {
    let rows: Vec<WithIds<'_, UnitRow, Option<OrgUnitId>>> = list
        .touched(wanted, UnitRow::key)
        .into_iter()
        .map(|row| WithIds {
            row,
            id: ids.get(row.code.as_str()).copied(),
            unit_id: row
                .parent
                .as_deref()
                .and_then(|parent| ids.get(parent).copied()),
            is_dated: is_dated(list, &row.code, &["valid_from", "valid_to", "source"]),
        })
        .collect();
    let (changed, new): (Vec<_>, Vec<_>) =
        (rows.into_iter()).partition(|it| standing.unit_by_code(&it.row.code).is_some());
    sqlx::query!(
        "insert into org_unit (org_unit_id, code, parent_id, level, name, kind, iso_3166_2,
                               valid_from, valid_to, source)
         select id, code, unit_id, level, name, kind, iso_3166_2, valid_from, valid_to, source
         from jsonb_to_recordset($1) as row (id uuid, code text, unit_id uuid, level smallint, name jsonb,
              kind text, iso_3166_2 text, valid_from date, valid_to date, source text)",
        Json(new) as _,
    )
    .execute(&mut *tx)
    .await?;
    change_units(tx, &changed, day).await
}

/// What is dated becomes a state from the day on; what is not is written over.
async fn change_units(
    tx: &mut PgConnection,
    rows: &[WithIds<'_, UnitRow, Option<OrgUnitId>>],
    day: Date,
) -> Result<(), Fault> {
    sqlx::query!(
        "with wanted as (
             select *, greatest($2, valid_from) as day
             from jsonb_to_recordset($1) as row (id uuid, unit_id uuid, level smallint, name jsonb, kind text,
                  iso_3166_2 text, valid_from date, valid_to date, source text, is_dated boolean)
         ), named as (
             update org_unit set valid_from = wanted.valid_from, valid_to = wanted.valid_to, source = wanted.source,
                                 version = version + 1
             from wanted where org_unit_id = wanted.id
         ), ended as (
             update org_unit_state state
             set status = case when state.valid_from > wanted.valid_to then 'closed' else 'active' end
             from wanted where org_unit_id = wanted.id and not (wanted.is_dated and state.valid_from = wanted.day)
         )
         insert into org_unit_state (org_unit_id, valid_from, parent_id, level, name, kind, iso_3166_2, status)
         select id, day, unit_id, level, name, kind, iso_3166_2,
                case when day > valid_to then 'closed' else 'active' end
         from wanted where is_dated
         on conflict (org_unit_id, valid_from) do update
         set parent_id = excluded.parent_id, level = excluded.level, name = excluded.name, kind = excluded.kind,
             iso_3166_2 = excluded.iso_3166_2, status = excluded.status",
        Json(rows) as _,
        day,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn populations(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[PopulationRow],
    ids: &HashMap<&str, OrgUnitId>,
) -> Result<(), Fault> {
    let rows: Vec<WithIds<'_, PopulationRow, ()>> = list
        .touched(wanted, PopulationRow::key)
        .into_iter()
        .map(|row| WithIds {
            row,
            id: (),
            unit_id: ids.get(row.unit.as_str()).copied(),
            is_dated: false,
        })
        .collect();
    sqlx::query!(
        "insert into population (org_unit_id, year, source, people)
         select unit_id, year, source, people
         from jsonb_to_recordset($1) as row (unit_id uuid, year smallint, source text, people bigint)
         on conflict (org_unit_id, year, source) do update set people = excluded.people",
        Json(rows) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn types(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[ClassRow<FacilityType>],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into facility_type (code, label, tier, provider_class, sector, retired_on, source)
         select code, label, tier, provider_class, sector, retired_on, source
         from jsonb_to_recordset($1) as row (code text, label jsonb, tier text, provider_class text,
              sector text, retired_on date, source text)
         on conflict (code) do update
         set label = excluded.label, tier = excluded.tier, provider_class = excluded.provider_class,
             sector = excluded.sector, retired_on = excluded.retired_on, source = excluded.source,
             version = facility_type.version + 1",
        Json(list.touched(wanted, ClassRow::key)) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn ownerships(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[ClassRow<Ownership>],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into ownership (code, label, nhwa_group, retired_on, source)
         select code, label, nhwa_group, retired_on, source
         from jsonb_to_recordset($1) as row (code text, label jsonb, nhwa_group text, retired_on date, source text)
         on conflict (code) do update
         set label = excluded.label, nhwa_group = excluded.nhwa_group, retired_on = excluded.retired_on,
             source = excluded.source, version = ownership.version + 1",
        Json(list.touched(wanted, ClassRow::key)) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn facilities(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[FacilityRow],
    standing: &Places,
    ids: &HashMap<&str, OrgUnitId>,
    day: Date,
) -> Result<(), Fault> {
    let known: HashMap<&str, FacilityId> = standing
        .facilities()
        .iter()
        .map(|facility| (facility.code.as_str(), facility.id))
        .collect();
    let rows: Vec<WithIds<'_, FacilityRow, FacilityId>> = list
        .touched(wanted, FacilityRow::key)
        .into_iter()
        .map(|row| WithIds {
            row,
            id: known
                .get(row.code.as_str())
                .copied()
                .unwrap_or_else(FacilityId::new),
            unit_id: ids.get(row.unit.as_str()).copied(),
            is_dated: is_dated(list, &row.code, &["opened_on", "closed_on"]),
        })
        .collect();
    let (changed, new): (Vec<_>, Vec<_>) =
        (rows.into_iter()).partition(|it| known.contains_key(it.row.code.as_str()));
    sqlx::query!(
        "insert into facility (facility_id, code, name, type_code, ownership, org_unit_id, setting,
                               opened_on, closed_on)
         select id, code, name, type_code, ownership, unit_id, setting, opened_on, closed_on
         from jsonb_to_recordset($1) as row (id uuid, code text, name text, type_code text, ownership text,
              unit_id uuid, setting text, opened_on date, closed_on date)",
        Json(new) as _,
    )
    .execute(&mut *tx)
    .await?;
    change_facilities(tx, &changed, day).await
}

/// What is dated becomes a state from the day on; the days on which it opens and closes are written over.
async fn change_facilities(
    tx: &mut PgConnection,
    rows: &[WithIds<'_, FacilityRow, FacilityId>],
    day: Date,
) -> Result<(), Fault> {
    sqlx::query!(
        "with wanted as (
             select * from jsonb_to_recordset($1) as row (id uuid, name text, type_code text, ownership text,
                  unit_id uuid, setting text, opened_on date, closed_on date, is_dated boolean)
         ), named as (
             update facility set opened_on = wanted.opened_on, closed_on = wanted.closed_on, version = version + 1
             from wanted where facility_id = wanted.id
         ), ended as (
             update facility_state state
             set status = case when state.valid_from >= wanted.closed_on then 'closed' else 'open' end
             from wanted where facility_id = wanted.id and not (wanted.is_dated and state.valid_from = $2)
         )
         insert into facility_state (facility_id, valid_from, name, type_code, ownership, org_unit_id, setting, status)
         select id, $2, name, type_code, ownership, unit_id, setting,
                case when $2 >= closed_on then 'closed' else 'open' end
         from wanted where is_dated
         on conflict (facility_id, valid_from) do update
         set name = excluded.name, type_code = excluded.type_code, ownership = excluded.ownership,
             org_unit_id = excluded.org_unit_id, setting = excluded.setting, status = excluded.status",
        Json(rows) as _,
        day,
    )
    .execute(tx)
    .await?;
    Ok(())
}

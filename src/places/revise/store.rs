//! The statements that write places, and count whom a change touches.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::class::SaveClass;
use super::facility::FacilityRevision;
use super::population::Count;
use super::unit::UnitRevision;
use crate::kernel::{Date, FacilityId, Fault, OrgUnitId, Text};
use crate::ledger::ActReference;
use crate::places::{FacilityType, Ownership};

/// How many people hold postings at some facilities from a day on, and how many postings these are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub workers: i64,
    /// In force on the day.
    pub postings: i64,
    /// Those that begin later.
    pub postings_to_come: i64,
    /// That are approved on the day or later.
    pub posts: i64,
    /// For one of these facilities alone, in force on the day or later.
    pub norms: i64,
}

pub(super) async fn touched(
    connection: &mut PgConnection,
    facilities: &[FacilityId],
    from: Date,
) -> Result<Touched, Fault> {
    Ok(sqlx::query_as!(
        Touched,
        r#"select count(distinct worker_id) as "workers!",
                  count(*) filter (where starts_on <= $2) as "postings!",
                  count(*) filter (where starts_on > $2) as "postings_to_come!",
                  (select count(distinct post_id) from place_post
                   where facility_id = any($1) and (valid_to is null or valid_to >= $2)) as "posts!",
                  (select count(*) from place_norm
                   where facility_id = any($1) and (valid_to is null or valid_to >= $2)) as "norms!"
           from place_posting where facility_id = any($1) and (ends_on is null or ends_on >= $2)"#,
        facilities as &[FacilityId],
        from,
    )
    .fetch_one(connection)
    .await?)
}

/// A new org unit, which took over from others.
pub(super) async fn insert_unit(
    tx: &mut PgConnection,
    new: &UnitRevision,
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let state = &new.after;
    sqlx::query!(
        "with made as (
             insert into org_unit (org_unit_id, code, parent_id, level, name, kind, iso_3166_2, valid_from, source, act)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         )
         insert into org_unit_successor (org_unit_id, successor_id, valid_from)
         select id, $1, $8 from unnest($11::uuid[]) as predecessor (id)",
        new.unit as OrgUnitId,
        new.code,
        state.parent as Option<OrgUnitId>,
        i16::from(state.level),
        Json(&state.name) as _,
        state.kind,
        state.iso_3166_2,
        new.from,
        new.source,
        act.map(Json) as _,
        &new.predecessors as &[OrgUnitId],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A state from a day on for each of some units; one of the same day is written over, and its ledger row remains.
pub(super) async fn change_units(
    tx: &mut PgConnection,
    revisions: &[&UnitRevision],
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let mut units = Columns::default();
    for it in revisions {
        units.add(it);
    }
    sqlx::query!(
        "with changed as (
             select * from unnest($1::uuid[], $2::date[], $3::int[], $4::uuid[], $5::smallint[], $6::jsonb[], $7::text[],
                                  $8::text[], $9::text[])
                 as unit (id, valid_from, version, parent, level, name, kind, iso, status)
         ), raised as (
             update org_unit set version = changed.version from changed where org_unit_id = changed.id
         ), followed as (
             insert into org_unit_successor (org_unit_id, successor_id, valid_from)
             select follows.id, follows.successor, changed.valid_from
             from unnest($11::uuid[], $12::uuid[]) as follows (id, successor) join changed using (id)
             on conflict do nothing
         )
         insert into org_unit_state (org_unit_id, valid_from, parent_id, level, name, kind, iso_3166_2, status, act)
         select id, valid_from, parent, level, name, kind, iso, status, $10 from changed
         on conflict (org_unit_id, valid_from) do update
         set parent_id = excluded.parent_id, level = excluded.level, name = excluded.name, kind = excluded.kind,
             iso_3166_2 = excluded.iso_3166_2, status = excluded.status, act = excluded.act",
        &units.ids as &[OrgUnitId],
        &units.froms,
        &units.versions,
        &units.parents as &[Option<OrgUnitId>],
        &units.levels,
        &units.names as &[Json<&Text>],
        &units.kinds as &[&str],
        &units.iso_codes as &[Option<&str>],
        &units.statuses as &[&str],
        act.map(Json) as _,
        &units.followed as &[OrgUnitId],
        &units.successors as &[OrgUnitId],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What some units become, column by column, and who takes over from whom.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<OrgUnitId>,
    froms: Vec<Date>,
    versions: Vec<i32>,
    parents: Vec<Option<OrgUnitId>>,
    levels: Vec<i16>,
    names: Vec<Json<&'a Text>>,
    kinds: Vec<&'a str>,
    iso_codes: Vec<Option<&'a str>>,
    statuses: Vec<&'a str>,
    followed: Vec<OrgUnitId>,
    successors: Vec<OrgUnitId>,
}

impl<'a> Columns<'a> {
    fn add(&mut self, revision: &'a UnitRevision) {
        let state = &revision.after;
        self.ids.push(revision.unit);
        self.froms.push(revision.from);
        self.versions.push(revision.version);
        self.parents.push(state.parent);
        self.levels.push(i16::from(state.level));
        self.names.push(Json(&state.name));
        self.kinds.push(&state.kind);
        self.iso_codes.push(state.iso_3166_2.as_deref());
        self.statuses.push(state.status.as_str());
        for successor in &revision.successors {
            self.followed.push(revision.unit);
            self.successors.push(*successor);
        }
    }
}

/// A new facility.
pub(super) async fn insert_facility(
    tx: &mut PgConnection,
    new: &FacilityRevision,
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let state = &new.after;
    sqlx::query!(
        "insert into facility (facility_id, code, name, type_code, ownership, org_unit_id, setting, opened_on, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.facility as FacilityId,
        new.code,
        state.name,
        &*state.type_code,
        &*state.ownership,
        state.unit as OrgUnitId,
        state.setting.as_str(),
        new.from,
        act.map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A state from a day on; one of the same day is written over, and its ledger row remains.
pub(super) async fn change_facility(
    tx: &mut PgConnection,
    revision: &FacilityRevision,
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let state = &revision.after;
    sqlx::query!(
        "with raised as (
             update facility set version = $10 where facility_id = $1
         )
         insert into facility_state (facility_id, valid_from, name, type_code, ownership, org_unit_id, setting, status,
                                     act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (facility_id, valid_from) do update
         set name = excluded.name, type_code = excluded.type_code, ownership = excluded.ownership,
             org_unit_id = excluded.org_unit_id, setting = excluded.setting, status = excluded.status,
             act = excluded.act",
        revision.facility as FacilityId,
        revision.from,
        state.name,
        &*state.type_code,
        &*state.ownership,
        state.unit as OrgUnitId,
        state.setting.as_str(),
        state.status.as_str(),
        act.map(Json) as _,
        revision.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// New figures of populations, and corrected ones.
pub(super) async fn record_populations(
    tx: &mut PgConnection,
    counts: &[Count],
) -> Result<(), Fault> {
    let units: Vec<OrgUnitId> = counts.iter().map(|it| it.unit).collect();
    let years: Vec<i16> = (counts.iter())
        .map(|it| i16::try_from(it.year).unwrap_or(i16::MAX))
        .collect();
    let sources: Vec<String> = counts.iter().map(|it| it.source.clone()).collect();
    let people: Vec<i64> = counts.iter().map(|it| it.people).collect();
    sqlx::query!(
        "insert into population (org_unit_id, year, source, people)
         select * from unnest($1::uuid[], $2::smallint[], $3::text[], $4::bigint[])
         on conflict (org_unit_id, year, source) do update set people = excluded.people",
        &units as &[OrgUnitId],
        &years,
        &sources,
        &people,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn save_facility_type(
    tx: &mut PgConnection,
    save: &SaveClass<FacilityType>,
    version: i32,
) -> Result<(), Fault> {
    let class = &save.class;
    sqlx::query!(
        "insert into facility_type (code, label, tier, provider_class, sector, source, version, retired_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (code) do update
         set label = excluded.label, tier = excluded.tier, provider_class = excluded.provider_class,
             sector = excluded.sector, source = excluded.source, version = excluded.version,
             retired_on = excluded.retired_on",
        class.code,
        Json(&class.label) as _,
        class.tier,
        class.provider_class,
        class.sector.as_str(),
        class.source,
        version,
        save.retired_on,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn save_ownership(
    tx: &mut PgConnection,
    save: &SaveClass<Ownership>,
    version: i32,
) -> Result<(), Fault> {
    let class = &save.class;
    sqlx::query!(
        "insert into ownership (code, label, nhwa_group, source, version, retired_on)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (code) do update
         set label = excluded.label, nhwa_group = excluded.nhwa_group, source = excluded.source,
             version = excluded.version, retired_on = excluded.retired_on",
        class.code,
        Json(&class.label) as _,
        class.nhwa_group,
        class.source,
        version,
        save.retired_on,
    )
    .execute(tx)
    .await?;
    Ok(())
}

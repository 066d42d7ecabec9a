//! All statements about `org_unit`, `population`, `facility_type`, `ownership` and `facility`.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::place::{Facility, FacilityType, OrgUnit, Ownership, Places, Population, Setting};
use crate::kernel::{FacilityId, Fault, OrgUnitId, Text};
use crate::tenancy::Reference;

impl Reference for Places {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let units = units(connection).await?;
        let populations = populations(connection).await?;
        let types = types(connection).await?;
        let ownerships = ownerships(connection).await?;
        let facilities = facilities(connection).await?;
        Ok(Places::new(
            units,
            populations,
            types,
            ownerships,
            facilities,
        ))
    }
}

async fn units(connection: &mut PgConnection) -> Result<Vec<OrgUnit>, Fault> {
    let rows = sqlx::query!(
        r#"select org_unit_id as "id: OrgUnitId", code, parent_id as "parent: OrgUnitId", level,
                  name as "name: Json<Text>", kind, iso_3166_2, valid_from, valid_to, source
           from org_unit"#
    )
    .fetch_all(connection)
    .await?;
    let units = rows.into_iter().map(|row| OrgUnit {
        id: row.id,
        code: row.code,
        parent: row.parent,
        level: u8::try_from(row.level).unwrap_or(u8::MAX),
        name: row.name.0,
        kind: row.kind,
        iso_3166_2: row.iso_3166_2,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        source: row.source,
    });
    Ok(units.collect())
}

async fn populations(connection: &mut PgConnection) -> Result<Vec<Population>, Fault> {
    let rows = sqlx::query!(
        r#"select org_unit_id as "unit: OrgUnitId", year, source, people from population"#
    )
    .fetch_all(connection)
    .await?;
    let populations = rows.into_iter().map(|row| Population {
        unit: row.unit,
        year: row.year.unsigned_abs(),
        source: row.source,
        people: row.people.unsigned_abs(),
    });
    Ok(populations.collect())
}

async fn types(connection: &mut PgConnection) -> Result<Vec<FacilityType>, Fault> {
    let rows = sqlx::query!(
        r#"select code, label as "label: Json<Text>", tier, provider_class, sector, source
           from facility_type order by code"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(FacilityType {
                code: row.code,
                label: row.label.0,
                tier: row.tier,
                provider_class: row.provider_class,
                sector: row.sector.parse().map_err(Fault::internal)?,
                source: row.source,
            })
        })
        .collect()
}

async fn ownerships(connection: &mut PgConnection) -> Result<Vec<Ownership>, Fault> {
    let rows = sqlx::query!(
        r#"select code, label as "label: Json<Text>", nhwa_group, source from ownership order by code"#
    )
    .fetch_all(connection)
    .await?;
    let ownerships = rows.into_iter().map(|row| Ownership {
        code: row.code,
        label: row.label.0,
        nhwa_group: row.nhwa_group,
        source: row.source,
    });
    Ok(ownerships.collect())
}

async fn facilities(connection: &mut PgConnection) -> Result<Vec<Facility>, Fault> {
    let rows = sqlx::query!(
        r#"select facility_id as "id: FacilityId", number, code, name, type_code, ownership,
                  org_unit_id as "unit: OrgUnitId", setting, opened_on, closed_on
           from facility"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Facility {
                id: row.id,
                number: row.number,
                code: row.code,
                name: row.name,
                type_code: row.type_code,
                ownership: row.ownership,
                unit: row.unit,
                setting: Setting::parse(&row.setting)
                    .ok_or_else(|| Fault::internal("a facility has an unknown setting"))?,
                opened_on: row.opened_on,
                closed_on: row.closed_on,
            })
        })
        .collect()
}

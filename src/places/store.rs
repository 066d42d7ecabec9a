//! The statements that read the places through time into memory, and hold them still.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use sqlx::PgConnection;
use sqlx::types::Json;

use super::gazetteer::Gazetteer;
use super::history::{Dated, FacilityCard, FacilityHistory, States, UnitHistory};
use super::picture::Shared;
use super::place::{
    ClassCard, FacilityState, FacilityStatus, FacilityType, Ownership, Population, Setting,
    UnitState, UnitStatus,
};
use crate::kernel::{Date, FacilityId, Fault, OrgUnitId, Text};
use crate::ledger::ActReference;
use crate::tenancy::Reference;

/// Two who change the places of one country queue here, so that the second sees what the first has made.
pub(super) async fn lock(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada places ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Several may hold the places still at once.
pub(super) async fn hold(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock_shared(hashtextextended('kada places ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

impl Reference for Gazetteer {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let units = units(connection).await?;
        let facilities = facilities(connection).await?;
        let types = types(connection).await?;
        let ownerships = ownerships(connection).await?;
        let populations = populations(connection).await?;
        let shared = Shared::new(types, ownerships, populations);
        Ok(Gazetteer::new(units, facilities, shared))
    }
}

/// Rows with the place that each is of, which come from the oldest, by place.
fn grouped<K: Eq + Hash, T>(rows: impl Iterator<Item = (K, T)>) -> HashMap<K, Vec<T>> {
    let mut of: HashMap<K, Vec<T>> = HashMap::new();
    for (key, row) in rows {
        of.entry(key).or_default().push(row);
    }
    of
}

fn level(level: i16) -> u8 {
    u8::try_from(level).unwrap_or(u8::MAX)
}

async fn units(connection: &mut PgConnection) -> Result<Vec<UnitHistory>, Fault> {
    let mut later = unit_states(connection).await?;
    let mut successors = successors(connection).await?;
    let rows = sqlx::query!(
        r#"select org_unit_id as "id: OrgUnitId", code, parent_id as "parent: OrgUnitId", level,
                  name as "name: Json<Text>", kind, iso_3166_2, valid_from, valid_to, source, version,
                  act as "act: Json<ActReference>"
           from org_unit"#
    )
    .fetch_all(connection)
    .await?;
    let units = rows.into_iter().map(|row| {
        let first = Dated {
            from: row.valid_from,
            act: row.act.map(|Json(act)| Box::new(act)),
            state: Arc::new(UnitState {
                parent: row.parent,
                level: level(row.level),
                name: row.name.0,
                kind: row.kind,
                iso_3166_2: row.iso_3166_2,
                status: UnitStatus::Active,
            }),
        };
        UnitHistory {
            id: row.id,
            code: row.code,
            version: row.version,
            valid_from: row.valid_from,
            configured_to: row.valid_to,
            source: row.source,
            states: States::new(first, later.remove(&row.id).unwrap_or_default()),
            successors: successors.remove(&row.id).unwrap_or_default(),
        }
    });
    Ok(units.collect())
}

async fn unit_states(
    connection: &mut PgConnection,
) -> Result<HashMap<OrgUnitId, Vec<Dated<Arc<UnitState>>>>, Fault> {
    let rows = sqlx::query!(
        r#"select org_unit_id as "id: OrgUnitId", valid_from as "from: Date", parent_id as "parent: OrgUnitId",
                  level, name as "name: Json<Text>", kind, iso_3166_2, status, act as "act: Json<ActReference>"
           from org_unit_state order by org_unit_id, valid_from"#
    )
    .fetch_all(connection)
    .await?;
    let states = rows.into_iter().map(|row| {
        let state = UnitState {
            parent: row.parent,
            level: level(row.level),
            name: row.name.0,
            kind: row.kind,
            iso_3166_2: row.iso_3166_2,
            status: if row.status == UnitStatus::Closed.as_str() {
                UnitStatus::Closed
            } else {
                UnitStatus::Active
            },
        };
        let dated = Dated {
            from: Some(row.from),
            state: Arc::new(state),
            act: row.act.map(|Json(act)| Box::new(act)),
        };
        (row.id, dated)
    });
    Ok(grouped(states))
}

async fn successors(
    connection: &mut PgConnection,
) -> Result<HashMap<OrgUnitId, Vec<(OrgUnitId, Date)>>, Fault> {
    let rows = sqlx::query!(
        r#"select org_unit_id as "id: OrgUnitId", successor_id as "successor: OrgUnitId", valid_from as "from: Date"
           from org_unit_successor order by org_unit_id, valid_from, successor_id"#
    )
    .fetch_all(connection)
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| (row.id, (row.successor, row.from)));
    Ok(grouped(rows))
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

async fn types(connection: &mut PgConnection) -> Result<Vec<(FacilityType, ClassCard)>, Fault> {
    let rows = sqlx::query!(
        r#"select code, label as "label: Json<Text>", tier, provider_class, sector, source,
                  version, retired_on
           from facility_type order by code"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let card = ClassCard {
                version: row.version,
                retired_on: row.retired_on,
            };
            let class = FacilityType {
                code: row.code,
                label: row.label.0,
                tier: row.tier,
                provider_class: row.provider_class,
                sector: row.sector.parse().map_err(Fault::internal)?,
                source: row.source,
            };
            Ok((class, card))
        })
        .collect()
}

async fn ownerships(connection: &mut PgConnection) -> Result<Vec<(Ownership, ClassCard)>, Fault> {
    let rows = sqlx::query!(
        r#"select code, label as "label: Json<Text>", nhwa_group, source, version, retired_on
           from ownership order by code"#
    )
    .fetch_all(connection)
    .await?;
    let ownerships = rows.into_iter().map(|row| {
        let card = ClassCard {
            version: row.version,
            retired_on: row.retired_on,
        };
        let class = Ownership {
            code: row.code,
            label: row.label.0,
            nhwa_group: row.nhwa_group,
            source: row.source,
        };
        (class, card)
    });
    Ok(ownerships.collect())
}

async fn facilities(connection: &mut PgConnection) -> Result<Vec<FacilityHistory>, Fault> {
    let mut codes = Codes::default();
    let mut later = facility_states(connection, &mut codes).await?;
    let rows = sqlx::query!(
        r#"select facility_id as "id: FacilityId", number, code, name, type_code, ownership,
                  org_unit_id as "unit: OrgUnitId", setting, opened_on, closed_on, version,
                  act as "act: Json<ActReference>"
           from facility"#
    )
    .fetch_all(connection)
    .await?;
    let facilities = rows.into_iter().map(|row| {
        let first = Dated {
            from: None,
            act: row.act.map(|Json(act)| Box::new(act)),
            state: FacilityState {
                name: row.name,
                type_code: codes.shared(row.type_code),
                ownership: codes.shared(row.ownership),
                unit: row.unit,
                setting: setting(&row.setting)?,
                status: FacilityStatus::Open,
            },
        };
        let states = States::new(first, later.remove(&row.id).unwrap_or_default());
        let card = FacilityCard {
            id: row.id,
            number: row.number,
            code: row.code,
            version: row.version,
            opened_on: row.opened_on,
            configured_close: row.closed_on,
        };
        Ok(FacilityHistory::new(&card, states))
    });
    facilities.collect()
}

async fn facility_states(
    connection: &mut PgConnection,
    codes: &mut Codes,
) -> Result<HashMap<FacilityId, Vec<Dated<FacilityState>>>, Fault> {
    let rows = sqlx::query!(
        r#"select facility_id as "id: FacilityId", valid_from as "from: Date", name, type_code, ownership,
                  org_unit_id as "unit: OrgUnitId", setting, status, act as "act: Json<ActReference>"
           from facility_state order by facility_id, valid_from"#
    )
    .fetch_all(connection)
    .await?;
    let states = rows.into_iter().map(|row| {
        let state = FacilityState {
            name: row.name,
            type_code: codes.shared(row.type_code),
            ownership: codes.shared(row.ownership),
            unit: row.unit,
            setting: setting(&row.setting)?,
            status: if row.status == FacilityStatus::Closed.as_str() {
                FacilityStatus::Closed
            } else {
                FacilityStatus::Open
            },
        };
        let dated = Dated {
            from: Some(row.from),
            state,
            act: row.act.map(|Json(act)| Box::new(act)),
        };
        Ok((row.id, dated))
    });
    let states: Vec<_> = states.collect::<Result<_, Fault>>()?;
    Ok(grouped(states.into_iter()))
}

/// The codes of types and kinds of ownership, each kept once.
#[derive(Default)]
struct Codes(HashSet<Arc<str>>);

impl Codes {
    fn shared(&mut self, code: String) -> Arc<str> {
        if let Some(known) = self.0.get(code.as_str()) {
            return Arc::clone(known);
        }
        let code = Arc::<str>::from(code);
        self.0.insert(Arc::clone(&code));
        code
    }
}

fn setting(name: &str) -> Result<Setting, Fault> {
    Setting::parse(name).ok_or_else(|| Fault::internal("a facility has an unknown setting"))
}

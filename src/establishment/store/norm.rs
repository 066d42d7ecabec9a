//! Norms, which processes keep in memory.

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::establishment::norm::{Norm, Norms, Target};
use crate::kernel::{CadreId, FacilityId, Fault, NormId};
use crate::ledger::ActReference;
use crate::places::Setting;
use crate::tenancy::Reference;

/// Two who change the norms of one country queue here, so that the second sees what the first has made.
pub(in crate::establishment) async fn lock_norms(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada norms ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

impl Reference for Norms {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        let rows = sqlx::query!(
            r#"select norm_id as "id: NormId", cadre_id as "cadre: CadreId", facility_id as "facility: FacilityId",
                      type_code, setting, unit_level, people, minimum, maximum, valid_from, valid_to, source,
                      act as "act: Json<ActReference>", version
               from staffing_norm order by norm_id"#
        )
        .fetch_all(connection)
        .await?;
        let norms = rows.into_iter().map(|row| {
            let target = target(
                row.facility,
                (row.type_code, row.setting),
                (row.unit_level, row.people),
            )?;
            Ok(Norm {
                id: row.id,
                version: row.version,
                cadre: row.cadre,
                target,
                minimum: count(row.minimum),
                maximum: count(row.maximum),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                source: row.source,
                act: row.act.map(|Json(act)| act),
            })
        });
        Ok(Norms(norms.collect::<Result<_, Fault>>()?))
    }
}

/// A norm's target out of its columns.
pub(super) fn target<F>(
    facility: Option<F>,
    (type_code, setting): (Option<String>, Option<String>),
    (level, people): (Option<i16>, Option<i32>),
) -> Result<Target<F>, Fault> {
    Ok(match (facility, type_code, level) {
        (Some(facility), ..) => Target::Facility(facility),
        (_, Some(code), _) => Target::Type {
            code,
            setting: setting.as_deref().and_then(Setting::parse),
        },
        (.., Some(level)) => Target::Population {
            level: u8::try_from(level).map_err(Fault::internal)?,
            people: count(people).unwrap_or(1),
        },
        _ => return Err(Fault::internal("a norm is for nothing")),
    })
}

pub(super) fn count(number: Option<i32>) -> Option<u32> {
    number.and_then(|it| u32::try_from(it).ok())
}

/// A norm's target in columns: facility, type, setting, level, people.
type Columns<'a, F> = (
    Option<&'a F>,
    Option<&'a str>,
    Option<&'static str>,
    Option<i16>,
    Option<i32>,
);

pub(super) fn columns<F>(target: &Target<F>) -> Columns<'_, F> {
    match target {
        Target::Facility(facility) => (Some(facility), None, None, None, None),
        Target::Type { code, setting } => {
            (None, Some(code), setting.map(Setting::as_str), None, None)
        }
        Target::Population { level, people } => {
            let people = i32::try_from(*people).unwrap_or(i32::MAX);
            (None, None, None, Some(i16::from(*level)), Some(people))
        }
    }
}

pub(super) fn number(count: Option<u32>) -> Option<i32> {
    count.map(|it| i32::try_from(it).unwrap_or(i32::MAX))
}

pub(in crate::establishment) async fn insert_norm(
    tx: &mut PgConnection,
    norm: &Norm,
) -> Result<(), sqlx::Error> {
    let (facility, type_code, setting, level, people) = columns(&norm.target);
    sqlx::query!(
        "insert into staffing_norm (norm_id, cadre_id, facility_id, type_code, setting, unit_level, people, minimum,
                                    maximum, valid_from, valid_to, source, act, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        norm.id as NormId,
        norm.cadre as CadreId,
        facility.copied() as Option<FacilityId>,
        type_code,
        setting,
        level,
        people,
        number(norm.minimum),
        number(norm.maximum),
        norm.valid_from,
        norm.valid_to,
        norm.source,
        norm.act.as_ref().map(Json) as _,
        norm.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes a norm over; what it was, the ledger keeps.
pub(in crate::establishment) async fn replace_norm(
    tx: &mut PgConnection,
    norm: &Norm,
) -> Result<(), sqlx::Error> {
    let (facility, type_code, setting, level, people) = columns(&norm.target);
    sqlx::query!(
        "update staffing_norm
         set cadre_id = $2, facility_id = $3, type_code = $4, setting = $5, unit_level = $6, people = $7, minimum = $8,
             maximum = $9, valid_from = $10, valid_to = $11, source = $12, act = $13, version = $14
         where norm_id = $1",
        norm.id as NormId,
        norm.cadre as CadreId,
        facility.copied() as Option<FacilityId>,
        type_code,
        setting,
        level,
        people,
        number(norm.minimum),
        number(norm.maximum),
        norm.valid_from,
        norm.valid_to,
        norm.source,
        norm.act.as_ref().map(Json) as _,
        norm.version,
    )
    .execute(tx)
    .await?;
    Ok(())
}

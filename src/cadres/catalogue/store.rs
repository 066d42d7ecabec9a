//! The statement that reads `indicator` and its units.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::indicator::{Indicator, IndicatorUnit};
use crate::kernel::{Fault, Text};

/// The whole catalogue, by code.
pub(super) async fn all(connection: &mut PgConnection) -> Result<Vec<Indicator>, Fault> {
    let rows = sqlx::query!(
        r#"select code, edition, name as "name: Json<Text>", unit, value::float8 as value, source, is_verified,
                  array(select isco08 from indicator_unit it
                        where it.code = indicator.code and it.edition = indicator.edition
                        order by isco08) as "isco08!: Vec<String>"
           from indicator order by code collate "C", edition"#
    )
    .fetch_all(connection)
    .await?;
    let indicators = rows.into_iter().map(|row| {
        Ok(Indicator {
            code: row.code,
            edition: row.edition,
            name: row.name.0,
            unit: IndicatorUnit::parse(&row.unit)
                .ok_or_else(|| Fault::internal("an indicator has an unknown unit"))?,
            value: row.value,
            source: row.source,
            is_verified: row.is_verified,
            isco08: row.isco08,
        })
    });
    indicators.collect()
}

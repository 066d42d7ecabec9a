//! All statements about `holiday`.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::{Holiday, Holidays};
use crate::kernel::{Date, Fault, Text};
use crate::tenancy::Reference;

/// Waits for whoever else changes the calendar, until the end of the transaction.
pub(super) async fn lock(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada calendar ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn all(connection: &mut PgConnection) -> Result<Holidays, Fault> {
    let rows = sqlx::query!(
        r#"select day, name as "name: Json<Text>", source, version from holiday order by day"#
    )
    .fetch_all(connection)
    .await?;
    let holidays = rows.into_iter().map(|row| Holiday {
        day: row.day,
        name: row.name.0,
        source: row.source,
        version: row.version,
    });
    Ok(Holidays::new(holidays.collect()))
}

impl Reference for Holidays {
    async fn load(connection: &mut PgConnection) -> Result<Self, Fault> {
        all(connection).await
    }
}

/// Writes holidays as they are now, new or not.
pub(super) async fn save(tx: &mut PgConnection, holidays: &[Holiday]) -> Result<(), Fault> {
    let days: Vec<Date> = holidays.iter().map(|it| it.day).collect();
    let names: Vec<serde_json::Value> = (holidays.iter())
        .map(|it| serde_json::to_value(&it.name))
        .collect::<Result<_, _>>()?;
    let sources: Vec<&str> = holidays.iter().map(|it| it.source.as_str()).collect();
    let versions: Vec<i32> = holidays.iter().map(|it| it.version).collect();
    sqlx::query!(
        "insert into holiday (day, name, source, version)
         select * from unnest($1::date[], $2::jsonb[], $3::text[], $4::int[])
         on conflict (day) do update
         set name = excluded.name, source = excluded.source, version = excluded.version",
        &days,
        &names,
        &sources as &[&str],
        &versions,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut PgConnection, day: Date) -> Result<(), Fault> {
    sqlx::query!("delete from holiday where day = $1", day)
        .execute(tx)
        .await?;
    Ok(())
}

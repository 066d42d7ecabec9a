//! The statement that writes an entry of a code list.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::proposal::{EntryName, EntryState};
use crate::kernel::Fault;

/// The entry as it is from now on; its number.
pub(super) async fn write(
    tx: &mut PgConnection,
    name: &EntryName,
    state: &EntryState,
    version: i32,
) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar!(
        "insert into code_list_entry (list, code, label, attributes, version, retired_on, place)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (list, code) do update
         set label = excluded.label, attributes = excluded.attributes, version = excluded.version,
             retired_on = excluded.retired_on, place = excluded.place
         returning number",
        name.list,
        name.code,
        Json(&state.label) as _,
        Json(&state.attributes) as _,
        version,
        state.retired_on,
        state.place,
    )
    .fetch_one(tx)
    .await?)
}

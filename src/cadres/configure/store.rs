//! The statements that bring the taxonomy and the code lists up to date: one for each, whatever its length.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{CadreRow, CadresConfiguration, entry_key};
use crate::cadres::{Cadres, CodeListEntry};
use crate::kernel::{CadreId, Changes, Fault, ListChanges};

/// Two who configure the same country queue here, so that the second sees what the first has made.
pub(super) async fn lock(tx: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('kada cadres ' || current_schema(), 0))"
    )
    .execute(tx)
    .await?;
    Ok(())
}

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
) -> Result<(), Fault> {
    for list in changes.0.iter().filter(|list| !list.is_empty()) {
        match list.list.as_str() {
            "cadres" => cadres(tx, list, &wanted.cadres, standing).await?,
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
}

async fn cadres(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[CadreRow],
    standing: &Cadres,
) -> Result<(), Fault> {
    let known = standing
        .all()
        .iter()
        .map(|cadre| (cadre.code.as_str(), cadre.id));
    let mut ids: HashMap<&str, CadreId> = known.collect();
    for cadre in wanted {
        ids.entry(&cadre.code).or_insert_with(CadreId::new);
    }
    let rows: Vec<WithIds<'_>> = list
        .touched(wanted, CadreRow::key)
        .into_iter()
        .map(|row| WithIds {
            row,
            id: ids.get(row.code.as_str()).copied(),
            parent_id: row
                .parent
                .as_deref()
                .and_then(|parent| ids.get(parent).copied()),
        })
        .collect();
    sqlx::query!(
        "insert into cadre (cadre_id, code, parent_id, label, sector, worker_class, isco08, source)
         select id, code, parent_id, label, sector, worker_class, isco08, source
         from jsonb_to_recordset($1) as row (id uuid, code text, parent_id uuid, label jsonb, sector text,
              worker_class text, isco08 text, source text)
         on conflict (code) do update
         set parent_id = excluded.parent_id, label = excluded.label, sector = excluded.sector,
             worker_class = excluded.worker_class, isco08 = excluded.isco08, source = excluded.source",
        Json(rows) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn code_lists(
    tx: &mut PgConnection,
    list: &ListChanges,
    wanted: &[CodeListEntry],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into code_list_entry (list, code, label, attributes)
         select list, code, label, attributes
         from jsonb_to_recordset($1) as row (list text, code text, label jsonb, attributes jsonb)
         on conflict (list, code) do update
         set label = excluded.label, attributes = excluded.attributes",
        Json(list.touched(wanted, entry_key)) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

//! All statements about `cadre_mapping`, its targets, and the classifications.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;

use super::mapping::{Classifications, Mapping, ProposeMapping, Relation, Standing, Target};
use super::suggest::Unit;
use crate::kernel::{CadreId, Fault, Instant, MappingId, Text};
use crate::ledger::ActReference;

/// All mappings, by the days from which they hold.
pub(in crate::cadres) async fn mappings(
    connection: &mut PgConnection,
) -> Result<HashMap<CadreId, Vec<Mapping>>, Fault> {
    let mut targets = targets(connection).await?;
    let rows = sqlx::query!(
        r#"select mapping_id as "id: MappingId", cadre_id as "cadre: CadreId", edition, valid_from, status, author,
                  reviewer, proposed_at, act as "act: Json<ActReference>"
           from cadre_mapping order by valid_from, proposed_at"#
    )
    .fetch_all(connection)
    .await?;
    let mut of: HashMap<CadreId, Vec<Mapping>> = HashMap::new();
    for row in rows {
        of.entry(row.cadre).or_default().push(Mapping {
            id: row.id,
            cadre: row.cadre,
            edition: row.edition,
            from: row.valid_from,
            standing: Standing::parse(&row.status)
                .ok_or_else(|| Fault::internal("a mapping has an unknown status"))?,
            author: row.author,
            reviewer: row.reviewer,
            proposed_at: row.proposed_at,
            act: row.act.map(|Json(act)| act),
            targets: targets.remove(&row.id).unwrap_or_default(),
        });
    }
    Ok(of)
}

async fn targets(
    connection: &mut PgConnection,
) -> Result<HashMap<MappingId, Vec<(Target, Text)>>, Fault> {
    let rows = sqlx::query!(
        r#"select target.mapping_id as "mapping!: MappingId", target.code as "code!", target.relation as "relation!",
                  target.share, unit.title as "title!: Json<Text>"
           from cadre_mapping_target target
           join classification_unit unit on unit.edition = target.edition and unit.code = target.code
           order by target.mapping_id, target.share desc, target.code"#
    )
    .fetch_all(connection)
    .await?;
    let mut of: HashMap<MappingId, Vec<(Target, Text)>> = HashMap::new();
    for row in rows {
        let target = Target {
            code: row.code,
            relation: Relation::parse(&row.relation)
                .ok_or_else(|| Fault::internal("a mapping has an unknown relation"))?,
            share: row.share,
        };
        of.entry(row.mapping)
            .or_default()
            .push((target, row.title.0));
    }
    Ok(of)
}

/// The codes of all editions. Qualified, because the owner asks too, before the tenant exists.
pub(in crate::cadres) async fn codes(
    connection: &mut PgConnection,
) -> Result<Classifications, Fault> {
    let rows = sqlx::query!("select edition, code from shared.classification_unit")
        .fetch_all(connection)
        .await?;
    let mut units = Classifications::new();
    for row in rows {
        units.entry(row.edition).or_default().insert(row.code);
    }
    Ok(units)
}

/// The units of an edition; none of one that there is not.
pub(super) async fn units(
    connection: &mut PgConnection,
    edition: &str,
) -> Result<Vec<Unit>, Fault> {
    let rows = sqlx::query!(
        r#"select code, title as "title: Json<Text>", domain from classification_unit where edition = $1
           order by code"#,
        edition,
    )
    .fetch_all(connection)
    .await?;
    let units = rows.into_iter().map(|row| Unit {
        code: row.code,
        title: row.title.0,
        domain: row.domain,
    });
    Ok(units.collect())
}

pub(super) async fn insert(
    tx: &mut PgConnection,
    id: MappingId,
    new: &ProposeMapping,
    author: &str,
    now: Instant,
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let codes: Vec<&str> = new.targets.iter().map(|it| it.code.as_str()).collect();
    let relations: Vec<&str> = new.targets.iter().map(|it| it.relation.as_str()).collect();
    let shares: Vec<Option<i16>> = new.targets.iter().map(|it| it.share).collect();
    sqlx::query!(
        "insert into cadre_mapping (mapping_id, cadre_id, edition, valid_from, status, author, proposed_at, act)
         values ($1, $2, $3, $4, 'proposed', $5, $6, $7)",
        id as MappingId,
        new.cadre as CadreId,
        new.edition,
        new.from,
        author,
        now,
        act.map(Json) as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into cadre_mapping_target (mapping_id, edition, code, relation, share)
         select $1, $2, code, relation, share
         from unnest($3::text[], $4::text[], $5::smallint[]) as row (code, relation, share)",
        id as MappingId,
        new.edition,
        &codes as &[&str],
        &relations as &[&str],
        &shares as &[Option<i16>],
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn review(
    tx: &mut PgConnection,
    id: MappingId,
    standing: Standing,
    reviewer: &str,
    now: Instant,
) -> Result<(), Fault> {
    sqlx::query!(
        "update cadre_mapping set status = $2, reviewer = $3, reviewed_at = $4 where mapping_id = $1",
        id as MappingId,
        standing.as_str(),
        reviewer,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

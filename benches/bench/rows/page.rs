//! A page of fifty workers with all that a list of people shows, from any place of the register.

use anyhow::Context;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection};

use super::{Bench, Pair, Seen};
use crate::statements;

pub const QUERY: &str =
    "query($first: Int!, $after: String) { workers(first: $first, after: $after) {
    nodes { id name
        posting { startsOn facility { code name } cadre { code label } }
        identifiers { type { code } value }
        contacts { kind value preferred } } } }";

/// What a register asks for besides; no statement could answer it as one.
const WIDE: &str = "query($first: Int!) { workers(first: $first) { nodes { id name
    posting { facility { name } cadre { label } } lastLeave { startsOn endsOn workingDays type { label } }
    qualifications { title year } registrations { council number } licences { number expiresOn status }
    trainings { outcome session { course { code } } } particulars { nationality languages } } } }";

const STATEMENT: &str = "
with page as (
    select * from worker where (name_key, worker_id) > ($1, $2::uuid) order by name_key, worker_id limit 50
)
select json_build_object('data', json_build_object('workers', json_build_object('nodes', json_agg(json_build_object(
    'id', 'wkr_' || replace(w.worker_id::text, '-', ''), 'name', w.given_names || ' ' || w.family_name,
    'posting', case when p.posting_id is not null then json_build_object(
        'startsOn', p.starts_on,
        'facility', json_build_object('code', f.code, 'name', f.name),
        'cadre', json_build_object('code', c.code, 'label', coalesce(c.label ->> 'fr', c.label ->> 'en'))) end,
    'identifiers', i.list, 'contacts', k.list) order by w.name_key, w.worker_id))))::text
from page w
left join posting p on p.worker_id = w.worker_id and p.is_primary
    and p.starts_on <= current_date and (p.ends_on is null or p.ends_on >= current_date)
left join cadre c on c.cadre_id = p.cadre_id
left join facility f on f.facility_id = p.facility_id
left join lateral (
    select coalesce(json_agg(json_build_object('type', json_build_object('code', type_code), 'value', value)
                             order by type_code, value_key), '[]') as list
    from worker_identifier where worker_id = w.worker_id) i on true
left join lateral (
    select coalesce(json_agg(json_build_object('kind', upper(kind), 'value', value, 'preferred', preferred)
                             order by preferred desc, kind desc, value), '[]') as list
    from worker_contact where worker_id = w.worker_id) k on true";

const WALK: &str = "query($after: String) { workers(first: 100, after: $after) {
    pageInfo { endCursor } nodes { id } } }";
/// How many pages the clients go through; they begin again then.
const PAGES: usize = 40;
const CONNECTIONS: usize = 8;

pub async fn of_fifty(bench: &Bench) -> anyhow::Result<Seen> {
    let tenant = bench.data.first();
    let pair = Pair {
        tenant,
        query: QUERY,
        statement: STATEMENT,
        asked: places(bench).await?,
        connections: CONNECTIONS,
    };
    let rounds = pair.measure(bench).await?;
    let token = bench.data.token(tenant)?;
    let mut counts = Vec::new();
    for query in [QUERY, WIDE] {
        for first in [10, 50] {
            let answer = bench.server.data(&token, query, json!({ "first": first }));
            let (_, sent) = statements::during(&bench.data, tenant, answer).await?;
            counts.push(sent.len());
        }
    }
    let besides = format!(
        "{} statements for 10, {} for 50; with credentials and last leave {} and {}",
        counts[0], counts[1], counts[2], counts[3]
    );
    let holds = counts[0] == counts[1] && counts[2] == counts[3];
    Ok(Seen::of_cpu(&rounds, 1.4).besides(besides, holds))
}

/// Rows after which a page begins: as Kada's cursor, and by their key.
async fn places(bench: &Bench) -> anyhow::Result<Vec<(Value, Vec<String>)>> {
    let tenant = bench.data.first();
    let token = bench.data.token(tenant)?;
    let mut superuser = bench.data.superuser().await?;
    let (mut places, mut after) = (Vec::new(), Value::Null);
    while places.len() < PAGES {
        let asked = json!({ "after": after });
        let page = bench.server.data(&token, WALK, asked).await?;
        after = page["workers"]["pageInfo"]["endCursor"].clone();
        let nodes = page["workers"]["nodes"].as_array();
        let last = nodes.and_then(|it| it.last()).context("a page is empty")?;
        let id = last["id"].as_str().unwrap_or_default();
        let uuid = id.trim_start_matches("wkr_");
        let sql = format!(
            "select name_key from {}.worker where worker_id = $1::uuid",
            tenant.schema()
        );
        let key: String = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(uuid)
            .fetch_one(&mut superuser)
            .await?;
        let variables = json!({ "first": 50, "after": after });
        places.push((variables, vec![key, uuid.to_owned()]));
    }
    superuser.close().await?;
    Ok(places)
}

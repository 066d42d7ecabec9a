//! People whose name begins like a word: the first twenty of many.

use kada::kernel::fold;
use serde_json::json;

use super::{Bench, Pair, Seen};
use crate::rounds::Sample;

const QUERY: &str = "query($name: String!) { workers(first: 20, filter: {name: $name}) {
    nodes { id name posting { facility { name } cadre { label } } } } }";

const STATEMENT: &str = "
with page as (
    select * from worker where name_key like $1 || '%' or name_key like '% ' || $1 || '%'
    order by name_key, worker_id limit 20
)
select json_build_object('data', json_build_object('workers', json_build_object('nodes', json_agg(json_build_object(
    'id', 'wkr_' || replace(w.worker_id::text, '-', ''), 'name', w.given_names || ' ' || w.family_name,
    'posting', case when p.posting_id is not null then json_build_object(
        'facility', json_build_object('name', f.name),
        'cadre', json_build_object('label', coalesce(c.label ->> 'fr', c.label ->> 'en'))) end)
    order by w.name_key, w.worker_id))))::text
from page w
left join posting p on p.worker_id = w.worker_id and p.is_primary
    and p.starts_on <= current_date and (p.ends_on is null or p.ends_on >= current_date)
left join cadre c on c.cadre_id = p.cadre_id
left join facility f on f.facility_id = p.facility_id";

/// Common words and rare ones, beginnings of family names and of given names.
const NAMES: [&str; 12] = [
    "Traoré",
    "Coul",
    "Kon",
    "Dembélé",
    "Haï",
    "N'Diaye",
    "Fatou",
    "Souleymane",
    "Rok",
    "Mou",
    "Sangaré",
    "Kouyaté",
];
const CONNECTIONS: usize = 8;
/// Milliseconds of CPU that an answer may cost.
const MOST: f64 = 15.0;

pub async fn by_name(bench: &Bench) -> anyhow::Result<Seen> {
    let tenant = bench.data.first();
    let asked = NAMES.map(|name| (json!({ "name": name }), vec![fold(name)]));
    let pair = Pair {
        tenant,
        query: QUERY,
        statement: STATEMENT,
        asked: asked.into(),
        connections: CONNECTIONS,
    };
    let rounds = pair.measure(bench).await?;
    let cpu = rounds.ours(Sample::cpu).median;
    let besides = format!(
        "{cpu:.2} of at most {MOST} ms CPU, among {} people",
        bench.data.scale.workers
    );
    Ok(Seen::of_cpu(&rounds, 1.5).besides(besides, cpu <= MOST))
}

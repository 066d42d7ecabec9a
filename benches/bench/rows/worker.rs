//! One worker by id, with what lies three levels deep.

use serde_json::json;

use super::{Bench, Pair, Seen};
use crate::data::people;
use crate::statements;

const QUERY: &str = "query($id: ID!) { worker(by: {id: $id}) {
    id name sex birthDate
    posting { startsOn cadre { code label } facility { code name orgUnit { code name } } } } }";

const STATEMENT: &str = "
select json_build_object('data', json_build_object('worker', json_build_object(
    'id', 'wkr_' || replace(w.worker_id::text, '-', ''), 'name', w.given_names || ' ' || w.family_name,
    'sex', upper(w.sex), 'birthDate', w.birth_date,
    'posting', case when p.posting_id is not null then json_build_object(
        'startsOn', p.starts_on,
        'cadre', json_build_object('code', c.code, 'label', coalesce(c.label ->> 'fr', c.label ->> 'en')),
        'facility', json_build_object('code', f.code, 'name', f.name, 'orgUnit', json_build_object(
            'code', u.code, 'name', coalesce(u.name ->> 'fr', u.name ->> 'en')))) end)))::text
from worker w
left join posting p on p.worker_id = w.worker_id and p.is_primary
    and p.starts_on <= current_date and (p.ends_on is null or p.ends_on >= current_date)
left join cadre c on c.cadre_id = p.cadre_id
left join facility f on f.facility_id = p.facility_id
left join org_unit u on u.org_unit_id = f.org_unit_id
where w.worker_id = $1::uuid";

const ASKED: usize = 500;
const CONNECTIONS: usize = 8;

pub async fn by_id(bench: &Bench) -> anyhow::Result<Seen> {
    let tenant = bench.data.first();
    let workers = bench.data.scale.workers;
    let asked = (0..ASKED).map(|at| {
        let number = at * workers / ASKED;
        let id = people::worker_id(number);
        let uuid = people::uuid(0, number).to_string();
        (json!({ "id": id }), vec![uuid])
    });
    let pair = Pair {
        tenant,
        query: QUERY,
        statement: STATEMENT,
        asked: asked.collect(),
        connections: CONNECTIONS,
    };
    let rounds = pair.measure(bench).await?;
    let token = bench.data.token(tenant)?;
    let asked = json!({ "id": people::worker_id(1) });
    let answer = bench.server.data(&token, QUERY, asked);
    let (_, sent) = statements::during(&bench.data, tenant, answer).await?;
    let besides = format!("{} statement", sent.len());
    Ok(Seen::of_cpu(&rounds, 2.5).besides(besides, sent.len() == 1))
}

//! People who are looked for by what they have passed and where they served.

use sqlx::PgConnection;

use crate::credentials::providers::Candidate;
use crate::credentials::search::Wanted;
use crate::kernel::{CadreId, Date, Fault, OrgUnitId, WorkerId};

/// Who serves or served under some cadres, with all that their places are decided by; one statement.
pub(in crate::credentials) async fn candidates(
    connection: &mut PgConnection,
    wanted: &Wanted,
) -> Result<Vec<Candidate>, Fault> {
    let people = &wanted.people;
    let rows = sqlx::query!(
        r#"select w.worker_id as "worker!: WorkerId", w.org_unit_id as "unit!: OrgUnitId",
                  p.firsts as "firsts!: Vec<Date>", p.lasts as "lasts!: Vec<Date>", p.serves as "serves!",
                  q.qualified as "qualified!", l.licensed as "licensed!", k.phone as "phone!"
           from (select worker_id, array_agg(starts_on) as firsts,
                        array_agg(least(coalesce(ends_on, $1), $1)) as lasts,
                        bool_or(ends_on is null or ends_on >= $1) as serves
                 from credential_posting where cadre_id = any($2) and starts_on <= $1 group by worker_id) p
           join credential_worker w on w.worker_id = p.worker_id
           cross join lateral (
               select exists (select from qualification
                              where worker_id = p.worker_id and withdrawal is null and cadre_ids && $3::uuid[]
                                and ($4::text[] is null or level = any($4))
                                and (year is null or year <= extract(year from $1::date))) as qualified) q
           cross join lateral (
               select exists (select from licence l
                              join licence_term t on t.licence_id = l.licence_id
                               and t.starts_on <= $1 and t.ends_on >= $1
                              where l.worker_id = p.worker_id and l.cadre_id = any($2) and l.withdrawal is null
                                and coalesce((select ruling from licence_decision
                                              where licence_id = l.licence_id and holds_from <= $1
                                              order by holds_from desc limit 1), 'reinstate') = 'reinstate')
                   as licensed) l
           cross join lateral (
               select exists (select from credential_phone where worker_id = p.worker_id) as phone) k
           where ($5::uuid[] is null or w.org_unit_id = any($5)) and ($6::text[] is null or w.sector = any($6))
             and ($7::uuid is null or w.worker_id = $7) and ($8 or p.serves) and (not $9 or q.qualified)
             and (not $10 or k.phone)"#,
        wanted.day,
        people.cadres.as_deref() as Option<&[CadreId]>,
        &wanted.qualifying as &[CadreId],
        wanted.levels.as_deref(),
        people.units.as_deref() as Option<&[OrgUnitId]>,
        people.sectors.as_deref() as Option<&[&str]>,
        people.person as Option<WorkerId>,
        wanted.former,
        wanted.qualified,
        wanted.reachable,
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| Candidate {
        worker: row.worker,
        served: row.firsts.into_iter().zip(row.lasts).collect(),
        serves: row.serves,
        is_qualified: row.qualified,
        is_licensed: row.licensed,
        has_phone: row.phone,
        near: wanted.nearness(row.unit),
    });
    Ok(found.collect())
}

/// Whose qualifications name one of some cadres, and who is posted under none of others on a day.
pub(in crate::credentials) async fn qualified_not_posted(
    connection: &mut PgConnection,
    qualifying: &[CadreId],
    asked: &[CadreId],
    day: Date,
) -> Result<Vec<WorkerId>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select distinct q.worker_id as "worker: WorkerId" from qualification q
           where q.withdrawal is null and q.cadre_ids && $1::uuid[]
             and (q.year is null or q.year <= extract(year from $3::date))
             and not exists (select from credential_posting p
                             where p.worker_id = q.worker_id and p.cadre_id = any($2) and p.starts_on <= $3
                               and (p.ends_on is null or p.ends_on >= $3))"#,
        qualifying as &[CadreId],
        asked as &[CadreId],
        day,
    )
    .fetch_all(connection)
    .await?)
}

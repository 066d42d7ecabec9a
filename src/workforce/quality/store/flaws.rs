//! What is wrong with records: one statement for however many. What each flaw is stands here once, so that the record, the
//! queue and the figures of a unit say the same.

use std::collections::HashMap;

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use crate::kernel::{Fault, OrgUnitId, PageRequest, WorkerId};
use crate::workforce::quality::flaw::{Flaw, Flaws};
use crate::workforce::quality::terms::Terms;
use crate::workforce::store::Extent;

type Sql = QueryBuilder<Postgres>;

/// The flaws of some workers.
pub(in crate::workforce::quality) async fn of_workers(
    connection: &mut PgConnection,
    terms: &Terms,
    workers: &[WorkerId],
) -> Result<HashMap<WorkerId, Flaws>, Fault> {
    let mut sql = given(terms);
    sql.push("select w.worker_id, ");
    bits(&mut sql);
    sql.push(FROM);
    sql.push("where w.worker_id = any(")
        .push_bind(workers)
        .push(")");
    let rows: Vec<(WorkerId, i32)> = sql.build_query_as().fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|(id, bits)| (id, Flaws(bits)))
        .collect())
}

/// How many records of each org unit have the same flaws.
pub(in crate::workforce::quality) async fn figures(
    connection: &mut PgConnection,
    terms: &Terms,
    extent: &Extent,
) -> Result<Vec<(OrgUnitId, Flaws, u64)>, Fault> {
    #[derive(FromRow)]
    struct Row {
        org_unit_id: OrgUnitId,
        bits: i32,
        records: i64,
    }
    let mut sql = given(terms);
    sql.push("select org_unit_id, bits, count(*) as records from (select w.org_unit_id, ");
    bits(&mut sql);
    sql.push(" as bits").push(FROM).push("where true");
    within(&mut sql, extent);
    sql.push(") flawed group by org_unit_id, bits");
    let rows: Vec<Row> = sql.build_query_as().fetch_all(connection).await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|it| (it.org_unit_id, Flaws(it.bits), it.records.unsigned_abs()))
        .collect())
}

/// Those who have a flaw, in the order of registration.
pub(in crate::workforce::quality) async fn page(
    connection: &mut PgConnection,
    terms: &Terms,
    flaw: Flaw,
    extent: &Extent,
    request: &PageRequest<WorkerId>,
) -> Result<Vec<WorkerId>, Fault> {
    let mut sql = given(terms);
    sql.push("select w.worker_id").push(FROM).push("where ");
    sql.push(condition(flaw));
    within(&mut sql, extent);
    if let Some(after) = request.after {
        sql.push(" and w.worker_id > ").push_bind(after);
    }
    sql.push(" order by w.worker_id limit ")
        .push_bind(request.limit());
    Ok(sql.build_query_scalar().fetch_all(connection).await?)
}

/// How many have a flaw.
pub(in crate::workforce::quality) async fn count(
    connection: &mut PgConnection,
    terms: &Terms,
    flaw: Flaw,
    extent: &Extent,
) -> Result<u64, Fault> {
    let mut sql = given(terms);
    sql.push("select count(*)").push(FROM).push("where ");
    sql.push(condition(flaw));
    within(&mut sql, extent);
    let count: i64 = sql.build_query_scalar().fetch_one(connection).await?;
    Ok(count.unsigned_abs())
}

/// The terms, as one row that every condition can name.
fn given(terms: &Terms) -> Sql {
    let mut sql = Sql::new("with given as (select ");
    sql.push_bind(terms.day).push("::date as day, ");
    sql.push_bind(terms.since).push("::timestamptz as since, ");
    sql.push_bind(terms.unmapped.clone())
        .push("::uuid[] as unmapped, ");
    sql.push_bind(terms.ended.clone())
        .push("::uuid[] as ended, ");
    sql.push_bind(terms.closed.clone())
        .push("::uuid[] as closed, ");
    sql.push_bind(terms.retiring.clone())
        .push("::uuid[] as retiring, ");
    sql.push_bind(terms.ages.clone()).push("::int[] as ages, ");
    sql.push_bind(terms.phone.clone()).push("::text as phone, ");
    sql.push_bind(terms.types.clone())
        .push("::text[] as types, ");
    sql.push_bind(terms.patterns.clone())
        .push("::text[] as patterns) ");
    sql
}

/// Each worker with the latest primary posting that has begun, or else the next one.
const FROM: &str = "
    from given
    cross join worker w
    left join lateral (
        select cadre_id, facility_id,
               starts_on <= given.day and (ends_on is null or ends_on >= given.day) as is_held
        from posting where worker_id = w.worker_id and is_primary
        order by starts_on <= given.day desc, starts_on desc limit 1
    ) last on true
    ";

fn bits(sql: &mut Sql) {
    for (at, flaw) in Flaw::ALL.into_iter().enumerate() {
        let plus = if at == 0 { "" } else { " + " };
        let (condition, bit) = (condition(flaw), 1 << at);
        sql.push(format!("{plus}case when {condition} then {bit} else 0 end"));
    }
}

fn condition(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::NoBirthDate => "w.birth_date is null",
        Flaw::NoSex => "w.sex = 'unknown'",
        Flaw::NoPhone => {
            "not exists (select from worker_contact c where c.worker_id = w.worker_id and c.kind = 'phone')"
        }
        Flaw::NoIdentifier => {
            "not exists (select from worker_identifier i where i.worker_id = w.worker_id)"
        }
        Flaw::NoPosting => "not exists (select from posting p where p.worker_id = w.worker_id)",
        Flaw::NoCadreMapping => "coalesce(last.cadre_id = any(given.unmapped), false)",
        Flaw::Stale => {
            "not exists (select from worker_entry e where e.worker_id = w.worker_id and e.at >= given.since)"
        }
        Flaw::InvalidPhone => {
            "exists (select from worker_contact c
                     where c.worker_id = w.worker_id and c.kind = 'phone' and c.value !~ given.phone)"
        }
        Flaw::InvalidIdentifier => {
            "exists (select from worker_identifier i
                     join unnest(given.types, given.patterns) as written (type_code, pattern) using (type_code)
                     where i.worker_id = w.worker_id and i.value !~ written.pattern)"
        }
        Flaw::TooYoung => {
            "exists (select from posting p
                     where p.worker_id = w.worker_id and p.starts_on < w.birth_date + interval '16 years')"
        }
        Flaw::PastRetirement => {
            "coalesce(last.is_held and exists (
                 select from unnest(given.retiring, given.ages) as retiring (cadre_id, age)
                 where retiring.cadre_id = last.cadre_id
                   and w.birth_date + make_interval(years => retiring.age) <= given.day), false)"
        }
        Flaw::ClosedFacility => {
            "coalesce(last.is_held and last.facility_id = any(given.closed), false)"
        }
        Flaw::EndedCadre => "coalesce(last.is_held and last.cadre_id = any(given.ended), false)",
    }
}

fn within(sql: &mut Sql, extent: &Extent) {
    if let Some(units) = &extent.units {
        sql.push(" and w.org_unit_id = any(")
            .push_bind(units.clone())
            .push(")");
    }
    if let Some(sectors) = &extent.sectors {
        sql.push(" and w.sector = any(")
            .push_bind(sectors.clone())
            .push(")");
    }
    if let Some(person) = extent.person {
        sql.push(" and w.worker_id = ").push_bind(person);
    }
}

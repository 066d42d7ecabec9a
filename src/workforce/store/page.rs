//! Lists of workers. The conditions and the order vary, so the statement is put together from fixed pieces here: each
//! combination is a statement of its own, planned for the indexes that fit it, which one statement full of
//! `$n is null or …` would not be. Values are always parameters.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::answers;
use super::listed::{Listed, Row};
use crate::kernel::{Date, Fault, PageRequest, WorkerId};
use crate::tenancy::ReferenceVersion;
use crate::workforce::{Among, Edges, Key, Reach, Selection, Sort, Status, Worker};

type Sql = QueryBuilder<Postgres>;

/// A page of workers on a day with their identifiers and contacts where these are asked for, and the version of the
/// reference lists; one statement.
pub(in crate::workforce) async fn page(
    connection: &mut PgConnection,
    selection: &Selection,
    reach: &Reach,
    request: &PageRequest<Key>,
    edges: Edges,
) -> Result<(ReferenceVersion, Vec<Listed>), Fault> {
    let is_sought = !selection.name_parts.is_empty() && selection.sort.is_by_name();
    // A district's people are few among the next ones of the country.
    if is_sought && reach.is_whole() {
        let mut sql = sought(selection, reach, request);
        joined(&mut sql, selection.day, edges);
        order(&mut sql, selection.sort);
        return fetch(connection, sql).await;
    }
    let mut sql = Sql::new("with page as (select * from worker w where true");
    conditions(&mut sql, selection, reach);
    follows(&mut sql, selection.sort, request.after.as_ref());
    order(&mut sql, selection.sort);
    sql.push(" limit ");
    // Postgres makes a plan for each page whose length it does not know. Where no condition decides which plan is
    // best, one is enough.
    if selection.is_unconditional() && reach.is_whole() {
        sql.push(request.limit());
    } else {
        sql.push_bind(request.limit());
    }
    sql.push(")");
    joined(&mut sql, selection.day, edges);
    order(&mut sql, selection.sort);
    fetch(connection, sql).await
}

/// So many of the next records in the order of names are looked at before all that have the name are gathered.
const NEAR: &str = "1000";

/// A page of those with a name, of the whole country. Left to itself, the planner trusts that they are spread over the
/// order of names and walks it until the page is full: 0.3 ms for a given name, and 27 ms through 47,000 records for a
/// family name that begins with a late letter. So the walk has an end, after which the names' own index finds them all,
/// to be put in order: 8 ms.
fn sought(selection: &Selection, reach: &Reach, request: &PageRequest<Key>) -> Sql {
    let (sort, after, limit) = (selection.sort, request.after.as_ref(), request.limit());
    let mut sql =
        Sql::new("with near as materialized (select * from (select * from worker w where true");
    follows(&mut sql, sort, after);
    order(&mut sql, sort);
    sql.push(format!(" limit {NEAR}) w where true"));
    conditions(&mut sql, selection, reach);
    order(&mut sql, sort);
    sql.push(" limit ")
        .push_bind(limit)
        .push("), page as (select * from near where (select count(*) from near) >= ")
        .push_bind(limit)
        .push(" union all select * from (select * from worker w where true");
    conditions(&mut sql, selection, reach);
    follows(&mut sql, sort, after);
    // Of a text that no index has in order.
    let direction = if sort == Sort::Name { "" } else { " desc" };
    sql.push(format!(
        " order by w.name_key || ''{direction}, w.worker_id{direction} limit "
    ))
    .push_bind(limit)
    .push(") gathered where (select count(*) from near) < ")
    .push_bind(limit)
    .push(")");
    sql
}

/// Some workers on a day, those within reach.
pub(in crate::workforce) async fn by_ids(
    connection: &mut PgConnection,
    ids: &[WorkerId],
    reach: &Reach,
    day: Date,
) -> Result<Vec<Worker>, Fault> {
    let mut sql = Sql::new("with page as (select * from worker w where w.worker_id = any(");
    sql.push_bind(ids).push(")");
    within(&mut sql, reach);
    sql.push(")");
    joined(&mut sql, day, Edges::default());
    let (_, found) = fetch(connection, sql).await?;
    Ok(found.into_iter().map(|it| it.worker).collect())
}

/// The rows of `page` with how they stand on a day and their primary posting then, beside the version of the lists.
/// Who has a primary posting is active; the other postings are looked at for all others alone. Postgres takes a table
/// that it never analysed for hundreds of rows, and compiles what it thinks dear: the head says that it is one.
fn joined(sql: &mut Sql, day: Date, edges: Edges) {
    sql.push(
        " select head.epoch, head.reference_seq,
                 w.worker_id, w.family_name, w.given_names, w.sex, w.birth_date, w.org_unit_id, w.sector, w.version,
                 case when p.posting_id is not null then true
                      else (select bool_or(held.ends_on is null or held.ends_on >= ",
    )
    .push_bind(day)
    .push(") from posting held where held.worker_id = w.worker_id and held.starts_on <= ")
    .push_bind(day)
    .push(
        ") end as active,
                 p.posting_id, p.facility_id, p.cadre_id, p.employment_type, p.salary_grade, p.starts_on, p.ends_on,
                 p.end_reason, p.supervisor_id",
    );
    if edges.identifiers {
        sql.push(", i.types, i.numbers");
    }
    if edges.contacts {
        sql.push(", k.kinds, k.reached_at, k.preferred");
    }
    sql.push(
        " from (select epoch, reference_seq from ledger_head where only_row limit 1) head
          left join page w on true
          left join posting p on p.worker_id = w.worker_id and p.is_primary and p.starts_on <= ",
    )
    .push_bind(day)
    .push(" and (p.ends_on is null or p.ends_on >= ")
    .push_bind(day)
    .push(")");
    if edges.identifiers {
        sql.push(IDENTIFIERS);
    }
    if edges.contacts {
        sql.push(CONTACTS);
    }
}

/// As arrays of one length, in the order of the list.
const IDENTIFIERS: &str = " left join lateral (
    select array_agg(type_code) as types, array_agg(value) as numbers
    from (select type_code, value from worker_identifier where worker_id = w.worker_id
          order by type_code, value_key) listed) i on true";
const CONTACTS: &str = " left join lateral (
    select array_agg(kind) as kinds, array_agg(value) as reached_at, array_agg(preferred) as preferred
    from (select kind, value, preferred from worker_contact where worker_id = w.worker_id
          order by preferred desc, kind desc, value) listed) k on true";

async fn fetch(
    connection: &mut PgConnection,
    mut sql: Sql,
) -> Result<(ReferenceVersion, Vec<Listed>), Fault> {
    let rows: Vec<Row> = sql.build_query_as().fetch_all(connection).await?;
    let version = rows
        .first()
        .map(Row::version)
        .ok_or_else(|| Fault::internal("the ledger has no head"))?;
    let listed = rows.into_iter().filter_map(Row::listed);
    Ok((version, listed.collect::<Result<_, _>>()?))
}

/// How many workers a list holds in all.
pub(in crate::workforce) async fn count(
    connection: &mut PgConnection,
    selection: &Selection,
    reach: &Reach,
) -> Result<u64, Fault> {
    let mut sql = if selection.is_of_those_in_post() && reach.is_whole() {
        let mut sql = Sql::new("select count(distinct p.worker_id)");
        postings_in_force(&mut sql, selection);
        sql
    } else {
        let mut sql = Sql::new("select count(*) from worker w where true");
        conditions(&mut sql, selection, reach);
        sql
    };
    let count = sql.build_query_scalar();
    // The best plan for some values is the worst for others.
    let count: i64 = count.persistent(false).fetch_one(connection).await?;
    Ok(count.unsigned_abs())
}

fn within(sql: &mut Sql, reach: &Reach) {
    if let Some(units) = &reach.units {
        sql.push(" and w.org_unit_id = any(")
            .push_bind(units)
            .push(")");
    }
    if let Some(sectors) = reach.sector_names() {
        sql.push(" and w.sector = any(")
            .push_bind(sectors)
            .push(")");
    }
    if let Some(person) = reach.person {
        sql.push(" and w.worker_id = ").push_bind(person);
    }
}

fn conditions(sql: &mut Sql, selection: &Selection, reach: &Reach) {
    within(sql, reach);
    if let Some(sex) = selection.sex {
        sql.push(" and w.sex = ").push_bind(sex.as_str());
    }
    for part in &selection.name_parts {
        sql.push(" and (w.name_key like ")
            .push_bind(format!("{part}%"))
            .push(" or w.name_key like ")
            .push_bind(format!("% {part}%"))
            .push(")");
    }
    match &selection.among {
        Some(Among::Of(workers)) => {
            sql.push(" and w.worker_id = any(")
                .push_bind(workers)
                .push(")");
        }
        Some(Among::But(workers)) => {
            sql.push(" and w.worker_id <> all(")
                .push_bind(workers)
                .push(")");
        }
        None => {}
    }
    career(sql, selection);
}

/// Conditions on the postings of the day, or on the last one of those who have left.
fn career(sql: &mut Sql, selection: &Selection) {
    let day = selection.day;
    let about_postings = selection.is_about_postings();
    match selection.status {
        Some(Status::Active) => return in_force(sql, selection),
        None if about_postings => return in_force(sql, selection),
        None => {}
        Some(Status::Unposted) => {
            sql.push(" and not exists (select from posting p where p.worker_id = w.worker_id and p.starts_on <= ")
                .push_bind(day)
                .push(")");
            if about_postings {
                sql.push(" and false");
            }
        }
        Some(Status::Former) => {
            sql.push(" and w.worker_id in (select p.worker_id from posting p where p.ends_on < ")
                .push_bind(day);
            posting(sql, selection);
            sql.push(
                " and not exists (select from posting later where later.worker_id = p.worker_id
                  and later.starts_on <= ",
            )
            .push_bind(day)
            .push(" and (later.ends_on is null or later.ends_on > p.ends_on)))");
        }
    }
    answers::conditions(sql, "w.worker_id", &selection.answers);
}

/// So many facilities have few enough people to be looked up before the list is put in order. Left to itself, the
/// planner walks the whole order by id instead: 65,000 rows for the hundred of one facility.
const FEW_FACILITIES: usize = 20;

fn in_force(sql: &mut Sql, selection: &Selection) {
    let few = (selection.facilities.as_ref()).is_some_and(|it| it.len() <= FEW_FACILITIES);
    sql.push(if few {
        " and w.worker_id = any(array(select p.worker_id"
    } else {
        " and w.worker_id in (select p.worker_id"
    });
    postings_in_force(sql, selection);
    sql.push(if few { "))" } else { ")" });
}

fn postings_in_force(sql: &mut Sql, selection: &Selection) {
    sql.push(" from posting p where p.starts_on <= ")
        .push_bind(selection.day)
        .push(" and (p.ends_on is null or p.ends_on >= ")
        .push_bind(selection.day)
        .push(")");
    posting(sql, selection);
    // Sought among the postings, which are read anyway, so that the way to the people is of those who answered so alone.
    answers::conditions(sql, "p.worker_id", &selection.answers);
}

fn posting(sql: &mut Sql, selection: &Selection) {
    if let Some(facilities) = &selection.facilities {
        sql.push(" and p.facility_id = any(")
            .push_bind(facilities)
            .push(")");
    }
    if let Some(cadres) = &selection.cadres {
        sql.push(" and p.cadre_id = any(")
            .push_bind(cadres)
            .push(")");
    }
    if let Some(types) = &selection.employment_types {
        sql.push(" and p.employment_type = any(")
            .push_bind(types)
            .push(")");
    }
}

/// The sort key of those whose birth date is not known: after all others.
const NO_BIRTH_DATE: &str = "coalesce(w.birth_date, date '9999-12-31')";

fn order(sql: &mut Sql, sort: Sort) {
    sql.push(match sort {
        Sort::Name => " order by w.name_key, w.worker_id".to_owned(),
        Sort::NameDescending => " order by w.name_key desc, w.worker_id desc".to_owned(),
        Sort::BirthDate => format!(" order by {NO_BIRTH_DATE}, w.worker_id"),
        Sort::BirthDateDescending => format!(" order by {NO_BIRTH_DATE} desc, w.worker_id desc"),
        Sort::Registered => " order by w.worker_id".to_owned(),
        Sort::RegisteredDescending => " order by w.worker_id desc".to_owned(),
    });
}

fn follows(sql: &mut Sql, sort: Sort, after: Option<&Key>) {
    let Some(after) = after else {
        return;
    };
    match sort {
        Sort::Name | Sort::NameDescending => {
            let operator = if sort == Sort::Name { ">" } else { "<" };
            sql.push(format!(" and (w.name_key, w.worker_id) {operator} ("))
                .push_bind(&after.text)
                .push(", ")
                .push_bind(after.id)
                .push(")");
        }
        Sort::BirthDate | Sort::BirthDateDescending => {
            let operator = if sort == Sort::BirthDate { ">" } else { "<" };
            sql.push(format!(
                " and ({NO_BIRTH_DATE}, w.worker_id) {operator} (coalesce("
            ))
            .push_bind(after.day)
            .push(", date '9999-12-31'), ")
            .push_bind(after.id)
            .push(")");
        }
        Sort::Registered => {
            sql.push(" and w.worker_id > ").push_bind(after.id);
        }
        Sort::RegisteredDescending => {
            sql.push(" and w.worker_id < ").push_bind(after.id);
        }
    }
}

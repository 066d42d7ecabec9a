//! What is compared of people, and who comes into question.

use std::collections::{BTreeMap, HashMap};

use sqlx::PgConnection;

use crate::kernel::{Date, Fault, OrgUnitId, WorkerId};
use crate::ledger::Standing;
use crate::workforce::duplicates::likeness::{Profile, mistyped};
use crate::workforce::{Identifier, PersonName, Sex};

/// Nobody has to look at more people than these because of one.
const MOST: i64 = 500;

/// What is compared of some people, or of everybody.
pub(in crate::workforce::duplicates) async fn profiles(
    connection: &mut PgConnection,
    of: Option<&[WorkerId]>,
) -> Result<Vec<Profile>, Fault> {
    let rows = sqlx::query!(
        r#"select w.worker_id as "id: WorkerId", w.family_name, w.given_names, w.sex, w.birth_date,
                  w.org_unit_id as "unit: OrgUnitId", w.sector,
                  array(select value from worker_contact
                        where worker_id = w.worker_id and kind = 'phone') as "phones!",
                  array(select type_code from worker_identifier
                        where worker_id = w.worker_id order by type_code, value_key) as "types!",
                  array(select value from worker_identifier
                        where worker_id = w.worker_id order by type_code, value_key) as "numbers!"
           from worker w where $1::uuid[] is null or w.worker_id = any($1)"#,
        of as Option<&[WorkerId]>,
    )
    .fetch_all(connection)
    .await?;
    let mut profiles = Vec::with_capacity(rows.len());
    for row in rows {
        let name = PersonName {
            family: row.family_name,
            given: row.given_names,
        };
        let sex = Sex::parse(&row.sex).ok_or_else(|| Fault::internal("unknown sex"))?;
        let standing = Some(Standing {
            unit: row.unit,
            sector: row.sector.parse().map_err(Fault::internal)?,
        });
        let numbers = row.types.into_iter().zip(row.numbers);
        let identifiers: Vec<Identifier> = numbers
            .map(|(type_code, value)| Identifier { type_code, value })
            .collect();
        profiles.push(Profile::new(
            row.id,
            standing,
            &name,
            (sex, row.birth_date),
            row.phones,
            &identifiers,
        ));
    }
    Ok(profiles)
}

/// Who comes into question to be the same person: who has one of the numbers or telephones, who was born on the same day or one
/// that it may be mistaken for, and of those born in that year, whose name is written somewhat alike.
pub(in crate::workforce::duplicates) async fn alike(
    connection: &mut PgConnection,
    name_key: &str,
    birth_date: Option<Date>,
    phones: &[String],
    identifiers: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<WorkerId>, Fault> {
    let of_type = |(kind, numbers): (&String, &Vec<String>)| {
        let numbers = numbers.iter().map(|it| (kind.clone(), it.clone()));
        numbers.collect::<Vec<_>>()
    };
    let (types, numbers): (Vec<String>, Vec<String>) = identifiers.iter().flat_map(of_type).unzip();
    let mut days: Vec<Date> = birth_date.map(mistyped).unwrap_or_default();
    days.extend(birth_date);
    Ok(sqlx::query_scalar!(
        r#"select worker_id as "id!: WorkerId" from (
               select worker_id from worker where coalesce(birth_date, date '9999-12-31') = any($1)
               union
               select worker_id from worker
               where coalesce(birth_date, date '9999-12-31') >= date_trunc('year', $2::date)::date
                 and coalesce(birth_date, date '9999-12-31') < (date_trunc('year', $2::date) + interval '1 year')::date
                 and similarity(name_key, $3) > 0.25
               union
               select worker_id from worker_contact where kind = 'phone' and value = any($4)
               union
               select worker_id from worker_identifier
               where (type_code, value_key) in (select * from unnest($5::text[], $6::text[]))
           ) alike limit $7"#,
        &days,
        birth_date,
        name_key,
        phones,
        &types,
        &numbers,
        MOST,
    )
    .fetch_all(connection)
    .await?)
}

/// How many people have each of some telephones.
pub(in crate::workforce::duplicates) async fn holders(
    connection: &mut PgConnection,
    phones: &[String],
) -> Result<HashMap<String, usize>, Fault> {
    let rows = sqlx::query!(
        r#"select value, count(*) as "holders!" from worker_contact
           where kind = 'phone' and value = any($1) group by value"#,
        phones,
    )
    .fetch_all(connection)
    .await?;
    let counted = rows.into_iter();
    Ok(counted
        .map(|row| {
            (
                row.value,
                usize::try_from(row.holders).unwrap_or(usize::MAX),
            )
        })
        .collect())
}

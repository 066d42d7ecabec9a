//! All statements about `posting_fact`: what a count looks at.

use sqlx::PgConnection;

use crate::kernel::{Fault, WorkerId};
use crate::tenancy::ReferenceVersion;
use crate::workforce::tally::Columns;

/// Brings the facts of some workers up to date, after their postings, sex or birth date were written.
pub(in crate::workforce) async fn keep_facts(
    tx: &mut PgConnection,
    workers: &[WorkerId],
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into posting_fact (facility, cadre_sex, employment, starts_on, ends_on, birth_date, posting_id)
         select f.number, 4 * c.number + case w.sex when 'female' then 1 when 'male' then 2 else 3 end,
                coalesce(e.number, 0), p.starts_on, coalesce(p.ends_on, 'infinity'),
                coalesce(w.birth_date, 'infinity'), p.posting_id
         from posting p
         join worker w on w.worker_id = p.worker_id
         join facility f on f.facility_id = p.facility_id
         join cadre c on c.cadre_id = p.cadre_id
         left join code_list_entry e on e.list = 'employment_type' and e.code = p.employment_type
         where p.is_primary and p.worker_id = any($1)
         on conflict (posting_id) do update
         set facility = excluded.facility, cadre_sex = excluded.cadre_sex, employment = excluded.employment,
             starts_on = excluded.starts_on, ends_on = excluded.ends_on, birth_date = excluded.birth_date
         where posting_fact is distinct from excluded",
        workers as &[WorkerId],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes out the facts of a worker whose postings are about to go elsewhere.
pub(in crate::workforce) async fn forget_facts(
    tx: &mut PgConnection,
    worker: WorkerId,
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from posting_fact where posting_id in (select posting_id from posting where worker_id = $1)",
        worker as WorkerId,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// How many people are in post in each cell, and the version of the reference lists; one statement. At most `limit`
/// cells.
///
/// What is looked up here is an element of an array, never a join, and the cell is one integer: at a million postings
/// four look-ups, the comparisons of ages and the grouping are two thirds of the time, and joins would be five times it.
pub(in crate::workforce) async fn tally(
    connection: &mut PgConnection,
    columns: &Columns,
    limit: usize,
) -> Result<(ReferenceVersion, Vec<(i64, u64)>), Fault> {
    let [t25, t35, t45, t55, t65] = columns.born_by;
    let rows = sqlx::query!(
        r#"select head.epoch, head.reference_seq, tally.cell as "cell?", tally.people as "people?"
           from (select epoch, reference_seq from ledger_head where only_row limit 1) head
           left join (
               select greatest(
                          ($2::bigint[])[facility] + ($3::bigint[])[cadre_sex]
                          + case when $4 then ($5::bigint[])[employment + 1] else 0 end
                          + case when $6::bigint = 0 then 0
                                 else $6 * case when birth_date <= $9
                                                then case when birth_date <= $7 then 5
                                                          when birth_date <= $8 then 4 else 3 end
                                                when birth_date <= $10 then 2
                                                when birth_date <= $11 then 1
                                                when birth_date < 'infinity' then 0 else 6 end end,
                          -1) as cell,
                      count(*) as people
               from posting_fact where starts_on <= $1 and ends_on >= $1
               group by 1 limit $12
           ) tally on true"#,
        columns.day,
        &columns.facilities,
        &columns.cadres_sexes,
        columns.employment.is_some(),
        columns.employment.as_deref().unwrap_or_default(),
        columns.per_age_band,
        t65,
        t55,
        t45,
        t35,
        t25,
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(connection)
    .await?;
    let head = rows
        .first()
        .ok_or_else(|| Fault::internal("the ledger has no head"))?;
    let version = ReferenceVersion {
        epoch: head.epoch,
        reference_seq: head.reference_seq,
    };
    let cells = rows.iter().filter_map(|row| {
        let people = row.people?.unsigned_abs();
        Some((row.cell?, people))
    });
    Ok((version, cells.collect()))
}

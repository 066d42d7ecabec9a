//! Who entered what, and what became of it.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::{Fault, Instant, OrgUnitId};
use crate::workforce::quality::Accuracy;
use crate::workforce::store::Extent;

/// Clerks by what they entered from one moment on and before another. An entry counts where the record was kept then; a
/// look at the papers, where it is now. The thirty days are a difference of moments, so that nobody reads the index by time
/// anew for each record.
pub(in crate::workforce::quality) async fn accuracy(
    connection: &mut PgConnection,
    (from, to): (Instant, Instant),
    extent: &Extent,
) -> Result<Vec<Accuracy>, Fault> {
    let rows = sqlx::query!(
        r#"with entered as (
               select e.clerk, count(*) as entered,
                      count(*) filter (where exists (
                          select from worker_entry c
                          where c.worker_id = e.worker_id and c.verb = 'correct' and c.clerk <> e.clerk
                            and c.seq > e.seq and c.at - e.at < interval '30 days')) as corrected
               from worker_entry e
               where e.verb = 'register' and e.at >= $1 and e.at < $2
                 and ($3::uuid[] is null or e.unit_after = any($3))
                 and ($4::text[] is null or e.sector_after = any($4))
                 and ($5::uuid is null or e.worker_id = $5)
               group by e.clerk
           ), checked as (
               select r.clerk, count(*) as checked, count(*) filter (where not (found -> 'isRight')::boolean) as wrong
               from spot_check_record r
               join worker w on w.worker_id = r.worker_id
               cross join lateral jsonb_array_elements(r.findings) as found
               where r.checked_at >= $1 and r.checked_at < $2
                 and ($3::uuid[] is null or w.org_unit_id = any($3))
                 and ($4::text[] is null or w.sector = any($4))
                 and ($5::uuid is null or w.worker_id = $5)
               group by r.clerk
           )
           select coalesce(entered.clerk, checked.clerk) as "clerk!", coalesce(entered.entered, 0) as "entered!",
                  coalesce(entered.corrected, 0) as "corrected!", coalesce(checked.checked, 0) as "checked!",
                  coalesce(checked.wrong, 0) as "wrong!"
           from entered full join checked on checked.clerk = entered.clerk
           order by 2 desc, 1 limit 500"#,
        from,
        to,
        extent.units.as_deref() as Option<&[OrgUnitId]>,
        extent.sectors.as_deref() as Option<&[&str]>,
        extent.person.map(Uuid::from),
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| Accuracy {
        clerk: row.clerk,
        entered: row.entered.unsigned_abs(),
        corrected: row.corrected.unsigned_abs(),
        checked: row.checked.unsigned_abs(),
        wrong: row.wrong.unsigned_abs(),
    });
    Ok(rows.collect())
}

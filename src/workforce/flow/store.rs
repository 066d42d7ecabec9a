//! The statements that find who came, moved and left.

use sqlx::PgConnection;

use super::{Duty, Ended, Step, Stock};
use crate::kernel::{CadreId, Date, FacilityId, Fault};

/// The primary postings that began or ended from a day to another.
pub(super) async fn steps(
    connection: &mut PgConnection,
    from: Date,
    to: Date,
) -> Result<Vec<Step>, Fault> {
    let rows = sqlx::query!(
        r#"select p.facility_id as "facility: FacilityId", p.cadre_id as "cadre: CadreId", p.employment_type,
                  p.starts_on, p.ends_on, p.end_reason,
                  b.facility_id as "left_facility?: FacilityId", b.cadre_id as "left_cadre?: CadreId",
                  b.employment_type as "left_employment_type?", b.ends_on as "left_on?",
                  b.end_reason as "left_reason?", n.starts_on as "next_on?"
           from (select posting_id from posting where is_primary and starts_on between $1 and $2
                 union
                 select posting_id from posting where is_primary and ends_on between $1 and $2) moved
           join posting p on p.posting_id = moved.posting_id
           left join lateral (
               select * from posting before
               where before.worker_id = p.worker_id and before.is_primary and before.starts_on < p.starts_on
               order by before.starts_on desc limit 1) b on true
           left join lateral (
               select after.starts_on from posting after
               where after.worker_id = p.worker_id and after.is_primary and after.starts_on > p.starts_on
               order by after.starts_on limit 1) n on true"#,
        from,
        to,
    )
    .fetch_all(connection)
    .await?;
    let steps = rows.into_iter().map(|row| Step {
        before: (row.left_facility.zip(row.left_cadre)).map(|(facility, cadre)| Ended {
            duty: Duty {
                facility,
                cadre,
                employment_type: row.left_employment_type.unwrap_or_default(),
            },
            on: row.left_on,
            reason: row.left_reason,
        }),
        duty: Duty {
            facility: row.facility,
            cadre: row.cadre,
            employment_type: row.employment_type,
        },
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        end_reason: row.end_reason,
        next_on: row.next_on,
    });
    Ok(steps.collect())
}

/// Who is in post at the end of a day: not those whose last day it is, unless they go on elsewhere on the next.
pub(super) async fn stock(connection: &mut PgConnection, day: Date) -> Result<Vec<Stock>, Fault> {
    let rows = sqlx::query!(
        r#"select p.facility_id as "facility: FacilityId", p.cadre_id as "cadre: CadreId", count(*) as "people!"
           from posting p
           where p.is_primary and p.starts_on <= $1
             and (p.ends_on is null or p.ends_on > $1
                  or (p.ends_on = $1 and exists (
                      select from posting n
                      where n.worker_id = p.worker_id and n.is_primary and n.starts_on = $1 + 1)))
           group by 1, 2"#,
        day,
    )
    .fetch_all(connection)
    .await?;
    let stocks = rows.into_iter().map(|row| Stock {
        facility: row.facility,
        cadre: row.cadre,
        people: row.people.unsigned_abs(),
    });
    Ok(stocks.collect())
}

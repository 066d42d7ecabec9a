//! Pairs of records that may be one person's.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::{DuplicateId, Fault, Instant, OrgUnitId, WorkerId};
use crate::workforce::Reach;
use crate::workforce::duplicates::likeness::{Likeness, Sign};
use crate::workforce::duplicates::{Found, Pair, PairFilter, PairKey, Verdict};

struct Row {
    pair_id: DuplicateId,
    first_id: WorkerId,
    second_id: WorkerId,
    score: i16,
    signs: Vec<String>,
    found_at: Instant,
    distinct_because: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<Instant>,
}

impl From<Row> for Pair {
    fn from(row: Row) -> Self {
        let decided = (row.distinct_because, row.decided_by, row.decided_at);
        Self {
            id: row.pair_id,
            first: row.first_id,
            second: row.second_id,
            likeness: Likeness {
                score: u8::try_from(row.score).unwrap_or(u8::MAX),
                signs: (row.signs.iter())
                    .filter_map(|it| Sign::parse(it))
                    .collect(),
            },
            found_at: row.found_at,
            verdict: match decided {
                (Some(because), Some(by), Some(at)) => Some(Verdict { because, by, at }),
                _ => None,
            },
        }
    }
}

/// Pairs both of whose records a caller reaches, the likeliest first.
pub(in crate::workforce::duplicates) async fn page(
    connection: &mut PgConnection,
    (filter, units): (&PairFilter, Option<&[OrgUnitId]>),
    reach: &Reach,
    after: Option<&PairKey>,
    limit: i64,
) -> Result<Vec<Pair>, Fault> {
    let sectors = reach.sector_names();
    let rows = sqlx::query_as!(
        Row,
        r#"select p.pair_id as "pair_id: DuplicateId", p.first_id as "first_id: WorkerId",
                  p.second_id as "second_id: WorkerId", p.score, p.signs, p.found_at, p.distinct_because,
                  p.decided_by, p.decided_at
           from duplicate_pair p
           join worker a on a.worker_id = p.first_id
           join worker b on b.worker_id = p.second_id
           where (p.distinct_because is not null) = $1 and p.score >= $2
             and ($3::uuid is null or p.first_id = $3 or p.second_id = $3)
             and ($4::uuid[] is null or (a.org_unit_id = any($4) and b.org_unit_id = any($4)))
             and ($5::text[] is null or (a.sector = any($5) and b.sector = any($5)))
             and ($6::uuid[] is null or a.org_unit_id = any($6) or b.org_unit_id = any($6))
             and ($7::smallint is null or p.score < $7 or (p.score = $7 and p.pair_id > $8))
           order by p.score desc, p.pair_id limit $9"#,
        filter.decided,
        i16::from(filter.minimum_score.unwrap_or(0)),
        filter.worker as Option<WorkerId>,
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        units as Option<&[OrgUnitId]>,
        after.map(|it| i16::from(it.score)),
        after.map(|it| Uuid::from(it.id)),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// How many pairs a list holds in all.
pub(in crate::workforce::duplicates) async fn count(
    connection: &mut PgConnection,
    (filter, units): (&PairFilter, Option<&[OrgUnitId]>),
    reach: &Reach,
) -> Result<u64, Fault> {
    let sectors = reach.sector_names();
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from duplicate_pair p
           join worker a on a.worker_id = p.first_id
           join worker b on b.worker_id = p.second_id
           where (p.distinct_because is not null) = $1 and p.score >= $2
             and ($3::uuid is null or p.first_id = $3 or p.second_id = $3)
             and ($4::uuid[] is null or (a.org_unit_id = any($4) and b.org_unit_id = any($4)))
             and ($5::text[] is null or (a.sector = any($5) and b.sector = any($5)))
             and ($6::uuid[] is null or a.org_unit_id = any($6) or b.org_unit_id = any($6))"#,
        filter.decided,
        i16::from(filter.minimum_score.unwrap_or(0)),
        filter.worker as Option<WorkerId>,
        reach.units.as_deref() as Option<&[OrgUnitId]>,
        sectors.as_deref() as Option<&[&str]>,
        units as Option<&[OrgUnitId]>,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

/// One pair, locked until the end of the transaction.
pub(in crate::workforce::duplicates) async fn pair(
    tx: &mut PgConnection,
    id: DuplicateId,
) -> Result<Option<Pair>, Fault> {
    let row = sqlx::query_as!(
        Row,
        r#"select pair_id as "pair_id: DuplicateId", first_id as "first_id: WorkerId",
                  second_id as "second_id: WorkerId", score, signs, found_at, distinct_because, decided_by,
                  decided_at
           from duplicate_pair where pair_id = $1 for update"#,
        id as DuplicateId,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Into::into))
}

/// Writes pairs that were found; what was decided of a pair before stays.
pub(in crate::workforce::duplicates) async fn keep(
    tx: &mut PgConnection,
    found: &[Found],
    at: Instant,
) -> Result<(), Fault> {
    if found.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = found.iter().map(|_| DuplicateId::new().into()).collect();
    let (mut first, mut second): (Vec<Uuid>, Vec<Uuid>) = (Vec::new(), Vec::new());
    for it in found {
        let (one, other) = (Uuid::from(it.one), Uuid::from(it.other));
        first.push(one.min(other));
        second.push(one.max(other));
    }
    let scores: Vec<i16> = (found.iter()).map(|it| it.likeness.score.into()).collect();
    let signs: Vec<String> = (found.iter())
        .map(|it| {
            let signs: Vec<&str> = it.likeness.signs.iter().map(|it| it.as_str()).collect();
            signs.join(" ")
        })
        .collect();
    sqlx::query!(
        "insert into duplicate_pair (pair_id, first_id, second_id, score, signs, found_at)
         select pair_id, first_id, second_id, score, string_to_array(signs, ' '), $6
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[])
              as row (pair_id, first_id, second_id, score, signs)
         on conflict on constraint duplicate_pair_once do update
         set score = excluded.score, signs = excluded.signs",
        &ids,
        &first,
        &second,
        &scores,
        &signs,
        at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the pairs of a record that wait and are not among those that were found just now.
pub(in crate::workforce::duplicates) async fn forget(
    tx: &mut PgConnection,
    worker: WorkerId,
    but: &[WorkerId],
) -> Result<(), Fault> {
    sqlx::query!(
        "delete from duplicate_pair
         where distinct_because is null
           and ((first_id = $1 and second_id <> all($2)) or (second_id = $1 and first_id <> all($2)))",
        worker as WorkerId,
        but as &[WorkerId],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes that the records of a pair are two people's.
pub(in crate::workforce::duplicates) async fn decide(
    tx: &mut PgConnection,
    id: DuplicateId,
    verdict: &Verdict,
) -> Result<(), Fault> {
    sqlx::query!(
        "update duplicate_pair set distinct_because = $2, decided_by = $3, decided_at = $4 where pair_id = $1",
        id as DuplicateId,
        verdict.because,
        verdict.by,
        verdict.at,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// How far the register was compared; whoever else compares it waits.
pub(in crate::workforce::duplicates) async fn searched_through(
    tx: &mut PgConnection,
) -> Result<i64, Fault> {
    Ok(
        sqlx::query_scalar!("select through from duplicate_search where only_row for update")
            .fetch_one(tx)
            .await?,
    )
}

pub(in crate::workforce::duplicates) async fn set_searched_through(
    tx: &mut PgConnection,
    seq: i64,
) -> Result<(), Fault> {
    sqlx::query!(
        "update duplicate_search set through = $1 where only_row",
        seq
    )
    .execute(tx)
    .await?;
    Ok(())
}

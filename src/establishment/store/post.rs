//! Posts, their states, and who fills them.

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::establishment::post::{History, Holding, OpenPost, Standing, State, Status};
use crate::establishment::{Selection, VacancyCell};
use crate::kernel::{CadreId, Date, FacilityId, Fault, PostId, WorkerId};
use crate::ledger::ActReference;
use crate::tenancy::ReferenceVersion;

fn standing(name: &str) -> Standing {
    match name {
        "frozen" => Standing::Frozen,
        "closed" => Standing::Closed,
        _ => Standing::Open,
    }
}

fn named(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Frozen => "frozen",
        Standing::Closed => "closed",
    }
}

pub(super) fn status(name: &str) -> Status {
    match name {
        "planned" => Status::Planned,
        "filled" => Status::Filled,
        "frozen" => Status::Frozen,
        "closed" => Status::Closed,
        _ => Status::Open,
    }
}

pub(in crate::establishment) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Planned => "planned",
        Status::Open => "open",
        Status::Filled => "filled",
        Status::Frozen => "frozen",
        Status::Closed => "closed",
    }
}

/// How many posts stand how on a day, by facility and cadre, and the version of the reference lists; one statement.
pub(in crate::establishment) async fn tally(
    connection: &mut PgConnection,
    selection: &Selection,
) -> Result<(ReferenceVersion, Vec<VacancyCell>), Fault> {
    let rows = sqlx::query!(
        r#"select head.epoch, head.reference_seq, p.facility_id as "facility?: FacilityId",
                  p.cadre_id as "cadre?: CadreId", p.posts as "posts?", p.filled as "filled?", p.frozen as "frozen?"
           from (select epoch, reference_seq from ledger_head where only_row limit 1) head
           left join (
               select d.facility_id, d.cadre_id, count(*) as posts,
                      count(*) filter (where s.stands = 'filled') as filled,
                      count(*) filter (where s.stands = 'frozen') as frozen
               from dated_post d
               left join posting h on h.post_id = d.post_id and h.starts_on <= $1
                    and (h.ends_on is null or h.ends_on >= $1)
               cross join lateral (
                   select case when d.opened_on > $1 then 'planned' when d.status = 'closed' then 'closed'
                               when h.worker_id is not null then 'filled' else d.status end as stands) s
               where (d.valid_from <= $1 or d.valid_from = d.opened_on) and (d.valid_to is null or d.valid_to >= $1)
                 and ($2::uuid[] is null or d.facility_id = any($2))
                 and ($3::uuid[] is null or d.cadre_id = any($3))
                 and s.stands = any($4) and ($5::text[] is null or d.code = any($5))
                 and ($6::uuid is null or h.worker_id = $6)
               group by d.facility_id, d.cadre_id
           ) p on true"#,
        selection.day,
        selection.facilities.as_deref() as Option<&[FacilityId]>,
        selection.cadres.as_deref() as Option<&[CadreId]>,
        &selection.statuses() as &[&str],
        selection.codes.as_deref(),
        selection.holder as Option<WorkerId>,
    )
    .fetch_all(connection)
    .await?;
    let head = rows.first().map(|it| ReferenceVersion {
        epoch: it.epoch,
        reference_seq: it.reference_seq,
    });
    let head = head.ok_or_else(|| Fault::internal("the ledger has no head"))?;
    let number = |count: Option<i64>| count.unwrap_or(0).unsigned_abs();
    let cells = rows.into_iter().filter_map(|row| {
        Some(VacancyCell {
            facility: row.facility?,
            cadre: row.cadre?,
            posts: number(row.posts),
            filled: number(row.filled),
            frozen: number(row.frozen),
        })
    });
    Ok((head, cells.collect()))
}

/// A post with its history, which nobody else changes until the end of the transaction.
pub(in crate::establishment) async fn lock_post(
    tx: &mut PgConnection,
    post: PostId,
) -> Result<Option<History>, Fault> {
    let found = sqlx::query!(
        r#"select code, facility_id as "facility: FacilityId", version from post where post_id = $1 for update"#,
        post as PostId,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let states = sqlx::query!(
        r#"select valid_from, valid_to, cadre_id as "cadre: CadreId", title, status
           from post_state where post_id = $1 order by valid_from"#,
        post as PostId,
    )
    .fetch_all(&mut *tx)
    .await?;
    let states = states.into_iter().map(|row| State {
        from: row.valid_from,
        until: row.valid_to,
        cadre: row.cadre,
        title: row.title,
        standing: standing(&row.status),
    });
    let holdings = sqlx::query_as!(
        Holding,
        r#"select cadre_id as "cadre: CadreId", ends_on from posting where post_id = $1"#,
        post as PostId,
    )
    .fetch_all(tx)
    .await?;
    Ok(Some(History {
        id: post,
        code: found.code,
        facility: found.facility,
        version: found.version,
        states: states.collect(),
        holdings,
    }))
}

pub(in crate::establishment) async fn insert_post(
    tx: &mut PgConnection,
    post: PostId,
    open: &OpenPost,
    state: &State,
    act: Option<&ActReference>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into post (post_id, code, facility_id, opened_on) values ($1, $2, $3, $4)",
        post as PostId,
        open.code,
        open.facility as FacilityId,
        open.from,
    )
    .execute(&mut *tx)
    .await?;
    write_state(tx, post, state, act).await
}

/// A state from a day on, until which the one before it holds; one of the same day is written over, and its ledger row
/// remains.
pub(in crate::establishment) async fn turn_post(
    tx: &mut PgConnection,
    post: PostId,
    state: &State,
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let ended = state.from.pred_opt();
    sqlx::query!(
        "update post_state set valid_to = $3 where post_id = $1 and valid_from < $2 and valid_to is null",
        post as PostId,
        state.from,
        ended as Option<Date>,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update post set version = version + 1 where post_id = $1",
        post as PostId,
    )
    .execute(&mut *tx)
    .await?;
    Ok(write_state(tx, post, state, act).await?)
}

async fn write_state(
    tx: &mut PgConnection,
    post: PostId,
    state: &State,
    act: Option<&ActReference>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into post_state (post_id, valid_from, cadre_id, title, status, act)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (post_id, valid_from) do update
         set cadre_id = excluded.cadre_id, title = excluded.title, status = excluded.status, act = excluded.act",
        post as PostId,
        state.from,
        state.cadre as CadreId,
        state.title,
        named(state.standing),
        act.map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

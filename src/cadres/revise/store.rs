//! The statements that write the taxonomy, and count whom a change touches.

use sqlx::PgConnection;
use sqlx::types::Json;

use super::proposal::Revision;
use crate::kernel::{CadreId, Date, Fault};
use crate::ledger::ActReference;

/// How many people hold postings under some cadres from a day on, and how many postings these are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub workers: i64,
    /// In force on the day.
    pub postings: i64,
    /// Those that begin later.
    pub postings_to_come: i64,
    /// That are approved on the day or later.
    pub posts: i64,
    /// In force on the day or later.
    pub norms: i64,
}

pub(super) async fn touched(
    connection: &mut PgConnection,
    cadres: &[CadreId],
    from: Date,
) -> Result<Touched, Fault> {
    Ok(sqlx::query_as!(
        Touched,
        r#"select count(distinct worker_id) as "workers!",
                  count(*) filter (where starts_on <= $2) as "postings!",
                  count(*) filter (where starts_on > $2) as "postings_to_come!",
                  (select count(distinct post_id) from cadre_post
                   where cadre_id = any($1) and (valid_to is null or valid_to >= $2)) as "posts!",
                  (select count(*) from cadre_norm
                   where cadre_id = any($1) and (valid_to is null or valid_to >= $2)) as "norms!"
           from cadre_posting where cadre_id = any($1) and (ends_on is null or ends_on >= $2)"#,
        cadres as &[CadreId],
        from,
    )
    .fetch_one(connection)
    .await?)
}

/// A new cadre.
pub(super) async fn insert(
    tx: &mut PgConnection,
    new: &Revision,
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let state = &new.after;
    sqlx::query!(
        "insert into cadre (cadre_id, code, parent_id, label, sector, worker_class, description, entry_qualification,
                            is_licensed, council, retirement_age, salary_grades, valid_from, act, career_steps)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        new.cadre as CadreId,
        new.code,
        state.parent as Option<CadreId>,
        Json(&state.label) as _,
        new.sector.as_str(),
        state.worker_class.as_str(),
        Json(&state.description) as _,
        state.entry_qualification,
        state.is_licensed,
        state.council,
        state.retirement_age,
        &state.salary_grades,
        new.from,
        act.map(Json) as _,
        &state.career_steps as &[CadreId],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A state from a day on; one of the same day is written over, and its ledger row remains.
pub(super) async fn change(
    tx: &mut PgConnection,
    revision: &Revision,
    act: Option<&ActReference>,
) -> Result<(), Fault> {
    let state = &revision.after;
    sqlx::query!(
        "with raised as (
             update cadre set version = $15 where cadre_id = $1
         ), followed as (
             insert into cadre_successor (cadre_id, valid_from, successor_id)
             select $1, $2, id from unnest($14::uuid[]) as successor (id)
             on conflict do nothing
         )
         insert into cadre_state (cadre_id, valid_from, parent_id, label, description, worker_class,
                                  entry_qualification, is_licensed, council, retirement_age, salary_grades, status, act,
                                  career_steps)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $16)
         on conflict (cadre_id, valid_from) do update
         set parent_id = excluded.parent_id, label = excluded.label, description = excluded.description,
             worker_class = excluded.worker_class, entry_qualification = excluded.entry_qualification,
             is_licensed = excluded.is_licensed, council = excluded.council,
             retirement_age = excluded.retirement_age, salary_grades = excluded.salary_grades,
             status = excluded.status, act = excluded.act, career_steps = excluded.career_steps",
        revision.cadre as CadreId,
        revision.from,
        state.parent as Option<CadreId>,
        Json(&state.label) as _,
        Json(&state.description) as _,
        state.worker_class.as_str(),
        state.entry_qualification,
        state.is_licensed,
        state.council,
        state.retirement_age,
        &state.salary_grades,
        state.status.as_str(),
        act.map(Json) as _,
        &state.successors as &[CadreId],
        revision.version,
        &state.career_steps as &[CadreId],
    )
    .execute(tx)
    .await?;
    Ok(())
}

//! Registrations and licences.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;

use crate::credentials::licence::{
    Decision, Entry, Licence, LicenceStatus, Registration, Ruling, Term,
};
use crate::credentials::licensing::{LicenceKey, Selection};
use crate::kernel::{
    CadreId, Date, Fault, LicenceId, OrgUnitId, PageRequest, ReadError, RegistrationId, WorkerId,
};
use crate::ledger::ActReference;
use crate::tenancy::Reader;
use crate::workforce::Edge;

pub(in crate::credentials) const REGISTRATION_TAKEN: &str = "one_registration_a_number";
pub(in crate::credentials) const LICENCE_TAKEN: &str = "one_licence_a_number";

/// As the statements below call it.
pub(in crate::credentials) fn status_name(status: LicenceStatus) -> &'static str {
    match status {
        LicenceStatus::Planned => "planned",
        LicenceStatus::Active => "active",
        LicenceStatus::Expired => "expired",
        LicenceStatus::Suspended => "suspended",
        LicenceStatus::Revoked => "revoked",
    }
}

fn ruling_name(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Suspend => "suspend",
        Ruling::Reinstate => "reinstate",
        Ruling::Revoke => "revoke",
    }
}

/// Registrations by worker or by their own ids; the latest first.
async fn registrations(
    connection: &mut PgConnection,
    workers: &[WorkerId],
    ids: &[RegistrationId],
) -> Result<Vec<Registration>, Fault> {
    let rows = sqlx::query!(
        r#"select registration_id as "id: RegistrationId", worker_id as "worker: WorkerId",
                  cadre_id as "cadre: CadreId", council, number, registered_on, act as "act: Json<ActReference>"
           from registration
           where (worker_id = any($1) or registration_id = any($2)) and withdrawal is null
           order by worker_id, registered_on desc, registration_id"#,
        workers as &[WorkerId],
        ids as &[RegistrationId],
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| Registration {
        id: row.id,
        worker: row.worker,
        entry: Entry {
            cadre: row.cadre,
            council: row.council,
            number: row.number,
        },
        registered_on: row.registered_on,
        act: row.act.map(|Json(act)| act),
    });
    Ok(found.collect())
}

/// Licences by worker or by their own ids, with their terms and what was decided; the newest first.
async fn licences(
    connection: &mut PgConnection,
    workers: &[WorkerId],
    ids: &[LicenceId],
) -> Result<Vec<Licence>, Fault> {
    let rows = sqlx::query!(
        r#"select l.licence_id as "id: LicenceId", l.worker_id as "worker: WorkerId", l.cadre_id as "cadre: CadreId",
                  l.council, l.number, t.terms as "terms!: Json<Vec<Term>>",
                  d.decisions as "decisions!: Json<Vec<Decision>>"
           from licence l
           cross join lateral (
               select coalesce(jsonb_agg(jsonb_build_object('starts_on', starts_on, 'ends_on', ends_on, 'act', act)
                                         order by starts_on), '[]') as terms
               from licence_term where licence_id = l.licence_id) t
           cross join lateral (
               select coalesce(jsonb_agg(jsonb_build_object('from', holds_from, 'ruling', ruling, 'reason', reason,
                                                            'act', act) order by holds_from), '[]') as decisions
               from licence_decision where licence_id = l.licence_id) d
           where (l.worker_id = any($1) or l.licence_id = any($2)) and l.withdrawal is null
           order by l.worker_id, l.licence_id desc"#,
        workers as &[WorkerId],
        ids as &[LicenceId],
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| Licence {
        id: row.id,
        worker: row.worker,
        entry: Entry {
            cadre: row.cadre,
            council: row.council,
            number: row.number,
        },
        terms: row.terms.0,
        decisions: row.decisions.0,
    });
    Ok(found.collect())
}

impl Edge for Registration {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        let found = registrations(db, workers, &[]).await?;
        Ok(super::by_worker(found, |it| it.worker))
    }
}

impl Edge for Licence {
    async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
    ) -> Result<HashMap<WorkerId, Vec<Self>>, ReadError> {
        let found = licences(db, workers, &[]).await?;
        Ok(super::by_worker(found, |it| it.worker))
    }
}

pub(in crate::credentials) async fn registration(
    connection: &mut PgConnection,
    id: RegistrationId,
) -> Result<Option<Registration>, Fault> {
    Ok(registrations(connection, &[], &[id]).await?.pop())
}

pub(in crate::credentials) async fn licence(
    connection: &mut PgConnection,
    id: LicenceId,
) -> Result<Option<Licence>, Fault> {
    Ok(licences(connection, &[], &[id]).await?.pop())
}

/// The licences of a selection, those that expire first before the others: their ids by one statement, the rest by another.
pub(in crate::credentials) async fn licence_page(
    connection: &mut PgConnection,
    selection: &Selection,
    request: &PageRequest<LicenceKey>,
) -> Result<Vec<Licence>, Fault> {
    let (after_day, after_id) = request.after.unzip();
    let ids = selected(connection, selection, after_day, after_id, request.limit()).await?;
    let mut found: HashMap<LicenceId, Licence> =
        (licences(connection, &[], &ids).await?.into_iter())
            .map(|it| (it.id, it))
            .collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

async fn selected(
    connection: &mut PgConnection,
    selection: &Selection,
    after_day: Option<Date>,
    after_id: Option<LicenceId>,
    limit: i64,
) -> Result<Vec<LicenceId>, Fault> {
    let people = &selection.people;
    Ok(sqlx::query_scalar!(
        r#"select l.licence_id as "id: LicenceId"
           from licence l
           join credential_worker w on w.worker_id = l.worker_id
           join lateral (
               select min(starts_on) as starts_on, max(ends_on) as ends_on,
                      bool_or(starts_on <= $1 and ends_on >= $1) as covers
               from licence_term where licence_id = l.licence_id) t on true
           left join lateral (
               select ruling from licence_decision where licence_id = l.licence_id and holds_from <= $1
               order by holds_from desc limit 1) d on true
           cross join lateral (
               select case when d.ruling = 'revoke' then 'revoked' when d.ruling = 'suspend' then 'suspended'
                           when t.starts_on > $1 then 'planned' when t.covers then 'active'
                           else 'expired' end as stands) s
           where l.withdrawal is null
             and ($2::uuid[] is null or w.org_unit_id = any($2)) and ($3::text[] is null or w.sector = any($3))
             and ($4::uuid is null or w.worker_id = $4) and ($5::uuid[] is null or l.cadre_id = any($5))
             and ($6::text is null or l.council = $6) and ($7::text[] is null or s.stands = any($7))
             and ($8::date is null or t.ends_on <= $8)
             and ($9::date is null or (t.ends_on, l.licence_id) > ($9, $10))
           order by t.ends_on, l.licence_id limit $11"#,
        selection.day,
        people.units.as_deref() as Option<&[OrgUnitId]>,
        people.sectors.as_deref() as Option<&[&str]>,
        people.person as Option<WorkerId>,
        people.cadres.as_deref() as Option<&[CadreId]>,
        selection.council.as_deref(),
        selection.statuses.as_deref() as Option<&[&str]>,
        selection.expires_by,
        after_day,
        after_id as Option<LicenceId>,
        limit,
    )
    .fetch_all(connection)
    .await?)
}

/// How many licences a selection holds in all.
pub(in crate::credentials) async fn licence_count(
    connection: &mut PgConnection,
    selection: &Selection,
) -> Result<u64, Fault> {
    let all = selected(connection, selection, None, None, i64::MAX).await?;
    Ok(u64::try_from(all.len()).unwrap_or(u64::MAX))
}

/// Who is in post on a day under one of some cadres, and has no licence for it that is active then.
pub(in crate::credentials) async fn unlicensed(
    connection: &mut PgConnection,
    cadres: &[CadreId],
    day: Date,
) -> Result<Vec<WorkerId>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"select distinct p.worker_id as "worker!: WorkerId"
           from credential_posting p
           where p.cadre_id = any($1) and p.starts_on <= $2 and (p.ends_on is null or p.ends_on >= $2)
             and not exists (
                 select from licence l
                 join licence_term t on t.licence_id = l.licence_id and t.starts_on <= $2 and t.ends_on >= $2
                 where l.worker_id = p.worker_id and l.cadre_id = p.cadre_id and l.withdrawal is null
                   and coalesce((select ruling from licence_decision
                                 where licence_id = l.licence_id and holds_from <= $2
                                 order by holds_from desc limit 1), 'reinstate') = 'reinstate')"#,
        cadres as &[CadreId],
        day,
    )
    .fetch_all(connection)
    .await?)
}

pub(in crate::credentials) async fn insert_registration(
    tx: &mut PgConnection,
    of: &Registration,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into registration (registration_id, worker_id, cadre_id, council, number, number_key, registered_on, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        of.id as RegistrationId,
        of.worker as WorkerId,
        of.entry.cadre as CadreId,
        of.entry.council,
        of.entry.number,
        of.entry.key(),
        of.registered_on,
        of.act.as_ref().map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::credentials) async fn insert_licence(
    tx: &mut PgConnection,
    of: &Licence,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into licence (licence_id, worker_id, cadre_id, council, number, number_key)
         values ($1, $2, $3, $4, $5, $6)",
        of.id as LicenceId,
        of.worker as WorkerId,
        of.entry.cadre as CadreId,
        of.entry.council,
        of.entry.number,
        of.entry.key(),
    )
    .execute(&mut *tx)
    .await?;
    for term in &of.terms {
        insert_term(tx, of.id, term).await?;
    }
    Ok(())
}

pub(in crate::credentials) async fn insert_term(
    tx: &mut PgConnection,
    licence: LicenceId,
    term: &Term,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into licence_term (licence_id, starts_on, ends_on, act) values ($1, $2, $3, $4)",
        licence as LicenceId,
        term.starts_on,
        term.ends_on,
        term.act.as_ref().map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::credentials) async fn insert_decision(
    tx: &mut PgConnection,
    licence: LicenceId,
    decision: &Decision,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into licence_decision (licence_id, holds_from, ruling, reason, act) values ($1, $2, $3, $4, $5)",
        licence as LicenceId,
        decision.from,
        ruling_name(decision.ruling),
        decision.reason,
        decision.act.as_ref().map(Json) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn withdraw_registration(
    tx: &mut PgConnection,
    id: RegistrationId,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "update registration set withdrawal = $2 where registration_id = $1",
        id as RegistrationId,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn withdraw_licence(
    tx: &mut PgConnection,
    id: LicenceId,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query!(
        "update licence set withdrawal = $2 where licence_id = $1",
        id as LicenceId,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

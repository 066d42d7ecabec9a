//! All statements about `transfer_proposal`.

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{Proposal, ProposalFilter, ProposalStatus, Side};
use crate::kernel::{CadreId, FacilityId, Fault, PageRequest, PostingId, ProposalId, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::transfer::Planned;
use crate::workforce::{Lists, Occasion, PersonName, Reach};

pub(super) const ONE_PENDING: &str = "one_pending_transfer";

/// What a caller reaches, as the statements take it; `None`: all.
pub(super) struct Extent {
    facilities: Option<Vec<FacilityId>>,
    sectors: Option<Vec<&'static str>>,
    person: Option<WorkerId>,
}

impl Extent {
    pub fn new(reach: &Reach, lists: &Lists) -> Self {
        let facilities = reach.units.as_ref().map(|units| {
            let within = lists.places_today.facilities().iter();
            let within = within.filter(|it| units.contains(&it.unit));
            within.map(|it| it.id).collect()
        });
        Self {
            facilities,
            sectors: reach.sector_names(),
            person: reach.person,
        }
    }
}

pub(super) async fn insert(
    tx: &mut PgConnection,
    id: ProposalId,
    planned: &Planned,
    occasion: &Occasion<'_>,
) -> Result<(), sqlx::Error> {
    let next = &planned.next;
    sqlx::query!(
        "insert into transfer_proposal (proposal_id, worker_id, posting_id, facility_id, cadre_id, employment_type,
                                        supervisor_id, reason, starts_on, proposed_by, proposed_at, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id as ProposalId,
        next.worker as WorkerId,
        planned.left.id as PostingId,
        next.facility as FacilityId,
        next.cadre as CadreId,
        next.employment_type,
        next.supervisor as Option<FacilityId>,
        planned.reason,
        next.starts_on,
        occasion.actor.subject,
        occasion.now,
        occasion.act.as_ref().map(Json) as Option<Json<&ActReference>>,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Locks a proposal against other deciders until the end of the transaction.
pub(super) async fn lock(tx: &mut PgConnection, id: ProposalId) -> Result<(), Fault> {
    sqlx::query!(
        "select from transfer_proposal where proposal_id = $1 for update",
        id as ProposalId,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn settle(
    tx: &mut PgConnection,
    id: ProposalId,
    status: ProposalStatus,
    comment: Option<&str>,
    occasion: &Occasion<'_>,
) -> Result<(), Fault> {
    sqlx::query!(
        "update transfer_proposal
         set status = $2, comment = $3, decided_by = $4, decided_at = $5, version = version + 1
         where proposal_id = $1",
        id as ProposalId,
        status.as_str(),
        comment,
        occasion.actor.subject,
        occasion.now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn page(
    connection: &mut PgConnection,
    filter: &ProposalFilter,
    extent: &Extent,
    request: &PageRequest<ProposalId>,
) -> Result<Vec<Proposal>, Fault> {
    let rows = sqlx::query!(
        r#"select proposal_id as "id!: ProposalId", worker_id as "worker!: WorkerId",
                  family_name as "family_name!", given_names as "given_names!",
                  from_facility_id as "from!: FacilityId", from_cadre_id as "from_cadre!: CadreId",
                  facility_id as "to!: FacilityId", cadre_id as "cadre!: CadreId",
                  employment_type as "employment_type!", supervisor_id as "supervisor: FacilityId",
                  reason as "reason!", starts_on as "on!", status as "status!", proposed_by as "proposed_by!",
                  proposed_at as "proposed_at!", decided_by, decided_at, comment,
                  act as "act: Json<Value>", version as "version!"
           from seen_transfer_proposal
           where ($1::uuid is null or proposal_id = $1) and ($2::uuid is null or worker_id = $2)
             and ($3::text[] is null or status = any($3)) and ($4::uuid is null or worker_id = $4)
             and (($5 and ($7::uuid[] is null or from_facility_id = any($7))
                      and ($8::text[] is null or from_sector = any($8)))
                  or ($6 and ($7::uuid[] is null or facility_id = any($7))
                         and ($8::text[] is null or sector = any($8))))
             and ($9::uuid is null or proposal_id < $9)
           order by proposal_id desc limit $10"#,
        filter.proposal as Option<ProposalId>,
        filter.worker as Option<WorkerId>,
        statuses(filter) as Option<Vec<&str>>,
        extent.person as Option<WorkerId>,
        filter.side != Some(Side::Receiving),
        filter.side != Some(Side::Releasing),
        extent.facilities.as_deref() as Option<&[FacilityId]>,
        extent.sectors.as_deref() as Option<&[&str]>,
        request.after as Option<ProposalId>,
        request.limit(),
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        let act = row.act.map(|Json(act)| serde_json::from_value(act));
        Ok(Proposal {
            id: row.id,
            worker: row.worker,
            name: PersonName {
                family: row.family_name,
                given: row.given_names,
            },
            from: row.from,
            from_cadre: row.from_cadre,
            to: row.to,
            on: row.on,
            cadre: row.cadre,
            employment_type: row.employment_type,
            supervisor: row.supervisor,
            reason: row.reason,
            status: ProposalStatus::parse(&row.status)
                .ok_or_else(|| Fault::internal("a proposal of an unknown status"))?,
            proposed_by: row.proposed_by,
            proposed_at: row.proposed_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            comment: row.comment,
            act: act.transpose()?,
            version: row.version,
        })
    });
    read.collect()
}

pub(super) async fn count(
    connection: &mut PgConnection,
    filter: &ProposalFilter,
    extent: &Extent,
) -> Result<u64, Fault> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from seen_transfer_proposal
           where ($1::uuid is null or proposal_id = $1) and ($2::uuid is null or worker_id = $2)
             and ($3::text[] is null or status = any($3)) and ($4::uuid is null or worker_id = $4)
             and (($5 and ($7::uuid[] is null or from_facility_id = any($7))
                      and ($8::text[] is null or from_sector = any($8)))
                  or ($6 and ($7::uuid[] is null or facility_id = any($7))
                         and ($8::text[] is null or sector = any($8))))"#,
        filter.proposal as Option<ProposalId>,
        filter.worker as Option<WorkerId>,
        statuses(filter) as Option<Vec<&str>>,
        extent.person as Option<WorkerId>,
        filter.side != Some(Side::Receiving),
        filter.side != Some(Side::Releasing),
        extent.facilities.as_deref() as Option<&[FacilityId]>,
        extent.sectors.as_deref() as Option<&[&str]>,
    )
    .fetch_one(connection)
    .await?;
    Ok(count.unsigned_abs())
}

fn statuses(filter: &ProposalFilter) -> Option<Vec<&'static str>> {
    let statuses = filter.statuses.as_ref()?.iter();
    Some(statuses.map(|it| it.as_str()).collect())
}

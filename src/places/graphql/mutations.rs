//! Mutations of places: one input, a payload whose refusals are data.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{
    AddOrgUnitErrorCode, ChangeOrgUnitErrorCode, CloseOrgUnitErrorCode, RecordPopulationsErrorCode,
};
use super::inputs::{
    AddOrgUnitInput, ChangeOrgUnitInput, CloseOrgUnitInput, RecordPopulationsInput,
};
use super::objects::{Facility, OrgUnit};
use crate::graphql::{
    ActInput, Answer, Beginning, Json, UserErrorOf, begin, conflict, refuse, request, settle,
    user_errors,
};
use crate::kernel::{Date, FacilityId, OrgUnitId, ReadError};
use crate::ledger::{self, Conflict};
use crate::places::{self, Gazetteer, Occasion, UnitProposal};

/// The answer to `addOrgUnit`.
#[derive(SimpleObject)]
pub struct AddOrgUnitPayload {
    /// The new unit, as it is from its first day; absent when it was refused.
    org_unit: Option<OrgUnit>,
    /// Both versions, when someone else changed a unit that moves first.
    conflict: Option<OrgUnitConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<AddOrgUnitErrorCode>>,
}

/// The answer to `changeOrgUnit`.
#[derive(SimpleObject)]
pub struct ChangeOrgUnitPayload {
    /// The unit, as it is from that day; absent when it was refused.
    org_unit: Option<OrgUnit>,
    /// Both versions, when someone else changed the unit first.
    conflict: Option<OrgUnitConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ChangeOrgUnitErrorCode>>,
}

/// The answer to `closeOrgUnit`.
#[derive(SimpleObject)]
pub struct CloseOrgUnitPayload {
    /// The unit, as it is from that day; absent when it was refused.
    org_unit: Option<OrgUnit>,
    /// Both versions, when someone else changed the unit first.
    conflict: Option<OrgUnitConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<CloseOrgUnitErrorCode>>,
}

/// The answer to `recordPopulations`.
#[derive(SimpleObject)]
pub struct RecordPopulationsPayload {
    /// The units whose figures are new or corrected; empty when it was refused.
    org_units: Vec<OrgUnit>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordPopulationsErrorCode>>,
}

/// A change of an org unit that someone else made first.
#[derive(SimpleObject)]
pub struct OrgUnitConflict {
    /// The version that the caller saw.
    base_version: i32,
    /// The unit in its last state, with the version that it has now.
    current: OrgUnit,
    /// What differs between the two versions.
    changed: Vec<PlaceChangedField>,
}

/// A change of a facility that someone else made first.
#[derive(SimpleObject)]
pub struct FacilityConflict {
    /// The version that the caller saw.
    base_version: i32,
    /// The facility in its last state, with the version that it has now.
    current: Facility,
    /// What differs between the two versions.
    changed: Vec<PlaceChangedField>,
}

/// A field at the version that the caller saw, and now.
#[derive(SimpleObject)]
pub struct PlaceChangedField {
    /// The field.
    field: String,
    /// Its value at the version that the caller saw.
    base: Json,
    /// Its value now.
    current: Json,
}

impl From<ledger::ChangedField> for PlaceChangedField {
    fn from(changed: ledger::ChangedField) -> Self {
        Self {
            field: changed.field,
            base: Json(changed.base),
            current: Json(changed.current),
        }
    }
}

#[derive(Default)]
pub struct PlacesMutation;

#[Object]
impl PlacesMutation {
    /// Add an org unit from a day on, and move below it what is part of it from then, all at once.
    #[tracing::instrument(name = "mutation addOrgUnit", skip_all)]
    async fn add_org_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: AddOrgUnitInput,
    ) -> Result<AddOrgUnitPayload> {
        let read = input.read().map(UnitProposal::Add);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (org_unit, conflict, errors) = run(ctx, "addOrgUnit", said, &input, proposal).await?;
        Ok(AddOrgUnitPayload {
            org_unit,
            conflict,
            errors,
        })
    }

    /// Change an org unit from a day on: rename it, move it with all that is part of it, describe it anew.
    #[tracing::instrument(name = "mutation changeOrgUnit", skip_all)]
    async fn change_org_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ChangeOrgUnitInput,
    ) -> Result<ChangeOrgUnitPayload> {
        let read = input.read().map(UnitProposal::Change);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (org_unit, conflict, errors) =
            run(ctx, "changeOrgUnit", said, &input, proposal).await?;
        Ok(ChangeOrgUnitPayload {
            org_unit,
            conflict,
            errors,
        })
    }

    /// Close an org unit from a day on, and say which others take over.
    #[tracing::instrument(name = "mutation closeOrgUnit", skip_all)]
    async fn close_org_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: CloseOrgUnitInput,
    ) -> Result<CloseOrgUnitPayload> {
        let read = input.read().map(UnitProposal::Close);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (org_unit, conflict, errors) = run(ctx, "closeOrgUnit", said, &input, proposal).await?;
        Ok(CloseOrgUnitPayload {
            org_unit,
            conflict,
            errors,
        })
    }

    /// Record how many people live in org units, or correct it.
    #[tracing::instrument(name = "mutation recordPopulations", skip_all)]
    async fn record_populations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RecordPopulationsInput,
    ) -> Result<RecordPopulationsPayload> {
        let counts = input.read().map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref())?;
        let key = input.idempotency_key.as_deref();
        let begun = begin::<Vec<OrgUnitId>, RecordPopulationsErrorCode>(
            ctx,
            "recordPopulations",
            key,
            &input,
        );
        let answer = match begun.await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended =
                    places::record_populations(&mut attempt.write().db(), &occasion, &counts).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (org_units, _, errors) = wire(ctx, answer, occasion.today).await?;
        Ok(RecordPopulationsPayload { org_units, errors })
    }
}

type Settled<C> = (
    Option<OrgUnit>,
    Option<OrgUnitConflict>,
    Vec<UserErrorOf<C>>,
);

async fn run<I, C>(
    ctx: &Context<'_>,
    name: &'static str,
    (key, act): (Option<&str>, Option<&ActInput>),
    input: &I,
    proposal: UnitProposal,
) -> Result<Settled<C>>
where
    I: Serialize + Sync,
    C: async_graphql::OutputType + Copy + Serialize + DeserializeOwned,
{
    let occasion = occasion(ctx, act)?;
    let begun = begin::<Vec<OrgUnitId>, C>(ctx, name, key, input).await?;
    let answer = match begun {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let ended = places::revise_units(&mut attempt.write().db(), &occasion, &proposal).await;
            settle(ctx, attempt, ended).await?
        }
    };
    let (units, conflict, errors) = wire(ctx, answer, proposal.from()).await?;
    Ok((units.into_iter().next(), conflict, errors))
}

/// Who asks for a change of places, when, and by what legal act.
///
/// # Errors
/// For callers who have no country.
pub fn occasion<'a>(ctx: &Context<'a>, act: Option<&ActInput>) -> Result<Occasion<'a>> {
    let rq = request(ctx);
    let tenant = rq.tenant().map_err(|denied| refuse(ctx, denied))?;
    let act = act.map(ActInput::read).transpose();
    Ok(Occasion {
        actor: rq.actor(),
        now: rq.now(),
        today: rq.today().map_err(|denied| refuse(ctx, denied))?,
        settings: tenant.settings(),
        act: act.map_err(|invalid| refuse(ctx, invalid))?,
    })
}

/// The places as they are after the commit, and today.
pub(super) async fn current(ctx: &Context<'_>) -> Result<(Arc<Gazetteer>, Date)> {
    let read = async {
        let rq = request(ctx);
        let today = rq.today()?;
        let mut db = rq.read(false).await?;
        let (_, gazetteer) = places::on(&mut db, rq.actor(), today).await?;
        Ok::<_, ReadError>((gazetteer, today))
    };
    read.await.map_err(|error| refuse(ctx, error))
}

/// The units of an answer as they are from a day on, and its refusals.
async fn wire<C>(
    ctx: &Context<'_>,
    answer: Answer<Vec<OrgUnitId>, C>,
    day: Date,
) -> Result<(Vec<OrgUnit>, Option<OrgUnitConflict>, Vec<UserErrorOf<C>>)>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let conflict: Option<Conflict> = conflict(ctx, &answer.refused)?;
    let (gazetteer, today) = current(ctx).await?;
    let on_the_day = gazetteer.on(day);
    let units = answer.value.unwrap_or_default();
    let units = units
        .into_iter()
        .filter_map(|id| OrgUnit::find(&gazetteer, &on_the_day, id));
    let conflict = conflict.and_then(|it| {
        let id = OrgUnitId::from(it.subject);
        let last = gazetteer.unit(id)?.states.last().from;
        let shown = gazetteer.on(last.map_or(today, |last| last.max(today)));
        Some(OrgUnitConflict {
            base_version: it.base_version,
            current: OrgUnit::find(&gazetteer, &shown, id)?,
            changed: it.changed.into_iter().map(Into::into).collect(),
        })
    });
    Ok((units.collect(), conflict, user_errors(ctx, answer.refused)?))
}

/// The facility of an answer as it is from a day on, and its refusals.
///
/// # Errors
/// When the places cannot be read.
pub async fn wire_facility<C>(
    ctx: &Context<'_>,
    answer: Answer<FacilityId, C>,
    day: Date,
) -> Result<(
    Option<Facility>,
    Option<FacilityConflict>,
    Vec<UserErrorOf<C>>,
)>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let conflict: Option<Conflict> = conflict(ctx, &answer.refused)?;
    let (gazetteer, today) = current(ctx).await?;
    let on_the_day = gazetteer.on(day);
    let facility = (answer.value).and_then(|id| Facility::find(&gazetteer, &on_the_day, id));
    let conflict = conflict.and_then(|it| {
        let id = FacilityId::from(it.subject);
        let last = gazetteer.facility(id)?.last().since;
        let shown = gazetteer.on(last.map_or(today, |last| last.max(today)));
        Some(FacilityConflict {
            base_version: it.base_version,
            current: Facility::find(&gazetteer, &shown, id)?,
            changed: it.changed.into_iter().map(Into::into).collect(),
        })
    });
    Ok((facility, conflict, user_errors(ctx, answer.refused)?))
}

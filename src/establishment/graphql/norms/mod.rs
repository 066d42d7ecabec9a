//! Staffing norms on the wire: listed, saved, ended.

mod inputs;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use serde::Serialize;

pub use inputs::{
    EndStaffingNormErrorCode, EndStaffingNormInput, SaveStaffingNormErrorCode,
    SaveStaffingNormInput, StaffingNormFilter,
};

use super::mutations::EstablishmentChangedField;
use crate::cadres::graphql::Cadre;
use crate::establishment::{self, Target};
use crate::graphql::{
    Act, Answer, Beginning, Connection, Day, Paging, UserErrorOf, begin, conflict, connection,
    page_of, refuse, request, settle, user_errors,
};
use crate::kernel::{Id, NormId, ReadError};
use crate::ledger::Conflict;
use crate::places::graphql::{Facility, FacilityType, Setting};
use crate::workforce::Lists;
use crate::workforce::graphql::occasion;

#[derive(Clone)]
pub struct StaffingNorm {
    norm: establishment::Norm,
    lists: Lists,
}

impl StaffingNorm {
    pub(super) fn new(norm: establishment::Norm, lists: Lists) -> Self {
        Self { norm, lists }
    }
}

/// How many people of a cadre, or of the cadres of a group together, there ought to be at a facility, at each facility of a
/// type, or for so many people of an org unit.
#[Object]
impl StaffingNorm {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.norm.id.encode().into()
    }

    /// Rises with every change of the norm; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.norm.version
    }

    /// The cadre, or the group whose cadres count together.
    async fn cadre(&self) -> Option<Cadre> {
        Cadre::find(&self.lists.taxonomy, &self.lists.cadres, self.norm.cadre)
    }

    /// The facility that it is for.
    async fn facility(&self) -> Option<Facility> {
        match self.norm.target {
            Target::Facility(id) => Facility::find(&self.lists.gazetteer, &self.lists.places, id),
            _ => None,
        }
    }

    /// The type of facility that it is for.
    async fn facility_type(&self) -> Option<FacilityType> {
        match &self.norm.target {
            Target::Type { code, .. } => FacilityType::find(&self.lists.places, code),
            _ => None,
        }
    }

    /// Of the facilities of the type, those in town or those that are not; null: all.
    async fn setting(&self) -> Option<Setting> {
        match self.norm.target {
            Target::Type { setting, .. } => setting.map(Into::into),
            _ => None,
        }
    }

    /// The level of the org units whose people it is for.
    async fn org_unit_level(&self) -> Option<u8> {
        match self.norm.target {
            Target::Population { level, .. } => Some(level),
            _ => None,
        }
    }

    /// For how many of their people there ought to be one worker.
    async fn people_per_worker(&self) -> Option<u32> {
        match self.norm.target {
            Target::Population { people, .. } => Some(people),
            _ => None,
        }
    }

    /// How many there ought to be; null for a population, whose people say it.
    async fn minimum(&self) -> Option<u32> {
        self.norm.minimum
    }

    /// Who is there beyond it is surplus; null: beyond the minimum.
    async fn maximum(&self) -> Option<u32> {
        self.norm.maximum
    }

    /// The first day.
    async fn valid_from(&self) -> Day {
        Day(self.norm.valid_from)
    }

    /// The last day; null while no end is known.
    async fn valid_to(&self) -> Option<Day> {
        self.norm.valid_to.map(Day)
    }

    /// Where it comes from.
    async fn source(&self) -> &str {
        &self.norm.source
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.norm.act.clone().map(Act::new)
    }
}

/// A change of a norm that someone else made first.
#[derive(SimpleObject)]
pub struct StaffingNormConflict {
    /// The version that the caller saw.
    base_version: i32,
    /// The norm as it is now.
    current: StaffingNorm,
    /// What differs between the two versions.
    changed: Vec<EstablishmentChangedField>,
}

/// The answer to `saveStaffingNorm`.
#[derive(SimpleObject)]
pub struct SaveStaffingNormPayload {
    /// The norm; absent when it was refused.
    norm: Option<StaffingNorm>,
    /// Both versions, when someone else changed the norm first.
    conflict: Option<StaffingNormConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveStaffingNormErrorCode>>,
}

/// The answer to `endStaffingNorm`.
#[derive(SimpleObject)]
pub struct EndStaffingNormPayload {
    /// The norm; absent when it was refused.
    norm: Option<StaffingNorm>,
    /// Both versions, when someone else changed the norm first.
    conflict: Option<StaffingNormConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<EndStaffingNormErrorCode>>,
}

#[derive(Default)]
pub struct NormsQuery;

#[Object]
impl NormsQuery {
    /// The staffing norms in force on a day (today when absent), by the codes of their cadres; at most 100 a page.
    #[tracing::instrument(name = "query staffingNorms", skip_all)]
    async fn staffing_norms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all in force.")] filter: Option<
            StaffingNormFilter,
        >,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<StaffingNorm>> {
        let page = async |asked| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let at = rq.as_of(as_of)?;
            let mut db = rq.read(false).await?;
            let (norms, lists) = establishment::norms(&mut db, rq.actor(), &filter, at).await?;
            let page = page_of(norms, |it| key(it, &lists), &asked);
            Ok(page.map(|norm| StaffingNorm::new(norm, lists.clone())))
        };
        let paging = Paging { first, after };
        let key = |it: &StaffingNorm| key(&it.norm, &it.lists);
        connection(ctx, "staffing norms", paging, page, key, |norm| norm).await
    }
}

/// The order of norms: by the code of the cadre, then by id.
fn key(norm: &establishment::Norm, lists: &Lists) -> (Option<String>, NormId) {
    let cadre = lists.cadres.get(norm.cadre);
    (cadre.map(|it| it.code.clone()), norm.id)
}

#[derive(Default)]
pub struct NormsMutation;

#[Object]
impl NormsMutation {
    /// Set a staffing norm for some days, or correct one.
    #[tracing::instrument(name = "mutation saveStaffingNorm", skip_all)]
    async fn save_staffing_norm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SaveStaffingNormInput,
    ) -> Result<SaveStaffingNormPayload> {
        let save = input.read().map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref()).map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let answer = match begin(ctx, "saveStaffingNorm", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended =
                    establishment::save_norm(&mut attempt.write().db(), &occasion, &save).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (norm, conflict, errors) = wire(ctx, answer).await?;
        Ok(SaveStaffingNormPayload {
            norm,
            conflict,
            errors,
        })
    }

    /// End a staffing norm with its last day.
    #[tracing::instrument(name = "mutation endStaffingNorm", skip_all)]
    async fn end_staffing_norm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: EndStaffingNormInput,
    ) -> Result<EndStaffingNormPayload> {
        let end = input.read().map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref()).map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let answer = match begin(ctx, "endStaffingNorm", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let ended =
                    establishment::end_norm(&mut attempt.write().db(), &occasion, end).await;
                settle(ctx, attempt, ended).await?
            }
        };
        let (norm, conflict, errors) = wire(ctx, answer).await?;
        Ok(EndStaffingNormPayload {
            norm,
            conflict,
            errors,
        })
    }
}

type Settled<C> = (
    Option<StaffingNorm>,
    Option<StaffingNormConflict>,
    Vec<UserErrorOf<C>>,
);

/// The norm of an answer after the commit, and its refusals.
async fn wire<C>(ctx: &Context<'_>, answer: Answer<NormId, C>) -> Result<Settled<C>>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let conflict: Option<Conflict> = conflict(ctx, &answer.refused)?;
    let shown = async {
        let norm = found(ctx, answer.value).await?;
        let changed = conflict.as_ref().map(|it| it.subject.into());
        Ok::<_, ReadError>((norm, found(ctx, changed).await?))
    };
    let (norm, current) = shown.await.map_err(|error| refuse(ctx, error))?;
    let conflict = conflict
        .zip(current)
        .map(|(it, current)| StaffingNormConflict {
            base_version: it.base_version,
            current,
            changed: it.changed.into_iter().map(Into::into).collect(),
        });
    Ok((norm, conflict, user_errors(ctx, answer.refused)?))
}

async fn found(ctx: &Context<'_>, norm: Option<NormId>) -> Result<Option<StaffingNorm>, ReadError> {
    let Some(norm) = norm else {
        return Ok(None);
    };
    let rq = request(ctx);
    let at = rq.as_of(None)?;
    let mut db = rq.read(false).await?;
    let (found, lists) = establishment::find_norm(&mut db, rq.actor(), norm, at).await?;
    Ok(found.map(|norm| StaffingNorm::new(norm, lists)))
}

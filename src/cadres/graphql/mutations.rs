//! Mutations of the taxonomy: one input, a payload whose refusals are data.

use async_graphql::{Context, Object, Result, SimpleObject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{
    AddCadreErrorCode, ChangeCadreErrorCode, ReinstateCadreErrorCode, RetireCadreErrorCode,
};
use super::inputs::{AddCadreInput, ChangeCadreInput, ReinstateCadreInput, RetireCadreInput};
use super::objects::Cadre;
use crate::cadres::{self, Occasion, Proposal};
use crate::graphql::{
    ActInput, Answer, Beginning, Json, UserErrorOf, begin, conflict, refuse, request, settle,
    user_errors,
};
use crate::kernel::{CadreId, Date, ReadError};
use crate::ledger::{self, Conflict};

/// The answer to `addCadre`.
#[derive(SimpleObject)]
pub struct AddCadrePayload {
    /// The new cadre, as it is from its first day; absent when it was refused.
    cadre: Option<Cadre>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<AddCadreErrorCode>>,
}

/// The answer to `changeCadre`.
#[derive(SimpleObject)]
pub struct ChangeCadrePayload {
    /// The cadre, as it is from that day; absent when it was refused.
    cadre: Option<Cadre>,
    /// Both versions, when someone else changed the cadre first.
    conflict: Option<CadreConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ChangeCadreErrorCode>>,
}

/// The answer to `retireCadre`.
#[derive(SimpleObject)]
pub struct RetireCadrePayload {
    /// The cadre, as it is from that day; absent when it was refused.
    cadre: Option<Cadre>,
    /// Both versions, when someone else changed the cadre first.
    conflict: Option<CadreConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RetireCadreErrorCode>>,
}

/// The answer to `reinstateCadre`.
#[derive(SimpleObject)]
pub struct ReinstateCadrePayload {
    /// The cadre, as it is from that day; absent when it was refused.
    cadre: Option<Cadre>,
    /// Both versions, when someone else changed the cadre first.
    conflict: Option<CadreConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ReinstateCadreErrorCode>>,
}

/// A change of a cadre that someone else made first.
#[derive(SimpleObject)]
pub struct CadreConflict {
    /// The version that the caller saw.
    base_version: i32,
    /// The cadre in its last state, with the version that it has now.
    current: Cadre,
    /// What differs between the two versions.
    changed: Vec<CadreChangedField>,
}

/// A field at the version that the caller saw, and now.
#[derive(SimpleObject)]
pub struct CadreChangedField {
    /// The field.
    field: String,
    /// Its value at the version that the caller saw.
    base: Json,
    /// Its value now.
    current: Json,
}

impl From<ledger::ChangedField> for CadreChangedField {
    fn from(changed: ledger::ChangedField) -> Self {
        Self {
            field: changed.field,
            base: Json(changed.base),
            current: Json(changed.current),
        }
    }
}

#[derive(Default)]
pub struct CadresMutation;

#[Object]
impl CadresMutation {
    /// Add a cadre, or a group of cadres, from a day on.
    #[tracing::instrument(name = "mutation addCadre", skip_all)]
    async fn add_cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: AddCadreInput,
    ) -> Result<AddCadrePayload> {
        let read = input.read().map(Proposal::Add);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let said = Said::new("addCadre", key, input.act.as_ref(), &input);
        let (cadre, _, errors) = run(ctx, said, proposal).await?;
        Ok(AddCadrePayload { cadre, errors })
    }

    /// Rename, move, describe or class a cadre anew from a day on; all days before keep what they had.
    #[tracing::instrument(name = "mutation changeCadre", skip_all)]
    async fn change_cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ChangeCadreInput,
    ) -> Result<ChangeCadrePayload> {
        let read = input.read().map(Proposal::Change);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let said = Said::new("changeCadre", key, input.act.as_ref(), &input);
        let (cadre, conflict, errors) = run(ctx, said, proposal).await?;
        Ok(ChangeCadrePayload {
            cadre,
            conflict,
            errors,
        })
    }

    /// Let nobody be posted under a cadre from a day on; those who are in it stay.
    #[tracing::instrument(name = "mutation retireCadre", skip_all)]
    async fn retire_cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RetireCadreInput,
    ) -> Result<RetireCadrePayload> {
        let read = input.read().map(Proposal::Retire);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let said = Said::new("retireCadre", key, input.act.as_ref(), &input);
        let (cadre, conflict, errors) = run(ctx, said, proposal).await?;
        Ok(RetireCadrePayload {
            cadre,
            conflict,
            errors,
        })
    }

    /// Use a retired cadre again from a day on; the days between stay without it.
    #[tracing::instrument(name = "mutation reinstateCadre", skip_all)]
    async fn reinstate_cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ReinstateCadreInput,
    ) -> Result<ReinstateCadrePayload> {
        let read = input.read().map(Proposal::Reinstate);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let said = Said::new("reinstateCadre", key, input.act.as_ref(), &input);
        let (cadre, conflict, errors) = run(ctx, said, proposal).await?;
        Ok(ReinstateCadrePayload {
            cadre,
            conflict,
            errors,
        })
    }
}

/// What a mutation was given besides its proposal.
struct Said<'a, I> {
    name: &'static str,
    key: Option<&'a str>,
    act: Option<&'a ActInput>,
    input: &'a I,
}

impl<'a, I> Said<'a, I> {
    fn new(
        name: &'static str,
        key: Option<&'a str>,
        act: Option<&'a ActInput>,
        input: &'a I,
    ) -> Self {
        Self {
            name,
            key,
            act,
            input,
        }
    }
}

type Settled<C> = (Option<Cadre>, Option<CadreConflict>, Vec<UserErrorOf<C>>);

async fn run<I, C>(ctx: &Context<'_>, said: Said<'_, I>, proposal: Proposal) -> Result<Settled<C>>
where
    I: Serialize + Sync,
    C: async_graphql::OutputType + Copy + Serialize + DeserializeOwned,
{
    let occasion = occasion(ctx, said.act)?;
    let begun = begin::<Vec<CadreId>, C>(ctx, said.name, said.key, said.input).await?;
    let answer = match begun {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let ended = cadres::revise(&mut attempt.write().db(), &occasion, &proposal).await;
            settle(ctx, attempt, ended).await?
        }
    };
    let (cadres, conflict, errors) = wire(ctx, answer, |it| it, proposal.from()).await?;
    Ok((cadres.into_iter().next(), conflict, errors))
}

/// Who acts, when, and by what legal act.
///
/// # Errors
/// To callers of no country.
pub fn occasion<'a>(ctx: &Context<'a>, act: Option<&ActInput>) -> Result<Occasion<'a>> {
    let rq = request(ctx);
    let tenant = rq.tenant().map_err(|denied| refuse(ctx, denied))?;
    let act = act.map(ActInput::read).transpose();
    Ok(Occasion {
        actor: rq.actor(),
        now: rq.now(),
        today: rq.today().map_err(|denied| refuse(ctx, denied))?,
        languages: &tenant.settings().languages,
        act: act.map_err(|invalid| refuse(ctx, invalid))?,
    })
}

/// The cadres of an answer as they are from a day on, and its refusals. What is read is read after the commit.
///
/// # Errors
/// When the taxonomy cannot be read.
pub async fn wire<T, C>(
    ctx: &Context<'_>,
    answer: Answer<T, C>,
    cadres: impl FnOnce(T) -> Vec<CadreId>,
    day: Date,
) -> Result<(Vec<Cadre>, Option<CadreConflict>, Vec<UserErrorOf<C>>)>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let conflict: Option<Conflict> = conflict(ctx, &answer.refused)?;
    let read = async {
        let rq = request(ctx);
        let today = rq.today()?;
        let mut db = rq.read(false).await?;
        let (on_the_day, taxonomy) = cadres::on(&mut db, rq.actor(), day).await?;
        Ok::<_, ReadError>((on_the_day, taxonomy, today))
    };
    let (on_the_day, taxonomy, today) = read.await.map_err(|error| refuse(ctx, error))?;
    let ids = answer.value.map(cadres).unwrap_or_default();
    let found = ids
        .into_iter()
        .filter_map(|id| Cadre::find(&taxonomy, &on_the_day, id));
    let conflict = conflict.and_then(|it| {
        let id = CadreId::from(it.subject);
        let last = taxonomy.get(id)?.last().from;
        let shown = taxonomy.on(last.map_or(today, |last| last.max(today)));
        Some(CadreConflict {
            base_version: it.base_version,
            current: Cadre::find(&taxonomy, &shown, id)?,
            changed: it.changed.into_iter().map(Into::into).collect(),
        })
    });
    Ok((found.collect(), conflict, user_errors(ctx, answer.refused)?))
}

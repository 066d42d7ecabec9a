//! Changes of the taxonomy that move people: previewed, and made.

use async_graphql::{Context, Enum, Object, OneofObject, Result, SimpleObject};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cadres::graphql::{
    AddCadreInput, Cadre, CadreConflict, ChangeCadreInput, MergeCadresInput, ReinstateCadreInput,
    RetireCadreInput, SplitCadreInput, TouchedIndicator, occasion, wire,
};
use crate::cadres::{self, Proposal};
use crate::graphql::{
    ActInput, Answer, Beginning, Day, UserErrorOf, begin, message, refuse, request, settle,
};
use crate::kernel::{CadreId, Invalid, ReadError, Reason};
use crate::workforce::{self, Regrouped};

/// Why cadres were not merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MergeCadresErrorCode {
    /// There is no such cadre.
    CadreNotFound,
    /// A cadre changed since it was read; see `conflict`.
    Stale,
    /// Another change of a cadre holds from a later day.
    LaterChange,
    /// A cadre is not in use on that day, or the one that is merged into not from then on.
    CadreNotInForce,
    /// A cadre gathers others.
    GathersCadres,
    /// There is no such cadre to merge into.
    SuccessorNotFound,
    /// The cadres are not all of one sector.
    AnotherSector,
    /// A cadre is named twice, or is merged into itself.
    NamedTwice,
    /// No cadre, or more than a list may have.
    TooMany,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The day has not come yet.
    InTheFuture,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a cadre was not split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SplitCadreErrorCode {
    /// There is no such cadre.
    CadreNotFound,
    /// The cadre changed since it was read; see `conflict`.
    Stale,
    /// Another change of the cadre holds from a later day.
    LaterChange,
    /// The cadre is not in use on that day, or one that it is split into not from then on.
    CadreNotInForce,
    /// A cadre gathers others.
    GathersCadres,
    /// There is no such cadre to split into.
    SuccessorNotFound,
    /// The cadres are not all of one sector.
    AnotherSector,
    /// A cadre, a worker or a type of facility is named twice.
    NamedTwice,
    /// More entries than a list may have.
    TooMany,
    /// None of the country's types of facility.
    UnknownFacilityType,
    /// A worker who is named holds no posting under the cadre on that day or later.
    NotInCadre,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// The day has not come yet.
    InTheFuture,
    /// The taxonomy is changed by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// How many people go to a cadre.
#[derive(SimpleObject)]
pub struct CadreIntake {
    /// The cadre.
    cadre: Cadre,
    /// How many people.
    workers: u64,
}

/// The answer to `mergeCadres`.
#[derive(SimpleObject)]
pub struct MergeCadresPayload {
    /// The cadres that ended, as they are from that day; empty when it was refused.
    cadres: Vec<Cadre>,
    /// Where their people went.
    intake: Vec<CadreIntake>,
    /// How many postings go on under another cadre; absent when it was refused.
    postings: Option<u64>,
    /// Both versions, when someone else changed one of the cadres first.
    conflict: Option<CadreConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<MergeCadresErrorCode>>,
}

/// The answer to `splitCadre`.
#[derive(SimpleObject)]
pub struct SplitCadrePayload {
    /// The cadre that ended, as it is from that day; absent when it was refused.
    cadre: Option<Cadre>,
    /// Where its people went.
    intake: Vec<CadreIntake>,
    /// How many postings go on under another cadre; absent when it was refused.
    postings: Option<u64>,
    /// Both versions, when someone else changed the cadre first.
    conflict: Option<CadreConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SplitCadreErrorCode>>,
}

#[derive(Default)]
pub struct RegroupMutation;

#[Object]
impl RegroupMutation {
    /// Merge cadres into one from a day on. Their postings end the day before and go on in the other cadre, with a row in
    /// each person's history; all days before keep what they had.
    #[tracing::instrument(name = "mutation mergeCadres", skip_all)]
    async fn merge_cadres(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: MergeCadresInput,
    ) -> Result<MergeCadresPayload> {
        let read = input.read().map(Proposal::Merge);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let said = ("mergeCadres", key, input.act.as_ref());
        let (cadres, intake, postings, conflict, errors) =
            regroup(ctx, said, &input, proposal).await?;
        Ok(MergeCadresPayload {
            cadres,
            intake,
            postings,
            conflict,
            errors,
        })
    }

    /// Split a cadre into several from a day on. Its postings end the day before and go on in the cadre that takes them,
    /// with a row in each person's history; all days before keep what they had.
    #[tracing::instrument(name = "mutation splitCadre", skip_all)]
    async fn split_cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SplitCadreInput,
    ) -> Result<SplitCadrePayload> {
        let read = input.read().map(Proposal::Split);
        let proposal = read.map_err(|error| refuse(ctx, error))?;
        let key = input.idempotency_key.as_deref();
        let said = ("splitCadre", key, input.act.as_ref());
        let (cadres, intake, postings, conflict, errors) =
            regroup(ctx, said, &input, proposal).await?;
        Ok(SplitCadrePayload {
            cadre: cadres.into_iter().next(),
            intake,
            postings,
            conflict,
            errors,
        })
    }
}

/// What both mutations do with their proposal.
async fn regroup<C>(
    ctx: &Context<'_>,
    (name, key, act): (&str, Option<&str>, Option<&ActInput>),
    input: &(impl Serialize + Sync),
    proposal: Proposal,
) -> Result<Settled<C>>
where
    C: async_graphql::OutputType + Copy + Serialize + DeserializeOwned,
{
    let occasion = occasion(ctx, act)?;
    let answer = match begin(ctx, name, key, input).await? {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let ended = workforce::regroup(&mut attempt.write().db(), &occasion, &proposal).await;
            settle(ctx, attempt, ended).await?
        }
    };
    told_of(ctx, answer, &proposal).await
}

type Settled<C> = (
    Vec<Cadre>,
    Vec<CadreIntake>,
    Option<u64>,
    Option<CadreConflict>,
    Vec<UserErrorOf<C>>,
);

async fn told_of<C>(
    ctx: &Context<'_>,
    answer: Answer<Regrouped, C>,
    proposal: &Proposal,
) -> Result<Settled<C>>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let done = answer.value.clone();
    let ids = |done: Regrouped| {
        let successors = done.gone_to.iter().map(|it| it.0);
        done.cadres.iter().copied().chain(successors).collect()
    };
    let (mut cadres, conflict, errors) = wire(ctx, answer, ids, proposal.from()).await?;
    let ended = done.as_ref().map_or(0, |it| it.cadres.len());
    let successors = cadres.split_off(ended.min(cadres.len()));
    let people = done.iter().flat_map(|it| it.gone_to.iter().map(|it| it.1));
    let intake = successors.into_iter().zip(people);
    let intake = intake.map(|(cadre, workers)| CadreIntake { cadre, workers });
    let postings = done.as_ref().map(|it| it.postings);
    Ok((cadres, intake.collect(), postings, conflict, errors))
}

/// A change of the taxonomy, exactly one, as its mutation takes it. Legal act and key are not looked at.
#[derive(OneofObject)]
pub enum CadreChangeInput {
    /// As for `addCadre`.
    Add(AddCadreInput),
    /// As for `changeCadre`.
    Change(ChangeCadreInput),
    /// As for `retireCadre`.
    Retire(RetireCadreInput),
    /// As for `reinstateCadre`.
    Reinstate(ReinstateCadreInput),
    /// As for `mergeCadres`.
    Merge(MergeCadresInput),
    /// As for `splitCadre`.
    Split(SplitCadreInput),
}

/// What a change of the taxonomy would touch, and what stands against it.
#[derive(SimpleObject)]
pub struct CadreChangePreview {
    /// The day from which it would hold.
    from: Day,
    /// How many people hold a posting, on that day or later, under the cadres concerned or any below them; null, as the
    /// other counts, when the change is outside the caller's scope.
    workers: Option<i64>,
    /// How many of their postings are in force on that day.
    postings: Option<i64>,
    /// How many begin later.
    postings_to_come: Option<i64>,
    /// How many posts are approved, on that day or later, for these cadres.
    posts: Option<i64>,
    /// How many staffing norms name them, on that day or later.
    norms: Option<i64>,
    /// The published indicators that count any of these cadres, or one where people would go in a merge or a split, by what
    /// the cadres are in ISCO-08 on that day; null as the counts. A cadre whose people are of several units is counted where
    /// all of these are.
    indicators: Option<Vec<TouchedIndicator>>,
    /// The cadres that stand below those concerned on that day.
    cadres_below: Vec<Cadre>,
    /// Where people would go in a merge or a split.
    intake: Vec<CadreIntake>,
    /// What stands against the change; empty: it would be made.
    errors: Vec<CadreChangeError>,
}

/// What stands against a change of the taxonomy.
#[derive(SimpleObject)]
pub struct CadreChangeError {
    /// The code with which the mutation would refuse.
    error_code: String,
    /// The refusal in the caller's language.
    message: String,
    /// The path of the input field that it is about; empty when it is about no single field.
    path: Vec<String>,
}

#[derive(Default)]
pub struct RegroupQuery;

#[Object]
impl RegroupQuery {
    /// What a change of the taxonomy would touch and what stands against it, without making it.
    #[tracing::instrument(name = "query previewCadreChange", skip_all)]
    async fn preview_cadre_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change, as its mutation would be given it.")]
        change: CadreChangeInput,
    ) -> Result<CadreChangePreview> {
        let answer = preview(ctx, &change).await;
        answer.map_err(|error| refuse(ctx, error))
    }
}

fn read(change: &CadreChangeInput) -> Result<Proposal, Invalid> {
    Ok(match change {
        CadreChangeInput::Add(input) => Proposal::Add(input.read()?),
        CadreChangeInput::Change(input) => Proposal::Change(input.read()?),
        CadreChangeInput::Retire(input) => Proposal::Retire(input.read()?),
        CadreChangeInput::Reinstate(input) => Proposal::Reinstate(input.read()?),
        CadreChangeInput::Merge(input) => Proposal::Merge(input.read()?),
        CadreChangeInput::Split(input) => Proposal::Split(input.read()?),
    })
}

async fn preview(
    ctx: &Context<'_>,
    change: &CadreChangeInput,
) -> Result<CadreChangePreview, ReadError> {
    let rq = request(ctx);
    let proposal = read(change)?;
    let today = rq.today()?;
    let mut db = rq.read(true).await?;
    let country = (today, &rq.tenant()?.settings().languages[..]);
    let found = workforce::preview(&mut db, rq.actor(), &proposal, country).await?;
    let preview = found.taxonomy;
    let (on_the_day, taxonomy) = cadres::on(&mut db, rq.actor(), preview.from).await?;
    let cadre = |id: CadreId| Cadre::find(&taxonomy, &on_the_day, id);
    let errors = preview.refusals.into_iter().map(|refusal| {
        let code = refusal.objection.code();
        let arguments = refusal.objection.arguments();
        let arguments = arguments
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        CadreChangeError {
            error_code: code.to_owned(),
            message: message(code, arguments, rq.languages()),
            path: refusal.path,
        }
    });
    let intake = found.going_to.into_iter().filter_map(|(id, workers)| {
        let cadre = cadre(id)?;
        Some(CadreIntake { cadre, workers })
    });
    let told = |it: Vec<cadres::TouchedIndicator>| {
        let told = it.into_iter().map(|it| TouchedIndicator::new(it, cadre));
        told.collect()
    };
    Ok(CadreChangePreview {
        from: Day(preview.from),
        workers: preview.touched.map(|it| it.workers),
        postings: preview.touched.map(|it| it.postings),
        postings_to_come: preview.touched.map(|it| it.postings_to_come),
        posts: preview.touched.map(|it| it.posts),
        norms: preview.touched.map(|it| it.norms),
        indicators: preview.indicators.map(told),
        cadres_below: (preview.cadres_below.into_iter())
            .filter_map(cadre)
            .collect(),
        intake: intake.collect(),
        errors: errors.collect(),
    })
}

//! The crosswalk on the wire: proposed by one, reviewed by another, suggested from labels.

mod inputs;
mod objects;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

pub use inputs::{
    ProposeCadreMappingErrorCode, ProposeCadreMappingInput, ReviewCadreMappingErrorCode,
    ReviewCadreMappingInput,
};
pub use objects::{CadreMapping, MappingSuggestion};

use super::mutations::occasion;
use super::objects::Cadre;
use crate::cadres::{self, Taxonomy};
use crate::graphql::{
    Beginning, Day, UserErrorOf, begin, id, refuse, request, settle, user_errors,
};
use crate::kernel::{CadreId, Date, Invalid, MappingId, ReadError, Unfit};

/// The answer to `proposeCadreMapping`.
#[derive(SimpleObject)]
pub struct ProposeCadreMappingPayload {
    /// The proposal; absent when it was refused.
    mapping: Option<CadreMapping>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ProposeCadreMappingErrorCode>>,
}

/// The answer to `reviewCadreMapping`.
#[derive(SimpleObject)]
pub struct ReviewCadreMappingPayload {
    /// The mapping as it now is; absent when the review was refused.
    mapping: Option<CadreMapping>,
    /// The cadre on the first day of the mapping.
    cadre: Option<Cadre>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ReviewCadreMappingErrorCode>>,
}

#[derive(Default)]
pub struct CrosswalkMutation;

#[Object]
impl CrosswalkMutation {
    /// Propose what a cadre is in a classification from a day on; it holds once somebody else approves it.
    #[tracing::instrument(name = "mutation proposeCadreMapping", skip_all)]
    async fn propose_cadre_mapping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: ProposeCadreMappingInput,
    ) -> Result<ProposeCadreMappingPayload> {
        let proposal = input.read().map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref())?;
        let key = input.idempotency_key.as_deref();
        let begun = begin::<MappingId, ProposeCadreMappingErrorCode>(
            ctx,
            "proposeCadreMapping",
            key,
            &input,
        );
        let answer = match begun.await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = cadres::propose_mapping(&mut tx, &occasion, &proposal).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (mapping, _) = found(ctx, answer.value).await?;
        let errors = user_errors(ctx, answer.refused)?;
        Ok(ProposeCadreMappingPayload { mapping, errors })
    }

    /// Approve a mapping that somebody else proposed, or reject one.
    #[tracing::instrument(name = "mutation reviewCadreMapping", skip_all)]
    async fn review_cadre_mapping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: ReviewCadreMappingInput,
    ) -> Result<ReviewCadreMappingPayload> {
        let mapping = id("input.mapping", &input.mapping).map_err(|error| refuse(ctx, error))?;
        let occasion = occasion(ctx, input.act.as_ref())?;
        let key = input.idempotency_key.as_deref();
        let begun =
            begin::<MappingId, ReviewCadreMappingErrorCode>(ctx, "reviewCadreMapping", key, &input);
        let answer = match begun.await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended =
                    cadres::review_mapping(&mut tx, &occasion, mapping, input.approve).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let (mapping, cadre) = found(ctx, answer.value).await?;
        let errors = user_errors(ctx, answer.refused)?;
        Ok(ReviewCadreMappingPayload {
            mapping,
            cadre,
            errors,
        })
    }
}

/// A mapping as it is after the commit, and its cadre on its first day.
async fn found(
    ctx: &Context<'_>,
    mapping: Option<MappingId>,
) -> Result<(Option<CadreMapping>, Option<Cadre>)> {
    let Some(id) = mapping else {
        return Ok((None, None));
    };
    let read = async {
        let rq = request(ctx);
        let today = rq.today()?;
        let mut db = rq.read(false).await?;
        let (_, taxonomy) = cadres::on(&mut db, rq.actor(), today).await?;
        Ok::<_, ReadError>(taxonomy)
    };
    let taxonomy: Arc<Taxonomy> = read.await.map_err(|error| refuse(ctx, error))?;
    let mapping = taxonomy.mapping(id).cloned();
    let cadre = mapping.as_ref().and_then(|it| {
        let on_the_day = taxonomy.on(it.from);
        Cadre::find(&taxonomy, &on_the_day, it.cadre)
    });
    Ok((mapping.map(CadreMapping), cadre))
}

#[derive(Default)]
pub struct CrosswalkQuery;

#[Object]
impl CrosswalkQuery {
    /// Units of an edition that a cadre might be, by how alike their titles are to its labels in all of its languages, and
    /// to the labels of cadres that are mapped to them; the likeliest first. Null when there is no such cadre.
    #[tracing::instrument(name = "query suggestCadreMappings", skip_all)]
    async fn suggest_cadre_mappings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cadre.")] cadre: ID,
        #[graphql(desc = "The edition: `isco-08`, `isco-88`, `kada-hub-1`.")] edition: String,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
    ) -> Result<Option<Vec<MappingSuggestion>>> {
        let answer = async {
            let cadre: CadreId = id("cadre", &cadre)?;
            let most = usize::try_from(first)
                .ok()
                .filter(|it| (1..=100).contains(it));
            let unfit = Unfit::NotWithin { from: 1, to: 100 };
            let most = most.ok_or_else(|| Invalid::new("first", unfit))?;
            let rq = request(ctx);
            let day: Date = as_of.map_or_else(|| rq.today(), |Day(day)| Ok(day))?;
            let mut db = rq.read(true).await?;
            let found = cadres::suggest(&mut db, rq.actor(), cadre, &edition, day).await?;
            Ok::<_, ReadError>(found.map(|found| {
                let first = found.into_iter().take(most);
                first.map(MappingSuggestion::new).collect()
            }))
        };
        answer.await.map_err(|error| refuse(ctx, error))
    }
}

//! Drawing samples of records, and keeping what was found in them.

use async_graphql::{Context, Object, Result, SimpleObject};
use serde::Serialize;

use super::codes::{DrawSpotCheckErrorCode, RecordSpotCheckErrorCode};
use super::inputs::{DrawSpotCheckInput, RecordSpotCheckInput};
use super::objects::SpotCheck;
use super::page_of_checks;
use crate::graphql::{Answer, Beginning, UserErrorOf, begin, refuse, request, settle, user_errors};
use crate::kernel::{PageRequest, SpotCheckId};
use crate::workforce::graphql::mutations::prepare;
use crate::workforce::{self, SpotCheckFilter};

/// The answer to `drawSpotCheck`.
#[derive(SimpleObject)]
pub struct DrawSpotCheckPayload {
    /// The sample; absent when it was refused.
    spot_check: Option<SpotCheck>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<DrawSpotCheckErrorCode>>,
}

/// The answer to `recordSpotCheck`.
#[derive(SimpleObject)]
pub struct RecordSpotCheckPayload {
    /// The sample with what was found; absent when it was refused.
    spot_check: Option<SpotCheck>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RecordSpotCheckErrorCode>>,
}

#[derive(Default)]
pub struct QualityMutation;

#[Object]
impl QualityMutation {
    /// Draw a random sample of the records of an org unit that people entered or corrected, to be compared with the papers.
    #[graphql(complexity = "200 + child_complexity")]
    #[tracing::instrument(name = "mutation drawSpotCheck", skip_all)]
    async fn draw_spot_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: DrawSpotCheckInput,
    ) -> Result<DrawSpotCheckPayload> {
        let (drawing, occasion) = prepare(ctx, &input)?;
        let key = input.idempotency_key.as_deref();
        let answer: Answer<SpotCheckId, _> = match begin(ctx, "drawSpotCheck", key, &input).await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let draw = drawing.with(rand::random());
                let tenant = request(ctx).tenant();
                let settings = tenant.map_err(|denied| refuse(ctx, denied))?.settings();
                let mut db = attempt.write().db();
                let ended = workforce::draw_spot_check(&mut db, &occasion, settings, draw).await;
                drop(db);
                settle(ctx, attempt, ended).await?
            }
        };
        let (spot_check, errors) = wire(ctx, answer).await?;
        Ok(DrawSpotCheckPayload { spot_check, errors })
    }

    /// Keep what a look at the papers said of a record of a sample; by somebody else than whoever entered it.
    #[graphql(complexity = "50 + child_complexity")]
    #[tracing::instrument(name = "mutation recordSpotCheck", skip_all)]
    async fn record_spot_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: RecordSpotCheckInput,
    ) -> Result<RecordSpotCheckPayload> {
        let (command, occasion) = prepare(ctx, &input)?;
        let key = input.idempotency_key.as_deref();
        let answer: Answer<SpotCheckId, _> =
            match begin(ctx, "recordSpotCheck", key, &input).await? {
                Beginning::Answered(answer) => answer,
                Beginning::Attempt(mut attempt) => {
                    let mut db = attempt.write().db();
                    let ended = workforce::record_spot_check(&mut db, &occasion, command).await;
                    drop(db);
                    settle(ctx, attempt, ended).await?
                }
            };
        let (spot_check, errors) = wire(ctx, answer).await?;
        Ok(RecordSpotCheckPayload { spot_check, errors })
    }
}

/// An answer on the wire. The sample is read after the commit.
async fn wire<C>(
    ctx: &Context<'_>,
    answer: Answer<SpotCheckId, C>,
) -> Result<(Option<SpotCheck>, Vec<UserErrorOf<C>>)>
where
    C: async_graphql::OutputType + Copy + Serialize,
{
    let found = match answer.value {
        None => None,
        Some(id) => {
            let filter = SpotCheckFilter {
                check: Some(id),
                ..SpotCheckFilter::default()
            };
            let asked = PageRequest {
                first: 1,
                after: None,
                count: false,
            };
            let selections = [ctx.look_ahead().field("spotCheck")];
            let page = page_of_checks(ctx, &filter, &asked, &selections).await;
            let page = page.map_err(|error| refuse(ctx, error))?;
            page.rows.into_iter().next()
        }
    };
    Ok((found, user_errors(ctx, answer.refused)?))
}

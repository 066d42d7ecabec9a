//! Experienced providers on the wire, and who is qualified for a cadre and not posted under it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use crate::credentials::{self, Ground, PeopleFilter, ProviderFilter, RankKey, Ranked, years};
use crate::graphql::{
    Connection, Day, Paging, connection, id, message, optional_id, refuse, request,
};
use crate::kernel::{Invalid, PageRequest, ReadError, Unfit};
use crate::workforce::graphql::{Worker, WorkerFilterInput, workers_among, workers_by_ids};

/// Which providers; all conditions hold together. An id or a code that nothing has selects nobody.
#[derive(InputObject)]
pub struct ProviderFilterInput {
    /// Who serves under this cadre or any below it.
    cadre: ID,
    /// With a qualification that lets into the cadre. False: without one too, who then has no points for it.
    #[graphql(default = true)]
    qualified: bool,
    /// Of one of these levels, by the codes of the list `qualification_level`.
    qualification_levels: Option<Vec<String>>,
    /// With so many years in post in the cadre, from 0 to 60.
    #[graphql(default)]
    minimum_years: f64,
    /// Whose record is kept in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// Those whose record is kept in this org unit, or in the one that it is part of, stand before others.
    near: Option<ID>,
    /// With a telephone number.
    #[graphql(default)]
    reachable: bool,
    /// Who served in the cadre and does so no more, too.
    #[graphql(default)]
    former: bool,
}

/// What gives a provider points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ProviderReasonCode {
    /// 2 for each full year in post in the cadre, up to 20 years.
    YearsInPost,
    /// 20 for a qualification that lets into the cadre.
    Qualified,
    /// 15 for a licence that is active on the day.
    Licensed,
    /// The same 15, where the cadre asks for no licence.
    NoLicenceNeeded,
    /// 10 for serving in the cadre on the day.
    InService,
    /// 10 for a record that is kept in the org unit that is to be near.
    Near,
    /// 5 for a record that is kept in the org unit that it is part of.
    InTheSameUnit,
    /// 5 for a telephone number.
    Reachable,
}

/// Why a provider has some of their points.
#[derive(SimpleObject)]
pub struct ProviderReason {
    /// What gives them.
    code: ProviderReasonCode,
    /// The same in the caller's language, with its figures.
    message: String,
    /// How many they are.
    points: u32,
}

pub struct ExperiencedProvider {
    ranked: Ranked,
    worker: Option<Arc<Worker>>,
}

/// Somebody who is qualified and experienced, in their place.
#[Object]
impl ExperiencedProvider {
    /// Who it is.
    async fn worker(&self) -> Option<&Worker> {
        self.worker.as_deref()
    }

    /// The points of all reasons, at most 100.
    async fn score(&self) -> u32 {
        self.ranked.score
    }

    /// In post in the cadre, in years of 365.25 days, to one decimal; a day that two postings share counts once.
    async fn years_in_post(&self) -> f64 {
        (years(self.ranked.days) * 10.0).floor() / 10.0
    }

    /// What gave the points.
    async fn reasons(&self, ctx: &Context<'_>) -> Vec<ProviderReason> {
        let languages = request(ctx).languages();
        let told = self.ranked.grounds.iter().map(|(ground, points)| {
            let (code, name) = reason(*ground);
            let years = match ground {
                Ground::YearsInPost(years) => years.to_string(),
                _ => String::new(),
            };
            ProviderReason {
                code,
                message: message(name, [("years", years.as_str())], languages),
                points: *points,
            }
        });
        told.collect()
    }
}

fn reason(ground: Ground) -> (ProviderReasonCode, &'static str) {
    use ProviderReasonCode as Code;
    match ground {
        Ground::YearsInPost(_) => (Code::YearsInPost, "YEARS_IN_POST"),
        Ground::Qualified => (Code::Qualified, "QUALIFIED"),
        Ground::Licensed => (Code::Licensed, "LICENSED"),
        Ground::NoLicenceNeeded => (Code::NoLicenceNeeded, "NO_LICENCE_NEEDED"),
        Ground::Serves => (Code::InService, "IN_SERVICE"),
        Ground::Near => (Code::Near, "NEAR"),
        Ground::Beside => (Code::InTheSameUnit, "IN_THE_SAME_UNIT"),
        Ground::Reachable => (Code::Reachable, "REACHABLE"),
    }
}

impl ProviderFilterInput {
    /// What is asked for.
    ///
    /// # Errors
    /// Bad input for what is no id, or out of range.
    pub fn read(self) -> Result<ProviderFilter, Invalid> {
        if !(0.0..=60.0).contains(&self.minimum_years) {
            let range = Unfit::NotWithin { from: 0, to: 60 };
            return Err(Invalid::new("filter.minimumYears", range));
        }
        Ok(ProviderFilter {
            people: PeopleFilter {
                unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
                unit_code: self.org_unit_code,
                cadre: Some(id("filter.cadre", &self.cadre)?),
                cadre_code: None,
            },
            qualified: self.qualified,
            levels: self.qualification_levels,
            minimum_years: self.minimum_years,
            reachable: self.reachable,
            former: self.former,
            near: optional_id("filter.near", self.near.as_ref())?,
        })
    }
}

#[derive(Default)]
pub struct ProvidersQuery;

#[Object]
impl ProvidersQuery {
    /// Qualified and experienced people within the caller's scope, as of a day (today when absent), those with the most points
    /// first, with the reasons; at most 100 a page. It is a list of people to call, so it needs the permission to read
    /// contacts.
    #[tracing::instrument(name = "query experiencedProviders", skip_all)]
    async fn experienced_providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is looked for.")] filter: ProviderFilterInput,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<ExperiencedProvider>> {
        let page = async |asked: PageRequest<RankKey>| {
            let filter = filter.read()?;
            let rq = request(ctx);
            let at = rq.as_of(as_of)?;
            let mut db = rq.read(true).await?;
            let page = credentials::experienced_providers(&mut db, rq.actor(), &filter, at, &asked)
                .await?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let people = nodes.map(|it| it.field("worker"));
            let ids = page.rows.iter().map(|it| it.candidate.worker).collect();
            let workers = workers_by_ids(ctx, &mut db, ids, at, &people).await?;
            Ok(page.map(|ranked| ExperiencedProvider {
                worker: workers.get(&ranked.candidate.worker).cloned().map(Arc::new),
                ranked,
            }))
        };
        let key = |provider: &ExperiencedProvider| provider.ranked.key();
        let paging = Paging { first, after };
        connection(ctx, "providers", paging, page, key, |provider| provider).await
    }

    /// Workers within the caller's scope with a qualification that lets into a cadre, or into one below it, who are posted under
    /// none of them on the day; at most 100 a page, in the order of `workers`. Who is posted nowhere is among them.
    #[tracing::instrument(name = "query qualifiedNotPosted", skip_all)]
    async fn qualified_not_posted(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cadre.")] cadre: ID,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<WorkerFilterInput>,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Worker>> {
        let among = async {
            let cadre = id("cadre", &cadre)?;
            let rq = request(ctx);
            let at = rq.as_of(as_of)?;
            let mut db = rq.read(true).await?;
            credentials::qualified_not_posted(&mut db, rq.actor(), cadre, at).await
        };
        let among = among.await.map_err(|error: ReadError| refuse(ctx, error))?;
        let paging = Paging { first, after };
        workers_among(ctx, "qualified", filter, as_of, paging, (among, None)).await
    }
}

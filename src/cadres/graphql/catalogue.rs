//! Published indicators on the wire.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::objects::Cadre;
use crate::cadres;
use crate::graphql::{LocalizedText, labels, refuse, request};
use crate::kernel::CadreId;

/// What an indicator is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "cadres::IndicatorUnit")]
pub enum IndicatorUnit {
    /// Workers per 10,000 people.
    #[graphql(name = "PER_10000")]
    Per10000,
    /// Of a hundred.
    Percent,
}

pub struct Indicator(cadres::Indicator);

/// A published indicator, or a threshold for one, that counts the workforce by occupation.
#[Object]
impl Indicator {
    /// The code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The edition that the code is of: the year of the publication.
    async fn edition(&self) -> &str {
        &self.0.edition
    }

    /// What it tells, in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        self.0.name.get(request(ctx).languages())
    }

    /// What it tells, in every language that is known.
    async fn names(&self) -> Vec<LocalizedText> {
        labels(&self.0.name)
    }

    /// What it is told in.
    async fn unit(&self) -> IndicatorUnit {
        self.0.unit.into()
    }

    /// The figure of a threshold; null for an indicator that sets none.
    async fn value(&self) -> Option<f64> {
        self.0.value
    }

    /// The publication.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Whether name and figure were read at the source; otherwise they are to be looked up there before they are relied on.
    async fn is_verified(&self) -> bool {
        self.0.is_verified
    }

    /// The units of ISCO-08 that it counts, each with all below it, as a filter of `headcount` takes them: how the
    /// occupations that the publication names are read here.
    async fn isco08(&self) -> &[String] {
        &self.0.isco08
    }
}

/// A published indicator that counts cadres which a change concerns.
#[derive(SimpleObject)]
pub struct TouchedIndicator {
    #[graphql(flatten)]
    indicator: Indicator,
    /// Which of these cadres it counts on the day, before the change; by code.
    cadres: Vec<Cadre>,
}

impl TouchedIndicator {
    /// `cadre` finds one as it is on the day.
    pub fn new(
        touched: cadres::TouchedIndicator,
        cadre: impl Fn(CadreId) -> Option<Cadre>,
    ) -> Self {
        Self {
            indicator: Indicator(touched.indicator),
            cadres: touched.cadres.into_iter().filter_map(cadre).collect(),
        }
    }
}

#[derive(Default)]
pub struct CatalogueQuery;

#[Object]
impl CatalogueQuery {
    /// Published indicators and thresholds that count the workforce by occupation, by code; the same for every country.
    #[tracing::instrument(name = "query indicators", skip_all)]
    async fn indicators(&self, ctx: &Context<'_>) -> Result<Vec<Indicator>> {
        let rq = request(ctx);
        let found = async { cadres::indicators(&mut rq.read(false).await?, rq.actor()).await };
        let found = found.await.map_err(|error| refuse(ctx, error))?;
        Ok(found.into_iter().map(Indicator).collect())
    }
}

//! The caller as the API sees them: for front-ends that show or hide what a role may do.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::error::refuse;
use super::request::{Request, request};
use super::scalars::SectorName;
use super::scalars::{LocalizedText, labels};
use crate::tenancy::Settings;

pub struct Viewer<'a>(&'a Request);

/// The caller.
#[Object]
impl Viewer<'_> {
    /// Who the token names, as the ledger records it.
    async fn subject(&self) -> &str {
        &self.0.actor().subject
    }

    /// The caller's roles.
    async fn roles(&self) -> Vec<&'static str> {
        let roles = &self.0.actor().roles;
        roles.iter().map(|role| role.as_str()).collect()
    }

    /// What the roles allow.
    async fn permissions(&self) -> Vec<&'static str> {
        let permissions = &self.0.actor().permissions;
        permissions.iter().map(|it| it.as_str()).collect()
    }

    /// Codes of the org units whose subtrees the caller reaches; absent: the whole country.
    async fn units(&self) -> Option<&[String]> {
        self.0.actor().units.as_deref()
    }

    /// The sectors that the caller reaches; absent: all.
    async fn sectors(&self) -> Option<Vec<SectorName>> {
        let sectors = self.0.actor().sectors.as_ref()?;
        Some(sectors.iter().map(|sector| (*sector).into()).collect())
    }

    /// The languages in which this request is answered, in order.
    async fn languages(&self) -> &[String] {
        &self.0.languages().0
    }
}

pub struct Country<'a>(&'a Settings);

/// A level of the org-unit tree.
#[derive(SimpleObject)]
pub struct LevelName {
    /// 1 is the first level below the country.
    number: u8,
    /// What units of this level are called, in the caller's language.
    name: String,
}

/// A country.
#[Object]
impl Country<'_> {
    /// The short name that tokens carry.
    async fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// The name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        self.0.name.get(request(ctx).languages())
    }

    /// The name in every language.
    async fn names(&self) -> Vec<LocalizedText> {
        labels(&self.0.name)
    }

    /// The country's languages, the default first.
    async fn languages(&self) -> &[String] {
        &self.0.languages
    }

    /// The currency (ISO 4217).
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// How many digits the currency has after the point.
    async fn currency_minor_units(&self) -> u8 {
        self.0.currency_minor_units
    }

    /// The time zone (IANA) in which a day begins.
    async fn time_zone(&self) -> &str {
        self.0.time_zone.name()
    }

    /// The country whose way of writing telephone numbers is understood (ISO 3166-1).
    async fn phone_region(&self) -> &str {
        &self.0.phone_region
    }

    /// The days of the week on which nobody works, as ISO 8601 numbers them: 1 is Monday, 7 is Sunday.
    async fn weekend(&self) -> Vec<u32> {
        let weekend = self.0.weekend.iter();
        weekend.map(chrono::Weekday::number_from_monday).collect()
    }

    /// Month and day on which the fiscal year begins.
    async fn fiscal_year_start(&self) -> &str {
        &self.0.fiscal_year_start
    }

    /// What the levels of the org-unit tree are called.
    async fn levels(&self, ctx: &Context<'_>) -> Vec<LevelName> {
        let languages = request(ctx).languages();
        let levels = self.0.levels.iter();
        levels
            .map(|level| LevelName {
                number: level.number,
                name: level.name.get(languages).to_owned(),
            })
            .collect()
    }
}

#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The caller.
    async fn viewer<'a>(&self, ctx: &Context<'a>) -> Viewer<'a> {
        Viewer(request(ctx))
    }

    /// The caller's country; null with an error for callers of the hub and of the platform.
    async fn country<'a>(&self, ctx: &Context<'a>) -> Option<Result<Country<'a>>> {
        let tenant = request(ctx).tenant();
        let country = tenant.map(|tenant| Country(tenant.settings()));
        Some(country.map_err(|denied| refuse(ctx, denied)))
    }
}

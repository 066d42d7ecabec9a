//! What a country is called and how it writes: its entry in the registry of tenants.

use chrono::Weekday;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::kernel::{Languages, TenantCode, Text};

/// A country's own conventions, as `tenants/<code>/tenant.toml` gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub code: TenantCode,
    pub name: Text,
    /// The fallback chain for texts; the first is the default.
    pub languages: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    pub currency_minor_units: u8,
    pub time_zone: Tz,
    /// ISO 3166-1 alpha-2: how telephone numbers without a country code are read.
    pub phone_region: String,
    /// Month and day, `07-01`.
    pub fiscal_year_start: String,
    /// What the levels of the org-unit tree are called, from the top.
    #[serde(default, rename = "level")]
    pub levels: Vec<Level>,
    /// The days of the week on which nobody works, `["Sat", "Sun"]` when absent.
    #[serde(default = "saturday_and_sunday")]
    pub weekend: Vec<Weekday>,
    /// Origins whose pages may call this country's data; none by default.
    #[serde(default)]
    pub cors_origins: Vec<String>,
    /// What corrections of records need a second person, by group of fields. Said in the folder alone: what holds stands in
    /// the country's schema, where its ministry changes it, and never in the registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_person: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub number: u8,
    pub name: Text,
}

#[must_use]
pub fn saturday_and_sunday() -> Vec<Weekday> {
    vec![Weekday::Sat, Weekday::Sun]
}

impl Settings {
    /// The order in which a caller who accepts `accept` (an `Accept-Language` header) is answered.
    #[must_use]
    pub fn languages_for(&self, accept: Option<&str>) -> Languages {
        Languages::negotiate(accept, &self.languages)
    }
}

//! A published indicator and whom it counts. No SQL.

use crate::cadres::Cadres;
use crate::kernel::{CadreId, Text};

/// A published indicator or threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    pub code: String,
    /// The year of the publication.
    pub edition: String,
    pub name: Text,
    pub unit: IndicatorUnit,
    /// Of a threshold.
    pub value: Option<f64>,
    pub source: String,
    /// Whether name and figure were read at the source.
    pub is_verified: bool,
    /// The units of ISCO-08 that it counts, each with all below it.
    pub isco08: Vec<String>,
}

/// What an indicator is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndicatorUnit {
    /// Workers per 10,000 people.
    Per10000,
    Percent,
}

impl IndicatorUnit {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "per-10000" => Some(IndicatorUnit::Per10000),
            "percent" => Some(IndicatorUnit::Percent),
            _ => None,
        }
    }
}

/// An indicator, and which of the cadres that a change concerns it counts, by code.
#[derive(Clone, Debug, PartialEq)]
pub struct TouchedIndicator {
    pub indicator: Indicator,
    pub cadres: Vec<CadreId>,
}

impl Indicator {
    /// With those of some cadres that it counts, as these are on a day.
    pub(super) fn among(self, cadres: &Cadres, concerned: &[CadreId]) -> TouchedIndicator {
        let counted = cadres.all().iter();
        let counted = counted.filter(|it| concerned.contains(&it.id) && it.is_of(&self.isco08));
        TouchedIndicator {
            cadres: counted.map(|it| it.id).collect(),
            indicator: self,
        }
    }
}

//! What a country has of places: org units with their populations, facilities, and how these are classified.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::kernel::{Date, FacilityId, OrgUnitId, Sector, Text, fold};
use crate::ledger::ActReference;

/// How an org unit stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitStatus {
    /// Its first day has not come yet.
    Planned,
    Active,
    /// It is no more; others may have taken over from it.
    Closed,
}

impl UnitStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            UnitStatus::Planned => "planned",
            UnitStatus::Active => "active",
            UnitStatus::Closed => "closed",
        }
    }
}

/// All of an org unit that a change from a day on may touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitState {
    pub parent: Option<OrgUnitId>,
    /// 1 is the first level below the country.
    pub level: u8,
    pub name: Text,
    /// What such a unit is called: Région, Cercle, Halmashauri ya Mji …
    pub kind: String,
    pub iso_3166_2: Option<String>,
    pub status: UnitStatus,
}

/// A region, district, ward … as it is on a day. It reads as its state of that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgUnit {
    pub id: OrgUnitId,
    pub code: String,
    /// Rises with every change.
    pub version: i32,
    /// The first day the unit exists, where known.
    pub valid_from: Option<Date>,
    /// The last day, as far as is known.
    pub valid_to: Option<Date>,
    pub source: String,
    /// As of the day.
    pub status: UnitStatus,
    /// The first day of the state; absent: always.
    pub since: Option<Date>,
    /// The last day of the state; absent: no end is known.
    pub until: Option<Date>,
    pub state: Arc<UnitState>,
}

impl Deref for OrgUnit {
    type Target = UnitState;

    fn deref(&self) -> &UnitState {
        &self.state
    }
}

/// How many people live in a unit, by whose count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    pub unit: OrgUnitId,
    pub year: u16,
    pub source: String,
    pub people: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacilityType {
    pub code: String,
    pub label: Text,
    pub tier: String,
    /// Provider class of the System of Health Accounts 2011; empty for social offices.
    pub provider_class: String,
    pub sector: Sector,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ownership {
    pub code: String,
    pub label: Text,
    /// `public`, `private_not_for_profit`, `private_for_profit` (NHWA).
    pub nhwa_group: String,
    pub source: String,
}

/// What is known of a class besides what the country's configuration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassCard {
    /// Rises with every change.
    pub version: i32,
    /// The first day on which no facility takes it.
    pub retired_on: Option<Date>,
}

impl ClassCard {
    #[must_use]
    pub fn is_retired_on(self, day: Date) -> bool {
        self.retired_on.is_some_and(|from| from <= day)
    }
}

/// Whether a place is in town.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Setting {
    Urban,
    Rural,
    /// A register that was taken over does not say.
    Unknown,
}

impl Setting {
    pub const ALL: [Setting; 3] = [Setting::Urban, Setting::Rural, Setting::Unknown];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Setting::Urban => "urban",
            Setting::Rural => "rural",
            Setting::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|setting| setting.as_str() == text)
    }
}

/// Whether a facility works, from the first day of a state on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FacilityStatus {
    Open,
    Closed,
}

impl FacilityStatus {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FacilityStatus::Open => "open",
            FacilityStatus::Closed => "closed",
        }
    }
}

/// All of a facility that a change from a day on may touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityState {
    pub name: String,
    /// As the ownership, one text for all facilities that share it: a country has thousands of them.
    pub type_code: Arc<str>,
    pub ownership: Arc<str>,
    pub unit: OrgUnitId,
    pub setting: Setting,
    pub status: FacilityStatus,
}

/// From a day to before another; without the other one, no end is known.
pub type Closure = (Date, Option<Date>);

/// A health facility, a social-welfare office, a headquarters: a place where people are posted, as it is on a day. It
/// reads as its state of that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facility {
    pub id: FacilityId,
    /// What facts about postings call it by: small, from 1, for ever the same.
    pub number: i64,
    pub code: String,
    /// Rises with every change.
    pub version: i32,
    pub opened_on: Option<Date>,
    /// When it did not work after it had opened, from the first time.
    pub closures: Box<[Closure]>,
    /// The first day of the state; absent: always.
    pub since: Option<Date>,
    /// The last day of the state; absent: no end is known.
    pub until: Option<Date>,
    pub state: FacilityState,
    /// The legal act behind the state.
    pub act: Option<Box<ActReference>>,
}

impl Deref for Facility {
    type Target = FacilityState;

    fn deref(&self) -> &FacilityState {
        &self.state
    }
}

impl Facility {
    /// Whether the facility works on a day: from its opening, but for the days on which it is closed.
    #[must_use]
    pub fn is_open_on(&self, day: Date) -> bool {
        self.opened_on.is_none_or(|opened| opened <= day) && !self.is_closed_on(day)
    }

    #[must_use]
    pub fn is_closed_on(&self, day: Date) -> bool {
        let mut closures = self.closures.iter();
        closures.any(|(from, until)| *from <= day && until.is_none_or(|until| day < until))
    }

    /// The first day on which it no longer works; absent while no end is known.
    #[must_use]
    pub fn closed_on(&self) -> Option<Date> {
        let last = self.closures.last();
        last.filter(|(_, until)| until.is_none()).map(|it| it.0)
    }

    /// The order of lists: by name as it is compared, then by id.
    #[must_use]
    pub fn sort_key(&self) -> (String, FacilityId) {
        (fold(&self.name), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facility_works_from_its_opening_but_for_its_closures() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let facility = Facility {
            id: FacilityId::new(),
            number: 1,
            code: "F".into(),
            version: 1,
            opened_on: Some(day("2000-01-01")),
            closures: [
                (day("2005-01-01"), Some(day("2006-01-01"))),
                (day("2012-04-01"), None),
            ]
            .into(),
            since: None,
            until: None,
            state: FacilityState {
                name: "F".into(),
                type_code: "HC".into(),
                ownership: "GOV".into(),
                unit: OrgUnitId::new(),
                setting: Setting::Rural,
                status: FacilityStatus::Open,
            },
            act: None,
        };
        for (on, open) in [
            ("1999-12-31", false),
            ("2000-01-01", true),
            ("2005-06-01", false),
            ("2006-01-01", true),
            ("2012-03-31", true),
            ("2012-04-01", false),
        ] {
            assert_eq!(facility.is_open_on(day(on)), open, "{on}");
        }
        assert_eq!(facility.closed_on(), Some(day("2012-04-01")));
    }
}

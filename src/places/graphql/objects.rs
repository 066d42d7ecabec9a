//! Org units, facilities and their classifications on the wire, answered from the picture in memory at any depth.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use crate::graphql::{Day, LocalizedText, SectorName, labels, request};
use crate::kernel::{FacilityId, Id, OrgUnitId};
use crate::places::{self, Places, Population};

#[derive(Clone)]
pub struct OrgUnit {
    pub(super) places: Arc<Places>,
    pub(super) id: OrgUnitId,
}

#[derive(Clone)]
pub struct Facility {
    pub(super) places: Arc<Places>,
    pub(super) id: FacilityId,
}

#[derive(Clone)]
pub struct FacilityType {
    pub(super) places: Arc<Places>,
    pub(super) code: String,
}

#[derive(Clone)]
pub struct Ownership {
    pub(super) places: Arc<Places>,
    pub(super) code: String,
}

/// Whether a place is in town.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "places::Setting")]
pub enum Setting {
    /// In town.
    Urban,
    /// In the country.
    Rural,
    /// Not known.
    Unknown,
}

/// How many people live in an org unit.
#[derive(SimpleObject)]
pub struct PopulationCount {
    /// The year it holds for.
    year: u16,
    /// How many people.
    people: u64,
    /// Whose count or estimate it is.
    source: String,
}

impl OrgUnit {
    /// The unit, if there is one with this id.
    #[must_use]
    pub fn find(places: &Arc<Places>, id: OrgUnitId) -> Option<Self> {
        places.unit(id)?;
        Some(Self {
            places: Arc::clone(places),
            id,
        })
    }

    fn unit(&self) -> &places::OrgUnit {
        match self.places.unit(self.id) {
            Some(unit) => unit,
            None => unreachable!("a unit on the wire was found in its picture"),
        }
    }
}

impl Facility {
    /// The facility, if there is one with this id.
    #[must_use]
    pub fn find(places: &Arc<Places>, id: FacilityId) -> Option<Self> {
        places.facility(id)?;
        Some(Self {
            places: Arc::clone(places),
            id,
        })
    }

    fn facility(&self) -> &places::Facility {
        match self.places.facility(self.id) {
            Some(facility) => facility,
            None => unreachable!("a facility on the wire was found in its picture"),
        }
    }
}

/// A region, district, ward … of the country.
#[Object]
impl OrgUnit {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.encode().into()
    }

    /// The code that the country uses.
    async fn code(&self) -> &str {
        &self.unit().code
    }

    /// The name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        self.unit().name.get(request(ctx).languages())
    }

    /// The name in every language it is known in.
    async fn names(&self) -> Vec<LocalizedText> {
        labels(&self.unit().name)
    }

    /// What such a unit is called: Région, Cercle, Halmashauri …
    async fn kind(&self) -> &str {
        &self.unit().kind
    }

    /// 1 is the first level below the country.
    async fn level(&self) -> u8 {
        self.unit().level
    }

    /// The ISO 3166-2 code, where there is one.
    #[graphql(name = "iso3166_2")]
    async fn iso_3166_2(&self) -> Option<&str> {
        self.unit().iso_3166_2.as_deref()
    }

    /// The first day the unit exists, where known.
    async fn valid_from(&self) -> Option<Day> {
        self.unit().valid_from.map(Day)
    }

    /// The last day the unit exists; absent while it does.
    async fn valid_to(&self) -> Option<Day> {
        self.unit().valid_to.map(Day)
    }

    /// The unit that this one is part of.
    async fn parent(&self) -> Option<OrgUnit> {
        Self::find(&self.places, self.unit().parent?)
    }

    /// The units directly below, by code.
    async fn children(&self) -> Vec<OrgUnit> {
        let children = self.places.children(self.id).iter();
        children
            .filter_map(|child| Self::find(&self.places, *child))
            .collect()
    }

    /// Known populations, the newest first.
    async fn populations(&self) -> Vec<PopulationCount> {
        let mut known: Vec<&Population> = self.places.populations(self.id).iter().collect();
        known.sort_by_key(|it| (std::cmp::Reverse(it.year), &it.source));
        known
            .into_iter()
            .map(|it| PopulationCount {
                year: it.year,
                people: it.people,
                source: it.source.clone(),
            })
            .collect()
    }

    /// Where the entry comes from.
    async fn source(&self) -> &str {
        &self.unit().source
    }
}

/// A health facility, a social-welfare office, a headquarters: a place where people are posted.
#[Object]
impl Facility {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.encode().into()
    }

    /// The code that the country uses.
    async fn code(&self) -> &str {
        &self.facility().code
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.facility().name
    }

    /// What kind of facility it is.
    #[graphql(name = "type")]
    async fn facility_type(&self) -> FacilityType {
        FacilityType {
            places: Arc::clone(&self.places),
            code: self.facility().type_code.clone(),
        }
    }

    /// Who owns it.
    async fn ownership(&self) -> Ownership {
        Ownership {
            places: Arc::clone(&self.places),
            code: self.facility().ownership.clone(),
        }
    }

    /// The org unit it stands in.
    async fn org_unit(&self) -> OrgUnit {
        OrgUnit {
            places: Arc::clone(&self.places),
            id: self.facility().unit,
        }
    }

    /// Whether it is in town.
    async fn setting(&self) -> Setting {
        self.facility().setting.into()
    }

    /// The first day it worked, where known.
    async fn opened_on(&self) -> Option<Day> {
        self.facility().opened_on.map(Day)
    }

    /// The first day it no longer works; absent while it does.
    async fn closed_on(&self) -> Option<Day> {
        self.facility().closed_on.map(Day)
    }
}

impl FacilityType {
    fn get(&self) -> Option<&places::FacilityType> {
        self.places.facility_type(&self.code)
    }
}

/// A kind of facility.
#[Object]
impl FacilityType {
    /// The code that the country uses.
    async fn code(&self) -> &str {
        &self.code
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        self.get()
            .map_or("", |it| it.label.get(request(ctx).languages()))
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        self.get().map(|it| labels(&it.label)).unwrap_or_default()
    }

    /// The level of care, as the country tells it.
    async fn tier(&self) -> &str {
        self.get().map_or("", |it| it.tier.as_str())
    }

    /// Provider class of the System of Health Accounts 2011 (`HP.1` hospitals …); empty for social offices.
    async fn provider_class(&self) -> &str {
        self.get().map_or("", |it| it.provider_class.as_str())
    }

    /// The sector it belongs to.
    async fn sector(&self) -> Option<SectorName> {
        self.get().map(|it| it.sector.into())
    }
}

impl Ownership {
    fn get(&self) -> Option<&places::Ownership> {
        self.places.ownership(&self.code)
    }
}

/// Who owns a facility.
#[Object]
impl Ownership {
    /// The code that the country uses.
    async fn code(&self) -> &str {
        &self.code
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        self.get()
            .map_or("", |it| it.label.get(request(ctx).languages()))
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        self.get().map(|it| labels(&it.label)).unwrap_or_default()
    }

    /// The group in the National Health Workforce Accounts.
    async fn nhwa_group(&self) -> &str {
        self.get().map_or("", |it| it.nhwa_group.as_str())
    }
}

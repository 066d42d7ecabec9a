//! Org units, facilities and their classifications on the wire, answered from the picture in memory at any depth.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::classes::{FacilityType, Ownership};
use crate::graphql::{Act, Day, LocalizedText, labels, request};
use crate::kernel::{FacilityId, Id, OrgUnitId};
use crate::places::{self, FacilityHistory, Gazetteer, Places, Population};

#[derive(Clone)]
pub struct OrgUnit {
    gazetteer: Arc<Gazetteer>,
    /// As they are on the day that was asked about.
    places: Arc<Places>,
    id: OrgUnitId,
}

#[derive(Clone)]
pub struct Facility {
    gazetteer: Arc<Gazetteer>,
    /// As they are on the day that was asked about.
    places: Arc<Places>,
    id: FacilityId,
}

/// How an org unit stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "OrgUnitStatus", remote = "places::UnitStatus")]
pub enum UnitStatus {
    /// Its first day has not come yet.
    Planned,
    /// It is there.
    Active,
    /// It is no more; see `successors`.
    Closed,
}

/// Whether a place is in town.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "places::Setting")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

/// Days on which a facility does not work.
#[derive(SimpleObject)]
pub struct FacilityClosure {
    /// The first of them.
    from: Day,
    /// The last of them; absent while no end is known.
    until: Option<Day>,
}

impl OrgUnit {
    /// The unit on a day, if there is one with this id.
    #[must_use]
    pub fn find(gazetteer: &Arc<Gazetteer>, places: &Arc<Places>, id: OrgUnitId) -> Option<Self> {
        places.unit(id)?;
        Some(Self {
            gazetteer: Arc::clone(gazetteer),
            places: Arc::clone(places),
            id,
        })
    }

    fn beside(&self, id: OrgUnitId) -> Option<Self> {
        Self::find(&self.gazetteer, &self.places, id)
    }

    fn all(&self, ids: &[(OrgUnitId, crate::kernel::Date)]) -> Vec<Self> {
        let ids = ids.iter();
        ids.filter_map(|(id, _)| self.beside(*id)).collect()
    }

    fn unit(&self) -> &places::OrgUnit {
        match self.places.unit(self.id) {
            Some(unit) => unit,
            None => unreachable!("a unit on the wire was found in its picture"),
        }
    }
}

impl Facility {
    /// The facility on a day, if there is one with this id.
    #[must_use]
    pub fn find(gazetteer: &Arc<Gazetteer>, places: &Arc<Places>, id: FacilityId) -> Option<Self> {
        places.facility(id)?;
        Some(Self {
            gazetteer: Arc::clone(gazetteer),
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

/// A region, district, ward … of the country, as it is on the day that was asked about.
#[Object]
impl OrgUnit {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.encode().into()
    }

    /// The code that the country uses; for ever the same.
    async fn code(&self) -> &str {
        &self.unit().code
    }

    /// Rises with every change of the unit, of whatever day; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.unit().version
    }

    /// How it stands on the day.
    async fn status(&self) -> UnitStatus {
        self.unit().status.into()
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

    /// The last day the unit exists, as far as is known.
    async fn valid_to(&self) -> Option<Day> {
        self.unit().valid_to.map(Day)
    }

    /// The unit that this one is part of.
    async fn parent(&self) -> Option<OrgUnit> {
        self.beside(self.unit().parent?)
    }

    /// The units directly below that are there on the day, by code.
    async fn children(&self) -> Vec<OrgUnit> {
        let children = self.places.children(self.id).iter();
        let children = children.filter(|id| {
            let unit = self.places.unit(**id);
            unit.is_some_and(|it| it.status == places::UnitStatus::Active)
        });
        children.filter_map(|child| self.beside(*child)).collect()
    }

    /// Those that it took over from, or a part of whom it took over, on any day.
    async fn predecessors(&self) -> Vec<OrgUnit> {
        self.all(self.gazetteer.predecessors(self.id))
    }

    /// Those that took over from it, or from a part of it, on any day.
    async fn successors(&self) -> Vec<OrgUnit> {
        let history = self.gazetteer.unit(self.id);
        history
            .map(|it| self.all(&it.successors))
            .unwrap_or_default()
    }

    /// The first day of the state in which it is described here; absent: always.
    async fn since(&self) -> Option<Day> {
        self.unit().since.map(Day)
    }

    /// The last day of that state; absent: no end is known.
    async fn until(&self) -> Option<Day> {
        self.unit().until.map(Day)
    }

    /// The legal act behind that state.
    async fn act(&self) -> Option<Act> {
        let mut states = self.gazetteer.unit(self.id)?.states.iter();
        let dated = states.find(|it| it.from == self.unit().since)?;
        dated.act.as_deref().cloned().map(Act::new)
    }

    /// What it was, is and will be: the unit on the first day of each of its states, from the oldest.
    async fn states(&self) -> Vec<OrgUnit> {
        let history = self.gazetteer.unit(self.id);
        let days = history.into_iter().flat_map(|it| it.states.days());
        days.filter_map(|day| Self::find(&self.gazetteer, &self.gazetteer.on(day), self.id))
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

/// A health facility, a social-welfare office, a headquarters: a place where people are posted, as it is on the day that
/// was asked about.
#[Object]
impl Facility {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.encode().into()
    }

    /// The code that the country uses; for ever the same.
    async fn code(&self) -> &str {
        &self.facility().code
    }

    /// Rises with every change of the facility, of whatever day; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.facility().version
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
            code: self.facility().type_code.to_string(),
        }
    }

    /// Who owns it.
    async fn ownership(&self) -> Ownership {
        Ownership {
            places: Arc::clone(&self.places),
            code: self.facility().ownership.to_string(),
        }
    }

    /// The org unit it stands in.
    async fn org_unit(&self) -> OrgUnit {
        OrgUnit {
            gazetteer: Arc::clone(&self.gazetteer),
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

    /// The first day it no longer works; absent while no end is known.
    async fn closed_on(&self) -> Option<Day> {
        self.facility().closed_on().map(Day)
    }

    /// When it did not work after it had opened, from the first time.
    async fn closures(&self) -> Vec<FacilityClosure> {
        let closures = self.facility().closures.iter();
        let closures = closures.map(|(from, until)| FacilityClosure {
            from: Day(*from),
            until: until.and_then(|until| until.pred_opt()).map(Day),
        });
        closures.collect()
    }

    /// The first day of the state in which it is described here; absent: always.
    async fn since(&self) -> Option<Day> {
        self.facility().since.map(Day)
    }

    /// The last day of that state; absent: no end is known.
    async fn until(&self) -> Option<Day> {
        self.facility().until.map(Day)
    }

    /// The legal act behind that state.
    async fn act(&self) -> Option<Act> {
        let act = self.facility().act.as_deref();
        act.cloned().map(Act::new)
    }

    /// What it was, is and will be: the facility on the first day of each of its states, from the oldest.
    async fn states(&self) -> Vec<Facility> {
        let history = self.gazetteer.facility(self.id);
        let days = history.into_iter().flat_map(FacilityHistory::days);
        days.filter_map(|day| Self::find(&self.gazetteer, &self.gazetteer.on(day), self.id))
            .collect()
    }
}

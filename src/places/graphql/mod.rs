//! Places on the wire: looking up, listing, previewing, changing.

mod classes;
mod codes;
mod inputs;
mod mutations;
mod objects;
mod preview;
mod saving;

use std::slice;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};

pub use classes::{FacilityType, Ownership};
pub use codes::{
    AddFacilityErrorCode, AddOrgUnitErrorCode, ChangeFacilityErrorCode, ChangeOrgUnitErrorCode,
    CloseFacilityErrorCode, CloseOrgUnitErrorCode, RecordPopulationsErrorCode,
    ReopenFacilityErrorCode,
};
pub use inputs::{AddFacilityInput, ChangeFacilityInput, CloseFacilityInput, ReopenFacilityInput};
pub use mutations::{FacilityConflict, PlacesMutation, occasion, wire_facility};
pub use objects::{Facility, FacilityClosure, OrgUnit, PopulationCount, Setting, UnitStatus};
pub use preview::PlacesPreviewQuery;
pub use saving::{ClassesMutation, SaveFacilityTypeErrorCode, SaveOwnershipErrorCode};

use super::{Gazetteer, Places};
use crate::graphql::{
    Connection, Day, Paging, SectorName, connection, id, nullable, optional_id, page_after,
    page_of, refuse, request,
};
use crate::kernel::{Date, FacilityId, Invalid, OrgUnitId, ReadError, fold};

/// One org unit, by exactly one of these.
#[derive(OneofObject)]
pub enum OrgUnitLookup {
    /// Its opaque id.
    Id(ID),
    /// The country's code.
    Code(String),
}

/// One facility, by exactly one of these.
#[derive(OneofObject)]
pub enum FacilityLookup {
    /// Its opaque id.
    Id(ID),
    /// The country's code.
    Code(String),
}

/// Which org units; all conditions hold together.
#[derive(Default, InputObject)]
pub struct OrgUnitFilter {
    /// Directly below this unit.
    parent: Option<ID>,
    /// The same by the parent's code; a code that nothing has selects nothing.
    parent_code: Option<String>,
    /// Of this level.
    level: Option<u8>,
    /// Whose name holds this, with or without accents.
    name: Option<String>,
    /// That stand so on the day; absent: those that are there.
    statuses: Option<Vec<UnitStatus>>,
}

/// Which facilities; all conditions hold together.
#[derive(Default, InputObject)]
pub struct FacilityFilter {
    /// In this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code; a code that nothing has selects nothing.
    org_unit_code: Option<String>,
    /// Of one of these types, by code.
    types: Option<Vec<String>>,
    /// With one of these owners, by code.
    ownerships: Option<Vec<String>>,
    /// Of a type that belongs to this sector.
    sector: Option<SectorName>,
    /// In town, or not.
    setting: Option<Setting>,
    /// Whose name holds this, with or without accents.
    name: Option<String>,
    /// Working on this day.
    open_on: Option<Day>,
}

/// The order of a list of facilities.
#[derive(Clone, Copy, Default, PartialEq, Eq, Enum)]
pub enum FacilitySort {
    /// By name.
    #[default]
    Name,
    /// By name, from the end of the alphabet.
    NameDescending,
    /// By the country's code.
    Code,
    /// By the country's code, the last one first.
    CodeDescending,
}

impl FacilitySort {
    /// What cursors of this order are good for.
    fn list(self) -> &'static str {
        match self {
            Self::Name => "facilities",
            Self::NameDescending => "facilities by name, descending",
            Self::Code => "facilities by code",
            Self::CodeDescending => "facilities by code, descending",
        }
    }

    /// The keys of some facilities, which come by name, in this order.
    fn order<'a>(
        self,
        by_name: impl Iterator<Item = &'a Arc<super::Facility>>,
    ) -> Vec<(String, FacilityId)> {
        let by_code = matches!(self, Self::Code | Self::CodeDescending);
        let mut keys: Vec<_> = if by_code {
            by_name.map(|it| (it.code.clone(), it.id)).collect()
        } else {
            by_name.map(|it| it.sort_key()).collect()
        };
        if by_code {
            keys.sort();
        }
        if self.descends() {
            keys.reverse();
        }
        keys
    }

    fn descends(self) -> bool {
        matches!(self, Self::NameDescending | Self::CodeDescending)
    }
}

#[derive(Default)]
pub struct PlacesQuery;

#[Object]
impl PlacesQuery {
    /// One org unit, as it is on a day (today when absent); null when there is none.
    #[tracing::instrument(name = "query orgUnit", skip_all)]
    async fn org_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: OrgUnitLookup,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Option<Result<OrgUnit>> {
        let answer = async {
            let (places, gazetteer) = picture(ctx, as_of).await?;
            let found = match &by {
                OrgUnitLookup::Id(given) => Some(id("by.id", given)?),
                OrgUnitLookup::Code(code) => places.unit_by_code(code).map(|unit| unit.id),
            };
            Ok(found.and_then(|found| OrgUnit::find(&gazetteer, &places, found)))
        };
        nullable(ctx, answer.await)
    }

    /// Org units by code, as they are on a day (today when absent); at most 100 a page.
    #[tracing::instrument(name = "query orgUnits", skip_all)]
    async fn org_units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all that are there.")] filter: Option<
            OrgUnitFilter,
        >,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<OrgUnit>> {
        let filter = filter.unwrap_or_default();
        let page = async |page| {
            let (places, gazetteer) = picture(ctx, as_of).await?;
            let parent = optional_id::<OrgUnitId>("filter.parent", filter.parent.as_ref())?;
            let coded = (filter.parent_code.as_deref())
                .map(|code| places.unit_by_code(code).map(|parent| parent.id));
            let name = filter.name.as_deref().map(fold);
            let found = places.units().iter().filter(|unit| {
                let status = UnitStatus::from(unit.status);
                (filter.statuses.as_ref())
                    .map_or(status == UnitStatus::Active, |it| it.contains(&status))
                    && filter.level.is_none_or(|level| unit.level == level)
                    && parent.is_none_or(|parent| unit.parent == Some(parent))
                    && coded.is_none_or(|parent| parent.is_some() && unit.parent == parent)
                    && name.as_ref().is_none_or(|name| {
                        let mut names = unit.name.0.values();
                        names.any(|it| fold(it).contains(name.as_str()))
                    })
            });
            let found = found.map(|unit| (unit.code.clone(), unit.id));
            let page = page_of(found, |(code, _)| code.clone(), &page);
            let node = |id| OrgUnit::find(&gazetteer, &places, id);
            Ok(page.map(|(code, id)| (code, node(id))))
        };
        let node = |(code, unit): (String, Option<OrgUnit>)| match unit {
            Some(unit) => unit,
            None => unreachable!("{code} was found in this picture"),
        };
        let paging = Paging { first, after };
        connection(ctx, "orgUnits", paging, page, |row| row.0.clone(), node).await
    }

    /// One facility, as it is on a day (today when absent); null when there is none.
    #[tracing::instrument(name = "query facility", skip_all)]
    async fn facility(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: FacilityLookup,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Option<Result<Facility>> {
        let answer = async {
            let (places, gazetteer) = picture(ctx, as_of).await?;
            let found = match &by {
                FacilityLookup::Id(given) => Some(id("by.id", given)?),
                FacilityLookup::Code(code) => places.facility_by_code(code).map(|it| it.id),
            };
            Ok(found.and_then(|found| Facility::find(&gazetteer, &places, found)))
        };
        nullable(ctx, answer.await)
    }

    /// Facilities, as they are on a day (today when absent); at most 100 a page.
    #[tracing::instrument(name = "query facilities", skip_all)]
    async fn facilities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<FacilityFilter>,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "In what order; absent: by name.")] sort: Option<FacilitySort>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Facility>> {
        let filter = filter.unwrap_or_default();
        let sort = sort.unwrap_or_default();
        let page = async |page| {
            let (places, gazetteer) = picture(ctx, as_of).await?;
            let wanted = Wanted::new(&places, &filter)?;
            let found = places.facilities().iter().filter(|it| wanted.admits(it));
            let follows = |key: &_, after: &_| (key > after) != sort.descends() && key != after;
            let page = page_after(sort.order(found), follows, &page);
            let node = |id| Facility::find(&gazetteer, &places, id);
            Ok(page.map(|key| (node(key.1), key)))
        };
        let node = |(facility, key): (Option<Facility>, (String, FacilityId))| match facility {
            Some(facility) => facility,
            None => unreachable!("{} was found in this picture", key.0),
        };
        let paging = Paging { first, after };
        connection(ctx, sort.list(), paging, page, |row| row.1.clone(), node).await
    }

    /// The country's types of facility, by code.
    #[tracing::instrument(name = "query facilityTypes", skip_all)]
    async fn facility_types(&self, ctx: &Context<'_>) -> Result<Vec<FacilityType>> {
        let picture = picture(ctx, None).await;
        let (places, _) = picture.map_err(|error| refuse(ctx, error))?;
        let types = places.types().iter().map(|it| FacilityType {
            places: Arc::clone(&places),
            code: it.code.clone(),
        });
        Ok(types.collect())
    }

    /// The country's kinds of ownership, by code.
    #[tracing::instrument(name = "query ownerships", skip_all)]
    async fn ownerships(&self, ctx: &Context<'_>) -> Result<Vec<Ownership>> {
        let picture = picture(ctx, None).await;
        let (places, _) = picture.map_err(|error| refuse(ctx, error))?;
        let ownerships = places.ownerships().iter().map(|it| Ownership {
            places: Arc::clone(&places),
            code: it.code.clone(),
        });
        Ok(ownerships.collect())
    }
}

async fn picture(
    ctx: &Context<'_>,
    as_of: Option<Day>,
) -> Result<(Arc<Places>, Arc<Gazetteer>), ReadError> {
    let rq = request(ctx);
    let day: Date = as_of.map_or_else(|| rq.today(), |Day(day)| Ok(day))?;
    super::on(&mut rq.read(false).await?, rq.actor(), day).await
}

/// A filter, resolved once for all rows.
struct Wanted<'a> {
    filter: &'a FacilityFilter,
    units: Option<Vec<OrgUnitId>>,
    coded: Option<Vec<OrgUnitId>>,
    /// The types of the sector that was asked for.
    of_sector: Option<Vec<String>>,
    name: Option<String>,
}

impl<'a> Wanted<'a> {
    fn new(places: &Places, filter: &'a FacilityFilter) -> Result<Self, Invalid> {
        let root = optional_id::<OrgUnitId>("filter.orgUnit", filter.org_unit.as_ref())?;
        Ok(Self {
            filter,
            units: root.map(|root| places.subtrees([root])),
            coded: (filter.org_unit_code.as_ref())
                .and_then(|code| places.reach(Some(slice::from_ref(code)))),
            of_sector: filter.sector.map(|sector| {
                let types = places.types().iter();
                let of_sector = types.filter(|it| sector == it.sector.into());
                of_sector.map(|it| it.code.clone()).collect()
            }),
            name: filter.name.as_deref().map(fold),
        })
    }

    fn admits(&self, facility: &super::Facility) -> bool {
        let among = |codes: &Option<Vec<String>>, code: &str| {
            (codes.as_ref()).is_none_or(|codes| codes.iter().any(|it| it == code))
        };
        let within = |units: &Option<Vec<OrgUnitId>>| {
            (units.as_ref()).is_none_or(|units| units.contains(&facility.unit))
        };
        within(&self.units)
            && within(&self.coded)
            && among(&self.filter.types, &facility.type_code)
            && among(&self.of_sector, &facility.type_code)
            && among(&self.filter.ownerships, &facility.ownership)
            && (self.filter.setting).is_none_or(|it| it == facility.setting.into())
            && (self.filter.open_on).is_none_or(|Day(day)| facility.is_open_on(day))
            && (self.name.as_ref()).is_none_or(|name| fold(&facility.name).contains(name.as_str()))
    }
}

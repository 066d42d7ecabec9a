//! Where and of what cadres staffing and vacancies are asked about, and by what they are added up.

use async_graphql::{ID, InputObject};

use crate::establishment::{self, Filter};
use crate::graphql::{SectorName, id, optional_id};
use crate::kernel::{Invalid, Unfit};

/// Which places and cadres; all conditions hold together. An id or a code that nothing has selects none.
#[derive(Default, InputObject)]
pub struct StaffingFilter {
    /// In this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// At one of these facilities.
    facilities: Option<Vec<ID>>,
    /// The same by their codes.
    facility_codes: Option<Vec<String>>,
    /// At a facility of one of these types, by code.
    facility_types: Option<Vec<String>>,
    /// Of this cadre or any below it; a group that it is counted in counts too.
    cadre: Option<ID>,
    /// The same by the cadre's code.
    cadre_code: Option<String>,
    /// Of a cadre of this sector.
    sector: Option<SectorName>,
}

impl StaffingFilter {
    pub(super) fn read(self) -> Result<Filter, Invalid> {
        let facilities = self.facilities.map(|given| {
            let ids = given.iter().map(|it| id("filter.facilities", it));
            ids.collect::<Result<Vec<_>, _>>()
        });
        Ok(Filter {
            unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
            unit_code: self.org_unit_code,
            facilities: facilities.transpose()?,
            facility_codes: self.facility_codes,
            facility_types: self.facility_types,
            cadre: optional_id("filter.cadre", self.cadre.as_ref())?,
            cadre_code: self.cadre_code,
            sector: self.sector.map(Into::into),
        })
    }
}

/// By what sums are told; what is absent is not told apart.
#[derive(Default, InputObject)]
pub struct StaffingGrouping {
    /// By the org unit of this level, 1 for those right below the country.
    org_unit_level: Option<i32>,
    /// By the cadre so deep in the tree, 1 for the groups at the top; a cadre that stands above it stands for itself.
    cadre_level: Option<i32>,
}

impl StaffingGrouping {
    pub(super) fn read(&self) -> Result<establishment::GroupBy, Invalid> {
        let level = |field: &str, level: Option<i32>| {
            let level = level.map(|it| u8::try_from(it).unwrap_or(0));
            match level {
                Some(level) if !(1..=9).contains(&level) => {
                    Err(Invalid::new(field, Unfit::NotWithin { from: 1, to: 9 }))
                }
                level => Ok(level),
            }
        };
        Ok(establishment::GroupBy {
            unit_level: level("groupBy.orgUnitLevel", self.org_unit_level)?,
            cadre_level: level("groupBy.cadreLevel", self.cadre_level)?,
        })
    }
}

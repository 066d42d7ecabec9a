//! Which places and cadres are asked about, and what of them the caller reaches.

use std::collections::HashSet;

use crate::kernel::{CadreId, FacilityId, OrgUnitId, Sector, admits};
use crate::places::Places;
use crate::workforce::{Lists, Reach};

/// Which places and cadres; all conditions hold together. An id or a code that nothing has selects nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
    pub facilities: Option<Vec<FacilityId>>,
    pub facility_codes: Option<Vec<String>>,
    pub facility_types: Option<Vec<String>>,
    /// This cadre or below it.
    pub cadre: Option<CadreId>,
    pub cadre_code: Option<String>,
    pub sector: Option<Sector>,
}

impl Filter {
    /// The org units of the filter; `None`: all.
    pub(super) fn units(&self, places: &Places) -> Option<HashSet<OrgUnitId>> {
        let of = |root: Option<OrgUnitId>| -> HashSet<OrgUnitId> {
            places.subtrees(root).into_iter().collect()
        };
        let named = self.unit.map(|root| of(Some(root)));
        let coded = (self.unit_code.as_deref())
            .map(|code| of(places.unit_by_code(code).map(|unit| unit.id)));
        both(named, coded)
    }

    /// Whether it is about facilities one by one, and not about all that stands in an org unit.
    pub(super) fn names_facilities(&self) -> bool {
        self.facilities.is_some() || self.facility_codes.is_some() || self.facility_types.is_some()
    }
}

fn both(
    one: Option<HashSet<OrgUnitId>>,
    other: Option<HashSet<OrgUnitId>>,
) -> Option<HashSet<OrgUnitId>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.intersection(&other).copied().collect()),
        (one, other) => one.or(other),
    }
}

/// What is asked about and within the caller's reach; `None`: all.
#[derive(Clone, Debug)]
pub(super) struct Extent {
    pub facilities: Option<Vec<FacilityId>>,
    pub cadres: Option<Vec<CadreId>>,
}

impl Extent {
    /// Where a facility stood on the day is for the filter; whose it is, today's places say.
    pub fn new(filter: &Filter, lists: &Lists, reach: &Reach) -> Self {
        let of_filter = filter.units(&lists.places);
        let of_reach: Option<HashSet<OrgUnitId>> =
            (reach.units.as_ref()).map(|it| it.iter().copied().collect());
        let by_place = of_filter.is_some() || of_reach.is_some() || filter.names_facilities();
        let places = &lists.places;
        let facilities = by_place.then(|| {
            let admitted = places.facilities().iter().filter(|it| {
                let today = lists.places_today.facility(it.id);
                let unit_today = today.map_or(it.unit, |it| it.unit);
                of_filter.as_ref().is_none_or(|of| of.contains(&it.unit))
                    && of_reach.as_ref().is_none_or(|of| of.contains(&unit_today))
                    && admits(filter.facilities.as_deref(), &it.id)
                    && admits(filter.facility_codes.as_deref(), &it.code)
                    && admits(filter.facility_types.as_deref(), &*it.type_code)
            });
            admitted.map(|it| it.id).collect()
        });
        Self {
            facilities,
            cadres: cadres(filter, lists, reach),
        }
    }
}

fn cadres(filter: &Filter, lists: &Lists, reach: &Reach) -> Option<Vec<CadreId>> {
    let by_cadre = filter.cadre.is_some() || filter.cadre_code.is_some();
    if !by_cadre && filter.sector.is_none() && reach.sectors.is_none() {
        return None;
    }
    let cadres = &lists.cadres;
    let within = filter.cadre.map(|root| cadres.subtree(root));
    let coded = filter.cadre_code.as_deref().map(|code| {
        let root = cadres.by_code(code).map(|it| it.id);
        root.map_or_else(Vec::new, |root| cadres.subtree(root))
    });
    let admitted = cadres.all().iter().filter(|cadre| {
        admits(within.as_deref(), &cadre.id)
            && admits(coded.as_deref(), &cadre.id)
            && filter.sector.is_none_or(|it| it == cadre.sector)
            && admits(reach.sectors.as_deref(), &cadre.sector)
    });
    Some(admitted.map(|cadre| cadre.id).collect())
}

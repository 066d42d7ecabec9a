//! Whose rows a caller may list.

use crate::kernel::{OrgUnitId, WorkerId};
use crate::workforce::{Lists, Reach};

/// Where records are kept, and whose they are to be; `None`: all.
pub(in crate::workforce) struct Extent {
    pub units: Option<Vec<OrgUnitId>>,
    pub sectors: Option<Vec<&'static str>>,
    pub person: Option<WorkerId>,
}

impl Extent {
    /// What a caller reaches of the org units at or below the named ones.
    pub fn new(
        (unit, code): (Option<OrgUnitId>, Option<&str>),
        reach: &Reach,
        lists: &Lists,
    ) -> Self {
        let places = &lists.places_today;
        let named = unit.map(|root| places.subtrees([root]));
        let coded = code.map(|code| {
            let root = places.unit_by_code(code).map(|it| it.id);
            places.subtrees(root)
        });
        let conditions = [named, coded, reach.units.clone()];
        let units = conditions.into_iter().flatten().reduce(|mut one, other| {
            one.retain(|it| other.contains(it));
            one
        });
        Self {
            units,
            sectors: reach.sector_names(),
            person: reach.person,
        }
    }
}

//! Whose credentials are asked about, and which of them the caller may see.

use std::collections::HashSet;

use crate::auth::Actor;
use crate::kernel::{CadreId, OrgUnitId, WorkerId};
use crate::workforce::{Lists, Reach};

/// Whose credentials, and for which cadres. An id or a code that nothing has selects none.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// Whose record is kept in this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
    /// For this cadre or one below it.
    pub cadre: Option<CadreId>,
    pub cadre_code: Option<String>,
}

/// The same within the caller's reach; `None`: all.
#[derive(Clone, Debug)]
pub(super) struct People {
    pub units: Option<Vec<OrgUnitId>>,
    pub sectors: Option<Vec<&'static str>>,
    pub person: Option<WorkerId>,
    pub cadres: Option<Vec<CadreId>>,
}

impl People {
    pub fn new(filter: &PeopleFilter, lists: &Lists, actor: &Actor) -> Self {
        let reach = Reach::of(actor, lists);
        let places = &lists.places_today;
        let named = filter.unit.map(|root| places.subtrees([root]));
        let coded = (filter.unit_code.as_deref())
            .map(|code| places.subtrees(places.unit_by_code(code).map(|it| it.id)));
        let cadre = filter.cadre.map(|root| lists.cadres.subtree(root));
        let cadre_coded = filter.cadre_code.as_deref().map(|code| {
            let root = lists.cadres.by_code(code).map(|it| it.id);
            root.map_or_else(Vec::new, |root| lists.cadres.subtree(root))
        });
        Self {
            sectors: reach.sector_names(),
            units: both(both(named, coded), reach.units),
            person: reach.person,
            cadres: both(cadre, cadre_coded),
        }
    }
}

/// What two conditions have in common, where there are two.
pub(super) fn both<T: Copy + Eq + std::hash::Hash>(
    one: Option<Vec<T>>,
    other: Option<Vec<T>>,
) -> Option<Vec<T>> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let other: HashSet<T> = other.into_iter().collect();
            Some(one.into_iter().filter(|it| other.contains(it)).collect())
        }
        (one, other) => one.or(other),
    }
}

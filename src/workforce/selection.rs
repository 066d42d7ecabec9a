//! A filter of workers, resolved against the places and cadres of the moment. No SQL, no clock.

use std::slice;

use super::{Among, Answered, Lists, Sex, Sort, Status, WorkerFilter, answered};
use crate::auth::Actor;
use crate::kernel::{CadreId, Date, FacilityId, Invalid, ReadError, Unfit, admits, fold};

/// A filter resolved against the places and cadres of the moment.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub(super) day: Date,
    pub(super) sort: Sort,
    pub(super) facilities: Option<Vec<FacilityId>>,
    pub(super) cadres: Option<Vec<CadreId>>,
    pub(super) employment_types: Option<Vec<String>>,
    pub(super) status: Option<Status>,
    pub(super) sex: Option<Sex>,
    pub(super) name_parts: Vec<String>,
    pub(super) answers: Vec<Answered>,
    pub(super) among: Option<Among>,
}

impl Selection {
    /// Whether it takes everybody on the register.
    pub(super) fn is_unconditional(&self) -> bool {
        let of_postings = self.is_about_postings() || self.status.is_some();
        !of_postings && !self.is_about_persons() && self.answers.is_empty()
    }

    /// Whether nothing is asked but what postings in force and answers say.
    pub(super) fn is_of_those_in_post(&self) -> bool {
        let in_post = match self.status {
            Some(status) => status == Status::Active,
            None => self.is_about_postings(),
        };
        in_post && !self.is_about_persons()
    }

    pub(super) fn is_about_postings(&self) -> bool {
        self.facilities.is_some() || self.cadres.is_some() || self.employment_types.is_some()
    }

    pub(super) fn is_about_persons(&self) -> bool {
        self.sex.is_some() || !self.name_parts.is_empty() || self.among.is_some()
    }
}

/// How many words of a name are looked for; more would only slow the search.
const NAME_PARTS: usize = 5;

/// Turns places and cadres of a filter into ids. An id or a code that nothing has selects nobody, as if it were empty.
pub(super) fn resolve(
    filter: &WorkerFilter,
    sort: Sort,
    day: Date,
    lists: &Lists,
    actor: &Actor,
) -> Result<Selection, ReadError> {
    let name_parts: Vec<String> = filter
        .name
        .as_deref()
        .map(|name| fold(name).split(' ').map(str::to_owned).collect())
        .unwrap_or_default();
    if filter.name.is_some() && (name_parts.len() > NAME_PARTS || name_parts == [""]) {
        let unfit = Unfit::NotWords { to: NAME_PARTS };
        return Err(Invalid::new("filter.name", unfit).into());
    }
    Ok(Selection {
        day,
        sort,
        facilities: facilities(filter, lists),
        cadres: cadres(filter, lists),
        employment_types: filter.employment_types.clone(),
        status: filter.status,
        sex: filter.sex,
        name_parts,
        answers: answered(&filter.answers, lists, actor)?,
        among: filter.among.clone(),
    })
}

fn facilities(filter: &WorkerFilter, lists: &Lists) -> Option<Vec<FacilityId>> {
    let by_place = filter.unit.is_some() || filter.unit_code.is_some();
    if !by_place && filter.facility_codes.is_none() && filter.facility_types.is_none() {
        return filter.facilities.clone();
    }
    let places = &lists.places;
    let units = filter.unit.map(|root| places.subtrees([root]));
    let coded = (filter.unit_code.as_ref()).and_then(|it| places.reach(Some(slice::from_ref(it))));
    let admitted = places.facilities().iter().filter(|it| {
        admits(units.as_deref(), &it.unit)
            && admits(coded.as_deref(), &it.unit)
            && admits(filter.facility_types.as_deref(), &*it.type_code)
            && admits(filter.facility_codes.as_deref(), &it.code)
            && admits(filter.facilities.as_deref(), &it.id)
    });
    Some(admitted.map(|it| it.id).collect())
}

fn cadres(filter: &WorkerFilter, lists: &Lists) -> Option<Vec<CadreId>> {
    let by_cadre = filter.cadre.is_some() || filter.cadre_code.is_some();
    if !by_cadre && filter.sector.is_none() && filter.worker_classes.is_none() {
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
            && admits(filter.worker_classes.as_deref(), &cadre.worker_class)
            && filter.sector.is_none_or(|it| it == cadre.sector)
    });
    Some(admitted.map(|cadre| cadre.id).collect())
}

//! The words of a file, found in the country's lists: by code, or by a label that only one entry has.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::cadres::{DEPARTURE_REASON, EMPLOYMENT_TYPE, MARITAL_STATUS, RELATION, Status};
use crate::kernel::{CadreId, Date, FacilityId, OrgUnitId, Text, fold};
use crate::workforce::{Lists, Objection};

pub(super) struct Words<'a> {
    pub lists: &'a Lists,
    facilities: HashMap<&'a str, FacilityId>,
    named: OnceCell<Labels<FacilityId>>,
    cadres: OnceCell<Labels<CadreId>>,
    units: OnceCell<Labels<OrgUnitId>>,
    terms: OnceCell<Labels<String>>,
    reasons: OnceCell<Labels<String>>,
    marital_statuses: OnceCell<Labels<String>>,
    relations: OnceCell<Labels<String>>,
}

/// Entries by folded label; `None` under one that several have.
type Labels<T> = HashMap<String, Option<T>>;

impl<'a> Words<'a> {
    pub fn of(lists: &'a Lists) -> Self {
        let facilities = lists.places.facilities().iter();
        Self {
            lists,
            facilities: facilities.map(|it| (it.code.as_str(), it.id)).collect(),
            named: OnceCell::new(),
            cadres: OnceCell::new(),
            units: OnceCell::new(),
            terms: OnceCell::new(),
            reasons: OnceCell::new(),
            marital_statuses: OnceCell::new(),
            relations: OnceCell::new(),
        }
    }

    pub fn facility(&self, word: &str) -> Result<FacilityId, Objection> {
        if word.is_empty() {
            return Err(Objection::Missing);
        }
        if let Some(id) = self.facilities.get(word) {
            return Ok(*id);
        }
        let named = self.named.get_or_init(|| {
            let all = self.lists.places.facilities().iter();
            labels(all.map(|it| (fold(&it.name), it.id)))
        });
        find(named, word, || Objection::FacilityNotFound)
    }

    pub fn supervisor(&self, word: &str) -> Result<FacilityId, Objection> {
        let found = self.facility(word);
        found.map_err(|objection| match objection {
            Objection::FacilityNotFound => Objection::SupervisorNotFound,
            other => other,
        })
    }

    pub fn cadre(&self, word: &str) -> Result<CadreId, Objection> {
        let cadres = &self.lists.cadres;
        if word.is_empty() {
            return Err(Objection::Missing);
        }
        if let Some(cadre) = cadres.by_code(word) {
            return Ok(cadre.id);
        }
        let by_label = self.cadres.get_or_init(|| {
            // A name that a cadre took over from one that is gone is its own.
            let all = cadres.all().iter().filter(|it| {
                matches!(it.status, Status::Active | Status::Retired) && !cadres.is_group(it.id)
            });
            labels(all.flat_map(|it| folded(&it.label).map(|label| (label, it.id))))
        });
        find(by_label, word, || Objection::CadreNotFound)
    }

    pub fn unit(&self, word: &str) -> Result<OrgUnitId, Objection> {
        let places = &self.lists.places;
        if let Some(unit) = places.unit_by_code(word) {
            return Ok(unit.id);
        }
        let by_name = self.units.get_or_init(|| {
            let all = places.units().iter();
            labels(all.flat_map(|it| folded(&it.name).map(|name| (name, it.id))))
        });
        find(by_name, word, || Objection::OrgUnitNotFound)
    }

    /// Terms that are in use on a day; without a day, that ever were.
    pub fn employment_type(&self, word: &str, day: Option<Date>) -> Result<String, Objection> {
        let unknown = || Objection::UnknownEmploymentType(word.to_owned());
        let code = self.code(EMPLOYMENT_TYPE, &self.terms, word, unknown)?;
        self.in_use(EMPLOYMENT_TYPE, code, day).ok_or_else(unknown)
    }

    /// A reason that is in use on a day; without a day, that ever was.
    pub fn reason(&self, word: &str, day: Option<Date>) -> Result<String, Objection> {
        let unknown = || Objection::UnknownReason(word.to_owned());
        let code = self.code(DEPARTURE_REASON, &self.reasons, word, unknown)?;
        self.in_use(DEPARTURE_REASON, code, day).ok_or_else(unknown)
    }

    /// A status that is or was in the country's list: whether it may be said of somebody anew depends on what was said.
    pub fn marital_status(&self, word: &str) -> Result<String, Objection> {
        let unknown = || Objection::UnknownMaritalStatus(word.to_owned());
        self.code(MARITAL_STATUS, &self.marital_statuses, word, unknown)
    }

    /// The same of relations.
    pub fn relation(&self, word: &str) -> Result<String, Objection> {
        let unknown = || Objection::UnknownRelation(word.to_owned());
        self.code(RELATION, &self.relations, word, unknown)
    }

    fn in_use(&self, list: &str, code: String, day: Option<Date>) -> Option<String> {
        let is_in_use = |day| self.lists.codes.admitted(list, &code, day).is_some();
        day.is_none_or(is_in_use).then_some(code)
    }

    fn code(
        &self,
        list: &str,
        known: &OnceCell<Labels<String>>,
        word: &str,
        unknown: impl FnOnce() -> Objection,
    ) -> Result<String, Objection> {
        if let Some(entry) = self.lists.codes.find(list, word) {
            return Ok(entry.code.clone());
        }
        let by_label = known.get_or_init(|| {
            let all = self.lists.codes.list(list);
            labels(all.flat_map(|it| folded(&it.label).map(|label| (label, it.code.clone()))))
        });
        find(by_label, word, unknown)
    }
}

fn folded(text: &Text) -> impl Iterator<Item = String> {
    text.0.values().map(|it| fold(it))
}

/// The same entry may have one label in several languages.
fn labels<T: PartialEq>(entries: impl Iterator<Item = (String, T)>) -> Labels<T> {
    let mut labels: Labels<T> = HashMap::new();
    for (label, entry) in entries {
        match labels.get_mut(&label) {
            None => {
                labels.insert(label, Some(entry));
            }
            Some(known) if known.as_ref() != Some(&entry) => *known = None,
            Some(_) => {}
        }
    }
    labels
}

fn find<T: Clone>(
    labels: &Labels<T>,
    word: &str,
    unknown: impl FnOnce() -> Objection,
) -> Result<T, Objection> {
    match labels.get(&fold(word)) {
        Some(Some(entry)) => Ok(entry.clone()),
        Some(None) => Err(Objection::Ambiguous(word.to_owned())),
        None => Err(unknown()),
    }
}

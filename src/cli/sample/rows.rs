//! The register as the file that its importer reads: a row for each posting, its person beside it.

use std::collections::HashMap;
use std::sync::Arc;

use super::Register;
use crate::interop::Table;
use crate::kernel::{CadreId, FacilityId, Id};
use crate::workforce::{NewWorker, Posting};

/// Cells before those of the identifiers, and after them.
const BEFORE: [&str; 5] = [
    "worker_id",
    "family_name",
    "given_names",
    "sex",
    "birth_date",
];
const AFTER: [&str; 9] = [
    "phone",
    "phone_2",
    "facility",
    "cadre",
    "employment_type",
    "starts_on",
    "ends_on",
    "end_reason",
    "supervisor",
];

pub(super) fn table(register: &Arc<Register>) -> anyhow::Result<Table> {
    let mut numbers: Vec<String> = (register.parameters.identifier.iter())
        .map(|it| it.type_code.clone())
        .collect();
    numbers.sort();
    numbers.dedup();
    let header: Vec<String> = (BEFORE.iter().map(|it| (*it).to_owned()))
        .chain(numbers.iter().cloned())
        .chain(AFTER.iter().map(|it| (*it).to_owned()))
        .collect();
    let codes = Codes::of(register);
    let counted = Arc::clone(register).people()?;
    let count = counted.map(|it| it.postings.len() as u64).sum();
    let people = Arc::clone(register).people()?;
    let rows = people.flat_map(move |person| {
        let rows = person.postings.iter();
        let rows = rows.map(|posting| codes.row(&person, posting, &numbers));
        rows.collect::<Vec<_>>()
    });
    Ok(Table::made(header, count, rows))
}

struct Codes {
    facilities: HashMap<FacilityId, String>,
    cadres: HashMap<CadreId, String>,
}

impl Codes {
    fn of(register: &Register) -> Self {
        let facilities = register.places.facilities().iter();
        let cadres = register.cadres.all().iter();
        Self {
            facilities: facilities.map(|it| (it.id, it.code.clone())).collect(),
            cadres: cadres.map(|it| (it.id, it.code.clone())).collect(),
        }
    }

    fn facility(&self, id: FacilityId) -> String {
        self.facilities.get(&id).cloned().unwrap_or_default()
    }

    fn row(&self, person: &NewWorker, posting: &Posting, numbers: &[String]) -> Vec<String> {
        let number = |type_code: &String| {
            let mut all = person.identifiers.iter();
            let found = all.find(|it| it.type_code == *type_code);
            found.map(|it| it.value.clone()).unwrap_or_default()
        };
        let phone = |at: usize| {
            let found = person.contacts.get(at);
            found.map(|it| it.value.clone()).unwrap_or_default()
        };
        let day = |day: Option<crate::kernel::Date>| day.map(|it| it.to_string());
        let mut cells = vec![
            person.id.encode(),
            person.name.family.clone(),
            person.name.given.clone(),
            person.sex.as_str().to_owned(),
            day(person.birth_date).unwrap_or_default(),
        ];
        cells.extend(numbers.iter().map(number));
        cells.extend([
            phone(0),
            phone(1),
            self.facility(posting.facility),
            self.cadres.get(&posting.cadre).cloned().unwrap_or_default(),
            posting.employment_type.clone(),
            posting.starts_on.to_string(),
            day(posting.ends_on).unwrap_or_default(),
            posting.end_reason.clone().unwrap_or_default(),
            posting
                .supervisor
                .map(|it| self.facility(it))
                .unwrap_or_default(),
        ]);
        cells
    }
}

//! What a column shows of a worker, in the words that the import reads.

use std::collections::HashMap;

use serde_json::{Number, Value};
use uuid::Uuid;

use super::credentials::Credentials;
use crate::forms::{Counting, Subject};
use crate::interop::cell::joined;
use crate::interop::column::AnswerColumn;
use crate::interop::field::Field;
use crate::kernel::{Date, FacilityId, FormId, Id, WorkerId};
use crate::workforce::{Attached, ContactKind, Lists, Particulars, Posting, Relative, Worker};

/// A cell, before a format writes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(Number),
    Day(Date),
    YesOrNo(bool),
}

/// What is known of a page of workers.
pub struct Shown<'a> {
    pub lists: &'a Lists,
    pub attached: &'a Attached,
    pub answers: &'a HashMap<(FormId, Uuid), Counting>,
    pub particulars: &'a HashMap<WorkerId, Vec<Particulars>>,
    pub credentials: &'a Credentials,
}

impl Shown<'_> {
    pub fn cell(&self, column: &Field, worker: &Worker) -> Cell {
        let posting = worker.posting.as_ref();
        match column {
            Field::Worker => text(worker.id.encode()),
            Field::FamilyName => text(&worker.name.family),
            Field::GivenNames => text(&worker.name.given),
            Field::Sex => text(worker.sex.as_str()),
            Field::BirthDate => day(worker.birth_date),
            Field::Phone => self.contacts(ContactKind::Phone, worker),
            Field::Email => self.contacts(ContactKind::Email, worker),
            Field::OrgUnit => {
                let unit = self.lists.places.unit(worker.unit);
                optional(unit.map(|it| it.code.as_str()))
            }
            Field::Sector => text(worker.sector.as_str()),
            Field::Identifier(type_code) => self.numbers(type_code, worker),
            Field::Answer(column) => self.answer(column, worker),
            Field::Told(told) => self.credentials.cell(*told, worker),
            column if column.is_of_particulars() => {
                let known = self.particulars.get(&worker.id).and_then(|it| it.first());
                known.map_or(Cell::Empty, |known| self.of_particulars(column, known))
            }
            _ => posting.map_or(Cell::Empty, |posting| self.of_posting(column, posting)),
        }
    }

    fn of_particulars(&self, column: &Field, known: &Particulars) -> Cell {
        let to_call = known.relatives.iter().find(|it| it.is_emergency_contact);
        let first = |of: fn(&Relative) -> Option<&str>| optional(to_call.and_then(of));
        match column {
            Field::NamePrefix => optional(known.name_prefix.as_deref()),
            Field::NameSuffix => optional(known.name_suffix.as_deref()),
            Field::Nationality => optional(known.nationality.as_deref()),
            Field::BirthCountry => optional(known.birth_country.as_deref()),
            Field::MaritalStatus => optional(known.marital_status.as_deref()),
            Field::Residence => {
                let unit = known.residence.and_then(|it| self.lists.places.unit(it));
                optional(unit.map(|it| it.code.as_str()))
            }
            Field::Address => optional(known.address.as_deref()),
            Field::Languages => text(joined(known.languages.iter().map(String::as_str))),
            Field::EmergencyContact => first(|it| Some(&it.name)),
            Field::EmergencyRelation => first(|it| Some(&it.relation)),
            Field::EmergencyPhone => first(|it| it.phone.as_deref()),
            _ => Cell::Empty,
        }
    }

    fn of_posting(&self, column: &Field, posting: &Posting) -> Cell {
        let facility = |id: FacilityId| {
            let facility = self.lists.places.facility(id);
            facility.map(|it| it.code.as_str())
        };
        match column {
            Field::Facility => optional(facility(posting.facility)),
            Field::Cadre => {
                let cadre = self.lists.cadres.get(posting.cadre);
                optional(cadre.map(|it| it.code.as_str()))
            }
            Field::EmploymentType => text(&posting.employment_type),
            Field::SalaryGrade => optional(posting.salary_grade.as_deref()),
            Field::Additional => Cell::YesOrNo(!posting.is_primary),
            Field::StartsOn => Cell::Day(posting.starts_on),
            Field::EndsOn => day(posting.ends_on),
            Field::EndReason => optional(posting.end_reason.as_deref()),
            Field::Supervisor => optional(posting.supervisor.and_then(facility)),
            _ => Cell::Empty,
        }
    }

    fn contacts(&self, kind: ContactKind, worker: &Worker) -> Cell {
        let of = self
            .attached
            .contacts
            .as_ref()
            .and_then(|it| it.get(&worker.id));
        let contacts = of.into_iter().flatten().filter(|it| it.kind == kind);
        text(joined(contacts.map(|it| it.value.as_str())))
    }

    fn numbers(&self, type_code: &str, worker: &Worker) -> Cell {
        let of = self
            .attached
            .identifiers
            .as_ref()
            .and_then(|it| it.get(&worker.id));
        let numbers = of
            .into_iter()
            .flatten()
            .filter(|it| it.type_code == type_code);
        text(joined(numbers.map(|it| it.value.as_str())))
    }

    fn answer(&self, column: &AnswerColumn, worker: &Worker) -> Cell {
        let subject = match column.subject {
            Subject::Posting => worker.posting.as_ref().map(|it| Uuid::from(it.id)),
            _ => Some(worker.id.into()),
        };
        let counting = subject.and_then(|it| self.answers.get(&(column.form, it)));
        let form = self.lists.forms.get(column.form);
        let value = counting
            .zip(form)
            .and_then(|(counting, form)| counting.value(form, &column.path));
        match value {
            None | Some(Value::Null | Value::Object(_)) => Cell::Empty,
            Some(Value::Bool(yes)) => Cell::YesOrNo(yes),
            Some(Value::Number(number)) => Cell::Number(number),
            Some(Value::String(answer)) => text(answer),
            Some(Value::Array(several)) => text(joined(several.iter().filter_map(Value::as_str))),
        }
    }
}

fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text)
    }
}

fn optional(text: Option<&str>) -> Cell {
    text.map_or(Cell::Empty, |it| Cell::Text(it.to_owned()))
}

fn day(day: Option<Date>) -> Cell {
    day.map_or(Cell::Empty, Cell::Day)
}

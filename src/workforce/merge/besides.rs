//! Who a person is besides name, sex and birth date, as a line has it. No SQL, no clock.

use super::draft::DraftParticulars;
use super::line::LineContact;
use super::person::Person;
use crate::kernel::{Reason, fold};
use crate::workforce::particulars::Terms;
use crate::workforce::refusal::{Objection, Refusal};
use crate::workforce::{Particulars, Relative};

impl Person {
    pub(super) fn besides(
        &self,
        given: &DraftParticulars,
        terms: &Terms<'_>,
        refusals: &mut Vec<Refusal>,
    ) -> Particulars {
        let mut said = given.said.clone();
        if let Some(contact) = &given.emergency_contact {
            let known = &self.particulars.relatives;
            said.relatives = Some(with_contact(known, contact, refusals));
        }
        said.after(&self.particulars, terms, refusals)
    }
}

/// Some relatives, one of whom is to be called: the one of that name, or somebody new.
fn with_contact(
    known: &[Relative],
    contact: &LineContact,
    refusals: &mut Vec<Refusal>,
) -> Vec<Relative> {
    let mut relatives = known.to_vec();
    let same = |it: &&mut Relative| fold(&it.name) == fold(&contact.name);
    if let Some(relative) = relatives.iter_mut().find(same) {
        relative.is_emergency_contact = true;
        if let Some(relation) = &contact.relation {
            relation.clone_into(&mut relative.relation);
        }
        if contact.phone.is_some() {
            relative.phone.clone_from(&contact.phone);
        }
        return relatives;
    }
    match &contact.relation {
        Some(relation) => relatives.push(Relative {
            name: contact.name.clone(),
            relation: relation.clone(),
            birth_date: None,
            phone: contact.phone.clone(),
            is_dependant: false,
            is_emergency_contact: true,
        }),
        None => refusals.push(Objection::Missing.at(&["relatives", "relation"])),
    }
    relatives
}

//! A line, checked against the country's lists as far as it can be without the person that it is about.

use super::line::{Line, LineAnswer, LineContact, LineParticulars, LinePosting};
use super::words::Words;
use crate::kernel::{CadreId, Date, FacilityId, OrgUnitId, Reason, Sector, WorkerId};
use crate::workforce::career::Occasion;
use crate::workforce::check::{self, Patterns};
use crate::workforce::refusal::{Objection, Refusal};
use crate::workforce::worker::can_serve_at;
use crate::workforce::{CareerFault, Contact, Identifier, SaidParticulars, Sex};

pub(super) struct Draft {
    pub worker: Option<WorkerId>,
    pub identifiers: Vec<Identifier>,
    pub family_name: Option<String>,
    pub given_names: Option<String>,
    pub sex: Option<Sex>,
    pub birth_date: Option<Date>,
    pub particulars: Option<Box<DraftParticulars>>,
    pub contacts: Vec<Contact>,
    pub unit: Option<OrgUnitId>,
    pub sector: Option<Sector>,
    pub posting: Option<DraftPosting>,
    pub answers: Vec<LineAnswer>,
}

pub(super) struct DraftParticulars {
    pub said: SaidParticulars,
    /// The relation by its code.
    pub emergency_contact: Option<LineContact>,
}

pub(super) struct DraftPosting {
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub employment_type: Option<String>,
    pub salary_grade: Option<String>,
    pub is_primary: bool,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub end_reason: Option<String>,
    pub supervisor: Option<FacilityId>,
}

/// # Errors
/// All that is wrong with the line at once.
pub(super) fn draft(
    line: Line,
    words: &Words<'_>,
    patterns: &mut Patterns,
    occasion: &Occasion<'_>,
) -> Result<Draft, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let lists = words.lists;
    check::birth_date(line.birth_date, occasion.today, &mut refusals);
    let identifiers = check::identifiers(line.identifiers, None, lists, patterns, &mut refusals);
    let contacts = check::contacts(line.contacts, occasion.phone_region, &mut refusals);
    let mut note = |objection: Objection, path: &[&'static str]| refusals.push(objection.at(path));
    let unit = line.org_unit.and_then(|word| {
        let found = words.unit(&word);
        found.map_err(|it| note(it, &["orgUnit"])).ok()
    });
    let particulars = line.particulars;
    let particulars = particulars.map(|it| Box::new(particulars_of(*it, words, &mut note)));
    let posting = line.posting.map(|it| posting(&it, words, &mut note));
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(Draft {
        worker: line.worker,
        identifiers,
        family_name: line.family_name,
        given_names: line.given_names,
        sex: line.sex,
        birth_date: line.birth_date,
        particulars,
        contacts,
        unit,
        sector: line.sector,
        posting: posting.flatten(),
        answers: line.answers,
    })
}

/// What is wrong with the values themselves is found when it is known what stood there.
fn particulars_of(
    given: LineParticulars,
    words: &Words<'_>,
    note: &mut impl FnMut(Objection, &[&'static str]),
) -> DraftParticulars {
    let marital_status = given.marital_status.as_deref().and_then(|word| {
        let found = words.marital_status(word);
        found.map_err(|it| note(it, &["maritalStatus"])).ok()
    });
    let residence = given.residence.as_deref().and_then(|word| {
        let found = words.unit(word);
        found.map_err(|it| note(it, &["residence"])).ok()
    });
    let emergency_contact = given.emergency_contact.map(|it| LineContact {
        relation: it.relation.and_then(|word| {
            let found = words.relation(&word);
            let found = found.map_err(|it| note(it, &["relatives", "relation"]));
            found.ok()
        }),
        ..it
    });
    DraftParticulars {
        said: SaidParticulars {
            name_prefix: given.name_prefix.map(Some),
            name_suffix: given.name_suffix.map(Some),
            nationality: given.nationality.map(Some),
            birth_country: given.birth_country.map(Some),
            marital_status: marital_status.map(Some),
            residence: residence.map(Some),
            address: given.address.map(Some),
            languages: given.languages,
            relatives: None,
            past_employments: None,
        },
        emergency_contact,
    }
}

fn posting(
    posting: &LinePosting,
    words: &Words<'_>,
    note: &mut impl FnMut(Objection, &[&'static str]),
) -> Option<DraftPosting> {
    let lists = words.lists;
    let facility = words.facility(&posting.facility);
    let facility = facility.map_err(|it| note(it, &["posting", "facility"]));
    let cadre = words.cadre(&posting.cadre).and_then(|id| {
        let group = lists.cadres.is_group(id);
        let code = || lists.cadres.get(id).map(|it| it.code.clone());
        (!group)
            .then_some(id)
            .ok_or_else(|| Objection::CadreIsAGroup(code().unwrap_or_default()))
    });
    let cadre = cadre.map_err(|it| note(it, &["posting", "cadre"]));
    let terms =
        (posting.employment_type.as_deref()).map(|it| words.employment_type(it, posting.starts_on));
    let terms = terms.transpose();
    let terms = terms.map_err(|it| note(it, &["posting", "employmentType"]));
    let reason = (posting.end_reason.as_deref()).map(|it| words.reason(it, posting.ends_on));
    let reason = reason.transpose();
    let reason = reason.map_err(|it| note(it, &["posting", "endReason"]));
    let office = posting.supervisor.as_deref().map(|it| words.supervisor(it));
    let office = office.transpose();
    let office = office.map_err(|it| note(it, &["posting", "supervisor"]));
    if let (Some(starts), Some(ends)) = (posting.starts_on, posting.ends_on)
        && ends < starts
    {
        let fault = Objection::Career(CareerFault::BeforePosting(starts));
        note(fault, &["posting", "endsOn"]);
    }
    let (Ok(facility), Ok(cadre), Ok(employment_type), Ok(end_reason), Ok(supervisor)) =
        (facility, cadre, terms, reason, office)
    else {
        return None;
    };
    if let (Some(starts), Some(place)) = (posting.starts_on, lists.places.facility(facility))
        && let Err(fault) = can_serve_at(place, starts)
    {
        note(Objection::Career(fault), &["posting", "facility"]);
    }
    Some(DraftPosting {
        facility,
        cadre,
        employment_type,
        salary_grade: posting.salary_grade.clone(),
        is_primary: !posting.is_additional,
        starts_on: posting.starts_on,
        ends_on: posting.ends_on,
        end_reason,
        supervisor,
    })
}

//! A person while lines about them are merged: as they stand, and as they will. No SQL, no clock.

use super::draft::{Draft, DraftPosting};
use crate::kernel::{Date, PostingId, Reason, WorkerId};
use crate::ledger::Standing;
use crate::workforce::career::{Occasion, not_admitted};
use crate::workforce::check::MANY;
use crate::workforce::particulars::Terms;
use crate::workforce::refusal::{Objection, Refusal};
use crate::workforce::worker::can_serve_at;
use crate::workforce::{
    CareerFault, Contact, Identifier, Lists, Particulars, PersonName, Posting, PostingKind, Sex,
};

/// Why the posting before a new one ends, when a file tells of the new one alone.
const TRANSFER: &str = "transfer";

/// More than any career has: each line about a person looks at all of them.
const POSTINGS: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub id: WorkerId,
    /// Absent until a line has named the person.
    pub name: Option<PersonName>,
    pub sex: Sex,
    pub birth_date: Option<Date>,
    /// As they stand where some line of the batch says something of particulars; else nothing is known of them here.
    pub particulars: Particulars,
    /// Where the record is kept; absent until a line has placed it.
    pub standing: Option<Standing>,
    pub identifiers: Vec<Identifier>,
    pub contacts: Vec<Contact>,
    pub postings: Vec<Posting>,
    /// 0 for one who is not on the register yet.
    pub version: i32,
}

impl Person {
    pub fn new(id: WorkerId) -> Self {
        Self {
            id,
            name: None,
            sex: Sex::Unknown,
            birth_date: None,
            particulars: Particulars::default(),
            standing: None,
            identifiers: Vec::new(),
            contacts: Vec::new(),
            postings: Vec::new(),
            version: 0,
        }
    }

    /// The person as a line has them.
    ///
    /// # Errors
    /// What the line lacks, or what it does not agree with.
    pub fn with(
        &self,
        line: &Draft,
        lists: &Lists,
        occasion: &Occasion<'_>,
    ) -> Result<Self, Vec<Refusal>> {
        let mut next = self.clone();
        let mut refusals = Vec::new();
        next.name = self.named(line, &mut refusals);
        next.sex = line.sex.unwrap_or(self.sex);
        next.birth_date = line.birth_date.or(self.birth_date);
        next.identify(&line.identifiers);
        next.reach(&line.contacts);
        if let Some(given) = &line.particulars {
            let terms = Terms {
                lists,
                today: occasion.today,
                phone_region: occasion.phone_region,
            };
            next.particulars = self.besides(given, &terms, &mut refusals);
        }
        if let Some(posting) = &line.posting {
            next.post(posting, lists, &mut refusals);
        }
        for (many, limit, field) in [
            (next.identifiers.len(), MANY, "identifiers"),
            (next.contacts.len(), MANY, "contacts"),
            (next.postings.len(), POSTINGS, "posting"),
        ] {
            if many > limit {
                refusals.push(Objection::TooMany(limit).at(&[field]));
            }
        }
        if refusals.is_empty() {
            next.place(line, lists, &mut refusals);
        }
        if refusals.is_empty() {
            Ok(next)
        } else {
            Err(refusals)
        }
    }

    fn named(&self, line: &Draft, refusals: &mut Vec<Refusal>) -> Option<PersonName> {
        if line.family_name.is_none() && line.given_names.is_none() {
            if self.name.is_none() {
                refusals.push(Objection::Missing.at(&["familyName"]));
            }
            return self.name.clone();
        }
        let standing = self.name.as_ref();
        let family = (line.family_name.as_deref())
            .or(standing.map(|it| it.family.as_str()))
            .unwrap_or_default();
        let given = (line.given_names.as_deref())
            .or(standing.map(|it| it.given.as_str()))
            .unwrap_or_default();
        let name = PersonName::try_new(family, given);
        if name.is_none() {
            refusals.push(Objection::InvalidName.at(&["familyName"]));
        }
        name
    }

    /// The numbers of a type that a line tells take the place of all that the person had of it.
    fn identify(&mut self, given: &[Identifier]) {
        let same = |one: &Identifier, other: &Identifier| {
            one.type_code == other.type_code && one.key() == other.key()
        };
        self.identifiers.retain(|old| {
            given.iter().all(|it| it.type_code != old.type_code)
                || given.iter().any(|it| same(it, old))
        });
        for identifier in given {
            if !self.identifiers.iter().any(|it| same(it, identifier)) {
                self.identifiers.push(identifier.clone());
            }
        }
        self.identifiers
            .sort_by_key(|it| (it.type_code.clone(), it.key()));
    }

    /// Ways to reach the person are added; the preferred one stays preferred.
    fn reach(&mut self, given: &[Contact]) {
        let settled = self.contacts.iter().any(|it| it.preferred);
        for contact in given {
            let known = |it: &Contact| it.kind == contact.kind && it.value == contact.value;
            if !self.contacts.iter().any(known) {
                let preferred = contact.preferred && !settled;
                self.contacts.push(Contact {
                    preferred,
                    ..contact.clone()
                });
            }
        }
    }

    fn post(&mut self, line: &DraftPosting, lists: &Lists, refusals: &mut Vec<Refusal>) {
        let at = self.postings.iter().position(|it| line.is(it));
        let posting = match at {
            Some(at) => line.onto(&self.postings[at]),
            None => match self.begun(line, refusals) {
                Some(posting) => posting,
                None => return,
            },
        };
        if posting.ends_on.is_some() && posting.end_reason.is_none() {
            refusals.push(Objection::Missing.at(&["posting", "endReason"]));
        }
        if posting.ends_on.is_some_and(|end| end < posting.starts_on) {
            let fault = CareerFault::BeforePosting(posting.starts_on);
            refusals.push(Objection::Career(fault).at(&["posting", "endsOn"]));
        }
        let moved = at.is_some_and(|at| self.postings[at].facility != posting.facility);
        if moved
            && let Some(facility) = lists.places.facility(posting.facility)
            && let Err(fault) = can_serve_at(facility, posting.starts_on)
        {
            refusals.push(Objection::Career(fault).at(&["posting", "facility"]));
        }
        self.admit(&posting, at, lists, refusals);
        self.grade(&posting, at, lists, refusals);
        let others = self.postings.iter().filter(|it| it.id != posting.id);
        if posting.is_primary && others.into_iter().any(|it| overlap(it, &posting)) {
            refusals.push(Objection::Overlaps.at(&["posting", "startsOn"]));
        }
        match at {
            Some(at) => self.postings[at] = posting,
            None => self.postings.push(posting),
        }
    }

    /// The cadre must take people on the days of a posting that is new, or that differs from what it was (at `at`).
    fn admit(
        &self,
        posting: &Posting,
        at: Option<usize>,
        lists: &Lists,
        refusals: &mut Vec<Refusal>,
    ) {
        let before = at.map(|at| &self.postings[at]);
        let of = |it: &Posting| (it.cadre, it.starts_on, it.ends_on);
        if before.is_some_and(|before| of(before) == of(posting)) {
            return;
        }
        let stays = before.is_some_and(|before| before.cadre == posting.cadre);
        let (from, to) = (posting.starts_on, posting.ends_on);
        if let Err(unpostable) = lists.taxonomy.admits(posting.cadre, from, to, stays) {
            let cadre = lists.cadres.get(posting.cadre);
            let code = cadre.map_or("", |it| it.code.as_str());
            refusals.push(not_admitted(code, unpostable).at(&["posting", "cadre"]));
        }
    }

    /// A grade that the posting did not have must be one of its cadre's.
    fn grade(
        &self,
        posting: &Posting,
        at: Option<usize>,
        lists: &Lists,
        refusals: &mut Vec<Refusal>,
    ) {
        let before = at.and_then(|at| self.postings[at].salary_grade.as_ref());
        let new = posting.salary_grade.as_ref();
        let cadre = lists.cadres.get(posting.cadre);
        if let (Some(grade), Some(cadre)) = (new.filter(|it| Some(*it) != before), cadre)
            && !cadre.salary_grades.contains(grade)
        {
            let unknown = Objection::UnknownSalaryGrade(grade.clone());
            refusals.push(unknown.at(&["posting", "salaryGrade"]));
        }
    }

    /// A posting that the person does not have yet. A primary one that was open until then ends the day before.
    fn begun(&mut self, line: &DraftPosting, refusals: &mut Vec<Refusal>) -> Option<Posting> {
        let Some(starts_on) = line.starts_on else {
            refusals.push(Objection::Missing.at(&["posting", "startsOn"]));
            return None;
        };
        let latest = self.postings.iter().max_by_key(|it| it.starts_on);
        let terms = (line.employment_type.clone()).or(latest.map(|it| it.employment_type.clone()));
        let Some(employment_type) = terms else {
            refusals.push(Objection::Missing.at(&["posting", "employmentType"]));
            return None;
        };
        let open =
            |it: &&mut Posting| it.is_primary && it.ends_on.is_none() && it.starts_on < starts_on;
        if line.is_primary
            && let Some(before) = self.postings.iter_mut().find(open)
        {
            before.ends_on = starts_on.pred_opt();
            before.end_reason = Some(TRANSFER.to_owned());
        }
        Some(Posting {
            id: PostingId::new(),
            worker: self.id,
            facility: line.facility,
            cadre: line.cadre,
            employment_type,
            is_primary: line.is_primary,
            kind: PostingKind::Substantive,
            salary_grade: line.salary_grade.clone(),
            starts_on,
            ends_on: line.ends_on,
            end_reason: line.end_reason.clone(),
            supervisor: line.supervisor,
        })
    }

    /// The record is kept where the latest primary posting is; without one, where the line says, where it was kept, or
    /// else where the latest other duty is.
    fn place(&mut self, line: &Draft, lists: &Lists, refusals: &mut Vec<Refusal>) {
        let latest = |is_primary: bool| {
            let ranked = self
                .postings
                .iter()
                .filter(|it| it.is_primary == is_primary);
            let latest = ranked.max_by_key(|it| it.starts_on)?;
            let unit = lists.places.facility(latest.facility)?.unit;
            let sector = lists.cadres.get(latest.cadre)?.sector;
            Some(Standing { unit, sector })
        };
        let other = latest(false);
        let kept = self.standing.or(other);
        let unit = line.unit.or(kept.map(|it| it.unit));
        let sector = line.sector.or(kept.map(|it| it.sector));
        self.standing = match (latest(true), unit, sector) {
            (Some(posted), ..) => Some(posted),
            (None, Some(unit), Some(sector)) => Some(Standing { unit, sector }),
            (None, unit, _) => {
                let missing: &[&str] = match unit {
                    Some(_) => &["sector"],
                    None => &["posting", "facility"],
                };
                refusals.push(Objection::Missing.at(missing));
                None
            }
        };
    }
}

impl DraftPosting {
    /// Whether a posting on record is the one that the line speaks of.
    pub fn is(&self, posting: &Posting) -> bool {
        let place = posting.facility == self.facility && posting.cadre == self.cadre;
        posting.is_primary == self.is_primary
            && match self.starts_on {
                Some(starts_on) if self.is_primary => posting.starts_on == starts_on,
                Some(starts_on) => posting.starts_on == starts_on && place,
                None => place && posting.ends_on.is_none(),
            }
    }

    fn onto(&self, posting: &Posting) -> Posting {
        let terms = self.employment_type.as_ref();
        // A grade is one of its cadre's.
        let kept = || {
            let grade = posting.salary_grade.clone();
            grade.filter(|_| posting.cadre == self.cadre)
        };
        Posting {
            facility: self.facility,
            cadre: self.cadre,
            employment_type: terms.unwrap_or(&posting.employment_type).clone(),
            salary_grade: self.salary_grade.clone().or_else(kept),
            ends_on: self.ends_on.or(posting.ends_on),
            end_reason: (self.end_reason.clone()).or_else(|| posting.end_reason.clone()),
            supervisor: self.supervisor.or(posting.supervisor),
            ..posting.clone()
        }
    }
}

fn overlap(one: &Posting, other: &Posting) -> bool {
    let begins_by = |it: &Posting, end: Option<Date>| end.is_none_or(|end| it.starts_on <= end);
    one.is_primary && begins_by(one, other.ends_on) && begins_by(other, one.ends_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_all_numbers_of_the_types_that_it_names() {
        let number = |type_code: &str, value: &str| Identifier {
            type_code: type_code.to_owned(),
            value: value.to_owned(),
        };
        let (a, b, c) = (
            number("nina", "A 1"),
            number("nina", "B"),
            number("nina", "C"),
        );
        let other = number("matricule", "M");
        let mut person = Person::new(WorkerId::new());
        person.identify(&[b.clone(), a.clone(), other.clone()]);
        assert_eq!(person.identifiers, [other.clone(), a.clone(), b.clone()]);
        person.identify(&[number("nina", "a1"), b.clone()]);
        assert_eq!(person.identifiers, [other.clone(), a.clone(), b]);
        person.identify(&[c.clone(), a.clone()]);
        assert_eq!(person.identifiers, [other, a, c]);
    }
}

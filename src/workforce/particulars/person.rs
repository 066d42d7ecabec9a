//! Particulars of a person, and what is wrong with them. No SQL, no clock.

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cadres::{MARITAL_STATUS, RELATION};
use crate::kernel::{Date, E164, Id, OrgUnitId, Reason, WorkerId, is_country, is_language};
use crate::workforce::{Lists, Objection, Refusal};

/// Who somebody is besides name, sex and birth date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// By ISO 3166-1, as the country of birth.
    pub nationality: Option<String>,
    pub birth_country: Option<String>,
    /// By the country's list.
    pub marital_status: Option<String>,
    /// The smallest org unit that they are known to live in.
    pub residence: Option<OrgUnitId>,
    pub address: Option<String>,
    /// By ISO 639, the one to write to them in first.
    pub languages: Vec<String>,
    pub relatives: Vec<Relative>,
    /// The latest first.
    pub past_employments: Vec<PastEmployment>,
}

/// Somebody who belongs to a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relative {
    pub name: String,
    /// By the country's list.
    pub relation: String,
    pub birth_date: Option<Date>,
    /// In E.164 form.
    pub phone: Option<String>,
    pub is_dependant: bool,
    /// To be called when something has happened to the worker.
    pub is_emergency_contact: bool,
}

/// Work outside of what the register knows of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastEmployment {
    pub employer: String,
    pub occupation: String,
    pub starts_on: Date,
    /// The last day; absent: it is not known, or they work there still.
    pub ends_on: Option<Date>,
    pub why_left: Option<String>,
}

/// Particulars to save. What is absent stays, `Some(None)` says that it is not known after all; lists are replaced whole.
#[derive(Clone, Debug)]
pub struct SaveParticulars {
    pub worker: WorkerId,
    pub base_version: i32,
    pub nationality: Option<Option<String>>,
    pub birth_country: Option<Option<String>>,
    pub marital_status: Option<Option<String>>,
    pub residence: Option<Option<OrgUnitId>>,
    pub address: Option<Option<String>>,
    pub languages: Option<Vec<String>>,
    pub relatives: Option<Vec<Relative>>,
    pub past_employments: Option<Vec<PastEmployment>>,
}

/// By what they are checked.
pub(super) struct Terms<'a> {
    pub lists: &'a Lists,
    pub today: Date,
    pub phone_region: &'a str,
}

/// How many languages, relatives or former employments somebody may have.
const MANY: usize = 20;
/// The longest name, of a person, an employer or an occupation.
const LONGEST_NAME: usize = 200;
/// The longest text, in characters.
const LONGEST: usize = 300;

impl SaveParticulars {
    /// The names of the fields that it says something of, as the ledger has them.
    pub(super) fn named(&self) -> impl Iterator<Item = &'static str> {
        let named = [
            self.nationality.is_some(),
            self.birth_country.is_some(),
            self.marital_status.is_some(),
            self.residence.is_some(),
            self.address.is_some(),
            self.languages.is_some(),
            self.relatives.is_some(),
            self.past_employments.is_some(),
        ];
        FIELDS
            .into_iter()
            .zip(named)
            .filter_map(|(name, is_named)| is_named.then_some(name))
    }

    /// What becomes of the particulars; notes all that is wrong with what is new in them.
    pub(super) fn after(
        self,
        before: &Particulars,
        terms: &Terms<'_>,
        refusals: &mut Vec<Refusal>,
    ) -> Particulars {
        let old = before.clone();
        let mut after = Particulars {
            nationality: self.nationality.unwrap_or(old.nationality),
            birth_country: self.birth_country.unwrap_or(old.birth_country),
            marital_status: self.marital_status.unwrap_or(old.marital_status),
            residence: self.residence.unwrap_or(old.residence),
            address: self.address.unwrap_or(old.address),
            languages: self.languages.unwrap_or(old.languages),
            relatives: self.relatives.unwrap_or(old.relatives),
            past_employments: self.past_employments.unwrap_or(old.past_employments),
        };
        after.past_employments.sort_by(|one, other| {
            (other.starts_on, &one.employer).cmp(&(one.starts_on, &other.employer))
        });
        after.check(before, terms, refusals);
        after
    }
}

/// As the ledger names them.
const FIELDS: [&str; 8] = [
    "nationality",
    "birthCountry",
    "maritalStatus",
    "residence",
    "address",
    "languages",
    "relatives",
    "pastEmployments",
];

impl Particulars {
    pub(super) fn described(&self) -> [(&'static str, Value); 8] {
        let values = [
            json!(self.nationality),
            json!(self.birth_country),
            json!(self.marital_status),
            json!(self.residence.map(OrgUnitId::encode)),
            json!(self.address),
            json!(self.languages),
            json!(self.relatives),
            json!(self.past_employments),
        ];
        let mut at = 0;
        values.map(|value| {
            at += 1;
            (FIELDS[at - 1], value)
        })
    }

    fn check(&mut self, before: &Self, terms: &Terms<'_>, refusals: &mut Vec<Refusal>) {
        for (country, field) in [
            (&self.nationality, "nationality"),
            (&self.birth_country, "birthCountry"),
        ] {
            if country.as_deref().is_some_and(|it| !is_country(it)) {
                refusals.push(Objection::InvalidCountry.at(&[field]));
            }
        }
        let status = self.marital_status.as_ref();
        let new = status.filter(|it| Some(*it) != before.marital_status.as_ref());
        if let Some(code) = new.filter(|it| !terms.knows(MARITAL_STATUS, it)) {
            let unknown = Objection::UnknownMaritalStatus(code.clone());
            refusals.push(unknown.at(&["maritalStatus"]));
        }
        let unit = |id| terms.lists.places.unit(id).is_none();
        if self.residence != before.residence && self.residence.is_some_and(unit) {
            refusals.push(Objection::OrgUnitNotFound.at(&["residence"]));
        }
        if self
            .address
            .as_deref()
            .is_some_and(|it| !is_text(it, LONGEST))
        {
            refusals.push(Objection::InvalidText.at(&["address"]));
        }
        self.check_languages(refusals);
        if self.relatives.len() > MANY {
            refusals.push(Objection::TooMany(MANY).at(&["relatives"]));
        } else {
            for relative in &mut self.relatives {
                relative.check(&before.relatives, terms, refusals);
            }
        }
        if self.past_employments.len() > MANY {
            refusals.push(Objection::TooMany(MANY).at(&["pastEmployments"]));
        } else {
            for employment in &self.past_employments {
                employment.check(terms.today, refusals);
            }
        }
    }

    fn check_languages(&self, refusals: &mut Vec<Refusal>) {
        if self.languages.len() > MANY {
            refusals.push(Objection::TooMany(MANY).at(&["languages"]));
        }
        let wrong = (self.languages.iter().enumerate())
            .find(|(at, it)| !is_language(it) || self.languages[..*at].contains(it));
        if let Some((_, code)) = wrong {
            refusals.push(Objection::InvalidLanguage(code.clone()).at(&["languages"]));
        }
    }
}

impl Terms<'_> {
    fn knows(&self, list: &str, code: &str) -> bool {
        self.lists.codes.admitted(list, code, self.today).is_some()
    }
}

impl Relative {
    fn check(&mut self, before: &[Self], terms: &Terms<'_>, refusals: &mut Vec<Refusal>) {
        let mut refuse =
            |objection: Objection, field| refusals.push(objection.at(&["relatives", field]));
        if !is_text(&self.name, LONGEST_NAME) {
            refuse(Objection::InvalidText, "name");
        }
        let stood = before.iter().any(|it| it.relation == self.relation);
        if !stood && !terms.knows(RELATION, &self.relation) {
            refuse(
                Objection::UnknownRelation(self.relation.clone()),
                "relation",
            );
        }
        let born = |it: Date| it.year() < 1850 || it > terms.today;
        if self.birth_date.is_some_and(born) {
            refuse(Objection::InvalidBirthDate, "birthDate");
        }
        if let Some(phone) = &mut self.phone {
            match E164::parse(phone, terms.phone_region) {
                Ok(number) => number.as_str().clone_into(phone),
                Err(_) => refuse(Objection::InvalidPhone(phone.clone()), "phone"),
            }
        }
    }
}

impl PastEmployment {
    fn check(&self, today: Date, refusals: &mut Vec<Refusal>) {
        let mut refuse =
            |objection: Objection, field| refusals.push(objection.at(&["pastEmployments", field]));
        for (text, longest, field) in [
            (Some(&self.employer), LONGEST_NAME, "employer"),
            (Some(&self.occupation), LONGEST_NAME, "occupation"),
            (self.why_left.as_ref(), LONGEST, "whyLeft"),
        ] {
            if text.is_some_and(|it| !is_text(it, longest)) {
                refuse(Objection::InvalidText, field);
            }
        }
        if self.starts_on.year() < 1900 || self.starts_on > today {
            refuse(Objection::InvalidDate, "startsOn");
        }
        match self.ends_on {
            Some(day) if day < self.starts_on => refuse(Objection::EndsBeforeItStarts, "endsOn"),
            Some(day) if day.year() > 2200 => refuse(Objection::InvalidDate, "endsOn"),
            _ => {}
        }
    }
}

fn is_text(text: &str, longest: usize) -> bool {
    let length = text.chars().count();
    (1..=longest).contains(&length) && !text.chars().any(|it| it.is_control() && it != '\n')
}

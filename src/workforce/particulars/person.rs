//! Particulars of a person, and what is wrong with them. No SQL, no clock.

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cadres::{MARITAL_STATUS, RELATION};
use crate::kernel::{Date, E164, Id, OrgUnitId, Reason, WorkerId, is_country, is_language};
use crate::workforce::{Lists, Objection, Refusal};

/// Who somebody is besides name, sex and birth date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// What stands before the name: a title, the name of a religious order.
    pub name_prefix: Option<String>,
    /// What stands behind it: junior, a degree.
    pub name_suffix: Option<String>,
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

/// Particulars to save.
#[derive(Clone, Debug)]
pub struct SaveParticulars {
    pub worker: WorkerId,
    pub base_version: i32,
    pub said: SaidParticulars,
}

/// What is said of particulars. What is absent stays, `Some(None)` says that it is not known after all; lists are replaced
/// whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidParticulars {
    pub name_prefix: Option<Option<String>>,
    pub name_suffix: Option<Option<String>>,
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
pub(in crate::workforce) struct Terms<'a> {
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
/// The longest prefix or suffix of a name.
const LONGEST_AFFIX: usize = 40;

impl SaidParticulars {
    /// The names of the fields that it says something of, as the ledger has them.
    pub(super) fn named(&self) -> impl Iterator<Item = &'static str> {
        let named = [
            self.name_prefix.is_some(),
            self.name_suffix.is_some(),
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
    pub(in crate::workforce) fn after(
        self,
        before: &Particulars,
        terms: &Terms<'_>,
        refusals: &mut Vec<Refusal>,
    ) -> Particulars {
        let old = before.clone();
        let mut after = Particulars {
            name_prefix: self.name_prefix.unwrap_or(old.name_prefix),
            name_suffix: self.name_suffix.unwrap_or(old.name_suffix),
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
const FIELDS: [&str; 10] = [
    "namePrefix",
    "nameSuffix",
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
    /// What stands alone, but for the residence and what is a list.
    fn texts(&self) -> [&Option<String>; 6] {
        [
            &self.name_prefix,
            &self.name_suffix,
            &self.nationality,
            &self.birth_country,
            &self.marital_status,
            &self.address,
        ]
    }

    fn texts_mut(&mut self) -> [&mut Option<String>; 6] {
        [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.nationality,
            &mut self.birth_country,
            &mut self.marital_status,
            &mut self.address,
        ]
    }

    /// What is known of another and not of this one; relatives and former employments are entries of their own.
    pub(super) fn lacking(&self, other: &Self) -> Self {
        let mut lacking = Self::default();
        let known = self.texts().into_iter().zip(other.texts());
        for (own, (known, other)) in lacking.texts_mut().into_iter().zip(known) {
            if known.is_none() {
                own.clone_from(other);
            }
        }
        if self.residence.is_none() {
            lacking.residence = other.residence;
        }
        if self.languages.is_empty() {
            lacking.languages.clone_from(&other.languages);
        }
        lacking
    }

    /// These with what they lacked.
    pub(super) fn with(&self, lacking: &Self) -> Self {
        let mut all = self.clone();
        for (own, lacking) in all.texts_mut().into_iter().zip(lacking.texts()) {
            if lacking.is_some() {
                own.clone_from(lacking);
            }
        }
        all.residence = lacking.residence.or(all.residence);
        if !lacking.languages.is_empty() {
            all.languages.clone_from(&lacking.languages);
        }
        all
    }

    /// These without what they once lacked, where it is as it came in.
    pub(super) fn without(&self, lacking: &Self) -> Self {
        let mut left = self.clone();
        for (own, lacking) in left.texts_mut().into_iter().zip(lacking.texts()) {
            own.take_if(|own| lacking.as_ref() == Some(own));
        }
        left.residence
            .take_if(|own| lacking.residence == Some(*own));
        if left.languages == lacking.languages {
            left.languages.clear();
        }
        left
    }

    pub(in crate::workforce) fn described(&self) -> [(&'static str, Value); 10] {
        let values = [
            json!(self.name_prefix),
            json!(self.name_suffix),
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
        for (text, longest, field) in [
            (&self.name_prefix, LONGEST_AFFIX, "namePrefix"),
            (&self.name_suffix, LONGEST_AFFIX, "nameSuffix"),
            (&self.address, LONGEST, "address"),
        ] {
            if text.as_deref().is_some_and(|it| !is_text(it, longest)) {
                refusals.push(Objection::InvalidText.at(&[field]));
            }
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

//! What a person's record may hold: names, birth dates, identifiers, ways to reach them.

use std::collections::HashMap;

use chrono::Datelike;
use regex::Regex;

use super::refusal::{Objection, Refusal};
use super::{Contact, ContactKind, Identifier, Lists, PersonName};
use crate::cadres::IDENTIFIER_TYPE;
use crate::kernel::{Date, E164, Reason};

/// How many identifiers and how many contacts a person may have.
pub(super) const MANY: usize = 20;

pub(super) fn name(family: &str, given: &str, refusals: &mut Vec<Refusal>) -> Option<PersonName> {
    let name = PersonName::try_new(family, given);
    if name.is_none() {
        refusals.push(Objection::InvalidName.at(&["familyName"]));
    }
    name
}

pub(super) fn birth_date(born: Option<Date>, today: Date, refusals: &mut Vec<Refusal>) {
    if born.is_some_and(|born| born.year() < 1900 || born > today) {
        refusals.push(Objection::InvalidBirthDate.at(&["birthDate"]));
    }
}

/// Numbers of a record, `new` on a day beside those that it has; without, of retired types too.
pub(super) fn identifiers(
    given: Vec<Identifier>,
    new: Option<(Date, &[Identifier])>,
    lists: &Lists,
    patterns: &mut Patterns,
    refusals: &mut Vec<Refusal>,
) -> Vec<Identifier> {
    if given.len() > MANY {
        refusals.push(Objection::TooMany(MANY).at(&["identifiers"]));
        return Vec::new();
    }
    let mut kept: Vec<Identifier> = Vec::new();
    for identifier in given {
        let is_known = |old: &Identifier| {
            old.type_code == identifier.type_code && old.key() == identifier.key()
        };
        let entry = match new {
            Some((today, old)) if !old.iter().any(is_known) => {
                (lists.codes).admitted(IDENTIFIER_TYPE, &identifier.type_code, today)
            }
            _ => lists.codes.find(IDENTIFIER_TYPE, &identifier.type_code),
        };
        let Some(entry) = entry else {
            let unknown = Objection::UnknownIdentifierType(identifier.type_code);
            refusals.push(unknown.at(&["identifiers", "type"]));
            continue;
        };
        let value = identifier.value.trim().to_owned();
        let pattern = entry.attributes.get("pattern").and_then(|it| it.as_str());
        let tidy = Identifier {
            value,
            ..identifier
        };
        if tidy.key().is_empty()
            || tidy.value.chars().count() > 60
            || !patterns.admit(pattern, &tidy.value)
        {
            let invalid = Objection::InvalidIdentifier {
                type_code: tidy.type_code,
                value: tidy.value,
            };
            refusals.push(invalid.at(&["identifiers", "value"]));
        } else if !kept
            .iter()
            .any(|it| it.type_code == tidy.type_code && it.key() == tidy.key())
        {
            kept.push(tidy);
        }
    }
    sort_identifiers(&mut kept);
    kept
}

/// In the order in which a record has them.
pub(super) fn sort_identifiers(identifiers: &mut [Identifier]) {
    identifiers.sort_by_key(|it| (it.type_code.clone(), it.key()));
}

/// In the order in which a record has them.
pub(super) fn sort_contacts(contacts: &mut [Contact]) {
    contacts.sort_by_key(|it| {
        (
            !it.preferred,
            it.kind == ContactKind::Email,
            it.value.clone(),
        )
    });
}

/// How identifiers are written, each pattern compiled once.
#[derive(Default)]
pub(super) struct Patterns(HashMap<String, Option<Regex>>);

impl Patterns {
    /// Whether a value is written as the country says; a pattern that cannot be read demands nothing.
    fn admit(&mut self, pattern: Option<&str>, value: &str) -> bool {
        let Some(pattern) = pattern else {
            return true;
        };
        if !self.0.contains_key(pattern) {
            let compiled = Regex::new(&format!("^(?:{pattern})$")).ok();
            self.0.insert(pattern.to_owned(), compiled);
        }
        let compiled = self.0.get(pattern).and_then(Option::as_ref);
        compiled.is_none_or(|it| it.is_match(value))
    }
}

pub(super) fn contacts(
    given: Vec<Contact>,
    region: &str,
    refusals: &mut Vec<Refusal>,
) -> Vec<Contact> {
    if given.len() > MANY {
        refusals.push(Objection::TooMany(MANY).at(&["contacts"]));
        return Vec::new();
    }
    let mut kept: Vec<Contact> = Vec::new();
    for contact in given {
        let value = match contact.kind {
            ContactKind::Phone => E164::parse(&contact.value, region)
                .map(|number| number.as_str().to_owned())
                .map_err(|_| Objection::InvalidPhone(contact.value.clone())),
            ContactKind::Email => {
                email(&contact.value).ok_or_else(|| Objection::InvalidEmail(contact.value.clone()))
            }
        };
        match value {
            Ok(value)
                if kept
                    .iter()
                    .any(|it| it.kind == contact.kind && it.value == value) => {}
            Ok(value) => kept.push(Contact { value, ..contact }),
            Err(objection) => refusals.push(objection.at(&["contacts", "value"])),
        }
    }
    sort_contacts(&mut kept);
    kept
}

/// The little that every address has: one @ between a name and a domain with a point, no white space.
fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (name, domain) = text.split_once('@')?;
    let legal = !name.is_empty()
        && !domain.contains('@')
        && domain.split('.').count() >= 2
        && domain.split('.').all(|part| !part.is_empty())
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    legal.then(|| text.to_owned())
}

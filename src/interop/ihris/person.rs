//! A practitioner with their roles, as the lines of a register.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::bundle::Found;
use super::career::Career;
use super::element::{
    Coding, Day, last_part, left_over, objects, take_concept, take_day, take_expected,
    take_extension, take_joined, take_text,
};
use super::lists::{Codes, IHRIS_ID, code_of};
use super::losses::{Losses, Reason};
use super::particulars::{Affixes, MARITAL_STATUS, particulars};
use super::places::{Home, UNPLACED};
use super::sites::take_profiles;
use crate::kernel::{Date, E164, Sector, fold};
use crate::workforce::{Contact, ContactKind, Identifier, Line, LinePosting, Sex};

const KIND: &str = "Practitioner";
/// The elements that are looked into; any other is carried or lost as a whole.
const OPENED: [&str; 6] = [
    "address",
    "communication",
    "identifier",
    "meta",
    "name",
    "telecom",
];

/// What Kada keeps of a person and has other ways in for.
const KEPT: [&str; 2] = ["photo", "qualification"];

/// What it takes to read what people wrote in a country.
#[derive(Clone, Debug)]
pub struct House {
    /// ISO 3166-1 alpha-2: how telephone numbers without a country code are read.
    pub phone_region: String,
    /// The day in the country's time zone.
    pub today: Date,
}

/// A line, and the resources that it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    pub line: Line,
    /// The id of the practitioner.
    pub practitioner: String,
    /// The id of the role whose posting it is.
    pub role: Option<String>,
}

/// Takes note of the types of identifiers that a practitioner has.
pub fn identifier_types(found: &mut Found, codes: &mut Codes, losses: &mut Losses) {
    for identifier in objects(&mut found.body, "identifier") {
        let (code, label) = identifier_type(identifier);
        let coding = Coding {
            system: String::new(),
            code,
            label,
        };
        codes.take(&coding, (KIND, &found.id, "identifier.type"), losses);
    }
}

/// Takes note of a practitioner's marital status.
pub fn marital_status(found: &mut Found, codes: &mut Codes, losses: &mut Losses) {
    if let Some(coding) = take_extension(&mut found.body, MARITAL_STATUS) {
        codes.take(&coding, (KIND, &found.id, MARITAL_STATUS), losses);
    }
}

/// The code of an identifier's type and what it is called; where no type stands, its system says whose it is.
fn identifier_type(identifier: &mut Map<String, Value>) -> (String, Option<String>) {
    let concept = objects(identifier, "type").find_map(take_concept);
    if let Some(concept) = concept {
        return (concept.code, concept.label);
    }
    let system = take_text(identifier, "system");
    let name = system.as_deref().map_or("", last_part);
    let name = if name.is_empty() { "identifier" } else { name };
    (name.to_owned(), None)
}

/// The lines of a practitioner: one for each posting, or one without any.
pub fn lines(
    found: Found,
    career: Career,
    homes: &HashMap<String, Home>,
    house: &House,
    losses: &mut Losses,
) -> Vec<Carried> {
    let practitioner = found.id.clone();
    let mut person = person(found, homes, house, losses);
    if career.postings.is_empty() {
        if career.unit.is_none() {
            losses.add(KIND, &practitioner, "", Reason::Unplaced);
        }
        person.org_unit = Some(career.unit.unwrap_or_else(|| UNPLACED.to_owned()));
        person.sector = Some(Sector::Health);
        return vec![Carried {
            line: person,
            practitioner,
            role: None,
        }];
    }
    let line = |(role, posting): (Box<str>, LinePosting)| Carried {
        line: Line {
            posting: Some(posting),
            ..person.clone()
        },
        practitioner: practitioner.clone(),
        role: Some(role.into()),
    };
    career.postings.into_iter().map(line).collect()
}

fn person(found: Found, homes: &HashMap<String, Home>, house: &House, losses: &mut Losses) -> Line {
    let Found { id, mut body, .. } = found;
    take_profiles(&mut body);
    take_expected(&mut body, "active", &Value::from(true));
    let (family_name, given_names, affixes) = name(&mut body);
    let sex = sex(&id, &mut body, losses);
    let birth_date = birth_date(&id, &mut body, house.today, losses);
    let mut identifiers = vec![Identifier {
        type_code: IHRIS_ID.to_owned(),
        value: id.clone(),
    }];
    identifiers.extend(numbers(&id, &mut body, losses));
    let contacts = contacts(&id, &mut body, house, losses);
    let particulars = particulars(&id, &mut body, affixes, homes, losses);
    for element in left_over(&body, &OPENED) {
        let kept = KEPT.iter().any(|it| element.starts_with(it));
        let reason = if kept {
            Reason::NotBrought
        } else {
            Reason::NoHome
        };
        losses.add(KIND, &id, &element, reason);
    }
    Line {
        row: 0,
        worker: None,
        identifiers,
        family_name,
        given_names,
        sex,
        birth_date,
        particulars,
        contacts,
        org_unit: None,
        sector: None,
        posting: None,
        answers: Vec::new(),
    }
}

/// The numbers by which authorities know the person.
fn numbers(id: &str, body: &mut Map<String, Value>, losses: &mut Losses) -> Vec<Identifier> {
    let mut numbers = Vec::new();
    for identifier in objects(body, "identifier") {
        let Some(value) = take_text(identifier, "value") else {
            continue;
        };
        let (code, _) = identifier_type(identifier);
        for usual in ["official", "usual"] {
            take_expected(identifier, "use", &Value::from(usual));
        }
        let number = Identifier {
            type_code: code_of(&code),
            value,
        };
        if number.key().is_empty() || number.value.chars().count() > 60 {
            losses.add(KIND, id, "identifier", Reason::NotUnderstood);
            identifier.clear();
        } else {
            numbers.push(number);
        }
    }
    numbers
}

/// Family name and given names: the official ones, else the first. Who has one name only has it as the family name.
fn name(body: &mut Map<String, Value>) -> (Option<String>, Option<String>, Affixes) {
    let is_official = |it: &Map<String, Value>| it.get("use").is_some_and(|it| it == "official");
    let place = objects(body, "name")
        .position(|it| is_official(it))
        .unwrap_or(0);
    let Some(name) = objects(body, "name").nth(place) else {
        return (None, None, Affixes::default());
    };
    take_expected(name, "use", &Value::from("official"));
    let family = take_text(name, "family");
    let given = take_joined(name, "given", " ");
    let affixes = Affixes {
        prefix: take_joined(name, "prefix", " "),
        suffix: take_joined(name, "suffix", " "),
    };
    let Some(text) = name.get("text").and_then(Value::as_str).map(str::to_owned) else {
        return (family, given, affixes);
    };
    let parts = [given.as_deref(), family.as_deref()];
    let spoken = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    if spoken.is_empty() {
        name.remove("text");
        return (Some(text), None, affixes);
    }
    if fold(&spoken) == fold(&text) {
        name.remove("text");
    }
    (family, given, affixes)
}

fn sex(id: &str, body: &mut Map<String, Value>, losses: &mut Losses) -> Option<Sex> {
    let sex = Sex::parse(&take_text(body, "gender")?);
    Some(sex.unwrap_or_else(|| {
        losses.add(KIND, id, "gender", Reason::NoHome);
        Sex::Unknown
    }))
}

fn birth_date(
    id: &str,
    body: &mut Map<String, Value>,
    today: Date,
    losses: &mut Losses,
) -> Option<Date> {
    let earliest = Date::from_ymd_opt(1900, 1, 1);
    match take_day(body, "birthDate") {
        Day::On(date) if Some(date) >= earliest && date <= today => return Some(date),
        Day::On(_) => losses.add(KIND, id, "birthDate", Reason::NotInRange),
        Day::Partial => losses.add(KIND, id, "birthDate", Reason::NotADay),
        Day::Absent => {}
    }
    None
}

/// Telephones and e-mail addresses; the one of the first rank is preferred, where there is one such alone.
fn contacts(
    id: &str,
    body: &mut Map<String, Value>,
    house: &House,
    losses: &mut Losses,
) -> Vec<Contact> {
    let mut ranks: HashMap<u64, usize> = HashMap::new();
    let mut contacts = Vec::new();
    for telecom in objects(body, "telecom") {
        let Some(value) = take_text(telecom, "value") else {
            continue;
        };
        let is_old = telecom.get("use").is_some_and(|it| it == "old");
        let system = take_text(telecom, "system");
        let kind = match system.as_deref().filter(|_| !is_old) {
            Some("phone" | "sms") => ContactKind::Phone,
            Some("email") => ContactKind::Email,
            _ => {
                losses.add(KIND, id, "telecom", Reason::NoHome);
                telecom.clear();
                continue;
            }
        };
        let is_legal = match kind {
            ContactKind::Phone => E164::parse(&value, &house.phone_region).is_ok(),
            ContactKind::Email => is_address(&value),
        };
        if !is_legal {
            losses.add(KIND, id, "telecom", Reason::NotUnderstood);
            telecom.clear();
            continue;
        }
        let rank = telecom.remove("rank").and_then(|it| it.as_u64());
        if let Some(rank) = rank {
            *ranks.entry(rank).or_default() += 1;
        }
        contacts.push((
            rank,
            Contact {
                kind,
                value,
                preferred: false,
            },
        ));
    }
    let best = ranks.keys().min().copied();
    let is_alone = best.is_some_and(|best| ranks.get(&best) == Some(&1));
    let contacts = contacts.into_iter().map(|(rank, contact)| Contact {
        preferred: is_alone && rank == best,
        ..contact
    });
    contacts.collect()
}

/// As the register will judge it: one @ between a name and a domain with a point, no white space.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|part| !part.is_empty())
            && !domain.contains('@')
            && text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

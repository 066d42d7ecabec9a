//! What a practitioner says of the person besides name, sex and birth date.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::element::{
    objects, take_concept, take_expected, take_extension, take_joined, take_reference_of, take_text,
};
use super::lists::code_of;
use super::losses::{Losses, Reason};
use super::places::Home;
use crate::kernel::{is_country, is_language};
use crate::workforce::LineParticulars;

/// As many as a record takes.
const MOST_LANGUAGES: usize = 20;

const KIND: &str = "Practitioner";

/// The extensions, by the ends of their addresses.
pub const MARITAL_STATUS: &str = "ihris-practitioner-marital-status";
const NATIONALITY: &str = "ihris-practitioner-nationality";
const RESIDENCE: &str = "ihris-practitioner-residence";

/// The longest address and the longest prefix or suffix that a record takes, in characters.
const LONGEST: (usize, usize) = (300, 40);

/// What stands before and behind the name that was taken.
#[derive(Default)]
pub struct Affixes {
    pub prefix: Option<String>,
    pub suffix: Option<String>,
}

/// All that is said; `None` when nothing is.
pub fn particulars(
    id: &str,
    body: &mut Map<String, Value>,
    affixes: Affixes,
    homes: &HashMap<String, Home>,
    losses: &mut Losses,
) -> Option<Box<LineParticulars>> {
    let mut lost = |element: &str, reason: Reason| losses.add(KIND, id, element, reason);
    let nationality = take_extension(body, NATIONALITY).map(|it| it.code);
    let nationality = legal(nationality, is_country, || {
        lost(&extension(NATIONALITY), Reason::NotUnderstood);
    });
    let residence = residence(body, homes).unwrap_or_else(|reason| {
        lost(&extension(RESIDENCE), reason);
        None
    });
    let is_affix = |it: &str| is_line(it, LONGEST.1);
    let name_prefix = legal(affixes.prefix, is_affix, || {
        lost("name.prefix", Reason::NotUnderstood);
    });
    let name_suffix = legal(affixes.suffix, is_affix, || {
        lost("name.suffix", Reason::NotUnderstood);
    });
    let is_address = |it: &str| is_line(it, LONGEST.0);
    let address = legal(address(body), is_address, || {
        lost("address", Reason::NotUnderstood);
    });
    let languages = languages(body, || lost("communication", Reason::NotUnderstood));
    let said = LineParticulars {
        name_prefix,
        name_suffix,
        nationality,
        birth_country: None,
        marital_status: take_extension(body, MARITAL_STATUS).map(|it| code_of(&it.code)),
        residence,
        address,
        languages: Some(languages).filter(|it| !it.is_empty()),
        emergency_contact: None,
    };
    (said != LineParticulars::default()).then(|| Box::new(said))
}

/// As the report names an extension.
fn extension(name: &str) -> String {
    format!("extension({name})")
}

fn legal(
    text: Option<String>,
    is_legal: impl Fn(&str) -> bool,
    lost: impl FnOnce(),
) -> Option<String> {
    let text = text?;
    if is_legal(&text) {
        return Some(text);
    }
    lost();
    None
}

fn is_line(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(|it| it.is_control() && it != '\n')
}

/// The org unit that the person lives in.
fn residence(
    body: &mut Map<String, Value>,
    homes: &HashMap<String, Home>,
) -> Result<Option<String>, Reason> {
    let Some(reference) = take_reference_of(body, RESIDENCE) else {
        return Ok(None);
    };
    match homes.get(&reference.id) {
        Some(Home::Unit(unit)) if reference.is_to("Location") => Ok(Some(unit.clone())),
        // Nobody lives in a country as a whole, or in a facility, as far as a tree of org units can say.
        Some(_) => Err(Reason::NotUnderstood),
        None => Err(Reason::NotResolved),
    }
}

/// The first address: as it is written as a whole, or else its parts from the street to the country.
fn address(body: &mut Map<String, Value>) -> Option<String> {
    let address = objects(body, "address").find(|it| it.get("use") != Some(&Value::from("old")))?;
    take_expected(address, "use", &Value::from("home"));
    let lines = take_joined(address, "line", ", ");
    let parts = ["city", "district", "state", "postalCode", "country"];
    let parts = parts.map(|part| take_text(address, part));
    let parts: Vec<String> = [lines].into_iter().chain(parts).flatten().collect();
    let whole = Some(parts.join(", ")).filter(|it| !it.is_empty());
    take_text(address, "text").or(whole)
}

/// What the person speaks, by ISO 639: `fr-CA` is `fr`.
fn languages(body: &mut Map<String, Value>, mut lost: impl FnMut()) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for concept in objects(body, "communication") {
        let Some(coding) = take_concept(concept) else {
            continue;
        };
        let code = coding.code.split('-').next().unwrap_or_default();
        let code = code.to_lowercase();
        if languages.contains(&code) {
            continue;
        }
        if is_language(&code) && languages.len() < MOST_LANGUAGES {
            languages.push(code);
        } else {
            lost();
        }
    }
    languages
}

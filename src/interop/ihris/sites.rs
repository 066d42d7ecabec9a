//! Locations and organizations as they are met.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::bundle::Found;
use super::element::{
    Coding, last_part, left_over, objects, take_concept, take_expected, take_extension,
    take_reference, take_text,
};
use super::losses::{Losses, Reason};

/// The elements that are looked into; any other is carried or lost as a whole.
const OPENED: [&str; 6] = [
    "identifier",
    "managingOrganization",
    "meta",
    "partOf",
    "physicalType",
    "type",
];
/// How mCSD says that something is a facility at all.
const MCSD_MARK: &str = "urn:ietf:rfc:3986";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Country,
    Jurisdiction,
    Facility,
}

/// A Location without its JSON.
pub(super) struct Site {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What its type is called: District, Hospital …
    pub(super) types: Vec<Coding>,
    pub(super) part_of: Option<String>,
    /// Of a country, by ISO 3166-1.
    pub(super) iso: Option<String>,
    pub(super) organization: Option<String>,
    pub(super) ownership: Option<Coding>,
}

/// An Organization without its JSON.
pub(super) struct Organization {
    pub(super) name: String,
    pub(super) types: Vec<String>,
}

/// All locations and organizations of a register.
#[derive(Default)]
pub struct Sites {
    pub(super) all: BTreeMap<String, Site>,
    pub(super) aliases: HashMap<String, String>,
    pub(super) organizations: BTreeMap<String, Organization>,
}

impl Sites {
    /// A Location.
    pub fn location(&mut self, found: Found, losses: &mut Losses) {
        let Found {
            id,
            alias,
            mut body,
            ..
        } = found;
        let types: Vec<Coding> = objects(&mut body, "type")
            .filter_map(take_concept)
            .collect();
        let profiles = take_profiles(&mut body);
        let physical = objects(&mut body, "physicalType").find_map(take_concept);
        let is_jurisdiction = physical.is_some_and(|it| it.code == "jdn")
            || profiles.iter().any(|it| it.ends_with("jurisdiction"))
            || types.iter().any(|it| it.system.contains("jurisdiction"));
        let kind = match is_jurisdiction {
            true if types.iter().any(|it| it.code == "country") => Kind::Country,
            true => Kind::Jurisdiction,
            false => Kind::Facility,
        };
        let is_iso = |it: &&mut Map<String, Value>| {
            let system = it.get("system").and_then(Value::as_str);
            kind == Kind::Country && system.is_some_and(|it| it.contains("iso:std:iso:3166"))
        };
        let iso = objects(&mut body, "identifier")
            .find(is_iso)
            .and_then(|it| {
                it.remove("system");
                take_expected(it, "use", &Value::from("official"));
                take_text(it, "value")
            });
        take_expected(&mut body, "status", &Value::from("active"));
        take_expected(&mut body, "mode", &Value::from("instance"));
        let site = Site {
            name: take_text(&mut body, "name").unwrap_or_else(|| id.clone()),
            kind,
            types: types
                .into_iter()
                .filter(|it| it.system != MCSD_MARK)
                .collect(),
            part_of: take_reference(&mut body, "partOf").map(|it| it.id),
            iso,
            organization: take_reference(&mut body, "managingOrganization").map(|it| it.id),
            ownership: (kind == Kind::Facility)
                .then(|| take_extension(&mut body, "ihris-facility-ownership-prefix"))
                .flatten(),
        };
        if id.is_empty() || self.all.contains_key(&id) {
            losses.add("Location", &id, "", twice_or_nameless(&id));
            return;
        }
        for element in left_over(&body, &OPENED) {
            losses.add("Location", &id, &element, Reason::NoHome);
        }
        if let Some(alias) = alias {
            self.aliases.insert(alias, id.clone());
        }
        self.all.insert(id, site);
    }

    /// An Organization; mCSD has one beside the Location of every facility.
    pub fn organization(&mut self, found: Found, losses: &mut Losses) {
        let Found { id, mut body, .. } = found;
        take_profiles(&mut body);
        take_expected(&mut body, "active", &Value::from(true));
        let types = objects(&mut body, "type").filter_map(take_concept);
        let types = types
            .filter(|it| it.system != MCSD_MARK)
            .map(|it| it.code)
            .collect();
        let name = take_text(&mut body, "name").unwrap_or_default();
        if id.is_empty() || self.organizations.contains_key(&id) {
            losses.add("Organization", &id, "", twice_or_nameless(&id));
            return;
        }
        for element in left_over(&body, &["meta", "type"]) {
            losses.add("Organization", &id, &element, Reason::NoHome);
        }
        self.organizations.insert(id, Organization { name, types });
    }
}

/// Why a resource cannot stand under its id.
#[must_use]
pub fn twice_or_nameless(id: &str) -> Reason {
    if id.is_empty() {
        Reason::NotUnderstood
    } else {
        Reason::Twice
    }
}

/// The ends of the addresses of the profiles that a resource claims.
pub fn take_profiles(body: &mut Map<String, Value>) -> Vec<String> {
    let profiles = objects(body, "meta").find_map(|meta| meta.remove("profile"));
    let Some(Value::Array(profiles)) = profiles else {
        return Vec::new();
    };
    let profiles = profiles.iter().filter_map(Value::as_str);
    profiles.map(|it| last_part(it).to_owned()).collect()
}

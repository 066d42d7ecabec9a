//! The country, the org units and the facilities that the locations of a register turn out to be when all are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::element::Coding;
use super::lists::{UNKNOWN, as_said, code_of, in_words, not_recorded};
use super::losses::{Losses, Reason};
use super::sites::{Kind, Site, Sites};
use crate::kernel::{Sector, Text, fold};
use crate::places::{
    ClassRow, FacilityRow, FacilityType, Ownership, PlacesConfiguration, Setting, UnitRow,
};

/// The org unit that keeps the records of those whom nothing places.
pub const UNPLACED: &str = "unplaced";
/// How deep the tree of org units may be.
const LEVELS: u8 = 9;

/// The country that a register is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryFound {
    pub name: String,
    /// ISO 3166-1.
    pub iso: Option<String>,
}

/// Where a role that names a location is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    Facility { code: String, unit: String },
    Unit(String),
    Country,
}

/// The places of a register.
#[derive(Default)]
pub struct PlacesFound {
    pub country: Option<CountryFound>,
    /// What the levels of the tree are called, from the top.
    pub levels: Vec<Text>,
    pub configuration: PlacesConfiguration,
    /// By the location's id, and by what else references may call it.
    pub homes: HashMap<String, Home>,
    pub problems: Vec<String>,
}

impl Sites {
    /// What they turn out to be.
    pub fn resolve(mut self, languages: &[String], losses: &mut Losses) -> PlacesFound {
        let mut found = PlacesFound::default();
        self.name_parents(losses);
        let country = self.country(losses, &mut found.problems);
        for (id, site) in &self.all {
            let code = code_of(id);
            let home = match site.kind {
                Kind::Country if country.as_ref() == Some(id) => {
                    let (name, iso) = (site.name.clone(), site.iso.clone());
                    found.country = Some(CountryFound { name, iso });
                    Home::Country
                }
                Kind::Country => continue,
                Kind::Jurisdiction => {
                    match self.unit(id, site, languages) {
                        Ok(unit) => found.configuration.units.push(unit),
                        Err(problem) => found.problems.push(problem),
                    }
                    Home::Unit(code)
                }
                Kind::Facility => {
                    let unit = self.unit_of(id, losses);
                    let row = facility(id, site, &unit, losses);
                    found.configuration.facilities.push(row);
                    Home::Facility { code, unit }
                }
            };
            found.homes.insert(id.clone(), home);
        }
        found.levels = levels(&found.configuration.units, languages);
        let types = self.facility_types(languages, losses).into_iter();
        found.configuration.types = types.map(ClassRow::from).collect();
        let ownerships = self.ownerships(languages).into_iter();
        found.configuration.ownerships = ownerships.map(ClassRow::from).collect();
        self.compare_organizations(losses);
        for (alias, id) in self.aliases {
            if let Some(home) = found.homes.get(&id).cloned() {
                found.homes.insert(alias, home);
            }
        }
        found
    }

    /// Puts ids in the place of other names, and drops parents that are not there.
    fn name_parents(&mut self, losses: &mut Losses) {
        let ids: BTreeSet<String> = self.all.keys().cloned().collect();
        for (id, site) in &mut self.all {
            if let Some(parent) = site.part_of.take() {
                let parent = self.aliases.get(&parent).unwrap_or(&parent);
                if ids.contains(parent) {
                    site.part_of = Some(parent.clone());
                } else {
                    losses.add("Location", id, "partOf", Reason::NotResolved);
                }
            }
        }
    }

    /// The sites above one, from the next; it ends where a circle would begin.
    fn above(&self, id: &str) -> impl Iterator<Item = (&String, &Site)> {
        let parent = |id: &str| self.all.get_key_value(self.all.get(id)?.part_of.as_ref()?);
        std::iter::successors(parent(id), move |(id, _)| parent(id)).take(self.all.len())
    }

    /// The country above everything; the list of all countries that iHRIS ships is not the register's.
    fn country(&self, losses: &mut Losses, problems: &mut Vec<String>) -> Option<String> {
        let is_country = |it: &(&String, &Site)| it.1.kind == Kind::Country;
        let own: BTreeSet<&String> = (self.all.iter())
            .filter(|it| !is_country(it))
            .filter_map(|(id, _)| Some(self.above(id).find(is_country)?.0))
            .collect();
        let all: Vec<&String> = self.all.iter().filter(is_country).map(|it| it.0).collect();
        let country = match (own.len(), all.as_slice()) {
            (1, _) => own.first().copied(),
            (0, [only]) => Some(*only),
            (0, _) => None,
            _ => {
                let names: Vec<&str> = own.iter().map(|it| it.as_str()).collect();
                problems.push(format!(
                    "the places are of several countries: {}",
                    names.join(", ")
                ));
                None
            }
        };
        for id in all.into_iter().filter(|id| Some(*id) != country) {
            losses.add("Location", id, "", Reason::NotOfThisCountry);
        }
        country.cloned()
    }

    /// 1 is the level below the country; `None` in a circle.
    fn level(&self, id: &str) -> Option<usize> {
        let above = self
            .above(id)
            .filter(|it| it.1.kind == Kind::Jurisdiction)
            .count();
        (above < self.all.len())
            .then_some(above + 1)
            .filter(|_| self.above(id).all(|it| it.0 != id))
    }

    fn unit(&self, id: &str, site: &Site, languages: &[String]) -> Result<UnitRow, String> {
        let Some(level) = self.level(id) else {
            return Err(format!("Location/{id} is part of itself"));
        };
        let parent = self.above(id).find(|it| it.1.kind == Kind::Jurisdiction);
        let kind = site.types.first();
        let kind = kind.map(|it| it.label.clone().unwrap_or_else(|| it.code.clone()));
        Ok(UnitRow {
            code: code_of(id),
            parent: parent.map(|it| code_of(it.0)),
            level: u8::try_from(level)
                .ok()
                .filter(|it| *it <= LEVELS)
                .ok_or_else(|| format!("Location/{id} is below level {LEVELS}"))?,
            name: as_said(languages, &site.name),
            kind: kind.unwrap_or_default(),
            iso_3166_2: None,
            valid_from: None,
            valid_to: None,
            source: format!("iHRIS Location/{id}"),
        })
    }

    fn unit_of(&self, id: &str, losses: &mut Losses) -> String {
        let mut above = self.above(id);
        let unit = above.find(|it| it.1.kind == Kind::Jurisdiction);
        if self
            .above(id)
            .next()
            .is_some_and(|it| it.1.kind == Kind::Facility)
        {
            losses.add("Location", id, "partOf", Reason::NoHome);
        }
        unit.map_or_else(
            || {
                losses.add("Location", id, "partOf", Reason::Unplaced);
                UNPLACED.to_owned()
            },
            |it| code_of(it.0),
        )
    }

    fn facilities(&self) -> impl Iterator<Item = (&String, &Site)> {
        self.all.iter().filter(|it| it.1.kind == Kind::Facility)
    }

    fn facility_types(&self, languages: &[String], losses: &mut Losses) -> Vec<FacilityType> {
        let mut types: BTreeMap<String, FacilityType> = BTreeMap::new();
        for (id, site) in self.facilities() {
            let first = site.types.first();
            let code = first.map_or(UNKNOWN.to_owned(), |it| code_of(&it.code));
            let label = match first {
                Some(it) => as_said(languages, it.label.as_ref().unwrap_or(&it.code)),
                None => not_recorded(languages),
            };
            let standing = types.entry(code.clone()).or_insert_with(|| FacilityType {
                code,
                label: label.clone(),
                tier: String::new(),
                provider_class: String::new(),
                sector: Sector::Health,
                source: first.map_or(String::new(), |it| {
                    format!("iHRIS {}|{}", it.system, it.code)
                }),
            });
            if standing.label != label {
                losses.add("Location", id, "type.text", Reason::OtherWords);
            }
        }
        types.into_values().collect()
    }

    fn ownerships(&self, languages: &[String]) -> Vec<Ownership> {
        let mut owners: BTreeMap<String, Ownership> = BTreeMap::new();
        for (_, site) in self.facilities() {
            let code = site
                .ownership
                .as_ref()
                .map_or(UNKNOWN.to_owned(), |it| code_of(&it.code));
            let (label, source) = match &site.ownership {
                Some(it) => (
                    as_said(languages, it.label.as_ref().unwrap_or(&it.code)),
                    format!("iHRIS {}|{}", it.system, it.code),
                ),
                None => (not_recorded(languages), String::new()),
            };
            // “private” does not say whether it is for profit.
            let nhwa_group = match code.as_str() {
                "government" => "public",
                "NGO" => "private_not_for_profit",
                _ => UNKNOWN,
            };
            owners.entry(code.clone()).or_insert_with(|| Ownership {
                code,
                label,
                nhwa_group: nhwa_group.to_owned(),
                source,
            });
        }
        owners.into_values().collect()
    }

    /// An organization that says the same as its facility is carried with it.
    fn compare_organizations(&self, losses: &mut Losses) {
        let managed: BTreeMap<&String, &Site> = (self.facilities())
            .filter_map(|(_, site)| Some((site.organization.as_ref()?, site)))
            .collect();
        for (id, organization) in &self.organizations {
            let Some(site) = managed.get(id) else {
                losses.add("Organization", id, "", Reason::NoHome);
                continue;
            };
            if fold(&organization.name) != fold(&site.name) {
                losses.add("Organization", id, "name", Reason::OtherWords);
            }
            let is_known = |code: &String| site.types.iter().any(|it| it.code == *code);
            if !organization.types.iter().all(is_known) {
                losses.add("Organization", id, "type", Reason::OtherWords);
            }
        }
        for (id, site) in self.facilities() {
            if site
                .organization
                .as_ref()
                .is_some_and(|it| !self.organizations.contains_key(it))
            {
                losses.add("Location", id, "managingOrganization", Reason::NotResolved);
            }
        }
    }
}

/// What the levels of the tree are called: as its units are.
fn levels(units: &[UnitRow], languages: &[String]) -> Vec<Text> {
    let deepest = units.iter().map(|it| it.level).max().unwrap_or(1);
    let name = |level: u8| {
        let of_level = units.iter().filter(|it| it.level == level);
        let kinds: BTreeSet<&str> = of_level.map(|it| it.kind.as_str()).collect();
        let kinds: Vec<&str> = kinds.into_iter().filter(|it| !it.is_empty()).collect();
        if !kinds.is_empty() {
            return as_said(languages, &kinds.join(" / "));
        }
        let words = ["Level", "Niveau", "Ngazi"].map(|it| format!("{it} {level}"));
        in_words(languages, &words[0], &words[1], &words[2])
    };
    (1..=deepest).map(name).collect()
}

/// A facility; what the register does not say of it is unknown.
fn facility(id: &str, site: &Site, unit: &str, losses: &mut Losses) -> FacilityRow {
    for _ in site.types.iter().skip(1) {
        losses.add("Location", id, "type", Reason::NoHome);
    }
    losses.add("Location", id, "setting", Reason::Unsaid);
    for (element, is_said) in [
        ("type", !site.types.is_empty()),
        ("ownership", site.ownership.is_some()),
    ] {
        if !is_said {
            losses.add("Location", id, element, Reason::Unsaid);
        }
    }
    let code = |it: Option<&Coding>| it.map_or(UNKNOWN.to_owned(), |it| code_of(&it.code));
    FacilityRow {
        code: code_of(id),
        name: site.name.clone(),
        type_code: code(site.types.first()),
        ownership: code(site.ownership.as_ref()),
        unit: unit.to_owned(),
        setting: Setting::Unknown,
        opened_on: None,
        closed_on: None,
    }
}

/// The org unit of those whom nothing places.
#[must_use]
pub fn unplaced(languages: &[String]) -> UnitRow {
    UnitRow {
        code: UNPLACED.to_owned(),
        parent: None,
        level: 1,
        name: in_words(
            languages,
            "Not placed",
            "Sans lieu connu",
            "Mahali hapajulikani",
        ),
        kind: String::new(),
        iso_3166_2: None,
        valid_from: None,
        valid_to: None,
        source: "made when iHRIS was imported".to_owned(),
    }
}

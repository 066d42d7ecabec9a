//! A registry of iHRIS v5, read from its FHIR R4 bundles.
//!
//! The folder is read twice. [`survey`] reads all of it once, so that nothing is written of a folder that breaks off in
//! the middle: it learns the places, the jobs and the codes, and keeps the roles, which may stand before or after their
//! practitioner, in a small form. [`Register::people`] reads it again, for the practitioners, one at a time.
//!
//! What stays in memory: a location whole (there are thousands), some 250 bytes for a role, some 40 for the id of a
//! practitioner, and one resource as JSON. Whatever has no place in Kada is in the [`Losses`], never dropped in silence.

mod bundle;
mod career;
mod element;
mod import;
mod lists;
mod losses;
mod particulars;
mod person;
mod places;
mod sites;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

pub use bundle::{EMPTY_ENTRY, Found, Unreadable, read_bundle, read_folder, read_lines};
pub use import::{Merged, TakeOverError, import};
pub use losses::{Losses, Reason};
pub use person::{Carried, House};
pub use places::{CountryFound, UNPLACED};

use self::career::{Roles, career};
use self::lists::Codes;
use self::places::Home;
use self::sites::Sites;
use crate::cadres::{
    CadreRow, CadresConfiguration, DEPARTURE_REASON, EMPLOYMENT_TYPE, EntryRow, IDENTIFIER_TYPE,
    MARITAL_STATUS,
};
use crate::kernel::Text;
use crate::places::PlacesConfiguration;

/// Why a folder cannot be taken over.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("the bundles cannot be carried over:\n{}", lines(.0))]
    Refused(Vec<String>),
}

fn lines(problems: &[String]) -> String {
    let lines: Vec<String> = problems.iter().map(|it| format!("  {it}")).collect();
    lines.join("\n")
}

/// A registry of iHRIS, but for the persons.
pub struct Register {
    pub country: Option<CountryFound>,
    /// What the levels of the tree are called, from the top.
    pub levels: Vec<Text>,
    pub places: PlacesConfiguration,
    pub cadres: CadresConfiguration,
    /// How many resources of each type there are.
    pub resources: BTreeMap<String, u64>,
    roles: Roles,
    homes: HashMap<String, Home>,
    job_cadres: Vec<String>,
}

/// Reads a folder of bundles, but for the persons. `languages` are the country's, the first of them its main one:
/// that is the one in which texts of the register are taken to be.
///
/// # Errors
/// At a file that cannot be read, or with all that makes no country.
pub fn survey(
    folder: &Path,
    languages: &[String],
    losses: &mut Losses,
) -> Result<Register, SurveyError> {
    let mut resources: BTreeMap<String, u64> = BTreeMap::new();
    let (mut sites, mut roles) = (Sites::default(), Roles::default());
    let (mut identifiers, mut marital_statuses) = (Codes::default(), Codes::default());
    let mut practitioners: HashSet<Box<str>> = HashSet::new();
    // Another name of a practitioner, who is not to be counted twice.
    let mut aliases: HashMap<Box<str>, Box<str>> = HashMap::new();
    read_folder(folder, &mut |mut found: Found| {
        *resources.entry(found.kind.clone()).or_default() += 1;
        match found.kind.as_str() {
            "Location" => sites.location(found, losses),
            "Organization" => sites.organization(found, losses),
            "PractitionerRole" => roles.role(found, losses),
            "Practitioner" => {
                let id: Box<str> = found.id.as_str().into();
                if let Some(alias) = found.alias.take() {
                    aliases.insert(alias.into(), id.clone());
                }
                if !id.is_empty() {
                    practitioners.insert(id);
                }
                person::identifier_types(&mut found, &mut identifiers, losses);
                person::marital_status(&mut found, &mut marital_statuses, losses);
            }
            kind => losses.add(kind, &found.id, "", Reason::NotRead),
        }
        ControlFlow::Continue(())
    })?;
    roles.rename(&aliases);
    roles.drop_strangers(&practitioners, losses);
    let mut found = sites.resolve(languages, losses);
    let jobs = roles.jobs.cadres(languages, losses);
    let is_without_unit = (found.configuration.facilities.iter()).any(|it| it.unit == UNPLACED);
    if is_without_unit
        || !practitioners
            .iter()
            .all(|id| roles.is_placed(id, &found.homes))
    {
        found.configuration.units.push(places::unplaced(languages));
    }
    let mut problems = found.problems;
    problems.extend(jobs.problems);
    for codes in [
        &roles.employment_types,
        &roles.end_reasons,
        &identifiers,
        &marital_statuses,
    ] {
        problems.extend(codes.clashes());
    }
    problems.extend(twice(
        "org units",
        found.configuration.units.iter().map(|it| &it.code),
    ));
    problems.extend(twice(
        "facilities",
        found.configuration.facilities.iter().map(|it| &it.code),
    ));
    if !problems.is_empty() {
        return Err(SurveyError::Refused(problems));
    }
    let unknown = [(lists::UNKNOWN, lists::not_recorded(languages))];
    let statuses = marital_statuses.of_those(lists::marital_statuses(languages));
    let mut code_lists = Vec::new();
    for (list, codes, needed) in [
        (
            DEPARTURE_REASON,
            &roles.end_reasons,
            &lists::needed_reasons(languages)[..],
        ),
        (EMPLOYMENT_TYPE, &roles.employment_types, &unknown[..]),
        (
            IDENTIFIER_TYPE,
            &identifiers,
            &lists::ihris_id(languages)[..],
        ),
        (MARITAL_STATUS, &marital_statuses, &statuses[..]),
    ] {
        let entries = codes.entries(list, needed, languages).into_iter();
        code_lists.extend(entries.map(EntryRow::from));
    }
    Ok(Register {
        country: found.country,
        levels: found.levels,
        places: found.configuration,
        cadres: CadresConfiguration {
            cadres: jobs.rows,
            untold: CadreRow::optional_fields(languages).collect(),
            code_lists,
            mappings: Vec::new(),
        },
        resources,
        roles,
        homes: found.homes,
        job_cadres: jobs.codes,
    })
}

fn twice<'a>(what: &str, codes: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let again = codes.filter(|code| !seen.insert(*code));
    again
        .map(|code| format!("two {what} would have the code {code}"))
        .collect()
}

impl Register {
    /// Reads the practitioners and hands on the lines of each, one after the other; `each` may say that it was enough.
    ///
    /// # Errors
    /// At a file that cannot be read.
    pub fn people(
        self,
        folder: &Path,
        house: &House,
        losses: &mut Losses,
        each: &mut dyn FnMut(Carried) -> ControlFlow<()>,
    ) -> Result<(), Unreadable> {
        let Self {
            mut roles,
            homes,
            job_cadres,
            ..
        } = self;
        let mut seen: HashSet<Box<str>> = HashSet::new();
        let mut row = 0;
        read_folder(folder, &mut |found: Found| {
            if found.kind != "Practitioner" {
                return ControlFlow::Continue(());
            }
            if found.id.is_empty() || !seen.insert(found.id.as_str().into()) {
                let reason = sites::twice_or_nameless(&found.id);
                losses.add("Practitioner", &found.id, "", reason);
                return ControlFlow::Continue(());
            }
            let career = career(roles.take(&found.id), &homes, &job_cadres, losses);
            for mut carried in person::lines(found, career, &homes, house, losses) {
                row += 1;
                carried.line.row = row;
                each(carried)?;
            }
            ControlFlow::Continue(())
        })
    }
}

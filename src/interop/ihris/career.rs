//! Roles as they are met, kept small until their practitioner comes along, and the postings that they make together.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::bundle::Found;
use super::element::{
    Coding, Day, left_over, objects, take_concept, take_day, take_expected, take_extension,
    take_reference,
};
use super::lists::{Codes, Jobs, UNKNOWN};
use super::losses::{Losses, Reason};
use super::places::Home;
use super::sites::{take_profiles, twice_or_nameless};
use crate::kernel::Date;
use crate::workforce::LinePosting;

const KIND: &str = "PractitionerRole";
/// The elements that are looked into; any other is carried or lost as a whole.
const OPENED: [&str; 5] = ["code", "location", "meta", "period", "practitioner"];
/// The extensions with the terms of employment and with the reason of an end, by the ends of their addresses: those of
/// the profiles, and those that older registers nest in the role's details.
const EMPLOYMENT: [&str; 2] = [
    "ihris-practitionerrole-employment-status",
    "employment-status",
];
const END_REASON: [&str; 2] = ["ihris-practitionerrole-reason-departure", "reason"];

/// What Kada keeps of a posting and has other ways in for: grades and pay.
const KEPT: &str = "salary";

/// A role without its JSON: some 250 bytes with its place in the index, whatever the role says.
#[derive(Clone, Debug)]
pub struct Role {
    id: Box<str>,
    job: Option<u32>,
    /// The id of the location.
    site: Option<Arc<str>>,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    /// Whether it is over, though no day says when.
    is_over: bool,
    end_reason: Option<Arc<str>>,
    employment_type: Option<Arc<str>>,
}

/// All roles of a register, by the practitioner whom they name.
#[derive(Default)]
pub struct Roles {
    of: HashMap<Box<str>, Vec<Role>>,
    ids: HashSet<Box<str>>,
    sites: BTreeSet<Arc<str>>,
    pub jobs: Jobs,
    pub employment_types: Codes,
    pub end_reasons: Codes,
}

impl Roles {
    /// A `PractitionerRole`.
    pub fn role(&mut self, found: Found, losses: &mut Losses) {
        let Found { id, mut body, .. } = found;
        if id.is_empty() || !self.ids.insert(id.as_str().into()) {
            losses.add(KIND, &id, "", twice_or_nameless(&id));
            return;
        }
        take_profiles(&mut body);
        take_expected(&mut body, "active", &Value::from(true));
        let is_inactive = body.get("active") == Some(&Value::from(false));
        let job = objects(&mut body, "code").find_map(take_concept);
        let practitioner = take_reference(&mut body, "practitioner");
        let site = take_reference(&mut body, "location");
        let (mut starts, mut ends) = (Day::Absent, Day::Absent);
        if let Some(period) = objects(&mut body, "period").next() {
            starts = take_day(period, "start");
            ends = take_day(period, "end");
        }
        for (day, element) in [(starts, "period.start"), (ends, "period.end")] {
            if day == Day::Partial {
                losses.add(KIND, &id, element, Reason::NotADay);
            }
        }
        let mut code = |names: [&str; 2]| names.iter().find_map(|it| take_extension(&mut body, it));
        let (employment, reason) = (code(EMPLOYMENT), code(END_REASON));
        for element in left_over(&body, &OPENED) {
            let kept = element.contains(KEPT);
            let reason = if kept {
                Reason::NotBrought
            } else {
                Reason::NoHome
            };
            losses.add(KIND, &id, &element, reason);
        }
        let Some(practitioner) = practitioner.filter(|it| it.is_to("Practitioner")) else {
            losses.add(KIND, &id, "practitioner", Reason::NotResolved);
            return;
        };
        let mut take = |codes: &mut Codes, coding: Option<Coding>, element: &str| {
            coding.map(|it| codes.take(&it, (KIND, &id, element), losses))
        };
        let employment_type = take(&mut self.employment_types, employment, EMPLOYMENT[0]);
        let end_reason = take(&mut self.end_reasons, reason, END_REASON[0]);
        let role = Role {
            job: job.and_then(|it| self.jobs.take(it, &id, losses)),
            site: site.map(|it| self.site(&it.id)),
            starts_on: starts.known(),
            ends_on: ends.known(),
            is_over: ends == Day::Partial || (is_inactive && ends == Day::Absent),
            end_reason,
            employment_type,
            id: id.into(),
        };
        self.of
            .entry(practitioner.id.into())
            // Most people have one role, and a list that grows by itself begins with room for four.
            .or_insert_with(|| Vec::with_capacity(1))
            .push(role);
    }

    /// One copy of each location's id is enough.
    fn site(&mut self, id: &str) -> Arc<str> {
        if let Some(known) = self.sites.get(id) {
            return Arc::clone(known);
        }
        let id: Arc<str> = id.into();
        self.sites.insert(Arc::clone(&id));
        id
    }

    /// The roles of a practitioner, who is taken for done with it.
    pub fn take(&mut self, practitioner: &str) -> Vec<Role> {
        self.of.remove(practitioner).unwrap_or_default()
    }

    /// Whether any role of a practitioner says where their record is kept.
    pub fn is_placed(&self, practitioner: &str, homes: &HashMap<String, Home>) -> bool {
        let roles = self.of.get(practitioner).map_or(&[][..], Vec::as_slice);
        roles.iter().any(|role| unit(role, homes).is_some())
    }

    /// Gives the roles that call a practitioner by another name to the practitioner.
    pub fn rename(&mut self, aliases: &HashMap<Box<str>, Box<str>>) {
        for (alias, id) in aliases {
            if let Some(mut roles) = self.of.remove(alias) {
                self.of.entry(id.clone()).or_default().append(&mut roles);
            }
        }
    }

    /// Drops the roles of those who are not in the register.
    pub fn drop_strangers(&mut self, known: &HashSet<Box<str>>, losses: &mut Losses) {
        self.of.retain(|practitioner, roles| {
            let is_known = known.contains(practitioner);
            for role in roles.iter().filter(|_| !is_known) {
                losses.add(KIND, &role.id, "practitioner", Reason::NotResolved);
            }
            is_known
        });
        self.ids = HashSet::new();
    }
}

fn home<'a>(role: &Role, homes: &'a HashMap<String, Home>) -> Option<&'a Home> {
    homes.get(role.site.as_deref()?)
}

fn unit<'a>(role: &Role, homes: &'a HashMap<String, Home>) -> Option<&'a str> {
    match home(role, homes)? {
        Home::Facility { unit, .. } | Home::Unit(unit) => Some(unit),
        Home::Country => None,
    }
}

/// What a practitioner's roles come to.
#[derive(Debug, Default)]
pub struct Career {
    /// From the first to the last, each with the id of its role.
    pub postings: Vec<(Box<str>, LinePosting)>,
    /// The unit of the last role, whether it is a posting or not.
    pub unit: Option<String>,
}

/// Makes postings of the roles of one practitioner. `cadres` are the codes of the cadres by the places of the jobs.
pub fn career(
    mut roles: Vec<Role>,
    homes: &HashMap<String, Home>,
    cadres: &[String],
    losses: &mut Losses,
) -> Career {
    roles.sort_by_key(|it| (it.starts_on, it.ends_on.unwrap_or(Date::MAX), it.id.clone()));
    let unit = roles.iter().rev().find_map(|role| unit(role, homes));
    let mut career = Career {
        unit: unit.map(str::to_owned),
        ..Career::default()
    };
    let mut next = None;
    for role in roles.into_iter().rev() {
        if let Some((starts_on, mut posting)) = posting(&role, homes, cadres, losses) {
            rank(&role.id, starts_on, &mut posting, &mut next, losses);
            career.postings.push((role.id, posting));
        }
    }
    career.postings.reverse();
    career
}

/// A posting with its first day, or none with the reason why.
fn posting(
    role: &Role,
    homes: &HashMap<String, Home>,
    cadres: &[String],
    losses: &mut Losses,
) -> Option<(Date, LinePosting)> {
    let mut lost = |element: &str, reason: Reason| losses.add(KIND, &role.id, element, reason);
    let facility = match home(role, homes) {
        Some(Home::Facility { code, .. }) => Some(code),
        None if role.site.is_some() => {
            lost("location", Reason::NotResolved);
            None
        }
        _ => {
            lost("location", Reason::NoFacility);
            None
        }
    };
    let cadre = role.job.and_then(|place| cadres.get(place as usize));
    if cadre.is_none() {
        lost("code", Reason::NoJob);
    }
    if role.starts_on.is_none() {
        lost("", Reason::NoFirstDay);
    }
    if role.is_over {
        lost("", Reason::NotActive);
    }
    if role
        .ends_on
        .is_some_and(|end| role.starts_on.is_some_and(|start| end < start))
    {
        lost("period", Reason::NotUnderstood);
        return None;
    }
    let (facility, cadre, starts_on) = (facility?, cadre?, role.starts_on?);
    if role.is_over {
        return None;
    }
    if role.employment_type.is_none() {
        lost(EMPLOYMENT[0], Reason::Unsaid);
    }
    match (role.ends_on, &role.end_reason) {
        (Some(_), None) => lost(END_REASON[0], Reason::Unsaid),
        (None, Some(_)) => lost(END_REASON[0], Reason::NoHome),
        _ => {}
    }
    let said = |code: Option<&Arc<str>>| Some(code.map_or(UNKNOWN, |it| it).to_owned());
    let posting = LinePosting {
        facility: facility.clone(),
        cadre: cadre.clone(),
        employment_type: said(role.employment_type.as_ref()),
        salary_grade: None,
        is_additional: false,
        starts_on: Some(starts_on),
        ends_on: role.ends_on,
        end_reason: role.ends_on.and_then(|_| said(role.end_reason.as_ref())),
        supervisor: None,
    };
    Some((starts_on, posting))
}

/// One posting a day is the primary one. iHRIS ends a role on the day on which the next begins, so its last day is the
/// one before; a role that overlaps a later one in earnest is an additional duty. `next` is the first day
/// of the primary postings that begin later.
fn rank(
    role: &str,
    starts_on: Date,
    posting: &mut LinePosting,
    next: &mut Option<Date>,
    losses: &mut Losses,
) {
    match *next {
        Some(next) if posting.ends_on == Some(next) && starts_on < next => {
            losses.add(KIND, role, "period.end", Reason::DayBefore);
            posting.ends_on = next.pred_opt();
        }
        Some(next) if posting.ends_on.is_none_or(|end| end >= next) => {
            losses.add(KIND, role, "period", Reason::OtherDuty);
            posting.is_additional = true;
            return;
        }
        _ => {}
    }
    *next = Some(starts_on);
}

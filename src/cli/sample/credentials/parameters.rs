//! `credentials.toml`: what the people of a sample register have passed, what councils say of them, and how they were
//! trained.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::Datelike;
use serde::Deserialize;

use crate::cadres::{Cadres, CodeLists, QUALIFICATION_LEVEL};
use crate::cli::apply::Files;
use crate::cli::sample::parameters::Parameters;
use crate::kernel::{Text, is_country};

const FILE: &str = "sample/credentials.toml";
/// The years in which people of a register may have passed anything: who is in post was born less than 61 years ago.
const FIRST_YEAR: i32 = 1980;
const AGES: RangeInclusive<i32> = 16..=40;
const MONTHS: RangeInclusive<u32> = 1..=120;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    #[serde(default)]
    pub institution: BTreeMap<String, Institution>,
    #[serde(default)]
    pub qualification: Vec<Qualification>,
    #[serde(default)]
    pub licence: Vec<Licence>,
    #[serde(default)]
    pub course: Vec<Course>,
}

/// Where one may pass something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    pub name: String,
    /// By ISO 3166-1.
    pub country: String,
    /// The first and the last year of its diplomas.
    pub from: Option<i32>,
    pub until: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    pub title: String,
    pub level: String,
    /// The cadres whose people have it.
    pub held_by: Vec<String>,
    /// The cadres that it lets into.
    pub qualifies_for: Vec<String>,
    pub share: f64,
    /// Nobody passes it in a year before the one in which they have this age.
    pub youngest: i32,
    /// Whose diplomas they are, by weight.
    pub institutions: BTreeMap<String, f64>,
    /// Passed while in post, so many years after the first posting at least, by people who were never posted in what it
    /// qualifies for; absent: before the first posting.
    pub in_service_years: Option<i32>,
}

/// How the council that licenses some cadres does it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    pub cadres: Vec<String>,
    /// The identifier that is the number on the council's register: who has it is registered.
    pub identifier: Option<String>,
    /// A mask of such numbers, for cadres without an identifier of that kind, and how many of the qualified have one.
    pub registration: Option<String>,
    #[serde(default)]
    pub registered_share: f64,
    /// A mask of the numbers of licences.
    pub number: String,
    /// How many of those registered have had a licence.
    pub licensed_share: f64,
    /// For how long it is given.
    pub months: u32,
    /// How many of the licences had lapsed by `as_of`.
    pub lapsed_share: f64,
}

/// A step of in-service training; whoever has completed one goes on to the next of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    pub code: String,
    pub title: Text,
    pub institution: String,
    pub cadres: Vec<String>,
    pub credits: i32,
    pub valid_months: Option<i32>,
    /// How long a session is, and how many it has room for.
    pub days: i64,
    pub places: usize,
    /// How long after the first posting, or after the step before, one may attend.
    pub after_months: u32,
    /// How many of those who may attend do, every year.
    pub share: f64,
    /// Of those who attend.
    pub failed_share: f64,
    pub absent_share: f64,
}

impl Institution {
    pub fn is_open(&self, year: i32) -> bool {
        self.from.is_none_or(|first| first <= year) && self.until.is_none_or(|last| year <= last)
    }
}

impl Credentials {
    /// `None` also where the country's register comes without credentials.
    pub fn read(
        files: &mut Files<'_>,
        parameters: &Parameters,
        cadres: &Cadres,
        lists: &CodeLists,
    ) -> Option<Self> {
        if !files.has(FILE) {
            return None;
        }
        let credentials: Self = files.toml(FILE)?;
        let mut check = Check {
            files,
            cadres,
            credentials: &credentials,
        };
        check.institutions();
        for (at, it) in credentials.qualification.iter().enumerate() {
            let last_year = parameters.as_of.year();
            check.qualification(&format!("qualification[{at}]"), it, lists, last_year);
        }
        for (at, it) in credentials.licence.iter().enumerate() {
            check.licence(&format!("licence[{at}]"), it, parameters);
        }
        for (at, it) in credentials.course.iter().enumerate() {
            check.course(&format!("course[{at}]"), it);
        }
        Some(credentials)
    }
}

struct Check<'a, 'b> {
    files: &'a mut Files<'b>,
    cadres: &'a Cadres,
    credentials: &'a Credentials,
}

impl Check<'_, '_> {
    fn refuse(&mut self, key: &str, reason: impl Into<String>) {
        self.files.refuse(FILE, None, key, reason);
    }

    fn institutions(&mut self) {
        for (code, it) in &self.credentials.institution {
            let key = format!("institution.{code}");
            if !is_country(&it.country) {
                self.refuse(&format!("{key}.country"), "is not a country of ISO 3166-1");
            }
            if let (Some(from), Some(until)) = (it.from, it.until)
                && until < from
            {
                self.refuse(&format!("{key}.until"), format!("is before {from}"));
            }
        }
    }

    fn qualification(&mut self, key: &str, it: &Qualification, lists: &CodeLists, last_year: i32) {
        self.cadre_codes(&format!("{key}.held_by"), &it.held_by);
        self.cadre_codes(&format!("{key}.qualifies_for"), &it.qualifies_for);
        self.share(&format!("{key}.share"), it.share);
        if lists.find(QUALIFICATION_LEVEL, &it.level).is_none() {
            let reason = format!(
                "{} is not in the country's list {QUALIFICATION_LEVEL}",
                it.level
            );
            self.refuse(&format!("{key}.level"), reason);
        }
        if !AGES.contains(&it.youngest) {
            let reason = format!("is not from {} to {}", AGES.start(), AGES.end());
            self.refuse(&format!("{key}.youngest"), reason);
        }
        // Nobody is to have been in post for long before they were qualified for it.
        let mut others = it.qualifies_for.iter();
        if let Some(other) =
            others.find(|code| it.held_by.contains(code) == it.in_service_years.is_some())
        {
            let reason = match it.in_service_years {
                None => format!("{other} is not in held_by"),
                Some(_) => format!("{other} is in held_by, whose people go on to it"),
            };
            self.refuse(&format!("{key}.qualifies_for"), reason);
        }
        let path = format!("{key}.institutions");
        for (code, weight) in &it.institutions {
            if !self.credentials.institution.contains_key(code) {
                self.refuse(&path, format!("there is no institution {code}"));
            }
            if !(*weight > 0.0 && weight.is_finite()) {
                self.refuse(&path, format!("{weight} is not a weight above 0"));
            }
        }
        let open = |year: &i32| {
            let mut named = it.institutions.keys();
            named.any(|code| {
                self.credentials
                    .institution
                    .get(code)
                    .is_some_and(|it| it.is_open(*year))
            })
        };
        if let Some(year) = (FIRST_YEAR..=last_year).find(|year| !open(year)) {
            self.refuse(&path, format!("none of them gave a diploma in {year}"));
        }
    }

    fn licence(&mut self, key: &str, it: &Licence, parameters: &Parameters) {
        self.cadre_codes(&format!("{key}.cadres"), &it.cadres);
        for code in &it.cadres {
            let council = self
                .cadres
                .by_code(code)
                .map(|it| it.is_licensed && it.council.is_some());
            if council == Some(false) {
                let reason = format!("no council licenses {code} by cadres.csv");
                self.refuse(&format!("{key}.cadres"), reason);
            }
        }
        for (name, share) in [
            ("registered_share", it.registered_share),
            ("licensed_share", it.licensed_share),
            ("lapsed_share", it.lapsed_share),
        ] {
            self.share(&format!("{key}.{name}"), share);
        }
        let mut given = parameters.identifier.iter();
        match (&it.identifier, &it.registration) {
            (Some(code), None) if !given.any(|it| it.type_code == *code) => {
                self.refuse(
                    &format!("{key}.identifier"),
                    format!("nobody of the sample has a {code}"),
                );
            }
            (None, None) | (Some(_), Some(_)) => {
                self.refuse(
                    &format!("{key}.registration"),
                    "is needed where identifier is not, and only there",
                );
            }
            _ => {}
        }
        for (name, mask) in [
            ("registration", it.registration.as_ref()),
            ("number", Some(&it.number)),
        ] {
            if mask.is_some_and(|it| !it.contains('#')) {
                self.refuse(
                    &format!("{key}.{name}"),
                    "needs digits, such as \"SF-#####\"",
                );
            }
        }
        if !MONTHS.contains(&it.months) {
            let reason = format!("is not from {} to {}", MONTHS.start(), MONTHS.end());
            self.refuse(&format!("{key}.months"), reason);
        }
    }

    fn course(&mut self, key: &str, it: &Course) {
        self.cadre_codes(&format!("{key}.cadres"), &it.cadres);
        if !self.credentials.institution.contains_key(&it.institution) {
            let reason = format!("there is no institution {}", it.institution);
            self.refuse(&format!("{key}.institution"), reason);
        }
        for (name, share) in [
            ("share", it.share),
            ("failed_share", it.failed_share),
            ("absent_share", it.absent_share),
        ] {
            self.share(&format!("{key}.{name}"), share);
        }
        if !(1..=100).contains(&it.days) {
            self.refuse(&format!("{key}.days"), "is not from 1 to 100");
        }
        if !(1..=crate::credentials::MOST_ATTENDANCES).contains(&it.places) {
            self.refuse(
                &format!("{key}.places"),
                "is not from 1 to what one session takes",
            );
        }
    }

    fn cadre_codes(&mut self, key: &str, codes: &[String]) {
        if codes.is_empty() {
            self.refuse(key, "names no cadre");
        }
        for code in codes {
            let known = self.cadres.by_code(code);
            if known.is_none_or(|it| self.cadres.is_group(it.id)) {
                self.refuse(
                    key,
                    format!("there is no cadre that is not a group: {code}"),
                );
            }
        }
    }

    fn share(&mut self, key: &str, share: f64) {
        if !(0.0..=1.0).contains(&share) {
            self.refuse(key, format!("{share} is not a share from 0 to 1"));
        }
    }
}

//! What one person has passed, and what a council says of them.

use std::collections::HashSet;

use chrono::{Datelike, Days, Months};

use super::parameters::{Credentials, Institution, Licence, Qualification};
use crate::cadres::Cadres;
use crate::cli::sample::Register;
use crate::cli::sample::dice::Dice;
use crate::cli::sample::person::unique;
use crate::credentials::{Entry, Holdings, Passed, Term};
use crate::kernel::{CadreId, Date};
use crate::workforce::{NewWorker, Posting};

/// So long before the first posting at most, in years, was passed what it takes.
const WAITED: i64 = 4;
/// Diplomas are given in summer.
const GIVEN: (u32, u32) = (7, 15);

/// Draws what people have.
pub(super) struct Hand<'a> {
    dice: Dice,
    as_of: Date,
    qualifications: Vec<Diploma<'a>>,
    licences: Vec<Council<'a>>,
    /// Numbers already given, each council its own.
    registered: HashSet<(String, String)>,
    licensed: HashSet<(String, String)>,
}

struct Diploma<'a> {
    rule: &'a Qualification,
    held_by: Vec<CadreId>,
    qualifies_for: Vec<CadreId>,
    institutions: Vec<(&'a Institution, f64)>,
}

struct Council<'a> {
    rule: &'a Licence,
    cadre: CadreId,
    name: String,
}

impl<'a> Hand<'a> {
    pub fn new(register: &'a Register, rules: &'a Credentials, dice: Dice) -> Self {
        let cadres = &register.cadres;
        let diplomas = rules.qualification.iter().map(|rule| Diploma {
            rule,
            held_by: ids(cadres, &rule.held_by),
            qualifies_for: ids(cadres, &rule.qualifies_for),
            institutions: (rule.institutions.iter())
                .filter_map(|(code, weight)| Some((rules.institution.get(code)?, *weight)))
                .collect(),
        });
        let councils = rules.licence.iter().flat_map(|rule| {
            let licensed = rule.cadres.iter().filter_map(|code| cadres.by_code(code));
            licensed.filter_map(move |cadre| {
                Some(Council {
                    rule,
                    cadre: cadre.id,
                    name: cadre.council.clone()?,
                })
            })
        });
        Self {
            dice,
            as_of: register.world.as_of,
            qualifications: diplomas.collect(),
            licences: councils.collect(),
            registered: HashSet::new(),
            licensed: HashSet::new(),
        }
    }

    /// What somebody has; `None`: nothing.
    pub fn holdings(&mut self, person: &NewWorker) -> Option<Holdings> {
        let (dice, as_of) = (&mut self.dice, self.as_of);
        let passed =
            (self.qualifications.iter()).filter_map(|it| it.passed_by(dice, person, as_of));
        let mut holdings = Holdings {
            worker: person.id,
            qualifications: passed.collect(),
            registrations: Vec::new(),
            licences: Vec::new(),
        };
        self.practise(person, &mut holdings);
        (!holdings.qualifications.is_empty()).then_some(holdings)
    }

    /// Councils register whoever is qualified for the cadre that they serve or served in last.
    fn practise(&mut self, person: &NewWorker, holdings: &mut Holdings) -> Option<()> {
        let last = person.postings.last()?;
        let council = self.licences.iter().find(|it| it.cadre == last.cadre)?;
        let mut passed = holdings.qualifications.iter();
        let qualification = passed.find(|it| it.cadres.contains(&last.cadre))?;
        let (rule, name) = (council.rule, &council.name);
        let entry = |number: String| Entry {
            cadre: last.cadre,
            council: name.clone(),
            number,
        };
        let number = match (&rule.identifier, &rule.registration) {
            (Some(of), _) => {
                let own = person.identifiers.iter().find(|it| it.type_code == *of);
                own.map(|it| it.value.clone())
            }
            (None, Some(mask)) if self.dice.chance(rule.registered_share) => {
                unique(&mut self.dice, mask, |number| {
                    self.registered.insert((name.clone(), number.to_owned()))
                })
            }
            (None, _) => None,
        }?;
        let first = first_day(person, &[last.cadre])?;
        let given = Date::from_ymd_opt(qualification.year?, GIVEN.0, GIVEN.1)?;
        let earliest = given.max(first - Days::new(400)).min(first);
        let registered_on = self.dice.day(earliest, first);
        holdings.registrations.push((entry(number), registered_on));
        if !self.dice.chance(rule.licensed_share) {
            return None;
        }
        let number = unique(&mut self.dice, &rule.number, |number| {
            self.licensed.insert((name.clone(), number.to_owned()))
        })?;
        let day = last.ends_on.map_or(self.as_of, |left| left.min(self.as_of));
        let term = term(&mut self.dice, rule, registered_on, day)?;
        holdings.licences.push((entry(number), term));
        Some(())
    }
}

impl Diploma<'_> {
    fn passed_by(&self, dice: &mut Dice, person: &NewWorker, as_of: Date) -> Option<Passed> {
        let first = first_day(person, &self.held_by)?;
        if !dice.chance(self.rule.share) {
            return None;
        }
        let of_age = person.birth_date?.year() + self.rule.youngest;
        let year = match self.rule.in_service_years {
            None if of_age > first.year() => return None,
            // Who was in post as soon as they might be passed in the same year.
            None if of_age == first.year() => of_age,
            None => {
                let latest = first.year() - 1;
                let waited = dice.days_mostly_few(0, WAITED.min((latest - of_age).into()));
                latest - i32::try_from(waited).ok()?
            }
            Some(years) => {
                if first_day(person, &self.qualifies_for).is_some() {
                    return None;
                }
                let left = person.postings.last().and_then(|it| it.ends_on);
                let latest = left.unwrap_or(as_of).min(as_of).year() - 1;
                let earliest = of_age.max(first.year() + years);
                let room = i64::from(latest.checked_sub(earliest).filter(|it| *it >= 0)?);
                earliest + i32::try_from(dice.days(0, room)).ok()?
            }
        };
        let open: Vec<(&Institution, f64)> = (self.institutions.iter())
            .filter(|(it, _)| it.is_open(year))
            .copied()
            .collect();
        let institution = dice.weighted(&open)?;
        Some(Passed {
            level: self.rule.level.clone(),
            title: self.rule.title.clone(),
            major: String::new(),
            institution: institution.name.clone(),
            country: Some(institution.country.clone()),
            year: Some(year),
            cadres: self.qualifies_for.clone(),
        })
    }
}

/// The term of a licence as it stands on a day: it runs, or it has lapsed.
fn term(dice: &mut Dice, rule: &Licence, registered_on: Date, day: Date) -> Option<Term> {
    let months = Months::new(rule.months);
    let length = (day.checked_add_months(months)? - day).num_days();
    let ends_on = if dice.chance(rule.lapsed_share) {
        day - Days::new(dice.days(1, length).unsigned_abs())
    } else {
        day + Days::new(dice.days(0, length - 1).unsigned_abs())
    };
    let starts_on = ends_on.checked_sub_months(months)?.succ_opt()?;
    // The first licence comes with the registration.
    let (starts_on, ends_on) = if starts_on < registered_on {
        (
            registered_on,
            registered_on.checked_add_months(months)?.pred_opt()?,
        )
    } else {
        (starts_on, ends_on)
    };
    Some(Term {
        starts_on,
        ends_on,
        act: None,
    })
}

/// The day on which somebody was first posted in one of some cadres.
pub(super) fn first_day(person: &NewWorker, cadres: &[CadreId]) -> Option<Date> {
    let of = |it: &&Posting| cadres.contains(&it.cadre);
    person
        .postings
        .iter()
        .filter(of)
        .map(|it| it.starts_on)
        .min()
}

pub(super) fn ids(cadres: &Cadres, codes: &[String]) -> Vec<CadreId> {
    let found = codes.iter().filter_map(|code| cadres.by_code(code));
    found.map(|it| it.id).collect()
}

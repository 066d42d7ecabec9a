//! Persons: name, birth date, identifiers, telephones.

use std::collections::HashSet;

use chrono::{Days, Months};

use super::career::Stay;
use super::dice::Dice;
use super::parameters::{Names, Parameters, RETIREMENT};
use super::world::World;
use crate::cadres::WorkerClass;
use crate::kernel::{Date, Sector, WorkerId};
use crate::workforce::{
    Contact, ContactKind, Identifier, NewWorker, PersonName, Posting, PostingKind, Sex,
};

/// Identifiers and numbers already given: each belongs to one person.
#[derive(Default)]
pub(super) struct Given {
    identifiers: HashSet<(usize, String)>,
    phones: HashSet<String>,
}

/// A person with a career; `millis` is the moment of registration that the ids carry.
pub(super) fn person(
    dice: &mut Dice,
    world: &World,
    parameters: &Parameters,
    names: &Names,
    given: &mut Given,
    (female, stays, millis): (bool, &[Stay], u64),
) -> Option<NewWorker> {
    let (first, last) = (stays.first()?, stays.last()?);
    let today = &world.occupations[last.occupation];
    let (family_name, given_names) = name(dice, names, female);
    let id = dice.id::<WorkerId>(millis);
    Some(NewWorker {
        id,
        name: PersonName {
            family: family_name,
            given: given_names,
        },
        sex: if female { Sex::Female } else { Sex::Male },
        birth_date: birth(dice, world, first, last),
        unit: world.sites[last.site].unit,
        sector: today.sector,
        identifiers: identifiers(dice, parameters, given, &today.identifiers),
        contacts: phones(dice, parameters, given),
        postings: postings(dice, world, id, stays, millis),
    })
}

fn name(dice: &mut Dice, names: &Names, female: bool) -> (String, String) {
    let (given, own) = if female {
        (&names.female, &names.family_female)
    } else {
        (&names.male, &names.family_male)
    };
    let draw =
        |dice: &mut Dice, from: &[String]| dice.pick_common(from).cloned().unwrap_or_default();
    let mut first = draw(dice, given);
    if dice.chance(names.single_name_share) {
        return (first, String::new());
    }
    let second = draw(dice, given);
    if dice.chance(0.15) && second != first {
        first = format!("{first} {second}");
    }
    let family = if dice.chance(0.03) {
        own
    } else {
        &names.family
    };
    let family = if family.is_empty() {
        &names.family
    } else {
        family
    };
    (draw(dice, family), first)
}

/// A birth date with which the career could begin when it did, and has not yet reached the age of 60.
fn birth(dice: &mut Dice, world: &World, first: &Stay, last: &Stay) -> Option<Date> {
    let ended = last.ended.as_ref();
    if let Some((left, _)) = ended.filter(|(_, reason)| reason == RETIREMENT) {
        return left.checked_sub_months(Months::new(60 * 12));
    }
    let (youngest, oldest) = match world.occupations[first.occupation].class {
        WorkerClass::Professional => (24, 31),
        WorkerClass::ParaProfessional => (20, 28),
        WorkerClass::Allied => (20, 30),
        WorkerClass::Volunteer => (19, 44),
    };
    let today = ended.map_or(world.as_of, |(left, _)| *left);
    let served = (today - first.first).num_days();
    let most = (60 * 365 - served).min((oldest + 1) * 365);
    let days = dice.days(youngest * 366, most);
    first
        .first
        .checked_sub_days(Days::new(u64::try_from(days).ok()?))
}

fn identifiers(
    dice: &mut Dice,
    parameters: &Parameters,
    given: &mut Given,
    rules: &[usize],
) -> Vec<Identifier> {
    let mut found = Vec::new();
    for at in rules.iter().copied() {
        let rule = &parameters.identifier[at];
        let value = unique(dice, &rule.mask, |value| {
            given.identifiers.insert((at, value.to_owned()))
        });
        if dice.chance(rule.share)
            && let Some(value) = value
        {
            found.push(Identifier {
                type_code: rule.type_code.clone(),
                value,
            });
        }
    }
    found
}

fn phones(dice: &mut Dice, parameters: &Parameters, given: &mut Given) -> Vec<Contact> {
    let careers = &parameters.careers;
    let count = if dice.chance(careers.phone_share) {
        1 + usize::from(dice.chance(careers.second_phone_share))
    } else {
        0
    };
    let mut phones: Vec<Contact> = Vec::with_capacity(count);
    for _ in 0..count {
        let mask = dice.pick(&parameters.phones).cloned().unwrap_or_default();
        if let Some(value) = unique(dice, &mask, |value| given.phones.insert(value.to_owned())) {
            phones.push(Contact {
                kind: ContactKind::Phone,
                value,
                preferred: phones.is_empty(),
            });
        }
    }
    phones
}

/// A value that nobody has yet; `None` when the mask is all but used up.
pub(super) fn unique(
    dice: &mut Dice,
    mask: &str,
    mut take: impl FnMut(&str) -> bool,
) -> Option<String> {
    (0..100).map(|_| dice.mask(mask)).find(|value| take(value))
}

fn postings(
    dice: &mut Dice,
    world: &World,
    worker: WorkerId,
    stays: &[Stay],
    millis: u64,
) -> Vec<Posting> {
    let mut employment: Option<(usize, String)> = None;
    let mut postings = Vec::with_capacity(stays.len());
    for stay in stays {
        let (site, occupation) = (&world.sites[stay.site], &world.occupations[stay.occupation]);
        // Terms change with the cadre, and now and then with the post.
        let kept = employment
            .take()
            .filter(|(of, _)| *of == stay.occupation && dice.chance(0.85));
        let terms = kept.map_or_else(
            || {
                dice.weighted(&occupation.terms)
                    .cloned()
                    .unwrap_or_default()
            },
            |(_, terms)| terms,
        );
        let social = occupation.sector == Sector::Social;
        postings.push(Posting {
            id: dice.id(millis),
            worker,
            facility: site.facility,
            cadre: occupation.cadre,
            employment_type: terms.clone(),
            is_primary: true,
            kind: PostingKind::Substantive,
            salary_grade: None,
            starts_on: stay.first,
            ends_on: stay.ended.as_ref().map(|(day, _)| *day),
            end_reason: stay.ended.as_ref().map(|(_, reason)| reason.clone()),
            supervisor: site.supervisor.filter(|_| social),
        });
        employment = Some((stay.occupation, terms));
    }
    postings
}

//! Careers: where a person was posted, one office after the other, up to the one where the staff list has them.

use chrono::TimeDelta;

use super::dice::Dice;
use super::parameters::{
    Conversion, END_OF_CONTRACT, END_OF_VOLUNTEERING, EXITS, LEAVE, PROMOTION, REDEPLOYMENT,
    RETIREMENT, TRANSFER,
};
use super::world::{Slot, World};
use crate::cadres::WorkerClass;
use crate::kernel::Date;

/// A posting, before it has an id.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    pub site: usize,
    pub occupation: usize,
    pub first: Date,
    /// The last day and the reason; absent for the posting of today.
    pub ended: Option<(Date, String)>,
}

impl Stay {
    pub fn running(slot: Slot, first: Date) -> Self {
        Self {
            site: slot.site,
            occupation: slot.occupation,
            first,
            ended: None,
        }
    }

    pub fn until(mut self, next: Date, reason: &str) -> Self {
        self.ended = Some((next - TimeDelta::days(1), reason.to_owned()));
        self
    }
}

/// How the promotions of a person go: `female` rules out cadres of one sex.
pub(super) struct Person {
    pub female: bool,
}

/// The career of someone whom neither war nor conversion touched, the oldest posting first.
pub(super) fn ordinary(
    dice: &mut Dice,
    world: &World,
    slot: Slot,
    person: &Person,
    mean: f64,
) -> Vec<Stay> {
    let volunteer = world.occupations[slot.occupation].class == WorkerClass::Volunteer;
    let past = if volunteer { 0 } else { dice.poisson(mean, 8) };
    let starts = starts(dice, world.last_start(), past, volunteer);
    let current = starts.last().copied().unwrap_or(world.last_start());
    let mut next = world
        .earliest(dice, slot.site, current)
        .min(world.last_start());
    let mut stays = vec![Stay::running(slot, next)];
    let mut occupation = slot.occupation;
    let mut after = slot.site;
    for first in starts.iter().rev().skip(1).copied() {
        let earlier = junior(dice, world, occupation, person);
        let reason = reason(dice, earlier != occupation);
        let first = first.min(next - TimeDelta::days(300));
        // Whoever has nowhere to have been began later: a career has no unexplained holes.
        let newest = next - TimeDelta::days(1);
        let Some(site) = world.workplace(dice, earlier, after, first, newest) else {
            break;
        };
        occupation = earlier;
        let long = (next - first).num_days() > 900;
        let away = if reason == LEAVE && long {
            dice.days(120, 400)
        } else {
            0
        };
        let stay = Stay::running(Slot { site, occupation }, first);
        stays.push(stay.until(next - TimeDelta::days(away), reason));
        (next, after) = (first, site);
    }
    stays.reverse();
    stays
}

/// The days on which the postings of a career began, none of them after `newest`.
fn starts(dice: &mut Dice, newest: Date, past: i64, volunteer: bool) -> Vec<Date> {
    let (least, most) = if volunteer {
        (0, 3_000)
    } else {
        (500 * past, 12_000)
    };
    let length = dice.days_mostly_few(least, most);
    let shortest = (length / (past + 1)).min(365);
    let room = length - shortest * (past + 1);
    let mut cuts: Vec<i64> = (0..past).map(|_| dice.days(0, room)).collect();
    cuts.sort_unstable();
    let begin = newest - TimeDelta::days(length);
    let shifts = std::iter::once(0).chain(cuts).zip(0..);
    shifts
        .map(|(cut, at)| begin + TimeDelta::days(cut + at * shortest))
        .collect()
}

/// What someone was before: mostly the same, sometimes a junior of the same group.
fn junior(dice: &mut Dice, world: &World, occupation: usize, person: &Person) -> usize {
    if !dice.chance(0.18) {
        return occupation;
    }
    let open = |at: &&usize| {
        let share = world.occupations[**at].female_share;
        if person.female {
            share > 0.0
        } else {
            share < 1.0
        }
    };
    let juniors: Vec<usize> = world.occupations[occupation]
        .juniors
        .iter()
        .filter(open)
        .copied()
        .collect();
    dice.pick(&juniors).copied().unwrap_or(occupation)
}

fn reason(dice: &mut Dice, promoted: bool) -> &'static str {
    const MOVES: [(&str, f64); 4] = [
        (TRANSFER, 0.80),
        (REDEPLOYMENT, 0.12),
        (PROMOTION, 0.05),
        (LEAVE, 0.03),
    ];
    if promoted {
        PROMOTION
    } else {
        dice.weighted(&MOVES).copied().unwrap_or(TRANSFER)
    }
}

/// A volunteer who became salaried at the same office.
pub(super) fn converted(
    dice: &mut Dice,
    world: &World,
    slot: Slot,
    from: usize,
    rule: &Conversion,
) -> Vec<Stay> {
    let years = dice.days(rule.volunteer_years_min, rule.volunteer_years_max);
    let last = world.last_start();
    let served = TimeDelta::days(365 * years + dice.days(0, 364));
    let oldest = last - TimeDelta::days(365 * 12);
    let opened = world.sites[slot.site]
        .opened
        .map_or(oldest, |day| day.max(oldest));
    let began = dice.day(opened, (last - served).max(opened));
    let salaried = (began + served).min(last);
    let volunteer = Slot {
        occupation: from,
        ..slot
    };
    vec![
        Stay::running(volunteer, began).until(salaried, &rule.reason),
        Stay::running(slot, salaried),
    ]
}

/// Ends a career within the last eight years, and says why.
pub(super) fn ended(dice: &mut Dice, world: &World, mut stays: Vec<Stay>) -> Vec<Stay> {
    let began = stays.first().map_or(world.as_of, |stay| stay.first);
    let Some(last) = stays.last_mut() else {
        return stays;
    };
    let earliest = (world.as_of - TimeDelta::days(8 * 365)).max(last.first + TimeDelta::days(90));
    let left = dice.day(earliest, world.last_start().max(earliest));
    let drawn = dice.weighted(&EXITS).copied().unwrap_or(END_OF_CONTRACT);
    let reason = match world.occupations[last.occupation].class {
        WorkerClass::Volunteer => END_OF_VOLUNTEERING,
        // Nobody begins at fifty to retire at sixty.
        _ if drawn == RETIREMENT && (left - began).num_days() < 20 * 365 => END_OF_CONTRACT,
        _ => drawn,
    };
    last.ended = Some((left, reason.to_owned()));
    stays
}

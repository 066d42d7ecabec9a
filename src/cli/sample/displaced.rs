//! People whom insecurity drove out of a region: the exact number that `sample.toml` says, some of them back since.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::career::Stay;
use super::dice::Dice;
use super::parameters::{DISPLACEMENT, Displacement, REDEPLOYMENT, TRANSFER};
use super::world::{Slot, World};
use crate::cadres::WorkerClass;
use crate::kernel::{Date, OrgUnitId};
use crate::places::Places;

/// What became of someone who was driven out.
#[derive(Clone)]
pub(super) struct Fate {
    on: Date,
    from: OrgUnitId,
    to: Vec<OrgUnitId>,
    /// The day from which they came back; absent for those who did not.
    returns: Option<Date>,
}

/// How long before the day everybody was there at least.
const SERVED: i64 = 400;

/// Decides which places on the staff list are held by people who were driven out, by the place's number.
pub(super) fn fates(
    dice: &mut Dice,
    world: &World,
    places: &Places,
    displacements: &[Displacement],
) -> anyhow::Result<BTreeMap<usize, Fate>> {
    let mut fates = BTreeMap::new();
    for it in displacements {
        let region = |code: &String| places.unit_by_code(code).map(|unit| unit.id);
        let Some(from) = region(&it.from) else {
            continue;
        };
        let fate = Fate {
            on: it.on,
            from,
            to: it.to.iter().filter_map(region).collect(),
            returns: None,
        };
        let back = returning(it.headcount, it.return_share);
        let returned = Fate {
            returns: Some(it.return_from),
            ..fate.clone()
        };
        for (fate, wanted, regions) in [
            (&returned, back, std::slice::from_ref(&from)),
            (&fate, it.headcount - back, fate.to.as_slice()),
        ] {
            let mut open: Vec<usize> = (0..world.slots.len())
                .filter(|at| {
                    !fates.contains_key(at) && is_possible(dice, world, *at, fate, regions)
                })
                .collect();
            anyhow::ensure!(
                open.len() >= wanted,
                "the staff list has room for {} of the {wanted} people displaced from {}",
                open.len(),
                it.from,
            );
            dice.shuffle(&mut open);
            fates.extend(open.into_iter().take(wanted).map(|at| (at, fate.clone())));
        }
    }
    Ok(fates)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a headcount of one region"
)]
fn returning(headcount: usize, share: f64) -> usize {
    (headcount as f64 * share).round() as usize
}

fn is_possible(
    dice: &mut Dice,
    world: &World,
    at: usize,
    fate: &Fate,
    regions: &[OrgUnitId],
) -> bool {
    let Slot { site, occupation } = world.slots[at];
    let served = (fate.on - TimeDelta::days(SERVED), fate.on);
    let refuge = (
        fate.on,
        fate.returns
            .map_or(fate.on, |day| day + TimeDelta::days(900)),
    );
    regions.contains(&world.sites[site].region)
        && world.occupations[occupation].class != WorkerClass::Volunteer
        && world
            .workplace_in(dice, occupation, &[fate.from], served.0, served.1)
            .is_some()
        && world
            .workplace_in(dice, occupation, &fate.to, refuge.0, refuge.1)
            .is_some()
}

/// The career: perhaps elsewhere first, then the region, driven out, and since then back or settled elsewhere.
pub(super) fn career(dice: &mut Dice, world: &World, slot: Slot, fate: &Fate) -> Vec<Stay> {
    let (on, occupation) = (fate.on, slot.occupation);
    let stay = |site, first| Stay::running(Slot { site, occupation }, first);
    let long = on - TimeDelta::days(dice.days(SERVED, 3200));
    let short = on - TimeDelta::days(SERVED);
    let there = [long, short].into_iter().find_map(|came| {
        let site = world.workplace_in(dice, occupation, &[fate.from], came, on)?;
        Some((site, came))
    });
    // `fates` has made sure that there is one.
    let Some((site, came)) = there else {
        return vec![stay(slot.site, world.last_start())];
    };
    let mut stays: Vec<Stay> = before(dice, world, &stay(site, came)).into_iter().collect();
    stays.push(stay(site, came).until(on, DISPLACEMENT));
    let mut moved = moved(dice, world, slot, fate);
    let newest = moved - TimeDelta::days(1);
    match world.workplace_in(dice, occupation, &fate.to, on, newest) {
        // The refuge became the office of today.
        Some(site) if site == slot.site => moved = on,
        Some(site) if moved > on => {
            let reason = fate.returns.map_or(TRANSFER, |_| REDEPLOYMENT);
            stays.push(stay(site, on).until(moved, reason));
        }
        _ => {}
    }
    stays.push(stay(slot.site, moved));
    stays
}

/// The day on which someone who was driven out came to the office of today: at once, back, or later still.
fn moved(dice: &mut Dice, world: &World, slot: Slot, fate: &Fate) -> Date {
    let here = &world.sites[slot.site];
    let moved = match fate.returns {
        Some(day) => dice.day(day, day + TimeDelta::days(900)),
        None if here.is_open(fate.on, fate.on) && dice.chance(0.5) => fate.on,
        None => dice.day(fate.on + TimeDelta::days(300), world.last_start()),
    };
    let moved = here.opened.map_or(moved, |opened| opened.max(moved));
    moved.min(world.last_start())
}

/// Where the person had been posted before the region.
fn before(dice: &mut Dice, world: &World, there: &Stay) -> Option<Stay> {
    if !dice.chance(0.6) {
        return None;
    }
    let (came, occupation) = (there.first, there.occupation);
    let first = came - TimeDelta::days(dice.days(500, 3000));
    let newest = came - TimeDelta::days(1);
    let site = world.workplace(dice, occupation, there.site, first, newest)?;
    Some(Stay::running(Slot { site, occupation }, first).until(came, TRANSFER))
}

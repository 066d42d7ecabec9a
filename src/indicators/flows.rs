//! The stock of people in post before and after some days, and what made the one of the other.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Key;
use super::plan::{cadre_at, unit_at};
use crate::auth::Actor;
use crate::kernel::{CadreId, Date, Invalid, OrgUnitId, ReadError, Sector, Unfit};
use crate::tenancy::Reader;
use crate::workforce::{self, Duty, ExitGroup, Flow, Lists, Step};

/// What flows are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowGroup {
    OrgUnit,
    Cadre,
}

/// Whose posts; all conditions hold together. An id or a code that nothing has selects nobody.
#[derive(Clone, Debug, Default)]
pub struct FlowFilter {
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
    pub cadre: Option<CadreId>,
    pub cadre_code: Option<String>,
    pub sector: Option<Sector>,
}

/// People who came, moved and left: `after` is `before`, and entries, returns and those who moved in, less those who moved
/// out, exits and interruptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub before: u64,
    pub entries: u64,
    pub returns: u64,
    pub moved_in: u64,
    pub moved_out: u64,
    pub voluntary_exits: u64,
    pub involuntary_exits: u64,
    /// Out of post for a reason that is no exit.
    pub interruptions: u64,
    pub after: u64,
    /// Postings that began because the one before ended with a promotion.
    pub promotions: u64,
    /// Volunteers who became salaried.
    pub conversions: u64,
}

pub struct FlowRow {
    pub key: Key,
    pub counts: Counts,
}

pub struct Flows {
    pub total: Counts,
    /// By the codes of their keys; what is unknown comes last.
    pub rows: Vec<FlowRow>,
    pub lists: Lists,
}

/// The departure reason of a posting that ends with a promotion.
const PROMOTION: &str = "promotion";
/// No more days than these, a hundred years.
const LONGEST: i64 = 36_525;

/// Who came, moved and left from one day to another, both taken in, within the caller's reach.
///
/// # Errors
/// `Denied` without [`crate::auth::Permission::ReadAggregates`]; bad input for days that are none and a level that no tree
/// has.
#[tracing::instrument(name = "indicators.flows", skip_all)]
pub async fn flows(
    db: &mut Reader<'_>,
    actor: &Actor,
    (from, to): (Date, Date),
    (group, level): (FlowGroup, Option<u8>),
    filter: &FlowFilter,
    today: Date,
) -> Result<Flows, ReadError> {
    if to < from || (to - from).num_days() > LONGEST {
        return Err(Invalid::new("to", Unfit::NotAfter).into());
    }
    if level.is_some_and(|it| !(1..=9).contains(&it)) {
        return Err(Invalid::new("level", Unfit::NotWithin { from: 1, to: 9 }).into());
    }
    let flow = workforce::flow(db, actor, (from, to), today).await?;
    let level = level.or((group == FlowGroup::OrgUnit).then_some(1));
    let sorted = Sorting::new(&flow, filter, group, level);
    let by_key = |duty: &Duty| sorted.key(duty);
    let everywhere = |duty: &Duty| sorted.key(duty).map(|_| Key::Unknown);
    let total = fold(&flow, (from, to), everywhere);
    let rows = fold(&flow, (from, to), by_key).into_iter();
    let mut rows: Vec<FlowRow> = rows.map(|(key, counts)| FlowRow { key, counts }).collect();
    rows.sort_by_cached_key(|row| {
        let code = row.key.code(&flow.lists).map(Cow::into_owned);
        (code.is_none(), code)
    });
    Ok(Flows {
        total: total.into_values().next().unwrap_or_default(),
        rows,
        lists: flow.lists,
    })
}

/// Which duties are counted, and with which others.
struct Sorting<'a> {
    flow: &'a Flow,
    units: Option<Vec<OrgUnitId>>,
    cadres: Option<Vec<CadreId>>,
    sector: Option<Sector>,
    group: FlowGroup,
    level: Option<u8>,
}

impl<'a> Sorting<'a> {
    fn new(flow: &'a Flow, filter: &FlowFilter, group: FlowGroup, level: Option<u8>) -> Self {
        let (places, cadres) = (&flow.lists.places, &flow.lists.cadres);
        let named = filter.unit.map(|root| places.subtrees([root]));
        let coded = (filter.unit_code.as_deref())
            .map(|code| places.subtrees(places.unit_by_code(code).map(|it| it.id)));
        let below = filter.cadre.map(|root| cadres.subtree(root));
        let below_code = filter.cadre_code.as_deref().map(|code| {
            let root = cadres.by_code(code).map(|it| it.id);
            root.map_or_else(Vec::new, |root| cadres.subtree(root))
        });
        Self {
            flow,
            units: both(named, coded),
            cadres: both(below, below_code),
            sector: filter.sector,
            group,
            level,
        }
    }

    /// `None` for what is not counted.
    fn key(&self, duty: &Duty) -> Option<Key> {
        let lists = &self.flow.lists;
        let unit = lists.places.facility(duty.facility)?.unit;
        let cadre = lists.cadres.get(duty.cadre)?;
        let named = (self.units.as_ref()).is_none_or(|it| it.contains(&unit))
            && (self.cadres.as_ref()).is_none_or(|it| it.contains(&cadre.id))
            && self.sector.is_none_or(|it| it == cadre.sector);
        if !named || !self.flow.reach.admits_place(unit, cadre.sector) {
            return None;
        }
        let key = match (self.group, self.level) {
            (FlowGroup::OrgUnit, level) => {
                unit_at(&lists.places, unit, level.unwrap_or(1)).map(Key::OrgUnit)
            }
            (FlowGroup::Cadre, None) => Some(Key::Cadre(cadre.id)),
            (FlowGroup::Cadre, Some(level)) => {
                cadre_at(&lists.cadres, cadre.id, level).map(Key::Cadre)
            }
        };
        Some(key.unwrap_or(Key::Unknown))
    }
}

fn both<T: PartialEq>(one: Option<Vec<T>>, other: Option<Vec<T>>) -> Option<Vec<T>> {
    match (one, other) {
        (Some(mut one), Some(other)) => {
            one.retain(|it| other.contains(it));
            Some(one)
        }
        (one, other) => one.or(other),
    }
}

/// The counts of each key.
fn fold(
    flow: &Flow,
    (from, to): (Date, Date),
    key: impl Fn(&Duty) -> Option<Key>,
) -> HashMap<Key, Counts> {
    let mut counts: HashMap<Key, Counts> = HashMap::new();
    for (stocks, is_before) in [(&flow.before, true), (&flow.after, false)] {
        for stock in stocks {
            let duty = Duty {
                facility: stock.facility,
                cadre: stock.cadre,
                employment_type: String::new(),
            };
            if let Some(key) = key(&duty) {
                let of = counts.entry(key).or_default();
                *(if is_before {
                    &mut of.before
                } else {
                    &mut of.after
                }) += stock.people;
            }
        }
    }
    let days = from..=to;
    for step in &flow.steps {
        if days.contains(&step.starts_on) {
            arrival(step, &flow.lists, &key, &mut counts);
        }
        if step.ends_on.is_some_and(|it| days.contains(&it))
            && step.is_last()
            && let Some(key) = key(&step.duty)
        {
            let of = counts.entry(key).or_default();
            *(match step.exit_group(&flow.lists) {
                ExitGroup::Voluntary => &mut of.voluntary_exits,
                ExitGroup::Involuntary => &mut of.involuntary_exits,
                ExitGroup::NotAnExit => &mut of.interruptions,
            }) += 1;
        }
    }
    counts
}

fn arrival(
    step: &Step,
    lists: &Lists,
    key: &impl Fn(&Duty) -> Option<Key>,
    counts: &mut HashMap<Key, Counts>,
) {
    let here = key(&step.duty);
    if let Some(left) = step.moved_from() {
        let there = key(&left.duty);
        if there != here {
            if let Some(there) = there {
                counts.entry(there).or_default().moved_out += 1;
            }
            if let Some(here) = &here {
                counts.entry(here.clone()).or_default().moved_in += 1;
            }
        }
    }
    let Some(here) = here else { return };
    let of = counts.entry(here).or_default();
    match (&step.before, step.moved_from()) {
        (None, _) => of.entries += 1,
        (Some(_), None) => of.returns += 1,
        (Some(_), Some(left)) => {
            of.promotions += u64::from(left.reason.as_deref() == Some(PROMOTION));
        }
    }
    let was_volunteer = (step.before.as_ref()).is_some_and(|it| it.duty.is_voluntary(lists));
    of.conversions += u64::from(was_volunteer && !step.duty.is_voluntary(lists));
}

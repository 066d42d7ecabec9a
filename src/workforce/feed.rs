//! The feed of changes, for those who keep a copy of what they may see.

use serde_json::Value;

use super::{Lists, Reach};
use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, Date, Id, Invalid, OrgUnitId, Page, PageRequest, ReadError, Sector, Unfit,
};
use crate::ledger::{self, Head, Recorded, SubjectKind, Verb, Window};
use crate::places::Places;
use crate::tenancy::Reader;

/// A change as one caller is told of it.
#[derive(Clone, Debug)]
pub struct Told {
    pub epoch: i64,
    pub row: Recorded,
    /// The record left the caller's reach.
    pub tombstone: bool,
    /// The day from which the caller's reach is made of other org units than before: with them, records came into it or
    /// left it that have no row of their own.
    pub read_again_from: Option<Date>,
}

/// Which changes; all conditions hold together, and none reaches beyond the caller.
#[derive(Clone, Debug, Default)]
pub struct ChangeFilter {
    /// Of records that are kept in this org unit or below it. What leaves it is told as what leaves the caller's reach.
    pub unit: Option<OrgUnitId>,
    pub sectors: Option<Vec<Sector>>,
    pub window: Window,
}

/// Where the feed stands: what comes after it, a copy that is made from now on may lack.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "workforce.changes_start", skip_all)]
pub async fn changes_start(db: &mut Reader<'_>, actor: &Actor) -> Result<Head, ReadError> {
    actor.may(Permission::ReadWorkers)?;
    Ok(ledger::head(db).await?)
}

/// The feed of changes within the caller's reach, in commit order.
///
/// # Errors
/// `Denied` without [`crate::auth::Permission::ReadWorkers`]; bad input for a cursor from before the register was
/// restored.
#[tracing::instrument(name = "workforce.changes", skip_all)]
pub async fn changes(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &ChangeFilter,
    request: &PageRequest<(i64, i64)>,
    today: Date,
) -> Result<Page<Told>, ReadError> {
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let sectors = filter.sectors.as_deref();
    let reach = Reach::of(actor, &lists).narrowed(&lists.places_today, filter.unit, sectors);
    let reach = ledger::Reach {
        units: reach.units,
        sectors: reach.sectors,
        person: reach.person.map(Into::into),
    };
    let epoch = lists.version.epoch;
    if request.after.is_some_and(|(before, _)| before != epoch) {
        return Err(Invalid::new("after", Unfit::OldCursor).into());
    }
    let request = PageRequest {
        first: request.first,
        after: request.after.map(|(_, seq)| seq),
        count: false,
    };
    let page = ledger::changes(db, actor, (&reach, filter.window), &request).await?;
    Ok(page.map(|row| Told {
        epoch,
        tombstone: row.is_tombstone_for(&reach),
        read_again_from: read_again_from(&row, &reach, &lists.places_today, today),
        row,
    }))
}

/// Told from the reach of today, which is enough: a unit that came in or went out by an earlier change, and back or on
/// by a later one, is told by the later one.
fn read_again_from(
    row: &Recorded,
    reach: &ledger::Reach,
    places: &Places,
    today: Date,
) -> Option<Date> {
    let units = reach.units.as_ref()?;
    let change = &row.change.as_ref()?.0;
    let is_within = |unit: Option<OrgUnitId>| unit.is_some_and(|it| units.contains(&it));
    if row.verb == Verb::ChangeOrgUnit.as_str() {
        let parent = change["fields"].get("parent")?;
        let unit = |value: &Value| value.as_str().and_then(|it| OrgUnitId::decode(it).ok());
        let crosses = is_within(unit(&parent["from"])) != is_within(unit(&parent["to"]));
        let from = change["from"].as_str()?.parse().ok()?;
        return crosses.then_some(from);
    }
    if row.subject_kind != SubjectKind::Configuration.as_str() {
        return None;
    }
    let changed = change["org_units"]["changed"].as_object()?;
    let mut parents = changed.values().filter_map(|fields| fields.get("parent"));
    let unit = |value: &Value| Some(places.unit_by_code(value.as_str()?)?.id);
    let crosses = parents.any(|it| is_within(unit(&it["before"])) != is_within(unit(&it["after"])));
    // A folder holds from the day on which it was applied; that of the country is never later than today.
    crosses.then(|| row.at.date_naive().min(today))
}

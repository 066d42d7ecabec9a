//! The country's working days: its weekend is in its settings, its public holidays are kept here by its ministry.

mod holiday;
mod store;

use serde_json::json;
use uuid::Uuid;

pub use holiday::{Calendar, Holiday, HolidayRow, Holidays, changes};

use super::refusal::{Objection, WriteError};
use super::{Lists, Occasion, Reach};
use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, Changes, Date, Fault, LabelFlaw, ReadError, Reason, Text};
use crate::ledger::{self, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::{Reader, Settings};

/// A public holiday to add, or to name anew.
#[derive(Clone, Debug)]
pub struct SaveHoliday {
    pub day: Date,
    pub name: Text,
    pub source: String,
    /// Absent for a day that is none yet.
    pub base_version: Option<i32>,
}

/// A day that is no public holiday after all.
#[derive(Clone, Debug)]
pub struct RemoveHoliday {
    pub day: Date,
    pub base_version: i32,
}

/// Adds a public holiday, or names it anew. Leave that is on record counts by it from now on.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::ConfigureCalendar`].
#[tracing::instrument(name = "workforce.save_holiday", skip_all)]
pub async fn save_holiday(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    settings: &Settings,
    save: SaveHoliday,
) -> Result<Holiday, WriteError> {
    let lists = configurable(tx, occasion).await?;
    let mut refusals = Vec::new();
    if !holiday::is_of_our_time(save.day) {
        refusals.push(Objection::InvalidDate.at(&["day"]));
    }
    if let Some(flaw) = save.name.label_flaw(&settings.languages) {
        let objection = match flaw {
            LabelFlaw::NoLabel => Objection::InvalidLabel,
            LabelFlaw::Foreign(language) => Objection::ForeignLanguage(language),
            LabelFlaw::Missing(language) => Objection::MissingLanguage(language),
        };
        refusals.push(objection.at(&["names"]));
    }
    let old = lists.holidays.get(save.day);
    match (old, save.base_version) {
        (Some(_), None) => refusals.push(Objection::AlreadyAHoliday.at(&["day"])),
        (None, Some(_)) => refusals.push(Objection::HolidayNotFound.at(&["day"])),
        (Some(old), Some(base)) if old.version != base => {
            refusals.push(Objection::EntryChanged.at(&["baseVersion"]));
        }
        _ => {}
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let new = Holiday {
        day: save.day,
        name: save.name,
        source: save.source,
        version: old.map_or(1, |it| it.version + 1),
    };
    store::save(tx, std::slice::from_ref(&new)).await?;
    let mut fields = Fields::default();
    fields.compare(old.map(described), described(&new));
    record(tx, occasion, Verb::SaveHoliday, (new.version, fields)).await?;
    Ok(new)
}

/// Takes a day off the public holidays.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::ConfigureCalendar`].
#[tracing::instrument(name = "workforce.remove_holiday", skip_all)]
pub async fn remove_holiday(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    remove: RemoveHoliday,
) -> Result<Holiday, WriteError> {
    let lists = configurable(tx, occasion).await?;
    let old = lists.holidays.get(remove.day);
    let old = old.ok_or_else(|| Objection::HolidayNotFound.at(&["day"]))?;
    if old.version != remove.base_version {
        return Err(Objection::EntryChanged.at(&["baseVersion"]).into());
    }
    store::remove(tx, remove.day).await?;
    let mut fields = Fields::default();
    for (name, value) in described(old) {
        fields.note(name, value, json!(null));
    }
    record(tx, occasion, Verb::RemoveHoliday, (old.version + 1, fields)).await?;
    Ok(old.clone())
}

/// The lists of today, with the calendar locked, for whoever may change it: it is the whole country's.
async fn configurable(tx: &mut Reader<'_>, occasion: &Occasion<'_>) -> Result<Lists, WriteError> {
    occasion.actor.may(Permission::ConfigureCalendar)?;
    store::lock(tx).await?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    if !Reach::of(occasion.actor, &lists).is_whole() {
        return Err(Objection::OutsideYourScope.at(&[]).into());
    }
    Ok(lists)
}

/// The public holidays from a day to another, both counted, with the lists that they are part of.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn calendar(db: &mut Reader<'_>, actor: &Actor, today: Date) -> Result<Lists, ReadError> {
    actor.may(Permission::ReadReference)?;
    Ok(Lists::current(db, AsOf::now(today)).await?)
}

/// Adds the public holidays of a country's folder, and names anew those that it names otherwise. The caller appends the
/// changes to the ledger.
///
/// # Errors
/// When the database refuses.
pub async fn configure_calendar(
    tx: &mut Reader<'_>,
    wanted: &[HolidayRow],
) -> Result<Changes, Fault> {
    store::lock(tx).await?;
    let standing = store::all(tx).await?;
    let changes = changes(wanted, &standing);
    if let Some(list) = changes.0.first() {
        let touched = list.touched(wanted, HolidayRow::key);
        let holidays: Vec<Holiday> = (touched.into_iter())
            .map(|it| it.after(standing.get(it.day)))
            .collect();
        store::save(tx, &holidays).await?;
    }
    Ok(changes)
}

fn described(holiday: &Holiday) -> [(&'static str, serde_json::Value); 3] {
    [
        ("day", json!(holiday.day)),
        ("name", json!(holiday.name)),
        ("source", json!(holiday.source)),
    ]
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    (version, fields): (i32, Fields),
) -> Result<(), WriteError> {
    let entry = Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Configuration,
        subject: Uuid::nil(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: fields.into_value(version),
    };
    Ok(ledger::append(tx, occasion.actor, &[entry]).await?)
}

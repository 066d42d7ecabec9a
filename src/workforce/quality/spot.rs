//! Spot checks: a random sample of the records that people entered or corrected, compared with the papers by somebody else.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store;
use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, Date, Id, Instant, OrgUnitId, Page, PageRequest, ReadError, Reason, SpotCheckId,
    WorkerId, first_moment,
};
use crate::ledger::{self, ActReference, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::{Reader, Settings};
use crate::workforce::record::locked;
use crate::workforce::refusal::{Objection, Refusal, WriteError};
use crate::workforce::{Lists, Occasion, Reach};

/// So many records has a sample at most.
pub const LARGEST_SAMPLE: i32 = 200;
/// So long is what would be right.
const LONGEST: usize = 500;

/// A sample to draw. What is drawn follows from the entries of the moment and the seed.
#[derive(Clone, Debug)]
pub struct DrawSpotCheck {
    pub unit: OrgUnitId,
    pub size: i32,
    pub clerk: Option<String>,
    /// A day of the country.
    pub changed_since: Date,
    pub seed: i64,
}

/// A part of a record that is compared with the papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CheckedField {
    FamilyName,
    GivenNames,
    Sex,
    BirthDate,
    Identifiers,
    Contacts,
    Facility,
    Cadre,
    PostingDates,
}

/// What a look at the papers said of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    pub field: CheckedField,
    pub is_right: bool,
    /// What would be.
    pub right_value: Option<String>,
}

/// What was found in a record of a sample.
#[derive(Clone, Debug)]
pub struct RecordSpotCheck {
    pub check: SpotCheckId,
    pub worker: WorkerId,
    pub findings: Vec<Finding>,
}

/// A sample that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpotCheck {
    pub id: SpotCheckId,
    pub unit: OrgUnitId,
    pub clerk: Option<String>,
    pub changed_since: Date,
    pub size: i16,
    pub seed: i64,
    pub drawn_by: String,
    pub drawn_at: Instant,
    pub act: Option<ActReference>,
    /// How many records it has, and how many of them were looked at.
    pub records: i64,
    pub checked: i64,
}

/// A record of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledRecord {
    pub check: SpotCheckId,
    pub worker: WorkerId,
    /// Who entered or corrected it last before it was drawn; of a correction that somebody else approved, who asked for it.
    pub clerk: String,
    pub checked: Option<(String, Instant)>,
    pub findings: Vec<Finding>,
}

/// Which spot checks; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct SpotCheckFilter {
    pub check: Option<SpotCheckId>,
    /// Of this org unit or one below it.
    pub unit: Option<OrgUnitId>,
    /// Those alone that have records at which nobody has looked.
    pub open: bool,
}

/// Draws a sample of the records that were entered or corrected, and keeps it.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::CheckQuality`].
#[tracing::instrument(name = "workforce.draw_spot_check", skip_all)]
pub async fn draw_spot_check(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    settings: &Settings,
    draw: DrawSpotCheck,
) -> Result<SpotCheckId, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::CheckQuality)?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let reach = Reach::of(actor, &lists);
    let units = lists.places_today.subtrees([draw.unit]);
    let is_reached = (reach.units.as_ref()).is_none_or(|own| own.contains(&draw.unit));
    if units.is_empty() || !is_reached {
        return Err(Objection::OrgUnitNotFound.at(&["orgUnit"]).into());
    }
    let mut refusals = Vec::new();
    let size = i16::try_from(draw.size).ok();
    let size = size.filter(|it| (1..=LARGEST_SAMPLE).contains(&i32::from(*it)));
    if size.is_none() {
        refusals.push(Objection::InvalidSampleSize.at(&["size"]));
    }
    if draw.changed_since > occasion.today {
        refusals.push(Objection::InvalidDate.at(&["changedSince"]));
    }
    let (Some(size), []) = (size, &refusals[..]) else {
        return Err(WriteError::Refused(refusals));
    };
    let since = first_moment(draw.changed_since, settings.time_zone);
    let sample = store::draw(tx, &draw, (since, size), (&units, &reach)).await?;
    if sample.is_empty() {
        return Err(Objection::NothingToCheck.at(&[]).into());
    }
    let id = SpotCheckId::new();
    store::insert(tx, occasion, id, &draw, size, &sample).await?;
    let mut fields = Fields::default();
    let records: Vec<String> = sample.iter().map(|it| it.worker.encode()).collect();
    fields.note("orgUnit", json!(null), json!(draw.unit.encode()));
    fields.note("clerk", json!(null), json!(draw.clerk));
    fields.note("changedSince", json!(null), json!(draw.changed_since));
    fields.note("seed", json!(null), json!(draw.seed.to_string()));
    fields.note("records", json!(null), json!(records));
    let entry = Entry {
        at: occasion.now,
        verb: Verb::DrawSpotCheck,
        subject_kind: SubjectKind::SpotCheck,
        subject: id.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: fields.into_value(1),
    };
    ledger::append(tx, actor, &[entry]).await?;
    Ok(id)
}

/// Keeps what was found in a record of a sample. Whoever entered it cannot say that it is right.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::CheckQuality`].
#[tracing::instrument(name = "workforce.record_spot_check", skip_all, fields(worker.id = %record.worker))]
pub async fn record_spot_check(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    record: RecordSpotCheck,
) -> Result<SpotCheckId, WriteError> {
    let actor = occasion.actor;
    actor.may(Permission::CheckQuality)?;
    let (worker, lists) = locked(tx, occasion, record.worker, None).await?;
    let units = Reach::of(actor, &lists).units;
    let drawn = store::check(tx, record.check, units.as_deref()).await?;
    if drawn.is_none() {
        return Err(Objection::SpotCheckNotFound.at(&["check"]).into());
    }
    let sampled = store::find_record(tx, record.check, worker.id).await?;
    let Some(sampled) = sampled else {
        return Err(Objection::WorkerNotFound.at(&["worker"]).into());
    };
    let mut refusals = record.check_findings();
    if sampled.checked.is_some() {
        refusals.push(Objection::AlreadyChecked.at(&["worker"]));
    } else if sampled.clerk == actor.subject {
        refusals.push(Objection::OwnEntry.at(&["worker"]));
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    store::settle(tx, occasion, (record.check, worker.id), &record.findings).await?;
    let standing = Some(worker.standing());
    let mut fields = Fields::default();
    fields.note("worker", json!(null), json!(worker.id.encode()));
    fields.note("clerk", json!(null), json!(sampled.clerk));
    fields.note("findings", json!(null), json!(record.findings));
    let entry = Entry {
        at: occasion.now,
        verb: Verb::RecordSpotCheck,
        subject_kind: SubjectKind::SpotCheck,
        subject: record.check.into(),
        before: standing,
        after: standing,
        act: occasion.act.clone(),
        change: fields.into_value(2),
    };
    ledger::append(tx, actor, &[entry]).await?;
    Ok(record.check)
}

impl RecordSpotCheck {
    /// Each field once, and what would be right of the wrong ones alone.
    fn check_findings(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if self.findings.is_empty() {
            refusals.push(Objection::Missing.at(&["fields"]));
        }
        let mut named = HashSet::new();
        for finding in &self.findings {
            if !named.insert(finding.field) {
                refusals.push(Objection::FieldTwice.at(&["fields", "field"]));
            }
            let is_fit = |text: &String| {
                !finding.is_right
                    && !text.trim().is_empty()
                    && text.chars().count() <= LONGEST
                    && !text.chars().any(char::is_control)
            };
            if !finding.right_value.as_ref().is_none_or(is_fit) {
                refusals.push(Objection::InvalidRightValue.at(&["fields", "rightValue"]));
            }
        }
        refusals
    }
}

/// A page of the spot checks of org units that the caller reaches, the newest first, with the lists of today.
///
/// # Errors
/// `Denied` without [`Permission::CheckQuality`].
#[tracing::instrument(name = "workforce.spot_checks", skip_all)]
pub async fn spot_checks(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &SpotCheckFilter,
    today: Date,
    request: &PageRequest<SpotCheckId>,
) -> Result<(Page<SpotCheck>, Lists), ReadError> {
    actor.may(Permission::CheckQuality)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let named = filter.unit.map(|root| lists.places_today.subtrees([root]));
    let own = Reach::of(actor, &lists).units;
    let units = match (named, own) {
        (Some(named), Some(own)) => Some(named.into_iter().filter(|it| own.contains(it)).collect()),
        (one, other) => one.or(other),
    };
    let (rows, total) = store::checks(db, filter, units.as_deref(), request).await?;
    let mut page = Page::from_rows(rows, request);
    page.total = total;
    Ok((page, lists))
}

/// The records of some spot checks that the caller was shown, in their order.
///
/// # Errors
/// `Denied` without [`Permission::CheckQuality`].
pub async fn sampled_records(
    db: &mut Reader<'_>,
    actor: &Actor,
    checks: &[SpotCheckId],
) -> Result<Vec<SampledRecord>, ReadError> {
    actor.may(Permission::CheckQuality)?;
    Ok(store::records(db, checks).await?)
}

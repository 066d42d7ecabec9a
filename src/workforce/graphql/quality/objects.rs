//! The quality of records, and samples of them, on the wire.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::inputs::SpotCheckField;
use crate::graphql::{Act, Day, PersonalKind, guarded, personal};
use crate::kernel::{Id, Instant, SpotCheckId, WorkerId};
use crate::places::graphql::OrgUnit;
use crate::workforce::graphql::Worker;
use crate::workforce::{self, Accuracy, Figures, Flaw, Flaws, Lists, SampledRecord};

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Flaw")]
pub enum QualityFlaw {
    /// No birth date is known.
    NoBirthDate,
    /// The sex is not known.
    NoSex,
    /// There is no telephone.
    NoPhone,
    /// There is no identifier.
    NoIdentifier,
    /// There is no posting, nor one that is over.
    NoPosting,
    /// The cadre of the latest posting is mapped to nothing in ISCO-08.
    NoCadreMapping,
    /// Nothing was done to the record for twelve months.
    Stale,
    /// A telephone has not the form of a number, or not the length of the country's own.
    InvalidPhone,
    /// An identifier is not written as its type is now.
    InvalidIdentifier,
    /// The first posting began before the sixteenth birthday.
    TooYoung,
    /// In post at an age at which those of the cadre are retired.
    PastRetirement,
    /// In post at a facility that is closed.
    ClosedFacility,
    /// In post under a cadre that is retired, merged or split.
    EndedCadre,
}

/// One thing that is wrong with a record.
#[derive(SimpleObject)]
pub struct RecordFlaw {
    /// What it is.
    code: QualityFlaw,
    /// The field of the worker that it is about.
    field: String,
}

/// How good a record is today.
#[derive(SimpleObject)]
pub struct RecordQuality {
    /// Completeness and validity together, in percent.
    score: u8,
    /// How much of what a record ought to hold is there, in percent: posting 20 and its cadre's mapping 15, telephone 20,
    /// identifier 20, birth date 15, sex 10.
    completeness: u8,
    /// A hundred percent, less what contradictions cost: first posting under sixteen 40, identifier 30, closed facility 30,
    /// telephone 20, past retirement 20, ended cadre 20.
    validity: u8,
    /// What is wrong with it.
    flaws: Vec<RecordFlaw>,
}

impl From<Flaws> for RecordQuality {
    fn from(flaws: Flaws) -> Self {
        let each = flaws.iter().map(|it| RecordFlaw {
            code: it.into(),
            field: it.field().to_owned(),
        });
        Self {
            score: flaws.score(),
            completeness: flaws.completeness(),
            validity: flaws.validity(),
            flaws: each.collect(),
        }
    }
}

/// How many records have a flaw.
#[derive(SimpleObject)]
pub struct FlawCount {
    /// The flaw.
    flaw: QualityFlaw,
    /// How many records have it.
    records: u64,
}

/// How good some records are, together.
#[derive(SimpleObject)]
pub struct DataQuality {
    /// How many records there are.
    records: u64,
    /// The mean of their scores, in percent; null where there is no record.
    score: Option<f64>,
    /// The mean of their completeness, in percent.
    completeness: Option<f64>,
    /// The mean of their validity, in percent.
    validity: Option<f64>,
    /// The flaws that records have, those that most have first.
    flaws: Vec<FlawCount>,
}

impl From<&Figures> for DataQuality {
    fn from(figures: &Figures) -> Self {
        let mut flaws: Vec<FlawCount> = Flaw::ALL
            .into_iter()
            .map(|it| FlawCount {
                flaw: it.into(),
                records: figures.having(it),
            })
            .filter(|it| it.records > 0)
            .collect();
        flaws.sort_by_key(|it| std::cmp::Reverse(it.records));
        Self {
            records: figures.records,
            score: mean(figures.score, figures.records),
            completeness: mean(figures.completeness, figures.records),
            validity: mean(figures.validity, figures.records),
            flaws,
        }
    }
}

/// With two decimals.
#[expect(clippy::cast_precision_loss, reason = "people are fewer than 2^52")]
fn mean(sum: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (sum as f64 * 100.0 / of as f64).round() / 100.0)
}

/// With four decimals.
#[expect(clippy::cast_precision_loss, reason = "fields are fewer than 2^52")]
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (part as f64 * 10_000.0 / of as f64).round() / 10_000.0)
}

/// How good the records of an org unit are.
#[derive(SimpleObject)]
pub struct UnitQuality {
    /// The org unit.
    org_unit: Option<OrgUnit>,
    /// How good the records are that are kept there or below; of the org unit that was asked about, those of its own
    /// office alone.
    quality: DataQuality,
}

impl UnitQuality {
    pub(super) fn new(row: &workforce::UnitFigures, lists: &Lists) -> Self {
        Self {
            org_unit: OrgUnit::find(&lists.gazetteer, &lists.places_today, row.unit),
            quality: (&row.figures).into(),
        }
    }
}

/// What a page of spot checks shows besides.
#[derive(Default)]
pub(super) struct Sampled {
    pub records: HashMap<SpotCheckId, Vec<SampledRecord>>,
    pub workers: HashMap<WorkerId, Worker>,
}

#[derive(Clone)]
pub struct SpotCheck {
    check: workforce::SpotCheck,
    lists: Lists,
    sampled: Arc<Sampled>,
}

impl SpotCheck {
    pub(super) fn new(check: workforce::SpotCheck, lists: Lists, sampled: Arc<Sampled>) -> Self {
        Self {
            check,
            lists,
            sampled,
        }
    }

    pub(super) fn key(&self) -> SpotCheckId {
        self.check.id
    }
}

/// A random sample of the records that people entered or corrected, to be compared with the papers by somebody else.
#[Object]
impl SpotCheck {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.check.id.encode().into()
    }

    /// The records are kept in this org unit, or were when they were drawn, or below it.
    async fn org_unit(&self) -> Option<OrgUnit> {
        OrgUnit::find(
            &self.lists.gazetteer,
            &self.lists.places_today,
            self.check.unit,
        )
    }

    /// Whose entries alone were drawn from; absent: everybody's.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn clerk(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, self.check.clerk.as_deref())
    }

    /// The day from which entries were drawn from.
    async fn changed_since(&self) -> Day {
        Day(self.check.changed_since)
    }

    /// How many records were asked for.
    async fn size(&self) -> i32 {
        self.check.size.into()
    }

    /// The number that decided, as text: with it the same entries give the same sample again.
    async fn seed(&self) -> String {
        self.check.seed.to_string()
    }

    /// Who drew it.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn drawn_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, Some(self.check.drawn_by.as_str()))
    }

    /// When.
    async fn drawn_at(&self) -> Instant {
        self.check.drawn_at
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.check.act.clone().map(Act::new)
    }

    /// How many records were drawn.
    async fn record_count(&self) -> i64 {
        self.check.records
    }

    /// At how many of them somebody has looked.
    async fn checked_count(&self) -> i64 {
        self.check.checked
    }

    /// The records that the caller may see.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn records(&self) -> Vec<SpotCheckRecord> {
        let own = self
            .sampled
            .records
            .get(&self.check.id)
            .into_iter()
            .flatten();
        let seen = own.filter_map(|record| {
            Some(SpotCheckRecord {
                worker: self.sampled.workers.get(&record.worker)?.clone(),
                record: record.clone(),
            })
        });
        seen.collect()
    }
}

pub struct SpotCheckRecord {
    worker: Worker,
    record: SampledRecord,
}

/// A record of a sample.
#[Object]
impl SpotCheckRecord {
    /// Whose record.
    async fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Who entered or corrected it last before it was drawn, as the ledger names them; of a correction that somebody else
    /// approved, who asked for it.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn clerk(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, Some(self.record.clerk.as_str()))
    }

    /// Who compared it with the papers; absent: nobody yet.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn checked_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let by = self.record.checked.as_ref().map(|(by, _)| by.as_str());
        guarded(ctx, PersonalKind::Trail, by)
    }

    /// When.
    async fn checked_at(&self) -> Option<Instant> {
        self.record.checked.as_ref().map(|(_, at)| *at)
    }

    /// What was found.
    async fn findings(&self) -> Vec<SpotCheckFinding> {
        let found = self.record.findings.iter();
        found.cloned().map(SpotCheckFinding).collect()
    }
}

pub struct SpotCheckFinding(workforce::Finding);

/// What a look at the papers said of a field.
#[Object]
impl SpotCheckFinding {
    /// The field.
    async fn field(&self) -> SpotCheckField {
        self.0.field.into()
    }

    /// Whether the record had it as the papers did.
    async fn is_right(&self) -> bool {
        self.0.is_right
    }

    /// What the papers say, where the record was wrong.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn right_value(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Record, self.0.right_value.as_deref())
    }
}

pub struct ClerkAccuracy(pub(super) Accuracy);

/// What somebody entered in a period, and how good it was.
#[Object]
impl ClerkAccuracy {
    /// Who, as the ledger names them.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn clerk(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, Some(self.0.clerk.as_str()))
    }

    /// The records that they made in the period.
    async fn records_entered(&self) -> u64 {
        self.0.entered
    }

    /// Those of them that somebody else corrected within thirty days; a correction that takes a second person is of whoever
    /// asked for it.
    async fn corrected_by_others(&self) -> u64 {
        self.0.corrected
    }

    /// The fields of records that they entered or corrected that were compared with the papers in the period.
    async fn fields_checked(&self) -> u64 {
        self.0.checked
    }

    /// Those of them that were wrong.
    async fn fields_wrong(&self) -> u64 {
        self.0.wrong
    }

    /// The share that was right, from 0 to 1, with four decimals; null where nothing was looked at.
    async fn share_right(&self) -> Option<f64> {
        let right = self.0.checked.saturating_sub(self.0.wrong);
        share(right, self.0.checked)
    }
}

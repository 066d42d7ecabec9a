//! Pairs of records that may be one person's, and records that went into others.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, Lookahead, Object, Result};

use crate::graphql::{PersonalKind, guarded, personal, request};
use crate::kernel::{AsOf, Id, Instant, ReadError, WorkerId};
use crate::tenancy::Reader;
use crate::workforce::graphql::{Worker, workers_by_ids};
use crate::workforce::{Likely, Merge, Pair, PairKey, Sign};

/// What speaks for one person, or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Sign")]
pub enum DuplicateSign {
    /// The names are the same, or sound the same.
    SameName,
    /// The names are the same, in another order.
    SwappedNames,
    /// The names differ by a letter or two, or a name is shortened.
    CloseName,
    /// A part of the names is the same or close.
    PartOfName,
    /// The same birth date.
    SameBirthDate,
    /// The same month of birth, and one has its first day, as is written where the day is not known.
    DayNotKnown,
    /// The same year of birth, and one has its first day, as is written where no more is known.
    SameBirthYear,
    /// Day and month of birth in the other order, or a figure of the year that differs.
    MistypedBirthDate,
    /// The same telephone.
    SamePhone,
    /// The same telephone, which many people have.
    SharedPhone,
    /// The same number of the same type.
    SameIdentifier,
    /// Another number of the same type: speaks against it.
    OtherIdentifier,
    /// Another birth date: speaks against it.
    OtherBirthDate,
    /// The other sex: speaks against it.
    OtherSex,
    /// Other names: speaks against it.
    OtherName,
}

pub struct Duplicate {
    pair: Pair,
    first: Option<Worker>,
    second: Option<Worker>,
}

pub struct LikelyDuplicate {
    likely: Likely,
    worker: Option<Worker>,
}

pub struct WorkerMerge {
    merge: Merge,
    kept: Option<Worker>,
}

/// Those of some workers that a selection asks for, all at once.
pub(super) async fn workers(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    ids: Vec<WorkerId>,
    at: AsOf,
    selections: &[Lookahead<'_>],
) -> Result<HashMap<WorkerId, Worker>, ReadError> {
    if !selections.iter().any(Lookahead::exists) {
        return Ok(HashMap::new());
    }
    workers_by_ids(ctx, db, ids, at, selections).await
}

/// Pairs with the workers that are asked for.
pub(super) async fn of_pairs(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    pairs: Vec<Pair>,
    selections: &[Lookahead<'_>],
) -> Result<Vec<Duplicate>, ReadError> {
    let ids = pairs.iter().flat_map(|it| [it.first, it.second]).collect();
    let chosen = selections
        .iter()
        .flat_map(|it| [it.field("first"), it.field("second")]);
    let chosen: Vec<Lookahead<'_>> = chosen.collect();
    let at = AsOf::now(request(ctx).today()?);
    let of = workers(ctx, db, ids, at, &chosen).await?;
    let pairs = pairs.into_iter().map(|pair| Duplicate {
        first: of.get(&pair.first).cloned(),
        second: of.get(&pair.second).cloned(),
        pair,
    });
    Ok(pairs.collect())
}

/// Likely people with the workers that are asked for.
pub(in crate::workforce::graphql) async fn likely(
    ctx: &Context<'_>,
    db: &mut Reader<'_>,
    found: Vec<Likely>,
    selections: &[Lookahead<'_>],
) -> Result<Vec<LikelyDuplicate>, ReadError> {
    let ids = found.iter().map(|it| it.worker).collect();
    let at = AsOf::now(request(ctx).today()?);
    let of = workers(ctx, db, ids, at, selections).await?;
    let found = found.into_iter().map(|likely| LikelyDuplicate {
        worker: of.get(&likely.worker).cloned(),
        likely,
    });
    Ok(found.collect())
}

impl Duplicate {
    pub(super) fn key(&self) -> PairKey {
        PairKey {
            score: self.pair.likeness.score,
            id: self.pair.id,
        }
    }
}

/// Two records that may be one person's.
#[Object]
impl Duplicate {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.pair.id.encode().into()
    }

    /// The one record.
    async fn first(&self) -> Option<&Worker> {
        self.first.as_ref()
    }

    /// The other, which was made later.
    async fn second(&self) -> Option<&Worker> {
        self.second.as_ref()
    }

    /// How likely they are one person's, in percent; 70 at least.
    async fn score(&self) -> u8 {
        self.pair.likeness.score
    }

    /// Why: what speaks for it, and what against.
    async fn signs(&self) -> Vec<DuplicateSign> {
        let signs = self.pair.likeness.signs.iter();
        signs.map(|it| (*it).into()).collect()
    }

    /// When they were found to be alike.
    async fn found_at(&self) -> Instant {
        self.pair.found_at
    }

    /// How somebody knew that they are two people; absent while the pair waits.
    async fn distinct_because(&self) -> Option<&str> {
        self.pair.verdict.as_ref().map(|it| it.because.as_str())
    }

    /// Who said so.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let by = self.pair.verdict.as_ref().map(|it| it.by.as_str());
        guarded(ctx, PersonalKind::Trail, by)
    }

    /// When.
    async fn decided_at(&self) -> Option<Instant> {
        self.pair.verdict.as_ref().map(|it| it.at)
    }
}

/// Somebody on the register who may be the same person.
#[Object]
impl LikelyDuplicate {
    /// The record.
    async fn worker(&self) -> Option<&Worker> {
        self.worker.as_ref()
    }

    /// How likely it is the same person's, in percent.
    async fn score(&self) -> u8 {
        self.likely.likeness.score
    }

    /// Why: what speaks for it, and what against.
    async fn signs(&self) -> Vec<DuplicateSign> {
        let signs = self.likely.likeness.signs.iter();
        signs.map(|it| (*it).into()).collect()
    }
}

impl WorkerMerge {
    pub(super) fn new(merge: Merge, kept: Option<Worker>) -> Self {
        Self { merge, kept }
    }

    pub(super) fn key(&self) -> i64 {
        self.merge.number
    }
}

/// A record that went into another.
#[Object]
impl WorkerMerge {
    /// The id of the record that went; it names the other now.
    async fn absorbed(&self) -> ID {
        self.merge.gone.encode().into()
    }

    /// The record into which it went.
    async fn worker(&self) -> Option<&Worker> {
        self.kept.as_ref()
    }

    /// When.
    async fn merged_at(&self) -> Instant {
        self.merge.at
    }
}

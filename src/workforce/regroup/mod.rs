//! Merging and splitting cadres with the people in them: from the day on each posting goes on under another cadre, in the
//! one transaction that changes the taxonomy.

mod rules;
mod store;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use self::rules::{Move, Rules};
use super::change::Change;
use super::{Lists, Posting};
use crate::auth::Actor;
use crate::cadres::{self, Objection, Occasion, Proposal, Refusal, WriteError};
use crate::kernel::{AsOf, CadreId, Date, Fault, ReadError, WorkerId};
use crate::ledger::{self, Entry, Standing, SubjectKind, Verb};
use crate::tenancy::Reader;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regrouped {
    /// Those that ended.
    pub cadres: Vec<CadreId>,
    /// How many people went to each of the others.
    pub gone_to: Vec<(CadreId, u64)>,
    pub workers: u64,
    pub postings: u64,
}

/// What would be done, and what stands against it.
pub struct RegroupingPreview {
    pub taxonomy: cadres::Preview,
    /// How many people would go to each other cadre.
    pub going_to: Vec<(CadreId, u64)>,
}

/// Merges cadres or splits one, and moves their people.
///
/// # Errors
/// All refusals of the proposal at once; `Denied` without [`crate::auth::Permission::ConfigureCadres`].
#[tracing::instrument(name = "workforce.regroup", skip_all)]
pub async fn regroup(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    proposal: &Proposal,
) -> Result<Regrouped, WriteError> {
    let prepared = cadres::prepare(tx, occasion, proposal).await;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let cadres: Vec<CadreId> = proposal.subjects().iter().map(|it| it.0).collect();
    let standing = store::lock(tx, &cadres, proposal.from()).await?;
    let postings = store::postings(tx, &cadres, proposal.from()).await?;
    let Some(rules) = Rules::of(proposal) else {
        return Err(Fault::internal("a proposal that moves nobody").into());
    };
    let more = rules.check(&postings, &lists.places);
    let revisions = match prepared {
        Ok(revisions) if more.is_empty() => revisions,
        Ok(_) => return Err(WriteError::Refused(more)),
        Err(WriteError::Refused(refusals)) if !is_outside(&refusals) => {
            return Err(all(refusals, more));
        }
        Err(other) => return Err(other),
    };
    let moves = rules.apply(postings, proposal.from(), &lists.places);
    let workers: Vec<WorkerId> = standing.keys().copied().collect();
    cadres::know_reclassification(tx, occasion.languages).await?;
    cadres::write(tx, occasion, &revisions).await?;
    store::write(tx, &moves, &workers).await?;
    let mut entries = cadres::entries(occasion, proposal, &revisions);
    entries.extend(records(occasion, &moves, &standing));
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(Regrouped {
        cadres,
        gone_to: gone_to(&moves),
        workers: workers.len() as u64,
        postings: moves.len() as u64,
    })
}

/// What a change of the taxonomy would touch, without doing it; of a merge or a split also who would go where.
///
/// # Errors
/// `Denied` without [`crate::auth::Permission::ConfigureCadres`].
#[tracing::instrument(name = "workforce.preview", skip_all)]
pub async fn preview(
    db: &mut Reader<'_>,
    actor: &Actor,
    proposal: &Proposal,
    (today, languages): (Date, &[String]),
) -> Result<RegroupingPreview, ReadError> {
    let mut taxonomy = cadres::preview(db, actor, proposal, (today, languages)).await?;
    let Some(rules) = Rules::of(proposal).filter(|_| taxonomy.touched.is_some()) else {
        return Ok(RegroupingPreview {
            taxonomy,
            going_to: Vec::new(),
        });
    };
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let cadres: Vec<CadreId> = proposal.subjects().iter().map(|it| it.0).collect();
    let postings = store::postings(db, &cadres, proposal.from()).await?;
    taxonomy
        .refusals
        .extend(rules.check(&postings, &lists.places));
    let moves = rules.apply(postings, proposal.from(), &lists.places);
    Ok(RegroupingPreview {
        taxonomy,
        going_to: gone_to(&moves),
    })
}

/// Whoever has no say in it does not learn either who is in the cadre.
fn is_outside(refusals: &[Refusal]) -> bool {
    let mut objections = refusals.iter().map(|it| &it.objection);
    objections.any(|it| matches!(it, Objection::OutsideYourScope))
}

fn all(mut refusals: Vec<Refusal>, more: Vec<Refusal>) -> WriteError {
    refusals.extend(more);
    WriteError::Refused(refusals)
}

fn gone_to(moves: &[Move]) -> Vec<(CadreId, u64)> {
    let mut people: BTreeMap<CadreId, Vec<WorkerId>> = BTreeMap::new();
    for it in moves {
        // By worker, as they were read.
        let of_cadre = people.entry(it.after.cadre).or_default();
        if of_cadre.last() != Some(&it.after.worker) {
            of_cadre.push(it.after.worker);
        }
    }
    let counted = people.into_iter();
    counted
        .map(|(cadre, of)| (cadre, of.len() as u64))
        .collect()
}

/// Each person's own row of the ledger.
fn records(
    occasion: &Occasion<'_>,
    moves: &[Move],
    standing: &HashMap<WorkerId, (i32, Standing)>,
) -> Vec<Entry> {
    let mut changes: BTreeMap<WorkerId, Change> = BTreeMap::new();
    for it in moves {
        let change = changes.entry(it.before.worker).or_default();
        let before = |after: &Posting| (it.before.id == after.id).then_some(&it.before);
        for after in it.ended.iter().chain([&it.after]) {
            change.posting(before(after), after);
        }
    }
    let entries = changes.into_iter().filter_map(|(worker, change)| {
        let (version, stands) = standing.get(&worker)?;
        Some(Entry {
            at: occasion.now,
            verb: Verb::Reclassify,
            subject_kind: SubjectKind::Worker,
            subject: worker.into(),
            before: Some(*stands),
            after: Some(*stands),
            act: occasion.act.clone(),
            change: change.into_value(version + 1),
        })
    });
    entries.collect()
}

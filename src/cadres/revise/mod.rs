//! Changing the taxonomy from a day on: proposed, previewed, decided by its rules, written with its legal act.

mod attributes;
mod proposal;
mod refusal;
mod regrouping;
mod store;

use serde_json::{Value, json};

pub(super) use attributes::{Attributes, MOST, check_description, check_label, check_steps};
pub use proposal::{AddCadre, ChangeCadre, Proposal, ReinstateCadre, RetireCadre, Revision};
pub use refusal::{Objection, Refusal, WriteError};
pub use regrouping::{MergeCadres, SplitCadre, SplitPart};
pub use store::Touched;

use super::{State, Status, Taxonomy, TouchedIndicator, catalogue, store as taxonomy_store};
use crate::auth::{Actor, Permission};
use crate::kernel::{CadreId, Date, Fault, Id, Instant, ReadError, Reason, Sector};
use crate::ledger::{self, ActReference, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Who acts, when, and by what legal act.
pub struct Occasion<'a> {
    pub actor: &'a Actor,
    pub now: Instant,
    /// The day in the country's time zone.
    pub today: Date,
    /// The languages that the country writes in.
    pub languages: &'a [String],
    pub act: Option<ActReference>,
}

/// What a proposal would touch, and what stands against it.
#[derive(Clone, Debug)]
pub struct Preview {
    pub from: Date,
    pub refusals: Vec<Refusal>,
    /// Those under the cadres concerned, or any below them; absent for callers whose scope does not have them.
    pub touched: Option<Touched>,
    /// That count these cadres, or those where people would go, as they are on the day; absent for the same callers.
    pub indicators: Option<Vec<TouchedIndicator>>,
    /// The cadres that stand below those concerned on the day.
    pub cadres_below: Vec<CadreId>,
}

/// Adds, changes or retires a cadre; the cadre.
///
/// # Errors
/// All refusals of the proposal at once; `Denied` without [`Permission::ConfigureCadres`].
#[tracing::instrument(name = "cadres.revise", skip_all)]
pub async fn revise(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    proposal: &Proposal,
) -> Result<Vec<CadreId>, WriteError> {
    let revisions = prepare(tx, occasion, proposal).await?;
    write(tx, occasion, &revisions).await?;
    let entries = entries(occasion, proposal, &revisions);
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(revisions.iter().map(|it| it.cadre).collect())
}

/// What a proposal makes of the taxonomy, which nobody else changes or posts by until the end of the transaction.
///
/// # Errors
/// As [`revise`].
pub async fn prepare(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    proposal: &Proposal,
) -> Result<Vec<Revision>, WriteError> {
    of_the_country(occasion.actor)?;
    taxonomy_store::lock(tx).await?;
    let (_, taxonomy) = tx.current::<Taxonomy>().await?;
    in_scope(occasion.actor, proposal, &taxonomy)?;
    let decided = decided(
        tx,
        proposal,
        &taxonomy,
        (occasion.today, occasion.languages),
    )
    .await?;
    decided.map_err(WriteError::Refused)
}

/// Writes what was decided.
///
/// # Errors
/// When the database refuses.
pub async fn write(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    revisions: &[Revision],
) -> Result<(), Fault> {
    for revision in revisions {
        let act = occasion.act.as_ref();
        if revision.before.is_none() {
            store::insert(tx, revision, act).await?;
        } else {
            store::change(tx, revision, act).await?;
        }
    }
    Ok(())
}

/// What the ledger is to say of it.
#[must_use]
pub fn entries(occasion: &Occasion<'_>, proposal: &Proposal, revisions: &[Revision]) -> Vec<Entry> {
    let verb = match proposal {
        Proposal::Add(_) => Verb::AddCadre,
        Proposal::Change(_) => Verb::ChangeCadre,
        Proposal::Retire(_) => Verb::RetireCadre,
        Proposal::Reinstate(_) => Verb::ReinstateCadre,
        Proposal::Merge(_) => Verb::MergeCadres,
        Proposal::Split(_) => Verb::SplitCadre,
    };
    let entry = |revision: &Revision| Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Cadre,
        subject: revision.cadre.into(),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: describe(revision),
    };
    revisions.iter().map(entry).collect()
}

/// What a proposal would touch, without doing it.
///
/// # Errors
/// `Denied` without [`Permission::ConfigureCadres`].
#[tracing::instrument(name = "cadres.preview", skip_all)]
pub async fn preview(
    db: &mut Reader<'_>,
    actor: &Actor,
    proposal: &Proposal,
    (today, languages): (Date, &[String]),
) -> Result<Preview, ReadError> {
    actor.may(Permission::ConfigureCadres)?;
    let (_, taxonomy) = db.current::<Taxonomy>().await?;
    if let Err(error) = in_scope(actor, proposal, &taxonomy) {
        let WriteError::Refused(refusals) = error else {
            return Err(error.into());
        };
        return Ok(Preview {
            from: proposal.from(),
            refusals,
            touched: None,
            indicators: None,
            cadres_below: Vec::new(),
        });
    }
    let decided = decided(db, proposal, &taxonomy, (today, languages)).await?;
    let cadres = taxonomy.on(proposal.from());
    let subjects: Vec<CadreId> = proposal.subjects().iter().map(|it| it.0).collect();
    let mut within: Vec<CadreId> = (subjects.iter())
        .flat_map(|it| cadres.subtree(*it))
        .collect();
    within.sort_unstable();
    within.dedup();
    let touched = store::touched(db, &within, proposal.from()).await?;
    let concerned = [&within[..], &proposal.successors()].concat();
    let indicators = catalogue::touched(db, &cadres, &concerned).await?;
    within.retain(|it| !subjects.contains(it));
    Ok(Preview {
        from: proposal.from(),
        refusals: decided.err().unwrap_or_default(),
        touched: Some(touched),
        indicators: Some(indicators),
        cadres_below: within,
    })
}

/// The taxonomy is the whole country's: whoever changes it works for all of it.
pub(in crate::cadres) fn of_the_country(actor: &Actor) -> Result<(), WriteError> {
    actor.may(Permission::ConfigureCadres)?;
    match actor.units {
        None => Ok(()),
        Some(_) => Err(Objection::OutsideYourScope.at(&[]).into()),
    }
}

/// What is proposed must be of the caller's sectors.
fn in_scope(actor: &Actor, proposal: &Proposal, taxonomy: &Taxonomy) -> Result<(), WriteError> {
    of_the_country(actor)?;
    let known = proposal.subjects().into_iter();
    let known = known.filter_map(|(cadre, ..)| Some(taxonomy.get(cadre)?.sector));
    let new = match proposal {
        Proposal::Add(new) => Some(new.sector),
        _ => None,
    };
    let of_caller = |own: &Vec<Sector>| known.chain(new).all(|sector| own.contains(&sector));
    if actor.sectors.as_ref().is_none_or(of_caller) {
        Ok(())
    } else {
        Err(Objection::OutsideYourScope.at(&[]).into())
    }
}

/// The rules of the taxonomy, and those that need to know more: what others changed, and who is posted where.
async fn decided(
    db: &mut Reader<'_>,
    proposal: &Proposal,
    taxonomy: &Taxonomy,
    country: (Date, &[String]),
) -> Result<Result<Vec<Revision>, Vec<Refusal>>, Fault> {
    for (cadre, base, path) in proposal.subjects() {
        let current = taxonomy.get(cadre).map(|it| it.version);
        if let Some(conflict) = ledger::conflict(db, cadre.into(), current, base).await? {
            return Ok(Err(vec![Objection::Stale(conflict).at(path)]));
        }
    }
    let revisions = match proposal.decide(taxonomy, country) {
        Ok(revisions) => revisions,
        Err(refusals) => return Ok(Err(refusals)),
    };
    let mut refusals = Vec::new();
    for revision in &revisions {
        // Who was retired stood below nobody.
        let before = revision.before.as_ref();
        let parent_before = before
            .filter(|it| it.status == Status::Active)
            .map(|it| it.parent);
        if let Some(parent) = revision.after.parent
            && parent_before != Some(Some(parent))
            && !taxonomy.is_group_within(parent, revision.from, Some(revision.from))
        {
            let touched = store::touched(db, &[parent], revision.from).await?;
            if touched.workers > 0 {
                let code = taxonomy.get(parent).map(|it| it.code.clone());
                let posted = Objection::PeoplePosted(code.unwrap_or_default());
                refusals.push(posted.at(&["parent"]));
            }
        }
    }
    Ok(if refusals.is_empty() {
        Ok(revisions)
    } else {
        Err(refusals)
    })
}

/// The change of one cadre, field by field.
fn describe(revision: &Revision) -> Value {
    let ids = |cadres: &[CadreId]| cadres.iter().map(|it| it.encode()).collect::<Value>();
    let values = |state: &State| {
        [
            ("parent", json!(state.parent.map(CadreId::encode))),
            ("labels", json!(state.label)),
            ("descriptions", json!(state.description)),
            ("workerClass", json!(state.worker_class)),
            ("entryQualification", json!(state.entry_qualification)),
            ("isLicensed", json!(state.is_licensed)),
            ("licensingCouncil", json!(state.council)),
            ("retirementAge", json!(state.retirement_age)),
            ("salaryGrades", json!(state.salary_grades)),
            ("careerSteps", ids(&state.career_steps)),
            ("status", json!(state.status)),
            ("successors", ids(&state.successors)),
        ]
    };
    let mut fields = Fields::default();
    fields.compare(
        revision.before.as_ref().map(values),
        values(&revision.after),
    );
    if revision.before.is_none() {
        fields.note("code", Value::Null, json!(revision.code));
        fields.note("sector", Value::Null, json!(revision.sector));
    }
    let mut change = fields.into_value(revision.version);
    change["from"] = json!(revision.from);
    change
}

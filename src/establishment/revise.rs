//! Changing posts from a day on: opened, changed, frozen, reopened, closed, filled and vacated.

use serde_json::{Value, json};

use super::post::{ChangePost, History, OpenPost, Standing, State, Turn};
use super::refusal::{Objection, Refusal, WriteError, of_the_record};
use super::store;
use crate::auth::{Actor, Permission};
use crate::cadres::{self, Unpostable};
use crate::kernel::{AsOf, CadreId, Date, FacilityId, Fault, Id, PostId, PostingId, Reason};
use crate::ledger::{self, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;
use crate::workforce::{self, Lists, Occasion, Reach};

/// Opens a post from a day on; the post.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::ConfigureEstablishment`].
#[tracing::instrument(name = "establishment.open_post", skip_all)]
pub async fn open_post(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    open: &OpenPost,
) -> Result<PostId, WriteError> {
    let lists = still(tx, occasion).await?;
    let mut refusals = Vec::new();
    open.check(&mut refusals);
    works(&lists, open.facility, open.from, &mut refusals);
    admitted(&lists, open.cadre, open.from, &mut refusals);
    if lists.places.facility(open.facility).is_some()
        && !reaches(occasion.actor, &lists, open.facility, open.cadre)
    {
        refusals.push(Objection::OutsideYourScope.at(&["facility"]));
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    let post = PostId::new();
    let state = State {
        from: open.from,
        until: None,
        cadre: open.cadre,
        title: open.title.clone(),
        standing: Standing::Open,
    };
    let opened = store::insert_post(tx, post, open, &state, occasion.act.as_ref()).await;
    opened.map_err(|error| match store::violated(&error) {
        Some(store::CODE) => Objection::CodeTaken(open.code.clone()).at(&["code"]).into(),
        _ => WriteError::Fault(error.into()),
    })?;
    let mut fields = described(None, &state);
    fields.note("code", Value::Null, json!(open.code));
    fields.note("facility", Value::Null, json!(open.facility.encode()));
    let mut change = fields.into_value(1);
    change["from"] = json!(open.from);
    let place = (open.facility, open.cadre);
    record(tx, occasion, Verb::OpenPost, post, place, &lists, change).await?;
    Ok(post)
}

/// Changes, freezes, reopens or closes a post from a day on; the post.
///
/// # Errors
/// All refusals at once; `Denied` without [`Permission::ConfigureEstablishment`].
#[tracing::instrument(name = "establishment.change_post", skip_all, fields(post.id = %change.post))]
pub async fn change_post(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    change: &ChangePost,
) -> Result<PostId, WriteError> {
    let lists = still(tx, occasion).await?;
    let history = locked(tx, occasion.actor, &lists, change.post).await?;
    let (subject, current) = (history.id.into(), Some(history.version));
    if let Some(conflict) = ledger::conflict(tx, subject, current, change.base_version).await? {
        return Err(Objection::Stale(conflict).at(&["baseVersion"]).into());
    }
    let state = change.decide(&history).map_err(WriteError::Refused)?;
    let before = &history.states[history.states.len() - 1];
    let mut refusals = Vec::new();
    if state.cadre != before.cadre {
        admitted(&lists, state.cadre, state.from, &mut refusals);
    }
    if matches!(change.turn, Turn::Reopen) {
        works(&lists, history.facility, state.from, &mut refusals);
        admitted(&lists, state.cadre, state.from, &mut refusals);
    }
    if refusals.is_empty() && !reaches(occasion.actor, &lists, history.facility, state.cadre) {
        refusals.push(Objection::OutsideYourScope.at(&["cadre"]));
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    store::turn_post(tx, history.id, &state, occasion.act.as_ref()).await?;
    let mut told = described(Some(before), &state).into_value(history.version + 1);
    told["from"] = json!(state.from);
    let verb = match change.turn {
        Turn::Change { .. } => Verb::ChangePost,
        Turn::Freeze => Verb::FreezePost,
        Turn::Reopen => Verb::ReopenPost,
        Turn::Close => Verb::ClosePost,
    };
    let place = (history.facility, state.cadre);
    record(tx, occasion, verb, history.id, place, &lists, told).await?;
    Ok(history.id)
}

/// Lets a posting fill a post, on all of its days; the post.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "establishment.assign", skip_all, fields(post.id = %post))]
pub async fn assign(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    posting: PostingId,
    post: PostId,
) -> Result<PostId, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let history = locked(tx, occasion.actor, &lists, post).await?;
    let found = workforce::find_posting(tx, occasion.actor, posting, occasion.today).await?;
    let (found, _) = found.ok_or_else(|| Objection::PostingNotFound.at(&["posting"]))?;
    history.admits(&found)?;
    let filled = workforce::fill(tx, occasion, posting, Some(post)).await;
    filled.map_err(of_the_record)?;
    held(tx, occasion, Verb::AssignPost, &history, &lists, posting).await?;
    Ok(post)
}

/// Lets a posting fill no post any more, on none of its days; the post that it filled.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "establishment.vacate", skip_all, fields(posting.id = %posting))]
pub async fn vacate(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    posting: PostingId,
) -> Result<PostId, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let filled = workforce::fill(tx, occasion, posting, None).await;
    let (_, post) = filled.map_err(|error| match error {
        // The caller named a posting, so it is the posting that does not exist for them.
        error if error.refuses(|it| matches!(it, workforce::Objection::WorkerNotFound)) => {
            Objection::PostingNotFound.at(&["posting"]).into()
        }
        other => of_the_record(other),
    })?;
    let post = post.ok_or_else(|| Fault::internal("a posting filled a post and none"))?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let history = store::lock_post(tx, post).await?;
    let history = history.ok_or_else(|| Fault::internal("a posting fills a post that is none"))?;
    held(tx, occasion, Verb::VacatePost, &history, &lists, posting).await?;
    Ok(post)
}

/// The lists, whose taxonomy nobody changes until the end of the transaction.
async fn still(tx: &mut Reader<'_>, occasion: &Occasion<'_>) -> Result<Lists, WriteError> {
    occasion.actor.may(Permission::ConfigureEstablishment)?;
    cadres::hold(tx).await?;
    Ok(Lists::current(tx, AsOf::now(occasion.today)).await?)
}

/// A post that the caller may see, which nobody else changes until the end of the transaction.
async fn locked(
    tx: &mut Reader<'_>,
    actor: &Actor,
    lists: &Lists,
    post: PostId,
) -> Result<History, WriteError> {
    let history = store::lock_post(tx, post).await?;
    let seen = history.filter(|history| {
        let mut states = history.states.iter();
        states.any(|it| reaches(actor, lists, history.facility, it.cadre))
    });
    Ok(seen.ok_or_else(|| Objection::PostNotFound.at(&["post"]))?)
}

fn reaches(actor: &Actor, lists: &Lists, facility: FacilityId, cadre: CadreId) -> bool {
    let facility = lists.places_today.facility(facility);
    let cadre = lists.cadres.get(cadre);
    facility.zip(cadre).is_some_and(|(facility, cadre)| {
        Reach::of(actor, lists).admits_place(facility.unit, cadre.sector)
    })
}

fn works(lists: &Lists, facility: FacilityId, from: Date, refusals: &mut Vec<Refusal>) {
    let path = &["facility"];
    match lists.places.facility(facility) {
        None => refusals.push(Objection::FacilityNotFound.at(path)),
        Some(it) if it.is_closed_on(from) => {
            refusals.push(Objection::FacilityClosed.at(path));
        }
        Some(it) if !it.is_open_on(from) => {
            refusals.push(Objection::FacilityNotOpen.at(path));
        }
        Some(_) => {}
    }
}

fn admitted(lists: &Lists, cadre: CadreId, from: Date, refusals: &mut Vec<Refusal>) {
    let path = &["cadre"];
    let Some(known) = lists.cadres.get(cadre) else {
        refusals.push(Objection::CadreNotFound.at(path));
        return;
    };
    let code = || known.code.clone();
    match lists.taxonomy.admits(cadre, from, None, false) {
        Ok(()) => {}
        Err(Unpostable::Group) => refusals.push(Objection::CadreIsAGroup(code()).at(path)),
        Err(Unpostable::NotInForce(..)) => {
            refusals.push(Objection::CadreNotInForce(code()).at(path));
        }
    }
}

fn described(before: Option<&State>, after: &State) -> Fields {
    let values = |state: &State| {
        [
            ("cadre", json!(state.cadre.encode())),
            ("title", json!(state.title)),
            ("status", json!(state.standing)),
        ]
    };
    let mut fields = Fields::default();
    fields.compare(before.map(values), values(after));
    fields
}

/// The post's own row of who fills it; the worker has another.
async fn held(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    history: &History,
    lists: &Lists,
    posting: PostingId,
) -> Result<(), Fault> {
    let (from, to) = match verb {
        Verb::AssignPost => (Value::Null, json!(posting.encode())),
        _ => (json!(posting.encode()), Value::Null),
    };
    let mut fields = Fields::default();
    fields.note("holder", from, to);
    let change = fields.into_value(history.version);
    let cadre = history.states.last().map(|it| it.cadre);
    let cadre = cadre.ok_or_else(|| Fault::internal("a post without a state"))?;
    let place = (history.facility, cadre);
    record(tx, occasion, verb, history.id, place, lists, change).await
}

async fn record(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    post: PostId,
    (facility, cadre): (FacilityId, CadreId),
    lists: &Lists,
    change: Value,
) -> Result<(), Fault> {
    let facility = lists.places_today.facility(facility);
    let standing = facility.zip(lists.cadres.get(cadre));
    let standing = standing.map(|(facility, cadre)| ledger::Standing {
        unit: facility.unit,
        sector: cadre.sector,
    });
    let entry = Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Post,
        subject: post.into(),
        before: standing,
        after: standing,
        act: occasion.act.clone(),
        change,
    };
    ledger::append(tx, occasion.actor, &[entry]).await
}

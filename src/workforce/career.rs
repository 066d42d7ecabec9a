//! Posting and ending a posting; `transfer.rs` goes from one to the next.

use super::change::Change;
use super::leave::{self, EndedService};
use super::record::locked;
use super::refusal::{Objection, Refusal, WriteError};
use super::{
    CareerFault, Lists, Posting, PostingKind, Reach, Status, Worker, departure, store, worker,
};
use crate::auth::{Actor, Permission};
use crate::cadres::{self, DEPARTURE_REASON, EMPLOYMENT_TYPE, Unpostable};
use crate::kernel::{AsOf, CadreId, Date, FacilityId, Instant, PostingId, Reason, WorkerId};
use crate::ledger::{self, ActReference, Entry, Standing, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Who acts, when, and by what legal act.
pub struct Occasion<'a> {
    pub actor: &'a Actor,
    pub now: Instant,
    /// The day in the country's time zone.
    pub today: Date,
    pub phone_region: &'a str,
    pub act: Option<ActReference>,
    /// It was written down without the network: what the caller themselves made of a record since they read it is known
    /// to them, whatever version that made.
    pub offline: bool,
}

/// A posting to begin.
#[derive(Clone, Debug)]
pub struct NewPosting {
    /// Of the client's making.
    pub id: Option<PostingId>,
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub employment_type: String,
    pub is_primary: bool,
    pub kind: PostingKind,
    pub salary_grade: Option<String>,
    pub starts_on: Date,
    pub supervisor: Option<FacilityId>,
}

#[derive(Clone, Debug)]
pub struct PostWorker {
    pub worker: WorkerId,
    pub posting: NewPosting,
    pub base_version: Option<i32>,
}

#[derive(Clone, Debug)]
pub struct EndPosting {
    pub posting: PostingId,
    /// The last day.
    pub ends_on: Date,
    pub reason: String,
    pub base_version: Option<i32>,
}

/// Posts a worker who holds no primary posting on the days concerned, or adds another duty.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.post", skip_all, fields(worker.id = %post.worker))]
pub async fn post(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    post: PostWorker,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let (old, lists) = locked(tx, occasion, post.worker, post.base_version).await?;
    let (posting, standing) = draft(
        old.id,
        &post.posting,
        &lists,
        &["posting"],
        Continues::default(),
    )
    .map_err(WriteError::Refused)?;
    if !Reach::of(occasion.actor, &lists).admits_place(standing.unit, standing.sector) {
        return Err(Objection::OutsideYourScope
            .at(&["posting", "facility"])
            .into());
    }
    // Who never was posted neither comes back nor has a posting of their own.
    let held = if old.status == Status::Unposted && posting.is_primary {
        Vec::new()
    } else {
        store::career(tx, old.id).await?
    };
    let stands = |it: &Posting| it.is_primary && it.is_in_force_on(posting.starts_on);
    if posting.kind != PostingKind::Substantive && !held.iter().any(stands) {
        let fault = Objection::Career(CareerFault::NotPosted);
        return Err(fault.at(&["posting", "startsOn"]).into());
    }
    let verb = if posting.is_primary && departure::returns(&held, posting.starts_on, &lists) {
        Verb::Return
    } else {
        Verb::Post
    };
    open(tx, &posting, &["posting", "startsOn"], &["posting", "id"]).await?;
    let mut change = Change::default();
    change.posting(None, &posting);
    finish(tx, occasion, verb, &old, change).await
}

/// Ends a posting with its last day and a reason.
///
/// # Errors
/// Its refusals; `Denied` without [`Permission::PostWorkers`].
#[tracing::instrument(name = "workforce.end_posting", skip_all, fields(posting.id = %end.posting))]
pub async fn end_posting(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    end: EndPosting,
) -> Result<Worker, WriteError> {
    occasion.actor.may(Permission::PostWorkers)?;
    cadres::hold(tx).await?;
    let not_found = || Objection::PostingNotFound.at(&["posting"]);
    let seen = (store::posting(tx, end.posting).await?).ok_or_else(not_found)?;
    let (old, lists) = match locked(tx, occasion, seen.worker, end.base_version).await {
        // The caller named a posting, so it is the posting that does not exist for them.
        Err(WriteError::Refused(refusals)) if is_not_found(&refusals) => {
            return Err(not_found().into());
        }
        other => other?,
    };
    // Read again under the lock: another caller may have ended it meanwhile.
    let posting = (store::posting(tx, end.posting).await?).ok_or_else(not_found)?;
    let reason = known_reason(&end.reason, end.ends_on, &lists)?;
    worker::can_end(&posting, end.ends_on).map_err(|fault| {
        let field = match fault {
            CareerFault::AlreadyEnded(_) => "posting",
            _ => "endsOn",
        };
        Objection::Career(fault).at(&[field])
    })?;
    store::end_posting(tx, posting.id, end.ends_on, &reason).await?;
    let ended = Posting {
        ends_on: Some(end.ends_on),
        end_reason: Some(reason),
        ..posting.clone()
    };
    let mut change = Change::default();
    change.posting(Some(&posting), &ended);
    finish(tx, occasion, Verb::EndPosting, &old, change).await
}

/// What a new posting has from the one before it: whoever is in a retired cadre, or on retired terms, may go on so.
#[derive(Clone, Copy, Default)]
pub(super) struct Continues {
    pub cadre: bool,
    pub terms: bool,
}

/// A new posting, checked against the lists; all that is wrong at once. Tells where the record then stands.
pub(super) fn draft(
    worker: WorkerId,
    new: &NewPosting,
    lists: &Lists,
    path: &[&'static str],
    continues: Continues,
) -> Result<(Posting, Standing), Vec<Refusal>> {
    let at = |field: &'static str, objection: Objection| objection.at(&[path, &[field]].concat());
    let mut refusals = Vec::new();
    let facility_field = if path.is_empty() { "to" } else { "facility" };
    let facility = lists.places.facility(new.facility);
    match facility {
        None => refusals.push(at(facility_field, Objection::FacilityNotFound)),
        Some(facility) => {
            if let Err(fault) = worker::can_serve_at(facility, new.starts_on) {
                refusals.push(at(facility_field, Objection::Career(fault)));
            }
        }
    }
    let cadre = lists.cadres.get(new.cadre);
    match cadre {
        None => refusals.push(at("cadre", Objection::CadreNotFound)),
        Some(cadre) => {
            let admitted = (lists.taxonomy).admits(cadre.id, new.starts_on, None, continues.cadre);
            if let Err(unpostable) = admitted {
                refusals.push(at("cadre", not_admitted(&cadre.code, unpostable)));
            }
        }
    }
    let terms = &new.employment_type;
    let known = if continues.terms {
        lists.codes.find(EMPLOYMENT_TYPE, terms)
    } else {
        (lists.codes).admitted(EMPLOYMENT_TYPE, terms, new.starts_on)
    };
    if known.is_none() {
        let unknown = Objection::UnknownEmploymentType(new.employment_type.clone());
        refusals.push(at("employmentType", unknown));
    }
    if new.kind != PostingKind::Substantive && new.is_primary {
        refusals.push(at("isPrimary", Objection::OnlyBesides));
    }
    if let (Some(cadre), Some(grade)) = (cadre, &new.salary_grade)
        && !cadre.salary_grades.contains(grade)
    {
        refusals.push(at(
            "salaryGrade",
            Objection::UnknownSalaryGrade(grade.clone()),
        ));
    }
    if (new.supervisor).is_some_and(|office| lists.places.facility(office).is_none()) {
        refusals.push(at("supervisor", Objection::SupervisorNotFound));
    }
    let (Some(facility), Some(cadre), []) = (facility, cadre, &refusals[..]) else {
        return Err(refusals);
    };
    let posting = Posting {
        id: new.id.unwrap_or_else(PostingId::new),
        worker,
        facility: facility.id,
        cadre: cadre.id,
        employment_type: new.employment_type.clone(),
        is_primary: new.is_primary,
        kind: new.kind,
        salary_grade: new.salary_grade.clone(),
        starts_on: new.starts_on,
        ends_on: None,
        end_reason: None,
        supervisor: new.supervisor,
    };
    let standing = Standing {
        unit: facility.unit,
        sector: cadre.sector,
    };
    Ok((posting, standing))
}

/// Why a cadre takes nobody.
pub(super) fn not_admitted(code: &str, unpostable: Unpostable) -> Objection {
    match unpostable {
        Unpostable::Group => Objection::CadreIsAGroup(code.to_owned()),
        Unpostable::NotInForce(..) => Objection::CadreNotInForce(code.to_owned()),
    }
}

/// Writes a new posting; the database has the last word on overlaps, and on an id that is another's.
pub(super) async fn open(
    tx: &mut Reader<'_>,
    posting: &Posting,
    starts: &[&'static str],
    id: &[&'static str],
) -> Result<(), WriteError> {
    store::insert_posting(tx, posting)
        .await
        .map_err(|error| match store::violated(&error) {
            Some(store::OVERLAPS) => Objection::Overlaps.at(starts).into(),
            Some(store::POSTING_ID) => Objection::IdTaken.at(id).into(),
            _ => WriteError::Fault(error.into()),
        })
}

/// Moves the record to where its latest primary posting is, raises its version, and writes the ledger.
pub(super) async fn finish(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    old: &Worker,
    change: Change,
) -> Result<Worker, WriteError> {
    let stays = old.standing();
    finish_at(tx, occasion, verb, (old, stays), change).await
}

/// The same; a record without a primary posting goes to where it is said to stand.
pub(super) async fn finish_at(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    done: (&Worker, Standing),
    change: Change,
) -> Result<Worker, WriteError> {
    let (worker, entries) = finished_at(tx, occasion, verb, done, change).await?;
    ledger::append(tx, occasion.actor, &entries).await?;
    Ok(worker)
}

/// The same, but that what the ledger is to say of it is not said yet.
pub(super) async fn finished_at(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    verb: Verb,
    (old, otherwise): (&Worker, Standing),
    change: Change,
) -> Result<(Worker, Vec<Entry>), WriteError> {
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let postings = store::postings(tx, &[old.id]).await?;
    let postings = postings.get(&old.id).map_or(&[][..], Vec::as_slice);
    let before = old.standing();
    let latest = postings.iter().find(|posting| posting.is_primary);
    let after = latest
        .and_then(|it| {
            let unit = lists.places.facility(it.facility)?.unit;
            let sector = lists.cadres.get(it.cadre)?.sector;
            Some(Standing { unit, sector })
        })
        .unwrap_or(otherwise);
    store::bump(tx, old.id, after.unit, after.sector).await?;
    store::keep_facts(tx, &[old.id]).await?;
    let version = old.version + 1;
    let entry = Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::Worker,
        subject: old.id.into(),
        before: Some(before),
        after: Some(after),
        act: occasion.act.clone(),
        change: change.into_value(version),
    };
    let mut entries = vec![entry];
    if let (Verb::Exit | Verb::EndPosting, Some(last_day)) = (verb, last_day(postings)) {
        let ended = EndedService {
            worker: old.id,
            standing: before,
            last_day,
        };
        entries.extend(leave::end_with_service(tx, occasion, verb, &[ended]).await?);
    }
    let today = occasion.today;
    let posting = postings
        .iter()
        .find(|it| it.is_primary && it.is_in_force_on(today));
    let worker = Worker {
        unit: after.unit,
        sector: after.sector,
        version,
        status: status(postings, today),
        posting: posting.cloned(),
        ..old.clone()
    };
    Ok((worker, entries))
}

/// The last day in post, when it is known.
pub(super) fn last_day(postings: &[Posting]) -> Option<Date> {
    let ends: Option<Vec<Date>> = postings.iter().map(|it| it.ends_on).collect();
    ends?.into_iter().max()
}

fn status(postings: &[Posting], day: Date) -> Status {
    if postings.iter().any(|it| it.is_in_force_on(day)) {
        Status::Active
    } else if postings.iter().any(|it| it.starts_on <= day) {
        Status::Former
    } else {
        Status::Unposted
    }
}

pub(super) fn known_reason(reason: &str, day: Date, lists: &Lists) -> Result<String, Refusal> {
    match lists.codes.admitted(DEPARTURE_REASON, reason, day) {
        Some(entry) => Ok(entry.code.clone()),
        None => Err(Objection::UnknownReason(reason.to_owned()).at(&["reason"])),
    }
}

pub(super) fn is_not_found(refusals: &[Refusal]) -> bool {
    refusals
        .iter()
        .any(|it| matches!(it.objection, Objection::WorkerNotFound))
}

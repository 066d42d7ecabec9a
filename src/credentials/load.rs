//! Bulk recording: what some thousand people have passed, and what councils say of them, in a handful of statements.

use std::collections::HashMap;

use serde_json::Value;

use super::licence::{Entry, Licence, Registration, Term, is_date};
use super::licensing::taken;
use super::qualification::{Passed, Qualification};
use super::refusal::{Objection, Refusal, WriteError, of_the_record};
use super::store;
use crate::auth::Permission;
use crate::cadres;
use crate::kernel::{Date, LicenceId, QualificationId, Reason, RegistrationId, WorkerId};
use crate::ledger::{Fields, Verb};
use crate::tenancy::Reader;
use crate::workforce::{self, Lists, Occasion, Worker};

/// What somebody has, to be recorded at once.
#[derive(Clone, Debug)]
pub struct Holdings {
    pub worker: WorkerId,
    pub qualifications: Vec<Passed>,
    /// On whose registers they are, and since when.
    pub registrations: Vec<(Entry, Date)>,
    /// What they may practise, for a first term each.
    pub licences: Vec<(Entry, Term)>,
}

/// The same as it is written.
#[derive(Default)]
struct Batch {
    qualifications: Vec<Qualification>,
    registrations: Vec<Registration>,
    licences: Vec<Licence>,
    changes: Vec<(Worker, Vec<(Verb, Fields)>)>,
}

/// Records what a batch of some thousand people have, each of them once: as if everything had been recorded by itself, but
/// for the ledger, which has one entry for somebody's qualifications, one for their registrations and one for their licences.
///
/// # Errors
/// All refusals at once, by the place of the person in the batch; `Denied` without [`Permission::RecordCredentials`]. The
/// transaction is then to be undone.
#[tracing::instrument(name = "credentials.load", skip_all)]
pub async fn load(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    people: Vec<Holdings>,
) -> Result<(), WriteError> {
    occasion.actor.may(Permission::RecordCredentials)?;
    cadres::hold(tx).await?;
    let ids: Vec<WorkerId> = people.iter().map(|it| it.worker).collect();
    let held = workforce::locked_all(tx, occasion, &ids).await;
    let (workers, lists) = held.map_err(of_the_record)?;
    let mut workers: HashMap<WorkerId, Worker> =
        workers.into_iter().map(|it| (it.id, it)).collect();
    let mut batch = Batch::default();
    let mut refusals = Vec::new();
    for (place, holdings) in people.into_iter().enumerate() {
        let mut found = Vec::new();
        match workers.remove(&holdings.worker) {
            Some(worker) => {
                holdings.check(occasion, &lists, &mut found);
                batch.add(occasion, worker, holdings);
            }
            None => found
                .push(Objection::OfTheRecord(workforce::Objection::WorkerNotFound).at(&["worker"])),
        }
        refusals.extend(found.into_iter().map(|it| it.below(&place.to_string())));
    }
    if !refusals.is_empty() {
        return Err(WriteError::Refused(refusals));
    }
    store::insert_qualifications(tx, &batch.qualifications).await?;
    let written = store::insert_registrations(tx, &batch.registrations).await;
    written.map_err(taken)?;
    let written = store::insert_licences(tx, &batch.licences).await;
    written.map_err(taken)?;
    workforce::amend_each(tx, occasion, batch.changes).await?;
    Ok(())
}

impl Holdings {
    fn check(&self, occasion: &Occasion<'_>, lists: &Lists, refusals: &mut Vec<Refusal>) {
        for passed in &self.qualifications {
            passed.check(lists, occasion.today, None, refusals);
        }
        for (entry, registered_on) in &self.registrations {
            entry.check(lists, refusals);
            if !is_date(*registered_on) {
                refusals.push(Objection::InvalidDate.at(&["registeredOn"]));
            }
        }
        for (entry, term) in &self.licences {
            entry.check(lists, refusals);
            term.check(refusals);
        }
    }
}

impl Batch {
    fn add(&mut self, occasion: &Occasion<'_>, worker: Worker, holdings: Holdings) {
        let id = worker.id;
        let [mut passed, mut registered, mut licensed] = [(); 3].map(|()| Fields::default());
        for it in holdings.qualifications {
            let it = Qualification {
                id: QualificationId::new(),
                worker: id,
                passed: it,
                act: occasion.act.clone(),
            };
            passed.note(it.field(), Value::Null, it.describe());
            self.qualifications.push(it);
        }
        for (entry, registered_on) in holdings.registrations {
            let it = Registration {
                id: RegistrationId::new(),
                worker: id,
                entry,
                registered_on,
                act: occasion.act.clone(),
            };
            registered.note(it.field(), Value::Null, it.describe());
            self.registrations.push(it);
        }
        for (entry, term) in holdings.licences {
            let it = Licence {
                id: LicenceId::new(),
                worker: id,
                entry,
                terms: vec![Term {
                    act: occasion.act.clone(),
                    ..term
                }],
                decisions: Vec::new(),
            };
            licensed.note(it.field(), Value::Null, it.describe());
            self.licences.push(it);
        }
        let done = vec![
            (Verb::RecordQualification, passed),
            (Verb::RecordRegistration, registered),
            (Verb::IssueLicence, licensed),
        ];
        self.changes.push((worker, done));
    }
}

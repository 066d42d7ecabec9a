//! Merging a register that comes from elsewhere into this one: whoever is new is registered, whoever is known is
//! brought up to date, and a line that is wrong stands alone. The same lines once more change nothing.

mod answers;
mod besides;
mod draft;
mod line;
mod person;
mod store;
mod words;

use std::collections::HashMap;

pub use line::{Line, LineAnswer, LineContact, LineParticulars, LinePosting, Outcome};

use self::answers::{Answers, admits};
use self::draft::{Draft, draft};
use self::person::Person;
use self::words::Words;
use super::career::{Occasion, last_day};
use super::change::Change;
use super::check::Patterns;
use super::leave::{self, EndedService};
use super::load;
use super::refusal::{Objection, Refusal};
use super::{FieldGroup, Lists, NewWorker, Particulars, Reach, particulars};
use crate::auth::Permission;
use crate::cadres;
use crate::kernel::{AsOf, ReadError, Reason, WorkerId};
use crate::ledger::{self, Entry, SubjectKind, Verb};
use crate::tenancy::Reader;

/// Whether a merge is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earnest {
    Write,
    /// The transaction will be undone: the ledger is left out, since its head would keep every other writer waiting.
    Rehearse,
}

/// Merges some thousand lines in one transaction; tells of each what became of it, in their order.
///
/// # Errors
/// `Denied` without [`Permission::ImportWorkers`]; a fault, also when another writer took an identifier or a day
/// meanwhile ([`Fault::is_clash`](crate::kernel::Fault::is_clash)): the transaction is then to be undone, and may be
/// tried again.
#[tracing::instrument(name = "workforce.merge", skip_all)]
pub async fn merge(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    lines: Vec<Line>,
    earnest: Earnest,
) -> Result<Vec<(u64, Outcome)>, ReadError> {
    occasion.actor.may(Permission::ImportWorkers)?;
    cadres::hold(tx).await?;
    let lists = Lists::current(tx, AsOf::now(occasion.today)).await?;
    let words = Words::of(&lists);
    let mut patterns = Patterns::default();
    let drafts: Vec<(u64, Result<Draft, Vec<Refusal>>)> = lines
        .into_iter()
        .map(|line| (line.row, draft(line, &words, &mut patterns, occasion)))
        .collect();
    let sound: Vec<&Draft> = (drafts.iter())
        .filter_map(|(_, draft)| draft.as_ref().ok())
        .collect();
    let mut people = People::known(tx, &sound).await?;
    let known = people.all.iter().map(|it| &it.now);
    people.answers = Answers::known(tx, occasion, &sound, known, earnest).await?;
    let reach = Reach::of(occasion.actor, &lists);
    let mut outcomes = Vec::with_capacity(drafts.len());
    for (row, draft) in drafts {
        let outcome = match draft.and_then(|it| people.merge(&it, &lists, &reach, occasion)) {
            Ok(outcome) => outcome,
            Err(refusals) => Outcome::Refused(refusals),
        };
        outcomes.push((row, outcome));
    }
    people.write(tx, occasion, &lists, earnest).await?;
    Ok(outcomes)
}

/// The people that a batch of lines is about.
struct People {
    all: Vec<Merged>,
    by_id: HashMap<WorkerId, usize>,
    /// Whose each identifier is, by type and compared form; those of the register and those of earlier lines.
    by_identifier: HashMap<(String, String), usize>,
    /// Who bears a name and was born on a day: all on the register, and those of earlier lines.
    by_name: HashMap<Alike, Vec<usize>>,
    answers: Answers,
}

/// Who cannot be told apart without an identifier.
type Alike = (String, crate::kernel::Date);

struct Merged {
    before: Option<Person>,
    now: Person,
}

impl People {
    /// Everybody on the register whom the lines may be about, locked until the end of the transaction.
    async fn known(tx: &mut Reader<'_>, drafts: &[&Draft]) -> Result<Self, ReadError> {
        let known = store::known(tx, drafts).await?;
        let mut people = Self {
            all: Vec::with_capacity(drafts.len()),
            by_id: HashMap::with_capacity(drafts.len()),
            by_identifier: HashMap::with_capacity(drafts.len()),
            by_name: HashMap::new(),
            answers: Answers::default(),
        };
        for person in known {
            let at = people.all.len();
            people.index(at, &person);
            people.all.push(Merged {
                before: Some(person.clone()),
                now: person,
            });
        }
        Ok(people)
    }

    fn index(&mut self, at: usize, person: &Person) {
        self.by_id.insert(person.id, at);
        for identifier in &person.identifiers {
            let key = (identifier.type_code.clone(), identifier.key());
            self.by_identifier.insert(key, at);
        }
        if let (Some(name), Some(born)) = (&person.name, person.birth_date) {
            let alike = self.by_name.entry((name.key(), born)).or_default();
            if !alike.contains(&at) {
                alike.push(at);
            }
        }
    }

    /// Merges one line.
    fn merge(
        &mut self,
        line: &Draft,
        lists: &Lists,
        reach: &Reach,
        occasion: &Occasion<'_>,
    ) -> Result<Outcome, Vec<Refusal>> {
        let at = self.find(line).map_err(|refusal| vec![refusal])?;
        let fresh;
        let standing = if let Some(at) = at {
            &self.all[at].now
        } else {
            fresh = Person::new(line.worker.unwrap_or_else(WorkerId::new));
            &fresh
        };
        if !admits(reach, standing) {
            return Err(vec![Objection::OutsideYourScope.at(&[])]);
        }
        let next = standing.with(line, lists, occasion)?;
        let refused = needs_two(standing, &next, lists);
        if !refused.is_empty() {
            return Err(refused);
        }
        if !admits(reach, &next) {
            return Err(vec![
                Objection::OutsideYourScope.at(&["posting", "facility"]),
            ]);
        }
        let answers = self.answers.amended(line, &next, lists, occasion)?;
        let is_new = next.version == 0;
        let changes = next != *standing || !answers.is_empty();
        for replaced in &standing.identifiers {
            if !next.identifiers.contains(replaced) {
                let key = (replaced.type_code.clone(), replaced.key());
                self.by_identifier.remove(&key);
            }
        }
        self.answers.take(answers);
        let at = at.unwrap_or(self.all.len());
        self.index(at, &next);
        match self.all.get_mut(at) {
            Some(merged) => merged.now = next,
            None => self.all.push(Merged {
                before: None,
                now: next,
            }),
        }
        Ok(match (is_new, changes) {
            (true, _) => Outcome::Accepted,
            (false, true) => Outcome::Changed,
            (false, false) => Outcome::Unchanged,
        })
    }

    /// Whom a line is about; `None` for somebody new.
    fn find(&self, line: &Draft) -> Result<Option<usize>, Refusal> {
        let by_id = line.worker.and_then(|id| self.by_id.get(&id));
        let mut found = by_id.copied();
        for identifier in &line.identifiers {
            let key = (identifier.type_code.clone(), identifier.key());
            match (found, self.by_identifier.get(&key)) {
                (Some(one), Some(other)) if one != *other => {
                    return Err(Objection::IdentifierTaken.at(&["identifiers"]));
                }
                (None, Some(_)) if line.worker.is_some() => {
                    return Err(Objection::IdentifierTaken.at(&["identifiers"]));
                }
                (_, Some(other)) => found = Some(*other),
                (_, None) => {}
            }
        }
        if found.is_some() || line.worker.is_some() || !line.identifiers.is_empty() {
            return Ok(found);
        }
        let Some(alike) = line.alike() else {
            return Err(Objection::NobodyNamed.at(&[]));
        };
        match self.by_name.get(&alike).map_or(&[][..], Vec::as_slice) {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            _ => {
                let name = line.family_name.clone().unwrap_or_default();
                Err(Objection::Ambiguous(name).at(&["familyName"]))
            }
        }
    }

    /// Writes what has changed: everybody new, everybody else, and last the ledger.
    async fn write(
        self,
        tx: &mut Reader<'_>,
        occasion: &Occasion<'_>,
        lists: &Lists,
        earnest: Earnest,
    ) -> Result<(), ReadError> {
        let changed: Vec<Merged> = (self.all.into_iter())
            .filter(|it| it.before.as_ref() != Some(&it.now))
            .collect();
        let new: Vec<NewWorker> = (changed.iter())
            .filter(|it| it.before.is_none())
            .filter_map(|it| it.now.clone().registered())
            .collect();
        let known: Vec<(&Person, &Person)> = (changed.iter())
            .filter_map(|it| Some((it.before.as_ref()?, &it.now)))
            .collect();
        // First whoever is known: a number may pass from one of them to somebody new.
        store::update(tx, &known).await?;
        load::write(tx, &new).await?;
        let nothing = Particulars::default();
        let said: Vec<(WorkerId, &Particulars, &Particulars)> = (changed.iter())
            .map(|it| {
                let before = it.before.as_ref().map_or(&nothing, |it| &it.particulars);
                (it.now.id, before, &it.now.particulars)
            })
            .collect();
        particulars::save_all(tx, &said).await?;
        self.answers.write(tx, lists, earnest).await?;
        if earnest == Earnest::Rehearse {
            return Ok(());
        }
        let over: Vec<EndedService> = changed.iter().filter_map(Merged::ended_service).collect();
        let leaves = leave::end_with_service(tx, occasion, Verb::EndPosting, &over).await?;
        let people = changed.iter().filter_map(|it| it.entry(occasion));
        let entries = people.chain(leaves).chain(self.answers.entries(occasion));
        let entries: Vec<Entry> = entries.collect();
        ledger::append(tx, occasion.actor, &entries).await?;
        Ok(())
    }
}

/// The fields of somebody on the register that a file alone cannot change.
fn needs_two(known: &Person, next: &Person, lists: &Lists) -> Vec<Refusal> {
    let differ = [
        (FieldGroup::Names, known.name != next.name, "familyName"),
        (FieldGroup::Birth, known.sex != next.sex, "sex"),
        (
            FieldGroup::Birth,
            known.birth_date != next.birth_date,
            "birthDate",
        ),
        (
            FieldGroup::Identifiers,
            known.identifiers != next.identifiers,
            "identifiers",
        ),
        (
            FieldGroup::Contacts,
            known.contacts != next.contacts,
            "contacts",
        ),
    ];
    let is_new = known.version == 0;
    let refused = differ
        .into_iter()
        .filter(|(group, differs, _)| *differs && !is_new && lists.approvals.guards(*group));
    refused
        .map(|(_, _, field)| Objection::NeedsSecondPerson.at(&[field]))
        .collect()
}

impl Draft {
    /// What tells people without identifier apart: name and birth date.
    fn alike(&self) -> Option<Alike> {
        let family = self.family_name.as_deref().unwrap_or_default();
        let given = self.given_names.as_deref().unwrap_or_default();
        let name = super::PersonName::try_new(family, given)?;
        Some((name.key(), self.birth_date?))
    }
}

impl Person {
    fn registered(self) -> Option<NewWorker> {
        let standing = self.standing?;
        Some(NewWorker {
            id: self.id,
            name: self.name?,
            sex: self.sex,
            birth_date: self.birth_date,
            unit: standing.unit,
            sector: standing.sector,
            identifiers: self.identifiers,
            contacts: self.contacts,
            postings: self.postings,
        })
    }
}

impl Merged {
    /// The service of somebody known, when it is over by now and was not, or ended later.
    fn ended_service(&self) -> Option<EndedService> {
        let before = last_day(&self.before.as_ref()?.postings);
        let last_day = last_day(&self.now.postings)?;
        let is_sooner = before.is_none_or(|before| last_day < before);
        is_sooner.then_some(EndedService {
            worker: self.now.id,
            standing: self.now.standing?,
            last_day,
        })
    }

    /// What the ledger says of it, named after the most that happened.
    fn entry(&self, occasion: &Occasion<'_>) -> Option<Entry> {
        let (before, now) = (self.before.as_ref(), &self.now);
        let mut change = Change::default();
        let name = now.name.as_ref()?;
        let person = before.and_then(|it| Some((it.name.as_ref()?, it.sex, it.birth_date)));
        change.person(person, (name, now.sex, now.birth_date));
        change.identifiers(before.map_or(&[], |it| &it.identifiers), &now.identifiers);
        change.contacts(before.map_or(&[], |it| &it.contacts), &now.contacts);
        let known = before.map(|it| it.particulars.clone()).unwrap_or_default();
        change.particulars(&known, &now.particulars);
        let corrected = !change.is_empty();
        let mut ended = false;
        for posting in &now.postings {
            let was = before.and_then(|it| it.postings.iter().find(|was| was.id == posting.id));
            ended |= was.is_some_and(|it| it.ends_on.is_none() && posting.ends_on.is_some());
            if was != Some(posting) {
                change.posting(was, posting);
            }
        }
        let posted = before.is_some_and(|it| it.postings.len() < now.postings.len());
        let verb = match (before, corrected, posted, ended) {
            (None, ..) => Verb::Register,
            (_, true, ..) | (_, _, false, false) => Verb::Correct,
            (_, _, true, true) => Verb::Transfer,
            (_, _, true, false) => Verb::Post,
            (_, _, false, true) => Verb::EndPosting,
        };
        Some(Entry {
            at: occasion.now,
            verb,
            subject_kind: SubjectKind::Worker,
            subject: now.id.into(),
            before: before.and_then(|it| it.standing),
            after: now.standing,
            act: occasion.act.clone(),
            change: change.into_value(now.version + 1),
        })
    }
}

//! What becomes of a record by a correction: checked, weighed against what others made of it meanwhile, and without what
//! needs a second person. No SQL.

use serde::Serialize;
use serde_json::{Value, json};

use super::approvals::{ApprovalPolicy, FieldChange, FieldGroup};
use super::career::Occasion;
use super::change::{described_identifiers, described_person};
use super::check::{
    MANY, Patterns, birth_date, contacts, identifiers, name, sort_contacts, sort_identifiers,
};
use super::conflicts::{Clash, Since};
use super::correction::CorrectWorker;
use super::refusal::{Objection, Refusal};
use super::{Contact, Identifier, Lists, PersonName, Worker};
use crate::kernel::Reason;

/// A record as it stands, with the lists that a correction may replace.
pub(super) struct Standard<'a> {
    pub worker: &'a Worker,
    pub identifiers: Vec<Identifier>,
    pub contacts: Vec<Contact>,
}

/// What a record is to be.
pub(super) struct Settled {
    pub worker: Worker,
    pub identifiers: Option<Vec<Identifier>>,
    pub contacts: Option<Vec<Contact>>,
    pub clashes: Vec<Clash>,
}

impl Standard<'_> {
    /// All that a correction can touch, field by field, as the ledger would tell it.
    pub(super) fn described(&self) -> [(&'static str, Value); 6] {
        described(self.worker, &self.identifiers, &self.contacts)
    }
}

fn described(
    worker: &Worker,
    identifiers: &[Identifier],
    contacts: &[Contact],
) -> [(&'static str, Value); 6] {
    let person = (&worker.name, worker.sex, worker.birth_date);
    let [family, given, sex, born] = described_person(person);
    let identifiers = ("identifiers", described_identifiers(identifiers));
    [
        family,
        given,
        sex,
        born,
        identifiers,
        ("contacts", json!(contacts)),
    ]
}

impl Settled {
    /// Leaves as they are the groups of fields that need a second person; what they were to be.
    pub(super) fn hold_back(
        &mut self,
        old: &Standard<'_>,
        policy: &ApprovalPolicy,
    ) -> Vec<FieldChange> {
        let identifiers = self.identifiers.as_ref().unwrap_or(&old.identifiers);
        let contacts = self.contacts.as_ref().unwrap_or(&old.contacts);
        let wanted = described(&self.worker, identifiers, contacts);
        let is_guarded = |field: &str| FieldGroup::of(field).is_some_and(|it| policy.guards(it));
        let pairs = old.described().into_iter().zip(wanted);
        let held = pairs.filter(|((field, from), (_, to))| from != to && is_guarded(field));
        let held = held.map(|((field, from), (_, to))| FieldChange {
            field: field.to_owned(),
            from,
            to,
        });
        let held = held.collect();
        let (own, was) = (&mut self.worker, old.worker);
        if policy.guards(FieldGroup::Names) {
            own.name = was.name.clone();
        }
        if policy.guards(FieldGroup::Birth) {
            (own.sex, own.birth_date) = (was.sex, was.birth_date);
        }
        if policy.guards(FieldGroup::Identifiers) {
            self.identifiers = None;
        }
        if policy.guards(FieldGroup::Contacts) {
            self.contacts = None;
        }
        held
    }
}

/// What a record is to be, or all that is wrong with it.
pub(super) fn settle(
    old: &Standard<'_>,
    occasion: &Occasion<'_>,
    lists: &Lists,
    correction: CorrectWorker,
    since: Option<&Since<'_>>,
) -> Result<Settled, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let was = old.worker;
    let family = correction.family_name.as_deref();
    let given = correction.given_names.as_deref();
    let wanted = name(
        family.unwrap_or(&was.name.family),
        given.unwrap_or(&was.name.given),
        &mut refusals,
    );
    let born = correction.birth_date.unwrap_or(was.birth_date);
    birth_date(born, occasion.today, &mut refusals);
    let mut patterns = Patterns::default();
    let checked_identifiers = correction.identifiers.map(|new| {
        let known = Some((occasion.today, &old.identifiers[..]));
        identifiers(new, known, lists, &mut patterns, &mut refusals)
    });
    let checked_contacts =
        (correction.contacts).map(|new| contacts(new, occasion.phone_region, &mut refusals));
    let (Some(wanted), []) = (wanted, &refusals[..]) else {
        return Err(refusals);
    };
    let mut weighing = Weighing {
        since,
        clashes: Vec::new(),
    };
    let sex = correction.sex.unwrap_or(was.sex);
    let worker = Worker {
        name: PersonName {
            family: weighing.value("familyName", &was.name.family, wanted.family),
            given: weighing.value("givenNames", &was.name.given, wanted.given),
        },
        sex: weighing.value("sex", &was.sex, sex),
        birth_date: weighing.value("birthDate", &was.birth_date, born),
        version: was.version + 1,
        ..was.clone()
    };
    let identifiers = checked_identifiers.map(|it| weighing.identifiers(&old.identifiers, it));
    let contacts = checked_contacts.map(|it| weighing.contacts(&old.contacts, it));
    let counts = [
        ("identifiers", identifiers.as_ref().map(Vec::len)),
        ("contacts", contacts.as_ref().map(Vec::len)),
    ];
    for (field, _) in counts.iter().filter(|(_, len)| *len > Some(MANY)) {
        refusals.push(Objection::TooMany(MANY).at(&[*field]));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(Settled {
        worker,
        identifiers,
        contacts,
        clashes: weighing.clashes,
    })
}

/// What somebody wants, weighed against what others made of it since.
struct Weighing<'a> {
    /// `None`: the record is as they saw it.
    since: Option<&'a Since<'a>>,
    clashes: Vec<Clash>,
}

impl Weighing<'_> {
    fn value<T: Serialize + Clone>(&mut self, field: &str, current: &T, mine: T) -> T {
        let Some(since) = self.since else {
            return mine;
        };
        match since.value(field, &json!(current), &json!(mine)) {
            Ok(()) => mine,
            Err(clash) => {
                self.clashes.extend(clash.map(|it| *it));
                current.clone()
            }
        }
    }

    fn identifiers(&mut self, current: &[Identifier], mine: Vec<Identifier>) -> Vec<Identifier> {
        let Some(since) = self.since else {
            return mine;
        };
        let (mut merged, clashes) = since.identifiers(current, mine);
        self.clashes.extend(clashes);
        sort_identifiers(&mut merged);
        merged
    }

    fn contacts(&self, current: &[Contact], mine: Vec<Contact>) -> Vec<Contact> {
        let Some(since) = self.since else {
            return mine;
        };
        let mut merged = since.contacts(current, mine);
        sort_contacts(&mut merged);
        merged
    }
}

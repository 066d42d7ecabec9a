//! Who a person is, of whom there are two records. No SQL, no clock.

use serde::{Deserialize, Serialize};

use crate::kernel::Date;
use crate::workforce::{ApprovalPolicy, FieldGroup, PersonName, Sex, Worker};

/// What the kept record can take from the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Name,
    Sex,
    BirthDate,
}

/// Who a person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    pub name: PersonName,
    pub sex: Sex,
    pub birth_date: Option<Date>,
}

impl Person {
    pub(super) fn of(worker: &Worker) -> Self {
        Self {
            name: worker.name.clone(),
            sex: worker.sex,
            birth_date: worker.birth_date,
        }
    }

    /// The kept person, with what is taken from the other, and what only the other had.
    pub(super) fn with(&self, other: &Self, take: &[Taken]) -> Self {
        let takes = |it| take.contains(&it);
        Self {
            name: if takes(Taken::Name) { other } else { self }.name.clone(),
            sex: if takes(Taken::Sex) || self.sex == Sex::Unknown {
                other.sex
            } else {
                self.sex
            },
            birth_date: if takes(Taken::BirthDate) {
                other.birth_date.or(self.birth_date)
            } else {
                self.birth_date.or(other.birth_date)
            },
        }
    }

    /// Now, with what a merge had changed as it was before; what was corrected since stays.
    pub(super) fn without(&self, before: &Self, after: &Self) -> Self {
        Self {
            name: if self.name == after.name {
                before
            } else {
                self
            }
            .name
            .clone(),
            sex: if self.sex == after.sex { before } else { self }.sex,
            birth_date: if self.birth_date == after.birth_date {
                before.birth_date
            } else {
                self.birth_date
            },
        }
    }

    pub(super) fn on(&self, worker: &Worker) -> Worker {
        Worker {
            name: self.name.clone(),
            sex: self.sex,
            birth_date: self.birth_date,
            ..worker.clone()
        }
    }
}

/// Whether what is to be taken changes what needs a second person.
pub(super) fn needs_two(
    kept: &Person,
    other: &Person,
    take: &[Taken],
    policy: &ApprovalPolicy,
) -> bool {
    let changes = |taken: &Taken| match taken {
        Taken::Name => (FieldGroup::Names, kept.name != other.name),
        Taken::Sex => (FieldGroup::Birth, kept.sex != other.sex),
        Taken::BirthDate => (FieldGroup::Birth, kept.birth_date != other.birth_date),
    };
    take.iter()
        .map(changes)
        .any(|(group, differs)| differs && policy.guards(group))
}

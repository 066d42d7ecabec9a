//! Particulars of people on the wire. Whoever may not read them gets none, so their own fields carry no guard.

mod codes;
mod inputs;

use async_graphql::{Context, Object, Result, SimpleObject};

pub use codes::SaveParticularsErrorCode;
pub(super) use inputs::SaveParticularsInput;

use super::changes::Conflict;
use super::deed::perform;
use super::mutations::wire;
use super::worker::Worker;
use crate::cadres::graphql::CodeListEntry;
use crate::cadres::{MARITAL_STATUS, RELATION};
use crate::graphql::{Day, UserErrorOf};
use crate::places::graphql::OrgUnit;
use crate::workforce::{self, Lists};

pub struct Particulars {
    known: workforce::Particulars,
    lists: Lists,
}

/// Somebody who belongs to a worker.
#[derive(SimpleObject)]
pub struct Relative {
    /// The whole name.
    name: String,
    /// What they are to the worker.
    relation: Option<CodeListEntry>,
    /// The birth date.
    birth_date: Option<Day>,
    /// A telephone number, in E.164 form.
    phone: Option<String>,
    /// Whether the worker keeps them.
    is_dependant: bool,
    /// Whether they are to be called when something has happened to the worker.
    is_emergency_contact: bool,
}

/// Work outside of what the register knows of.
#[derive(SimpleObject)]
pub struct PastEmployment {
    /// For whom.
    employer: String,
    /// As what.
    occupation: String,
    /// The first day.
    starts_on: Day,
    /// The last day; absent: it is not known.
    ends_on: Option<Day>,
    /// Why it ended.
    why_left: Option<String>,
}

impl Particulars {
    #[must_use]
    pub fn new(known: workforce::Particulars, lists: Lists) -> Self {
        Self { known, lists }
    }
}

/// Who a person is besides name, sex and birth date.
#[Object]
impl Particulars {
    /// What stands before the name: Dr, Sr.
    async fn name_prefix(&self) -> Option<&str> {
        self.known.name_prefix.as_deref()
    }

    /// What stands behind the name.
    async fn name_suffix(&self) -> Option<&str> {
        self.known.name_suffix.as_deref()
    }

    /// The country whose national the person is, by ISO 3166-1.
    async fn nationality(&self) -> Option<&str> {
        self.known.nationality.as_deref()
    }

    /// The country where the person was born, by ISO 3166-1.
    async fn birth_country(&self) -> Option<&str> {
        self.known.birth_country.as_deref()
    }

    /// Single, married, widowed…
    async fn marital_status(&self) -> Option<CodeListEntry> {
        let code = self.known.marital_status.as_ref()?;
        CodeListEntry::find(&self.lists.codes, MARITAL_STATUS, code)
    }

    /// The smallest org unit that the person is known to live in.
    async fn residence(&self) -> Option<OrgUnit> {
        OrgUnit::find(
            &self.lists.gazetteer,
            &self.lists.places,
            self.known.residence?,
        )
    }

    /// Where the person lives.
    async fn address(&self) -> Option<&str> {
        self.known.address.as_deref()
    }

    /// What the person speaks, by ISO 639, the language to write to them in first.
    async fn languages(&self) -> &[String] {
        &self.known.languages
    }

    /// Who belongs to the worker, in the order in which they were named.
    async fn relatives(&self) -> Vec<Relative> {
        let relatives = self.known.relatives.iter().map(|it| Relative {
            name: it.name.clone(),
            relation: CodeListEntry::find(&self.lists.codes, RELATION, &it.relation),
            birth_date: it.birth_date.map(Day),
            phone: it.phone.clone(),
            is_dependant: it.is_dependant,
            is_emergency_contact: it.is_emergency_contact,
        });
        relatives.collect()
    }

    /// Work outside of what the register knows of, the latest first.
    async fn past_employments(&self) -> Vec<PastEmployment> {
        let employments = self.known.past_employments.iter().map(|it| PastEmployment {
            employer: it.employer.clone(),
            occupation: it.occupation.clone(),
            starts_on: Day(it.starts_on),
            ends_on: it.ends_on.map(Day),
            why_left: it.why_left.clone(),
        });
        employments.collect()
    }
}

/// The answer to `saveParticulars`.
#[derive(SimpleObject)]
pub struct SaveParticularsPayload {
    /// The worker with the particulars; absent when they were refused.
    worker: Option<Worker>,
    /// Both versions, when someone else changed one of the fields first.
    conflict: Option<Conflict>,
    /// Why they were refused; empty when they were not.
    errors: Vec<UserErrorOf<SaveParticularsErrorCode>>,
}

#[derive(Default)]
pub struct ParticularsMutation;

#[Object]
impl ParticularsMutation {
    /// Say who a person is besides name, sex and birth date: nationality, residence, languages, relatives, work before.
    #[tracing::instrument(name = "mutation saveParticulars", skip_all)]
    async fn save_particulars(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SaveParticularsInput,
    ) -> Result<SaveParticularsPayload> {
        let answer = perform(ctx, &input).await?;
        let (worker, conflict, errors) = wire(ctx, answer).await?;
        Ok(SaveParticularsPayload {
            worker,
            conflict,
            errors,
        })
    }
}

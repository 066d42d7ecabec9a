//! What saving particulars is given.

use async_graphql::{ID, InputObject, MaybeUndefined};
use serde::Serialize;

use crate::graphql::{ActInput, Command, Day, id};
use crate::kernel::Invalid;
use crate::workforce::{PastEmployment, Relative, SaidParticulars, SaveParticulars};

/// Somebody who belongs to a worker.
#[derive(InputObject, Serialize)]
pub struct RelativeInput {
    /// The whole name, at most 200 characters.
    name: String,
    /// What they are to the worker, by a code of the list `relation`.
    relation: String,
    /// The birth date.
    birth_date: Option<Day>,
    /// A telephone number.
    phone: Option<String>,
    /// Whether the worker keeps them.
    #[graphql(default)]
    is_dependant: bool,
    /// Whether they are to be called when something has happened to the worker.
    #[graphql(default)]
    is_emergency_contact: bool,
}

/// Work outside of what the register knows of.
#[derive(InputObject, Serialize)]
pub struct PastEmploymentInput {
    /// For whom, at most 200 characters.
    employer: String,
    /// As what, at most 200 characters.
    occupation: String,
    /// The first day.
    starts_on: Day,
    /// The last day.
    ends_on: Option<Day>,
    /// Why it ended, at most 300 characters.
    why_left: Option<String>,
}

/// Who a person is besides. What is absent stays, null says that it is not known after all; lists are replaced whole.
#[derive(InputObject, Serialize)]
pub struct SaveParticularsInput {
    /// The worker.
    worker: ID,
    /// The version of the worker's record that you saw. What others did to other fields since does not matter.
    base_version: i32,
    /// What stands before the name, Dr, at most 40 characters.
    name_prefix: MaybeUndefined<String>,
    /// What stands behind the name, at most 40 characters.
    name_suffix: MaybeUndefined<String>,
    /// The country whose national the person is, by ISO 3166-1: ML.
    nationality: MaybeUndefined<String>,
    /// The country where the person was born, by ISO 3166-1.
    birth_country: MaybeUndefined<String>,
    /// By a code of the list `marital_status`.
    marital_status: MaybeUndefined<String>,
    /// The smallest org unit that the person is known to live in.
    residence: MaybeUndefined<ID>,
    /// Where the person lives, at most 300 characters.
    address: MaybeUndefined<String>,
    /// What the person speaks, by ISO 639, the language to write to them in first: bm, fr. At most 20.
    languages: Option<Vec<String>>,
    /// At most 20.
    relatives: Option<Vec<RelativeInput>>,
    /// At most 20.
    past_employments: Option<Vec<PastEmploymentInput>>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

fn tidy(text: &str) -> String {
    text.trim().to_owned()
}

/// What was said, without the spaces around it.
fn said(given: &MaybeUndefined<String>) -> MaybeUndefined<String> {
    given.clone().map_value(|text| tidy(&text))
}

fn relative(given: &RelativeInput) -> Relative {
    Relative {
        name: tidy(&given.name),
        relation: given.relation.clone(),
        birth_date: given.birth_date.map(|Day(day)| day),
        phone: given.phone.clone(),
        is_dependant: given.is_dependant,
        is_emergency_contact: given.is_emergency_contact,
    }
}

fn past_employment(given: &PastEmploymentInput) -> PastEmployment {
    PastEmployment {
        employer: tidy(&given.employer),
        occupation: tidy(&given.occupation),
        starts_on: given.starts_on.0,
        ends_on: given.ends_on.map(|Day(day)| day),
        why_left: given.why_left.as_deref().map(tidy),
    }
}

impl Command for SaveParticularsInput {
    type Read = SaveParticulars;

    fn read(&self) -> Result<SaveParticulars, Invalid> {
        let relatives = self.relatives.as_ref();
        let employments = self.past_employments.as_ref();
        Ok(SaveParticulars {
            worker: id("input.worker", &self.worker)?,
            base_version: self.base_version,
            said: SaidParticulars {
                name_prefix: said(&self.name_prefix).into(),
                name_suffix: said(&self.name_suffix).into(),
                nationality: said(&self.nationality).into(),
                birth_country: said(&self.birth_country).into(),
                marital_status: said(&self.marital_status).into(),
                residence: match self.residence.as_opt_ref() {
                    None => None,
                    Some(None) => Some(None),
                    Some(Some(unit)) => Some(Some(id("input.residence", unit)?)),
                },
                address: said(&self.address).into(),
                languages: self.languages.clone(),
                relatives: relatives.map(|all| all.iter().map(relative).collect()),
                past_employments: employments.map(|all| all.iter().map(past_employment).collect()),
            },
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

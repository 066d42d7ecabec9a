//! Legal acts, which every change may name.

use async_graphql::{InputObject, SimpleObject};
use serde::Serialize;

use super::scalars::Day;
use crate::ledger::ActReference;

/// A legal act: a decree, a decision, a posting letter.
#[derive(Clone, InputObject, Serialize)]
pub struct ActInput {
    /// Its number.
    #[graphql(validator(max_length = 200))]
    number: String,
    /// Its date.
    date: Option<Day>,
}

/// A legal act: a decree, a decision, a posting letter.
#[derive(Clone, SimpleObject)]
pub struct Act {
    /// Its number.
    number: String,
    /// Its date.
    date: Option<Day>,
}

impl Act {
    #[must_use]
    pub fn new(act: ActReference) -> Self {
        Self {
            number: act.number,
            date: act.date.map(Day),
        }
    }
}

impl From<&ActInput> for ActReference {
    fn from(given: &ActInput) -> Self {
        Self {
            number: given.number.clone(),
            date: given.date.map(|Day(day)| day),
        }
    }
}

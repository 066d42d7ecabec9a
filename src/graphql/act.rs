//! The legal act that a mutation may name.

use async_graphql::InputObject;
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

impl From<&ActInput> for ActReference {
    fn from(given: &ActInput) -> Self {
        Self {
            number: given.number.clone(),
            date: given.date.map(|Day(day)| day),
        }
    }
}

//! Legal acts, which every change may name.

use async_graphql::{ID, InputObject, SimpleObject};
use serde::Serialize;

use super::ids::optional_id;
use super::scalars::Day;
use crate::kernel::{Id, Invalid};
use crate::ledger::ActReference;

/// A legal act: a decree, a decision, a posting letter.
#[derive(Clone, InputObject, Serialize)]
pub struct ActInput {
    /// Its number.
    #[graphql(validator(max_length = 200))]
    number: String,
    /// Its date.
    date: Option<Day>,
    /// Its scan: what `uploadActDocument` answered within the last day, or what you named for this same act before.
    // A change that was remembered before there were documents is still the same change.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<ID>,
}

/// A legal act: a decree, a decision, a posting letter.
#[derive(Clone, SimpleObject)]
pub struct Act {
    /// Its number.
    number: String,
    /// Its date.
    date: Option<Day>,
    /// Its scan, which whoever may see what it was done to, and who that is, reads at `/files/{id}`.
    document: Option<ID>,
}

impl Act {
    #[must_use]
    pub fn new(act: ActReference) -> Self {
        Self {
            number: act.number,
            date: act.date.map(Day),
            document: act.document.map(|it| it.encode().into()),
        }
    }
}

impl ActInput {
    /// The act, as changes keep it.
    ///
    /// # Errors
    /// For a document whose id is none.
    pub fn read(&self) -> Result<ActReference, Invalid> {
        Ok(ActReference {
            number: self.number.clone(),
            date: self.date.map(|Day(day)| day),
            document: optional_id("input.act.document", self.document.as_ref())?,
            is_taken_over: false,
        })
    }
}

//! A post through time, who fills it, and the rules by which it is opened, changed, frozen and closed. No SQL, no clock.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::refusal::{Objection, Refusal};
use crate::kernel::{CadreId, Date, FacilityId, PostId, PostingId, Reason, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::Posting;

/// How a post stands from the first day of a state on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Open,
    /// Nobody new may fill it; who fills it stays.
    Frozen,
    Closed,
}

/// How a post stands on a day, with who fills it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its first day has not come yet.
    Planned,
    /// Nobody fills it, and somebody may.
    Open,
    Filled,
    /// Nobody fills it, and nobody may.
    Frozen,
    Closed,
}

impl Status {
    pub const ALL: [Status; 5] = [
        Status::Planned,
        Status::Open,
        Status::Filled,
        Status::Frozen,
        Status::Closed,
    ];
}

/// A post as it is on a day.
#[derive(Clone, Debug)]
pub struct Post {
    pub id: PostId,
    pub code: String,
    pub facility: FacilityId,
    /// Rises with every change.
    pub version: i32,
    pub opened_on: Date,
    /// The last day, once it is closed for good.
    pub closes_on: Option<Date>,
    pub since: Date,
    pub until: Option<Date>,
    pub cadre: CadreId,
    pub title: String,
    pub status: Status,
    pub act: Option<ActReference>,
    /// Who fills it on the day, and by which posting.
    pub holder: Option<(WorkerId, PostingId)>,
}

/// All of a post that a change from a day on may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub from: Date,
    /// Its last day; absent for the last one.
    pub until: Option<Date>,
    pub cadre: CadreId,
    pub title: String,
    pub standing: Standing,
}

/// A posting that fills a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    pub cadre: CadreId,
    pub ends_on: Option<Date>,
}

/// A post with all its states from the oldest, and the postings that fill it.
#[derive(Clone, Debug)]
pub struct History {
    pub id: PostId,
    pub code: String,
    pub facility: FacilityId,
    pub version: i32,
    pub states: Vec<State>,
    pub holdings: Vec<Holding>,
}

/// A post to open.
#[derive(Clone, Debug)]
pub struct OpenPost {
    pub code: String,
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub title: String,
    pub from: Date,
}

/// What is to become of a post from a day on.
#[derive(Clone, Debug)]
pub enum Turn {
    /// What is absent stays.
    Change {
        cadre: Option<CadreId>,
        title: Option<String>,
    },
    Freeze,
    Reopen,
    Close,
}

#[derive(Clone, Debug)]
pub struct ChangePost {
    pub post: PostId,
    pub base_version: i32,
    pub from: Date,
    pub turn: Turn,
}

impl OpenPost {
    /// Notes what is wrong with what it says of itself.
    pub(super) fn check(&self, refusals: &mut Vec<Refusal>) {
        if !is_code(&self.code) {
            refusals.push(Objection::InvalidCode.at(&["code"]));
        }
        check(&self.title, self.from, refusals);
    }
}

impl ChangePost {
    /// What becomes of the post.
    ///
    /// # Errors
    /// All that its own history has against it.
    pub fn decide(&self, history: &History) -> Result<State, Vec<Refusal>> {
        let mut refusals = Vec::new();
        let Some(last) = history.states.last() else {
            return Err(vec![Objection::PostNotFound.at(&["post"])]);
        };
        if last.from > self.from {
            let later = if history.states.len() == 1 {
                Objection::PostNotOpen
            } else {
                Objection::LaterChange(last.from)
            };
            return Err(vec![later.at(&["from"])]);
        }
        let mut after = State {
            from: self.from,
            ..last.clone()
        };
        match (&self.turn, last.standing) {
            (Turn::Change { .. } | Turn::Freeze | Turn::Close, Standing::Closed) => {
                refusals.push(Objection::PostClosed.at(&["post"]));
            }
            (Turn::Freeze, Standing::Frozen) => {
                refusals.push(Objection::PostFrozen.at(&["post"]));
            }
            (Turn::Reopen, Standing::Open) => {
                refusals.push(Objection::PostIsOpen.at(&["post"]));
            }
            (Turn::Change { cadre, title }, _) => {
                after.cadre = cadre.unwrap_or(last.cadre);
                after.title = title.clone().unwrap_or_else(|| last.title.clone());
                if (after.cadre, &after.title) == (last.cadre, &last.title) {
                    refusals.push(Objection::NothingChanges.at(&[]));
                }
            }
            (Turn::Freeze, Standing::Open) => after.standing = Standing::Frozen,
            (Turn::Reopen, _) => after.standing = Standing::Open,
            (Turn::Close, _) => after.standing = Standing::Closed,
        }
        self.suits(&after, last, history, &mut refusals);
        check(&after.title, self.from, &mut refusals);
        if refusals.is_empty() {
            Ok(after)
        } else {
            Err(refusals)
        }
    }

    /// Whoever fills the post on the day or later must be able to go on filling it.
    fn suits(&self, after: &State, last: &State, history: &History, refusals: &mut Vec<Refusal>) {
        let mut holdings = history.holdings.iter();
        let mut still = holdings
            .by_ref()
            .filter(|it| it.ends_on.is_none_or(|end| end >= self.from));
        if after.standing == Standing::Closed {
            if still.next().is_some() {
                refusals.push(Objection::PostFilled.at(&["post"]));
            }
        } else if after.cadre != last.cadre && still.any(|it| it.cadre != after.cadre) {
            refusals.push(Objection::DoesNotFit.at(&["cadre"]));
        }
    }
}

impl History {
    /// Whether a posting can fill the post: its facility, and on all days that both have its cadre, and the post not closed.
    /// A post that is frozen at the end takes nobody.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn admits(&self, posting: &Posting) -> Result<(), Refusal> {
        let shared = self.states.iter().filter(|it| {
            posting.ends_on.is_none_or(|end| it.from <= end)
                && it.until.is_none_or(|until| until >= posting.starts_on)
        });
        let shared: Vec<&State> = shared.collect();
        let Some(last) = shared.last() else {
            return Err(Objection::PostNotOpen.at(&["post"]));
        };
        if shared.iter().any(|it| it.standing == Standing::Closed) {
            return Err(Objection::PostClosed.at(&["post"]));
        }
        if last.standing == Standing::Frozen {
            return Err(Objection::PostFrozen.at(&["post"]));
        }
        let fits = shared.iter().all(|it| it.cadre == posting.cadre);
        if posting.facility == self.facility && fits {
            Ok(())
        } else {
            Err(Objection::DoesNotFit.at(&["posting"]))
        }
    }
}

pub(super) fn is_date(day: Date) -> bool {
    (1900..=2200).contains(&day.year())
}

pub(super) fn is_text(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.chars().any(char::is_control)
}

fn check(title: &str, from: Date, refusals: &mut Vec<Refusal>) {
    if !is_text(title, 200) {
        refusals.push(Objection::InvalidText.at(&["title"]));
    }
    if !is_date(from) {
        refusals.push(Objection::InvalidDate.at(&["from"]));
    }
}

/// Numbers of posts are written with slashes too: `MS/2026/0014`.
fn is_code(code: &str) -> bool {
    let mut characters = code.chars();
    code.len() <= 40
        && characters.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'))
}

#[cfg(test)]
mod tests;

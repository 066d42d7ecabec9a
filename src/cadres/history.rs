//! A cadre through time: its states, and what it is in classifications.

use std::sync::Arc;

use super::cadre::{Cadre, Ending, Isco08, State, Status};
use super::crosswalk::{ISCO_08, Mapping, Standing};
use crate::kernel::{CadreId, Date, Sector};
use crate::ledger::ActReference;

/// A cadre through time.
#[derive(Clone, Debug)]
pub struct History {
    pub id: CadreId,
    pub number: i64,
    pub code: String,
    pub version: i32,
    pub sector: Sector,
    /// As the country's configuration has it.
    pub configured_isco08: Option<Isco08>,
    pub source: String,
    /// What it is in classifications, by the days from which that holds; proposed and rejected ones too.
    pub mappings: Arc<Vec<Mapping>>,
    /// From the oldest; never empty.
    pub states: Vec<Dated>,
}

/// A state, and the day from which it holds until the next one.
#[derive(Clone, Debug)]
pub struct Dated {
    /// Absent for a first state that always held.
    pub from: Option<Date>,
    pub state: Arc<State>,
    pub act: Option<ActReference>,
}

impl History {
    /// Which of the states holds on a day; the first one before its time.
    pub(super) fn at(&self, day: Date) -> usize {
        let begun = self
            .states
            .iter()
            .rposition(|it| it.from.is_none_or(|from| from <= day));
        begun.unwrap_or(0)
    }

    #[must_use]
    pub fn on(&self, day: Date) -> Cadre {
        let at = self.at(day);
        let dated = &self.states[at];
        let planned = dated.from.is_some_and(|from| from > day);
        let next = self.states.get(at + 1).and_then(|it| it.from);
        Cadre {
            id: self.id,
            number: self.number,
            code: self.code.clone(),
            version: self.version,
            sector: self.sector,
            configured_isco08: self.configured_isco08.as_ref().map(|it| it.code.clone()),
            isco08: self.isco08(day),
            source: self.source.clone(),
            status: if planned {
                Status::Planned
            } else {
                dated.state.status
            },
            since: dated.from,
            until: next.and_then(|next| next.pred_opt()),
            first_day: self.states.first().and_then(|it| it.from),
            ending: self.ending(at),
            mappings: Arc::clone(&self.mappings),
            state: Arc::clone(&dated.state),
        }
    }

    /// How it ended by one of its states, or ends by the last one that is known.
    fn ending(&self, at: usize) -> Option<Ending> {
        let ended = |at: &usize| self.states[*at].state.status != Status::Active;
        let at = [at, self.states.len() - 1].into_iter().find(ended)?;
        let state = &self.states[at].state;
        let earlier = self.states[..=at].iter().rev();
        let same = earlier.take_while(|it| it.state.status == state.status);
        Some(Ending {
            status: state.status,
            from: same.last()?.from?,
            successors: state.successors.clone(),
        })
    }

    /// What it is in an edition on a day, by the latest approved mapping.
    #[must_use]
    pub fn mapping(&self, edition: &str, day: Date) -> Option<&Mapping> {
        self.mappings
            .iter()
            .rev()
            .find(|it| it.standing == Standing::Approved && it.edition == edition && it.from <= day)
    }

    fn isco08(&self, day: Date) -> Vec<Isco08> {
        let Some(mapping) = self.mapping(ISCO_08, day) else {
            return self.configured_isco08.clone().into_iter().collect();
        };
        let targets = mapping.targets.iter().map(|(target, title)| Isco08 {
            code: target.code.clone(),
            title: title.clone(),
        });
        targets.collect()
    }

    /// The last state that is known.
    #[must_use]
    pub fn last(&self) -> &Dated {
        match self.states.last() {
            Some(last) => last,
            None => unreachable!("a cadre has a first state"),
        }
    }

    /// States that hold on a day or later.
    pub fn from(&self, day: Date) -> impl Iterator<Item = &Dated> {
        self.states[self.at(day)..].iter()
    }

    /// Whether it is in use on a day and, as far as is known, on all later ones.
    #[must_use]
    pub fn is_active_from(&self, day: Date) -> bool {
        self.on(day).status == Status::Active
            && self.from(day).all(|it| it.state.status == Status::Active)
    }
}

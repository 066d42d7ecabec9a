//! Postings on the wire.

use async_graphql::{Enum, ID, Object};

use crate::cadres::graphql::{Cadre, CodeListEntry};
use crate::cadres::{DEPARTURE_REASON, EMPLOYMENT_TYPE};
use crate::graphql::Day;
use crate::kernel::Id;
use crate::places::graphql::Facility;
use crate::workforce::{self, Lists};

/// What a posting is beside where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "workforce::PostingKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PostingKind {
    /// A post of the worker's own, or another duty.
    Substantive,
    /// In the place of somebody else, or of a post that nobody holds, beside the worker's own posting.
    Acting,
    /// Lent to another facility, beside the worker's own posting.
    Secondment,
}

#[derive(Clone)]
pub struct Posting {
    posting: workforce::Posting,
    lists: Lists,
}

impl Posting {
    #[must_use]
    pub fn new(posting: workforce::Posting, lists: Lists) -> Self {
        Self { posting, lists }
    }
}

/// Where a worker serves, as what, from when to when.
#[Object]
impl Posting {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.posting.id.encode().into()
    }

    /// Where the worker serves.
    async fn facility(&self) -> Option<Facility> {
        Facility::find(
            &self.lists.gazetteer,
            &self.lists.places,
            self.posting.facility,
        )
    }

    /// As what.
    async fn cadre(&self) -> Option<Cadre> {
        Cadre::find(&self.lists.taxonomy, &self.lists.cadres, self.posting.cadre)
    }

    /// On what terms.
    async fn employment_type(&self) -> Option<CodeListEntry> {
        let code = &self.posting.employment_type;
        CodeListEntry::find(&self.lists.codes, EMPLOYMENT_TYPE, code)
    }

    /// Whether it is the worker's main duty; there is at most one such a day.
    async fn is_primary(&self) -> bool {
        self.posting.is_primary
    }

    /// Whether it is a post of the worker's own, acting duty or a secondment.
    async fn kind(&self) -> PostingKind {
        self.posting.kind.into()
    }

    /// The salary grade, one of the cadre's.
    async fn salary_grade(&self) -> Option<&str> {
        self.posting.salary_grade.as_deref()
    }

    /// The first day.
    async fn starts_on(&self) -> Day {
        Day(self.posting.starts_on)
    }

    /// The last day; absent while it runs.
    async fn ends_on(&self) -> Option<Day> {
        self.posting.ends_on.map(Day)
    }

    /// Why it ended.
    async fn end_reason(&self) -> Option<CodeListEntry> {
        let code = self.posting.end_reason.as_ref()?;
        CodeListEntry::find(&self.lists.codes, DEPARTURE_REASON, code)
    }

    /// The office that supervises a worker who serves away from it.
    async fn supervisor(&self) -> Option<Facility> {
        Facility::find(
            &self.lists.gazetteer,
            &self.lists.places,
            self.posting.supervisor?,
        )
    }
}

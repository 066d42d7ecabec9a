//! Qualifications on the wire.

use async_graphql::{ID, Object};

use crate::cadres::QUALIFICATION_LEVEL;
use crate::cadres::graphql::{Cadre, CodeListEntry};
use crate::credentials;
use crate::graphql::Act;
use crate::kernel::Id;
use crate::workforce::Lists;

pub struct Qualification {
    of: credentials::Qualification,
    lists: Lists,
}

impl Qualification {
    pub(super) fn new(of: credentials::Qualification, lists: &Lists) -> Self {
        Self {
            of,
            lists: lists.clone(),
        }
    }
}

/// Something that a worker has passed.
#[Object]
impl Qualification {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.of.id.encode().into()
    }

    /// Its level, by the country's list `qualification_level`.
    async fn level(&self) -> Option<CodeListEntry> {
        CodeListEntry::find(
            &self.lists.codes,
            QUALIFICATION_LEVEL,
            &self.of.passed.level,
        )
    }

    /// As it stands on the certificate.
    async fn title(&self) -> &str {
        &self.of.passed.title
    }

    /// The main subject, where that is more than the title.
    async fn major(&self) -> Option<&str> {
        Some(self.of.passed.major.as_str()).filter(|it| !it.is_empty())
    }

    /// Where it was passed.
    async fn institution(&self) -> &str {
        &self.of.passed.institution
    }

    /// The country of the institution, by ISO 3166-1: `ML`.
    async fn country(&self) -> Option<&str> {
        self.of.passed.country.as_deref()
    }

    /// The year in which it was passed; absent while it is not, or not known.
    async fn year(&self) -> Option<i32> {
        self.of.passed.year
    }

    /// The cadres that it lets its holder into.
    async fn qualifies_for(&self) -> Vec<Cadre> {
        let cadres = self.of.passed.cadres.iter();
        let found =
            cadres.filter_map(|it| Cadre::find(&self.lists.taxonomy, &self.lists.cadres, *it));
        found.collect()
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.of.act.clone().map(Act::new)
    }
}

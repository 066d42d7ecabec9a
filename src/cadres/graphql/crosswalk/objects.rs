//! Mappings and what they name.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use serde::Serialize;

use crate::cadres;
use crate::graphql::{Act, Day, LocalizedText, PersonalKind, guarded, labels, personal, request};
use crate::kernel::{Id, Instant};

/// How a cadre stands to a unit of a classification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[graphql(name = "MappingRelation", remote = "cadres::Relation")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Relation {
    /// They are the same.
    Equal,
    /// The cadre has people who are of other units.
    Broader,
    /// The unit has people who are of other cadres.
    Narrower,
    /// A share of the cadre's people are of the unit.
    Partial,
}

/// How far a mapping has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "cadres::Standing")]
pub enum MappingStatus {
    /// Somebody else has to review it.
    Proposed,
    /// It holds from its day, until the next one that is approved.
    Approved,
    /// It does not hold.
    Rejected,
}

#[derive(Clone)]
pub struct CadreMapping(pub cadres::Mapping);

/// What a cadre is in an edition of a classification from a day on.
#[Object]
impl CadreMapping {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.0.id.encode().into()
    }

    /// The edition: `isco-08`, `isco-88`, `kada-hub-1`.
    async fn edition(&self) -> &str {
        &self.0.edition
    }

    /// The first day on which it holds, once it is approved.
    async fn from(&self) -> Day {
        Day(self.0.from)
    }

    /// How far it has come.
    async fn status(&self) -> MappingStatus {
        self.0.standing.into()
    }

    /// The units, the largest share first.
    async fn targets(&self) -> Vec<MappingTarget> {
        let targets = self.0.targets.iter();
        let targets = targets.map(|(target, title)| MappingTarget {
            target: target.clone(),
            title: title.clone(),
        });
        targets.collect()
    }

    /// When it was proposed.
    async fn proposed_at(&self) -> Instant {
        self.0.proposed_at
    }

    /// Who proposed it.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, Some(self.0.author.as_str()))
    }

    /// Who approved or rejected it: never its author, but for one that the author took back.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn reviewer(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Trail, self.0.reviewer.as_deref())
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.0.act.clone().map(Act::new)
    }
}

pub struct MappingTarget {
    target: cadres::Target,
    title: crate::kernel::Text,
}

/// A unit that a cadre is mapped to.
#[Object]
impl MappingTarget {
    /// The code of the unit.
    async fn code(&self) -> &str {
        &self.target.code
    }

    /// Its title.
    async fn title(&self, ctx: &Context<'_>) -> &str {
        self.title.get(request(ctx).languages())
    }

    /// How the cadre stands to it.
    async fn relation(&self) -> Relation {
        self.target.relation.into()
    }

    /// The share of the cadre's people who are of it, from 0 to 1; with PARTIAL alone.
    async fn share(&self) -> Option<f64> {
        self.target.share.map(|share| f64::from(share) / 10_000.0)
    }
}

/// A unit that a cadre might be.
#[derive(SimpleObject)]
pub struct MappingSuggestion {
    /// The code of the unit.
    code: String,
    /// Its title in every language that is known.
    titles: Vec<LocalizedText>,
    /// How alike the labels are, from 0 to 1.
    likeness: f64,
    /// The title, or the label of a cadre that is mapped to the unit, that is most like one of the cadre's labels.
    alike: String,
}

impl MappingSuggestion {
    pub(super) fn new(suggestion: cadres::Suggestion) -> Self {
        Self {
            code: suggestion.unit.code,
            titles: labels(&suggestion.unit.title),
            likeness: (suggestion.likeness * 1_000.0).round() / 1_000.0,
            alike: suggestion.alike,
        }
    }
}

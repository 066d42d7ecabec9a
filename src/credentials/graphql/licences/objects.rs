//! Registrations and licences, their terms and what was decided about them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use crate::cadres::LICENCE_REASON;
use crate::cadres::graphql::{Cadre, CodeListEntry};
use crate::credentials::{self, LicenceKey};
use crate::graphql::{Act, Day, PersonalKind, check, guarded, personal};
use crate::kernel::Id;
use crate::workforce::Lists;
use crate::workforce::graphql::Worker;

pub struct Registration {
    of: credentials::Registration,
    lists: Lists,
}

pub struct Licence {
    of: credentials::Licence,
    lists: Lists,
    /// Present in lists of licences; on a worker it would be that worker.
    worker: Option<Worker>,
}

/// How a licence stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "credentials::LicenceStatus")]
pub enum LicenceStatus {
    /// Its first day has not come yet.
    Planned,
    /// One of its terms has the day, and nothing was decided against it.
    Active,
    /// None of its terms has the day.
    Expired,
    /// Not to be used until it is reinstated.
    Suspended,
    /// Taken away for good.
    Revoked,
}

/// What is decided about a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(name = "LicenceRuling", remote = "credentials::Ruling")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ruling {
    /// It is not to be used until it is reinstated.
    Suspend,
    /// It may be used again, as far as its terms go.
    Reinstate,
    /// It is taken away for good.
    Revoke,
}

/// From when to when a licence was issued or renewed.
#[derive(SimpleObject)]
pub struct LicenceTerm {
    /// The first day.
    starts_on: Day,
    /// The last day.
    ends_on: Day,
    /// The legal act behind it.
    act: Option<Act>,
}

/// What was decided about a licence, from a day on.
#[derive(SimpleObject)]
pub struct LicenceDecision {
    /// The first day on which it holds.
    from: Day,
    /// What was decided.
    ruling: Ruling,
    /// Why, by the country's list `licence_reason`.
    reason: Option<CodeListEntry>,
    /// The legal act behind it.
    act: Option<Act>,
}

impl Registration {
    pub(in crate::credentials::graphql) fn new(
        of: credentials::Registration,
        lists: &Lists,
    ) -> Self {
        Self {
            of,
            lists: lists.clone(),
        }
    }
}

impl Licence {
    pub(in crate::credentials::graphql) fn new(
        of: credentials::Licence,
        lists: &Lists,
        worker: Option<Worker>,
    ) -> Self {
        Self {
            of,
            lists: lists.clone(),
            worker,
        }
    }

    pub(super) fn key(&self) -> LicenceKey {
        self.of.place()
    }
}

/// That a council has somebody on its register.
#[Object]
impl Registration {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.of.id.encode().into()
    }

    /// As what.
    async fn cadre(&self) -> Option<Cadre> {
        Cadre::find(
            &self.lists.taxonomy,
            &self.lists.cadres,
            self.of.entry.cadre,
        )
    }

    /// The council.
    async fn council(&self) -> &str {
        &self.of.entry.council
    }

    /// The number there.
    #[graphql(directive = personal::apply(PersonalKind::Identifier.name()))]
    async fn number(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let number = self.of.entry.number.as_str();
        guarded(ctx, PersonalKind::Identifier, Some(number))
    }

    /// Since when.
    async fn registered_on(&self) -> Day {
        Day(self.of.registered_on)
    }

    /// The legal act behind it.
    async fn act(&self) -> Option<Act> {
        self.of.act.clone().map(Act::new)
    }
}

/// A licence to practise.
#[Object]
impl Licence {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.of.id.encode().into()
    }

    /// Who holds it; told in lists of licences.
    async fn worker(&self) -> Option<&Worker> {
        self.worker.as_ref()
    }

    /// What it lets its holder practise as.
    async fn cadre(&self) -> Option<Cadre> {
        Cadre::find(
            &self.lists.taxonomy,
            &self.lists.cadres,
            self.of.entry.cadre,
        )
    }

    /// The council that issued it.
    async fn council(&self) -> &str {
        &self.of.entry.council
    }

    /// Its number.
    #[graphql(directive = personal::apply(PersonalKind::Identifier.name()))]
    async fn number(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let number = self.of.entry.number.as_str();
        guarded(ctx, PersonalKind::Identifier, Some(number))
    }

    /// How it stands on the day that was asked about.
    async fn status(&self) -> LicenceStatus {
        self.of.status_on(self.lists.at.day).into()
    }

    /// The last day of its last term.
    async fn expires_on(&self) -> Option<Day> {
        self.of.expires_on().map(Day)
    }

    /// What it was issued for and renewed for, the latest first.
    async fn terms(&self) -> Vec<LicenceTerm> {
        let latest_first = self.of.terms.iter().rev();
        let wired = latest_first.map(|it| LicenceTerm {
            starts_on: Day(it.starts_on),
            ends_on: Day(it.ends_on),
            act: it.act.clone().map(Act::new),
        });
        wired.collect()
    }

    /// What was decided about it, the latest first.
    #[graphql(directive = personal::apply(PersonalKind::Conduct.name()))]
    async fn decisions(&self, ctx: &Context<'_>) -> Option<Result<Vec<LicenceDecision>>> {
        if let Err(denied) = check(ctx, PersonalKind::Conduct) {
            return Some(Err(denied));
        }
        let latest_first = self.of.decisions.iter().rev();
        let wired = latest_first.map(|it| LicenceDecision {
            from: Day(it.from),
            ruling: it.ruling.into(),
            reason: (it.reason.as_ref())
                .and_then(|code| CodeListEntry::find(&self.lists.codes, LICENCE_REASON, code)),
            act: it.act.clone().map(Act::new),
        });
        Some(Ok(wired.collect()))
    }
}

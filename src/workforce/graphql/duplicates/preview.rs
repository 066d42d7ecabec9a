//! A person as a merge would leave them, on the wire.

use async_graphql::{Context, Object, Result};

use crate::graphql::{Day, PersonalKind, SectorName, check, guarded, personal};
use crate::places::graphql::OrgUnit;
use crate::workforce::graphql::objects::{Contact, Identifier, Status};
use crate::workforce::graphql::{Posting, Sex};
use crate::workforce::{Lists, Rehearsed};

pub struct MergePreview {
    after: Rehearsed,
    lists: Lists,
}

impl MergePreview {
    pub(super) fn new(after: Rehearsed, lists: Lists) -> Self {
        Self { after, lists }
    }
}

/// The one person whom two records would be, as the merge would leave them.
#[Object]
impl MergePreview {
    /// The family name, or the only name of those who have one.
    #[graphql(directive = personal::apply(PersonalKind::Name.name()))]
    async fn family_name(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let name = &self.after.united.worker.name;
        guarded(ctx, PersonalKind::Name, Some(name.family.as_str()))
    }

    /// The given names; empty for those with a single name.
    #[graphql(directive = personal::apply(PersonalKind::Name.name()))]
    async fn given_names(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        let name = &self.after.united.worker.name;
        guarded(ctx, PersonalKind::Name, Some(name.given.as_str()))
    }

    /// Sex, as registered.
    async fn sex(&self) -> Sex {
        self.after.united.worker.sex.into()
    }

    /// The birth date, where known.
    #[graphql(directive = personal::apply(PersonalKind::BirthDate.name()))]
    async fn birth_date(&self, ctx: &Context<'_>) -> Option<Result<Day>> {
        let date = self.after.united.worker.birth_date;
        guarded(ctx, PersonalKind::BirthDate, date.map(Day))
    }

    /// How they would stand today.
    async fn status(&self) -> Status {
        self.after.united.worker.status.into()
    }

    /// The sector that the record would be of.
    async fn sector(&self) -> SectorName {
        self.after.united.worker.sector.into()
    }

    /// The org unit whose office would keep the record.
    async fn org_unit(&self) -> Option<OrgUnit> {
        let unit = self.after.united.worker.unit;
        OrgUnit::find(&self.lists.gazetteer, &self.lists.places, unit)
    }

    /// The whole career, the latest posting first.
    async fn postings(&self) -> Vec<Posting> {
        let postings = self.after.postings.iter().cloned();
        let shown = postings.map(|it| Posting::new(it, self.lists.clone()));
        shown.collect()
    }

    /// Numbers by which authorities know the person.
    #[graphql(directive = personal::apply(PersonalKind::Identifier.name()))]
    async fn identifiers(&self, ctx: &Context<'_>) -> Option<Result<Vec<Identifier>>> {
        let all = self.after.identifiers.iter().cloned();
        let shown = all.map(|it| Identifier::new(it, self.lists.clone()));
        Some(check(ctx, PersonalKind::Identifier).map(|()| shown.collect()))
    }

    /// Ways to reach the person, the preferred first.
    #[graphql(directive = personal::apply(PersonalKind::Contact.name()))]
    async fn contacts(&self, ctx: &Context<'_>) -> Option<Result<Vec<Contact>>> {
        let shown = self.after.contacts.iter().cloned().map(Contact::new);
        Some(check(ctx, PersonalKind::Contact).map(|()| shown.collect()))
    }
}

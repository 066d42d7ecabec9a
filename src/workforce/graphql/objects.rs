//! Workers and what hangs on them, on the wire. Personal fields carry their guard.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, Object, Result};

use super::changes::Change;
use super::leave::Leave;
use super::particulars::Particulars;
use super::photos::Photo;
use super::posting::Posting;
use super::quality::RecordQuality;
use super::service::ServiceEntry;
use super::worker::WorkerRecord;
use crate::cadres::IDENTIFIER_TYPE;
use crate::cadres::graphql::CodeListEntry;
use crate::graphql::{Day, PersonalKind, SectorName, check, guarded, personal, refuse};
use crate::kernel::{Id, Invalid, Unfit, WorkerId};
use crate::places::graphql::OrgUnit;
use crate::workforce::{self, Edges, Lists, ServiceKind};

pub struct Identifier {
    identifier: workforce::Identifier,
    lists: Lists,
}

pub struct Contact(workforce::Contact);

impl Identifier {
    pub(super) fn new(identifier: workforce::Identifier, lists: Lists) -> Self {
        Self { identifier, lists }
    }
}

impl Contact {
    pub(super) fn new(contact: workforce::Contact) -> Self {
        Self(contact)
    }
}

/// Sex, as registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize, serde::Deserialize)]
#[graphql(remote = "workforce::Sex")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sex {
    /// A woman.
    Female,
    /// A man.
    Male,
    /// Not recorded.
    Unknown,
}

/// How a worker stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "WorkerStatus", remote = "workforce::Status")]
pub enum Status {
    /// A posting is in force.
    Active,
    /// Postings are over and none is in force.
    Former,
    /// No posting has begun yet.
    Unposted,
}

/// How a contact reaches the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize, serde::Deserialize)]
#[graphql(remote = "workforce::ContactKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactKind {
    /// A telephone number, kept in E.164 form.
    Phone,
    /// An e-mail address.
    Email,
}

#[Object]
impl WorkerRecord {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.record.id.encode().into()
    }

    /// Rises with every change of the record; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.record.version
    }

    /// The whole name, given names first.
    #[graphql(directive = personal::apply(PersonalKind::Name.name()))]
    async fn name(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        guarded(ctx, PersonalKind::Name, Some(self.record.name.full()))
    }

    /// The family name, or the only name of those who have one.
    #[graphql(directive = personal::apply(PersonalKind::Name.name()))]
    async fn family_name(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(
            ctx,
            PersonalKind::Name,
            Some(self.record.name.family.as_str()),
        )
    }

    /// The given names; empty for those with a single name.
    #[graphql(directive = personal::apply(PersonalKind::Name.name()))]
    async fn given_names(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(
            ctx,
            PersonalKind::Name,
            Some(self.record.name.given.as_str()),
        )
    }

    /// Sex, as registered.
    async fn sex(&self) -> Sex {
        self.record.sex.into()
    }

    /// The birth date, where known.
    #[graphql(directive = personal::apply(PersonalKind::BirthDate.name()))]
    async fn birth_date(&self, ctx: &Context<'_>) -> Option<Result<Day>> {
        guarded(
            ctx,
            PersonalKind::BirthDate,
            self.record.birth_date.map(Day),
        )
    }

    /// The sector of the latest primary posting.
    async fn sector(&self) -> SectorName {
        self.record.sector.into()
    }

    /// The org unit whose office keeps the record: that of the latest primary posting.
    async fn org_unit(&self) -> Option<OrgUnit> {
        OrgUnit::find(&self.lists.gazetteer, &self.lists.places, self.record.unit)
    }

    /// How the worker stands on the day that was asked about.
    async fn status(&self) -> Status {
        self.record.status.into()
    }

    /// The primary posting in force on the day that was asked about.
    async fn posting(&self) -> Option<Posting> {
        let posting = self.record.posting.clone()?;
        Some(Posting::new(posting, self.lists.clone()))
    }

    /// The whole career, the latest posting first.
    async fn postings(&self, ctx: &Context<'_>) -> Result<Vec<Posting>> {
        let asked = Edges {
            postings: true,
            ..Edges::default()
        };
        let attached = self.attached(ctx, asked).await?;
        let postings = of(attached.postings.as_ref(), self.record.id).iter();
        Ok(postings
            .map(|it| Posting::new(it.clone(), self.lists.clone()))
            .collect())
    }

    /// Numbers by which authorities know the person.
    #[graphql(directive = personal::apply(PersonalKind::Identifier.name()))]
    async fn identifiers(&self, ctx: &Context<'_>) -> Option<Result<Vec<Identifier>>> {
        if let Err(denied) = check(ctx, PersonalKind::Identifier) {
            return Some(Err(denied));
        }
        let asked = Edges {
            identifiers: true,
            ..Edges::default()
        };
        let attached = self.attached(ctx, asked).await;
        Some(attached.map(|attached| {
            let identifiers = of(attached.identifiers.as_ref(), self.record.id).iter();
            identifiers
                .map(|it| Identifier::new(it.clone(), self.lists.clone()))
                .collect()
        }))
    }

    /// Ways to reach the person, the preferred first.
    #[graphql(directive = personal::apply(PersonalKind::Contact.name()))]
    async fn contacts(&self, ctx: &Context<'_>) -> Option<Result<Vec<Contact>>> {
        if let Err(denied) = check(ctx, PersonalKind::Contact) {
            return Some(Err(denied));
        }
        let asked = Edges {
            contacts: true,
            ..Edges::default()
        };
        let attached = self.attached(ctx, asked).await;
        Some(attached.map(|attached| {
            let contacts = of(attached.contacts.as_ref(), self.record.id).iter();
            contacts.cloned().map(Contact::new).collect()
        }))
    }

    /// What happened to the record, the newest change first; at most 100.
    #[graphql(directive = personal::apply(PersonalKind::Trail.name()))]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
    ) -> Option<Result<Vec<Change>>> {
        let first = match check(ctx, PersonalKind::Trail)
            .and_then(|()| page_size(first).map_err(|invalid| refuse(ctx, invalid)))
        {
            Ok(first) => first,
            Err(refused) => return Some(Err(refused)),
        };
        let asked = Edges {
            history: Some(first),
            ..Edges::default()
        };
        let attached = self.attached(ctx, asked).await;
        Some(attached.map(|attached| {
            let history = attached.history.as_ref().map(|(_, of)| of);
            let rows = of(history, self.record.id).iter().take(usize::from(first));
            rows.map(|row| Change::of(row.clone())).collect()
        }))
    }

    /// How good the record is today.
    #[graphql(directive = personal::apply(PersonalKind::Quality.name()))]
    async fn quality(&self, ctx: &Context<'_>) -> Option<Result<RecordQuality>> {
        Some(self.flaws(ctx).await.map(Into::into))
    }

    /// All leave that was asked for, whatever became of it; the latest first.
    #[graphql(directive = personal::apply(PersonalKind::Leave.name()))]
    async fn leaves(&self, ctx: &Context<'_>) -> Option<Result<Vec<Leave>>> {
        Some(self.all_leaves(ctx).await)
    }

    /// What the service file says of conduct: absences, suspensions, disciplinary actions, appraisals; the latest first.
    #[graphql(directive = personal::apply(PersonalKind::Conduct.name()))]
    async fn conduct(&self, ctx: &Context<'_>) -> Option<Result<Vec<ServiceEntry>>> {
        if let Err(denied) = check(ctx, PersonalKind::Conduct) {
            return Some(Err(denied));
        }
        Some(self.service_file(ctx, |it| it != ServiceKind::Pay).await)
    }

    /// Who the person is besides: nationality, residence, languages, relatives, work before.
    #[graphql(directive = personal::apply(PersonalKind::Record.name()))]
    async fn particulars(&self, ctx: &Context<'_>) -> Option<Result<Particulars>> {
        if let Err(denied) = check(ctx, PersonalKind::Record) {
            return Some(Err(denied));
        }
        self.known_particulars(ctx).await.transpose()
    }

    /// The photo, where there is one.
    #[graphql(directive = personal::apply(PersonalKind::Name.name()))]
    async fn photo(&self, ctx: &Context<'_>) -> Option<Result<Photo>> {
        if let Err(denied) = check(ctx, PersonalKind::Name) {
            return Some(Err(denied));
        }
        self.kept_photo(ctx).await.transpose()
    }

    /// What the worker is and was paid, and by whom; the latest first.
    #[graphql(directive = personal::apply(PersonalKind::Pay.name()))]
    async fn pay(&self, ctx: &Context<'_>) -> Option<Result<Vec<ServiceEntry>>> {
        if let Err(denied) = check(ctx, PersonalKind::Pay) {
            return Some(Err(denied));
        }
        Some(self.service_file(ctx, |it| it == ServiceKind::Pay).await)
    }

    /// The approved leave with the latest first day, whether it is over, has begun, or is to come.
    #[graphql(directive = personal::apply(PersonalKind::Leave.name()))]
    async fn last_leave(&self, ctx: &Context<'_>) -> Option<Result<Leave>> {
        let leaves = self.all_leaves(ctx).await;
        let last = leaves.map(|all| all.into_iter().find(Leave::is_approved));
        last.transpose()
    }
}

/// How many rows a list inside a record may be asked for.
pub(super) fn page_size(first: i32) -> Result<u16, Invalid> {
    u16::try_from(first)
        .ok()
        .filter(|first| (1..=100).contains(first))
        .ok_or_else(|| Invalid::new("first", Unfit::NotWithin { from: 1, to: 100 }))
}

fn of<T>(of: Option<&HashMap<WorkerId, Vec<T>>>, worker: WorkerId) -> &[T] {
    of.and_then(|it| it.get(&worker)).map_or(&[], Vec::as_slice)
}

/// A number by which an authority knows the person.
#[Object]
impl Identifier {
    /// What kind of number it is.
    #[graphql(name = "type")]
    async fn identifier_type(&self) -> Option<CodeListEntry> {
        let code = &self.identifier.type_code;
        CodeListEntry::find(&self.lists.codes, IDENTIFIER_TYPE, code)
    }

    /// The number as it was written.
    #[graphql(directive = personal::apply(PersonalKind::Identifier.name()))]
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(
            ctx,
            PersonalKind::Identifier,
            Some(self.identifier.value.as_str()),
        )
    }
}

/// A way to reach the person.
#[Object]
impl Contact {
    /// How it reaches the person.
    async fn kind(&self) -> ContactKind {
        self.0.kind.into()
    }

    /// The telephone number in E.164 form, or the e-mail address.
    #[graphql(directive = personal::apply(PersonalKind::Contact.name()))]
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<&str>> {
        guarded(ctx, PersonalKind::Contact, Some(self.0.value.as_str()))
    }

    /// Whether the person prefers to be reached so.
    async fn preferred(&self) -> bool {
        self.0.preferred
    }
}

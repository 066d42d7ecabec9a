//! Personal fields. Each is declared by a guard, and `tests/it/guards.rs` holds the list of all that are not.

use async_graphql::{Context, Guard, Result};

use super::error::refuse;
use super::request::request;
use crate::auth::Permission;

/// What a personal field tells about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalKind {
    Name,
    Identifier,
    BirthDate,
    Contact,
    /// Everything at once: the content of a change.
    Record,
}

impl PersonalKind {
    #[must_use]
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            PersonalKind::Name => &[Permission::ReadNames],
            PersonalKind::Identifier => &[Permission::ReadIdentifiers],
            PersonalKind::BirthDate => &[Permission::ReadBirthDates],
            PersonalKind::Contact => &[Permission::ReadContacts],
            PersonalKind::Record => &[
                Permission::ReadHistory,
                Permission::ReadNames,
                Permission::ReadIdentifiers,
                Permission::ReadBirthDates,
                Permission::ReadContacts,
            ],
        }
    }
}

/// Lets a field through for callers who may read this kind.
pub struct Personal(pub PersonalKind);

impl Guard for Personal {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        let actor = request(ctx).actor();
        for permission in self.0.permissions() {
            actor
                .may(*permission)
                .map_err(|denied| refuse(ctx, denied))?;
        }
        Ok(())
    }
}

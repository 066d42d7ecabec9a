//! Personal fields. Each is declared by a guard, and `tests/it/guards.rs` holds the list of all that are not.

use async_graphql::{Context, Result, TypeDirective};

use super::error::refuse;
use super::request::request;
use crate::auth::{Permission, WHOLE_RECORD};

/// What a personal field tells about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalKind {
    /// Who somebody is: a name, or a face.
    Name,
    Identifier,
    BirthDate,
    Contact,
    /// What a form has asked that tells of a person.
    Answer,
    /// Whether somebody is fit to practise and to be trusted: what was decided about a licence, vetting, absences,
    /// suspensions, disciplinary actions, appraisals.
    Conduct,
    /// What they are paid, and by whom.
    Pay,
    /// When they are on leave, and of what kind.
    Leave,
    /// What is wrong with the record: it tells what it holds, and of some fields what they hold.
    Quality,
    /// What was done to a record and by whom, without its content.
    Trail,
    /// Any field of the record.
    Record,
    /// Any field of the record, as it was.
    History,
}

const HISTORY: [Permission; 9] = [
    Permission::ReadHistory,
    Permission::ReadNames,
    Permission::ReadIdentifiers,
    Permission::ReadBirthDates,
    Permission::ReadContacts,
    Permission::ReadPersonalAnswers,
    Permission::ReadConduct,
    Permission::ReadPay,
    Permission::ReadLeave,
];

impl PersonalKind {
    /// As the schema's `@personal` directive names it.
    #[must_use]
    pub fn name(self) -> String {
        let name = match self {
            PersonalKind::Name => "NAME",
            PersonalKind::Identifier => "IDENTIFIER",
            PersonalKind::BirthDate => "BIRTH_DATE",
            PersonalKind::Contact => "CONTACT",
            PersonalKind::Answer => "ANSWER",
            PersonalKind::Conduct => "CONDUCT",
            PersonalKind::Pay => "PAY",
            PersonalKind::Leave => "LEAVE",
            PersonalKind::Quality => "QUALITY",
            PersonalKind::Trail => "TRAIL",
            PersonalKind::Record => "RECORD",
            PersonalKind::History => "HISTORY",
        };
        name.to_owned()
    }

    #[must_use]
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            PersonalKind::Name => &[Permission::ReadNames],
            PersonalKind::Identifier => &[Permission::ReadIdentifiers],
            PersonalKind::BirthDate => &[Permission::ReadBirthDates],
            PersonalKind::Contact => &[Permission::ReadContacts],
            PersonalKind::Answer => &[Permission::ReadPersonalAnswers],
            PersonalKind::Conduct => &[Permission::ReadConduct],
            PersonalKind::Pay => &[Permission::ReadPay],
            PersonalKind::Leave => &[Permission::ReadLeave],
            PersonalKind::Quality => &[Permission::ReadQuality],
            PersonalKind::Trail => &[Permission::ReadHistory],
            PersonalKind::Record => &WHOLE_RECORD,
            PersonalKind::History => &HISTORY,
        }
    }
}

/// Marks a personal field in the schema, with the kind of thing it tells.
#[TypeDirective(location = "FieldDefinition")]
pub fn personal(kind: String) {}

/// Whether the caller may read this kind of personal field.
///
/// # Errors
/// The denial, which belongs to the field alone.
pub fn check(ctx: &Context<'_>, kind: PersonalKind) -> Result<()> {
    let actor = request(ctx).actor();
    for permission in kind.permissions() {
        actor
            .may(*permission)
            .map_err(|denied| refuse(ctx, denied))?;
    }
    Ok(())
}

/// A personal field: its value for callers who may read this kind, else null with an error that names the permission.
/// An async-graphql guard would null the whole object instead of the field.
pub fn guarded<T>(ctx: &Context<'_>, kind: PersonalKind, value: Option<T>) -> Option<Result<T>> {
    match check(ctx, kind) {
        Ok(()) => value.map(Ok),
        Err(denied) => Some(Err(denied)),
    }
}

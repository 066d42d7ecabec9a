//! Deciding on a conflict.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize};

use super::objects::{ConflictItem, conflict_items};
use crate::graphql::{ActInput, Command, Ended, UserErrorOf, id, refuse, user_errors};
use crate::kernel::{ConflictId, Invalid};
use crate::tenancy::Reader;
use crate::workforce::graphql::deed::{Deed, perform};
use crate::workforce::{self, Occasion, ResolveConflict};

/// Which of two values a record is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
pub enum ConflictSide {
    /// The later one: it becomes a correction as of now, or a change request where that takes a second person.
    Mine,
    /// The first one, which the record has.
    Theirs,
}

/// A conflict to decide on.
#[derive(InputObject, Serialize)]
pub struct ResolveConflictInput {
    /// The conflict.
    conflict: ID,
    /// Which of its values.
    take: ConflictSide,
    /// The version that you saw.
    base_version: i32,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Why a conflict was not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResolveConflictErrorCode {
    /// There is no such conflict.
    ConflictNotFound,
    /// Somebody has decided already.
    ConflictDecided,
    /// The conflict changed since it was read; see `conflict`.
    Stale,
    /// The name is empty, too long, or holds no letter.
    InvalidName,
    /// The birth date is before 1900 or in the future.
    InvalidBirthDate,
    /// None of the country's types of identifier, or retired.
    UnknownIdentifierType,
    /// Not written as an identifier of this type is.
    InvalidIdentifier,
    /// Another person on the register has this identifier.
    IdentifierTaken,
    /// Another change of the field waits for a second person.
    ChangePending,
    /// More entries than a list may have.
    TooMany,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// The answer to `resolveConflict`.
#[derive(SimpleObject)]
pub struct ResolveConflictPayload {
    /// The conflict, decided; absent when that was refused.
    resolved: Option<ConflictItem>,
    /// The conflict as it is now, when someone else changed it first.
    conflict: Option<ConflictItem>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ResolveConflictErrorCode>>,
}

impl Command for ResolveConflictInput {
    type Read = ResolveConflict;

    fn read(&self) -> Result<ResolveConflict, Invalid> {
        Ok(ResolveConflict {
            conflict: id("input.conflict", &self.conflict)?,
            takes_mine: self.take == ConflictSide::Mine,
            base_version: self.base_version,
        })
    }

    fn act(&self) -> Option<&ActInput> {
        self.act.as_ref()
    }

    fn key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}

impl Deed for ResolveConflictInput {
    const NAME: &'static str = "resolveConflict";
    type Done = ConflictId;

    async fn carry_out(
        _: &Context<'_>,
        tx: &mut Reader<'_>,
        occasion: &Occasion<'_>,
        command: ResolveConflict,
    ) -> std::result::Result<ConflictId, Ended> {
        Ok(workforce::resolve_conflict(tx, occasion, command).await?)
    }

    fn give_key(&mut self, key: &str) {
        self.idempotency_key = Some(key.to_owned());
    }
}

#[derive(Default)]
pub struct ConflictsMutation;

#[Object]
impl ConflictsMutation {
    /// Decide which of two values a record is to have. One who comes second is told so.
    #[tracing::instrument(name = "mutation resolveConflict", skip_all)]
    async fn resolve_conflict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: ResolveConflictInput,
    ) -> Result<ResolveConflictPayload> {
        let answer = perform::<_, ResolveConflictErrorCode>(ctx, &input).await?;
        let is_late = |code: &ResolveConflictErrorCode| {
            matches!(
                code,
                ResolveConflictErrorCode::Stale | ResolveConflictErrorCode::ConflictDecided
            )
        };
        let conflict = if answer.refused.iter().any(|it| is_late(&it.code)) {
            let id = input.read().map_err(|error| refuse(ctx, error))?.conflict;
            one(ctx, id, "conflict").await?
        } else {
            None
        };
        let resolved = match answer.value {
            Some(id) => one(ctx, id, "resolved").await?,
            None => None,
        };
        Ok(ResolveConflictPayload {
            resolved,
            conflict,
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

/// A conflict after the commit, as a field of the payload asks for it.
async fn one(ctx: &Context<'_>, id: ConflictId, field: &str) -> Result<Option<ConflictItem>> {
    let selections = [ctx.look_ahead().field(field)];
    let found = conflict_items(ctx, vec![id], &selections).await?;
    Ok(found.into_iter().next())
}

//! Changing how facilities are classified, on the wire.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Serialize};

use super::classes::{FacilityType, Ownership};
use super::mutations::{current, occasion};
use crate::graphql::{
    ActInput, Answer, Beginning, Day, LocalizedTextInput, SectorName, UserErrorOf, begin, settle,
    text, user_errors,
};
use crate::places::{self, SaveClass};

/// Why a type of facility was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveFacilityTypeErrorCode {
    /// The code is empty, longer than 40 characters, or has others than letters, digits, points, hyphens and underscores.
    InvalidCode,
    /// There is a type with the code, and no `baseVersion` was given.
    CodeTaken,
    /// A `baseVersion` was given, and there is no type with the code.
    ClassNotFound,
    /// The type changed since it was read; see `current`.
    Stale,
    /// Nothing would change.
    NothingChanges,
    /// No label, or one that is empty or too long.
    InvalidLabel,
    /// A label is in none of the country's languages.
    ForeignLanguage,
    /// There is no label in the country's first language.
    MissingLanguage,
    /// A text is too long, or has control characters.
    InvalidText,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a kind of ownership was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveOwnershipErrorCode {
    /// The code is empty, longer than 40 characters, or has others than letters, digits, points, hyphens and underscores.
    InvalidCode,
    /// There is a kind with the code, and no `baseVersion` was given.
    CodeTaken,
    /// A `baseVersion` was given, and there is no kind with the code.
    ClassNotFound,
    /// The kind changed since it was read; see `current`.
    Stale,
    /// Nothing would change.
    NothingChanges,
    /// No label, or one that is empty or too long.
    InvalidLabel,
    /// A label is in none of the country's languages.
    ForeignLanguage,
    /// There is no label in the country's first language.
    MissingLanguage,
    /// The group is none of the National Health Workforce Accounts.
    InvalidText,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Places are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// A type of facility as it is to be: new without `baseVersion`, otherwise replaced whole.
#[derive(InputObject, Serialize)]
pub struct SaveFacilityTypeInput {
    /// The code that the country uses, for ever.
    code: String,
    /// The version that you saw; absent for a new type.
    base_version: Option<i32>,
    /// What it is called: in the country's first language, and in its others where there is a label.
    labels: Vec<LocalizedTextInput>,
    /// The level of care, as the country tells it.
    #[graphql(default)]
    tier: String,
    /// Provider class of the System of Health Accounts 2011 (`HP.1` hospitals …); empty for social offices.
    #[graphql(default)]
    provider_class: String,
    /// The sector it belongs to.
    sector: SectorName,
    /// Where the entry comes from.
    #[graphql(default)]
    source: String,
    /// The first day on which no facility takes it; absent: it is in use.
    retired_on: Option<Day>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// A kind of ownership as it is to be: new without `baseVersion`, otherwise replaced whole.
#[derive(InputObject, Serialize)]
pub struct SaveOwnershipInput {
    /// The code that the country uses, for ever.
    code: String,
    /// The version that you saw; absent for a new kind.
    base_version: Option<i32>,
    /// What it is called: in the country's first language, and in its others where there is a label.
    labels: Vec<LocalizedTextInput>,
    /// The group in the National Health Workforce Accounts: `public`, `private_not_for_profit`, `private_for_profit`.
    nhwa_group: String,
    /// Where the entry comes from.
    #[graphql(default)]
    source: String,
    /// The first day on which no facility takes it; absent: it is in use.
    retired_on: Option<Day>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// The answer to `saveFacilityType`.
#[derive(SimpleObject)]
pub struct SaveFacilityTypePayload {
    /// The type; absent when it was refused.
    facility_type: Option<FacilityType>,
    /// The type as it is now, with its version, when someone else changed it first.
    current: Option<FacilityType>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveFacilityTypeErrorCode>>,
}

/// The answer to `saveOwnership`.
#[derive(SimpleObject)]
pub struct SaveOwnershipPayload {
    /// The kind of ownership; absent when it was refused.
    ownership: Option<Ownership>,
    /// The kind as it is now, with its version, when someone else changed it first.
    current: Option<Ownership>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<SaveOwnershipErrorCode>>,
}

#[derive(Default)]
pub struct ClassesMutation;

#[Object]
impl ClassesMutation {
    /// Add a type of facility, change it, or retire it.
    #[tracing::instrument(name = "mutation saveFacilityType", skip_all)]
    async fn save_facility_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SaveFacilityTypeInput,
    ) -> Result<SaveFacilityTypePayload> {
        let save = SaveClass {
            class: places::FacilityType {
                code: input.code.clone(),
                label: text(&input.labels),
                tier: input.tier.clone(),
                provider_class: input.provider_class.clone(),
                sector: input.sector.into(),
                source: input.source.clone(),
            },
            base_version: input.base_version,
            retired_on: input.retired_on.map(|Day(day)| day),
        };
        let occasion = occasion(ctx, input.act.as_ref())?;
        let key = input.idempotency_key.as_deref();
        let begun =
            begin::<String, SaveFacilityTypeErrorCode>(ctx, "saveFacilityType", key, &input);
        let answer = match begun.await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = places::save_facility_type(&mut tx, &occasion, &save).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let places = current(ctx).await?.0.on(occasion.today);
        let shown = |code: &String| {
            places.facility_type(code)?;
            Some(FacilityType {
                places: std::sync::Arc::clone(&places),
                code: code.clone(),
            })
        };
        let stale = is_stale(&answer, &SaveFacilityTypeErrorCode::Stale);
        Ok(SaveFacilityTypePayload {
            current: stale.then(|| shown(&save.class.code)).flatten(),
            facility_type: answer.value.as_ref().and_then(shown),
            errors: user_errors(ctx, answer.refused)?,
        })
    }

    /// Add a kind of ownership, change it, or retire it.
    #[tracing::instrument(name = "mutation saveOwnership", skip_all)]
    async fn save_ownership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: SaveOwnershipInput,
    ) -> Result<SaveOwnershipPayload> {
        let save = SaveClass {
            class: places::Ownership {
                code: input.code.clone(),
                label: text(&input.labels),
                nhwa_group: input.nhwa_group.clone(),
                source: input.source.clone(),
            },
            base_version: input.base_version,
            retired_on: input.retired_on.map(|Day(day)| day),
        };
        let occasion = occasion(ctx, input.act.as_ref())?;
        let key = input.idempotency_key.as_deref();
        let begun = begin::<String, SaveOwnershipErrorCode>(ctx, "saveOwnership", key, &input);
        let answer = match begun.await? {
            Beginning::Answered(answer) => answer,
            Beginning::Attempt(mut attempt) => {
                let mut tx = attempt.write().db();
                let ended = places::save_ownership(&mut tx, &occasion, &save).await;
                drop(tx);
                settle(ctx, attempt, ended).await?
            }
        };
        let places = current(ctx).await?.0.on(occasion.today);
        let shown = |code: &String| {
            places.ownership(code)?;
            Some(Ownership {
                places: std::sync::Arc::clone(&places),
                code: code.clone(),
            })
        };
        let stale = is_stale(&answer, &SaveOwnershipErrorCode::Stale);
        Ok(SaveOwnershipPayload {
            current: stale.then(|| shown(&save.class.code)).flatten(),
            ownership: answer.value.as_ref().and_then(shown),
            errors: user_errors(ctx, answer.refused)?,
        })
    }
}

fn is_stale<T, C: PartialEq>(answer: &Answer<T, C>, stale: &C) -> bool {
    answer.refused.iter().any(|it| it.code == *stale)
}

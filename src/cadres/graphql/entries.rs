//! Changing code lists, on the wire.

use async_graphql::{Context, Enum, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::entry::CodeListEntry;
use super::mutations::occasion;
use crate::cadres::{self, AddEntry, ChangeEntry, EntryName, EntryProposal, RetireEntry};
use crate::graphql::{
    ActInput, Beginning, Day, Json, LocalizedTextInput, UserErrorOf, begin, refuse, request,
    settle, text, user_errors,
};

/// Why an entry was not added to a code list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AddCodeListEntryErrorCode {
    /// The code or the list's name is empty, longer than 40 characters, or has others than letters, digits, points, hyphens
    /// and underscores.
    InvalidCode,
    /// The list has the code, or once had it.
    CodeTaken,
    /// No label, or one that is empty or too long.
    InvalidLabel,
    /// A label is in none of the country's languages.
    ForeignLanguage,
    /// There is no label in the country's first language.
    MissingLanguage,
    /// An attribute is nothing that the list says of its entries.
    InvalidAttribute,
    /// The place is not from 1 to 32767.
    InvalidPlace,
    /// Code lists are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an entry of a code list was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeCodeListEntryErrorCode {
    /// The list has no such entry.
    EntryNotFound,
    /// The entry changed since it was read; see `conflict`.
    Stale,
    /// Nothing would change.
    NothingChanges,
    /// No label, or one that is empty or too long.
    InvalidLabel,
    /// A label is in none of the country's languages.
    ForeignLanguage,
    /// There is no label in the country's first language.
    MissingLanguage,
    /// An attribute is nothing that the list says of its entries.
    InvalidAttribute,
    /// The place is not from 1 to 32767.
    InvalidPlace,
    /// Code lists are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why an entry of a code list was not retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RetireCodeListEntryErrorCode {
    /// The list has no such entry.
    EntryNotFound,
    /// The entry changed since it was read; see `conflict`.
    Stale,
    /// The entry is retired from another day: let it be named again first.
    EntryRetired,
    /// The register itself gives this reason.
    NeededByTheRegister,
    /// Nothing would change.
    NothingChanges,
    /// The day is not from 1900 to 2200.
    InvalidDate,
    /// Code lists are changed by callers for the whole country, in both sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// An entry to add to a code list. A list that there is not begins with it.
#[derive(InputObject, Serialize)]
pub struct AddCodeListEntryInput {
    /// The list: `employment_type`, `departure_reason`, `identifier_type`, or one of the ministry's own.
    list: String,
    /// The code, for ever.
    code: String,
    /// What it is called: in the country's first language, and in its others where there is a label.
    labels: Vec<LocalizedTextInput>,
    /// What the list says of its entries besides, as an object of texts, numbers and yes or no: the `exit_group` of a
    /// departure reason (`voluntary`, `involuntary`, `not_an_exit`), the `pattern` of an identifier type.
    attributes: Option<Json>,
    /// Where it stands in its list, from 1; absent: behind those that have a place, by code.
    place: Option<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// An entry of a code list to be labelled, placed or described anew. What is absent stays.
#[derive(InputObject, Serialize)]
pub struct ChangeCodeListEntryInput {
    /// The list.
    list: String,
    /// The entry's code.
    code: String,
    /// The version that you saw.
    base_version: i32,
    /// What it is called: in the country's first language, and in its others where there is a label.
    labels: Option<Vec<LocalizedTextInput>>,
    /// What the list says of its entries besides, replaced whole.
    attributes: Option<Json>,
    /// Where it stands in its list, from 1; null: behind those that have a place, by code.
    place: MaybeUndefined<i32>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// An entry of a code list that no new record may name from a day on; it stays readable on those that name it.
#[derive(InputObject, Serialize)]
pub struct RetireCodeListEntryInput {
    /// The list.
    list: String,
    /// The entry's code.
    code: String,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which no new record may name it; null: it may be named again.
    from: Option<Day>,
    /// The legal act behind it.
    act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    idempotency_key: Option<String>,
}

/// The answer to `addCodeListEntry`.
#[derive(SimpleObject)]
pub struct AddCodeListEntryPayload {
    /// The new entry; absent when it was refused.
    entry: Option<CodeListEntry>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<AddCodeListEntryErrorCode>>,
}

/// The answer to `changeCodeListEntry`.
#[derive(SimpleObject)]
pub struct ChangeCodeListEntryPayload {
    /// The entry; absent when it was refused.
    entry: Option<CodeListEntry>,
    /// The entry as it is now, when someone else changed it first.
    conflict: Option<CodeListEntryConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<ChangeCodeListEntryErrorCode>>,
}

/// The answer to `retireCodeListEntry`.
#[derive(SimpleObject)]
pub struct RetireCodeListEntryPayload {
    /// The entry; absent when it was refused.
    entry: Option<CodeListEntry>,
    /// The entry as it is now, when someone else changed it first.
    conflict: Option<CodeListEntryConflict>,
    /// Why it was refused; empty when it was not.
    errors: Vec<UserErrorOf<RetireCodeListEntryErrorCode>>,
}

/// A change of an entry that someone else made first.
#[derive(SimpleObject)]
pub struct CodeListEntryConflict {
    /// The version that the caller saw.
    base_version: i32,
    /// The entry as it is now, with its version.
    current: CodeListEntry,
}

#[derive(Default)]
pub struct CodeListsQuery;

#[Object]
impl CodeListsQuery {
    /// Any of the country's code lists by its name, in its order, retired entries too; empty when there is none.
    #[tracing::instrument(name = "query codeListNamed", skip_all)]
    async fn code_list_named(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list: `departure_reason`, or one of the ministry's own.")]
        list: String,
    ) -> Result<Vec<CodeListEntry>> {
        let rq = request(ctx);
        let lists = async { cadres::code_lists(&mut rq.read(false).await?, rq.actor()).await };
        let lists = lists.await.map_err(|error| refuse(ctx, error))?;
        Ok(CodeListEntry::all(&lists, &list))
    }
}

#[derive(Default)]
pub struct CodeListsMutation;

#[Object]
impl CodeListsMutation {
    /// Add an entry to a code list.
    #[tracing::instrument(name = "mutation addCodeListEntry", skip_all)]
    async fn add_code_list_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")] input: AddCodeListEntryInput,
    ) -> Result<AddCodeListEntryPayload> {
        let proposal = EntryProposal::Add(AddEntry {
            name: named(&input.list, &input.code),
            label: text(&input.labels),
            attributes: input
                .attributes
                .clone()
                .map_or(serde_json::Value::Null, |it| it.0),
            place: input.place,
        });
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (entry, _, errors) = run(ctx, "addCodeListEntry", said, &input, proposal).await?;
        Ok(AddCodeListEntryPayload { entry, errors })
    }

    /// Label, place or describe an entry of a code list anew.
    #[tracing::instrument(name = "mutation changeCodeListEntry", skip_all)]
    async fn change_code_list_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: ChangeCodeListEntryInput,
    ) -> Result<ChangeCodeListEntryPayload> {
        let proposal = EntryProposal::Change(ChangeEntry {
            name: named(&input.list, &input.code),
            base_version: input.base_version,
            label: input.labels.as_deref().map(text),
            attributes: input.attributes.clone().map(|it| it.0),
            place: (input.place.as_opt_ref()).map(Option::<&i32>::copied),
        });
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (entry, conflict, errors) =
            run(ctx, "changeCodeListEntry", said, &input, proposal).await?;
        Ok(ChangeCodeListEntryPayload {
            entry,
            conflict,
            errors,
        })
    }

    /// Let no new record name an entry of a code list from a day on, or let them name it again.
    #[tracing::instrument(name = "mutation retireCodeListEntry", skip_all)]
    async fn retire_code_list_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and on what grounds.")]
        input: RetireCodeListEntryInput,
    ) -> Result<RetireCodeListEntryPayload> {
        let proposal = EntryProposal::Retire(RetireEntry {
            name: named(&input.list, &input.code),
            base_version: input.base_version,
            from: input.from.map(|Day(day)| day),
        });
        let said = (input.idempotency_key.as_deref(), input.act.as_ref());
        let (entry, conflict, errors) =
            run(ctx, "retireCodeListEntry", said, &input, proposal).await?;
        Ok(RetireCodeListEntryPayload {
            entry,
            conflict,
            errors,
        })
    }
}

fn named(list: &str, code: &str) -> EntryName {
    EntryName {
        list: list.to_owned(),
        code: code.to_owned(),
    }
}

type Settled<C> = (
    Option<CodeListEntry>,
    Option<CodeListEntryConflict>,
    Vec<UserErrorOf<C>>,
);

async fn run<I, C>(
    ctx: &Context<'_>,
    name: &'static str,
    (key, act): (Option<&str>, Option<&ActInput>),
    input: &I,
    proposal: EntryProposal,
) -> Result<Settled<C>>
where
    I: Serialize + Sync,
    C: async_graphql::OutputType + Copy + Serialize + DeserializeOwned,
{
    let rq = request(ctx);
    let tenant = rq.tenant().map_err(|denied| refuse(ctx, denied))?;
    let languages = &tenant.settings().languages;
    let occasion = occasion(ctx, act)?;
    let begun = begin::<EntryName, C>(ctx, name, key, input).await?;
    let answer = match begun {
        Beginning::Answered(answer) => answer,
        Beginning::Attempt(mut attempt) => {
            let mut tx = attempt.write().db();
            let ended = cadres::revise_entry(&mut tx, &occasion, languages, &proposal).await;
            drop(tx);
            settle(ctx, attempt, ended).await?
        }
    };
    let lists = async { cadres::code_lists(&mut rq.read(false).await?, rq.actor()).await };
    let lists = lists.await.map_err(|error| refuse(ctx, error))?;
    let found = |it: &EntryName| CodeListEntry::find(&lists, &it.list, &it.code);
    let base = answer.refused.iter().find_map(|it| it.conflict.as_ref());
    let base = base.and_then(|it| i32::try_from(it.as_i64()?).ok());
    let conflict = base.and_then(|base_version| {
        Some(CodeListEntryConflict {
            base_version,
            current: found(proposal.name())?,
        })
    });
    let entry = answer.value.as_ref().and_then(found);
    Ok((entry, conflict, user_errors(ctx, answer.refused)?))
}

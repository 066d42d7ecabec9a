//! Changing the entries of code lists: departure reasons, terms of employment, types of identifier, and the lists that a
//! ministry keeps for its forms. An entry is never deleted: one that is retired stays readable on old records.

mod proposal;
mod refusal;
mod store;

pub use proposal::{AddEntry, ChangeEntry, EntryName, EntryProposal, RetireEntry};
pub use refusal::{EntryObjection, EntryRefusal, EntryWriteError};

use serde_json::{Value, json};
use uuid::Uuid;

use super::lists::CodeLists;
use super::{Occasion, store as cadres_store};
use crate::auth::Permission;
use crate::kernel::Reason;
use crate::ledger::{self, Entry, Fields, SubjectKind, Verb};
use crate::tenancy::Reader;
use proposal::EntryState;

/// Adds, changes or retires an entry; which one. `languages` are those that the country writes its labels in.
///
/// # Errors
/// All refusals of the proposal at once; `Denied` without [`Permission::ConfigureCodeLists`].
#[tracing::instrument(name = "cadres.revise_entry", skip_all)]
pub async fn revise_entry(
    tx: &mut Reader<'_>,
    occasion: &Occasion<'_>,
    languages: &[String],
    proposal: &EntryProposal,
) -> Result<EntryName, EntryWriteError> {
    let actor = occasion.actor;
    actor.may(Permission::ConfigureCodeLists)?;
    // The lists are the whole country's, and both services use them.
    if actor.units.is_some() || actor.sectors.is_some() {
        return Err(EntryObjection::OutsideYourScope.at(&[]).into());
    }
    cadres_store::lock(tx).await?;
    let (_, lists) = tx.current::<CodeLists>().await?;
    let name = proposal.name();
    let before = EntryState::of(&lists, name);
    let version = lists
        .card(&name.list, &name.code)
        .map_or(0, |it| it.version)
        + 1;
    let after = (proposal.decide(before.as_ref(), version - 1, languages))
        .map_err(EntryWriteError::Refused)?;
    let number = store::write(tx, name, &after, version).await?;
    let verb = match proposal {
        EntryProposal::Add(_) => Verb::AddCodeListEntry,
        EntryProposal::Change(_) => Verb::ChangeCodeListEntry,
        EntryProposal::Retire(_) => Verb::RetireCodeListEntry,
    };
    let entry = Entry {
        at: occasion.now,
        verb,
        subject_kind: SubjectKind::CodeListEntry,
        // An entry has no id but the number by which facts about postings name it.
        subject: Uuid::from_u128(u128::from(number.unsigned_abs())),
        before: None,
        after: None,
        act: occasion.act.clone(),
        change: describe(name, before.as_ref(), &after, version),
    };
    ledger::append(tx, actor, &[entry]).await?;
    Ok(name.clone())
}

/// The change of one entry, field by field.
fn describe(
    name: &EntryName,
    before: Option<&EntryState>,
    after: &EntryState,
    version: i32,
) -> Value {
    let values = |state: &EntryState| {
        [
            ("labels", json!(state.label)),
            ("attributes", json!(state.attributes)),
            ("place", json!(state.place)),
            ("retiredOn", json!(state.retired_on)),
        ]
    };
    let mut fields = Fields::default();
    fields.compare(before.map(values), values(after));
    let mut change = fields.into_value(version);
    change["list"] = json!(name.list);
    change["code"] = json!(name.code);
    change
}

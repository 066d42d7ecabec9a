//! What people work as: the country's taxonomy of cadres through time, and the code lists that go with it.
//!
//! Reading is here; [`revise`] and [`preview`] change the taxonomy from a day on, and what is of that day or before stays
//! as it was.

mod cadre;
mod catalogue;
mod configure;
mod crosswalk;
mod entries;
pub mod graphql;
mod history;
mod lists;
mod revise;
mod store;
mod taxonomy;

use std::sync::Arc;

use sqlx::PgConnection;

pub use cadre::{Cadre, Cadres, Ending, Isco08, State, Status, WorkerClass};
pub use catalogue::{Indicator, IndicatorUnit, TouchedIndicator, indicators};
pub use configure::{
    CadreRow, CadresConfiguration, EntryRow, MappingRow, Misfit, classifications, configure,
};
pub use crosswalk::{
    Classifications, ISCO_08, Mapping, ProposeMapping, Relation, Standing, Suggestion, Target,
    Unit, propose_mapping, review_mapping, suggest,
};
pub use entries::{
    AddEntry, ChangeEntry, EntryName, EntryObjection, EntryProposal, EntryRefusal, EntryWriteError,
    RetireEntry, revise_entry,
};
pub use history::{Dated, History};
pub use lists::{
    CodeListEntry, CodeLists, DEPARTURE_REASON, DISCIPLINARY_ACTION, EMPLOYMENT_TYPE, EntryCard,
    IDENTIFIER_TYPE, LEAVE_TYPE, LICENCE_REASON, MARITAL_STATUS, QUALIFICATION_LEVEL,
    RECLASSIFICATION, RELATION, VETTING_KIND, VOLUNTEER,
};
pub use revise::{
    AddCadre, ChangeCadre, MergeCadres, Objection, Occasion, Preview, Proposal, Refusal,
    ReinstateCadre, RetireCadre, Revision, SplitCadre, SplitPart, Touched, WriteError, entries,
    prepare, preview, revise, write,
};
pub use taxonomy::{Taxonomy, Unpostable};

use crate::auth::{Actor, Permission};
use crate::kernel::{Date, Fault, ReadError};
use crate::tenancy::Reader;

/// All cadres of the country as they are on a day, and the whole of their history, in this view of the data.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn on(
    db: &mut Reader<'_>,
    actor: &Actor,
    day: Date,
) -> Result<(Arc<Cadres>, Arc<Taxonomy>), ReadError> {
    actor.may(Permission::ReadReference)?;
    let (_, taxonomy) = db.current::<Taxonomy>().await?;
    Ok((taxonomy.on(day), taxonomy))
}

/// Holds the taxonomy still until the end of the transaction. Whoever posts people calls it before anything else, so
/// that nobody is posted under a cadre that is being merged away.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold(tx: &mut PgConnection) -> Result<(), Fault> {
    store::hold(tx).await
}

/// Waits for all who [`hold`] the taxonomy until the end of the transaction: for those who move people whom nobody is to
/// post meanwhile.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_alone(tx: &mut PgConnection) -> Result<(), Fault> {
    store::lock(tx).await
}

/// Adds [`RECLASSIFICATION`] to the country's departure reasons, where it is not among them; in its own languages, or it
/// could not be told in its folder.
///
/// # Errors
/// When the database refuses.
pub async fn know_reclassification(
    tx: &mut PgConnection,
    languages: &[String],
) -> Result<(), Fault> {
    let word = |language: &str| match language {
        "fr" => "Reclassement",
        "sw" => "Kubadilishwa kada",
        _ => "Reclassification",
    };
    let (known, first) = (["en", "fr", "sw"], languages.first());
    let own = languages.iter();
    let own = own.filter(|it| known.contains(&it.as_str()) || Some(*it) == first);
    let label = own.map(|it| (it.clone(), word(it).to_owned())).collect();
    store::know_reclassification(tx, &label).await
}

/// All code lists of the country.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn code_lists(db: &mut Reader<'_>, actor: &Actor) -> Result<Arc<CodeLists>, ReadError> {
    actor.may(Permission::ReadReference)?;
    let (_, lists) = db.current::<CodeLists>().await?;
    Ok(lists)
}

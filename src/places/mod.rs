//! Where people work: the org-unit tree with its populations, and facilities, through time.
//!
//! Reading is here; [`revise_units`], [`prepare_facility`] and [`record_populations`] change the places from a day on, and
//! what was before that day stays as it was.

mod configure;
mod gazetteer;
pub mod graphql;
mod history;
mod picture;
mod place;
mod revise;
mod store;

use std::sync::Arc;

use sqlx::PgConnection;

pub use configure::{
    ClassRow, FacilityRow, PlacesConfiguration, PopulationRow, UnitRow, configure, moved,
};
pub use gazetteer::Gazetteer;
pub use history::{Dated, FacilityHistory, States, UnitHistory};
pub use picture::{Places, Shared};
pub use place::{
    ClassCard, Closure, Facility, FacilityState, FacilityStatus, FacilityType, OrgUnit, Ownership,
    Population, Setting, UnitState, UnitStatus,
};
pub use revise::{
    AddFacility, AddUnit, ChangeFacility, ChangeUnit, CloseUnit, Count, FacilityPreview,
    FacilityProposal, FacilityRevision, Objection, Occasion, Refusal, SaveClass, Touched,
    TurnFacility, UnitPreview, UnitProposal, UnitRevision, WriteError, is_day_of_retirement,
    prepare_facility, preview_facility, preview_unit, record_populations, revise_units,
    save_facility_type, save_ownership, write_facility,
};

use crate::auth::{Actor, Permission};
use crate::kernel::{Date, Fault, ReadError};
use crate::tenancy::Reader;

/// All places of the country as they are on a day, and the whole of their history, in this view of the data.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn on(
    db: &mut Reader<'_>,
    actor: &Actor,
    day: Date,
) -> Result<(Arc<Places>, Arc<Gazetteer>), ReadError> {
    actor.may(Permission::ReadReference)?;
    let (_, gazetteer) = db.current::<Gazetteer>().await?;
    Ok((gazetteer.on(day), gazetteer))
}

/// Holds the places still until the end of the transaction: for those who write down where a place stands.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold(tx: &mut PgConnection) -> Result<(), Fault> {
    store::hold(tx).await
}

/// Waits for all who [`hold`] the places, or change them, until the end of the transaction.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_alone(tx: &mut PgConnection) -> Result<(), Fault> {
    store::lock(tx).await
}

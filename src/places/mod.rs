//! Where people work: the org-unit tree with its populations, and facilities.

mod configure;
pub mod graphql;
mod place;
mod store;

use std::sync::Arc;

pub use configure::{FacilityRow, PlacesConfiguration, PopulationRow, UnitRow, configure};
pub use place::{Facility, FacilityType, OrgUnit, Ownership, Places, Population, Setting};

use crate::auth::{Actor, Permission};
use crate::kernel::ReadError;
use crate::tenancy::Reader;

/// All places of the country, as they are in this view of the data.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn all(db: &mut Reader<'_>, actor: &Actor) -> Result<Arc<Places>, ReadError> {
    actor.may(Permission::ReadReference)?;
    let (_, places) = db.current::<Places>().await?;
    Ok(places)
}

//! What people work as: the country's taxonomy of cadres, and the code lists that go with it.

mod cadre;
mod configure;
pub mod graphql;
mod store;

use std::sync::Arc;

pub use cadre::{
    Cadre, Cadres, CodeListEntry, CodeLists, DEPARTURE_REASON, EMPLOYMENT_TYPE, IDENTIFIER_TYPE,
    Isco08, WorkerClass,
};
pub use configure::{CadreRow, CadresConfiguration, configure, isco08_codes};

use crate::auth::{Actor, Permission};
use crate::kernel::ReadError;
use crate::tenancy::Reader;

/// All cadres of the country, as they are in this view of the data.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
pub async fn all(db: &mut Reader<'_>, actor: &Actor) -> Result<Arc<Cadres>, ReadError> {
    actor.may(Permission::ReadReference)?;
    let (_, cadres) = db.current::<Cadres>().await?;
    Ok(cadres)
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

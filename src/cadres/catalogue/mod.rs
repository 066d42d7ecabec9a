//! The catalogue of published indicators that count the workforce by occupation. It stands with the cadres, because whoever
//! changes these has to know which indicators that touches; to compute one is another matter.

mod indicator;
mod store;

pub use indicator::{Indicator, IndicatorUnit, TouchedIndicator};

use sqlx::PgConnection;

use super::Cadres;
use crate::auth::{Actor, Permission};
use crate::kernel::{CadreId, Fault, ReadError};
use crate::tenancy::Reader;

/// The whole catalogue, by code.
///
/// # Errors
/// `Denied` without [`Permission::ReadReference`].
#[tracing::instrument(name = "cadres.indicators", skip_all)]
pub async fn indicators(db: &mut Reader<'_>, actor: &Actor) -> Result<Vec<Indicator>, ReadError> {
    actor.may(Permission::ReadReference)?;
    Ok(store::all(db).await?)
}

/// Those of the catalogue that count any of some cadres, as these are on a day.
pub(super) async fn touched(
    connection: &mut PgConnection,
    cadres: &Cadres,
    concerned: &[CadreId],
) -> Result<Vec<TouchedIndicator>, Fault> {
    let catalogue = store::all(connection).await?.into_iter();
    let touched = catalogue.map(|it| it.among(cadres, concerned));
    Ok(touched.filter(|it| !it.cadres.is_empty()).collect())
}

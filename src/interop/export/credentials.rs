//! The credentials of workers, as columns show them.

use std::collections::HashMap;

use serde_json::Number;

use super::shown::Cell;
use crate::credentials::{Licence, Qualification};
use crate::interop::told::Told;
use crate::kernel::{ReadError, WorkerId};
use crate::tenancy::Reader;
use crate::workforce::{Edge, Worker};

/// The credentials of a page of workers, as far as columns tell of them.
#[derive(Default)]
pub(super) struct Credentials {
    licences: HashMap<WorkerId, Vec<Licence>>,
    qualifications: HashMap<WorkerId, Vec<Qualification>>,
}

impl Credentials {
    pub async fn fetch(
        db: &mut Reader<'_>,
        workers: &[WorkerId],
        columns: &[Told],
    ) -> Result<Self, ReadError> {
        let mut credentials = Self::default();
        if columns.iter().any(|it| it.is_of_licences()) {
            credentials.licences = Licence::fetch(db, workers).await?;
        }
        if columns.iter().any(|it| !it.is_of_licences()) {
            credentials.qualifications = Qualification::fetch(db, workers).await?;
        }
        Ok(credentials)
    }

    pub fn cell(&self, column: Told, worker: &Worker) -> Cell {
        let text = |text: &str| Cell::Text(text.to_owned());
        let licence = || self.licence(worker);
        let qualification = || {
            let own = self.qualifications.get(&worker.id)?;
            own.iter().max_by_key(|it| it.passed.year)
        };
        let cell = match column {
            Told::LicenceNumber => licence().map(|it| text(&it.entry.number)),
            Told::LicenceExpiresOn => licence().and_then(Licence::expires_on).map(Cell::Day),
            Told::Qualification => qualification().map(|it| text(&it.passed.title)),
            Told::Institution => qualification().map(|it| text(&it.passed.institution)),
            Told::QualificationYear => (qualification().and_then(|it| it.passed.year))
                .map(|year| Cell::Number(Number::from(year))),
        };
        cell.unwrap_or(Cell::Empty)
    }

    fn licence(&self, worker: &Worker) -> Option<&Licence> {
        let cadre = worker.posting.as_ref().map(|it| it.cadre);
        let own = self.licences.get(&worker.id)?;
        own.iter()
            .max_by_key(|it| (Some(it.entry.cadre) == cadre, it.expires_on()))
    }
}

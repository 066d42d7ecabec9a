//! The country's reference lists, all of one moment, and how far a caller reaches with them.

use std::sync::Arc;

use super::Worker;
use super::approvals::ApprovalPolicy;
use super::calendar::{Calendar, Holidays};
use crate::auth::Actor;
use crate::cadres::{Cadres, CodeLists, Taxonomy};
use crate::forms::Forms;
use crate::kernel::{AsOf, Fault, OrgUnitId, Sector, WorkerId};
use crate::places::{Gazetteer, Places};
use crate::tenancy::{Reader, ReferenceVersion, Settings};

/// Places, cadres, code lists, forms, public holidays and what takes a second person, of one moment of the data, for one
/// day.
#[derive(Clone)]
pub struct Lists {
    /// The day that they are of.
    pub at: AsOf,
    pub version: ReferenceVersion,
    pub gazetteer: Arc<Gazetteer>,
    /// As they are on the day.
    pub places: Arc<Places>,
    /// As they are today, whatever day is asked about: scopes reach by these.
    pub places_today: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    /// As they are on the day.
    pub cadres: Arc<Cadres>,
    pub codes: Arc<CodeLists>,
    pub forms: Arc<Forms>,
    pub holidays: Arc<Holidays>,
    pub approvals: Arc<ApprovalPolicy>,
}

impl Lists {
    /// As this process last saw them; no statement when it did. Whoever reads with them reads their version in the
    /// same statement, and reads again with the current ones when it differs.
    ///
    /// # Errors
    /// When they have to be loaded and cannot be.
    pub async fn remembered(db: &mut Reader<'_>, at: AsOf) -> Result<Self, Fault> {
        let (version, gazetteer) = db.remembered::<Gazetteer>().await?;
        let (of_cadres, taxonomy) = db.remembered::<Taxonomy>().await?;
        let (of_codes, codes) = db.remembered::<CodeLists>().await?;
        let (of_forms, forms) = db.remembered::<Forms>().await?;
        let (of_holidays, holidays) = db.remembered::<Holidays>().await?;
        let (of_approvals, approvals) = db.remembered::<ApprovalPolicy>().await?;
        let versions = [of_cadres, of_codes, of_forms, of_holidays, of_approvals];
        if versions != [version; 5] {
            return Self::current(db, at).await;
        }
        Ok(Self {
            at,
            version,
            places: gazetteer.on(at.day),
            places_today: gazetteer.on(at.today),
            gazetteer,
            cadres: taxonomy.on(at.day),
            taxonomy,
            codes,
            forms,
            holidays,
            approvals,
        })
    }

    /// As they are in this view of the data.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn current(db: &mut Reader<'_>, at: AsOf) -> Result<Self, Fault> {
        loop {
            let version = db.reference_version().await?;
            let gazetteer = db.at::<Gazetteer>(version).await?;
            let taxonomy = db.at::<Taxonomy>(version).await?;
            let codes = db.at(version).await?;
            let forms = db.at(version).await?;
            let holidays = db.at(version).await?;
            let approvals = db.at(version).await?;
            if let (
                Some(gazetteer),
                Some(taxonomy),
                Some(codes),
                Some(forms),
                Some(holidays),
                Some(approvals),
            ) = (gazetteer, taxonomy, codes, forms, holidays, approvals)
            {
                return Ok(Self {
                    at,
                    version,
                    places: gazetteer.on(at.day),
                    places_today: gazetteer.on(at.today),
                    gazetteer,
                    cadres: taxonomy.on(at.day),
                    taxonomy,
                    codes,
                    forms,
                    holidays,
                    approvals,
                });
            }
        }
    }
}

impl Lists {
    /// Which days are worked in the country.
    #[must_use]
    pub fn calendar<'a>(&'a self, settings: &'a Settings) -> Calendar<'a> {
        Calendar {
            weekend: &settings.weekend,
            holidays: &self.holidays,
        }
    }
}

/// Whose records a caller sees, resolved against the places of today.
#[derive(Clone, Debug)]
pub struct Reach {
    /// `None`: the whole country.
    pub units: Option<Vec<OrgUnitId>>,
    /// `None`: every sector.
    pub sectors: Option<Vec<Sector>>,
    /// The only record, for the role `worker`.
    pub person: Option<WorkerId>,
}

impl Reach {
    #[must_use]
    pub fn of(actor: &Actor, lists: &Lists) -> Self {
        Self {
            units: lists.places_today.reach(actor.units.as_deref()),
            sectors: actor.sectors.clone(),
            person: actor.person,
        }
    }

    /// The part of it that lies in an org unit or below it, and in some sectors. A unit that is nowhere leaves nothing.
    #[must_use]
    pub fn narrowed(
        self,
        places: &Places,
        unit: Option<OrgUnitId>,
        sectors: Option<&[Sector]>,
    ) -> Self {
        let units = unit.map(|root| places.subtrees([root]));
        Self {
            units: both(self.units, units),
            sectors: both(self.sectors, sectors.map(<[Sector]>::to_vec)),
            person: self.person,
        }
    }

    /// The sectors as rows name them.
    #[must_use]
    pub fn sector_names(&self) -> Option<Vec<&'static str>> {
        let sectors = self.sectors.as_ref()?.iter();
        Some(sectors.map(|it| it.as_str()).collect())
    }

    /// Whether it takes in everybody.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.units.is_none() && self.sectors.is_none() && self.person.is_none()
    }

    #[must_use]
    pub fn admits(&self, worker: &Worker) -> bool {
        self.admits_place(worker.unit, worker.sector)
            && self.person.is_none_or(|person| person == worker.id)
    }

    /// Whether the caller works for this unit and sector.
    #[must_use]
    pub fn admits_place(&self, unit: OrgUnitId, sector: Sector) -> bool {
        let unit_in = self.units.as_ref().is_none_or(|it| it.contains(&unit));
        unit_in && (self.sectors.as_ref()).is_none_or(|it| it.contains(&sector))
    }
}

/// What two conditions leave, each of which may be none.
fn both<T: PartialEq>(one: Option<Vec<T>>, other: Option<Vec<T>>) -> Option<Vec<T>> {
    match (one, other) {
        (Some(mut one), Some(other)) => {
            one.retain(|it| other.contains(it));
            Some(one)
        }
        (one, other) => one.or(other),
    }
}

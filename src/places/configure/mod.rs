//! Bringing the places of a country up to date from a list that a ministry keeps. Nothing is ever deleted, and what a
//! place was called, where it stood and how it was classed until the day before stays as it was.

mod store;

use serde::Serialize;
use sqlx::PgConnection;

use super::revise::Class;
use super::{ClassCard, FacilityType, Gazetteer, OrgUnit, Ownership, Places, Setting};
use crate::kernel::{Changes, Date, FacilityId, Fault, ListChanges, OrgUnitId, Text};
use crate::tenancy::Reference;

/// The places of a country by their codes. A list that is empty is left as it stands.
#[derive(Clone, Debug, Default)]
pub struct PlacesConfiguration {
    pub units: Vec<UnitRow>,
    pub populations: Vec<PopulationRow>,
    pub types: Vec<ClassRow<FacilityType>>,
    pub ownerships: Vec<ClassRow<Ownership>>,
    pub facilities: Vec<FacilityRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitRow {
    pub code: String,
    pub parent: Option<String>,
    pub level: u8,
    pub name: Text,
    pub kind: String,
    pub iso_3166_2: Option<String>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PopulationRow {
    pub unit: String,
    pub year: u16,
    pub source: String,
    pub people: u64,
}

/// A type of facility or a kind of ownership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassRow<T> {
    #[serde(flatten)]
    pub class: T,
    /// The first day on which no facility takes it. Absent where the list does not say: that stays as it stands.
    pub retired_on: Option<Option<Date>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacilityRow {
    pub code: String,
    pub name: String,
    pub type_code: String,
    pub ownership: String,
    pub unit: String,
    pub setting: Setting,
    pub opened_on: Option<Date>,
    pub closed_on: Option<Date>,
}

/// Adds what is new and changes what differs from what holds on a day: from that day on. Places that are new have always
/// been there. The days from which and to which a place is there are replaced by what the list says. The caller appends
/// the changes to the ledger.
///
/// # Errors
/// When the database refuses: a code that nothing has, for one.
pub async fn configure(
    tx: &mut PgConnection,
    wanted: &PlacesConfiguration,
    day: Date,
) -> Result<Changes, Fault> {
    super::store::lock(tx).await?;
    let standing = Gazetteer::load(tx).await?.on(day);
    let wanted = wanted.told_fully(&standing);
    let changes = wanted.changes(&standing);
    if !changes.is_empty() {
        store::write(tx, &wanted, &standing, &changes, day).await?;
    }
    Ok(changes)
}

/// The facilities that such changes moved, with the org unit that each is in on the day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn moved(
    tx: &mut PgConnection,
    changes: &Changes,
    day: Date,
) -> Result<Vec<(FacilityId, OrgUnitId)>, Fault> {
    let facilities = changes.0.iter().filter(|it| it.list == "facilities");
    let rows = facilities.flat_map(|it| &it.changed);
    let codes = rows.filter(|(_, fields)| fields.iter().any(|it| it.field == "unit"));
    let codes: Vec<&String> = codes.map(|(code, _)| code).collect();
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let places = Gazetteer::load(tx).await?.on(day);
    let moved = codes.iter().filter_map(|code| {
        let facility = places.facility_by_code(code)?;
        Some((facility.id, facility.unit))
    });
    Ok(moved.collect())
}

impl PlacesConfiguration {
    /// What [`configure`] would do to these places.
    #[must_use]
    pub fn changes(&self, standing: &Places) -> Changes {
        let stands = Self::of(standing);
        let types = told_fully(&self.types, &stands.types);
        let ownerships = told_fully(&self.ownerships, &stands.ownerships);
        let lists = [
            (!self.units.is_empty()).then(|| {
                ListChanges::between("org_units", &self.units, &stands.units, UnitRow::key)
            }),
            (!self.populations.is_empty()).then(|| {
                ListChanges::between(
                    "populations",
                    &self.populations,
                    &stands.populations,
                    PopulationRow::key,
                )
            }),
            (!self.types.is_empty()).then(|| {
                ListChanges::between("facility_types", &types, &stands.types, ClassRow::key)
            }),
            (!self.ownerships.is_empty()).then(|| {
                ListChanges::between("ownership", &ownerships, &stands.ownerships, ClassRow::key)
            }),
            (!self.facilities.is_empty()).then(|| {
                ListChanges::between(
                    "facilities",
                    &self.facilities,
                    &stands.facilities,
                    FacilityRow::key,
                )
            }),
        ];
        Changes(lists.into_iter().flatten().collect())
    }

    /// The same lists, with what they do not say as it stands.
    fn told_fully(&self, standing: &Places) -> Self {
        let stands = Self::of(standing);
        Self {
            types: told_fully(&self.types, &stands.types),
            ownerships: told_fully(&self.ownerships, &stands.ownerships),
            ..self.clone()
        }
    }

    /// Standing places, as the list that would make them.
    #[must_use]
    pub fn of(places: &Places) -> Self {
        let code = |id: OrgUnitId| places.unit(id).map(|unit| unit.code.clone());
        let populations = places.units().iter().flat_map(|unit| {
            let of_unit = places.populations(unit.id).iter();
            of_unit.map(|it| PopulationRow {
                unit: unit.code.clone(),
                year: it.year,
                source: it.source.clone(),
                people: it.people,
            })
        });
        let facilities = places.facilities().iter().map(|it| FacilityRow {
            code: it.code.clone(),
            name: it.name.clone(),
            type_code: it.type_code.to_string(),
            ownership: it.ownership.to_string(),
            unit: code(it.unit).unwrap_or_default(),
            setting: it.setting,
            opened_on: it.opened_on,
            closed_on: it.closed_on(),
        });
        Self {
            units: places
                .units()
                .iter()
                .map(|unit| UnitRow::of(unit, unit.parent.and_then(code)))
                .collect(),
            populations: populations.collect(),
            types: ClassRow::of(places.types(), |it| places.type_card(it)),
            ownerships: ClassRow::of(places.ownerships(), |it| places.ownership_card(it)),
            facilities: facilities.collect(),
        }
    }
}

impl UnitRow {
    fn of(unit: &OrgUnit, parent: Option<String>) -> Self {
        Self {
            code: unit.code.clone(),
            parent,
            level: unit.level,
            name: unit.name.clone(),
            kind: unit.kind.clone(),
            iso_3166_2: unit.iso_3166_2.clone(),
            valid_from: unit.valid_from,
            valid_to: unit.valid_to,
            source: unit.source.clone(),
        }
    }

    fn key(&self) -> String {
        self.code.clone()
    }
}

impl PopulationRow {
    /// Two counts of one unit stand side by side when they are of other years or by other sources.
    fn key(&self) -> String {
        format!("{} {} ({})", self.unit, self.year, self.source)
    }
}

impl FacilityRow {
    fn key(&self) -> String {
        self.code.clone()
    }
}

impl<T: Class> ClassRow<T> {
    fn of(classes: &[T], card: impl Fn(&str) -> Option<ClassCard>) -> Vec<Self> {
        let rows = classes.iter().map(|class| Self {
            class: class.clone(),
            retired_on: Some(card(class.code()).and_then(|it| it.retired_on)),
        });
        rows.collect()
    }

    fn key(&self) -> String {
        self.class.code().to_owned()
    }
}

impl<T> From<T> for ClassRow<T> {
    /// Retired or in use, as it stands.
    fn from(class: T) -> Self {
        Self {
            class,
            retired_on: None,
        }
    }
}

fn told_fully<T: Class>(wanted: &[ClassRow<T>], stands: &[ClassRow<T>]) -> Vec<ClassRow<T>> {
    let rows = wanted.iter().map(|row| {
        let mut stands = stands.iter();
        let standing = stands.find(|it| it.class.code() == row.class.code());
        let standing = standing.and_then(|it| it.retired_on);
        ClassRow {
            class: row.class.clone(),
            retired_on: row.retired_on.or(standing),
        }
    });
    rows.collect()
}

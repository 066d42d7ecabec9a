//! Counts on the wire.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::{Figure, Key};
use crate::cadres::EMPLOYMENT_TYPE;
use crate::cadres::graphql::WorkerClass;
use crate::graphql::{Day, SectorName, message, optional_id, refuse, request};
use crate::kernel::{Invalid, Languages, ReadError, Sector};
use crate::places;
use crate::places::graphql::Setting;
use crate::workforce::graphql::Sex;
use crate::workforce::{self, Lists};

/// What people can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "super::Dimension")]
pub enum HeadcountDimension {
    /// The age bands of the National Health Workforce Accounts: to 24, 25 to 34 … from 65.
    AgeBand,
    /// The cadre, or a group that it belongs to.
    Cadre,
    /// The terms of employment.
    EmploymentType,
    /// The type of the facility.
    FacilityType,
    /// The org unit where the facility stands, at any level.
    OrgUnit,
    /// Who owns the facility.
    Ownership,
    /// The sector of the cadre.
    Sector,
    /// Whether the facility is in town.
    Setting,
    /// The sex, as registered.
    Sex,
    /// How the cadre stands to the profession.
    WorkerClass,
}

/// A dimension to count by.
#[derive(InputObject)]
pub struct HeadcountGrouping {
    /// The dimension.
    by: HeadcountDimension,
    /// The level of its tree, from 1. Of org units, 1 when absent; of cadres, 1 is the groups at the top, and the cadre
    /// itself is meant when it is absent. Other dimensions have none.
    level: Option<i32>,
}

/// Whose posts are counted; all conditions hold together. An id or a code that nothing has selects nobody.
#[derive(Default, InputObject)]
pub struct HeadcountFilter {
    /// In this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// Under this cadre or any below it.
    cadre: Option<ID>,
    /// The same by the cadre's code.
    cadre_code: Option<String>,
    /// Under one of these cadres, by code, or any below them.
    cadre_codes: Option<Vec<String>>,
    /// Under a cadre that is, on the day, of one of these units of ISCO-08 or below it: `221` takes all doctors. A cadre
    /// whose people are of several units is taken when all of these are.
    isco08: Option<Vec<String>>,
    /// Under a cadre of this sector.
    sector: Option<SectorName>,
    /// Under a cadre of one of these classes.
    worker_classes: Option<Vec<WorkerClass>>,
    /// On one of these terms, by code.
    employment_types: Option<Vec<String>>,
    /// At a facility of one of these types, by code.
    facility_types: Option<Vec<String>>,
    /// At a facility with one of these owners, by code.
    ownerships: Option<Vec<String>>,
    /// In town, or not.
    setting: Option<Setting>,
    /// Of this sex.
    sex: Option<Sex>,
}

/// How many people are in post.
#[derive(SimpleObject)]
pub struct Headcount {
    /// The day that was counted for.
    as_of: Day,
    /// All who were counted, each once.
    total: u64,
    /// A row for each combination of the groupings that has anybody, by the codes of its keys, the unknown last.
    rows: Vec<HeadcountRow>,
    /// Who lives where it was counted; null when no year has a figure for all of it.
    population: Option<PopulationFigure>,
    /// All who were counted, for 10,000 of that population.
    #[graphql(name = "densityPer10000")]
    density_per_10_000: Option<f64>,
}

/// The people who have the same keys.
#[derive(SimpleObject)]
pub struct HeadcountRow {
    /// What they have in common, in the order of the groupings.
    keys: Vec<HeadcountKey>,
    /// How many they are.
    count: u64,
    /// Who lives in the deepest org unit among the keys or, when none is grouped by, where it was counted.
    population: Option<PopulationFigure>,
    /// How many they are for 10,000 of that population.
    #[graphql(name = "densityPer10000")]
    density_per_10_000: Option<f64>,
}

#[derive(Clone)]
pub struct HeadcountKey(Arc<Named>);

struct Named {
    dimension: HeadcountDimension,
    code: Option<String>,
    label: String,
}

/// What the people of a row have in common in one dimension.
#[Object]
impl HeadcountKey {
    /// The dimension.
    async fn dimension(&self) -> HeadcountDimension {
        self.0.dimension
    }

    /// The code, as filters take it; null for what is not known, or stands above the level that was asked for.
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The label in the caller's language.
    async fn label(&self) -> &str {
        &self.0.label
    }
}

#[derive(Clone)]
pub struct PopulationFigure(Arc<Figure>);

/// How many people live somewhere, by one source for one year.
#[Object]
impl PopulationFigure {
    /// How many people.
    async fn people(&self) -> u64 {
        self.0.people
    }

    /// The year it holds for: the newest known that is not after the day, or else the oldest.
    async fn year(&self) -> u16 {
        self.0.year
    }

    /// Whose count or estimate it is.
    async fn source(&self) -> &str {
        &self.0.source
    }
}

#[derive(Default)]
pub struct IndicatorsQuery;

#[Object]
impl IndicatorsQuery {
    /// How many people are in post on a day (today when absent), by primary posting, within the caller's scope.
    #[tracing::instrument(name = "query headcount", skip_all)]
    async fn headcount(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default,
            desc = "What to count by, at most four; without any, one row has all."
        )]
        group_by: Vec<HeadcountGrouping>,
        #[graphql(desc = "Whose posts; absent: all.")] filter: Option<HeadcountFilter>,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Result<Headcount> {
        let answer = count(ctx, &group_by, filter.unwrap_or_default(), as_of).await;
        answer.map_err(|error| refuse(ctx, error))
    }
}

async fn count(
    ctx: &Context<'_>,
    group_by: &[HeadcountGrouping],
    filter: HeadcountFilter,
    as_of: Option<Day>,
) -> Result<Headcount, ReadError> {
    let rq = request(ctx);
    let day = as_of.map_or_else(|| rq.today(), |Day(day)| Ok(day))?;
    let filter = resolve(filter)?;
    let groupings: Vec<super::Grouping> = group_by.iter().map(Into::into).collect();
    let mut db = rq.read(false).await?;
    let counted = super::headcount(&mut db, rq.actor(), &groupings, &filter, day).await?;
    Ok(wired(counted, group_by, rq.languages()))
}

impl From<&HeadcountGrouping> for super::Grouping {
    fn from(grouping: &HeadcountGrouping) -> Self {
        Self {
            by: grouping.by.into(),
            // Nought is refused like any other level that no tree has.
            level: grouping.level.map(|it| u8::try_from(it).unwrap_or(0)),
        }
    }
}

fn resolve(filter: HeadcountFilter) -> Result<super::HeadcountFilter, Invalid> {
    Ok(super::HeadcountFilter {
        unit: optional_id("filter.orgUnit", filter.org_unit.as_ref())?,
        unit_code: filter.org_unit_code,
        cadre: optional_id("filter.cadre", filter.cadre.as_ref())?,
        cadre_code: filter.cadre_code,
        cadre_codes: filter.cadre_codes,
        isco08: filter.isco08,
        sector: filter.sector.map(Into::into),
        worker_classes: (filter.worker_classes).map(|it| it.into_iter().map(Into::into).collect()),
        employment_types: filter.employment_types,
        facility_types: filter.facility_types,
        ownerships: filter.ownerships,
        setting: filter.setting.map(Into::into),
        sex: filter.sex.map(Into::into),
    })
}

/// A count as it travels. Keys are named once each, however many rows share them.
fn wired(
    counted: super::Headcount,
    group_by: &[HeadcountGrouping],
    languages: &Languages,
) -> Headcount {
    let lists = &counted.lists;
    let mut named: Vec<HashMap<Key, HeadcountKey>> = Vec::new();
    named.resize_with(group_by.len(), HashMap::new);
    let rows = counted.rows.into_iter().map(|row| {
        let keys = row.keys.into_iter().zip(group_by).zip(&mut named);
        let keys = keys.map(|((key, grouping), named)| {
            let known = named.get(&key).cloned();
            known.unwrap_or_else(|| {
                let wired = HeadcountKey(Arc::new(Named {
                    dimension: grouping.by,
                    code: key.code(lists).map(Into::into),
                    label: label(&key, lists, languages),
                }));
                named.insert(key, wired.clone());
                wired
            })
        });
        HeadcountRow {
            keys: keys.collect(),
            count: row.count,
            density_per_10_000: density(row.population.as_ref(), row.count),
            population: row.population.map(PopulationFigure),
        }
    });
    Headcount {
        as_of: Day(counted.day),
        total: counted.total,
        rows: rows.collect(),
        density_per_10_000: density(counted.population.as_ref(), counted.total),
        population: counted.population.map(PopulationFigure),
    }
}

fn density(population: Option<&Arc<Figure>>, count: u64) -> Option<f64> {
    population.and_then(|it| it.density(count))
}

/// The ministry's own words for its own codes, and the catalogue's for what every country has.
fn label(key: &Key, lists: &Lists, languages: &Languages) -> String {
    let own = match key {
        Key::OrgUnit(id) => lists.places.unit(*id).map(|it| &it.name),
        Key::Cadre(id) => lists.cadres.get(*id).map(|it| &it.label),
        Key::FacilityType(code) => lists.places.facility_type(code).map(|it| &it.label),
        Key::Ownership(code) => lists.places.ownership(code).map(|it| &it.label),
        Key::EmploymentType(code) => {
            let entry = lists.codes.find(EMPLOYMENT_TYPE, code);
            entry.map(|it| &it.label)
        }
        _ => None,
    };
    if let Some(text) = own {
        return text.get(languages).to_owned();
    }
    let word = match key {
        Key::Setting(places::Setting::Urban) => "SETTING_URBAN",
        Key::Setting(places::Setting::Rural) => "SETTING_RURAL",
        Key::Sector(Sector::Health) => "SECTOR_HEALTH",
        Key::Sector(Sector::Social) => "SECTOR_SOCIAL",
        Key::WorkerClass(class) => match WorkerClass::from(*class) {
            WorkerClass::Professional => "CLASS_PROFESSIONAL",
            WorkerClass::ParaProfessional => "CLASS_PARA_PROFESSIONAL",
            WorkerClass::Volunteer => "CLASS_VOLUNTEER",
            WorkerClass::Allied => "CLASS_ALLIED",
        },
        Key::Sex(workforce::Sex::Female) => "SEX_FEMALE",
        Key::Sex(workforce::Sex::Male) => "SEX_MALE",
        Key::AgeBand(band) => return ages(band.ages(), languages),
        _ => "UNKNOWN",
    };
    message(word, [], languages)
}

fn ages(ages: Option<(u8, Option<u8>)>, languages: &Languages) -> String {
    let Some((from, to)) = ages else {
        return message("UNKNOWN", [], languages);
    };
    let word = match (from, to) {
        (0, Some(_)) => "AGE_UP_TO",
        (_, Some(_)) => "AGE_BETWEEN",
        (_, None) => "AGE_FROM",
    };
    let (from, to) = (from.to_string(), to.unwrap_or_default().to_string());
    message(
        word,
        [("from", from.as_str()), ("to", to.as_str())],
        languages,
    )
}

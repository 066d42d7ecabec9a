//! What is asked about norms, what mutations of them are given, and the codes with which they refuse.

use async_graphql::{Enum, ID, InputObject, OneofObject};
use serde::{Deserialize, Serialize};

use crate::establishment::{EndNorm, NormFilter, SaveNorm, Target, Terms};
use crate::graphql::{ActInput, Day, id, optional_id};
use crate::kernel::Invalid;
use crate::places::graphql::Setting;

/// Which norms; all conditions hold together.
#[derive(Default, InputObject)]
pub struct StaffingNormFilter {
    /// About this cadre or any below it.
    cadre: Option<ID>,
    /// The same by the cadre's code; a code that nothing has selects nothing.
    cadre_code: Option<String>,
    /// For this facility alone.
    facility: Option<ID>,
    /// For the facilities of this type, by code.
    facility_type: Option<String>,
}

/// The facilities of a type.
#[derive(InputObject, Serialize)]
pub struct FacilityTypeTargetInput {
    /// The type, by code.
    code: String,
    /// Those in town alone, or those that are not; absent: all.
    setting: Option<Setting>,
}

/// The people of the org units of a level.
#[derive(InputObject, Serialize)]
pub struct PopulationTargetInput {
    /// The level of the org units, 1 for those right below the country.
    level: i32,
    /// For how many of their people there ought to be one worker.
    people_per_worker: i32,
}

/// What a norm is for, exactly one.
#[derive(OneofObject, Serialize)]
pub enum StaffingNormTargetInput {
    /// One facility.
    Facility(ID),
    /// Each facility of a type.
    FacilityType(FacilityTypeTargetInput),
    /// Each org unit of a level, by its population.
    Population(PopulationTargetInput),
}

/// A norm as it is to be: new without `norm`, otherwise replaced whole. To change a norm from a day on, end it and save
/// another one.
#[derive(InputObject, Serialize)]
pub struct SaveStaffingNormInput {
    /// The norm to correct; absent for a new one.
    norm: Option<ID>,
    /// The version of it that you saw; absent for a new one.
    base_version: Option<i32>,
    /// The cadre, or the group whose cadres count together.
    cadre: ID,
    /// What it is for.
    target: StaffingNormTargetInput,
    /// How many there ought to be; absent for a population alone.
    minimum: Option<i32>,
    /// Who is there beyond it is surplus; absent: beyond the minimum.
    maximum: Option<i32>,
    /// The first day.
    from: Day,
    /// The last day; absent while no end is known.
    until: Option<Day>,
    /// Where it comes from.
    #[graphql(default)]
    source: String,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

/// A norm that ends.
#[derive(InputObject, Serialize)]
pub struct EndStaffingNormInput {
    /// The norm.
    norm: ID,
    /// The version that you saw.
    base_version: i32,
    /// Its last day.
    last_day: Day,
    /// The legal act behind it.
    pub(super) act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub(super) idempotency_key: Option<String>,
}

impl SaveStaffingNormInput {
    pub(super) fn read(&self) -> Result<SaveNorm, Invalid> {
        // What no number of people can be is refused like nought of them, or like too many.
        let number = |it: i32| u32::try_from(it).unwrap_or(u32::MAX);
        let target = match &self.target {
            StaffingNormTargetInput::Facility(given) => {
                Target::Facility(id("input.target.facility", given)?)
            }
            StaffingNormTargetInput::FacilityType(given) => Target::Type {
                code: given.code.clone(),
                setting: given.setting.map(Into::into),
            },
            StaffingNormTargetInput::Population(given) => Target::Population {
                level: u8::try_from(given.level).unwrap_or(0),
                people: u32::try_from(given.people_per_worker).unwrap_or(0),
            },
        };
        let norm = optional_id("input.norm", self.norm.as_ref())?;
        Ok(SaveNorm {
            replaces: norm.map(|norm| (norm, self.base_version.unwrap_or(0))),
            cadre: id("input.cadre", &self.cadre)?,
            terms: Terms {
                target,
                minimum: self.minimum.map(number),
                maximum: self.maximum.map(number),
                from: self.from.0,
                until: self.until.map(|Day(day)| day),
                source: self.source.trim().to_owned(),
            },
        })
    }
}

impl EndStaffingNormInput {
    pub(super) fn read(&self) -> Result<EndNorm, Invalid> {
        Ok(EndNorm {
            norm: id("input.norm", &self.norm)?,
            base_version: self.base_version,
            last_day: self.last_day.0,
        })
    }
}

impl StaffingNormFilter {
    pub(super) fn read(self) -> Result<NormFilter, Invalid> {
        Ok(NormFilter {
            cadre: optional_id("filter.cadre", self.cadre.as_ref())?,
            cadre_code: self.cadre_code,
            facility: optional_id("filter.facility", self.facility.as_ref())?,
            facility_type: self.facility_type,
        })
    }
}

/// Why a norm was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaveStaffingNormErrorCode {
    /// There is no such norm.
    NormNotFound,
    /// The norm changed since it was read; see `conflict`.
    Stale,
    /// Nothing would change.
    NothingChanges,
    /// Another norm for the same cadre and the same target holds on one of these days.
    NormOverlaps,
    /// There is no such cadre.
    CadreNotFound,
    /// There is no such facility.
    FacilityNotFound,
    /// None of the country's types of facility.
    UnknownFacilityType,
    /// A norm is for places in town, for those that are not, or for both.
    InvalidSetting,
    /// A number is missing or cannot be: a minimum is needed but for populations, a maximum is not below it.
    InvalidNumber,
    /// The source is too long, or has control characters.
    InvalidText,
    /// A day is not from 1900 to 2200, or the last one is before the first.
    InvalidDate,
    /// Norms are set by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

/// Why a norm was not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndStaffingNormErrorCode {
    /// There is no such norm.
    NormNotFound,
    /// The norm changed since it was read; see `conflict`.
    Stale,
    /// Nothing would change.
    NothingChanges,
    /// Another norm for the same cadre and the same target holds on one of the days that it would gain.
    NormOverlaps,
    /// The day is before the norm's first one.
    InvalidDate,
    /// Norms are set by callers for the whole country, and in their own sectors.
    OutsideYourScope,
    /// The key was used before, for another request.
    IdempotencyKeyReused,
    /// The act names a document that is none of yours, waits no more, or is another act's.
    ActDocumentNotFound,
}

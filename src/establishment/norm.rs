//! Staffing norms: how many people of a cadre, or of a group of cadres, there ought to be somewhere. No SQL, no clock.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Value, json};

use super::post::{is_date, is_text};
use super::refusal::{Objection, Refusal};
use crate::kernel::{CadreId, Date, FacilityId, Id, NormId, Reason};
use crate::ledger::{ActReference, Fields};
use crate::places::Setting;

/// What a norm is for. `F` names a facility: by its id or, in a country's folder, by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target<F = FacilityId> {
    Facility(F),
    /// Every facility of a type: those in town, those that are not, or all.
    Type {
        code: String,
        setting: Option<Setting>,
    },
    /// Every org unit of a level: one worker for so many of its people.
    Population {
        level: u8,
        people: u32,
    },
}

/// How many people there ought to be, from a day to another.
#[derive(Clone, Debug)]
pub struct Norm {
    pub id: NormId,
    /// Rises with every change.
    pub version: i32,
    /// A cadre, or a group whose cadres count together.
    pub cadre: CadreId,
    pub target: Target,
    /// Absent for a population, whose people say how many.
    pub minimum: Option<u32>,
    /// Who is there beyond it is surplus; absent: beyond the minimum.
    pub maximum: Option<u32>,
    pub valid_from: Date,
    /// The last day; absent while no end is known.
    pub valid_to: Option<Date>,
    pub source: String,
    pub act: Option<ActReference>,
}

/// All norms of a country, of all days, by id.
#[derive(Debug, Default)]
pub struct Norms(pub Vec<Norm>);

impl Norm {
    #[must_use]
    pub fn is_in_force_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| end >= day)
    }
}

impl Norms {
    #[must_use]
    pub fn get(&self, id: NormId) -> Option<&Norm> {
        self.0.iter().find(|it| it.id == id)
    }
}

/// A norm as it is to be: new, or in place of one of which the caller saw a version.
#[derive(Clone, Debug)]
pub struct SaveNorm {
    pub replaces: Option<(NormId, i32)>,
    pub cadre: CadreId,
    pub terms: Terms,
}

/// How many people there ought to be of a cadre, where, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Terms<F = FacilityId> {
    pub target: Target<F>,
    pub minimum: Option<u32>,
    pub maximum: Option<u32>,
    #[serde(rename = "valid_from")]
    pub from: Date,
    #[serde(rename = "valid_to")]
    pub until: Option<Date>,
    pub source: String,
}

/// A norm that holds no longer after a day.
#[derive(Clone, Copy, Debug)]
pub struct EndNorm {
    pub norm: NormId,
    pub base_version: i32,
    pub last_day: Date,
}

/// So many people ought to be at no facility.
const MOST: u32 = 100_000;

impl<F> Terms<F> {
    /// Notes what is wrong with what they say of themselves.
    pub(super) fn check(&self, refusals: &mut Vec<Refusal>) {
        let is_level = |level: u8| (1..=9).contains(&level);
        match (&self.target, self.minimum) {
            (Target::Population { level, people }, None) if is_level(*level) && *people > 0 => {
                if self.maximum.is_some() {
                    refusals.push(Objection::InvalidNumber.at(&["maximum"]));
                }
            }
            (Target::Population { .. }, None) => {
                refusals.push(Objection::InvalidNumber.at(&["target", "population"]));
            }
            (Target::Population { .. }, Some(_)) | (_, None) => {
                refusals.push(Objection::InvalidNumber.at(&["minimum"]));
            }
            (_, Some(minimum)) => {
                if minimum > MOST {
                    refusals.push(Objection::InvalidNumber.at(&["minimum"]));
                }
                if (self.maximum).is_some_and(|it| it < minimum || it > MOST) {
                    refusals.push(Objection::InvalidNumber.at(&["maximum"]));
                }
            }
        }
        if let Target::Type {
            setting: Some(Setting::Unknown),
            ..
        } = self.target
        {
            refusals.push(Objection::InvalidSetting.at(&["target", "facilityType", "setting"]));
        }
        if !is_date(self.from) {
            refusals.push(Objection::InvalidDate.at(&["from"]));
        }
        if (self.until).is_some_and(|until| !is_date(until) || until < self.from) {
            refusals.push(Objection::InvalidDate.at(&["until"]));
        }
        if !is_text(&self.source, 200) {
            refusals.push(Objection::InvalidText.at(&["source"]));
        }
    }
}

impl SaveNorm {
    /// The norm that it makes.
    #[must_use]
    pub fn norm(&self, act: Option<ActReference>) -> Norm {
        let (id, version) = match self.replaces {
            Some((id, base)) => (id, base + 1),
            None => (NormId::new(), 1),
        };
        let terms = self.terms.clone();
        Norm {
            id,
            version,
            cadre: self.cadre,
            target: terms.target,
            minimum: terms.minimum,
            maximum: terms.maximum,
            valid_from: terms.from,
            valid_to: terms.until,
            source: terms.source,
            act,
        }
    }
}

/// What the ledger says of a norm that changed; nothing when nothing did.
pub(super) fn described(before: Option<&Norm>, after: &Norm) -> Option<Value> {
    let values = |norm: &Norm| {
        let target = match &norm.target {
            Target::Facility(facility) => json!({ "facility": facility.encode() }),
            Target::Type { code, setting } => {
                json!({ "facilityType": code, "setting": setting })
            }
            Target::Population { level, people } => {
                json!({ "orgUnitLevel": level, "peoplePerWorker": people })
            }
        };
        [
            ("cadre", json!(norm.cadre.encode())),
            ("target", target),
            ("minimum", json!(norm.minimum)),
            ("maximum", json!(norm.maximum)),
            ("validFrom", json!(norm.valid_from)),
            ("validTo", json!(norm.valid_to)),
            ("source", json!(norm.source)),
        ]
    };
    let mut fields = Fields::default();
    fields.compare(before.map(values), values(after));
    (!fields.is_empty()).then(|| fields.into_value(after.version))
}

/// Which norms; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct NormFilter {
    /// About this cadre or any below it.
    pub cadre: Option<CadreId>,
    pub cadre_code: Option<String>,
    pub facility: Option<FacilityId>,
    pub facility_type: Option<String>,
}

impl NormFilter {
    pub(super) fn admits(&self, norm: &Norm, cadres: Option<&HashSet<CadreId>>) -> bool {
        let of_facility = |facility| norm.target == Target::Facility(facility);
        let of_type =
            |wanted: &String| matches!(&norm.target, Target::Type { code, .. } if code == wanted);
        cadres.is_none_or(|it| it.contains(&norm.cadre))
            && self.facility.is_none_or(of_facility)
            && self.facility_type.as_ref().is_none_or(of_type)
    }
}

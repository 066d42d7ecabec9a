//! What mutations of places are given.

use async_graphql::{ID, InputObject, MaybeUndefined};
use serde::Serialize;

use super::objects::Setting;
use crate::graphql::{ActInput, Day, LocalizedTextInput, id, optional_id, text};
use crate::kernel::{Invalid, OrgUnitId};
use crate::places::{
    AddFacility, AddUnit, ChangeFacility, ChangeUnit, CloseUnit, Count, TurnFacility,
};

/// An org unit, and the version of it that you saw.
#[derive(InputObject, Serialize)]
pub struct OrgUnitVersionInput {
    /// The org unit.
    org_unit: ID,
    /// The version that you saw.
    base_version: i32,
}

/// An org unit to add, with what it takes over from others.
#[derive(InputObject, Serialize)]
pub struct AddOrgUnitInput {
    /// The code that the country will use, for ever.
    code: String,
    /// Its first day.
    from: Day,
    /// The unit that it is part of; absent: of the first level. It is of the level below that one.
    parent: Option<ID>,
    /// What it is called: in the country's first language, and in its others where there is a name.
    names: Vec<LocalizedTextInput>,
    /// What such a unit is called: Région, Cercle, Halmashauri …
    #[graphql(default)]
    kind: String,
    /// The ISO 3166-2 code, where there is one.
    #[graphql(name = "iso3166_2")]
    #[serde(rename = "iso3166_2")]
    iso_3166_2: Option<String>,
    /// Where the entry comes from.
    #[graphql(default)]
    source: String,
    /// The units of its level that it takes over from, or a part of whom; they go on until they are closed.
    #[graphql(default)]
    predecessors: Vec<ID>,
    /// The units of the level below that are part of it from its first day on, at most 200.
    #[graphql(default)]
    children: Vec<OrgUnitVersionInput>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// An org unit to be otherwise from a day on: renamed, moved, described anew. What is absent stays, and all days before
/// keep what they had.
#[derive(InputObject, Serialize)]
pub struct ChangeOrgUnitInput {
    /// The org unit.
    org_unit: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is so. Changes of one unit follow one another: none of a later day may be there yet.
    from: Day,
    /// The unit to be part of, of the same level as the one before, with all that is part of it; null: none, for those of
    /// the first level.
    parent: MaybeUndefined<ID>,
    /// What it is called: in the country's first language, and in its others where there is a name.
    names: Option<Vec<LocalizedTextInput>>,
    /// What such a unit is called.
    kind: Option<String>,
    /// The ISO 3166-2 code; null: none.
    #[graphql(name = "iso3166_2")]
    #[serde(rename = "iso3166_2")]
    iso_3166_2: MaybeUndefined<String>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// An org unit that is no more from a day on. Nothing may be part of it or work in it from then.
#[derive(InputObject, Serialize)]
pub struct CloseOrgUnitInput {
    /// The org unit.
    org_unit: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is no more.
    from: Day,
    /// Those that take over from it.
    #[graphql(default)]
    successors: Vec<ID>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A facility to add.
#[derive(InputObject, Serialize)]
pub struct AddFacilityInput {
    /// The code that the country will use, for ever.
    code: String,
    /// The first day on which it works.
    from: Day,
    /// The name.
    name: String,
    /// What kind of facility it is, by code.
    #[graphql(name = "type")]
    #[serde(rename = "type")]
    type_code: String,
    /// Who owns it, by code.
    ownership: String,
    /// The org unit that it stands in.
    org_unit: ID,
    /// Whether it is in town.
    setting: Setting,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A facility to be otherwise from a day on: renamed, classed anew, in another org unit. What is absent stays, and all
/// days before keep what they had.
#[derive(InputObject, Serialize)]
pub struct ChangeFacilityInput {
    /// The facility.
    facility: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is so; with another org unit, today or before. Changes of one facility follow one
    /// another: none of a later day may be there yet.
    from: Day,
    /// The name.
    name: Option<String>,
    /// What kind of facility it is, by code.
    #[graphql(name = "type")]
    #[serde(rename = "type")]
    type_code: Option<String>,
    /// Who owns it, by code.
    ownership: Option<String>,
    /// The org unit that it stands in. Whoever serves there last has their record kept there from now on.
    org_unit: Option<ID>,
    /// Whether it is in town.
    setting: Option<Setting>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A facility where nobody is to be posted from a day on; those who are posted there stay until they are transferred.
#[derive(InputObject, Serialize)]
pub struct CloseFacilityInput {
    /// The facility.
    facility: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it no longer works.
    from: Day,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A closed facility that works again from a day on.
#[derive(InputObject, Serialize)]
pub struct ReopenFacilityInput {
    /// The facility.
    facility: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it works again.
    from: Day,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// The people of an org unit in a year, by one source.
#[derive(InputObject, Serialize)]
pub struct PopulationInput {
    /// The org unit.
    org_unit: ID,
    /// The year it holds for.
    year: i32,
    /// Whose count or estimate it is.
    source: String,
    /// How many people.
    people: i64,
    /// The figure of the same unit, year and source that this one corrects, as you saw it. Without it the figure has to
    /// be new.
    corrects: Option<i64>,
}

/// Populations to record. A figure of the same unit, year and source is corrected; others stand side by side.
#[derive(InputObject, Serialize)]
pub struct RecordPopulationsInput {
    /// The figures, at most 500.
    populations: Vec<PopulationInput>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

fn units(field: &str, given: &[ID]) -> Result<Vec<OrgUnitId>, Invalid> {
    given.iter().map(|it| id(field, it)).collect()
}

impl AddOrgUnitInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<AddUnit, Invalid> {
        let children = self.children.iter().map(|it| {
            let unit = id("input.children.orgUnit", &it.org_unit)?;
            Ok((unit, it.base_version))
        });
        Ok(AddUnit {
            code: self.code.clone(),
            from: self.from.0,
            parent: optional_id("input.parent", self.parent.as_ref())?,
            name: text(&self.names),
            kind: self.kind.clone(),
            iso_3166_2: self.iso_3166_2.clone(),
            source: self.source.clone(),
            predecessors: units("input.predecessors", &self.predecessors)?,
            children: children.collect::<Result<_, Invalid>>()?,
        })
    }
}

impl ChangeOrgUnitInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<ChangeUnit, Invalid> {
        let parent = (self.parent.as_opt_ref())
            .map(|it| optional_id("input.parent", it))
            .transpose()?;
        Ok(ChangeUnit {
            unit: id("input.orgUnit", &self.org_unit)?,
            base_version: self.base_version,
            from: self.from.0,
            parent,
            name: self.names.as_deref().map(text),
            kind: self.kind.clone(),
            iso_3166_2: (self.iso_3166_2.as_opt_ref()).map(Option::<&String>::cloned),
        })
    }
}

impl CloseOrgUnitInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<CloseUnit, Invalid> {
        Ok(CloseUnit {
            unit: id("input.orgUnit", &self.org_unit)?,
            base_version: self.base_version,
            from: self.from.0,
            successors: units("input.successors", &self.successors)?,
        })
    }
}

impl AddFacilityInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<AddFacility, Invalid> {
        Ok(AddFacility {
            code: self.code.clone(),
            from: self.from.0,
            name: self.name.clone(),
            type_code: self.type_code.clone(),
            ownership: self.ownership.clone(),
            unit: id("input.orgUnit", &self.org_unit)?,
            setting: self.setting.into(),
        })
    }
}

impl ChangeFacilityInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<ChangeFacility, Invalid> {
        Ok(ChangeFacility {
            facility: id("input.facility", &self.facility)?,
            base_version: self.base_version,
            from: self.from.0,
            name: self.name.clone(),
            type_code: self.type_code.clone(),
            ownership: self.ownership.clone(),
            unit: optional_id("input.orgUnit", self.org_unit.as_ref())?,
            setting: self.setting.map(Into::into),
        })
    }
}

impl CloseFacilityInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<TurnFacility, Invalid> {
        Ok(TurnFacility {
            facility: id("input.facility", &self.facility)?,
            base_version: self.base_version,
            from: self.from.0,
        })
    }
}

impl ReopenFacilityInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<TurnFacility, Invalid> {
        Ok(TurnFacility {
            facility: id("input.facility", &self.facility)?,
            base_version: self.base_version,
            from: self.from.0,
        })
    }
}

impl RecordPopulationsInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<Vec<Count>, Invalid> {
        let counts = self.populations.iter().map(|it| {
            Ok(Count {
                unit: id("input.populations.orgUnit", &it.org_unit)?,
                year: it.year,
                source: it.source.clone(),
                people: it.people,
                corrects: it.corrects,
            })
        });
        counts.collect()
    }
}

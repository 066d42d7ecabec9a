//! What mutations of the taxonomy are given.

use async_graphql::{ID, InputObject, MaybeUndefined};
use serde::Serialize;

use super::objects::WorkerClass;
use crate::cadres::{
    AddCadre, ChangeCadre, MergeCadres, ReinstateCadre, RetireCadre, SplitCadre, SplitPart, State,
    Status,
};
use crate::graphql::{ActInput, Day, LocalizedTextInput, SectorName, id, optional_id, text};
use crate::kernel::{CadreId, Invalid};

/// A cadre, or a group of cadres, to add.
#[derive(InputObject, Serialize)]
pub struct AddCadreInput {
    /// The code that the country will use, for ever.
    code: String,
    /// The first day on which people can be posted under it.
    from: Day,
    /// The group to stand in; absent: at the top.
    parent: Option<ID>,
    /// What it is called, in one of the country's languages at least and in no other.
    labels: Vec<LocalizedTextInput>,
    /// What its people do, in the country's languages.
    #[graphql(default)]
    descriptions: Vec<LocalizedTextInput>,
    /// The sector it serves, for ever: to serve the other one, its people go to another cadre.
    sector: SectorName,
    /// How its workers stand to the profession.
    worker_class: WorkerClass,
    /// What one must have passed to enter it.
    entry_qualification: Option<String>,
    /// Whether its workers need a licence.
    #[graphql(default)]
    is_licensed: bool,
    /// The council that gives the licence.
    licensing_council: Option<String>,
    /// The age at which its workers retire, in years.
    retirement_age: Option<i32>,
    /// The salary grades of its workers, from the lowest; at most 50.
    #[graphql(default)]
    salary_grades: Vec<String>,
    /// The cadres that may follow it in a career, at most 50; none: any may.
    #[graphql(default)]
    career_steps: Vec<ID>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A cadre to be otherwise from a day on: renamed, moved, described or classed anew. What is absent stays, lists are
/// replaced whole, and all days before keep what they had.
#[derive(InputObject, Serialize)]
pub struct ChangeCadreInput {
    /// The cadre.
    cadre: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which it is so. Changes of one cadre follow one another: none of a later day may be there yet.
    from: Day,
    /// The group to stand in; null puts it at the top.
    parent: MaybeUndefined<ID>,
    /// What it is called, in one of the country's languages at least and in no other.
    labels: Option<Vec<LocalizedTextInput>>,
    /// What its people do, in the country's languages.
    descriptions: Option<Vec<LocalizedTextInput>>,
    /// How its workers stand to the profession.
    worker_class: Option<WorkerClass>,
    /// What one must have passed to enter it; null: nothing that is known.
    entry_qualification: MaybeUndefined<String>,
    /// Whether its workers need a licence.
    is_licensed: Option<bool>,
    /// The council that gives the licence; null: none that is known.
    licensing_council: MaybeUndefined<String>,
    /// The age at which its workers retire, in years; null: none that is known.
    retirement_age: MaybeUndefined<i32>,
    /// The salary grades of its workers, from the lowest; at most 50.
    salary_grades: Option<Vec<String>>,
    /// The cadres that may follow it in a career, at most 50; none: any may. Transfers of that day or later are held to them.
    career_steps: Option<Vec<ID>>,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A cadre under which nobody is to be posted from a day on; those who are in it stay.
#[derive(InputObject, Serialize)]
pub struct RetireCadreInput {
    /// The cadre.
    cadre: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which nobody is posted under it.
    from: Day,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A retired cadre that is to be used again from a day on.
#[derive(InputObject, Serialize)]
pub struct ReinstateCadreInput {
    /// The cadre.
    cadre: ID,
    /// The version that you saw.
    base_version: i32,
    /// The first day on which people are posted under it again.
    from: Day,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A cadre, and the version of it that you saw.
#[derive(InputObject, Serialize)]
pub struct CadreVersionInput {
    /// The cadre.
    cadre: ID,
    /// The version that you saw.
    base_version: i32,
}

/// Cadres whose people are to be in one other cadre from a day on.
#[derive(InputObject, Serialize)]
pub struct MergeCadresInput {
    /// Those that end; at most 50.
    cadres: Vec<CadreVersionInput>,
    /// The one that their people are in from then on: of the same sector, in use, no group.
    into: ID,
    /// The first day in the other cadre: today or before.
    on: Day,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// One of the cadres that another is split into, and who goes there.
#[derive(InputObject, Serialize)]
pub struct SplitPartInput {
    /// The cadre: of the same sector, in use, no group.
    cadre: ID,
    /// These workers, whatever the facility.
    #[graphql(default)]
    workers: Vec<ID>,
    /// Those who serve at a facility of one of these types, by code, and are not named.
    #[graphql(default)]
    facility_types: Vec<String>,
}

/// A cadre whose people are to be in several others from a day on.
#[derive(InputObject, Serialize)]
pub struct SplitCadreInput {
    /// The one that ends.
    cadre: ID,
    /// The version that you saw.
    base_version: i32,
    /// Those that their people are in from then on; at most 50.
    into: Vec<SplitPartInput>,
    /// Where all go whom no part takes by name or by facility: one of the parts, or another cadre.
    otherwise: ID,
    /// The first day in the other cadres: today or before.
    on: Day,
    /// The legal act behind it.
    pub act: Option<ActInput>,
    /// Of your making, 8 to 200 characters: sent again with the same input, it gets the same answer and changes nothing.
    pub idempotency_key: Option<String>,
}

/// No age fits that is no small number.
fn age(given: i32) -> i16 {
    i16::try_from(given).unwrap_or_default()
}

fn cadres(given: &[ID]) -> Result<Vec<CadreId>, Invalid> {
    let read = given.iter().map(|it| id("input.careerSteps", it));
    read.collect()
}

impl AddCadreInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<AddCadre, Invalid> {
        Ok(AddCadre {
            code: self.code.clone(),
            sector: self.sector.into(),
            from: self.from.0,
            state: State {
                parent: optional_id("input.parent", self.parent.as_ref())?,
                label: text(&self.labels),
                description: text(&self.descriptions),
                worker_class: self.worker_class.into(),
                entry_qualification: self.entry_qualification.clone(),
                is_licensed: self.is_licensed,
                council: self.licensing_council.clone(),
                retirement_age: self.retirement_age.map(age),
                salary_grades: self.salary_grades.clone(),
                career_steps: cadres(&self.career_steps)?,
                status: Status::Active,
                successors: Vec::new(),
            },
        })
    }
}

impl ChangeCadreInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<ChangeCadre, Invalid> {
        let parent = (self.parent.as_opt_ref())
            .map(|it| optional_id("input.parent", it))
            .transpose()?;
        Ok(ChangeCadre {
            cadre: id("input.cadre", &self.cadre)?,
            base_version: self.base_version,
            from: self.from.0,
            parent,
            label: self.labels.as_deref().map(text),
            description: self.descriptions.as_deref().map(text),
            worker_class: self.worker_class.map(Into::into),
            entry_qualification: (self.entry_qualification.as_opt_ref())
                .map(Option::<&String>::cloned),
            is_licensed: self.is_licensed,
            council: (self.licensing_council.as_opt_ref()).map(Option::<&String>::cloned),
            retirement_age: (self.retirement_age.as_opt_ref()).map(|it| it.copied().map(age)),
            salary_grades: self.salary_grades.clone(),
            career_steps: self.career_steps.as_deref().map(cadres).transpose()?,
        })
    }
}

impl RetireCadreInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<RetireCadre, Invalid> {
        Ok(RetireCadre {
            cadre: id("input.cadre", &self.cadre)?,
            base_version: self.base_version,
            from: self.from.0,
        })
    }
}

impl ReinstateCadreInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<ReinstateCadre, Invalid> {
        Ok(ReinstateCadre {
            cadre: id("input.cadre", &self.cadre)?,
            base_version: self.base_version,
            from: self.from.0,
        })
    }
}

impl MergeCadresInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<MergeCadres, Invalid> {
        let cadres = self.cadres.iter();
        let cadres = cadres.map(|it| Ok((id("input.cadres.cadre", &it.cadre)?, it.base_version)));
        Ok(MergeCadres {
            cadres: cadres.collect::<Result<_, Invalid>>()?,
            into: id("input.into", &self.into)?,
            on: self.on.0,
        })
    }
}

impl SplitCadreInput {
    /// # Errors
    /// For ids that are none.
    pub fn read(&self) -> Result<SplitCadre, Invalid> {
        let parts = self.into.iter().map(|part| {
            let workers = part.workers.iter().map(|it| id("input.into.workers", it));
            Ok(SplitPart {
                cadre: id::<CadreId>("input.into.cadre", &part.cadre)?,
                workers: workers.collect::<Result<_, Invalid>>()?,
                facility_types: part.facility_types.clone(),
            })
        });
        Ok(SplitCadre {
            cadre: id("input.cadre", &self.cadre)?,
            base_version: self.base_version,
            into: parts.collect::<Result<_, Invalid>>()?,
            otherwise: id("input.otherwise", &self.otherwise)?,
            on: self.on.0,
        })
    }
}

//! What a count is asked for, and what it answers.

use std::borrow::Cow;
use std::sync::Arc;

use super::population::Figure;
use crate::cadres::WorkerClass;
use crate::kernel::{CadreId, Date, FormId, Invalid, OrgUnitId, Sector, Unfit};
use crate::places::Setting;
use crate::workforce::{AgeBand, AnswerCondition, Lists, Sex};

/// What people can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    AgeBand,
    /// The answer to a field of a form; which one is said beside.
    Answer,
    Cadre,
    EmploymentType,
    FacilityType,
    OrgUnit,
    Ownership,
    Sector,
    Setting,
    Sex,
    WorkerClass,
}

/// A dimension, and the level of its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    pub by: Dimension,
    /// Of org units, 1 when absent; of cadres, the cadre itself when absent.
    pub level: Option<u8>,
}

/// Trees are no deeper than this.
const DEEPEST: u8 = 9;

/// The groupings with the levels that they mean.
pub(super) fn levelled(group_by: &[Grouping]) -> Result<Vec<Grouping>, Invalid> {
    let mut groupings: Vec<Grouping> = Vec::with_capacity(group_by.len());
    for asked in group_by {
        let has_levels = matches!(asked.by, Dimension::OrgUnit | Dimension::Cadre);
        if asked.level.is_some() && !has_levels {
            return Err(Invalid::new("groupBy.level", Unfit::NoLevels));
        }
        if asked.level.is_some_and(|it| !(1..=DEEPEST).contains(&it)) {
            let unfit = Unfit::NotWithin {
                from: 1,
                to: DEEPEST.into(),
            };
            return Err(Invalid::new("groupBy.level", unfit));
        }
        let first = (asked.by == Dimension::OrgUnit).then_some(1);
        let grouping = Grouping {
            by: asked.by,
            level: asked.level.or(first),
        };
        if groupings.contains(&grouping) {
            return Err(Invalid::new("groupBy", Unfit::Repeated));
        }
        groupings.push(grouping);
    }
    Ok(groupings)
}

/// Whose posts are counted; all conditions hold together. An id or a code that nothing has selects nobody.
#[derive(Clone, Debug, Default)]
pub struct HeadcountFilter {
    /// In this org unit or below it.
    pub unit: Option<OrgUnitId>,
    pub unit_code: Option<String>,
    /// This cadre or below it.
    pub cadre: Option<CadreId>,
    pub cadre_code: Option<String>,
    /// One of these cadres or below it.
    pub cadre_codes: Option<Vec<String>>,
    /// One of these units of ISCO-08 or below it.
    pub isco08: Option<Vec<String>>,
    pub sector: Option<Sector>,
    pub worker_classes: Option<Vec<WorkerClass>>,
    pub employment_types: Option<Vec<String>>,
    pub facility_types: Option<Vec<String>>,
    pub ownerships: Option<Vec<String>>,
    pub setting: Option<Setting>,
    pub sex: Option<Sex>,
    /// About what was answered to forms.
    pub answers: Vec<AnswerCondition>,
}

/// What the people of a row have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    OrgUnit(OrgUnitId),
    Cadre(CadreId),
    FacilityType(String),
    Ownership(String),
    EmploymentType(String),
    Setting(Setting),
    Sector(Sector),
    WorkerClass(WorkerClass),
    Sex(Sex),
    AgeBand(AgeBand),
    /// What was answered to a field of a form.
    Answer {
        form: FormId,
        field: String,
        code: String,
    },
    /// A class like the others: not on record, or above the level that was asked for.
    Unknown,
}

impl Key {
    /// The code, as filters take it; rows are in its order.
    #[must_use]
    pub fn code<'a>(&'a self, lists: &'a Lists) -> Option<Cow<'a, str>> {
        let name = |name: &str| Some(name.to_ascii_uppercase().replace('-', "_").into());
        match self {
            Key::OrgUnit(id) => Some(lists.places.unit(*id)?.code.as_str().into()),
            Key::Cadre(id) => Some(lists.cadres.get(*id)?.code.as_str().into()),
            Key::FacilityType(code) | Key::Ownership(code) | Key::EmploymentType(code) => {
                Some(code.as_str().into())
            }
            Key::Setting(setting) => name(setting.as_str()),
            Key::Sector(sector) => name(sector.as_str()),
            Key::WorkerClass(class) => name(class.as_str()),
            Key::Sex(sex) => name(sex.as_str()),
            Key::AgeBand(band) => match band.ages()? {
                (from, Some(to)) => Some(format!("{from}-{to}").into()),
                (from, None) => Some(format!("{from}+").into()),
            },
            Key::Answer { code, .. } => Some(code.as_str().into()),
            Key::Unknown => None,
        }
    }
}

/// The people in post who have the same keys.
#[derive(Clone, Debug)]
pub struct Row {
    /// In the order of the groupings.
    pub keys: Vec<Key>,
    pub count: u64,
    /// Of the deepest org unit among the keys; without one, of all that was counted.
    pub population: Option<Arc<Figure>>,
}

/// A count, with the lists that its keys are from.
pub struct Headcount {
    pub day: Date,
    pub total: u64,
    /// By the codes of their keys; what is unknown comes last.
    pub rows: Vec<Row>,
    pub population: Option<Arc<Figure>>,
    pub lists: Lists,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(by: Dimension, level: Option<u8>) -> Grouping {
        Grouping { by, level }
    }

    #[test]
    fn a_grouping_is_refused_when_it_cannot_be_or_comes_twice() {
        let told = |groupings: &[Grouping]| levelled(groupings).map_err(|it| it.unfit);
        let out = Err(Unfit::NotWithin { from: 1, to: 9 });
        let unit = |level| by(Dimension::OrgUnit, level);
        assert_eq!(told(&[unit(None)]), Ok(vec![unit(Some(1))]));
        assert_eq!(
            told(&[unit(Some(2)), unit(Some(1))]).map(|it| it.len()),
            Ok(2)
        );
        assert_eq!(told(&[unit(Some(1)), unit(None)]), Err(Unfit::Repeated));
        assert_eq!(told(&[unit(Some(0))]), out);
        assert_eq!(told(&[by(Dimension::Cadre, Some(10))]), out);
        let cadres = [by(Dimension::Cadre, None), by(Dimension::Cadre, Some(1))];
        assert_eq!(told(&cadres), Ok(cadres.to_vec()));
        assert_eq!(told(&[by(Dimension::Sex, Some(1))]), Err(Unfit::NoLevels));
    }
}

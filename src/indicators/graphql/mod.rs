//! Counts on the wire.

mod answer;
mod flows;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use super::Key;
use crate::cadres::EMPLOYMENT_TYPE;
use crate::cadres::graphql::WorkerClass;
use crate::forms::{FieldKind, Options};
use crate::graphql::{Day, SectorName, message, optional_id, refuse, request};
use crate::kernel::{FormId, Invalid, Languages, ReadError, Sector, Unfit};
use crate::places;
use crate::places::graphql::Setting;
use crate::workforce::graphql::{AnswerConditionInput, AnswerFieldInput, Sex, conditions};
use crate::workforce::{self, AnswerField, Lists};
pub use answer::Headcount;
pub use flows::FlowsQuery;

/// What people can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "super::Dimension")]
pub enum HeadcountDimension {
    /// The age bands of the National Health Workforce Accounts: to 24, 25 to 34 … from 65.
    AgeBand,
    /// The newest answer that counts to a choice or a yes-or-no of a form about workers.
    Answer,
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
    /// Of `ANSWER`: which field; at most one is counted by.
    answer: Option<AnswerFieldInput>,
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
    /// Who answered so.
    answers: Option<Vec<AnswerConditionInput>>,
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
    let at = rq.as_of(as_of)?;
    let filter = resolve(filter)?;
    let groupings: Vec<super::Grouping> = group_by.iter().map(Into::into).collect();
    let mut answers = group_by.iter().filter_map(|it| it.answer.as_ref());
    let answer = answers.next().map(AnswerField::from);
    if answers.next().is_some() {
        return Err(Invalid::new("groupBy.answer", Unfit::NoSuchFormField).into());
    }
    let mut db = rq.read(false).await?;
    let counted = super::headcount(
        &mut db,
        rq.actor(),
        &groupings,
        answer.as_ref(),
        &filter,
        at,
    )
    .await?;
    Ok(answer::answer(counted, group_by, rq.languages()))
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
        answers: conditions(filter.answers),
    })
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
    if let Key::Answer { form, field, code } = key {
        return answer(lists, *form, (field, code), languages);
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

/// An answer in the form's own words, those of a version that has them still.
fn answer(
    lists: &Lists,
    form: FormId,
    (field, code): (&str, &str),
    languages: &Languages,
) -> String {
    let form = lists.forms.get(form);
    let kind = form.and_then(|form| Some(&form.field(field)?.kind));
    let own = match kind {
        Some(FieldKind::Boolean) => {
            let word = if code == "true" {
                "ANSWER_YES"
            } else {
                "ANSWER_NO"
            };
            return message(word, [], languages);
        }
        Some(FieldKind::Choice(Options::CodeList(list))) => {
            lists.codes.find(list, code).map(|it| &it.label)
        }
        Some(FieldKind::Choice(Options::Cadres)) => lists.cadres.by_code(code).map(|it| &it.label),
        _ => form.and_then(|form| {
            let mut options = form.options(field).into_iter();
            options
                .find(|(option, _)| *option == code)
                .map(|(_, title)| title)
        }),
    };
    match own.map(|text| text.get(languages)) {
        None | Some("") => code.to_owned(),
        Some(label) => label.to_owned(),
    }
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

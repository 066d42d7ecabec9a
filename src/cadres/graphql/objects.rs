//! Cadres and code lists on the wire, answered from the picture in memory at any depth.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};

use super::crosswalk::CadreMapping;
use crate::cadres::{self, Cadres, Taxonomy};
use crate::graphql::{Act, Day, LocalizedText, SectorName, labels, request};
use crate::kernel::{CadreId, Id};

#[derive(Clone)]
pub struct Cadre {
    taxonomy: Arc<Taxonomy>,
    /// As they are on the day that was asked about.
    cadres: Arc<Cadres>,
    id: CadreId,
}

/// How a worker of a cadre stands to the profession.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "cadres::WorkerClass")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkerClass {
    /// With a full professional qualification.
    Professional,
    /// With shorter training, often under supervision.
    ParaProfessional,
    /// Unpaid, or with a stipend.
    Volunteer,
    /// Technical and support staff.
    Allied,
}

/// How a cadre stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "CadreStatus", remote = "cadres::Status")]
pub enum Status {
    /// Its first day has not come yet.
    Planned,
    /// In use.
    Active,
    /// Nobody is posted under it any more; those who are in it stay.
    Retired,
    /// Its people went to one other cadre.
    Merged,
    /// Its people went to several others.
    Split,
}

impl Cadre {
    /// The cadre on a day, if there is one with this id.
    #[must_use]
    pub fn find(taxonomy: &Arc<Taxonomy>, cadres: &Arc<Cadres>, id: CadreId) -> Option<Self> {
        cadres.get(id)?;
        Some(Self {
            taxonomy: Arc::clone(taxonomy),
            cadres: Arc::clone(cadres),
            id,
        })
    }

    fn beside(&self, id: CadreId) -> Option<Self> {
        Self::find(&self.taxonomy, &self.cadres, id)
    }

    fn cadre(&self) -> &cadres::Cadre {
        match self.cadres.get(self.id) {
            Some(cadre) => cadre,
            None => unreachable!("a cadre on the wire was found in its picture"),
        }
    }
}

/// An occupation as the country names it, or a group of them, as it is on the day that was asked about.
#[Object]
impl Cadre {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.encode().into()
    }

    /// The code that the country uses; for ever the same.
    async fn code(&self) -> &str {
        &self.cadre().code
    }

    /// Rises with every change of the cadre, of whatever day; give it back as `baseVersion`.
    async fn version(&self) -> i32 {
        self.cadre().version
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        self.cadre().label.get(request(ctx).languages())
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        labels(&self.cadre().label)
    }

    /// What its people do, in the caller's language.
    async fn description(&self, ctx: &Context<'_>) -> Option<&str> {
        let description = self.cadre().description.get(request(ctx).languages());
        Some(description).filter(|it| !it.is_empty())
    }

    /// What its people do, in every language that is known.
    async fn descriptions(&self) -> Vec<LocalizedText> {
        labels(&self.cadre().description)
    }

    /// The group it belongs to.
    async fn parent(&self) -> Option<Cadre> {
        self.beside(self.cadre().parent?)
    }

    /// What it gathers that is in use, by code; empty for a cadre that people are posted under.
    async fn children(&self) -> Vec<Cadre> {
        let children = self.cadres.children(self.id).iter();
        let children = children.filter(|id| {
            let cadre = self.cadres.get(**id);
            cadre.is_some_and(|it| it.status == cadres::Status::Active)
        });
        children.filter_map(|child| self.beside(*child)).collect()
    }

    /// The sector it serves.
    async fn sector(&self) -> SectorName {
        self.cadre().sector.into()
    }

    /// How its workers stand to the profession.
    async fn worker_class(&self) -> WorkerClass {
        self.cadre().worker_class.into()
    }

    /// What one must have passed to enter it.
    async fn entry_qualification(&self) -> Option<&str> {
        self.cadre().entry_qualification.as_deref()
    }

    /// Whether its workers need a licence.
    async fn is_licensed(&self) -> bool {
        self.cadre().is_licensed
    }

    /// The council that gives the licence.
    async fn licensing_council(&self) -> Option<&str> {
        self.cadre().council.as_deref()
    }

    /// The age at which its workers retire, in years.
    async fn retirement_age(&self) -> Option<i32> {
        self.cadre().retirement_age.map(Into::into)
    }

    /// The salary grades of its workers, from the lowest.
    async fn salary_grades(&self) -> &[String] {
        &self.cadre().salary_grades
    }

    /// The cadres that may follow it in a career: a transfer into another is refused. Empty: any may.
    async fn career_steps(&self) -> Vec<Cadre> {
        let steps = self.cadre().career_steps.iter();
        steps.filter_map(|it| self.beside(*it)).collect()
    }

    /// How it stands on the day.
    async fn status(&self) -> Status {
        self.cadre().status.into()
    }

    /// Where its people went, once it is merged or split.
    async fn successors(&self) -> Vec<Cadre> {
        let successors = self.cadre().successors.iter();
        successors.filter_map(|it| self.beside(*it)).collect()
    }

    /// The first day of the state in which it is described here; absent: always.
    async fn since(&self) -> Option<Day> {
        self.cadre().since.map(Day)
    }

    /// The last day of that state; absent: no end is known.
    async fn until(&self) -> Option<Day> {
        self.cadre().until.map(Day)
    }

    /// The legal act behind that state.
    async fn act(&self) -> Option<Act> {
        let states = &self.taxonomy.get(self.id)?.states;
        let dated = states.iter().find(|it| it.from == self.cadre().since)?;
        dated.act.clone().map(Act::new)
    }

    /// What it was, is and will be: the cadre on the first day of each of its states, from the oldest.
    async fn states(&self) -> Vec<Cadre> {
        let history = self.taxonomy.get(self.id);
        let states = history
            .into_iter()
            .flat_map(|it| it.states.iter().enumerate());
        let days = states.map(|(at, dated)| {
            // A state that always held is shown as it was on its last day.
            let next = history.and_then(|it| it.states.get(at + 1)?.from?.pred_opt());
            dated.from.or(next).unwrap_or(crate::kernel::Date::MAX)
        });
        days.filter_map(|day| Self::find(&self.taxonomy, &self.taxonomy.on(day), self.id))
            .collect()
    }

    /// The code of ISCO-08 (International Standard Classification of Occupations 2008) on the day, where it is mapped
    /// to one: by the latest approved mapping or, until there is any, by the country's configuration.
    async fn isco08(&self) -> Option<&str> {
        match &self.cadre().isco08[..] {
            [only] => Some(only.code.as_str()),
            _ => None,
        }
    }

    /// The title of that unit of ISCO-08.
    async fn isco08_title(&self, ctx: &Context<'_>) -> Option<&str> {
        match &self.cadre().isco08[..] {
            [only] => Some(only.title.get(request(ctx).languages())),
            _ => None,
        }
    }

    /// What it was, is and will be in classifications, by the days from which that holds; with what was proposed and what
    /// was rejected.
    async fn mappings(&self) -> Vec<CadreMapping> {
        let history = self.taxonomy.get(self.id);
        let mappings = history.into_iter().flat_map(|it| it.mappings.iter());
        mappings.map(|it| CadreMapping(it.clone())).collect()
    }

    /// Where the entry comes from.
    async fn source(&self) -> &str {
        &self.cadre().source
    }
}

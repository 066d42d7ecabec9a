//! Cadres and code lists on the wire, answered from the picture in memory at any depth.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};

use super::{Cadres, CodeLists};
use crate::graphql::{
    Connection, Json, LocalizedText, Paging, SectorName, connection, id, labels, nullable,
    optional_id, page_of, refuse, request,
};
use crate::kernel::{CadreId, Id, ReadError, fold};

#[derive(Clone)]
pub struct Cadre {
    cadres: Arc<Cadres>,
    id: CadreId,
}

/// How a worker of a cadre stands to the profession.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "super::WorkerClass")]
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

impl Cadre {
    /// The cadre, if there is one with this id.
    #[must_use]
    pub fn find(cadres: &Arc<Cadres>, id: CadreId) -> Option<Self> {
        cadres.get(id)?;
        Some(Self {
            cadres: Arc::clone(cadres),
            id,
        })
    }

    fn cadre(&self) -> &super::Cadre {
        match self.cadres.get(self.id) {
            Some(cadre) => cadre,
            None => unreachable!("a cadre on the wire was found in its picture"),
        }
    }
}

/// An occupation as the country names it, or a group of them.
#[Object]
impl Cadre {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.id.encode().into()
    }

    /// The code that the country uses.
    async fn code(&self) -> &str {
        &self.cadre().code
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        self.cadre().label.get(request(ctx).languages())
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        labels(&self.cadre().label)
    }

    /// The group it belongs to.
    async fn parent(&self) -> Option<Cadre> {
        Self::find(&self.cadres, self.cadre().parent?)
    }

    /// What it gathers, by code; empty for a cadre that people are posted under.
    async fn children(&self) -> Vec<Cadre> {
        let children = self.cadres.children(self.id).iter();
        children
            .filter_map(|child| Self::find(&self.cadres, *child))
            .collect()
    }

    /// The sector it serves.
    async fn sector(&self) -> SectorName {
        self.cadre().sector.into()
    }

    /// How its workers stand to the profession.
    async fn worker_class(&self) -> WorkerClass {
        self.cadre().worker_class.into()
    }

    /// The code of ISCO-08 (International Standard Classification of Occupations 2008), where it is mapped.
    async fn isco08(&self) -> Option<&str> {
        Some(self.cadre().isco08.as_ref()?.code.as_str())
    }

    /// The title of that unit of ISCO-08.
    async fn isco08_title(&self, ctx: &Context<'_>) -> Option<&str> {
        let isco08 = self.cadre().isco08.as_ref()?;
        Some(isco08.title.get(request(ctx).languages()))
    }

    /// Where the entry comes from.
    async fn source(&self) -> &str {
        &self.cadre().source
    }
}

pub struct CodeListEntry {
    lists: Arc<CodeLists>,
    at: usize,
}

impl CodeListEntry {
    /// The entry of a list, if it has one with this code.
    #[must_use]
    pub fn find(lists: &Arc<CodeLists>, list: &str, code: &str) -> Option<Self> {
        let at = lists
            .entries
            .iter()
            .position(|it| it.list == list && it.code == code)?;
        Some(Self {
            lists: Arc::clone(lists),
            at,
        })
    }
}

/// An entry of one of the country's code lists.
#[Object]
impl CodeListEntry {
    /// The code.
    async fn code(&self) -> &str {
        &self.lists.entries[self.at].code
    }

    /// The label in the caller's language.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        let languages = request(ctx).languages();
        self.lists.entries[self.at].label.get(languages)
    }

    /// The label in every language it is known in.
    async fn labels(&self) -> Vec<LocalizedText> {
        labels(&self.lists.entries[self.at].label)
    }

    /// What the list says of the entry besides: the `exit_group` of a departure reason, the `pattern` of an identifier.
    async fn attributes(&self) -> Json {
        let attributes = self.lists.entries[self.at].attributes.clone();
        Json(serde_json::Value::Object(attributes))
    }
}

/// One of the lists that every country keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CodeListName {
    /// Terms of employment.
    EmploymentType,
    /// Why a posting ends.
    DepartureReason,
    /// Types of identifier.
    IdentifierType,
}

/// One cadre, by exactly one of these.
#[derive(OneofObject)]
pub enum CadreLookup {
    /// Its opaque id.
    Id(ID),
    /// The country's code.
    Code(String),
}

/// Which cadres; all conditions hold together.
#[derive(Default, InputObject)]
pub struct CadreFilter {
    /// This cadre or anything below it.
    within: Option<ID>,
    /// Of this sector.
    sector: Option<SectorName>,
    /// Of one of these classes.
    worker_classes: Option<Vec<WorkerClass>>,
    /// Whose label holds this in any language, with or without accents.
    label: Option<String>,
}

#[derive(Default)]
pub struct CadresQuery;

#[Object]
impl CadresQuery {
    /// One cadre; null when there is none.
    #[tracing::instrument(name = "query cadre", skip_all)]
    async fn cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: CadreLookup,
    ) -> Option<Result<Cadre>> {
        let answer = async {
            let cadres = picture(ctx).await?;
            let found = match &by {
                CadreLookup::Id(given) => Some(id("by.id", given)?),
                CadreLookup::Code(code) => cadres.by_code(code).map(|it| it.id),
            };
            Ok(found.and_then(|found| Cadre::find(&cadres, found)))
        };
        nullable(ctx, answer.await)
    }

    /// Cadres by code; at most 100 a page.
    #[tracing::instrument(name = "query cadres", skip_all)]
    async fn cadres(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<CadreFilter>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Cadre>> {
        let filter = filter.unwrap_or_default();
        let page = async |page| {
            let cadres = picture(ctx).await?;
            let within = optional_id::<CadreId>("filter.within", filter.within.as_ref())?
                .map(|root| cadres.subtree(root));
            let label = filter.label.as_deref().map(fold);
            let found = cadres.all().iter().filter(|cadre| {
                within.as_ref().is_none_or(|it| it.contains(&cadre.id))
                    && (filter.sector).is_none_or(|it| it == cadre.sector.into())
                    && (filter.worker_classes.as_ref())
                        .is_none_or(|it| it.contains(&cadre.worker_class.into()))
                    && label.as_ref().is_none_or(|label| {
                        let mut labels = cadre.label.0.values();
                        labels.any(|it| fold(it).contains(label.as_str()))
                    })
            });
            let found = found.map(|cadre| (cadre.code.clone(), cadre.id));
            let page = page_of(found, |(code, _)| code.clone(), &page);
            Ok(page.map(|(code, id)| (code, id, Arc::clone(&cadres))))
        };
        let node = |(_, id, cadres)| Cadre { cadres, id };
        let paging = Paging { first, after };
        connection(ctx, "cadres", paging, page, |row| row.0.clone(), node).await
    }

    /// One of the country's code lists.
    #[tracing::instrument(name = "query codeList", skip_all)]
    async fn code_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which list.")] list: CodeListName,
    ) -> Result<Vec<CodeListEntry>> {
        let rq = request(ctx);
        let lists = async { super::code_lists(&mut rq.read(false).await?, rq.actor()).await };
        let lists = lists.await.map_err(|error| refuse(ctx, error))?;
        let name = match list {
            CodeListName::EmploymentType => super::EMPLOYMENT_TYPE,
            CodeListName::DepartureReason => super::DEPARTURE_REASON,
            CodeListName::IdentifierType => super::IDENTIFIER_TYPE,
        };
        let entries = lists.entries.iter().enumerate();
        Ok(entries
            .filter(|(_, entry)| entry.list == name)
            .map(|(at, _)| CodeListEntry {
                lists: Arc::clone(&lists),
                at,
            })
            .collect())
    }
}

async fn picture(ctx: &Context<'_>) -> Result<Arc<Cadres>, ReadError> {
    let rq = request(ctx);
    super::all(&mut rq.read(false).await?, rq.actor()).await
}

//! The taxonomy on the wire: looking up, listing, previewing.

mod catalogue;
mod codes;
mod crosswalk;
mod entries;
mod entry;
mod inputs;
mod mutations;
mod objects;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};

pub use catalogue::{CatalogueQuery, TouchedIndicator};
pub use codes::{
    AddCadreErrorCode, ChangeCadreErrorCode, ReinstateCadreErrorCode, RetireCadreErrorCode,
};
pub use crosswalk::{
    CadreMapping, CrosswalkMutation, CrosswalkQuery, ProposeCadreMappingErrorCode,
    ReviewCadreMappingErrorCode,
};
pub use entries::{
    AddCodeListEntryErrorCode, ChangeCodeListEntryErrorCode, CodeListsMutation, CodeListsQuery,
    RetireCodeListEntryErrorCode,
};
pub use entry::CodeListEntry;
pub use inputs::{
    AddCadreInput, ChangeCadreInput, MergeCadresInput, ReinstateCadreInput, RetireCadreInput,
    SplitCadreInput,
};
pub use mutations::{CadreConflict, CadresMutation, occasion, wire};
pub use objects::{Cadre, Status, WorkerClass};

use super::{Cadres, Taxonomy};
use crate::graphql::{
    Connection, Day, Paging, SectorName, connection, id, nullable, optional_id, page_of, refuse,
    request,
};
use crate::kernel::{CadreId, Date, ReadError, fold};

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
    /// That stand so on the day; absent: those in use.
    statuses: Option<Vec<Status>>,
}

#[derive(Default)]
pub struct CadresQuery;

#[Object]
impl CadresQuery {
    /// One cadre, as it is on a day (today when absent); null when there is none.
    #[tracing::instrument(name = "query cadre", skip_all)]
    async fn cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: CadreLookup,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
    ) -> Option<Result<Cadre>> {
        let answer = async {
            let (cadres, taxonomy) = picture(ctx, day(ctx, as_of)?).await?;
            let found = match &by {
                CadreLookup::Id(given) => Some(id("by.id", given)?),
                CadreLookup::Code(code) => cadres.by_code(code).map(|it| it.id),
            };
            Ok(found.and_then(|found| Cadre::find(&taxonomy, &cadres, found)))
        };
        nullable(ctx, answer.await)
    }

    /// Cadres by code, as they are on a day (today when absent); at most 100 a page.
    #[tracing::instrument(name = "query cadres", skip_all)]
    async fn cadres(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all in use.")] filter: Option<CadreFilter>,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Cadre>> {
        let filter = filter.unwrap_or_default();
        let page = async |page| {
            let (cadres, taxonomy) = picture(ctx, day(ctx, as_of)?).await?;
            let within = optional_id::<CadreId>("filter.within", filter.within.as_ref())?;
            let found = filter.select(&cadres, within);
            let page = page_of(found, |(code, _)| code.clone(), &page);
            Ok(page.map(|(code, id)| (code, id, Arc::clone(&taxonomy), Arc::clone(&cadres))))
        };
        let node = |(code, id, taxonomy, cadres): (String, CadreId, Arc<Taxonomy>, Arc<Cadres>)| {
            match Cadre::find(&taxonomy, &cadres, id) {
                Some(cadre) => cadre,
                None => unreachable!("{code} was found in this picture"),
            }
        };
        let paging = Paging { first, after };
        connection(ctx, "cadres", paging, page, |row| row.0.clone(), node).await
    }

    /// One of the code lists that every country keeps, in its order; retired entries too.
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
        Ok(CodeListEntry::all(&lists, name))
    }
}

impl CadreFilter {
    /// Codes and ids of those that it takes.
    fn select<'a>(
        &'a self,
        cadres: &'a Cadres,
        within: Option<CadreId>,
    ) -> impl Iterator<Item = (String, CadreId)> + 'a {
        let within = within.map(|root| cadres.subtree(root));
        let label = self.label.as_deref().map(fold);
        let found = cadres.all().iter().filter(move |cadre| {
            let status = Status::from(cadre.status);
            within.as_ref().is_none_or(|it| it.contains(&cadre.id))
                && (self.statuses.as_ref())
                    .map_or(status == Status::Active, |it| it.contains(&status))
                && (self.sector).is_none_or(|it| it == cadre.sector.into())
                && (self.worker_classes.as_ref())
                    .is_none_or(|it| it.contains(&cadre.worker_class.into()))
                && label.as_ref().is_none_or(|label| {
                    let mut labels = cadre.label.0.values();
                    labels.any(|it| fold(it).contains(label.as_str()))
                })
        });
        found.map(|cadre| (cadre.code.clone(), cadre.id))
    }
}

fn day(ctx: &Context<'_>, as_of: Option<Day>) -> Result<Date, ReadError> {
    Ok(as_of.map_or_else(|| request(ctx).today(), |Day(day)| Ok(day))?)
}

async fn picture(ctx: &Context<'_>, day: Date) -> Result<(Arc<Cadres>, Arc<Taxonomy>), ReadError> {
    let rq = request(ctx);
    super::on(&mut rq.read(false).await?, rq.actor(), day).await
}

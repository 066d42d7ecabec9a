//! Registrations and licences on the wire: whose expire, and who practises without one.

mod codes;
mod inputs;
mod mutations;
mod objects;

use async_graphql::{Context, ID, InputObject, Lookahead, Object, Result};

pub use codes::{
    DecideOnLicenceErrorCode, IssueLicenceErrorCode, RecordRegistrationErrorCode,
    RenewLicenceErrorCode,
};
pub use mutations::LicencesMutation;
pub(super) use objects::Registration;
pub use objects::{Licence, LicenceStatus};

use crate::credentials::{self, LicenceFilter, LicenceKey, PeopleFilter};
use crate::graphql::{Connection, Day, Paging, connection, optional_id, refuse, request};
use crate::kernel::{Invalid, PageRequest, ReadError, Unfit};
use crate::workforce::Status;
use crate::workforce::graphql::{Worker, WorkerFilterInput, workers_among, workers_by_ids};

/// The longest that one looks ahead: ten years.
const MOST_DAYS: u16 = 3_660;

/// Which licences; all conditions hold together. An id or a code that nothing has selects none.
#[derive(Default, InputObject)]
pub struct LicenceFilterInput {
    /// Of people whose record is kept in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// For this cadre or any below it.
    cadre: Option<ID>,
    /// The same by the cadre's code.
    cadre_code: Option<String>,
    /// Of this council.
    council: Option<String>,
    /// That stand so on the day; absent: all, or the active ones where they are to expire.
    statuses: Option<Vec<LicenceStatus>>,
    /// Whose last day is not later than so many days after the day that is asked about, from 0 to 3660.
    expires_within_days: Option<i32>,
}

#[derive(Default)]
pub struct LicencesQuery;

#[Object]
impl LicencesQuery {
    /// Licences of people within the caller's scope, as of a day (today when absent), those that expire first before the
    /// others; at most 100 a page.
    #[tracing::instrument(name = "query licences", skip_all)]
    async fn licences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all.")] filter: Option<LicenceFilterInput>,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Licence>> {
        let page = async |asked: PageRequest<LicenceKey>| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let at = rq.as_of(as_of)?;
            let mut db = rq.read(true).await?;
            let (page, lists) =
                credentials::licences(&mut db, rq.actor(), &filter, at, &asked).await?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let holders = nodes.map(|it| it.field("worker"));
            let mut people = std::collections::HashMap::new();
            if holders.iter().any(Lookahead::exists) {
                let ids = page.rows.iter().map(|it| it.worker).collect();
                people = workers_by_ids(ctx, &mut db, ids, at, &holders).await?;
            }
            Ok(page.map(|licence| {
                let worker = people.get(&licence.worker).cloned();
                Licence::new(licence, &lists, worker)
            }))
        };
        let key = |licence: &Licence| licence.key();
        let paging = Paging { first, after };
        connection(ctx, "licences", paging, page, key, |licence| licence).await
    }

    /// Workers within the caller's scope who serve in a cadre that asks for a licence and have none for it that is active on
    /// the day; at most 100 a page, in the order of `workers`.
    #[tracing::instrument(name = "query unlicensedWorkers", skip_all)]
    async fn unlicensed_workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all who are active.")] filter: Option<
            WorkerFilterInput,
        >,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Worker>> {
        let among = async {
            let rq = request(ctx);
            let mut db = rq.read(true).await?;
            credentials::unlicensed(&mut db, rq.actor(), rq.as_of(as_of)?).await
        };
        let among = among.await.map_err(|error: ReadError| refuse(ctx, error))?;
        let active = Some(Status::Active);
        let paging = Paging { first, after };
        workers_among(ctx, "unlicensed", filter, as_of, paging, (among, active)).await
    }
}

impl LicenceFilterInput {
    /// What is asked for.
    ///
    /// # Errors
    /// Bad input for what is no id, or out of range.
    pub fn read(self) -> Result<LicenceFilter, Invalid> {
        let days = self.expires_within_days.map(|days| {
            let days = u16::try_from(days).ok().filter(|it| *it <= MOST_DAYS);
            let range = Unfit::NotWithin {
                from: 0,
                to: MOST_DAYS.into(),
            };
            days.ok_or_else(|| Invalid::new("filter.expiresWithinDays", range))
        });
        Ok(LicenceFilter {
            people: PeopleFilter {
                unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
                unit_code: self.org_unit_code,
                cadre: optional_id("filter.cadre", self.cadre.as_ref())?,
                cadre_code: self.cadre_code,
            },
            council: self.council,
            statuses: (self.statuses).map(|it| it.into_iter().map(Into::into).collect()),
            expires_within: days.transpose()?,
        })
    }
}

//! The establishment on the wire.

mod codes;
mod gaps;
mod inputs;
mod mutations;
mod norms;
mod objects;
mod scope;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

pub use codes::{
    AssignPostErrorCode, ChangePostErrorCode, ClosePostErrorCode, FreezePostErrorCode,
    OpenPostErrorCode, ReopenPostErrorCode, VacatePostErrorCode,
};
pub use gaps::{StaffingGap, StaffingQuery};
pub use mutations::EstablishmentMutation;
pub use norms::{
    EndStaffingNormErrorCode, NormsMutation, NormsQuery, SaveStaffingNormErrorCode, StaffingNorm,
};
pub use objects::{Post, PostStatus};

use super::{Filter, PostFilter, PostKey, Sort};
use crate::graphql::{Connection, Day, Paging, SectorName, connection, id, optional_id, request};
use crate::kernel::{Invalid, PageRequest, PostId, ReadError};
use objects::attach;

/// Which posts; all conditions hold together. An id or a code that nothing has selects none.
#[derive(Default, InputObject)]
pub struct PostFilterInput {
    /// At a facility in this org unit or anywhere below it.
    org_unit: Option<ID>,
    /// The same by the org unit's code.
    org_unit_code: Option<String>,
    /// At one of these facilities.
    facilities: Option<Vec<ID>>,
    /// The same by their codes.
    facility_codes: Option<Vec<String>>,
    /// At a facility of one of these types, by code.
    facility_types: Option<Vec<String>>,
    /// Of this cadre or any below it.
    cadre: Option<ID>,
    /// The same by the cadre's code.
    cadre_code: Option<String>,
    /// Of a cadre of this sector.
    sector: Option<SectorName>,
    /// With one of these codes.
    codes: Option<Vec<String>>,
    /// That stand so on the day; absent: those that are approved, which is open, filled and frozen.
    statuses: Option<Vec<PostStatus>>,
    /// Which this worker fills.
    holder: Option<ID>,
}

/// The order of a list of posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Sort")]
pub enum PostSort {
    /// By the number that the establishment knows them by.
    Code,
    /// By that number, the last one first.
    CodeDescending,
    /// By the name of the facility, then by code.
    Facility,
    /// By the name of the facility, from the end of the alphabet.
    FacilityDescending,
    /// By the code of the cadre, then by their own.
    Cadre,
    /// By the code of the cadre, the last one first.
    CadreDescending,
    /// By the first day on which they are approved, the oldest first, then by code.
    Opened,
    /// By the first day on which they are approved, the newest first.
    OpenedDescending,
}

#[derive(Default)]
pub struct EstablishmentQuery;

#[Object]
impl EstablishmentQuery {
    /// Posts within the caller's scope, as they are on a day (today when absent); at most 100 a page. Without `sort` they
    /// come by code.
    #[tracing::instrument(name = "query posts", skip_all)]
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; absent: all that are approved.")] filter: Option<
            PostFilterInput,
        >,
        #[graphql(desc = "The order.")] sort: Option<PostSort>,
        #[graphql(desc = "The day that is asked about; absent: today.")] as_of: Option<Day>,
        #[graphql(desc = "How many, from 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of the row before; absent: from the beginning.")]
        after: Option<String>,
    ) -> Result<Connection<Post>> {
        let sort = sort.map_or(Sort::Code, Into::into);
        let list = format!("posts by {sort:?}");
        let page = async |asked: PageRequest<PostKey>| {
            let filter = filter.unwrap_or_default().read()?;
            let rq = request(ctx);
            let at = rq.as_of(as_of)?;
            let look = ctx.look_ahead();
            let nodes = [look.field("nodes"), look.field("edges").field("node")];
            let edges = objects::wanted(&nodes)?;
            let mut db = rq.read(edges.any() || asked.count).await?;
            let (page, lists) =
                super::posts(&mut db, rq.actor(), (&filter, sort), at, &asked).await?;
            let attached = attach(ctx, &mut db, &page.rows, at, &edges).await?;
            Ok(page.map(|post| Post::new(post, lists.clone(), at, Some(attached.clone()))))
        };
        let paging = Paging { first, after };
        let key = |post: &Post| post.key(sort);
        connection(ctx, &list, paging, page, key, |post| post).await
    }
}

/// One post by id, for `node`.
///
/// # Errors
/// As `posts`.
pub async fn post_by_id(ctx: &Context<'_>, id: PostId) -> Result<Option<Post>, ReadError> {
    let rq = request(ctx);
    let at = rq.as_of(None)?;
    let mut db = rq.read(false).await?;
    let (found, lists) = super::find(&mut db, rq.actor(), id, at).await?;
    Ok(found.map(|post| Post::new(post, lists, at, None)))
}

impl PostFilterInput {
    fn read(self) -> Result<PostFilter, Invalid> {
        let facilities = self.facilities.map(|given| {
            let ids = given.iter().map(|it| id("filter.facilities", it));
            ids.collect::<Result<Vec<_>, _>>()
        });
        Ok(PostFilter {
            place: Filter {
                unit: optional_id("filter.orgUnit", self.org_unit.as_ref())?,
                unit_code: self.org_unit_code,
                facilities: facilities.transpose()?,
                facility_codes: self.facility_codes,
                facility_types: self.facility_types,
                cadre: optional_id("filter.cadre", self.cadre.as_ref())?,
                cadre_code: self.cadre_code,
                sector: self.sector.map(Into::into),
            },
            codes: self.codes,
            statuses: (self.statuses).map(|it| it.into_iter().map(Into::into).collect()),
            holder: optional_id("filter.holder", self.holder.as_ref())?,
            post: None,
        })
    }
}

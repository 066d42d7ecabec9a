//! Which posts there are, and how many of them are vacant.

use std::collections::HashSet;

use super::order::{PostKey, Ranks, Sort};
use super::post::{Post, Status};
use super::scope::{Extent, Filter};
use super::store;
use crate::auth::{Actor, Permission};
use crate::kernel::{
    AsOf, CadreId, Date, FacilityId, Page, PageRequest, PostId, ReadError, WorkerId,
};
use crate::tenancy::Reader;
use crate::workforce::{Lists, Reach};

/// Which posts; all conditions hold together.
#[derive(Clone, Debug, Default)]
pub struct PostFilter {
    pub place: Filter,
    pub codes: Option<Vec<String>>,
    /// Absent: those that are neither planned nor closed.
    pub statuses: Option<Vec<Status>>,
    pub holder: Option<WorkerId>,
    pub post: Option<PostId>,
}

/// A filter resolved against the lists of the moment, and what the caller reaches of it.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub day: Date,
    pub facilities: Option<Vec<FacilityId>>,
    pub cadres: Option<Vec<CadreId>>,
    pub statuses: Vec<Status>,
    pub codes: Option<Vec<String>>,
    pub holder: Option<WorkerId>,
    pub post: Option<PostId>,
}

/// Those that are approved on a day.
pub const APPROVED: [Status; 3] = [Status::Open, Status::Filled, Status::Frozen];

impl Selection {
    fn new(filter: &PostFilter, lists: &Lists, actor: &Actor, day: Date) -> Self {
        let reach = Reach::of(actor, lists);
        let extent = Extent::new(&filter.place, lists, &reach);
        // Whoever sees one record alone sees the posts that it fills.
        let holder = match (reach.person, filter.holder) {
            (Some(person), Some(asked)) if person != asked => return Self::of_nobody(day),
            (person, asked) => person.or(asked),
        };
        let statuses = filter.statuses.clone();
        Self {
            day,
            facilities: extent.facilities,
            cadres: extent.cadres,
            statuses: statuses.unwrap_or_else(|| APPROVED.to_vec()),
            codes: filter.codes.clone(),
            holder,
            post: filter.post,
        }
    }

    fn of_nobody(day: Date) -> Self {
        Self {
            day,
            facilities: Some(Vec::new()),
            cadres: None,
            statuses: Vec::new(),
            codes: None,
            holder: None,
            post: None,
        }
    }

    pub(super) fn statuses(&self) -> Vec<&'static str> {
        let named = self.statuses.iter().map(|it| store::status_name(*it));
        let distinct: HashSet<&str> = named.collect();
        distinct.into_iter().collect()
    }
}

/// Posts under one cadre at one facility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VacancyCell {
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub posts: u64,
    pub filled: u64,
    /// Nobody fills them, and nobody may.
    pub frozen: u64,
}

/// A page of the posts that the caller may see, on a day.
///
/// # Errors
/// `Denied` without [`Permission::ReadWorkers`].
#[tracing::instrument(name = "establishment.posts", skip_all)]
pub async fn posts(
    db: &mut Reader<'_>,
    actor: &Actor,
    (filter, sort): (&PostFilter, Sort),
    at: AsOf,
    request: &PageRequest<PostKey>,
) -> Result<(Page<Post>, Lists), ReadError> {
    actor.may(Permission::ReadWorkers)?;
    let mut lists = Lists::remembered(db, at).await?;
    let (selection, rows) = loop {
        let selection = Selection::new(filter, &lists, actor, at.day);
        let ranks = Ranks::new(sort, &lists, request.after.as_ref());
        let order = (sort, ranks.as_ref());
        let (version, rows) = store::page(db, &selection, order, request).await?;
        if version == lists.version {
            break (selection, rows);
        }
        lists = Lists::current(db, at).await?;
    };
    let mut page = Page::from_rows(rows, request);
    if request.count {
        let (_, cells) = store::tally(db, &selection).await?;
        page.total = Some(cells.iter().map(|it| it.posts).sum());
    }
    Ok((page, lists))
}

/// One post as it is on a day, planned and closed ones too; `None` when there is none that the caller may see.
///
/// # Errors
/// As [`posts`].
pub async fn find(
    db: &mut Reader<'_>,
    actor: &Actor,
    post: PostId,
    at: AsOf,
) -> Result<(Option<Post>, Lists), ReadError> {
    let filter = PostFilter {
        post: Some(post),
        statuses: Some(Status::ALL.to_vec()),
        ..PostFilter::default()
    };
    let request = PageRequest {
        first: 1,
        after: None,
        count: false,
    };
    let (page, lists) = posts(db, actor, (&filter, Sort::Code), at, &request).await?;
    Ok((page.rows.into_iter().next(), lists))
}

/// The posts that are approved on a day within the caller's reach, counted by facility and cadre.
///
/// # Errors
/// `Denied` without [`Permission::ReadAggregates`].
#[tracing::instrument(name = "establishment.vacancies", skip_all)]
pub async fn vacancies(
    db: &mut Reader<'_>,
    actor: &Actor,
    filter: &Filter,
    at: AsOf,
) -> Result<(Vec<VacancyCell>, Lists), ReadError> {
    actor.may(Permission::ReadAggregates)?;
    let filter = PostFilter {
        place: filter.clone(),
        ..PostFilter::default()
    };
    let mut lists = Lists::remembered(db, at).await?;
    loop {
        let selection = Selection::new(&filter, &lists, actor, at.day);
        let (version, cells) = store::tally(db, &selection).await?;
        if version == lists.version {
            return Ok((cells, lists));
        }
        lists = Lists::current(db, at).await?;
    }
}

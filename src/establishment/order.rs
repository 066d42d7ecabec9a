//! In what order posts are listed, and where in it a page begins. No SQL, no clock.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::post::Post;
use crate::kernel::{Date, FacilityId};
use crate::places::Facility;
use crate::workforce::Lists;

/// The order of a list of posts; those that are alike in it come by code, or backwards with the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Code,
    CodeDescending,
    /// By the facility's name.
    Facility,
    FacilityDescending,
    /// By the cadre's code.
    Cadre,
    CadreDescending,
    /// By the first day on which it is approved.
    Opened,
    OpenedDescending,
}

/// What an order compares first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Code,
    Facility,
    Cadre,
    Opened,
}

impl Sort {
    pub(super) fn by(self) -> By {
        match self {
            Sort::Code | Sort::CodeDescending => By::Code,
            Sort::Facility | Sort::FacilityDescending => By::Facility,
            Sort::Cadre | Sort::CadreDescending => By::Cadre,
            Sort::Opened | Sort::OpenedDescending => By::Opened,
        }
    }

    pub(super) fn descends(self) -> bool {
        matches!(
            self,
            Sort::CodeDescending
                | Sort::FacilityDescending
                | Sort::CadreDescending
                | Sort::OpenedDescending
        )
    }
}

/// Where a page begins: what the post before it is listed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostKey {
    /// The facility, by its name as it is compared.
    facility: Option<(String, FacilityId)>,
    cadre: Option<String>,
    pub(super) opened_on: Option<Date>,
    pub(super) code: String,
}

impl PostKey {
    #[must_use]
    pub fn of(post: &Post, sort: Sort, lists: &Lists) -> Self {
        let by = sort.by();
        let facility = lists.places.facility(post.facility);
        let cadre = lists.cadres.get(post.cadre);
        Self {
            facility: (facility.filter(|_| by == By::Facility)).map(Facility::sort_key),
            cadre: (cadre.filter(|_| by == By::Cadre)).map(|it| it.code.clone()),
            opened_on: Some(post.opened_on).filter(|_| by == By::Opened),
            code: post.code.clone(),
        }
    }
}

/// The facilities or the cadres of the day in the order in which posts are listed by them, and where in it a page begins.
/// The one at place `n` has rank `2 * n`: a page may begin between two, where one was that is called otherwise by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ranks {
    pub ids: Vec<Uuid>,
    pub after: Option<i64>,
}

impl Ranks {
    /// `None` for an order that needs none.
    pub fn new(sort: Sort, lists: &Lists, after: Option<&PostKey>) -> Option<Self> {
        match sort.by() {
            By::Code | By::Opened => None,
            By::Facility => {
                let all = lists.places.facilities();
                let place = |(key, id): &(String, FacilityId)| {
                    all.binary_search_by(|it| it.sort_key().cmp(&(key.clone(), *id)))
                };
                let ranks = Self::of(all.iter().map(|it| it.id.into()));
                let after = after.map(|key| ranks.rank(key.facility.as_ref().map(place)));
                Some(Self { after, ..ranks })
            }
            By::Cadre => {
                let all = lists.cadres.all();
                let place =
                    |code: &String| all.binary_search_by(|it| it.code.as_str().cmp(code.as_str()));
                let ranks = Self::of(all.iter().map(|it| it.id.into()));
                let after = after.map(|key| ranks.rank(key.cadre.as_ref().map(place)));
                Some(Self { after, ..ranks })
            }
        }
    }

    fn of(ids: impl Iterator<Item = Uuid>) -> Self {
        Self {
            ids: ids.collect(),
            after: None,
        }
    }

    /// Of what is found at a place, or would stand there; or is not known.
    fn rank(&self, found: Option<Result<usize, usize>>) -> i64 {
        match found {
            Some(Ok(at)) => rank(at),
            Some(Err(at)) => rank(at) - 1,
            None => self.last(),
        }
    }

    /// Of what is not there on the day: after all others.
    pub fn last(&self) -> i64 {
        rank(self.ids.len())
    }
}

fn rank(at: usize) -> i64 {
    i64::try_from(2 * (at + 1)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_after_a_place_or_where_it_was() {
        let ids = [Uuid::from_u128(7), Uuid::from_u128(3)];
        let ranks = Ranks::of(ids.into_iter());
        for (found, after) in [
            (Some(Ok(0)), 2),
            (Some(Ok(1)), 4),
            (Some(Err(0)), 1),
            (Some(Err(1)), 3),
            (Some(Err(2)), 5),
            (None, 6),
        ] {
            assert_eq!(ranks.rank(found), after, "{found:?}");
        }
    }
}

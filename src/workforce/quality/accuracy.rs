//! How well clerks enter: what spot checks found wrong of theirs, and what somebody else had to correct soon after.

use chrono_tz::Tz;

use super::{QualityFilter, store};
use crate::auth::{Actor, Permission};
use crate::kernel::{AsOf, Date, Instant, ReadError, first_moment};
use crate::tenancy::{Reader, Settings};
use crate::workforce::Lists;

/// From a day to another, both included.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

impl Period {
    /// The first moment of it, and the first after it, where these days are days.
    fn moments(self, zone: Tz) -> (Instant, Instant) {
        let after = self.to.succ_opt().unwrap_or(self.to);
        (first_moment(self.from, zone), first_moment(after, zone))
    }
}

/// What one clerk entered in a period, and how good it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accuracy {
    /// As the ledger names them.
    pub clerk: String,
    /// The records that they made.
    pub entered: u64,
    /// Those of them that somebody else corrected within thirty days: of what takes a second person, whoever asked for it.
    pub corrected: u64,
    /// The fields that were compared with the papers in the period, of records that they entered or corrected.
    pub checked: u64,
    /// Those of them that were wrong.
    pub wrong: u64,
}

/// What the clerks of the caller's reach entered in a period, by the days of the country, those with the most records
/// first; at most 500.
///
/// # Errors
/// `Denied` without [`Permission::CheckQuality`].
#[tracing::instrument(name = "workforce.clerk_accuracy", skip_all)]
pub async fn clerk_accuracy(
    db: &mut Reader<'_>,
    actor: &Actor,
    settings: &Settings,
    filter: &QualityFilter,
    period: Period,
    today: Date,
) -> Result<Vec<Accuracy>, ReadError> {
    actor.may(Permission::CheckQuality)?;
    let lists = Lists::current(db, AsOf::now(today)).await?;
    let extent = filter.extent(&lists, actor);
    Ok(store::accuracy(db, period.moments(settings.time_zone), &extent).await?)
}

//! Who came into the service, moved within it and left it between two days, by primary postings.

mod store;

use super::{ExitGroup, Lists, Reach};
use crate::auth::{Actor, Permission};
use crate::cadres::{VOLUNTEER, WorkerClass};
use crate::kernel::{AsOf, CadreId, Date, FacilityId, Fault, ReadError};
use crate::tenancy::Reader;

/// Where somebody serves, as what, on what terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub employment_type: String,
}

/// A posting that began or ended between the days, with the one before it and the day on which the next begins.
#[derive(Clone, Debug)]
pub struct Step {
    pub duty: Duty,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub end_reason: Option<String>,
    pub before: Option<Ended>,
    pub next_on: Option<Date>,
}

/// The posting before.
#[derive(Clone, Debug)]
pub struct Ended {
    pub duty: Duty,
    pub on: Option<Date>,
    pub reason: Option<String>,
}

/// People in post at the end of a day, at one facility under one cadre.
#[derive(Clone, Debug)]
pub struct Stock {
    pub facility: FacilityId,
    pub cadre: CadreId,
    pub people: u64,
}

/// What happened from a day to another, both taken in. The reach of the caller is not looked at yet: who moves into it comes
/// from outside.
pub struct Flow {
    pub steps: Vec<Step>,
    /// At the end of the day before the first, and of the last.
    pub before: Vec<Stock>,
    pub after: Vec<Stock>,
    pub lists: Lists,
    pub reach: Reach,
}

impl Duty {
    /// Whether it is done by a volunteer: under a cadre of that class, or on those terms.
    #[must_use]
    pub fn is_voluntary(&self, lists: &Lists) -> bool {
        let class = lists.cadres.get(self.cadre).map(|it| it.worker_class);
        class == Some(WorkerClass::Volunteer) || self.employment_type == VOLUNTEER
    }
}

impl Step {
    /// The posting before, when the worker went on without a day between.
    #[must_use]
    pub fn moved_from(&self) -> Option<&Ended> {
        let before = self.before.as_ref()?;
        let goes_on = before.on.and_then(|it| it.succ_opt()) == Some(self.starts_on);
        goes_on.then_some(before)
    }

    /// Whether the worker is out of post after it, as far as is known.
    #[must_use]
    pub fn is_last(&self) -> bool {
        let after = self.ends_on.and_then(|it| it.succ_opt());
        after.is_none() || after != self.next_on
    }

    /// How its end counts.
    #[must_use]
    pub fn exit_group(&self, lists: &Lists) -> ExitGroup {
        let reason = self.end_reason.as_deref();
        reason.map_or(ExitGroup::NotAnExit, |it| ExitGroup::of(it, lists))
    }
}

/// What happened from one day to another, with the lists of the last day.
///
/// # Errors
/// `Denied` without [`Permission::ReadAggregates`].
#[tracing::instrument(name = "workforce.flow", skip_all)]
pub async fn flow(
    db: &mut Reader<'_>,
    actor: &Actor,
    (from, to): (Date, Date),
    today: Date,
) -> Result<Flow, ReadError> {
    actor.may(Permission::ReadAggregates)?;
    let lists = Lists::current(db, AsOf { day: to, today }).await?;
    let eve = from
        .pred_opt()
        .ok_or_else(|| Fault::internal("a day has no day before"))?;
    Ok(Flow {
        steps: store::steps(db, from, to).await?,
        before: store::stock(db, eve).await?,
        after: store::stock(db, to).await?,
        reach: Reach::of(actor, &lists),
        lists,
    })
}

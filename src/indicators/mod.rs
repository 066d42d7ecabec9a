//! Indicators of the workforce: how many people are in post, by all that is known of their posts, and for how many
//! inhabitants; and who came, moved and left.

mod flows;
pub mod graphql;
mod headcount;
mod plan;
mod population;

pub use flows::{Counts, FlowFilter, FlowGroup, FlowRow, Flows, flows};
pub use headcount::{Dimension, Grouping, Headcount, HeadcountFilter, Key, Row};
pub use population::Figure;

use crate::auth::Actor;
use crate::kernel::{AsOf, Invalid, ReadError, Unfit};
use crate::tenancy::Reader;
use crate::workforce::{self, AnswerField};
use plan::{AskedAnswers, Plan};

/// How many groupings a count may have.
const MOST_GROUPINGS: usize = 4;
/// How many rows an answer may have.
const MOST_ROWS: usize = 20_000;

/// How many people are in post on a day, each once, within the caller's reach: one row for every combination of the
/// groupings that has any. `answer` is the field that [`Dimension::Answer`] means.
///
/// # Errors
/// `Denied` without [`crate::auth::Permission::ReadAggregates`]; bad input for groupings that cannot be, and for more
/// than 20,000 rows.
#[tracing::instrument(name = "indicators.headcount", skip_all)]
pub async fn headcount(
    db: &mut Reader<'_>,
    actor: &Actor,
    group_by: &[Grouping],
    answer: Option<&AnswerField>,
    filter: &HeadcountFilter,
    at: AsOf,
) -> Result<Headcount, ReadError> {
    if group_by.len() > MOST_GROUPINGS {
        let unfit = Unfit::NotSoMany { to: MOST_GROUPINGS };
        return Err(Invalid::new("groupBy", unfit).into());
    }
    let groupings = headcount::levelled(group_by)?;
    let tally = workforce::count(db, actor, at, MOST_ROWS, |lists, reach| {
        let by = answer.map(|it| workforce::counted(it, lists, actor));
        let asked = AskedAnswers {
            by: by.transpose()?,
            among: workforce::answered(&filter.answers, lists, actor)?,
        };
        let by_answer = (groupings.iter()).filter(|it| it.by == Dimension::Answer);
        if by_answer.count() != usize::from(asked.by.is_some()) {
            return Err(Invalid::new("groupBy.answer", Unfit::NoSuchFormField).into());
        }
        Ok(Plan::new(&groupings, filter, asked, lists, reach))
    });
    let tally = tally.await?.ok_or_else(|| {
        let unfit = Unfit::TooManyRows { to: MOST_ROWS };
        Invalid::new("groupBy", unfit)
    })?;
    Ok(tally
        .plan
        .read(&groupings, tally.cells, tally.lists, at.day))
}

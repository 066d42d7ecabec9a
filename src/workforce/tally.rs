//! Counting people in post on a day, each in one cell of a cube: whoever counts says what a facility, a cadre, a sex and
//! terms of employment add to the number of the cell, and the facts are added up by that number alone.

use std::collections::HashSet;

use chrono::Months;

use super::{Answered, Lists, Reach, store};
use crate::auth::{Actor, Permission};
use crate::cadres::EMPLOYMENT_TYPE;
use crate::kernel::{AsOf, Date, FormId, ReadError};
use crate::tenancy::Reader;

/// What each attribute of a posting adds to the number of its cell; `None`: such postings are not counted.
#[derive(Clone, Debug)]
pub struct Cube {
    /// In the order of the country's facilities.
    pub facilities: Vec<Option<i64>>,
    /// In the order of its cadres.
    pub cadres: Vec<Option<i64>>,
    /// In the order of [`super::Sex::ALL`].
    pub sexes: [Option<i64>; 3],
    /// In the order of the list of terms, those that it does not have last; absent: all terms, which add nothing.
    pub employment: Option<Vec<Option<i64>>>,
    /// Added once for each band of age below the worker's, in the order of [`AgeBand::ALL`].
    pub per_age_band: i64,
    /// What an answer adds.
    pub answers: Option<AnswerAxis>,
    /// Those alone are counted who answered so.
    pub among: Vec<Answered>,
}

/// What the answers to a field of a form add to the number of a cell.
#[derive(Clone, Debug)]
pub struct AnswerAxis {
    pub form: FormId,
    pub field: String,
    pub classes: Vec<(String, i64)>,
    /// Of those who did not answer, or something that is none of the classes.
    pub unanswered: i64,
}

/// The age bands of the National Health Workforce Accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AgeBand {
    Under25,
    From25,
    From35,
    From45,
    From55,
    From65,
    /// The birth date is not known.
    Unknown,
}

impl AgeBand {
    pub const ALL: [AgeBand; 7] = [
        AgeBand::Under25,
        AgeBand::From25,
        AgeBand::From35,
        AgeBand::From45,
        AgeBand::From55,
        AgeBand::From65,
        AgeBand::Unknown,
    ];

    /// The youngest and the oldest age.
    #[must_use]
    pub fn ages(self) -> Option<(u8, Option<u8>)> {
        match self {
            AgeBand::Under25 => Some((0, Some(24))),
            AgeBand::From25 => Some((25, Some(34))),
            AgeBand::From35 => Some((35, Some(44))),
            AgeBand::From45 => Some((45, Some(54))),
            AgeBand::From55 => Some((55, Some(64))),
            AgeBand::From65 => Some((65, None)),
            AgeBand::Unknown => None,
        }
    }
}

/// The people of each cell that has any, with what the cells were made from.
pub struct Tally<P> {
    pub cells: Vec<(i64, u64)>,
    pub plan: P,
    pub lists: Lists,
}

/// Counts the people in primary posts on a day, within the caller's reach, in the cells that `arrange` makes of the
/// lists; `None` when there are more than `limit` of them. A worker has one primary post a day, so nobody counts twice.
///
/// # Errors
/// `Denied` without [`Permission::ReadAggregates`]; what `arrange` refuses.
#[tracing::instrument(name = "workforce.count", skip_all)]
pub async fn count<P>(
    db: &mut Reader<'_>,
    actor: &Actor,
    at: AsOf,
    limit: usize,
    arrange: impl Fn(&Lists, &Reach) -> Result<(Cube, P), ReadError>,
) -> Result<Option<Tally<P>>, ReadError> {
    actor.may(Permission::ReadAggregates)?;
    let mut lists = Lists::remembered(db, at).await?;
    loop {
        let reach = Reach::of(actor, &lists);
        let (cube, plan) = arrange(&lists, &reach)?;
        let columns = Columns::of(&cube, at.day, &lists, &reach);
        // One cell more for those who are not counted, and one to see whether there are more.
        let asks_answers = columns.answers.is_some() || !columns.among.is_empty();
        let (version, mut cells) = if asks_answers {
            store::tally_answers(db, &columns, limit + 2).await?
        } else {
            store::tally(db, &columns, limit + 2).await?
        };
        if version == lists.version {
            cells.retain(|(cell, _)| *cell >= 0);
            let fits = cells.len() <= limit;
            return Ok(fits.then_some(Tally { cells, plan, lists }));
        }
        lists = Lists::current(db, at).await?;
    }
}

/// Added to a cell's number, it makes it negative whatever else is added.
const NOT_COUNTED: i64 = -(1 << 48);

/// A cube as the statement takes it: arrays by the numbers of facilities, cadres and terms.
pub(super) struct Columns {
    pub day: Date,
    pub facilities: Vec<i64>,
    /// At four times the cadre's number, and the sex.
    pub cadres_sexes: Vec<i64>,
    /// The first for terms that the list does not have.
    pub employment: Option<Vec<i64>>,
    pub per_age_band: i64,
    /// Who was born by these days is 25, 35, 45, 55, 65 years old.
    pub born_by: [Date; 5],
    pub answers: Option<AnswerAxis>,
    pub among: Vec<Answered>,
}

impl Columns {
    fn of(cube: &Cube, day: Date, lists: &Lists, reach: &Reach) -> Self {
        let facilities = lists.places.facilities().iter().zip(&cube.facilities);
        let units: Option<HashSet<_>> = reach.units.as_ref().map(|it| it.iter().collect());
        let facilities = facilities.map(|(facility, added)| {
            // Where it stood on the day is for the count; whose it is, today's places say.
            let within = units.as_ref().is_none_or(|units| {
                let today = lists.places_today.facility(facility.id);
                units.contains(&today.map_or(facility.unit, |it| it.unit))
            });
            (facility.number, added.filter(|_| within))
        });
        let cadres = lists.cadres.all().iter().zip(&cube.cadres);
        let cadres_sexes = cadres.flat_map(|(cadre, added)| {
            let within = (reach.sectors.as_ref()).is_none_or(|it| it.contains(&cadre.sector));
            let added = added.filter(|_| within);
            let by_sex = cube.sexes.iter().zip(1..);
            by_sex.map(move |(sex, place)| {
                let both = added.zip(*sex).map(|(cadre, sex)| cadre + sex);
                (4 * cadre.number + place, both)
            })
        });
        let employment = cube.employment.as_ref().map(|added| {
            let numbers = lists
                .codes
                .numbers(EMPLOYMENT_TYPE)
                .map(|number| number + 1);
            by_number(numbers.chain([1]).zip(added.iter().copied()))
        });
        Self {
            day,
            facilities: by_number(facilities),
            cadres_sexes: by_number(cadres_sexes),
            employment,
            per_age_band: cube.per_age_band,
            born_by: [25, 35, 45, 55, 65].map(|age| born_by(day, age)),
            answers: cube.answers.clone(),
            among: cube.among.clone(),
        }
    }
}

/// The elements of an array that begins with 1.
fn by_number(added: impl Iterator<Item = (i64, Option<i64>)>) -> Vec<i64> {
    let mut array = Vec::new();
    for (number, added) in added {
        let place = usize::try_from(number - 1).unwrap_or_default();
        if array.len() <= place {
            array.resize(place + 1, NOT_COUNTED);
        }
        array[place] = added.unwrap_or(NOT_COUNTED);
    }
    array
}

/// The last day on which somebody can be born and be so old on a day. Who is born on 29 February grows older on
/// 1 March of other years.
fn born_by(day: Date, age: u32) -> Date {
    day.checked_sub_months(Months::new(12 * age))
        .unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_is_born_on_the_leap_day_grows_older_on_the_first_of_march() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        for (on, born) in [
            ("2025-02-28", "2000-02-28"),
            ("2025-03-01", "2000-03-01"),
            ("2024-02-29", "1999-02-28"),
            ("2024-03-01", "1999-03-01"),
        ] {
            assert_eq!(born_by(day(on), 25), day(born), "{on}");
        }
    }

    #[test]
    fn what_no_number_names_is_not_counted() {
        let array = by_number([(4, Some(7)), (1, None), (2, Some(0))].into_iter());
        assert_eq!(array, [NOT_COUNTED, 0, NOT_COUNTED, 7]);
    }

    proptest! {
        #[test]
        fn a_threshold_parts_the_ages(born in 0i32..30_000, later in 0i32..40_000, age in 1u32..90) {
            let first: Date = "1930-01-01".parse().expect("a date");
            let born = first + chrono::TimeDelta::days(born.into());
            let on = born + chrono::TimeDelta::days(later.into());
            let years = i64::from(on.year() - born.year())
                - i64::from((on.month(), on.day()) < (born.month(), born.day()));
            prop_assert_eq!(born <= born_by(on, age), years >= i64::from(age));
        }
    }
}

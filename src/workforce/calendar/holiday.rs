//! Which days are worked. No SQL, no clock.

use std::collections::BTreeMap;

use chrono::{Datelike, Weekday};
use serde::{Deserialize, Serialize};

use crate::kernel::{Changes, Date, ListChanges, Text};

/// A day on which nobody works, whatever day of the week it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    pub day: Date,
    pub name: Text,
    /// Where the day is laid down.
    pub source: String,
    pub version: i32,
}

/// A public holiday as the country's folder has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HolidayRow {
    pub day: Date,
    pub name: Text,
    pub source: String,
}

/// All public holidays of a country.
#[derive(Clone, Debug, Default)]
pub struct Holidays(BTreeMap<Date, Holiday>);

/// Weekend and public holidays together.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    pub weekend: &'a [Weekday],
    pub holidays: &'a Holidays,
}

impl Holidays {
    #[must_use]
    pub fn new(all: Vec<Holiday>) -> Self {
        Self(all.into_iter().map(|it| (it.day, it)).collect())
    }

    #[must_use]
    pub fn get(&self, day: Date) -> Option<&Holiday> {
        self.0.get(&day)
    }

    /// From a day to another, both counted, in order.
    pub fn between(&self, from: Date, to: Date) -> impl Iterator<Item = &Holiday> {
        let (from, to) = (from, to.max(from));
        self.0.range(from..=to).map(|(_, holiday)| holiday)
    }

    /// As the country's folder has them.
    #[must_use]
    pub fn rows(&self) -> Vec<HolidayRow> {
        let rows = self.0.values().map(|it| HolidayRow {
            day: it.day,
            name: it.name.clone(),
            source: it.source.clone(),
        });
        rows.collect()
    }
}

impl HolidayRow {
    #[must_use]
    pub fn key(&self) -> String {
        self.day.to_string()
    }

    /// What becomes of the holiday as it stands.
    pub(super) fn after(&self, standing: Option<&Holiday>) -> Holiday {
        Holiday {
            day: self.day,
            name: self.name.clone(),
            source: self.source.clone(),
            version: standing.map_or(1, |it| it.version + 1),
        }
    }
}

/// What a folder's list would do to the holidays that stand; a folder without any leaves them alone.
#[must_use]
pub fn changes(wanted: &[HolidayRow], standing: &Holidays) -> Changes {
    if wanted.is_empty() {
        return Changes(Vec::new());
    }
    let standing = standing.rows();
    let list = ListChanges::between("holidays", wanted, &standing, HolidayRow::key);
    Changes(vec![list])
}

/// Years in which anybody on the register can work.
pub(super) fn is_of_our_time(day: Date) -> bool {
    (1900..=2200).contains(&day.year())
}

impl Calendar<'_> {
    #[must_use]
    pub fn is_worked(&self, day: Date) -> bool {
        !self.weekend.contains(&day.weekday()) && self.holidays.get(day).is_none()
    }

    /// How many days are worked from a day to another, both counted; none when the second is before the first.
    #[must_use]
    pub fn working_days(&self, from: Date, to: Date) -> u32 {
        let days = from.iter_days().take_while(|day| *day <= to);
        let worked = days.filter(|day| self.is_worked(*day)).count();
        u32::try_from(worked).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    fn holidays(days: impl IntoIterator<Item = Date>) -> Holidays {
        let named = days.into_iter().map(|day| Holiday {
            day,
            name: Text::default(),
            source: String::new(),
            version: 1,
        });
        Holidays::new(named.collect())
    }

    fn day(number: u64) -> Date {
        let first: Date = "2026-01-01".parse().expect("a date");
        first + Days::new(number)
    }

    const WEEKENDS: [&[Weekday]; 4] = [
        &[],
        &[Weekday::Sun],
        &[Weekday::Sat, Weekday::Sun],
        &[Weekday::Fri, Weekday::Sat],
    ];

    #[test]
    fn a_week_with_a_holiday_has_four_days() {
        let holidays = holidays(["2026-05-01".parse().expect("a date")]);
        let calendar = Calendar {
            weekend: WEEKENDS[2],
            holidays: &holidays,
        };
        let count = |from: &str, to: &str| {
            let day = |text: &str| text.parse().expect("a date");
            calendar.working_days(day(from), day(to))
        };
        assert_eq!(count("2026-04-27", "2026-05-03"), 4);
        assert_eq!(count("2026-05-01", "2026-05-03"), 0);
        assert_eq!(count("2026-05-04", "2026-05-04"), 1);
        assert_eq!(count("2026-05-05", "2026-05-04"), 0);
    }

    proptest! {
        #[test]
        fn adjacent_ranges_add_up(
            from in 0u64..700, first in 0u64..200, second in 0u64..200, weekend in 0usize..4,
            off in prop::collection::vec(0u64..1100, 0..40),
        ) {
            let holidays = holidays(off.into_iter().map(day));
            let calendar = Calendar { weekend: WEEKENDS[weekend], holidays: &holidays };
            let (middle, end) = (from + first, from + first + 1 + second);
            let whole = calendar.working_days(day(from), day(end));
            let parts = calendar.working_days(day(from), day(middle))
                + calendar.working_days(day(middle + 1), day(end));
            prop_assert_eq!(whole, parts);
        }

        #[test]
        fn holidays_and_weekends_are_not_worked_and_all_other_days_are(
            from in 0u64..700, length in 0u64..100, weekend in 0usize..4,
            off in prop::collection::vec(0u64..800, 0..40),
        ) {
            let listed: Vec<Date> = off.into_iter().map(day).collect();
            let holidays = holidays(listed.iter().copied());
            let calendar = Calendar { weekend: WEEKENDS[weekend], holidays: &holidays };
            for holiday in &listed {
                prop_assert_eq!(calendar.working_days(*holiday, *holiday), 0);
            }
            let days = (from..=from + length).map(day);
            let free = days.filter(|it| listed.contains(it) || WEEKENDS[weekend].contains(&it.weekday()));
            let all = u32::try_from(length + 1).expect("few");
            let free = u32::try_from(free.count()).expect("few");
            prop_assert_eq!(calendar.working_days(day(from), day(from + length)), all - free);
        }
    }
}

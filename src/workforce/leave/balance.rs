//! How many days of leave somebody has left. No SQL, no clock.

use crate::cadres::CodeListEntry;

/// What the ministry grants of a type of leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// Working days a year.
    pub days: u32,
    /// At most so many that were not taken go into the next year.
    pub carry_over: u32,
}

impl Entitlement {
    /// By the attributes `days` and `carry_over` of a type of leave; `None` where the ministry sets no limit.
    #[must_use]
    pub fn of(leave_type: &CodeListEntry) -> Option<Self> {
        let number = |name: &str| {
            let number = leave_type.attributes.get(name)?.as_u64()?;
            u32::try_from(number).ok()
        };
        Some(Self {
            days: number("days")?,
            carry_over: number("carry_over").unwrap_or(0),
        })
    }
}

/// The leave of one type that somebody has in a year, in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub year: i32,
    pub entitled: u32,
    /// From the year before.
    pub carried_over: u32,
    /// Approved, whether it has begun or not.
    pub taken: u32,
}

impl Balance {
    /// Below zero when more was approved than there was.
    #[must_use]
    pub fn left(&self) -> i64 {
        i64::from(self.entitled) + i64::from(self.carried_over) - i64::from(self.taken)
    }
}

/// The balance of a year for somebody who began to serve in `first`. The whole entitlement is granted for each year, the
/// first too, and none before; what is left of a year goes into the next as far as the type of leave says.
#[must_use]
pub fn balance(
    entitlement: Entitlement,
    first: i32,
    year: i32,
    taken: impl Fn(i32) -> u32,
) -> Balance {
    let mut carried_over = 0;
    for before in first..year {
        let so_far = Balance {
            year: before,
            entitled: entitlement.days,
            carried_over,
            taken: taken(before),
        };
        let left = u32::try_from(so_far.left()).unwrap_or(0);
        carried_over = left.min(entitlement.carry_over);
    }
    Balance {
        year,
        entitled: if year < first { 0 } else { entitlement.days },
        carried_over,
        taken: taken(year),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANNUAL: Entitlement = Entitlement {
        days: 20,
        carry_over: 5,
    };

    #[test]
    fn what_is_left_goes_over_as_far_as_the_type_says() {
        let taken = |year| match year {
            2024 => 12,
            2025 => 22,
            _ => 0,
        };
        let of = |year| balance(ANNUAL, 2024, year, taken);
        assert_eq!(of(2023).left(), 0);
        assert_eq!((of(2024).carried_over, of(2024).left()), (0, 8));
        assert_eq!((of(2025).carried_over, of(2025).left()), (5, 3));
        assert_eq!((of(2026).carried_over, of(2026).left()), (3, 23));
        assert_eq!(of(2027).carried_over, 5);
    }

    proptest! {
        #[test]
        fn there_is_never_more_than_a_year_and_what_may_go_over(
            days in 0u32..60, carry_over in 0u32..60, taken in prop::collection::vec(0u32..80, 10),
        ) {
            let entitlement = Entitlement { days, carry_over };
            let taken_in = |year: i32| taken[usize::try_from(year - 2020).expect("in range")];
            for year in 2020..2030 {
                let now = balance(entitlement, 2020, year, taken_in);
                prop_assert!(now.carried_over <= carry_over);
                prop_assert!(now.left() <= i64::from(days + carry_over));
                prop_assert_eq!(now.left() + i64::from(now.taken), i64::from(days + now.carried_over));
            }
        }

        #[test]
        fn a_day_more_taken_never_leaves_more_in_any_year(
            days in 0u32..60, carry_over in 0u32..60, taken in prop::collection::vec(0u32..80, 10), more in 2020i32..2030,
        ) {
            let entitlement = Entitlement { days, carry_over };
            let taken_in = |year: i32| taken[usize::try_from(year - 2020).expect("in range")];
            let with_more = |year: i32| taken_in(year) + u32::from(year == more);
            for year in 2020..2030 {
                let (before, after) = (
                    balance(entitlement, 2020, year, taken_in),
                    balance(entitlement, 2020, year, with_more),
                );
                prop_assert!(after.left() <= before.left());
            }
        }
    }
}

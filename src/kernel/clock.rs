//! Time is a parameter: production reads the system's clock, tests hold it still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A moment in UTC.
pub type Instant = DateTime<Utc>;

/// The day that is asked about, and the day on which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    pub day: NaiveDate,
    pub today: NaiveDate,
}

impl AsOf {
    /// About today.
    #[must_use]
    pub fn now(today: NaiveDate) -> Self {
        Self { day: today, today }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `instant` until it is moved.
    #[must_use]
    pub fn fixed(instant: Instant) -> Self {
        Self(Some(Arc::new(AtomicI64::new(instant.timestamp_micros()))))
    }

    /// Moves a fixed clock; the system's clock is left alone.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(micros) = &self.0 {
            micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    pub fn now(&self) -> Instant {
        match &self.0 {
            None => Utc::now(),
            Some(micros) => DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst))
                .unwrap_or(DateTime::UNIX_EPOCH),
        }
    }

    /// The calendar day in a tenant's time zone.
    #[must_use]
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }
}

/// The first moment of a calendar day in a time zone. Where clocks are put forward at midnight, or over a whole day, it is
/// the first that there is.
#[must_use]
pub fn first_moment(day: NaiveDate, zone: Tz) -> Instant {
    let midnight = day.and_time(NaiveTime::MIN);
    let mut quarters = (0..=24 * 4).map(|quarter| midnight + TimeDelta::minutes(15 * quarter));
    let moment = quarters.find_map(|it| zone.from_local_datetime(&it).earliest());
    moment.map_or_else(|| midnight.and_utc(), |it| it.to_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_begins_with_the_first_moment_that_it_has() {
        for (day, zone, begins) in [
            ("2026-03-01", Tz::UTC, "2026-03-01T00:00:00Z"),
            ("2026-03-01", Tz::Africa__Nairobi, "2026-02-28T21:00:00Z"),
            (
                "2026-03-01",
                Tz::Pacific__Kiritimati,
                "2026-02-28T10:00:00Z",
            ),
            ("2026-03-01", Tz::Pacific__Pago_Pago, "2026-03-01T11:00:00Z"),
            // Clocks go from midnight to one, and from midnight back to eleven.
            ("2024-04-26", Tz::Africa__Cairo, "2024-04-25T22:00:00Z"),
            ("2024-11-01", Tz::Africa__Cairo, "2024-10-31T22:00:00Z"),
            // A day that was not.
            ("2011-12-30", Tz::Pacific__Apia, "2011-12-30T10:00:00Z"),
        ] {
            let day: NaiveDate = day.parse().expect("a day");
            let begins: Instant = begins.parse().expect("a moment");
            assert_eq!(first_moment(day, zone), begins, "{day} {zone}");
        }
    }

    // Before 2012 there were clocks that went back from a minute past midnight, into the day before.
    proptest! {
        #[test]
        fn a_moment_is_of_the_day_that_has_begun(
            seconds in 1_325_376_000_i64..4_000_000_000, zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..])
        ) {
            let clock = Clock::fixed(DateTime::from_timestamp(seconds, 0).expect("a moment"));
            let today = clock.today(zone);
            let tomorrow = today.succ_opt().expect("another day");
            prop_assert!(first_moment(today, zone) <= clock.now());
            prop_assert!(clock.now() < first_moment(tomorrow, zone));
        }
    }
}

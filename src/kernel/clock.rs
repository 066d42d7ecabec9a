//! Time is a parameter: production reads the system's clock, tests hold it still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
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

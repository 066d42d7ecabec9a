//! A leave: asked for, decided on by somebody else, and perhaps cut short. No SQL, no clock.

use chrono::Datelike;

use super::balance::{Balance, Entitlement, balance};
use crate::kernel::{Date, Instant, LeaveId, WorkerId};
use crate::ledger::ActReference;
use crate::workforce::calendar::Calendar;
use crate::workforce::{Objection, Posting};

/// How far a leave has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveStatus {
    /// It waits for a decision.
    Requested,
    Approved,
    Declined,
    /// Taken back before it began, or the service ended before it.
    Cancelled,
}

impl LeaveStatus {
    pub const ALL: [Self; 4] = [
        Self::Requested,
        Self::Approved,
        Self::Declined,
        Self::Cancelled,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Days off duty, from the first to the last.
#[derive(Clone, Debug)]
pub struct Leave {
    pub id: LeaveId,
    pub worker: WorkerId,
    pub leave_type: String,
    pub starts_on: Date,
    /// The last day; of a leave that was cut short, the day before the worker was back, or the last of their service.
    pub ends_on: Date,
    pub status: LeaveStatus,
    /// What whoever asked for it said.
    pub note: Option<String>,
    pub requested_by: String,
    pub requested_at: Instant,
    /// Who approved or declined it.
    pub decided_by: Option<String>,
    pub decided_at: Option<Instant>,
    pub comment: Option<String>,
    /// The first day back on duty of whoever was called back.
    pub recalled_on: Option<Date>,
    pub act: Option<ActReference>,
    pub version: i32,
}

/// A leave may have so many days.
pub const LONGEST: i64 = 1096;

impl Leave {
    /// What becomes of it when the service ends; `None` when it is over by then, or was not granted.
    pub(super) fn ended_with_service(&self, last_day: Date) -> Option<Self> {
        let stands = matches!(self.status, LeaveStatus::Requested | LeaveStatus::Approved);
        if !stands || self.ends_on <= last_day {
            return None;
        }
        let mut ended = Self {
            version: self.version + 1,
            ..self.clone()
        };
        if self.starts_on > last_day {
            ended.status = LeaveStatus::Cancelled;
        } else {
            ended.ends_on = last_day;
        }
        Some(ended)
    }

    /// The working days of the leave that are in a year.
    fn days_in(&self, year: i32, calendar: &Calendar<'_>) -> u32 {
        let bounds = Date::from_ymd_opt(year, 1, 1).zip(Date::from_ymd_opt(year, 12, 31));
        bounds.map_or(0, |(first, last)| {
            calendar.working_days(self.starts_on.max(first), self.ends_on.min(last))
        })
    }
}

/// Whether somebody with these postings can be on leave on these days.
pub(super) fn fits(
    (starts_on, ends_on): (Date, Date),
    postings: &[Posting],
    calendar: &Calendar<'_>,
) -> Result<(), (Objection, &'static str)> {
    if ends_on < starts_on {
        return Err((Objection::EndsBeforeItStarts, "endsOn"));
    }
    if (ends_on - starts_on).num_days() >= LONGEST {
        return Err((Objection::LeaveTooLong, "endsOn"));
    }
    let serves = |day: Date| postings.iter().any(|it| it.is_in_force_on(day));
    for (day, field) in [(starts_on, "startsOn"), (ends_on, "endsOn")] {
        if !serves(day) {
            return Err((Objection::NotServing(day), field));
        }
    }
    if calendar.working_days(starts_on, ends_on) == 0 {
        return Err((Objection::NoWorkingDay, "endsOn"));
    }
    Ok(())
}

/// The balance of a year of somebody with these postings and leaves; of the leaves, those of the type that were approved.
pub(super) fn balance_of(
    entitlement: Entitlement,
    year: i32,
    postings: &[Posting],
    approved: &[&Leave],
    calendar: &Calendar<'_>,
) -> Balance {
    let first = postings.iter().map(|it| it.starts_on.year()).min();
    balance(entitlement, first.unwrap_or(year + 1), year, |year| {
        approved.iter().map(|it| it.days_in(year, calendar)).sum()
    })
}

/// The first year in which a leave, approved beside others, would be more than there is; and what there is.
pub(super) fn exceeded(
    leave: &Leave,
    entitlement: Entitlement,
    postings: &[Posting],
    approved: &[&Leave],
    calendar: &Calendar<'_>,
) -> Option<(i32, i64)> {
    let mut years = leave.starts_on.year()..=leave.ends_on.year();
    years.find_map(|year| {
        let left = balance_of(entitlement, year, postings, approved, calendar).left();
        let asked = i64::from(leave.days_in(year, calendar));
        (asked > left && asked > 0).then_some((year, left.max(0)))
    })
}

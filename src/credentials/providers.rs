//! How experienced providers are ranked, and why each stands where they do. No SQL, no clock.
//!
//! The score is the sum of the points that the reasons give, at most 100: 2 for each full year in post in the cadre, up to 20
//! years; 20 for a qualification that lets into the cadre; 15 for an active licence, or where the cadre asks for none; 10 for
//! serving in the cadre on the day; 10 for being kept in the org unit that is asked to be near, 5 for its parent; 5 for a
//! telephone number. Those of one score stand by their days in post.

use crate::kernel::{Date, WorkerId};

/// Somebody who serves or served in the cadre.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each speaks for them or not, whatever the others"
)]
pub struct Candidate {
    pub worker: WorkerId,
    /// The days of their postings in the cadre, each with its first and its last, none after the day that is asked about.
    pub served: Vec<(Date, Date)>,
    /// Whether a posting in the cadre is in force on the day.
    pub serves: bool,
    pub is_qualified: bool,
    pub is_licensed: bool,
    pub has_phone: bool,
    pub near: Nearness,
}

/// Where a record is kept, seen from the org unit that is asked to be near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// In it or below it.
    Within,
    /// In the one that it is part of.
    Beside,
    Elsewhere,
}

/// Why somebody has points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// So many full years in post in the cadre.
    YearsInPost(u32),
    Qualified,
    Licensed,
    NoLicenceNeeded,
    Serves,
    Near,
    Beside,
    Reachable,
}

/// A candidate in their place, with the points of each reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    pub candidate: Candidate,
    pub days: u32,
    pub score: u32,
    pub grounds: Vec<(Ground, u32)>,
}

/// Where somebody stands: a higher score first, then more days, then the older record.
pub type RankKey = (u32, u32, WorkerId);

const DAYS_A_YEAR: f64 = 365.25;
const MOST_YEARS: u32 = 20;

/// On how many days at least one of some stretches was, each with its first and its last day.
#[must_use]
pub fn days_in_all(stretches: &[(Date, Date)]) -> u32 {
    let mut sorted = stretches.to_vec();
    sorted.sort_unstable();
    let mut days = 0;
    let mut counted: Option<Date> = None;
    for (first, last) in sorted {
        let from = match counted {
            Some(until) if until >= first => until.succ_opt().unwrap_or(until),
            _ => first,
        };
        if from <= last {
            days += (last - from).num_days() + 1;
            counted = Some(last);
        }
    }
    u32::try_from(days).unwrap_or(u32::MAX)
}

/// Years of so many days.
#[must_use]
pub fn years(days: u32) -> f64 {
    f64::from(days) / DAYS_A_YEAR
}

impl Ranked {
    /// The points of a candidate for a cadre that asks for a licence, or does not.
    #[must_use]
    pub fn new(candidate: Candidate, asks_for_licence: bool) -> Self {
        let days = days_in_all(&candidate.served);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a lifetime has some dozens of years"
        )]
        let full = years(days) as u32;
        let given = [
            (full > 0).then_some((Ground::YearsInPost(full), 2 * full.min(MOST_YEARS))),
            candidate.is_qualified.then_some((Ground::Qualified, 20)),
            match (asks_for_licence, candidate.is_licensed) {
                (false, _) => Some((Ground::NoLicenceNeeded, 15)),
                (true, true) => Some((Ground::Licensed, 15)),
                (true, false) => None,
            },
            candidate.serves.then_some((Ground::Serves, 10)),
            match candidate.near {
                Nearness::Within => Some((Ground::Near, 10)),
                Nearness::Beside => Some((Ground::Beside, 5)),
                Nearness::Elsewhere => None,
            },
            candidate.has_phone.then_some((Ground::Reachable, 5)),
        ];
        let grounds: Vec<(Ground, u32)> = given.into_iter().flatten().collect();
        Self {
            candidate,
            days,
            score: grounds.iter().map(|(_, points)| points).sum(),
            grounds,
        }
    }

    #[must_use]
    pub fn key(&self) -> RankKey {
        (self.score, self.days, self.candidate.worker)
    }

    /// Whether it stands behind another.
    #[must_use]
    pub fn follows(&self, (score, days, worker): &RankKey) -> bool {
        (*score, *days, self.candidate.worker) > (self.score, self.days, *worker)
    }
}

/// Puts candidates in their places.
pub fn rank(ranked: &mut [Ranked]) {
    ranked.sort_by(|a, b| {
        let (a, b) = (a.key(), b.key());
        (b.0, b.1, a.2).cmp(&(a.0, a.1, b.2))
    });
}

#[cfg(test)]
mod tests;
